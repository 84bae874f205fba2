//! A model of a family that is not known, taken as a plain dense one because the user asked for it.

use serde_json::Value;

use super::HuggingFaceError;
use super::fields::{ConfigFields, impossible, missing};
use super::layers::{Architecture, Attention, gated};
use crate::catalog::LayerGroup;

/// Names under which families keep the number of their experts.
const EXPERTS: [&str; 5] =
    ["num_experts", "num_local_experts", "n_routed_experts", "moe_num_experts", "num_moe_experts"];

/// The usual layout, from the sizes under any of their usual names: grouped-query attention without a window, a
/// gated feed-forward half, two norms a layer. A mixture is refused, since nothing of it would be right.
pub(super) fn as_dense(fields: &ConfigFields) -> Result<Architecture, HuggingFaceError> {
    if let Some((name, value)) = EXPERTS.iter().find_map(|name| experts(fields, name)) {
        let remedy = "a dense model has no experts; describe the model in models.ron instead";
        return Err(impossible(name, value, remedy));
    }
    let hidden = needed(fields, &["hidden_size", "n_embd", "d_model", "dim"])?;
    let layers = needed(fields, &["num_hidden_layers", "n_layer", "n_layers", "num_layers"])?;
    let heads = needed(fields, &["num_attention_heads", "n_head", "n_heads"])?;
    let kv_heads = fields.either_or(
        &["num_key_value_heads", "num_kv_heads", "n_head_kv", "n_kv_heads", "multi_query_group_num"],
        heads,
    )?;
    let attention = Attention {
        hidden: u64::from(hidden),
        heads,
        kv_heads,
        head_dim: fields.either_or(&["head_dim", "kv_channels"], hidden / heads)?,
    }
    .checked()?;
    let inner = ["intermediate_size", "ffn_hidden_size", "n_inner", "ffn_dim", "d_ff", "hidden_dim"];
    let group = LayerGroup {
        count: layers,
        mixer: attention.mixer(None, 0),
        ffn: gated(needed(fields, &inner)?),
        norm_parameters: 2 * u64::from(hidden),
    };
    Ok(Architecture {
        hidden,
        layers: vec![group],
        extra_parameters: u64::from(hidden),
        lookup_parameters: 0,
        tied: false,
        default_vocab: first(fields, &["padded_vocab_size", "n_vocab"])?,
        default_context: first(
            fields,
            &["n_positions", "seq_length", "max_seq_len", "max_sequence_length", "model_max_length", "n_ctx"],
        )?,
        note: "Unknown family: treated as a dense model of the usual layout (--dense).".to_owned(),
    })
}

/// The number of experts, where there is more than one.
fn experts<'a>(fields: &ConfigFields<'a>, name: &'static str) -> Option<(&'static str, &'a Value)> {
    fields
        .value(name)
        .filter(|value| value.as_u64().is_none_or(|experts| experts > 1))
        .map(|value| (name, value))
}

fn first(fields: &ConfigFields, names: &[&str]) -> Result<Option<u32>, HuggingFaceError> {
    for name in names {
        if let Some(number) = fields.optional(name)? {
            return Ok(Some(number));
        }
    }
    Ok(None)
}

/// The first of several names, which must give at least 1.
fn needed(fields: &ConfigFields, names: &[&str]) -> Result<u32, HuggingFaceError> {
    match first(fields, names)? {
        Some(0) => Err(impossible(names[0], 0, "give a number of at least 1")),
        Some(number) => Ok(number),
        None => Err(missing(&names.join("` or `"))),
    }
}
