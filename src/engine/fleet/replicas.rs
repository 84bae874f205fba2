//! From the capacity of one replica to a fleet: the one rule for what is usable, needed and paid for.

use super::availability::{Domains, Failing};
use super::housing::{Home, Housing, Weight};
use super::sharing::Sharing;
use crate::engine::figures::{Number, Recorder, Silent, layout, same};
use crate::engine::math::domains::fewest_spares;

/// More accelerators than this are no plan.
pub const MOST_ACCELERATORS: f64 = 10_000_000.0;

/// Counts of a fleet.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct FleetCounts<'a> {
    /// Replicas that serve.
    pub replicas: Number<'a>,
    /// Replicas that stand by.
    pub spare_replicas: Number<'a>,
    /// Accelerators of the fleet.
    pub accelerators: Number<'a>,
    /// Where they stand.
    pub home: Home<'a>,
    /// What takes them down there.
    pub domains: Domains,
}

/// How many replicas and spares a load takes, and how many accelerators they are.
#[derive(Clone, Copy, Debug)]
pub struct FleetRule<'a> {
    /// Largest load of one replica within the SLO, requests per second.
    pub capacity: Number<'a>,
    /// Accelerators of one replica.
    pub accelerators_per_replica: Number<'a>,
    /// What takes replicas down.
    failing: Failing<'a>,
    /// What they may stand in.
    housing: Housing<'a>,
    /// What they do stand in; `None`: what costs least.
    home: Option<Home<'a>>,
    /// Whether they are one of two pools, both of which have to be up.
    pooled: bool,
    /// How the capacity depends on how many share the load; `None`: not at all.
    sharing: Option<Sharing>,
}

/// Spares, where they stand, and what all of it weighs in the search; `None`: nobody rents a machine that holds such a replica.
#[derive(Clone, Copy, Debug)]
pub struct Standby<'a> {
    /// Where the fleet stands.
    pub home: Home<'a>,
    /// Spare replicas.
    pub spares: f64,
    /// What is paid for.
    pub weight: Option<Weight>,
}

/// Load that replicas with a capacity in all of `capacity` requests per second may carry at peak, the headroom kept free.
pub fn usable(capacity: f64, headroom: f64) -> f64 {
    capacity * (1.0 - headroom)
}

impl<'a> FleetRule<'a> {
    /// The rule of a scenario for a replica of this capacity and size, in the machines of `housing`.
    pub fn new(
        failing: Failing<'a>,
        housing: Housing<'a>,
        capacity: Number<'a>,
        accelerators_per_replica: Number<'a>,
    ) -> Self {
        Self {
            capacity,
            accelerators_per_replica,
            failing,
            housing,
            home: None,
            pooled: false,
            sharing: None,
        }
    }

    /// The same for one of two pools that stand in `home`, both of which have to be up as often as it is asked of a fleet.
    pub fn of_pool(self, home: Home<'a>) -> Self {
        Self { home: Some(home), pooled: true, ..self }
    }

    /// Share of time in which enough replicas have to be up.
    fn availability(&self) -> f64 {
        let asked = self.failing.scenario.slo.availability;
        if self.pooled { asked.sqrt() } else { asked }
    }

    /// The same where the capacity is that of a fleet which was sized, and others have another.
    pub fn sharing(self, sharing: Sharing) -> Self {
        Self { sharing: Some(sharing), ..self }
    }

    /// The same for a fleet that stays in the machines in which it stands at `load` requests per second.
    pub fn staying(self, load: f64) -> Self {
        Self { home: Some(self.standby(self.replicas(load)).home), ..self }
    }

    /// The most accelerators of a machine that the fleet is in at `load` requests per second.
    pub fn machine(&self, load: f64) -> f64 {
        self.standby(self.replicas(load)).home.machine
    }

    /// Replicas of the fleet at `load` requests per second, spares aside: those that one has, or as many as carry it.
    pub fn replicas(&self, load: f64) -> f64 {
        self.serving(Number::exact(load), &mut Silent).value
    }

    /// Spares of that many replicas.
    pub fn spares(&self, replicas: f64) -> f64 {
        self.standby(replicas).spares
    }

