//! Checks of the repository that the compiler cannot make, and the files that are made from code.
//!
//! `cargo xtask layers` holds the arrows between the crates, `cargo xtask sizes` the lengths of files and
//! functions, and `cargo xtask gen` writes (or, with `--check`, compares) what is generated. Each check is a
//! pure function over text, so that its rules are tested on samples; only this file and the reading at the edge
//! of each module touch the repository.
#![expect(clippy::print_stdout, reason = "a command line tool speaks to its terminal")]

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Parser, Subcommand};

mod built;
mod documented;
mod generate;
mod layers;
mod outline;
mod sizes;

#[derive(Parser)]
#[command(about = "Checks and generated files of the Portcullis repository")]
struct Arguments {
    #[command(subcommand)]
    task: Task,
}

#[derive(Subcommand)]
enum Task {
    /// Compare the dependencies between crates, and on third parties, with the rules of the house
    Layers,
    /// Report long files, functions, traits and handlers; fail on a long file that gives no reason
    Sizes,
    /// Write the generated files and check that built browser files are current
    Gen {
        /// Compare instead of writing, and fail where something differs
        #[arg(long)]
        check: bool,
    },
}

fn main() -> ExitCode {
    match run(Arguments::parse()) {
        Ok(problems) if problems.is_empty() => ExitCode::SUCCESS,
        Ok(problems) => {
            for problem in problems {
                println!("error: {problem}");
            }
            ExitCode::FAILURE
        }
        Err(error) => {
            println!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

/// Runs a task. Answers what is wrong, one line each.
fn run(arguments: Arguments) -> anyhow::Result<Vec<String>> {
    let root = root();
    match arguments.task {
        Task::Layers => {
            let workspace = layers::read(&root)?;
            let mut problems = layers::violations(&workspace.edges);
            problems.extend(documented::violations(&root, &workspace)?);
            Ok(problems)
        }
        Task::Sizes => {
            let (failures, notes) = sizes::check(&root)?;
            for note in notes {
                println!("note: {note}");
            }
            Ok(failures)
        }
        Task::Gen { check } => {
            let mut problems = generate::run(&root, check)?;
            problems.extend(built::stale(&root)?);
            Ok(problems)
        }
    }
}

/// The folder of the workspace: the parent of this crate's.
fn root() -> PathBuf {
    let own = Path::new(env!("CARGO_MANIFEST_DIR"));
    own.parent().unwrap_or(own).to_path_buf()
}
