//! Models that mix attention with state-space or linear-attention layers.

use super::HuggingFaceError;
use super::fields::{ConfigFields, impossible, missing};
use super::layers::{Architecture, Attention, gated, grouped, layer_count, plain};
use super::mamba::Mamba2;
use super::moe::{
    TOP_K, behind_latent, minimax_mixture, qwen_ffns, qwen_shared_mixture, routed, with_shared,
};
use crate::catalog::{FeedForward, Mixer};

/// Which layers are full attention: `layer_types`, else every `interval`-th.
fn full_layers(fields: &ConfigFields, interval: u32) -> Result<Vec<bool>, HuggingFaceError> {
    let layers = layer_count(fields)?;
    let Some(kinds) = fields.per_layer("layer_types", layers)? else {
        return Ok((0..layers).map(|layer| (layer + 1).is_multiple_of(interval.max(1))).collect());
    };
    kinds
        .iter()
        .map(|kind| match kind.as_str() {
            Some("full_attention") => Ok(true),
            Some("linear_attention") => Ok(false),
            _ => {
                Err(impossible("layer_types", kind, "full_attention and linear_attention are supported here"))
            }
        })
        .collect()
}

/// Qwen3-Next and Qwen3.5: three gated DeltaNet layers, then one of attention with an output gate.
pub(super) fn qwen3_next(fields: &ConfigFields) -> Result<Architecture, HuggingFaceError> {
    let attention = Attention::read(fields)?;
    let gate = attention.hidden * attention.query_width();
    let full = attention.mixer(None, gate + attention.head_norms());
    let linear = delta_net(fields, attention.hidden)?;
    // Of this family only Qwen3.5 has dense models.
    let dense = matches!(fields.text("model_type"), Some("qwen3_5" | "qwen3_5_text"));
    let ffns = if dense {
        let ffn = gated(fields.positive("intermediate_size")?);
        vec![ffn; layer_count(fields)? as usize]
    } else {
        qwen_ffns(fields, &qwen_shared_mixture(fields)?)?
    };
    let is_full = full_layers(fields, fields.number_or("full_attention_interval", 4)?)?;
    let norms = 2 * attention.hidden;
    let mixer = |full_layer| if full_layer { full.clone() } else { linear.clone() };
    let layers = is_full.into_iter().zip(ffns).map(|(full_layer, ffn)| (mixer(full_layer), ffn, norms));
    Architecture::new(fields, grouped(layers))
}

/// OLMo Hybrid, after `modeling_olmo_hybrid.py` of transformers 5.24: three gated DeltaNet layers, then one of attention with
/// norms of query and key over all heads.
pub(super) fn olmo_hybrid(fields: &ConfigFields) -> Result<Architecture, HuggingFaceError> {
    let attention = Attention::read(fields)?;
    let biases = if fields.flag("attention_bias", false)? { attention.all_biases() } else { 0 };
    let full = attention.mixer(None, attention.full_norms() + biases);
    let linear = delta_net(fields, attention.hidden)?;
    let ffn = gated(fields.positive("intermediate_size")?);
    let layers = full_layers(fields, 4)?.into_iter().map(|full_layer| {
        let mixer = if full_layer { full.clone() } else { linear.clone() };
        (mixer, ffn.clone(), 2 * attention.hidden)
    });
    Ok(Architecture { default_context: Some(65_536), ..Architecture::new(fields, grouped(layers))? })
}

