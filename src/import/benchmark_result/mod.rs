//! Result files of serving benchmarks: what a user's own run measured.
//!
//! | what | `vllm bench serve` | GuideLLM, of each of `benchmarks` | AIPerf, GenAI-Perf | InferenceX |
//! | --- | --- | --- | --- | --- |
//! | concurrency | `max_concurrency` | `config.strategy.streams` | `input_config…concurrency` | `conc` |
//! | prompt | `total_input_tokens` ÷ `completed` | `metrics.prompt_token_count` | `input_sequence_length.avg` | 0.9 `isl` |
//! | answer | `total_output_tokens` ÷ `completed` | `metrics.output_token_count` | `output_sequence_length.avg` | 0.9 `osl` |
//! | TTFT | `median_ttft_ms` | `metrics.time_to_first_token_ms` | `time_to_first_token.p50` | `median_ttft`, s |
//! | TPOT | `median_tpot_ms` | `metrics.inter_token_latency_ms` | `inter_token_latency.p50` | `median_tpot`, s |
//!
//! A file is a document, a list of them, or documents one after the other; AIPerf and `vllm bench sweep` write tables too.
//! Where there is no median the mean is taken. GuideLLM's `time_per_output_token_ms` is not read: since its
//! version 0.3 it counts the first token's time too.

mod aiperf;
mod claims;
mod closed_loop;
mod error;
mod failures;
mod fields;
mod given;
mod guidellm;
mod inferencex;
mod json;
mod lengths;
mod naming;
mod setting;
mod table;
mod vllm;

#[cfg(test)]
mod tests;

use std::path::Path;

use serde_json::Value;

use crate::files::{read_text, without_mark};

pub use claims::{Claim, Claims};
pub use error::BenchmarkError;
use fields::ResultFields;
pub use given::Given;
pub use setting::Setting;

/// Files longer than this are not summaries of a benchmark: GuideLLM's may list every request.
const LARGEST_FILE_BYTES: u64 = 1 << 30;

/// What wrote a result file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tool {
    /// `vllm bench serve`, formerly `benchmark_serving.py`; SGLang's `bench_serving` writes the same names.
    VllmBench,
    /// GuideLLM.
    GuideLlm,
    /// NVIDIA's AIPerf and its forerunner GenAI-Perf.
    AiPerf,
    /// InferenceX, formerly InferenceMAX.
    InferenceX,
}

impl Tool {
    /// The name shown to users.
    pub fn name(self) -> &'static str {
        match self {
            Self::VllmBench => "vllm bench serve",
            Self::GuideLlm => "GuideLLM",
            Self::AiPerf => "AIPerf",
            Self::InferenceX => "InferenceX",
        }
    }
}

/// One closed loop that a benchmark ran: what its file says, and nothing that it does not.
#[derive(Clone, Debug, PartialEq)]
pub struct BenchmarkResult {
    /// Which tool wrote it.
    pub tool: Tool,
    /// Name of the model as the server has it, seldom the catalog's id; empty where the file has none.
    pub model: String,
    /// Mean tokens of a prompt and of an answer.
    pub input_tokens: f64,
    /// Mean answer length, tokens.
    pub output_tokens: f64,
    /// Full width of the lengths' distribution over its mean; `None`: the file does not say.
    pub length_spread: Option<f64>,
    /// Requests in flight.
    pub concurrency: u32,
    /// Median time to first token, milliseconds.
    pub ttft_ms: Option<f64>,
    /// Median time per output token after the first, milliseconds.
    pub tpot_ms: Option<f64>,
    /// Requests that were answered; `None`: the file does not say.
    pub requests: Option<f64>,
    /// Date of the run, ISO 8601; empty where the file has none.
    pub measured: String,
    /// What the file says of the deployment.
    pub claims: Claims,
    /// What is to be known before it is believed: how it was read, and what of it was left out.
    pub cautions: Vec<String>,
}

