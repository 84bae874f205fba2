//! The replica at a load, as latencies at each percentile; and the steps that made them.

use super::end_to_end::end_to_end;
use super::pools::Role;
use super::prompts::Prompts;
use super::serving::{AT_PEAK, Capacity, Service, State};
use crate::engine::figures::{
    EndToEnd, Number, OperatingPoint, Origin, Percentiles, Recorder, Trust, operating_point, percentiles,
    same, serving,
};

/// Percentiles in a plan beside that of the SLO.
const PERCENTILES: [(&str, f64); 4] = [("p50", 0.5), ("p90", 0.9), ("p95", 0.95), ("p99", 0.99)];

/// The operating point with the origins that what follows needs.
#[derive(Clone, Copy)]
pub struct Operating<'a> {
    pub point: OperatingPoint,
    pub load: Number<'a>,
    pub output_tokens_per_s: Number<'a>,
    pub utilization: Number<'a>,
}

impl Service<'_> {
    /// Largest load of one replica within the SLO, requests per second, and how it was made, noted under `section`.
    pub fn capacity_number(
        &self,
        capacity: &Capacity,
        section: &'static str,
        recorder: &mut impl Recorder,
    ) -> Number<'static> {
        let recorder = &mut recorder.within(section);
        if self.demand.role == Role::Prefill {
            return self.reading_capacity(&capacity.state, recorder);
        }
        let State { concurrency, step, .. } = capacity.state;
        let step = self.step_time(&step, recorder);
        self.prompt_alone_adds(&capacity.state, recorder);
        let adds = self.prompt_adds(&capacity.state.prompts, section, recorder);
        serving::capacity_requests_per_s(
            recorder,
            Number::model(concurrency, Trust::of_evidence(self.replica.reliance.evidence)),
            Number::input("workload.output_tokens", self.demand.output_tokens),
            Number::exact(self.replica.tokens_per_step),
            step,
            adds,
        )
    }

    /// Time that one prompt adds to the steps it shares.
    #[inline]
    pub(super) fn prompt_adds(
        &self,
        prompts: &Prompts,
        section: &'static str,
        recorder: &mut impl Recorder,
    ) -> Number<'static> {
        let model = |s: f64| self.replica.time(s);
        let [first, second] = prompts.shares();
        serving::prompt_adds_s(
            recorder,
            Number::made(section, "prompt_alone_adds_s", prompts.first_s),
            model(prompts.second_s),
            model(prompts.further_s),
            model(first),
            model(second),
        )
    }

    /// Time that a prompt adds to steps that it has to itself.
    fn prompt_alone_adds(&self, state: &State, recorder: &mut impl Recorder) {
        let (prefill, model) = (&state.prefill, |s: f64| self.replica.time(s));
        serving::prompt_alone_adds_s(
            recorder,
            model(prefill.steps_with_s),
            model(prefill.steps_without_s),
            model(prefill.side_by_side),
            model(state.prompts.lengths),
        );
    }

    /// The fleet at the peak: `state` is that of one of its replicas.
    pub fn operating_point<'a>(
        &self,
        state: &State,
        load: Number<'a>,
        replicas: Number<'a>,
        capacity: Number<'a>,
        recorder: &mut impl Recorder,
    ) -> Operating<'a> {
        let evidence = self.replica.reliance.evidence;
        let model = |s: f64| self.replica.time(s);
        if self.demand.role == Role::Prefill {
            return self.reading_point(state, load, replicas, capacity, recorder);
        }
        let load = same(recorder, "operating_point", "requests_per_s", load);
        let step = self.step_time(&state.step, &mut recorder.within(AT_PEAK));
        self.prompt_alone_adds(state, &mut recorder.within(AT_PEAK));
        let adds = self.prompt_adds(&state.prompts, AT_PEAK, &mut recorder.within(AT_PEAK));
        let output = Number::input("workload.output_tokens", self.demand.output_tokens);
        operating_point::concurrency(
            &mut recorder.found(state.concurrency),
            model(state.requests_per_s),
            output,
            Number::exact(self.replica.tokens_per_step),
            step,
            adds,
        );
        self.spread(state, recorder);
        let output_tokens_per_s = operating_point::output_tokens_per_s(recorder, load, output);
        let utilization = operating_point::utilization(recorder, load, capacity, replicas);
        let [first, other] =
            self.within_limits(state).map(|share| Number::model(share, Trust::of_evidence(evidence)));
        let slo_attainment = operating_point::slo_attainment(recorder, first, other).value;
        let ttft_s = match self.demand.role {
            // Of a pool that only writes answers it is that of both.
            Role::Decode => Percentiles::default(),
            _ => self.ttft_percentiles(state, recorder),
        };
        let tpot_s = self.tpot_percentiles(state, recorder);
        let e2e_s = match self.demand.role {
            Role::Decode => EndToEnd::default(),
            _ => end_to_end(self.demand, &ttft_s, &tpot_s, recorder),
        };
        let point = OperatingPoint {
            concurrency: state.concurrency,
            requests_per_s: load.value,
            output_tokens_per_s: output_tokens_per_s.value,
            utilization: utilization.value,
            slo_attainment,
            evidence,
            ttft_s,
            tpot_s,
            e2e_s,
        };
        Operating { point, load, output_tokens_per_s, utilization }
    }

    pub(super) fn ttft_percentiles(&self, state: &State, recorder: &mut impl Recorder) -> Percentiles {
        let [p50, p90, p95, p99] = PERCENTILES.map(|(field, share)| {
            self.ttft(state, self.demand.quantile_noted(share, field, recorder), field, recorder).value
        });
        let slo = self.demand.quantile_noted(self.demand.slo.share, "at_slo", recorder);
        let at_slo = self.ttft(state, slo, "at_slo", recorder);
        let factor = self.replica.reliance.ttft_factor;
        let [at_slo_low, at_slo_high] = self.band(at_slo, factor, "operating_point.ttft_s", recorder);
        Percentiles { p50, p90, p95, p99, at_slo: at_slo.value, at_slo_low, at_slo_high }
    }

    fn tpot_percentiles(&self, state: &State, recorder: &mut impl Recorder) -> Percentiles {
        let [p50, p90, p95, p99] = PERCENTILES.map(|(field, share)| {
            self.tpot(state, self.demand.quantile_noted(share, field, recorder), field, recorder).value
        });
        let slo = self.demand.quantile_noted(self.demand.slo.share, "at_slo", recorder);
        let at_slo = self.tpot(state, slo, "at_slo", recorder);
        let factor = self.replica.reliance.tpot_factor;
        let [at_slo_low, at_slo_high] = self.band(at_slo, factor, "operating_point.tpot_s", recorder);
        Percentiles { p50, p90, p95, p99, at_slo: at_slo.value, at_slo_low, at_slo_high }
    }

    /// Both ends of the band around a time.
    fn band(
        &self,
        time: Number<'_>,
        factor: f64,
        section: &'static str,
        recorder: &mut impl Recorder,
    ) -> [f64; 2] {
        let factor = Number { value: factor, origin: Origin::Band(self.replica.reliance.evidence) };
        let recorder = &mut recorder.within(section);
        let low = percentiles::at_slo_low(recorder, time, factor);
        [low.value, percentiles::at_slo_high(recorder, time, factor).value]
    }
}
