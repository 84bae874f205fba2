//! Two pools: a request is read in a replica of the one, its KV cache is sent, and its answer is written in a replica of the other.
//!
//! As vLLM does it, the decode replica takes the request with all but the last token of its prompt in the cache and makes the first
//! token itself: the time to first token ends there. It is let in between the steps of the replica like any other request. A request
//! that is preempted there, or whose decode replica fails, is read again where its answer is written.

use std::cmp::Reverse;
use std::collections::{BinaryHeap, HashMap};

use super::failures::Failures;
use super::fleet::{Fleet, Run, cached};
use super::load::PREFIXES;
use super::machine::Machine;
use super::outcome::{Backlog, Simulation};
use super::request::{Arrival, Departure, End, Request};
use crate::engine::math::random::Random;

/// The pool that reads prompts.
#[derive(Clone, Debug)]
pub struct Readers<'a> {
    /// One replica.
    pub machine: &'a Machine,
    /// How many.
    pub replicas: u32,
    /// What takes them down; `None`: nothing.
    pub failures: Option<Failures>,
    /// Time in which the KV cache of one token is sent, seconds.
    pub transfer_s_per_token: f64,
}

/// Requests between the pools.
#[derive(Default)]
struct Between {
    /// By the time at which their caches are there, as bits, which have the order of times that are not negative.
    due: BinaryHeap<Reverse<(u64, u64)>>,
    /// Every request that has not left: as it came, and the tokens that the prefix cache had.
    inside: HashMap<u64, (Arrival, u32)>,
}

impl Between {
    /// Takes what leaves the pool that reads: on its way to the other, or out.
    fn take(&mut self, departure: &Departure, readers: &Readers<'_>, out: &mut impl FnMut(&Departure)) {
        let Some((arrival, _)) = self.inside.get(&departure.index).copied() else { return };
        if departure.end != End::Completed {
            self.inside.remove(&departure.index);
            return out(&Departure { arrival, ..*departure });
        }
        let read_s = arrival.arrival_s + departure.e2e_s / readers.machine.ttft_factor;
        let there_s = read_s + readers.transfer_s_per_token * f64::from(arrival.input_tokens);
        self.due.push(Reverse((there_s.to_bits(), departure.index)));
    }

    /// The next one that is there by `until_s`, and when it is.
    fn next(&mut self, until_s: f64) -> Option<(u64, f64)> {
        let Reverse((bits, index)) = *self.due.peek()?;
        let there_s = f64::from_bits(bits);
        (there_s <= until_s).then(|| {
            self.due.pop();
            (index, there_s)
        })
    }
}

/// Both pools.
struct Pools<'a> {
    readers: &'a Readers<'a>,
    reads: Fleet<'a>,
    writes: Fleet<'a>,
    between: Between,
    /// When the last request came to the second pool, seconds.
    last_s: f64,
}

impl Pools<'_> {
    /// Calls `act` on the first pool, with a place for what leaves it.
    fn read(
        &mut self,
        out: &mut impl FnMut(&Departure),
        act: impl FnOnce(&mut Fleet<'_>, &mut dyn FnMut(&Departure)),
    ) {
        let Self { readers, reads, between, .. } = self;
        act(reads, &mut |departure| between.take(departure, readers, out));
    }

    /// Sends on all that is read and there by `until_s`.
    fn hand_over(&mut self, until_s: f64, out: &mut impl FnMut(&Departure)) {
        let Self { writes, between, last_s, .. } = self;
        while let Some((index, there_s)) = between.next(until_s) {
            let Some((arrival, _)) = between.inside.get(&index).copied() else { continue };
            let inside = &mut between.inside;
            let out = &mut |departure: &Departure| leave(inside, departure, out);
            *last_s = there_s;
            writes.fail_until(there_s, out);
            let request = Request::new(index, arrival, arrival.input_tokens - 1, there_s);
            writes.route(request, there_s, out);
        }
    }

    /// Lets everything happen up to `until_s`.
    fn advance(&mut self, until_s: f64, out: &mut impl FnMut(&Departure)) {
        self.read(out, |reads, mut out| {
            reads.fail_until(until_s, &mut out);
            reads.advance(until_s, &mut out);
        });
        self.hand_over(until_s, out);
    }

    /// The same of the second pool.
    fn advance_writes(&mut self, until_s: f64, out: &mut impl FnMut(&Departure)) {
        let inside = &mut self.between.inside;
        self.writes.advance(until_s, &mut |departure: &Departure| leave(inside, departure, out));
    }

    fn waiting(&self) -> u64 {
        self.reads.waiting() + self.writes.waiting()
    }
}