/// A result file: the closed loops in it, and what of it cannot be used.
#[derive(Clone, Debug, PartialEq)]
pub struct BenchmarkFile {
    /// Which tool wrote it.
    pub tool: Tool,
    /// At least one.
    pub results: Vec<BenchmarkResult>,
    /// Runs of the file that say nothing of a closed loop, each with the reason.
    pub left_out: Vec<String>,
}

impl BenchmarkFile {
    /// Reads a result file.
    ///
    /// # Errors
    /// The file cannot be read, or as [`parse`](Self::parse).
    pub fn open(path: &Path) -> Result<Self, BenchmarkError> {
        Self::open_with(path, &Given::default())
    }

    /// The same with what the user says of its runs.
    ///
    /// # Errors
    /// As [`open`](Self::open).
    pub fn open_with(path: &Path, given: &Given) -> Result<Self, BenchmarkError> {
        let file = path.display().to_string();
        let fail = |source| BenchmarkError::Read { file: file.clone(), source };
        let size = std::fs::metadata(path).map_err(fail)?.len();
        if size > LARGEST_FILE_BYTES {
            return Err(BenchmarkError::unknown(&file));
        }
        let text = read_text(path).map_err(fail)?;
        Self::parse_with(&file, &text, given)
    }

    /// Reads the text of a result file: a table, or one JSON document, a list of them, or several, one after the other,
    /// as benchmarks that append to a file write them.
    ///
    /// # Errors
    /// It is not a result file of a known benchmark, or none of its runs can be used: a figure is missing or impossible,
    /// requests failed, or their number in flight was not fixed. The message names file, field, value and remedy.
    pub fn parse(file: &str, text: &str) -> Result<Self, BenchmarkError> {
        Self::parse_with(file, text, &Given::default())
    }

    /// The same with what the user says of its runs.
    ///
    /// # Errors
    /// As [`parse`](Self::parse).
    pub fn parse_with(file: &str, text: &str, given: &Given) -> Result<Self, BenchmarkError> {
        let text = without_mark(text);
        let documents =
            if table::is_table(text) { table::documents(file, text) } else { json::documents(file, text) }?;
        let mut out: Option<Self> = None;
        let mut refusals = Vec::new();
        for document in &documents {
            let root = ResultFields::new(file, document);
            let tool = tool_of(document).ok_or_else(|| BenchmarkError::unknown(file))?;
            let into = out.get_or_insert_with(|| Self { tool, results: Vec::new(), left_out: Vec::new() });
            let runs = match tool {
                Tool::GuideLlm => guidellm::read(&root, given),
                Tool::VllmBench => vec![vllm::read(&root, given)],
                Tool::AiPerf => vec![aiperf::read(&root, given)],
                Tool::InferenceX => vec![inferencex::read(&root, given)],
            };
            for run in runs {
                match run {
                    Ok(result) => into.results.push(result),
                    Err(error) => refusals.push(error),
                }
            }
        }
        let mut out = out.ok_or_else(|| BenchmarkError::unknown(file))?;
        if out.results.is_empty() {
            return Err(refusals.into_iter().next().unwrap_or_else(|| BenchmarkError::unknown(file)));
        }
        out.left_out = refusals.iter().map(ToString::to_string).collect();
        Ok(out)
    }
}

/// What wrote `document`, by the names that only its writer uses.
fn tool_of(document: &Value) -> Option<Tool> {
    let has = |name: &str| document.get(name).is_some_and(|value| !value.is_null());
    let is_number = |name: &str| document.get(name).is_some_and(Value::is_number);
    if document.get("benchmarks").is_some_and(Value::is_array) {
        Some(Tool::GuideLlm)
    } else if ["time_to_first_token", "inter_token_latency", "request_latency"].into_iter().any(has) {
        Some(Tool::AiPerf)
    } else if is_number("completed") && is_number("total_input_tokens") {
        Some(Tool::VllmBench)
    } else if has("hw") && (has("framework") || has("conc")) {
        Some(Tool::InferenceX)
    } else {
        None
    }
}
