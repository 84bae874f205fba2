//! `headroom measure`: a benchmark's result file becomes a measurement of the user's own.

use std::path::Path;

use clap::Args;
use headroom::catalog::{MeasuredLatency, add_measurements};
use headroom::engine::Band;
use headroom::engine::calibration::own_measurements::{self, TimeChange, changes, distinct};
use headroom::import::{BenchmarkFile, BenchmarkResult, Library, Setting};
use headroom::report::numbers;
use headroom::report::sentence;

use super::question::Resolver;
use super::{Failure, answer, setup};

/// Arguments of `headroom measure`.
#[derive(Args)]
pub struct MeasureArgs {
    /// Result file of `vllm bench serve --save-result`, GuideLLM or AIPerf.
    #[arg(value_name = "RESULT.json")]
    result: String,
    /// Catalog id of the model that was served.
    #[arg(long, value_name = "ID")]
    model: String,
    #[arg(long, value_name = "ID")]
    accelerator: String,
    #[arg(long, value_name = "ID")]
    stack: String,
    /// Number format of the weights; default: that of the checkpoint.
    #[arg(long, value_name = "FORMAT")]
    weights: Option<String>,
    /// Number format of the KV cache; default: the stack's choice.
    #[arg(long, value_name = "FORMAT")]
    kv_cache: Option<String>,
    /// Tensor-parallel degree.
    #[arg(long, value_name = "N", default_value = "1")]
    tp: String,
    /// Pipeline stages.
    #[arg(long, value_name = "N", default_value = "1")]
    pp: String,
    /// Expert-parallel degree; divides tp · attention-dp.
    #[arg(long, value_name = "N", default_value = "1")]
    ep: String,
    /// Copies of attention that share the experts.
    #[arg(long, value_name = "N", default_value = "1")]
    attention_dp: String,
    /// Full width of the uniform distribution of lengths over the mean, as the benchmark drew them.
    #[arg(long, value_name = "S", default_value = "0")]
    length_spread: String,
}

impl MeasureArgs {
    /// The result file, or stdin.
    fn file(&self) -> Result<BenchmarkFile, Failure> {
        if self.result != "-" {
            return BenchmarkFile::open(self.result.as_ref()).map_err(Failure::bad_input);
        }
        let text = std::io::read_to_string(std::io::stdin()).map_err(|error| {
            Failure::BadInput(format!("stdin: cannot be read: {error}. Pipe a result into it."))
        })?;
        BenchmarkFile::parse("stdin", &text).map_err(Failure::bad_input)
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
        let setting = self.setting(&catalog)?;
        let file = self.file()?;
        let rows: Vec<MeasuredLatency> = file.results.iter().map(|run| setting.measurement(run)).collect();
        let after = own_measurements::with(&catalog, &rows)
            .map_err(|slips| Failure::BadInput(setup::slip_texts(&slips)))?;
        let path = add_measurements(folder, &rows, &catalog).map_err(|errors| {
            Failure::BadInput(errors.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))
        })?;
        for left_out in &file.left_out {
            eprintln!("left out: {left_out}");
        }
        let changes = changes(&rows, &catalog, &after);
        answer(&added_text(&path, &file, &changes))
    }

    /// What ran, checked against the catalog.
    fn setting(&self, catalog: &Library) -> Result<Setting, Failure> {
        if catalog.model(&self.model).is_none() {
            return Err(setup::unknown("--model", &self.model, catalog.models.iter().map(|m| m.id.as_str())));
        }
        let mut resolver = Resolver::new(catalog.clone());
        let row = [
            &self.model,
            &self.accelerator,
            &self.stack,
            self.weights.as_deref().unwrap_or(""),
            self.kv_cache.as_deref().unwrap_or(""),
            &self.tp,
            &self.pp,
            &self.ep,
            &self.attention_dp,
            "",
            "",
            &self.length_spread,
            "",
            "",
            "",
        ];
        let (deployment, load) = resolver
            .resolve(&row)
            .map_err(|message| Failure::BadInput(format!("--{}", message.replacen('_', "-", 1))))?;
        let degrees = deployment.degrees;
        Ok(Setting {
            model: self.model.clone(),
            accelerator: deployment.accelerator.id.clone(),
            stack: deployment.stack.id.clone(),
            weights: deployment.weights,
            kv_cache: self.kv_cache.as_ref().map(|_| deployment.kv_cache),
            tp: degrees.tp,
            pp: degrees.pp,
            ep: degrees.ep,
            attention_dp: degrees.attention_dp,
            length_spread: load.length_spread,
        })
    }
}

/// What was added, measured beside predicted, and what that changes.
fn added_text(path: &Path, file: &BenchmarkFile, changes: &[TimeChange]) -> String {
    let mut out = String::new();
    let mut add = |line: String| {
        out.push_str(&line);
        out.push('\n');
    };
    for run in &file.results {
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
    format!(
        "{} of {model}{day}: {} + {} tokens, concurrency {}, {} requests",
        run.tool.name(),
        numbers::count(run.input_tokens),
        numbers::count(run.output_tokens),
        run.concurrency,
        numbers::count(run.requests)
    )
}

fn band(band: &Band) -> String {
    let [typical, low, high] = [band.typical, band.low, band.high].map(numbers::seconds);
    format!("{typical} ({low} to {high})")
}
