//! Time from a request to its last token, by both latencies and the lengths of answers.

use super::serving::Demand;
use crate::engine::figures::{EndToEnd, Number, Percentiles, Recorder, end_to_end as figures};
use crate::engine::math::normal::normal_quantile;

const SECTION: &str = "operating_point.e2e_s";
const TTFT: &str = "operating_point.ttft_s";
const TPOT: &str = "operating_point.tpot_s";

/// Percentiles of a request of `demand` with these latencies, of one replica or of two pools.
pub(in crate::engine) fn end_to_end(
    demand: &Demand,
    ttft: &Percentiles,
    tpot: &Percentiles,
    recorder: &mut impl Recorder,
) -> EndToEnd {
    let output = Number::input("workload.output_tokens", demand.output_tokens);
    let lengths = Number::input("workload.length_cv", demand.length_cv);
    let mut at = |field: &'static str, share: f64| {
        figures::e2e_s(
            &mut recorder.at(SECTION, field),
            Number::made(TTFT, "p50", ttft.p50),
            Number::made(TTFT, "p95", ttft.p95),
            Number::made(TPOT, "p50", tpot.p50),
            Number::made(TPOT, "p95", tpot.p95),
            output,
            lengths,
            Number::exact(normal_quantile(share)),
        )
        .value
    };
    EndToEnd { p50: at("p50", 0.5), p90: at("p90", 0.9), p95: at("p95", 0.95), p99: at("p99", 0.99) }
}
