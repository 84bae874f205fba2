//! A fleet of replicas behind a router, from the first request to the last.

use super::engine::Engine;
use super::failures::Failures;
use super::load::{ACCEPTANCE, FAILURES, PREFIXES};
use super::machine::Machine;
use super::outcome::{Backlog, Simulation};
use super::request::{Arrival, Departure, Request};
use super::scaling::{Scaler, Scaling};
use super::tally::{Limits, Tally};
use crate::engine::math::random::Random;

/// Which replica a request goes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Router {
    /// Each in turn.
    RoundRobin,
    /// The one with the fewest requests in flight, in turn where there are several.
    LeastLoaded,
}

/// What is simulated, beside replicas and requests.
#[derive(Clone, Debug)]
pub struct Run {
    /// Of all random numbers.
    pub seed: u64,
    /// Which replica a request goes to.
    pub router: Router,
    /// Mean share of a prompt that the prefix cache has, 0–1.
    pub prefix_cache_hit_rate: f64,
    /// Requests that may wait in a replica; one more is rejected. `None`: any number.
    pub queue_limit: Option<u64>,
    /// What takes replicas down; `None`: nothing.
    pub failures: Option<Failures>,
    /// How the fleet follows its load; `None`: all replicas run all the time.
    pub scaling: Option<Scaling>,
    /// The service levels.
    pub limits: Limits,
    /// Share of requests that must be within both, 0–1.
    pub share: f64,
}

/// Runs `replicas` of `machine` under `arrivals`, which come in order of time; `out` has each request when it leaves.
///
/// The same arguments give the same answer on every machine. Its memory is that of the requests in flight.
///
/// # Errors
/// The first of the arrivals that is one.
pub fn simulate<E>(
    machine: &Machine,
    replicas: u32,
    arrivals: impl Iterator<Item = Result<Arrival, E>>,
    run: &Run,
    mut out: impl FnMut(&Departure),
) -> Result<Simulation, E> {
    let mut fleet = Fleet::new(machine, replicas.max(1), 0, run);
    let mut prefixes = Random::new(run.seed, PREFIXES);
    let mut backlog = Backlog::default();
    let (mut first_s, mut last_s) = (None, 0.0);
    let mut index = 0;
    for arrival in arrivals {
        let arrival = arrival?;
        let now_s = arrival.arrival_s;
        first_s.get_or_insert(now_s);
        last_s = now_s;
        fleet.fail_until(now_s, &mut out);
        fleet.scale_until(now_s, &mut out);
        if backlog.is_due(index) {
            fleet.advance(now_s, &mut out);
            backlog.note(index, fleet.waiting());
        }
        let cached_tokens = cached(&arrival, run, machine, &mut prefixes);
        let request = Request::new(index, arrival, cached_tokens, now_s + machine.outside_s);
        fleet.route(request, now_s, &mut out);
        index += 1;
    }
    fleet.fail_until(last_s, &mut out);
    fleet.scale_until(last_s, &mut out);
    fleet.advance(last_s, &mut out);
    backlog.note(index, fleet.waiting());
    fleet.finish(last_s, &mut out);
    let overloaded = backlog.grows();
    Ok(Simulation::of(
        &fleet.tally,
        index,
        (first_s.unwrap_or(0.0), last_s),
        overloaded,
        (run.share, fleet.ran()),
    ))
}

/// Tokens of a prompt that the prefix cache has: a share drawn evenly around the mean, as far as it goes to both sides, in whole
/// blocks. At least one token is left to read.
pub(super) fn cached(arrival: &Arrival, run: &Run, machine: &Machine, prefixes: &mut Random) -> u32 {
    let mean = run.prefix_cache_hit_rate;
    if mean <= 0.0 {
        return 0;
    }
    let share = mean + mean.min(1.0 - mean) * (2.0 * prefixes.uniform() - 1.0);
    let block = f64::from(machine.cache.block_tokens);
    let tokens = (share * f64::from(arrival.input_tokens) / block).round() * block;
    (tokens as u32).min(arrival.input_tokens - 1)
}

/// When a replica fails next, and when it is back; while it is down, when it is back.
struct Down {
    random: Random,
    is_down: bool,
    fails_s: f64,
    back_s: f64,
}

impl Down {
    fn new(run: &Run, replica: u32) -> Self {
        let mut random = Random::new(run.seed, FAILURES + u64::from(replica));
        let never = (f64::INFINITY, f64::INFINITY);
        let (fails_s, back_s) = run.failures.map_or(never, |failures| failures.next(0.0, &mut random));
        Self { random, is_down: false, fails_s, back_s }
    }

    fn next_s(&self) -> f64 {
        if self.is_down { self.back_s } else { self.fails_s }
    }
}

/// Replicas that are alike behind a router.
pub(super) struct Fleet<'a> {
    run: &'a Run,
    engines: Vec<Engine<'a>>,
    down: Vec<Down>,
    /// The replica whose turn it is.
    next: usize,
    /// Requests that came while all replicas were down.
    homeless: Vec<Request>,
    /// Which of them run; `None`: all.
    scaler: Option<Scaler>,
    pub tally: Tally,
}

