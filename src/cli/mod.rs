//! The command line: one file a command.
//!
//! Data goes to stdout, everything else to stderr. Exit status 0: answered; 2: bad input, the message names
//! file, field or flag, value and remedy; 1: anything else.

mod answers;
mod catalog;
mod check;
mod compare;
mod estimate;
mod measure;
mod misnamed;
mod plan;
mod question;
mod save;
mod setup;
mod solve;
mod validate;
mod why;

use std::io::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// Sizes LLM serving infrastructure for the workload it will actually run.
#[derive(Parser)]
#[command(name = "headroom", version)]
struct Arguments {
    /// Preset to open in the window.
    file: Option<PathBuf>,

    /// Writes how long each frame of the window took to this file (CSV) when it closes.
    #[arg(long, value_name = "FILE")]
    frame_times: Option<PathBuf>,

    /// Folder of your own catalog files, laid over the built-in ones.
    #[arg(long, global = true, value_name = "DIR")]
    catalog: Option<PathBuf>,

    /// Takes a config.json of a model_type that is not known as a dense model, with the sizes that it names.
    #[arg(long, global = true)]
    dense: bool,

    #[command(subcommand)]
    command: Option<Subcommands>,
}

#[derive(Subcommand)]
#[allow(clippy::large_enum_variant)] // Parsed once, moved once.
enum Subcommands {
    /// Sizes a preset on every accelerator and ranks them by cost.
    Plan(plan::PlanArgs),
    /// Explains a figure of the plan: the steps that made it, down to their sources.
    Why(why::WhyArgs),
    /// Compares two presets: the inputs that differ, both plans, and which input caused how much.
    Compare(compare::CompareArgs),
    /// Asks backwards: how far an input may go while accelerators, cost or power stay within a limit.
    Solve(solve::SolveArgs),
    /// Estimates one replica under a closed loop, as serving benchmarks apply it.
    Estimate(estimate::EstimateArgs),
    /// Writes a scenario as a preset of the current version.
    Save(save::SaveArgs),
    /// Validates presets, catalog files and Hugging Face config.json files.
    Check(check::CheckArgs),
    /// Lists what the program knows, each figure with source and date.
    Catalog(catalog::CatalogArgs),
    /// Adds the result of a serving benchmark to your own measurements, and says what that changes.
    Measure(measure::MeasureArgs),
    /// Compares the engine with measurements: those that come with the program, or your own.
    Validate(validate::ValidateArgs),
}

/// What ends a command without an answer.
#[derive(Debug)]
pub enum Failure {
    /// Exit status 2.
    BadInput(String),
    /// Exit status 1.
    Other(String),
}

impl Failure {
    /// Bad input, in the words of `error`.
    pub fn bad_input(error: impl std::fmt::Display) -> Self {
        Self::BadInput(error.to_string())
    }
}

/// Reads the arguments and answers.
pub fn main() -> ExitCode {
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(error) => match misnamed::explain(&error) {
            Some(failure) => return end(failure),
            // Help, the version or what is wrong; nobody may be reading.
            None => {
                let _ = error.print();
                return ExitCode::from(if error.use_stderr() { 2 } else { 0 });
            }
        },
    };
    if let (None, Some(file)) = (&arguments.command, &arguments.file)
        && let Err(failure) = misnamed::refuse(file)
    {
        return end(failure);
    }
    let folder = arguments.catalog.as_deref();
    // A folder that is not there yet is made for the first measurement.
    let measures = matches!(arguments.command, Some(Subcommands::Measure(_)));
    let read = folder.filter(|folder| !measures || folder.exists());
    let answer = setup::catalog(read, arguments.dense).and_then(|catalog| match arguments.command {
        None => window(arguments.file, arguments.frame_times, catalog),
        Some(Subcommands::Plan(command)) => command.run(catalog),
        Some(Subcommands::Why(command)) => command.run(catalog),
        Some(Subcommands::Compare(command)) => command.run(catalog),
        Some(Subcommands::Solve(command)) => command.run(catalog),
        Some(Subcommands::Estimate(command)) => command.run(catalog),
        Some(Subcommands::Save(command)) => command.run(catalog),
        Some(Subcommands::Check(command)) => command.run(catalog),
        Some(Subcommands::Catalog(command)) => command.run(&catalog),
        Some(Subcommands::Measure(command)) => command.run(catalog, folder),
        Some(Subcommands::Validate(command)) => command.run(catalog),
    });
    match answer {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => end(failure),
    }
}

/// Says why there is no answer.
fn end(failure: Failure) -> ExitCode {
    let (message, status) = match failure {
        Failure::BadInput(message) => (message, 2),
        Failure::Other(message) => (message, 1),
    };
    // Nobody may be reading; that changes nothing about the status.
    let _ = writeln!(std::io::stderr(), "{message}");
    ExitCode::from(status)
}

/// Opens the window and waits until it is closed.
#[cfg(feature = "app")]
fn window(
    file: Option<PathBuf>,
    frame_times: Option<PathBuf>,
    catalog: headroom::import::Library,
) -> Result<(), Failure> {
    crate::app::run(file, frame_times, catalog).map_err(|error| {
        Failure::Other(format!(
            "the window cannot be opened: {error}. Without a display, use `headroom plan PRESET` and its kin."
        ))
    })
}

/// Says that there is no window in this build.
#[cfg(not(feature = "app"))]
fn window(_: Option<PathBuf>, _: Option<PathBuf>, _: headroom::catalog::Catalog) -> Result<(), Failure> {
    Err(Failure::Other(
        "this build has no window. Build it with the feature `app`, or use `headroom plan PRESET` and the other commands."
            .to_owned(),
    ))
}

/// Writes an answer to stdout. A reader that went away (`| head`) is no failure.
pub fn answer(text: &str) -> Result<(), Failure> {
    write(text, &mut std::io::stdout().lock()).map(|_| ())
}

/// Writes a part of an answer; whether somebody still reads.
fn write(text: &str, stdout: &mut impl std::io::Write) -> Result<bool, Failure> {
    match stdout.write_all(text.as_bytes()) {
        Ok(()) => Ok(true),
        Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => Ok(false),
        Err(error) => Err(Failure::Other(format!("stdout: cannot be written: {error}"))),
    }
}
