//! Models with latent attention: DeepSeek and what follows it.

use super::HuggingFaceError;
use super::fields::ConfigFields;
use super::layers::Architecture;
use super::moe::mostly_moe;
use crate::catalog::Mixer;

/// DeepSeek V2 to V3.2, Kimi K2, GLM-4.7 Flash and GLM-5: latent attention, the later ones with a sparse indexer.
pub(super) fn deepseek(fields: &ConfigFields) -> Result<Architecture, HuggingFaceError> {
    let q_lora_rank = fields.optional("q_lora_rank")?;
    let kv_lora_rank = fields.positive("kv_lora_rank")?;
    let indexer = indexer(fields)?;
    let mixer = Mixer::Latent {
        heads: fields.positive("num_attention_heads")?,
        q_lora_rank,
        kv_lora_rank,
        qk_nope_head_dim: fields.positive("qk_nope_head_dim")?,
        qk_rope_head_dim: fields.positive("qk_rope_head_dim")?,
        v_head_dim: fields.positive("v_head_dim")?,
        index_head_dim: indexer.map_or(0, |indexer| indexer.head_dim),
        extra_parameters: u64::from(q_lora_rank.unwrap_or(0))
            + u64::from(kv_lora_rank)
            + indexer.map_or(0, |indexer| indexer.parameters),
    };
    // The second generation routes without a bias; the later ones have one whether or not the file names it.
    let second = fields.text("model_type") == Some("deepseek_v2");
    let score_bias = fields.text("topk_method").map_or(!second, |method| method == "noaux_tc");
    let architecture = mostly_moe(fields, &mixer, score_bias)?;
    let note = indexer
        .map(|_| "The sparse indexer is counted and its keys are cached; attention is timed as if dense.");
    Ok(Architecture { note, ..architecture })
}

/// What picks the tokens that a query attends to.
#[derive(Clone, Copy)]
struct Indexer {
    head_dim: u32,
    parameters: u64,
}

/// The indexer of DeepSeek-V3.2 (arXiv 2512.02556): queries from the query's latent, one key and its layer norm, and
/// one weight for each head, from the hidden state.
fn indexer(fields: &ConfigFields) -> Result<Option<Indexer>, HuggingFaceError> {
    if !matches!(fields.text("model_type"), Some("deepseek_v32" | "glm_moe_dsa"))
        && fields.value("index_head_dim").is_none()
    {
        return Ok(None);
    }
    let head_dim = fields.positive("index_head_dim")?;
    let heads = u64::from(fields.positive("index_n_heads")?);
    let hidden = u64::from(fields.positive("hidden_size")?);
    let width = u64::from(head_dim);
    let queries = u64::from(fields.positive("q_lora_rank")?) * heads * width;
    Ok(Some(Indexer { head_dim, parameters: queries + hidden * width + 2 * width + hidden * heads }))
}
