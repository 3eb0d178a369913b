//! What each finding costs: one versioned data file per profile, compiled in.
//!
//! The code finds, the file weighs. So weights can be read, compared and argued about without reading the code, and
//! a profile that lists no weight for a finding simply does not care about it.

use std::sync::LazyLock;

use serde::Deserialize;
use serde::de::value::{Error, StrDeserializer};

use crate::Profile;
use crate::score::GROUPS;

/// What can be found about a visit. The kebab-case form is the reason's code: stable, since sites count them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Code {
    BotUserAgent,
    NoUserAgent,
    HeadlessBrowser,
    AgentDiffers,
    HintsBrandDiffers,
    HintsPlatformDiffers,
    HintsMobileDiffers,
    NoClientHints,
    NoFetchMetadata,
    NoAcceptLanguage,
    NoAcceptEncoding,
    LanguageDiffers,
    Webdriver,
    AutomationTraces,
    PlatformDiffers,
    RendererDiffers,
    SoftwareRenderer,
    NoCanvas,
    NoWebgl,
    BadScreen,
    HeadlessScreen,
    ImpossibleHardware,
    TouchDiffers,
    TimezoneDiffers,
    FewMotionPoints,
    EvenSpeed,
    FewDirectionChanges,
    FastPointer,
    NoPointerMoves,
    StraightPath,
    ConstantSpeed,
    CurveFit,
    SmoothOutline,
    AddedNoise,
    AbruptEnds,
    MirroredSpeed,
    DenseCadence,
    RegularCadence,
    TimestampGrid,
    PointerJumps,
    SharpCorners,
    ShortDwell,
    ManyFocusChanges,
    FastKeys,
    EvenKeys,
    BehaviorContradicts,
    ImpossibleValues,
    ReplayedPath,
    AddressTor,
    AddressVpn,
    AddressProxy,
    AddressHosting,
    AddressMobile,
    AddressResidential,
    ManyChallenges,
    WorkDoubled,
    UnusualVisit,
    TurnstileFailed,
    TurnstileMissing,
}

impl Code {
    /// How many there are.
    pub(crate) const COUNT: usize = Self::TurnstileMissing as usize + 1;
}

/// A profile's weights, by code.
#[derive(Debug)]
pub(crate) struct Weights {
    /// What every visit starts with.
    pub(crate) base: f64,
    /// The most that each group adds.
    pub(crate) caps: Vec<f64>,
    /// By [`Code`]; absent where the profile does not weigh it.
    pub(crate) entries: [Option<Entry>; Code::COUNT],
}

impl Weights {
    /// The weights of `profile`.
    pub(crate) fn of(profile: Profile) -> &'static Self {
        match profile {
            Profile::Astracaph => &ASTRACAPH,
            Profile::Portcullis => &PORTCULLIS,
        }
    }

    fn read(text: &'static str) -> Result<Self, String> {
        let file: File = serde_json::from_str(text).map_err(|error| error.to_string())?;
        if file.version != VERSION {
            return Err(format!("version {} is not {VERSION}", file.version));
        }
        let mut entries = [const { None }; Code::COUNT];
        for line in file.weights {
            let code = Code::deserialize(StrDeserializer::<Error>::new(line.code))
                .map_err(|error| format!("{}: {error}", line.code))?;
            let group = file.groups.iter().position(|group| group.group == line.group);
            let group = group.ok_or_else(|| format!("{}: no group {}", line.code, line.group))?;
            let entry = Entry { code: line.code, text: line.text, weight: line.weight, group };
            if entries[code as usize].replace(entry).is_some() {
                return Err(format!("{} is listed twice", line.code));
            }
        }
        if file.groups.len() > GROUPS {
            return Err(format!("more than {GROUPS} groups"));
        }
        Ok(Self { base: file.base, caps: file.groups.iter().map(|group| group.cap).collect(), entries })
    }
}

/// One finding's weight.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Entry {
    pub(crate) code: &'static str,
    pub(crate) text: &'static str,
    pub(crate) weight: f64,
    /// Index into [`Weights::caps`].
    pub(crate) group: usize,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    version: u32,
    #[serde(rename = "profile")]
    _profile: &'static str,
    #[serde(rename = "about")]
    _about: Vec<&'static str>,
    base: f64,
    groups: Vec<Group>,
    weights: Vec<Line>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Group {
    group: &'static str,
    cap: f64,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Line {
    code: &'static str,
    group: &'static str,
    weight: f64,
    text: &'static str,
}

// Both files are compiled in, and a test reads both: reading them cannot fail in a build that passed its tests.
static ASTRACAPH: LazyLock<Weights> = LazyLock::new(|| {
    Weights::read(include_str!("weights/astracaph.json")).expect("weights/astracaph.json is well-formed")
});
static PORTCULLIS: LazyLock<Weights> = LazyLock::new(|| {
    Weights::read(include_str!("weights/portcullis.json")).expect("weights/portcullis.json is well-formed")
});

/// The form of the data files.
const VERSION: u32 = 1;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_files_are_well_formed_and_every_code_is_weighed_somewhere() {
        let [astracaph, portcullis] = Profile::ALL.map(Weights::of);
        for index in 0..Code::COUNT {
            let weighed = astracaph.entries[index].is_some() || portcullis.entries[index].is_some();
            assert!(weighed, "code number {index} is in no file");
        }
        for entry in [astracaph, portcullis].into_iter().flat_map(|weights| weights.entries.iter().flatten())
        {
            assert!(entry.weight.abs() <= 0.6 && entry.weight != 0.0, "{}", entry.code);
            assert!(entry.text.len() > 10, "{} has no readable text", entry.code);
        }
    }

    #[test]
    fn an_unknown_code_a_second_line_and_a_missing_group_are_refused() {
        let line = r#"{"code":"CODE","group":"a","weight":0.1,"text":"x"}"#;
        let file = |lines: &str| -> Result<Weights, String> {
            let text = format!(
                r#"{{"version":1,"profile":"p","about":[],"base":0.1,"groups":[{{"group":"a","cap":1}}],"weights":[{lines}]}}"#
            );
            Weights::read(text.leak())
        };
        let known = line.replace("CODE", "webdriver");
        assert!(file(&known).is_ok());
        assert!(file(&line.replace("CODE", "web-driver")).is_err_and(|error| error.contains("web-driver")));
        assert!(file(&format!("{known},{known}")).is_err_and(|error| error.contains("twice")));
        assert!(file(&known.replace(r#""a""#, r#""b""#)).is_err_and(|error| error.contains("no group")));
    }
}
