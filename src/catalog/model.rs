//! Models as architectures: enough of each layer to recompute parameters and KV cache.

use serde::{Deserialize, Serialize};

use super::format::NumberFormat;
use super::quantized::Quantized;

/// How a layer mixes tokens.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Mixer {
    /// Multi-head, grouped-query or multi-query attention.
    Attention {
        /// Query heads.
        heads: u32,
        /// Heads of keys and values.
        kv_heads: u32,
        /// Numbers of one head.
        head_dim: u32,
        /// Tokens that the layer looks back on and keeps (sliding window or chunk); absent: all.
        #[serde(default)]
        window: Option<u32>,
        /// Parameters beside the four projections (biases, query and key norms, sinks, output gate).
        #[serde(default)]
        extra_parameters: u64,
    },
    /// Multi-head latent attention (DeepSeek-V2, arXiv 2405.04434): one latent a token and layer is kept.
    Latent {
        /// Query heads.
        heads: u32,
        /// Absent: the query is not compressed.
        #[serde(default)]
        q_lora_rank: Option<u32>,
        /// Numbers of the latent.
        kv_lora_rank: u32,
        /// Numbers of a query head without position.
        qk_nope_head_dim: u32,
        /// Numbers of a query head that carry the position.
        qk_rope_head_dim: u32,
        /// Numbers of a value head.
        v_head_dim: u32,
        /// Width of the key that a sparse indexer keeps beside the latent (DeepSeek-V3.2); 0: there is none.
        #[serde(default)]
        index_head_dim: u32,
        /// Norms of the two latents, and the indexer.
        #[serde(default)]
        extra_parameters: u64,
    },
    /// State-space or linear attention: a state of fixed size a sequence instead of a cache that grows.
    State {
        /// All parameters of the mixer of one layer.
        parameters: u64,
        /// Numbers of state (recurrent and convolution) that one layer keeps for each sequence.
        state_elements: u64,
    },
    /// The layer has no mixer (pruned, or a bare feed-forward block).
    None,
}

/// The feed-forward half of a layer.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum FeedForward {
    /// Every token passes the same matrices.
    Dense {
        /// Inner width.
        intermediate: u32,
        /// 3 for gated (SwiGLU, GeGLU), 2 for plain.
        matrices: u32,
        /// Parameters that are no matrices, such as biases.
        #[serde(default)]
        extra_parameters: u64,
    },
    /// Every token is routed to some of many experts.
    Moe {
        /// Routed experts of a layer.
        experts: u32,
        /// Experts each token visits.
        top_k: u32,
        /// Width of one routed expert.
        intermediate: u32,
        /// Matrices of an expert: 3 with a gate, else 2.
        matrices: u32,
        /// Width of all shared experts together; 0: none.
        #[serde(default)]
        shared_intermediate: u32,
        /// Router bias, expert biases, shared-expert gate: parameters that every token reads.
        #[serde(default)]
        extra_parameters: u64,
        /// Biases inside one routed expert.
        #[serde(default)]
        extra_parameters_per_expert: u64,
    },
    /// No feed-forward.
    None,
}

/// `count` equal layers.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LayerGroup {
    /// Layers of this kind.
    pub count: u32,
    /// How tokens see each other.
    pub mixer: Mixer,
    /// What each token passes alone.
    pub ffn: FeedForward,
    /// Norm parameters of one layer.
    #[serde(default)]
    pub norm_parameters: u64,
}

/// One model of the catalog, or one read from a Hugging Face `config.json`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Model {
    /// Unique within its list.
    pub id: String,
    /// Name shown to users.
    pub name: String,
    /// Width of the hidden state.
    pub hidden: u32,
    /// Tokens of the vocabulary.
    pub vocab: u32,
    /// Whether the output projection is the embedding.
    pub tied: bool,
    /// Longest context it was made for, tokens.
    pub context: u32,
    /// The layers, alike ones together.
    pub layers: Vec<LayerGroup>,
    /// Parameters outside layers and embeddings (final norm, learned positions).
    #[serde(default)]
    pub extra_parameters: u64,
    /// Format of the published checkpoint's matrices.
    pub checkpoint: NumberFormat,
    /// Its quantised checkpoints whose layout is known, the published one among them.
    #[serde(default)]
    pub quantized: Vec<Quantized>,
    /// Total parameters as published or counted, which the architecture must give.
    #[serde(default)]
    pub published_parameters: Option<u64>,
    /// Key of `assets/sources.ron`.
    pub source: String,
    /// What else is worth knowing; may be empty.
    #[serde(default)]
    pub notes: String,
}

