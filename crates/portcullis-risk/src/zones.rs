//! Which countries a time zone is kept in, for the zones where most people live.
//!
//! A zone that is not listed says nothing, and neither does `UTC`, which privacy browsers claim. Neighbours that
//! share a zone's name in practice stand beside it.

/// The countries that keep `zone`; absent where the table does not know it.
pub(crate) fn country(zone: &str) -> Option<&'static [&'static str]> {
    ZONES.binary_search_by(|(name, _)| (*name).cmp(zone)).ok().map(|index| ZONES[index].1)
}

/// By zone, sorted.
const ZONES: &[(&str, &[&str])] = &[
    ("Africa/Algiers", &["DZ"]),
    ("Africa/Cairo", &["EG"]),
    ("Africa/Casablanca", &["MA", "EH"]),
    ("Africa/Johannesburg", &["ZA", "LS", "SZ"]),
    ("Africa/Lagos", &["NG", "AO", "BJ", "CD", "CF", "CG", "CM", "GA", "GQ", "NE"]),
    ("Africa/Nairobi", &["KE", "DJ", "ER", "ET", "KM", "MG", "SO", "TZ", "UG", "YT"]),
    ("America/Argentina/Buenos_Aires", &["AR"]),
    ("America/Bogota", &["CO"]),
    ("America/Buenos_Aires", &["AR"]),
    ("America/Chicago", &["US"]),
    ("America/Denver", &["US"]),
    ("America/Edmonton", &["CA"]),
    ("America/Halifax", &["CA"]),
    ("America/Lima", &["PE"]),
    ("America/Los_Angeles", &["US"]),
    ("America/Mexico_City", &["MX"]),
    ("America/New_York", &["US"]),
    ("America/Phoenix", &["US", "CA"]),
    ("America/Santiago", &["CL"]),
    ("America/Sao_Paulo", &["BR"]),
    ("America/Toronto", &["CA", "BS"]),
    ("America/Vancouver", &["CA"]),
    ("Asia/Almaty", &["KZ"]),
    ("Asia/Baghdad", &["IQ"]),
    ("Asia/Bangkok", &["TH", "KH", "LA", "VN", "CX"]),
    ("Asia/Calcutta", &["IN"]),
    ("Asia/Colombo", &["LK"]),
    ("Asia/Dhaka", &["BD"]),
    ("Asia/Dubai", &["AE", "OM", "RE", "SC"]),
    ("Asia/Ho_Chi_Minh", &["VN"]),
    ("Asia/Hong_Kong", &["HK", "CN"]),
    ("Asia/Jakarta", &["ID"]),
    ("Asia/Jerusalem", &["IL", "PS"]),
    ("Asia/Karachi", &["PK"]),
    ("Asia/Kathmandu", &["NP"]),
    ("Asia/Kolkata", &["IN"]),
    ("Asia/Kuala_Lumpur", &["MY", "SG", "BN"]),
    ("Asia/Manila", &["PH"]),
    ("Asia/Novosibirsk", &["RU"]),
    ("Asia/Riyadh", &["SA", "KW", "YE"]),
    ("Asia/Saigon", &["VN"]),
    ("Asia/Seoul", &["KR"]),
    ("Asia/Shanghai", &["CN", "HK", "MO"]),
    ("Asia/Singapore", &["SG", "MY"]),
    ("Asia/Taipei", &["TW"]),
    ("Asia/Tashkent", &["UZ"]),
    ("Asia/Tehran", &["IR"]),
    ("Asia/Tokyo", &["JP"]),
    ("Asia/Vladivostok", &["RU"]),
    ("Asia/Yekaterinburg", &["RU"]),
    ("Australia/Brisbane", &["AU"]),
    ("Australia/Melbourne", &["AU"]),
    ("Australia/Perth", &["AU"]),
    ("Australia/Sydney", &["AU"]),
    ("Europe/Amsterdam", &["NL", "BE", "LU"]),
    ("Europe/Athens", &["GR", "CY"]),
    ("Europe/Belgrade", &["RS", "BA", "HR", "ME", "MK", "SI", "XK"]),
    ("Europe/Berlin", &["DE", "AT", "CH", "DK", "LI", "LU", "NO", "SE"]),
    ("Europe/Brussels", &["BE", "LU", "NL"]),
    ("Europe/Bucharest", &["RO", "MD"]),
    ("Europe/Budapest", &["HU"]),
    ("Europe/Copenhagen", &["DK"]),
    ("Europe/Dublin", &["IE", "GB"]),
    ("Europe/Helsinki", &["FI", "AX"]),
    ("Europe/Istanbul", &["TR", "CY"]),
    ("Europe/Kiev", &["UA"]),
    ("Europe/Kyiv", &["UA"]),
    ("Europe/Lisbon", &["PT"]),
    ("Europe/London", &["GB", "GG", "IM", "JE", "IE"]),
    ("Europe/Madrid", &["ES", "AD"]),
    ("Europe/Minsk", &["BY"]),
    ("Europe/Moscow", &["RU", "UA"]),
    ("Europe/Oslo", &["NO", "SJ"]),
    ("Europe/Paris", &["FR", "BE", "CH", "LU", "MC"]),
    ("Europe/Prague", &["CZ", "SK"]),
    ("Europe/Rome", &["IT", "SM", "VA", "CH"]),
    ("Europe/Sofia", &["BG"]),
    ("Europe/Stockholm", &["SE"]),
    ("Europe/Vienna", &["AT"]),
    ("Europe/Vilnius", &["LT"]),
    ("Europe/Warsaw", &["PL"]),
    ("Europe/Zurich", &["CH", "DE", "LI"]),
    ("Pacific/Auckland", &["NZ", "AQ"]),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn zones_are_sorted_and_found() {
        assert!(ZONES.is_sorted_by(|one, next| one.0 < next.0));
        assert!(country("Europe/Berlin").is_some_and(|countries| countries.contains(&"AT")));
        assert_eq!(country("UTC"), None);
    }
}
