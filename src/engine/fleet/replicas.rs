//! From the capacity of one replica to a fleet: replicas, spares, servers, racks.

use crate::catalog::{Facility, Server};
use crate::engine::explain::{Recorder, Step, Term, Trust};
use crate::engine::fleet::availability;
use crate::scenario::Scenario;
use crate::units::Unit;

/// Hours of a year.
pub const HOURS_PER_YEAR: f64 = 8760.0;

/// More accelerators than this are no plan.
pub const MOST_ACCELERATORS: f64 = 10_000_000.0;

/// Counts of a fleet.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Fleet {
    /// Replicas that serve.
    pub replicas: f64,
    /// Replicas that stand by.
    pub spare_replicas: f64,
    /// Accelerators of the fleet.
    pub accelerators: f64,
    /// Of one replica.
    pub capacity_requests_per_s: f64,
}

/// Replicas that carry the peak with the headroom asked for, and their spares.
pub fn fleet(
    scenario: &Scenario,
    facility: &Facility,
    capacity_requests_per_s: f64,
    accelerators_per_replica: f64,
    recorder: &mut impl Recorder,
) -> Fleet {
    let load = scenario.workload.requests_per_s;
    let usable = capacity_requests_per_s * (1.0 - scenario.fleet.headroom);
    let replicas = replicas(load, usable);
    let down = availability::down_share(scenario, facility, accelerators_per_replica);
    let spare_replicas = match scenario.fleet.spare_replicas {
        Some(spares) => f64::from(spares),
        None => availability::spares(replicas, down, scenario.slo.availability),
    };
    let accelerators = (replicas + spare_replicas) * accelerators_per_replica;
    recorder.note(|| Step {
        key: "layout.replicas".into(),
        label: "Replicas that the peak needs",
        value: replicas,
        unit: Unit::One,
        formula: "⌈load at peak ÷ (capacity of one replica × (1 − headroom))⌉",
        terms: vec![
            Term::plain("load at peak", load, Unit::RequestsPerSecond),
            Term::made(
                "capacity of one replica",
                capacity_requests_per_s,
                Unit::RequestsPerSecond,
                "serving.capacity",
            ),
            Term::plain("headroom", scenario.fleet.headroom, Unit::Fraction),
        ],
        sources: Vec::new(),
        trust: Trust::Derived,
    });
    recorder.note(|| Step {
        key: "layout.spare_replicas".into(),
        label: "Spare replicas",
        value: spare_replicas,
        unit: Unit::One,
        formula: if scenario.fleet.spare_replicas.is_some() {
            "as asked"
        } else {
            "fewest spares with P(enough replicas up) ≥ availability, replicas failing independently (binomial)"
        },
        terms: vec![
            Term::plain("availability", scenario.slo.availability, Unit::Fraction),
            Term::made("share of time one replica is down", down, Unit::Fraction, "availability.replica_down"),
            Term::made("replicas needed", replicas, Unit::One, "layout.replicas"),
        ],
        sources: vec![
            facility.repairs_per_accelerator_year.source().to_owned(),
            facility.repair_h.source().to_owned(),
        ],
        trust: if scenario.fleet.spare_replicas.is_some() { Trust::Given } else { Trust::Assumed },
    });
    recorder.note(|| Step {
        key: "layout.accelerators".into(),
        label: "Accelerators",
        value: accelerators,
        unit: Unit::One,
        formula: "(replicas + spares) × accelerators of one replica",
        terms: vec![
            Term::made("replicas", replicas, Unit::One, "layout.replicas"),
            Term::made("spares", spare_replicas, Unit::One, "layout.spare_replicas"),
            Term::plain("accelerators of one replica", accelerators_per_replica, Unit::One),
        ],
        sources: Vec::new(),
        trust: Trust::Derived,
    });
    Fleet { replicas, spare_replicas, accelerators, capacity_requests_per_s }
}

/// Replicas that carry `load` when each may carry `usable`. A load that is met to within a part in a billion is met.
pub fn replicas(load: f64, usable: f64) -> f64 {
    (load / usable - 1e-9).ceil().max(1.0)
}

/// Servers that hold `accelerators`.
pub fn servers(server: &Server, accelerators: f64) -> f64 {
    (accelerators / server.accelerators.value()).ceil().max(1.0)
}

/// Smallest multiple of `unit` that is at least `accelerators`.
pub fn billed(accelerators: f64, unit: f64) -> f64 {
    (accelerators / unit).ceil() * unit
}
