//! How far the times of one deployment can be relied on: by what was measured near it, and by the user's own measurements.

use super::accelerator::{Accelerator, Vendor};
use super::correction::{Correction, OwnFactors};
use super::evidence::{Evidence, MeasuredKind, ModelWidth, Phase};
use super::load::Catalog;
use super::model::Model;

/// The correction for `model` on `accelerator` under `stack`: that of the model itself, else what carries over from
/// others; of either that of the release, else that of runs whose version is not known.
fn correction<'a>(
    corrections: &'a [Correction],
    model: &str,
    accelerator: &str,
    (stack, release): (&str, Option<&str>),
) -> Option<&'a Correction> {
    let here = |known: &&Correction| known.accelerator == accelerator && known.stack == stack;
    let of = |model: Option<&str>, release: Option<&str>| {
        corrections
            .iter()
            .filter(here)
            .find(|known| (known.model.as_deref(), known.release.as_deref()) == (model, release))
    };
    let of = |model| of(model, release).or_else(|| of(model, None));
    of(Some(model)).or_else(|| of(None))
}

/// How far the times of one deployment can be relied on.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Reliance {
    /// How near it is to what was measured.
    pub evidence: Evidence,
    /// Factors, below and above, of the bands of nine in ten.
    pub ttft_factor: f64,
    /// The same of the time per output token.
    pub tpot_factor: f64,
    /// What the user's own measurements change; `None`: there are none.
    pub own: Option<OwnFactors>,
}

impl Catalog {
    /// How far times of `model` on `accelerator` under a release of `stack` can be relied on, with `corrections` by own
    /// measurements.
    pub(crate) fn reliance(
        &self,
        model: &Model,
        accelerator: &Accelerator,
        (stack, release): (&str, Option<&str>),
        corrections: &[Correction],
    ) -> Reliance {
        let evidence = self.evidence(model, accelerator, stack);
        let Some(correction) = correction(corrections, &model.id, &accelerator.id, (stack, release)) else {
            let factor = |phase| self.width(model, &accelerator.id, (stack, phase), evidence);
            return Reliance {
                evidence,
                ttft_factor: factor(Phase::Ttft),
                tpot_factor: factor(Phase::Tpot),
                own: None,
            };
        };
        let of_it = correction.model.is_some();
        // A phase that was not measured stays as it was.
        let factor = |phase| {
            let learnt = correction.of(phase);
            let before = if of_it && learnt.weight > 0.0 { Evidence::Own } else { evidence };
            learnt.width(self.width(model, &accelerator.id, (stack, phase), before))
        };
        Reliance {
            evidence: evidence.min(if of_it { Evidence::Own } else { Evidence::OtherModel }),
            ttft_factor: factor(Phase::Ttft),
            tpot_factor: factor(Phase::Tpot),
            own: Some(correction.factors()),
        }
    }

    /// How wide the band of `phase` is: that of `model`, or of one of its shape, where it ran often enough to tell, or else that of
    /// the stack.
    fn width(
        &self,
        model: &Model,
        accelerator: &str,
        (stack, phase): (&str, Phase),
        evidence: Evidence,
    ) -> f64 {
        let here = |kind: &&MeasuredKind| kind.accelerator == accelerator && kind.stack == stack;
        let of_it = |width: &&ModelWidth| width.phase == phase && self.is_shaped_like(&width.model, model);
        let measured = matches!(evidence, Evidence::Own | Evidence::Measured);
        let kind = self.bands.measured.iter().find(here).filter(|_| measured);
        let own = kind.and_then(|kind| kind.widths.iter().find(of_it));
        own.map_or_else(|| self.bands.factor(stack, phase, evidence), |width| width.factor)
    }

    /// Whether `known` is `model`, or is built alike.
    fn is_shaped_like(&self, known: &str, model: &Model) -> bool {
        *known == model.id || self.model(known).is_some_and(|known| known.is_shaped_like(model))
    }

    /// How near `model` on `accelerator` under `stack` is to what was measured.
    pub fn evidence(&self, model: &Model, accelerator: &Accelerator, stack: &str) -> Evidence {
        let same = |known: &String| self.is_shaped_like(known, model);
        let here = |kind: &&MeasuredKind| kind.accelerator == accelerator.id;
        match self.bands.measured.iter().filter(here).find(|kind| kind.stack == stack) {
            Some(kind) if kind.models.iter().any(same) => return Evidence::Measured,
            Some(_) => return Evidence::OtherModel,
            None => {}
        }
        let generation = |kind: &MeasuredKind| {
            self.accelerator(&kind.accelerator)
                .is_some_and(|known| known.generation == accelerator.generation)
        };
        if self.bands.measured.iter().any(generation) {
            Evidence::OtherAccelerator
        } else if self.bands.published.contains(&accelerator.id) {
            Evidence::Published
        } else if accelerator.vendor == Vendor::Nvidia {
            Evidence::SameFamily
        } else {
            Evidence::Foreign
        }
    }
}
