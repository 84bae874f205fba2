//! AIPerf and GenAI-Perf: `profile_export_aiperf.json`, `profile_export_genai_perf.json`.

use serde_json::Value;

use super::closed_loop::{Load, check};
use super::error::BenchmarkError;
use super::failures;
use super::fields::{ResultFields, date_of};
use super::{BenchmarkResult, Tool};

const REMEDY: &str = "Run again with --concurrency N and no --request-rate.";
const WHOLE: &str = "Give the whole JSON export, of a run with --streaming.";

/// Where versions keep the limit of requests in flight, newest first; the newest have a list of phases instead.
const CONCURRENCY: [&str; 3] = [
    "input_config.loadgen.concurrency",
    "input_config.perf_analyzer.stimulus.concurrency",
    "input_config.concurrency",
];
const RATE: [&str; 3] = [
    "input_config.loadgen.request_rate",
    "input_config.perf_analyzer.stimulus.request_rate",
    "input_config.request_rate",
];
const MODEL: [&str; 3] = ["input_config.endpoint.model_names", "input_config.model", "input_config.models"];

/// The run of a document.
pub fn read(root: &ResultFields<'_>) -> Result<BenchmarkResult, BenchmarkError> {
    if let Some((field, value @ Value::Bool(true))) = root.first(&["was_cancelled"]) {
        return Err(root.wrong(field, value, "the run was stopped before its end. Measure it to the end."));
    }
    let output_tokens = root.positive(&["output_sequence_length.avg"], WHOLE)?;
    let requests = root.positive(&["request_count.avg"], WHOLE)?;
    failures::refuse(root, &["error_request_count.avg"], requests)?;
    let result = BenchmarkResult {
        tool: Tool::AiPerf,
        model: root.text(&MODEL),
        input_tokens: root.positive(&["input_sequence_length.avg"], WHOLE)?,
        output_tokens,
        concurrency: 0,
        ttft_ms: typical(root, "time_to_first_token")?,
        tpot_ms: typical(root, "inter_token_latency")?,
        requests,
        measured: date_of(&root.text(&["start_time"])),
    };
    let duration_s = root.get("benchmark_duration.avg").and_then(Value::as_f64);
    let config = root.items("input_config.phases");
    let profiling = config.iter().find(|phase| phase.text(&["name", "kind"]) == "profiling");
    match profiling {
        Some(phase) => {
            let load = Load {
                limit: phase.first(&["concurrency"]),
                rate: phase.first(&["request_rate", "rate"]),
                remedy: REMEDY,
            };
            check(phase, &load, duration_s, result)
        }
        None => {
            let load = Load { limit: root.first(&CONCURRENCY), rate: root.first(&RATE), remedy: REMEDY };
            check(root, &load, duration_s, result)
        }
    }
}

/// The median of a time, else its mean, milliseconds.
fn typical(root: &ResultFields<'_>, name: &str) -> Result<Option<f64>, BenchmarkError> {
    let (median, mean, unit) = (format!("{name}.p50"), format!("{name}.avg"), format!("{name}.unit"));
    let found = root.milliseconds(&[&median, &mean])?;
    match (found, root.get(&unit)) {
        (None, _) => Ok(None),
        (Some(value), Some(Value::String(text))) if text == "ms" => Ok(Some(value)),
        (Some(value), Some(Value::String(text))) if text == "s" || text == "sec" => Ok(Some(value * 1e3)),
        (Some(_), Some(other)) => Err(root.wrong(&unit, other, "is not a known unit. Export ms.")),
        (Some(_), None) => {
            Err(BenchmarkError::Missing { file: root.file.to_owned(), field: unit, remedy: WHOLE.to_owned() })
        }
    }
}
