//! How much of everything a client may send, and how long anything may take.

use std::time::Duration;

/// The longest request body, in bytes. A redeem of the largest challenge needs some 7 KiB.
pub(crate) const BODY_BYTES_MAX: usize = 64 * 1024;

/// The longest path with its query, in bytes. A siteverify with all its parameters in the query fits.
pub(crate) const TARGET_BYTES_MAX: usize = 8 * 1024;

/// The longest request head, in bytes, for the serve loop to set. Proxies allow 8 to 32 KiB.
pub(crate) const HEAD_BYTES_MAX: usize = 32 * 1024;

/// The most header lines of a request, for the serve loop to set.
pub(crate) const HEADERS_MAX: usize = 100;

/// How long a body may take to arrive.
pub(crate) const BODY_TIME_MAX: Duration = Duration::from_secs(5);

/// How long an answer may take, the arrival of the body included.
pub(crate) const ANSWER_TIME_MAX: Duration = Duration::from_secs(10);

/// The longest site key, in bytes.
pub(crate) const SITE_KEY_MAX: usize = 128;
