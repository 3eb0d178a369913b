//! The Crafy door: flows that a site's backend makes without a call, with friction that grows with the risk.
//!
//! A flow begins as options that the published SDKs encrypt with the site's secret key ([`Sealed`]) and ends as a
//! message that the same SDKs verify with it. Between the two stands a page of ours in a frame.
//!
//! The formats are one module each and know no engine call: they read bytes into bounded, typed values, and write
//! values as the SDKs expect them. [`api`], [`challenge`] and the page's calls put them together.

pub use answer::{PostedAnswer, PostedStep};
pub use api::{api, turnstile_site_key};
pub use bearer::{Bearer, BearerError};
pub use body::BodyError;
pub use calls::{alternative, answer, begin, picture};
pub use challenge::{ChallengePage, SlowOpening, SlowPlace, challenge};
pub use cipher::{Opened, Sealed, SealedError, SealedV1, SealedV2, SealedV3, Version, seal};
pub use colour::{Colour, NoColour};
pub use envelope::{
    Action, Authenticate, Authenticated, CheckFlow, FlowChecked, failure, failure_for_now, public_key,
    success,
};
pub use form::{Colours, FormError, PostedForm};
pub use options::{FlowOptions, OptionsError, Theme};
pub use payload::{Completion, Message};
pub use token::{FlowToken, FlowTokenError};

mod answer;
mod api;
mod bearer;
mod body;
mod calls;
mod challenge;
mod cipher;
mod colour;
mod document;
mod envelope;
mod form;
mod options;
mod payload;
mod refusal;
mod token;

#[cfg(test)]
mod tests {
    //! What the tests of this door share: the vectors, which the published SDKs made.

    use portcullis_engine::{Entropy, SecretKey};
    use serde_json::Value;

    pub(super) fn vectors() -> Value {
        serde_json::from_str(include_str!("../../tests/vectors/crafy.json")).unwrap()
    }

    /// The vectors' secret key, which is too plain to be brought from elsewhere.
    pub(super) fn secret() -> SecretKey {
        let secret = SecretKey::generate(&Given(vec![0xab; 32]));
        assert_eq!(vectors()["secret_key"], secret.expose());
        secret
    }

    /// Yields the bytes that a vector was made with.
    pub(super) struct Given(pub(super) Vec<u8>);

    impl Entropy for Given {
        fn fill(&self, bytes: &mut [u8]) {
            bytes.copy_from_slice(&self.0);
        }
    }
}
