//! The search on one accelerator: every layout and format, the largest load each can hold, the cheapest
//! fleet.

use crate::catalog::{
    Accelerator, Catalog, Efficiency, FacilityAssumptions, Model, NumberFormat, Region, Reliance,
    Server as Chassis, Stack, Term,
};
use crate::engine::calibration::own_measurements::reliance;
use crate::engine::figures::{Number, Recorder, Silent};
use crate::engine::fleet::availability::Failing;
use crate::engine::fleet::housing::{Housing, Weight};
use crate::engine::fleet::market::{Market, classes_with};
use crate::engine::fleet::network::BackEnds;
use crate::engine::fleet::power::Site;
use crate::engine::fleet::replicas::{FleetRule, MOST_ACCELERATORS, usable};
use crate::engine::fleet::tariff::{Holding, Tariff};
use crate::engine::plan::fixed_fleet::Lateness;
use crate::engine::plan::layouts::LaidOut;
use crate::engine::plan::pools::PooledChoice;
use crate::engine::plan::rejection::Failures;
use crate::engine::plan::result::Rejection;
use crate::engine::plan::result::Sizing;
use crate::engine::replica::degrees::{AskedDegrees, Degrees};
use crate::engine::replica::deployment::Deployment;
use crate::engine::replica::memory::Room;
use crate::engine::replica::memory_settings::MemorySettings;
use crate::engine::replica::pools::Role;
use crate::engine::replica::profile::Profile;
use crate::engine::replica::roofline::Replica;
use crate::engine::replica::serving::{Capacity, Demand, Service, Unable};
use crate::engine::replica::speculation::Speculation;
use crate::scenario::{Hours, Pools, Scenario};

/// The parts of a sizer that do not depend on the accelerator.
pub struct Sizer<'a> {
    /// What is asked.
    pub scenario: &'a Scenario,
    /// What exists.
    pub catalog: &'a Catalog,
    /// The prices that are asked for.
    pub market: &'a Market<'a>,
    /// Load of each hour of a day over the peak.
    pub hours: &'a Hours,
    /// The model.
    pub model: &'a Model,
    /// The model, as sums over its layers.
    pub profile: Profile,
    /// The serving stack at its version.
    pub stack: &'a Stack,
    /// The region.
    pub region: &'a Region,
    /// Electricity, carbon and water of the place.
    pub site: &'a Site<'a>,
    /// What is asked of a replica.
    pub demand: Demand,
    /// Standard deviations by which times are taken to be longer than typical, for the confidence that is asked.
    pub deviations: f64,
}

/// One accelerator with everything the catalog knows about it.
#[derive(Clone, Copy)]
pub struct Hardware<'a> {
    /// The accelerator.
    pub accelerator: &'a Accelerator,
    /// What the accelerator reaches of its peaks.
    pub efficiency: &'a Efficiency,
    /// The server that accelerators are rented in, and the largest that they are bought in.
    pub server: &'a Chassis,
    /// Its prices.
    pub tariff: &'a Tariff,
    /// What is assumed of data centers.
    pub facility: &'a FacilityAssumptions,
    /// How far times of the sizer's model under its stack can be relied on here.
    pub reliance: Reliance,
}

/// With what a layout is of interest.
#[derive(Clone, Copy, Debug)]
pub struct Wanted {
    /// The least load of a replica, requests per second.
    pub least_requests_per_s: f64,
    /// The most replicas that may share the load.
    pub replicas: f64,
}

/// A layout that can serve, with what it holds.
#[derive(Clone, Debug)]
pub struct Candidacy {
    /// What is asked of it.
    pub demand: Demand,
    /// The replica, as coefficients.
    pub replica: Replica,
    /// What its memory holds.
    pub room: Room,
    /// The most it carries within the SLO at the confidence that is asked, as one of `replicas`.
    pub capacity: Capacity,
    /// Replicas that get requests in turn: as many as could win in the search, those of the fleet once it is sized.
    pub replicas: f64,
    /// What its servers are told of memory.
    pub settings: MemorySettings,
}

