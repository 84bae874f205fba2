//! Why the engine answers nothing: what a scenario names is not there, or a layout makes no sense or does not start.

use std::error::Error;
use std::fmt;

use crate::engine::PlanError;
use crate::engine::replica::cuts::Part;
use crate::engine::replica::degrees::{Degrees, DegreesProblem};
use crate::engine::replica::refusal::{Refusal, Scale, ScalesProblem, StartProblem};

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
            Self::Stages { pp, layers } => write!(f, "pp {pp} is more than the {layers} layers"),
        }
    }
}

/// "width of the routed experts: 768 / 8 = 96 is no multiple of the block of 128 weights that share a scale, which vLLM refuses
/// at start; use ep 8, or tp 2".
impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (asked, stack, problem, ways) = match self {
            Self::Degrees(problem) => return problem.fmt(f),
            Self::Start { asked, stack, problem, other, fewer } => (*asked, stack, problem, (*other, *fewer)),
        };
        write!(f, "{problem}, which {stack} refuses at start; ")?;
        let way = |to| Way { from: asked, to };
        match ways {
            (Some(other), Some(fewer)) => write!(f, "use {}, or {}", way(other), way(fewer)),
            (Some(degrees), None) | (None, Some(degrees)) => write!(f, "use {}", way(degrees)),
            (None, None) => f.write_str(match problem {
                StartProblem::Scales(_) => {
                    "choose another format of the weights, or another version or stack"
                }
                _ => "choose another version or stack",
            }),
        }
    }
}

/// From one layout to another: "tp 2", "tp 4 with ep 4".
struct Way {
    from: Degrees,
    to: Degrees,
}

impl fmt::Display for Way {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { from, to } = self;
        let degrees = [
            ("tp", from.tp, to.tp),
            ("pp", from.pp, to.pp),
            ("ep", from.ep, to.ep),
            ("attention_dp", from.attention_dp, to.attention_dp),
        ];
        let mut separator = "";
        for (name, _, to) in degrees.into_iter().filter(|(_, from, to)| from != to) {
            write!(f, "{separator}{name} {to}")?;
            separator = " with ";
        }
        Ok(())
    }
}

/// What is wrong, as the subject of a sentence.
impl fmt::Display for StartProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::KvHeads { tp, kv_heads } => {
                write!(f, "tp {tp} neither divides the {kv_heads} KV heads nor is a multiple of them")
            }
            Self::StateHeads { tp, heads, groups } => {
                write!(f, "tp {tp} does not divide the {heads} heads and {groups} groups of the state layers")
            }
            Self::QuantizedMamba2 { tp, groups: None } => {
                write!(f, "tp {tp} would cut Mamba-2 layers of quantised weights")
            }
            Self::QuantizedMamba2 { tp, groups: Some(groups) } => {
                write!(
                    f,
                    "tp {tp} does not divide the {groups} groups of Mamba-2 layers of quantised weights"
                )
            }
            Self::Vocabulary { tp, vocab } => {
                write!(f, "tp {tp} does not divide the vocabulary, {vocab} tokens with its padding")
            }
            Self::Width { part, width, ranks } => {
                write!(f, "the width of the {}, {width}, does not part evenly over {ranks}", name(part))
            }
            Self::Scales(scales) => scales.fmt(f),
            Self::UnevenExperts { ep, experts } => write!(f, "ep {ep} does not divide the {experts} experts"),
            Self::ExpertRanks { ep, ranks } => {
                write!(
                    f,
                    "ep {ep} spreads the experts over some of tp · attention_dp = {ranks}, not over all or none"
                )
            }
            Self::CutCopies { tp } => write!(f, "tp {tp} would cut each copy of attention"),
            Self::Stages { pp } => write!(f, "pp {pp} makes stages of a pipeline"),
        }
    }
}

impl fmt::Display for ScalesProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { part, width, ranks, scale, kind } = *self;
        let scales = match kind {
            Scale::Block => "block",
            Scale::DividedBlock => "smallest block",
            Scale::Group => "group",
        };
        let each = width / ranks;
        write!(
            f,
            "width of the {}: {width} / {ranks} = {each} is no multiple of the {scales} of {scale} weights that share a scale",
            name(part)
        )
    }
}

fn name(part: Part) -> &'static str {
    match part {
        Part::Queries => "attention heads",
        Part::KeysAndValues => "keys and values",
        Part::Dense => "dense layers",
        Part::SharedExperts => "shared experts",
        Part::Experts => "routed experts",
    }
}
