//! Limits of a serving stack that are others on some accelerators.

use serde::{Deserialize, Serialize};

use super::accelerator::Accelerator;
use super::figure::Sourced;

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
    /// Accelerators with at least this much memory get them too, bytes.
    #[serde(default)]
    pub memory_from_bytes: Option<f64>,
    /// Most tokens of one step.
    pub step_tokens: Sourced,
    /// Most sequences at once.
    pub max_sequences: Sourced,
}

/// What a server is told where memory is tight.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tight {
    /// Largest share of memory that is advised.
    pub memory_fraction: Sourced,
    /// Smallest step that is advised, tokens.
    pub step_tokens: Sourced,
}

/// What a stack calls its options of memory.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MemoryOptions {
    /// Share of memory.
    pub memory_fraction: String,
    /// Most tokens of one step.
    pub step_tokens: String,
    /// Longest request, prompt and answer.
    pub longest_tokens: String,
}

impl Limits {
    pub(super) fn apply_to(&self, accelerator: &Accelerator) -> bool {
        let memory = accelerator.memory_bytes.value();
        self.memory_under_bytes.is_some_and(|bytes| memory < bytes)
            || self.memory_from_bytes.is_some_and(|bytes| memory >= bytes)
            || self.accelerators.contains(&accelerator.id)
    }
}
