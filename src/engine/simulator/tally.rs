//! What is counted while a fleet runs.

use super::request::{Departure, End};
use crate::engine::math::histogram::Histogram;

/// What keeps requests in the queue of a replica.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bottleneck {
    /// Room in the KV cache.
    KvMemory,
    /// Sequences that may run at once.
    Sequences,
    /// Tokens of a step: prompts come faster than they are read.
    StepTokens,
}

impl Bottleneck {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::KvMemory, Self::Sequences, Self::StepTokens];

    /// The name in the contract.
    pub fn id(self) -> &'static str {
        match self {
            Self::KvMemory => "kv_memory",
            Self::Sequences => "sequences",
            Self::StepTokens => "step_tokens",
        }
    }
}

/// Limits on one request, seconds.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Limits {
    /// On its time to first token.
    pub ttft_s: f64,
    /// On its time per output token.
    pub tpot_s: f64,
}

/// Sums over all replicas and requests.
#[derive(Clone, Debug)]
pub(super) struct Tally {
    pub limits: Limits,
    pub ttft: Histogram,
    pub tpot: Histogram,
    pub itl: Histogram,
    pub e2e: Histogram,
    pub completed: u64,
    pub refused: u64,
    pub rejected: u64,
    /// Requests within both limits.
    pub attained: u64,
    pub output_tokens: u64,
    pub preemptions: u64,
    /// Replicas that failed.
    pub failures: u64,
    /// When the last request left, seconds.
    pub last_s: f64,
    /// Greatest share of a KV cache in use, 0–1.
    pub peak_kv: f64,
    /// Time in which requests waited for each bottleneck, seconds.
    pub waited_s: [f64; Bottleneck::ALL.len()],
    /// Time in which engines stepped, of their pipeline stages the mean, seconds.
    pub busy_s: f64,
}

impl Tally {
    pub fn new(limits: Limits) -> Self {
        Self {
            limits,
            ttft: Histogram::default(),
            tpot: Histogram::default(),
            itl: Histogram::default(),
            e2e: Histogram::default(),
            completed: 0,
            refused: 0,
            rejected: 0,
            attained: 0,
            output_tokens: 0,
            preemptions: 0,
            failures: 0,
            last_s: 0.0,
            peak_kv: 0.0,
            waited_s: [0.0; Bottleneck::ALL.len()],
            busy_s: 0.0,
        }
    }

    /// Counts a request that leaves at `at_s`.
    pub fn depart(&mut self, departure: &Departure, at_s: f64) {
        self.last_s = self.last_s.max(at_s);
        match departure.end {
            End::Refused => self.refused += 1,
            End::Rejected => self.rejected += 1,
            End::Completed => {
                self.completed += 1;
                self.output_tokens += u64::from(departure.arrival.output_tokens);
                self.preemptions += u64::from(departure.preemptions);
                self.ttft.add(departure.ttft_s);
                self.e2e.add(departure.e2e_s);
                // As `vllm bench serve` has it, a single token has no time between tokens and meets any limit on it.
                if departure.arrival.output_tokens > 1 {
                    self.tpot.add(departure.tpot_s);
                }
                let within = departure.ttft_s <= self.limits.ttft_s && departure.tpot_s <= self.limits.tpot_s;
                self.attained += u64::from(within);
            }
        }
    }

    /// Adds what happened in another pool, in which these requests were before.
    pub fn beside(&mut self, other: &Self) {
        self.refused += other.refused;
        self.rejected += other.rejected;
        self.preemptions += other.preemptions;
        self.failures += other.failures;
        self.busy_s += other.busy_s;
        self.last_s = self.last_s.max(other.last_s);
        for (waited, more) in self.waited_s.iter_mut().zip(other.waited_s) {
            *waited += more;
        }
    }

    /// What requests waited for the longest.
    pub fn bottleneck(&self) -> Option<Bottleneck> {
        let longest = Bottleneck::ALL.iter().zip(self.waited_s).max_by(|a, b| a.1.total_cmp(&b.1))?;
        (longest.1 > 0.0).then_some(*longest.0)
    }
}
