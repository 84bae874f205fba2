//! Everything about the chosen fleet of one accelerator.

use super::bands::bands;
use super::confidence::Capacities;
use super::search::{Candidacy, Hardware, Sizer};
use crate::catalog::Term;
use crate::engine::figures::{
    Balance, Launch, Layout, Number, Recorder, Silent, Trust, balance, layout, same, serving,
};
use crate::engine::fleet::availability::availability;
use crate::engine::fleet::cost::{Cost, Work};
use crate::engine::fleet::order::{Furnished, Order};
use crate::engine::fleet::power::{Busy, Duty};
use crate::engine::fleet::replicas::{FleetCounts, usable};
use crate::engine::fleet::sharing::Sharing;
use crate::engine::plan::result::Rejection;
use crate::engine::plan::result::Sizing;
use crate::engine::replica::degrees::Degrees;
use crate::engine::replica::deployment::Deployment;
use crate::engine::replica::memory::Room;
use crate::engine::replica::operating_point::Operating;
use crate::engine::replica::serving::{Capacity, Limit, Service, State};
use crate::engine::replica::step::Activity;

impl<'a> Sizer<'a> {
    /// The sizing of `choice`.
    ///
    /// # Errors
    /// The chosen way of paying is not offered, or the fleet takes more power than there is.
    pub(super) fn assemble(
        &self,
        hardware: &Hardware<'a>,
        choice: &Candidacy,
        recorder: &mut impl Recorder,
    ) -> Result<Sizing, Rejection> {
        let Candidacy { replica, settings, .. } = choice;
        let (scenario, demand) = (self.scenario, &self.demand);
        let formats = (replica.weights, replica.kv_cache);
        let deployment = self.deployment(hardware, replica.degrees, formats, *settings);
        let room = Room::new(&deployment, recorder);
        let in_turn = demand.in_turn(choice.replicas);
        let service = Service { replica, room: &room, demand: &in_turn };
        let each = self.degrees(hardware, replica.degrees, recorder);
        let capacities = Capacities::of(self, choice, recorder);
        let capacity = &capacities.typical;
        let fixed = scenario.fleet.replicas.is_some();
        let sharing = self.sharing(choice, *capacity);
        let rule = self.rule(hardware, capacities.confident, each).sharing(sharing);
        let load = Number::input("workload.requests_per_s", scenario.workload.requests_per_s);
        let fleet = rule.fleet(load, recorder);
        let per_replica = load.value / fleet.replicas.value;
        // A fleet that one has may be loaded beyond what keeps the limits.
        let most = if fixed { service.saturation() } else { *capacity };
        if fixed && per_replica >= most.state.requests_per_s {
            return Err(overloaded(&most, load.value, fleet.replicas.value));
        }
        let at_peak = service.at_load(per_replica, &most);
        let at_average = service.at_load(per_replica * scenario.workload.mean_to_peak(), &most);
        let operating =
            service.operating_point(&at_peak, load, fleet.replicas, capacities.typical_number, recorder);
        let memory = room.memory(at_peak.concurrency, demand.context_tokens, demand.full_tokens, recorder);
        let input_tokens = demand.input_tokens;
        let average = Number::input("workload.average_to_peak", scenario.workload.mean_to_peak());
        let trust = Trust::of_evidence(hardware.reliance.evidence);
        let furnished = Order {
            scenario,
            catalog: self.catalog,
            region: self.region,
            site: self.site,
            accelerator: hardware.accelerator,
            housing: self.housing(hardware),
            tariff: hardware.tariff,
            assumptions: hardware.facility,
            hours: self.hours,
            fleet,
            rule,
            at_peak: duty(&at_peak, trust),
            at_average: duty(&at_average, trust),
            output_tokens_per_s: operating.output_tokens_per_s,
            work: Work {
                average_load: serving::average_load(recorder, operating.load, average),
                input_tokens: Number::input("workload.input_tokens", input_tokens),
                output_tokens: Number::input("workload.output_tokens", demand.output_tokens),
            },
            prompt_kv_bytes: Number::derived(
                room.kv_bytes_per_token(input_tokens, &mut Silent).value * input_tokens,
            ),
            weights_bytes: Number::derived(memory.weights_bytes * each.value),
            gradient_bytes: Number::derived(2.0 * self.profile.parameters),
        }
        .furnish(recorder)
        .ok_or_else(|| self.no_price(hardware, choice.replica.degrees.accelerators()))?;
        let facility_w = furnished.facility_w.value;
        if let Some(cap_w) = scenario.facility.power_cap_w.filter(|cap| facility_w > *cap) {
            return Err(self.over_the_cap(&fleet, capacities.confident.value, facility_w, cap_w));
        }
        let balance = self.balance(&operating, &fleet, (&capacities, each), &furnished, recorder);
        let paid = (furnished.usd_per_hour, furnished.billed);
        let counts = (fleet.replicas, fleet.spare_replicas);
        let availability =
            availability(scenario, counts, (&fleet.home, &fleet.domains), each, paid, recorder);
        let bands = bands(self, &capacities, &fleet, each, &furnished, recorder);
        let typical = self.at_typical_times(hardware, choice, &capacities, each);
        let typical_accelerators = layout::typical_accelerators(
            recorder,
            Number::model(typical.replicas.value, Trust::of_evidence(hardware.reliance.evidence)),
            Number::model(typical.spare_replicas.value, Trust::of_evidence(hardware.reliance.evidence)),
            each,
        );
        let price_spread = price_spread(&furnished.estate.cost, scenario.money.term);
        let alone = fleet.replicas.value == 1.0;
        let granular = alone && operating.point.utilization < 0.5 * usable(1.0, scenario.fleet.headroom);
        Ok(Sizing {
            layout: Layout {
                tp: replica.degrees.tp,
                pp: replica.degrees.pp,
                ep: replica.degrees.ep,
                attention_dp: replica.degrees.attention_dp,
                replicas: fleet.replicas.value as u32,
                spare_replicas: fleet.spare_replicas.value as u32,
                accelerators: fleet.accelerators.value as u32,
                typical_accelerators: typical_accelerators.value as u32,
                billed_accelerators: furnished.billed.value as u32,
                servers: furnished.servers.value as u32,
                racks: furnished.racks.value as u32,
                weights: replica.weights,
                kv_cache: replica.kv_cache,
                rack_scale: furnished.rack_scale,
            },
            launch: launched(&deployment, &room, recorder),
            operating_point: operating.point,
            memory,
            balance,
            sharing,
            spread: capacities.spread().hypot(price_spread),
            price_spread,
            availability,
            estate: furnished.estate,
            bands,
            limit: if granular { Limit::Granularity } else { capacity.limit },
        })
    }

