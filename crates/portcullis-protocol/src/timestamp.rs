//! Moments as the vendors write them: RFC 3339 in UTC, each with its own number of decimals.

use jiff::Timestamp;

/// The moment `milliseconds` after the Unix epoch with `decimals` places of seconds, as in
/// `2026-01-01T00:00:00.000Z`. A moment beyond the year 9999 is written as the last one of that year, since
/// nothing that reads these texts knows more digits.
pub(crate) fn rfc3339(milliseconds: u64, decimals: usize) -> String {
    let moment = i64::try_from(milliseconds)
        .ok()
        .and_then(|milliseconds| Timestamp::from_millisecond(milliseconds).ok())
        .unwrap_or(Timestamp::MAX);
    format!("{moment:.decimals$}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_vendor_gets_its_decimals() {
        // 2026-11-20T12:34:56.789Z, by `date -u -d @1795178096`.
        assert_eq!(rfc3339(1_795_178_096_789, 0), "2026-11-20T12:34:56Z");
        assert_eq!(rfc3339(1_795_178_096_789, 3), "2026-11-20T12:34:56.789Z");
        assert_eq!(rfc3339(1_795_178_096_789, 6), "2026-11-20T12:34:56.789000Z");
        assert_eq!(rfc3339(0, 3), "1970-01-01T00:00:00.000Z");
    }

    #[test]
    fn the_far_future_is_cut_short() {
        assert!(rfc3339(u64::MAX, 3).starts_with("9999-12-3"));
    }
}
