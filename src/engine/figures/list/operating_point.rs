//! Figures of the fleet at the peak load, and of the replica behind them.

use crate::catalog::Evidence;
use crate::engine::figures::figure::{Entry, figures};

figures! {
    /// Percentiles of a latency, seconds.
    #[derive(Default)]
    pub struct Percentiles in percentiles {
        p50: f64, "p50", Seconds, Worse
        p90: f64, "p90", Seconds, Worse
        p95: f64, "p95", Seconds, Worse
        p99: f64, "p99", Seconds, Worse
        /// At the percentile of the SLO.
        at_slo: f64, "at the SLO's percentile", Seconds, Worse
        /// The band around that which should hold nine measured values in ten.
        at_slo_low: f64, "at the SLO's percentile, lower end of the 90% band", Seconds, Worse {
            at_slo_low(time: Seconds, factor: One) = time / factor,
                note "the factor holds nine in ten of the measurements of its kind";
        }
        at_slo_high: f64, "at the SLO's percentile, upper end of the 90% band", Seconds, Worse {
            at_slo_high(time: Seconds, factor: One) = time * factor,
                note "the factor holds nine in ten of the measurements of its kind";
        }
    }
}

figures! {
    /// Percentiles of the time from a request to its last token, seconds.
    #[derive(Default)]
    pub struct EndToEnd in end_to_end {
        p50: f64, "p50", Seconds, Worse
        p90: f64, "p90", Seconds, Worse
        p95: f64, "p95", Seconds, Worse
        p99: f64, "p99", Seconds, Worse
    }
    steps {
        e2e_s, "Time from a request to its last token at peak", Seconds {
            // 1.645 standard deviations are from the median to p95 of a normal distribution.
            e2e_s(
                half_of_first_tokens: Seconds, p95_of_first_tokens: Seconds, half_of_times_per_token: Seconds,
                p95_of_times_per_token: Seconds, output: Tokens, variation_of_lengths: One, standard_deviations: One,
            ) = lognormal_quantile(
                    half_of_first_tokens + (output - 1.0) * half_of_times_per_token,
                    together(
                        (p95_of_first_tokens - half_of_first_tokens) / 1.645,
                        (output - 1.0)
                            * together(
                                (p95_of_times_per_token - half_of_times_per_token) / 1.645,
                                variation_of_lengths * half_of_times_per_token,
                            ),
                    ),
                    standard_deviations,
                ),
                note "a lognormal distribution with the variances of first tokens, of times per token and of lengths";
        }
    }
}

figures! {
    /// The fleet at the peak load, spares aside.
    pub struct OperatingPoint in operating_point {
        /// Sequences in flight in one replica, mean.
        concurrency: f64, "Sequences in flight in one replica at peak", One, Neither {
            concurrency(
                load_of_one_replica: RequestsPerSecond, output: Tokens, tokens_of_a_step: One, decode_step: Seconds,
                time_a_prompt_adds: Seconds,
            ) = load_of_one_replica * (output / tokens_of_a_step) * decode_step
                / (1.0 - load_of_one_replica * time_a_prompt_adds),
                note "found by a search, until the replica answers its share of the peak", cite "Little 1961";
            reading_concurrency(load_of_one_replica: RequestsPerSecond, reading_one: Seconds)
                = load_of_one_replica * reading_one, note "prompts being read", cite "Little 1961";
        }
        /// Of the whole fleet.
        requests_per_s: f64, "Peak load", RequestsPerSecond, Neither
        /// Of the whole fleet.
        output_tokens_per_s: f64, "Output of the fleet at peak", TokensPerSecond, Neither {
            output_tokens_per_s(load_at_peak: RequestsPerSecond, output: Tokens) = load_at_peak * output;
        }
        /// Load over the largest load at which the SLO holds, 0–1.
        utilization: f64, "Peak load over SLO capacity, spares aside", Fraction, Neither {
            utilization(load_at_peak: RequestsPerSecond, capacity_of_one_replica: RequestsPerSecond, replicas: One)
                = load_at_peak / (capacity_of_one_replica * replicas);
            pooled_utilization(prefill: Fraction, decode: Fraction) = max(prefill, decode), note "of the pool that is fuller";
        }
        /// Of the requests at the peak, 0–1.
        slo_attainment: f64, "Share of requests within both latency limits at peak", Fraction, Better {
            slo_attainment(within_the_first: Fraction, within_the_other: Fraction) = within_the_first * within_the_other,
                note "each up to the percentile at which the latency is its limit; taken as independent of each other";
        }
    }
    states {
        /// What supports the latencies.
        evidence: Evidence = |point| Entry::Word(point.evidence.id());
    }
    beside {
        /// Time to first token, seconds.
        ttft_s: Percentiles;
        /// Time per output token, seconds.
        tpot_s: Percentiles;
        /// From the request to its last token, seconds.
        e2e_s: EndToEnd;
    }
}
