//! A visit that is ordinary in everything but its path, so that only the path speaks.

use portcullis_risk::{
    AddressClass, AddressFacts, Assessment, Behavior, Client, Fingerprint, Point, Profile, Screen, Signals,
    assess,
};

/// Chrome on Windows, in a household in Germany, that shows `motion`.
pub(crate) fn ordinary(motion: Vec<Point>, replayed: bool) -> Signals {
    let agent = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36";
    let end = motion.last().map_or(0.0, |point| point.t);
    Signals {
        client: Client {
            user_agent: agent.to_owned(),
            accept_language: Some("de-DE,de;q=0.9,en;q=0.8".to_owned()),
            accept: Some("*/*".to_owned()),
            accept_encoding: Some("gzip, deflate, br, zstd".to_owned()),
            brands: Some(r#""Google Chrome";v="141", "Not?A_Brand";v="8", "Chromium";v="141""#.to_owned()),
            platform: Some("Windows".to_owned()),
            mobile: Some(false),
            fetch_site: Some("cross-site".to_owned()),
            fetch_mode: Some("cors".to_owned()),
        },
        fingerprint: Some(Fingerprint {
            user_agent: agent.to_owned(),
            language: "de-DE".to_owned(),
            timezone: "Europe/Berlin".to_owned(),
            platform: "Win32".to_owned(),
            canvas: "f3a1c0de".to_owned(),
            webgl_vendor: "Google Inc. (Intel)".to_owned(),
            webgl_renderer: "ANGLE (Intel, Intel(R) UHD Graphics 620 Direct3D11 vs_5_0 ps_5_0, D3D11)"
                .to_owned(),
            screen: Screen { width: 1920.0, height: 1080.0, pixel_ratio: 1.0 },
            hardware_concurrency: Some(8.0),
            device_memory: Some(8.0),
            touch_points: Some(0.0),
            ..Fingerprint::default()
        }),
        behavior: Some(Behavior {
            dwell_ms: end + 800.0,
            pointer_moves: motion.len() as f64,
            click_count: 1.0,
            ..Behavior::default()
        }),
        address: AddressFacts {
            class: AddressClass::Residential,
            country: Some("DE".to_owned()),
            ..AddressFacts::default()
        },
        motion,
        replayed,
        ..Signals::default()
    }
}

/// The judgement of such a visit.
pub(crate) fn judge(motion: Vec<Point>, replayed: bool) -> Assessment {
    assess(&ordinary(motion, replayed), Profile::Portcullis)
}
