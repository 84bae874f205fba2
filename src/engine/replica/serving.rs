//! Continuous batching under open load: latencies at a given concurrency, and the largest load at which the
//! service levels hold.
//!
//! State is the mean number `b` of sequences that decode in one replica. In a second, `λ` requests bring
//! `λ` prompts and need `λ·output` tokens. A decode step takes `t(b)`; each prompt lengthens the steps it
//! shares by `added`. So `λ = b / (output·t(b) + b·added)` (Little's law for sequences in decode), and the
//! time per output token is `t(b) + b·added/output`. Where tokens are drafted, a step yields several.

use crate::engine::figures::{Number, Recorder, Silent, serving};
use crate::engine::math::normal::{normal_quantile, normal_share};
use crate::engine::math::tails::shorter_share;
use crate::engine::replica::memory::Room;
use crate::engine::replica::pools::Role;
use crate::engine::replica::prefill::{Decoding, Prefill};
use crate::engine::replica::prompts::{Lengths, Prompts};
use crate::engine::replica::roofline::Replica;
use crate::engine::replica::step::StepTime;
use crate::engine::replica::tails::Spread;
use crate::scenario::Scenario;

/// What the scenario asks of one replica, in the form in which the search uses it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Demand {
    /// What the replica does.
    pub role: Role,
    /// Mean prompt length, tokens.
    pub input_tokens: f64,
    /// Mean answer length, tokens.
    pub output_tokens: f64,
    /// Prompt tokens found in the prefix cache.
    pub cached_tokens: f64,
    /// Mean context of a decoding sequence: the prompt and half of the answer, of which long ones are met more often.
    pub context_tokens: f64,
    /// Prompt and answer.
    pub full_tokens: f64,
    /// Replicas that get requests in turn: one until a fleet is sized.
    pub(super) replicas: f64,
    /// Squared coefficient of variation of inter-arrival times, of all replicas.
    pub(super) arrival_scv: f64,
    /// Coefficient of variation of lengths.
    pub(super) length_cv: f64,
    /// Lengths of prompts.
    pub(super) lengths: Lengths,
    /// What two answers have in common of their lengths, 0–1.
    pub(super) overlap: f64,
    /// Limit on the time to first token, seconds.
    pub ttft_slo_s: f64,
    /// Limit on the time per output token, seconds.
    pub tpot_slo_s: f64,
    /// Percentile of the SLO.
    pub slo: Quantile,
}

/// A percentile with what tails need of it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Quantile {
    /// 0–1.
    pub share: f64,
    /// The standard normal deviate.
    pub(super) z: f64,
    /// The same of means over answers of all lengths.
    pub(super) of_short_answers: f64,
}

impl Quantile {
    /// The quantile below which `share` (0–1) lies, where all answers are alike.
    pub fn new(share: f64) -> Self {
        let z = normal_quantile(share);
        Self { share, z, of_short_answers: z }
    }

    /// The quantile that lies so many standard deviations above the mean of a normal distribution.
    pub(super) fn at(deviations: f64) -> Self {
        Self { share: normal_share(deviations), z: deviations, of_short_answers: deviations }
    }

    /// Standard deviations above the mean of a normal distribution.
    pub fn deviations(self) -> f64 {
        self.z
    }
}

impl Demand {
    /// The demand of `scenario`.
    pub fn of(scenario: &Scenario) -> Self {
        let w = &scenario.workload;
        let demand = Self {
            role: Role::Mixed,
            input_tokens: w.input_tokens,
            output_tokens: w.output_tokens,
            cached_tokens: w.input_tokens * w.prefix_cache_hit_rate,
            context_tokens: w.input_tokens + 0.5 * w.output_tokens * (1.0 + w.length_cv * w.length_cv),
            full_tokens: w.input_tokens + w.output_tokens,
            replicas: 1.0,
            arrival_scv: w.arrival_cv * w.arrival_cv,
            length_cv: w.length_cv,
            lengths: Lengths::new(w.length_cv),
            overlap: shorter_share(w.length_cv),
            ttft_slo_s: scenario.slo.ttft_s,
            tpot_slo_s: scenario.slo.tpot_s,
            slo: Quantile::new(scenario.slo.percentile / 100.0),
        };
        Self { slo: demand.quantile(demand.slo.share), ..demand }
    }

