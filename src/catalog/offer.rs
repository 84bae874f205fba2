//! Offers: what a seller asks for an accelerator, read from a public list on a date. Prices that plans use are made from them.

use serde::{Deserialize, Serialize};

use super::accelerator::Accelerator;
use super::figure::{Basis, Sourced};
use super::price::Term;

/// A kind of seller. Prices differ more between kinds than between accelerators, so that a plan compares within one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OfferClass {
    /// The public list of a cloud for everything: AWS, Azure, Google Cloud, Oracle Cloud.
    Hyperscaler,
    /// The public list of a cloud for accelerators.
    Neocloud,
    /// Machines of many owners, or of a broker's sellers.
    Marketplace,
    /// Contracts of large buyers, from reports and models: nobody can click them.
    Negotiated,
    /// An average over sellers, to compare with and never to plan with.
    Index,
}

impl OfferClass {
    /// Those that a plan can ask, in the order in which lists show them.
    pub const ASKED: [Self; 4] = [Self::Neocloud, Self::Hyperscaler, Self::Marketplace, Self::Negotiated];

    /// The id used in files and on the command line.
    pub fn id(self) -> &'static str {
        match self {
            Self::Hyperscaler => "hyperscaler",
            Self::Neocloud => "neocloud",
            Self::Marketplace => "marketplace",
            Self::Negotiated => "negotiated",
            Self::Index => "index",
        }
    }

    /// The name shown to users.
    pub fn label(self) -> &'static str {
        match self {
            Self::Hyperscaler => "Hyperscaler list",
            Self::Neocloud => "Neocloud list",
            Self::Marketplace => "Marketplace",
            Self::Negotiated => "Negotiated",
            Self::Index => "Index",
        }
    }
}

/// How long an offer binds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OfferTerm {
    /// By the hour or less.
    OnDemand,
    /// May be taken away.
    Spot,
    /// A window of days or weeks, bought ahead or queued for; also what is billed by the month.
    CapacityBlock,
    /// Six months.
    #[serde(rename = "reserved_6m")]
    Reserved6m,
    /// A year.
    #[serde(rename = "reserved_1y")]
    Reserved1y,
    /// Three years.
    #[serde(rename = "reserved_3y")]
    Reserved3y,
}

impl OfferTerm {
    /// The id used in files.
    pub fn id(self) -> &'static str {
        match self {
            Self::OnDemand => "on_demand",
            Self::Spot => "spot",
            Self::CapacityBlock => "capacity_block",
            Self::Reserved6m => "reserved_6m",
            Self::Reserved1y => "reserved_1y",
            Self::Reserved3y => "reserved_3y",
        }
    }

    /// The way of paying that it is an offer of; `None`: one that plans do not ask for.
    pub fn term(self) -> Option<Term> {
        match self {
            Self::OnDemand => Some(Term::OnDemand),
            Self::Spot => Some(Term::Spot),
            Self::Reserved1y => Some(Term::Reserved1y),
            Self::Reserved3y => Some(Term::Reserved3y),
            Self::CapacityBlock | Self::Reserved6m => None,
        }
    }
}

/// One offer: a row of `assets/offers.csv`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Offer {
    /// Unique within the list.
    pub offer_id: String,
    /// Id of the accelerator.
    pub accelerator: String,
    /// Its memory and form, where the seller's differs from the accelerator's usual one or says it; may be empty.
    pub variant: String,
    /// Who asks for it.
    pub provider: String,
    /// The kind of seller.
    pub provider_class: OfferClass,
    /// What is rented, as the seller names it.
    pub product: String,
    /// How long it binds.
    pub term: OfferTerm,
    /// Accelerators of one machine: rented together.
    pub accelerators_per_unit: u32,
    /// Fewest accelerators that the seller takes an order of.
    pub minimum_commitment_accelerators: u32,
    /// US dollars per hour for one accelerator.
    pub usd_per_accelerator_hour: f64,
    /// The currency that it was read in, and the rate.
    pub currency_note: String,
    /// Where, as the seller names it.
    pub region: String,
    /// Day of the reading, ISO 8601.
    pub as_of: String,
    /// Key of `assets/sources.ron`.
    pub source_id: String,
    /// How well it is founded.
    pub basis: Basis,
    /// What to know of it; may be empty.
    pub remark: String,
}

/// Marks of remarks: another product, no stock or an average; a reading that a newer one of the same offer replaced.
const LEFT_OUT: &str = "left out";
const HISTORY: &str = "history";

impl Offer {
    /// Whether prices are made from it: a document that states what one can order.
    pub fn counts(&self) -> bool {
        self.basis < Basis::Assumed
            && self.provider_class != OfferClass::Index
            && !self.remark.contains(LEFT_OUT)
    }

    /// Whether it is of `accelerator` as the catalog has it: its memory, where the seller names one.
    pub fn is_of(&self, accelerator: &Accelerator) -> bool {
        let gb = self.variant.split_whitespace().find_map(|word| word.parse::<f64>().ok());
        let sold = accelerator.memory_sold_gb.as_ref().map(Sourced::value);
        match (gb, sold) {
            (Some(gb), Some(sold)) => (gb - sold).abs() < 1.0,
            _ => true,
        }
    }

    /// Whether a newer reading replaced it.
    pub fn is_history(&self) -> bool {
        self.remark.contains(HISTORY)
    }

    /// Where the machine is, as far as prices tell places apart.
    pub fn place(&self) -> Place {
        Place::of_offer(&self.region)
    }
}

/// Part of the world, as far as lists of prices differ by it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Place {
    /// North America, or anywhere.
    #[default]
    America,
    /// Europe.
    Europe,
    /// Elsewhere.
    Elsewhere,
}

impl Place {
    /// The place of a seller's region: `eu-west-2`, `finland`, `any`.
    fn of_offer(region: &str) -> Self {
        let region = region.to_lowercase();
        let named = |names: &[&str]| names.iter().any(|name| region.contains(name));
        if region.starts_with("us")
            || named(&["eastus", "centralus", "westus", "north america", "canada", "any", "all", "world"])
                && !region.starts_with("outside")
        {
            Self::America
        } else if named(&["eu", "finland", "fr", "italy", "sweden", "uk"]) {
            Self::Europe
        } else {
            Self::Elsewhere
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_read_from_what_sellers_call_them() {
        for (region, place) in [
            ("us-east-1", Place::America),
            ("eastus2", Place::America),
            ("any", Place::America),
            ("north america", Place::America),
            ("eu-central-1", Place::Europe),
            ("fr-par", Place::Europe),
            ("finland", Place::Europe),
            ("uksouth", Place::Europe),
            ("outside north america", Place::Elsewhere),
            ("ap-northeast-1", Place::Elsewhere),
            ("india", Place::Elsewhere),
        ] {
            assert_eq!(Place::of_offer(region), place, "{region}");
        }
    }
}
