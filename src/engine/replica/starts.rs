//! What a stack refuses at its start: widths that do not part as its kernels need them.

use super::cuts::{Cut, Part, StateHeads};
use super::degrees::{Degrees, DegreesProblem, ScalesProblem};
use super::profile::{HeadCounts, Profile};
use super::stored::{Stored, group};
use crate::catalog::{NumberFormat, Stack};

/// Smallest group that kernels for routed experts take: larger ones are halved until they fit
/// (vllm/model_executor/layers/quantization/moe_wna16.py).
const LEAST_EXPERT_GROUP: u32 = 32;

impl Degrees {
    /// Whether `stack` serves `profile` with weights in `format` on this layout.
    pub fn starts(self, profile: &Profile, format: NumberFormat, stack: &Stack) -> bool {
        self.heads_problem(profile, stack).is_none() && self.scales_problem(profile, format, stack).is_none()
    }

    /// Why it does not, and what would.
    pub fn refusal(self, profile: &Profile, format: NumberFormat, stack: &Stack) -> Option<DegreesProblem> {
        self.heads_problem(profile, stack).or_else(|| {
            let mut scales = self.scales_problem(profile, format, stack)?;
            let starts = |degrees: Self| degrees.starts(profile, format, stack);
            let whole = Self { ep: self.expert_ranks(), ..self };
            scales.ep = (profile.is_mixture() && starts(whole)).then_some(whole.ep);
            let layout = |tp| {
                let ep = if self.ep == self.expert_ranks() { tp * self.attention_dp } else { 1 };
                Self { tp, ep, ..self }
            };
            let mut fewer = (1..self.tp).rev().filter(|tp| self.tp.is_multiple_of(*tp));
            scales.tp = fewer.find(|tp| starts(layout(*tp)));
            Some(DegreesProblem::Scales(scales))
        })
    }

    /// What makes no sense on any stack, or parts heads as this one cannot.
    fn heads_problem(self, profile: &Profile, stack: &Stack) -> Option<DegreesProblem> {
        self.problem(profile)
            .or_else(|| self.kv_heads_problem(profile, stack))
            .or_else(|| self.state_heads_problem(profile, stack))
    }

    /// Heads of state layers are cut evenly; so are their groups, unless there is one, which is copied (`MambaMixer2` in
    /// vllm/model_executor/layers/mamba/mamba_mixer2.py; linear attention divides its heads of keys alike).
    fn state_heads_problem(self, profile: &Profile, stack: &Stack) -> Option<DegreesProblem> {
        stack.starts.state_heads.as_ref()?;
        let uneven = |state: &&StateHeads| {
            !state.heads.is_multiple_of(self.tp) || state.groups > 1 && !state.groups.is_multiple_of(self.tp)
        };
        let StateHeads { heads, groups } = *profile.state_heads.iter().find(uneven)?;
        Some(DegreesProblem::StateHeads { tp: self.tp, heads, groups })
    }

    /// Servers cut KV heads or copy whole ones, and refuse what is neither (the assertions of `LlamaAttention` in
    /// vllm/model_executor/models/llama.py, on which the others are modelled).
    fn kv_heads_problem(self, profile: &Profile, stack: &Stack) -> Option<DegreesProblem> {
        stack.starts.kv_heads.as_ref()?;
        let ranks = f64::from(self.tp);
        let uneven = |counts: &&HeadCounts| counts.kv_heads % ranks != 0.0 && ranks % counts.kv_heads != 0.0;
        let counts = profile.head_counts.iter().find(uneven)?;
        Some(DegreesProblem::KvHeads { tp: self.tp, kv_heads: counts.kv_heads })
    }

    /// The first width that does not part into whole blocks or groups.
    fn scales_problem(self, profile: &Profile, format: NumberFormat, stack: &Stack) -> Option<ScalesProblem> {
        let stored = Stored::of(profile, format);
        let quantized = profile.quantized(format);
        let block = quantized.map_or(0, |quantized| quantized.block);
        let group = group(profile, format);
        profile.cuts.iter().filter(|cut| stored.packs(cut.part)).find_map(|cut| {
            let cut = match quantized {
                Some(padded) if cut.part == Part::Dense && padded.dense_width > 0 => {
                    Cut { width: f64::from(padded.dense_width), ..*cut }
                }
                _ => *cut,
            };
            let (scale, is_block) = if block > 0 && stack.starts.blocks.is_some() {
                (block, true)
            } else if stack.starts.groups.is_some() && cut.is_read && ranks(&cut, self) > 1.0 {
                let group = group?;
                (if cut.part == Part::Experts { group.min(LEAST_EXPERT_GROUP) } else { group }, false)
            } else {
                return None;
            };
            let (width, ranks) = (cut.width, ranks(&cut, self));
            (each(&cut, self) % f64::from(scale) != 0.0).then_some(ScalesProblem {
                part: cut.part,
                width,
                ranks,
                scale,
                is_block,
                ep: None,
                tp: None,
            })
        })
    }
}

