//! What a new measurement changed.

use crate::catalog::{Catalog, MeasuredLatency, Phase};
use crate::engine::calibration::accuracy::{Judged, judge};
use crate::engine::replica::estimate::Band;

/// One measured time beside the engine's, before and after.
#[derive(Clone, Debug, PartialEq)]
pub struct TimeChange {
    /// Names of accelerator, stack and model, as users know them.
    pub accelerator: String,
    /// Name of the serving stack, with its release where the row names a version.
    pub stack: String,
    /// What a plan has to name as its stack for the row to count; `None`: the stack as it is.
    pub only_under: Option<String>,
    /// Id of the model.
    pub model: String,
    /// Which time it is about.
    pub phase: Phase,
    /// Seconds.
    pub measured_s: f64,
    /// Predicted without it, seconds.
    pub before_s: Band,
    /// Predicted with it, seconds.
    pub after_s: Band,
}

/// What became of the estimates of `rows` between two states of the catalog.
pub fn changes(rows: &[MeasuredLatency], before: &Catalog, after: &Catalog) -> Vec<TimeChange> {
    let (old, new) = (judge(rows, before), judge(rows, after));
    let pairs = old.values.iter().zip(&new.values).filter(|(old, new)| old.measured_s == new.measured_s);
    let change = |(old_value, new_value): (&Judged, &Judged)| {
        let row = new.rows[new_value.row];
        let accelerator = after.accelerator(&row.accelerator).map(|a| a.short_name.clone());
        let (stack, only_under) = stack_of(row, after);
        TimeChange {
            accelerator: accelerator.unwrap_or_else(|| row.accelerator.clone()),
            stack,
            only_under,
            model: after.model(&row.model).map_or_else(|| row.model.clone(), |model| model.name.clone()),
            phase: new_value.phase,
            measured_s: new_value.measured_s,
            before_s: old_value.predicted_s,
            after_s: new_value.predicted_s,
        }
    };
    pairs.map(change).collect()
}

/// Name of the stack of `row`, and what names it in a plan where its version is no default.
fn stack_of(row: &MeasuredLatency, catalog: &Catalog) -> (String, Option<String>) {
    let Some(stack) = catalog.stack(&row.stack) else { return (row.stack.clone(), None) };
    let Some(release) = stack.release_of(&row.stack_version) else { return (stack.name.clone(), None) };
    let is_default = stack.release_of(&stack.version) == Some(release);
    let versions = stack.versions().zip(&stack.releases);
    let named = versions.into_iter().find(|(_, known)| *known == release).map(|(named, _)| named);
    let (id, name) = named.unwrap_or_else(|| (stack.id.clone(), stack.name.clone()));
    (name, (!is_default).then_some(id))
}

/// One of `changes` for each phase and setting: of several runs of one setting the first.
pub fn distinct(changes: &[TimeChange]) -> impl Iterator<Item = &TimeChange> {
    let alike = |a: &TimeChange, b: &TimeChange| {
        (&a.accelerator, &a.stack, &a.model, a.phase) == (&b.accelerator, &b.stack, &b.model, b.phase)
    };
    let first =
        move |i: usize, change: &TimeChange| !changes[..i].iter().any(|earlier| alike(earlier, change));
    changes.iter().enumerate().filter(move |(i, change)| first(*i, change)).map(|(_, change)| change)
}
