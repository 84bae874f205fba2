//! What the families have in common: building blocks of layers.

use super::HuggingFaceError;
use super::fields::{ConfigFields, impossible, missing};
use crate::catalog::{FeedForward, KeyValues, LayerGroup, Mixer};

/// What a family's reader finds out.
pub(super) struct Architecture {
    pub hidden: u32,
    pub layers: Vec<LayerGroup>,
    pub extra_parameters: u64,
    /// Tables beside the embedding of which a token reads single rows.
    pub lookup_parameters: u64,
    /// Parameters of layers that are those of earlier layers.
    pub reused_parameters: u64,
    /// Whether embeddings are tied when the file does not say.
    pub tied: bool,
    /// Vocabulary when the file does not say; absent: it must.
    pub default_vocab: Option<u32>,
    /// Longest context when the file does not say; absent: it must.
    pub default_context: Option<u32>,
    /// What the reader had to assume or simplify; may be empty.
    pub note: String,
}

impl Architecture {
    /// Untied, one final norm of full width, vocabulary and context as the file says.
    pub fn new(fields: &ConfigFields, layers: Vec<LayerGroup>) -> Result<Self, HuggingFaceError> {
        let hidden = fields.positive("hidden_size")?;
        Ok(Self {
            hidden,
            layers,
            extra_parameters: u64::from(hidden),
            lookup_parameters: 0,
            reused_parameters: 0,
            tied: false,
            default_vocab: None,
            default_context: None,
            note: String::new(),
        })
    }

    pub fn tied(self) -> Self {
        Self { tied: true, ..self }
    }
}

/// Sizes of grouped-query attention.
#[derive(Clone, Copy)]
pub(super) struct Attention {
    pub hidden: u64,
    pub heads: u32,
    pub kv_heads: u32,
    pub head_dim: u32,
}

impl Attention {
    pub fn read(fields: &ConfigFields) -> Result<Self, HuggingFaceError> {
        let hidden = fields.positive("hidden_size")?;
        let heads = fields.positive("num_attention_heads")?;
        let kv_heads = fields.either_or(&["num_key_value_heads", "num_attention_groups"], heads)?;
        let head_dim = match fields.optional("head_dim")?.or_else(|| default_head_dim(fields)) {
            Some(head_dim) => head_dim,
            None if hidden.is_multiple_of(heads) => hidden / heads,
            None => {
                let remedy = format!("not a multiple of num_attention_heads, {heads}; give head_dim as well");
                return Err(impossible("hidden_size", hidden, &remedy));
            }
        };
        Self { hidden: u64::from(hidden), heads, kv_heads, head_dim }.checked()
    }

    /// The same sizes, if they can be.
    pub fn checked(self) -> Result<Self, HuggingFaceError> {
        let Self { heads, kv_heads, head_dim, .. } = self;
        if head_dim == 0 {
            return Err(impossible("head_dim", 0, "give a number of at least 1"));
        }
        if kv_heads == 0 || heads == 0 || !heads.is_multiple_of(kv_heads) {
            let remedy = format!("it must divide num_attention_heads, which is {heads}");
            return Err(impossible("num_key_value_heads", kv_heads, &remedy));
        }
        Ok(self)
    }

    /// Width of all query heads.
    pub fn query_width(self) -> u64 {
        u64::from(self.heads) * u64::from(self.head_dim)
    }

    /// Width of all key heads, or of all value heads.
    pub fn key_width(self) -> u64 {
        u64::from(self.kv_heads) * u64::from(self.head_dim)
    }

    /// Biases of the query, key and value projections.
    pub fn qkv_biases(self) -> u64 {
        self.query_width() + 2 * self.key_width()
    }

    /// Biases of all four projections.
    pub fn all_biases(self) -> u64 {
        self.qkv_biases() + self.hidden
    }

    /// Query and key norms that each head shares.
    pub fn head_norms(self) -> u64 {
        2 * u64::from(self.head_dim)
    }

    /// Query and key norms over all heads.
    pub fn full_norms(self) -> u64 {
        self.query_width() + self.key_width()
    }

    pub fn mixer(self, window: Option<u32>, extra_parameters: u64) -> Mixer {
        let Self { heads, kv_heads, head_dim, .. } = self;
        Mixer::Attention {
            heads,
            kv_heads,
            head_dim,
            q_lora_rank: None,
            v_head_dim: None,
            window,
            key_values: KeyValues::Projected,
            index_head_dim: 0,
            extra_parameters,
        }
    }
}

/// The width of a head of families whose configuration class has one; the others divide the hidden size.
fn default_head_dim(fields: &ConfigFields) -> Option<u32> {
    match fields.text("model_type")? {
        "gpt_oss" => Some(64),
        "qwen3_next" | "qwen4_exp" | "qwen4_exp_text" | "qwen3_5" | "qwen3_5_text" | "qwen3_5_moe"
        | "qwen3_5_moe_text" => Some(256),
        "qwen3" | "hy_v3" | "solar_open" | "laguna" | "afmoe" | "minimax_m3" | "minimax_m3_vl"
        | "minimax_m3_text" | "minimax_m3_vl_text" | "qwen3_vl" | "qwen3_vl_text" | "glm" | "glm4"
        | "internlm3" | "ministral3" | "seed_oss" | "llama4" | "llama4_text" | "minimax_m2" | "ernie4_5"
        | "step3p5" | "step3p7" | "cohere2_moe" | "inkling_mm_model" | "inkling_text" | "inkling_model"
        | "inkling2" | "inkling2_text" => Some(128),
        _ => None,
    }
}

