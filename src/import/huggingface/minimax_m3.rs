//! MiniMax M3: grouped-query attention, on most layers with a sparse indexer that keeps keys of its own.

use serde_json::Value;

use super::HuggingFaceError;
use super::fields::{ConfigFields, impossible};
use super::layers::{Architecture, Attention, gated, grouped, layer_count};
use super::moe::{TOP_K, routed, sparse_layers, with_shared};
use crate::catalog::Mixer;

/// MiniMax M3, as its own files and as transformers name its fields.
pub(super) fn minimax_m3(fields: &ConfigFields) -> Result<Architecture, HuggingFaceError> {
    let attention = Attention::read(fields)?;
    let hidden = attention.hidden;
    let norms = match (fields.flag("use_qk_norm", true)?, fields.text("qk_norm_type")) {
        (false, _) => 0,
        (true, Some("per_layer")) => attention.full_norms(),
        (true, _) => attention.head_norms(),
    };
    let gate =
        if fields.flag("attention_output_gate", false)? { hidden * attention.query_width() } else { 0 };
    let plain = attention.mixer(None, norms + gate);
    let indexed = indexed(fields, &plain, hidden)?;
    let width = fields.either(&["moe_intermediate_size", "intermediate_size"])?;
    let experts = fields.either(&["num_local_experts", "num_experts", "n_routed_experts"])?;
    let shared = fields.either_or(&["n_shared_experts", "num_shared_experts"], 1)?;
    let shared = shared.saturating_mul(fields.number_or("shared_intermediate_size", width)?);
    let bias = if fields.flag("use_routing_bias", true)? { u64::from(experts) } else { 0 };
    let moe = with_shared(routed(experts, fields.either(&TOP_K)?, width)?, shared, bias);
    let layers: Result<Vec<_>, HuggingFaceError> = indexed_layers(fields)?
        .into_iter()
        .zip(sparse_layers(fields, Some(0))?)
        .map(|(has_indexer, sparse)| {
            let mixer = if has_indexer { indexed.clone() } else { plain.clone() };
            let ffn = if sparse { moe.clone() } else { gated(fields.positive("dense_intermediate_size")?) };
            Ok((mixer, ffn, 2 * hidden))
        })
        .collect();
    Ok(Architecture {
        default_context: Some(1 << 19),
        note: "The sparse indexer is counted where the file has one and its keys are cached; attention is timed as if dense."
            .to_owned(),
        ..Architecture::new(fields, grouped(layers?))?
    })
}

/// The attention with an indexer beside it: queries of a few heads, one key, and a norm for each of the two.
fn indexed(fields: &ConfigFields, plain: &Mixer, hidden: u64) -> Result<Mixer, HuggingFaceError> {
    let section = fields.section("sparse_attention_config");
    let size = |legacy: &str, own: &str, default: u32| match &section {
        Some(section) if section.value(legacy).is_some() => section.positive(legacy),
        _ => fields.number_or(own, default),
    };
    let heads = u64::from(size("sparse_num_index_heads", "index_n_heads", 4)?);
    let width = size("sparse_index_dim", "index_head_dim", 128)?;
    let mut mixer = plain.clone();
    if let Mixer::Attention { index_head_dim, extra_parameters, .. } = &mut mixer {
        *index_head_dim = width;
        *extra_parameters += hidden * (heads + 1) * u64::from(width) + 2 * u64::from(width);
    }
    Ok(mixer)
}

/// Which layers have an indexer: `layer_types`, else `sparse_attention_freq`, else none.
fn indexed_layers(fields: &ConfigFields) -> Result<Vec<bool>, HuggingFaceError> {
    let layers = layer_count(fields)?;
    if let Some(kinds) = fields.per_layer("layer_types", layers)? {
        let indexed = |kind: &Value| match kind.as_str() {
            Some("full_attention") => Ok(false),
            Some("minimax_m3_sparse") => Ok(true),
            _ => Err(impossible("layer_types", kind, "the kinds are full_attention and minimax_m3_sparse")),
        };
        return kinds.iter().map(indexed).collect();
    }
    let none = vec![false; layers as usize];
    let Some(section) = fields.section("sparse_attention_config") else { return Ok(none) };
    if !section.flag("use_sparse_attention", true)? {
        return Ok(none);
    }
    let Some(kinds) = section.per_layer("sparse_attention_freq", layers)? else { return Ok(none) };
    let indexed = |kind: &Value| match kind.as_u64() {
        Some(set) => Ok(set > 0),
        None => Err(impossible("sparse_attention_freq", kind, "give 0 or 1 for each layer")),
    };
    kinds.iter().map(indexed).collect()
}
