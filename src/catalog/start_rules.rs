//! What a serving stack does with a model's widths when it starts: what it refuses to cut, and what it pads.

use serde::{Deserialize, Serialize};

use super::accelerator::Accelerator;
use super::figure::Sourced;
use super::format::NumberFormat;

/// How widths must divide for a stack to start, each rule with the key of its source in `assets/sources.ron`; a rule that is
/// absent is not checked by the stack.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StartRules {
    /// Heads of keys and values are cut or copied whole: tensor parallelism divides them or is a multiple of them.
    #[serde(default)]
    pub kv_heads: Option<String>,
    /// What one rank holds of a matrix whose scales are of square blocks is whole blocks.
    #[serde(default)]
    pub blocks: Option<String>,
    /// What one rank holds of the input of a matrix whose scales are of groups is whole groups.
    #[serde(default)]
    pub groups: Option<String>,
    /// Requests are no longer than the model's longest context.
    #[serde(default)]
    pub context: Option<String>,
    /// Heads and groups of state layers are cut evenly, or the one group is copied.
    #[serde(default)]
    pub state_heads: Option<String>,
}

/// How a stack holds routed experts in one format: up to what multiples it pads their matrices, and what their kernels copy.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExpertLayout {
    /// Format of the weights.
    pub format: NumberFormat,
    /// Generations of accelerators; none: all that no rule before names.
    #[serde(default)]
    pub generations: Vec<String>,
    /// The hidden width becomes a multiple of this.
    pub hidden: u32,
    /// The width that one rank holds of an expert becomes a multiple of this.
    pub width: u32,
    /// Instead of the stack's own copies for each expert that a token visits.
    #[serde(default)]
    pub visit_copies: Option<Sourced>,
    /// Key of `assets/sources.ron`.
    pub source: String,
}

impl ExpertLayout {
    pub(super) fn applies_to(&self, format: NumberFormat, accelerator: &Accelerator) -> bool {
        self.format == format
            && (self.generations.is_empty() || self.generations.contains(&accelerator.generation))
    }
}
