//! One replica as an engine that steps: running requests first, then waiting ones, as the scheduler of vLLM V1 does it
//! (`vllm/v1/core/sched/scheduler.py`), with the prefill policy of its stack.

use std::collections::VecDeque;

use super::lane::Lane;
use super::machine::Machine;
use super::request::{Arrival, Departure, End, Request};
use super::scheduler::{AttentionCopy, Scheduler, used};
use super::tally::Tally;
use crate::catalog::PrefillPolicy;
use crate::engine::math::random::Random;

/// Steps that are under way: many alike, in which nothing but the context grows.
#[derive(Clone, Copy, Debug)]
struct Segment {
    start_s: f64,
    end_s: f64,
    /// Of the first step, seconds, and how much longer each later one is.
    first_s: f64,
    slope_s: f64,
    steps: u64,
    /// Whether those that decode get tokens.
    decodes: bool,
    /// Whether prompts are read.
    reads: bool,
}

impl Segment {
    /// The end of step number `steps`.
    fn end_of(&self, steps: u64) -> f64 {
        let n = steps as f64;
        self.start_s + (n * self.first_s + 0.5 * self.slope_s * n * (n - 1.0))
    }

    /// The step that ends at `time_s` or is under way then, from 1.
    fn step_at(&self, time_s: f64) -> u64 {
        let (x, b) = (time_s - self.start_s, self.first_s - 0.5 * self.slope_s);
        let root = (b * b + 2.0 * self.slope_s * x).max(0.0).sqrt();
        let mut step = ((2.0 * x / (b + root)).ceil() as u64).clamp(1, self.steps);
        while step < self.steps && self.end_of(step) < time_s {
            step += 1;
        }
        while step > 1 && self.end_of(step - 1) >= time_s {
            step -= 1;
        }
        step
    }
}

/// Sequences that pass the pipeline together: a lane in each copy of attention, all of which step at once.
#[derive(Clone, Debug)]
struct Group {
    lanes: Vec<Lane>,
    segment: Option<Segment>,
    /// Steps so far in which it decoded.
    steps: u64,
    /// Those at its last look at the queues, and until when what came is seen there, seconds: what came later waits for the next one.
    looked: Option<(u64, f64)>,
    /// When the last step began, seconds.
    began_s: f64,
}

/// One replica.
#[derive(Clone, Debug)]
pub(super) struct Engine<'a> {
    machine: &'a Machine,
    replica: u32,
    random: Random,
    requests: Vec<Request>,
    vacant: Vec<u32>,
    /// Requests on their way to the engine.
    inbox: VecDeque<u32>,
    copies: Vec<AttentionCopy>,
    /// The copy whose turn it is.
    turn: usize,
    groups: Vec<Group>,
    /// Requests that came and have not left.
    pub in_flight: u32,
}

impl<'a> Engine<'a> {
    pub fn new(machine: &'a Machine, replica: u32, random: Random) -> Self {
        let lanes = vec![Lane::new(&machine.cache); machine.copies];
        Self {
            machine,
            replica,
            random,
            requests: Vec::new(),
            vacant: Vec::new(),
            inbox: VecDeque::new(),
            copies: vec![AttentionCopy::new(machine); machine.copies],
            turn: 0,
            groups: vec![
                Group { lanes, segment: None, steps: 0, looked: None, began_s: 0.0 };
                machine.stages
            ],
            in_flight: 0,
        }
    }

    /// Time of a request outside the engine's steps, seconds.
    pub fn outside_s(&self) -> f64 {
        self.machine.outside_s
    }

    /// Requests that wait to be let in.
    pub fn waiting(&self) -> u64 {
        self.copies.iter().map(|copy| copy.waiting.len() as u64).sum()
    }

    /// Whether a server takes the request: a prompt leaves room for a token, and the cache holds the whole sequence.
    fn takes(&self, arrival: &Arrival) -> bool {
        let cache = &self.machine.cache;
        let all = u64::from(arrival.input_tokens) + u64::from(arrival.output_tokens);
        if all > u64::from(self.machine.longest_tokens) {
            return false;
        }
        let most = all as u32 - 1 + self.machine.draft_tokens;
        cache.blocks(most) * cache.block_bytes + cache.beside(all as u32 - 1) <= cache.capacity
    }

