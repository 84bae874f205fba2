//! Reading prompts: chunks of them, in steps shared with the decoding sequences or in steps of their own, as each
//! stack does it (Agrawal et al. 2024, Sarathi-Serve).
//!
//! Copies of attention step together, since their tokens meet in the experts: all of them wait for the one that reads a prompt,
//! and share that wait with the others that read in the same step.

use super::batching::Chunks;
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
    /// Prompts that share its steps in its copy of attention, itself included.
    pub prompts: f64,
    /// Prompts that are read side by side: in copies of attention that read in its steps, and in pipeline stages.
    pub side_by_side: f64,
    /// Steps that it takes.
    pub steps: f64,
    /// The steps that it shares, with it and without it, seconds.
    pub steps_with_s: f64,
    pub steps_without_s: f64,
    /// Time of the replica that one prompt takes when prompts queue, seconds.
    pub saturated_s: f64,
    /// A step that is full of prompts, seconds, and how many it has; 0 where one prompt fills steps.
    pub full_s: f64,
    pub full_prompts: f64,
    /// What most of its last step is spent on.
    pub bound: Bound,
    /// What the accelerators do in it, over their peaks.
    pub busy: Activity,
}

/// One prompt by how many copies of attention read in its steps.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Prompt {
    /// Its copy reads by itself.
    one: Prefill,
    /// All copies read.
    pub all: Prefill,
    pub(super) copies: f64,
    pub(super) stages: f64,
    /// Prompts for which a step of one copy has room.
    pub(super) most_prompts: f64,
}

/// A prompt cut into chunks.
#[derive(Clone, Copy, Debug)]
pub(super) struct Read {
    chunks: Chunks,
    /// The steps of all chunks, seconds.
    pub with_s: f64,
    pub steps: f64,
    last: StepTime,
}

/// Share of steps in which a copy reads a prompt, at least: below, a prompt is by itself to the last digit.
const RAREST: f64 = 1e-9;

impl Prompt {
    /// The prompt where `arrivals` come together in the replica, mean: those of a copy share its steps, and the copies that read
    /// share the wait of all. What a step with prompts takes whatever their number, and what few rows of a matrix product take
    /// too long, is shared.
    #[inline]
    pub fn among(&self, arrivals: f64) -> Prefill {
        let prompts = self.of_a_copy(arrivals).min(self.most_prompts).max(1.0);
        self.alone(arrivals).shared(prompts)
    }

    /// The prompt where `arrivals` come together in the replica, mean, and none of them to its own copy.
    #[inline]
    pub(super) fn alone(&self, arrivals: f64) -> Prefill {
        if self.copies == 1.0 {
            return self.all;
        }
        let of_a_copy = self.of_a_copy(arrivals);
        let prompts = of_a_copy.min(self.most_prompts).max(1.0);
        self.read_by(self.copies_reading(of_a_copy / prompts * self.all.steps))
    }

    /// Of `arrivals` in the replica, those to one copy and stage.
    #[inline]
    pub(super) fn of_a_copy(&self, arrivals: f64) -> f64 {
        arrivals / (self.copies * self.stages)
    }

    /// Copies that read in a step in which any does, mean, where each reads in `share` of its steps by itself.
    #[inline]
    fn copies_reading(&self, share: f64) -> f64 {
        let share = share.clamp(RAREST, 1.0);
        self.copies * share / -(self.copies * (-share).ln_1p()).exp_m1()
    }

    /// The prompt where so many `copies` read on average: between one and all by what both take.
    #[inline]
    fn read_by(&self, copies: f64) -> Prefill {
        let Self { one, all, .. } = self;
        let share = (copies - 1.0) / (self.copies - 1.0);
        let steps_with_s = one.steps_with_s + share * (all.steps_with_s - one.steps_with_s);
        let side_by_side = copies * self.stages;
        let added_s = (steps_with_s - all.steps_without_s) / side_by_side;
        Prefill {
            latency_s: steps_with_s,
            added_s,
            full_added_s: all.full_added_s.min(added_s),
            side_by_side,
            steps_with_s,
            // The other copies wait meanwhile.
            busy: all.busy.scaled(copies / self.copies),
            ..*all
        }
    }
}

impl Prefill {
    /// Beside as many others in the same steps as make up `prompts`.
    #[inline]
    fn shared(self, prompts: f64) -> Self {
        Self { added_s: self.full_added_s + (self.added_s - self.full_added_s) / prompts, prompts, ..self }
    }
}

