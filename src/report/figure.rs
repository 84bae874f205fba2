//! A figure for users: its label from the list, its value as its unit is written.

use super::numbers;
use crate::engine::figure_at;
use crate::engine::figures::More;
use crate::units::Unit;

/// The label of the figure at `path`; `None` where the list has no such figure.
pub fn label(path: &str) -> Option<String> {
    figure_at(path).map(|(section, figure)| match (section.title, figure.label) {
        ("", label) => label.to_owned(),
        (title, label) => format!("{title}, {label}"),
    })
}

/// Its name where others of its kind stand beside it; empty where the list has no such figure.
pub fn short(path: &str) -> &'static str {
    figure_at(path).map_or("", |(_, figure)| figure.short)
}

/// The unit of the figure at `path`; `None` where the list has no such figure.
pub fn unit(path: &str) -> Option<Unit> {
    figure_at(path).map(|(_, figure)| figure.unit)
}

/// Whether the figure at `path` got worse from the first value to the second; `None` where it did not change, or where
/// neither more nor less of it is to be wished for.
pub fn is_worse(path: &str, [before, after]: [f64; 2]) -> Option<bool> {
    match figure_at(path)?.1.more {
        _ if before == after => None,
        More::Better => Some(after < before),
        More::Worse => Some(after > before),
        More::Neither => None,
    }
}

/// A value in its unit, rounded for users: times to the digits that their bands support, counts in full. What is infinite
/// is never reached.
pub fn value(value: f64, unit: Unit) -> String {
    match unit {
        _ if !value.is_finite() => "never".to_owned(),
        Unit::Seconds => numbers::about_seconds(value),
        Unit::One if value.fract() == 0.0 => numbers::count(value),
        _ => numbers::quantity(value, unit),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn worse_is_more_cost_and_less_capacity() {
        assert_eq!(is_worse("cost.usd_per_month", [1.0, 2.0]), Some(true));
        assert_eq!(is_worse("cost.usd_per_month", [2.0, 1.0]), Some(false));
        assert_eq!(is_worse("cost.usd_per_month", [2.0, 2.0]), None);
        assert_eq!(is_worse("memory.capacity_bytes", [2.0, 1.0]), Some(true));
        assert_eq!(is_worse("layout.tp", [2.0, 1.0]), None);
        assert_eq!(is_worse("no.figure", [2.0, 1.0]), None);
    }
}