    /// Takes a request, which the engine sees no earlier than those that it took before; or says why it does not.
    pub fn push(&mut self, mut request: Request, tally: &mut Tally, queue_limit: u64) -> Option<Departure> {
        let end = match () {
            () if !self.takes(&request.arrival) => Some(End::Refused),
            () if self.waiting() >= queue_limit => Some(End::Rejected),
            () => None,
        };
        if let Some(end) = end {
            let departure = self.departure(&request, f64::NAN, end);
            tally.depart(&departure, request.ready_s - self.machine.outside_s);
            return Some(departure);
        }
        request.beside = self.machine.cache.beside(request.longest());
        let id = match self.vacant.pop() {
            Some(id) => {
                self.requests[id as usize] = request;
                id
            }
            None => {
                self.requests.push(request);
                self.requests.len() as u32 - 1
            }
        };
        self.inbox.push_back(id);
        self.in_flight += 1;
        None
    }

    /// Lets everything happen before `until_s`.
    pub fn advance(&mut self, until_s: f64, tally: &mut Tally, out: &mut impl FnMut(&Departure)) {
        loop {
            let mut end_s = f64::INFINITY;
            let mut first = 0;
            for (g, group) in self.groups.iter().enumerate() {
                if let Some(segment) = &group.segment
                    && segment.end_s < end_s
                {
                    (end_s, first) = (segment.end_s, g);
                }
            }
            let ready_s = self.inbox.front().map_or(f64::INFINITY, |id| self.requests[*id as usize].ready_s);
            let now_s = end_s.min(ready_s);
            // Also where nothing happens any more.
            if now_s >= until_s || now_s == f64::INFINITY {
                return;
            }
            let mut came = false;
            while let Some(&id) = self.inbox.front()
                && self.requests[id as usize].ready_s <= now_s
            {
                self.inbox.pop_front();
                came |= self.queue(id);
            }
            if end_s <= now_s {
                self.complete(first, tally, out);
                self.plan(first, now_s, tally);
                came |= self.groups.len() > 1;
            }
            if came {
                self.wake(now_s, tally);
            }
        }
    }

    /// Puts a request into the queue of a copy of attention; whether it is the first there. SGLang takes each in turn
    /// (`--load-balance-method`), vLLM the least loaded, where one that waits counts as four that run
    /// (`DPLBAsyncMPClient.get_core_engine_for_request`).
    fn queue(&mut self, id: u32) -> bool {
        let n = self.copies.len();
        let score = |copy: &AttentionCopy| match self.machine.policy {
            PrefillPolicy::Alone => 0,
            _ => 4 * copy.waiting.len() + copy.running as usize,
        };
        let in_turn = (0..n).map(|i| (self.turn + i) % n);
        let chosen = in_turn.min_by_key(|i| score(&self.copies[*i])).unwrap_or(0);
        self.turn = (chosen + 1) % n;
        self.copies[chosen].waiting.push_back(id);
        self.copies[chosen].waiting.len() == 1
    }

    /// Lets idle stages look at the queues, and ends long segments where one may let a request in.
    fn wake(&mut self, now_s: f64, tally: &mut Tally) {
        let (between, ahead) = (self.machine.steps_between_looks, u64::from(self.machine.plans_ahead));
        for g in 0..self.groups.len() {
            let group = &mut self.groups[g];
            let Some(segment) = &mut group.segment else {
                if self.copies.iter().any(|copy| !copy.waiting.is_empty()) {
                    self.plan(g, now_s, tally);
                }
                continue;
            };
            if segment.steps > 1 && segment.start_s < now_s {
                let look =
                    (group.steps + segment.step_at(now_s) + ahead).next_multiple_of(between) - group.steps;
                if look < segment.steps {
                    segment.steps = look;
                    segment.end_s = segment.end_of(look);
                }
            }
        }
    }

