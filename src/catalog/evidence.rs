//! How near a deployment is to one that was measured, and how wide a band that makes.

use serde::{Deserialize, Serialize};

/// How near a deployment is to a measured one, nearest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Evidence {
    /// This model on this accelerator under this stack, by the user.
    Own,
    /// This model on this accelerator under this stack.
    Measured,
    /// This accelerator under this stack, with other models.
    OtherModel,
    /// This generation of accelerators, or this accelerator under another stack.
    OtherAccelerator,
    /// This accelerator, by published throughputs alone.
    Published,
    /// The same maker's silicon, whose kernels were timed alone.
    SameFamily,
    /// Nothing of the kind: efficiencies from documents, or assumed.
    Foreign,
}

impl Evidence {
    /// The id in the JSON document.
    pub fn id(self) -> &'static str {
        match self {
            Self::Own => "own",
            Self::Measured => "measured",
            Self::OtherModel => "other_model",
            Self::OtherAccelerator => "other_accelerator",
            Self::Published => "published",
            Self::SameFamily => "kin",
            Self::Foreign => "foreign",
        }
    }

    /// What supports a time, for users.
    pub fn text(self) -> &'static str {
        match self {
            Self::Own => "your own measurement of this model here",
            Self::Measured => "this model was measured on this accelerator under this stack",
            Self::OtherModel => "other models were measured on this accelerator under this stack",
            Self::OtherAccelerator => {
                "accelerators of the same generation, or this one under another stack, were measured"
            }
            Self::Published => "fitted to published throughputs of this accelerator, not to latencies",
            Self::SameFamily => "kernels of accelerators of the same family were timed, not serving",
            Self::Foreign => "nothing comparable was measured",
        }
    }

    /// Whether measurements of the accelerator itself support it.
    pub fn is_calibrated(self) -> bool {
        matches!(self, Self::Own | Self::Measured | Self::OtherModel | Self::Published)
    }
}

/// What is measured of serving.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Phase {
    /// Time per output token.
    Tpot,
    /// Time to first token.
    Ttft,
}

impl Phase {
    /// All of them, in the order in which they are shown.
    pub const ALL: [Self; 2] = [Self::Tpot, Self::Ttft];

    /// The key in documents.
    pub fn id(self) -> &'static str {
        match self {
            Self::Tpot => "tpot",
            Self::Ttft => "ttft",
        }
    }

    /// The name shown to users.
    pub fn label(self) -> &'static str {
        match self {
            Self::Tpot => "TPOT",
            Self::Ttft => "TTFT",
        }
    }

    /// The name in full.
    pub fn name(self) -> &'static str {
        match self {
            Self::Tpot => "Time per output token",
            Self::Ttft => "Time to first token",
        }
    }
}

/// Factors, below and above the estimate, that hold nine in ten of the measurements.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BandWidth {
    /// Id of the serving stack.
    pub stack: String,
    /// Which time it is about.
    pub phase: Phase,
    /// Of rows that were fitted to.
    pub measured: f64,
    /// Of rows of a model that the fit had not seen.
    pub other_model: f64,
    /// Of rows of an accelerator that the fit had not seen.
    pub other_accelerator: f64,
}

impl BandWidth {
    /// The factor for `evidence`. Where nothing was measured the last one grows by a half and doubles, in the
    /// logarithm: a judgement, not a measurement.
    pub fn factor(&self, evidence: Evidence) -> f64 {
        match evidence {
            Evidence::Own | Evidence::Measured => self.measured,
            Evidence::OtherModel => self.other_model,
            Evidence::OtherAccelerator => self.other_accelerator,
            Evidence::Published | Evidence::SameFamily => self.other_accelerator.powf(1.5),
            Evidence::Foreign => self.other_accelerator.powi(2),
        }
    }
}

/// Models that were measured on one accelerator under one stack.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MeasuredKind {
    /// Id of the accelerator.
    pub accelerator: String,
    /// Id of the serving stack.
    pub stack: String,
    /// Ids of the models that ran.
    pub models: Vec<String>,
    /// How wide the bands of those are that ran often enough to tell.
    #[serde(default)]
    pub widths: Vec<ModelWidth>,
}

/// How wide the bands of one model are where it was measured: factors, below and above the estimate, that hold nine in ten.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ModelWidth {
    /// Id of the model.
    pub model: String,
    /// Which time it is about.
    pub phase: Phase,
    /// The factor.
    pub factor: f64,
}

/// The errors of fits that had not seen what they are judged by.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Trial {
    /// What each fit left out and was then judged by: `nothing`, `model`, `accelerator` or `stack`.
    pub left_out: String,
    /// Which time it is about.
    pub phase: Phase,
    /// How many values it is made from.
    pub count: usize,
    /// Median and 90th percentile of `|predicted / measured − 1|`, and the median with its sign.
    pub median_error: f64,
    /// 90th percentile of the error.
    pub p90_error: f64,
    /// Median of the error with its sign.
    pub bias: f64,
}

/// What was measured and how well it was met: written by the calibration tool.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Calibration {
    /// Of rows that were fitted to.
    pub measured: Vec<MeasuredKind>,
    /// Accelerators with published throughputs.
    pub published: Vec<String>,
    /// How wide the bands are, by stack and phase.
    pub widths: Vec<BandWidth>,
    /// How well fits met what they had seen and what they had not.
    pub trials: Vec<Trial>,
}

impl Calibration {
    /// The factor of one phase under one stack; 1 where the stack is unknown, which validation rules out.
    pub fn factor(&self, stack: &str, phase: Phase, evidence: Evidence) -> f64 {
        self.widths
            .iter()
            .find(|width| width.stack == stack && width.phase == phase)
            .map_or(1.0, |width| width.factor(evidence))
    }
}
