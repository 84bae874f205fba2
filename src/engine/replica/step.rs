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
}

impl Product {
    /// `parameters` of `bytes` each, on one accelerator that reads `read` bytes a second.
    pub fn new(parameters: f64, bytes: f64, math: Arithmetic, efficiency: &Efficiency, read: f64) -> Self {
        Self {
            s_per_row: 2.0 * parameters / math.ops_per_s(),
            half_rows: efficiency.half_rows.value(),
            weights_s: parameters * bytes / read,
        }
    }

    /// The same with so much longer reading, seconds.
    pub fn read_more(self, seconds: f64) -> Self {
        Self { weights_s: self.weights_s + seconds, ..self }
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
}

impl StepTime {
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

    /// All of it `factor` times as long.
    #[inline]
    pub fn stretched(self, factor: f64) -> Self {
        Self {
            compute_s: self.compute_s * factor,
            memory_s: self.memory_s * factor,
            communication_s: self.communication_s * factor,
            overhead_s: self.overhead_s * factor,
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
