//! What a user's own measurements change in the engine: corrections of its times, and narrower bands.
//!
//! The engine's error on one accelerator under one stack is the same factor on all its times of one kind, or nearly: a
//! driver, a power limit, a version of the stack. So a correction is a factor for the time per output token and one for
//! the time to first token, each from `ln(measured ÷ predicted)` of its own measured times alone: a time that was measured
//! as predicted stays, whatever the other is, and so does one that was not measured. The errors of the two times say little
//! of each other: among the shipped rows, those of the 14 models, accelerators and stacks with three or more have a
//! correlation of 0.04 between their medians.
//!
//! A few runs are not believed outright. If the engine's error differs between settings as much as single runs of
//! one setting do, the normal-normal posterior mean of `n` runs is `n ÷ (n + 1)` of theirs (Efron and Morris 1975,
//! "Data analysis using Stein's estimator and its generalizations", JASA 70:311–319): one run counts for half, four
//! for four fifths. A run that is far from the others pulls no harder than one that is twice off (Huber 1964, "Robust
//! estimation of a location parameter", Ann. Math. Statist. 35:73–101). What is minimised is convex, so that a further run
//! moves the prediction towards itself and never beyond. To another model on the same accelerator and stack half of a
//! correction carries over: the errors of two models share the machine and not the kernels, and where the shipped fits
//! leave out a model, their errors on it are about twice those on what they saw.
//!
//! Versions of a stack differ in their times as other stacks do. A run that names its version is of that release, and says
//! nothing of others; a run that names none is of all.

mod change;
mod slip;
#[cfg(test)]
mod tests;

use std::borrow::Cow;
use std::collections::HashMap;

pub use change::{TimeChange, changes, distinct};
pub use slip::{Slip, SlipReason};

use crate::catalog::{
    Accelerator, Catalog, Correction, Day, Evidence, Learnt, MeasuredLatency, Model, NumberFormat, Phase,
    Reliance, Stack,
};
use crate::engine::calibration::accuracy::deployment_given;
use crate::engine::replica::degrees::Degrees;
use crate::engine::replica::deployment::Deployment;
use crate::engine::replica::estimate::{ClosedLoop, estimate};
use crate::engine::replica::memory_settings::MemorySettings;
use crate::engine::replica::profile::Profile;
use crate::engine::replica::roofline::BAND_DEVIATIONS;
use crate::engine::replica::speculation::Speculation;

/// Share of a correction that carries over to other models.
const OTHER_MODELS: f64 = 0.5;

/// Distance in the logarithm, a factor of two, from which on a run pulls no harder.
const HARDEST_PULL: f64 = std::f64::consts::LN_2;

/// Halvings of the interval in which a correction lies: down to the last bit.
const HALVINGS: u32 = 64;

/// Factor beyond which a row is a mistake, not a measurement of what it names.
const SLIP: f64 = 20.0;

/// How far times of `model` on `accelerator` under `stack` can be relied on, by what is known of them and by the
/// catalog's own measurements; less at a version newer than those that the engine was fitted to.
pub fn reliance(catalog: &Catalog, model: &Model, accelerator: &Accelerator, stack: &Stack) -> Reliance {
    let release = stack.release_of(&stack.version).map(|release| release.from.as_str());
    let mut reliance = catalog.reliance(model, accelerator, (&stack.id, release), corrections(catalog));
    if let Some(drift) = &stack.drift
        && reliance.evidence != Evidence::Own
    {
        reliance.ttft_factor *= drift.ttft.value();
        reliance.tpot_factor *= drift.tpot.value();
    }
    reliance
}

