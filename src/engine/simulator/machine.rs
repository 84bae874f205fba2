//! What every replica of a fleet is: how long its steps take and how it fills them, with the step times and the policy of the
//! closed form, and how much its KV cache holds.

use crate::catalog::PrefillPolicy;
use crate::engine::replica::memory::Room;
use crate::engine::replica::roofline::Replica;
use crate::engine::replica::step::Batch;

/// Where the times of steps come from.
#[derive(Clone, Debug)]
enum Timing {
    /// The closed form's.
    Replica(Box<Replica>),
    /// All the same, seconds: for queues with known answers.
    #[cfg(test)]
    Even(f64),
}

/// A replica, for the simulator.
#[derive(Clone, Debug)]
pub struct Machine {
    timing: Timing,
    /// How prompts are fitted between the steps of the answers under way.
    pub(super) policy: PrefillPolicy,
    /// Most tokens of one step of one copy of attention (`max_num_batched_tokens`).
    pub(super) step_tokens: u32,
    /// Most sequences of one copy of attention (`max_num_seqs`).
    pub(super) max_sequences: u32,
    /// Copies of attention, each with its own queue, sequences and KV cache, which step together.
    pub(super) copies: usize,
    /// Pipeline stages: as many groups of sequences pass one behind the other.
    pub(super) stages: usize,
    /// The engine looks at its queue once in so many steps while it decodes, when one step more is planned already, or none.
    pub(super) steps_between_looks: u64,
    pub(super) plans_ahead: bool,
    /// Whether a request is let in only when its whole answer has room.
    pub(super) reserves_answers: bool,
    /// Time of a request outside the engine's steps, seconds.
    pub(super) outside_s: f64,
    /// On every time to first token, by the user's own measurements.
    pub(super) ttft_factor: f64,
    /// Tokens drafted ahead of each step.
    pub(super) draft_tokens: u32,
    /// Probability that a drafted token is accepted.
    pub(super) acceptance: f64,
    /// Longest sequence that the model takes, tokens.
    pub(super) longest_tokens: u32,
    /// Whether prompts come with their KV cache, all but the last token, which is read like one that was made.
    pub(super) writes_only: bool,
    /// The KV cache of one copy of attention.
    pub(super) cache: Cache,
}

/// The KV cache of one copy of attention, in bytes of the fullest accelerator.
#[derive(Clone, Debug)]
pub(super) struct Cache {
    /// All of it.
    pub capacity: i64,
    /// Tokens of a block.
    pub block_tokens: u32,
    /// Bytes of a block.
    pub block_bytes: i64,
    room: Option<Room>,
}

impl Cache {
    fn of(room: &Room) -> Self {
        let (block_bytes, block_tokens, _) = room.blocks(0.0);
        Self {
            capacity: room.kv_budget_bytes.max(0.0) as i64,
            block_tokens: block_tokens as u32,
            block_bytes: block_bytes.ceil() as i64,
            room: Some(*room),
        }
    }

    /// Blocks that `tokens` take.
    #[inline]
    pub fn blocks(&self, tokens: u32) -> i64 {
        i64::from(tokens.div_ceil(self.block_tokens))
    }

    /// Bytes of a sequence beside its blocks, which it takes from its start: recurrent state, and what windows keep at the
    /// `tokens` that it comes to.
    #[inline]
    pub fn beside(&self, tokens: u32) -> i64 {
        self.room.map_or(0, |room| room.blocks(f64::from(tokens)).2.ceil() as i64)
    }

    /// Blocks in all of it.
    pub fn all_blocks(&self) -> i64 {
        if self.block_bytes > 0 { self.capacity / self.block_bytes } else { i64::MAX }
    }
}

/// What a step of one copy of attention processes.
pub(super) type Work = Batch;

impl Machine {
    /// A replica with its memory. `max_sequences` is of one copy of attention, `longest_tokens` the model's context.
    pub(super) fn new(
        replica: Replica,
        room: &Room,
        (max_sequences, longest_tokens): (f64, f64),
        (draft_tokens, acceptance): (f64, f64),
    ) -> Self {
        let batching = &replica.batching;
        Self {
            policy: batching.policy(),
            step_tokens: batching.step_tokens as u32,
            max_sequences: max_sequences as u32,
            copies: replica.degrees.attention_dp as usize,
            stages: replica.degrees.pp as usize,
            steps_between_looks: batching.looks().between as u64,
            plans_ahead: batching.looks().ahead > 0.0,
            reserves_answers: batching.reserves_answers,
            outside_s: replica.request_overhead_s,
            ttft_factor: replica.ttft_factor,
            draft_tokens: draft_tokens as u32,
            acceptance,
            longest_tokens: longest_tokens as u32,
            writes_only: false,
            cache: Cache::of(room),
            timing: Timing::Replica(Box::new(replica)),
        }
    }

    /// The same where prompts come with their KV cache: what joins does not make the others pause.
    pub(super) fn writing(mut self) -> Self {
        self.writes_only = true;
        if self.policy == PrefillPolicy::Alone {
            self.policy = PrefillPolicy::MixedChunks;
        }
        self
    }

    /// The same with a KV cache of `blocks` in each copy of attention, in place of what the memory has room for.
    pub fn with_blocks(mut self, blocks: u32) -> Self {
        self.cache.capacity = i64::from(blocks) * self.cache.block_bytes;
        self
    }

    /// Blocks of KV cache in one copy of attention, and the tokens in a block; no number where nothing grows with a sequence.
    pub fn kv_blocks(&self) -> Option<(u64, u32)> {
        let blocks = self.cache.all_blocks();
        (blocks < i64::MAX).then_some((blocks as u64, self.cache.block_tokens))
    }

    /// Tokens of one step by one copy of attention.
    #[inline]
    pub(super) fn tokens(&self, work: &Work) -> f64 {
        match &self.timing {
            Timing::Replica(replica) => replica.tokens(work),
            #[cfg(test)]
            Timing::Even(_) => 0.0,
        }
    }

    /// Seconds of a step of one copy of attention, `all` tokens being processed by all copies.
    #[inline]
    pub(super) fn step_s(&self, work: &Work, all: f64) -> f64 {
        match &self.timing {
            Timing::Replica(replica) => replica.step_among(work, all).total_s(),
            #[cfg(test)]
            Timing::Even(step_s) => *step_s,
        }
    }

    /// A replica whose steps all take `step_s`, with room for `max_sequences` and `blocks` of 16 tokens.
    #[cfg(test)]
    pub(super) fn even(step_s: f64, max_sequences: u32, blocks: u32) -> Self {
        Self {
            timing: Timing::Even(step_s),
            policy: PrefillPolicy::MixedChunks,
            step_tokens: 8192,
            max_sequences,
            copies: 1,
            stages: 1,
            steps_between_looks: 1,
            plans_ahead: false,
            reserves_answers: false,
            outside_s: 0.0,
            ttft_factor: 1.0,
            draft_tokens: 0,
            acceptance: 0.0,
            longest_tokens: 1 << 30,
            writes_only: false,
            cache: Cache { capacity: i64::from(blocks), block_tokens: 16, block_bytes: 1, room: None },
        }
    }
}
