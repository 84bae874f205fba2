//! How a stack fills a step: which sequences run, how prompts are cut into chunks, who waits. Closed forms and a
//! simulation of single requests share it.

use super::deployment::Deployment;
use crate::catalog::PrefillPolicy;

/// Share of a step's tokens that prompts get however many sequences decode: a step that is full of them is not one that
/// a server would run for long.
const LEAST_PROMPT_SHARE: f64 = 0.1;

/// Steps that a request waits at most, mean, where nothing is read: half of the one under way, and half of one more where the next is
/// planned while it runs.
pub const STEPS_AHEAD: f64 = 1.0;

/// The policy of one stack on one deployment.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Batching {
    policy: PrefillPolicy,
    /// Most tokens in one step of one data-parallel copy of attention.
    pub step_tokens: f64,
    /// Most sequences at once in the whole replica.
    pub max_sequences: f64,
    /// Copies of attention, each of which runs steps of its own, and pipeline stages, through which as many groups of
    /// sequences pass one behind the other.
    copies: f64,
    stages: f64,
    /// Steps that a new request waits before the engine looks at it.
    pub admission_steps: f64,
    /// Steps that it waits in addition until every copy of attention has a prompt.
    pub balance_steps: f64,
    /// Whether a request is let in only when its whole answer has room.
    pub reserves_answers: bool,
}

/// How one prompt is read.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Chunks {
    /// Prompt tokens of a full chunk.
    pub chunk_tokens: f64,
    /// Chunks of that size.
    pub full: f64,
    /// Tokens of the chunk that is left; 0: none.
    pub rest_tokens: f64,
}

impl Batching {
    /// The policy of the deployment's stack, with its defaults there.
    pub fn new(deployment: &Deployment<'_>) -> Self {
        let Deployment { stack, degrees, .. } = *deployment;
        let copies = f64::from(degrees.attention_dp);
        let balance = if degrees.attention_dp > 1 { stack.balance_steps.value() } else { 0.0 };
        Self {
            policy: stack.prefill,
            step_tokens: deployment.step_tokens(),
            max_sequences: deployment.max_sequences() * copies,
            copies,
            stages: f64::from(degrees.pp),
            admission_steps: stack.admission_steps.value(),
            balance_steps: balance,
            reserves_answers: stack.reserves_answers,
        }
    }

    /// The same where nothing decodes: the engine looks at what has come after every step.
    pub(super) fn reading_only(self) -> Self {
        Self { admission_steps: 0.5, balance_steps: 0.0, ..self }
    }

    /// The same where nothing is read: what comes with its cache joins the next step, one later where steps are planned ahead.
    pub(super) fn writing_only(self) -> Self {
        Self { admission_steps: self.admission_steps.min(STEPS_AHEAD), balance_steps: 0.0, ..self }
    }

    /// How prompts are fitted between the steps of the answers under way.
    pub(in crate::engine) fn policy(&self) -> PrefillPolicy {
        self.policy
    }

    /// Whether sequences go on decoding while prompts are read.
    #[inline]
    pub fn decodes_meanwhile(&self) -> bool {
        self.policy != PrefillPolicy::Alone
    }

    /// Sequences of one step, of `sequences` in the whole replica.
    #[inline]
    pub fn share(&self, sequences: f64) -> f64 {
        sequences / self.prompts_at_once()
    }

    /// Prompts that are read side by side: one in each copy of attention and each pipeline stage.
    #[inline]
    pub fn prompts_at_once(&self) -> f64 {
        self.copies * self.stages
    }

    /// Steps between two looks at what has come, in all of which it is read together: a request finds itself anywhere among
    /// them, and so waits for half of them on average.
    #[inline]
    pub fn steps_between_looks(&self) -> f64 {
        (2.0 * (self.admission_steps + self.balance_steps)).round().max(1.0)
    }

    /// Prompts of `tokens` that one step of the replica has room for.
    #[inline]
    pub fn prompts_per_step(&self, tokens: f64) -> f64 {
        self.copies * self.step_tokens / tokens
    }

    /// The chunks of a prompt of `tokens` that are not cached, while `decoding` sequences take their tokens of each step.
    #[inline]
    pub fn chunks(&self, tokens: f64, decoding: f64) -> Chunks {
        let room = (self.step_tokens - decoding).max(self.step_tokens * LEAST_PROMPT_SHARE);
        let chunk_tokens = if self.policy == PrefillPolicy::MixedWhole { room.max(tokens) } else { room };
        let full = (tokens / chunk_tokens).floor();
        Chunks { chunk_tokens, full, rest_tokens: tokens - full * chunk_tokens }
    }

    /// Prompts of `tokens` that share a step when they queue: every step is full then.
    #[inline]
    pub fn prompts_in(&self, chunks: &Chunks, tokens: f64) -> f64 {
        let prompts = chunks.chunk_tokens / tokens;
        if self.policy == PrefillPolicy::MixedWhole { prompts.floor() } else { prompts }
    }

    /// Tokens of KV cache that a sequence is let in with: its mean context, or all it may come to where the stack
    /// reserves room for answers.
    #[inline]
    pub fn admitted_tokens(&self, context_tokens: f64, full_tokens: f64) -> f64 {
        if self.reserves_answers { full_tokens } else { context_tokens }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn batching(policy: PrefillPolicy) -> Batching {
        Batching {
            policy,
            step_tokens: 8192.0,
            max_sequences: 256.0,
            copies: 2.0,
            stages: 1.0,
            admission_steps: 0.0,
            balance_steps: 0.0,
            reserves_answers: policy == PrefillPolicy::MixedWhole,
        }
    }

    /// 20,000 tokens beside 192 sequences: two chunks of 8,000 and one of 4,000 where prompts are cut, one step where
    /// they are not.
    #[test]
    fn prompts_are_cut_into_what_a_step_has_left() {
        let cut = batching(PrefillPolicy::MixedChunks).chunks(20_000.0, 192.0);
        assert_eq!(cut, Chunks { chunk_tokens: 8000.0, full: 2.0, rest_tokens: 4000.0 });
        let whole = batching(PrefillPolicy::MixedWhole).chunks(20_000.0, 192.0);
        assert_eq!(whole, Chunks { chunk_tokens: 20_000.0, full: 1.0, rest_tokens: 0.0 });
        assert_eq!(batching(PrefillPolicy::Alone).share(64.0), 32.0);
        assert_eq!(batching(PrefillPolicy::Alone).prompts_per_step(2048.0), 8.0);
    }

    #[test]
    fn a_stack_that_reserves_answers_lets_fewer_in() {
        assert_eq!(batching(PrefillPolicy::MixedWhole).admitted_tokens(600.0, 900.0), 900.0);
        assert_eq!(batching(PrefillPolicy::MixedChunks).admitted_tokens(600.0, 900.0), 600.0);
    }
}
