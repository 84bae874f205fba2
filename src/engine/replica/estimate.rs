//! One replica under a closed loop, as serving benchmarks apply it: `concurrency` requests start together and
//! a new one follows each that ends, ten times `concurrency` in all.

use crate::catalog::Evidence;
use crate::engine::figures::Memory;
use crate::engine::figures::Silent;
use crate::engine::replica::batching::Held;
use crate::engine::replica::deployment::Deployment;
use crate::engine::replica::memory::Room;
use crate::engine::replica::prefill::{Decoding, Prompt};
use crate::engine::replica::roofline::Replica;
use crate::engine::replica::step::Bound;

/// Requests of a benchmark over its concurrency.
const WAVES: u8 = 10;

/// The load of a closed loop.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ClosedLoop {
    /// Mean prompt length, tokens.
    pub input_tokens: f64,
    /// Mean answer length, tokens.
    pub output_tokens: f64,
    /// Full width of the uniform distribution of lengths over its mean; 0: all equal. Unequal lengths end apart,
    /// so that later prompts come one by one.
    pub length_spread: f64,
    /// Requests in flight.
    pub concurrency: f64,
    /// Whether the client runs in the server's process, without HTTP: requests that end in one step come back in one.
    pub in_process: bool,
}

/// What the closed loop sees. Times in seconds, memory per accelerator.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Estimate {
    /// Memory of the fullest accelerator.
    pub memory: Memory,
    /// One prompt alone on the idle replica.
    pub prefill_s: f64,
    /// One decode iteration of all that run at once, no prefill mixed in.
    pub decode_step_s: f64,
    /// Time to first token, seconds.
    pub ttft_s: Band,
    /// Time per output token, seconds.
    pub tpot_s: Band,
    /// Input tokens a second of the replica when prompts queue and nothing decodes.
    pub prefill_tokens_per_s: f64,
    /// Output tokens a second of all that run at once, while they only decode.
    pub decode_tokens_per_s: f64,
    /// Output tokens a second of the replica.
    pub output_tokens_per_s: f64,
    /// Its band: that of the time per output token, turned over.
    pub output_tokens_per_s_low: f64,
    /// Its upper end.
    pub output_tokens_per_s_high: f64,
    /// Output tokens a second of one accelerator.
    pub output_tokens_per_s_per_accelerator: f64,
    /// Requests a second of the replica.
    pub requests_per_s: f64,
    /// Mean draw of one accelerator, watts.
    pub accelerator_w: f64,
    /// What most of a prefill is spent on.
    pub prefill_bound: Bound,
    /// What most of a decode step is spent on.
    pub decode_bound: Bound,
    /// How near it is to what was measured.
    pub evidence: Evidence,
}

/// A typical value and the band that should hold nine measured values of ten.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Band {
    /// As most clients see it.
    pub typical: f64,
    /// Lower end.
    pub low: f64,
    /// Upper end.
    pub high: f64,
}

impl Band {
    fn new(typical: f64, factor: f64) -> Self {
        Self { typical, low: typical / factor, high: typical * factor }
    }
}

/// Estimates `deployment` under `load`. Allocates nothing.
pub fn estimate(deployment: &Deployment<'_>, load: &ClosedLoop) -> Estimate {
    Prepared::new(deployment).estimate(load)
}

/// A deployment as coefficients, for many loads: nothing of it is looked up again.
#[derive(Clone, Debug, PartialEq)]
pub struct Prepared {
    replica: Replica,
    room: Room,
}

impl Prepared {
    /// Works the coefficients out.
    pub fn new(deployment: &Deployment<'_>) -> Self {
        Self { replica: Replica::new(deployment), room: Room::new(deployment, &mut Silent) }
    }

    /// Estimates the deployment under `load`. Allocates nothing.
    pub fn estimate(&self, load: &ClosedLoop) -> Estimate {
        let Self { replica, room } = self;
        let (input, output) = (load.input_tokens, load.output_tokens);
        let context = input + 0.5 * output;
        let full = input + output;

        // What runs at once is what the cache holds; the others wait for a place. A layout that does not fit is
        // still timed, as if it did.
        let held = room.sequences(replica.batching.admitted_tokens(context, full));
        let places = held.min(replica.batching.max_sequences).max(1.0);
        let running = load.concurrency.min(places);
        let step = replica.decode(running, context);
        let step_s = step.total_s();
        let alone = replica.prompt(input, 0.0, Decoding::default()).all;
        let beside = Decoding { sequences: running, context_tokens: context, step_s };
        let prompt = replica.prompt(input, 0.0, beside);
        let mixed = prompt.all;

        let waves = waves(replica, load, running, step_s, &prompt);
        let output_steps = output / replica.tokens_per_step;
        let first_s = mixed.latency_s + waves.wait_s;
        // A request goes round in its own steps and the prompts of all; what of that is not before its first token is between
        // its tokens.
        let decode_s = output_steps * step_s;
        let cycle_s = decode_s + (running * waves.prompt_s).max(first_s);
        let tpot_s = (cycle_s - first_s) / output;

        let lacking = load.concurrency - running;
        let place_wait_s = lacking / running * cycle_s * (1.0 - 1.0 / f64::from(WAVES));
        let ttft_s = replica.ttft_factor * (replica.request_overhead_s + first_s + place_wait_s);

        // Of a cycle the prompts take their share, and steps that only decode the rest.
        let in_prefill = (running * waves.prompt_s / cycle_s).min(1.0);
        let accelerator_w =
            in_prefill * replica.draw_w(mixed.busy) + (1.0 - in_prefill) * replica.draw_w(step.busy());

        let requests_per_s = running / cycle_s;
        let output_tokens_per_s = requests_per_s * output;
        Estimate {
            memory: room.memory(running, context, full, &mut Silent),
            prefill_s: alone.latency_s,
            decode_step_s: step_s,
            ttft_s: Band::new(ttft_s, replica.reliance.ttft_factor),
            tpot_s: Band::new(tpot_s, replica.reliance.tpot_factor),
            prefill_tokens_per_s: input / alone.saturated_s,
            decode_tokens_per_s: running * replica.tokens_per_step / step_s,
            output_tokens_per_s,
            output_tokens_per_s_low: output_tokens_per_s / replica.reliance.tpot_factor,
            output_tokens_per_s_high: output_tokens_per_s * replica.reliance.tpot_factor,
            output_tokens_per_s_per_accelerator: output_tokens_per_s
                / f64::from(replica.degrees.accelerators()),
            requests_per_s,
            accelerator_w,
            prefill_bound: alone.bound,
            decode_bound: step.bound(),
            evidence: replica.reliance.evidence,
        }
    }
}

