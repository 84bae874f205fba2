//! Why the engine answers nothing: what a scenario names is not there, or the degrees of a layout make no sense.

use std::error::Error;
use std::fmt;

use crate::engine::PlanError;
use crate::engine::replica::degrees::DegreesProblem;

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
            Self::Heads { tp, heads } => {
                write!(f, "tp {tp} does not divide the {heads} attention heads; choose a divisor of it")
            }
            Self::KvHeads { tp, kv_heads } => write!(
                f,
                "tp {tp} neither divides the {kv_heads} KV heads nor is a multiple of them, which servers refuse at \
                 start; choose a divisor of {kv_heads}"
            ),
            Self::Stages { pp, layers } => write!(f, "pp {pp} is more than the {layers} layers"),
        }
    }
}
