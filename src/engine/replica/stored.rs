//! How the weights of a model are stored in a format: bytes of a parameter by the part it is in, and the sizes that share
//! a scale.

use super::cuts::Part;
use super::profile::Profile;
use crate::catalog::{NumberFormat, Quantized};

/// Weights that share a scale in checkpoints quantised by AWQ and GPTQ, where nothing else is known (Lin et al. 2023,
/// arXiv 2306.00978; Frantar et al. 2022, arXiv 2210.17323).
const USUAL_GROUP: u32 = 128;

/// Bytes that a parameter takes on average, by the part it is in.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Stored {
    /// Attention and other mixers.
    pub mixer: f64,
    /// Dense feed-forwards.
    pub dense: f64,
    /// Routers and shared experts.
    pub shared: f64,
    /// Routed experts.
    pub experts: f64,
}

impl Stored {
    /// The matrices of `profile` in `format`: of its published checkpoint in that format what that leaves in 16 bits, and
    /// where none is known what such checkpoints usually leave.
    ///
    /// Four-bit floating-point checkpoints of mixtures pack the experts alone (gpt-oss model card, 2025; DeepSeek-R1-FP4
    /// model card, 2025).
    pub fn of(profile: &Profile, format: NumberFormat) -> Self {
        let quantized = profile.quantized(format);
        let experts = bytes(format, quantized);
        let others_in = quantized.and_then(|quantized| quantized.others);
        let others = others_in.map_or(experts, NumberFormat::bytes);
        let Some(kept) = quantized.and_then(|quantized| quantized.kept) else {
            let others =
                if others_in.is_none() && packs_experts_alone(profile, format) { 2.0 } else { others };
            return Self { mixer: others, dense: others, shared: others, experts };
        };
        let eight = quantized.and_then(|quantized| quantized.eight_bit).unwrap_or_default();
        let average = |kept: u64, eight: u64, all: f64, bytes: f64| {
            let share = |part: u64| if all > 0.0 { part as f64 / all } else { 0.0 };
            let left = share(kept).min(1.0);
            let in_8_bit = share(eight).min(1.0 - left);
            left * 2.0 + in_8_bit * NumberFormat::Fp8.bytes() + (1.0 - left - in_8_bit) * bytes
        };
        Self {
            mixer: average(kept.mixer, eight.mixer, profile.mixer_parameters, others),
            dense: average(kept.dense, eight.dense, profile.dense_parameters, others),
            shared: average(kept.shared, eight.shared, profile.shared_parameters, others),
            experts: average(kept.experts, eight.experts, profile.all_expert_parameters(), experts),
        }
    }

    /// Output projection and embeddings of `profile` in `format`, counted as if all of them had 16 bits: what a checkpoint
    /// packs of them counts for less. Those of other stages are left out of `embeddings`.
    pub fn tables(profile: &Profile, format: NumberFormat, embeddings: bool) -> f64 {
        let quantized = profile.quantized(format);
        let share = |packed: Option<NumberFormat>| packed.map_or(1.0, |packed| packed.bytes() / 2.0);
        let head = profile.head_parameters * share(quantized.and_then(|quantized| quantized.head));
        if !embeddings {
            return head;
        }
        let rows = profile.lookup_parameters * share(quantized.and_then(|quantized| quantized.tables));
        head + profile.embedding_parameters - profile.lookup_parameters + rows
    }

    /// Average over the matrices outside routed experts; that of a dense layer where there are none.
    pub fn outside_experts(&self, profile: &Profile) -> f64 {
        let parts = [
            (self.mixer, profile.mixer_parameters),
            (self.dense, profile.dense_parameters),
            (self.shared, profile.shared_parameters),
        ];
        let all: f64 = parts.iter().map(|(_, parameters)| parameters).sum();
        let stored: f64 = parts.iter().map(|(bytes, parameters)| bytes * parameters).sum();
        if all > 0.0 { stored / all } else { self.dense }
    }

    /// Whether any of a part is stored in fewer than 16 bits.
    pub fn packs(&self, part: Part) -> bool {
        let bytes = match part {
            Part::Queries | Part::KeysAndValues => self.mixer,
            Part::Dense => self.dense,
            Part::SharedExperts => self.shared,
            Part::Experts => self.experts,
        };
        bytes < 2.0
    }
}

/// Weights along the input of a matrix that share a scale: 4-bit formats, and where a checkpoint says so.
pub fn group(profile: &Profile, format: NumberFormat) -> Option<u32> {
    let known = profile.quantized(format).map_or(0, |quantized| quantized.group);
    match format {
        NumberFormat::Int4 if known == 0 => Some(USUAL_GROUP),
        NumberFormat::Nvfp4 => Some(16),
        NumberFormat::Int4 | NumberFormat::Int8 if known > 0 => Some(known),
        _ => None,
    }
}

fn packs_experts_alone(profile: &Profile, format: NumberFormat) -> bool {
    profile.is_mixture() && matches!(format, NumberFormat::Mxfp4 | NumberFormat::Nvfp4)
}

/// Bytes of a stored number with its share of the scale, which integer formats have for each group.
fn bytes(format: NumberFormat, quantized: Option<&Quantized>) -> f64 {
    match (format, quantized.map_or(0, |quantized| quantized.group)) {
        (NumberFormat::Int4, group) if group > 0 => 0.5 + 2.0 / f64::from(group),
        (NumberFormat::Int8, group) if group > 0 => 1.0 + 2.0 / f64::from(group),
        _ => format.bytes(),
    }
}
