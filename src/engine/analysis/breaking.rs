//! A fleet that stays as it is: what it does at a load that it was not sized for, or after a part of it is lost, and what would hold.

use super::against_load::{AgainstLoad, of_fleet, with_fleet};
use crate::catalog::{Catalog, Term};
use crate::engine::plan::planner::plan_on;
use crate::engine::plan::result::{Candidate, Sizing};
use crate::engine::replica::serving::{Capacity, Service, State};
use crate::scenario::Scenario;

/// After so long an overload is looked at, seconds.
pub const LOOKED_AT_S: f64 = 600.0;

/// A fleet that is frozen, at one load.
#[derive(Clone, Debug, PartialEq)]
pub struct Pushed {
    /// Load of the whole fleet, requests per second.
    pub requests_per_s: f64,
    /// Replicas that serve.
    pub serving: u32,
    /// Replicas that stand by.
    pub standing_by: u32,
    /// Replicas that are down.
    pub lost: u32,
    /// Share of requests that miss either limit, 0–1; all of an overload do, once it lasts.
    pub late: f64,
    /// Time to first token at the percentile of the SLO, seconds. Overloaded: that of all that came in the first [`LOOKED_AT_S`].
    pub ttft_s: f64,
    /// Time per output token at the percentile of the SLO, seconds. Overloaded: with as many sequences as may run.
    pub tpot_s: f64,
    /// The most that it carries at all, requests per second.
    pub most_requests_per_s: f64,
    /// The same fleet at every load, and what breaks where.
    pub lines: AgainstLoad,
}

impl Pushed {
    /// By how many requests the queue grows in a second; 0: it does not.
    pub fn queue_grows_per_s(&self) -> f64 {
        (self.requests_per_s - self.most_requests_per_s).max(0.0)
    }

    /// Whether more comes than it carries.
    pub fn is_overloaded(&self) -> bool {
        self.queue_grows_per_s() > 0.0
    }

    /// The load from which on a limit is missed, requests per second; infinite: none ever is.
    pub fn holds_requests_per_s(&self) -> f64 {
        self.lines.breaks.first().map_or(f64::INFINITY, |first| first.requests_per_s)
    }

    /// Whether every limit is kept.
    pub fn holds(&self) -> bool {
        self.requests_per_s <= self.holds_requests_per_s()
    }
}

/// A larger fleet of the same accelerator.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Larger {
    /// Accelerators more than now, spares included.
    pub accelerators: u32,
    /// What it costs more than now, US dollars a month.
    pub usd_per_month: f64,
}

/// What would hold a load.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct WaysOut {
    /// With nothing kept free, at typical times. `None`: nothing on offer holds it, or the fleet is large enough.
    pub at_the_limit: Option<Larger>,
    /// Sized as the plan is, by its headroom and its confidence.
    pub as_planned: Option<Larger>,
    /// The accelerators of the last on demand for a day, US dollars; `None`: nobody offers that.
    pub for_a_day_usd: Option<f64>,
    /// Share of requests to be refused so that all others keep the limits, 0–1.
    pub refused: f64,
}

/// What can be lost at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lost {
    /// A replica: its process, or one of its accelerators.
    Replica,
    /// What a repair takes: a server, a tray, a machine that is rented whole.
    Machine,
    /// A rack with all that is in it.
    Rack,
}

impl Lost {
    /// All of them, the smallest first.
    pub const ALL: [Self; 3] = [Self::Replica, Self::Machine, Self::Rack];

    /// Replicas that fall with it.
    pub fn replicas(self, sizing: &Sizing) -> u32 {
        match self {
            Self::Replica => 1,
            Self::Machine => sizing.availability.replicas_of_one_machine as u32,
            Self::Rack => sizing.availability.replicas_of_one_rack as u32,
        }
    }
}

/// Replicas that serve and that stand by once `lost` of the fleet are down: spares take over first.
pub fn left(sizing: &Sizing, lost: u32) -> (u32, u32) {
    let (needed, spares) = (sizing.layout.replicas, sizing.layout.spare_replicas);
    let up = (needed + spares).saturating_sub(lost);
    (up.min(needed), up.saturating_sub(needed))
}

/// The fleet of `candidate`, of which `lost` replicas are down, at `requests_per_s`, at typical times. `None` where it has no fleet or
/// nothing is left of it, and where prompts and answers are in pools of their own.
pub fn pushed(
    scenario: &Scenario,
    catalog: &Catalog,
    candidate: &Candidate,
    requests_per_s: f64,
    lost: u32,
) -> Option<Pushed> {
    let (serving, standing_by) = left(candidate.fleet()?, lost);
    if serving == 0 {
        return None;
    }
    let replicas = f64::from(serving);
    with_fleet(scenario, catalog, candidate, replicas, |service| {
        let saturation = service.saturation();
        let most_requests_per_s = saturation.state.requests_per_s * replicas;
        let [late, ttft_s, tpot_s] = times(service, &saturation, requests_per_s / replicas);
        let lines = of_fleet(service, replicas);
        Pushed {
            requests_per_s,
            serving,
            standing_by,
            lost,
            late,
            ttft_s,
            tpot_s,
            most_requests_per_s,
            lines,
        }
    })
}

