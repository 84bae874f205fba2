//! How the layers of a model mix tokens: attention of every kind, state space, and several in one layer.

use serde::{Deserialize, Serialize};

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
        /// Numbers of one head of queries and keys.
        head_dim: u32,
        /// Rank of the query's projection (Step 3); absent: it is not compressed.
        #[serde(default)]
        q_lora_rank: Option<u32>,
        /// Numbers of one head of values; absent: as many as of keys.
        #[serde(default)]
        v_head_dim: Option<u32>,
        /// Tokens that the layer looks back on and keeps (sliding window or chunk); absent: all.
        #[serde(default)]
        window: Option<u32>,
        /// Where keys and values come from.
        #[serde(default)]
        key_values: KeyValues,
        /// Width of the key that a sparse indexer keeps beside keys and values (MiniMax-M3); 0: there is none.
        #[serde(default)]
        index_head_dim: u32,
        /// Parameters beside the four projections (biases, query and key norms, sinks, output gate, indexer).
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
        /// Tokens that the layer looks back on and keeps (dots3); absent: all.
        #[serde(default)]
        window: Option<u32>,
        /// Where the latent comes from: of its own projection, or of an earlier layer (Mistral Large 4).
        #[serde(default)]
        key_values: KeyValues,
        /// Width of the key that a sparse indexer keeps beside the latent (DeepSeek-V3.2); 0: there is none.
        #[serde(default)]
        index_head_dim: u32,
        /// Norms of the two latents, the indexer, an output gate.
        #[serde(default)]
        extra_parameters: u64,
    },
    /// Attention of DeepSeek-V4: entries that are key and value at once and shared by all heads, one for each token of a
    /// window, and one for every few tokens of all that came before.
    Compressed {
        /// Query heads.
        heads: u32,
        /// Rank of the query's projection.
        q_lora_rank: u32,
        /// Numbers of a query head and of an entry.
        head_dim: u32,
        /// Groups of heads whose outputs are projected together.
        o_groups: u32,
        /// Width of the projected output of one group.
        o_lora_rank: u32,
        /// Tokens that the layer keeps an entry of their own for.
        window: u32,
        /// Tokens that a compressed entry stands for; 0: the layer has the window alone.
        ratio: u32,
        /// Whether the compressed entries are those of an earlier layer, and not kept again (DeepSeek V4.1).
        #[serde(default)]
        key_values: KeyValues,
        /// Width of the key that a sparse indexer keeps beside a compressed entry; 0: there is none.
        #[serde(default)]
        index_head_dim: u32,
        /// Heads of that indexer.
        #[serde(default)]
        index_heads: u32,
        /// Norms, sinks, the compressor and the indexer.
        #[serde(default)]
        extra_parameters: u64,
    },
    /// State-space or linear attention: a state of fixed size a sequence instead of a cache that grows.
    State {
        /// All parameters of the mixer of one layer.
        parameters: u64,
        /// Numbers of state (recurrent and convolution) that one layer keeps for each sequence.
        state_elements: u64,
        /// Heads of values; 0: not known, or none.
        #[serde(default)]
        heads: u32,
        /// Groups of the state's inputs, or heads of its keys; 0: not known, or none.
        #[serde(default)]
        groups: u32,
        /// Whether it is Mamba-2 (arXiv 2405.21060), whose one projection in stacks parts that are cut each on its own.
        #[serde(default)]
        mamba2: bool,
    },
    /// Several mixers in one layer, side by side (Falcon-H1) or one after the other (LongCat-Flash).
    Several(Vec<Mixer>),
    /// The layer has no mixer (pruned, or a bare feed-forward block).
    None,
}

/// Where the keys and values of an attention layer come from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum KeyValues {
    /// A projection for the keys, one for the values.
    #[default]
    Projected,
    /// One projection gives both; both are kept, since only the keys are turned by their position (Gemma 4).
    Joint,
    /// Those of an earlier layer: no projection, nothing kept (Gemma 3n and 4, Mistral Large 4, DeepSeek V4.1).
    Shared,
}

