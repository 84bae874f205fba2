//! Which number formats run where, and how fast the arithmetic behind them is.

use crate::catalog::{Accelerator, Efficiency, Model, NumberFormat, Sourced, Stack};

/// The arithmetic that weights of one format get on one accelerator.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Arithmetic {
    /// Dense peak, operations per second.
    pub peak_ops_per_s: f64,
    /// Share of it that large products reach.
    pub efficiency: f64,
    /// The silicon has no such arithmetic: weights are unpacked and multiplied in 16 bits.
    pub weight_only: bool,
}

impl Arithmetic {
    /// Operations per second that large products reach.
    pub fn ops_per_s(self) -> f64 {
        self.peak_ops_per_s * self.efficiency
    }

    /// The same with `factor` times the efficiency.
    pub fn scaled(self, factor: f64) -> Self {
        Self { efficiency: self.efficiency * factor, ..self }
    }
}

/// The arithmetic for weights stored as `format`.
pub fn arithmetic(accelerator: &Accelerator, efficiency: &Efficiency, format: NumberFormat) -> Arithmetic {
    let sixteen = Arithmetic {
        peak_ops_per_s: accelerator.peak_ops_per_s.bf16.value(),
        efficiency: efficiency.compute_16_bit.value(),
        weight_only: false,
    };
    let at = |peak: Option<&Sourced>, share: &Sourced| match peak {
        Some(peak) => {
            Arithmetic { peak_ops_per_s: peak.value(), efficiency: share.value(), weight_only: false }
        }
        None => Arithmetic { weight_only: true, ..sixteen },
    };
    let peak = accelerator.peak_ops_per_s(format);
    match format {
        NumberFormat::Bf16 | NumberFormat::Fp16 => sixteen,
        NumberFormat::Fp8 | NumberFormat::Int8 => at(peak, &efficiency.compute_8_bit),
        NumberFormat::Int4 => at(None, &efficiency.compute_8_bit),
        NumberFormat::Nvfp4 | NumberFormat::Mxfp4 => at(peak, &efficiency.compute_4_bit),
    }
}

/// Up to two choices, first the one preferred.
pub type FormatChoices = [Option<NumberFormat>; 2];

/// Formats of the weights to try: the one asked for; or else the checkpoint's own, and FP8 where the
/// checkpoint has 16 bits and the silicon has FP8. Formats that lose more are never chosen unasked.
///
/// FP8 halves the bytes: where its arithmetic is no slower, 16 bits cannot win and are not tried.
pub fn weights(
    asked: Option<NumberFormat>,
    model: &Model,
    accelerator: &Accelerator,
    efficiency: &Efficiency,
) -> FormatChoices {
    let own = asked.unwrap_or(model.checkpoint);
    let sixteen = matches!(own, NumberFormat::Bf16 | NumberFormat::Fp16);
    if asked.is_some() || !sixteen || accelerator.peak_ops_per_s.fp8.is_none() {
        return [Some(own), None];
    }
    let rate = |format| {
        let math = arithmetic(accelerator, efficiency, format);
        math.peak_ops_per_s * math.efficiency
    };
    let slower = rate(NumberFormat::Fp8) < rate(own);
    [Some(NumberFormat::Fp8), slower.then_some(own)]
}

/// Format of the KV cache: the one asked for; or else FP8 where stack and silicon have it, since half the
/// bytes hold twice the sequences and nothing is slower; or else 16 bits.
pub fn kv_cache(asked: Option<NumberFormat>, stack: &Stack, accelerator: &Accelerator) -> NumberFormat {
    let eight = accelerator.peak_ops_per_s.fp8.is_some() && stack.kv_formats.contains(&NumberFormat::Fp8);
    asked.unwrap_or(if eight { NumberFormat::Fp8 } else { NumberFormat::Bf16 })
}

/// Format of the KV cache that a stack takes by default: 8 bits with weights that are published with
/// scales for it, where the stack follows them; else 16 bits.
pub fn default_kv_cache(weights: NumberFormat, stack: &Stack, accelerator: &Accelerator) -> NumberFormat {
    if stack.kv_follows_weights.contains(&weights) {
        kv_cache(None, stack, accelerator)
    } else {
        NumberFormat::Bf16
    }
}

/// Bytes a parameter takes in the matrices outside routed experts.
///
/// Four-bit checkpoints of mixtures pack the experts alone and leave the rest in 16 bits
/// (gpt-oss model card, 2025; DeepSeek-R1-FP4 model card, 2025).
pub fn matrix_bytes(weights: NumberFormat, mixture: bool) -> f64 {
    match weights {
        NumberFormat::Mxfp4 | NumberFormat::Nvfp4 if mixture => 2.0,
        format => format.bytes(),
    }
}
