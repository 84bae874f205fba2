//! Models of attention and a gated feed-forward half, two root-mean-square norms a layer.

use super::HuggingFaceError;
use super::fields::ConfigFields;
use super::layers::{Architecture, Attention, gated, gated_biased, plain, unbounded, uniform, windows};
use crate::catalog::FeedForward;

/// Llama 1 to 3, Granite 3, EXAONE 3, Yi and whatever else shares their layout.
pub(super) fn llama(fields: &ConfigFields) -> Result<Architecture, HuggingFaceError> {
    let attention = Attention::read(fields)?;
    let biases = if fields.flag("attention_bias", false)? { attention.all_biases() } else { 0 };
    plain_layers(fields, attention, biases, fields.flag("mlp_bias", false)?)
}

/// Seed-OSS: biases on query, key and value unless the file says otherwise.
pub(super) fn seed_oss(fields: &ConfigFields) -> Result<Architecture, HuggingFaceError> {
    let attention = Attention::read(fields)?;
    let mut biases = if fields.flag("attention_bias", true)? { attention.qkv_biases() } else { 0 };
    if fields.flag("attention_out_bias", false)? {
        biases += attention.hidden;
    }
    plain_layers(fields, attention, biases, fields.flag("mlp_bias", false)?)
}

/// InternLM 2 and 3: one flag for the biases of query, key and value, one for all others.
pub(super) fn internlm(fields: &ConfigFields) -> Result<Architecture, HuggingFaceError> {
    let attention = Attention::read(fields)?;
    let biased = fields.flag("bias", false)?;
    let qkv_biased = fields.flag("qkv_bias", biased)? || fields.flag("attention_bias", false)?;
    let mut biases = if qkv_biased { attention.qkv_biases() } else { 0 };
    if biased {
        biases += attention.hidden;
    }
    plain_layers(fields, attention, biases, biased)
}

/// ERNIE 4.5: one flag for every bias.
pub(super) fn ernie(fields: &ConfigFields) -> Result<Architecture, HuggingFaceError> {
    let attention = Attention::read(fields)?;
    let biased = fields.flag("use_bias", false)?;
    let biases = if biased { attention.all_biases() } else { 0 };
    Ok(plain_layers(fields, attention, biases, biased)?.tied())
}

/// Baichuan: no biases, no grouping of heads, and the context under another name.
pub(super) fn baichuan(fields: &ConfigFields) -> Result<Architecture, HuggingFaceError> {
    let architecture = plain_layers(fields, Attention::read(fields)?, 0, false)?;
    let context = fields.either(&["max_position_embeddings", "model_max_length"])?;
    Ok(Architecture { default_context: Some(context), ..architecture })
}

/// Arcee's AFM and Apertus: two matrices in the feed-forward half; Apertus norms query and key.
pub(super) fn plain_feed_forward(fields: &ConfigFields) -> Result<Architecture, HuggingFaceError> {
    let attention = Attention::read(fields)?;
    let mut extra = if fields.flag("attention_bias", false)? { attention.all_biases() } else { 0 };
    let mut activation = 0;
    if fields.text("model_type") == Some("apertus") {
        extra += attention.head_norms();
        // Its activation learns two slopes.
        activation = 2;
    }
    let biased = fields.flag("mlp_bias", false)?;
    let mut ffn = plain(fields.positive("intermediate_size")?, attention.hidden, biased);
    if let FeedForward::Dense { extra_parameters, .. } = &mut ffn {
        *extra_parameters += activation;
    }
    uniform(fields, attention, extra, ffn, 2, unbounded(fields)?)
}

/// Hunyuan: norms of query and key.
pub(super) fn hunyuan(fields: &ConfigFields) -> Result<Architecture, HuggingFaceError> {
    let attention = Attention::read(fields)?;
    plain_layers(fields, attention, hunyuan_extra(fields, attention)?, false)
}

/// Parameters beside the projections of Hunyuan's attention.
pub(super) fn hunyuan_extra(fields: &ConfigFields, attention: Attention) -> Result<u64, HuggingFaceError> {
    let norms = if fields.flag("use_qk_norm", true)? { attention.head_norms() } else { 0 };
    let biases = if fields.flag("attention_bias", false)? { attention.all_biases() } else { 0 };
    Ok(norms + biases)
}

/// Mistral, Ministral, Phi-3 and Phi-4: no biases, a window where the file gives one.
pub(super) fn mistral(fields: &ConfigFields) -> Result<Architecture, HuggingFaceError> {
    let attention = Attention::read(fields)?;
    let windows = windows(fields, fields.optional("sliding_window")?, |_| true)?;
    uniform(fields, attention, 0, gated(fields.positive("intermediate_size")?), 2, windows)
}

/// Qwen2 and Qwen2.5: biases on query, key and value.
pub(super) fn qwen2(fields: &ConfigFields) -> Result<Architecture, HuggingFaceError> {
    let attention = Attention::read(fields)?;
    qwen(fields, attention, attention.qkv_biases())
}

/// Qwen3: norms of query and key, biases only where the file asks for them.
pub(super) fn qwen3(fields: &ConfigFields) -> Result<Architecture, HuggingFaceError> {
    let attention = Attention::read(fields)?;
    qwen(fields, attention, qwen3_extra(fields, attention)?)
}

