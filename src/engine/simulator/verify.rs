//! A plan put to the proof: an hour at its peak, request by request.

use super::fleet::{Router, Run, simulate};
use super::hour::{Course, Late, Moment};
use super::load::{Load, Span};
use super::outcome::{Simulation, Verdict};
use super::pools::{Readers, simulate_pools};
use super::request::Departure;
use super::sized::{NoFleet, SizedFleet, sized};
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
    /// The same fleet at other loads; none of a fleet of two pools.
    pub beside: Vec<Beside>,
}

/// A fleet at another load, simulated several times with other random numbers: the least, the middle and the greatest that came out.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Beside {
    /// Of the whole fleet.
    pub requests_per_s: f64,
    /// Time to first token, 95th percentile, seconds.
    pub ttft_p95_s: [f64; SEEDS],
    /// Time per output token, 95th percentile, seconds.
    pub tpot_p95_s: [f64; SEEDS],
    /// Share of requests that miss either limit, 0–1.
    pub late: [f64; SEEDS],
}

/// The loads of [`Beside`] over the one that the fleet holds by the plan, as far as the peak is not next to them.
const TIMES: [f64; 4] = [0.4, 0.7, 0.9, 1.0];
const NEXT_TO: f64 = 0.05;
/// Random numbers that each is simulated with.
const SEEDS: usize = 3;
/// Requests of each simulation, as many as percentiles need, more where they are shared by many replicas.
const REQUESTS: (u64, u64) = (4000, 20_000);
const EACH: u64 = 300;
/// Share of the whole time that the hour takes, about.
const OF_THE_HOUR: f64 = 0.7;

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
        scaling: None,
        limits,
        share,
    };
    let mut course = Course::new(duration_s, limits, share);
    let span = Span::Seconds(duration_s);
    let arrivals = Load::new(&scenario.workload, fleet.longest_tokens, span, seed);
    let mut count = 0_u64;
    let arrivals = arrivals.map(|arrival| {
        count += 1;
        let stop = count.is_multiple_of(LOOK_EVERY) && !go_on(OF_THE_HOUR * arrival.arrival_s / duration_s);
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
    let beside = match fleet.readers {
        Some(_) => Vec::new(),
        None => beside(scenario, &fleet, &run, &mut go_on)?,
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
        beside,
    })
}

/// The fleet at other loads. Those at which queues grow without end are left out: what comes out of them is how long it was looked at.
fn beside(
    scenario: &Scenario,
    fleet: &SizedFleet,
    run: &Run,
    go_on: &mut impl FnMut(f64) -> bool,
) -> Result<Vec<Beside>, Unproved> {
    let mut found = Vec::new();
    let Some(most) = fleet.holds_requests_per_s else { return Ok(found) };
    let peak = scenario.workload.requests_per_s;
    let requests = (EACH * u64::from(fleet.replicas)).clamp(REQUESTS.0, REQUESTS.1);
    for (place, times) in TIMES.into_iter().enumerate() {
        let mut workload = scenario.workload.clone();
        workload.requests_per_s = times * most;
        if (workload.requests_per_s / peak - 1.0).abs() < NEXT_TO {
            continue;
        }
        let mut beside = Beside {
            requests_per_s: workload.requests_per_s,
            ttft_p95_s: [0.0; SEEDS],
            tpot_p95_s: [0.0; SEEDS],
            late: [0.0; SEEDS],
        };
        let mut overloaded = false;
        for i in 0..SEEDS {
            let done = (place * SEEDS + i) as f64 / (TIMES.len() * SEEDS) as f64;
            if !go_on(OF_THE_HOUR + (1.0 - OF_THE_HOUR) * done) {
                return Err(Unproved::Stopped);
            }
            let seed = run.seed + i as u64;
            let arrivals = Load::new(&workload, fleet.longest_tokens, Span::Requests(requests), seed);
            let run = Run { seed, ..run.clone() };
            let arrivals = arrivals.map(Ok::<_, Unproved>);
            let simulation = simulate(&fleet.machine, fleet.replicas, arrivals, &run, |_| {})?;
            overloaded |= simulation.verdict == Verdict::Overloaded;
            beside.ttft_p95_s[i] = simulation.ttft_s.p95;
            beside.tpot_p95_s[i] = simulation.tpot_s.p95;
            beside.late[i] = 1.0 - simulation.slo_attainment;
        }
        if overloaded {
            break;
        }
        for values in [&mut beside.ttft_p95_s, &mut beside.tpot_p95_s, &mut beside.late] {
            values.sort_by(f64::total_cmp);
        }
        found.push(beside);
    }
    Ok(found)
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
        assert!(proof.beside.len() >= 2, "{:?}", proof.beside);
        for Beside { ttft_p95_s, tpot_p95_s, late, .. } in &proof.beside {
            assert!(ttft_p95_s.is_sorted() && tpot_p95_s.is_sorted() && late.is_sorted(), "{late:?}");
        }
        let stopped = verify(&scenario, &catalog, None, 1, |_| false);
        assert!(matches!(stopped, Err(Unproved::Stopped)));
    }
}
