//! `vllm bench serve`, formerly `benchmark_serving.py`: one flat document per run.

use super::closed_loop::{Load, check};
use super::error::BenchmarkError;
use super::failures;
use super::fields::{ResultFields, date_of};
use super::{BenchmarkResult, Tool};

const REMEDY: &str = "Run again with --max-concurrency N and no --request-rate.";

/// The run of a document.
pub fn read(root: &ResultFields<'_>) -> Result<BenchmarkResult, BenchmarkError> {
    if let Some((field, value)) = root.first(&["spec_decode_num_drafts"])
        && value.as_f64().is_some_and(|drafts| drafts > 0.0)
    {
        let remedy = "the server decoded speculatively, which the engine does not model. Measure without it.";
        return Err(root.wrong(field, value, remedy));
    }
    let requests = root.positive(&["completed"], "Measure a run in which requests are answered.")?;
    match (root.get("failed"), root.get("num_prompts")) {
        // Before the benchmark counted failures, what was sent and not completed had failed.
        (None, Some(sent)) => {
            let failed = sent.as_f64().unwrap_or(requests) - requests;
            failures::refuse_count(root, "num_prompts", sent, failed, requests)?;
        }
        _ => failures::refuse(root, &["failed"], requests)?,
    }
    let remedy = "Give the whole file that the benchmark wrote.";
    let result = BenchmarkResult {
        tool: Tool::VllmBench,
        model: root.text(&["model_id"]),
        input_tokens: root.positive(&["total_input_tokens"], remedy)? / requests,
        output_tokens: root.positive(&["total_output_tokens"], remedy)? / requests,
        concurrency: 0,
        ttft_ms: root.milliseconds(&["median_ttft_ms", "mean_ttft_ms"])?,
        tpot_ms: root.milliseconds(&["median_tpot_ms", "mean_tpot_ms"])?,
        requests,
        measured: date_of(&root.text(&["date"])),
    };
    let duration_s = root.get("duration").and_then(serde_json::Value::as_f64);
    let load = Load {
        limit: root.first(&["max_concurrency"]),
        // Without a rate all requests are sent at once: the word `inf`, or no number at all.
        rate: root
            .first(&["request_rate"])
            .filter(|(_, rate)| rate.is_number() || root.get("max_concurrency").is_none()),
        remedy: REMEDY,
    };
    check(root, &load, duration_s, result)
}