    /// The spares of `replicas`, in the machines that cost least with the spares that they take: machines that hold several
    /// replicas take them down together, and so need more.
    pub fn standby(&self, replicas: f64) -> Standby<'a> {
        let each = self.accelerators_per_replica.value;
        if let Some(asked) = self.failing.scenario.fleet.spare_replicas.map(f64::from) {
            let all = replicas + asked;
            let home = self.home.unwrap_or_else(|| self.housing.home(all, each));
            return Standby { home, spares: asked, weight: self.housing.weight(all, each) };
        }
        if let Some(home) = self.home {
            return Standby { home, spares: self.spares_in(&home, replicas), weight: None };
        }
        let mut best: Option<Standby<'a>> = None;
        self.housing.visit_homes(each, |home| {
            let weight = |spares: f64| self.housing.weight_in(&home, replicas + spares, each);
            let least = best.and_then(|best| best.weight);
            // Spares only add to what is paid for.
            if least.is_some() && !(weight(0.0).is_some_and(|weight| Some(weight) <= least)) {
                return;
            }
            let spares = self.spares_in(&home, replicas);
            let Some(weight) = weight(spares) else { return };
            if best.is_none_or(|best| (Some(weight), spares) < (best.weight, best.spares)) {
                best = Some(Standby { home, spares, weight: Some(weight) });
            }
        });
        best.unwrap_or_else(|| {
            let home = self.housing.home(replicas, each);
            Standby { home, spares: self.spares_in(&home, replicas), weight: None }
        })
    }

    fn spares_in(&self, home: &Home<'a>, replicas: f64) -> f64 {
        let d =
            self.failing.domains(home, self.accelerators_per_replica, Number::exact(replicas), &mut Silent);
        let [machine, rack, feed] =
            [d.machine, d.rack, d.feed].map(|group| (group.replicas.value, group.down.value));
        let alone = (d.restart_down.value, d.release_down.value);
        fewest_spares(replicas, self.availability(), machine, rack, feed, alone)
    }

    /// The fleet that carries `load` requests per second.
    pub fn fleet(&self, load: Number<'a>, recorder: &mut impl Recorder) -> FleetCounts<'a> {
        let replicas = self.serving(load, recorder);
        let each = self.accelerators_per_replica;
        let home = self.standby(replicas.value).home;
        let domains = self.failing.domains(&home, each, replicas, recorder);
        let spare_replicas = self.spare_replicas(replicas, &domains, recorder);
        let accelerators = layout::accelerators(recorder, replicas, spare_replicas, each);
        FleetCounts { replicas, spare_replicas, accelerators, home, domains }
    }

    fn serving(&self, load: Number<'_>, recorder: &mut impl Recorder) -> Number<'a> {
        let fixed = self.failing.scenario.fleet.replicas.map(f64::from);
        match fixed.map(|fixed| Number::input("fleet.replicas", fixed)) {
            Some(fixed) => same(recorder, "layout", "replicas", fixed),
            None => self.carrying(load, recorder),
        }
    }

    fn carrying(&self, load: Number<'_>, recorder: &mut impl Recorder) -> Number<'a> {
        let headroom = self.failing.scenario.fleet.headroom;
        let asked = Number::input("fleet.headroom", headroom);
        let Some(sharing) = self.sharing else {
            return layout::replicas(recorder, load, self.capacity, asked, Number::exact(1.0));
        };
        let fewest = sharing.fewest(load.value, usable(1.0, headroom));
        let capacity = Number { value: sharing.capacity_among(fewest), ..self.capacity };
        // Fewer may have the capacity if they had it: then it is their number that counts.
        let by_capacity = layout::replicas(&mut Silent, load, capacity, asked, Number::exact(1.0));
        let least = if by_capacity.value < fewest { Number::exact(fewest) } else { Number::exact(1.0) };
        layout::replicas(recorder, load, capacity, asked, least)
    }

    fn spare_replicas(
        &self,
        replicas: Number<'_>,
        domains: &Domains,
        recorder: &mut impl Recorder,
    ) -> Number<'a> {
        let scenario = self.failing.scenario;
        if let Some(spares) = scenario.fleet.spare_replicas {
            let asked = Number::input("fleet.spare_replicas", f64::from(spares));
            return same(recorder, "layout", "spare_replicas", asked);
        }
        let Domains { machine, rack, feed, restart_down, release_down, .. } = *domains;
        let formula = if self.pooled { layout::spare_replicas_of_a_pool } else { layout::spare_replicas };
        formula(
            recorder,
            replicas,
            Number::input("slo.availability", scenario.slo.availability),
            machine.replicas,
            machine.down,
            rack.replicas,
            rack.down,
            feed.replicas,
            feed.down,
            restart_down,
            release_down,
        )
    }
}

/// Smallest multiple of `unit` that is at least `accelerators`: what is paid for when they are sold in such units.
pub fn billed(accelerators: f64, unit: f64) -> f64 {
    layout::billed_accelerators(&mut Silent, Number::exact(accelerators), Number::exact(unit)).value
}
