//! How a stack sends tokens to experts on other accelerators and back: wide expert parallelism.

use serde::{Deserialize, Serialize};

use super::figure::Sourced;

/// The exchange of tokens among copies of attention and the experts that they share.
///
/// After DeepEP: kernels for long prompts send a token once to each server that holds experts of its and forward it inside,
/// kernels for decode send each token straight to each of its experts.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Exchange {
    /// Bytes of a number on the way to experts whose weights have 8 bits or fewer, scales included; other experts get 16 bits, and
    /// all answer in 16 bits.
    pub dispatch_bytes: Sourced,
    /// Share of the scale-up links' bandwidth that it reaches.
    pub link: Sourced,
    /// Share of a network card's bandwidth that the kernels for prompts reach.
    pub network: Sourced,
    /// Share of it that those for decode reach, which send small messages.
    pub network_decode: Sourced,
    /// Share of the accelerator's units that the kernels for prompts occupy while others could run.
    pub occupied: Sourced,
    /// Two halves of a batch take turns, one exchanged while the other is computed: share of the shorter of the two times that
    /// is hidden so. Absent: nothing overlaps.
    #[serde(default)]
    pub overlap: Option<Sourced>,
    /// Load of the busiest accelerator over the mean, with experts placed by a load balancer.
    pub imbalance: Sourced,
    /// Copies of experts are added until each rank holds as many: key of its source in `assets/sources.ron`.
    #[serde(default)]
    pub redundant_experts: Option<String>,
}

impl Exchange {
    /// Every figure by its name.
    pub(super) fn figures(&self) -> impl Iterator<Item = (&'static str, &Sourced)> {
        [
            ("dispatch_bytes", Some(&self.dispatch_bytes)),
            ("link", Some(&self.link)),
            ("network", Some(&self.network)),
            ("network_decode", Some(&self.network_decode)),
            ("occupied", Some(&self.occupied)),
            ("overlap", self.overlap.as_ref()),
            ("imbalance", Some(&self.imbalance)),
        ]
        .into_iter()
        .filter_map(|(name, figure)| Some((name, figure?)))
    }
}
