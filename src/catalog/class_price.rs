//! What a class of sellers asks for an accelerator: no median of lists but what is left of them when the sellers' own levels,
//! the term, the size of the machine, the place and the day are taken out (`examples/fit_prices.rs`).

use serde::{Deserialize, Serialize};

use super::offer::{OfferClass, Place};
use super::price::Term;

/// Prices of one class: those of its typical seller, on the day of its newest offer.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ClassMarket {
    /// The class.
    pub class: OfferClass,
    /// Day that the prices are of, ISO 8601.
    pub as_of: String,
    /// Growth of the logarithm of prices in a year, as the offers read on different days have it.
    pub drift_per_year: f64,
    /// Standard deviation of the logarithm by which one offer's price departs from that in a year, growing with the square root
    /// of time.
    pub walk_per_year: f64,
    /// Standard deviation of the logarithm of prices between sellers.
    pub sellers_spread: f64,
    /// Factor on prices in Europe, and elsewhere outside America.
    pub europe: f64,
    /// As `europe`.
    pub elsewhere: f64,
    /// Prices.
    pub prices: Vec<ClassPrice>,
}

impl ClassMarket {
    /// Factor on prices where a plan is.
    pub fn factor(&self, place: Place) -> f64 {
        match place {
            Place::America => 1.0,
            Place::Europe => self.europe,
            Place::Elsewhere => self.elsewhere,
        }
    }
}

/// A price of a class.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ClassPrice {
    /// Id of the accelerator.
    pub accelerator: String,
    /// The way of paying.
    pub term: Term,
    /// Accelerators of the machines that it is a price of, smallest first; rented whole.
    pub machines: Vec<u32>,
    /// US dollars per hour for one accelerator.
    pub usd_per_accelerator_hour: f64,
    /// Standard deviation of its logarithm: how well the offers determine it.
    pub spread: f64,
    /// Sellers with an offer.
    pub sellers: u32,
    /// Day of the newest offer, ISO 8601.
    pub newest: String,
    /// No seller offers it on this term: the price on demand with the discount that sellers of this accelerator give on others.
    #[serde(default)]
    pub derived: bool,
}
