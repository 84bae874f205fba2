//! The engine against measurements: what it predicts for each measured run, and its error.
//!
//! An error is `predicted / measured − 1`, so that +0.25 is a quarter too much.

pub mod simulated;
mod summary;
mod throughput;

pub use summary::Summary;
pub use throughput::{
    JudgedThroughput, ThroughputGroup, ThroughputJudgement, judge_published, judge_throughput,
};

use std::collections::HashMap;

pub use crate::catalog::Phase;
use crate::catalog::{Catalog, Client, Correction, MeasuredLatency, MeasuredStep, NumberFormat, Stack};
use crate::engine::calibration::own_measurements;
use crate::engine::replica::degrees::Degrees;
use crate::engine::replica::deployment::Deployment;
use crate::engine::replica::estimate::Band;
use crate::engine::replica::estimate::ClosedLoop;
use crate::engine::replica::estimate::estimate;
use crate::engine::replica::formats::default_kv_cache;
use crate::engine::replica::memory_settings::MemorySettings;
use crate::engine::replica::profile::Profile;
use crate::engine::replica::roofline::Replica;
use crate::engine::replica::speculation::Speculation;
use summary::grouped;

/// What runs have in common when their errors are summed up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Group {
    /// By accelerator.
    Accelerator,
    /// By serving stack.
    Stack,
    /// Number format of the weights.
    Weights,
    /// By model.
    Model,
    /// By whether a note advises against the run.
    Doubt,
}

impl Group {
    /// All of them, in the order in which they are shown.
    pub const ALL: [Self; 5] = [Self::Accelerator, Self::Stack, Self::Weights, Self::Model, Self::Doubt];

    /// The key in documents.
    pub fn id(self) -> &'static str {
        match self {
            Self::Accelerator => "accelerator",
            Self::Stack => "stack",
            Self::Weights => "weights",
            Self::Model => "model",
            Self::Doubt => "doubt",
        }
    }

    /// The member that `row` belongs to.
    pub fn member(self, row: &MeasuredLatency) -> &str {
        match self {
            Self::Accelerator => &row.accelerator,
            Self::Stack => &row.stack,
            Self::Weights => row.weights.id(),
            Self::Model => &row.model,
            Self::Doubt if row.doubt.is_empty() => "none",
            Self::Doubt => "noted",
        }
    }
}

/// One measured value beside the engine's.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Judged {
    /// Index of the run among those that were judged.
    pub row: usize,
    /// Which time it is about.
    pub phase: Phase,
    /// Seconds.
    pub measured_s: f64,
    /// Seconds, with the band that should hold the measured value nine times in ten.
    pub predicted_s: Band,
    /// Whether the engine thinks that the run fits into memory at all.
    pub fits: bool,
}

impl Judged {
    /// Predicted over measured.
    pub fn ratio(&self) -> f64 {
        self.predicted_s.typical / self.measured_s
    }

    /// Whether the band holds the measured value.
    pub fn inside_band(&self) -> bool {
        (self.predicted_s.low..=self.predicted_s.high).contains(&self.measured_s)
    }
}

/// The engine's predictions for a set of runs.
#[derive(Clone, Debug, PartialEq)]
pub struct Judgement<'a> {
    /// The runs that were judged.
    pub rows: Vec<&'a MeasuredLatency>,
    /// Every value of them, runs in order.
    pub values: Vec<Judged>,
    /// Runs left out: they speculate, and the engine does not.
    pub speculative: usize,
    /// Runs left out: they name what the catalog lacks, or the engine has no finite answer.
    pub unanswered: usize,
}

impl Judgement<'_> {
    /// Runs left out.
    pub fn left_out(&self) -> usize {
        self.speculative + self.unanswered
    }

    /// Values of one phase.
    pub fn of(&self, phase: Phase) -> impl Iterator<Item = &Judged> {
        self.values.iter().filter(move |value| value.phase == phase)
    }

    /// Error over all runs; `None` where nothing was measured.
    pub fn summary(&self, phase: Phase) -> Option<Summary> {
        Summary::of(self.of(phase).map(pair))
    }

    /// Error of each member of `group`, by name. Runs that a note advises against count as such alone: what they are off by says
    /// nothing of the model or the accelerator that they name.
    pub fn by(&self, phase: Phase, group: Group) -> Vec<(&str, Summary)> {
        let row = |value: &Judged| self.rows[value.row];
        let counts = |value: &&Judged| group == Group::Doubt || row(value).doubt.is_empty();
        grouped(self.of(phase).filter(counts).map(|value| (group.member(row(value)), pair(value))))
    }

    /// The values of `phases` that are off by the largest factors, the worst first.
    pub fn worst(&self, phases: &[Phase], most: usize) -> Vec<&Judged> {
        let mut values: Vec<&Judged> = self.values.iter().filter(|v| phases.contains(&v.phase)).collect();
        values.sort_by(|a, b| factor(b.ratio()).total_cmp(&factor(a.ratio())));
        values.truncate(most);
        values
    }
}