    /// Whether requests come at regular intervals, however many replicas share them.
    pub fn is_steady(&self) -> bool {
        self.arrival_scv == 0.0
    }

    /// The same where `replicas` get requests in turn.
    pub fn in_turn(&self, replicas: f64) -> Self {
        Self { replicas, ..*self }
    }
}

/// One replica in a steady state.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct State {
    /// Sequences that decode, mean.
    pub concurrency: f64,
    /// Load that keeps it there, requests per second.
    pub requests_per_s: f64,
    /// One decode step of `concurrency` sequences.
    pub step: StepTime,
    /// The same with a tenth more sequences, seconds.
    pub longer_step_s: f64,
    /// Reading one prompt beside what decodes.
    pub prefill: Prefill,
    /// The prompts of all requests.
    pub prompts: Prompts,
    /// How far latencies are from their means.
    pub spread: Spread,
}

impl State {
    /// Utilisation of the queue of prompts.
    pub fn prefill_utilization(&self) -> f64 {
        self.requests_per_s * self.prefill.saturated_s
    }
}

/// A replica, what it can hold, and what is asked of it.
#[derive(Clone, Copy, Debug)]
pub struct Service<'a> {
    /// The replica, as coefficients.
    pub replica: &'a Replica,
    /// What its memory holds.
    pub room: &'a Room,
    /// What is asked of it.
    pub demand: &'a Demand,
}

/// The largest load of a replica at which the service levels hold.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Capacity {
    /// How it runs there.
    pub state: State,
    /// What keeps it from more.
    pub limit: Limit,
}

/// What bounds the load of a replica.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Limit {
    /// The time per output token.
    TimePerOutputToken,
    /// The time to first token.
    TimeToFirstToken,
    /// The memory for the KV cache.
    KvMemory,
    /// The stack's own limit of sequences.
    Sequences,
    /// The arithmetic: prompts arrive as fast as they can be read.
    Prefill,
    /// One replica carries the load with room to spare: its size is the smallest there is.
    Granularity,
}

/// Why a replica cannot serve at any load.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Unable {
    /// Weights and one sequence do not fit.
    Memory,
    /// Latencies of the idle replica, seconds, at least one above its limit.
    Slow { tpot_s: f64, ttft_s: f64 },
    /// Less than was asked for: another layout is known to be better.
    Outdone,
}

