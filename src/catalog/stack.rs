//! Serving stacks: where they run, how they take memory, what they cost in time.

use serde::{Deserialize, Serialize};

use super::accelerator::{Accelerator, Vendor};
use super::exchange::Exchange;
use super::figure::Sourced;
use super::format::NumberFormat;
use super::limits::{Limits, MemoryOptions, Tight};
use super::release::{Drift, Earlier, Release};
use super::start_rules::{ExpertLayout, StartRules};

/// Which share of memory a stack gives to weights and KV cache.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MemoryPolicy {
    /// A fraction of all memory holds everything (vLLM's `gpu_memory_utilization`, SGLang's `mem_fraction_static`).
    FractionOfTotal,
    /// A fraction of what is free after weights and activations becomes KV cache
    /// (TensorRT-LLM's `free_gpu_memory_fraction`).
    FractionOfFree,
}

/// How a stack fits prompts between the steps of the answers under way.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PrefillPolicy {
    /// Chunks of prompts fill each decode step up to its limit of tokens (vLLM).
    MixedChunks,
    /// Whole prompts join a decode step, as many as its limit of tokens lets in (TensorRT-LLM).
    MixedWhole,
    /// Chunks of prompts run in steps of their own, before any decode goes on (SGLang).
    Alone,
}

/// One serving stack.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Stack {
    /// Unique within its list.
    pub id: String,
    /// Name shown to users.
    pub name: String,
    /// Latest version that has these defaults; its times are of the versions that were measured.
    pub version: String,
    /// Versions whose defaults differ, oldest first; the defaults above are those of one of them.
    #[serde(default)]
    pub releases: Vec<Release>,
    /// Makers whose accelerators it runs on.
    pub vendors: Vec<Vendor>,
    /// Accelerators of those makers that it does not run on.
    #[serde(default)]
    pub except: Vec<String>,
    /// What the fraction of memory is taken of.
    pub memory_policy: MemoryPolicy,
    /// Default of the fraction of `memory_policy`.
    pub memory_fraction: Sourced,
    /// Whether a request is let in only when its whole answer has room (TensorRT-LLM's GUARANTEED_NO_EVICT), or as
    /// soon as its prompt has.
    pub reserves_answers: bool,
    /// Tokens in one block of KV cache.
    pub kv_block_tokens: Sourced,
    /// Most tokens that one step processes (vLLM's `max_num_batched_tokens`): the chunk of chunked prefill.
    pub step_tokens: Sourced,
    /// Most sequences that run at once (`max_num_seqs`, `max_batch_size`).
    pub max_sequences: Sourced,
    /// Where those two are others; the first that applies.
    #[serde(default)]
    pub limits: Vec<Limits>,
    /// What it is told where it has no room for a KV cache with its defaults; absent: nothing helps.
    #[serde(default)]
    pub tight: Option<Tight>,
    /// Names of its options of memory.
    pub options: MemoryOptions,
    /// Copies of the logits, in 32 bits, that exist for each sequence it may run: samplers sort whole vocabularies.
    pub logit_copies: Sourced,
    /// The same of models without routed experts, where it runs them otherwise.
    #[serde(default)]
    pub dense_logit_copies: Option<Sourced>,
    /// Copies of the hidden state and of an expert's width, in 16 bits, that exist for each expert that a token of the largest
    /// step visits.
    pub visit_copies: Sourced,
    /// How widths must divide for it to start.
    #[serde(default)]
    pub starts: StartRules,
    /// How it holds routed experts, where not as the checkpoint does; the first that applies.
    #[serde(default)]
    pub experts: Vec<ExpertLayout>,
    /// Whether layers with a window keep no more than it (vLLM's hybrid KV cache manager, TensorRT-LLM's cyclic cache).
    #[serde(default = "yes")]
    pub frees_windows: bool,
    /// Memory for the runtime beside weights, KV and activations (context, graphs, collectives), bytes.
    pub reserve_bytes: Sourced,
    /// The same in addition where a replica spans several accelerators: buffers of collectives, bytes.
    #[serde(default)]
    pub collectives_bytes: Option<Sourced>,
    /// Time of one step that no operation accounts for: scheduling, sampling, launching, seconds.
    pub step_overhead_s: Sourced,
    /// The same for each sequence in the step, seconds.
    pub sequence_overhead_s: Sourced,
    /// Time from a request's arrival to its first step and from the last logit to the client
    /// (tokenizer, HTTP), seconds.
    pub request_overhead_s: Sourced,
    /// Time of a step with prompts beside that of any step, however many prompts it has: tables of new sequences, no graph of
    /// the whole step, seconds. Tokenizer and HTTP are processes beside the engine's and take nothing from its steps.
    pub prompt_step_s: Sourced,
    /// How prompts are read beside decoding sequences.
    pub prefill: PrefillPolicy,
    /// Steps that a new request waits before the engine looks at it, as long as steps are at that time.
    pub admission_steps: Sourced,
    /// Time to prepare and launch one layer of a step with prompts, which no graph replays: such a step takes no less than this
    /// for all its layers. Seconds; the second and third in addition for latent attention and for routed experts.
    pub eager_layer_s: Sourced,
    /// In addition for a layer of latent attention, seconds.
    pub eager_latent_s: Sourced,
    /// In addition for a layer of routed experts, seconds.
    pub eager_moe_s: Sourced,
    /// This stack's kernels against those of the generation's efficiencies: factors of the rate of
    /// matrix products, of those of routed experts, of reading the KV cache, of the time of collectives and of the fixed
    /// time of a layer.
    pub compute_factor: Sourced,
    /// Factor of the rate of products of routed experts.
    pub experts_factor: Sourced,
    /// Factor of the rate of reading the KV cache.
    pub kv_factor: Sourced,
    /// Factor of the time of collectives.
    pub collective_factor: Sourced,
    /// Factor of the fixed time of a layer.
    pub layer_factor: Sourced,
    /// How tokens reach experts on other accelerators.
    pub exchange: Exchange,
    /// Formats of weights with which it keeps the KV cache in 8 bits by default: those whose checkpoints
    /// carry the scales (`kv_cache_quant_algo` of NVIDIA's FP8 and NVFP4 checkpoints).
    #[serde(default)]
    pub kv_follows_weights: Vec<NumberFormat>,
    /// How much slower earlier versions are.
    #[serde(default)]
    pub earlier: Option<Earlier>,
    /// How much further its times may be off, at a version newer than those that the engine was fitted to.
    #[serde(default)]
    pub drift: Option<Drift>,
    /// Bytes of a number in an FP8 cache of latents beside a sparse indexer, whose scales and rotary part are kept in more
    /// bits; absent: one.
    #[serde(default)]
    pub sparse_fp8_bytes: Option<Sourced>,
    /// KV cache formats that it offers.
    pub kv_formats: Vec<NumberFormat>,
    /// What else is worth knowing; may be empty.
    #[serde(default)]
    pub notes: String,
}

