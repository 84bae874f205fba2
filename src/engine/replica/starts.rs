//! What a stack refuses at its start: widths that do not part as its kernels need them, and layouts that it does not have.

use super::cuts::{Cut, Part, StateHeads};
use super::degrees::Degrees;
use super::profile::{HeadCounts, Profile};
use super::refusal::{Refusal, Scale, ScalesProblem, StartProblem};
use super::stored::{Stored, group};
use crate::catalog::{NumberFormat, Stack};

/// Smallest group that kernels for routed experts take: larger ones are halved until they fit
/// (vllm/model_executor/layers/quantization/moe_wna16.py).
const LEAST_EXPERT_GROUP: u32 = 32;

impl Degrees {
    /// Whether `stack` serves `profile` with weights in `format` on this layout.
    pub fn starts(self, profile: &Profile, format: NumberFormat, stack: &Stack) -> bool {
        self.problem(profile).is_none() && self.start_problem(profile, format, stack).is_none()
    }

    /// Why it does not, and what would.
    pub fn refusal(self, profile: &Profile, format: NumberFormat, stack: &Stack) -> Option<Refusal> {
        if let Some(problem) = self.problem(profile) {
            return Some(Refusal::Degrees(problem));
        }
        let problem = self.start_problem(profile, format, stack)?;
        let starts = |degrees: &Self| degrees.starts(profile, format, stack);
        let other = self.others(problem).into_iter().find(starts);
        let fewer = (1..self.tp).rev().filter(|tp| self.tp.is_multiple_of(*tp)).map(|tp| {
            let ep = if self.ep == self.expert_ranks() { tp * self.attention_dp } else { 1 };
            Self { tp, ep, ..self }
        });
        let fewer = fewer.into_iter().find(starts);
        Some(Refusal::Start { asked: self, stack: stack.name.clone(), problem, other, fewer })
    }

    /// Layouts that answer the problem itself, the better first.
    fn others(self, problem: StartProblem) -> [Self; 2] {
        let ranks = self.expert_ranks();
        match problem {
            StartProblem::Stages { .. } => [Self { pp: 1, ..self }; 2],
            StartProblem::CutCopies { .. } => [Self { tp: 1, attention_dp: ranks, ..self }; 2],
            _ => [Self { ep: ranks, ..self }, Self { ep: 1, ..self }],
        }
    }

    /// Whether `stack` holds the shared experts of `profile` whole on each rank.
    pub fn copies_shared(self, profile: &Profile, stack: &Stack) -> bool {
        let spread = self.tp > 1 && self.attention_dp > 1 && self.ep > 1;
        spread && profile.is_latent() && stack.starts.whole_shared.is_some()
    }

    /// Whether `cut` is of what is held whole.
    fn holds_whole(self, cut: &Cut, profile: &Profile, stack: &Stack) -> bool {
        cut.part == Part::SharedExperts && self.copies_shared(profile, stack)
    }

    /// The first rule of the stack that the layout breaks.
    fn start_problem(self, profile: &Profile, format: NumberFormat, stack: &Stack) -> Option<StartProblem> {
        self.layout_problem(profile, stack)
            .or_else(|| self.kv_heads_problem(profile, stack))
            .or_else(|| self.state_heads_problem(profile, format, stack))
            .or_else(|| self.vocabulary_problem(profile, stack))
            .or_else(|| self.width_problem(profile, stack))
            .or_else(|| self.scales_problem(profile, format, stack).map(StartProblem::Scales))
    }

    /// Degrees that the stack does not have.
    fn layout_problem(self, profile: &Profile, stack: &Stack) -> Option<StartProblem> {
        let Self { tp, pp, ep, attention_dp } = self;
        let (rules, ranks) = (&stack.starts, self.expert_ranks());
        if rules.one_stage.is_some() && pp > 1 {
            return Some(StartProblem::Stages { pp });
        }
        if rules.whole_copies.is_some() && attention_dp > 1 && tp > 1 {
            return Some(StartProblem::CutCopies { tp });
        }
        if !profile.is_mixture() {
            return None;
        }
        if rules.experts_over_all.is_some() && ep > 1 && ep < ranks {
            return Some(StartProblem::ExpertRanks { ep, ranks });
        }
        let copied = stack.exchange.redundant_experts.is_some() && attention_dp > 1;
        let uneven = profile.experts % f64::from(ep) != 0.0 && !copied;
        (rules.even_experts.is_some() && uneven)
            .then_some(StartProblem::UnevenExperts { ep, experts: profile.experts })
    }

