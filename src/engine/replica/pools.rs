//! Replicas that only read prompts and replicas that only write answers (DistServe: Zhong et al. 2024, arXiv 2401.09670;
//! Splitwise: Patel et al. 2024, arXiv 2311.18677; Mooncake: Qin et al. 2024, arXiv 2407.00079): what is asked of each, how
//! it runs, and the way of a prompt's KV cache from one to the other.
//!
//! A request waits for a prefill replica as in one that does both, its cache is sent whole once the prompt is read, and it waits
//! for the steps of its decode replica that are under way or planned; the next one makes its first token.

use super::batching::Looks;
use super::operating_point::Operating;
use super::prefill::{Decoding, Prefill, Prompt};
use super::prompts::Prompts;
use super::roofline::Replica;
use super::serving::{Demand, Quantile, Service, State};
use super::step::{Activity, Bound, StepTime};
use super::tails::Spread;
use crate::engine::figures::{
    EndToEnd, Number, OperatingPoint, Percentiles, Recorder, Silent, Trust, operating_point, reading, same,
};
use crate::engine::math::normal::normal_quantile;

/// What a replica does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// It reads prompts and writes answers.
    Mixed,
    /// It only reads prompts.
    Prefill,
    /// It only writes answers.
    Decode,
}

/// How the prompts of a load are read where nothing decodes.
#[derive(Clone, Copy, Debug)]
pub(super) struct Reads {
    /// One of mean length.
    prompt: Prompt,
    /// Time of all lengths, mean, over that of the mean length: attention takes a long prompt more than its share.
    mean: f64,
    /// Squared coefficient of variation of the times.
    scv: f64,
}

impl Role {
    /// All of them, and those of pools.
    pub const ALL: [Self; 3] = [Self::Mixed, Self::Prefill, Self::Decode];
    pub const POOLS: [Self; 2] = [Self::Prefill, Self::Decode];
}

impl Demand {
    /// What is asked of a replica that only reads prompts, where `handover_s` pass between their end and the first token.
    pub fn reading(&self, handover_s: f64) -> Self {
        Self {
            role: Role::Prefill,
            output_tokens: 1.0,
            context_tokens: self.input_tokens,
            full_tokens: self.input_tokens + 1.0,
            // No time at all is no limit that one could be within.
            ttft_slo_s: (self.ttft_slo_s - handover_s).max(1e-9),
            tpot_slo_s: f64::INFINITY,
            ..*self
        }
    }

    /// What is asked of a replica that only writes answers.
    pub fn writing(&self) -> Self {
        Self { role: Role::Decode, ttft_slo_s: f64::INFINITY, ..*self }
    }

    /// Seconds from the end of a prompt to the first token, at most: the way of its cache, what is left of the decode steps under
    /// way and planned, and one such step, each as long as the time per output token allows.
    pub fn longest_handover_s(&self, transfer_s: f64, looks: Looks, tokens_per_step: f64) -> f64 {
        let steps = 1.0 + looks.steps_at(self.slo.share);
        transfer_s + steps * self.tpot_slo_s * tokens_per_step
    }
}

impl Replica {
    /// The same where it only reads prompts: nothing is drafted, and no decode step is waited for.
    pub fn reading(mut self) -> Self {
        self.batching = self.batching.reading_only();
        self.tokens_per_step = 1.0;
        self
    }

    /// The same where it only writes answers.
    pub fn writing(mut self) -> Self {
        self.batching = self.batching.writing_only();
        self
    }

    /// Accelerators that hold the cache of one prompt: those of one copy of attention.
    pub fn holders(&self) -> f64 {
        f64::from(self.degrees.tp) * f64::from(self.degrees.pp)
    }
}

