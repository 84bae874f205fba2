//! A plan put to the proof: an hour at its peak, request by request.

use super::fleet::{Router, Run, simulate};
use super::hour::{Course, Late, Moment};
use super::load::{Load, Span};
use super::outcome::{Simulation, Verdict};
use super::pools::{Readers, simulate_pools};
use super::request::Departure;
use super::sized::{NoFleet, sized};
use super::tally::Limits;
use crate::catalog::Catalog;
use crate::scenario::Scenario;

/// An hour of requests, but no fewer than percentiles need, and no more than a moment's wait.
const HOUR_S: f64 = 3600.0;
const FEWEST: f64 = 2000.0;
const MOST: f64 = 200_000.0;
/// Requests between two looks at whether to go on.
const LOOK_EVERY: u64 = 512;

/// What an hour at the peak made of a fleet.
#[derive(Clone, Debug)]
pub struct Proof {
    /// Catalog id of the accelerator.
    pub accelerator: String,
    /// Replicas that served.
    pub replicas: u32,
    /// Of the random numbers.
    pub seed: u64,
    /// What came out.
    pub simulation: Simulation,
    /// By which limits requests were late.
    pub late: Late,
    /// How it went.
    pub moments: Vec<Moment>,
}

impl Proof {
    /// Whether the service levels held.
    pub fn holds(&self) -> bool {
        self.simulation.verdict == Verdict::Meets
    }

    /// The moment with the most late requests, and of those the one with the longest queue.
    pub fn worst(&self) -> usize {
        let of = |moment: &Moment| (moment.late, moment.waiting);
        let places = self.moments.iter().enumerate();
        let worst = places.max_by(|(_, a), (_, b)| {
            let ((a_late, a_waits), (b_late, b_waits)) = (of(a), of(b));
            a_late.cmp(&b_late).then(a_waits.total_cmp(&b_waits))
        });
        worst.map_or(0, |(place, _)| place)
    }
}

/// Why there is no proof.
#[derive(Clone, Debug)]
pub enum Unproved {
    /// There is no fleet to simulate.
    NoFleet(NoFleet),
    /// It was told to stop.
    Stopped,
}

/// How long requests come in a proof at this load, seconds: an hour where neither few nor very many come in it.
pub fn proof_s(requests_per_s: f64) -> f64 {
    (requests_per_s * HOUR_S).clamp(FEWEST, MOST) / requests_per_s
}

/// The fleet of `scenario` on `accelerator`, or on the plan's best one, under an hour of its peak load. `go_on` is told the share
/// that is done, 0–1, and answers whether to go on.
///
/// # Errors
/// There is no fleet, or `go_on` said no.
pub fn verify(
    scenario: &Scenario,
    catalog: &Catalog,
    accelerator: Option<&str>,
    seed: u64,
    mut go_on: impl FnMut(f64) -> bool,
) -> Result<Proof, Unproved> {
    let fleet = sized(scenario, catalog, accelerator).map_err(Unproved::NoFleet)?;
    let load = scenario.workload.requests_per_s;
    let duration_s = proof_s(load);
    let limits = Limits { ttft_s: scenario.slo.ttft_s, tpot_s: scenario.slo.tpot_s };
    let share = scenario.slo.percentile / 100.0;
    let run = Run {
        seed,
        router: Router::RoundRobin,
        prefix_cache_hit_rate: scenario.workload.prefix_cache_hit_rate,
        queue_limit: None,
        failures: None,
        limits,
        share,
    };
    let mut course = Course::new(duration_s, limits, share);
    let span = Span::Seconds(duration_s);
    let arrivals = Load::new(&scenario.workload, fleet.longest_tokens, span, seed);
    let mut count = 0_u64;
    let arrivals = arrivals.map(|arrival| {
        count += 1;
        let stop = count.is_multiple_of(LOOK_EVERY) && !go_on(arrival.arrival_s / duration_s);
        if stop { Err(Unproved::Stopped) } else { Ok(arrival) }
    });
    let take = |departure: &Departure| course.take(departure);
    let (machine, replicas) = (&fleet.machine, fleet.replicas);
    let simulation = match &fleet.readers {
        Some(pool) => {
            let readers = Readers {
                machine: &pool.machine,
                replicas: pool.replicas,
                failures: None,
                transfer_s_per_token: pool.transfer_s_per_token,
            };
            simulate_pools(&readers, (machine, replicas), arrivals, &run, take)?
        }
        None => simulate(machine, replicas, arrivals, &run, take)?,
    };
    let copies = f64::from(fleet.degrees.attention_dp) * f64::from(fleet.replicas);
    let kv_tokens = fleet
        .machine
        .kv_blocks()
        .map_or(f64::INFINITY, |(blocks, each)| blocks as f64 * f64::from(each) * copies);
    Ok(Proof {
        accelerator: fleet.accelerator,
        replicas: fleet.replicas,
        seed,
        simulation,
        late: course.late,
        moments: course.moments(kv_tokens),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::preset;

    /// Two thousand requests of an edge server: they come in its hours, the course counts all of them, and it can be stopped.
    #[test]
    fn an_hour_is_simulated_or_stopped() {
        let catalog = Catalog::built_in().unwrap();
        let mut scenario = preset::open("edge-8b", &catalog).unwrap();
        scenario.workload.requests_per_s = 0.5;
        let mut told = Vec::new();
        let proof = verify(&scenario, &catalog, None, 1, |share| {
            told.push(share);
            true
        })
        .unwrap();
        let planned = crate::engine::plan(&scenario, &catalog).unwrap();
        let (first, _) = planned.best().unwrap();
        assert!(proof.holds() && proof.accelerator == first.accelerator, "{}", proof.accelerator);
        assert!(told.len() >= 3 && told.is_sorted() && told.iter().all(|share| (0.0..=1.0).contains(share)));
        let moment_s = proof.moments[1].from_s;
        let came: f64 = proof.moments.iter().map(|moment| moment.arrivals_per_s * moment_s).sum();
        assert!((came - proof.simulation.requests as f64).abs() < 1e-6, "{came}");
        assert_eq!(proof.moments.iter().map(|moment| moment.late).sum::<u64>(), proof.late.all());
        let fullest = proof.moments.iter().map(|moment| moment.kv_fraction).fold(0.0, f64::max);
        let peak = proof.simulation.peak_kv_fraction;
        assert!(0.0 < fullest && fullest <= peak, "{fullest} of {peak}");
        let stopped = verify(&scenario, &catalog, None, 1, |_| false);
        assert!(matches!(stopped, Err(Unproved::Stopped)));
    }
}
