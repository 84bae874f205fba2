//! Models whose layers are attention and a plain feed-forward half.

use serde_json::Value;

use super::HuggingFaceError;
use super::fields::{Fields, impossible};
use super::layers::{Architecture, Attention, gated, grouped, layer_count, windows};
use crate::catalog::model::{FeedForward, Mixer};

/// Llama 1 to 3 and whatever shares its layout.
pub(super) fn llama(fields: &Fields) -> Result<Architecture, HuggingFaceError> {
    let attention = Attention::read(fields)?;
    let hidden = attention.hidden;
    let intermediate = fields.positive("intermediate_size")?;
    let attention_biases =
        if fields.flag("attention_bias", false)? { attention.qkv_biases() + hidden } else { 0 };
    let ffn_biases = if fields.flag("mlp_bias", false)? { 2 * u64::from(intermediate) + hidden } else { 0 };
    let ffn = FeedForward::Dense { intermediate, matrices: 3, extra_parameters: ffn_biases };
    uniform(fields, attention, None, attention_biases, ffn, |_| false)
}

/// Mistral, Phi-3 and Phi-4: no biases, a window over all layers where the file gives one.
pub(super) fn mistral(fields: &Fields) -> Result<Architecture, HuggingFaceError> {
    let attention = Attention::read(fields)?;
    let window = fields.optional("sliding_window")?;
    uniform(fields, attention, window, 0, gated(fields.positive("intermediate_size")?), |_| true)
}

/// Qwen2 and Qwen2.5: biases on query, key and value.
pub(super) fn qwen2(fields: &Fields) -> Result<Architecture, HuggingFaceError> {
    let attention = Attention::read(fields)?;
    qwen(fields, attention, attention.qkv_biases())
}

/// Qwen3: norms of query and key, biases only where the file asks for them.
pub(super) fn qwen3(fields: &Fields) -> Result<Architecture, HuggingFaceError> {
    let attention = Attention::read(fields)?;
    qwen(fields, attention, qwen3_extra(fields, attention)?)
}

/// Parameters beside the projections of Qwen3's attention.
pub(super) fn qwen3_extra(fields: &Fields, attention: Attention) -> Result<u64, HuggingFaceError> {
    let biased = fields.flag("attention_bias", false)?;
    let biases = if biased { attention.qkv_biases() + attention.hidden } else { 0 };
    Ok(attention.head_norms() + biases)
}

fn qwen(fields: &Fields, attention: Attention, extra: u64) -> Result<Architecture, HuggingFaceError> {
    let window =
        if fields.flag("use_sliding_window", false)? { fields.optional("sliding_window")? } else { None };
    let first = fields.number_or("max_window_layers", u32::MAX)?;
    uniform(fields, attention, window, extra, gated(fields.positive("intermediate_size")?), |layer| {
        layer >= first
    })
}

/// Gemma 2: every other layer looks back over a window; four norms a layer.
pub(super) fn gemma2(fields: &Fields) -> Result<Architecture, HuggingFaceError> {
    let attention = Attention { head_dim: fields.number_or("head_dim", 256)?, ..Attention::read(fields)? };
    let attention = attention.checked()?;
    let window = Some(fields.number_or("sliding_window", 4096)?);
    gemma(fields, attention, window, 0, |layer| layer % 2 == 0)
}

/// Gemma 3: five of six layers look back over a window; norms of query and key.
pub(super) fn gemma3(fields: &Fields) -> Result<Architecture, HuggingFaceError> {
    let hidden = u64::from(fields.positive("hidden_size")?);
    let attention = Attention {
        hidden,
        heads: fields.number_or("num_attention_heads", 8)?,
        kv_heads: fields.number_or("num_key_value_heads", 4)?,
        head_dim: fields.number_or("head_dim", 256)?,
    }
    .checked()?;
    let window = Some(fields.number_or("sliding_window", 4096)?);
    let pattern = fields.number_or("sliding_window_pattern", 6)?.max(1);
    let windowed = |layer| (layer + 1) % pattern != 0;
    let architecture = gemma(fields, attention, window, attention.head_norms(), windowed)?;
    Ok(Architecture { default_vocab: Some(262_208), default_context: Some(131_072), ..architecture })
}

fn gemma(
    fields: &Fields,
    attention: Attention,
    window: Option<u32>,
    extra: u64,
    windowed: impl Fn(u32) -> bool,
) -> Result<Architecture, HuggingFaceError> {
    let ffn = gated(fields.positive("intermediate_size")?);
    let windows = windows(fields, window, windowed)?;
    let norms = 4 * attention.hidden;
    let layers =
        grouped(windows.into_iter().map(|window| (attention.mixer(window, extra), ffn.clone(), norms)));
    Ok(Architecture::new(fields, layers)?.tied())
}

/// Command R: one norm for attention and feed-forward half, which run side by side.
pub(super) fn cohere(fields: &Fields) -> Result<Architecture, HuggingFaceError> {
    let attention = Attention::read(fields)?;
    let extra = if fields.flag("use_qk_norm", false)? { attention.full_norms() } else { 0 };
    let layer =
        (attention.mixer(None, extra), gated(fields.positive("intermediate_size")?), attention.hidden);
    Ok(Architecture::new(fields, repeated(fields, layer)?)?.tied())
}

