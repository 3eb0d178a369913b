//! What a script read from the browser, and whether it fits the system that the visit claims.

use crate::agent::{Agent, System, bounded};
use crate::marks::Marks;
use crate::score::Findings;
use crate::weights::Code;
use crate::{Fingerprint, Screen, Signals, zones};

/// Notes what does not fit. `shown` is the page's user agent; where no script ran there is none, and
/// nothing to say.
pub(crate) fn find(signals: &Signals, shown: Option<Agent>, findings: &mut Findings) {
    let (Some(fingerprint), Some(agent)) = (&signals.fingerprint, shown) else { return };
    findings.note(Code::Webdriver, fingerprint.webdriver);
    findings.note(Code::AutomationTraces, !fingerprint.automation.is_empty());
    findings.note(Code::NoCanvas, fingerprint.canvas.is_empty());
    findings
        .note(Code::NoWebgl, fingerprint.webgl_vendor.is_empty() || fingerprint.webgl_renderer.is_empty());
    if let (Some(claimed), Some(read)) = (agent.system, System::of_navigator(&fingerprint.platform)) {
        findings.note(Code::PlatformDiffers, !claimed.may_be(read));
    }
    find_in_renderer(fingerprint, agent, findings);
    find_in_hardware(fingerprint, agent, signals, findings);
    if let Some(country) = signals.address.country.as_deref() {
        let elsewhere = zones::country(&fingerprint.timezone).is_some_and(|home| !home.contains(&country));
        // A VPN's exit says where the VPN is.
        let moved = signals.address.flags.vpn || signals.address.flags.tor || signals.address.flags.proxy;
        findings.note(Code::TimezoneDiffers, elsewhere && !moved);
    }
}

fn find_in_renderer(fingerprint: &Fingerprint, agent: Agent, findings: &mut Findings) {
    let marks = RENDERERS.read(bounded(&fingerprint.webgl_renderer));
    findings.note(Code::SoftwareRenderer, marks & SOFTWARE != 0);
    let foreign = match agent.system {
        // Laptops with a telephone's graphics run Windows, and Apple's run Linux.
        Some(System::Windows) => APPLE | MESA,
        Some(System::Mac | System::Ios) => DIRECT3D | PHONE | MESA,
        Some(System::Linux) => DIRECT3D,
        Some(System::Android | System::ChromeOs) => DIRECT3D | APPLE,
        None => 0,
    };
    findings.note(Code::RendererDiffers, marks & foreign != 0);
}

fn find_in_hardware(fingerprint: &Fingerprint, agent: Agent, signals: &Signals, findings: &mut Findings) {
    let Screen { width, height, pixel_ratio } = fingerprint.screen;
    let side = |length: f64| (120.0..=32_768.0).contains(&length);
    findings.note(Code::BadScreen, !(side(width) && side(height) && (0.1..=16.0).contains(&pixel_ratio)));
    let default = width == 800.0 && height == 600.0 && pixel_ratio == 1.0;
    findings.note(Code::HeadlessScreen, default && !agent.mobile);
    let cores = fingerprint
        .hardware_concurrency
        .is_none_or(|cores| (1.0..=1024.0).contains(&cores) && cores.fract() == 0.0);
    let memory = fingerprint.device_memory.is_none_or(|memory| (0.125..=1024.0).contains(&memory));
    findings.note(Code::ImpossibleHardware, !(cores && memory));
    let none = fingerprint.touch_points == Some(0.0);
    let touched = signals.behavior.and_then(|behavior| behavior.touches).is_some_and(|touches| touches > 0.0);
    findings.note(Code::TouchDiffers, none && (touched || agent.mobile));
}

static RENDERERS: Marks<13> = Marks::new([
    ("swiftshader", SOFTWARE),
    ("llvmpipe", SOFTWARE | MESA),
    ("softpipe", SOFTWARE | MESA),
    ("mesa offscreen", SOFTWARE | MESA),
    ("virtualbox", SOFTWARE),
    ("microsoft basic render", SOFTWARE),
    ("apple m", APPLE),
    ("apple gpu", APPLE),
    ("metal renderer", APPLE),
    ("direct3d", DIRECT3D),
    ("adreno", PHONE),
    ("mali-", PHONE),
    ("mesa", MESA),
]);

/// Renderers that need no graphics card: servers and virtual machines, and now and then a person's broken driver.
const SOFTWARE: u32 = 1;
const APPLE: u32 = 1 << 1;
const DIRECT3D: u32 = 1 << 2;
/// Graphics of telephones.
const PHONE: u32 = 1 << 3;
const MESA: u32 = 1 << 4;

#[cfg(test)]
mod tests {
    use super::*;

