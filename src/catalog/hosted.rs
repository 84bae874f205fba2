//! Prices of models that others host.

use serde::{Deserialize, Serialize};

/// What a provider asks for a million tokens, US dollars.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Hosted {
    /// Who hosts it.
    pub provider: String,
    /// The provider's name of the model.
    pub model: String,
    /// Id of the catalog model that it is, or that has its shape.
    #[serde(default)]
    pub same_as: Option<String>,
    /// US dollars for a million input tokens.
    pub usd_per_million_input: f64,
    /// US dollars for a million output tokens.
    pub usd_per_million_output: f64,
    /// Of input that was read shortly before. Absent: as other input.
    #[serde(default)]
    pub usd_per_million_cached: Option<f64>,
    /// Date of the price, ISO 8601 (year, month or day).
    pub date: String,
    /// Key of `assets/sources.ron`.
    pub source: String,
}
