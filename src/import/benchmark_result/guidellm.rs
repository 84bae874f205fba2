//! GuideLLM: one document, one entry of `benchmarks` for each rate or concurrency that was run.

use serde_json::Value;

use super::claims::{Claim, Claims};
use super::closed_loop::{Load, check};
use super::error::BenchmarkError;
use super::failures;
use super::fields::{ResultFields, day_of_unix};
use super::given::{Found, Given};
use super::lengths::{shared_caution, shared_prefix, spread_of};
use super::{BenchmarkResult, Tool};

const REMEDY: &str = "Run GuideLLM with --profile concurrent and --rate N.";
/// Where versions keep the number of requests without a whole answer: those in flight at the end, if no more than those.
const INCOMPLETE: [&str; 3] = [
    "metrics.request_totals.incomplete",
    "scheduler_metrics.requests_made.incomplete",
    "run_stats.requests_made.incomplete",
];
const WHOLE: &str = "Give the whole file that GuideLLM wrote.";

/// The runs of a document.
pub fn read(root: &ResultFields<'_>, given: &Given) -> Vec<Result<BenchmarkResult, BenchmarkError>> {
    root.items("benchmarks").iter().map(|benchmark| one(root, benchmark, given)).collect()
}

fn one(
    root: &ResultFields<'_>,
    benchmark: &ResultFields<'_>,
    given: &Given,
) -> Result<BenchmarkResult, BenchmarkError> {
    // Before version 0.4 the strategy stood among the arguments; since 0.7 its kind is called so.
    let strategies = ["config.strategy", "args.strategy"];
    let strategy = strategies.into_iter().find(|path| benchmark.get(path).is_some()).unwrap_or(strategies[0]);
    let at = |name: &str| format!("{strategy}.{name}");
    let (kind, streams) = ([at("type_"), at("kind")], at("streams"));
    let kind = benchmark.first(&[&kind[0], &kind[1]]).unwrap_or((strategy, &Value::Null));
    let one_at_a_time = Value::from(1);
    let load = match kind.1.as_str() {
        Some("concurrent") => Load { limit: benchmark.first(&[&streams]), rate: None, remedy: REMEDY },
        Some("synchronous") => Load { limit: Some((kind.0, &one_at_a_time)), rate: None, remedy: REMEDY },
        _ => Load { limit: None, rate: Some(kind), remedy: REMEDY },
    };
    if given.concurrency.is_none()
        && let Some(refusal) = load.refusal(benchmark)
    {
        return Err(refusal);
    }
    let requests = benchmark.positive(
        &[
            "metrics.request_totals.successful",
            "scheduler_metrics.requests_made.successful",
            "run_stats.requests_made.successful",
            "metrics.time_to_first_token_ms.successful.count",
        ],
        WHOLE,
    )?;
    // Those that were in flight at the end are incomplete and have not failed.
    let errored = [
        "metrics.request_totals.errored",
        "scheduler_metrics.requests_made.errored",
        "run_stats.requests_made.errored",
    ];
    failures::refuse(benchmark, &errored, requests)?;
    let typical = |name: &str| {
        let of = |what: &str| format!("metrics.{name}.successful.{what}");
        benchmark.milliseconds(&[&of("median"), &of("mean")])
    };
    let start_s = ["scheduler_metrics.start_time", "start_time", "run_stats.start_time"];
    let start_s = benchmark.first(&start_s).and_then(|(_, value)| value.as_f64()).unwrap_or(0.0);
    let of_run = benchmark.text(&["worker.backend_model", "config.backend.model"]);
    let of_all = root.text(&["args.model", "args.backend_kwargs.model", "config.spec.backend.model"]);
    let model = if of_run.is_empty() { of_all } else { of_run };
    let mut cautions = Vec::new();
    let mean = |path| Found { path, value: benchmark.number(path).filter(|tokens| *tokens > 0.0) };
    let found = ["metrics.prompt_token_count.successful.mean", "metrics.output_token_count.successful.mean"]
        .map(mean);
    let [input_tokens, output_tokens] = given.lengths(benchmark, found, false, &mut cautions)?;
    let std = benchmark.number("metrics.output_token_count.successful.std_dev");
    let length_spread = std.and_then(|std| spread_of(std, output_tokens, "answers", &mut cautions));
    let mut ttft_ms = typical("time_to_first_token_ms")?;
    let data = ["args.data", "args.data_args", "config.spec.data"];
    if let Some(why) = data.iter().find_map(|path| shared_prefix(root, path)).filter(|_| ttft_ms.is_some()) {
        cautions.push(shared_caution(&why));
        ttft_ms = None;
    }
    let incomplete = INCOMPLETE.iter().find_map(|path| benchmark.number(path)).unwrap_or(0.0);
    if incomplete > load.limit.and_then(|(_, streams)| streams.as_f64()).unwrap_or(f64::INFINITY) {
        failures::cut_short(Some(&Value::from(requests + incomplete)), requests, &mut cautions);
    }
    let claims = Claims {
        model: (!model.is_empty()).then(|| Claim { field: "model".to_owned(), text: model.clone() }),
        ..Claims::default()
    };
    let result = BenchmarkResult {
        tool: Tool::GuideLlm,
        model,
        input_tokens,
        output_tokens,
        length_spread,
        concurrency: 0,
        ttft_ms,
        tpot_ms: typical("inter_token_latency_ms")?,
        requests: Some(requests),
        measured: day_of_unix(start_s),
        claims,
        cautions,
    };
    check(benchmark, &load, None, given, result)
}