impl Mixer {
    /// Parameters of the mixer of one layer of a model this wide.
    ///
    /// Attention: `2·hidden·heads·head_dim + 2·hidden·kv_heads·head_dim + extra`.
    /// Latent: query (through its own latent where there is one), joint key-value latent with the rotary key,
    /// their expansions, and the output projection.
    pub fn parameters(&self, hidden: u32) -> u64 {
        let hidden = u64::from(hidden);
        match *self {
            Self::Attention { heads, kv_heads, head_dim, extra_parameters, .. } => {
                2 * hidden * (u64::from(heads) + u64::from(kv_heads)) * u64::from(head_dim) + extra_parameters
            }
            Self::Latent {
                heads,
                q_lora_rank,
                kv_lora_rank,
                qk_nope_head_dim,
                qk_rope_head_dim,
                v_head_dim,
                extra_parameters,
                ..
            } => {
                let heads = u64::from(heads);
                let (nope, rope) = (u64::from(qk_nope_head_dim), u64::from(qk_rope_head_dim));
                let (latent, value) = (u64::from(kv_lora_rank), u64::from(v_head_dim));
                let query = match q_lora_rank.map(u64::from) {
                    Some(rank) => rank * (hidden + heads * (nope + rope)),
                    None => hidden * heads * (nope + rope),
                };
                let key_value = hidden * (latent + rope) + latent * heads * (nope + value);
                query + key_value + heads * value * hidden + extra_parameters
            }
            Self::State { parameters, .. } => parameters,
            Self::None => 0,
        }
    }

    /// Numbers that one token adds to the cache of one layer, windows not counted.
    ///
    /// Attention: `2·kv_heads·head_dim`. Latent: `kv_lora_rank + qk_rope_head_dim + index_head_dim`. State: none.
    pub fn cached_elements_per_token(&self) -> u64 {
        match *self {
            Self::Attention { kv_heads, head_dim, .. } => 2 * u64::from(kv_heads) * u64::from(head_dim),
            Self::Latent { kv_lora_rank, qk_rope_head_dim, index_head_dim, .. } => {
                u64::from(kv_lora_rank) + u64::from(qk_rope_head_dim) + u64::from(index_head_dim)
            }
            Self::State { .. } | Self::None => 0,
        }
    }
}

impl FeedForward {
    /// Parameters of the feed-forward half of one layer of a model this wide.
    ///
    /// Dense: `matrices·hidden·intermediate + extra`. Mixture: `experts·(matrices·hidden·intermediate + extra of one)`
    /// and, beside the experts, `matrices·hidden·shared + hidden·experts (router) + extra`.
    pub fn parameters(&self, hidden: u32) -> u64 {
        let hidden = u64::from(hidden);
        match *self {
            Self::Dense { intermediate, matrices, extra_parameters } => {
                u64::from(matrices) * hidden * u64::from(intermediate) + extra_parameters
            }
            Self::Moe {
                experts,
                intermediate,
                matrices,
                shared_intermediate,
                extra_parameters,
                extra_parameters_per_expert,
                ..
            } => {
                let (experts, matrices) = (u64::from(experts), u64::from(matrices));
                let expert = matrices * hidden * u64::from(intermediate) + extra_parameters_per_expert;
                let shared = matrices * hidden * u64::from(shared_intermediate);
                experts * expert + shared + hidden * experts + extra_parameters
            }
            Self::None => 0,
        }
    }
}

impl LayerGroup {
    /// Parameters of one layer of the group: mixer, feed-forward half and norms.
    pub fn parameters(&self, hidden: u32) -> u64 {
        self.mixer.parameters(hidden) + self.ffn.parameters(hidden) + self.norm_parameters
    }
}

impl Model {
    /// Whether the two are one architecture, so that they take the same time.
    pub fn is_shaped_like(&self, other: &Self) -> bool {
        self.hidden == other.hidden && self.vocab == other.vocab && self.layers == other.layers
    }

    /// All parameters: embedding, output projection unless tied, every layer, and what lies outside them.
    pub fn parameters(&self) -> u64 {
        let embeddings = if self.tied { 1 } else { 2 } * u64::from(self.vocab) * u64::from(self.hidden);
        let layers = self
            .layers
            .iter()
            .map(|group| u64::from(group.count) * group.parameters(self.hidden))
            .sum::<u64>();
        embeddings + layers + self.extra_parameters
    }

    /// Number of layers.
    pub fn layer_count(&self) -> u32 {
        self.layers.iter().map(|group| group.count).sum()
    }

    /// Numbers that one token adds to the cache of the whole model, windows not counted.
    pub fn cached_elements_per_token(&self) -> u64 {
        self.layers.iter().map(|group| u64::from(group.count) * group.mixer.cached_elements_per_token()).sum()
    }
}
