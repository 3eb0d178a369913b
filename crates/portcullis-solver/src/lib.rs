//! The puzzle solver that runs in a visitor's browser.
//!
//! A puzzle is a salt and a target. Its solution is a nonce: any integer such that the SHA-256 of the salt followed
//! by the nonce in decimal begins with the target's hex digits. The visitor waits for this search, so the crate is
//! cut for speed and for small downloads: no dependencies, no wasm-bindgen, no allocator.
//!
//! - `layout` picks *which* nonces to try, so that much of the hash can be shared between them, and `search` walks
//!   through them. `late_word` is the fast kernel for usual salts, `any_word` the plain one for all others.
//! - `lanes` is the arithmetic both are written in: one lane, or four at once with `simd128`. Native tests run the
//!   very code that the browser runs, with portable lanes.
//! - `abi` holds the WebAssembly exports. It exists only in wasm builds.
//!
//! Nonces found here have up to 16 digits. They stay below 2^53, so they are exact as JSON and JavaScript numbers.

#![cfg_attr(target_arch = "wasm32", no_std)]
// The workspace forbids unsafe code. Wasm builds do not go through Cargo, so the rule is repeated for them; `deny`
// instead of `forbid` because an exported name (`no_mangle`) counts as unsafe. There is no unsafe block.
#![cfg_attr(target_arch = "wasm32", deny(unsafe_code))]

#[cfg(target_arch = "wasm32")]
#[allow(unsafe_code)] // Exported names only. `expect` and `reason` are younger than rustc 1.63.
mod abi;
mod any_word;
mod lanes;
mod late_word;
mod layout;
mod search;
mod sha256;
mod target;

/// Searches a nonce for which SHA-256 of `salt` followed by the nonce in decimal begins with `target`.
///
/// `salt` is 1 to [`MAX_SALT_BYTES`] bytes of any kind, `target` 1 to [`MAX_TARGET_DIGITS`] hex digits of either
/// case. Deterministic: the same puzzle always gives the same nonce, which need not be the smallest one.
///
/// `None` if the puzzle is outside these bounds, or if none of some 2^40 nonces solves it. For a fair puzzle of
/// the greatest difficulty, the chance of the latter is below 10^-100.
pub fn solve(salt: &[u8], target: &[u8]) -> Option<u64> {
    if salt.is_empty() || salt.len() > MAX_SALT_BYTES {
        return None;
    }
    let target = target::Target::parse(target)?;
    search::search::<lanes::Widest>(salt, target)
}

/// The longest salt that is accepted, in bytes. Cap's own bound is 256 random bytes written as 512 hex digits.
pub const MAX_SALT_BYTES: usize = 1024;

/// The longest target that is accepted, in hex digits.
///
/// One more digit would mean some 10^11 hashes per puzzle, which no visitor would wait for. Refusing is kinder than
/// a search without an end. Eight digits are also exactly the first word of the hash, the only one that is computed.
pub const MAX_TARGET_DIGITS: usize = 8;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn puzzles_out_of_bounds_are_refused_at_once() {
        assert_eq!(solve(b"", b"0"), None);
        assert_eq!(solve(&[b'a'; MAX_SALT_BYTES + 1], b"0"), None);
        assert_eq!(solve(b"salt", b""), None);
        assert_eq!(solve(b"salt", b"xyz"), None);
        assert_eq!(solve(b"salt", &[b'0'; MAX_TARGET_DIGITS + 1]), None);
    }
}
