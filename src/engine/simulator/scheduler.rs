//! The scheduler: what the next step of a lane processes, who is let in and who is preempted.

use std::collections::VecDeque;

use super::lane::{Chunk, Lane};
use super::machine::Machine;
use super::request::Request;
use super::tally::{Bottleneck, Tally};
use crate::catalog::PrefillPolicy;

/// One copy of attention: its queue and its KV cache.
#[derive(Clone, Debug)]
pub(super) struct AttentionCopy {
    pub waiting: VecDeque<u32>,
    /// Bytes of the cache that are free.
    pub free: i64,
    /// Requests that run, in all stages.
    pub running: u32,
    /// What keeps the first that waits there.
    pub blocked: Option<Bottleneck>,
}

impl AttentionCopy {
    /// With nothing in it.
    pub fn new(machine: &Machine) -> Self {
        Self { waiting: VecDeque::new(), free: machine.cache.capacity, running: 0, blocked: None }
    }
}

/// Keeps the greatest share of the cache in use.
pub(super) fn used(copy: &AttentionCopy, machine: &Machine, tally: &mut Tally) {
    let capacity = machine.cache.capacity;
    if capacity > 0 {
        tally.peak_kv = tally.peak_kv.max((capacity - copy.free) as f64 / capacity as f64);
    }
}

/// Fills one step of one lane.
pub(super) struct Scheduler<'a> {
    pub machine: &'a Machine,
    pub requests: &'a mut Vec<Request>,
    /// When the engine looked at the queue before this step, seconds; `None`: it does not.
    pub looked_s: Option<f64>,
    pub tally: &'a mut Tally,
}

impl Scheduler<'_> {
    /// Takes blocks for a token of each that decodes; where there are none left, those that were let in last are freed and go
    /// back to the front of the queue. Whether none had to.
    pub fn decode(&mut self, lane: &mut Lane, copy: &mut AttentionCopy) -> bool {
        lane.chunks.clear();
        if self.machine.reserves_answers {
            return true;
        }
        let mut whole = true;
        let mut need = self.needed(lane);
        while need > copy.free {
            whole = false;
            self.preempt(lane, copy);
            need = self.needed(lane);
        }
        copy.free -= need;
        if self.machine.draft_tokens > 0 {
            for i in 0..lane.decoding as usize {
                let id = lane.ids[i] as usize;
                let blocks = self.drafting(self.requests[id].computed);
                self.requests[id].blocks = self.requests[id].blocks.max(blocks);
            }
        }
        used(copy, self.machine, self.tally);
        if !whole {
            copy.blocked = Some(Bottleneck::KvMemory);
        }
        whole
    }

    /// Blocks with room for a token and those drafted after it.
    fn drafting(&self, computed: u32) -> i64 {
        self.machine.cache.blocks(computed + 1 + self.machine.draft_tokens)
    }

    /// Bytes that those that decode need in their next step.
    fn needed(&self, lane: &Lane) -> i64 {
        let blocks = if self.machine.draft_tokens > 0 {
            let more = |id: &u32| {
                let request = &self.requests[*id as usize];
                (self.drafting(request.computed) - request.blocks).max(0)
            };
            lane.ids[..lane.decoding as usize].iter().map(more).sum()
        } else {
            lane.new_blocks(0)
        };
        blocks * self.machine.cache.block_bytes
    }

    fn preempt(&mut self, lane: &mut Lane, copy: &mut AttentionCopy) {
        if let Some((id, bytes)) = lane.preempt(self.machine, self.requests) {
            copy.free += bytes;
            copy.running -= 1;
            copy.waiting.push_front(id);
        }
    }

    /// Fills a step with prompts, up to `budget` tokens: the one that is being read first, then those that wait, in order, each
    /// only where all of it has room. Whether there are any.
    pub fn read(&mut self, lane: &mut Lane, copy: &mut AttentionCopy, mut budget: u32) -> bool {
        let machine = self.machine;
        lane.chunks.clear();
        if let Some(id) = lane.reading() {
            let request = &mut self.requests[id as usize];
            let tokens = (request.prompt() - request.computed).min(budget);
            let blocks = machine.cache.blocks(request.computed + tokens).max(request.blocks);
            let bytes = (blocks - request.blocks) * machine.cache.block_bytes;
            if bytes > copy.free {
                // It is the last that was let in, so that it is its own victim.
                self.preempt(lane, copy);
                copy.blocked = Some(Bottleneck::KvMemory);
                return false;
            }
            if tokens > 0 {
                copy.free -= bytes;
                request.blocks = blocks;
                budget -= tokens;
                lane.chunks.push(Chunk { id, tokens, before: request.computed });
            }
        }
        while let (Some(&id), Some(looked_s)) = (copy.waiting.front(), self.looked_s) {
            let request = &mut self.requests[id as usize];
            if request.ready_s > looked_s {
                break;
            }
            let all = request.prompt();
            let cached = request.cached_tokens.min(all - 1);
            let mut tokens = (all - cached).min(budget);
            if machine.policy == PrefillPolicy::MixedWhole && tokens < all - cached && lane.chunks.is_empty()
            {
                // A prompt that is longer than a step has one to itself.
                tokens = all - cached;
            }
            let whole = machine.policy != PrefillPolicy::MixedWhole || tokens == all - cached;
            let cost =
                |tokens: u32| machine.cache.blocks(tokens) * machine.cache.block_bytes + request.beside;
            let held = if machine.reserves_answers { request.longest() } else { all };
            copy.blocked = match () {
                () if tokens == 0 || !whole => Some(Bottleneck::StepTokens),
                () if copy.running >= machine.max_sequences => Some(Bottleneck::Sequences),
                () if cost(held) > copy.free => Some(Bottleneck::KvMemory),
                () => None,
            };
            if copy.blocked.is_some() {
                break;
            }
            copy.waiting.pop_front();
            let now = if machine.reserves_answers { held } else { cached + tokens };
            copy.free -= cost(now);
            copy.running += 1;
            request.blocks = machine.cache.blocks(now);
            request.computed = cached;
            budget = budget.saturating_sub(tokens);
            lane.admit(id);
            lane.chunks.push(Chunk { id, tokens, before: cached });
        }
        if !lane.chunks.is_empty() {
            used(copy, machine, self.tally);
        }
        !lane.chunks.is_empty()
    }
}
