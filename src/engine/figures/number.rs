//! A number that travels with its origin.

use super::path::Path;
use super::trust::Trust;
use crate::catalog::{Evidence, OwnFactors, Sourced};

/// Where a number comes from.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Origin<'a> {
    /// A count, a definition, or arithmetic on numbers that are known exactly.
    Exact,
    /// An input of the scenario, by its path.
    Input(&'static str),
    /// A figure of the catalog, with its source and basis.
    Catalog(&'a Sourced),
    /// An intermediate value of a model that can be trusted this far.
    Model(Trust),
    /// The width of a band, by what was measured.
    Band(Evidence),
    /// A factor that the user's own measurements put on the engine's times.
    OwnMeasurements(&'a OwnFactors),
    /// The step that made it.
    Step(Path),
}

/// A number with its [`Origin`]: what formulas take and give.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Number<'a> {
    /// What the engine calculates with.
    pub value: f64,
    /// Where it comes from.
    pub origin: Origin<'a>,
}

impl<'a> Number<'a> {
    /// A count, a definition, or arithmetic on what is known exactly.
    pub fn exact(value: f64) -> Self {
        Self { value, origin: Origin::Exact }
    }

    /// The input at `path`.
    pub fn input(path: &'static str, value: f64) -> Self {
        Self { value, origin: Origin::Input(path) }
    }

    /// An intermediate value that the model behind it makes no better than `trust`.
    pub fn model(value: f64, trust: Trust) -> Self {
        Self { value, origin: Origin::Model(trust) }
    }

    /// A number of a published architecture: arithmetic on its dimensions.
    pub fn derived(value: f64) -> Self {
        Self::model(value, Trust::Derived)
    }

    /// What the step at `section.field` made.
    pub fn made(section: &'static str, field: &'static str, value: f64) -> Self {
        Self { value, origin: Origin::Step(Path::new(section, field)) }
    }

    /// What `asked` says, where the user asked; the catalog's figure otherwise.
    pub fn asked_or(path: &'static str, asked: Option<f64>, figure: &'a Sourced) -> Self {
        asked.map_or_else(|| Self::from(figure), |value| Self::input(path, value))
    }

    /// The same in other units: `factor` is a definition.
    pub fn scaled(self, factor: f64) -> Self {
        Self { value: self.value * factor, ..self }
    }
}

impl<'a> From<&'a Sourced> for Number<'a> {
    fn from(figure: &'a Sourced) -> Self {
        Self { value: figure.value(), origin: Origin::Catalog(figure) }
    }
}