impl Service<'_> {
    /// The steady state of a replica that only reads prompts, `b` of which it reads at once, mean.
    #[inline]
    pub(super) fn reading(&self, b: f64, Reads { prompt, mean, scv }: &Reads) -> State {
        let prefill = self.longest(prompt.among(b / prompt.all.steps), *mean, *scv);
        let requests_per_s = b / prefill.latency_s;
        let mut prompts = self.no_prompts();
        (prompts.lengths, prompts.scv) = (*mean, *scv);
        // As a Poisson count in the normal approximation, wider for bursts by the mean of the two variances.
        let variance = 0.5 * b * (1.0 + self.burstiness(&mut Silent).value);
        State {
            concurrency: b,
            requests_per_s,
            step: StepTime::default(),
            longer_step_s: 0.0,
            prefill,
            prompts,
            spread: Spread::of_sequences(variance),
        }
    }

    /// Reading prompts beside which nothing decodes.
    pub(super) fn reads(&self) -> Reads {
        let d = self.demand;
        let prompt = self.replica.prompt(d.input_tokens, d.cached_tokens, Decoding::default());
        if d.length_cv <= 0.0 {
            return Reads { prompt, mean: 1.0, scv: 0.0 };
        }
        let fresh = (d.input_tokens - d.cached_tokens).max(1.0);
        let (mut mean, mut square) = (0.0, 0.0);
        for (factor, weight) in d.lengths.points {
            let (fresh, cached) = ((fresh * factor).max(1.0), d.cached_tokens * factor);
            let read = self.replica.chunked(fresh, cached, Decoding::default(), prompt.copies);
            let times = read.with_s / prompt.all.latency_s;
            mean += weight * times;
            square += weight * times * times;
        }
        // No less than lengths do: what a step takes at least is shared by the prompts in it.
        Reads { prompt, mean, scv: (square / (mean * mean) - 1.0).max(d.length_cv * d.length_cv) }
    }

    /// Prompts that are read at once, mean, where they come as fast as they are read.
    pub(super) fn prompts_that_saturate(&self) -> f64 {
        let Reads { prompt, mean, scv } = self.reads();
        let full = self.longest(prompt.all, mean, scv);
        full.latency_s / full.saturated_s
    }

    /// The limit on each latency over it; infinite where there is none.
    #[inline]
    pub(super) fn ttft_margin(&self, state: &State) -> f64 {
        let d = self.demand;
        if d.ttft_slo_s.is_finite() { d.ttft_slo_s / self.ttft_s(state, d.slo) } else { f64::INFINITY }
    }

    #[inline]
    pub(super) fn tpot_margin(&self, state: &State) -> f64 {
        let d = self.demand;
        if d.tpot_slo_s.is_finite() { d.tpot_slo_s / self.tpot_s(state, d.slo) } else { f64::INFINITY }
    }

    /// The longest of the prompts that the copies of attention read side by side: all of them wait for it, by as much as the largest
    /// of so many normal deviates lies above the mean (Blom 1958), less where several prompts make up a step.
    #[inline]
    fn longest(&self, prefill: Prefill, mean: f64, scv: f64) -> Prefill {
        let steps_with_s = mean * self.longest_over_mean(&prefill, scv) * prefill.steps_with_s;
        let full_added_s = mean * prefill.full_added_s;
        let added_s = full_added_s + (steps_with_s / prefill.side_by_side - full_added_s) / prefill.prompts;
        let saturated_s = mean * prefill.saturated_s;
        Prefill { latency_s: steps_with_s, steps_with_s, added_s, full_added_s, saturated_s, ..prefill }
    }

    #[inline]
    fn longest_over_mean(&self, prefill: &Prefill, scv: f64) -> f64 {
        let copies = prefill.side_by_side / f64::from(self.replica.degrees.pp);
        if copies <= 1.0 || scv == 0.0 {
            return 1.0;
        }
        let largest = normal_quantile((copies - 0.375) / (copies + 0.25));
        1.0 + largest * (scv / prefill.prompts).sqrt()
    }

    /// The means of a replica that only writes answers, `b` at once, mean, in steps like `step`.
    #[inline]
    pub(super) fn writing(&self, b: f64, step: StepTime) -> State {
        let steps = self.demand.output_tokens / self.replica.tokens_per_step;
        State {
            concurrency: b,
            requests_per_s: b / (steps * step.total_s()),
            step,
            longer_step_s: 0.0,
            prefill: NO_PROMPT,
            prompts: self.no_prompts(),
            spread: Spread::default(),
        }
    }

    /// That no prompt is read beside what decodes.
    #[inline]
    fn no_prompts(&self) -> Prompts {
        let degrees = self.replica.degrees;
        Prompts::none(f64::from(degrees.attention_dp), f64::from(degrees.pp))
    }
}

