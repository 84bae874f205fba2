//! What a fleet is as a whole: its only kind of replicas, or two pools together.

use super::assemble::tighter;
use super::crew::{Crew, part};
use super::result::Pools;
use super::search::{Hardware, Sizer};
use crate::engine::figures::{
    Availability, Balance, Entry, Layout, Number, OperatingPoint, Origin, Path, Percentiles, Pool, Recorder,
    Together, Trust, availability as figures, balance, operating_point, percentiles, pool as figures_of_pool,
    same, together,
};
use crate::engine::fleet::availability::availability;
use crate::engine::fleet::order::Furnished;
use crate::engine::fleet::replicas::usable;
use crate::engine::fleet::sharing::Sharing;
use crate::engine::replica::batching::Looks;
use crate::engine::replica::end_to_end::end_to_end;
use crate::engine::replica::operating_point::Operating;
use crate::engine::replica::pools::Role;
use crate::engine::replica::serving::{AT_PEAK, Limit, Service};
use crate::scenario::Scenario;

/// A fleet as a whole.
pub(super) struct Joint<'a> {
    pub accelerators: Number<'a>,
    pub operating: Operating<'a>,
    pub limit: Limit,
    pub sharing: Sharing,
    /// Time in which the KV cache of a prompt goes from one pool to the other, seconds; `None`: there are no pools.
    pub kv_transfer_s: Option<f64>,
}

impl<'a> Joint<'a> {
    /// A fleet of one kind of replicas.
    pub fn of(crew: &Crew<'_, 'a>) -> Self {
        Self {
            accelerators: crew.fleet().accelerators,
            operating: crew.operating,
            limit: crew.limit,
            sharing: crew.sharing,
            kv_transfer_s: None,
        }
    }
}

