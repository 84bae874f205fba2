//! How far a number is to be trusted.

use crate::catalog::{Basis, Evidence, Sourced};

/// How far a step's value is to be trusted, best first. A step is never better than its worst term.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Trust {
    /// Chosen by the user, or a definition.
    Given,
    /// Read off hardware or a bill.
    Measured,
    /// A formula with parameters fitted to measurements.
    Calibrated,
    /// Arithmetic on published figures.
    Derived,
    /// Rests on a figure without a document behind it.
    Assumed,
}

impl Trust {
    /// Every degree, best first.
    pub const ALL: [Self; 5] = [Self::Given, Self::Measured, Self::Calibrated, Self::Derived, Self::Assumed];

    /// That of a figure of the catalog. A data sheet is a promise, not a measurement.
    pub fn of(figure: &Sourced) -> Self {
        match figure.basis() {
            Basis::Quoted => Self::Given,
            Basis::Fitted => Self::Calibrated,
            Basis::Primary | Basis::Secondary | Basis::Derived => Self::Derived,
            Basis::Assumed => Self::Assumed,
        }
    }

    /// That of a time with this behind it.
    pub fn of_evidence(evidence: Evidence) -> Self {
        match evidence {
            Evidence::Own
            | Evidence::Measured
            | Evidence::OtherModel
            | Evidence::OtherAccelerator
            | Evidence::Published => Self::Calibrated,
            Evidence::SameFamily => Self::Derived,
            Evidence::Foreign => Self::Assumed,
        }
    }

    /// The id in the JSON document.
    pub fn id(self) -> &'static str {
        match self {
            Self::Given => "given",
            Self::Measured => "measured",
            Self::Calibrated => "calibrated",
            Self::Derived => "derived",
            Self::Assumed => "assumed",
        }
    }
}
