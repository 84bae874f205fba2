//! Reading prompts: chunks of them, in steps shared with the decoding sequences or in steps of their own, as each
//! stack does it (Agrawal et al. 2024, Sarathi-Serve).

use crate::catalog::Prefill as Policy;
use crate::engine::replica::roofline::Replica;
use crate::engine::replica::step::{Batch, Bound, StepTime};

/// Sequences that decode while a prompt is read.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Decoding {
    /// Of the whole replica.
    pub sequences: f64,
    /// Mean, tokens.
    pub context_tokens: f64,
    /// Their step without the prompt, seconds.
    pub step_s: f64,
}

/// Reading one prompt.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Prefill {
    /// From the first chunk's start to the last chunk's end, seconds.
    pub latency_s: f64,
    /// By how much it lengthens the steps of the replica that it shares, seconds.
    pub added_s: f64,
    /// Time of the replica that one prompt takes when prompts queue, seconds.
    pub saturated_s: f64,
    /// What most of its last step is spent on.
    pub bound: Bound,
}

impl Replica {
    /// Reading a prompt of `tokens`, the first `cached` of which are in the cache already, alone or while
    /// `beside` decode.
    pub fn prefill(&self, tokens: f64, cached: f64, beside: Decoding) -> Prefill {
        let fresh = (tokens - cached).max(1.0);
        // What the sequences lose to a step with prompts: all of it where they stand still meanwhile.
        let (decoding, base_s) = match self.policy {
            Policy::Alone => (0.0, 0.0),
            Policy::MixedChunks | Policy::MixedWhole => (self.share(beside.sequences), beside.step_s),
        };
        let context_tokens = beside.context_tokens;
        let room = (self.step_tokens - decoding).max(self.step_tokens * 0.1);
        let room = if self.policy == Policy::MixedWhole { room.max(fresh) } else { room };
        // A new token looks back on what was cached and, on average, on half of what is new.
        let step = |prompt_tokens: f64| {
            self.step(&Batch {
                decoding,
                context_tokens,
                prompt_tokens,
                prompt_context_tokens: cached + 0.5 * fresh,
            })
        };
        let full = (fresh / room).floor();
        let rest = fresh - full * room;
        let (mut last, mut alone_s, mut added_s) = (StepTime::default(), 0.0, 0.0);
        if rest > 0.0 {
            last = step(rest);
            alone_s = last.total_s();
            added_s = alone_s - base_s;
        }
        // Prompts that wait share steps: at saturation every step is full.
        let mut saturated_s = f64::INFINITY;
        if full > 0.0 {
            last = step(room);
            alone_s += full * last.total_s();
            added_s += full * (last.total_s() - base_s);
        } else {
            let prompts =
                if self.policy == Policy::MixedWhole { (room / fresh).floor() } else { room / fresh };
            saturated_s = step(prompts * fresh).total_s() / prompts;
        }
        let ranks = f64::from(self.degrees.attention_dp * self.degrees.pp);
        Prefill {
            latency_s: alone_s + self.prompt_overhead_s + self.eager_s,
            added_s: (added_s + self.prompt_overhead_s) / ranks,
            saturated_s: (saturated_s.min(alone_s) + self.prompt_overhead_s) / ranks,
            bound: last.bound(),
        }
    }

    /// Prompts of `tokens` that one step of the replica has room for.
    pub fn prompts_per_step(&self, tokens: f64) -> f64 {
        f64::from(self.degrees.attention_dp) * self.step_tokens / tokens
    }

    /// Whether sequences go on decoding while prompts are read.
    pub fn decodes_meanwhile(&self) -> bool {
        self.policy != Policy::Alone
    }
}
