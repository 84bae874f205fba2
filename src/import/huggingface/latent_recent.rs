//! Latent attention of 2026: Hunyuan 4, Mistral Large 4, dots3.

use serde_json::Value;

use super::HuggingFaceError;
use super::fields::{ConfigFields, impossible};
use super::latent::{indexer_layers, latent, with_extra};
use super::layers::{Architecture, gated, grouped, layer_count};
use super::moe::{mixture, sparse_layers, with_shared};
use crate::catalog::{FeedForward, KeyValues, Mixer};

/// What these families' notes say of the indexer.
const NOTE: &str = "The sparse indexer is counted and its keys are cached; attention is timed as if dense.";

/// Layers of mixers, dense halves first, then mixtures with shared experts and `biases` beside the routed ones.
fn layers_of(
    fields: &ConfigFields,
    mixers: Vec<Mixer>,
    shared_width: u32,
    biases: u64,
    norms: u64,
) -> Result<Architecture, HuggingFaceError> {
    let shared = fields.number_or("n_shared_experts", 1)?.saturating_mul(shared_width);
    let moe = with_shared(mixture(fields, "n_routed_experts", "moe_intermediate_size")?, shared, biases);
    let layers: Result<Vec<_>, HuggingFaceError> = mixers
        .into_iter()
        .zip(sparse_layers(fields, Some(1))?)
        .map(|(mixer, sparse)| {
            let ffn: FeedForward =
                if sparse { moe.clone() } else { gated(fields.positive("intermediate_size")?) };
            Ok((mixer, ffn, norms))
        })
        .collect();
    Architecture::new(fields, grouped(layers?))
}

/// The latent attention with the key of an indexer beside it, and the parameters of that indexer.
fn indexed(mixer: Mixer, width: u32, parameters: u64) -> Mixer {
    let mut mixer = with_extra(mixer, parameters);
    if let Mixer::Latent { index_head_dim, .. } = &mut mixer {
        *index_head_dim = width;
    }
    mixer
}

/// Width and heads of the indexer.
fn indexer_sizes(fields: &ConfigFields) -> Result<(u32, u64, u64), HuggingFaceError> {
    let width = fields.positive("index_head_dim")?;
    Ok((width, u64::from(width), u64::from(fields.positive("index_n_heads")?)))
}

/// Hunyuan 4, after `modeling_hy_v4.py` of transformers 5.24 and `configs/hy_v4.py` of vLLM 0.33: latent attention with
/// a gate for each channel and sinks, an indexer on the first layer and every fourth from the second on, and several streams.
pub(super) fn hy_v4(fields: &ConfigFields) -> Result<Architecture, HuggingFaceError> {
    let hidden = u64::from(fields.positive("hidden_size")?);
    let heads = u64::from(fields.positive("num_attention_heads")?);
    let gate = match (fields.flag("gated_mla", true)?, fields.text("gating_type")) {
        (false, _) => 0,
        (true, Some("headwise")) => hidden * heads,
        (true, _) => hidden * heads * u64::from(fields.positive("v_head_dim")?),
    };
    let sinks = if fields.flag("learnable_sink", true)? { heads } else { 0 };
    let shared_index = with_extra(latent(fields)?, gate + sinks);
    let (width, wide, index_heads) = indexer_sizes(fields)?;
    let queries = u64::from(fields.positive("q_lora_rank")?) * index_heads * wide;
    let own = indexed(shared_index.clone(), width, queries + hidden * (wide + index_heads) + 2 * wide);
    let layers = layer_count(fields)?;
    let has_own: Vec<bool> = match fields.value("indexer_types") {
        Some(_) => indexer_layers(fields)?,
        None => (0..layers).map(|layer| layer == 0 || layer % 4 == 1).collect(),
    };
    let mixers = has_own.into_iter().map(|own_index| if own_index { &own } else { &shared_index }.clone());
    // Before and behind each half of a layer a weight for each stream; one for each stream at the end.
    let streams = u64::from(fields.number_or("hc_mult", 4)?);
    let (connections, end) = if fields.flag("enable_ihc", true)? {
        let wide = streams * hidden;
        (2 * (2 * streams * wide + 2 * streams + 2), streams * wide + streams + 1)
    } else {
        (0, 0)
    };
    let experts = u64::from(fields.positive("n_routed_experts")?);
    let shared_width = fields.positive("moe_intermediate_size")?;
    let architecture = layers_of(fields, mixers.collect(), shared_width, experts, 2 * hidden + connections)?;
    Ok(Architecture {
        extra_parameters: architecture.extra_parameters + end,
        default_context: Some(1 << 18),
        note: NOTE.to_owned(),
        ..architecture
    })
}

