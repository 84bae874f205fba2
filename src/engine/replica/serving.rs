//! Continuous batching under open load: latencies at a given concurrency, and the largest load at which the
//! service levels hold.
//!
//! State is the mean number `b` of sequences that decode in one replica. In a second, `λ` requests bring
//! `λ` prompts and need `λ·output` tokens. A decode step takes `t(b)`; each prompt lengthens the steps it
//! shares by `added`. So `λ = b / (output·t(b) + b·added)` (Little's law for sequences in decode), and the
//! time per output token is `t(b) + b·added/output`. Where tokens are drafted, a step yields several.

use crate::engine::figures::{Number, Recorder, Silent, serving};
use crate::engine::math::crossing::{Crossing, crossing};
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
        self.spread_out(&self.means()(b))
    }

    /// Its means: what it is without its spread. Where nothing else is done, reading a prompt takes as long whatever the load.
    #[inline]
    fn means(&self) -> impl Fn(f64) -> State {
        let reads = (self.demand.role == Role::Prefill).then(|| self.reads());
        move |b| match &reads {
            Some(reads) => self.reading(b, reads),
            None => self.decoding(b),
        }
    }

    /// A state with its spread, which these means have.
    #[inline]
    fn spread_out(&self, means: &State) -> State {
        match self.demand.role {
            Role::Prefill => *means,
            Role::Mixed | Role::Decode => {
                let b = 1.1 * means.concurrency.max(1.0);
                let longer_step_s = self.replica.decode(b, self.demand.context_tokens).total_s();
                let state = State { longer_step_s, ..*means };
                State { spread: self.spread(&state, &mut Silent), ..state }
            }
        }
    }

    /// The means with `b` sequences in decode.
    #[inline]
    fn decoding(&self, b: f64) -> State {
        let d = self.demand;
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
        State {
            concurrency: b,
            requests_per_s,
            step,
            longer_step_s: 0.0,
            prefill: Prefill { added_s, ..prefill },
            prompts,
            spread: Spread::default(),
        }
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
    /// # Errors
    /// The weights and one sequence do not fit, it carries less than `least_requests_per_s`, or even the idle replica is too slow.
    pub fn capacity(&self, least_requests_per_s: f64) -> Result<Capacity, Unable> {
        if !self.room.fits(self.demand.full_tokens) {
            return Err(Unable::Memory);
        }
        let means = self.means();
        let most = self.most_sequences();
        if least_requests_per_s > 0.0 {
            if self.is_outdone(least_requests_per_s, most, &means) {
                return Err(Unable::Outdone);
            }
        } else {
            let idle = self.spread_out(&means(LEAST_CONCURRENCY));
            if self.margin(&idle).0 < 1.0 {
                return Err(self.slow(&idle));
            }
        }
        let about = self.about_most(&means(most), &means);
        self.capacity_from(about)
    }

    /// Whether it carries less than `least_requests_per_s` with up to `most` sequences.
    fn is_outdone(&self, least_requests_per_s: f64, most: f64, means: &impl Fn(f64) -> State) -> bool {
        // With so many it carries as much where mean times just keep their limit. If it does not, they are longer, and with
        // fewer it carries less. Where no token is waited for, that is any number; and where prompts are so rare that most answers
        // meet none, the mean says nothing of them.
        let d = self.demand;
        let at_the_limit = least_requests_per_s * d.output_tokens * d.tpot_slo_s;
        let at_the_limit = means(if at_the_limit > FREQUENT { at_the_limit.min(most) } else { most });
        if at_the_limit.requests_per_s < least_requests_per_s {
            return true;
        }
        let state = self.spread_out(&self.carrying(least_requests_per_s, 0.01, &at_the_limit, means));
        self.margin(&state).0 < 1.0
    }

    /// That it is too slow in `state`.
    fn slow(&self, state: &State) -> Unable {
        let slo = self.demand.slo;
        Unable::Slow { tpot_s: self.tpot_s(state, slo), ttft_s: self.ttft_s(state, slo) }
    }

    /// The largest load where it is about that of `near`, from there on.
    ///
    /// # Errors
    /// The weights and one sequence do not fit, or even the idle replica is too slow.
    pub fn capacity_near(&self, near: &Capacity) -> Result<Capacity, Unable> {
        if !self.room.fits(self.demand.full_tokens) {
            return Err(Unable::Memory);
        }
        self.capacity_from(near.state.concurrency)
    }

    /// The largest load, looked for from `concurrency` on.
    fn capacity_from(&self, concurrency: f64) -> Result<Capacity, Unable> {
        let means = self.means();
        let margin = |b: f64| {
            let state = self.spread_out(&means(b));
            let (margin, limit) = self.margin(&state);
            (margin.ln().clamp(-STEEPEST, STEEPEST), Capacity { state, limit })
        };
        let ends = [LEAST_CONCURRENCY, self.most_sequences()];
        let found = if self.demand.role == Role::Prefill {
            // A queue grows with what utilization leaves of one, so that this is looked for.
            let most = self.prompts_that_saturate();
            let odds = |b: f64| (b / (most - b).max(1e-9 * most)).ln();
            let ends = ends.map(odds);
            crossing(odds(concurrency), ends, |x| margin(most / (1.0 + (-x).exp())))
        } else {
            crossing(concurrency.ln(), ends.map(f64::ln), |x| margin(x.exp()))
        };
        match found {
            Crossing::Found(capacity) | Crossing::Above(capacity) => Ok(capacity),
            Crossing::Below(Capacity { state, .. }) => Err(self.slow(&state)),
        }
    }

    /// About its sequences at the largest load, where `full` has the most, by mean times alone: between an idle replica and a full one the time per output token is
    /// taken to grow by a power of the sequences.
    fn about_most(&self, full: &State, means: &impl Fn(f64) -> State) -> f64 {
        let d = self.demand;
        if d.role == Role::Prefill {
            let Prefill { latency_s, saturated_s, .. } = full.prefill;
            return 0.7 * latency_s / saturated_s;
        }
        let tpot = |state: &State| state.concurrency / (state.requests_per_s * d.output_tokens);
        let most = full.concurrency;
        if tpot(full) <= d.tpot_slo_s {
            return most;
        }
        let one = means(1.0);
        if tpot(&one) > d.tpot_slo_s {
            return LEAST_CONCURRENCY;
        }
        let grown = (d.tpot_slo_s / tpot(&one)).ln() / (tpot(full) / tpot(&one)).ln();
        most.powf(grown)
    }

    /// As many sequences as may run, whatever the latencies.
    fn most_sequences(&self) -> f64 {
        self.places().min(self.replica.batching.max_sequences).max(LEAST_CONCURRENCY)
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
        let means = self.means();
        let end = means(most);
        if keeps_up(&end) {
            return Capacity { state: self.spread_out(&end), limit: self.limit_of_places() };
        }
        let (mut low, mut high) = (LEAST_CONCURRENCY.ln(), most.ln());
        while high - low > CLOSE {
            let middle = 0.5 * (low + high);
            if keeps_up(&means(middle.exp())) { low = middle } else { high = middle }
        }
        Capacity { state: self.spread_out(&means(low.exp())), limit: Limit::Prefill }
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
        let means = self.means();
        self.spread_out(&self.carrying(requests_per_s, 1e-6, &means(capacity.state.concurrency), &means))
    }

    /// The means at which so many requests per second are carried, or a share `close` fewer, or those of `most` where that carries fewer.
    fn carrying(
        &self,
        requests_per_s: f64,
        close: f64,
        most: &State,
        means: &impl Fn(f64) -> State,
    ) -> State {
        let (mut low, mut high) = (0.0, most.concurrency);
        let off = |state: &State| (state.requests_per_s / requests_per_s).ln();
        let (mut before, mut state) = (None, *most);
        for _ in 0..60 {
            let (x, y) = (state.concurrency.ln(), off(&state));
            if y.abs() < 1e-6 || (y < 0.0 && y > -close) {
                return state;
            }
            if y > 0.0 {
                high = state.concurrency;
            } else {
                low = state.concurrency;
            }
            if low >= high {
                return state;
            }
            // Little's law, and then the slope between two states: a load grows by nearly a power of its sequences.
            let power = before.map_or(1.0, |(from, of)| (y - of) / (x - from));
            let next = (x - y / power).exp();
            before = Some((x, y));
            state = means(if next > low && next < high { next } else { 0.5 * (low + high) });
        }
        means(high)
    }
}

/// Where the steps of the replica at the peak load are noted.
pub(in crate::engine) const AT_PEAK: &str = "serving.at_peak";

/// Utilization of the queue of prompts above which it does not settle.
const MOST_UTILIZED: f64 = 0.999;

/// Standard deviations beyond which no request is looked for.
const FARTHEST: f64 = 4.0;

/// Prompts that come while an answer is written, mean, with which next to none meets none.
const FREQUENT: f64 = 4.0;

/// Concurrency of a replica that is next to idle.
const LEAST_CONCURRENCY: f64 = 1e-4;

/// Distance, in logarithms, at which saturation is found.
const CLOSE: f64 = 1e-4;

/// Logarithm beyond which margins are cut, so that one infinite latency does not stall the search.
const STEEPEST: f64 = 4.0;
