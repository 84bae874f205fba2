//! What runs in one copy of attention and one pipeline stage. All that decode advance by a token in a step, so that most is
//! kept as sums and a step costs the same however many run.

use super::machine::{Cache, Machine, Work};
use super::request::Request;
use super::tally::Tally;
use crate::engine::math::random::Random;

/// Where a sequence ends whose prompt is being read.
const READING: u64 = u64::MAX;

/// Where a sequence ends that drafts tokens: nobody knows.
const DRAFTING: u64 = u64::MAX - 1;

/// Tokens of one prompt in a step.
#[derive(Clone, Copy, Debug)]
pub(super) struct Chunk {
    pub id: u32,
    pub tokens: u32,
    /// Tokens before it in the cache.
    pub before: u32,
}

/// Sequences that run, in the order in which they were let in.
#[derive(Clone, Debug, Default)]
pub(super) struct Lane {
    pub ids: Vec<u32>,
    /// The step of the lane at whose end each is done.
    ends: Vec<u64>,
    /// The least of them.
    next_end: u64,
    /// Steps in which this lane decoded.
    steps: u64,
    /// How many decode; all but the last, at most, whose prompt is being read.
    pub decoding: u32,
    /// Tokens in the cache of those that decode.
    context: i64,
    /// Those that decode by where they are in their last block, counted from the step 0.
    in_block: Vec<u32>,
    /// When those that decode got their last token, seconds, but for the latest, which got theirs later.
    last_s: f64,
    latest: Vec<(f64, u32)>,
    /// Prompts in the step under way.
    pub chunks: Vec<Chunk>,
}

impl Lane {
    pub fn new(cache: &Cache) -> Self {
        Self { in_block: vec![0; cache.block_tokens as usize], next_end: READING, ..Self::default() }
    }

    /// Steps until the first of those that decode is done.
    #[inline]
    pub fn steps_to_first_end(&self) -> u64 {
        if self.decoding == 0 { u64::MAX } else { self.next_end - self.steps }
    }

    /// What a step processes, `ahead` steps from now; the prompts of the step under way included. `joins`: a prompt of which one
    /// token is left to read decodes.
    #[inline]
    pub fn work(&self, ahead: u64, joins: bool) -> Work {
        let mut decoding = f64::from(self.decoding);
        let mut context = self.context as f64;
        let (mut prompt_tokens, mut looked_back) = (0.0, 0.0);
        for chunk in &self.chunks {
            if joins && chunk.tokens == 1 {
                decoding += 1.0;
                context += f64::from(chunk.before);
                continue;
            }
            let tokens = f64::from(chunk.tokens);
            prompt_tokens += tokens;
            looked_back += tokens * (f64::from(chunk.before) + 0.5 * tokens);
        }
        Work {
            decoding,
            context_tokens: if decoding > 0.0 { context / decoding + ahead as f64 } else { 0.0 },
            prompt_tokens,
            prompt_context_tokens: if prompt_tokens > 0.0 { looked_back / prompt_tokens } else { 0.0 },
        }
    }

    fn place(&self, joined: i64) -> usize {
        joined.rem_euclid(self.in_block.len() as i64) as usize
    }

    /// Blocks that those that decode take when they decode one token more, `ahead` steps from now.
    #[inline]
    pub fn new_blocks(&self, ahead: u64) -> i64 {
        i64::from(self.in_block[self.place(-((self.steps + ahead) as i64))])
    }

    /// Blocks that they take from the second to the last of `steps` steps.
    pub fn blocks_after_first(&self, steps: u64) -> i64 {
        let (block, more) = (self.in_block.len() as u64, steps - 1);
        let rest: i64 = (1..=more % block).map(|ahead| self.new_blocks(ahead)).sum();
        (more / block) as i64 * i64::from(self.decoding) + rest
    }

    /// The most of `steps` steps, at least one, for whose later ones `blocks` are enough.
    pub fn steps_within(&self, steps: u64, blocks: i64) -> u64 {
        let most = i64::from(self.decoding) * ((steps - 1) as i64 / self.in_block.len() as i64 + 1);
        if most <= blocks {
            return steps;
        }
        let mut left = blocks;
        for ahead in 1..steps {
            left -= self.new_blocks(ahead);
            if left < 0 {
                return ahead;
            }
        }
        steps
    }

    /// Lets a request in, whose prompt is then read.
    pub fn admit(&mut self, id: u32) {
        self.ids.push(id);
        self.ends.push(READING);
    }

    /// The request whose prompt is being read.
    pub fn reading(&self) -> Option<u32> {
        (self.ends.last() == Some(&READING)).then(|| self.ids[self.ids.len() - 1])
    }

    /// Takes out the request that was let in last, and gives back what it holds.
    pub fn preempt(&mut self, machine: &Machine, requests: &mut [Request]) -> Option<(u32, i64)> {
        let (id, end) = (self.ids.pop()?, self.ends.pop()?);
        let request = &mut requests[id as usize];
        let mut blocks = request.blocks;
        if end != READING {
            if machine.draft_tokens == 0 {
                request.generated = request.arrival.output_tokens - (end - self.steps) as u32;
                blocks = self.blocks_of(request, machine);
            }
            self.leave(request, machine);
            request.last_s = self.last_s;
            if let Some((time_s, count)) = self.latest.last_mut() {
                request.last_s = *time_s;
                *count -= 1;
                if *count == 0 {
                    self.latest.pop();
                }
            }
        }
        request.computed = 0;
        request.blocks = 0;
        request.preemptions += 1;
        if machine.writes_only {
            // The cache that it came with is gone.
            request.cached_tokens = 0;
        }
        Some((id, blocks * machine.cache.block_bytes + request.beside))
    }

