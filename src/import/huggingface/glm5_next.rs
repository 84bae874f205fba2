//! GLM-5.3 Flash: delta attention, and latent attention without positions behind a sparse indexer, on several streams.

use serde_json::Value;

use super::HuggingFaceError;
use super::compressed::hyper_connections;
use super::fields::{ConfigFields, impossible};
use super::kimi::{plain_delta, section_delta};
use super::latent::{indexer_layers, with_extra};
use super::layers::{Architecture, gated, grouped, layer_count};
use super::moe::{mixture, sparse_layers, with_shared};
use crate::catalog::{KeyValues, Mixer};

/// GLM-5.3 Flash, after its class in transformers 5.24.
pub(super) fn glm5_next(fields: &ConfigFields) -> Result<Architecture, HuggingFaceError> {
    let hidden = u64::from(fields.positive("hidden_size")?);
    let delta = match fields.section("linear_attn_config") {
        Some(section) => section_delta(&section, hidden)?,
        None => plain_delta(
            hidden,
            fields.number_or("linear_num_heads", 64)?,
            fields.number_or("linear_head_dim", 128)?,
            fields.number_or("linear_conv_kernel_dim", 4)?,
        ),
    };
    let q_lora_rank = fields.positive("q_lora_rank")?;
    let kv_lora_rank = fields.positive("kv_lora_rank")?;
    let shared_index = Mixer::Latent {
        heads: fields.positive("num_attention_heads")?,
        q_lora_rank: Some(q_lora_rank),
        kv_lora_rank,
        qk_nope_head_dim: fields.positive("qk_nope_head_dim")?,
        qk_rope_head_dim: fields.number_or("qk_rope_head_dim", 0)?,
        v_head_dim: fields.positive("v_head_dim")?,
        window: None,
        key_values: KeyValues::Projected,
        index_head_dim: 0,
        extra_parameters: u64::from(q_lora_rank) + u64::from(kv_lora_rank),
    };
    // The indexer: queries, a key with its layer norm, a weight for each head, and what pools the keys.
    let width = fields.number_or("index_head_dim", 128)?;
    let (heads, wide) = (u64::from(fields.number_or("index_n_heads", 32)?), u64::from(width));
    let pool = u64::from(fields.number_or("index_kpool", 16)?) * wide + wide * hidden;
    let indexer = u64::from(q_lora_rank) * heads * wide + hidden * wide + 2 * wide + hidden * heads + pool;
    let mut own_index = with_extra(shared_index.clone(), indexer);
    if let Mixer::Latent { index_head_dim, .. } = &mut own_index {
        *index_head_dim = width;
    }
    let experts = u64::from(fields.positive("n_routed_experts")?);
    let shared = fields.number_or("n_shared_experts", 1)?;
    let shared = shared.saturating_mul(fields.positive("moe_intermediate_size")?);
    let moe = with_shared(mixture(fields, "n_routed_experts", "moe_intermediate_size")?, shared, experts);
    let norms = 2 * hidden + hyper_connections(u64::from(fields.number_or("hc_mult", 4)?), hidden);
    let kinds = linear_layers(fields)?.into_iter().zip(indexer_layers(fields)?);
    let layers: Result<Vec<_>, HuggingFaceError> = kinds
        .zip(sparse_layers(fields, Some(3))?)
        .map(|((linear, own), sparse)| {
            let mixer = match (linear, own) {
                (true, _) => &delta,
                (false, true) => &own_index,
                (false, false) => &shared_index,
            };
            let ffn = if sparse { moe.clone() } else { gated(fields.positive("intermediate_size")?) };
            Ok((mixer.clone(), ffn, norms))
        })
        .collect();
    Ok(Architecture {
        default_context: Some(1 << 20),
        note: "The sparse indexer is counted and its keys are cached as if not pooled; attention is timed as if dense."
            .to_owned(),
        ..Architecture::new(fields, grouped(layers?))?
    })
}

/// Which layers are delta attention: `layer_types`, else three of four.
fn linear_layers(fields: &ConfigFields) -> Result<Vec<bool>, HuggingFaceError> {
    let layers = layer_count(fields)?;
    let Some(kinds) = fields.per_layer("layer_types", layers)? else {
        return Ok((0..layers).map(|layer| layer % 4 != 3).collect());
    };
    let linear = |kind: &Value| match kind.as_str() {
        Some("linear_attention") => Ok(true),
        Some("full_attention" | "indexed_attention" | "deepseek_sparse_attention") => Ok(false),
        _ => Err(impossible("layer_types", kind, "the kinds are linear_attention and indexed_attention")),
    };
    kinds.iter().map(linear).collect()
}