fn pair(value: &Judged) -> (f64, bool) {
    (value.ratio(), value.inside_band())
}

/// How many times too much or too little a ratio of predicted to measured is; 1 is right.
fn factor(ratio: f64) -> f64 {
    ratio.max(1.0 / ratio)
}

/// What ran, in the names of the catalog.
struct Ran<'r> {
    model: &'r str,
    accelerator: &'r str,
    weights: NumberFormat,
    /// `None`: not known, so the one that the stack would choose.
    kv_cache: Option<NumberFormat>,
    degrees: Degrees,
    settings: MemorySettings,
}

impl Ran<'_> {
    /// The deployment; `None` where the setting names what the catalog lacks.
    fn deployment<'a>(
        &self,
        catalog: &'a Catalog,
        profile: &'a Profile,
        stack: &'a Stack,
        corrections: &[Correction],
    ) -> Option<Deployment<'a>> {
        let accelerator = catalog.accelerator(self.accelerator)?;
        let release = stack.release_of(&stack.version).map(|release| release.from.as_str());
        Some(Deployment {
            profile,
            accelerator,
            efficiency: catalog.efficiency(&accelerator.generation)?,
            stack,
            degrees: self.degrees,
            weights: self.weights,
            kv_cache: self
                .kv_cache
                .unwrap_or_else(|| default_kv_cache(profile, self.weights, stack, accelerator)),
            settings: self.settings,
            speculation: Speculation::NONE,
            facility: &catalog.facility,
            reliance: catalog.reliance(
                catalog.model(self.model)?,
                accelerator,
                (&stack.id, release),
                corrections,
            ),
        })
    }
}

/// What ran in a measured run, and the load on it; `None` where it names what the catalog lacks.
///
/// Where the run does not say the format of its KV cache it is the one that the stack would choose.
pub fn deployment_under<'a>(
    row: &MeasuredLatency,
    catalog: &'a Catalog,
    profile: &'a Profile,
    stack: &'a Stack,
) -> Option<(Deployment<'a>, ClosedLoop)> {
    deployment_given(row, catalog, profile, stack, own_measurements::corrections(catalog))
}

/// The same, given what own measurements show.
pub(super) fn deployment_given<'a>(
    row: &MeasuredLatency,
    catalog: &'a Catalog,
    profile: &'a Profile,
    stack: &'a Stack,
    corrections: &[Correction],
) -> Option<(Deployment<'a>, ClosedLoop)> {
    let setting = Ran {
        model: &row.model,
        accelerator: &row.accelerator,
        weights: row.weights,
        kv_cache: row.kv_cache,
        degrees: Degrees { tp: row.tp, pp: row.pp, ep: row.ep, attention_dp: row.attention_dp },
        settings: MemorySettings {
            asked_step_tokens: row.step_tokens,
            hold_steps: row.hold_steps.unwrap_or(0.0),
            ..MemorySettings::default()
        },
    };
    let load = ClosedLoop {
        input_tokens: row.input_tokens,
        output_tokens: row.output_tokens,
        length_spread: row.length_spread,
        concurrency: f64::from(row.concurrency),
        in_process: row.client == Some(Client::InProcess),
    };
    Some((setting.deployment(catalog, profile, stack, corrections)?, load))
}

/// Estimated over measured of one decode step of the model summed in `profile`; `None` where it names what the catalog lacks.
pub fn judge_step(row: &MeasuredStep, catalog: &Catalog, profile: &Profile) -> Option<f64> {
    let setting = Ran {
        model: &row.model,
        accelerator: &row.accelerator,
        weights: row.weights,
        kv_cache: Some(row.kv_cache),
        degrees: Degrees::ONE,
        settings: MemorySettings::default(),
    };
    let stack = catalog.stack_then(&row.stack, &row.stack_version, "")?;
    let deployment = setting.deployment(catalog, profile, &stack, &[])?;
    let step = Replica::new(&deployment).decode(f64::from(row.sequences), row.context_tokens);
    Some(step.total_s() / row.step_s)
}

