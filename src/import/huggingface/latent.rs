//! Models with latent attention: DeepSeek and what follows it.

use super::HuggingFaceError;
use super::fields::{ConfigFields, impossible};
use super::layers::{Architecture, layer_count};
use super::moe::mostly_moe_of;
use crate::catalog::{KeyValues, Mixer};

/// DeepSeek V2 to V3.2, Kimi K2, GLM-4.7 Flash, GLM-5 and Mistral 4: latent attention, the later ones with a sparse
/// indexer, on each layer or on some whose choice the others share.
pub(super) fn deepseek(fields: &ConfigFields) -> Result<Architecture, HuggingFaceError> {
    let plain = latent(fields)?;
    let indexer = indexer(fields)?;
    let mixers: Vec<Mixer> = match indexer {
        Some(indexer) => {
            let own = indexer_layers(fields)?;
            own.into_iter().map(|own| if own { indexer.beside(&plain) } else { plain.clone() }).collect()
        }
        None => vec![plain; layer_count(fields)? as usize],
    };
    // The second generation and Mistral route without a bias; the others have one whether or not the file names it.
    let unbiased = matches!(fields.text("model_type"), Some("deepseek_v2" | "mistral4"));
    let score_bias = fields.text("topk_method").map_or(!unbiased, |method| method == "noaux_tc");
    let architecture = mostly_moe_of(fields, &mixers, score_bias)?;
    let note = match indexer {
        Some(_) => "The sparse indexer is counted and its keys are cached; attention is timed as if dense.",
        None => "",
    };
    Ok(Architecture { note: note.to_owned(), ..architecture })
}

/// Latent attention under DeepSeek's names, without an indexer.
pub(super) fn latent(fields: &ConfigFields) -> Result<Mixer, HuggingFaceError> {
    let q_lora_rank = fields.optional("q_lora_rank")?;
    let kv_lora_rank = fields.positive("kv_lora_rank")?;
    Ok(Mixer::Latent {
        heads: fields.positive("num_attention_heads")?,
        q_lora_rank,
        kv_lora_rank,
        qk_nope_head_dim: fields.positive("qk_nope_head_dim")?,
        qk_rope_head_dim: fields.positive("qk_rope_head_dim")?,
        v_head_dim: fields.positive("v_head_dim")?,
        window: None,
        key_values: KeyValues::Projected,
        index_head_dim: 0,
        extra_parameters: u64::from(q_lora_rank.unwrap_or(0)) + u64::from(kv_lora_rank),
    })
}

/// The latent attention with parameters beside it, such as an output gate.
pub(super) fn with_extra(mut mixer: Mixer, more: u64) -> Mixer {
    if let Mixer::Latent { extra_parameters, .. } = &mut mixer {
        *extra_parameters += more;
    }
    mixer
}

/// What picks the tokens that a query attends to.
#[derive(Clone, Copy)]
struct Indexer {
    head_dim: u32,
    parameters: u64,
}

impl Indexer {
    /// The attention with this indexer beside it.
    fn beside(self, mixer: &Mixer) -> Mixer {
        let mut mixer = with_extra(mixer.clone(), self.parameters);
        if let Mixer::Latent { index_head_dim, .. } = &mut mixer {
            *index_head_dim = self.head_dim;
        }
        mixer
    }
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

/// Which layers have an indexer of their own: `indexer_types`, else the letters of `index_topk_pattern`, else every
/// `index_topk_freq`-th from `index_skip_topk_offset` on (GLM-5.2; without these fields, all).
pub(super) fn indexer_layers(fields: &ConfigFields) -> Result<Vec<bool>, HuggingFaceError> {
    let layers = layer_count(fields)?;
    if let Some(letters) = fields.text("index_topk_pattern") {
        let own: Vec<bool> = letters.chars().map(|letter| letter == 'F').collect();
        if own.len() != layers as usize {
            let remedy = format!("it needs one letter for each of the {layers} layers");
            return Err(impossible("index_topk_pattern", letters, &remedy));
        }
        return Ok(own);
    }
    for name in ["indexer_types", "index_topk_pattern"] {
        if let Some(kinds) = fields.per_layer(name, layers)? {
            let is_own = |kind: &serde_json::Value| match kind.as_str() {
                Some("full") => Ok(true),
                Some("shared") => Ok(false),
                _ => Err(impossible(name, kind, "the kinds are full and shared")),
            };
            return kinds.iter().map(is_own).collect();
        }
    }
    let every = fields.number_or("index_topk_freq", 1)?.max(1);
    let offset = fields.number_or("index_skip_topk_offset", 2)?;
    Ok((0..layers).map(|layer| (layer + 1).saturating_sub(offset).is_multiple_of(every)).collect())
}
