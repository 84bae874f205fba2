//! Reading prompts: chunks of them, in steps shared with the decoding sequences or in steps of their own, as each
//! stack does it (Agrawal et al. 2024, Sarathi-Serve).

use super::roofline::Replica;
use super::step::{Activity, Batch, Bound, StepTime};

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
    /// By how much it lengthens the steps of the replica that it shares, seconds: so much of it as is its own.
    pub added_s: f64,
    /// The same where steps are full of prompts, seconds.
    pub full_added_s: f64,
    /// Prompts that share its steps, itself included.
    pub prompts: f64,
    /// The steps that it shares, with it and without it, seconds.
    pub steps_with_s: f64,
    pub steps_without_s: f64,
    /// Time of the replica that one prompt takes when prompts queue, seconds.
    pub saturated_s: f64,
    /// What most of its last step is spent on.
    pub bound: Bound,
    /// What the accelerators do in it, over their peaks.
    pub busy: Activity,
}

impl Prefill {
    /// Beside as many others in the same steps as make up `prompts`: what a step with prompts takes whatever their number, and what
    /// few rows of a matrix product take too long, is shared.
    #[inline]
    pub fn shared(self, prompts: f64) -> Self {
        let prompts = prompts.max(1.0);
        Self { added_s: self.full_added_s + (self.added_s - self.full_added_s) / prompts, prompts, ..self }
    }
}

impl Replica {
    /// Reading a prompt of `tokens`, the first `cached` of which are in the cache already, alone or while
    /// `beside` decode.
    pub fn prefill(&self, tokens: f64, cached: f64, beside: Decoding) -> Prefill {
        let batching = &self.batching;
        let fresh = (tokens - cached).max(1.0);
        // What the sequences lose to a step with prompts: all of it where they pause meanwhile.
        let (decoding, base_s) = match batching.decodes_meanwhile() {
            true => (batching.share(beside.sequences), beside.step_s),
            false => (0.0, 0.0),
        };
        let context_tokens = beside.context_tokens;
        // A new token looks back on what was cached and, on average, on half of what is new.
        let step = |prompt_tokens: f64| {
            self.step(&Batch {
                decoding,
                context_tokens,
                prompt_tokens,
                prompt_context_tokens: cached + 0.5 * fresh,
            })
        };
        let chunks = batching.chunks(fresh, decoding);
        let (mut last, mut alone_s, mut added_s) = (StepTime::default(), 0.0, 0.0);
        let mut full_added_s = f64::INFINITY;
        let mut without_s = 0.0;
        if chunks.rest_tokens > 0.0 {
            last = step(chunks.rest_tokens);
            alone_s = last.total_s();
            added_s = alone_s - base_s;
            without_s = base_s;
        }
        // Prompts that wait share steps: at saturation every step is full.
        let mut saturated_s = f64::INFINITY;
        if chunks.full > 0.0 {
            last = step(chunks.chunk_tokens);
            alone_s += chunks.full * last.total_s();
            added_s += chunks.full * (last.total_s() - base_s);
            without_s += chunks.full * base_s;
        } else {
            let prompts = batching.prompts_in(&chunks, fresh);
            let full_s = step(prompts * fresh).total_s();
            saturated_s = full_s / prompts;
            full_added_s = (full_s - base_s) / prompts;
        }
        let at_once = batching.prompts_at_once();
        Prefill {
            latency_s: alone_s,
            steps_with_s: alone_s,
            steps_without_s: without_s,
            added_s: added_s / at_once,
            full_added_s: full_added_s.min(added_s) / at_once,
            prompts: 1.0,
            saturated_s: saturated_s.min(alone_s) / at_once,
            bound: last.bound(),
            busy: last.busy(),
        }
    }
}
