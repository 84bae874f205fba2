//! Latencies at each percentile: how far chance takes the steps of a replica from their mean.
//!
//! Time is counted in steps. What comes during a step lengthens the next, in which then more comes: arrivals branch, and
//! their variance over an answer is that of a generalised Poisson number (Borel and Tanner; Consul and Famoye 2006). More sequences lengthen all
//! steps while they stay, which brings more of them (a self-exciting process: Hawkes 1971).

use super::pools::Role;
use super::serving::{AT_PEAK, Demand, Quantile, Service, State};
use crate::engine::figures::arithmetic::busy_share;
use crate::engine::figures::{Number, Recorder, Silent, Trust, serving};

/// Spread of the latencies of a replica in a steady state.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Spread {
    /// Of the sequences that decode.
    pub variance: f64,
    /// One step with its share of prompts, and what half of the requests meet beyond it, seconds.
    mean_step_s: f64,
    shift_s: f64,
    /// Deviations of steps over an answer, seconds, and how far they lean.
    by_prompts_s: f64,
    by_sequences_s: f64,
    shape: f64,
    /// By how much a step grows with its sequences.
    elasticity: f64,
    /// Of the time to first token, seconds; infinite where prompts come faster than they are read.
    ttft_mean_s: f64,
    ttft_deviation_s: f64,
    ttft_skewness: f64,
    /// Reading the own prompt, mean and deviation, seconds.
    own_prompt_s: f64,
    own_deviation_s: f64,
}

impl Spread {
    /// Of sequences alone, whose number has this variance.
    pub(super) fn of_sequences(variance: f64) -> Self {
        Self { variance, ..Self::default() }
    }
}

