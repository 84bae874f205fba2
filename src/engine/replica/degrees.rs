//! Ways of spreading one replica over accelerators.

use crate::catalog::Accelerator;
use crate::engine::replica::profile::{HeadCounts, Profile};

/// Degrees of parallelism of one replica.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Degrees {
    /// Tensor parallel: every matrix is split this many ways.
    pub tp: u32,
    /// Pipeline stages: the layers are split this many ways.
    pub pp: u32,
    /// Expert parallel: whole experts are spread this many ways; divides `tp * attention_dp`.
    pub ep: u32,
    /// Copies of attention, each with its own sequences, that share one set of experts.
    pub attention_dp: u32,
}

impl Degrees {
    /// One accelerator.
    pub const ONE: Self = Self { tp: 1, pp: 1, ep: 1, attention_dp: 1 };

    /// Accelerators of the replica.
    pub fn accelerators(self) -> u32 {
        self.tp * self.pp * self.attention_dp
    }

    /// Accelerators over which the experts of one layer are spread.
    pub fn expert_ranks(self) -> u32 {
        self.tp * self.attention_dp
    }

    /// Experts that the fullest accelerator holds of a layer over the mean: they do not always divide evenly, and whoever needs as
    /// many on each rank adds copies.
    pub fn fullest_experts(self, experts: f64) -> f64 {
        let ep = f64::from(self.ep);
        if experts > 0.0 { (experts / ep).ceil() * ep / experts } else { 1.0 }
    }

    /// Why the degrees make no sense for `profile`, if they do not.
    pub fn problem(self, profile: &Profile) -> Option<DegreesProblem> {
        let Self { tp, pp, ep, attention_dp } = self;
        if tp == 0 || pp == 0 || ep == 0 || attention_dp == 0 {
            return Some(DegreesProblem::Zero);
        }
        if tp.checked_mul(pp).and_then(|n| n.checked_mul(attention_dp)).is_none_or(|n| n > MOST_ACCELERATORS)
        {
            return Some(DegreesProblem::TooMany { most: MOST_ACCELERATORS });
        }
        if profile.is_mixture() && f64::from(ep) > profile.experts {
            return Some(DegreesProblem::FewExperts { ep, experts: profile.experts });
        }
        if !(tp * attention_dp).is_multiple_of(ep) {
            return Some(DegreesProblem::Experts { ep, ranks: tp * attention_dp });
        }
        let ranks = f64::from(tp);
        for &HeadCounts { heads, .. } in &profile.head_counts {
            if heads % ranks != 0.0 {
                return Some(DegreesProblem::Heads { tp, heads });
            }
        }
        if f64::from(pp) > profile.layers {
            return Some(DegreesProblem::Stages { pp, layers: profile.layers });
        }
        None
    }
}

/// Why degrees make no sense for a model.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum DegreesProblem {
    /// A degree is 0.
    Zero,
    /// More accelerators than one replica may have.
    TooMany {
        /// As many as it may have.
        most: u32,
    },
    /// The experts cannot be spread evenly.
    Experts {
        /// Expert-parallel degree.
        ep: u32,
        /// Accelerators that share the experts of one layer.
        ranks: u32,
    },
    /// The attention heads cannot be spread evenly.
    Heads {
        /// Tensor-parallel degree.
        tp: u32,
        /// Attention heads of a layer.
        heads: f64,
    },
    /// More ranks than experts to spread.
    FewExperts {
        /// Expert-parallel degree.
        ep: u32,
        /// Routed experts of a layer.
        experts: f64,
    },
    /// More stages than layers.
    Stages {
        /// Pipeline stages.
        pp: u32,
        /// Layers of the model.
        layers: f64,
    },
}

/// Most accelerators that `estimate` takes for one replica.
const MOST_ACCELERATORS: u32 = 4096;

/// Most accelerators that the search gives one replica of a dense model, and of a mixture.
const MOST_DENSE: u32 = 32;
const MOST_MIXTURE: u32 = 72;

/// Scale-up links slower than this, bytes per second, make stages cheaper than tensor parallelism (PCIe).
const FAST_LINK: f64 = 100e9;

/// Degrees that are asked for; those that are not are left to the search.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct AskedDegrees {
    /// Tensor parallel.
    pub tp: Option<u32>,
    /// Pipeline stages.
    pub pp: Option<u32>,
    /// Expert parallel.
    pub ep: Option<u32>,
    /// Copies of attention.
    pub attention_dp: Option<u32>,
}

impl AskedDegrees {
    /// Calls `visit` with every sensible layout that has them, fewest accelerators first; where none has, with the one that has
    /// nothing else.
    pub fn visit(self, profile: &Profile, accelerator: &Accelerator, mut visit: impl FnMut(Degrees)) {
        let mut any = false;
        visit_layouts(profile, accelerator, |degrees| {
            let Degrees { tp, pp, ep, attention_dp } = degrees;
            let pairs = [(self.tp, tp), (self.pp, pp), (self.ep, ep), (self.attention_dp, attention_dp)];
            if pairs.iter().all(|(asked, found)| asked.is_none_or(|asked| asked == *found)) {
                any = true;
                visit(degrees);
            }
        });
        let one = |asked: Option<u32>| asked.unwrap_or(1);
        let alone = Degrees {
            tp: one(self.tp),
            pp: one(self.pp),
            ep: one(self.ep),
            attention_dp: one(self.attention_dp),
        };
        if !any && alone.problem(profile).is_none() {
            visit(alone);
        }
    }
}

/// Calls `visit` with every sensible layout, fewest accelerators first.
///
/// Dense: tensor parallel by powers of two up to the scale-up domain (at least a server's eight), and pipeline
/// stages where tensor parallelism has filled a server or its links are slow: the rule of vLLM's guide to
/// distributed inference, since stages wait for each other more than this engine counts. Mixtures besides: experts spread over the
/// tensor-parallel group, and attention copied data-parallel over experts spread across all of them. A machine with one accelerator
/// holds whole replicas: over several of them each token would cross the network in every layer or stage, so that who wants it has
/// to ask for its degrees.
fn visit_layouts(profile: &Profile, accelerator: &Accelerator, mut visit: impl FnMut(Degrees)) {
    let domain = accelerator.scale_up.domain.value().max(8.0) as u32;
    let slow = accelerator.scale_up.bytes_per_s.value() < FAST_LINK;
    let server = domain.min(8);
    let most = match () {
        () if accelerator.scale_up.domain.value() < 2.0 => 1,
        () if profile.is_mixture() => MOST_MIXTURE,
        () => MOST_DENSE,
    };
    let mut accelerators = 1;
    while accelerators <= most {
        let mut pp = 1;
        while pp <= accelerators.min(8) {
            let tp = accelerators / pp;
            let degrees = Degrees { tp, pp, ep: 1, attention_dp: 1 };
            let staged_early = pp > 1 && tp < server && !slow;
            if tp <= domain.min(16) && !staged_early && degrees.problem(profile).is_none() {
                visit(degrees);
                if profile.is_mixture() && tp > 1 && pp == 1 {
                    visit(Degrees { ep: tp, ..degrees });
                }
            }
            pp *= 2;
        }
        if profile.is_mixture() {
            let mut tp = 1;
            while tp < accelerators && tp <= 8 {
                let degrees = Degrees { tp, pp: 1, ep: accelerators, attention_dp: accelerators / tp };
                if degrees.problem(profile).is_none() && f64::from(accelerators) <= profile.experts {
                    visit(degrees);
                }
                tp *= 2;
            }
        }
        accelerators *= 2;
    }
}