impl Service<'_> {
    /// The steady state with `b` sequences in decode.
    #[inline]
    pub fn state(&self, b: f64) -> State {
        let d = self.demand;
        if d.role == Role::Prefill {
            return self.reading(b, &self.reads());
        }
        // A sequence that decodes alone still takes a whole step.
        let step = self.replica.decode(b.max(1.0), d.context_tokens);
        if d.role == Role::Decode {
            return self.writing(b, step);
        }
        let beside =
            Decoding { sequences: b.max(1.0), context_tokens: d.context_tokens, step_s: step.total_s() };
        let steps = d.output_tokens / self.replica.tokens_per_step;
        // A sequence is there for as many steps as its answer takes, so that in each step as many prompts come as sequences end.
        let arrivals = b / steps * self.replica.batching.looks().between;
        let (prefill, prompts) = self.replica.prompts(d, beside, arrivals);
        let load = |prompts: &Prompts| {
            let added_s = self.prompt_adds(prompts, AT_PEAK, &mut Silent).value;
            (b / (steps * step.total_s() + b * added_s), added_s)
        };
        let prompts = prompts.sharing_of(self.burstiness(&mut Silent).value);
        let (requests_per_s, added_s) = load(&prompts);
        let state = State {
            concurrency: b,
            requests_per_s,
            step,
            longer_step_s: self.replica.decode(1.1 * b.max(1.0), d.context_tokens).total_s(),
            prefill: Prefill { added_s, ..prefill },
            prompts,
            spread: Spread::default(),
        };
        State { spread: self.spread(&state, &mut Silent), ..state }
    }

    /// A step by what it is spent on.
    #[inline]
    pub(super) fn step_time(&self, step: &StepTime, recorder: &mut impl Recorder) -> Number<'static> {
        let part = |s: f64| self.replica.time(s);
        serving::decode_step_s(
            recorder,
            part(step.compute_s),
            part(step.memory_s),
            part(step.communication_s),
            part(step.overhead_s),
        )
    }

    /// Sequences that the stack lets run at once, by what the memory holds.
    #[inline]
    pub fn places(&self) -> f64 {
        let d = self.demand;
        self.room.sequences(self.replica.batching.admitted_tokens(d.context_tokens, d.full_tokens))
    }

    /// How far `state` is inside its tightest limit: the ratio of limit to value, and which limit.
    fn margin(&self, state: &State) -> (f64, Limit) {
        let d = self.demand;
        let b = self.sequences_at(state, d.slo);
        let ttft = self.ttft_margin(state);
        let first = if state.prefill_utilization() > 0.9 { Limit::Prefill } else { Limit::TimeToFirstToken };
        let mut tightest = (ttft, first);
        for (margin, limit) in [
            (self.tpot_margin(state), Limit::TimePerOutputToken),
            (self.places() / b, Limit::KvMemory),
            (self.replica.batching.max_sequences / b, Limit::Sequences),
        ] {
            if margin < tightest.0 {
                tightest = (margin, limit);
            }
        }
        tightest
    }

    /// Places over the sequences that want one at the percentile of the SLO; below 1 some wait for room.
    pub fn places_margin(&self, state: &State) -> f64 {
        self.most_sequences() / self.sequences_at(state, self.demand.slo)
    }

    /// The largest load at which both latencies stay within their limits and the cache holds what is in
    /// flight. Every limit tightens as concurrency grows, so the answer is where the tightest is met.
    ///
    /// A load grows with the sequences that decode, so the search ends as soon as what is left of it lies below
    /// `least_requests_per_s`.
    ///
    /// # Errors
    /// The weights and one sequence do not fit, even the idle replica is too slow, or it is below `least_requests_per_s`.
    pub fn capacity(&self, least_requests_per_s: f64) -> Result<Capacity, Unable> {
        if !self.room.fits(self.demand.full_tokens) {
            return Err(Unable::Memory);
        }
        let state = self.states();
        let idle = state(LEAST_CONCURRENCY);
        let (margin, _) = self.margin(&idle);
        if margin < 1.0 {
            return Err(Unable::Slow {
                tpot_s: self.tpot_s(&idle, self.demand.slo),
                ttft_s: self.ttft_s(&idle, self.demand.slo),
            });
        }
        let most = self.most_sequences();
        let low = (LEAST_CONCURRENCY.ln(), margin.ln().min(STEEPEST));
        let end = state(most);
        if end.requests_per_s < least_requests_per_s {
            return Err(Unable::Outdone);
        }
        let (end_margin, end_limit) = self.margin(&end);
        if end_margin >= 1.0 {
            return Ok(Capacity { state: end, limit: end_limit });
        }
        let high = (most.ln(), end_margin.ln().max(-STEEPEST));
        self.between(&state, (low, high), (idle, Limit::Granularity), least_requests_per_s)
    }

    /// The same where it is about that of `near`, from there on.
    ///
    /// # Errors
    /// The weights and one sequence do not fit, or even the idle replica is too slow.
    pub fn capacity_near(&self, near: &Capacity) -> Result<Capacity, Unable> {
        if !self.room.fits(self.demand.full_tokens) {
            return Err(Unable::Memory);
        }
        let (least, most) = (LEAST_CONCURRENCY.ln(), self.most_sequences().ln());
        let states = self.states();
        let at = |x: f64| {
            let state = states(x.exp());
            let (margin, limit) = self.margin(&state);
            (state, limit, margin.ln().clamp(-STEEPEST, STEEPEST))
        };
        let mut x = near.state.concurrency.ln().clamp(least, most);
        let (mut state, mut limit, mut y) = at(x);
        let up = y >= 0.0;
        let mut step = FIRST_STEP;
        loop {
            if up && x >= most {
                return Ok(Capacity { state, limit });
            }
            if !up && x <= least {
                let slo = self.demand.slo;
                return Err(Unable::Slow {
                    tpot_s: self.tpot_s(&state, slo),
                    ttft_s: self.ttft_s(&state, slo),
                });
            }
            let next = if up { (x + step).min(most) } else { (x - step).max(least) };
            let (next_state, next_limit, next_y) = at(next);
            if up && next_y < 0.0 {
                return self.between(&states, ((x, y), (next, next_y)), (state, limit), 0.0);
            }
            if !up && next_y >= 0.0 {
                return self.between(&states, ((next, next_y), (x, y)), (next_state, next_limit), 0.0);
            }
            (x, state, limit, y) = (next, next_state, next_limit, next_y);
            step *= 3.0;
        }
    }

    /// The steady states of a search. Where nothing else is done, reading a prompt takes as long whatever the load.
    fn states(&self) -> impl Fn(f64) -> State {
        let reads = (self.demand.role == Role::Prefill).then(|| self.reads());
        move |b| reads.as_ref().map_or_else(|| self.state(b), |reads| self.reading(b, reads))
    }

    /// As many sequences as may run, whatever the latencies.
    fn most_sequences(&self) -> f64 {
        self.places().min(self.replica.batching.max_sequences).max(LEAST_CONCURRENCY)
    }

    /// The largest load between two concurrencies, of which `low` keeps the limits, in the state `best`, and `high` does not; each as
    /// the logarithms of the concurrency and of its margin.
    fn between(
        &self,
        state: &impl Fn(f64) -> State,
        (mut low, mut high): ((f64, f64), (f64, f64)),
        mut best: (State, Limit),
        least_requests_per_s: f64,
    ) -> Result<Capacity, Unable> {
        // Regula falsi with the Illinois step (Dowell and Jarratt 1971), in logarithms.
        let mut side = 0;
        for _ in 0..MOST_STEPS {
            let x = (low.0 * high.1 - high.0 * low.1) / (high.1 - low.1);
            let state = state(x.exp());
            let (margin, limit) = self.margin(&state);
            let y = margin.ln().clamp(-STEEPEST, STEEPEST);
            if y >= 0.0 {
                low = (x, y);
                best = (state, limit);
                if side == 1 {
                    high.1 *= 0.5;
                }
                side = 1;
                if y < CLOSE {
                    break;
                }
            } else {
                if state.requests_per_s < least_requests_per_s {
                    return Err(Unable::Outdone);
                }
                high = (x, y);
                if side == -1 {
                    low.1 *= 0.5;
                }
                side = -1;
            }
            if high.0 - low.0 < CLOSE {
                break;
            }
        }
        Ok(Capacity { state: best.0, limit: best.1 })
    }

    /// What bounds the sequences that may run.
    pub fn limit_of_places(&self) -> Limit {
        if self.places() < self.replica.batching.max_sequences { Limit::KvMemory } else { Limit::Sequences }
    }

    /// The most that the replica carries at all, whatever the latencies: as many sequences as it may run, and prompts no faster
    /// than they are read.
    pub fn saturation(&self) -> Capacity {
        let most = self.most_sequences();
        let keeps_up = |state: &State| state.prefill_utilization() < MOST_UTILIZED;
        let end = self.state(most);
        if keeps_up(&end) {
            return Capacity { state: end, limit: self.limit_of_places() };
        }
        let (mut low, mut high) = (LEAST_CONCURRENCY.ln(), most.ln());
        while high - low > CLOSE {
            let middle = 0.5 * (low + high);
            if keeps_up(&self.state(middle.exp())) { low = middle } else { high = middle }
        }
        Capacity { state: self.state(low.exp()), limit: Limit::Prefill }
    }

    /// Whether the limits are kept at `requests_per_s` of one replica, which has at most the concurrency of `most` there.
    pub fn keeps(&self, requests_per_s: f64, most: &Capacity) -> bool {
        let state = self.at_load(requests_per_s, most);
        state.requests_per_s >= requests_per_s * (1.0 - 1e-6) && self.margin(&state).0 >= 1.0
    }

    /// By which factor the tightest limit is missed at `requests_per_s` of one replica; 1 at most where all are kept. `None`: more
    /// than it carries at all.
    pub fn miss(&self, requests_per_s: f64) -> Option<f64> {
        let saturation = self.saturation();
        (requests_per_s < saturation.state.requests_per_s)
            .then(|| 1.0 / self.margin(&self.at_load(requests_per_s, &saturation)).0)
    }

    /// Shares of requests whose time to first token, and whose time per output token, is within its limit, 0–1.
    pub(in crate::engine) fn within_limits(&self, state: &State) -> [f64; 2] {
        let d = self.demand;
        let share = |latency_s: &dyn Fn(Quantile) -> f64, limit_s: f64| {
            let late = |deviations: f64| latency_s(self.demand.at_deviations(deviations)) > limit_s;
            let (mut low, mut high) = (-FARTHEST, FARTHEST);
            if !late(high) {
                return 1.0;
            }
            while high - low > 1e-3 {
                let middle = 0.5 * (low + high);
                if late(middle) { high = middle } else { low = middle }
            }
            if late(low) { 0.0 } else { normal_share(low) }
        };
        [share(&|q| self.ttft_s(state, q), d.ttft_slo_s), share(&|q| self.tpot_s(state, q), d.tpot_slo_s)]
    }

    /// The steady state at a load below capacity, requests per second of one replica.
    pub fn at_load(&self, requests_per_s: f64, capacity: &Capacity) -> State {
        let mut high = capacity.state.concurrency;
        let mut low = 0.0;
        // Little's law as a fixed point from above; the bracket keeps it safe where it converges slowly.
        let mut b = high;
        for _ in 0..60 {
            let state = self.state(b);
            if state.requests_per_s >= requests_per_s {
                high = b;
            } else {
                low = b;
            }
            if (state.requests_per_s / requests_per_s - 1.0).abs() < 1e-6 {
                return state;
            }
            let next = b * requests_per_s / state.requests_per_s;
            b = if next > low && next < high { next } else { 0.5 * (low + high) };
        }
        self.state(high)
    }
}

/// Where the steps of the replica at the peak load are noted.
pub(in crate::engine) const AT_PEAK: &str = "serving.at_peak";

/// Utilization of the queue of prompts above which it does not settle.
const MOST_UTILIZED: f64 = 0.999;

/// Standard deviations beyond which no request is looked for.
const FARTHEST: f64 = 4.0;

/// Concurrency of a replica that is next to idle.
const LEAST_CONCURRENCY: f64 = 1e-4;

/// Logarithm of the first step away from a concurrency that is about right.
const FIRST_STEP: f64 = 0.05;

/// Steps of the search, at most.
const MOST_STEPS: usize = 40;

/// Distance, in logarithms, at which the search is done.
const CLOSE: f64 = 1e-4;

/// Logarithm beyond which margins are cut, so that one infinite latency does not stall the search.
const STEEPEST: f64 = 4.0;