impl<'a> Sizer<'a> {
    /// Why no layout needs to be tried at all.
    pub(super) fn obstacle(&self, hardware: &Hardware<'_>) -> Option<Rejection> {
        let accelerator = hardware.accelerator;
        if !self.stack.runs_on(accelerator) {
            let others = self.catalog.stacks.iter().filter(|s| s.runs_on(accelerator));
            return Some(Rejection::Stack {
                stack: self.stack.name.clone(),
                runs: others.map(|s| s.name.clone()).collect(),
            });
        }
        if self.demand.full_tokens > self.profile.context {
            return Some(Rejection::Context {
                needed_tokens: self.demand.full_tokens,
                model_tokens: self.profile.context,
            });
        }
        let term = self.scenario.money.term;
        let offered = match term {
            Term::Buy => hardware.server.price_usd.is_some(),
            _ => hardware.tariff.offers(term),
        };
        (!offered).then(|| self.no_price(hardware, 0))
    }

    /// That there is no offer of a machine that holds a replica of so many accelerators, 0 for none at all, and where there are
    /// some.
    pub(super) fn no_price(&self, hardware: &Hardware<'_>, replica: u32) -> Rejection {
        let (term, asked) = (self.scenario.money.term, &self.scenario.money.offers);
        let mut elsewhere = classes_with(self.catalog, &hardware.accelerator.id, term);
        elsewhere.retain(|class| class.id() != asked);
        let each = f64::from(replica.max(1));
        let rented = Term::ALL.into_iter().filter(|other| *other != Term::Buy && *other != term);
        let offered = |term: &Term| hardware.tariff.paid(*term, each, Holding::of(each)).is_some();
        let terms = rented.filter(offered).collect();
        Rejection::Price { term, asked: asked.clone(), replica, terms, elsewhere }
    }

    /// Everything about one accelerator; `None` where the catalog is incomplete, which its validation rules out.
    pub fn hardware(&self, accelerator: &'a Accelerator) -> Option<Hardware<'a>> {
        Some(Hardware {
            accelerator,
            efficiency: self.catalog.efficiency(&accelerator.generation)?,
            server: match self.market.server(&accelerator.id) {
                Some(own) => own,
                None => self.catalog.server_for(&accelerator.id)?,
            },
            tariff: self.market.tariff(&accelerator.id)?,
            facility: &self.catalog.facility,
            reliance: reliance(self.catalog, self.model, accelerator, self.stack),
        })
    }

    /// The servers that a fleet of `hardware` may stand in.
    pub fn housing(&self, hardware: &Hardware<'a>) -> Housing<'a> {
        let asked = &self.scenario.facility;
        Housing {
            default: hardware.server,
            servers: self.market.servers(&hardware.accelerator.id).unwrap_or(&self.catalog.servers),
            term: self.scenario.money.term,
            tariff: hardware.tariff,
            back_ends: BackEnds {
                catalog: self.catalog,
                accelerator: hardware.accelerator,
                kind: asked.network,
                oversubscription: asked.oversubscription,
            },
        }
    }

    /// The rule for fleets of `hardware`, of replicas of `each` accelerators with this capacity in requests per second.
    pub fn rule(&self, hardware: &Hardware<'a>, capacity: Number<'a>, each: Number<'a>) -> FleetRule<'a> {
        let failing = Failing {
            scenario: self.scenario,
            facility: hardware.facility,
            reliability: &self.catalog.reliability,
            quietest: self.hours.iter().copied().fold(1.0, f64::min),
        };
        FleetRule::new(failing, self.housing(hardware), capacity, each)
    }

    /// One replica of this model on `hardware`.
    pub fn deployment<'b>(
        &'b self,
        hardware: &Hardware<'b>,
        degrees: Degrees,
        (weights, kv_cache): (NumberFormat, NumberFormat),
        settings: MemorySettings,
    ) -> Deployment<'b> {
        Deployment {
            profile: &self.profile,
            accelerator: hardware.accelerator,
            efficiency: hardware.efficiency,
            stack: self.stack,
            degrees,
            weights,
            kv_cache,
            settings,
            speculation: self.speculation(),
            facility: hardware.facility,
            reliance: hardware.reliance,
        }
    }

    /// The degrees that the user asks for.
    pub fn degrees_asked(&self) -> AskedDegrees {
        let asked = &self.scenario.platform;
        AskedDegrees { tp: asked.tp, pp: asked.pp, ep: asked.ep, attention_dp: asked.attention_dp }
    }

    fn speculation(&self) -> Speculation {
        let asked = &self.scenario.platform;
        Speculation { draft_tokens: asked.draft_tokens, acceptance: asked.draft_acceptance }
    }

    /// With the defaults of the stack, and what the user asks for instead.
    pub fn settings(&self) -> MemorySettings {
        MemorySettings::asked(self.scenario.platform.memory_utilization)
    }

    /// The deployment with the settings of memory that it starts with, and its room.
    pub(super) fn told<'b>(
        &self,
        mut deployment: Deployment<'b>,
        may_be_told: bool,
    ) -> (Deployment<'b>, Room) {
        let fits = |room: &Room| room.fits(self.demand.full_tokens);
        let mut room = Room::new(&deployment, &mut Silent);
        for settings in deployment.settings.next(deployment.stack) {
            if !may_be_told || fits(&room) {
                break;
            }
            deployment.settings = settings;
            room = Room::new(&deployment, &mut Silent);
        }
        (deployment, room)
    }