impl Replica {
    /// Reading a prompt of `tokens`, the first `cached` of which are in the cache already, alone or while
    /// `beside` decode.
    pub fn prompt(&self, tokens: f64, cached: f64, beside: Decoding) -> Prompt {
        let copies = f64::from(self.degrees.attention_dp);
        let all = self.prefill(tokens, cached, beside, copies);
        let one = if copies > 1.0 { self.prefill(tokens, cached, beside, 1.0) } else { all };
        let most_prompts = self.batching.step_tokens / (tokens - cached).max(1.0);
        Prompt { one, all, copies, stages: f64::from(self.degrees.pp), most_prompts }
    }

    /// One step of a copy with `prompt_tokens` that look back on `prompt_context_tokens` each, while `reading` copies of
    /// attention read as many.
    #[inline]
    pub(super) fn reading_step(
        &self,
        prompt_tokens: f64,
        prompt_context_tokens: f64,
        beside: Decoding,
        reading: f64,
    ) -> StepTime {
        // Where sequences pause meanwhile, the step is without them.
        let meanwhile = self.batching.decodes_meanwhile();
        let decoding = if meanwhile { self.batching.share(beside.sequences) } else { 0.0 };
        let context_tokens = beside.context_tokens;
        let batch = Batch { decoding, context_tokens, prompt_tokens, prompt_context_tokens };
        let copies = f64::from(self.degrees.attention_dp);
        self.step_among(&batch, copies * self.tokens(&batch) - (copies - reading) * prompt_tokens)
    }

    /// Reading `fresh` tokens behind `cached` ones in as many chunks as they take, while `reading` copies of attention do.
    #[inline]
    pub(super) fn chunked(&self, fresh: f64, cached: f64, beside: Decoding, reading: f64) -> Read {
        let meanwhile = self.batching.decodes_meanwhile();
        let decoding = if meanwhile { self.batching.share(beside.sequences) } else { 0.0 };
        // A new token looks back on what was cached and, on average, on half of what is new.
        let context_tokens = cached + 0.5 * fresh;
        let chunks = self.batching.chunks(fresh, decoding);
        let (mut last, mut with_s, mut steps) = (StepTime::default(), 0.0, 0.0);
        if chunks.rest_tokens > 0.0 {
            last = self.reading_step(chunks.rest_tokens, context_tokens, beside, reading);
            (with_s, steps) = (last.total_s(), 1.0);
        }
        if chunks.full > 0.0 {
            last = self.reading_step(chunks.chunk_tokens, context_tokens, beside, reading);
            with_s += chunks.full * last.total_s();
            steps += chunks.full;
        }
        Read { chunks, with_s, steps, last }
    }

    /// Reading a prompt while `reading` copies of attention do, this one included.
    fn prefill(&self, tokens: f64, cached: f64, beside: Decoding, reading: f64) -> Prefill {
        let batching = &self.batching;
        let fresh = (tokens - cached).max(1.0);
        let base_s = if batching.decodes_meanwhile() { beside.step_s } else { 0.0 };
        let context_tokens = cached + 0.5 * fresh;
        let read = self.chunked(fresh, cached, beside, reading);
        let Read { chunks, with_s, steps, last } = read;
        let side_by_side = reading * f64::from(self.degrees.pp);
        let steps_without_s = steps * base_s;
        let added_s = (with_s - steps_without_s) / side_by_side;
        // Prompts that wait share steps: at saturation every step is full, and every copy reads.
        let copies = f64::from(self.degrees.attention_dp);
        let prompts = batching.prompts_in(&chunks, fresh);
        let full_s = self.reading_step(prompts * fresh, context_tokens, beside, copies).total_s();
        let at_once = prompts * batching.prompts_at_once();
        let saturated_s = (with_s / side_by_side).min(full_s / at_once);
        let full_added_s = added_s.min((full_s - base_s) / at_once);
        let shares = chunks.full == 0.0;
        Prefill {
            latency_s: with_s,
            added_s,
            full_added_s,
            prompts: 1.0,
            side_by_side,
            steps,
            steps_with_s: with_s,
            steps_without_s,
            saturated_s,
            full_s: if shares { full_s } else { 0.0 },
            full_prompts: if shares { prompts } else { 0.0 },
            bound: last.bound(),
            busy: last.busy(),
        }
    }
}
