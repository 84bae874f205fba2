//! InferenceX, formerly InferenceMAX: the aggregated results of `utils/process_result.py`, one flat document per run, or a
//! list of them. Times are in seconds, and it says what ran.

use serde_json::Value;

use super::claims::{Claim, Claims, claim, says_yes};
use super::closed_loop::{Load, check};
use super::error::BenchmarkError;
use super::failures;
use super::fields::{ResultFields, date_of};
use super::given::{Found, Given};
use super::lengths::spread_from_share;
use super::{BenchmarkResult, Tool};

/// Its benchmark draws lengths evenly from this share of `isl` and `osl` up to them (`RANDOM_RANGE_RATIO` in every one of
/// its configurations).
const LEAST_SHARE: f64 = 0.8;

const REMEDY: &str = "Give a result with `conc`, or --concurrency N.";

/// The run of a document.
pub fn read(root: &ResultFields<'_>, given: &Given) -> Result<BenchmarkResult, BenchmarkError> {
    for (paths, remedy) in [
        (
            &["spec_decoding", "mtp"][..],
            "the server decoded speculatively, which the engine does not model. Measure without it.",
        ),
        (
            &["disagg", "is_multinode"],
            "prefill and decode ran on servers of their own, which a measurement of one replica cannot say. \
             Measure one server that does both.",
        ),
    ] {
        if let (true, Some((field, value))) = (says_yes(root, paths), root.first(paths)) {
            return Err(root.wrong(field, value, remedy));
        }
    }
    let requests = root.number("num_requests_successful");
    if let (Some(answered), Some(sent)) = (requests, root.get("num_requests_total")) {
        let failed = sent.as_f64().unwrap_or(answered) - answered;
        failures::refuse_count(root, "num_requests_total", sent, failed, answered)?;
    }
    let mut cautions = Vec::new();
    // A number may be text: the workflow's variables are.
    let nominal = |path: &'static str| root.number(path).filter(|n| *n > 0.0);
    let mean = |nominal: Option<f64>| nominal.map(|n| n * 0.5 * (1.0 + LEAST_SHARE));
    let [isl, osl] = [nominal("isl"), nominal("osl")];
    let found = [Found { path: "isl", value: mean(isl) }, Found { path: "osl", value: mean(osl) }];
    let [input_tokens, output_tokens] = given.lengths(root, found, false, &mut cautions)?;
    if let (Some(isl), Some(osl), None, None) = (isl, osl, given.input_tokens, given.output_tokens) {
        cautions.push(format!(
            "lengths are drawn from {LEAST_SHARE} of isl = {isl} and osl = {osl} up to them: {input_tokens:.0} and \
             {output_tokens:.0} tokens on average"
        ));
    }
    let result = BenchmarkResult {
        tool: Tool::InferenceX,
        model: root.text(&["model"]),
        input_tokens,
        output_tokens,
        length_spread: Some(spread_from_share(LEAST_SHARE)),
        concurrency: 0,
        ttft_ms: root.seconds(&["median_ttft", "mean_ttft"])?,
        tpot_ms: root.seconds(&["median_tpot", "mean_tpot"])?,
        requests,
        measured: date_of(&root.text(&["date"])),
        claims: claims(root),
        cautions,
    };
    let conc = root.number("conc").or_else(|| root.number("users")).map(Value::from);
    let load = Load { limit: conc.as_ref().map(|conc| ("conc", conc)), rate: None, remedy: REMEDY };
    check(root, &load, None, given, result)
}

/// What it says of the deployment.
fn claims(root: &ResultFields<'_>) -> Claims {
    let mut out = Claims {
        model: claim(root, &["model"]),
        weights: claim(root, &["precision"]),
        // `cluster:h200-nv` is an h200 in some data center.
        accelerator: claim(root, &["hw"]).map(|hw| {
            let name = hw.text.rsplit(':').next().and_then(|name| name.split('-').next());
            Claim { text: name.unwrap_or(&hw.text).to_owned(), ..hw }
        }),
        stack: claim(root, &["framework"]).map(|framework| Claim {
            text: framework.text.trim_start_matches("dynamo-").to_owned(),
            ..framework
        }),
        stack_version: claim(root, &["image"]).and_then(|image| {
            let tag = image.text.rsplit_once(':')?.1.trim_start_matches('v').to_owned();
            tag.starts_with(|c: char| c.is_ascii_digit()).then_some(Claim { text: tag, ..image })
        }),
        tp: claim(root, &["tp"]),
        ep: claim(root, &["ep"]),
        ..Claims::default()
    };
    if says_yes(root, &["dp_attention"]) {
        // Each rank has attention of its own, and the experts are shared.
        out.attention_dp = out.tp.take();
    }
    out
}