impl Service<'_> {
    /// Squared coefficient of variation of the times between requests to one replica.
    #[inline]
    pub(super) fn burstiness(&self, recorder: &mut impl Recorder) -> Number<'static> {
        let d = self.demand;
        let replicas = Number::made("layout", "replicas", d.replicas);
        serving::burstiness(recorder, Number::input("workload.arrival_cv", d.arrival_scv), replicas)
    }

    /// The spread in `state`, and how it is made.
    #[inline]
    pub(super) fn spread(&self, state: &State, recorder: &mut impl Recorder) -> Spread {
        let (d, replica, prompts) = (self.demand, self.replica, &state.prompts);
        let recorder = &mut recorder.within(AT_PEAK);
        let model = |value: f64| replica.time(value);
        let steps = Number::exact(d.output_tokens / replica.tokens_per_step);
        let burstiness = self.burstiness(recorder);
        let lengths = Number::input("workload.length_cv", d.length_cv);
        let scv = model(prompts.scv);
        // Groups of sequences in pipeline stages are by themselves.
        let trust = Trust::of_evidence(replica.reliance.evidence);
        let concurrency = Number::made("operating_point", "concurrency", state.concurrency);
        let in_flight = of_a_lane(concurrency, 1.0 / prompts.stages, trust);
        let load = model(state.requests_per_s);
        let decode_step = Number::made(AT_PEAK, "decode_step_s", state.step.total_s());
        let adds = Number::made(AT_PEAK, "prompt_adds_s", state.prefill.added_s);
        let mean_step = serving::mean_step_s(
            recorder,
            decode_step,
            concurrency,
            adds,
            Number::exact(replica.tokens_per_step),
            Number::input("workload.output_tokens", d.output_tokens),
        );
        let first = Number::made(AT_PEAK, "prompt_alone_adds_s", prompts.first_s);
        let [second, further] = [prompts.second_s, prompts.further_s].map(model);
        let [chance_first, chance_second] = prompts.chances().map(Number::exact);
        let next = serving::next_prompt_adds_s(recorder, first, second, further, chance_first, chance_second);
        let feedback = serving::prompt_feedback(recorder, load, next);
        let elasticity = serving::step_elasticity(recorder, decode_step, model(state.longer_step_s));
        let next = of_a_lane(next, prompts.stages, trust);
        let variance = serving::sequences_variance(
            recorder,
            in_flight,
            burstiness,
            feedback,
            scv,
            Number::exact(d.overlap),
            elasticity,
        );
        let alone = (-prompts.arrivals * prompts.lanes / prompts.stages).exp();
        let by_prompts = serving::prompts_deviation_s(
            recorder,
            next,
            steps,
            in_flight,
            Number::exact(1.0 + (prompts.copies_reading - 1.0) * alone),
            burstiness,
            scv,
            feedback,
        );
        let per_sequence = serving::step_per_sequence_s(recorder, elasticity, mean_step, in_flight);
        let by_sequences = serving::sequences_deviation_s(
            recorder,
            per_sequence,
            variance,
            elasticity,
            next,
            steps,
            in_flight,
            burstiness,
            feedback,
            scv,
        );
        let shift = serving::step_shift_s(
            recorder,
            next,
            steps,
            burstiness,
            feedback,
            scv,
            per_sequence,
            variance,
            in_flight,
        );
        let shape = serving::step_shape(recorder, burstiness, scv, feedback, in_flight);
        let mut spread = Spread {
            variance: variance.value * prompts.stages,
            mean_step_s: mean_step.value,
            shift_s: shift.value,
            by_prompts_s: by_prompts.value,
            by_sequences_s: by_sequences.value,
            shape: shape.value,
            elasticity: elasticity.value,
            ttft_mean_s: f64::INFINITY,
            ..Spread::default()
        };

        if d.role == Role::Decode {
            return spread;
        }
        let queued = model(state.prefill.saturated_s);
        let utilization = serving::prompt_utilization(recorder, load, queued);
        let of_a_step = state.requests_per_s * mean_step.value / prompts.lanes;
        if utilization.value >= 1.0 || of_a_step >= prompts.most_prompts {
            return spread;
        }
        let looks = replica.batching.looks();
        let [looks, planned] = [looks.between, looks.ahead].map(Number::exact);
        let load = of_a_lane(load, 1.0 / prompts.lanes, trust);
        let next = of_a_lane(next, prompts.copies_reading, trust);
        let deviation = serving::look_deviation_s(
            recorder,
            looks,
            mean_step,
            load,
            next,
            burstiness,
            scv,
            feedback,
            per_sequence,
            variance,
        );
        let busy = Number::exact(busy_share(state.concurrency));
        let found =
            serving::look_found_s(recorder, looks, mean_step, deviation, busy, burstiness, load, next);
        let ahead = serving::ahead_s(recorder, planned, mean_step, busy);
        let ahead_deviation = serving::ahead_deviation_s(recorder, deviation, planned, looks);
        let deviation =
            serving::found_deviation_s(recorder, deviation, looks, mean_step, next, burstiness, scv);
        let neighbours = serving::neighbours(recorder, load, found, burstiness);
        let side_by_side = prompts.copies_reading * prompts.stages;
        let neighbour_adds = serving::neighbour_adds_s(
            recorder,
            second.scaled(side_by_side),
            further.scaled(side_by_side),
            neighbours,
        );
        let place = serving::place_wait_s(
            recorder,
            model(of_a_step),
            model(prompts.most_prompts),
            mean_step,
            burstiness,
            lengths,
        );
        let longer = prompts.latency_s / state.prefill.latency_s;
        let own = serving::prompt_s(recorder, model(state.prefill.steps_with_s), model(longer));
        let own_deviation = model(prompts.latency_variance.sqrt());
        let overhead = model(replica.request_overhead_s);
        let mean =
            serving::ttft_mean_s(recorder, overhead, own, found, ahead, neighbours, neighbour_adds, place);
        let ttft_deviation = serving::ttft_deviation_s(
            recorder,
            own_deviation,
            found,
            deviation,
            ahead_deviation,
            feedback,
            neighbours,
            neighbour_adds,
            burstiness,
            scv,
            place,
        );
        let skewness = serving::ttft_skewness(
            recorder,
            ttft_deviation,
            Number::exact((d.length_cv * (3.0 + d.length_cv * d.length_cv)).min(MOST_SKEWED)),
            own_deviation,
            found,
            deviation,
            ahead_deviation,
            feedback,
            neighbours,
            neighbour_adds,
            burstiness,
            scv,
            place,
        );
        spread.ttft_mean_s = mean.value;
        spread.ttft_deviation_s = ttft_deviation.value;
        spread.ttft_skewness = skewness.value;
        spread.own_prompt_s = own.value;
        spread.own_deviation_s = own_deviation.value;
        spread
    }

    /// Sequences in decode that are exceeded with probability `1 − q`.
    #[inline]
    pub(super) fn sequences_at(&self, state: &State, q: Quantile) -> f64 {
        let [mean, deviations, variance] =
            [state.concurrency, q.deviations(), state.spread.variance].map(Number::exact);
        serving::sequences(&mut Silent, mean, deviations, variance).value
    }

    /// Time per output token at quantile `q`, seconds; its steps are noted under `field`.
    #[inline]
    pub(super) fn tpot(
        &self,
        state: &State,
        q: Quantile,
        field: &'static str,
        recorder: &mut impl Recorder,
    ) -> Number<'static> {
        let s = &state.spread;
        let deviations = Number::exact(q.deviations());
        let made = |field, value| Number::made(AT_PEAK, field, value);
        serving::tpot_s(
            &mut recorder.at("operating_point.tpot_s", field),
            made("mean_step_s", s.mean_step_s),
            made("step_shift_s", s.shift_s),
            made("prompts_deviation_s", s.by_prompts_s),
            Number::made("serving.short_answers", field, q.of_short_answers),
            made("sequences_deviation_s", s.by_sequences_s),
            deviations,
            made("step_shape", s.shape),
            made("decode_step_s", state.step.total_s()),
            made("step_elasticity", s.elasticity),
            Number::exact(self.replica.tokens_per_step),
        )
    }

    /// Time per output token at quantile `q`, seconds.
    #[inline]
    pub fn tpot_s(&self, state: &State, q: Quantile) -> f64 {
        self.tpot(state, q, "at_slo", &mut Silent).value
    }

    /// Time to first token at quantile `q`, seconds; infinite when prompts arrive faster than they are read.
    #[inline]
    pub(super) fn ttft(
        &self,
        state: &State,
        q: Quantile,
        field: &'static str,
        recorder: &mut impl Recorder,
    ) -> Number<'static> {
        if self.demand.role == Role::Prefill {
            return self.reading_ttft(state, q, field, recorder);
        }
        let s = &state.spread;
        if !s.ttft_mean_s.is_finite() {
            return Number::exact(f64::INFINITY);
        }
        let deviations = Number::exact(q.deviations());
        let looks = self.replica.batching.looks();
        let [between, ahead] = [looks.between, looks.ahead].map(Number::exact);
        let alone = serving::ttft_alone_s(
            &mut recorder.at("serving.ttft_alone_s", field),
            self.replica.time(self.replica.request_overhead_s),
            Number::made(AT_PEAK, "prompt_s", s.own_prompt_s),
            self.replica.time(s.own_deviation_s),
            deviations,
            Number::exact(busy_share(state.concurrency)),
            between,
            ahead,
            Number::made(AT_PEAK, "decode_step_s", state.step.total_s()),
        );
        serving::ttft_s(
            &mut recorder.at("operating_point.ttft_s", field),
            self.replica.ttft_number(),
            Number::made(AT_PEAK, "ttft_mean_s", s.ttft_mean_s),
            Number::made(AT_PEAK, "ttft_deviation_s", s.ttft_deviation_s),
            deviations,
            Number::made(AT_PEAK, "ttft_skewness", s.ttft_skewness),
            alone,
        )
    }

    /// Time to first token at quantile `q`, seconds.
    #[inline]
    pub fn ttft_s(&self, state: &State, q: Quantile) -> f64 {
        self.ttft(state, q, "at_slo", &mut Silent).value
    }
}

