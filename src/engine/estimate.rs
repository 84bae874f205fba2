//! One replica under a closed loop, as serving benchmarks apply it: `concurrency` requests start together and
//! a new one follows each that ends, ten times `concurrency` in all.

use super::explain::Silent;
use super::memory::Room;
use super::roofline::{Bound, Replica};
use super::{Deployment, Memory};

/// Requests of a benchmark over its concurrency.
const WAVES: f64 = 10.0;

/// The load of a closed loop.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ClosedLoop {
    pub input_tokens: f64,
    pub output_tokens: f64,
    /// Full width of the uniform distribution of lengths over its mean; 0: all equal. It does not change the
    /// estimate yet: every measured first token has the same spread, so that nothing tells its effect.
    pub length_spread: f64,
    /// Requests in flight.
    pub concurrency: f64,
}

/// What the closed loop sees. Times in seconds, memory per accelerator.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Estimate {
    pub memory: Memory,
    /// One prompt alone on the idle replica.
    pub prefill_s: f64,
    /// One decode iteration of all that run at once, no prefill mixed in.
    pub decode_step_s: f64,
    pub ttft_s: Band,
    pub tpot_s: Band,
    pub output_tokens_per_s: f64,
    pub output_tokens_per_s_per_accelerator: f64,
    pub requests_per_s: f64,
    pub prefill_bound: Bound,
    pub decode_bound: Bound,
    /// Whether measurements of this generation stand behind it.
    pub calibrated: bool,
}

/// A typical value and the band that should hold nine measured values of ten.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Band {
    pub typical: f64,
    pub low: f64,
    pub high: f64,
}

impl Band {
    fn new(typical: f64, factor: f64) -> Self {
        Self { typical, low: typical / factor, high: typical * factor }
    }
}

/// Factors of the bands where the generation was measured and where it was not. The first hold
/// nine in ten of the ratios of estimate and measurement over `assets/measured_latency.csv`, which
/// `tests/measured.rs` checks; the second are twice as wide in the logarithm.
const TPOT_BAND: (f64, f64) = (1.5, 2.25);
const TTFT_BAND: (f64, f64) = (3.2, 10.24);

/// Estimates `deployment` under `load`. Allocates nothing.
pub fn estimate(deployment: &Deployment<'_>, load: &ClosedLoop) -> Estimate {
    let replica = Replica::new(deployment);
    let room = Room::new(deployment, None, &mut Silent);
    let (input, output) = (load.input_tokens, load.output_tokens);
    let context = input + 0.5 * output;
    let full = input + output;

    // What runs at once is what the cache holds; the others wait for a place. A layout that does not fit is
    // still timed, as if it did.
    let places = room.sequences(context).min(replica.max_sequences).max(1.0);
    let running = load.concurrency.min(places);
    let step = replica.decode(running, context);
    let step_s = step.total_s();
    let alone = replica.prefill(input, 0.0, 0.0, 0.0);
    let mixed = replica.prefill(input, 0.0, running, context);

    // Each answer shares its steps with the prompts of the others.
    let tpot_s = step_s + (running - 1.0) * mixed.added_s / output;

    // The first wave arrives at once: its mean wait is half of all its prompts, and it is one wave of ten.
    // Later waves come as answers end, near each other when lengths are alike.
    let burst_s = 0.5 * (load.concurrency - 1.0).min(places) * mixed.saturated_s;
    let waves = burst_s / WAVES * (1.0 + LATER_WAVES);
    let lacking = load.concurrency - running;
    let cycle_s = output * tpot_s + mixed.latency_s;
    let place_wait_s = lacking / running * cycle_s * (1.0 - 1.0 / WAVES);
    let decoding = if running > 1.0 { 0.5 * step_s } else { 0.0 };
    let ttft_s = replica.request_overhead_s + decoding + mixed.latency_s + waves + place_wait_s;

    let requests_per_s =
        running / (output * step_s + running * mixed.added_s + mixed.latency_s - mixed.added_s);
    let output_tokens_per_s = requests_per_s * output;
    let wide = usize::from(!replica.calibrated);
    let band = |bands: (f64, f64)| if wide == 0 { bands.0 } else { bands.1 };
    Estimate {
        memory: room.memory(running, context, full, &mut Silent),
        prefill_s: alone.latency_s,
        decode_step_s: step_s,
        ttft_s: Band::new(ttft_s, band(TTFT_BAND)),
        tpot_s: Band::new(tpot_s, band(TPOT_BAND)),
        output_tokens_per_s,
        output_tokens_per_s_per_accelerator: output_tokens_per_s
            / f64::from(deployment.degrees.accelerators()),
        requests_per_s,
        prefill_bound: alone.bound,
        decode_bound: step.bound(),
        calibrated: replica.calibrated,
    }
}

/// Share of the first wave's wait that each of the nine later waves still has, summed.
const LATER_WAVES: f64 = 1.0;
