//! Replicas that are alike at the loads that they carry: the whole fleet, or one of its two pools.

use super::confidence::Capacities;
use super::search::{Candidacy, Hardware, Sizer};
use crate::engine::figures::{Launch, Memory, Number, Recorder, Silent, Trust, layout, same};
use crate::engine::fleet::housing::Home;
use crate::engine::fleet::order::Lot;
use crate::engine::fleet::power::{Busy, Duty};
use crate::engine::fleet::replicas::{FleetCounts, usable};
use crate::engine::fleet::sharing::Sharing;
use crate::engine::plan::result::Rejection;
use crate::engine::replica::degrees::Degrees;
use crate::engine::replica::deployment::Deployment;
use crate::engine::replica::memory::Room;
use crate::engine::replica::operating_point::Operating;
use crate::engine::replica::pools::Role;
use crate::engine::replica::roofline::Replica;
use crate::engine::replica::serving::{Capacity, Limit, Service, State};
use crate::engine::replica::step::Activity;

/// Replicas that are alike.
pub(super) struct Crew<'c, 'a> {
    /// The part of the fleet whose steps are noted; empty: all of it.
    pub part: &'static str,
    /// What it is of.
    pub choice: &'c Candidacy,
    pub replica: &'c Replica,
    pub room: Room,
    /// Accelerators of one replica.
    pub each: Number<'a>,
    pub capacities: Capacities,
    /// How the capacity of a replica depends on how many share the load.
    pub sharing: Sharing,
    /// Counts, rule and duties.
    pub lot: Lot<'a>,
    pub at_peak: State,
    pub operating: Operating<'a>,
    pub memory: Memory,
    pub launch: Launch,
    pub limit: Limit,
}

impl<'a> Crew<'_, 'a> {
    /// Its counts.
    pub fn fleet(&self) -> &FleetCounts<'a> {
        &self.lot.fleet
    }

    /// Accelerators that carry load.
    pub fn loaded(&self) -> f64 {
        self.fleet().replicas.value * self.each.value
    }
}

/// The part of the fleet that replicas of a role are.
pub(super) fn part(role: Role) -> &'static str {
    match role {
        Role::Mixed => "",
        Role::Prefill => "pools.prefill",
        Role::Decode => "pools.decode",
    }
}

impl<'a> Sizer<'a> {
    /// The replicas of `choice` that the load takes, in `home` or where they cost least.
    ///
    /// # Errors
    /// A fleet that one has does not carry the load at all.
    pub(super) fn crew<'c>(
        &self,
        hardware: &Hardware<'a>,
        choice: &'c Candidacy,
        home: Option<Home<'a>>,
        recorder: &mut impl Recorder,
    ) -> Result<Crew<'c, 'a>, Rejection> {
        let Candidacy { replica, settings, demand, .. } = choice;
        let part = part(demand.role);
        let recorder = &mut recorder.of_part(part);
        let scenario = self.scenario;
        let formats = (replica.weights, replica.kv_cache);
        let deployment = self.deployment(hardware, replica.degrees, formats, *settings);
        let room = Room::new(&deployment, recorder);
        let in_turn = demand.in_turn(choice.replicas);
        let service = Service { replica, room: &room, demand: &in_turn };
        let each = self.degrees(hardware, replica.degrees, recorder);
        let capacities = Capacities::of(self, choice, recorder);
        let capacity = &capacities.typical;
        let fixed = scenario.fleet.replicas.is_some();
        let sharing = self.sharing(choice, capacity);
        let rule = self.rule(hardware, capacities.confident, each).sharing(sharing);
        let rule = home.map_or(rule, |home| rule.of_pool(home));
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
        let trust = Trust::of_evidence(hardware.reliance.evidence);
        let lot = Lot {
            part,
            fleet,
            rule,
            at_peak: duty(&at_peak, demand.role, trust),
            at_average: duty(&at_average, demand.role, trust),
        };
        let alone = fleet.replicas.value == 1.0;
        let granular = alone && operating.point.utilization < 0.5 * usable(1.0, scenario.fleet.headroom);
        Ok(Crew {
            part,
            choice,
            replica,
            each,
            sharing,
            lot,
            at_peak,
            launch: launched(&deployment, &room, recorder),
            room,
            operating,
            memory,
            limit: if granular { Limit::Granularity } else { capacity.limit },
            capacities,
        })
    }

    /// Accelerators of a crew were its times the typical ones, as if they were certain.
    pub(super) fn typical_accelerators(
        &self,
        hardware: &Hardware<'a>,
        crew: &Crew<'_, 'a>,
        home: Option<Home<'a>>,
        recorder: &mut impl Recorder,
    ) -> Number<'a> {
        let load = self.scenario.workload.requests_per_s;
        let known = Candidacy { capacity: crew.capacities.typical, ..crew.choice.clone() };
        let typical = self.settled_at(crew.replica, &known).unwrap_or(known);
        let rule = self.rule(hardware, Number::exact(typical.capacity.state.requests_per_s), crew.each);
        let rule = rule.sharing(Sharing::of(load, typical.replicas, &typical.capacity));
        let fleet = home.map_or(rule, |home| rule.of_pool(home)).fleet(Number::exact(load), &mut Silent);
        let trust = Trust::of_evidence(hardware.reliance.evidence);
        layout::typical_accelerators(
            &mut recorder.of_part(crew.part),
            Number::model(fleet.replicas.value, trust),
            Number::model(fleet.spare_replicas.value, trust),
            crew.each,
        )
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
}

/// What one of its accelerators does in a steady state.
pub(super) fn duty(state: &State, role: Role, trust: Trust) -> Duty<'static> {
    let model = |value: f64| Number::model(value, trust);
    let busy = |share: Activity| Busy {
        weights: model(share.weights),
        kv: model(share.kv),
        arithmetic: model(share.arithmetic),
    };
    Duty {
        decode: busy(if role == Role::Prefill { Activity::default() } else { state.step.busy() }),
        prefill: busy(state.prefill.busy),
        load_each: model(state.requests_per_s),
        prompt_adds_s: model(state.prefill.added_s),
        // Prompts that are read do not decode.
        concurrency: model(if role == Role::Prefill { 0.0 } else { state.concurrency }),
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