    /// Heads of state layers are cut evenly; so are their groups, unless there is one, which is copied (`MambaMixer2` in
    /// vllm/model_executor/layers/mamba/mamba_mixer2.py; linear attention divides its heads of keys alike).
    fn state_heads_problem(
        self,
        profile: &Profile,
        format: NumberFormat,
        stack: &Stack,
    ) -> Option<StartProblem> {
        let tp = self.tp;
        let quantized = !matches!(format, NumberFormat::Bf16 | NumberFormat::Fp16);
        profile.state_heads.iter().find_map(|&StateHeads { heads, groups, mamba2 }| {
            let uneven = !heads.is_multiple_of(tp) || groups > 1 && !groups.is_multiple_of(tp);
            if stack.starts.state_heads.is_some() && uneven {
                return Some(StartProblem::StateHeads { tp, heads, groups });
            }
            let rule = stack.starts.quantized_mamba2.as_ref().filter(|_| mamba2 && quantized)?;
            let groups = rule.by_groups.then_some(groups);
            (tp > 1 && groups.is_none_or(|groups| !groups.is_multiple_of(tp)))
                .then_some(StartProblem::QuantizedMamba2 { tp, groups })
        })
    }

    /// Servers cut KV heads or copy whole ones, and refuse what is neither (the assertions of `LlamaAttention` in
    /// vllm/model_executor/models/llama.py, on which the others are modelled).
    fn kv_heads_problem(self, profile: &Profile, stack: &Stack) -> Option<StartProblem> {
        stack.starts.kv_heads.as_ref()?;
        let ranks = f64::from(self.tp);
        let uneven = |counts: &&HeadCounts| counts.kv_heads % ranks != 0.0 && ranks % counts.kv_heads != 0.0;
        let counts = profile.head_counts.iter().find(uneven)?;
        Some(StartProblem::KvHeads { tp: self.tp, kv_heads: counts.kv_heads })
    }

    /// Ranks hold as many rows of the embeddings each (`VocabParallelEmbedding` in
    /// vllm/model_executor/layers/vocab_parallel_embedding.py, of which SGLang has a copy).
    fn vocabulary_problem(self, profile: &Profile, stack: &Stack) -> Option<StartProblem> {
        let rule = stack.starts.vocabulary.as_ref()?;
        let vocab = profile.vocab as u32;
        let tp = self.tp;
        rule.padded(vocab, tp).is_none().then(|| {
            let vocab = rule.padded(vocab, 1).unwrap_or(vocab);
            StartProblem::Vocabulary { tp, vocab }
        })
    }

    /// Ranks hold as many rows or columns of a matrix each (`divide` in vllm/distributed/utils.py). Heads are seen to before.
    fn width_problem(self, profile: &Profile, stack: &Stack) -> Option<StartProblem> {
        stack.starts.widths.as_ref()?;
        let is_cut = |cut: &&Cut| matches!(cut.part, Part::Dense | Part::SharedExperts | Part::Experts);
        let uneven = |cut: &&Cut| cut.width % ranks(cut, self) != 0.0;
        let cut = |cut: &&Cut| is_cut(cut) && !self.holds_whole(cut, profile, stack);
        let cut = profile.cuts.iter().filter(cut).find(uneven)?;
        Some(StartProblem::Width { part: cut.part, width: cut.width, ranks: ranks(cut, self) })
    }

    /// The first width that does not part into whole blocks or groups.
    fn scales_problem(self, profile: &Profile, format: NumberFormat, stack: &Stack) -> Option<ScalesProblem> {
        let stored = Stored::of(profile, format);
        let quantized = profile.quantized(format);
        let block = quantized.map_or(0, |quantized| quantized.block);
        let group = group(profile, format);
        let cut = |cut: &&Cut| stored.packs(cut.part) && !self.holds_whole(cut, profile, stack);
        profile.cuts.iter().filter(cut).find_map(|cut| {
            let cut = match quantized {
                Some(padded) if cut.part == Part::Dense && padded.dense_width > 0 => {
                    Cut { width: f64::from(padded.dense_width), ..*cut }
                }
                _ => *cut,
            };
            let (scale, kind) = if block > 0 {
                block_of(&cut, block, stack)?
            } else if stack.starts.groups.is_some() && cut.is_read && ranks(&cut, self) > 1.0 {
                let group = group?;
                let least = if cut.part == Part::Experts { group.min(LEAST_EXPERT_GROUP) } else { group };
                (least, Scale::Group)
            } else {
                return None;
            };
            let (width, ranks) = (cut.width, ranks(&cut, self));
            (each(&cut, self) % f64::from(scale) != 0.0).then_some(ScalesProblem {
                part: cut.part,
                width,
                ranks,
                scale,
                kind,
            })
        })
    }
}

