//! Quantised checkpoints of a model, as they are published.

use serde::{Deserialize, Serialize};

use super::format::NumberFormat;

/// A checkpoint in which matrices are stored in fewer bits.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Quantized {
    /// Format of the matrices.
    pub format: NumberFormat,
    /// Format of all but the routed experts, where it is another one.
    #[serde(default)]
    pub others: Option<NumberFormat>,
    /// Side of the square blocks of weights that share a scale (`weight_block_size`); 0: scales are of whole rows or matrices.
    #[serde(default)]
    pub block: u32,
    /// Weights along the input of a matrix that share a scale (`group_size`); 0: as the format has it.
    #[serde(default)]
    pub group: u32,
    /// Width to which dense feed-forwards are padded in it; 0: they are not.
    #[serde(default)]
    pub dense_width: u32,
    /// What is left in 16 bits; absent: as checkpoints of the format usually are.
    #[serde(default)]
    pub kept: Option<Kept>,
    /// What is left in 8 bits where the format has 4; absent: nothing is.
    #[serde(default)]
    pub eight_bit: Option<Kept>,
    /// Format of the output projection, where it is packed as well.
    #[serde(default)]
    pub head: Option<NumberFormat>,
    /// Format of the tables of which a token reads single rows, where they are packed.
    #[serde(default)]
    pub tables: Option<NumberFormat>,
    /// Format of the KV cache that it carries scales for (`kv_cache_scheme`, `kv_cache_quant_algo`).
    #[serde(default)]
    pub kv_cache: Option<NumberFormat>,
    /// Key of `assets/sources.ron`.
    pub source: String,
}

/// Parameters of matrices that a quantised checkpoint leaves in 16 bits, or in 8, by the part they are in. Embeddings, output
/// projection, norms and biases are not among them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Kept {
    /// Attention and other mixers, all layers.
    #[serde(default)]
    pub mixer: u64,
    /// Dense feed-forwards, all layers.
    #[serde(default)]
    pub dense: u64,
    /// Routers and shared experts, all layers.
    #[serde(default)]
    pub shared: u64,
    /// Routed experts, all layers.
    #[serde(default)]
    pub experts: u64,
}
