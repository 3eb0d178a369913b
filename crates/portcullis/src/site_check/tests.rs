//! Pages before, amid and after a move.

use super::*;

const PAGE: &str = "https://shop.example/sign-up";
const OURS: &str = "https://captcha.shop.example";

fn checked(html: &str, policies: &[&str], scripts: &[(&str, &str)]) -> Report {
    let fetch = |address: &Address| {
        let found = scripts.iter().find(|(known, _)| *known == address.to_string());
        let (_, text) = found.ok_or_else(|| "404".to_owned())?;
        Ok(Fetched { address: address.clone(), text: (*text).to_owned(), policies: Vec::new() })
    };
    let page = Fetched {
        address: PAGE.parse().unwrap(),
        text: html.to_owned(),
        policies: policies.iter().map(ToString::to_string).collect(),
    };
    check(&page, &OURS.parse().unwrap(), &fetch)
}

fn names(report: &Report) -> Vec<&str> {
    report.captchas.iter().map(|captcha| captcha.name).collect()
}

#[test]
fn a_page_that_moved_is_good() {
    let html = r#"<!doctype html><script src="https://captcha.shop.example/recaptcha/api.js" async></script>
        <script src=/app.js></script><div class="g-recaptcha"></div><img src="https://cdn.example/logo.png">"#;
    let report = checked(html, &[], &[("https://shop.example/app.js", "console.log(1)")]);
    assert!(report.is_good(), "{report:?}");
    assert_eq!(report.other_hosts, BTreeSet::from(["cdn.example".to_owned()]));
}

#[test]
fn what_is_left_of_a_vendor_is_found_wherever_it_is() {
    let ours = r#"<script src="https://captcha.shop.example/1/api.js"></script>"#;
    for (html, found) in [
        ("<script src='https://www.google.com/recaptcha/api.js'></script>", "reCAPTCHA"),
        ("<link rel=preconnect href=https://www.gstatic.com/recaptcha/>", "reCAPTCHA"),
        ("<iframe src=//newassets.hcaptcha.com/captcha></iframe>", "hCaptcha"),
        ("<script>load('https://challenges.cloudflare.com/turnstile/v0/api.js')</script>", "Turnstile"),
        ("<script src=bundle.js></script>", "hCaptcha"),
        ("<base href='/assets/'><script src=inner.js></script>", "Turnstile"),
        ("<script>load('https://hcaptcha.com/1/api.js')", "hCaptcha"),
    ] {
        let scripts = [
            ("https://shop.example/bundle.js", "x='https://js.hcaptcha.com/1/api.js'"),
            ("https://shop.example/assets/inner.js", "x='https://challenges.cloudflare.com/'"),
        ];
        let report = checked(&format!("{ours}{html}"), &[], &scripts);
        assert_eq!(names(&report), [found], "{html}");
        assert!(!report.is_good() && report.text().contains(&format!("{found} is still there")), "{html}");
    }
    let told = checked("<script src='https://hcaptcha.com/1/api.js'></script>", &[], &[]).text();
    assert!(told.contains("load https://captcha.shop.example/1/api.js instead"), "{told}");
}

#[test]
fn words_and_comments_are_no_captcha() {
    let html = "<script src=https://captcha.shop.example/1/api.js></script>
        <!-- <script src='https://hcaptcha.com/1/api.js'></script> --><p>We left https://hcaptcha.com/ behind";
    assert!(checked(html, &[], &[]).is_good());
}

#[test]
fn a_script_that_cannot_be_read_is_told() {
    let html = "<script src=https://captcha.shop.example/1/api.js></script><script src=gone.js></script>";
    let report = checked(html, &[], &[]);
    assert_eq!(report.unread, ["https://shop.example/gone.js: 404"]);
    assert!(!report.is_good());
}

#[test]
fn a_policy_must_let_this_server_in() {
    let script = r#"<script nonce="abc" src="https://captcha.shop.example/1/api.js"></script>"#;
    let problems = |policies: &[&str]| checked(script, policies, &[]).policy;
    for good in [
        "script-src https://captcha.shop.example; connect-src https://captcha.shop.example",
        "default-src https:",
        "default-src *.shop.example",
        "script-src 'nonce-abc' 'strict-dynamic'; connect-src captcha.shop.example:443",
        "img-src 'none'",
    ] {
        assert_eq!(problems(&[good]), [""; 0], "{good}");
    }
    assert_eq!(
        problems(&["default-src 'self'; connect-src *"]),
        ["default-src does not allow https://captcha.shop.example for the script"]
    );
    assert_eq!(
        problems(&["script-src *, default-src *", "connect-src 'self' http://other.example"]),
        ["connect-src does not allow https://captcha.shop.example for challenges and tokens"]
    );
    for bad in [
        "script-src 'nonce-other' 'strict-dynamic' https://captcha.shop.example; connect-src *",
        "script-src shop.example; connect-src *",
        "script-src https://captcha.shop.example:8443; connect-src *",
    ] {
        assert_eq!(problems(&[bad]).len(), 1, "{bad}");
    }
    let meta = r#"<meta http-equiv="Content-Security-Policy" content="script-src 'none'">"#;
    assert_eq!(checked(&format!("{meta}{script}"), &[], &[]).policy.len(), 1);
}

#[test]
fn a_challenge_in_a_frame_needs_more() {
    let html = "<script src=https://captcha.shop.example/assets/CrafyCAPTCHA.min.js></script>";
    let policy = "default-src https://captcha.shop.example; frame-src 'self'; form-action 'self'";
    let told = checked(html, &[policy], &[]).policy;
    assert_eq!(told.len(), 2, "{told:?}");
    assert!(told[0].starts_with("frame-src") && told[1].starts_with("form-action"));
}
