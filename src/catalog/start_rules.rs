//! What a serving stack does with a model's widths when it starts: what it refuses to cut, and what it pads.

use serde::{Deserialize, Serialize};

use super::accelerator::Accelerator;
use super::figure::Sourced;
use super::format::NumberFormat;

/// What must hold for a stack to start, each rule with the key of its source in `assets/sources.ron`; a rule that is absent is
/// not checked by the stack.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StartRules {
    /// Heads of keys and values are cut or copied whole: tensor parallelism divides them or is a multiple of them.
    #[serde(default)]
    pub kv_heads: Option<String>,
    /// Feed-forwards and experts are cut evenly.
    #[serde(default)]
    pub widths: Option<String>,
    /// How the tables of the vocabulary are cut.
    #[serde(default)]
    pub vocabulary: Option<VocabularyRule>,
    /// What one rank holds of a matrix outside routed experts whose scales are of square blocks is whole blocks.
    #[serde(default)]
    pub blocks: Option<String>,
    /// Of those, shared experts beside compressed attention (DeepSeek-V4) are padded to whole blocks on each rank.
    #[serde(default)]
    pub padded_shared: Option<String>,
    /// Shared experts beside latent attention are whole on each rank where experts are spread over copies of attention that
    /// are cut themselves.
    #[serde(default)]
    pub whole_shared: Option<String>,
    /// The same as `blocks` of routed experts.
    #[serde(default)]
    pub expert_blocks: Option<ExpertBlocksRule>,
    /// What one rank holds of the input of a matrix whose scales are of groups is whole groups.
    #[serde(default)]
    pub groups: Option<String>,
    /// Requests are no longer than the model's longest context.
    #[serde(default)]
    pub context: Option<String>,
    /// Heads and groups of state layers are cut evenly, or the one group is copied.
    #[serde(default)]
    pub state_heads: Option<String>,
    /// How far Mamba-2 layers of quantised models are cut, where less far than others.
    #[serde(default)]
    pub quantized_mamba2: Option<QuantizedMamba2Rule>,
    /// Each rank of expert parallelism holds as many experts.
    #[serde(default)]
    pub even_experts: Option<String>,
    /// Experts are handed out over all ranks or over none.
    #[serde(default)]
    pub experts_over_all: Option<String>,
    /// Copies of attention are not cut: they take one rank each.
    #[serde(default)]
    pub whole_copies: Option<String>,
    /// There are no pipeline stages.
    #[serde(default)]
    pub one_stage: Option<String>,
}

impl StartRules {
    /// Every rule that is checked, by its name, with the key of its source.
    pub fn sources(&self) -> impl Iterator<Item = (&'static str, &str)> {
        let vocabulary = self.vocabulary.as_ref().map(|rule| &rule.source);
        let expert_blocks = self.expert_blocks.as_ref().map(|rule| &rule.source);
        let quantized_mamba2 = self.quantized_mamba2.as_ref().map(|rule| &rule.source);
        [
            ("kv_heads", self.kv_heads.as_ref()),
            ("widths", self.widths.as_ref()),
            ("vocabulary", vocabulary),
            ("blocks", self.blocks.as_ref()),
            ("padded_shared", self.padded_shared.as_ref()),
            ("whole_shared", self.whole_shared.as_ref()),
            ("expert_blocks", expert_blocks),
            ("groups", self.groups.as_ref()),
            ("context", self.context.as_ref()),
            ("state_heads", self.state_heads.as_ref()),
            ("quantized_mamba2", quantized_mamba2),
            ("even_experts", self.even_experts.as_ref()),
            ("experts_over_all", self.experts_over_all.as_ref()),
            ("whole_copies", self.whole_copies.as_ref()),
            ("one_stage", self.one_stage.as_ref()),
        ]
        .into_iter()
        .filter_map(|(name, source)| Some((name, source?.as_str())))
    }
}

/// How embeddings and the output projection are cut over ranks.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct VocabularyRule {
    /// The vocabulary is padded to a multiple of this, tokens.
    pub step: u32,
    /// What tensor parallelism does not divide then is refused; otherwise it is padded to a multiple of `step · tp`.
    pub even: bool,
    /// Key of `assets/sources.ron`.
    pub source: String,
}

impl VocabularyRule {
    /// Tokens of a vocabulary as it is held by `tp` ranks; `None` where that is refused.
    pub fn padded(&self, vocab: u32, tp: u32) -> Option<u32> {
        let padded = vocab.checked_next_multiple_of(self.step)?;
        match (padded.is_multiple_of(tp), self.even) {
            (true, _) => Some(padded),
            (false, true) => None,
            (false, false) => vocab.checked_next_multiple_of(self.step.checked_mul(tp)?),
        }
    }
}

/// How routed experts whose scales are of square blocks are cut.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExpertBlocksRule {
    /// Side of the smallest blocks into which a checkpoint's blocks are divided when a rank would hold a part of one; 0: they
    /// are not divided.
    #[serde(default)]
    pub smallest: u32,
    /// Key of `assets/sources.ron`.
    pub source: String,
}

/// How Mamba-2 layers of quantised models are cut.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct QuantizedMamba2Rule {
    /// Whether they are cut, as far as their groups are; otherwise tensor parallelism is 1.
    pub by_groups: bool,
    /// Key of `assets/sources.ron`.
    pub source: String,
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
