//! What a new measurement changed, in numbers and in words.

use crate::catalog::{Catalog, MeasuredLatency, Phase};
use crate::engine::calibration::accuracy::judge;
use crate::engine::replica::estimate::Band;

/// Widest band, as a factor, that is told in per cent.
const PER_CENT_UP_TO: f64 = 1.5;

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
    let change = |(old_value, new_value): (
        &crate::engine::calibration::accuracy::Judged,
        &crate::engine::calibration::accuracy::Judged,
    )| {
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

impl TimeChange {
    /// By how much the estimate moved: `H100 SXM under vLLM: time per output token 8% longer; band narrowed to ±12%`.
    pub fn sentence(&self) -> String {
        let (before, after) = (width(&self.before_s), width(&self.after_s));
        let band = if (after / before).ln().abs() < 5e-3 {
            format!("band still {}", spread(after))
        } else if after < before {
            format!("band narrowed to {}", spread(after))
        } else {
            format!("band widened to {}", spread(after))
        };
        let moved = self.after_s.typical / self.before_s.typical - 1.0;
        let moved = match (100.0 * moved).round() {
            0.0 => "unchanged".to_owned(),
            percent if percent > 0.0 => format!("{percent}% longer"),
            percent => format!("{}% shorter", -percent),
        };
        let name = self.phase.name();
        let name = format!("{}{}", name[..1].to_lowercase(), &name[1..]);
        format!("{} under {}: {name} {moved}; {band}", self.accelerator, self.stack)
    }
}

/// One sentence for each phase and setting that changed. Of several runs of one setting the first speaks.
pub fn summary(changes: &[TimeChange]) -> Vec<String> {
    let alike = |a: &TimeChange, b: &TimeChange| {
        (&a.accelerator, &a.stack, &a.model, a.phase) == (&b.accelerator, &b.stack, &b.model, b.phase)
    };
    let first =
        |(i, change): (usize, &TimeChange)| !changes[..i].iter().any(|earlier| alike(earlier, change));
    changes.iter().enumerate().filter(|(i, change)| first((*i, change))).map(|(_, c)| c.sentence()).collect()
}

/// The factor of a band.
fn width(band: &Band) -> f64 {
    band.high / band.typical
}

/// A factor in words: `±12%`, or `a factor of 1.9` where per cent would mislead.
fn spread(factor: f64) -> String {
    if factor <= PER_CENT_UP_TO {
        format!("±{}", crate::units::percent(factor - 1.0))
    } else {
        format!("a factor of {}", crate::units::significant(factor, 2))
    }
}
