//! `headroom measure`: a benchmark's result file becomes a measurement of the user's own.

use std::path::Path;

use clap::Args;
use headroom::catalog::{MeasuredLatency, add_measurements};
use headroom::engine::Band;
use headroom::engine::calibration::own_measurements::{self, TimeChange, changes, distinct};
use headroom::import::{BenchmarkFile, BenchmarkResult, Given, Library};
use headroom::report::numbers;
use headroom::report::sentence;
use headroom::units::Unit;

use super::question::{number, of_flag};
use super::what_ran::RanArgs;
use super::{Failure, answer, setup};

/// Arguments of `headroom measure`.
#[derive(Args)]
pub struct MeasureArgs {
    /// Result file of `vllm bench serve --save-result`, `vllm bench sweep`, GuideLLM, AIPerf, GenAI-Perf or InferenceX:
    /// JSON, JSON lines or CSV; `-` for stdin.
    #[arg(value_name = "RESULT")]
    result: String,
    #[command(flatten)]
    ran: RanArgs,
    /// Mean prompt length, tokens, where the file does not say.
    #[arg(long, value_name = "N")]
    input_tokens: Option<String>,
    /// Mean answer length, tokens, where the file does not say.
    #[arg(long, value_name = "N")]
    output_tokens: Option<String>,
    /// Requests in flight, where the file does not say.
    #[arg(long, value_name = "N")]
    concurrency: Option<String>,
}

impl MeasureArgs {
    /// The result file, or stdin.
    fn file(&self) -> Result<BenchmarkFile, Failure> {
        let given = self.given().map_err(|message| Failure::BadInput(of_flag(&message)))?;
        if self.result != "-" {
            return BenchmarkFile::open_with(self.result.as_ref(), &given).map_err(Failure::bad_input);
        }
        let text = std::io::read_to_string(std::io::stdin()).map_err(|error| {
            Failure::BadInput(format!("stdin: cannot be read: {error}. Pipe a result into it."))
        })?;
        BenchmarkFile::parse_with("stdin", &text, &given).map_err(Failure::bad_input)
    }

    /// What the user says of the run.
    fn given(&self) -> Result<Given, String> {
        let read = |name: &str, text: &Option<String>, unit, range| match text {
            Some(text) => number(name, text, unit, 0.0, range).map(Some),
            None => Ok(None),
        };
        let concurrency = read("concurrency", &self.concurrency, Unit::Requests, (1.0, 1e6))?;
        if let Some(part) = concurrency.filter(|n| n.fract() != 0.0) {
            return Err(format!(
                "concurrency {part}: is not a whole number. Give the requests in flight, such as 16."
            ));
        }
        Ok(Given {
            input_tokens: read("input_tokens", &self.input_tokens, Unit::Tokens, (1.0, 1e7))?,
            output_tokens: read("output_tokens", &self.output_tokens, Unit::Tokens, (1.0, 1e6))?,
            concurrency: concurrency.map(|n| n as u32),
        })
    }

    /// Adds the measurement to `folder` and prints what it changes.
    pub fn run(self, catalog: Library, folder: Option<&Path>) -> Result<(), Failure> {
        let folder = folder.ok_or_else(|| {
            Failure::BadInput(
                "--catalog: is missing. Give the folder of your own catalog files; the measurement is saved there."
                    .to_owned(),
            )
        })?;
        if folder.exists() && !folder.is_dir() {
            return Err(Failure::BadInput(format!(
                "--catalog {}: is not a folder. Give the folder that holds your catalog files, or a new one.",
                folder.display()
            )));
        }
        let file = self.file()?;
        let runs = self.ran.settings(&file, &catalog).map_err(Failure::BadInput)?;
        let rows: Vec<MeasuredLatency> =
            runs.used.iter().map(|(run, setting)| setting.measurement(run)).collect();
        let after = own_measurements::with(&catalog, &rows)
            .map_err(|slips| Failure::BadInput(setup::slip_texts(&slips)))?;
        let path = add_measurements(folder, &rows, &catalog).map_err(|errors| {
            Failure::BadInput(errors.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))
        })?;
        setup::note(&runs.notes);
        runs.warnings.iter().for_each(|warning| setup::warn(warning));
        for left_out in file.left_out.iter().chain(&runs.left_out) {
            setup::warn(&format!("left out: {left_out}"));
        }
        let changes = changes(&rows, &catalog, &after);
        answer(&added_text(&path, runs.used.iter().map(|(run, _)| *run), &changes))
    }
}

/// What was added, measured beside predicted, and what that changes.
fn added_text<'a>(
    path: &Path,
    runs: impl Iterator<Item = &'a BenchmarkResult>,
    changes: &[TimeChange],
) -> String {
    let mut out = String::new();
    let mut add = |line: String| {
        out.push_str(&line);
        out.push('\n');
    };
    for run in runs {
        add(format!("{}: added {}", path.display(), described(run)));
    }
    add(format!(
        "{:<5} {:>10}  {:<32}  {:<32}",
        "phase", "measured", "predicted before (90% band)", "predicted after (90% band)"
    ));
    for change in changes {
        let phase = change.phase.label();
        let measured = numbers::seconds(change.measured_s);
        add(format!(
            "{phase:<5} {measured:>10}  {:<32}  {:<32}",
            band(&change.before_s),
            band(&change.after_s)
        ));
    }
    for change in distinct(changes) {
        add(format!("{}.", sentence::measured_change(change)));
    }
    out
}

/// A run as its file has it.
fn described(run: &BenchmarkResult) -> String {
    let model = if run.model.is_empty() { "an unnamed model" } else { &run.model };
    let day = if run.measured.is_empty() { String::new() } else { format!(", {}", run.measured) };
    let requests = run.requests.map_or_else(String::new, |n| format!(", {} requests", numbers::count(n)));
    format!(
        "{} of {model}{day}: {} + {} tokens, concurrency {}{requests}",
        run.tool.name(),
        numbers::count(run.input_tokens),
        numbers::count(run.output_tokens),
        run.concurrency,
    )
}

fn band(band: &Band) -> String {
    let [typical, low, high] = [band.typical, band.low, band.high].map(numbers::seconds);
    format!("{typical} ({low} to {high})")
}
