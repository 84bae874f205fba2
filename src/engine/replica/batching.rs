//! How a stack fills a step: which sequences run, how prompts are cut into chunks, who waits. Closed forms and a
//! simulation of single requests share it.

use super::deployment::Deployment;
use crate::catalog::PrefillPolicy;

/// Share of a step's tokens that prompts get however many sequences decode: a step that is full of them is not one that
/// a server would run for long.
const LEAST_PROMPT_SHARE: f64 = 0.1;

/// Steps that an engine plans while another runs, at most (`max_concurrent_batches` less one,
/// vllm/v1/executor/multiproc_executor.py; `event_loop_overlap`, python/sglang/srt/managers/scheduler.py).
const MOST_AHEAD: f64 = 1.0;

/// Steps that a request waits at most, mean, where nothing is read: half of the one under way, and those that are planned already.
const STEPS_UNTIL_NEXT: f64 = 0.5 + MOST_AHEAD;

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
    /// Most steps for which the server is told to hold prompts back.
    hold_steps: f64,
    /// Whether a request is let in only when its whole answer has room.
    pub reserves_answers: bool,
}

/// Share of a step's tokens at which a server that holds prompts back lets them go.
const FULL_STEP: f64 = 0.9;

/// Euler's constant: the sum of the first `n` reciprocals less `ln n`.
const EULER_MASCHERONI: f64 = 0.577_215_664_901_532_9;

/// When an engine looks at what has come, in steps.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Looks {
    /// Steps that are planned already then, so that what it sees runs after them.
    pub ahead: f64,
    /// From one look to the next. What comes is read together: a request finds itself anywhere among these steps, and so waits for
    /// half of them on average.
    pub between: f64,
}

impl Looks {
    /// Where a request waits for `steps` on average.
    #[inline]
    fn new(steps: f64) -> Self {
        let ahead = (steps - 0.5).round().clamp(0.0, MOST_AHEAD);
        Self { ahead, between: (2.0 * (steps - ahead)).round().max(1.0) }
    }

    /// The same where nothing is read: what comes with its cache joins the next step that is not planned yet.
    pub fn writing_only(steps: f64) -> Self {
        Self::new(steps.min(STEPS_UNTIL_NEXT))
    }

    /// Steps that a request waits at most with probability `share`.
    #[inline]
    pub fn steps_at(&self, share: f64) -> f64 {
        self.ahead + share * self.between
    }
}

/// How prompts are held back.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Held {
    /// Steps from one time that prompts are let go to the next.
    pub steps: f64,
    /// Steps that a prompt waits, mean.
    pub mean_steps: f64,
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
        Self {
            policy: stack.prefill,
            step_tokens: deployment.step_tokens(),
            max_sequences: deployment.max_sequences() * copies,
            copies,
            stages: f64::from(degrees.pp),
            admission_steps: stack.admission_steps.value(),
            hold_steps: deployment.settings.hold_steps,
            reserves_answers: stack.reserves_answers,
        }
    }

    /// The same where nothing decodes: the engine looks at what has come after every step.
    pub(super) fn reading_only(self) -> Self {
        Self { admission_steps: 0.5, hold_steps: 0.0, ..self }
    }

    /// The same where nothing is read: what comes with its cache joins the next step, one later where steps are planned ahead.
    pub(super) fn writing_only(self) -> Self {
        Self { admission_steps: self.admission_steps.min(STEPS_UNTIL_NEXT), hold_steps: 0.0, ..self }
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

    /// How the engine looks at what has come. In a pipeline the steps that are planned ahead are those of its stages.
    #[inline]
    pub fn looks(&self) -> Looks {
        let looks = Looks::new(self.admission_steps);
        if self.stages > 1.0 { Looks { ahead: 0.0, ..looks } } else { looks }
    }

    /// How a server that was told to hold prompts back does so where `arrivals` of `tokens` come to the replica in a step while
    /// `running` sequences decode; nothing where it was not.
    ///
    /// TensorRT-LLM lets prompts wait until they and the answers under way are nine tenths of a step, or with copies of attention
    /// until each of them has one, and no longer than so many steps (`batch_wait_timeout_iters` and `attention_dp_config`,
    /// tensorrt_llm/_torch/pyexecutor/py_executor.py). SGLang takes its mail once in so many steps of decoding
    /// (`scheduler_recv_interval`, python/sglang/srt/managers/scheduler_recv_skipper.py).
    #[inline]
    pub fn held(&self, arrivals: f64, tokens: f64, running: f64) -> Held {
        let most = self.hold_steps;
        if most <= 0.0 {
            return Held::default();
        }
        if self.policy == PrefillPolicy::Alone {
            return Held { steps: most, mean_steps: 0.5 * most };
        }
        if self.copies > 1.0 {
            // The last of as many copies as get requests in turn by chance has its first after `copies · H(copies)` of them.
            let harmonic = self.copies.ln() + EULER_MASCHERONI + 0.5 / self.copies;
            let steps = most.min(self.copies * harmonic / arrivals);
            return Held { steps, mean_steps: 0.5 * steps };
        }
        let wanted = (FULL_STEP * self.step_tokens - self.share(running)) / tokens;
        let steps = most.min((wanted - 1.0).max(0.0) / arrivals);
        // The first to come waits for all of them, those after it for half of that on average.
        let others = arrivals * steps;
        Held { steps, mean_steps: steps * (1.0 + 0.5 * others) / (1.0 + others) }
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
            hold_steps: 0.0,
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

    /// Five prompts of 1024 come in a step: 7.2 of them fill nine tenths of one, which takes less than two steps. Eight copies get
    /// one each only after some 22 have come. SGLang looks on the clock, and nobody waits who was not told to.
    #[test]
    fn prompts_are_held_back_as_long_as_it_takes_to_fill_a_step() {
        let told = |policy, copies, hold_steps| Batching { copies, hold_steps, ..batching(policy) };
        let whole = PrefillPolicy::MixedWhole;
        let close =
            |got: f64, want: f64| assert!((got - want).abs() < 0.02 * want, "{got} instead of {want}");
        close(told(whole, 1.0, 20.0).held(5.0, 1024.0, 0.0).steps, 1.24);
        close(told(whole, 1.0, 20.0).held(0.01, 1024.0, 0.0).steps, 20.0);
        close(told(whole, 1.0, 20.0).held(0.01, 1024.0, 0.0).mean_steps, 18.3);
        close(told(whole, 8.0, 60.0).held(1.0, 1024.0, 64.0).steps, 21.7);
        close(told(whole, 8.0, 60.0).held(0.1, 1024.0, 64.0).mean_steps, 30.0);
        close(told(PrefillPolicy::Alone, 1.0, 30.0).held(1.0, 1024.0, 64.0).mean_steps, 15.0);
        assert_eq!(told(whole, 8.0, 0.0).held(1.0, 1024.0, 64.0), Held::default());
    }

    #[test]
    fn a_stack_that_reserves_answers_lets_fewer_in() {
        assert_eq!(batching(PrefillPolicy::MixedWhole).admitted_tokens(600.0, 900.0), 900.0);
        assert_eq!(batching(PrefillPolicy::MixedChunks).admitted_tokens(600.0, 900.0), 600.0);
    }
}
