//! The replica at a load, as latencies at each percentile; and the steps that made them.

use crate::catalog::{Evidence, OwnFactors};
use crate::engine::Percentiles;
use crate::engine::explain::{Recorder, Step, Term, Trust};
use crate::engine::replica::serving::{Capacity, Quantile, Server, State};
use crate::units::Unit;

/// Names of the percentiles in a plan, with those of their steps.
const PERCENTILES: [(&str, &str); 4] = [
    ("operating_point.ttft_s.p50", "operating_point.tpot_s.p50"),
    ("operating_point.ttft_s.p95", "operating_point.tpot_s.p95"),
    ("operating_point.ttft_s.p99", "operating_point.tpot_s.p99"),
    ("operating_point.ttft_s.at_slo", "operating_point.tpot_s.at_slo"),
];

impl Server<'_> {
    /// Latency percentiles in `state`: time to first token, time per output token.
    pub fn percentiles(&self, state: &State, recorder: &mut impl Recorder) -> (Percentiles, Percentiles) {
        let quantiles = [Quantile::new(0.5), Quantile::new(0.95), Quantile::new(0.99), self.demand.slo];
        let mut ttft_s = [0.0; 4];
        let mut tpot_s = [0.0; 4];
        for (i, quantile) in quantiles.into_iter().enumerate() {
            ttft_s[i] = self.ttft_s(state, quantile);
            tpot_s[i] = self.tpot_s(state, quantile);
            recorder.note(|| self.ttft_step(PERCENTILES[i].0, state, quantile, ttft_s[i]));
            recorder.note(|| self.tpot_step(PERCENTILES[i].1, state, quantile, tpot_s[i]));
        }
        let reliance = &self.replica.reliance;
        let named = |[p50, p95, p99, at_slo]: [f64; 4], factor: f64| Percentiles {
            p50,
            p95,
            p99,
            at_slo,
            at_slo_low: at_slo / factor,
            at_slo_high: at_slo * factor,
        };
        let ttft_s = named(ttft_s, reliance.ttft_factor);
        let tpot_s = named(tpot_s, reliance.tpot_factor);
        self.explain_bands("operating_point.ttft_s", &ttft_s, reliance.ttft_factor, recorder);
        self.explain_bands("operating_point.tpot_s", &tpot_s, reliance.tpot_factor, recorder);
        (ttft_s, tpot_s)
    }

    fn explain_bands(&self, path: &str, of: &Percentiles, factor: f64, recorder: &mut impl Recorder) {
        for (end, label, value) in [
            ("at_slo_low", "Lower end of its band", of.at_slo_low),
            ("at_slo_high", "Upper end of its band", of.at_slo_high),
        ] {
            recorder.note(|| {
                Step::derived(
                    format!("{path}.{end}"),
                    label,
                    (value, Unit::Seconds),
                    "the time divided or multiplied by the factor that holds nine in ten of the measurements of its kind",
                    vec![
                        Term::made("the time", of.at_slo, Unit::Seconds, format!("{path}.at_slo")),
                        Term::plain("factor", factor, Unit::One),
                    ],
                )
                .resting_on(self.trust(), [self.replica.reliance.evidence.words(), "measured-latency"])
            });
        }
    }

    /// How far a time of this replica is to be trusted.
    fn trust(&self) -> Trust {
        match self.replica.reliance.evidence {
            Evidence::Own
            | Evidence::Measured
            | Evidence::OtherModel
            | Evidence::OtherAccelerator
            | Evidence::Published => Trust::Calibrated,
            Evidence::Kin => Trust::Derived,
            Evidence::Foreign => Trust::Assumed,
        }
    }

    /// The step with the factor that the user's own measurements put on it, and the measurements as a source.
    fn with_own(&self, mut step: Step, label: &'static str, factor: fn(&OwnFactors) -> f64) -> Step {
        if let Some(own) = &self.replica.reliance.own {
            step.terms.push(Term::plain(label, factor(own), Unit::One));
            step.sources.push(own.citation());
        }
        step
    }

    fn ttft_step(&self, key: &'static str, state: &State, quantile: Quantile, ttft_s: f64) -> Step {
        let step = Step::derived(
            key,
            "Time to first token at peak",
            (ttft_s, Unit::Seconds),
            "request overhead + steps until admission × decode step + own prompt + wait for the prompts before it, at the percentile",
            vec![
                Term::plain("percentile", quantile.share * 100.0, Unit::Percentile),
                Term::plain("request overhead", self.replica.request_overhead_s, Unit::Seconds),
                Term::plain("steps until admission, mean", self.replica.admission_steps, Unit::One),
                Term::plain("decode step", state.step.total_s(), Unit::Seconds),
                Term::plain("own prompt", state.prefill.latency_s, Unit::Seconds),
                Term::plain(
                    "utilisation of the queue of prompts",
                    state.prefill_utilization(),
                    Unit::Fraction,
                ),
            ],
        )
        .resting_on(self.trust(), ["Asmussen 2003, ch. XIII; Allen and Cunneen 1990"]);
        self.with_own(step, "× all of it, by your own measurements", |own| own.ttft)
    }

    fn tpot_step(&self, key: &'static str, state: &State, quantile: Quantile, tpot_s: f64) -> Step {
        let sequences = self.concurrency_at(state.concurrency, quantile);
        let step_s = self.replica.decode(sequences, self.demand.context_tokens).total_s();
        let step = Step::derived(
            key,
            "Time per output token at peak",
            (tpot_s, Unit::Seconds),
            "decode step ÷ tokens it yields + (sequences − 1) × time a prompt adds ÷ output, at the percentile of sequences in flight",
            vec![
                Term::plain("percentile", quantile.share * 100.0, Unit::Percentile),
                Term::plain("sequences in flight", sequences, Unit::One),
                Term::plain("decode step", step_s, Unit::Seconds),
                Term::plain("tokens it yields", self.replica.tokens_per_step, Unit::One),
                Term::plain("time a prompt adds", state.prefill.added_s, Unit::Seconds),
                Term::plain("output", self.demand.output_tokens, Unit::Tokens),
            ],
        )
        .resting_on(self.trust(), ["Little 1961"]);
        self.with_own(step, "in these times already: × by your own measurements", |own| own.tpot)
    }

    /// How the largest load of one replica was made.
    pub fn explain_capacity(&self, capacity: &Capacity, recorder: &mut impl Recorder) {
        let State { concurrency, requests_per_s, step, prefill } = capacity.state;
        recorder.note(|| {
            Step::derived(
                "serving.decode_step",
                "One decode step at that load",
                (step.total_s(), Unit::Seconds),
                "Σ over operations of max(arithmetic, memory traffic) + collectives + fixed costs",
                vec![
                    Term::plain("sequences", concurrency, Unit::One),
                    Term::plain("bound by memory", step.memory_s, Unit::Seconds),
                    Term::plain("bound by arithmetic", step.compute_s, Unit::Seconds),
                    Term::plain("collectives", step.communication_s, Unit::Seconds),
                    Term::plain("fixed costs", step.overhead_s, Unit::Seconds),
                ],
            )
            .resting_on(self.trust(), ["Williams et al. 2009 (roofline)", "op-ratios"])
        });
        recorder.note(|| {
            Step::derived(
                "serving.prefill",
                "Time that one prompt adds to the steps it shares",
                (prefill.added_s, Unit::Seconds),
                "chunks of the prompt, each in a step shared with the decoding sequences, less those steps without it",
                vec![
                    Term::plain(
                        "tokens not in the prefix cache",
                        self.demand.input_tokens - self.demand.cached_tokens,
                        Unit::Tokens,
                    ),
                    Term::plain("tokens of one step at most", self.replica.step_tokens, Unit::Tokens),
                    Term::plain("from first chunk to last", prefill.latency_s, Unit::Seconds),
                ],
            )
            .resting_on(self.trust(), ["Agrawal et al. 2024 (Sarathi-Serve), arXiv 2403.02310"])
        });
        recorder.note(|| {
            Step::derived(
                "serving.capacity",
                "Largest load of one replica within the SLO",
                (requests_per_s, Unit::RequestsPerSecond),
                "sequences ÷ (output ÷ tokens of a step × decode step + sequences × time a prompt adds), at the concurrency where the first limit is met",
                vec![
                    Term::plain("sequences in flight", concurrency, Unit::One),
                    Term::made("decode step", step.total_s(), Unit::Seconds, "serving.decode_step"),
                    Term::plain("tokens of a step", self.replica.tokens_per_step, Unit::One),
                    Term::made("time a prompt adds", prefill.added_s, Unit::Seconds, "serving.prefill"),
                    Term::plain("TTFT limit", self.demand.ttft_slo_s, Unit::Seconds),
                    Term::plain("TPOT limit", self.demand.tpot_slo_s, Unit::Seconds),
                ],
            )
            .resting_on(self.trust(), ["Little 1961; Asmussen 2003, ch. XIII; Allen and Cunneen 1990"])
        });
    }
}