impl Mixer {
    /// Parameters of the mixer of one layer of a model this wide.
    ///
    /// Attention: `hidden·(heads + kv_heads)·(head_dim + v_head_dim) + extra`, less the projections that it does without, and
    /// with `q_lora_rank·(hidden + heads·head_dim)` for the query where that is compressed.
    /// Latent: query (through its own latent where there is one), joint key-value latent with the rotary key unless an
    /// earlier layer's is used, their expansions, and the output projection.
    /// Compressed: query through its latent, the entry, the output projection of each group and of all, and `extra`.
    pub fn parameters(&self, hidden: u32) -> u64 {
        let wide = u64::from(hidden);
        match *self {
            Self::Attention {
                heads,
                kv_heads,
                head_dim,
                q_lora_rank,
                v_head_dim,
                key_values,
                extra_parameters,
                ..
            } => {
                let (key, value) = (u64::from(head_dim), u64::from(v_head_dim.unwrap_or(head_dim)));
                let heads = u64::from(heads);
                let query = match q_lora_rank.map(u64::from) {
                    Some(rank) => rank * (wide + heads * key),
                    None => wide * heads * key,
                };
                let kept = match key_values {
                    KeyValues::Projected => key + value,
                    KeyValues::Joint => key,
                    KeyValues::Shared => 0,
                };
                query + wide * (heads * value + u64::from(kv_heads) * kept) + extra_parameters
            }
            Self::Latent {
                heads,
                q_lora_rank,
                kv_lora_rank,
                qk_nope_head_dim,
                qk_rope_head_dim,
                v_head_dim,
                key_values,
                extra_parameters,
                ..
            } => {
                let heads = u64::from(heads);
                let (nope, rope) = (u64::from(qk_nope_head_dim), u64::from(qk_rope_head_dim));
                let (latent, value) = (u64::from(kv_lora_rank), u64::from(v_head_dim));
                let query = match q_lora_rank.map(u64::from) {
                    Some(rank) => rank * (wide + heads * (nope + rope)),
                    None => wide * heads * (nope + rope),
                };
                let own = if key_values == KeyValues::Shared { 0 } else { wide * (latent + rope) };
                let key_value = own + latent * heads * (nope + value);
                query + key_value + heads * value * wide + extra_parameters
            }
            Self::Compressed {
                heads,
                q_lora_rank,
                head_dim,
                o_groups,
                o_lora_rank,
                extra_parameters,
                ..
            } => {
                let queries = u64::from(heads) * u64::from(head_dim);
                let query = u64::from(q_lora_rank) * (wide + queries);
                let output = u64::from(o_lora_rank) * (queries + u64::from(o_groups) * wide);
                query + wide * u64::from(head_dim) + output + extra_parameters
            }
            Self::State { parameters, .. } => parameters,
            Self::Several(ref mixers) => mixers.iter().map(|mixer| mixer.parameters(hidden)).sum(),
            Self::None => 0,
        }
    }

    /// Parameters beside the matrices.
    pub fn extra_parameters(&self) -> u64 {
        match *self {
            Self::Attention { extra_parameters, .. }
            | Self::Latent { extra_parameters, .. }
            | Self::Compressed { extra_parameters, .. } => extra_parameters,
            Self::Several(ref mixers) => mixers.iter().map(Self::extra_parameters).sum(),
            Self::State { .. } | Self::None => 0,
        }
    }

    /// Of the numbers that one token adds to the cache the key of a sparse indexer.
    pub fn index_elements_per_token(&self) -> f64 {
        match *self {
            Self::Attention { index_head_dim, window: None, .. }
            | Self::Latent { index_head_dim, window: None, .. } => f64::from(index_head_dim),
            Self::Compressed { key_values: KeyValues::Shared, .. } => 0.0,
            Self::Compressed { index_head_dim, ratio, .. } if ratio > 0 => {
                f64::from(index_head_dim) / f64::from(ratio)
            }
            Self::Several(ref mixers) => mixers.iter().map(Self::index_elements_per_token).sum(),
            _ => 0.0,
        }
    }

    /// Numbers that one token adds to the cache of one layer: those that stay, and those that stay while the token is
    /// within the window.
    ///
    /// Attention: `kv_heads·(head_dim + v_head_dim) + index_head_dim`.
    /// Latent: `kv_lora_rank + qk_rope_head_dim + index_head_dim`, where the latent is its own.
    /// Compressed: `(head_dim + index_head_dim)/ratio`, where the entries are its own, and `head_dim` in the window.
    /// State: none.
    pub fn cached_elements_per_token(&self) -> (f64, f64) {
        match *self {
            Self::Attention {
                kv_heads, head_dim, v_head_dim, window, key_values, index_head_dim, ..
            } => {
                let widths = f64::from(head_dim) + f64::from(v_head_dim.unwrap_or(head_dim));
                let kept = match key_values {
                    KeyValues::Shared => 0.0,
                    KeyValues::Projected | KeyValues::Joint => f64::from(kv_heads) * widths,
                } + f64::from(index_head_dim);
                if window.is_some() { (0.0, kept) } else { (kept, 0.0) }
            }
            Self::Latent { kv_lora_rank, qk_rope_head_dim, index_head_dim, window, key_values, .. } => {
                let latent = match key_values {
                    KeyValues::Shared => 0.0,
                    _ => f64::from(kv_lora_rank) + f64::from(qk_rope_head_dim),
                };
                let kept = latent + f64::from(index_head_dim);
                if window.is_some() { (0.0, kept) } else { (kept, 0.0) }
            }
            Self::Compressed { head_dim, ratio, index_head_dim, key_values, .. } => {
                let entry = f64::from(head_dim);
                let kept = (entry + f64::from(index_head_dim)) / f64::from(ratio.max(1));
                (if ratio == 0 || key_values == KeyValues::Shared { 0.0 } else { kept }, entry)
            }
            Self::Several(ref mixers) => mixers
                .iter()
                .map(Self::cached_elements_per_token)
                .fold((0.0, 0.0), |sum, one| (sum.0 + one.0, sum.1 + one.1)),
            Self::State { .. } | Self::None => (0.0, 0.0),
        }
    }
}
