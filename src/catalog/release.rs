//! Versions of a serving stack, where its defaults changed: `vllm@0.19` is vLLM as of 0.19.

use serde::{Deserialize, Serialize};

use super::figure::Sourced;
use super::limits::Limits;
use super::start_rules::{ExpertLayout, StartRules};

/// What is between a stack's id and a version of it.
pub(super) const AT: char = '@';

/// Defaults of a stack from one version on, until the next release that is listed. What is left out is as the stack has it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Release {
    /// First version with these defaults, such as `0.21`.
    pub from: String,
    /// The span of versions, as shown to users.
    pub label: String,
    /// When it came out, ISO 8601 (year, month or day): runs of that time and later are of it where they name no version.
    #[serde(default)]
    pub released: Option<String>,
    /// Share of memory that the stack takes.
    #[serde(default)]
    pub memory_fraction: Option<Sourced>,
    /// Memory of the runtime, bytes.
    #[serde(default)]
    pub reserve_bytes: Option<Sourced>,
    /// Copies of the logits.
    #[serde(default)]
    pub logit_copies: Option<Sourced>,
    /// Buffers of collectives, bytes.
    #[serde(default)]
    pub collectives_bytes: Option<Sourced>,
    /// Whether layers with a window keep no more than it.
    #[serde(default)]
    pub frees_windows: Option<bool>,
    /// How much further its times may be off, where none of the versions that the engine was fitted to is as new.
    #[serde(default)]
    pub drift: Option<Drift>,
    /// What must hold for it to start.
    #[serde(default)]
    pub starts: Option<StartRules>,
    /// Go before the stack's own.
    #[serde(default)]
    pub experts: Vec<ExpertLayout>,
    /// Go before the stack's own.
    #[serde(default)]
    pub limits: Vec<Limits>,
}

/// Factors by which bands of times are wider.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Drift {
    /// Of the time to first token.
    pub ttft: Sourced,
    /// Of the time per output token.
    pub tpot: Sourced,
}

/// How much slower versions before one are than the stack's own figures say.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Earlier {
    /// The first version that is as fast as the figures say.
    pub before: String,
    /// Factor of the times of its processes before that: of a step, of a sequence in it, of launching, of a request.
    pub earlier_host_factor: Sourced,
    /// Factor of the rate of reading the KV cache.
    pub earlier_kv_factor: Sourced,
}

/// The id of the stack that `name` means, without its version.
pub fn stack_id(name: &str) -> &str {
    name.split_once(AT).map_or(name, |(id, _)| id)
}

/// The leading numbers of a version: `1.2.0rc6.post3` is 1, 2, 0.
pub(super) fn numbers(version: &str) -> Option<Vec<u32>> {
    let plain = version.trim().trim_start_matches('v');
    let end = plain.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(plain.len());
    let numbers: Option<Vec<u32>> =
        plain[..end].trim_end_matches('.').split('.').map(|n| n.parse().ok()).collect();
    numbers.filter(|numbers| !numbers.is_empty())
}
