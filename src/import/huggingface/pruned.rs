//! Models that a search has pruned, layer by layer.

use serde_json::Value;

use super::HuggingFaceError;
use super::fields::{ConfigFields, impossible};
use super::layers::{Architecture, Attention, gated, grouped, layer_count};
use crate::catalog::{FeedForward, Mixer};

/// Llama models that a search has pruned: `block_configs` says what is left of each layer.
pub(super) fn nemotron_nas(fields: &ConfigFields) -> Result<Architecture, HuggingFaceError> {
    let attention = Attention::read(fields)?;
    let blocks = fields.per_layer("block_configs", layer_count(fields)?)?;
    let blocks = blocks.ok_or(HuggingFaceError::Missing { field: "block_configs".to_owned() })?;
    let layers: Result<Vec<_>, _> = blocks.iter().map(|block| pruned_layer(block, attention)).collect();
    Architecture::new(fields, grouped(layers?))
}

fn pruned_layer(block: &Value, full: Attention) -> Result<(Mixer, FeedForward, u64), HuggingFaceError> {
    let set = |half: &str, name: &str| block[half][name].as_bool().unwrap_or(false);
    let mut norms = 0;
    let mut mixer = Mixer::None;
    // One matrix that every token passes alone, without a cache.
    if set("attention", "replace_with_linear") {
        let parameters = full.hidden * full.hidden;
        mixer = Mixer::State { parameters, state_elements: 0, heads: 0, groups: 0, mamba2: false };
        norms += full.hidden;
    } else if !set("attention", "no_op") {
        let sharing =
            block["attention"]["n_heads_in_group"].as_u64().and_then(|heads| u32::try_from(heads).ok());
        let sharing = sharing.filter(|sharing| *sharing > 0 && full.heads.is_multiple_of(*sharing));
        let sharing = sharing.ok_or_else(|| {
            impossible(
                "block_configs",
                &block["attention"],
                "n_heads_in_group must divide num_attention_heads",
            )
        })?;
        mixer = Attention { kv_heads: full.heads / sharing, ..full }.mixer(None, 0);
        norms += full.hidden;
    }
    let mut ffn = FeedForward::None;
    if set("ffn", "replace_with_linear") {
        ffn = FeedForward::Dense { intermediate: full.hidden as u32, matrices: 1, extra_parameters: 0 };
        norms += full.hidden;
    } else if let Some(width) = block["ffn"]["intermediate_size"].as_u64().filter(|_| !set("ffn", "no_op")) {
        let width = u32::try_from(width).ok().filter(|width| (1..=1 << 20).contains(width));
        let width = width.ok_or_else(|| {
            impossible("block_configs", &block["ffn"], "intermediate_size must be from 1 to 1048576")
        })?;
        ffn = gated(width);
        norms += full.hidden;
    } else if !set("ffn", "no_op") {
        let multiple = block["ffn"]["ffn_mult"].as_f64().filter(|multiple| (0.0..=64.0).contains(multiple));
        let multiple = multiple
            .ok_or_else(|| impossible("block_configs", &block["ffn"], "ffn_mult must be from 0 to 64"))?;
        let width = (2.0 * multiple * full.hidden as f64 / 3.0) as u32;
        ffn = gated(width.next_multiple_of(256));
        norms += full.hidden;
    }
    Ok((mixer, ffn, norms))
}
