//! What a new measurement changed.

use crate::catalog::{Catalog, MeasuredLatency, Phase};
use crate::engine::calibration::accuracy::{Judged, judge};
use crate::engine::replica::estimate::Band;

/// One measured time beside the engine's, before and after.
#[derive(Clone, Debug, PartialEq)]
pub struct TimeChange {
    /// Names of accelerator, stack and model, as users know them.
    pub accelerator: String,
    /// Id of the serving stack.
    pub stack: String,
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
        TimeChange {
            accelerator: accelerator.unwrap_or_else(|| row.accelerator.clone()),
            stack: after.stack(&row.stack).map_or_else(|| row.stack.clone(), |stack| stack.name.clone()),
            model: after.model(&row.model).map_or_else(|| row.model.clone(), |model| model.name.clone()),
            phase: new_value.phase,
            measured_s: new_value.measured_s,
            before_s: old_value.predicted_s,
            after_s: new_value.predicted_s,
        }
    };
    pairs.map(change).collect()
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
