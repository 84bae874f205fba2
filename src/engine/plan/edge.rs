//! Layouts at the edge of their limits: a fleet that is as small as this only as long as nothing takes a little longer.

use super::ranking::MOST_TIMES;
use super::result::Rejection;
use super::search::{Candidacy, Hardware, Sizer};
use crate::engine::figures::Number;
use crate::engine::fleet::replicas::usable;
use crate::engine::replica::pools::Role;
use crate::engine::replica::roofline::BAND_DEVIATIONS;
use crate::engine::replica::serving::Service;

impl<'a> Sizer<'a> {
    /// That longer times would take many times the fleet of `option`, those of the confidence asked for or those at the upper end of
    /// the band; `None`: they would not, or the fleet is one that one has.
    pub(super) fn edge(&self, hardware: &Hardware<'a>, option: &Candidacy) -> Option<Rejection> {
        if self.scenario.fleet.replicas.is_some() {
            return None;
        }
        let n = option.replicas;
        let load = self.scenario.workload.requests_per_s / usable(1.0, self.scenario.fleet.headroom);
        let demand = option.demand.in_turn(n);
        let [at_best, at_worst] = [0.0, BAND_DEVIATIONS].map(|deviations| option.replica.slowed(deviations));
        let service = |replica| Service { replica, room: &option.room, demand: &demand };
        // So many would be too many, and so few far fewer.
        let (many, few) = ((MOST_TIMES * n).floor(), (n / MOST_TIMES).ceil() - 1.0);
        let keeps = service(&at_worst).keeps(load / many, &option.capacity);
        if keeps && (few < 1.0 || service(&at_best).capacity(load / few).is_err()) {
            return None;
        }
        let confident = option.capacity.state.requests_per_s;
        let at = |deviations: f64| {
            let slowed = option.replica.slowed(deviations);
            self.capacity_among(option.replicas, &slowed, option).ok().map(|found| found.state.requests_per_s)
        };
        let typical = at(0.0).map_or(confident, |found| found.max(confident));
        // A layout that is too slow at the end of the band still is as fast as its times are longer.
        let slowest = confident / option.replica.reliance.tpot_factor;
        let low = at(BAND_DEVIATIONS).map_or(slowest, |found| found.min(confident));
        // So is one of a pool that barely is not: its layout was chosen for what it carries at the confidence that is asked.
        let low = if option.demand.role == Role::Mixed { low } else { low.max(slowest) };
        let each = f64::from(option.replica.degrees.accelerators());
        let load = self.scenario.workload.requests_per_s;
        let [typical, confident, slow] = [typical, confident, low].map(|capacity| {
            self.rule(hardware, Number::exact(capacity), Number::exact(each)).replicas(load) * each
        });
        let limit = option.capacity.limit;
        if confident > MOST_TIMES * typical {
            return Some(Rejection::Edge { accelerators: typical, slow: confident, limit });
        }
        (slow > MOST_TIMES * confident).then_some(Rejection::Edge { accelerators: confident, slow, limit })
    }
}
