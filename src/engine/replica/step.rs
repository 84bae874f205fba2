//! The time of one step, by what it was spent on.

use crate::catalog::Efficiency;
use crate::engine::replica::formats::Arithmetic;

/// A matrix product with weights that stay: `rows` tokens against fixed matrices.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Product {
    /// Arithmetic of one row at full efficiency, seconds.
    s_per_row: f64,
    /// Rows at which half of the efficiency is reached.
    half_rows: f64,
    /// Reading the weights once, seconds.
    weights_s: f64,
    /// Of one row at the whole peak of arithmetic, and of the weights at the whole bandwidth, seconds.
    peak: (f64, f64),
}

impl Product {
    /// `parameters` of `bytes` each, on one accelerator with a memory of `bandwidth` bytes a second.
    pub fn new(
        parameters: f64,
        bytes: f64,
        math: Arithmetic,
        efficiency: &Efficiency,
        bandwidth: f64,
    ) -> Self {
        let peak_read_s = parameters * bytes / bandwidth;
        Self {
            s_per_row: 2.0 * parameters / math.ops_per_s(),
            half_rows: efficiency.half_rows.value(),
            weights_s: peak_read_s / efficiency.memory_weights.value(),
            peak: (2.0 * parameters / math.peak_ops_per_s, peak_read_s),
        }
    }

    /// The same with so much more to read, seconds at the whole bandwidth.
    pub fn read_more(self, peak_read_s: f64, efficiency: &Efficiency) -> Self {
        Self {
            weights_s: self.weights_s + peak_read_s / efficiency.memory_weights.value(),
            peak: (self.peak.0, self.peak.1 + peak_read_s),
            ..self
        }
    }
}

/// What a step processes, for one data-parallel copy of attention and one micro-batch.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Batch {
    /// Sequences that decode one token each.
    pub decoding: f64,
    /// Their mean context, tokens.
    pub context_tokens: f64,
    /// Prompt tokens in the step.
    pub prompt_tokens: f64,
    /// Mean context that those look back on, tokens.
    pub prompt_context_tokens: f64,
}

impl Batch {
    /// Half of it.
    #[inline]
    pub fn half(&self) -> Self {
        Self { decoding: 0.5 * self.decoding, prompt_tokens: 0.5 * self.prompt_tokens, ..*self }
    }
}

/// What an accelerator does: of a step in seconds at its peaks, or over time as shares of them.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Activity {
    /// Reading weights and activations.
    pub weights: f64,
    /// Reading the KV cache.
    pub kv: f64,
    /// Arithmetic.
    pub arithmetic: f64,
}

impl Activity {
    /// So many times as much.
    pub fn scaled(self, factor: f64) -> Self {
        Self { weights: self.weights * factor, kv: self.kv * factor, arithmetic: self.arithmetic * factor }
    }
}

/// A step's time by what it was spent on, seconds.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct StepTime {
    /// Arithmetic.
    pub compute_s: f64,
    /// Reading and writing memory.
    pub memory_s: f64,
    /// Collectives between accelerators.
    pub communication_s: f64,
    /// What does not depend on the work.
    pub overhead_s: f64,
    /// What was done meanwhile, seconds at the peaks.
    pub done: Activity,
}

impl StepTime {
    /// What is done in it, as shares of the accelerator's peaks.
    #[inline]
    pub fn busy(&self) -> Activity {
        self.done.scaled(1.0 / self.total_s())
    }

    /// The whole step.
    #[inline]
    pub fn total_s(&self) -> f64 {
        self.compute_s + self.memory_s + self.communication_s + self.overhead_s
    }

    /// What most of it was spent on.
    pub fn bound(&self) -> Bound {
        let parts = [
            (self.compute_s, Bound::Compute),
            (self.memory_s, Bound::Memory),
            (self.communication_s, Bound::Communication),
            (self.overhead_s, Bound::Overhead),
        ];
        parts.iter().fold(parts[0], |most, part| if part.0 > most.0 { *part } else { most }).1
    }

    /// The same with `other` after it.
    #[inline]
    pub fn then(self, other: Self) -> Self {
        Self {
            compute_s: self.compute_s + other.compute_s,
            memory_s: self.memory_s + other.memory_s,
            communication_s: self.communication_s + other.communication_s,
            overhead_s: self.overhead_s + other.overhead_s,
            done: Activity {
                weights: self.done.weights + other.done.weights,
                kv: self.done.kv + other.done.kv,
                arithmetic: self.done.arithmetic + other.done.arithmetic,
            },
        }
    }

    /// All of it `factor` times as long.
    #[inline]
    pub fn stretched(self, factor: f64) -> Self {
        Self {
            compute_s: self.compute_s * factor,
            memory_s: self.memory_s * factor,
            communication_s: self.communication_s * factor,
            overhead_s: self.overhead_s * factor,
            done: self.done.scaled(factor),
        }
    }

    /// Adds an operation, which takes the longer of the two.
    #[inline]
    pub fn add(&mut self, compute_s: f64, memory_s: f64) {
        if compute_s > memory_s {
            self.compute_s += compute_s;
        } else {
            self.memory_s += memory_s;
        }
    }

    /// Adds a matrix product.
    #[inline]
    pub fn product(&mut self, product: &Product, rows: f64) {
        self.add(product.s_per_row * (rows + product.half_rows), product.weights_s);
        self.done.arithmetic += product.peak.0 * rows;
        self.done.weights += product.peak.1;
    }
}

/// What bounds a phase.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bound {
    /// Arithmetic.
    Compute,
    /// Memory traffic.
    Memory,
    /// Collectives.
    Communication,
    /// Fixed times.
    Overhead,
}

impl Bound {
    /// The name in the contract.
    pub fn id(self) -> &'static str {
        match self {
            Self::Compute => "compute",
            Self::Memory => "memory",
            Self::Communication => "communication",
            Self::Overhead => "overhead",
        }
    }
}