/// Takes the numbers of a section of the decode pool over as those of the fleet.
fn take_over(
    recorder: &mut impl Recorder,
    section: &'static str,
    entries: impl FnOnce(&mut dyn FnMut(&'static str, Entry)),
) {
    let from = part(Role::Decode);
    entries(&mut |field, entry| {
        if let Entry::Number(value) = entry {
            let origin = Origin::Step(Path { part: from, ..Path::new(section, field) });
            same(recorder, section, field, Number { value, origin });
        }
    });
}

impl<'a> Sizer<'a> {
    /// Two pools together.
    pub(super) fn joint(
        &self,
        hardware: &Hardware<'a>,
        [prefill, decode]: [&Crew<'_, 'a>; 2],
        recorder: &mut impl Recorder,
    ) -> Joint<'a> {
        let r = recorder;
        let accelerators =
            together::accelerators(r, prefill.fleet().accelerators, decode.fleet().accelerators);
        let transfer = self.kv_transfer(hardware, [prefill, decode], accelerators, r);
        take_over(r, "memory", |visit| decode.memory.entries(visit));
        take_over(r, "launch", |visit| decode.launch.entries(visit));
        let tighter = tighter(prefill, decode);
        Joint {
            accelerators,
            operating: self.pooled_operating([prefill, decode], transfer, r),
            limit: tighter.limit,
            sharing: tighter.sharing,
            kv_transfer_s: Some(transfer.value),
        }
    }

    /// Time in which the cache of a prompt goes from one pool to the other, seconds.
    fn kv_transfer(
        &self,
        hardware: &Hardware<'a>,
        [prefill, decode]: [&Crew<'_, 'a>; 2],
        accelerators: Number<'a>,
        r: &mut impl Recorder,
    ) -> Number<'static> {
        let bytes = Number::derived(self.prompt_kv_bytes(&prefill.room));
        let holders =
            Number::model(prefill.replica.holders().min(decode.replica.holders()), Trust::Calibrated);
        let a = hardware.accelerator;
        if accelerators.value <= a.scale_up.domain.value() {
            together::kv_transfer_inside_s(r, bytes, holders, (&a.scale_up.bytes_per_s).into())
        } else {
            let over = Number::input("facility.oversubscription", self.scenario.facility.oversubscription);
            together::kv_transfer_s(r, bytes, holders, (&a.nic_bytes_per_s).into(), over)
        }
    }

    /// Both pools at the peak.
    fn pooled_operating(
        &self,
        [prefill, decode]: [&Crew<'_, 'a>; 2],
        transfer: Number<'static>,
        r: &mut impl Recorder,
    ) -> Operating<'a> {
        let (reads, writes) = (&prefill.operating, &decode.operating);
        let load = same(r, "operating_point", "requests_per_s", writes.load);
        let output = same(r, "operating_point", "output_tokens_per_s", writes.output_tokens_per_s);
        let utilization = operating_point::pooled_utilization(r, reads.utilization, writes.utilization);
        take_over(r, "operating_point", |visit| visit("concurrency", writes.point.concurrency.into()));
        let factor = prefill.replica.reliance.ttft_factor;
        let first = First {
            part: prefill.part,
            transfer,
            looks: decode.replica.batching.looks(),
            step: Number {
                value: decode.at_peak.step.total_s(),
                origin: Origin::Step(Path { part: decode.part, ..Path::new(AT_PEAK, "decode_step_s") }),
            },
            factor: Number { value: factor, origin: Origin::Band(writes.point.evidence) },
        };
        let slo = self.demand.slo.share;
        let ttft_s = first.percentiles(&reads.point.ttft_s, slo, r);
        take_over(r, TPOT, |visit| writes.point.tpot_s.entries(visit));
        let handover_s = ttft_s.at_slo - reads.point.ttft_s.at_slo;
        let exact = self.demand.reading(handover_s).in_turn(prefill.choice.replicas);
        let service = Service { replica: prefill.replica, room: &prefill.room, demand: &exact };
        let trust = Trust::of_evidence(writes.point.evidence);
        let [within, _] = service.within_limits(&prefill.at_peak);
        let [within, other] = [within, writes.point.slo_attainment].map(|share| Number::model(share, trust));
        let slo_attainment = operating_point::slo_attainment(r, within, other).value;
        let e2e_s = end_to_end(&self.demand, &ttft_s, &writes.point.tpot_s, r);
        let point = OperatingPoint {
            requests_per_s: load.value,
            output_tokens_per_s: output.value,
            utilization: utilization.value,
            slo_attainment,
            ttft_s,
            e2e_s,
            ..writes.point
        };
        Operating { point, load, output_tokens_per_s: output, utilization }
    }

    /// How far the fleet is from its two failures.
    pub(super) fn balance(
        &self,
        operating: &Operating<'_>,
        crews: &[Crew<'_, 'a>],
        furnished: &Furnished<'_>,
        recorder: &mut impl Recorder,
    ) -> Balance {
        let r = recorder;
        let each: Vec<[Number<'static>; 4]> =
            crews.iter().map(|crew| carried(crew, &mut r.of_part(crew.part))).collect();
        let [capacity, low, high, sized] = match each[..] {
            [prefill, decode] => [
                balance::pooled_capacity_requests_per_s(r, prefill[0], decode[0]),
                balance::pooled_capacity_low_requests_per_s(r, prefill[1], decode[1]),
                balance::pooled_capacity_high_requests_per_s(r, prefill[2], decode[2]),
                balance::pooled_capacity_at_confidence_requests_per_s(r, prefill[3], decode[3]),
            ],
            [whole, ..] => whole,
            [] => [Number::exact(0.0); 4],
        };
        // Of a fleet that one has nothing has to stay free.
        let fixed = self.scenario.fleet.replicas.is_some();
        let headroom = if fixed { 0.0 } else { self.scenario.fleet.headroom };
        let deviations = crews.iter().map(|crew| {
            let needed = operating.load.value / usable(crew.fleet().replicas.value, headroom);
            crew.capacities.deviations_until(needed)
        });
        // The times of both pools are off alike.
        let deviations = Number::model(deviations.fold(f64::INFINITY, f64::min), Trust::Calibrated);
        let confidence = balance::confidence(r, deviations);
        let idle = match crews {
            [prefill, decode] => balance::pooled_idle_usd_per_year(
                r,
                furnished.usd_per_hour,
                prefill.operating.utilization,
                Number::model(prefill.loaded(), Trust::Calibrated),
                decode.operating.utilization,
                Number::model(decode.loaded(), Trust::Calibrated),
                furnished.billed,
            ),
            [whole, ..] => balance::idle_usd_per_year(
                r,
                furnished.usd_per_hour,
                operating.utilization,
                whole.fleet().replicas,
                whole.each,
                furnished.billed,
            ),
            [] => Number::exact(0.0),
        };
        Balance {
            capacity_requests_per_s: capacity.value,
            capacity_low_requests_per_s: low.value,
            capacity_high_requests_per_s: high.value,
            capacity_at_confidence_requests_per_s: sized.value,
            confidence: confidence.value,
            load_margin: balance::load_margin(r, capacity, operating.load).value,
            idle_usd_per_year: idle.value,
        }
    }
}

