//! DeepSeek V4: attention over a window and over compressed entries, hyper-connections, mixtures on every layer.

use serde_json::Value;

use super::HuggingFaceError;
use super::fields::{ConfigFields, impossible};
use super::layers::{Architecture, grouped, layer_count};
use super::moe::{mixture, with_shared};
use crate::catalog::{KeyValues, Mixer};

/// Tokens that an entry of the sparse and of the heavily compressed kind stands for, where the file does not say.
const RATIOS: (u32, u32) = (4, 128);

/// DeepSeek V4, after its configuration class and model in transformers 5.24.
pub(super) fn deepseek_v4(fields: &ConfigFields) -> Result<Architecture, HuggingFaceError> {
    let hidden = u64::from(fields.positive("hidden_size")?);
    let ratios = ratios(fields)?;
    let streams = u64::from(fields.number_or("hc_mult", 4)?);
    let connections = hyper_connections(streams, hidden);
    let hashed = hashed_layers(fields)?;
    let experts = u64::from(fields.positive("n_routed_experts")?);
    let shared = fields.number_or("n_shared_experts", 1)?;
    let shared = shared.saturating_mul(fields.positive("moe_intermediate_size")?);
    let moe = mixture(fields, "n_routed_experts", "moe_intermediate_size")?;
    let layers: Result<Vec<_>, HuggingFaceError> = (0..)
        .zip(&ratios)
        .map(|(layer, &ratio)| {
            let score_bias = if layer < hashed { 0 } else { experts };
            Ok((
                mixer(fields, hidden, ratio)?,
                with_shared(moe.clone(), shared, score_bias),
                2 * hidden + connections,
            ))
        })
        .collect();
    let architecture = Architecture::new(fields, grouped(layers?))?;
    let assumed = if ["layer_types", "compress_ratios"].iter().all(|name| fields.value(name).is_none()) {
        " The file does not say which layers compress how much; the default of its configuration class is taken."
    } else {
        ""
    };
    Ok(Architecture {
        extra_parameters: hidden + streams * streams * hidden + streams + 1,
        default_context: Some(1 << 20),
        note: format!(
            "Compressed entries and the sparse indexer's keys are counted and cached; attention to the entries is timed \
             as if dense.{assumed}"
        ),
        ..architecture
    })
}

/// Parameters of the hyper-connections of a layer: for each of its two halves a matrix from all streams to the weights that
/// mix them, a bias, three scales.
pub(super) fn hyper_connections(streams: u64, hidden: u64) -> u64 {
    let mixed = (2 + streams) * streams;
    2 * (mixed * streams * hidden + mixed + 3)
}

/// Tokens that a compressed entry of each layer stands for; 0 where a layer has its window alone.
pub(super) fn ratios(fields: &ConfigFields) -> Result<Vec<u32>, HuggingFaceError> {
    let layers = layer_count(fields)?;
    let (sparse, heavy) = rates(fields)?;
    if let Some(kinds) = fields.per_layer("layer_types", layers)? {
        let ratio = |kind: &Value| match kind.as_str() {
            Some("sliding_attention") => Ok(0),
            Some("compressed_sparse_attention") => Ok(sparse),
            Some("heavily_compressed_attention") => Ok(heavy),
            _ => Err(impossible(
                "layer_types",
                kind,
                "the kinds are sliding_attention, compressed_sparse_attention and heavily_compressed_attention",
            )),
        };
        return kinds.iter().map(ratio).collect();
    }
    if let Some(value) = fields.value("compress_ratios") {
        // Entries for the layers that predict further tokens may follow.
        let list = value.as_array().and_then(|list| list.get(..layers as usize)).ok_or_else(|| {
            let remedy = format!("give a list with one number for each of the {layers} layers");
            impossible("compress_ratios", value, &remedy)
        })?;
        let ratio = |value: &Value| match value.as_u64().and_then(|ratio| u32::try_from(ratio).ok()) {
            // An entry for each token would be no compression: servers take 0 and 1 for the window alone.
            Some(0 | 1) => Ok(0),
            Some(ratio) if ratio <= 1 << 13 => Ok(ratio),
            _ => Err(impossible("compress_ratios", value, "give a number of at most 8192 for each layer")),
        };
        return list.iter().map(ratio).collect();
    }
    // The default of the configuration class: two heavily compressed layers, then both kinds in turn.
    Ok((0..layers).map(|layer| if layer < 2 || layer.is_multiple_of(2) { heavy } else { sparse }).collect())
}

/// The ratios of the sparse and of the heavily compressed kind.
fn rates(fields: &ConfigFields) -> Result<(u32, u32), HuggingFaceError> {
    let section = fields.section("compress_rates");
    let rate = |kind: &str, older: &str, default: u32| match &section {
        Some(section) if section.value(kind).is_some() => section.positive(kind),
        _ => fields.number_or(older, default),
    };
    Ok((
        rate("compressed_sparse_attention", "compress_rate_csa", RATIOS.0)?,
        rate("heavily_compressed_attention", "compress_rate_hca", RATIOS.1)?,
    ))
}

/// How many layers, the first ones, pick their experts by the token alone.
fn hashed_layers(fields: &ConfigFields) -> Result<usize, HuggingFaceError> {
    let layers = layer_count(fields)?;
    match fields.per_layer("mlp_layer_types", layers)? {
        Some(kinds) => Ok(kinds.iter().take_while(|kind| kind.as_str() == Some("hash_moe")).count()),
        None => Ok(fields.number_or("num_hash_layers", 3)? as usize),
    }
}

/// The attention of a layer: the query through a latent, one entry a token, a compressor where the layer has one, with an
/// indexer where it compresses little, sinks, and an output projection in groups of heads.
pub(super) fn mixer(fields: &ConfigFields, hidden: u64, ratio: u32) -> Result<Mixer, HuggingFaceError> {
    let heads = fields.positive("num_attention_heads")?;
    let head_dim = fields.number_or("head_dim", 512)?;
    let q_lora_rank = fields.positive("q_lora_rank")?;
    let o_groups = fields.positive("o_groups")?;
    if !heads.is_multiple_of(o_groups) {
        let remedy = format!("it must divide num_attention_heads, which is {heads}");
        return Err(impossible("o_groups", o_groups, &remedy));
    }
    // Windows overlap in the sparse kind, so that it projects to twice the width.
    let compressor = |overlap: u64, width: u32| {
        let projected = overlap * u64::from(width);
        2 * hidden * projected + u64::from(ratio) * projected + u64::from(width)
    };
    let sparse = ratio > 0 && ratio == rates(fields)?.0;
    let (mut index_heads, mut index_head_dim) = (0, 0);
    let mut extra = u64::from(q_lora_rank) + u64::from(head_dim) + u64::from(heads);
    if sparse {
        index_heads = fields.positive("index_n_heads")?;
        index_head_dim = fields.positive("index_head_dim")?;
        let queries = u64::from(q_lora_rank) * u64::from(index_heads) * u64::from(index_head_dim);
        extra += compressor(2, head_dim) + compressor(2, index_head_dim);
        extra += queries + hidden * u64::from(index_heads);
    } else if ratio > 0 {
        extra += compressor(1, head_dim);
    }
    Ok(Mixer::Compressed {
        heads,
        q_lora_rank,
        head_dim,
        o_groups,
        o_lora_rank: fields.positive("o_lora_rank")?,
        window: fields.number_or("sliding_window", 128)?,
        ratio,
        key_values: KeyValues::Projected,
        index_head_dim,
        index_heads,
        extra_parameters: extra,
    })
}
