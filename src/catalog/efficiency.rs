//! How much of the peak silicon gives: a few numbers for each generation, each with a physical meaning.

use serde::{Deserialize, Serialize};

use super::figure::Figure;

/// Efficiencies and latencies of one generation of accelerators.
///
/// A matrix product of `m` rows takes `(m + half_rows) / m` of the time that `compute` alone would give:
/// few rows leave tiles of the matrix unit empty.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Efficiency {
    /// Key that accelerators name.
    pub generation: String,
    /// Share of dense peak that large matrix products reach, by the format of the arithmetic.
    pub compute_16_bit: Figure,
    pub compute_8_bit: Figure,
    pub compute_4_bit: Figure,
    /// Rows of a matrix product at which half of that is reached.
    pub half_rows: Figure,
    /// Share of dense peak that grouped products of routed experts reach.
    pub compute_experts: Figure,
    /// Share of dense 16-bit peak that attention over a prompt reaches.
    pub compute_attention: Figure,
    /// Share of memory bandwidth that reading weights reaches.
    pub memory_weights: Figure,
    /// Share of memory bandwidth that reading the KV cache reaches.
    pub memory_kv: Figure,
    /// Share of link bandwidth that a large all-reduce reaches.
    pub link: Figure,
    /// Time of the smallest all-reduce in the scale-up domain, seconds.
    pub link_latency_s: Figure,
    /// Time of the smallest transfer between servers, seconds.
    pub network_latency_s: Figure,
    /// Fixed time of one layer: launches and the small kernels between products, seconds.
    pub layer_overhead_s: Figure,
}
