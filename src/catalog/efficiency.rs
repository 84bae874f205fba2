//! How much of the peak silicon gives: a few numbers for each generation, each with a physical meaning.

use serde::{Deserialize, Serialize};

use super::figure::Sourced;

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
    pub compute_16_bit: Sourced,
    /// Share of the 8-bit peak that large matrix products reach.
    pub compute_8_bit: Sourced,
    /// Share of the 4-bit peak that large matrix products reach.
    pub compute_4_bit: Sourced,
    /// Rows of a matrix product at which half of that is reached.
    pub half_rows: Sourced,
    /// Share of dense peak that grouped products of routed experts reach.
    pub compute_experts: Sourced,
    /// Tokens of one expert at which 0.7 of that is reached.
    pub expert_half_rows: Sourced,
    /// Width of one expert on one accelerator at which half of that is reached.
    pub expert_half_width: Sourced,
    /// Share of dense 16-bit peak that attention over a prompt reaches.
    pub compute_attention: Sourced,
    /// Share of memory bandwidth that reading weights reaches.
    pub memory_weights: Sourced,
    /// Share of memory bandwidth that reading routed experts reaches.
    pub memory_experts: Sourced,
    /// Share of memory bandwidth that reading a KV cache of 16 bits reaches, and of 8 bits.
    pub memory_kv: Sourced,
    /// As `memory_kv`, of a cache in 8 bits.
    pub memory_kv_8_bit: Sourced,
    /// Share of link bandwidth that a large all-reduce reaches.
    pub link: Sourced,
    /// Time of the smallest all-reduce in the scale-up domain, seconds.
    pub link_latency_s: Sourced,
    /// Time of the smallest transfer between servers, seconds.
    pub network_latency_s: Sourced,
    /// Fixed time of one layer: launches and the small kernels between products, seconds.
    pub layer_overhead_s: Sourced,
    /// The same in addition for a layer with routed experts (routing, sorting, gathering), seconds.
    pub moe_overhead_s: Sourced,
    /// The same in addition for a layer of latent attention (its further projections), seconds.
    pub latent_overhead_s: Sourced,
}

/// Reads one figure of an [`Efficiency`], and lends it to be changed.
type EfficiencyField = (&'static str, fn(&Efficiency) -> &Sourced, fn(&mut Efficiency) -> &mut Sourced);

macro_rules! figures {
    ($($name:ident),* $(,)?) => {
        &[$((stringify!($name), |e| &e.$name, |e| &mut e.$name)),*]
    };
}

impl Efficiency {
    /// Every figure by the name of its field.
    pub const FIGURES: &[EfficiencyField] = figures![
        compute_16_bit,
        compute_8_bit,
        compute_4_bit,
        half_rows,
        compute_experts,
        expert_half_rows,
        expert_half_width,
        compute_attention,
        memory_weights,
        memory_experts,
        memory_kv,
        memory_kv_8_bit,
        link,
        link_latency_s,
        network_latency_s,
        layer_overhead_s,
        moe_overhead_s,
        latent_overhead_s,
    ];

    /// The figure called `name`, to be changed.
    pub fn figure_mut(&mut self, name: &str) -> Option<&mut Sourced> {
        Self::FIGURES.iter().find(|(known, ..)| *known == name).map(|(.., lend)| lend(self))
    }
}
