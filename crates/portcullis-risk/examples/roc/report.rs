//! The figures, for a terminal and for the documents.

use std::fmt::Write as _;

use portcullis_risk::{CHALLENGE_FROM, DENY_FROM};

use crate::replays::Judged;
use crate::speed::Speed;
use crate::visit::judge;
use crate::{Generator, Maker};

/// What a run found.
pub(crate) struct Report {
    lines: Vec<Line>,
    replays: (f64, f64),
    speed: String,
}

/// One generator's scores.
struct Line {
    name: &'static str,
    maker: Maker,
    scores: Vec<f64>,
    /// The chance that a visit of this kind scores above a human-like one; ties count half.
    area: f64,
}

impl Report {
    /// Judges all visits.
    pub(crate) fn of(generators: &[Generator], replays: &Judged, speed: &Speed) -> Self {
        let scores = |generator: &Generator| -> Vec<f64> {
            generator.paths.iter().map(|path| judge(path.clone(), false).score).collect()
        };
        let mut lines: Vec<Line> = generators
            .iter()
            .map(|generator| Line {
                name: generator.name,
                maker: generator.maker,
                scores: scores(generator),
                area: 0.5,
            })
            .collect();
        lines.push(Line {
            name: "recorded replay",
            maker: Maker::Bot,
            scores: replays.scores.clone(),
            area: 0.5,
        });
        let hands: Vec<f64> = lines
            .iter()
            .filter(|line| line.maker == Maker::Human)
            .flat_map(|line| line.scores.clone())
            .collect();
        lines.iter_mut().for_each(|line| line.area = area(&line.scores, &hands));
        Self {
            lines,
            replays: (replays.mistaken, replays.mistaken_to_one_button),
            speed: format!(
                "{:.1} µs for a human-like visit ({:.1} µs with 256 points); {:.1} µs under `astracaph`; {:.1} µs to compare \
                 a path with a full memory of 4,096",
                speed.portcullis, speed.longest, speed.astracaph, speed.replay
            ),
        }
    }

    /// For a terminal.
    pub(crate) fn text(&self) -> String {
        format!("{}\n{}\n{}\nOne judgement: {}.\n", self.rates(), self.curve(), self.mistakes(), self.speed)
    }

    /// `docs/risk-roc.md`.
    pub(crate) fn page(&self) -> String {
        include_str!("page.md")
            .replace("{{rates}}", &self.rates())
            .replace("{{curve}}", &self.curve())
            .replace("{{mistakes}}", &self.mistakes())
            .replace("{{speed}}", &self.speed)
    }

    fn rates(&self) -> String {
        let mut table = format!(
            "| generator | visits | mean score | ≥ {CHALLENGE_FROM:.2} | ≥ {DENY_FROM:.2} | AUC |\n|---|--:|--:|--:|--:|--:|\n"
        );
        for line in &self.lines {
            let mean = line.scores.iter().sum::<f64>() / line.scores.len() as f64;
            let (name, count) = (line.name, line.scores.len());
            let (challenged, denied) = (100.0 * line.above(CHALLENGE_FROM), 100.0 * line.above(DENY_FROM));
            let area =
                if line.maker == Maker::Human { "–".to_owned() } else { format!("{:.4}", line.area) };
            _ = writeln!(
                table,
                "| {name} | {count} | {mean:.2} | {challenged:.2} % | {denied:.2} % | {area} |"
            );
        }
        table
    }

    fn curve(&self) -> String {
        let mut table = String::from("| score from |");
        self.lines.iter().for_each(|line| _ = write!(table, " {} |", line.name));
        _ = writeln!(table, "\n|--:|{}", "--:|".repeat(self.lines.len()));
        for hundredths in [10, 15, 20, 25, 30, 34, 38, 42, 46, 50, 55, 60] {
            let threshold = f64::from(hundredths) / 100.0;
            _ = write!(table, "| {threshold:.2} |");
            self.lines.iter().for_each(|line| _ = write!(table, " {:.2} % |", 100.0 * line.above(threshold)));
            table.push('\n');
        }
        table
    }

    fn mistakes(&self) -> String {
        let (any, button) = (100.0 * self.replays.0, 100.0 * self.replays.1);
        format!(
            "Fresh human-like paths taken for a replay by a full memory: {any:.2} %; {button:.2} % where everybody goes from \
             one corner to one button."
        )
    }
}

impl Line {
    fn above(&self, threshold: f64) -> f64 {
        self.scores.iter().filter(|&&score| score >= threshold).count() as f64 / self.scores.len() as f64
    }
}

fn area(scores: &[f64], hands: &[f64]) -> f64 {
    let mut hands = hands.to_vec();
    hands.sort_by(f64::total_cmp);
    let won: f64 = scores
        .iter()
        .map(|score| {
            let below = hands.partition_point(|hand| hand < score);
            let ties = hands.partition_point(|hand| hand <= score) - below;
            below as f64 + ties as f64 / 2.0
        })
        .sum();
    won / (scores.len() * hands.len()) as f64
}
