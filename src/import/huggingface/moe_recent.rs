//! Mixtures of 2026: Hunyuan 3, Laguna, K-EXAONE, Trinity, Solar Open.

use super::HuggingFaceError;
use super::dense::patterned_windows;
use super::fields::{ConfigFields, impossible};
use super::layers::{Architecture, Attention, gated, grouped, layer_count, unbounded, windows};
use super::moe::{mixture, mostly_moe, sparse_layers, with_shared};

/// What the layers of these families have in common: attention of a layer's window, a mixture with shared experts and a
/// bias for each expert's score, or a dense half.
fn layers_of(
    fields: &ConfigFields,
    attentions: &[(Attention, u64)],
    windows: Vec<Option<u32>>,
    shared: u32,
    sparse: Vec<bool>,
    norms: u64,
) -> Result<Architecture, HuggingFaceError> {
    let experts = u64::from(fields.positive("num_experts")?);
    let moe = with_shared(mixture(fields, "num_experts", "moe_intermediate_size")?, shared, experts);
    let layers: Result<Vec<_>, HuggingFaceError> = attentions
        .iter()
        .zip(windows)
        .zip(sparse)
        .map(|(((attention, extra), window), sparse)| {
            let ffn = if sparse { moe.clone() } else { gated(fields.positive("intermediate_size")?) };
            Ok((attention.mixer(window, *extra), ffn, norms * attention.hidden))
        })
        .collect();
    Architecture::new(fields, grouped(layers?))
}

/// Width of the shared experts, whose number goes by one of several names.
fn shared_width(fields: &ConfigFields, default: u32) -> Result<u32, HuggingFaceError> {
    let shared = fields.either_or(&["num_shared_experts", "n_shared_experts"], default)?;
    Ok(shared.saturating_mul(fields.positive("moe_intermediate_size")?))
}

/// Norms of query and key, and biases where the file asks for them.
fn normed(fields: &ConfigFields, attention: Attention) -> Result<u64, HuggingFaceError> {
    let biases = if fields.flag("attention_bias", false)? { attention.all_biases() } else { 0 };
    Ok(attention.head_norms() + biases)
}

/// Hunyuan 3: norms of query and key; the first layer dense.
pub(super) fn hy_v3(fields: &ConfigFields) -> Result<Architecture, HuggingFaceError> {
    let attention = Attention::read(fields)?;
    let layers = vec![(attention, normed(fields, attention)?); layer_count(fields)? as usize];
    let shared = shared_width(fields, 1)?;
    layers_of(fields, &layers, unbounded(fields)?, shared, sparse_layers(fields, Some(1))?, 2)
}

/// Laguna: query heads of a number that may differ from layer to layer, an output gate for each head or each channel,
/// windows where the file lists them.
pub(super) fn laguna(fields: &ConfigFields) -> Result<Architecture, HuggingFaceError> {
    let attention = Attention::read(fields)?;
    let count = layer_count(fields)?;
    fields.per_layer("num_attention_heads_per_layer", count)?;
    let gate = |attention: Attention| match (fields.flag("gating", true), fields.text("gating")) {
        (Ok(false), _) => Ok(0),
        (Ok(true), _) | (_, Some("per-head")) => Ok(u64::from(attention.heads)),
        (_, Some("per-element")) => Ok(attention.query_width()),
        (Err(error), _) => Err(error),
    };
    let layers: Result<Vec<_>, HuggingFaceError> = (0..count)
        .map(|layer| {
            let heads = fields.at_layer("num_attention_heads_per_layer", layer)?.unwrap_or(attention.heads);
            let attention = Attention { heads, ..attention }.checked()?;
            let extra = normed(fields, attention)? + attention.hidden * gate(attention)?;
            Ok((attention, extra))
        })
        .collect();
    let windows = windows(fields, Some(fields.number_or("sliding_window", 512)?), |_| false)?;
    let shared = fields.positive("shared_expert_intermediate_size")?;
    layers_of(fields, &layers?, windows, shared, sparse_layers(fields, Some(1))?, 2)
}

/// K-EXAONE: norms of query and key; a pattern such as `LLLG` says which layers look back over a window.
pub(super) fn exaone_moe(fields: &ConfigFields) -> Result<Architecture, HuggingFaceError> {
    let attention = Attention::read(fields)?;
    let layers = vec![(attention, attention.head_norms()); layer_count(fields)? as usize];
    let windows = patterned_windows(fields, fields.optional("sliding_window")?)?;
    let sparse = match fields.value("is_moe_layer") {
        Some(_) => {
            let listed = fields.per_layer("is_moe_layer", layer_count(fields)?)?.unwrap_or_default();
            let is_sparse = |kind: &serde_json::Value| {
                kind.as_bool().ok_or_else(|| impossible("is_moe_layer", kind, "give true or false"))
            };
            listed.iter().map(is_sparse).collect::<Result<_, _>>()?
        }
        None => sparse_layers(fields, Some(1))?,
    };
    layers_of(fields, &layers, windows, shared_width(fields, 1)?, sparse, 2)
}

/// Trinity of Arcee: norms of query and key, an output gate for each channel, four norms a layer; every fourth layer
/// attends to everything.
pub(super) fn afmoe(fields: &ConfigFields) -> Result<Architecture, HuggingFaceError> {
    let attention = Attention::read(fields)?;
    let extra = normed(fields, attention)? + attention.hidden * attention.query_width();
    let count = layer_count(fields)?;
    let layers = vec![(attention, extra); count as usize];
    let every = fields.number_or("global_attn_every_n_layers", 4)?.max(1);
    let windows = windows(fields, Some(fields.number_or("sliding_window", 1024)?), |layer| {
        !(layer + 1).is_multiple_of(every)
    })?;
    let dense = fields.number_or("num_dense_layers", 1)?;
    let sparse = (0..count).map(|layer| layer >= dense).collect();
    layers_of(fields, &layers, windows, shared_width(fields, 2)?, sparse, 4)
}

/// Solar Open: mixtures on every layer, as GLM-4.5 arranges them.
pub(super) fn solar_open(fields: &ConfigFields) -> Result<Architecture, HuggingFaceError> {
    let attention = Attention::read(fields)?;
    let biases = if fields.flag("attention_bias", false)? { attention.qkv_biases() } else { 0 };
    mostly_moe(fields, &attention.mixer(None, biases), true)
}