/// Side of the blocks into which `stack` parts what is stored in blocks of `block`, where it checks that.
fn block_of(cut: &Cut, block: u32, stack: &Stack) -> Option<(u32, Scale)> {
    let is_shared = cut.part == Part::SharedExperts;
    if is_shared && cut.beside_compressed && stack.starts.padded_shared.is_some() {
        return None;
    }
    if cut.part != Part::Experts {
        return stack.starts.blocks.as_ref().map(|_| (block, Scale::Block));
    }
    let smallest = stack.starts.expert_blocks.as_ref()?.smallest;
    if smallest > 0 && block.is_multiple_of(smallest) {
        Some((smallest, Scale::DividedBlock))
    } else {
        Some((block, Scale::Block))
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
    /// over 10 KV heads and 100352 tokens; FP8 checkpoints of Qwen3, DeepSeek and MiniMax have blocks of 128; INT4 has groups
    /// of 128.
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
            // Of the KV heads a divisor and a multiple, but not of the vocabulary.
            ("phi-4", "vllm", Bf16, whole(5), false),
            ("phi-4", "vllm", Bf16, whole(10), false),
            ("phi-4", "vllm", Bf16, whole(20), false),
            ("phi-4", "tensorrt-llm", Bf16, whole(10), true),
            ("phi-4", "vllm", Bf16, whole(16), false),
            ("qwen3-30b-a3b", "vllm", Bf16, whole(8), true),
            ("qwen3-30b-a3b", "vllm", Fp8, whole(8), false),
            ("qwen3-30b-a3b", "sglang", Fp8, whole(4), false),
            ("qwen3-30b-a3b", "vllm", Fp8, whole(2), true),
            ("qwen3-30b-a3b", "vllm", Fp8, apart(8), true),
            ("qwen3-30b-a3b", "sglang", Fp8, Degrees { tp: 8, ep: 4, ..Degrees::ONE }, true),
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
            assert_eq!(degrees.starts(&profile, format, catalog.stack(stack).unwrap()), starts);
            assert_eq!(
                refusal.is_none(),
                starts,
                "{model} {format} under {stack} at {degrees:?}: {refusal:?}"
            );
        }
    }

    /// The same layout under versions before and after a check came or went.
    #[test]
    fn versions_refuse_what_they_refused() {
        use NumberFormat::{Bf16, Fp8};
        let catalog = Catalog::built_in().unwrap();
        let cut = |tp| Degrees { tp, ..Degrees::ONE };
        let some = Degrees { tp: 8, ep: 4, ..Degrees::ONE };
        let stages = Degrees { tp: 4, pp: 2, ..Degrees::ONE };
        let copies = |tp, attention_dp| Degrees { tp, pp: 1, ep: tp * attention_dp, attention_dp };
        for (model, stack, format, degrees, starts) in [
            // vllm-project/vllm issues 17569 and 25292, pull requests 39046 and 48173: 768 / 4 = 192, 768 / 8 = 96 and
            // 1536 / 8 = 192 of an expert. 0.29 divides blocks down to 32; 768 / 16 = 48.
            ("qwen3-30b-a3b", "vllm@0.8.5", Fp8, cut(4), false),
            ("qwen3-30b-a3b", "vllm@0.10.2", Fp8, cut(8), false),
            ("minimax-m2.5", "vllm@0.20", Fp8, cut(8), false),
            ("qwen3-235b-a22b", "vllm@0.28", Fp8, cut(8), false),
            ("qwen3-30b-a3b", "vllm@0.29", Fp8, cut(4), true),
            ("qwen3-30b-a3b", "vllm@0.29", Fp8, cut(8), true),
            ("minimax-m2.5", "vllm@0.30", Fp8, cut(8), true),
            ("qwen3-30b-a3b", "vllm@0.29", Fp8, cut(16), false),
            // vllm-project/vllm issue 12256, sgl-project/sglang issues 3345 and 4791: 18432 / 32 = 576 of a dense layer, then
            // as now.
            ("deepseek-r1", "vllm@0.8", Fp8, Degrees { tp: 32, ep: 32, ..Degrees::ONE }, false),
            ("deepseek-r1", "vllm@0.33", Fp8, Degrees { tp: 32, ep: 32, ..Degrees::ONE }, false),
            ("deepseek-r1", "sglang@0.4.4", Fp8, Degrees { tp: 32, ep: 32, ..Degrees::ONE }, false),
            // sgl-project/sglang issue 23265: 192 of an expert.
            ("minimax-m2.5", "sglang@0.5.9", Fp8, cut(8), false),
            ("minimax-m2.5", "sglang@0.5.23", Fp8, cut(8), false),
            // NVIDIA/TensorRT-LLM pull requests 14613 (192 of an expert) and 3695 (dense layers over fewer ranks).
            ("minimax-m2.5", "tensorrt-llm", Fp8, cut(8), false),
            ("minimax-m2.5", "tensorrt-llm", Fp8, cut(4), true),
            ("minimax-m2.5", "tensorrt-llm", Fp8, copies(1, 8), true),
            ("deepseek-r1", "tensorrt-llm", Fp8, Degrees { tp: 32, ep: 32, ..Degrees::ONE }, true),
            // vllm-project/vllm issue 14618: eight groups. GDN of Qwen3-Next is another mixer.
            ("nemotron-h-56b", "vllm@0.9.2", Bf16, cut(8), true),
            ("nemotron-h-56b", "vllm@0.9.2", Fp8, cut(8), false),
            ("nemotron-h-56b", "vllm@0.10.2", Fp8, cut(2), false),
            ("nemotron-h-56b", "vllm@0.10.2", Fp8, cut(1), true),
            ("nemotron-h-56b", "vllm@0.11", Fp8, cut(8), true),
            ("nemotron-h-56b", "vllm", Fp8, cut(8), true),
            ("qwen3-next-80b-a3b", "vllm@0.10.2", Fp8, cut(4), true),
            // sgl-project/sglang issue 31799: rows of the embeddings. Since 0.5.22 they are padded.
            ("phi-4", "sglang@0.5.6", Bf16, cut(10), false),
            ("phi-4", "sglang@0.5.22", Bf16, cut(10), true),
            // sgl-project/sglang pull request 8590: experts over some of the ranks; vLLM has all or none.
            ("qwen3-30b-a3b", "sglang@0.4.6", Bf16, some, false),
            ("qwen3-30b-a3b", "sglang@0.5", Bf16, some, true),
            ("qwen3-30b-a3b", "tensorrt-llm", Bf16, some, true),
            ("qwen3-30b-a3b", "vllm", Bf16, some, false),
            // 256 experts over 24: vLLM gives ranks 10 or 11 each, the others need as many for each.
            ("deepseek-r1", "vllm", Fp8, copies(1, 24), true),
            ("deepseek-r1", "sglang", Fp8, Degrees { tp: 24, ep: 24, ..Degrees::ONE }, false),
            // With 32 redundant experts beside copies of attention (LMSYS, EP72).
            ("deepseek-r1", "sglang", Fp8, copies(1, 24), true),
            ("deepseek-r1", "sglang", Fp8, copies(1, 72), true),
            ("deepseek-r1", "tensorrt-llm", Fp8, copies(1, 24), false),
            // `enable_attention_dp` of TensorRT-LLM makes as many copies as there are ranks.
            ("deepseek-r1", "vllm", Fp8, copies(2, 4), true),
            ("deepseek-r1", "sglang", Fp8, copies(2, 4), true),
            ("deepseek-r1", "tensorrt-llm", Fp8, copies(2, 4), false),
            ("deepseek-r1", "tensorrt-llm", Fp8, copies(1, 8), true),
            // SGLang had no pipelines before 0.4.6.
            ("llama-3.1-70b", "sglang@0.4.5", Bf16, stages, false),
            ("llama-3.1-70b", "sglang@0.4.6", Bf16, stages, true),
            ("llama-3.1-70b", "vllm@0.8", Bf16, stages, true),
        ] {
            let profile = Profile::of(catalog.model(model).unwrap());
            let refusal = degrees.refusal(&profile, format, &catalog.stack_named(stack).unwrap());
            assert_eq!(
                refusal.is_none(),
                starts,
                "{model} {format} under {stack} at {degrees:?}: {refusal:?}"
            );
        }
    }

    /// vllm-project/vllm issues 40955 and 42384, pull request 46001: DeepSeek-V4-Pro on 16 ranks, 3072 / 16 = 192 of the shared
    /// expert, whatever the experts are spread over.
    #[test]
    fn shared_experts_of_deepseek_v4_are_padded_by_newer_versions() {
        let catalog = Catalog::built_in().unwrap();
        let mut profile = Profile::of(catalog.model("deepseek-v3").unwrap());
        for cut in &mut profile.cuts {
            cut.width = if cut.part == Part::SharedExperts { 3072.0 } else { cut.width };
            cut.beside_compressed = true;
        }
        let starts = |stack: &str| {
            let degrees = Degrees { tp: 16, ep: 16, ..Degrees::ONE };
            degrees.starts(&profile, NumberFormat::Fp8, &catalog.stack_named(stack).unwrap())
        };
        assert_eq!(
            ["vllm@0.20", "vllm@0.23", "vllm@0.24", "vllm@0.29", "vllm"].map(starts),
            [false, false, true, true, true]
        );
        assert!(!starts("sglang"));
    }

    /// vLLM 0.11 stopped cutting the shared experts of DeepSeek where its experts are spread over copies of attention
    /// (`use_sequence_parallel_moe` in vllm/config/parallel.py): 2048 / 32 is half a block.
    #[test]
    fn shared_experts_of_deepseek_are_whole_over_cut_copies_of_attention() {
        let catalog = Catalog::built_in().unwrap();
        let layout = |tp, attention_dp| Degrees { tp, pp: 1, ep: tp * attention_dp, attention_dp };
        let profile = Profile::of(catalog.model("deepseek-r1").unwrap());
        assert_eq!(profile.shared_expert_parameters, 58.0 * 3.0 * 7168.0 * 2048.0);
        let starts = |stack: &str, degrees: Degrees| {
            let stack = catalog.stack_named(stack).unwrap();
            let shared = |cut: &Cut| cut.part == Part::SharedExperts;
            let mut profile = profile.clone();
            profile.cuts.retain(shared);
            degrees.starts(&profile, NumberFormat::Fp8, &stack)
        };
        assert_eq!(
            ["vllm@0.10.2", "vllm@0.11", "vllm"].map(|s| starts(s, layout(32, 2))),
            [false, true, true]
        );
        assert!(!starts("vllm", layout(32, 1)) && !starts("sglang", layout(32, 2)));
    }

    /// vllm-project/vllm pull request 33257: Falcon-H1R-7B, 24 heads of Mamba-2 in one group, in FP8 on two ranks.
    #[test]
    fn one_group_of_a_quantised_state_is_copied_by_newer_versions() {
        let catalog = Catalog::built_in().unwrap();
        let mut profile = Profile::of(catalog.model("llama-3.1-8b").unwrap());
        profile.state_heads = vec![StateHeads { heads: 24, groups: 1, mamba2: true }];
        let starts = |stack: &str, format| {
            let stack = catalog.stack_named(stack).unwrap();
            Degrees { tp: 2, ..Degrees::ONE }.starts(&profile, format, &stack)
        };
        let fp8 = |stack| starts(stack, NumberFormat::Fp8);
        assert!(starts("vllm@0.10", NumberFormat::Bf16) && starts("vllm@0.14", NumberFormat::Bf16));
        assert_eq!(["vllm@0.10", "vllm@0.14", "vllm@0.16", "vllm"].map(fp8), [false, false, true, true]);
        assert_eq!(["sglang@0.5.4", "sglang@0.5.22"].map(fp8), [false, false]);
    }

    #[test]
    fn a_refusal_knows_the_ways_out() {
        let catalog = Catalog::built_in().unwrap();
        let profile = Profile::of(catalog.model("qwen3-30b-a3b").unwrap());
        let vllm = catalog.stack("vllm").unwrap();
        let degrees = Degrees { tp: 8, ..Degrees::ONE };
        let refusal = degrees.refusal(&profile, NumberFormat::Fp8, vllm);
        let Some(Refusal::Start { problem: StartProblem::Scales(problem), other, fewer, .. }) = refusal
        else {
            panic!("{refusal:?}")
        };
        assert_eq!((problem.width, problem.ranks, problem.scale), (768.0, 8.0, 128));
        assert_eq!(other, Some(Degrees { ep: 8, ..degrees }));
        assert_eq!(fewer, Some(Degrees { tp: 2, ..degrees }));
    }
}