    /// Tokens in the cache of a request that decodes.
    fn computed(&self, request: &Request, machine: &Machine) -> i64 {
        if machine.draft_tokens > 0 {
            i64::from(request.computed)
        } else {
            request.joined + self.steps as i64
        }
    }

    fn blocks_of(&self, request: &Request, machine: &Machine) -> i64 {
        if machine.reserves_answers || machine.draft_tokens > 0 {
            request.blocks
        } else {
            machine.cache.blocks(self.computed(request, machine) as u32)
        }
    }

    /// Takes a request out of the sums over those that decode.
    fn leave(&mut self, request: &Request, machine: &Machine) {
        self.decoding -= 1;
        self.context -= self.computed(request, machine);
        if machine.draft_tokens == 0 {
            let place = self.place(request.joined);
            self.in_block[place] -= 1;
        }
    }

    /// Ends `steps` steps that began at `start_s`, the first of which took `first_s` and each later one `slope_s` more, in
    /// which those that decode got their tokens.
    pub fn decode(
        &mut self,
        (start_s, end_s): (f64, f64),
        (first_s, slope_s): (f64, f64),
        steps: u64,
        tally: &mut Tally,
    ) {
        let mut before = self.decoding;
        for (time_s, count) in self.latest.drain(..) {
            tally.itl.add_times(start_s + first_s - time_s, u64::from(count));
            before -= count;
        }
        if before > 0 {
            let gap_s = if self.last_s == start_s { first_s } else { start_s + first_s - self.last_s };
            tally.itl.add_times(gap_s, u64::from(before));
        }
        tally.itl.add_line(first_s + slope_s, slope_s, steps - 1, u64::from(self.decoding));
        self.context += i64::from(self.decoding) * steps as i64;
        self.steps += steps;
        self.last_s = end_s;
    }

    /// What those that decode accept of their drafts in a step that has just ended ([`decode`](Self::decode) has counted one
    /// token of each).
    pub fn accept(&mut self, machine: &Machine, requests: &mut [Request], random: &mut Random) {
        for (id, end) in self.ids.iter().zip(&mut self.ends).filter(|(_, end)| **end == DRAFTING) {
            let request = &mut requests[*id as usize];
            let mut accepted = 0;
            while accepted < machine.draft_tokens && random.uniform() < machine.acceptance {
                accepted += 1;
            }
            let tokens = (1 + accepted).min(request.remaining());
            request.generated += tokens;
            request.computed += tokens;
            self.context += i64::from(tokens) - 1;
            if request.remaining() == 0 {
                *end = self.steps;
                self.next_end = self.steps;
            }
        }
    }

    /// Ends the step of the chunks at `end_s`; `decoded`: those that decode had it too. Prompts that are whole then have their
    /// next token.
    pub fn read(
        &mut self,
        end_s: f64,
        decoded: bool,
        machine: &Machine,
        requests: &mut [Request],
        tally: &mut Tally,
    ) {
        let together = decoded || self.decoding == 0;
        let mut joined = 0;
        let first = self.ids.len() - self.chunks.len();
        for (i, chunk) in self.chunks.drain(..).enumerate() {
            let request = &mut requests[chunk.id as usize];
            request.computed += chunk.tokens;
            if request.computed < request.prompt() {
                continue;
            }
            if request.first_s.is_nan() {
                request.first_s = end_s;
            } else {
                tally.itl.add(end_s - request.last_s);
            }
            request.generated += 1;
            request.joined = i64::from(request.computed) - self.steps as i64;
            let done = self.steps + u64::from(request.remaining());
            let end = if machine.draft_tokens > 0 && request.remaining() > 0 { DRAFTING } else { done };
            self.ends[first + i] = end;
            self.next_end = self.next_end.min(end);
            self.decoding += 1;
            self.context += i64::from(request.computed);
            if machine.draft_tokens == 0 {
                let place = request.joined.rem_euclid(self.in_block.len() as i64) as usize;
                self.in_block[place] += 1;
            }
            joined += 1;
        }
        if together {
            self.last_s = end_s;
        } else if joined > 0 {
            self.latest.push((end_s, joined));
        }
    }

    /// Takes out what is done, calls `done` with each and the bytes that it held.
    pub fn finish(&mut self, machine: &Machine, requests: &[Request], mut done: impl FnMut(u32, i64)) {
        if self.next_end > self.steps {
            return;
        }
        let mut kept = 0;
        for i in 0..self.ids.len() {
            let (id, end) = (self.ids[i], self.ends[i]);
            if end <= self.steps {
                let request = &requests[id as usize];
                let blocks = self.blocks_of(request, machine);
                self.leave(request, machine);
                done(id, blocks * machine.cache.block_bytes + request.beside);
            } else {
                self.ids[kept] = id;
                self.ends[kept] = end;
                kept += 1;
            }
        }
        self.ids.truncate(kept);
        self.ends.truncate(kept);
        self.next_end = self.ends.iter().copied().min().unwrap_or(READING);
    }
}