/// Mistral Large 4, after `modeling_mistral_large4.py` of transformers 5.24: every fourth layer without positions, layers
/// that use an earlier layer's latent where `kv_source_layers` says so, and a scale for each head's scores.
pub(super) fn mistral_large4(fields: &ConfigFields) -> Result<Architecture, HuggingFaceError> {
    let hidden = u64::from(fields.positive("hidden_size")?);
    let layers = layer_count(fields)?;
    let heads = fields.positive("num_attention_heads")?;
    let (width, wide, index_heads) = indexer_sizes(fields)?;
    let indexer =
        hidden * index_heads * wide + hidden * (wide + index_heads) + 2 * wide + 2 * hidden + 2 * index_heads;
    let kv_lora_rank = fields.positive("kv_lora_rank")?;
    let (nope, rope) = (fields.positive("qk_nope_head_dim")?, fields.positive("qk_rope_head_dim")?);
    let v_head_dim = fields.positive("v_head_dim")?;
    let sources = kv_sources(fields, layers)?;
    let mixers = (0..)
        .zip(turned_layers(fields, layers)?)
        .zip(indexer_layers(fields)?)
        .map(|((layer, turned), own_index)| {
            let own = sources.get(layer as usize).is_none_or(|source| *source == layer);
            let mixer = Mixer::Latent {
                heads,
                q_lora_rank: None,
                kv_lora_rank,
                qk_nope_head_dim: if turned { nope } else { nope + rope },
                qk_rope_head_dim: if turned { rope } else { 0 },
                v_head_dim,
                window: None,
                key_values: if own { KeyValues::Projected } else { KeyValues::Shared },
                index_head_dim: 0,
                extra_parameters: 2 * u64::from(heads) + if own { u64::from(kv_lora_rank) } else { 0 },
            };
            if own_index { indexed(mixer, width, indexer) } else { mixer }
        })
        .collect();
    let shared_width = fields.positive("moe_intermediate_size")?;
    let architecture = layers_of(fields, mixers, shared_width, 0, 2 * hidden)?;
    Ok(Architecture {
        // The last ones scale the frequencies of the positions.
        extra_parameters: architecture.extra_parameters + u64::from(rope / 2),
        default_context: Some(1 << 20),
        note: NOTE.to_owned(),
        ..architecture
    })
}

/// Whose latent each layer uses: an earlier layer's, or its own.
fn kv_sources(fields: &ConfigFields, layers: u32) -> Result<Vec<u32>, HuggingFaceError> {
    let name = "kv_source_layers";
    fields.per_layer(name, layers)?;
    let sources = fields.layer_numbers(name)?;
    for (layer, source) in (0..).zip(&sources) {
        if *source > layer || sources.get(*source as usize) != Some(source) {
            let remedy =
                format!("layer {layer} can use its own latent or that of an earlier layer with its own");
            return Err(impossible(name, source, &remedy));
        }
    }
    Ok(sources)
}

