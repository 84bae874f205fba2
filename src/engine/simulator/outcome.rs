//! What a simulation answers.

use super::tally::{Bottleneck, Tally};
use crate::engine::math::histogram::Histogram;

/// Mean and percentiles of a time over requests, or over the gaps between tokens; seconds.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Spread {
    /// Mean.
    pub mean: f64,
    /// Half are at or below it.
    pub p50: f64,
    /// Nine in ten are.
    pub p90: f64,
    /// 95 in a hundred are.
    pub p95: f64,
    /// 99 in a hundred are.
    pub p99: f64,
    /// At the percentile of the SLO.
    pub at_slo: f64,
}

impl Spread {
    fn of(histogram: &Histogram, share: f64) -> Self {
        let [p50, p90, p95, p99, at_slo] = [0.5, 0.9, 0.95, 0.99, share].map(|q| histogram.quantile(q));
        Self { mean: histogram.mean(), p50, p90, p95, p99, at_slo }
    }
}

/// Whether a fleet keeps its service levels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// The share of requests that must be within both limits is.
    Meets,
    /// Fewer are.
    Misses,
    /// Queues grow as long as requests come: every figure depends on how long that is.
    Overloaded,
}

impl Verdict {
    /// The name in the contract.
    pub fn id(self) -> &'static str {
        match self {
            Self::Meets => "meets",
            Self::Misses => "misses",
            Self::Overloaded => "overloaded",
        }
    }
}

/// What a fleet made of the requests that came.
#[derive(Clone, Debug, PartialEq)]
pub struct Simulation {
    /// Requests that came.
    pub requests: u64,
    /// Requests whose whole answer was given.
    pub completed: u64,
    /// Requests longer than the model's context or than the whole KV cache.
    pub refused: u64,
    /// Requests that found the queue full.
    pub rejected: u64,
    /// From the first arrival to the last, seconds.
    pub duration_s: f64,
    /// From the first arrival until the last request left, seconds.
    pub simulated_s: f64,
    /// Time to the first token, from the arrival.
    pub ttft_s: Spread,
    /// Mean time per token after the first, of requests with more than one.
    pub tpot_s: Spread,
    /// Gaps between tokens that come one after the other, of all requests together.
    pub itl_s: Spread,
    /// Time to the last token, from the arrival.
    pub e2e_s: Spread,
    /// Share of requests within both limits, 0–1; 1 of none.
    pub slo_attainment: f64,
    /// Output tokens of the whole fleet, per second.
    pub output_tokens_per_s: f64,
    /// Greatest share of a KV cache in use, 0–1.
    pub peak_kv_fraction: f64,
    /// Share of time in which an engine steps, 0–1, mean of the replicas and their pipeline stages.
    pub busy_fraction: f64,
    /// Requests that were preempted, each as often as it was.
    pub preemptions: u64,
    /// Replicas that failed, each as often as it did.
    pub failures: u64,
    /// Replicas that ran, mean: all of them, but of a fleet that follows its load.
    pub mean_replicas: f64,
    /// Whether the service levels hold.
    pub verdict: Verdict,
    /// What requests waited for the longest, if any waited.
    pub bottleneck: Option<Bottleneck>,
}

impl Simulation {
    /// `requests` came from `first_s` to `last_s`; a share `share` of them must be within the limits.
    pub(super) fn of(
        tally: &Tally,
        requests: u64,
        (first_s, last_s): (f64, f64),
        overloaded: bool,
        (share, mean_replicas): (f64, f64),
    ) -> Self {
        let spread = |histogram| Spread::of(histogram, share);
        let simulated_s = (tally.last_s - first_s).max(0.0);
        let per = |value: f64, of: f64| if of > 0.0 { value / of } else { 0.0 };
        let slo_attainment = if requests > 0 { tally.attained as f64 / requests as f64 } else { 1.0 };
        let verdict = match () {
            () if overloaded => Verdict::Overloaded,
            () if slo_attainment >= share => Verdict::Meets,
            () => Verdict::Misses,
        };
        Self {
            requests,
            completed: tally.completed,
            refused: tally.refused,
            rejected: tally.rejected,
            duration_s: last_s - first_s,
            simulated_s,
            ttft_s: spread(&tally.ttft),
            tpot_s: spread(&tally.tpot),
            itl_s: spread(&tally.itl),
            e2e_s: spread(&tally.e2e),
            slo_attainment,
            output_tokens_per_s: per(tally.output_tokens as f64, simulated_s),
            peak_kv_fraction: tally.peak_kv,
            busy_fraction: per(tally.busy_s, simulated_s * mean_replicas),
            preemptions: tally.preemptions,
            failures: tally.failures,
            mean_replicas,
            verdict,
            bottleneck: tally.bottleneck(),
        }
    }
}

/// Requests that waited, at intervals of arrivals that double when there are too many of them: the number of arrivals is not known
/// ahead.
#[derive(Clone, Debug)]
pub(super) struct Backlog {
    every: u64,
    /// Arrivals before, and requests that waited then.
    notes: Vec<(u64, u64)>,
}

/// Most notes that are kept.
const NOTES: usize = 64;

impl Default for Backlog {
    fn default() -> Self {
        Self { every: 16, notes: Vec::new() }
    }
}

impl Backlog {
    pub fn is_due(&self, arrivals: u64) -> bool {
        arrivals.is_multiple_of(self.every)
    }

    pub fn note(&mut self, arrivals: u64, waiting: u64) {
        if self.notes.len() == NOTES {
            self.every *= 2;
            let every = self.every;
            self.notes.retain(|(arrivals, _)| arrivals.is_multiple_of(every));
        }
        self.notes.push((arrivals, waiting));
    }

    /// Whether ever more requests wait: in the last third of the arrivals more than in the one before it, and in that more
    /// than in the first, by more than chance has it and by more than one in fifty of those that came meanwhile.
    pub fn grows(&self) -> bool {
        let all = self.notes.last().map_or(0, |(arrivals, _)| *arrivals) as f64;
        let mean = |third: f64| {
            let within = self.notes.iter().filter(|(arrivals, _)| {
                let at = *arrivals as f64 / all.max(1.0);
                at >= third / 3.0 && (at < (third + 1.0) / 3.0 || third == 2.0)
            });
            let (sum, count) = within.fold((0, 0), |(sum, count), (_, waiting)| (sum + waiting, count + 1));
            if count > 0 { sum as f64 / f64::from(count) } else { 0.0 }
        };
        let least = (0.02 * all / 3.0).max(2.0 * (all / 3.0).sqrt());
        mean(2.0) - mean(1.0) > least && mean(1.0) - mean(0.0) > 0.5 * least
    }
}
