//! Pages before, amid and after a move.

use std::collections::BTreeSet;

use super::*;

mod altcha;

const PAGE: &str = "https://shop.example/sign-up";
const OURS: &str = "https://captcha.shop.example";

fn checked(html: &str, policies: &[&str], scripts: &[(&str, &str)]) -> Report {
    checked_by(OURS, html, policies, scripts)
}

fn checked_by(ours: &str, html: &str, policies: &[&str], scripts: &[(&str, &str)]) -> Report {
    let fetch = |address: &Address| {
        let found = scripts.iter().find(|(known, _)| *known == address.to_string());
        let (_, text) = found.ok_or_else(|| "404".to_owned())?;
        let policies = Vec::new();
        Ok(Fetched { address: address.clone(), text: (*text).to_owned(), is_cut: *text == CUT, policies })
    };
    let page = Fetched {
        address: PAGE.parse().unwrap(),
        text: html.to_owned(),
        is_cut: html.ends_with(CUT),
        policies: policies.iter().map(ToString::to_string).collect(),
    };
    check(&page, &ours.parse().unwrap(), &fetch)
}

fn names(captchas: &[Captcha]) -> Vec<&str> {
    captchas.iter().map(|captcha| captcha.name).collect()
}

/// A text that was not read to its end.
const CUT: &str = "cut";

#[test]
fn a_page_that_moved_is_good() {
    let html = r#"<!doctype html><script src="https://captcha.shop.example/recaptcha/api.js" async></script>
        <script src=/app.js></script><div class="g-recaptcha"></div><img src="https://cdn.example/logo.png">"#;
    let report = checked(html, &[], &[("https://shop.example/app.js", "console.log(1)")]);
    assert!(report.is_good(), "{report:?}");
    assert_eq!(report.other_hosts, BTreeSet::from(["cdn.example".to_owned()]));
}

#[test]
fn what_the_page_itself_loads_of_a_vendor_fails() {
    let ours = r#"<script src="https://captcha.shop.example/1/api.js"></script>"#;
    for (html, found) in [
        ("<script src='https://www.google.com/recaptcha/api.js'></script>", "reCAPTCHA"),
        ("<link rel=preconnect href=https://www.gstatic.com/recaptcha/>", "reCAPTCHA"),
        ("<iframe src=//newassets.hcaptcha.com/captcha></iframe>", "hCaptcha"),
    ] {
        let report = checked(&format!("{ours}{html}"), &[], &[]);
        assert_eq!((names(&report.captchas), names(&report.may_load)), (vec![found], vec![]), "{html}");
        assert!(!report.is_good() && report.text().contains(&format!("{found} is still there")), "{html}");
    }
    let told = checked("<script src='https://hcaptcha.com/1/api.js'></script>", &[], &[]).text();
    assert!(told.contains("load https://captcha.shop.example/1/api.js instead"), "{told}");
}

#[test]
fn a_host_that_is_connected_to_ahead_is_told() {
    let ours = r#"<script src="https://captcha.shop.example/1/api.js"></script>"#;
    let told = |link: &str| {
        let report = checked(&format!("{ours}<link {link}>"), &[], &[]);
        let lines = report.text().matches("warning: connects ahead to").count();
        assert_eq!(lines, report.may_connect.len(), "{link}");
        let hosts = report.other_hosts.len();
        (names(&report.may_connect).join(" "), names(&report.captchas).join(" "), hosts, report.is_good())
    };
    let warned = |name: &str| (name.to_owned(), String::new(), 0, true);
    let failed = |name: &str| (String::new(), name.to_owned(), 0, false);
    let fine = |hosts| (String::new(), String::new(), hosts, true);
    for (link, expected) in [
        ("rel=preconnect href=https://www.google.com", warned("reCAPTCHA")),
        ("rel=preconnect href=https://www.gstatic.com/ crossorigin", warned("reCAPTCHA")),
        ("rel='DNS-Prefetch Preconnect' href=//www.gstatic.com", warned("reCAPTCHA")),
        ("rel=dns-prefetch href=//eu.altcha.org", warned("ALTCHA's service")),
        // Nothing else is at these hosts.
        ("rel=preconnect href=https://js.hcaptcha.com", failed("hCaptcha")),
        ("rel=dns-prefetch href=//hcaptcha.com", failed("hCaptcha")),
        ("rel=preconnect href=https://challenges.cloudflare.com", failed("Turnstile")),
        ("rel=preconnect href=https://www.recaptcha.net", failed("reCAPTCHA")),
        ("rel=preconnect href=https://www.google.com/recaptcha/", failed("reCAPTCHA")),
        // What other services of Google's, and other kinds of link, need.
        ("rel=preconnect href=https://fonts.gstatic.com", fine(1)),
        ("rel=preconnect href=https://www.google.com/maps", fine(1)),
        ("rel=stylesheet href=https://www.gstatic.com/", fine(1)),
        ("rel=preconnect href=https://captcha.shop.example", fine(0)),
        ("rel=preconnect", fine(0)),
    ] {
        assert_eq!(told(link), expected, "{link}");
    }
}

