//! The captchas that people come from, and how they give themselves away.

use super::Address;
use super::names::Names;
use super::ours::Ours;

/// A captcha of somebody else's.
#[derive(Debug)]
pub(super) struct Vendor {
    pub(super) name: &'static str,
    places: &'static [Place],
    /// The path at this server that takes the place of its script, or of its challenges where the widget stays; absent
    /// where another widget has to.
    path: Option<&'static str>,
}

impl Vendor {
    /// What takes its place, in a sentence.
    pub(super) fn instead(&self, ours: &Ours<'_>) -> String {
        match self.path {
            Some(path) => format!("load {} instead", ours.at(path)),
            None => "see docs/manual/migrate.md for the widget that takes its place".to_owned(),
        }
    }

    /// Whose captchas a script names.
    pub(super) fn named_in(names: &Names<'_>) -> Vec<&'static Self> {
        VENDORS.iter().filter(|vendor| vendor.is_named_in(names)).collect()
    }

    fn is_named_in(&self, names: &Names<'_>) -> bool {
        self.places.iter().any(|place| {
            // A host that stands alone is completed when the script runs.
            let stands_alone = || names.any(|name| name.path.is_empty() && place.is_host(&name.host));
            names.any(|name| place.is_at(&name.host, name.path))
                // One search of the script, however often the host is in it.
                || (names.has(place.begin) && stands_alone())
        })
    }
}

/// Where captchas of somebody's lie.
#[derive(Debug)]
struct Place {
    /// A dot first stands for every subdomain.
    host: &'static str,
    /// The beginning of the paths that are meant.
    begin: &'static str,
}

impl Place {
    fn is_host(&self, host: &str) -> bool {
        match self.host.strip_prefix('.') {
            Some(parent) => host.strip_suffix(parent).is_some_and(|rest| rest.ends_with('.')),
            None => host == self.host,
        }
    }

    fn is_at(&self, host: &str, path: &str) -> bool {
        path.starts_with(self.begin) && self.is_host(host)
    }
}

/// Whose captcha lies at this address.
pub(super) fn of_address(address: &Address) -> Option<&'static Vendor> {
    VENDORS
        .iter()
        .find(|vendor| vendor.places.iter().any(|place| place.is_at(address.host(), address.path())))
}

/// Whose captcha this host has, if perhaps among much else.
pub(super) fn of_host(host: &str) -> Option<&'static Vendor> {
    VENDORS.iter().find(|vendor| vendor.places.iter().any(|place| place.is_host(host)))
}

const fn place(host: &'static str, begin: &'static str) -> Place {
    Place { host, begin }
}

const VENDORS: [Vendor; 7] = [
    Vendor {
        name: "reCAPTCHA",
        places: &[
            place("www.google.com", "/recaptcha"),
            place("google.com", "/recaptcha"),
            place("www.gstatic.com", "/recaptcha"),
            place("www.recaptcha.net", ""),
            place("recaptcha.net", ""),
            place("recaptcha.google.com", ""),
        ],
        path: Some("/recaptcha/api.js"),
    },
    Vendor {
        name: "hCaptcha",
        places: &[place("hcaptcha.com", ""), place(".hcaptcha.com", "")],
        path: Some("/1/api.js"),
    },
    Vendor {
        name: "Turnstile",
        places: &[place("challenges.cloudflare.com", "")],
        path: Some("/turnstile/v0/api.js"),
    },
    Vendor {
        name: "Friendly Captcha",
        places: &[place(".friendlycaptcha.com", ""), place(".frcapi.com", "")],
        path: None,
    },
    Vendor {
        name: "Arkose Labs",
        places: &[place(".arkoselabs.com", ""), place(".funcaptcha.com", "")],
        path: None,
    },
    Vendor { name: "GeeTest", places: &[place(".geetest.com", ""), place(".gsensebot.com", "")], path: None },
    Vendor { name: "ALTCHA's service", places: &[place(".altcha.org", "/api")], path: Some("/v1/challenge") },
];

#[cfg(test)]
mod tests {
    use super::super::names::unescaped;
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
        for (bundle, named) in [
            (r#"s.src="https://www.google.com/recaptcha/api.js?onload="+n"#, &["reCAPTCHA"][..]),
            ("const h=`//JS.hcaptcha.com`", &["hCaptcha"]),
            (r#"{"url":"https:\/\/challenges.cloudflare.com\/turnstile\/v0\/api.js"}"#, &["Turnstile"]),
            // As libraries put an address together.
            (r#"n?"recaptcha.net":"www.google.com";return"https://"+h+"/recaptcha/api.js""#, &["reCAPTCHA"]),
            (r#""https://www."+(k.net?"recaptcha.net":"google.com")+"/recaptcha/"+f"#, &["reCAPTCHA"]),
            ("`https://www.${net ? 'x.y' : 'google.com'}/recaptcha/${file}`", &["reCAPTCHA"]),
            (r#"recaptchaHost:{type:String,default:"www.google.com"},x:"/recaptcha/api.js""#, &["reCAPTCHA"]),
            (r#"load("//www.google.com"+"/maps/api.js")"#, &[]),
            (r#"fetch("https://challenges.cloudflare.com.evil.example/")"#, &[]),
            (r#"say("we left hcaptcha.com behind")"#, &[]),
            ("// a comment on recaptcha and www.google.com/recaptcha", &[]),
            ("// like hcaptcha.com", &[]),
            ("//", &[]),
            ("'", &[]),
        ] {
            let text = unescaped(bundle);
            assert_eq!(names(Vendor::named_in(&Names::read(&text))), named, "{bundle}");
        }
    }
}