/// `model` on `accelerator` under `stack`, with the defaults of the stack and without drafting. `None`: the catalog knows no
/// efficiencies of the accelerator's generation, which its validation rules out.
pub fn deployment<'a>(
    catalog: &'a Catalog,
    (model, profile): (&Model, &'a Profile),
    accelerator: &'a Accelerator,
    stack: &'a Stack,
    degrees: Degrees,
    (weights, kv_cache): (NumberFormat, NumberFormat),
) -> Option<Deployment<'a>> {
    Some(Deployment {
        profile,
        accelerator,
        efficiency: catalog.efficiency(&accelerator.generation)?,
        stack,
        degrees,
        weights,
        kv_cache,
        settings: MemorySettings::default(),
        speculation: Speculation::NONE,
        facility: &catalog.facility,
        reliance: reliance(catalog, model, accelerator, stack),
    })
}

/// What the catalog's own measurements show for every accelerator and stack that was measured, and of every model there.
///
/// Rows with speculative decoding or a doubt are left out, and so are those that [`check`] refuses.
pub(crate) fn corrections(catalog: &Catalog) -> &[Correction] {
    catalog.corrections(|catalog| learn(catalog).0)
}

/// Refuses own measurements that cannot have run as described.
///
/// # Errors
/// One for each such row.
pub fn check(catalog: &Catalog) -> Result<(), Vec<Slip>> {
    let (corrections, slips) = learn(catalog);
    catalog.corrections(|_| corrections);
    if slips.is_empty() { Ok(()) } else { Err(slips) }
}

/// The catalog as it will be with `rows` among the own measurements.
///
/// # Errors
/// As [`check`].
pub fn with(catalog: &Catalog, rows: &[MeasuredLatency]) -> Result<Catalog, Vec<Slip>> {
    let after = catalog.with_measurements(rows);
    check(&after)?;
    Ok(after)
}

/// One measured run, ready to be asked about.
struct OwnRun<'a> {
    row: &'a MeasuredLatency,
    /// First version of the release that ran, where known.
    release: Option<&'a str>,
    deployment: Deployment<'a>,
    load: ClosedLoop,
}

impl OwnRun<'_> {
    /// `ln(measured ÷ predicted)` of a phase, without any correction; `None`: it was not measured.
    fn log_ratio(&self, phase: Phase) -> Option<f64> {
        let measured_ms = match phase {
            Phase::Tpot => self.row.tpot_ms,
            Phase::Ttft => self.row.ttft_ms,
        }?;
        let estimate = estimate(&self.deployment, &self.load);
        let predicted_s = match phase {
            Phase::Tpot => estimate.tpot_s.typical,
            Phase::Ttft => estimate.ttft_s.typical,
        };
        Some((measured_ms / 1e3 / predicted_s).ln())
    }

    /// Why the run is not believed.
    fn slip(&self, profile: &Profile) -> Option<SlipReason> {
        let row = self.row;
        if let Some(problem) = self.deployment.degrees.problem(profile) {
            return Some(SlipReason::Degrees { tp: row.tp, problem });
        }
        let times = [(Phase::Tpot, row.tpot_ms), (Phase::Ttft, row.ttft_ms)];
        times.into_iter().find_map(|(phase, ms)| {
            let ratio = self.log_ratio(phase)?.exp();
            let believed = (1.0 / SLIP..=SLIP).contains(&ratio);
            (!believed).then(|| SlipReason::Time { phase, measured_ms: ms.unwrap_or(f64::NAN), ratio })
        })
    }
}

/// The stack of a run, its version and the day, as [`Catalog::stack_then`] takes them.
fn ran_under(row: &MeasuredLatency) -> (&str, &str, &str) {
    (&row.stack, &row.stack_version, &row.measured)
}

