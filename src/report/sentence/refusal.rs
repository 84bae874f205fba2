//! Why the engine answers nothing: what a scenario names is not there, or the degrees of a layout make no sense.

use std::error::Error;
use std::fmt;

use crate::engine::PlanError;
use crate::engine::replica::cuts::Part;
use crate::engine::replica::degrees::{DegreesProblem, ScalesProblem};

impl fmt::Display for PlanError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { path, id, list } = self;
        write!(f, "{path} = {id}: is not in the catalog. Choose one that `headroom catalog {list}` lists.")
    }
}

impl Error for PlanError {}

impl fmt::Display for DegreesProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Zero => f.write_str("tp, pp, ep and attention_dp are at least 1"),
            Self::TooMany { most } => write!(f, "tp · pp · attention_dp is more than {most} accelerators"),
            Self::Experts { ep, ranks } => {
                write!(f, "ep {ep} does not divide tp · attention_dp = {ranks}; choose a divisor of it")
            }
            Self::FewExperts { ep, experts } => {
                write!(f, "ep {ep} is more than the {experts} experts; choose at most as many")
            }
            Self::Heads { tp, heads } => {
                write!(f, "tp {tp} does not divide the {heads} attention heads; choose a divisor of it")
            }
            Self::KvHeads { tp, kv_heads } => write!(
                f,
                "tp {tp} neither divides the {kv_heads} KV heads nor is a multiple of them, which servers refuse at \
                 start; choose a divisor of {kv_heads}"
            ),
            Self::StateHeads { tp, heads, groups } => write!(
                f,
                "tp {tp} does not divide the {heads} heads and {groups} groups of the state layers, which the server refuses \
                 at start; choose a divisor of both"
            ),
            Self::Scales(scales) => scales.fmt(f),
            Self::Stages { pp, layers } => write!(f, "pp {pp} is more than the {layers} layers"),
        }
    }
}

/// "width of the routed experts: 768 / 8 = 96 is no multiple of the block of 128, which the server refuses at start: use ep 8
/// or tp 2".
impl fmt::Display for ScalesProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { part, width, ranks, scale, is_block, ep, tp } = *self;
        let of = match part {
            Part::Queries => "attention heads",
            Part::KeysAndValues => "keys and values",
            Part::Dense => "dense layers",
            Part::SharedExperts => "shared experts",
            Part::Experts => "routed experts",
        };
        let scales = if is_block { "block" } else { "group" };
        let each = width / ranks;
        write!(
            f,
            "width of the {of}: {width} / {ranks} = {each} is no multiple of the {scales} of {scale} weights that share a scale, \
             which the server refuses at start; "
        )?;
        match (ep, tp) {
            (Some(ep), Some(tp)) => write!(f, "use ep {ep} or tp {tp}"),
            (Some(ep), None) => write!(f, "use ep {ep}"),
            (None, Some(tp)) => write!(f, "use tp {tp}"),
            (None, None) => f.write_str("choose another format of the weights"),
        }
    }
}
