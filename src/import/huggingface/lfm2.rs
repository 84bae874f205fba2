//! LFM2: short convolutions with a few layers of attention, dense or mixture.

use super::HuggingFaceError;
use super::fields::{ConfigFields, impossible};
use super::layers::{Architecture, Attention, gated, grouped, layer_count};
use super::moe::{mixture, with_shared};
use crate::catalog::Mixer;

/// LFM2 and its mixtures, after their classes in transformers 5.24.
pub(super) fn lfm2(fields: &ConfigFields) -> Result<Architecture, HuggingFaceError> {
    let attention = Attention::read(fields)?;
    let hidden = attention.hidden;
    let length = u64::from(fields.number_or("conv_L_cache", 3)?);
    let biases = if fields.flag("conv_bias", false)? { 5 * hidden } else { 0 };
    // Two gates and a value in, a convolution of each channel, one projection out.
    let convolution = Mixer::State {
        parameters: 4 * hidden * hidden + hidden * length + biases,
        state_elements: hidden * length,
        heads: 0,
        groups: 0,
        mamba2: false,
    };
    let full = attention.mixer(None, attention.head_norms());
    let is_mixture = fields.text("model_type") == Some("lfm2_moe");
    let dense_layers = if is_mixture { fields.number_or("num_dense_layers", 2)? } else { u32::MAX };
    let layers: Result<Vec<_>, HuggingFaceError> = (0..)
        .zip(attention_layers(fields)?)
        .map(|(layer, is_attention)| {
            let mixer = if is_attention { full.clone() } else { convolution.clone() };
            let ffn = if layer >= dense_layers {
                let bias =
                    if fields.flag("use_expert_bias", true)? { fields.number("num_experts")? } else { 0 };
                with_shared(mixture(fields, "num_experts", "moe_intermediate_size")?, 0, u64::from(bias))
            } else if is_mixture {
                gated(fields.positive("intermediate_size")?)
            } else {
                gated(dense_width(fields)?)
            };
            Ok((mixer, ffn, 2 * hidden))
        })
        .collect();
    let tied = fields.flag("tie_embedding", true)?;
    Ok(Architecture { default_context: Some(128_000), tied, ..Architecture::new(fields, grouped(layers?))? })
}

/// Which layers are attention: `layer_types`, else `full_attn_idxs`.
fn attention_layers(fields: &ConfigFields) -> Result<Vec<bool>, HuggingFaceError> {
    let layers = layer_count(fields)?;
    if let Some(kinds) = fields.per_layer("layer_types", layers)? {
        let is_attention = |kind: &serde_json::Value| match kind.as_str() {
            Some("full_attention") => Ok(true),
            Some("conv" | "short_conv") => Ok(false),
            _ => Err(impossible("layer_types", kind, "the kinds are full_attention and conv")),
        };
        return kinds.iter().map(is_attention).collect();
    }
    let listed = fields.layer_numbers("full_attn_idxs")?;
    let all = fields.value("full_attn_idxs").is_none();
    Ok((0..layers).map(|layer| all || listed.contains(&layer)).collect())
}

/// Width of a dense half: two thirds of the number in the file, times a factor, up to a whole multiple.
fn dense_width(fields: &ConfigFields) -> Result<u32, HuggingFaceError> {
    let width = fields.either(&["block_ff_dim", "intermediate_size"])?;
    let width = if fields.flag("block_auto_adjust_ff_dim", true)? {
        let factor = fields.value("block_ffn_dim_multiplier").and_then(serde_json::Value::as_f64);
        let factor = factor.filter(|factor| (0.0..=64.0).contains(factor)).unwrap_or(1.0);
        let cut = (factor * f64::from(2 * width / 3)) as u32;
        cut.next_multiple_of(fields.number_or("block_multiple_of", 256)?.max(1))
    } else {
        width
    };
    match width {
        0 => Err(impossible("intermediate_size", 0, "give a number of at least 1")),
        width => Ok(width),
    }
}