impl Service<'_> {
    /// Largest load of a replica that only reads prompts, requests per second.
    pub(super) fn reading_capacity(&self, state: &State, recorder: &mut impl Recorder) -> Number<'static> {
        let prompt = reading::prompt_s(recorder, self.replica.time(state.prefill.steps_with_s));
        let prompts = Number::model(state.concurrency, Trust::of_evidence(self.replica.reliance.evidence));
        reading::capacity_requests_per_s(recorder, prompts, prompt)
    }

    /// Time until a prompt is read at quantile `q`, seconds; infinite when they arrive faster than they are read.
    #[inline]
    pub(super) fn reading_ttft(
        &self,
        state: &State,
        q: Quantile,
        field: &'static str,
        recorder: &mut impl Recorder,
    ) -> Number<'static> {
        let (replica, prefill) = (self.replica, &state.prefill);
        let times_vary = replica.time(state.prompts.scv.sqrt());
        let queued = replica.time(prefill.saturated_s);
        let load = replica.time(state.requests_per_s);
        let utilization = reading::prompt_utilization(&mut recorder.within(READING_AT_PEAK), load, queued);
        if utilization.value >= 1.0 {
            // However regular arrivals and lengths are: an infinite wait must not meet a variability of zero.
            return Number::exact(f64::INFINITY);
        }
        let percentile = Number::input("slo.percentile", q.share);
        let burstiness = self.burstiness(&mut recorder.within(READING_AT_PEAK));
        let wait = reading::wait_s(
            &mut recorder.at("reading.wait_s", field),
            utilization,
            percentile,
            queued,
            Number::derived(f64::from(replica.degrees.attention_dp)),
            Number::derived(self.longest_over_mean(prefill, state.prompts.scv)),
            burstiness,
            times_vary,
        );
        let own_prompt = Number::made(READING_AT_PEAK, "prompt_s", prefill.latency_s);
        let longer = reading::longer_prompt_s(
            &mut recorder.at("reading.longer_prompt_s", field),
            Number::exact(q.z),
            times_vary,
            own_prompt,
        );
        reading::ttft_s(
            &mut recorder.at("operating_point.ttft_s", field),
            replica.ttft_number(),
            replica.time(replica.request_overhead_s),
            percentile,
            replica.time(replica.batching.admission_steps),
            Number::made("operating_point", "concurrency", state.concurrency),
            Number::made(READING_AT_PEAK, "prompt_adds_s", prefill.added_s),
            own_prompt,
            wait,
            longer,
        )
    }

    /// A pool that only reads prompts at the peak: `state` is that of one of its replicas.
    pub(super) fn reading_point<'a>(
        &self,
        state: &State,
        load: Number<'a>,
        replicas: Number<'a>,
        capacity: Number<'a>,
        recorder: &mut impl Recorder,
    ) -> Operating<'a> {
        let evidence = self.replica.reliance.evidence;
        let load = same(recorder, "operating_point", "requests_per_s", load);
        let (prefill, time) = (&state.prefill, |s: f64| self.replica.time(s));
        let at_peak = &mut recorder.within(READING_AT_PEAK);
        reading::prompt_adds_s(
            at_peak,
            time(prefill.steps_with_s),
            time(prefill.side_by_side),
            time(prefill.full_added_s),
            time(prefill.prompts),
        );
        let prompt = reading::prompt_s(at_peak, time(prefill.steps_with_s));
        let each = self.replica.time(state.requests_per_s);
        let concurrency = operating_point::reading_concurrency(recorder, each, prompt);
        let utilization = operating_point::utilization(recorder, load, capacity, replicas);
        let [slo_attainment, _] = self.within_limits(state);
        let point = OperatingPoint {
            concurrency: concurrency.value,
            requests_per_s: load.value,
            output_tokens_per_s: 0.0,
            utilization: utilization.value,
            slo_attainment,
            evidence,
            ttft_s: self.ttft_percentiles(state, recorder),
            tpot_s: Percentiles::default(),
            e2e_s: EndToEnd::default(),
        };
        Operating { point, load, output_tokens_per_s: Number::exact(0.0), utilization }
    }
}

/// Where the steps of a replica that only reads prompts are noted at the peak load.
const READING_AT_PEAK: &str = "reading.at_peak";

/// Reading where there is nothing to read.
const NO_PROMPT: Prefill = Prefill {
    latency_s: 0.0,
    added_s: 0.0,
    full_added_s: 0.0,
    prompts: 1.0,
    side_by_side: 1.0,
    steps: 0.0,
    steps_with_s: 0.0,
    steps_without_s: 0.0,
    saturated_s: 0.0,
    full_s: 0.0,
    full_prompts: 0.0,
    bound: Bound::Overhead,
    busy: Activity { weights: 0.0, kv: 0.0, arithmetic: 0.0 },
};