impl<'a> Fleet<'a> {
    /// `replicas` of `machine`, numbered from `from` on.
    pub fn new(machine: &'a Machine, replicas: u32, from: u32, run: &'a Run) -> Self {
        let engine = |replica: u32| {
            Engine::new(machine, replica, Random::new(run.seed, ACCEPTANCE + u64::from(replica)))
        };
        let all = from..from + replicas;
        Self {
            run,
            engines: all.clone().map(engine).collect(),
            down: all.map(|replica| Down::new(run, replica)).collect(),
            next: 0,
            homeless: Vec::new(),
            scaler: run.scaling.map(|scaling| Scaler::new(scaling, replicas)),
            tally: Tally::new(run.limits),
        }
    }

    pub fn advance(&mut self, until_s: f64, out: &mut impl FnMut(&Departure)) {
        for engine in &mut self.engines {
            engine.advance(until_s, &mut self.tally, out);
        }
    }

    pub fn waiting(&self) -> u64 {
        self.engines.iter().map(Engine::waiting).sum::<u64>() + self.homeless.len() as u64
    }

    /// The replica that gets the next request, if one is up.
    fn choose(&mut self, now_s: f64, out: &mut impl FnMut(&Departure)) -> Option<usize> {
        let n = self.engines.len();
        if self.run.router == Router::LeastLoaded {
            self.advance(now_s, out);
        }
        let serves = |i: &usize| {
            !self.down[*i].is_down && self.scaler.as_ref().is_none_or(|scaler| scaler.serves(*i, now_s))
        };
        let in_turn = (0..n).map(|i| (self.next + i) % n).filter(serves);
        let chosen = match self.run.router {
            Router::RoundRobin => in_turn.clone().next(),
            Router::LeastLoaded => in_turn.clone().min_by_key(|i| self.engines[*i].in_flight),
        }?;
        self.next = (chosen + 1) % n;
        Some(chosen)
    }

    pub fn route(&mut self, request: Request, now_s: f64, out: &mut impl FnMut(&Departure)) {
        let Some(chosen) = self.choose(now_s, out) else {
            self.homeless.push(request);
            return;
        };
        let engine = &mut self.engines[chosen];
        engine.advance(now_s, &mut self.tally, out);
        let limit = self.run.queue_limit.unwrap_or(u64::MAX);
        if let Some(departure) = engine.push(request, &mut self.tally, limit) {
            out(&departure);
        }
    }

    /// Lets replicas fail and come back, up to `until_s`.
    pub fn fail_until(&mut self, until_s: f64, out: &mut impl FnMut(&Departure)) {
        let Some(failures) = &self.run.failures else { return };
        loop {
            let due = self.down.iter().map(Down::next_s).enumerate().min_by(|a, b| a.1.total_cmp(&b.1));
            let Some((i, now_s)) = due.filter(|(_, at_s)| *at_s <= until_s) else { return };
            let down = &mut self.down[i];
            let mut moved = Vec::new();
            if down.is_down {
                down.is_down = false;
                (down.fails_s, down.back_s) = failures.next(now_s, &mut down.random);
                moved.append(&mut self.homeless);
                let ready_s = now_s + self.engines[i].outside_s();
                moved.iter_mut().for_each(|request| request.ready_s = ready_s);
            } else {
                down.is_down = true;
                self.tally.failures += 1;
                self.engines[i].advance(now_s, &mut self.tally, out);
                self.engines[i].fail(now_s, &mut self.tally, out, &mut moved);
            }
            for request in moved {
                self.route(request, now_s, out);
            }
        }
    }

    /// Lets replicas be started and stopped, up to `until_s`.
    pub fn scale_until(&mut self, until_s: f64, out: &mut impl FnMut(&Departure)) {
        while let Some(now_s) = self.scaler.as_ref().and_then(|scaler| scaler.due(until_s)) {
            self.advance(now_s, out);
            let in_flight: Vec<u32> = self.engines.iter().map(|engine| engine.in_flight).collect();
            if let Some(scaler) = &mut self.scaler {
                scaler.look(&in_flight);
            }
            for mut request in std::mem::take(&mut self.homeless) {
                request.ready_s = now_s + self.engines[0].outside_s();
                self.route(request, now_s, out);
            }
        }
    }

    /// Replicas that ran, mean.
    fn ran(&self) -> f64 {
        self.scaler.as_ref().map_or(self.engines.len() as f64, Scaler::mean)
    }

    /// Lets all requests leave. Replicas that are down come back; none fails any more once the last request has come.
    pub fn finish(&mut self, last_s: f64, out: &mut impl FnMut(&Departure)) {
        if !self.homeless.is_empty() {
            let back_s = self.down.iter().map(Down::next_s).fold(f64::INFINITY, f64::min);
            self.fail_until(back_s.max(last_s), out);
        }
        self.advance(f64::INFINITY, out);
    }
}
