//! MiMo V2: windows on most layers, which have KV heads of their own number, and values narrower than keys.

use serde_json::Value;

use super::HuggingFaceError;
use super::fields::{ConfigFields, impossible};
use super::layers::{Architecture, Attention, gated, grouped, layer_count};
use super::moe::{mixture, sparse_layers, with_shared};
use crate::catalog::{KeyValues, Mixer};

/// MiMo-V2-Flash and V2.5.
pub(super) fn mimo_v2(fields: &ConfigFields) -> Result<Architecture, HuggingFaceError> {
    let hidden = u64::from(fields.positive("hidden_size")?);
    let full = kind(fields, hidden, None)?;
    let window = fields.either_or(&["sliding_window", "sliding_window_size"], 128)?;
    let local = kind(fields, hidden, Some(window))?;
    let experts = u64::from(fields.positive("n_routed_experts")?);
    let width = fields.positive("moe_intermediate_size")?;
    let shared = fields.number_or("n_shared_experts", 0)?.saturating_mul(width);
    let moe = with_shared(mixture(fields, "n_routed_experts", "moe_intermediate_size")?, shared, experts);
    let layers: Result<Vec<_>, HuggingFaceError> = windowed_layers(fields)?
        .into_iter()
        .zip(sparse_layers(fields, Some(1))?)
        .map(|(windowed, sparse)| {
            let mixer = if windowed { local.clone() } else { full.clone() };
            let ffn = if sparse { moe.clone() } else { gated(fields.positive("intermediate_size")?) };
            Ok((mixer, ffn, 2 * hidden))
        })
        .collect();
    Ok(Architecture { default_context: Some(1 << 17), ..Architecture::new(fields, grouped(layers?))? })
}

/// The attention of full layers, or with a window that of the others, whose fields begin with `swa_`.
fn kind(fields: &ConfigFields, hidden: u64, window: Option<u32>) -> Result<Mixer, HuggingFaceError> {
    let heads = fields.positive("num_attention_heads")?;
    let kv_heads = fields.number_or("num_key_value_heads", 4)?;
    let head_dim = fields.number_or("head_dim", 192)?;
    let v_head_dim = fields.number_or("v_head_dim", 128)?;
    let (heads, kv_heads, head_dim, v_head_dim, sinks) = match window {
        None => (heads, kv_heads, head_dim, v_head_dim, fields.flag("add_full_attention_sink_bias", false)?),
        Some(_) => (
            fields.number_or("swa_num_attention_heads", heads)?,
            fields.number_or("swa_num_key_value_heads", 2 * kv_heads)?,
            fields.number_or("swa_head_dim", head_dim)?,
            fields.number_or("swa_v_head_dim", v_head_dim)?,
            fields.flag("add_swa_attention_sink_bias", true)?,
        ),
    };
    Attention { hidden, heads, kv_heads, head_dim }.checked()?;
    if v_head_dim == 0 {
        return Err(impossible("v_head_dim", 0, "give a number of at least 1"));
    }
    let values = u64::from(kv_heads) * u64::from(v_head_dim);
    let keys = (u64::from(heads) + u64::from(kv_heads)) * u64::from(head_dim);
    let biases = if fields.flag("attention_bias", false)? { keys + values } else { 0 };
    Ok(Mixer::Attention {
        heads,
        kv_heads,
        head_dim,
        q_lora_rank: None,
        v_head_dim: Some(v_head_dim),
        window,
        key_values: KeyValues::Projected,
        index_head_dim: 0,
        extra_parameters: biases + if sinks { u64::from(heads) } else { 0 },
    })
}

/// Which layers look back over a window: `hybrid_layer_pattern` (1) or `layer_types`, else all but the first and every
/// sixth, as the configuration class has it.
fn windowed_layers(fields: &ConfigFields) -> Result<Vec<bool>, HuggingFaceError> {
    let layers = layer_count(fields)?;
    for name in ["hybrid_layer_pattern", "layer_types"] {
        let Some(kinds) = fields.per_layer(name, layers)? else { continue };
        let windowed = |kind: &Value| match (kind.as_u64(), kind.as_str()) {
            (Some(0), _) | (_, Some("full_attention")) => Ok(false),
            (Some(1), _) | (_, Some("sliding_attention")) => Ok(true),
            _ => Err(impossible(name, kind, "the kinds are 0 or full_attention and 1 or sliding_attention")),
        };
        return kinds.iter().map(windowed).collect();
    }
    Ok((0..layers).map(|layer| layer > 0 && !(layer + 1).is_multiple_of(6)).collect())
}