/// What requests lose to each other's prompts, means over a benchmark, seconds.
struct Waves {
    /// Wait of a prompt for those before it.
    wait_s: f64,
    /// Time of the replica that one prompt takes.
    prompt_s: f64,
}

/// Follows a closed loop of [`WAVES`] waves of `running` requests.
///
/// The first wave arrives at once and fills one step after the other; the prompts of a step have their first tokens at its end,
/// together. A later one arrives as the one before it ends: spread over as many steps as lengths differ by and as its first tokens
/// were apart. Requests that end in one step come back one after the other while the next is under way, so that some of them are in
/// time for the step after it and the others a step later: a group parts in two in each wave, until all are alone. With a client in
/// the server's process they are all in time, and groups of even lengths stay. A request comes
/// with the end of a step, when the next is under way, and is looked at some steps later: steps that are as long as those with the
/// prompts of its neighbours, and its own step has some of them too. It waits no longer than in the first wave. Where prompts come
/// together they fill steps, and each takes less of them than by itself.
fn waves(replica: &Replica, load: &ClosedLoop, running: f64, step_s: f64, prompt: &Prompt) -> Waves {
    let others = running - 1.0;
    if others <= 0.0 {
        return Waves { wait_s: 0.0, prompt_s: prompt.among(1.0).added_s };
    }
    let per_step = replica.batching.prompts_per_step(load.input_tokens);
    // In steps: how far apart lengths lie, and over how many the first tokens of one wave are spread.
    let output_steps = load.output_tokens / replica.tokens_per_step;
    let lengths = load.length_spread * output_steps;
    let first_tokens = if replica.batching.decodes_meanwhile() { running / per_step } else { 0.0 };
    let admission = replica.batching.admission_steps;
    let together_s = prompts_before_end(running, per_step.max(1.0)) * prompt.all.saturated_s;
    let mut sum = Waves { wait_s: 0.0, prompt_s: 0.0 };
    for wave in 0..WAVES {
        let number = f64::from(wave);
        let parts = if load.in_process { 1.0 } else { 2_f64.powf(number - 1.0) };
        let apart = (first_tokens * parts).min(running.max(first_tokens));
        let steps = if wave > 0 { (number * lengths * lengths + apart * apart).sqrt() } else { 0.0 };
        let steps = steps.min(output_steps);
        let prompts = (others / steps.max(1.0)).min(per_step.max(1.0));
        // Nothing decodes yet when the first wave comes, and nothing is held back then.
        let held = match wave {
            0 => Held::default(),
            _ => replica.batching.held(prompts, load.input_tokens, running),
        };
        let gathered = prompts * (1.0 + held.steps);
        let each_s = prompt.among(gathered).added_s;
        let beside = (gathered.min(running).min(per_step) - 1.0).max(0.0);
        let seen_s = admission * (step_s + prompts * each_s) + beside * each_s;
        sum.wait_s += held.mean_steps * step_s;
        sum.wait_s += if wave > 0 { seen_s.min(together_s + admission * step_s) } else { together_s };
        sum.prompt_s += each_s;
    }
    let waves = f64::from(WAVES);
    Waves { wait_s: sum.wait_s / waves, prompt_s: sum.prompt_s / waves }
}

/// Prompts that are read until the end of the step that a prompt is in, itself not counted, mean over `waiting` of them of which
/// each step takes `per_step`.
fn prompts_before_end(waiting: f64, per_step: f64) -> f64 {
    let full = (waiting / per_step).floor();
    let in_full = per_step * full;
    let ends = 0.5 * in_full * (in_full + per_step) + (waiting - in_full) * waiting;
    ends / waiting - 1.0
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Of twenty prompts, eight in a step, eight wait until eight are read, eight until sixteen, four until all twenty. One at a
    /// time, each waits for those before it.
    #[test]
    fn prompts_of_a_step_end_together() {
        let ends = (8.0 * 8.0 + 8.0 * 16.0 + 4.0 * 20.0) / 20.0;
        assert!((prompts_before_end(20.0, 8.0) - (ends - 1.0)).abs() < 1e-12);
        assert!((prompts_before_end(20.0, 1.0) - 9.5).abs() < 1e-12);
        assert!((prompts_before_end(3.0, 8.0) - 2.0).abs() < 1e-12);
    }
}