    /// Decides what the next step of a group is, and how many like it follow.
    fn plan(&mut self, g: usize, now_s: f64, tally: &mut Tally) {
        let Self { machine, requests, copies, groups, .. } = self;
        let (machine, group) = (*machine, &mut groups[g]);
        let idle = group.lanes.iter().all(|lane| lane.ids.is_empty());
        let due = group.steps.is_multiple_of(machine.steps_between_looks);
        if idle || (due && group.looked.is_none_or(|(steps, _)| steps != group.steps)) {
            // While the last step ran, this one was planned already: what came then is seen after it.
            let seen_s = if machine.plans_ahead && !idle { group.began_s } else { now_s };
            group.looked = Some((group.steps, seen_s));
        }
        let looked_s = group.looked.filter(|(steps, _)| *steps == group.steps).map(|(_, at_s)| at_s);
        let mut scheduler = Scheduler { machine, requests, looked_s, tally };
        let alone = machine.policy == PrefillPolicy::Alone;
        let mut reads = false;
        copies.iter_mut().for_each(|copy| copy.blocked = None);
        if alone {
            for (lane, copy) in group.lanes.iter_mut().zip(copies.iter_mut()) {
                reads |= scheduler.read(lane, copy, machine.step_tokens);
            }
        }
        let decodes = !(alone && reads);
        if decodes {
            for (lane, copy) in group.lanes.iter_mut().zip(copies.iter_mut()) {
                let whole = scheduler.decode(lane, copy);
                if !alone && whole {
                    let taken = lane.decoding * (1 + machine.draft_tokens);
                    reads |= scheduler.read(lane, copy, machine.step_tokens.saturating_sub(taken));
                }
            }
        }
        if group.lanes.iter().all(|lane| lane.ids.is_empty()) {
            group.segment = None;
            return;
        }
        let mut steps = 1;
        if !reads && machine.draft_tokens == 0 && machine.stages == 1 {
            steps = group.lanes.iter().map(Lane::steps_to_first_end).min().unwrap_or(1);
            // Who waits for room is let in after a step that ends a request; who was not seen yet, at the next look.
            let unseen = |id: &u32| looked_s.is_none_or(|seen_s| requests[*id as usize].ready_s > seen_s);
            if copies.iter().any(|copy| copy.waiting.back().is_some_and(unseen)) {
                steps = steps.min(machine.steps_between_looks - group.steps % machine.steps_between_looks);
            }
            if !machine.reserves_answers && machine.cache.block_bytes > 0 {
                for (lane, copy) in group.lanes.iter().zip(copies.iter()) {
                    steps = lane.steps_within(steps, copy.free / machine.cache.block_bytes);
                }
            }
        }
        let first_s = time_s(machine, &group.lanes, decodes, 0);
        let slope_s = if steps > 1 {
            (time_s(machine, &group.lanes, decodes, steps - 1) - first_s) / (steps - 1) as f64
        } else {
            0.0
        };
        let mut segment = Segment { start_s: now_s, end_s: now_s, first_s, slope_s, steps, decodes, reads };
        segment.end_s = segment.end_of(steps);
        group.segment = Some(segment);
    }

    /// Ends the segment of a group.
    fn complete(&mut self, g: usize, tally: &mut Tally, out: &mut impl FnMut(&Departure)) {
        let Some(segment) = self.groups[g].segment.take() else { return };
        let (machine, steps, end_s) = (self.machine, segment.steps, segment.end_s);
        self.groups[g].began_s = segment.end_of(steps.saturating_sub(1));
        tally.busy_s += (end_s - segment.start_s) / machine.stages as f64;
        if segment.decodes {
            self.groups[g].steps += steps;
        }
        for c in 0..self.copies.len() {
            let (lane, copy) = (&mut self.groups[g].lanes[c], &mut self.copies[c]);
            if let Some(bottleneck) = copy.blocked.filter(|_| !copy.waiting.is_empty()) {
                tally.waited_s[bottleneck as usize] += end_s - segment.start_s;
            }
            if segment.decodes && lane.decoding > 0 {
                if steps > 1 && !machine.reserves_answers {
                    copy.free -= lane.blocks_after_first(steps) * machine.cache.block_bytes;
                    used(copy, machine, tally);
                }
                let line = (segment.first_s, segment.slope_s);
                lane.decode((segment.start_s, end_s), line, steps, tally);
                if machine.draft_tokens > 0 {
                    lane.accept(machine, &mut self.requests, &mut self.random);
                }
            }
            if segment.reads {
                lane.read(end_s, segment.decodes, machine, &mut self.requests, tally);
            }
            let (replica, in_flight, vacant) = (self.replica, &mut self.in_flight, &mut self.vacant);
            lane.finish(machine, &self.requests, |id, bytes| {
                copy.free += bytes;
                copy.running -= 1;
                *in_flight -= 1;
                vacant.push(id);
                let departure =
                    departure(&self.requests[id as usize], machine, replica, end_s, End::Completed);
                tally.depart(&departure, end_s);
                out(&departure);
            });
        }
    }

