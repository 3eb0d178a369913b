//! Running commands and servers on folders of their own.

use std::io::{BufRead, BufReader, Read};
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};

use serde_json::Value;

/// A server that dies with the test.
pub(crate) struct Server {
    child: Child,
    /// Such as `http://127.0.0.1:40000`.
    pub(crate) base: String,
    /// What it said when it had started, but for the first line.
    pub(crate) welcome: Vec<String>,
}

impl Server {
    /// Starts a server on a free port and waits until it listens.
    pub(crate) fn start(data: &Path) -> Self {
        Self::start_with(data, &[], &[])
    }

    /// The same, with more flags and variables.
    pub(crate) fn start_with(data: &Path, flags: &[&str], variables: &[(&str, &str)]) -> Self {
        let mut command = command(data, flags);
        command.args(["--listen", "127.0.0.1:0"]).envs(variables.iter().copied());
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let Some(first) = lines.next() else {
            let mut told = String::new();
            child.stderr.take().unwrap().read_to_string(&mut told).unwrap();
            panic!("the server did not start: {told}");
        };
        let first = first.unwrap();
        let (_, base) = first.split_once(" listens on ").unwrap_or_else(|| panic!("{first}"));
        let mut welcome = Vec::new();
        // The line about adding sites is the last one that is always there.
        for line in lines.by_ref().map(Result::unwrap) {
            let is_last = line.starts_with("  add ");
            welcome.push(line);
            if is_last {
                break;
            }
        }
        Self { base: base.to_owned(), welcome, child }
    }

    /// Asks the server to stop, and answers its exit status and what it logged.
    pub(crate) fn stop(mut self) -> (Option<i32>, String) {
        let sent = Command::new("kill").args(["-TERM", &self.child.id().to_string()]).status().unwrap();
        assert!(sent.success());
        let mut log = String::new();
        self.child.stderr.take().unwrap().read_to_string(&mut log).unwrap();
        (self.child.wait().unwrap().code(), log)
    }

    /// `kill -9`.
    pub(crate) fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // One that is dead already does not mind.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Runs a command to its end.
pub(crate) fn run(data: &Path, arguments: &[&str]) -> Output {
    command(data, arguments).output().unwrap()
}

/// Runs a command that must succeed, and answers what it printed.
pub(crate) fn text(data: &Path, arguments: &[&str]) -> String {
    let output = run(data, arguments);
    let told = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(0), "{arguments:?}: {told}");
    String::from_utf8(output.stdout).unwrap()
}

/// The same for one that prints JSON.
pub(crate) fn json(data: &Path, arguments: &[&str]) -> Value {
    serde_json::from_str(&text(data, arguments)).unwrap()
}

/// Runs a command that must fail with this exit status and in one line, and answers the line.
pub(crate) fn failure(data: &Path, arguments: &[&str], code: i32) -> String {
    one_line(&run(data, arguments), code)
}

/// The one line that a failed command printed.
pub(crate) fn one_line(output: &Output, code: i32) -> String {
    let told = String::from_utf8(output.stderr.clone()).unwrap();
    assert_eq!(output.status.code(), Some(code), "{told}");
    assert_eq!(told.lines().count(), 1, "{told}");
    assert!(told.starts_with("portcullis: "), "{told}");
    told.trim_end().to_owned()
}

/// The binary on a data folder, with no variables of ours but those that a test adds.
pub(crate) fn command(data: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_portcullis"));
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().starts_with("PORTCULLIS_") {
            command.env_remove(name);
        }
    }
    command.args(arguments).arg("--data").arg(data);
    command
}
