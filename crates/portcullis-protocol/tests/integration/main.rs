//! The doors from outside: bytes in, bytes out, with a real engine and the memory store behind them.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod altcha_door;
mod altcha_formats;
mod astracaph;
mod astracaph_challenge;
mod astracaph_hostile;
mod astracaph_log;
mod astracaph_sites;
mod astracaph_verify;
mod cap_challenge;
mod cap_redeem;
mod cap_siteverify;
mod capjs_tokens;
mod crafy_door;
mod crafy_formats;
mod gate;
mod hostile;
mod site_config;
mod siteverify;
mod test_keys;
