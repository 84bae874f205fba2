//! Output of results: JSON and CSV in SI base units for machines, tables, Markdown and sentences for users.
//!
//! One file a format. Knows the engine's results, never the screen.

pub mod accuracy;
pub mod catalog;
pub mod compare;
mod compare_json;
pub mod estimate;
pub mod figure;
mod formula;
mod grid;
mod json;
pub mod numbers;
mod plain;
pub mod plan_csv;
pub mod plan_json;
pub mod plan_table;
pub mod sentence;
pub mod simulation;
pub mod solve;
pub mod why;

pub use grid::Grid;

use crate::catalog::Catalog;
use crate::engine::Plan;
use crate::engine::analysis::compare::Comparison;
use crate::engine::analysis::solve::{Ask, Solved, Unsolved};
use crate::scenario::Scenario;

/// Formats that commands write to stdout.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "cli", derive(clap::ValueEnum))]
pub enum Format {
    /// Aligned columns for a terminal.
    Table,
    /// One document, SI base units, unit in the key.
    Json,
    /// One row each, SI base units, unit in the column.
    Csv,
    /// A table for a document.
    Markdown,
}

/// The plan in `format`.
pub fn plan(plan: &Plan, scenario: &Scenario, catalog: &Catalog, format: Format) -> String {
    match format {
        Format::Json => plan_json::document(plan, scenario, catalog),
        Format::Csv => plan_csv::document(plan),
        Format::Table => plan_table::document(plan, scenario, catalog, false),
        Format::Markdown => plan_table::document(plan, scenario, catalog, true),
    }
}

/// The comparison of two scenarios in `format`.
pub fn comparison(comparison: &Comparison, catalog: &Catalog, format: Format) -> String {
    match format {
        Format::Json => compare_json::document(comparison, catalog),
        Format::Csv => compare::rows(comparison),
        Format::Table => compare::document(comparison, catalog, false),
        Format::Markdown => compare::document(comparison, catalog, true),
    }
}

/// The answer to a question for a limit, in `format`.
pub fn solved(ask: &Ask<'_>, answer: &Result<Solved, Unsolved>, catalog: &Catalog, format: Format) -> String {
    match format {
        Format::Json => solve::json(ask, answer, catalog),
        Format::Csv => solve::row(ask, answer),
        Format::Table => solve::document(ask, answer, false),
        Format::Markdown => solve::document(ask, answer, true),
    }
}