/// A number of the replica as that of one of its copies or stages, which no step shows where there are several.
#[inline]
fn of_a_lane(number: Number<'_>, factor: f64, trust: Trust) -> Number<'_> {
    if factor == 1.0 { number } else { Number::model(number.value * factor, trust) }
}

impl Demand {
    /// The quantile below which `share` (0–1) lies.
    pub fn quantile(&self, share: f64) -> Quantile {
        self.at_deviations(Quantile::new(share).deviations())
    }

    /// The quantile below which `share` (0–1) lies; its step is noted under `field`.
    pub(super) fn quantile_noted(
        &self,
        share: f64,
        field: &'static str,
        recorder: &mut impl Recorder,
    ) -> Quantile {
        let q = Quantile::new(share);
        let lengths = Number::input("workload.length_cv", self.length_cv);
        let of_short_answers = serving::short_answers(
            &mut recorder.at("serving.short_answers", field),
            Number::exact(q.deviations()),
            lengths,
        );
        Quantile { of_short_answers: of_short_answers.value, ..q }
    }

    /// The quantile that lies so many standard deviations above the mean of a normal distribution.
    pub fn at_deviations(&self, deviations: f64) -> Quantile {
        let lengths = Number::exact(self.length_cv);
        let of_short_answers = serving::short_answers(&mut Silent, Number::exact(deviations), lengths).value;
        Quantile { of_short_answers, ..Quantile::at(deviations) }
    }
}

/// Skewness of lengths beyond which their distribution is cut: by a model's context and the memory.
const MOST_SKEWED: f64 = 4.0;