/// Where the percentiles of the time per output token are noted, and those of the time to first token.
const TPOT: &str = "operating_point.tpot_s";
const TTFT: &str = "operating_point.ttft_s";

/// What lies between the end of a prompt and the first token.
struct First<'a> {
    /// The pool that reads.
    part: &'static str,
    transfer: Number<'a>,
    /// When the decode replica looks at what has come, and the length of one of its steps.
    looks: Looks,
    step: Number<'a>,
    /// Of the band.
    factor: Number<'a>,
}

impl First<'_> {
    /// Time to first token, where reading takes `reading`.
    fn percentiles(&self, reading: &Percentiles, slo: f64, r: &mut impl Recorder) -> Percentiles {
        let [ahead, between] = [self.looks.ahead, self.looks.between].map(Number::derived);
        let mut of = |field: &'static str, share: f64, reading_s: f64| {
            let origin = Path { part: self.part, ..Path::new(TTFT, field) };
            let reading = Number { value: reading_s, origin: Origin::Step(origin) };
            let share = Number::input("slo.percentile", share);
            together::ttft_s(&mut r.at(TTFT, field), reading, self.transfer, share, ahead, between, self.step)
        };
        let [p50, p90, p95, p99, at_slo] = [
            of("p50", 0.5, reading.p50),
            of("p90", 0.9, reading.p90),
            of("p95", 0.95, reading.p95),
            of("p99", 0.99, reading.p99),
            of("at_slo", slo, reading.at_slo),
        ];
        let r = &mut r.within(TTFT);
        Percentiles {
            p50: p50.value,
            p90: p90.value,
            p95: p95.value,
            p99: p99.value,
            at_slo: at_slo.value,
            at_slo_low: percentiles::at_slo_low(r, at_slo, self.factor).value,
            at_slo_high: percentiles::at_slo_high(r, at_slo, self.factor).value,
        }
    }
}

/// The figures of one pool, which is laid out like `l`.
fn pool(crew: &Crew<'_, '_>, l: &Layout, recorder: &mut impl Recorder) -> Pool {
    let r = &mut recorder.of_part(crew.part);
    let concurrency = Number::made("operating_point", "concurrency", crew.operating.point.concurrency);
    Pool {
        tp: l.tp,
        pp: l.pp,
        ep: l.ep,
        attention_dp: l.attention_dp,
        replicas: l.replicas,
        spare_replicas: l.spare_replicas,
        accelerators: l.accelerators,
        typical_accelerators: l.typical_accelerators,
        billed_accelerators: l.billed_accelerators,
        servers: l.servers,
        racks: l.racks,
        capacity_requests_per_s: figures_of_pool::capacity_requests_per_s(r, crew.capacities.typical_number)
            .value,
        utilization: figures_of_pool::utilization(r, crew.operating.utilization).value,
        concurrency: figures_of_pool::concurrency(r, concurrency).value,
        weights: l.weights,
        kv_cache: l.kv_cache,
        rack_scale: l.rack_scale,
        fuller: crew.launch.fuller,
        smaller_steps: crew.launch.smaller_steps,
    }
}

