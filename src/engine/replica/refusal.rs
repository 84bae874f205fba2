//! Why a layout is refused: it makes no sense for the model, or the stack does not start with it.

use super::cuts::Part;
use super::degrees::{Degrees, DegreesProblem};

/// Why a layout is refused.
#[derive(Clone, Debug, PartialEq)]
pub enum Refusal {
    /// The degrees make no sense for the model, whatever the stack.
    Degrees(DegreesProblem),
    /// A stack does not start with them.
    Start {
        /// The layout that was asked for.
        asked: Degrees,
        /// The stack, and its version where one was asked for.
        stack: String,
        /// The rule of its that they break.
        problem: StartProblem,
        /// A layout that starts, with the experts, the stages or the copies of attention spread otherwise.
        other: Option<Degrees>,
        /// The layout of most tensor parallelism below that starts.
        fewer: Option<Degrees>,
    },
}

/// What a stack refuses at its start.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum StartProblem {
    /// The heads of keys and values can neither be spread nor copied evenly.
    KvHeads {
        /// Tensor-parallel degree.
        tp: u32,
        /// Heads of keys and values of a layer.
        kv_heads: f64,
    },
    /// The heads or groups of state layers cannot be spread evenly.
    StateHeads {
        /// Tensor-parallel degree.
        tp: u32,
        /// Heads of a state layer.
        heads: u32,
        /// Groups of its inputs, or heads of its keys.
        groups: u32,
    },
    /// Quantised Mamba-2 layers are not cut, or not over more ranks than they have groups.
    QuantizedMamba2 {
        /// Tensor-parallel degree.
        tp: u32,
        /// Groups over which they are cut; none: they are not.
        groups: Option<u32>,
    },
    /// The vocabulary, padded, cannot be spread evenly.
    Vocabulary {
        /// Tensor-parallel degree.
        tp: u32,
        /// Tokens, with the padding.
        vocab: u32,
    },
    /// A width cannot be spread evenly.
    Width {
        /// Where the width is.
        part: Part,
        /// Numbers of the whole.
        width: f64,
        /// Ranks that it is cut over.
        ranks: f64,
    },
    /// A rank would hold a part of a block or group of weights that share a scale.
    Scales(ScalesProblem),
    /// The experts do not part into as many for each rank.
    UnevenExperts {
        /// Expert-parallel degree.
        ep: u32,
        /// Routed experts of a layer.
        experts: f64,
    },
    /// Experts are spread over some of the ranks.
    ExpertRanks {
        /// Expert-parallel degree.
        ep: u32,
        /// Accelerators that share the experts of one layer.
        ranks: u32,
    },
    /// Copies of attention are cut.
    CutCopies {
        /// Tensor-parallel degree.
        tp: u32,
    },
    /// There is more than one stage.
    Stages {
        /// Pipeline stages.
        pp: u32,
    },
}

/// A width that does not part into whole blocks or groups.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ScalesProblem {
    /// Where the width is.
    pub part: Part,
    /// Numbers of the whole.
    pub width: f64,
    /// Ranks that it is cut over.
    pub ranks: f64,
    /// Weights that share a scale, along the width, or the fewest for which scales can be made at load.
    pub scale: u32,
    /// What they are.
    pub kind: Scale,
}

/// What weights with a scale in common are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scale {
    /// A square block.
    Block,
    /// The smallest block into which the checkpoint's blocks are divided.
    DividedBlock,
    /// A group along the input.
    Group,
}