    const WINDOWS: &str = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36";
    const MAC: &str = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.1 Safari/605.1.15";
    const IPHONE: &str = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.1 Mobile/15E148 Safari/604.1";
    const LINUX: &str = "Mozilla/5.0 (X11; Linux x86_64; rv:143.0) Gecko/20100101 Firefox/143.0";
    const CHROME_OS: &str = "Mozilla/5.0 (X11; CrOS x86_64 14541.0.0) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36";
    const ANDROID: &str = "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Mobile Safari/537.36";
    const ELSEWHERE: &str = "Mozilla/5.0 (Unheard Of 1.0) Chrome/141.0.0.0";

    /// What browsers report as their renderer, and the systems on which it is none of theirs.
    const RENDERERS_SEEN: [(&str, &[&str]); 15] = [
        (
            "ANGLE (NVIDIA, NVIDIA GeForce RTX 3060 (0x00002504) Direct3D11 vs_5_0 ps_5_0, D3D11)",
            &[MAC, IPHONE, LINUX, CHROME_OS, ANDROID],
        ),
        // A laptop with a telephone's graphics.
        (
            "ANGLE (Qualcomm, Qualcomm(R) Adreno(TM) X1-85 GPU Direct3D11 vs_5_0 ps_5_0, D3D11)",
            &[MAC, IPHONE, LINUX, CHROME_OS, ANDROID],
        ),
        (
            "ANGLE (Apple, ANGLE Metal Renderer: Apple M1, Unspecified Version)",
            &[WINDOWS, CHROME_OS, ANDROID],
        ),
        (
            "ANGLE (AMD, ANGLE Metal Renderer: AMD Radeon Pro 5300M, Unspecified Version)",
            &[WINDOWS, CHROME_OS, ANDROID],
        ),
        ("Apple GPU", &[WINDOWS, CHROME_OS, ANDROID]),
        // Linux on a laptop of Apple's.
        ("Apple M1 (G13G B1)", &[WINDOWS, CHROME_OS, ANDROID]),
        ("ANGLE (Intel Inc., Intel(R) Iris(TM) Plus Graphics OpenGL Engine, OpenGL 4.1)", &[]),
        ("ANGLE (Intel, Mesa Intel(R) UHD Graphics 620 (KBL GT2), OpenGL 4.6)", &[WINDOWS, MAC, IPHONE]),
        ("Mesa DRI Intel(R) HD Graphics 5500 (BDW GT2)", &[WINDOWS, MAC, IPHONE]),
        ("NVIDIA GeForce GTX 980, or similar", &[]),
        ("Adreno (TM) 640", &[MAC, IPHONE]),
        ("ANGLE (ARM, Mali-G78, OpenGL ES 3.2)", &[MAC, IPHONE]),
        ("ANGLE (Google, Vulkan 1.3.0 (SwiftShader Device (Subzero) (0x0000C0DE)), SwiftShader driver)", &[]),
        ("llvmpipe (LLVM 15.0.7, 256 bits)", &[WINDOWS, MAC, IPHONE]),
        ("", &[]),
    ];

    fn found(agent: &str, renderer: &str) -> Findings {
        let fingerprint = Fingerprint { webgl_renderer: renderer.to_owned(), ..Fingerprint::default() };
        let mut findings = Findings::default();
        find_in_renderer(&fingerprint, Agent::read(agent), &mut findings);
        findings
    }

    #[test]
    fn a_renderer_differs_where_no_such_system_has_it() {
        for (renderer, foreign) in RENDERERS_SEEN {
            for agent in [WINDOWS, MAC, IPHONE, LINUX, CHROME_OS, ANDROID, ELSEWHERE, ""] {
                let differs = found(agent, renderer).has(Code::RendererDiffers);
                assert_eq!(differs, foreign.contains(&agent), "{renderer:?} on {agent:?}");
            }
        }
    }

    #[test]
    fn software_renderers_are_found_on_every_system() {
        for (renderer, is_software) in [
            (
                "ANGLE (Google, Vulkan 1.3.0 (SwiftShader Device (Subzero) (0x0000C0DE)), SwiftShader driver)",
                true,
            ),
            ("llvmpipe (LLVM 15.0.7, 256 bits)", true),
            ("softpipe", true),
            ("Mesa OffScreen", true),
            ("ANGLE (Microsoft, Microsoft Basic Render Driver Direct3D11 vs_5_0 ps_5_0, D3D11)", true),
            ("VirtualBox Graphics Adapter", true),
            ("ANGLE (Intel, Mesa Intel(R) UHD Graphics 620 (KBL GT2), OpenGL 4.6)", false),
            ("Apple GPU", false),
        ] {
            for agent in [WINDOWS, LINUX, ANDROID, ELSEWHERE] {
                assert_eq!(found(agent, renderer).has(Code::SoftwareRenderer), is_software, "{renderer:?}");
            }
        }
    }
}