    /// The fleet that `choice` would take were its times the typical ones.
    fn at_typical_times(
        &self,
        hardware: &Hardware<'a>,
        choice: &Candidacy,
        capacities: &Capacities,
        each: Number<'a>,
    ) -> FleetCounts<'a> {
        let load = self.scenario.workload.requests_per_s;
        let known = Candidacy { capacity: capacities.typical, ..choice.clone() };
        let typical = self.settled_at(&choice.replica, &known).unwrap_or(known);
        let rule = self.rule(hardware, Number::exact(typical.capacity.state.requests_per_s), each);
        let sharing = Sharing::of(load, typical.replicas, typical.capacity);
        rule.sharing(sharing).fleet(Number::exact(load), &mut Silent)
    }

    /// Accelerators of one replica, its degrees noted.
    fn degrees(
        &self,
        hardware: &Hardware<'a>,
        degrees: Degrees,
        recorder: &mut impl Recorder,
    ) -> Number<'static> {
        let trust = Trust::of_evidence(hardware.reliance.evidence);
        let found = |degree: u32| Number::model(f64::from(degree), trust);
        let asked = |path: &'static str, degree: u32| Number::input(path, f64::from(degree));
        let given = self.degrees_asked();
        let tp = match given.tp {
            Some(tp) => same(recorder, "layout", "tp", asked("platform.tp", tp)),
            None => layout::tp(recorder, found(degrees.tp)),
        };
        let pp = match given.pp {
            Some(pp) => same(recorder, "layout", "pp", asked("platform.pp", pp)),
            None => layout::pp(recorder, found(degrees.pp)),
        };
        match given.ep {
            Some(ep) => same(recorder, "layout", "ep", asked("platform.ep", ep)),
            None => layout::ep(recorder, found(degrees.ep)),
        };
        let attention_dp = match given.attention_dp {
            Some(dp) => same(recorder, "layout", "attention_dp", asked("platform.attention_dp", dp)),
            None => layout::attention_dp(recorder, found(degrees.attention_dp)),
        };
        layout::accelerators_of_one_replica(recorder, tp, pp, attention_dp)
    }

    /// What `cap_w` carries of a fleet that takes `needed_w`: whole replicas, spares first, each of which draws alike.
    fn over_the_cap(&self, fleet: &FleetCounts<'_>, capacity: f64, needed_w: f64, cap_w: f64) -> Rejection {
        let (replicas, spares) = (fleet.replicas.value, fleet.spare_replicas.value);
        let powered = ((replicas + spares) * cap_w / needed_w).floor();
        let asked = self.scenario.workload.requests_per_s;
        let usable = usable(capacity, self.scenario.fleet.headroom);
        let carried = ((powered - spares).max(0.0) * usable).min(asked);
        Rejection::PowerCap { needed_w, cap_w, carried, asked }
    }

    /// How far the fleet is from its two failures.
    fn balance(
        &self,
        operating: &Operating<'_>,
        fleet: &FleetCounts<'_>,
        (capacities, each): (&Capacities, Number<'_>),
        furnished: &Furnished<'_>,
        recorder: &mut impl Recorder,
    ) -> Balance {
        let replicas = fleet.replicas;
        let capacity = balance::capacity_requests_per_s(recorder, capacities.typical_number, replicas);
        let low = balance::capacity_low_requests_per_s(recorder, capacities.low, replicas);
        let high = balance::capacity_high_requests_per_s(recorder, capacities.high, replicas);
        let sized = balance::capacity_at_confidence_requests_per_s(recorder, capacities.confident, replicas);
        // Of a fleet that one has nothing has to stay free.
        let fixed = self.scenario.fleet.replicas.is_some();
        let headroom = if fixed { 0.0 } else { self.scenario.fleet.headroom };
        let needed = operating.load.value / usable(replicas.value, headroom);
        let deviations = Number::model(capacities.deviations_until(needed), Trust::Calibrated);
        let confidence = balance::confidence(recorder, deviations);
        let idle = balance::idle_usd_per_year(
            recorder,
            furnished.usd_per_hour,
            operating.utilization,
            fleet.replicas,
            each,
            furnished.billed,
        );
        Balance {
            capacity_requests_per_s: capacity.value,
            capacity_low_requests_per_s: low.value,
            capacity_high_requests_per_s: high.value,
            capacity_at_confidence_requests_per_s: sized.value,
            confidence: confidence.value,
            load_margin: balance::load_margin(recorder, capacity, operating.load).value,
            idle_usd_per_year: idle.value,
        }
    }
}

