//! Regions: what a kilowatt-hour costs there, in money, carbon and water.

use serde::{Deserialize, Serialize};

use super::figure::Sourced;
use super::offer::Place;

/// A place to run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Region {
    /// Unique within its list.
    pub id: String,
    /// Name shown to users.
    pub name: String,
    /// Part of the world, as far as prices of sellers differ by it.
    #[serde(default)]
    pub place: Place,
    /// Price of electricity for an industrial customer, US dollars per kWh.
    pub electricity_usd_per_kwh: Sourced,
    /// Carbon intensity of the grid, location-based, grams of CO₂ a kWh.
    pub carbon_g_per_kwh: Sourced,
    /// Water used on site, litres a kWh of IT energy (WUE).
    pub water_l_per_kwh: Sourced,
    /// Facility power over IT power, annual mean.
    pub pue: Sourced,
}
