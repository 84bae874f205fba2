//! One fleet as its load grows: both latencies at each percentile, the share of requests that are late, and what breaks where.

use crate::catalog::Catalog;
use crate::engine::figures::Silent;
use crate::engine::plan::planner::with_sizer;
use crate::engine::plan::result::Candidate;
use crate::engine::replica::degrees::Degrees;
use crate::engine::replica::memory::Room;
use crate::engine::replica::memory_settings::MemorySettings;
use crate::engine::replica::roofline::Replica;
use crate::engine::replica::serving::{Limit, Service};
use crate::scenario::Scenario;

/// Percentiles of a line.
pub const SHARES: [f64; 3] = [0.5, 0.95, 0.99];
/// Points of a line.
const POINTS: usize = 40;
/// How near to saturation the last point is: beyond it is no steady state.
const LAST: f64 = 0.995;

/// A fleet at one load.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LoadPoint {
    /// Of the whole fleet.
    pub requests_per_s: f64,
    /// At each of [`SHARES`], seconds.
    pub ttft_s: [f64; 3],
    /// At each of [`SHARES`], seconds.
    pub tpot_s: [f64; 3],
    /// Share of requests that miss either limit, 0–1.
    pub late: f64,
}

/// A limit that is met at a load.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Break {
    /// Which.
    pub limit: Limit,
    /// From this load of the fleet on it is missed, requests per second.
    pub requests_per_s: f64,
}

/// A fleet from next to no load to as much as it carries.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct AgainstLoad {
    /// In the order of loads.
    pub points: Vec<LoadPoint>,
    /// What breaks, the first first.
    pub breaks: Vec<Break>,
}

/// The fleet of `candidate` against load, at typical times. Empty where it has none, or where prompts and answers are in pools
/// of their own.
pub fn against_load(scenario: &Scenario, catalog: &Catalog, candidate: &Candidate) -> AgainstLoad {
    let replicas = candidate.fleet().map_or(0.0, |sizing| f64::from(sizing.layout.replicas));
    with_fleet(scenario, catalog, candidate, replicas, |service| of_fleet(service, replicas))
        .unwrap_or_default()
}