/// What one accelerator of a replica does in a steady state.
pub(super) fn duty(state: &State, trust: Trust) -> Duty<'static> {
    let model = |value: f64| Number::model(value, trust);
    let busy = |share: Activity| Busy {
        weights: model(share.weights),
        kv: model(share.kv),
        arithmetic: model(share.arithmetic),
    };
    Duty {
        decode: busy(state.step.busy()),
        prefill: busy(state.prefill.busy),
        load_each: model(state.requests_per_s),
        prompt_adds_s: model(state.prefill.added_s),
        concurrency: model(state.concurrency),
    }
}

/// That `replicas` which carry `most` each do not carry `asked` requests per second.
fn overloaded(most: &Capacity, asked: f64, replicas: f64) -> Rejection {
    Rejection::Overloaded {
        carried: most.state.requests_per_s * replicas,
        asked,
        limit: most.limit,
        replicas,
    }
}

/// What the servers of `deployment` are told when they start.
fn launched(deployment: &Deployment<'_>, room: &Room, recorder: &mut impl Recorder) -> Launch {
    let Deployment { stack, accelerator, settings, .. } = *deployment;
    let sequences = stack.limits_on(accelerator).1.into();
    Launch {
        memory_fraction: same(recorder, "launch", "memory_fraction", settings.memory_fraction(stack)).value,
        step_tokens: same(recorder, "launch", "step_tokens", settings.step_tokens(stack, accelerator)).value,
        max_sequences: same(recorder, "launch", "max_sequences", sequences).value,
        longest_tokens: room.longest(recorder).value,
        fuller: settings.fuller,
        smaller_steps: settings.smaller_steps,
    }
}

/// Standard deviation of the logarithm of the price on `term`: that of the offers; of servers the middle
/// of what their low and high prices in `assets/servers.ron` give, taken as the ends of bands of nine in ten.
fn price_spread(cost: &Cost, term: Term) -> f64 {
    const SERVERS: f64 = 0.1;
    cost.rate(term).map_or(SERVERS, |rate| rate.spread)
}
