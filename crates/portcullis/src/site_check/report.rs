//! What there is to say about a page: what fails, what is to be looked at, and what merely costs time.

use std::collections::BTreeSet;

use serde::Serialize;

/// What is wrong with a page, and what it loads.
#[derive(Debug, Default, Serialize)]
pub(crate) struct Report {
    /// The page, redirects followed.
    pub(super) url: String,
    /// Whether the page itself loads a script of this server.
    pub(super) loads_ours: bool,
    /// Whether a widget of ALTCHA's in the page has its challenges from this server.
    pub(super) challenges_ours: bool,
    /// Scripts of the page that have this server's address in them, and so may load from it.
    pub(super) names_ours: Vec<String>,
    /// Other hosts that the page loads something from, captchas or not.
    pub(super) other_hosts: BTreeSet<String>,
    /// Captchas that the page itself loads.
    pub(super) captchas: Vec<Captcha>,
    /// Captchas whose address is in a script of the page. Libraries keep their vendor's address even where they are
    /// told another one, so this is no failure.
    pub(super) may_load: Vec<Captcha>,
    /// Where widgets of ALTCHA's have their challenges from otherwise, as long as that is no service that is known.
    pub(super) challenges_elsewhere: Vec<String>,
    /// Hosts that the page looks up or connects to ahead, where a captcha is and other things may be: no failure.
    pub(super) may_connect: Vec<Captcha>,
    /// What the page's content security policy stands in the way of, as sentences.
    pub(super) policy: Vec<String>,
    /// What in the page's content security policy makes the work take longer, as sentences.
    pub(super) slower: Vec<String>,
    /// What could not be looked into, or not to its end, with the reason.
    pub(super) unread: Vec<String>,
    /// Whether the page itself is longer than what is read of it.
    #[serde(skip)]
    pub(super) is_cut: bool,
}

/// A trace of another captcha.
#[derive(Debug, PartialEq, Eq, Serialize)]
pub(super) struct Captcha {
    pub(super) name: &'static str,
    /// What gives it away: the address that is loaded, or the script that names it.
    pub(super) found: String,
    /// What takes its place.
    pub(super) instead: String,
}

impl Report {
    /// Whether nothing is left to do. Warnings are to be looked at and are no failure; nor is a script that could not be
    /// read, where the page itself has a captcha of ours.
    pub(crate) fn is_good(&self) -> bool {
        let has_ours = self.loads_ours || self.challenges_ours;
        let is_ours = has_ours || !self.names_ours.is_empty();
        let is_read = self.unread.is_empty() || has_ours && !self.is_cut;
        is_ours && self.captchas.is_empty() && self.policy.is_empty() && is_read
    }

    /// The report for people.
    pub(crate) fn text(&self) -> String {
        let mut lines = vec![self.url.clone()];
        lines.push(format!("  loads from this server   {}", self.ours()));
        for captcha in &self.captchas {
            lines.push(format!("  {} is still there: {}", captcha.name, captcha.found));
            lines.push(format!("    {}", captcha.instead));
        }
        lines.extend(self.policy.iter().map(|problem| format!("  policy: {problem}")));
        lines.extend(self.unread.iter().map(|problem| format!("  not looked into: {problem}")));
        lines.extend(self.warnings());
        lines.extend(self.slower.iter().map(|advice| format!("  slower without {advice}")));
        if !self.other_hosts.is_empty() {
            let hosts = self.other_hosts.iter().map(String::as_str).collect::<Vec<_>>().join(", ");
            lines.push(format!("  other hosts, no captchas {hosts}"));
        }
        lines.join("\n")
    }

    fn warnings(&self) -> Vec<String> {
        let mut lines = Vec::new();
        for Captcha { name, found, .. } in &self.may_load {
            lines.push(format!("  warning: may still load {name}, whose address is in {found}"));
        }
        if !self.may_load.is_empty() {
            lines.push(format!("    {MAY_LOAD}"));
        }
        for Captcha { name, found, instead } in &self.may_connect {
            lines.push(format!("  warning: connects ahead to {found}, where {name} is"));
            lines.push(format!("    {instead}"));
        }
        // With a script of ours in the page, a widget of ALTCHA's is one of the owner's own beside it.
        if !self.loads_ours {
            for address in &self.challenges_elsewhere {
                lines.push(format!("  warning: ALTCHA's widget has its challenges from {address}"));
                lines.push(format!("    {MAY_CHALLENGE}"));
            }
        }
        lines
    }

    fn ours(&self) -> String {
        match (self.loads_ours, self.challenges_ours, self.names_ours.first()) {
            (true, ..) => "yes".to_owned(),
            (false, true, _) => "challenges for ALTCHA's widget".to_owned(),
            (false, false, Some(script)) => format!("by a script: its address is in {script}"),
            (false, false, None) => "no script of this server is in the page".to_owned(),
        }
    }

    /// Notes something once.
    pub(super) fn note<T: PartialEq>(notes: &mut Vec<T>, note: T) {
        if !notes.contains(&note) {
            notes.push(note);
        }
    }
}

const MAY_LOAD: &str = "all right where that library is told this server's address or finds our script in the page: \
    docs/manual/migrate.md, Client libraries";
const MAY_CHALLENGE: &str = "this server has them too: docs/manual/migrate.md, Change two addresses";
