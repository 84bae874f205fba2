//! Models with layer norms, parallel halves or plain feed-forwards.

use super::HuggingFaceError;
use super::dense::patterned_windows;
use super::fields::{ConfigFields, impossible};
use super::layers::{Architecture, Attention, gated, grouped, plain, repeated, unbounded, uniform, windows};
use super::moe::{mixture, sparse_layers, with_shared};

/// Command R and R7B, Command A: one norm for attention and feed-forward half, which run side by side.
pub(super) fn cohere(fields: &ConfigFields) -> Result<Architecture, HuggingFaceError> {
    let attention = Attention::read(fields)?;
    let mut extra = if fields.flag("use_qk_norm", false)? { attention.full_norms() } else { 0 };
    if fields.flag("attention_bias", false)? {
        extra += attention.all_biases();
    }
    // The second generation looks back over a window on three layers of four.
    let windows = match fields.text("model_type") {
        Some("cohere") => unbounded(fields)?,
        _ => patterned_windows(fields, Some(fields.number_or("sliding_window", 4096)?))?,
    };
    let ffn = gated(fields.positive("intermediate_size")?);
    Ok(uniform(fields, attention, extra, ffn, 1, windows)?.tied())
}

/// Command A+ and North, mixtures after `modeling_cohere2_moe.py` of transformers 5.24: one norm for both halves, windows on
/// three layers of four, the first layers dense where the file says so.
pub(super) fn cohere2_moe(fields: &ConfigFields) -> Result<Architecture, HuggingFaceError> {
    let attention = Attention::read(fields)?;
    let extra = if fields.flag("attention_bias", false)? { attention.all_biases() } else { 0 };
    let dense_layers = fields.number_or("first_k_dense_replace", 0)?;
    let every = fields.number_or("sliding_window_pattern", 4)?.max(1);
    let every_dense = fields.number_or("prefix_dense_sliding_window_pattern", 1)?.max(1);
    let window = Some(fields.number_or("sliding_window", 4096)?);
    let windows = windows(fields, window, |layer| match layer.checked_sub(dense_layers) {
        Some(mixture) => !(mixture + 1).is_multiple_of(every),
        None => !(layer + 1).is_multiple_of(every_dense),
    })?;
    let width = fields.positive("intermediate_size")?;
    let shared = fields.number_or("num_shared_experts", 0)?.saturating_mul(width);
    let moe = with_shared(mixture(fields, "num_experts", "intermediate_size")?, shared, 0);
    let dense = gated(fields.number_or("prefix_dense_intermediate_size", width)?.max(1));
    let layers = windows.into_iter().zip(sparse_layers(fields, Some(0))?).map(|(window, sparse)| {
        let ffn = if sparse { moe.clone() } else { dense.clone() };
        (attention.mixer(window, extra), ffn, attention.hidden)
    });
    let architecture = Architecture::new(fields, grouped(layers))?.tied();
    Ok(Architecture { default_context: Some(8192), ..architecture })
}

/// StarCoder2: a plain feed-forward, biases everywhere, layer norms.
pub(super) fn starcoder2(fields: &ConfigFields) -> Result<Architecture, HuggingFaceError> {
    let attention = Attention::read(fields)?;
    let hidden = attention.hidden;
    let biased = fields.flag("use_bias", true)?;
    let ffn = plain(fields.positive("intermediate_size")?, hidden, biased);
    let biases = if biased { attention.all_biases() } else { 0 };
    let windows = windows(fields, fields.optional("sliding_window")?, |_| true)?;
    let architecture = uniform(fields, attention, biases, ffn, 4, windows)?.tied();
    Ok(Architecture { extra_parameters: 2 * hidden, ..architecture })
}

/// Nemotron-4 and Minitron: a plain feed-forward of squared ReLU, layer norms.
pub(super) fn nemotron(fields: &ConfigFields) -> Result<Architecture, HuggingFaceError> {
    let attention = Attention::read(fields)?;
    let hidden = attention.hidden;
    let ffn = plain(fields.positive("intermediate_size")?, hidden, fields.flag("mlp_bias", false)?);
    let biases = if fields.flag("attention_bias", false)? { attention.all_biases() } else { 0 };
    let architecture = uniform(fields, attention, biases, ffn, 4, unbounded(fields)?)?;
    Ok(Architecture { extra_parameters: 2 * hidden, ..architecture })
}

/// Falcon: parallel halves, plain feed-forward of four times the width, layer norms with bias.
pub(super) fn falcon(fields: &ConfigFields) -> Result<Architecture, HuggingFaceError> {
    let new_decoder = fields.flag("new_decoder_architecture", false)?;
    let attention = Attention::read(fields)?;
    let kv_heads = match (new_decoder, fields.flag("multi_query", true)?) {
        (true, _) => fields.either(&["num_kv_heads", "num_key_value_heads"])?,
        (false, true) => 1,
        (false, false) => attention.heads,
    };
    let attention = Attention { kv_heads, ..attention }.checked()?;
    let hidden = attention.hidden;
    let width = hidden as u32;
    let intermediate = fields.number_or("ffn_hidden_size", 4 * width)?;
    let biased = fields.flag("bias", false)?;
    let biases = if biased { attention.all_biases() } else { 0 };
    let ffn = plain(intermediate, hidden, biased);
    let norms = if new_decoder || !fields.flag("parallel_attn", true)? { 4 * hidden } else { 2 * hidden };
    let layer = (attention.mixer(None, biases), ffn, norms);
    let architecture = Architecture::new(fields, repeated(fields, layer)?)?.tied();
    Ok(Architecture { extra_parameters: 2 * hidden, default_context: Some(2048), ..architecture })
}

/// OPT: learned positions, biases everywhere.
pub(super) fn opt(fields: &ConfigFields) -> Result<Architecture, HuggingFaceError> {
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
    let ffn = plain(intermediate, hidden, true);
    let layer = (attention.mixer(None, attention.all_biases()), ffn, 4 * hidden);
    let positions = u64::from(fields.positive("max_position_embeddings")?) + 2;
    let architecture = Architecture::new(fields, repeated(fields, layer)?)?.tied();
    Ok(Architecture { extra_parameters: 2 * hidden + positions * hidden, ..architecture })
}
