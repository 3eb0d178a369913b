//! Putting the layers together into a [`Config`].

use std::fs::File;
use std::io::Read;
use std::net::SocketAddr;
use std::path::Path;

use super::environment::Environment;
use super::layers::Layers;
use super::{Config, Server};

/// A configuration without errors.
#[derive(Debug)]
pub(crate) struct Loaded {
    /// Every setting.
    pub(crate) config: Config,
    /// What was ignored, one line each.
    pub(crate) warnings: Vec<String>,
}

/// Reads every setting. `listen` is what the flag said.
///
/// # Errors
///
/// Everything that is wrong, one line each, with the setting's name, what was found and where.
pub(crate) fn load(
    file: Option<&Path>,
    environment: &Environment,
    listen: Option<SocketAddr>,
) -> Result<Loaded, Vec<String>> {
    let mut layers = Layers::default();
    if let Some(path) = file {
        match read(path) {
            Ok(text) => layers.file(path, &text),
            Err(problem) => layers.problem(format!("cannot read {}: {problem}", path.display())),
        }
    }
    layers.environment(environment);
    if let Some(listen) = environment.value("PORTCULLIS_LISTEN") {
        layers.text("server", "listen", listen, "PORTCULLIS_LISTEN");
    }
    if let Some(listen) = listen {
        layers.text("server", "listen", &listen.to_string(), "--listen");
    }
    let config = Config {
        server: layers.section("server"),
        store: layers.section("store"),
        site_defaults: layers.section("site_defaults"),
        limits: layers.section("limits"),
        cap: layers.section("cap"),
        siteverify: layers.section("siteverify"),
        astracaph: layers.section("astracaph"),
        addresses: layers.section("addresses"),
        turnstile: layers.section("turnstile"),
        log: layers.section("log"),
    };
    check_ranges(&config, &mut layers);
    if !layers.problems.is_empty() {
        return Err(layers.problems);
    }
    let warnings = environment.unknown().map(|name| format!("{name} in the environment means nothing here"));
    Ok(Loaded { config, warnings: warnings.collect() })
}

/// What each section finds out of range.
fn check_ranges(config: &Config, layers: &mut Layers) {
    let Server { max_connections, .. } = config.server;
    if !(1..=1_000_000).contains(&max_connections) {
        layers.complain("server", "max_connections", "it goes from 1 to 1000000");
    }
    for (name, complaint) in config.store.problems() {
        layers.complain("store", name, complaint);
    }
    for (name, complaint) in config.astracaph.problems() {
        layers.complain("astracaph", name, &complaint);
    }
    for (name, complaint) in config.addresses.problems() {
        layers.complain("addresses", name, complaint);
    }
    for (name, complaint) in config.turnstile.problems() {
        layers.complain("turnstile", name, complaint);
    }
    // The engine names the setting first, with dashes where it is a flag, and says the range after a semicolon.
    let engines = [
        ("site_defaults", config.site_defaults.problems().iter().map(ToString::to_string).collect()),
        ("limits", config.limits.problems()),
    ];
    for (section, problems) in engines {
        for problem in problems as Vec<String> {
            let (name, rest) = problem.split_once(" is ").unwrap_or(("", &problem));
            let complaint = rest.split_once("; ").map_or(rest, |(_, range)| range);
            layers.complain(section, &name.replace('-', "_"), complaint);
        }
    }
}

/// Reads a file, but never a huge one.
fn read(path: &Path) -> std::io::Result<String> {
    let mut text = String::new();
    File::open(path)?.take(LENGTH_MAX + 1).read_to_string(&mut text)?;
    if text.len() as u64 > LENGTH_MAX {
        return Err(std::io::Error::other("it is over 1 MiB; is it the right file?"));
    }
    Ok(text)
}

