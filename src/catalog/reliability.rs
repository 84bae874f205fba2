//! What takes servers, racks and power feeds down beside the faults of one accelerator, and what sellers promise.

use serde::{Deserialize, Serialize};

use super::figure::Sourced;

/// Rates of what falls together, of releases, and the sellers' promises.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Reliability {
    /// Faults of the switch of one rack of servers, or of its power, that take all of it down, per year.
    pub rack_faults_per_year: Sourced,
    /// Time until such a rack is back, hours.
    pub rack_fault_h: Sourced,
    /// Faults of the shared fabric, power or cooling of a rack that is one system, per year.
    pub rack_scale_faults_per_year: Sourced,
    /// Time until such a rack is back, hours.
    pub rack_scale_fault_h: Sourced,
    /// Faults of one power feed, per year.
    pub feed_faults_per_year: Sourced,
    /// Time until a feed is back, hours.
    pub feed_fault_h: Sourced,
    /// Servers on one feed, by their rating, watts.
    pub feed_w: Sourced,
    /// Releases of the serving software, weights and drivers, per year: each restarts every replica once.
    pub releases_per_year: Sourced,
    /// Time that one replica takes no requests for a release, hours: drained, started, warmed up.
    pub release_h: Sourced,
    /// What sellers promise of one machine, the seller's own before that of its class.
    pub promises: Vec<Promise>,
}

/// Share of time in which a seller promises one machine to be up.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Promise {
    /// The seller by its name in offers, or a class of sellers by its id.
    pub seller: String,
    /// Share of time.
    pub availability: Sourced,
}

impl Reliability {
    /// What the seller of this name, or the class of this id, promises.
    pub fn promise(&self, seller: &str) -> Option<&Promise> {
        self.promises.iter().find(|promise| promise.seller == seller)
    }
}
