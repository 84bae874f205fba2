//! Which number formats run where, and how fast the arithmetic behind them is.

use super::profile::Profile;
use crate::catalog::{Accelerator, Efficiency, Model, NumberFormat, Sourced, Stack, Vendor};

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

/// Formats to choose from, first the one preferred.
pub type FormatChoices = [Option<NumberFormat>; 3];

/// Formats of the weights to try: the one asked for; or else the checkpoint's own, and FP8 where the checkpoint has 16 bits
/// and the silicon has FP8. Where it has not, the whole-number formats in which the model is published take that place, so
/// that accelerators of all ages are compared alike.
///
/// FP8 halves the bytes: where its arithmetic is no slower, 16 bits cannot win and are not tried.
pub fn weights(
    asked: Option<NumberFormat>,
    model: &Model,
    accelerator: &Accelerator,
    efficiency: &Efficiency,
) -> FormatChoices {
    let own = asked.unwrap_or(model.checkpoint);
    if asked.is_some() {
        return [Some(own), None, None];
    }
    if accelerator.peak_ops_per_s.fp8.is_none() {
        let published = |format| {
            let known = model.quantized.iter().any(|quantized| quantized.format == format);
            (known && own != format && has_kernels(format, accelerator.vendor)).then_some(format)
        };
        return [Some(own), published(NumberFormat::Int8), published(NumberFormat::Int4)];
    }
    if !matches!(own, NumberFormat::Bf16 | NumberFormat::Fp16) {
        return [Some(own), None, None];
    }
    let rate = |format| {
        let math = arithmetic(accelerator, efficiency, format);
        math.peak_ops_per_s * math.efficiency
    };
    let slower = rate(NumberFormat::Fp8) < rate(own);
    [Some(NumberFormat::Fp8), slower.then_some(own), None]
}

/// Whether servers have kernels for a whole-number format on accelerators of a maker (vLLM documentation, "Supported Hardware
/// for Quantization Kernels", 2026: AWQ, GPTQ and INT8 on NVIDIA from Turing on, INT8 on TPU).
fn has_kernels(format: NumberFormat, vendor: Vendor) -> bool {
    match vendor {
        Vendor::Nvidia => true,
        Vendor::Google => format == NumberFormat::Int8,
        Vendor::Amd | Vendor::Aws | Vendor::Intel => false,
    }
}

/// Format of the KV cache that a server takes by default: the one that the checkpoint carries scales for, where stack and
/// silicon have it; else 16 bits.
///
/// Of a format in which the model itself is not published, the checkpoints that NVIDIA quantised are taken, whose scales
/// some stacks follow (`kv_cache_quant_algo`). FP8 weights alone do not make the KV cache FP8 (vllm-project/vllm issues
/// 21348, 25350).
pub fn default_kv_cache(
    profile: &Profile,
    weights: NumberFormat,
    stack: &Stack,
    accelerator: &Accelerator,
) -> NumberFormat {
    let carried = match profile.quantized(weights) {
        Some(quantized) if quantized.kv_cache.is_some() || profile.checkpoint == weights => {
            quantized.kv_cache
        }
        _ if stack.kv_follows_weights.contains(&weights) => Some(NumberFormat::Fp8),
        _ => None,
    };
    let runs = |format: &NumberFormat| {
        stack.kv_formats.contains(format)
            && (*format != NumberFormat::Fp8 || accelerator.peak_ops_per_s.fp8.is_some())
    };
    carried.filter(runs).unwrap_or(NumberFormat::Bf16)
}
