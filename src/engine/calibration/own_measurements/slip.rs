//! Own measurements that cannot have run as they say.

use crate::catalog::Phase;
use crate::engine::replica::degrees::DegreesProblem;

/// A row that is not believed.
#[derive(Clone, Debug, PartialEq)]
pub struct Slip {
    /// The row's id.
    pub id: String,
    pub reason: SlipReason,
}

/// Why a row is not believed.
#[derive(Clone, Debug, PartialEq)]
pub enum SlipReason {
    /// The model cannot be laid out like this.
    Degrees { tp: u32, problem: DegreesProblem },
    /// A time of `measured_ms` milliseconds, `ratio` times what the engine expects.
    Time { phase: Phase, measured_ms: f64, ratio: f64 },
}
