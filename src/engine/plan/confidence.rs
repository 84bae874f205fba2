//! How sure a fleet is to hold its service levels: its capacity at times that are longer or shorter than typical.

use super::search::{Candidacy, Sizer};
use crate::engine::figures::{Number, Recorder, Trust};
use crate::engine::replica::pools::Role;
use crate::engine::replica::roofline::BAND_DEVIATIONS;
use crate::engine::replica::serving::{Capacity, Service};

/// Where the steps of the capacity at the confidence that is asked are noted.
const AT_CONFIDENCE: &str = "serving.at_confidence";

/// Capacity of one replica, by how far its times are from typical. Numbers are requests per second.
pub(super) struct Capacities {
    /// At typical times, as a state.
    pub typical: Capacity,
    /// The same as a number.
    pub typical_number: Number<'static>,
    /// At the confidence that is asked.
    pub confident: Number<'static>,
    /// Where all times are as long as the upper ends of their bands.
    pub low: Number<'static>,
    /// Where all are as short as the lower ends.
    pub high: Number<'static>,
    /// Standard deviations of the confidence that is asked.
    deviations: f64,
}

impl Capacities {
    /// Those of `choice` in its fleet.
    pub fn of(sizer: &Sizer<'_>, choice: &Candidacy, recorder: &mut impl Recorder) -> Self {
        let Candidacy { replica, room, replicas, .. } = choice;
        let demand = &choice.demand.in_turn(*replicas);
        let found = |deviations: f64| {
            let slowed = replica.slowed(deviations);
            Service { replica: &slowed, room, demand }.capacity_near(&choice.capacity).ok()
        };
        let service = Service { replica, room, demand };
        let typical = service.capacity_near(&choice.capacity).unwrap_or_else(|_| service.saturation());
        let typical_number = service.capacity_number(&typical, "serving", recorder);
        let slowed = replica.slowed(sizer.deviations);
        let slow = Service { replica: &slowed, room, demand };
        let confident = slow.capacity_number(&choice.capacity, AT_CONFIDENCE, recorder);
        let model = |value: f64| Number::model(value, Trust::of_evidence(replica.reliance.evidence));
        // A layout that is too slow at the end of the band still is as fast as its times are longer.
        let slowest = confident.value / replica.reliance.tpot_factor;
        let low = found(BAND_DEVIATIONS).map_or(slowest, |capacity| capacity.state.requests_per_s);
        // So is one of a pool that barely is not: its layout was chosen for what it carries at the confidence that is asked.
        let low = if demand.role == Role::Mixed { low } else { low.max(slowest) };
        let high =
            found(-BAND_DEVIATIONS).map_or(typical_number.value, |capacity| capacity.state.requests_per_s);
        Self {
            typical,
            typical_number,
            confident,
            low: model(low.min(confident.value)),
            high: model(high.max(typical_number.value)),
            deviations: sizer.deviations,
        }
    }

    /// By how many standard deviations times may be longer until one replica carries no more than `needed` requests per second:
    /// between the capacities that are known straight in the logarithm, and beyond them no farther than three.
    pub fn deviations_until(&self, needed: f64) -> f64 {
        let mut known = vec![
            (-BAND_DEVIATIONS, self.high.value),
            (0.0, self.typical_number.value),
            (self.deviations, self.confident.value),
            (BAND_DEVIATIONS, self.low.value),
        ];
        known.sort_by(|a, b| a.0.total_cmp(&b.0));
        known.dedup_by(|a, b| a.0 - b.0 < 1e-3);
        let between = |pair: &[(f64, f64)]| {
            let ((from, more), (to, less)) = (pair[0], pair[1]);
            let slope = (less / more).ln().min(-1e-6) / (to - from);
            from + (needed / more).ln() / slope
        };
        let pairs = known.windows(2);
        let at = pairs.clone().find(|pair| pair[1].1 <= needed).or(pairs.last());
        at.map_or(0.0, between).clamp(-3.0, 3.0)
    }

    /// Standard deviation of the logarithm of the capacity.
    pub fn spread(&self) -> f64 {
        (self.high.value / self.low.value).ln() / (2.0 * BAND_DEVIATIONS)
    }
}