/// Gated DeltaNet: one projection in for query, key, value and gate, one for the two rates, a short convolution over
/// query, key and value, a decay and a bias for each head, one norm, one projection out. The state is a matrix for
/// each value head, and the last inputs of the convolution.
pub(super) fn delta_net(fields: &ConfigFields, hidden: u64) -> Result<Mixer, HuggingFaceError> {
    let number = |name: &str| fields.positive(name).map(u64::from);
    let heads = fields.positive("linear_num_value_heads")?;
    let groups = fields.positive("linear_num_key_heads")?;
    let value_heads = u64::from(heads);
    let (key_dim, value_dim) = (number("linear_key_head_dim")?, number("linear_value_head_dim")?);
    let kernel = u64::from(fields.number_or("linear_conv_kernel_dim", 4)?);
    let keys = u64::from(groups) * key_dim;
    let values = value_heads * value_dim;
    let convolved = 2 * keys + values;
    let projections = hidden * (convolved + values + 2 * value_heads) + values * hidden;
    Ok(Mixer::State {
        parameters: projections + convolved * kernel + 2 * value_heads + value_dim,
        state_elements: value_heads * key_dim * value_dim + convolved * kernel,
        heads,
        groups,
        mamba2: false,
    })
}

/// MiniMax-Text-01 and M1: lightning attention, with full attention on some layers.
pub(super) fn minimax(fields: &ConfigFields) -> Result<Architecture, HuggingFaceError> {
    let attention = Attention::read(fields)?;
    let width = attention.query_width();
    let linear = Mixer::State {
        parameters: 5 * attention.hidden * width + width,
        state_elements: width * u64::from(attention.head_dim),
        heads: attention.heads,
        groups: attention.heads,
        mamba2: false,
    };
    let full = attention.mixer(None, 0);
    let is_full: Vec<bool> = match fields.per_layer("attn_type_list", layer_count(fields)?)? {
        Some(kinds) => kinds.iter().map(|kind| kind.as_u64() == Some(1)).collect(),
        None => full_layers(fields, 8)?,
    };
    let ffn = minimax_mixture(fields)?;
    let norms = 2 * attention.hidden;
    let mixer = |full_layer| if full_layer { full.clone() } else { linear.clone() };
    let layers = is_full.into_iter().map(|full_layer| (mixer(full_layer), ffn.clone(), norms));
    Architecture::new(fields, grouped(layers))
}

/// Nemotron-H and Nemotron 3: each block is a Mamba-2 mixer, an attention, a feed-forward or a mixture of its own.
pub(super) fn nemotron_h(fields: &ConfigFields) -> Result<Architecture, HuggingFaceError> {
    let pattern = block_letters(fields)?;
    let hidden = u64::from(fields.positive("hidden_size")?);
    let blocks: Result<Vec<_>, HuggingFaceError> = pattern
        .chars()
        .map(|letter| match letter {
            'M' => Ok((nemotron_mamba(fields, hidden)?, FeedForward::None, hidden)),
            '*' => Ok((nemotron_attention(fields)?, FeedForward::None, hidden)),
            '-' => Ok((Mixer::None, plain(fields.positive("intermediate_size")?, hidden, false), hidden)),
            'E' => Ok((Mixer::None, nemotron_mixture(fields, fields)?, hidden)),
            _ => Err(impossible("hybrid_override_pattern", letter, "the letters are M, *, - and E")),
        })
        .collect();
    Architecture::new(fields, grouped(blocks?))
}

/// Nemotron-H that a search has pruned (Nemotron-Labs-3-Puzzle): `block_configs` has the kind of each block and, of a mixture,
/// the width and the number of the experts that a token visits.
pub(super) fn nemotron_h_puzzle(fields: &ConfigFields) -> Result<Architecture, HuggingFaceError> {
    let name = "block_configs";
    let Some(blocks) = fields.value(name).and_then(serde_json::Value::as_array) else {
        return Err(missing(name));
    };
    let hidden = u64::from(fields.positive("hidden_size")?);
    let blocks: Result<Vec<_>, HuggingFaceError> = blocks
        .iter()
        .map(|block| match block["block_type"].as_str() {
            Some("mamba") => Ok((nemotron_mamba(fields, hidden)?, FeedForward::None, hidden)),
            Some("attention") => Ok((nemotron_attention(fields)?, FeedForward::None, hidden)),
            Some("mlp") => {
                Ok((Mixer::None, plain(fields.positive("intermediate_size")?, hidden, false), hidden))
            }
            Some("moe") => {
                let own = block.as_object().map(ConfigFields::new).ok_or_else(|| missing(name))?;
                Ok((Mixer::None, nemotron_mixture(fields, &own)?, hidden))
            }
            _ => Err(impossible(name, block, "the kinds are mamba, attention, mlp and moe, in block_type")),
        })
        .collect();
    let blocks = blocks?;
    if blocks.is_empty() {
        return Err(impossible(name, "an empty list", "give an entry for each block"));
    }
    Architecture::new(fields, grouped(blocks))
}