/// The longest configuration file, in bytes.
const LENGTH_MAX: u64 = 1 << 20;

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;

    fn environment(variables: &[(&str, &str)]) -> Environment {
        Environment::new(variables.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())))
    }

    fn file(text: &str) -> tempfile::NamedTempFile {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        file.write_all(text.as_bytes()).unwrap();
        file
    }

    #[test]
    fn flags_win_over_the_environment_and_that_over_the_file() {
        let file =
            file("[server]\nlisten = '127.0.0.1:1'\n[limits]\nrefuse_at = 7\n[log]\nformat = 'json'\n");
        let environment =
            environment(&[("PORTCULLIS_SERVER_LISTEN", "127.0.0.1:2"), ("PORTCULLIS_LIMITS_REFUSE_AT", "8")]);
        let loaded = load(Some(file.path()), &environment, None).unwrap();
        assert_eq!(loaded.config.server.listen.port(), 2);
        assert_eq!(loaded.config.limits.refuse_at, 8);
        assert_eq!(loaded.config.log.format, super::super::LogFormat::Json);
        let flagged = load(Some(file.path()), &environment, Some("127.0.0.1:3".parse().unwrap())).unwrap();
        assert_eq!(flagged.config.server.listen.port(), 3);
    }

    #[test]
    fn the_short_variable_wins_over_the_long_one_and_empty_ones_count_for_nothing() {
        let both =
            environment(&[("PORTCULLIS_SERVER_LISTEN", "127.0.0.1:2"), ("PORTCULLIS_LISTEN", "127.0.0.1:4")]);
        assert_eq!(load(None, &both, None).unwrap().config.server.listen.port(), 4);
        let empty = environment(&[("PORTCULLIS_LISTEN", ""), ("PORTCULLIS_LOG_LEVEL", " ")]);
        assert_eq!(load(None, &empty, None).unwrap().config, Config::default());
    }

    #[test]
    fn lists_and_switches_come_from_the_environment_too() {
        let variables = environment(&[
            ("PORTCULLIS_SERVER_TRUSTED_PROXIES", "10.0.0.0/8, 192.0.2.1,"),
            ("PORTCULLIS_SITEVERIFY_TEST_KEYS", "1"),
        ]);
        let config = load(None, &variables, None).unwrap().config;
        let networks = config.server.trusted_proxies.iter().map(ToString::to_string).collect::<Vec<_>>();
        assert_eq!(networks, ["10.0.0.0/8", "192.0.2.1/32"]);
        assert!(config.siteverify.test_keys);
    }

    #[test]
    fn everything_that_is_wrong_is_told_at_once_and_by_name() {
        let file = file(
            "[server]\nlisten = 'here'\nlisten_on = 1\ntrusted_proxies = ['10.0.0.0/99']\nmax_connections = 0\n\
             [site_defaults]\ndifficulty = 9\ncount = 'many'\n[sever]\n[limits]\nrefuse_at = 1\n[log]\nlevel = 'loud'\n",
        );
        let variables = environment(&[("PORTCULLIS_STORE_DURABILITY", "never")]);
        let problems = load(Some(file.path()), &variables, None).unwrap_err();
        let place = file.path().display().to_string();
        for (name, found) in [
            ("server.listen ", "\"here\""),
            ("server.listen_on ", "unknown"),
            ("server.trusted_proxies ", "10.0.0.0/99"),
            ("server.max_connections ", "is 0 "),
            ("site_defaults.difficulty ", "is 9 "),
            ("site_defaults.count ", "\"many\""),
            ("[sever] ", "unknown"),
            ("limits.refuse_at ", "is 1 "),
            ("log.level ", "\"loud\""),
        ] {
            let line =
                problems.iter().find(|line| line.starts_with(name)).unwrap_or_else(|| panic!("{name}"));
            assert!(line.contains(found) && line.contains(&place), "{line}");
        }
        let durability = problems.iter().find(|line| line.starts_with("store.durability ")).unwrap();
        assert!(durability.contains("\"never\" in PORTCULLIS_STORE_DURABILITY"), "{durability}");
        assert_eq!(problems.len(), 10);
        assert!(problems.iter().all(|line| !line.contains('\n')), "{problems:?}");
    }

    #[test]
    fn a_file_that_is_no_toml_is_told_by_line() {
        let file = file("[server]\n\nlisten = \n");
        let problems = load(Some(file.path()), &environment(&[]), None).unwrap_err();
        assert!(problems[0].contains(" line 3:"), "{problems:?}");
        assert_eq!(problems.len(), 1);
    }

    #[test]
    fn unknown_variables_are_warned_about() {
        let variables =
            environment(&[("PORTCULLIS_SERVER_LISTNE", "x"), ("PORTCULLIS_MASTER_KEY", "00"), ("PATH", "/")]);
        let warnings = load(None, &variables, None).unwrap().warnings;
        assert_eq!(warnings, ["PORTCULLIS_SERVER_LISTNE in the environment means nothing here"]);
    }
}
