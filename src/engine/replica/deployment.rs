//! One replica, described: a model on a layout of one accelerator under one stack.

use crate::catalog::{Accelerator, Efficiency, FacilityAssumptions, NumberFormat, Reliance, Stack};
use crate::engine::replica::degrees::Degrees;
use crate::engine::replica::memory_settings::MemorySettings;
use crate::engine::replica::profile::Profile;
use crate::engine::replica::speculation::Speculation;

/// What the memory and the times of a replica are worked out from.
#[derive(Clone, Copy, Debug)]
pub struct Deployment<'a> {
    /// The model, as sums over its layers.
    pub profile: &'a Profile,
    /// The accelerator it runs on.
    pub accelerator: &'a Accelerator,
    /// What the accelerator reaches of its peaks.
    pub efficiency: &'a Efficiency,
    /// The stack that serves it.
    pub stack: &'a Stack,
    /// Degrees of parallelism.
    pub degrees: Degrees,
    /// Number format of the weights.
    pub weights: NumberFormat,
    /// Number format of the KV cache.
    pub kv_cache: NumberFormat,
    /// What the server is told of memory.
    pub settings: MemorySettings,
    /// Tokens drafted ahead.
    pub speculation: Speculation,
    /// What accelerators draw by what they do.
    pub facility: &'a FacilityAssumptions,
    /// How far its times can be relied on: [`reliance`](crate::engine::reliance).
    pub reliance: Reliance,
}

impl Deployment<'_> {
    /// Most tokens that one step of one data-parallel copy processes.
    pub fn step_tokens(&self) -> f64 {
        self.settings.step_tokens(self.stack, self.accelerator).value
    }

    /// Tokens of the longest request, prompt and answer, that the stack takes; `None` where it does not check.
    pub fn longest_tokens(&self) -> Option<f64> {
        self.stack.starts.context.as_ref().map(|_| self.profile.context)
    }

    /// Most sequences that one data-parallel copy runs at once, by the stack's default.
    pub fn max_sequences(&self) -> f64 {
        self.stack.limits_on(self.accelerator).1.value()
    }
}
