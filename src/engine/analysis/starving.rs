//! What it costs when demand turns out above the plan: late requests, beside what a replica against them costs.

use super::against_load::with_fleet;
use crate::catalog::Catalog;
use crate::engine::plan::result::{Candidate, Sizing};
use crate::engine::replica::serving::{Capacity, Service};
use crate::scenario::{Hours, Scenario};

/// Demand over that of the plan.
pub const ABOVE: [f64; 3] = [1.1, 1.25, 1.5];
/// Of these the one that a replica more is weighed against.
const WEIGHED: f64 = ABOVE[1];

const SECONDS_PER_HOUR: f64 = 3600.0;
const DAYS_PER_YEAR: f64 = 365.0;
const HOURS_PER_YEAR: f64 = 24.0 * DAYS_PER_YEAR;
/// Share of late requests below which an hour is in time.
const IN_TIME: f64 = 1e-5;
/// Late requests a year below which a replica more saves none.
const NONE: f64 = 1.0;

/// A fleet whose demand turns out above the plan.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Starving {
    /// Share of a day's requests that miss a limit, at each of [`ABOVE`], 0–1. Where an hour brings more than the fleet carries at
    /// all, its queue grows and all of that hour are late.
    pub late: [f64; 3],
    /// What one late request has to cost for a replica more to pay where demand is a quarter above the plan, US dollars; `None`: it
    /// saves no late request.
    pub break_even_usd: Option<f64>,
}

/// What demand above the plan does to the fleet of `candidate`, at typical times. `None` where it has none, or where prompts and
/// answers are in pools of their own.
pub fn starving(scenario: &Scenario, catalog: &Catalog, candidate: &Candidate) -> Option<Starving> {
    let sizing = candidate.fleet()?;
    let mut hours = scenario.workload.day.hours(scenario.workload.average_to_peak);
    hours.sort_by(|a, b| b.total_cmp(a));
    let peak = scenario.workload.requests_per_s;
    let replicas = f64::from(sizing.layout.replicas);
    let late = |replicas: f64, times: &[f64]| -> Option<Vec<f64>> {
        with_fleet(scenario, catalog, candidate, replicas, |service| {
            let saturation = service.saturation();
            let each = |times: &f64| late_of_a_day(service, &saturation, &hours, times * peak / replicas);
            times.iter().map(each).collect()
        })
    };
    let now: [f64; 3] = late(replicas, &ABOVE)?.try_into().ok()?;
    let more = late(replicas + 1.0, &[WEIGHED])?;
    let requests_a_year = WEIGHED * peak * hours.iter().sum::<f64>() * SECONDS_PER_HOUR * DAYS_PER_YEAR;
    let saved = (now[1] - more[0]) * requests_a_year;
    let break_even_usd = (saved >= NONE).then(|| replica_usd_per_year(sizing) / saved);
    Some(Starving { late: now, break_even_usd })
}

/// Share of the requests of a day that are late on a replica which gets `peak` requests per second in the busiest hour, 0–1. `hours`
/// begin with the busiest: after one that is in time so are all.
fn late_of_a_day(service: &Service<'_>, saturation: &Capacity, hours: &Hours, peak: f64) -> f64 {
    let mut late = 0.0;
    for load in hours.iter().map(|hour| hour * peak) {
        let share = if load < saturation.state.requests_per_s {
            let [first, other] = service.within_limits(&service.at_load(load, saturation));
            1.0 - first * other
        } else {
            1.0
        };
        if share < IN_TIME {
            break;
        }
        late += share * load;
    }
    late / (peak * hours.iter().sum::<f64>())
}

/// What a replica of the fleet costs, US dollars a year.
fn replica_usd_per_year(sizing: &Sizing) -> f64 {
    let layout = &sizing.layout;
    let each = f64::from(layout.tp * layout.pp * layout.attention_dp);
    sizing.estate.cost.chosen.usd_per_hour * HOURS_PER_YEAR * each / f64::from(layout.billed_accelerators)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::plan::planner::plan;
    use crate::scenario::preset;

    /// More demand is never less late, and a fleet that keeps nothing free is late first.
    #[test]
    fn demand_above_the_plan_makes_requests_late() {
        let catalog = Catalog::built_in().unwrap();
        let mut seen = 0;
        for (stem, _) in preset::BUILT_IN {
            let mut of = Vec::new();
            for headroom in [0.3, 0.0] {
                let mut scenario = preset::open(stem, &catalog).unwrap();
                scenario.fleet.headroom = headroom;
                scenario.fleet.confidence = 0.5;
                let plan = plan(&scenario, &catalog).unwrap();
                let (candidate, _) = plan.best().unwrap();
                let Some(found) = starving(&scenario, &catalog, candidate) else { continue };
                assert!(
                    found.late.is_sorted() && found.late[0] >= 0.0 && found.late[2] <= 1.0,
                    "{stem}: {found:?}"
                );
                assert!(
                    found.break_even_usd.is_none_or(|usd| usd > 0.0 && usd.is_finite()),
                    "{stem}: {found:?}"
                );
                of.push((candidate.accelerator.clone(), found));
            }
            if let [(a, kept), (b, tight)] = &of[..]
                && a == b
            {
                assert!(tight.late[2] + 1e-3 >= kept.late[2], "{stem}: {kept:?} {tight:?}");
                seen += usize::from(tight.late[2] > 0.2);
            }
        }
        assert!(seen >= 3, "{seen}");
    }
}
