//! DeepSeek V4.1: compressed entries that later layers share, and tables of n-grams (Engram).

use serde_json::Value;

use super::HuggingFaceError;
use super::compressed::hyper_connections;
use super::fields::{ConfigFields, impossible, missing};
use super::layers::{Architecture, grouped, layer_count};
use super::moe::{mixture, with_shared};
use crate::catalog::{KeyValues, Mixer};

/// DeepSeek V4.1, after `vllm/models/deepseek_v41` (vLLM 0.33) and the names of the published tensors.
pub(super) fn deepseek_v41(fields: &ConfigFields) -> Result<Architecture, HuggingFaceError> {
    let hidden = u64::from(fields.positive("hidden_size")?);
    let layers = layer_count(fields)?;
    let streams = u64::from(fields.number_or("hc_mult", 4)?);
    let experts = u64::from(fields.positive("n_routed_experts")?);
    let shared = fields.number_or("n_shared_experts", 1)?;
    let shared = shared.saturating_mul(fields.positive("moe_intermediate_size")?);
    // A bias for each expert's score, and another for the tokens of pictures.
    let biases = if fields.has_other_parts() { 2 * experts } else { experts };
    let moe = with_shared(mixture(fields, "n_routed_experts", "moe_intermediate_size")?, shared, biases);
    let norms = 2 * hidden + hyper_connections(streams, hidden);
    let ratios = ratios(fields, layers)?;
    let compresses = ratios.iter().any(|ratio| *ratio > 0);
    let entries = sources(fields, "kv_source_layer_ids", layers, compresses)?;
    let indexers = sources(fields, "index_source_layer_ids", layers, compresses)?;
    let mixers: Result<Vec<_>, HuggingFaceError> = (0..layers)
        .zip(ratios)
        .map(|(layer, ratio)| {
            mixer(fields, hidden, ratio, entries.contains(&layer), indexers.contains(&layer))
        })
        .collect();
    let (tables, gates) = engram(fields, hidden, streams)?;
    let layers = mixers?.into_iter().map(|mixer| (mixer, moe.clone(), norms));
    Ok(Architecture {
        extra_parameters: hidden + gates,
        lookup_parameters: tables,
        default_context: Some(1 << 20),
        note: "Compressed entries are kept once for all layers that share them; attention to them is timed as if dense."
            .to_owned(),
        ..Architecture::new(fields, grouped(layers))?
    })
}

/// Tokens that a compressed entry of each layer stands for, of which 1 is an entry for each token; 0 where a layer has its
/// window alone. Entries for the layers that draft may follow.
fn ratios(fields: &ConfigFields, layers: u32) -> Result<Vec<u32>, HuggingFaceError> {
    let value = fields.value("compress_ratios").ok_or_else(|| missing("compress_ratios"))?;
    let list = value.as_array().and_then(|list| list.get(..layers as usize)).ok_or_else(|| {
        let remedy = format!("give a list with one number for each of the {layers} layers");
        impossible("compress_ratios", value, &remedy)
    })?;
    let ratio = |value: &Value| match value.as_u64().and_then(|ratio| u32::try_from(ratio).ok()) {
        Some(ratio) if ratio <= 1 << 13 => Ok(ratio),
        _ => Err(impossible("compress_ratios", value, "give a number of at most 8192 for each layer")),
    };
    list.iter().map(ratio).collect()
}

/// The layers of a list, which the file must have where layers compress.
fn sources(
    fields: &ConfigFields,
    name: &str,
    layers: u32,
    needed: bool,
) -> Result<Vec<u32>, HuggingFaceError> {
    let listed = fields.layer_numbers(name)?;
    if needed && listed.is_empty() {
        return Err(missing(name));
    }
    match listed.iter().find(|layer| **layer >= layers) {
        Some(beyond) => {
            Err(impossible(name, beyond, &format!("layers are counted from 0 to {}", layers - 1)))
        }
        None => Ok(listed),
    }
}

/// The attention of a layer. One that is a source of entries compresses its own; the others read those of the last source
/// before them. One that is a source of indices scores them, by keys that the source of the entries keeps.
fn mixer(
    fields: &ConfigFields,
    hidden: u64,
    ratio: u32,
    own_entries: bool,
    own_index: bool,
) -> Result<Mixer, HuggingFaceError> {
    let heads = fields.positive("num_attention_heads")?;
    let head_dim = fields.positive("head_dim")?;
    let q_lora_rank = fields.positive("q_lora_rank")?;
    let o_groups = fields.positive("o_groups")?;
    if !heads.is_multiple_of(o_groups) {
        let remedy = format!("it must divide num_attention_heads, which is {heads}");
        return Err(impossible("o_groups", o_groups, &remedy));
    }
    let entry = u64::from(head_dim);
    let (own_entries, own_index) = (own_entries && ratio > 0, own_index && ratio > 0);
    let (mut index_heads, mut index_head_dim) = (0, 0);
    let mut extra = u64::from(q_lora_rank) + entry + u64::from(heads);
    if own_entries {
        // Entries of one token are not pooled, so that they need no gate.
        extra += hidden * entry * if ratio > 1 { 2 } else { 1 } + entry;
    }
    if own_index {
        index_heads = fields.positive("index_n_heads")?;
        index_head_dim = fields.positive("index_head_dim")?;
        let (heads, width) = (u64::from(index_heads), u64::from(index_head_dim));
        extra += u64::from(q_lora_rank) * heads * width + hidden * heads;
        if own_entries {
            extra += entry * width + width;
        }
    }
    Ok(Mixer::Compressed {
        heads,
        q_lora_rank,
        head_dim,
        o_groups,
        o_lora_rank: fields.positive("o_lora_rank")?,
        window: fields.number_or("sliding_window", 128)?,
        ratio,
        key_values: if own_entries { KeyValues::Projected } else { KeyValues::Shared },
        index_head_dim,
        index_heads,
        extra_parameters: extra,
    })
}

/// Parameters of the tables of n-grams, and of what lets their rows into the streams: one projection to a key for each stream
/// and a value, and two weights for each channel.
fn engram(fields: &ConfigFields, hidden: u64, streams: u64) -> Result<(u64, u64), HuggingFaceError> {
    const MOST: u64 = 1 << 33;
    let ids = "engram_layer_ids";
    let name = "engram_num_embeddings";
    let (layers, rows) = match (fields.value(ids), fields.value(name)) {
        (None, None) => return Ok((0, 0)),
        (None, Some(_)) => return Err(missing(ids)),
        (Some(_), None) => return Err(missing(name)),
        (Some(_), Some(rows)) => (fields.layer_numbers(ids)?, rows),
    };
    let list = rows.as_array().filter(|list| list.len() == layers.len()).ok_or_else(|| {
        impossible(name, rows, &format!("give a list with one number for each of {} in {ids}", layers.len()))
    })?;
    if list.is_empty() {
        return Ok((0, 0));
    }
    let mut all_rows = 0;
    for value in list {
        let rows = value.as_u64().filter(|rows| *rows <= MOST);
        all_rows +=
            rows.ok_or_else(|| impossible(name, value, &format!("give a number of at most {MOST}")))?;
    }
    let width = u64::from(fields.positive("engram_head_dim")?);
    let orders = fields.positive("engram_max_ngram_size")?.saturating_sub(1);
    let columns = u64::from(orders) * u64::from(fields.positive("engram_n_heads")?);
    let gates = (1 + streams) * hidden * columns * width + 2 * streams * hidden;
    Ok((all_rows * width, list.len() as u64 * gates))
}
