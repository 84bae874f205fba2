//! Models that use the same weights in several layers: Zamba 2.

use serde_json::Value;

use super::HuggingFaceError;
use super::fields::{ConfigFields, impossible, missing};
use super::layers::{Architecture, Attention, gated_biased, grouped, layer_count};
use super::mamba::Mamba2;
use crate::catalog::{FeedForward, Mixer};

/// Zamba 2 (arXiv 2411.15242), after `modeling_zamba2.py` of transformers 5.24: Mamba-2, with a transformer block before it on
/// some layers, of which there are a few that take turns. A block sees the embeddings beside the hidden state; what it
/// keeps of a token, its adapters and the projection behind it are each layer's own.
pub(super) fn zamba2(fields: &ConfigFields) -> Result<Architecture, HuggingFaceError> {
    let hidden = fields.positive("hidden_size")?;
    let wide = u64::from(hidden);
    let heads = fields.positive("num_attention_heads")?;
    let doubled = hidden.saturating_mul(2);
    if !doubled.is_multiple_of(heads) {
        let remedy = format!("it must divide twice the hidden_size, {doubled}");
        return Err(impossible("num_attention_heads", heads, &remedy));
    }
    let kv_heads = fields.number_or("num_key_value_heads", heads)?;
    let attention = Attention { hidden: wide, heads, kv_heads, head_dim: doubled / heads }.checked()?;
    let intermediate = match fields.optional("intermediate_size")? {
        Some(width) => width,
        None => fields.number_or("ffn_hidden_size", hidden.saturating_mul(4))?,
    };
    let biased = fields.flag("add_bias_linear", false)?;
    let ffn = gated_biased(intermediate, wide, biased);
    let mamba = mamba(fields, wide, biased)?;

    // The other half of what queries, keys and values are made of: the embeddings.
    let embeddings = wide * (attention.query_width() + 2 * attention.key_width());
    let rank = u64::from(fields.either_or(&["adapter_rank", "lora_rank"], 128)?);
    let mut adapters = rank * (wide + 2 * u64::from(intermediate));
    if fields.flag("use_shared_attention_adapter", false)? {
        adapters += rank * (3 * 2 * wide + attention.query_width() + 2 * attention.key_width());
    }
    let beside = Mixer::State {
        parameters: embeddings + wide * wide + adapters,
        state_elements: 0,
        heads: 0,
        groups: 0,
        mamba2: false,
    };
    let of_block = attention.mixer(None, 0);
    let (block_norms, norm) = (3 * wide, wide);
    let block = of_block.parameters(hidden) + embeddings + ffn.parameters(hidden) + block_norms;
    let hybrid = Mixer::Several(vec![of_block, beside, mamba.clone()]);

    let has_block = hybrid_layers(fields)?;
    let uses = has_block.iter().filter(|hybrid| **hybrid).count() as u64;
    let blocks = u64::from(fields.number_or("num_mem_blocks", 1)?.max(1)).min(uses);
    let layers = has_block.into_iter().map(|is_hybrid| {
        if is_hybrid {
            (hybrid.clone(), ffn.clone(), block_norms + norm)
        } else {
            (mamba.clone(), FeedForward::None, norm)
        }
    });
    let architecture = Architecture::new(fields, grouped(layers))?.tied();
    Ok(Architecture {
        reused_parameters: (uses - blocks) * block,
        note: format!(
            "Its {blocks} transformer blocks are used on {uses} layers: their weights are kept once and read at each use, and \
             each use keeps keys and values of its own."
        ),
        ..architecture
    })
}

/// Mamba-2 under Zamba's names.
fn mamba(fields: &ConfigFields, hidden: u64, biased: bool) -> Result<Mixer, HuggingFaceError> {
    let inner = hidden * u64::from(fields.either_or(&["mamba_expand", "expansion_factor"], 2)?);
    let heads = match fields.optional("n_mamba_heads")? {
        Some(heads) => u64::from(heads),
        None => match fields.optional("mamba_headdim")?.filter(|width| *width > 0) {
            Some(width) => inner / u64::from(width),
            None => return Err(missing("n_mamba_heads` or `mamba_headdim")),
        },
    };
    if heads == 0 || !inner.is_multiple_of(heads) {
        let remedy = format!("it must divide the width of the state layers, {inner}");
        return Err(impossible("n_mamba_heads", heads, &remedy));
    }
    Ok(Mamba2 {
        hidden,
        heads,
        head_dim: inner / heads,
        groups: u64::from(fields.number_or("mamba_ngroups", 1)?),
        state: u64::from(fields.either_or(&["mamba_d_state", "state_size"], 64)?),
        kernel: u64::from(fields.either_or(&["mamba_d_conv", "conv_dimension"], 4)?),
        conv_bias: true,
        proj_bias: biased,
        out_bias: biased,
        gated_norm: true,
    }
    .mixer())
}

/// Which layers have a transformer block before their Mamba-2: a list of kinds, or of layer numbers.
fn hybrid_layers(fields: &ConfigFields) -> Result<Vec<bool>, HuggingFaceError> {
    let layers = layer_count(fields)?;
    let name = if fields.value("layer_types").is_some() { "layer_types" } else { "layers_block_type" };
    if let Some(kinds) = fields.per_layer(name, layers)? {
        let is_hybrid = |kind: &Value| match kind.as_str() {
            Some("hybrid") => Ok(true),
            Some("mamba" | "mamba2" | "linear_attention") => Ok(false),
            _ => Err(impossible(name, kind, "the kinds are mamba, linear_attention and hybrid")),
        };
        return kinds.iter().map(is_hybrid).collect();
    }
    if fields.value("hybrid_layer_ids").is_none() {
        return Err(missing("layers_block_type` or `layer_types"));
    }
    let listed = fields.layer_numbers("hybrid_layer_ids")?;
    Ok((0..layers).map(|layer| listed.contains(&layer)).collect())
}
