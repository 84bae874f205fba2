//! A fleet that one has (`fleet.replicas`): it is not sized but judged, at typical times, and answers also where it is late.

use super::result::{Outcome, Rejection, Sizing};
use super::search::{Candidacy, Sizer};
use crate::engine::replica::serving::Service;

/// How far a fleet that one has is from keeping the limits; less is better.
#[derive(Clone, Copy, Debug, Default, PartialEq, PartialOrd)]
pub(super) struct Lateness {
    /// Whether it does not carry the load at all.
    overloaded: bool,
    /// The factor by which it misses its tightest limit, or by which more is asked for than it carries; 0: it misses none.
    miss: f64,
}

impl Sizer<'_> {
    /// How late the fleet that the scenario fixes is in the layout of `option`; a fleet that is sized is not.
    pub(super) fn lateness(&self, option: &Candidacy) -> Lateness {
        let Some(replicas) = self.scenario.fleet.replicas.map(f64::from) else { return Lateness::default() };
        let Candidacy { replica, room, .. } = option;
        let service = Service { replica, room, demand: &self.demand.in_turn(replicas) };
        let load = self.scenario.workload.requests_per_s / replicas;
        match service.miss(load) {
            Some(miss) if miss <= 1.0 => Lateness::default(),
            Some(miss) => Lateness { overloaded: false, miss },
            None => Lateness { overloaded: true, miss: load / service.saturation().state.requests_per_s },
        }
    }

    /// The fleet with its verdict: one that is sized keeps the limits, one that the scenario fixes may be late.
    pub(super) fn judged(&self, sizing: Sizing) -> Outcome {
        let (slo, point) = (&self.scenario.slo, &sizing.operating_point);
        let Some(replicas) = self.scenario.fleet.replicas else { return Outcome::Sized(Box::new(sizing)) };
        let (ttft_s, tpot_s) = ((point.ttft_s.at_slo, slo.ttft_s), (point.tpot_s.at_slo, slo.tpot_s));
        let latency = (ttft_s.0 / ttft_s.1).max(tpot_s.0 / tpot_s.1);
        let miss = latency.max(point.utilization);
        if miss <= 1.0 {
            return Outcome::Sized(Box::new(sizing));
        }
        // A replica that is late when it is idle has no load at which it is not.
        let needed = (point.utilization > 1.0).then(|| sizing.sharing.carrying(point.requests_per_s, 1.0));
        let late = Rejection::Late {
            ttft_s,
            tpot_s,
            attainment: point.slo_attainment,
            miss,
            limit: sizing.limit,
            replicas: (f64::from(replicas), needed),
        };
        Outcome::Late(Box::new(sizing), late)
    }
}