fn yes() -> bool {
    true
}

/// Reads one figure of a [`Stack`], and lends it to be changed.
type StackField = (&'static str, fn(&Stack) -> &Sourced, fn(&mut Stack) -> &mut Sourced);

macro_rules! figures {
    ($($name:ident),* $(,)?) => {
        &[$((stringify!($name), |e| &e.$name, |e| &mut e.$name)),*]
    };
}

impl Stack {
    /// Every figure that is about time, by the name of its field.
    pub const TIMES: &[StackField] = figures![
        step_overhead_s,
        sequence_overhead_s,
        request_overhead_s,
        prompt_step_s,
        admission_steps,
        eager_layer_s,
        eager_latent_s,
        eager_moe_s,
        compute_factor,
        experts_factor,
        kv_factor,
        collective_factor,
        layer_factor,
    ];

    /// The figure called `name`, to be changed.
    pub fn figure_mut(&mut self, name: &str) -> Option<&mut Sourced> {
        match name {
            "earlier_host_factor" => self.earlier.as_mut().map(|earlier| &mut earlier.earlier_host_factor),
            "earlier_kv_factor" => self.earlier.as_mut().map(|earlier| &mut earlier.earlier_kv_factor),
            _ => Self::TIMES.iter().find(|(known, ..)| *known == name).map(|(.., lend)| lend(self)),
        }
    }

    /// Whether the stack runs on the accelerator.
    pub fn runs_on(&self, accelerator: &Accelerator) -> bool {
        self.vendors.contains(&accelerator.vendor) && !self.except.contains(&accelerator.id)
    }

    /// How it holds routed experts in `format` on the accelerator, where not as the checkpoint does.
    pub fn experts_in(&self, format: NumberFormat, accelerator: &Accelerator) -> Option<&ExpertLayout> {
        self.experts.iter().find(|layout| layout.applies_to(format, accelerator))
    }

    /// Most tokens of one step, and most sequences at once, that it takes by default on the accelerator.
    pub fn limits_on(&self, accelerator: &Accelerator) -> (&Sourced, &Sourced) {
        self.limits
            .iter()
            .find(|limits| limits.apply_to(accelerator))
            .map_or((&self.step_tokens, &self.max_sequences), |l| (&l.step_tokens, &l.max_sequences))
    }
}
