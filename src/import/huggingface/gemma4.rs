//! Gemma 3n and 4: layers that share the cache of an earlier one, embeddings for each layer, wide heads on full layers.

use serde_json::Value;

use super::HuggingFaceError;
use super::fields::{ConfigFields, impossible};
use super::layers::{Architecture, Attention, gated, grouped, layer_count};
use super::moe::{TOP_K, routed, with_shared};
use crate::catalog::{FeedForward, KeyValues, Mixer};

/// Which layers look back over a window: `layer_types`, else all but every so manieth.
fn windowed_layers(fields: &ConfigFields, every: u32) -> Result<Vec<bool>, HuggingFaceError> {
    let layers = layer_count(fields)?;
    let Some(kinds) = fields.per_layer("layer_types", layers)? else {
        let every = fields.either_or(&["sliding_window_pattern", "_sliding_window_pattern"], every)?.max(1);
        return Ok((0..layers).map(|layer| !(layer + 1).is_multiple_of(every)).collect());
    };
    let windowed = |kind: &Value| match kind.as_str() {
        Some("full_attention") => Ok(false),
        Some("sliding_attention") => Ok(true),
        _ => Err(impossible("layer_types", kind, "the kinds are full_attention and sliding_attention")),
    };
    kinds.iter().map(windowed).collect()
}

/// Attention of one layer.
struct Layer {
    attention: Attention,
    window: Option<u32>,
    key_values: KeyValues,
    biased: bool,
}

impl Layer {
    /// Norms of query and key; a layer that has no keys of its own norms the query alone.
    fn mixer(&self) -> Mixer {
        let attention = self.attention;
        let keys = if self.biased { attention.key_width() } else { 0 };
        let biases = if self.biased { attention.query_width() + attention.hidden } else { 0 };
        let extra = match self.key_values {
            KeyValues::Projected => attention.head_norms() + 2 * keys,
            KeyValues::Joint => attention.head_norms() + keys,
            KeyValues::Shared => attention.head_norms() / 2,
        } + biases;
        let mut mixer = attention.mixer(self.window, extra);
        if let Mixer::Attention { key_values, .. } = &mut mixer {
            *key_values = self.key_values;
        }
        mixer
    }
}

/// Embeddings for each layer: width, and the parameters of one layer and of the model outside its tables.
struct PerLayer {
    of_layer: u64,
    outside: u64,
    table: u64,
}

impl PerLayer {
    /// A gate and a projection back with a norm on each layer; one projection from the hidden state with a norm; one table
    /// for all layers.
    fn read(fields: &ConfigFields, hidden: u64, layers: u64) -> Result<Self, HuggingFaceError> {
        let width = u64::from(fields.number_or("hidden_size_per_layer_input", 256)?);
        if width == 0 {
            return Ok(Self { of_layer: 0, outside: 0, table: 0 });
        }
        let vocab = u64::from(fields.number_or("vocab_size_per_layer_input", 262_144)?);
        Ok(Self {
            of_layer: 2 * hidden * width + hidden,
            outside: hidden * layers * width + width,
            table: vocab * layers * width,
        })
    }
}

/// Layers that keep nothing of their own, the last ones.
fn first_shared(fields: &ConfigFields, layers: u32, default: u32) -> Result<u32, HuggingFaceError> {
    let shared = fields.number_or("num_kv_shared_layers", default)?;
    if shared >= layers {
        let remedy = format!("fewer than the {layers} layers can share the cache of earlier ones");
        return Err(impossible("num_kv_shared_layers", shared, &remedy));
    }
    Ok(layers - shared)
}

