//! Result files of serving benchmarks: what a user's own run measured.
//!
//! | what | `vllm bench serve` | GuideLLM, of each of `benchmarks` | AIPerf, GenAI-Perf |
//! | --- | --- | --- | --- |
//! | concurrency | `max_concurrency` | `config.strategy.streams` | `input_config…concurrency` |
//! | prompt | `total_input_tokens` ÷ `completed` | `metrics.prompt_token_count` | `input_sequence_length.avg` |
//! | answer | `total_output_tokens` ÷ `completed` | `metrics.output_token_count` | `output_sequence_length.avg` |
//! | TTFT | `median_ttft_ms` | `metrics.time_to_first_token_ms` | `time_to_first_token.p50` |
//! | TPOT | `median_tpot_ms` | `metrics.inter_token_latency_ms` | `inter_token_latency.p50` |
//!
//! Where there is no median the mean is taken. GuideLLM's `time_per_output_token_ms` is not read: since its
//! version 0.3 it counts the first token's time too.

mod aiperf;
mod closed_loop;
mod error;
mod failures;
mod fields;
mod guidellm;
mod setting;
mod vllm;

#[cfg(test)]
mod tests;

use std::path::Path;

use serde_json::{Deserializer, Value};

use crate::files::without_mark;

pub use error::BenchmarkError;
use fields::ResultFields;
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
}

impl Tool {
    /// The name shown to users.
    pub fn name(self) -> &'static str {
        match self {
            Self::VllmBench => "vllm bench serve",
            Self::GuideLlm => "GuideLLM",
            Self::AiPerf => "AIPerf",
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
    /// Requests in flight.
    pub concurrency: u32,
    /// Median time to first token, milliseconds.
    pub ttft_ms: Option<f64>,
    /// Median time per output token after the first, milliseconds.
    pub tpot_ms: Option<f64>,
    /// Requests that were answered.
    pub requests: f64,
    /// Date of the run, ISO 8601; empty where the file has none.
    pub measured: String,
}

/// A result file: the closed loops in it, and what of it cannot be used.
#[derive(Clone, Debug, PartialEq)]
pub struct BenchmarkFile {
    /// Which tool wrote it.
    pub tool: Tool,
    /// At least one.
    pub results: Vec<BenchmarkResult>,
    /// Runs of the file that were not closed loops, each with the reason.
    pub left_out: Vec<String>,
}

impl BenchmarkFile {
    /// Reads a result file.
    ///
    /// # Errors
    /// The file cannot be read, or as [`parse`](Self::parse).
    pub fn open(path: &Path) -> Result<Self, BenchmarkError> {
        let file = path.display().to_string();
        let fail = |source| BenchmarkError::Read { file: file.clone(), source };
        let size = std::fs::metadata(path).map_err(fail)?.len();
        if size > LARGEST_FILE_BYTES {
            return Err(BenchmarkError::unknown(&file));
        }
        let text = std::fs::read_to_string(path).map_err(fail)?;
        Self::parse(&file, &text)
    }

    /// Reads the text of a result file: one JSON document, or several, one after the other, as benchmarks that
    /// append to a file write them.
    ///
    /// # Errors
    /// It is not a result file of a known benchmark, a figure is missing or impossible, or none of its runs kept a
    /// fixed number of requests in flight. The message names file, field, value and remedy.
    pub fn parse(file: &str, text: &str) -> Result<Self, BenchmarkError> {
        let documents: Vec<Value> = Deserializer::from_str(without_mark(text))
            .into_iter()
            .collect::<Result<_, _>>()
            .map_err(|error| BenchmarkError::Json {
                file: file.to_owned(),
                line: error.line(),
                message: error.to_string(),
            })?;
        let mut out: Option<Self> = None;
        let mut refusals = Vec::new();
        for document in &documents {
            let root = ResultFields::new(file, document);
            let tool = tool_of(document).ok_or_else(|| BenchmarkError::unknown(file))?;
            let into = out.get_or_insert_with(|| Self { tool, results: Vec::new(), left_out: Vec::new() });
            let runs = match tool {
                Tool::GuideLlm => guidellm::read(&root),
                Tool::VllmBench => vec![vllm::read(&root)],
                Tool::AiPerf => vec![aiperf::read(&root)],
            };
            for run in runs {
                match run {
                    Ok(result) => into.results.push(result),
                    Err(error @ BenchmarkError::OpenLoop { .. }) => refusals.push(error),
                    Err(error) => return Err(error),
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
    } else {
        None
    }
}
