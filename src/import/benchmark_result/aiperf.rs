//! AIPerf and GenAI-Perf: `profile_export_aiperf.json`, `profile_export_genai_perf.json`.

use serde_json::Value;

use super::claims::{Claim, Claims};
use super::closed_loop::{Load, check};
use super::error::BenchmarkError;
use super::failures;
use super::fields::{ResultFields, date_of};
use super::given::{Found, Given};
use super::lengths::{shared_caution, shared_prefix, spread_of};
use super::{BenchmarkResult, Tool};

const REMEDY: &str = "Run again with --concurrency N and no --request-rate.";
const WHOLE: &str = "Give the whole export, of a run with --streaming.";

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
const MODEL: [&str; 4] = [
    "input_config.endpoint.model_names",
    "input_config.models.items",
    "input_config.model",
    "input_config.models",
];
/// Tokens that the server had kept, or their share, as it reports them.
const CACHED: [&str; 2] = ["usage_prompt_cache_read_tokens.avg", "overall_usage_prompt_cache_read.avg"];

/// The run of a document.
pub fn read(root: &ResultFields<'_>, given: &Given) -> Result<BenchmarkResult, BenchmarkError> {
    if let Some((field, value @ Value::Bool(true))) = root.first(&["was_cancelled"]) {
        return Err(root.wrong(field, value, "the run was stopped before its end. Measure it to the end."));
    }
    let mut cautions = Vec::new();
    let requests = root.number("request_count.avg").filter(|requests| *requests > 0.0);
    failed(root, requests)?;
    let phases = root.items("input_config.phases");
    let profiling = phases.iter().find(|phase| phase.text(&["name", "kind"]) == "profiling");
    if phases.iter().any(|phase| {
        phase.text(&["name", "kind"]) == "warmup"
            && phase.get("exclude_from_results") == Some(&Value::Bool(false))
    }) {
        cautions.push("the requests of its warm-up are among the results".to_owned());
    }
    let sent = profiling
        .and_then(|phase| phase.get("requests"))
        .or_else(|| root.get("input_config.loadgen.request_count"));
    if let Some(answered) = requests {
        failures::cut_short(sent, answered, &mut cautions);
    }

    let exported = root.get("input_config").is_some();
    let found = ["input_sequence_length.avg", "output_sequence_length.avg"]
        .map(|path| Found { path, value: root.number(path).filter(|tokens| *tokens > 0.0) });
    let [input_tokens, output_tokens] = given.lengths(root, found, !exported, &mut cautions)?;
    let spread = |name: &str, mean: f64, what: &str, cautions: &mut Vec<String>| {
        spread_of(root.number(&format!("{name}.std"))?, mean, what, cautions)
    };
    // It is the ends of answers that unequal lengths move apart.
    let length_spread = spread("output_sequence_length", output_tokens, "answers", &mut cautions);
    spread("input_sequence_length", input_tokens, "prompts", &mut cautions);
    let mut ttft_ms = typical(root, "time_to_first_token")?;
    let read = CACHED.iter().find(|path| root.number(path).is_some_and(|share| share > 0.0));
    let read = read.map(|path| format!("{path} = {}", root.number(path).unwrap_or(0.0)));
    if let Some(why) = shared_prefix(root, "input_config").or(read).filter(|_| ttft_ms.is_some()) {
        cautions.push(shared_caution(&why));
        ttft_ms = None;
    }
    let result = BenchmarkResult {
        tool: Tool::AiPerf,
        model: root.text(&MODEL),
        input_tokens,
        output_tokens,
        length_spread,
        concurrency: 0,
        ttft_ms,
        tpot_ms: typical(root, "inter_token_latency")?,
        requests,
        measured: date_of(&root.text(&["start_time"])),
        claims: claims(root),
        cautions,
    };
    let duration_s = root.number("benchmark_duration.avg");
    match profiling {
        Some(phase) => {
            let load = Load {
                limit: phase.first(&["concurrency"]),
                rate: phase.first(&["request_rate", "rate"]),
                remedy: REMEDY,
            };
            check(phase, &load, duration_s, given, result)
        }
        None => {
            let load = Load { limit: root.first(&CONCURRENCY), rate: root.first(&RATE), remedy: REMEDY };
            check(root, &load, duration_s, given, result)
        }
    }
}

/// Refuses a run of which requests failed: counted, or summed over its list of errors.
fn failed(root: &ResultFields<'_>, requests: Option<f64>) -> Result<(), BenchmarkError> {
    let answered = requests.unwrap_or(0.0);
    failures::refuse(root, &["error_request_count.avg"], answered)?;
    let errors: f64 =
        root.items("error_summary").iter().map(|error| error.number("count").unwrap_or(1.0)).sum();
    failures::refuse_count(root, "error_summary", &Value::from(errors), errors, answered)
}

/// Its name for the model; of the rest it knows nothing.
fn claims(root: &ResultFields<'_>) -> Claims {
    let text = root.text(&MODEL);
    let model = (!text.is_empty()).then(|| Claim { field: "input_config".to_owned(), text });
    Claims { model, ..Claims::default() }
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
