//! Models as architectures: enough of each layer to recompute parameters and KV cache.

use serde::{Deserialize, Serialize};

use super::format::NumberFormat;
use super::mixer::Mixer;
use super::quantized::Quantized;

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
        /// Width that the routed experts work on, where it is not the hidden state's; the projections to it and back are
        /// in `extra_parameters`.
        #[serde(default)]
        latent: Option<u32>,
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
        /// Groups that experts are parted into, of which a token visits no more than the second of the two: node-limited routing
        /// (DeepSeek-V3 technical report, arXiv 2412.19437, 2.1.2). Absent: any experts.
        #[serde(default)]
        routed_groups: Option<(u32, u32)>,
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
    /// Tables beside the embedding of which a token reads single rows (per-layer embeddings), and experts that text does not
    /// visit: kept, but not read in every step.
    #[serde(default)]
    pub lookup_parameters: u64,
    /// Parameters that several layers share (Zamba 2), beyond their first use: they are computed with and read once more, but
    /// not kept again.
    #[serde(default)]
    pub reused_parameters: u64,
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

impl FeedForward {
    /// Parameters of the feed-forward half of one layer of a model this wide.
    ///
    /// Dense: `matrices·hidden·intermediate + extra`. Mixture: `experts·(matrices·hidden·intermediate + extra of one)`,
    /// the latent instead of the hidden state where there is one, and, beside the experts, `matrices·hidden·shared + hidden·experts (router) + extra`.
    pub fn parameters(&self, hidden: u32) -> u64 {
        let hidden = u64::from(hidden);
        match *self {
            Self::Dense { intermediate, matrices, extra_parameters } => {
                u64::from(matrices) * hidden * u64::from(intermediate) + extra_parameters
            }
            Self::Moe {
                experts,
                intermediate,
                latent,
                matrices,
                shared_intermediate,
                extra_parameters,
                extra_parameters_per_expert,
                ..
            } => {
                let (experts, matrices) = (u64::from(experts), u64::from(matrices));
                let width = latent.map_or(hidden, u64::from);
                let expert = matrices * width * u64::from(intermediate) + extra_parameters_per_expert;
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

    /// All parameters: embedding, output projection unless tied, every layer, and what lies outside them; what layers share
    /// counts once.
    pub fn parameters(&self) -> u64 {
        let embeddings = if self.tied { 1 } else { 2 } * u64::from(self.vocab) * u64::from(self.hidden);
        let layers = self
            .layers
            .iter()
            .map(|group| u64::from(group.count) * group.parameters(self.hidden))
            .sum::<u64>();
        let all = embeddings + layers + self.extra_parameters + self.lookup_parameters;
        all.saturating_sub(self.reused_parameters)
    }

    /// Number of layers.
    pub fn layer_count(&self) -> u32 {
        self.layers.iter().map(|group| group.count).sum()
    }

    /// Numbers that one token adds to the cache of the whole model, windows not counted; entries that stand for
    /// several tokens are shared out among them, and the sum is rounded up.
    pub fn cached_elements_per_token(&self) -> u64 {
        let of_layer = |group: &LayerGroup| {
            let (kept, windowed) = group.mixer.cached_elements_per_token();
            f64::from(group.count) * (kept + windowed)
        };
        self.layers.iter().map(of_layer).sum::<f64>().ceil() as u64
    }
}