/// Which layers turn queries and keys by their position: `no_rope_layers` (1), else all but every
/// `no_rope_layer_interval`-th.
fn turned_layers(fields: &ConfigFields, layers: u32) -> Result<Vec<bool>, HuggingFaceError> {
    let every = fields.number_or("no_rope_layer_interval", 4)?.max(1);
    let Some(listed) = fields.per_layer("no_rope_layers", layers)? else {
        return Ok((0..layers).map(|layer| !(layer + 1).is_multiple_of(every)).collect());
    };
    let turned = |value: &Value| match value.as_u64().or_else(|| value.as_bool().map(u64::from)) {
        Some(set) => Ok(set > 0),
        None => Err(impossible("no_rope_layers", value, "give 1 for layers with positions, else 0")),
    };
    listed.iter().map(turned).collect()
}

/// dots3, after `modeling_dots3_note.py` of transformers 5.24: latent attention with a gate for each head, behind an indexer
/// on some layers, over a window and with sizes of its own (`swa_`) on the others.
pub(super) fn dots3(fields: &ConfigFields) -> Result<Architecture, HuggingFaceError> {
    let hidden = u64::from(fields.positive("hidden_size")?);
    let gated_norm = |heads: u32, rope: u32| hidden * u64::from(heads) + u64::from(rope);
    let plain = latent(fields)?;
    let heads = fields.positive("num_attention_heads")?;
    let rope = fields.positive("qk_rope_head_dim")?;
    let (width, wide, index_heads) = indexer_sizes(fields)?;
    let queries = u64::from(fields.positive("q_lora_rank")?) * index_heads * wide;
    let mut full = with_extra(plain, gated_norm(heads, rope));
    if fields.flag("use_dsa", true)? {
        full = indexed(full, width, queries + hidden * (wide + index_heads) + 2 * wide);
    }
    let size = |name: &str, usual: u32| fields.number_or(&format!("swa_{name}"), usual);
    let (local_heads, local_rank) = (size("num_attention_heads", 64)?, size("q_lora_rank", 1024)?);
    let (head_dim, nope) = (size("head_dim", 256)?, size("qk_nope_head_dim", 192)?);
    let local_rope = size("qk_rope_head_dim", head_dim.saturating_sub(nope))?;
    let local_latent = size("kv_lora_rank", 1024)?;
    let window = fields.either_or(&["sliding_window", "sliding_window_size"], 512)?;
    let local = Mixer::Latent {
        heads: local_heads,
        q_lora_rank: Some(local_rank),
        kv_lora_rank: local_latent,
        qk_nope_head_dim: nope,
        qk_rope_head_dim: local_rope,
        v_head_dim: size("v_head_dim", 128)?,
        window: Some(window),
        key_values: KeyValues::Projected,
        index_head_dim: 0,
        extra_parameters: u64::from(local_rank)
            + u64::from(local_latent)
            + gated_norm(local_heads, local_rope),
    };
    let layers = layer_count(fields)?;
    let local_layers: Vec<bool> = match fields.per_layer("layer_types", layers)? {
        Some(kinds) => kinds
            .iter()
            .map(|kind| match kind.as_str() {
                Some("sliding_attention") => Ok(true),
                Some("full_attention" | "indexed_attention") => Ok(false),
                _ => {
                    Err(impossible("layer_types", kind, "the kinds are sliding_attention and full_attention"))
                }
            })
            .collect::<Result<_, _>>()?,
        None if !fields.flag("use_sliding_window", true)? => vec![false; layers as usize],
        None => (0..layers).map(|layer| layer >= 2 && layer % 4 != 1).collect(),
    };
    let mixers = local_layers.into_iter().map(|is_local| if is_local { &local } else { &full }.clone());
    let experts = u64::from(fields.positive("n_routed_experts")?);
    let names = ["moe_shared_expert_intermediate_size", "shared_experts_intermediate_size"];
    let shared_width = fields.either_or(&names, fields.positive("moe_intermediate_size")?)?;
    let architecture = layers_of(fields, mixers.collect(), shared_width, experts, 2 * hidden)?;
    Ok(Architecture { default_context: Some(1 << 19), note: NOTE.to_owned(), ..architecture })
}
