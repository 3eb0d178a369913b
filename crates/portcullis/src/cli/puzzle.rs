//! `portcullis puzzle …`: pictures as visitors get them, for looking at and for attacking, and for whoever tests a
//! server of their own.

use std::fs;
use std::path::{Path, PathBuf};

use clap::{Args, Subcommand, ValueEnum};
use portcullis_engine::puzzle::{Connect, Density, Seed, Slider, Theme};
use portcullis_engine::{Entropy, PuzzleAnswer, SystemEntropy};
use serde::Serialize;
use serde_json::json;

use super::{Answer, Setup, block_on};
use crate::data_folder::DataFolder;
use crate::failure::Failure;
use crate::gate::Gate;

/// What to do with puzzles.
#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Write pictures to a folder, each made once and never asked of a visitor
    Sample(Sample),
    /// Print the answer to the picture of a step that the server of this data folder asked for, as JSON
    Answer {
        /// The step's `id`, as the challenge page has it
        step: String,
    },
}

/// Which pictures to write.
#[derive(Args, Debug)]
pub(super) struct Sample {
    /// The kind of puzzle
    #[arg(long)]
    kind: Kind,
    /// How many
    #[arg(long, value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    count: u32,
    /// The folder; made if it is not there
    #[arg(long, value_name = "FOLDER")]
    out: PathBuf,
    /// Also write the layouts and the answers here, one JSON document a line
    #[arg(long, value_name = "FILE")]
    answers: Option<PathBuf>,
    /// The page's colours
    #[arg(long, default_value = "light")]
    theme: ThemeName,
    /// Device pixels for each CSS pixel
    #[arg(long, default_value_t = 2, value_parser = clap::value_parser!(u8).range(1..=2))]
    density: u8,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Kind {
    Slider,
    Connect,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum ThemeName {
    Light,
    Dark,
}

/// What a browser is told of one sample, and the answer, which it is not.
#[derive(Serialize)]
#[serde(untagged)]
enum Line {
    Slider {
        board: String,
        piece: String,
        width: u16,
        height: u16,
        piece_width: u16,
        piece_height: u16,
        path: Vec<[f32; 2]>,
        travel: f64,
        /// The corners of all holes; the true one comes first.
        holes: Vec<[f32; 2]>,
    },
    Connect {
        picture: String,
        width: u16,
        height: u16,
        nodes: Vec<[f32; 2]>,
        rule: &'static str,
        pairs: Vec<(u8, u8)>,
    },
}

/// Runs a `puzzle` command.
pub(super) fn run(
    command: &Command,
    setup: impl FnOnce() -> Result<Setup, Failure>,
) -> Result<Answer, Failure> {
    match command {
        Command::Sample(sample) => draw(sample),
        Command::Answer { step } => answer(step, &setup()?),
    }
}

fn answer(step: &str, setup: &Setup) -> Result<Answer, Failure> {
    let folder = DataFolder::existing(&setup.data)?;
    block_on(async {
        let gate = Gate::open(&setup.config, &folder, setup.master_key()).await?;
        let answer = gate.engine.puzzle_answer(step);
        gate.close()?;
        let answer = answer.ok_or_else(|| {
            Failure::new(
                "this step has no picture, or was not made by the server of this data folder",
                "pass the `id` of a slider or connect step, and its server's --data",
            )
        })?;
        Ok(Answer::success(match answer {
            PuzzleAnswer::Travel(travel) => json!({ "travel": travel }).to_string(),
            PuzzleAnswer::Pairs(pairs) => json!({ "pairs": pairs }).to_string(),
        }))
    })
}

fn draw(sample: &Sample) -> Result<Answer, Failure> {
    fs::create_dir_all(&sample.out).map_err(|error| unwritable(error, &sample.out))?;
    let mut answers = String::new();
    for number in 1..=sample.count {
        let mut seed = [0; 32];
        SystemEntropy.fill(&mut seed);
        let line = match sample.kind {
            Kind::Slider => sample.slider(number, &Seed(seed))?,
            Kind::Connect => sample.connect(number, &Seed(seed))?,
        };
        // Invariant: a line has string keys and finite numbers only.
        answers += &serde_json::to_string(&line).unwrap_or_default();
        answers.push('\n');
    }
    if let Some(file) = &sample.answers {
        fs::write(file, answers).map_err(|error| unwritable(error, file))?;
    }
    Ok(Answer::success(format!("{} written to {}", sample.count, sample.out.display())))
}

impl Sample {
    fn slider(&self, number: u32, seed: &Seed) -> Result<Line, Failure> {
        let slider = Slider::new(seed);
        let picture = slider.draw(self.theme(), self.density());
        let board = self.write(format!("slider-{number:04}-board.jpg"), &picture.board)?;
        let piece = self.write(format!("slider-{number:04}-piece.webp"), &picture.piece)?;
        let layout = slider.layout();
        Ok(Line::Slider {
            board,
            piece,
            width: layout.width,
            height: layout.height,
            piece_width: layout.piece_width,
            piece_height: layout.piece_height,
            path: layout.path,
            travel: slider.answer(),
            holes: slider.holes().to_vec(),
        })
    }

    fn connect(&self, number: u32, seed: &Seed) -> Result<Line, Failure> {
        let connect = Connect::new(seed);
        let picture = connect.draw(self.theme(), self.density());
        let picture = self.write(format!("connect-{number:04}.jpg"), &picture)?;
        let layout = connect.layout();
        Ok(Line::Connect {
            picture,
            width: layout.width,
            height: layout.height,
            nodes: layout.nodes,
            rule: layout.rule.code(),
            pairs: connect.answer().to_vec(),
        })
    }

    fn write(&self, name: String, bytes: &[u8]) -> Result<String, Failure> {
        let file = self.out.join(&name);
        fs::write(&file, bytes).map_err(|error| unwritable(error, &file))?;
        Ok(name)
    }

    fn theme(&self) -> Theme {
        match self.theme {
            ThemeName::Light => Theme::Light,
            ThemeName::Dark => Theme::Dark,
        }
    }

    fn density(&self) -> Density {
        if self.density == 1 { Density::One } else { Density::Two }
    }
}

fn unwritable(error: std::io::Error, path: &Path) -> Failure {
    Failure::new(format!("cannot write {}: {error}", path.display()), "name a folder that may be written to")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn samples_and_their_answers_are_written() {
        let folder = tempfile::tempdir().unwrap();
        for (kind, pictures) in [(Kind::Slider, 4), (Kind::Connect, 2)] {
            let out = folder.path().join(format!("{kind:?}"));
            let answers = folder.path().join("answers.jsonl");
            let sample = Sample {
                kind,
                count: 2,
                out: out.clone(),
                answers: Some(answers.clone()),
                theme: ThemeName::Dark,
                density: 1,
            };
            draw(&sample).unwrap_or_else(|failure| panic!("{failure}"));
            assert_eq!(fs::read_dir(out).unwrap().count(), pictures);
            let lines = fs::read_to_string(answers).unwrap();
            assert_eq!(lines.lines().count(), 2);
            for line in lines.lines() {
                let line: serde_json::Value = serde_json::from_str(line).unwrap();
                let answer =
                    if matches!(kind, Kind::Slider) { &line["travel"] } else { &line["pairs"][4][1] };
                assert!(answer.is_number(), "{line}");
            }
        }
    }
}
