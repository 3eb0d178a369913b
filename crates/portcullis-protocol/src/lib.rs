//! The doors: what others' software says, turned into commands of the engine, and its outcomes turned back.
//!
//! A door is pure translation from bytes to bytes. It takes a [`Request`] and answers a [`Reply`], and knows
//! nothing of sockets, routes or frameworks, so that every status and every byte can be tested without a port.
//! What is right or wrong is decided behind the doors, once, by `portcullis-engine`; each door has one exhaustive
//! `match` per kind of outcome, so that a new outcome does not compile until every dialect has words for it.
//!
//! - [`cap`]: the Cap.js widget's protocol, in the manner of Cap Standalone or of the Python package
//!   `capjs-server`;
//! - [`astracaph`]: the widget without keys, judged by what it sees, and its tokens bound to an origin;
//! - [`altcha`]: ALTCHA's proof of work in both its versions, and payloads that a server signed;
//! - [`crafy`]: flows that a backend makes without a call, and friction that grows with the risk;
//! - [`siteverify`]: the backend's question as reCAPTCHA, hCaptcha and Turnstile put it, and a superset of them.
//!
//! Every decoder here reads what strangers send. Bodies are cut at [`Request::BODY_MAX`], everything inside has a
//! bound of its own, and what cannot be read is answered with a 4xx or the dialect's word for it.

pub use reply::Reply;
pub use request::Request;

pub mod altcha;
pub mod astracaph;
pub mod cap;
mod cors;
pub mod crafy;
mod fields;
mod hex;
mod json;
mod multipart;
mod puzzles;
mod reply;
mod request;
mod score;
pub mod siteverify;
mod telemetry;
mod timestamp;
mod web_token;