/// One letter for each block, from the pattern or from the list of kinds that newer files have.
fn block_letters(fields: &ConfigFields) -> Result<String, HuggingFaceError> {
    let layers = layer_count(fields)?;
    if let Some(kinds) = fields.per_layer("layers_block_type", layers)? {
        let letter = |kind: &serde_json::Value| match kind.as_str() {
            Some("mamba") => Ok('M'),
            Some("attention") => Ok('*'),
            Some("mlp") => Ok('-'),
            Some("moe") => Ok('E'),
            _ => Err(impossible("layers_block_type", kind, "the kinds are mamba, attention, mlp and moe")),
        };
        return kinds.iter().map(letter).collect();
    }
    let name = "hybrid_override_pattern";
    let pattern = match fields.value(name) {
        // Some programs write the letters as a list.
        Some(serde_json::Value::Array(letters)) => {
            letters.iter().map(|letter| letter.as_str().unwrap_or("?")).collect()
        }
        _ => fields.text(name).ok_or_else(|| missing(name))?.to_owned(),
    };
    if pattern.chars().count() != layers as usize {
        let remedy = format!("it needs one letter for each of the {layers} layers");
        return Err(impossible(name, pattern, &remedy));
    }
    Ok(pattern)
}

fn nemotron_attention(fields: &ConfigFields) -> Result<Mixer, HuggingFaceError> {
    let attention = Attention::read(fields)?;
    let head_dim = fields.number_or("attention_head_dim", attention.head_dim)?;
    Ok(Attention { head_dim, ..attention }.checked()?.mixer(None, 0))
}

/// A mixture with the sizes of its `own` block.
fn nemotron_mixture(fields: &ConfigFields, own: &ConfigFields) -> Result<FeedForward, HuggingFaceError> {
    let experts = match own.optional("n_routed_experts")? {
        Some(experts) => experts,
        None => fields.positive("n_routed_experts")?,
    };
    let shared = fields.number("moe_shared_expert_intermediate_size")?;
    let ffn = routed(experts, own.either(&TOP_K)?, own.positive("moe_intermediate_size")?)?;
    let mut ffn = with_shared(ffn, shared, u64::from(experts));
    if let FeedForward::Moe { matrices, .. } = &mut ffn {
        *matrices = 2;
    }
    match fields.optional("moe_latent_size")? {
        Some(0) => Err(impossible("moe_latent_size", 0, "give a number of at least 1")),
        Some(latent) => Ok(behind_latent(ffn, latent, u64::from(fields.positive("hidden_size")?))),
        None => Ok(ffn),
    }
}
/// Mamba-2 under Nemotron's names.
fn nemotron_mamba(fields: &ConfigFields, hidden: u64) -> Result<Mixer, HuggingFaceError> {
    let number = |name: &str| fields.positive(name).map(u64::from);
    Ok(Mamba2 {
        hidden,
        heads: number("mamba_num_heads")?,
        head_dim: number("mamba_head_dim")?,
        groups: number("n_groups")?,
        state: number("ssm_state_size")?,
        kernel: u64::from(fields.number_or("conv_kernel", 4)?),
        conv_bias: fields.flag("use_conv_bias", true)?,
        proj_bias: fields.flag("mamba_proj_bias", false)?,
        out_bias: fields.flag("mamba_proj_bias", false)?,
        gated_norm: true,
    }
    .mixer())
}