/// Judges the engine by measured runs.
pub fn judge<'a>(rows: &'a [MeasuredLatency], catalog: &Catalog) -> Judgement<'a> {
    let mut profiles: HashMap<&str, Profile> = HashMap::new();
    let mut out = Judgement { rows: Vec::new(), values: Vec::new(), speculative: 0, unanswered: 0 };
    for row in rows {
        if !row.speculative.is_empty() {
            out.speculative += 1;
            continue;
        }
        if let Some(model) = catalog.model(&row.model) {
            profiles.entry(&row.model).or_insert_with(|| Profile::of(model));
        }
        let stack = catalog.stack_then(&row.stack, &row.stack_version, &row.measured);
        let profile = profiles.get(row.model.as_str());
        let asked =
            profile.zip(stack.as_deref()).and_then(|(p, stack)| deployment_under(row, catalog, p, stack));
        let estimate = asked.map(|(deployment, load)| estimate(&deployment, &load));
        let Some(estimate) = estimate.filter(|e| (e.ttft_s.high + e.tpot_s.high).is_finite()) else {
            out.unanswered += 1;
            continue;
        };
        let phases =
            [(Phase::Tpot, row.tpot_ms, estimate.tpot_s), (Phase::Ttft, row.ttft_ms, estimate.ttft_s)];
        for (phase, measured_ms, predicted_s) in phases {
            out.values.extend(measured_ms.map(|ms| Judged {
                row: out.rows.len(),
                phase,
                measured_s: ms / 1e3,
                predicted_s,
                fits: estimate.memory.fits,
            }));
        }
        out.rows.push(row);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::measured_latency;

    /// Runs whose measured times are the engine's own, divided by known factors.
    #[test]
    fn known_errors_are_found_again() {
        let catalog = Catalog::built_in().unwrap();
        let model = measured_latency().unwrap().into_iter().find(|row| row.speculative.is_empty()).unwrap();
        let profile = Profile::of(catalog.model(&model.model).unwrap());
        let stack = catalog.stack_then(&model.stack, &model.stack_version, &model.measured).unwrap();
        let (deployment, load) = deployment_under(&model, &catalog, &profile, &stack).unwrap();
        let own = estimate(&deployment, &load);
        // Errors of −50%, −10%, 0%, +15% and +900%; the last is outside every band.
        let mut rows: Vec<MeasuredLatency> = [0.9, 1.15, 10.0, 1.0, 0.5]
            .into_iter()
            .map(|ratio| MeasuredLatency {
                tpot_ms: Some(own.tpot_s.typical * 1e3 / ratio),
                ttft_ms: None,
                ..model.clone()
            })
            .collect();
        rows.push(MeasuredLatency { speculative: "likely".to_owned(), ..model.clone() });
        rows.push(MeasuredLatency { accelerator: "abacus".to_owned(), ..model });
        let judgement = judge(&rows, &catalog);
        assert_eq!((judgement.rows.len(), judgement.speculative, judgement.unanswered), (5, 1, 1));
        let tpot = judgement.summary(Phase::Tpot).unwrap();
        let close = |got: f64, want: f64| assert!((got - want).abs() < 1e-9, "{got} instead of {want}");
        assert_eq!(tpot.count, 5);
        close(tpot.median_error, 0.15);
        close(tpot.p90_error, 0.5 + 0.6 * 8.5);
        close(tpot.bias, 0.0);
        let inside = [0.5, 0.9, 1.0, 1.15].into_iter().filter(|ratio| {
            let measured = own.tpot_s.typical / ratio;
            own.tpot_s.low <= measured && measured <= own.tpot_s.high
        });
        close(tpot.inside_band, inside.count() as f64 / 5.0);
        assert_eq!(judgement.summary(Phase::Ttft), None);
        assert_eq!(judgement.by(Phase::Tpot, Group::Stack), [(rows[0].stack.as_str(), tpot)]);
        let worst: Vec<usize> = judgement.worst(&Phase::ALL, 2).iter().map(|value| value.row).collect();
        assert_eq!(worst, [2, 4]);
    }
}