/// What each layer attends to: the entry in `layer_types` where the file has it, else what `otherwise` says.
///
/// `Some(window)` for layers whose kind is `sliding_attention` or `chunked_attention`.
pub(super) fn windows(
    fields: &ConfigFields,
    window: Option<u32>,
    otherwise: impl Fn(u32) -> bool,
) -> Result<Vec<Option<u32>>, HuggingFaceError> {
    let layers = layer_count(fields)?;
    // A window that no context outgrows is none.
    let context = fields.optional("max_position_embeddings")?.unwrap_or(u32::MAX);
    let window = window.filter(|window| *window < context);
    let Some(kinds) = fields.per_layer("layer_types", layers)? else {
        return Ok((0..layers).map(|layer| window.filter(|_| otherwise(layer))).collect());
    };
    kinds
        .iter()
        .map(|kind| match kind.as_str() {
            Some("full_attention") => Ok(None),
            Some("sliding_attention" | "chunked_attention") => Ok(window),
            _ => {
                Err(impossible("layer_types", kind, "full, sliding and chunked attention are supported here"))
            }
        })
        .collect()
}

/// Lists with an entry for each layer, which give their number where the file does not.
const LISTS: [&str; 3] = ["layers_block_type", "layer_types", "hybrid_override_pattern"];

/// Number of layers: the file's own, else the length of a list with one entry for each.
pub(super) fn layer_count(fields: &ConfigFields) -> Result<u32, HuggingFaceError> {
    const MOST: usize = 1 << 10;
    let names = ["num_hidden_layers", "num_layers", "n_layers", "n_layer"];
    for name in names {
        match fields.optional(name)? {
            Some(0) => return Err(impossible(name, 0, "give a number of at least 1")),
            Some(layers) => return Ok(layers),
            None => {}
        }
    }
    for name in LISTS {
        let Some(value) = fields.value(name) else { continue };
        let length = value.as_array().map(Vec::len).or_else(|| Some(value.as_str()?.chars().count()));
        return match length {
            Some(layers @ 1..=MOST) => Ok(layers as u32),
            _ => Err(impossible(name, value, "give num_hidden_layers, or a list with 1 to 1024 layers")),
        };
    }
    Err(missing(&[&names[..2], &LISTS[..]].concat().join("` or `")))
}

/// Equal layers but for their windows; `norms` is how many norms of full width each has.
pub(super) fn uniform(
    fields: &ConfigFields,
    attention: Attention,
    extra: u64,
    ffn: FeedForward,
    norms: u64,
    windows: Vec<Option<u32>>,
) -> Result<Architecture, HuggingFaceError> {
    let norms = norms * attention.hidden;
    let layers =
        grouped(windows.into_iter().map(|window| (attention.mixer(window, extra), ffn.clone(), norms)));
    Architecture::new(fields, layers)
}

/// No window on any layer.
pub(super) fn unbounded(fields: &ConfigFields) -> Result<Vec<Option<u32>>, HuggingFaceError> {
    Ok(vec![None; layer_count(fields)? as usize])
}

/// The same layer, as often as the file says.
pub(super) fn repeated(
    fields: &ConfigFields,
    (mixer, ffn, norm_parameters): (Mixer, FeedForward, u64),
) -> Result<Vec<LayerGroup>, HuggingFaceError> {
    Ok(vec![LayerGroup { count: layer_count(fields)?, mixer, ffn, norm_parameters }])
}

/// Gathers equal layers into groups, in the order in which they first appear.
pub(super) fn grouped(layers: impl IntoIterator<Item = (Mixer, FeedForward, u64)>) -> Vec<LayerGroup> {
    let mut groups: Vec<LayerGroup> = Vec::new();
    for (mixer, ffn, norm_parameters) in layers {
        let same = |group: &&mut LayerGroup| {
            group.mixer == mixer && group.ffn == ffn && group.norm_parameters == norm_parameters
        };
        match groups.iter_mut().find(same) {
            Some(group) => group.count += 1,
            None => groups.push(LayerGroup { count: 1, mixer, ffn, norm_parameters }),
        }
    }
    groups
}

/// A gated feed-forward half without biases.
pub(super) fn gated(intermediate: u32) -> FeedForward {
    FeedForward::Dense { intermediate, matrices: 3, extra_parameters: 0 }
}

/// A gated feed-forward half, each matrix with its bias where `biased`.
pub(super) fn gated_biased(intermediate: u32, hidden: u64, biased: bool) -> FeedForward {
    let extra_parameters = if biased { 2 * u64::from(intermediate) + hidden } else { 0 };
    FeedForward::Dense { intermediate, matrices: 3, extra_parameters }
}

/// Two matrices around an activation, each with its bias where `biased`.
pub(super) fn plain(intermediate: u32, hidden: u64, biased: bool) -> FeedForward {
    let extra_parameters = if biased { u64::from(intermediate) + hidden } else { 0 };
    FeedForward::Dense { intermediate, matrices: 2, extra_parameters }
}
