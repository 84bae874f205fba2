//! From the capacity of one replica to a fleet: the one rule for what is usable, needed and paid for.

use super::availability;
use crate::catalog::FacilityAssumptions;
use crate::engine::figures::{Number, Recorder, Silent, layout, same};
use crate::scenario::Scenario;

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
}

/// How many replicas and spares a load takes, and how many accelerators they are.
#[derive(Clone, Copy, Debug)]
pub struct FleetRule<'a> {
    /// Largest load of one replica within the SLO, requests per second.
    pub capacity: Number<'a>,
    /// Accelerators of one replica.
    pub accelerators_per_replica: Number<'a>,
    /// Share of time in which a replica is down.
    pub down: Number<'a>,
    headroom: f64,
    spares: Spares,
}

/// How spares are counted.
#[derive(Clone, Copy, Debug)]
enum Spares {
    Asked(u32),
    /// As many as keep enough replicas up for this share of time.
    For(f64),
}

/// Load that replicas with a capacity in all of `capacity` requests per second may carry at peak, the headroom kept free.
pub fn usable(capacity: f64, headroom: f64) -> f64 {
    capacity * (1.0 - headroom)
}

impl<'a> FleetRule<'a> {
    /// The rule of `scenario` for a replica of this capacity and size.
    pub fn new(
        scenario: &Scenario,
        facility: &'a FacilityAssumptions,
        capacity: Number<'a>,
        accelerators_per_replica: Number<'a>,
        recorder: &mut impl Recorder,
    ) -> Self {
        let spares = match scenario.fleet.spare_replicas {
            Some(spares) => Spares::Asked(spares),
            None => Spares::For(scenario.slo.availability),
        };
        let down = availability::down_share(scenario, facility, accelerators_per_replica, recorder);
        Self { capacity, accelerators_per_replica, down, headroom: scenario.fleet.headroom, spares }
    }

    /// Replicas that carry `load` requests per second with the headroom kept free, spares aside.
    pub fn replicas(&self, load: f64) -> f64 {
        self.serving(Number::exact(load), &mut Silent).value
    }

    /// Spares of that many replicas.
    pub fn spares(&self, replicas: f64) -> f64 {
        self.standby(Number::exact(replicas), &mut Silent).value
    }

    /// The fleet that carries `load` requests per second.
    pub fn fleet(&self, load: Number<'a>, recorder: &mut impl Recorder) -> FleetCounts<'a> {
        let replicas = self.serving(load, recorder);
        let spare_replicas = self.standby(replicas, recorder);
        let each = self.accelerators_per_replica;
        let accelerators = layout::accelerators(recorder, replicas, spare_replicas, each);
        FleetCounts { replicas, spare_replicas, accelerators }
    }

    fn serving(&self, load: Number<'_>, recorder: &mut impl Recorder) -> Number<'a> {
        layout::replicas(recorder, load, self.capacity, Number::input("fleet.headroom", self.headroom))
    }

    fn standby(&self, replicas: Number<'_>, recorder: &mut impl Recorder) -> Number<'a> {
        match self.spares {
            Spares::Asked(spares) => {
                let asked = Number::input("fleet.spare_replicas", f64::from(spares));
                same(recorder, "layout", "spare_replicas", asked)
            }
            Spares::For(availability) => {
                let availability = Number::input("slo.availability", availability);
                layout::spare_replicas(recorder, replicas, self.down, availability)
            }
        }
    }
}

/// Smallest multiple of `unit` that is at least `accelerators`: what is paid for when they are sold in such units.
pub fn billed(accelerators: f64, unit: f64) -> f64 {
    layout::billed_accelerators(&mut Silent, Number::exact(accelerators), Number::exact(unit)).value
}