/// Share of late requests, time to first token and time per output token, seconds, of a replica that gets `each` requests per second.
fn times(service: &Service<'_>, saturation: &Capacity, each: f64) -> [f64; 3] {
    let slo = service.demand.slo;
    let State { requests_per_s: most, prefill, .. } = saturation.state;
    if each < most {
        let state = service.at_load(each, saturation);
        let [first, other] = service.within_limits(&state);
        return [1.0 - first * other, service.ttft_s(&state, slo), service.tpot_s(&state, slo)];
    }
    // What came first is served first: who comes after a time waits for all that has come in it and was not served.
    let waited_s = slo.share * LOOKED_AT_S * (each / most - 1.0);
    [1.0, prefill.latency_s + waited_s, service.tpot_s(&saturation.state, slo)]
}

/// What would hold `pushed`, which is the frozen fleet of `candidate`.
pub fn ways_out(scenario: &Scenario, catalog: &Catalog, candidate: &Candidate, pushed: &Pushed) -> WaysOut {
    let mut asked = scenario.clone();
    asked.workload.requests_per_s = pushed.requests_per_s;
    let as_planned = larger(&asked, catalog, candidate);
    (asked.fleet.headroom, asked.fleet.confidence) = (0.0, 0.5);
    let at_the_limit = larger(&asked, catalog, candidate);
    let rate = candidate.fleet().and_then(|now| now.estate.cost.rate(Term::OnDemand));
    let for_a_day_usd = as_planned.zip(rate).map(|(more, rate)| {
        let machine = f64::from(rate.machine);
        let accelerators = (f64::from(more.accelerators) / machine).ceil() * machine;
        accelerators * rate.usd_per_accelerator_hour.value() * HOURS_PER_DAY
    });
    let refused = (1.0 - pushed.holds_requests_per_s() / pushed.requests_per_s).max(0.0);
    WaysOut { at_the_limit, as_planned, for_a_day_usd, refused }
}

const HOURS_PER_DAY: f64 = 24.0;

/// The fleet that `asked` takes on the accelerator of `candidate`, over that which there is; `None`: it is no larger, or there is none.
fn larger(asked: &Scenario, catalog: &Catalog, candidate: &Candidate) -> Option<Larger> {
    let now = candidate.fleet()?;
    let plan = plan_on(asked, catalog, |id| id == candidate.accelerator).ok()?;
    let then = plan.candidates.first()?.sizing()?;
    let accelerators = then.whole().accelerators.checked_sub(now.whole().accelerators).filter(|n| *n > 0)?;
    let usd = |sizing: &Sizing| sizing.estate.cost.chosen.usd_per_month;
    Some(Larger { accelerators, usd_per_month: usd(then) - usd(now) })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::plan::planner::plan;
    use crate::scenario::preset;

    /// A frozen fleet holds its own load and breaks under three times that, the more is lost the sooner; what would hold it costs more.
    #[test]
    fn a_frozen_fleet_breaks_where_its_lines_do() {
        let catalog = Catalog::built_in().unwrap();
        let mut seen = 0;
        for (stem, _) in preset::BUILT_IN {
            let scenario = preset::open(stem, &catalog).unwrap();
            let plan = plan(&scenario, &catalog).unwrap();
            let (candidate, sizing) = plan.best().unwrap();
            let load = scenario.workload.requests_per_s;
            let at = |times: f64, lost: u32| pushed(&scenario, &catalog, candidate, times * load, lost);
            let Some(planned) = at(1.0, 0) else {
                assert!(sizing.pools.is_some(), "{stem}");
                continue;
            };
            assert!(planned.holds() && !planned.is_overloaded(), "{stem}: {planned:?}");
            let point = &sizing.operating_point;
            assert!((planned.ttft_s / point.ttft_s.at_slo - 1.0).abs() < 1e-3, "{stem}: {planned:?}");
            let mut last = planned;
            for times in [1.25, 1.5, 2.0, 3.0, 10.0, 40.0] {
                let now = at(times, 0).unwrap();
                assert!(now.late + 1e-6 >= last.late && now.ttft_s.is_finite(), "{stem} {times}: {now:?}");
                assert_eq!(now.holds(), times * load <= now.holds_requests_per_s());
                last = now;
            }
            assert!(!last.holds() && last.is_overloaded() && last.queue_grows_per_s() > 0.0, "{stem}");
            let ways = ways_out(&scenario, &catalog, candidate, &last);
            let [limit, planned] = [ways.at_the_limit, ways.as_planned].map(Option::unwrap);
            assert!(0 < limit.accelerators && limit.accelerators <= planned.accelerators, "{stem}: {ways:?}");
            assert!(ways.refused > 0.5 && planned.usd_per_month > 0.0, "{stem}: {ways:?}");
            let (spares, all) = (sizing.layout.spare_replicas, sizing.layout.replicas);
            assert_eq!(left(sizing, spares), (all, 0));
            if all > 1 {
                let less = at(1.0, spares + 1).unwrap();
                assert!(less.holds_requests_per_s() < last.holds_requests_per_s(), "{stem}");
                seen += 1;
            }
            assert!(at(1.0, all + spares).is_none());
        }
        assert!(seen > 5, "{seen}");
    }
}