/// Parameters beside the projections of Qwen3's attention.
pub(super) fn qwen3_extra(fields: &ConfigFields, attention: Attention) -> Result<u64, HuggingFaceError> {
    let biases = if fields.flag("attention_bias", false)? { attention.all_biases() } else { 0 };
    Ok(attention.head_norms() + biases)
}

fn qwen(fields: &ConfigFields, attention: Attention, extra: u64) -> Result<Architecture, HuggingFaceError> {
    let ffn = gated(fields.positive("intermediate_size")?);
    uniform(fields, attention, extra, ffn, 2, late_windows(fields)?)
}

/// A window, where the file uses one, from a certain layer on.
pub(super) fn late_windows(fields: &ConfigFields) -> Result<Vec<Option<u32>>, HuggingFaceError> {
    let used = fields.flag("use_sliding_window", false)?;
    let window = if used { fields.optional("sliding_window")? } else { None };
    let first = fields.number_or("max_window_layers", u32::MAX)?;
    windows(fields, window, |layer| layer >= first)
}

/// OLMo 2 and 3: norms of query and key over all heads; of four layers three look back over a window in OLMo 3.
pub(super) fn olmo(fields: &ConfigFields) -> Result<Architecture, HuggingFaceError> {
    let attention = Attention::read(fields)?;
    let biases = if fields.flag("attention_bias", false)? { attention.all_biases() } else { 0 };
    let window = match (fields.optional("sliding_window")?, fields.text("model_type")) {
        (None, Some("olmo3")) => Some(4096),
        (window, _) => window,
    };
    let windows = windows(fields, window, |layer| !(layer + 1).is_multiple_of(4))?;
    let ffn = gated(fields.positive("intermediate_size")?);
    uniform(fields, attention, attention.full_norms() + biases, ffn, 2, windows)
}

/// EXAONE 4: norms of query and key; a pattern such as `LLLG` says which layers look back over a window.
pub(super) fn exaone4(fields: &ConfigFields) -> Result<Architecture, HuggingFaceError> {
    let attention = Attention::read(fields)?;
    let windows = patterned_windows(fields, fields.optional("sliding_window")?)?;
    let ffn = gated(fields.positive("intermediate_size")?);
    uniform(fields, attention, attention.head_norms(), ffn, 2, windows)
}

/// Windows by `sliding_window_pattern`: letters, of which `L` is local, or every how manieth layer is full.
pub(super) fn patterned_windows(
    fields: &ConfigFields,
    window: Option<u32>,
) -> Result<Vec<Option<u32>>, HuggingFaceError> {
    let name = "sliding_window_pattern";
    if let Some(letters) = fields.text(name).filter(|letters| !letters.is_empty()) {
        let letters: Vec<char> = letters.chars().collect();
        return windows(fields, window, |layer| letters[layer as usize % letters.len()] == 'L');
    }
    let every = fields.number_or(name, 4)?.max(1);
    windows(fields, window, |layer| !(layer + 1).is_multiple_of(every))
}

/// GLM-4 as transformers names its fields: biases on query, key and value, four norms a layer from 0414 on.
pub(super) fn glm(fields: &ConfigFields) -> Result<Architecture, HuggingFaceError> {
    let attention = Attention::read(fields)?;
    let biases = if fields.flag("attention_bias", false)? { attention.qkv_biases() } else { 0 };
    let norms = if fields.text("model_type") == Some("glm") { 2 } else { 4 };
    let ffn = gated(fields.positive("intermediate_size")?);
    uniform(fields, attention, biases, ffn, norms, unbounded(fields)?)
}

/// GLM-4 as its makers named its fields.
pub(super) fn chatglm(fields: &ConfigFields) -> Result<Architecture, HuggingFaceError> {
    let heads = fields.positive("num_attention_heads")?;
    let grouped = fields.flag("multi_query_attention", false)?;
    let attention = Attention {
        hidden: u64::from(fields.positive("hidden_size")?),
        heads,
        kv_heads: if grouped { fields.positive("multi_query_group_num")? } else { heads },
        head_dim: fields.positive("kv_channels")?,
    }
    .checked()?;
    let mut biases = if fields.flag("add_qkv_bias", false)? { attention.qkv_biases() } else { 0 };
    let biased = fields.flag("add_bias_linear", false)?;
    if biased {
        biases = attention.all_biases();
    }
    let ffn = gated_biased(fields.positive("ffn_hidden_size")?, attention.hidden, biased);
    let architecture = uniform(fields, attention, biases, ffn, 2, unbounded(fields)?)?;
    Ok(Architecture {
        default_vocab: Some(fields.either(&["vocab_size", "padded_vocab_size"])?),
        default_context: Some(fields.either(&["max_position_embeddings", "seq_length"])?),
        ..architecture
    })
}

/// No window, two norms, biases as counted.
fn plain_layers(
    fields: &ConfigFields,
    attention: Attention,
    biases: u64,
    ffn_biased: bool,
) -> Result<Architecture, HuggingFaceError> {
    let ffn = gated_biased(fields.positive("intermediate_size")?, attention.hidden, ffn_biased);
    uniform(fields, attention, biases, ffn, 2, unbounded(fields)?)
}