/// Gemma 3n: every fifth layer attends to everything; four streams beside each other, a low-rank residual on each layer.
pub(super) fn gemma3n(fields: &ConfigFields) -> Result<Architecture, HuggingFaceError> {
    let attention = Attention {
        hidden: u64::from(fields.positive("hidden_size")?),
        heads: fields.number_or("num_attention_heads", 8)?,
        kv_heads: fields.number_or("num_key_value_heads", 2)?,
        head_dim: fields.number_or("head_dim", 256)?,
    }
    .checked()?;
    let hidden = attention.hidden;
    let count = layer_count(fields)?;
    let per_layer = PerLayer::read(fields, hidden, u64::from(count))?;
    let own = first_shared(fields, count, 15)?;
    let window = fields.number_or("sliding_window", 512)?;
    let streams = u64::from(fields.number_or("altup_num_inputs", 4)?).max(1);
    let rank = u64::from(fields.number_or("laurel_rank", 64)?);
    // Streams: a scale, a router and its norm, coefficients that correct and predict. Residual: two matrices and a norm.
    let altup = 2 * hidden + streams * streams + streams * streams * streams + hidden * streams;
    let laurel = 2 * rank * hidden + hidden;
    let norms = 4 * hidden + per_layer.of_layer + altup + laurel;
    let biased = fields.flag("attention_bias", false)?;
    let layers: Result<Vec<_>, HuggingFaceError> = (0..)
        .zip(windowed_layers(fields, 5)?)
        .map(|(layer, windowed)| {
            let width = fields.at_layer("intermediate_size", layer)?;
            let width = width.filter(|width| *width > 0).ok_or_else(|| {
                impossible(
                    "intermediate_size",
                    "missing or 0",
                    "give a number, or a list with one for each layer",
                )
            })?;
            let mixer = Layer {
                attention,
                window: windowed.then_some(window),
                key_values: if layer < own { KeyValues::Projected } else { KeyValues::Shared },
                biased,
            };
            Ok((mixer.mixer(), gated(width), norms))
        })
        .collect();
    Ok(Architecture {
        extra_parameters: hidden + per_layer.outside + 2 * (streams - 1) * hidden * hidden,
        lookup_parameters: per_layer.table,
        default_vocab: Some(262_400),
        default_context: Some(1 << 15),
        note: "Its tables of embeddings for each layer are kept and looked up, not read in every step."
            .to_owned(),
        ..Architecture::new(fields, grouped(layers?))?.tied()
    })
}

/// Gemma 4, dense and mixture: full layers have heads of their own width, and often one projection for keys and values;
/// a mixture is beside a dense half.
pub(super) fn gemma4(fields: &ConfigFields) -> Result<Architecture, HuggingFaceError> {
    let hidden = u64::from(fields.positive("hidden_size")?);
    let local = Attention {
        hidden,
        heads: fields.number_or("num_attention_heads", 8)?,
        kv_heads: fields.number_or("num_key_value_heads", 4)?,
        head_dim: fields.number_or("head_dim", 256)?,
    }
    .checked()?;
    let joint = fields.flag("attention_k_eq_v", false)?;
    let global_heads = fields.optional("num_global_key_value_heads")?.filter(|_| joint);
    let full = Attention {
        head_dim: fields.number_or("global_head_dim", 512)?,
        kv_heads: global_heads.unwrap_or(local.kv_heads),
        ..local
    }
    .checked()?;
    let count = layer_count(fields)?;
    let per_layer = PerLayer::read(fields, hidden, u64::from(count))?;
    let own = first_shared(fields, count, 0)?;
    let window = fields.number_or("sliding_window", 512)?;
    let biased = fields.flag("attention_bias", false)?;
    let intermediate = fields.positive("intermediate_size")?;
    let double_wide = fields.flag("use_double_wide_mlp", false)?;
    let moe = if fields.flag("enable_moe_block", false)? {
        Some(mixture(fields, hidden, intermediate)?)
    } else {
        None
    };
    // Four norms and the embedding of the layer, its scale; a mixture has three norms of its own.
    let norms = 4 * hidden + per_layer.of_layer + 1 + if moe.is_some() { 3 * hidden } else { 0 };
    let mut windowed = windowed_layers(fields, 6)?;
    if let Some(last) = windowed.last_mut() {
        *last = false;
    }
    let layers = (0..).zip(windowed).map(|(layer, windowed)| {
        let shared = layer >= own;
        let key_values = match (shared, joint && !windowed) {
            (true, _) => KeyValues::Shared,
            (false, true) => KeyValues::Joint,
            (false, false) => KeyValues::Projected,
        };
        let (attention, window) = if windowed { (local, Some(window)) } else { (full, None) };
        let wide = if shared && double_wide { 2 } else { 1 };
        let ffn = moe.clone().unwrap_or_else(|| gated(wide * intermediate));
        (Layer { attention, window, key_values, biased }.mixer(), ffn, norms)
    });
    let note = if per_layer.table > 0 {
        "Its table of embeddings for each layer is kept and looked up, not read in every step."
    } else {
        ""
    };
    Ok(Architecture {
        extra_parameters: hidden + per_layer.outside,
        lookup_parameters: per_layer.table,
        default_vocab: Some(262_144),
        default_context: Some(1 << 17),
        note: note.to_owned(),
        ..Architecture::new(fields, grouped(layers))?.tied()
    })
}

/// The experts, a router with a scale for each channel and each expert, and the dense half, which every token passes.
fn mixture(fields: &ConfigFields, hidden: u64, dense: u32) -> Result<FeedForward, HuggingFaceError> {
    let experts = fields.positive("num_experts")?;
    let ffn = routed(experts, fields.either(&TOP_K)?, fields.positive("moe_intermediate_size")?)?;
    Ok(with_shared(ffn, dense, hidden + u64::from(experts)))
}