/// The pools of `crews`, which are laid out like `layouts` and take `typical` accelerators at typical times; `None`: there is
/// only one kind of replicas.
pub(super) fn pools(
    crews: &[Crew<'_, '_>],
    layouts: &[Layout],
    typical: &[Number<'_>],
    whole: &Joint<'_>,
    furnished: &Furnished<'_>,
    recorder: &mut impl Recorder,
) -> Option<Pools> {
    let ([prefill, decode], [reads, writes], [first, second]) = (crews, layouts, typical) else {
        return None;
    };
    take_over(recorder, "layout", |visit| writes.entries(visit));
    Some(Pools {
        prefill: pool(prefill, reads, recorder),
        decode: pool(decode, writes, recorder),
        together: Together {
            accelerators: whole.accelerators.value as u32,
            typical_accelerators: together::typical_accelerators(recorder, *first, *second).value as u32,
            billed_accelerators: furnished.billed.value as u32,
            servers: furnished.servers.value as u32,
            racks: furnished.racks.value as u32,
            kv_transfer_s: whole.kv_transfer_s?,
            saving: None,
        },
    })
}

/// What a crew carries at typical times, at the lower and the upper end of the band, and at the confidence asked for.
fn carried(crew: &Crew<'_, '_>, r: &mut impl Recorder) -> [Number<'static>; 4] {
    let (capacities, replicas) = (&crew.capacities, crew.fleet().replicas);
    [
        balance::capacity_requests_per_s(r, capacities.typical_number, replicas),
        balance::capacity_low_requests_per_s(r, capacities.low, replicas),
        balance::capacity_high_requests_per_s(r, capacities.high, replicas),
        balance::capacity_at_confidence_requests_per_s(r, capacities.confident, replicas),
    ]
}

/// How likely enough replicas run: of one kind, or of both pools.
pub(super) fn availability_of(
    scenario: &Scenario,
    crews: &[Crew<'_, '_>],
    (usd_per_hour, billed): (Number<'_>, Number<'_>),
    recorder: &mut impl Recorder,
) -> Availability {
    let r = recorder;
    let [prefill, decode] = crews else { return of_crew(scenario, &crews[0], (usd_per_hour, billed), r) };
    // Both are of the whole fleet, and not of a pool.
    let paid = [usd_per_hour, billed].map(|number| Number::model(number.value, Trust::Calibrated));
    let reads = of_crew(scenario, prefill, paid.into(), &mut r.of_part(prefill.part));
    let writes = of_crew(scenario, decode, paid.into(), &mut r.of_part(decode.part));
    take_over(r, "availability", |visit| writes.entries(visit));
    let share = |crew: &Crew<'_, '_>, field: &'static str, value: f64| {
        let path = Path { part: crew.part, ..Path::new("availability", field) };
        Number { value, origin: Origin::Step(path) }
    };
    let bare = [
        share(prefill, "without_spares", reads.without_spares),
        share(decode, "without_spares", writes.without_spares),
    ];
    let achieved = [share(prefill, "achieved", reads.achieved), share(decode, "achieved", writes.achieved)];
    let more = [
        share(prefill, "with_one_more", reads.with_one_more),
        share(decode, "with_one_more", writes.with_one_more),
    ];
    Availability {
        without_spares: figures::pooled_without_spares(r, bare[0], bare[1]).value,
        achieved: figures::pooled_achieved(r, achieved[0], achieved[1]).value,
        with_one_more: figures::pooled_with_one_more(r, achieved[0], more[0], achieved[1], more[1]).value,
        ..writes
    }
}

fn of_crew(
    scenario: &Scenario,
    crew: &Crew<'_, '_>,
    paid: (Number<'_>, Number<'_>),
    recorder: &mut impl Recorder,
) -> Availability {
    let fleet = crew.fleet();
    let counts = (fleet.replicas, fleet.spare_replicas);
    availability(scenario, counts, (&fleet.home, &fleet.domains), crew.each, paid, recorder)
}