/// What the plausible own measurements show, and what is wrong with the others.
fn learn(catalog: &Catalog) -> (Vec<Correction>, Vec<Slip>) {
    let rows =
        || catalog.own_measurements().iter().filter(|r| r.speculative.is_empty() && r.doubt.is_empty());
    let profiles: HashMap<&str, Profile> = rows()
        .filter_map(|row| Some((row.model.as_str(), Profile::of(catalog.model(&row.model)?))))
        .collect();
    // At the version that a run names: what it corrects is the engine's answer for that one.
    let stacks: HashMap<(&str, &str, &str), Cow<'_, Stack>> = rows()
        .filter_map(|row| {
            let key = ran_under(row);
            Some((key, catalog.stack_then(key.0, key.1, key.2)?))
        })
        .collect();
    let (mut runs, mut slips) = (Vec::new(), Vec::new());
    for row in rows() {
        let Some(profile) = profiles.get(row.model.as_str()) else { continue };
        // The engine as it is without corrections: they are what is worked out here.
        let Some(stack) = stacks.get(&ran_under(row)) else { continue };
        let Some((deployment, load)) = deployment_given(row, catalog, profile, stack, &[]) else { continue };
        let release = stack.release_of(&row.stack_version).map(|release| release.from.as_str());
        let run = OwnRun { row, release, deployment, load };
        match run.slip(profile) {
            None => runs.push(run),
            Some(reason) => slips.push(Slip { id: row.id.clone(), reason }),
        }
    }
    let mut out: Vec<Correction> = Vec::new();
    for run in &runs {
        let row = run.row;
        for model in [Some(&row.model), None] {
            let known = |c: &Correction| {
                (&c.accelerator, &c.stack, c.model.as_ref()) == (&row.accelerator, &row.stack, model)
                    && c.release.as_deref() == run.release
            };
            if out.iter().any(known) {
                continue;
            }
            let alike: Vec<&OwnRun<'_>> = runs
                .iter()
                .filter(|r| (&r.row.accelerator, &r.row.stack) == (&row.accelerator, &row.stack))
                .filter(|r| r.release.is_none() || r.release == run.release)
                .filter(|r| model.is_none_or(|model| r.row.model == *model))
                .collect();
            out.push(correction(model.cloned(), run, &alike));
        }
    }
    (out, slips)
}

/// What `runs` show for `model`, or of the models that are not among them.
fn correction(model: Option<String>, run: &OwnRun<'_>, runs: &[&OwnRun<'_>]) -> Correction {
    let row = run.row;
    let share = if model.is_some() { 1.0 } else { OTHER_MODELS };
    let of = |phase| {
        let logs: Vec<f64> = runs.iter().filter_map(|run| run.log_ratio(phase)).collect();
        learnt(&logs, share)
    };
    Correction {
        accelerator: row.accelerator.clone(),
        stack: row.stack.clone(),
        release: run.release.map(str::to_owned),
        model,
        tpot: of(Phase::Tpot),
        ttft: of(Phase::Ttft),
        measurements: u32::try_from(runs.len()).unwrap_or(u32::MAX),
        last: runs.iter().filter_map(|run| Day::parse(&run.row.measured)).max(),
    }
}

/// What log ratios of one phase show: how far they move the engine's time, and what is left of them.
fn learnt(logs: &[f64], share: f64) -> Learnt {
    if logs.is_empty() {
        return Learnt::NOTHING;
    }
    let n = logs.len() as f64;
    let shift = share * shrunk(logs);
    let squares: f64 = logs.iter().map(|log| (log - shift).powi(2)).sum();
    Learnt {
        factor: shift.exp(),
        weight: share * n / (n + 1.0),
        spread_ln: BAND_DEVIATIONS * (squares / n).sqrt(),
    }
}

/// Where 0, which is the engine, and `logs` balance: 0 pulls by its distance, each of the others so up to
/// [`HARDEST_PULL`]. Logs that agree give `n ÷ (n + 1)` of what they agree on.
fn shrunk(logs: &[f64]) -> f64 {
    let pull = |at: f64| {
        let of_logs: f64 = logs.iter().map(|log| (log - at).clamp(-HARDEST_PULL, HARDEST_PULL)).sum();
        of_logs - at
    };
    let (mut low, mut high) =
        logs.iter().fold((0.0_f64, 0.0_f64), |(low, high), log| (low.min(*log), high.max(*log)));
    for _ in 0..HALVINGS {
        let middle = 0.5 * (low + high);
        if pull(middle) > 0.0 { low = middle } else { high = middle }
    }
    0.5 * (low + high)
}