    /// One layout with its formats in one role.
    pub(super) fn option(
        &self,
        hardware: &Hardware<'_>,
        role: Role,
        replica: &Replica,
        room: &Room,
        settings: MemorySettings,
        wanted: Wanted,
    ) -> Result<Candidacy, Unable> {
        let demand = self.demand_of(role, hardware, replica, room);
        let own = match role {
            Role::Mixed => None,
            Role::Prefill => Some(replica.clone().reading()),
            Role::Decode => Some(replica.clone().writing()),
        };
        let replica = own.as_ref().unwrap_or(replica);
        let slow = replica.slowed(self.deviations);
        let replicas = wanted.replicas;
        let in_turn = demand.in_turn(replicas);
        let service = Service { replica: &slow, room, demand: &in_turn };
        let capacity = match service.capacity(wanted.least_requests_per_s) {
            // Of a fleet that one has it is asked what it does, also where it is late.
            Err(Unable::Slow { .. }) if self.scenario.fleet.replicas.is_some() => service.saturation(),
            capacity => capacity?,
        };
        let (replica, room) = (replica.clone(), *room);
        Ok(Candidacy { demand, replica, room, capacity, replicas, settings })
    }

    /// The cheapest fleet of one accelerator, and everything about it.
    ///
    /// # Errors
    /// Why the accelerator cannot serve the scenario.
    pub fn size<R: Recorder>(&self, hardware: &Hardware<'a>, recorder: &mut R) -> Result<Sizing, Rejection> {
        if let Some(rejection) = self.obstacle(hardware) {
            return Err(rejection);
        }
        let layouts = self.layouts(hardware);
        let found = self.search(hardware, &layouts);
        let weight = found.as_ref().ok().map(|found| found.weight);
        let pools = self.look_for_pools(hardware, &layouts, weight);
        self.cheaper(hardware, found, pools, recorder)
    }

    /// The cheaper of the fleet of replicas that do both and of two pools, by what is paid for each in all.
    fn cheaper<R: Recorder>(
        &self,
        hardware: &Hardware<'a>,
        found: Result<Found, Rejection>,
        pools: Option<PooledChoice<'a>>,
        recorder: &mut R,
    ) -> Result<Sizing, Rejection> {
        let found = found.and_then(|found| match found.accelerators > MOST_ACCELERATORS {
            true => Err(Rejection::TooMany { accelerators: found.accelerators }),
            false => Ok(found.choice),
        });
        let Some(pools) = pools else { return self.assemble(hardware, &found?, recorder) };
        let mixed = match &found {
            Ok(choice) => self.assemble(hardware, choice, &mut Silent),
            Err(rejection) => Err(rejection.clone()),
        };
        let usd = |sizing: &Sizing| sizing.estate.cost.chosen.usd_per_hour;
        let least = mixed.as_ref().ok().map(usd);
        let pooled = self.assemble_pools(hardware, &pools, least, &mut Silent);
        let asked = self.scenario.platform.pools == Pools::Always;
        let pooled = pooled.filter(|sizing| asked || least.is_none_or(|least| usd(sizing) < least));
        // Only the steps of the fleet that is chosen are noted.
        match (pooled, found) {
            (Some(pooled), _) if !R::KEEPS => Ok(pooled),
            (Some(pooled), _) => Ok(self.assemble_pools(hardware, &pools, least, recorder).unwrap_or(pooled)),
            (None, Ok(choice)) if R::KEEPS => self.assemble(hardware, &choice, recorder),
            (None, _) => mixed,
        }
    }

