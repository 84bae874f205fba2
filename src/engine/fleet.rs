//! From the capacity of one replica to a fleet: replicas, spares, servers, racks.

use super::explain::{Recorder, Step, Term, Trust};
use crate::catalog::{Facility, Server};
use crate::scenario::Scenario;
use crate::units::Unit;

/// Hours of a year.
pub const HOURS_PER_YEAR: f64 = 8760.0;

/// More accelerators than this are no plan.
pub const MOST_ACCELERATORS: f64 = 10_000_000.0;

/// Counts of a fleet.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Fleet {
    pub replicas: f64,
    pub spare_replicas: f64,
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
    let down = unavailability(facility, accelerators_per_replica);
    let spare_replicas = match scenario.fleet.spare_replicas {
        Some(spares) => f64::from(spares),
        None => spares(replicas, down, scenario.slo.availability),
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
            Term::plain("share of time one replica is down", down, Unit::Fraction),
            Term::made("replicas needed", replicas, Unit::One, "layout.replicas"),
        ],
        sources: vec![
            facility.interruptions_per_accelerator_year.source().to_owned(),
            facility.recovery_h.source().to_owned(),
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

/// Share of time in which a replica is down: one failing accelerator takes all of it down.
fn unavailability(facility: &Facility, accelerators_per_replica: f64) -> f64 {
    let failures = facility.interruptions_per_accelerator_year.value() * accelerators_per_replica;
    let down_h = failures * facility.recovery_h.value();
    down_h / (HOURS_PER_YEAR + down_h)
}

/// Fewest spares with which at least `needed` of `needed + spares` replicas are up for a share
/// `availability` of time, when each is down for a share `down` independently: a binomial tail.
pub fn spares(needed: f64, down: f64, availability: f64) -> f64 {
    let mut spares = 0.0;
    while spares < needed.max(64.0) {
        if at_most_down(needed + spares, spares, down) >= availability {
            break;
        }
        spares += 1.0;
    }
    spares
}

/// Probability that at most `k` of `n` are down.
fn at_most_down(n: f64, k: f64, down: f64) -> f64 {
    // Terms from zero upward, each from the one before; in logarithms so that large fleets do not underflow.
    let mut ln_term = n * (-down).ln_1p();
    let ratio = (down / (1.0 - down)).ln();
    let mut sum = ln_term.exp();
    let mut i = 0.0;
    while i < k {
        i += 1.0;
        ln_term += ((n - i + 1.0) / i).ln() + ratio;
        sum += ln_term.exp();
    }
    sum.min(1.0)
}

/// Servers that hold `accelerators`.
pub fn servers(server: &Server, accelerators: f64) -> f64 {
    (accelerators / server.accelerators.value()).ceil().max(1.0)
}

/// Smallest multiple of `unit` that is at least `accelerators`.
pub fn billed(accelerators: f64, unit: f64) -> f64 {
    (accelerators / unit).ceil() * unit
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Enumerates every combination of up and down.
    fn exactly(n: u32, k: u32, down: f64) -> f64 {
        (0..1u32 << n)
            .filter(|set| set.count_ones() <= k)
            .map(|set| {
                let d = set.count_ones();
                down.powi(d as i32) * (1.0 - down).powi((n - d) as i32)
            })
            .sum()
    }

    #[test]
    fn availability_matches_enumeration() {
        for n in 1..=10 {
            for k in 0..n {
                let got = at_most_down(f64::from(n), f64::from(k), 0.03);
                assert!((got - exactly(n, k, 0.03)).abs() < 1e-12);
            }
        }
    }

    #[test]
    fn spares_never_fall_as_the_fleet_grows() {
        let mut last = 0.0;
        for needed in 1..3000 {
            let now = spares(f64::from(needed), 0.004, 0.999);
            assert!(now >= last, "{needed} replicas: {now} spares after {last}");
            last = now;
        }
        assert!(last < 60.0);
    }
}
