//! Own measurements that cannot have run as described.

use crate::catalog::Phase;
use crate::engine::replica::degrees::DegreesProblem;

/// A row that is refused.
#[derive(Clone, Debug, PartialEq)]
pub struct Slip {
    /// The row's id.
    pub id: String,
    /// What is wrong with it.
    pub reason: SlipReason,
}

/// Why a row is refused.
#[derive(Clone, Debug, PartialEq)]
pub enum SlipReason {
    /// The model cannot be laid out like this.
    Degrees {
        /// Tensor-parallel degree of the row.
        tp: u32,
        /// What is wrong with its degrees.
        problem: DegreesProblem,
    },
    /// A time is far from what the engine expects.
    Time {
        /// Which time.
        phase: Phase,
        /// Milliseconds, as the row has it.
        measured_ms: f64,
        /// How many times what is expected.
        ratio: f64,
    },
}