/// Ranks over which `degrees` cut a width.
fn ranks(cut: &Cut, degrees: Degrees) -> f64 {
    match cut.part {
        // Expert parallelism hands out whole experts.
        Part::Experts => f64::from(degrees.expert_ranks()) / f64::from(degrees.ep),
        _ => f64::from(degrees.tp),
    }
}

/// What one rank holds of a width.
fn each(cut: &Cut, degrees: Degrees) -> f64 {
    (cut.width / ranks(cut, degrees)).max(cut.whole)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::Catalog;

    /// As servers answer at start. vLLM: issues 5951, 13980, 16021, 17569, 25292; SGLang: issues 3345, 3491. Phi-4 has 40 heads
    /// over 10 KV heads; FP8 checkpoints of Qwen3, DeepSeek and MiniMax have blocks of 128; INT4 has groups of 128.
    #[test]
    fn widths_part_as_servers_need_them_or_are_refused() {
        use NumberFormat::{Bf16, Fp8, Int4, Mxfp4};
        let catalog = Catalog::built_in().unwrap();
        let whole = |tp| Degrees { tp, ..Degrees::ONE };
        let apart = |tp| Degrees { tp, ep: tp, ..Degrees::ONE };
        for (model, stack, format, degrees, starts) in [
            ("phi-4", "vllm", Bf16, whole(2), true),
            ("phi-4", "vllm", Bf16, whole(4), false),
            ("phi-4", "sglang", Bf16, whole(8), false),
            ("phi-4", "tensorrt-llm", Bf16, whole(8), false),
            ("phi-4", "vllm", Bf16, whole(10), true),
            ("phi-4", "vllm", Bf16, whole(20), true),
            ("phi-4", "vllm", Bf16, whole(16), false),
            ("qwen3-30b-a3b", "vllm", Bf16, whole(8), true),
            ("qwen3-30b-a3b", "vllm", Fp8, whole(8), false),
            ("qwen3-30b-a3b", "sglang", Fp8, whole(4), false),
            ("qwen3-30b-a3b", "vllm", Fp8, whole(2), true),
            ("qwen3-30b-a3b", "vllm", Fp8, apart(8), true),
            ("qwen3-30b-a3b", "vllm", Fp8, Degrees { tp: 8, ep: 4, ..Degrees::ONE }, true),
            ("qwen3-235b-a22b", "vllm", Fp8, whole(8), false),
            ("qwen3-235b-a22b", "vllm", Fp8, whole(4), true),
            ("minimax-m2.5", "vllm", Fp8, whole(8), false),
            ("minimax-m2.5", "vllm", Fp8, whole(4), true),
            ("deepseek-v3", "vllm", Fp8, whole(16), true),
            ("deepseek-r1", "vllm", Fp8, whole(32), false),
            ("deepseek-r1", "sglang", Fp8, apart(32), false),
            ("deepseek-r1", "vllm", Fp8, Degrees { tp: 1, ep: 32, attention_dp: 32, ..Degrees::ONE }, true),
            (
                "deepseek-r1",
                "vllm",
                Fp8,
                Degrees { tp: 1, ep: 257, attention_dp: 257, ..Degrees::ONE },
                false,
            ),
            // FP8 by the matrix, as servers quantise what they load: nothing to part.
            ("llama-3.1-70b", "vllm", Fp8, whole(8), true),
            ("llama-3.1-70b", "vllm", Int4, whole(8), true),
            ("qwen2.5-72b", "vllm", Int4, whole(8), true),
            ("llama-2-13b", "vllm", Int4, whole(8), false),
            ("gpt-oss-120b", "vllm", Mxfp4, whole(8), true),
            // 128 heads of Mamba-2 in 8 groups; 64 in 8.
            ("nemotron-h-56b", "vllm", Bf16, whole(8), true),
            ("nemotron-3-nano-30b-a3b", "vllm", Bf16, whole(16), false),
            // 16 heads of keys in the linear layers.
            ("qwen3-next-80b-a3b", "vllm", Bf16, whole(16), true),
            ("qwen3-next-80b-a3b", "vllm", Bf16, whole(32), false),
        ] {
            let profile = Profile::of(catalog.model(model).unwrap());
            let refusal = degrees.refusal(&profile, format, catalog.stack(stack).unwrap());
            assert_eq!(
                refusal.is_none(),
                starts,
                "{model} {format} under {stack} at {degrees:?}: {refusal:?}"
            );
        }
    }

    #[test]
    fn a_refusal_knows_the_ways_out() {
        let catalog = Catalog::built_in().unwrap();
        let profile = Profile::of(catalog.model("qwen3-30b-a3b").unwrap());
        let vllm = catalog.stack("vllm").unwrap();
        let refusal = Degrees { tp: 8, ..Degrees::ONE }.refusal(&profile, NumberFormat::Fp8, vllm);
        let Some(DegreesProblem::Scales(problem)) = refusal else { panic!("{refusal:?}") };
        assert_eq!((problem.width, problem.ranks, problem.scale), (768.0, 8.0, 128));
        assert_eq!((problem.ep, problem.tp), (Some(8), Some(2)));
    }
}
