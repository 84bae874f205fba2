//! Gemma: heads of a width of their own, tied embeddings, windows in the later generations.

use super::HuggingFaceError;
use super::fields::ConfigFields;
use super::layers::{Architecture, Attention, gated, grouped, windows};

/// Gemma 1: two norms a layer, no window.
pub(super) fn gemma(fields: &ConfigFields) -> Result<Architecture, HuggingFaceError> {
    layers(fields, attention(fields, 16, 16)?, None, 0, 2, |_| false)
}

/// Gemma 2: every other layer looks back over a window; four norms a layer.
pub(super) fn gemma2(fields: &ConfigFields) -> Result<Architecture, HuggingFaceError> {
    let window = Some(fields.number_or("sliding_window", 4096)?);
    layers(fields, attention(fields, 8, 4)?, window, 0, 4, |layer| layer % 2 == 0)
}

/// Gemma 3: five of six layers look back over a window; norms of query and key.
pub(super) fn gemma3(fields: &ConfigFields) -> Result<Architecture, HuggingFaceError> {
    let attention = attention(fields, 8, 4)?;
    let window = Some(fields.number_or("sliding_window", 4096)?);
    let pattern = fields.either_or(&["sliding_window_pattern", "_sliding_window_pattern"], 6)?.max(1);
    let windowed = |layer: u32| !(layer + 1).is_multiple_of(pattern);
    let architecture = layers(fields, attention, window, attention.head_norms(), 4, windowed)?;
    Ok(Architecture { default_vocab: Some(262_208), default_context: Some(131_072), ..architecture })
}

fn attention(fields: &ConfigFields, heads: u32, kv_heads: u32) -> Result<Attention, HuggingFaceError> {
    Attention {
        hidden: u64::from(fields.positive("hidden_size")?),
        heads: fields.number_or("num_attention_heads", heads)?,
        kv_heads: fields.number_or("num_key_value_heads", kv_heads)?,
        head_dim: fields.number_or("head_dim", 256)?,
    }
    .checked()
}

fn layers(
    fields: &ConfigFields,
    attention: Attention,
    window: Option<u32>,
    extra: u64,
    norms: u64,
    windowed: impl Fn(u32) -> bool,
) -> Result<Architecture, HuggingFaceError> {
    let ffn = gated(fields.positive("intermediate_size")?);
    let windows = windows(fields, window, windowed)?;
    let norms = norms * attention.hidden;
    let layers =
        grouped(windows.into_iter().map(|window| (attention.mixer(window, extra), ffn.clone(), norms)));
    Ok(Architecture::new(fields, layers)?.tied())
}