    fn departure(&self, request: &Request, at_s: f64, end: End) -> Departure {
        departure(request, self.machine, self.replica, at_s, end)
    }

    /// Takes out everything that is in the replica, which fails `at_s`: what was made of answers is kept, what was read is lost.
    pub fn fail(
        &mut self,
        at_s: f64,
        tally: &mut Tally,
        out: &mut impl FnMut(&Departure),
        into: &mut Vec<Request>,
    ) {
        for g in 0..self.groups.len() {
            // Steps that have ended count, the one under way does not.
            let ended = self.groups[g].segment.as_mut().is_some_and(|segment| {
                segment.steps = if segment.end_s > at_s { segment.step_at(at_s) - 1 } else { segment.steps };
                segment.end_s = segment.end_of(segment.steps);
                segment.steps > 0
            });
            if ended {
                self.complete(g, tally, out);
            }
            self.groups[g].segment = None;
            for (lane, copy) in self.groups[g].lanes.iter_mut().zip(&mut self.copies) {
                lane.chunks.clear();
                while let Some((id, _)) = lane.preempt(self.machine, &mut self.requests) {
                    self.requests[id as usize].preemptions -= 1;
                    copy.waiting.push_front(id);
                }
            }
        }
        for copy in &mut self.copies {
            (copy.free, copy.running) = (self.machine.cache.capacity, 0);
            self.inbox.extend(copy.waiting.drain(..));
        }
        let ready_s = at_s + self.machine.outside_s;
        for id in self.inbox.drain(..) {
            self.vacant.push(id);
            into.push(Request { ready_s, ..self.requests[id as usize] });
        }
        into.sort_by_key(|request| request.index);
        self.in_flight = 0;
    }
}

/// Seconds of the step of all lanes, `ahead` steps from now: as long as the longest, for they meet in every layer.
fn time_s(machine: &Machine, lanes: &[Lane], decodes: bool, ahead: u64) -> f64 {
    let work = |lane: &Lane| {
        let mut work = lane.work(ahead, machine.writes_only);
        if !decodes {
            (work.decoding, work.context_tokens) = (0.0, 0.0);
        }
        work
    };
    let all: f64 = lanes.iter().map(|lane| machine.tokens(&work(lane))).sum();
    lanes.iter().map(|lane| machine.step_s(&work(lane), all)).fold(0.0, f64::max)
}

fn departure(request: &Request, machine: &Machine, replica: u32, at_s: f64, end: End) -> Departure {
    let arrival = request.arrival;
    let completed = end == End::Completed;
    let ttft_s = request.first_s - arrival.arrival_s;
    let gaps = arrival.output_tokens.saturating_sub(1);
    Departure {
        index: request.index,
        arrival,
        cached_tokens: request.cached_tokens,
        replica,
        ttft_s: if completed { ttft_s * machine.ttft_factor } else { 0.0 },
        tpot_s: if completed && gaps > 0 { (at_s - request.first_s) / f64::from(gaps) } else { 0.0 },
        e2e_s: if completed { ttft_s * machine.ttft_factor + at_s - request.first_s } else { 0.0 },
        preemptions: request.preemptions,
        end,
    }
}
