//! The command line: one file per command.
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
mod simulate;
mod solve;
mod validate;
mod what_ran;
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

    /// Writes the time of each frame of the window to this file (CSV) when it closes.
    #[arg(long, value_name = "FILE")]
    frame_times: Option<PathBuf>,

    /// Folder of your own catalog files, which override the built-in ones.
    #[arg(long, global = true, value_name = "DIR")]
    catalog: Option<PathBuf>,

    /// Reads a config.json of an unknown model_type as far as its fields go: as a dense model of the sizes it gives, with
    /// the experts, latents, windows and linear layers it names. The model's notes say what was assumed.
    #[arg(long, global = true, visible_alias = "by-fields")]
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
    /// Compares two presets: the inputs that differ, both plans, and what each input contributed.
    Compare(compare::CompareArgs),
    /// Finds the limit: how far an input can go while accelerators, cost or power stay within a limit.
    Solve(solve::SolveArgs),
    /// Simulates the sized fleet request by request, under the preset's load or a trace.
    Simulate(simulate::SimulateArgs),
    /// Estimates one replica at a fixed concurrency, as in serving benchmarks.
    Estimate(estimate::EstimateArgs),
    /// Writes a scenario as a preset of the current version.
    Save(save::SaveArgs),
    /// Validates presets, catalog files and Hugging Face config.json files.
    Check(check::CheckArgs),
    /// Lists the catalog, each figure with its source and date.
    Catalog(catalog::CatalogArgs),
    /// Adds a benchmark result to your own measurements, and shows what that changes.
    Measure(measure::MeasureArgs),
    /// Compares the engine with measurements: the built-in ones, or your own.
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
    /// Bad input, with the message of `error`.
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
            // Help, the version or an error; stdout may be closed.
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
        Some(Subcommands::Simulate(command)) => command.run(catalog),
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

/// Reports why there is no answer.
fn end(failure: Failure) -> ExitCode {
    let (message, status) = match failure {
        Failure::BadInput(message) => (message, 2),
        Failure::Other(message) => (message, 1),
    };
    // stderr may be closed; the status is the same.
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
            "the window cannot be opened: {error}. Without a display, use `headroom plan PRESET` or another command."
        ))
    })
}

/// Reports that this build has no window.
#[cfg(not(feature = "app"))]
fn window(_: Option<PathBuf>, _: Option<PathBuf>, _: headroom::import::Library) -> Result<(), Failure> {
    Err(Failure::Other(
        "this build has no window. Build it with the feature `app`, or use `headroom plan PRESET` or another command."
            .to_owned(),
    ))
}

/// Writes an answer to stdout. A closed pipe (`| head`) is not a failure.
pub fn answer(text: &str) -> Result<(), Failure> {
    write(text, &mut std::io::stdout().lock()).map(|_| ())
}

/// Writes a part of an answer; whether the pipe is still open.
fn write(text: &str, stdout: &mut impl std::io::Write) -> Result<bool, Failure> {
    match stdout.write_all(text.as_bytes()) {
        Ok(()) => Ok(true),
        Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => Ok(false),
        Err(error) => Err(Failure::Other(format!("stdout: cannot be written: {error}"))),
    }
}