/// A request leaves the second pool.
fn leave(inside: &mut HashMap<u64, (Arrival, u32)>, departure: &Departure, out: &mut impl FnMut(&Departure)) {
    let cached_tokens = inside.remove(&departure.index).map_or(0, |(_, cached)| cached);
    out(&Departure { cached_tokens, ..*departure });
}

/// Runs `readers` and `replicas` of `machine`, which write the answers, under `arrivals`, as [`simulate`](super::simulate) does
/// one pool.
///
/// # Errors
/// The first of the arrivals that is one.
pub fn simulate_pools<E>(
    readers: &Readers<'_>,
    (machine, replicas): (&Machine, u32),
    arrivals: impl Iterator<Item = Result<Arrival, E>>,
    run: &Run,
    mut out: impl FnMut(&Departure),
) -> Result<Simulation, E> {
    let first = Run { failures: readers.failures, ..run.clone() };
    // A request that is read is not rejected.
    let second = Run { queue_limit: None, ..run.clone() };
    let replicas = replicas.max(1);
    let mut pools = Pools {
        readers,
        reads: Fleet::new(readers.machine, readers.replicas.max(1), 0, &first),
        writes: Fleet::new(machine, replicas, readers.replicas.max(1), &second),
        between: Between::default(),
        last_s: 0.0,
    };
    // So often, looking at every replica costs no more than its requests do.
    let often = u64::from(readers.replicas.max(1));
    let mut prefixes = Random::new(run.seed, PREFIXES);
    let mut backlog = Backlog::default();
    let (mut first_s, mut last_s) = (None, 0.0);
    let mut index = 0;
    for arrival in arrivals {
        let arrival = arrival?;
        let now_s = arrival.arrival_s;
        first_s.get_or_insert(now_s);
        last_s = now_s;
        let due = backlog.is_due(index);
        if due || index.is_multiple_of(often) {
            pools.advance(now_s, &mut out);
        }
        if due {
            pools.advance_writes(now_s, &mut out);
            backlog.note(index, pools.waiting());
        }
        let cached_tokens = cached(&arrival, run, readers.machine, &mut prefixes);
        pools.between.inside.insert(index, (arrival, cached_tokens));
        let prompt = Arrival { output_tokens: 1, ..arrival };
        let request = Request::new(index, prompt, cached_tokens, now_s + readers.machine.outside_s);
        pools.read(&mut out, |reads, mut out| {
            reads.fail_until(now_s, &mut out);
            reads.route(request, now_s, &mut out);
        });
        index += 1;
    }
    pools.advance(last_s, &mut out);
    pools.advance_writes(last_s, &mut out);
    backlog.note(index, pools.waiting());
    pools.read(&mut out, |reads, mut out| reads.finish(last_s, &mut out));
    pools.hand_over(f64::INFINITY, &mut out);
    let (inside, end_s) = (&mut pools.between.inside, pools.last_s.max(last_s));
    pools.writes.finish(end_s, &mut |departure: &Departure| leave(inside, departure, &mut out));
    pools.writes.tally.beside(&pools.reads.tally);
    let all = readers.replicas.max(1) + replicas;
    let span = (first_s.unwrap_or(0.0), last_s);
    Ok(Simulation::of(&pools.writes.tally, index, span, backlog.grows(), (run.share, f64::from(all))))
}
