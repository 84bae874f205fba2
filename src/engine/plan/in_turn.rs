//! How many replicas a layout takes where they get requests in turn, which spreads bursts over them.

use super::search::{Candidacy, Sizer};
use crate::engine::fleet::replicas::usable;
use crate::engine::fleet::sharing::{Sharing, enough, fewest};
use crate::engine::replica::roofline::Replica;
use crate::engine::replica::serving::{Capacity, Service, Unable};

impl Sizer<'_> {
    /// `option` as one of the fewest replicas that carry the load, at the confidence that is asked. Its capacity is at least that in
    /// the fleet: it was found for as many replicas as the fleet has, or more.
    ///
    /// # Errors
    /// It serves only where bursts are spread over more replicas.
    pub(super) fn settled(&self, option: &Candidacy) -> Result<Candidacy, Unable> {
        self.settled_at(&option.replica.slowed(self.deviations), option)
    }

    /// The same for the times of `replica`.
    pub(super) fn settled_at(&self, replica: &Replica, option: &Candidacy) -> Result<Candidacy, Unable> {
        if self.scenario.fleet.replicas.is_some() {
            return Ok(option.clone());
        }
        let load = self.scenario.workload.requests_per_s / usable(1.0, self.scenario.fleet.headroom);
        let least = enough(load, option.capacity.state.requests_per_s);
        let (replicas, capacity) = fewest(load, least, |n| {
            let known = n == option.replicas;
            let capacity = if known { option.capacity } else { self.capacity_among(n, replica, option)? };
            Ok((capacity.state.requests_per_s, capacity))
        })?;
        Ok(Candidacy { capacity, replicas, ..option.clone() })
    }

    /// How the capacity of `choice`, a settled one, depends on the number of replicas: at the confidence that is asked, as fleets
    /// are sized, or at typical times, as one that one has is judged.
    pub(super) fn sharing(&self, choice: &Candidacy, typical: &Capacity) -> Sharing {
        let has_a_fleet = self.scenario.fleet.replicas.is_some();
        let (deviations, capacity) =
            if has_a_fleet { (0.0, typical) } else { (self.deviations, &choice.capacity) };
        let known = Sharing::of(self.scenario.workload.requests_per_s, choice.replicas, capacity);
        if self.demand.is_steady() {
            return known;
        }
        let replica = choice.replica.slowed(deviations);
        let each = |n: f64| {
            let found = self.capacity_among(n, &replica, choice);
            found.map_or(known.capacity, |capacity| capacity.state.requests_per_s)
        };
        let (alone, among_many) = (each(1.0).min(known.capacity), each(f64::INFINITY).max(known.capacity));
        Sharing { alone, among_many, ..known }
    }

    /// The most that one of `n` replicas carries.
    pub(super) fn capacity_among(
        &self,
        n: f64,
        replica: &Replica,
        option: &Candidacy,
    ) -> Result<Capacity, Unable> {
        let demand = option.demand.in_turn(n);
        Service { replica, room: &option.room, demand: &demand }.capacity_near(&option.capacity)
    }
}

impl Sharing {
    /// That of a fleet of `replicas` for `load` requests per second, for itself alone.
    pub(super) fn of(load: f64, replicas: f64, capacity: &Capacity) -> Self {
        let capacity = capacity.state.requests_per_s;
        Self { load, replicas, capacity, alone: capacity, among_many: capacity }
    }
}
