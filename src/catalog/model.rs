//! Models as architectures: enough of each layer to recompute parameters and KV cache.

use serde::{Deserialize, Serialize};

use super::format::NumberFormat;

/// How a layer mixes tokens.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Mixer {
    /// Multi-head, grouped-query or multi-query attention.
    Attention {
        heads: u32,
        kv_heads: u32,
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
        heads: u32,
        /// Absent: the query is not compressed.
        #[serde(default)]
        q_lora_rank: Option<u32>,
        kv_lora_rank: u32,
        qk_nope_head_dim: u32,
        qk_rope_head_dim: u32,
        v_head_dim: u32,
        /// Norms of the two latents.
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
    Dense {
        intermediate: u32,
        /// 3 for gated (SwiGLU, GeGLU), 2 for plain.
        matrices: u32,
        #[serde(default)]
        extra_parameters: u64,
    },
    Moe {
        experts: u32,
        /// Experts each token visits.
        top_k: u32,
        /// Width of one routed expert.
        intermediate: u32,
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
    None,
}

/// `count` equal layers.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LayerGroup {
    pub count: u32,
    pub mixer: Mixer,
    pub ffn: FeedForward,
    /// Norm parameters of one layer.
    #[serde(default)]
    pub norm_parameters: u64,
}

/// One model of the catalog, or one read from a Hugging Face `config.json`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Model {
    pub id: String,
    pub name: String,
    pub hidden: u32,
    pub vocab: u32,
    /// Whether the output projection is the embedding.
    pub tied: bool,
    /// Longest context it was made for, tokens.
    pub context: u32,
    pub layers: Vec<LayerGroup>,
    /// Parameters outside layers and embeddings (final norm, learned positions).
    #[serde(default)]
    pub extra_parameters: u64,
    /// Format of the published checkpoint's matrices.
    pub checkpoint: NumberFormat,
    /// Total parameters as published or counted, which the architecture must give.
    #[serde(default)]
    pub published_parameters: Option<u64>,
    /// Key of `assets/sources.ron`.
    pub source: String,
    #[serde(default)]
    pub notes: String,
}
