//! `vllm bench serve`, formerly `benchmark_serving.py`: one flat document per run. `vllm bench sweep` writes a list of them,
//! SGLang's `bench_serving` lines of nearly the same.

use super::claims::{Claim, Claims, claim, says_yes};
use super::closed_loop::{Load, check};
use super::error::BenchmarkError;
use super::failures;
use super::fields::{ResultFields, date_of};
use super::given::{Found, Given};
use super::lengths::{deviation, shared_caution, shared_prefix, spread_from_share, spread_of};
use super::{BenchmarkResult, Tool};

const REMEDY: &str = "Run again with --max-concurrency N and no --request-rate.";
const SPECULATIVE: &str =
    "the server decoded speculatively, which the engine does not model. Measure without it.";

/// The run of a document.
pub fn read(root: &ResultFields<'_>, given: &Given) -> Result<BenchmarkResult, BenchmarkError> {
    if let Some((field, value)) = root.first(&["spec_decode_num_drafts"])
        && value.as_f64().is_some_and(|drafts| drafts > 0.0)
    {
        return Err(root.wrong(field, value, SPECULATIVE));
    }
    // SGLang writes how many tokens a step yielded.
    if let Some((field, value)) = root.first(&["accept_length"])
        && value.as_f64().is_some_and(|tokens| tokens > 1.0)
    {
        return Err(root.wrong(field, value, SPECULATIVE));
    }
    let mut cautions = Vec::new();
    let requests = root.positive(&["completed"], "Measure a run in which requests are answered.")?;
    match (root.get("failed"), root.get("num_prompts")) {
        // Before the benchmark counted failures, what was sent and not completed had failed.
        (None, Some(sent)) => {
            let failed = sent.as_f64().unwrap_or(requests) - requests;
            failures::refuse_count(root, "num_prompts", sent, failed, requests)?;
        }
        (Some(_), sent) => {
            failures::refuse(root, &["failed"], requests)?;
            failures::cut_short(sent, requests, &mut cautions);
        }
        _ => {}
    }
    let mean = |path| root.number(path).filter(|tokens| *tokens > 0.0).map(|tokens| tokens / requests);
    let found = ["total_input_tokens", "total_output_tokens"].map(|path| Found { path, value: mean(path) });
    let [input_tokens, output_tokens] = given.lengths(root, found, false, &mut cautions)?;
    let dataset = root.text(&["dataset_name"]);
    let drawn = root
        .number("random_range_ratio")
        .filter(|share| dataset.starts_with("random") && (0.0..=1.0).contains(share));
    // Lists of all lengths are there only on request.
    let length_spread = match root.get("output_lens").and_then(deviation) {
        Some(std) => spread_of(std, output_tokens, "answers", &mut cautions),
        None => drawn.map(spread_from_share),
    };
    let mut ttft_ms = root.milliseconds(&["median_ttft_ms", "mean_ttft_ms"])?;
    if let Some(why) = shared_prefix(root, "dataset_name").filter(|_| ttft_ms.is_some()) {
        cautions.push(shared_caution(&why));
        ttft_ms = None;
    }
    let result = BenchmarkResult {
        tool: Tool::VllmBench,
        model: root.text(&["model_id", "server_info.served_model_name", "server_info.model_path"]),
        input_tokens,
        output_tokens,
        length_spread,
        concurrency: 0,
        ttft_ms,
        tpot_ms: root.milliseconds(&["median_tpot_ms", "mean_tpot_ms"])?,
        requests: Some(requests),
        measured: date_of(&root.text(&["date"])),
        claims: claims(root),
        cautions,
    };
    let duration_s = root.number("duration");
    // A rate that rises is one whatever stands for it in the end.
    let ramp = root.first(&["ramp_up_start_rps"]);
    // Without a rate all requests are sent at once: the word `inf`, or no number at all.
    let rate = root
        .first(&["request_rate"])
        .filter(|(_, rate)| rate.is_number() || root.get("max_concurrency").is_none());
    let load = Load { limit: root.first(&["max_concurrency"]), rate: ramp.or(rate), remedy: REMEDY };
    check(root, &load, duration_s, given, result)
}

/// What it says of the deployment: by its own fields, those that a sweep adds, or those of the server that SGLang asks.
fn claims(root: &ResultFields<'_>) -> Claims {
    let version = claim(root, &["server_info.version"]);
    let stack = version.as_ref().map(|version| Claim { text: "sglang".to_owned(), ..version.clone() });
    let mut out = Claims {
        model: claim(root, &["model_id", "server_info.model_path"]),
        stack,
        stack_version: version,
        weights: claim(root, &["quantization", "server_info.quantization"]),
        kv_cache: claim(root, &["kv_cache_dtype", "server_info.kv_cache_dtype"]),
        tp: claim(root, &["tensor_parallel_size", "tensor-parallel-size", "tp", "server_info.tp_size"]),
        pp: claim(root, &["pipeline_parallel_size", "pipeline-parallel-size", "pp", "server_info.pp_size"]),
        ep: claim(root, &["ep", "server_info.ep_size"]),
        attention_dp: claim(root, &["data_parallel_size", "data-parallel-size"]),
        ..Claims::default()
    };
    let degree =
        |claim: &Option<Claim>| claim.as_ref().map_or(1.0, |claim| claim.text.parse().unwrap_or(1.0));
    // SGLang counts the ranks of attention among those of tensor parallelism.
    if says_yes(root, &["server_info.enable_dp_attention"]) {
        out.attention_dp = claim(root, &["server_info.dp_size"]);
        let ranks: f64 = degree(&out.tp) / degree(&out.attention_dp);
        out.tp = out.tp.map(|tp| Claim { text: ranks.to_string(), ..tp });
    }
    // vLLM spreads whole experts over all ranks, or none.
    let experts = ["enable_expert_parallel", "enable-expert-parallel"];
    if let (true, Some((field, _))) = (says_yes(root, &experts), root.first(&experts)) {
        let ranks: f64 = degree(&out.tp) * degree(&out.attention_dp);
        out.ep = Some(Claim { field: root.path(field), text: ranks.to_string() });
    }
    out
}
