//! Serving stacks: where they run, how they take memory, what they cost in time.

use serde::{Deserialize, Serialize};

use super::accelerator::{Accelerator, Vendor};
use super::figure::Figure;
use super::format::NumberFormat;

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

/// Defaults that a stack takes on some accelerators instead of its usual ones.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Limits {
    /// Accelerators that get them, by id.
    #[serde(default)]
    pub accelerators: Vec<String>,
    /// Accelerators with less memory than this get them too, bytes.
    #[serde(default)]
    pub memory_under_bytes: Option<f64>,
    pub step_tokens: Figure,
    pub max_sequences: Figure,
}

impl Limits {
    fn apply_to(&self, accelerator: &Accelerator) -> bool {
        self.memory_under_bytes.is_some_and(|bytes| accelerator.memory_bytes.value() < bytes)
            || self.accelerators.contains(&accelerator.id)
    }
}

/// One serving stack.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Stack {
    pub id: String,
    pub name: String,
    /// Version the figures are of.
    pub version: String,
    /// Makers whose accelerators it runs on.
    pub vendors: Vec<Vendor>,
    /// Accelerators of those makers that it does not run on.
    #[serde(default)]
    pub except: Vec<String>,
    pub memory_policy: MemoryPolicy,
    /// Default of the fraction that `memory_policy` speaks of.
    pub memory_fraction: Figure,
    /// Tokens in one block of KV cache.
    pub kv_block_tokens: Figure,
    /// Most tokens that one step processes (vLLM's `max_num_batched_tokens`): the chunk of chunked prefill.
    pub step_tokens: Figure,
    /// Most sequences that run at once (`max_num_seqs`, `max_batch_size`).
    pub max_sequences: Figure,
    /// Where those two are others; the first that applies.
    #[serde(default)]
    pub limits: Vec<Limits>,
    /// Memory for the runtime beside weights, KV and activations (context, graphs, collectives), bytes.
    pub reserve_bytes: Figure,
    /// Time of one step that no operation accounts for: scheduling, sampling, launching, seconds.
    pub step_overhead_s: Figure,
    /// The same for each sequence in the step, seconds.
    pub sequence_overhead_s: Figure,
    /// Time from a request's arrival to its first step and from the last logit to the client
    /// (tokenizer, HTTP), seconds.
    pub request_overhead_s: Figure,
    /// KV cache formats that it offers.
    pub kv_formats: Vec<NumberFormat>,
    #[serde(default)]
    pub notes: String,
}

impl Stack {
    /// Whether the stack runs on the accelerator.
    pub fn runs_on(&self, accelerator: &Accelerator) -> bool {
        self.vendors.contains(&accelerator.vendor) && !self.except.contains(&accelerator.id)
    }

    /// Most tokens of one step, and most sequences at once, that it takes by default on the accelerator.
    pub fn limits_on(&self, accelerator: &Accelerator) -> (&Figure, &Figure) {
        self.limits
            .iter()
            .find(|limits| limits.apply_to(accelerator))
            .map_or((&self.step_tokens, &self.max_sequences), |l| (&l.step_tokens, &l.max_sequences))
    }
}
