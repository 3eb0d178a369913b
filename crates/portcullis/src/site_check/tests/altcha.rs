//! Pages with ALTCHA's widget: whose challenges it has, and what it needs of a policy.

use super::*;

/// A page with ALTCHA's widget, whose script is the owner's.
fn altcha(attributes: &str) -> String {
    format!("<script src=/altcha.js></script><form><altcha-widget {attributes}></altcha-widget></form>")
}

fn with_altcha(attributes: &str, policies: &[&str]) -> Report {
    checked(&altcha(attributes), policies, &[("https://shop.example/altcha.js", "1")])
}

#[test]
fn challenges_of_altcha_are_ours_at_our_paths() {
    for (attributes, is_ours) in [
        ("challenge=https://captcha.shop.example/altcha/challenge?apiKey=pk_1", true),
        ("challengeurl='https://captcha.shop.example/v1/challenge?apiKey=pk_1&amp;params.n=7'", true),
        ("challenge='//captcha.shop.example/v1/challenge'", true),
        ("challenge='' challengeurl=https://captcha.shop.example/altcha/challenge", true),
        ("challenge=https://captcha.shop.example/altcha", false),
        ("challenge=https://captcha.shop.example/api/v1/challenge", false),
        ("challenge=http://captcha.shop.example/altcha/challenge", false),
        ("challenge=/altcha/challenge", false),
        ("data-challenge=https://captcha.shop.example/altcha/challenge", false),
    ] {
        let report = with_altcha(attributes, &[]);
        assert_eq!(report.is_good(), is_ours, "{attributes}");
        assert_eq!(report.text().contains("this server   challenges for ALTCHA's widget"), is_ours);
        assert!(!report.loads_ours && report.names_ours.is_empty());
    }
    let beside = "<altcha-widget challenge=/gate/altcha/challenge></altcha-widget>";
    assert!(checked_by("https://shop.example/gate/", beside, &[], &[]).is_good());
    assert!(!checked_by("https://shop.example/", beside, &[], &[]).is_good());
    let bundle = ("https://shop.example/app.js", "h(Altcha,{challenge:'/altcha/challenge?apiKey=pk_1'})");
    let page = "<script src=app.js></script>";
    assert!(checked_by("https://shop.example/", page, &[], &[bundle]).is_good());
    let lost = checked(&altcha("challenge=https://captcha.shop.example/altcha/challenge"), &[], &[]);
    assert!(lost.is_good() && lost.unread.len() == 1, "a script of the owner's that is not read");
}

#[test]
fn challenges_of_altcha_that_are_not_ours_are_told() {
    for attribute in ["challenge", "challengeurl"] {
        let service = format!("{attribute}=https://eu.altcha.org/api/v1/challenge?apiKey=ckey_1");
        let report = with_altcha(&service, &[]);
        assert_eq!((names(&report.captchas), report.is_good()), (vec!["ALTCHA's service"], false));
        assert!(report.text().contains("load https://captcha.shop.example/v1/challenge instead"));
    }
    let theirs = "warning: ALTCHA's widget has its challenges from";
    for (value, address) in [
        ("/altcha", "https://shop.example/altcha"),
        (
            "https://altcha.shop.example/v1/challenge?apiKey=k",
            "https://altcha.shop.example/v1/challenge?apiKey=k",
        ),
    ] {
        let widget = format!("challenge={value}");
        let report = with_altcha(&widget, &[]);
        assert!(!report.is_good() && report.captchas.is_empty(), "{value}");
        assert!(report.text().contains(&format!("{theirs} {address}")), "{}", report.text());
        let script = "<script src=https://captcha.shop.example/1/api.js></script>";
        let both = checked(&format!("{script}<altcha-widget {widget}></altcha-widget>"), &[], &[]);
        assert!(
            both.is_good() && !both.text().contains("ALTCHA"),
            "a captcha of the owner's own beside ours"
        );
        let one = "<altcha-widget challenge=https://captcha.shop.example/v1/challenge></altcha-widget>";
        let half = checked(&format!("{one}<altcha-widget {widget}></altcha-widget>"), &[], &[]);
        assert!(half.is_good() && half.text().contains(theirs), "one of two was moved");
    }
    let whole = with_altcha(r#"challenge='{"parameters":{"algorithm":"SHA-256"},"signature":"ab"}'"#, &[]);
    assert!(!whole.is_good() && !whole.text().contains(theirs), "a challenge is no address");
}

#[test]
fn a_policy_must_let_altcha_ask_and_work() {
    let ours = "challenge=https://captcha.shop.example/altcha/challenge?apiKey=pk_1";
    let problems = |policies: &[&str]| with_altcha(ours, policies).policy;
    for good in [
        // The widget's script is the owner's, and needs no WebAssembly.
        "script-src 'self'; connect-src https://captcha.shop.example; worker-src blob:",
        "default-src 'self' blob: https://captcha.shop.example",
        "connect-src *; child-src 'self' blob:",
        "script-src 'nonce-abc' 'strict-dynamic'; connect-src captcha.shop.example",
        "img-src 'none'",
    ] {
        let report = with_altcha(ours, &[good]);
        assert_eq!((&report.policy[..], &report.slower[..]), (&[][..], &[][..]), "{good}");
        assert!(report.is_good(), "{good}");
    }
    let connect = "does not allow https://captcha.shop.example for challenges and tokens";
    let work = "does not allow blob: for the workers of ALTCHA's widget";
    let own = |names: [&str; 2]| {
        let complaints = names.iter().zip([connect, work]).filter(|(name, _)| !name.is_empty());
        complaints.map(|(name, what)| format!("{name} {what}")).collect::<Vec<_>>()
    };
    for (policies, found) in [
        (&["default-src 'self'"][..], ["default-src", "default-src"]),
        (&["connect-src 'self'", "worker-src blob:"], ["connect-src", ""]),
        (&["connect-src *; script-src 'self'"], ["", "script-src"]),
        (&["script-src 'nonce-abc' 'strict-dynamic'; worker-src 'self'"], ["", "worker-src"]),
        (&["worker-src blob:", "worker-src 'none'", "worker-src *"], ["", "worker-src"]),
    ] {
        assert_eq!(problems(policies), own(found), "{policies:?}");
        assert!(!with_altcha(ours, policies).is_good());
    }
    assert_eq!(with_altcha("challenge=/altcha", &["default-src 'none'"]).policy, [""; 0]);
}
