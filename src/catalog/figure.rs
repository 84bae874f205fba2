//! A figure that travels with its origin: value, source and how far it is to be trusted.

use serde::{Deserialize, Serialize};

/// How a figure came to be known, from best to worst.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Basis {
    /// Quoted to the user.
    Quoted,
    /// Fitted to measurements.
    Fitted,
    /// Read in the vendor's or operator's own document.
    Primary,
    /// Read in a third party's table that cites the vendor.
    Secondary,
    /// Computed from other figures; the source says from which.
    Derived,
    /// Taken without a source; to be replaced when one is found.
    Assumed,
}

impl Basis {
    /// The label shown to users.
    pub fn label(self) -> &'static str {
        match self {
            Self::Quoted => "quoted",
            Self::Fitted => "fitted",
            Self::Primary => "primary",
            Self::Secondary => "secondary",
            Self::Derived => "derived",
            Self::Assumed => "assumed",
        }
    }
}

/// A number with the id of its source (see `assets/sources.ron`) and its [`Basis`].
///
/// In RON: `(3.35e12, "stas-accel", secondary)`. Units are in the name of the field that holds it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Sourced(pub f64, pub String, pub Basis);

impl Sourced {
    /// The bare number.
    pub fn value(&self) -> f64 {
        self.0
    }

    /// The same figure with another number.
    pub fn with_value(&self, value: f64) -> Self {
        Self(value, self.1.clone(), self.2)
    }

    /// Id of the source, a key of `assets/sources.ron`.
    pub fn source(&self) -> &str {
        &self.1
    }

    /// How the figure came to be known.
    pub fn basis(&self) -> Basis {
        self.2
    }
}

/// A document that figures come from.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Source {
    /// Key by which figures name it.
    pub id: String,
    /// Title, author, place and revision.
    pub title: String,
    /// Date of the document or of the copy that was read, ISO 8601 (year, month or day).
    pub date: String,
}