    /// The cheapest layout of replicas that read and write, and what its fleet weighs.
    fn search(&self, hardware: &Hardware<'a>, layouts: &[LaidOut]) -> Result<Found, Rejection> {
        let mut best = Lead::default();
        let mut failures = Failures::default();
        let housing = self.housing(hardware);
        // The most accelerators that a fleet can have and still win, to leave out what cannot.
        let most = std::cell::Cell::new(f64::INFINITY);
        self.visit_options(
            hardware,
            layouts,
            Role::Mixed,
            |degrees| {
                // A fleet that one has is compared by what it costs alone.
                if self.scenario.fleet.replicas.is_some() {
                    return Some(self.any());
                }
                self.of_interest(most.get(), degrees)
            },
            |degrees, room, result| match result {
                Err(unable) => failures.note(degrees, room, &self.demand, unable),
                Ok(option) => {
                    self.weigh(hardware, &option, &mut best);
                    most.set(best.most(&housing));
                }
            },
        );
        let (unpriced, edge) = (best.unpriced, best.edge.take());
        best.found().ok_or_else(|| match (edge, unpriced) {
            (Some(edge), _) => edge,
            (None, Some(replica)) => self.no_price(hardware, replica),
            (None, None) => failures.rejection(&self.demand),
        })
    }

    /// With what a layout has a fleet of at most so many accelerators; `None`: it has none.
    pub(super) fn of_interest(&self, most_accelerators: f64, degrees: Degrees) -> Option<Wanted> {
        let spares = f64::from(self.scenario.fleet.spare_replicas.unwrap_or(0));
        let usable = usable(1.0, self.scenario.fleet.headroom);
        let replicas = (most_accelerators / f64::from(degrees.accelerators())).floor() - spares;
        // A hair less, for what rounding does to the count of replicas.
        let least = 0.999_999 * self.scenario.workload.requests_per_s / (usable * replicas);
        (replicas >= 1.0).then_some(Wanted { least_requests_per_s: least, replicas })
    }

    /// Every layout of `hardware` that can serve at some load, in every role.
    pub fn options(&self, hardware: &Hardware<'a>) -> Vec<Candidacy> {
        let mut options = Vec::new();
        if self.obstacle(hardware).is_none() {
            let roles: &[Role] = if self.may_pool(hardware) { &Role::ALL } else { &[Role::Mixed] };
            let layouts = self.layouts(hardware);
            for role in roles {
                let any = |_: Degrees| Some(self.any());
                self.visit_options(hardware, &layouts, *role, any, |_, _, result| options.extend(result));
            }
        }
        options
    }

    /// That every layout is of interest: as one of the replicas that one has, or of any number.
    fn any(&self) -> Wanted {
        let replicas = self.scenario.fleet.replicas.map_or(f64::INFINITY, f64::from);
        Wanted { least_requests_per_s: 0.0, replicas }
    }

    /// The cheapest fleet among `options` of a scenario that differs from this one in load or money alone.
    pub fn size_among(&self, hardware: &Hardware<'a>, options: &[Candidacy]) -> Option<Sizing> {
        let mut best = Lead::default();
        let of = |role: Role| options.iter().filter(move |option| option.demand.role == role);
        of(Role::Mixed).for_each(|option| self.weigh(hardware, option, &mut best));
        let found = best.found();
        let weight = found.as_ref().map(|found| found.weight);
        let pools = self.pools_among(hardware, options, weight);
        let found = found.ok_or_else(|| self.no_price(hardware, 0));
        self.cheaper(hardware, found, pools, &mut Silent).ok()
    }

