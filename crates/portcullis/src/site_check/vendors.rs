//! The captchas that people come from, and how they give themselves away.

use super::Address;

/// A captcha of somebody else's.
#[derive(Debug)]
pub(super) struct Vendor {
    pub(super) name: &'static str,
    /// Hosts, each with the beginning of the paths that are meant. A dot first stands for every subdomain.
    places: &'static [(&'static str, &'static str)],
    /// The path at this server that takes the place of its script; absent where another widget has to.
    path: Option<&'static str>,
}

impl Vendor {
    /// What takes its place, in a sentence.
    pub(super) fn instead(&self, ours: &Address) -> String {
        let Some(path) = self.path else {
            return "see docs/manual/migrate.md for the widget that takes its place".to_owned();
        };
        let script = ours.join(path).map_or_else(|| path.to_owned(), |address| address.to_string());
        format!("load {script} instead")
    }

    fn is_at(&self, host: &str, path: &str) -> bool {
        self.places.iter().any(|(place, begin)| {
            let is_host = match place.strip_prefix('.') {
                Some(parent) => host.strip_suffix(parent).is_some_and(|rest| rest.ends_with('.')),
                None => host == *place,
            };
            is_host && path.starts_with(begin)
        })
    }
}

/// Whose captcha lies at this address.
pub(super) fn of_address(address: &Address) -> Option<&'static Vendor> {
    VENDORS.iter().find(|vendor| vendor.is_at(address.host(), address.path()))
}

/// Whose captchas a script names. Addresses are looked for as they stand behind `//`, so that a word in a comment or
/// a host that merely ends alike is none.
pub(super) fn in_text(text: &str) -> Vec<&'static Vendor> {
    let addresses: Vec<(&str, &str)> = text
        .match_indices("//")
        .map(|(place, slashes)| {
            let rest = &text[place + slashes.len()..];
            let end = rest
                .find(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '.' | '-')))
                .unwrap_or(rest.len());
            let (host, path) = rest.split_at(end);
            (host, path)
        })
        .filter(|(host, _)| host.contains('.'))
        .collect();
    let names = |vendor: &&Vendor| {
        addresses.iter().any(|(host, path)| vendor.is_at(&host.to_ascii_lowercase(), path))
    };
    VENDORS.iter().filter(names).collect()
}

const VENDORS: [Vendor; 7] = [
    Vendor {
        name: "reCAPTCHA",
        places: &[
            ("www.google.com", "/recaptcha"),
            ("google.com", "/recaptcha"),
            ("www.gstatic.com", "/recaptcha"),
            ("www.recaptcha.net", ""),
            ("recaptcha.net", ""),
            ("recaptcha.google.com", ""),
        ],
        path: Some("/recaptcha/api.js"),
    },
    Vendor {
        name: "hCaptcha",
        places: &[("hcaptcha.com", ""), (".hcaptcha.com", "")],
        path: Some("/1/api.js"),
    },
    Vendor {
        name: "Turnstile",
        places: &[("challenges.cloudflare.com", "")],
        path: Some("/turnstile/v0/api.js"),
    },
    Vendor {
        name: "Friendly Captcha",
        places: &[(".friendlycaptcha.com", ""), (".frcapi.com", "")],
        path: None,
    },
    Vendor { name: "Arkose Labs", places: &[(".arkoselabs.com", ""), (".funcaptcha.com", "")], path: None },
    Vendor { name: "GeeTest", places: &[(".geetest.com", ""), (".gsensebot.com", "")], path: None },
    Vendor { name: "ALTCHA's service", places: &[(".altcha.org", "/api")], path: None },
];

#[cfg(test)]
mod tests {
    use super::*;

    fn names(vendors: Vec<&Vendor>) -> Vec<&'static str> {
        vendors.iter().map(|vendor| vendor.name).collect()
    }

    #[test]
    fn captchas_are_known_by_host_and_path() {
        for (address, name) in [
            ("https://www.google.com/recaptcha/api.js?render=explicit", Some("reCAPTCHA")),
            ("https://www.google.com/maps/api.js", None),
            ("https://js.hcaptcha.com/1/api.js", Some("hCaptcha")),
            ("https://hcaptcha.com/1/api.js", Some("hCaptcha")),
            ("https://nothcaptcha.com/1/api.js", None),
            ("https://challenges.cloudflare.com/turnstile/v0/api.js", Some("Turnstile")),
            ("https://eu.altcha.org/api/v1/challenge", Some("ALTCHA's service")),
        ] {
            assert_eq!(of_address(&address.parse().unwrap()).map(|vendor| vendor.name), name, "{address}");
        }
    }

    #[test]
    fn a_bundle_names_what_it_loads() {
        let bundle = r#"s.src="https://www.google.com/recaptcha/api.js?onload="+n;// like hcaptcha.com
            const h=`//JS.hcaptcha.com`;fetch("https://challenges.cloudflare.com.evil.example/")"#;
        assert_eq!(names(in_text(bundle)), ["reCAPTCHA", "hCaptcha"]);
        assert_eq!(names(in_text("// a comment on recaptcha and www.google.com/recaptcha")), [""; 0]);
        assert_eq!(names(in_text("//")), [""; 0]);
    }
}
