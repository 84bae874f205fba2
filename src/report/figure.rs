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

/// Whether more of the figure at `path` is to be wished for; `None` where neither is, or the list has no such figure.
pub fn more_is_better(path: &str) -> Option<bool> {
    match figure_at(path)?.1.more {
        More::Better => Some(true),
        More::Worse => Some(false),
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