    /// Keeps `option` where less is paid for its fleet than for the best, has fewer accelerators, or holds more with as many.
    fn weigh(&self, hardware: &Hardware<'a>, option: &Candidacy, best: &mut Lead) {
        let each = f64::from(option.replica.degrees.accelerators());
        let rule = |option: &Candidacy| {
            let capacity = Number::exact(option.capacity.state.requests_per_s);
            self.rule(hardware, capacity, Number::exact(each))
        };
        let load = self.scenario.workload.requests_per_s;
        let late = self.lateness(option);
        let Some(least) = self.housing(hardware).weight(rule(option).replicas(load), each) else {
            best.leave_out(option);
            return;
        };
        // Spares only add to what is paid for, and so do replicas that fewer share the bursts of.
        if best.first.as_ref().is_some_and(|first| late >= first.key.0 && least > first.key.1) {
            return;
        }
        let Ok(option) = self.settled(option) else { return };
        let (weight, spares) = best.standby(&rule(&option), option.replicas);
        let Some(weight) = weight else {
            best.leave_out(&option);
            return;
        };
        // What tells ties apart is worked out for ties alone.
        let mut tie = None;
        if let Some(first) = &mut best.first {
            if (late, weight) > first.key {
                return;
            }
            if (late, weight) == first.key {
                let than = *first.tie.get_or_insert_with(|| self.tie(hardware, &first.option, first.spares));
                tie = Some(self.tie(hardware, &option, spares));
                if tie >= Some(than) {
                    return;
                }
            }
        }
        match self.edge(hardware, &option) {
            Some(edge) => best.edge = best.edge.take().or(Some(edge)),
            None => best.first = Some(First { key: (late, weight), tie, spares, option }),
        }
    }
}

/// The cheapest layout of replicas that read and write.
struct Found {
    choice: Candidacy,
    /// What its fleet weighs, and the accelerators that it needs.
    weight: Weight,
    accelerators: f64,
}

/// The best choice so far.
#[derive(Default)]
struct Lead {
    first: Option<First>,
    /// Why a layout was left out that would have been the best, the first of them.
    edge: Option<Rejection>,
    /// Accelerators of the smallest replica that was left out for lack of a price.
    unpriced: Option<u32>,
    /// Fleets whose spares are known: many layouts take the same.
    known: Vec<Known>,
}

/// The best choice.
struct First {
    /// How late it is, and what is paid for.
    key: (Lateness, Weight),
    /// What tells it from one that weighs as much, once there was one.
    tie: Option<(f64, f64)>,
    spares: f64,
    option: Candidacy,
}

/// What a fleet weighs with its spares.
#[derive(Clone, Copy)]
struct Known {
    /// Accelerators of a replica, and replicas.
    fleet: (f64, f64),
    weight: Option<Weight>,
    spares: f64,
}

impl Lead {
    /// Notes that no machine on offer holds a replica of `option`.
    fn leave_out(&mut self, option: &Candidacy) {
        let each = option.replica.degrees.accelerators();
        self.unpriced = Some(self.unpriced.map_or(each, |least| least.min(each)));
    }

    /// What `replicas` with their spares weigh, and the spares.
    fn standby(&mut self, rule: &FleetRule<'_>, replicas: f64) -> (Option<Weight>, f64) {
        let fleet = (rule.accelerators_per_replica.value, replicas);
        let known = self.known.iter().find(|known| known.fleet == fleet).copied().unwrap_or_else(|| {
            let standby = rule.standby(replicas);
            let known = Known { fleet, weight: standby.weight, spares: standby.spares };
            self.known.push(known);
            known
        });
        (known.weight, known.spares)
    }

    fn most(&self, housing: &Housing<'_>) -> f64 {
        self.first.as_ref().map_or(f64::INFINITY, |first| housing.most_accelerators(first.key.1))
    }

    /// The layout, what its fleet weighs, and the accelerators that it needs.
    fn found(self) -> Option<Found> {
        let First { key: (_, weight), option, spares, .. } = self.first?;
        let each = f64::from(option.replica.degrees.accelerators());
        Some(Found { accelerators: (option.replicas + spares) * each, choice: option, weight })
    }
}