#[test]
fn a_module_that_is_loaded_ahead_is_read_like_a_script() {
    let entry = "<script type=module src=/entry.js></script>";
    let preload = "<link rel=modulepreload href=/wrapper.js>";
    let ours = ("https://shop.example/wrapper.js", "load('https://captcha.shop.example/1/api.js')");
    let theirs = ("https://shop.example/wrapper.js", "load('https://js.hcaptcha.com/1/api.js')");
    let app = ("https://shop.example/entry.js", "import('/wrapper.js')");
    assert!(!checked(entry, &[], &[app, ours]).is_good());
    assert!(checked(&format!("{preload}{entry}"), &[], &[app, ours]).is_good());
    let report = checked(&format!("{preload}{entry}"), &[], &[app, theirs]);
    assert_eq!((names(&report.may_load), report.is_good()), (vec!["hCaptcha"], false));
    let gone = checked(&format!("{preload}{entry}"), &[], &[app]);
    assert_eq!(gone.unread, ["https://shop.example/wrapper.js: 404"]);

    let many: String = (0..60).map(|n| format!("<link rel=modulepreload href=/{n}.js>")).collect();
    let app = ("https://shop.example/entry.js", "load('https://captcha.shop.example/1/api.js')");
    let report = checked(&format!("{many}{entry}"), &[], &[app]);
    assert_eq!(report.names_ours, ["https://shop.example/entry.js"], "scripts come before what is preloaded");
    let last = report.unread.last().map(String::as_str);
    assert_eq!(last, Some("11 more scripts: the first 50 of a page are read"));

    let library = "https://captcha.shop.example/assets/widget.js";
    let ahead = format!("<link rel=modulepreload href={library}>");
    assert!(!checked(&ahead, &[], &[]).is_good(), "loaded is not run");
}

#[test]
fn what_a_script_names_of_a_vendor_is_a_warning() {
    let ours = r#"<script src="https://captcha.shop.example/1/api.js"></script>"#;
    for (html, found) in [
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
        assert_eq!((names(&report.captchas), names(&report.may_load)), (vec![], vec![found]), "{html}");
        assert!(report.is_good(), "{html}");
        assert!(report.text().contains(&format!("warning: may still load {found}")), "{html}");
    }
}

