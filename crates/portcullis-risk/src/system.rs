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