/// Falcon: parallel halves, plain feed-forward of four times the width, layer norms with bias.
pub(super) fn falcon(fields: &Fields) -> Result<Architecture, HuggingFaceError> {
    let grouped = fields.flag("new_decoder_architecture", false)?;
    let attention = Attention::read(fields)?;
    let kv_heads = match (grouped, fields.flag("multi_query", true)?) {
        (true, _) => fields.positive("num_kv_heads")?,
        (false, true) => 1,
        (false, false) => attention.heads,
    };
    let attention = Attention { kv_heads, ..attention }.checked()?;
    let hidden = attention.hidden;
    let width = hidden as u32;
    let intermediate = fields.number_or("ffn_hidden_size", 4 * width)?;
    let biased = fields.flag("bias", false)?;
    let bias = |parameters| if biased { parameters } else { 0 };
    let ffn = FeedForward::Dense {
        intermediate,
        matrices: 2,
        extra_parameters: bias(u64::from(intermediate) + hidden),
    };
    let norms = if grouped || !fields.flag("parallel_attn", true)? { 4 * hidden } else { 2 * hidden };
    let layer = (attention.mixer(None, bias(attention.qkv_biases() + hidden)), ffn, norms);
    let architecture = Architecture::new(fields, repeated(fields, layer)?)?.tied();
    Ok(Architecture { extra_parameters: 2 * hidden, default_context: Some(2048), ..architecture })
}

/// OPT: learned positions, biases everywhere.
pub(super) fn opt(fields: &Fields) -> Result<Architecture, HuggingFaceError> {
    let attention = Attention::read(fields)?;
    let hidden = attention.hidden;
    let intermediate = fields.positive("ffn_dim")?;
    if fields.number_or("word_embed_proj_dim", hidden as u32)? != hidden as u32 {
        let value = fields.number("word_embed_proj_dim")?;
        return Err(impossible(
            "word_embed_proj_dim",
            value,
            "only models that embed at full width are supported",
        ));
    }
    let ffn =
        FeedForward::Dense { intermediate, matrices: 2, extra_parameters: u64::from(intermediate) + hidden };
    let layer = (attention.mixer(None, attention.qkv_biases() + hidden), ffn, 4 * hidden);
    let positions = u64::from(fields.positive("max_position_embeddings")?) + 2;
    let architecture = Architecture::new(fields, repeated(fields, layer)?)?.tied();
    Ok(Architecture { extra_parameters: 2 * hidden + positions * hidden, ..architecture })
}

/// Llama models that a search has pruned: `block_configs` says what is left of each layer.
pub(super) fn nemotron_nas(fields: &Fields) -> Result<Architecture, HuggingFaceError> {
    let attention = Attention::read(fields)?;
    let blocks = fields.per_layer("block_configs", layer_count(fields)?)?;
    let blocks = blocks.ok_or(HuggingFaceError::Missing { field: "block_configs".to_owned() })?;
    let layers: Result<Vec<_>, _> = blocks.iter().map(|block| pruned_layer(block, attention)).collect();
    Architecture::new(fields, grouped(layers?))
}

fn pruned_layer(block: &Value, full: Attention) -> Result<(Mixer, FeedForward, u64), HuggingFaceError> {
    let set = |half: &str, name: &str| block[half][name].as_bool().unwrap_or(false);
    if set("attention", "replace_with_linear") || set("ffn", "replace_with_linear") {
        return Err(impossible(
            "block_configs",
            "replace_with_linear",
            "linear replacements are not supported",
        ));
    }
    let mut norms = 0;
    let mut mixer = Mixer::None;
    if !set("attention", "no_op") {
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
    if !set("ffn", "no_op") {
        let multiple = block["ffn"]["ffn_mult"].as_f64().filter(|multiple| (0.0..=64.0).contains(multiple));
        let multiple = multiple
            .ok_or_else(|| impossible("block_configs", &block["ffn"], "ffn_mult must be from 0 to 64"))?;
        let width = (2.0 * multiple * full.hidden as f64 / 3.0) as u32;
        ffn = gated(width.next_multiple_of(256));
        norms += full.hidden;
    }
    Ok((mixer, ffn, norms))
}

/// Equal layers but for their windows, two norms of full width each.
fn uniform(
    fields: &Fields,
    attention: Attention,
    window: Option<u32>,
    extra: u64,
    ffn: FeedForward,
    windowed: impl Fn(u32) -> bool,
) -> Result<Architecture, HuggingFaceError> {
    let windows = windows(fields, window, windowed)?;
    let norms = 2 * attention.hidden;
    let layers =
        grouped(windows.into_iter().map(|window| (attention.mixer(window, extra), ffn.clone(), norms)));
    Architecture::new(fields, layers)
}

fn repeated(
    fields: &Fields,
    layer: (Mixer, FeedForward, u64),
) -> Result<Vec<crate::catalog::LayerGroup>, HuggingFaceError> {
    let (mixer, ffn, norm_parameters) = layer;
    Ok(vec![crate::catalog::LayerGroup { count: layer_count(fields)?, mixer, ffn, norm_parameters }])
}