#[test]
fn a_library_that_is_told_our_address_loads_from_us() {
    let page = "<script src=app.js></script>";
    for (bundle, is_ours) in [
        ("x({apihost:'https://captcha.shop.example'})", true),
        ("x({recaptchaHost:'captcha.shop.example'})", true),
        (r#"{"src":"https:\/\/captcha.shop.example\/1\/api.js"}"#, true),
        ("x('https://captcha.shop.example:8443/1/api.js')", false),
        ("x('https://captcha.shop.example.evil.example')", false),
        ("// ask captcha.shop.example", false),
    ] {
        let report = checked(page, &[], &[("https://shop.example/app.js", bundle)]);
        assert_eq!(report.is_good(), is_ours, "{bundle}");
        assert!(!report.loads_ours);
    }
    let report = checked(
        page,
        &["connect-src 'self'"],
        &[("https://shop.example/app.js", "x({apihost:'https://captcha.shop.example'})")],
    );
    assert_eq!(report.policy.len(), 1, "challenges must be allowed");
}

#[test]
fn beside_the_site_on_one_origin_only_our_own_paths_are_ours() {
    let site = "https://shop.example";
    let app = "https://shop.example/assets/app.js";
    let vendor = "load('https://js.hcaptcha.com/1/api.js')";
    let page = "<script src=/assets/app.js></script>";
    let alone = checked_by(site, page, &[], &[(app, vendor)]);
    assert!(!alone.loads_ours && !alone.is_good());
    assert_eq!(names(&alone.may_load), ["hCaptcha"]);
    for ours in [
        "/1/api.js?render=explicit",
        "/hcaptcha/api.js",
        "/turnstile/v0/g/abc/api.js",
        "/assets/widget.js",
        "/api/v1/widget.js",
    ] {
        let html = format!("{page}<script src={ours}></script>");
        assert!(checked_by(site, &html, &[], &[(app, "1")]).loads_ours, "{ours}");
    }
    assert!(!checked_by(site, "<script src=/turnstile/v0/g/a/b/api.js></script>", &[], &[]).loads_ours);
    for (bundle, is_ours) in [
        ("load('/1/api.js?render=explicit')", true),
        ("load('https://shop.example/1/api.js')", true),
        ("load('https://shop.example/basket.js')", false),
        ("load('/shop/1/api.js')", false),
    ] {
        assert_eq!(checked_by(site, page, &[], &[(app, bundle)]).is_good(), is_ours, "{bundle}");
    }
    let below = "https://shop.example/gate/";
    assert!(checked_by(below, "<script src=/gate/1/api.js></script>", &[], &[]).loads_ours);
    assert!(!checked_by(below, "<script src=/1/api.js></script>", &[], &[]).loads_ours);
    let told = checked_by(below, "<script src=https://hcaptcha.com/1/api.js></script>", &[], &[]).text();
    assert!(told.contains("load https://shop.example/gate/1/api.js instead"), "{told}");
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
    assert!(report.is_good());
    let by_a_script = "<script src=app.js></script><script src=gone.js></script>";
    let ours = ("https://shop.example/app.js", "load('https://captcha.shop.example/1/api.js')");
    assert!(!checked(by_a_script, &[], &[ours]).is_good());
}

#[test]
fn what_is_too_long_or_too_much_is_told() {
    let ours = "<script src=https://captcha.shop.example/1/api.js></script>";
    let many: Vec<String> = (0..53).map(|n| format!("https://shop.example/{n}.js")).collect();
    let scripts: Vec<(&str, &str)> = many.iter().map(|address| (address.as_str(), "1")).collect();
    let tags: String =
        many.iter().map(|address| format!("<script src={address}></script>").repeat(2)).collect();
    let report = checked(&format!("{ours}{tags}"), &[], &scripts);
    assert_eq!(report.unread, ["3 more scripts: the first 50 of a page are read"]);
    let some = tags.split_inclusive("</script>").take(100).collect::<String>();
    assert!(checked(&format!("{ours}{some}"), &[], &scripts).is_good(), "each is counted once");

    let page = format!("{ours}<script src=long.js></script>");
    let report = checked(&page, &[], &[("https://shop.example/long.js", CUT)]);
    let told = "too long, and searched in its first part only";
    assert_eq!(report.unread, [format!("https://shop.example/long.js: {told}")]);
    assert!(report.is_good() && report.text().contains("not looked into"));
    let cut = format!("{ours}{CUT}");
    assert!(!checked(&cut, &[], &[]).is_good());
    assert_eq!(checked(CUT, &[], &[]).unread, [format!("{PAGE}: {told}")]);
}

#[test]
fn what_costs_time_is_told_and_is_no_failure() {
    let script = "<script src=https://captcha.shop.example/1/api.js></script>";
    let slower = |policies: &[&str]| {
        let report = checked(script, policies, &[]);
        assert_eq!(report.text().matches("slower without").count(), report.slower.len());
        assert!(report.is_good(), "{policies:?}");
        let words = report.slower.iter().map(|line| line.split([' ', ':']).next().unwrap().to_owned());
        words.collect::<Vec<_>>()
    };
    let all = "connect-src *; script-src https: 'wasm-unsafe-eval'; worker-src blob:";
    for (policies, found) in [
        (&[] as &[&str], &[][..]),
        (&[all], &[]),
        (&["img-src 'self'"], &[]),
        (&["default-src *"], &["worker-src", "'wasm-unsafe-eval'"]),
        (&["default-src * BLOB: 'unsafe-eval'"], &[]),
        (&[all, "worker-src 'self' blob"], &["worker-src"]),
        (&["script-src https: 'wasm-unsafe-eval'; child-src blob:"], &[]),
        (&[all, "require-trusted-types-for 'script'"], &[]),
        (&[all, "require-trusted-types-for 'script'; trusted-types shop portcullis"], &[]),
        (&[all, "require-trusted-types-for 'script'; trusted-types *"], &[]),
        (&[all, "require-trusted-types-for 'script'", "trusted-types shop"], &["portcullis"]),
        (&[all, "trusted-types shop"], &[]),
    ] {
        assert_eq!(slower(policies), found, "{policies:?}");
    }
    let nonce = r#"<script nonce=abc src=https://captcha.shop.example/1/api.js></script>"#;
    let trusted = "script-src 'nonce-abc' 'strict-dynamic' 'wasm-unsafe-eval'";
    assert_eq!(checked(nonce, &[trusted], &[]).slower, [""; 0]);
    assert_eq!(checked("", &["default-src 'none'"], &[]).slower, [""; 0], "first comes the script");
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