/// What `answer` makes of a replica of `candidate`, as one of `replicas` that get requests in turn, at typical times. `None` where it
/// has no fleet, or two pools.
pub(super) fn with_fleet<T>(
    scenario: &Scenario,
    catalog: &Catalog,
    candidate: &Candidate,
    replicas: f64,
    answer: impl FnOnce(&Service<'_>) -> T,
) -> Option<T> {
    let sizing = candidate.fleet().filter(|sizing| sizing.pools.is_none())?;
    let accelerator = catalog.accelerator(&candidate.accelerator)?;
    let layout = &sizing.layout;
    let degrees = Degrees { tp: layout.tp, pp: layout.pp, ep: layout.ep, attention_dp: layout.attention_dp };
    let found = with_sizer(scenario, catalog, |sizer| {
        let hardware = sizer.hardware(accelerator)?;
        let (fuller, smaller_steps) = (sizing.launch.fuller, sizing.launch.smaller_steps);
        let settings = MemorySettings { fuller, smaller_steps, ..sizer.settings() };
        let deployment = sizer.deployment(&hardware, degrees, (layout.weights, layout.kv_cache), settings);
        let replica = Replica::new(&deployment);
        let room = Room::new(&deployment, &mut Silent);
        let demand = sizer.demand.in_turn(replicas);
        Some(answer(&Service { replica: &replica, room: &room, demand: &demand }))
    });
    found.ok().flatten()
}

pub(super) fn of_fleet(service: &Service<'_>, replicas: f64) -> AgainstLoad {
    let demand = service.demand;
    let saturation = service.saturation();
    let most = saturation.state.requests_per_s;
    let quantiles = SHARES.map(|share| demand.quantile(share));
    let point = |i: usize| {
        let each = most * LAST * i as f64 / POINTS as f64;
        let state = service.at_load(each, &saturation);
        let [first, other] = service.within_limits(&state);
        LoadPoint {
            requests_per_s: each * replicas,
            ttft_s: quantiles.map(|q| service.ttft_s(&state, q)),
            tpot_s: quantiles.map(|q| service.tpot_s(&state, q)),
            late: 1.0 - first * other,
        }
    };
    let ttft = |each: f64| service.ttft_s(&service.at_load(each, &saturation), demand.slo);
    let tpot = |each: f64| service.tpot_s(&service.at_load(each, &saturation), demand.slo);
    let met = |limit: Limit, missed: &dyn Fn(f64) -> bool| {
        let each = first_above(most, missed)?;
        Some(Break { limit, requests_per_s: each * replicas })
    };
    // At times before it is used up for good.
    let full = |each: f64| service.places_margin(&service.at_load(each, &saturation)) < 1.0;
    let mut breaks: Vec<Break> = [
        met(Limit::TimeToFirstToken, &|each| ttft(each) > demand.ttft_slo_s),
        met(Limit::TimePerOutputToken, &|each| tpot(each) > demand.tpot_slo_s),
        met(service.limit_of_places(), &full),
    ]
    .into_iter()
    .flatten()
    .collect();
    breaks.sort_by(|a, b| a.requests_per_s.total_cmp(&b.requests_per_s));
    if breaks.iter().all(|known| known.limit != saturation.limit) {
        breaks.push(Break { limit: saturation.limit, requests_per_s: most * replicas });
    }
    AgainstLoad { points: (1..=POINTS).map(point).collect(), breaks }
}

/// The least load up to `most` at which `missed` holds, to a thousandth; `None`: it never does.
fn first_above(most: f64, missed: impl Fn(f64) -> bool) -> Option<f64> {
    let (mut low, mut high) = (0.0, most * LAST);
    if !missed(high) {
        return None;
    }
    while high - low > 1e-3 * most {
        let middle = 0.5 * (low + high);
        if missed(middle) { high = middle } else { low = middle }
    }
    Some(high)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine;
    use crate::scenario::preset;

    /// At its own load a fleet has the figures of the plan, lines rise, and it breaks where its capacity ends.
    #[test]
    fn a_fleet_at_its_own_load_is_that_of_the_plan() {
        let catalog = Catalog::built_in().unwrap();
        for (stem, _) in preset::BUILT_IN {
            let scenario = preset::open(stem, &catalog).unwrap();
            let plan = engine::plan(&scenario, &catalog).unwrap();
            let (candidate, sizing) = plan.best().unwrap();
            let found = against_load(&scenario, &catalog, candidate);
            if found.points.is_empty() {
                continue;
            }
            let load = scenario.workload.requests_per_s;
            let after = found.points.iter().position(|point| point.requests_per_s >= load).unwrap();
            let (before, after) = (&found.points[after.saturating_sub(1)], &found.points[after]);
            let planned = &sizing.operating_point;
            for (percentile, planned) in
                [planned.tpot_s.p50, planned.tpot_s.p95, planned.tpot_s.p99].iter().enumerate()
            {
                let (least, most) = (before.tpot_s[percentile], after.tpot_s[percentile]);
                assert!(
                    least * 0.999 <= *planned && *planned <= most * 1.001,
                    "{stem}: {least} {planned} {most}"
                );
            }
            for pair in found.points.windows(2) {
                assert!(pair[1].late >= pair[0].late - 0.02, "{stem}: {pair:?}");
                assert!(pair[1].tpot_s[1] >= pair[0].tpot_s[1] * 0.99, "{stem}: {pair:?}");
            }
            let first = found.breaks[0].requests_per_s;
            let capacity = sizing.balance.capacity_requests_per_s;
            assert!((first / capacity - 1.0).abs() < 0.01, "{stem}: breaks at {first}, carries {capacity}");
        }
    }
}
