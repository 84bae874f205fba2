//! Rental prices: quotes by provider, and the figure that plans use for each term.

use serde::{Deserialize, Serialize};

use super::figure::{Basis, Sourced};

/// A way of paying for accelerators.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Term {
    /// By the hour.
    OnDemand,
    /// Committed for a year.
    #[serde(rename = "reserved_1y")]
    Reserved1y,
    /// Committed for three years.
    #[serde(rename = "reserved_3y")]
    Reserved3y,
    /// By the hour, and may be taken away.
    Spot,
    /// Bought, not rented.
    Buy,
}

impl Term {
    /// Every term, in the order in which lists show them.
    pub const ALL: [Self; 5] = [Self::OnDemand, Self::Reserved1y, Self::Reserved3y, Self::Spot, Self::Buy];

    /// The id used in files and on the command line.
    pub fn id(self) -> &'static str {
        match self {
            Self::OnDemand => "on_demand",
            Self::Reserved1y => "reserved_1y",
            Self::Reserved3y => "reserved_3y",
            Self::Spot => "spot",
            Self::Buy => "buy",
        }
    }

    /// The name shown to users.
    pub fn label(self) -> &'static str {
        match self {
            Self::OnDemand => "On demand",
            Self::Reserved1y => "Reserved 1 year",
            Self::Reserved3y => "Reserved 3 years",
            Self::Spot => "Spot",
            Self::Buy => "Buy",
        }
    }
}

/// One published price.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Quote {
    /// Who asks for it.
    pub provider: String,
    /// Where, as the provider names it.
    pub region: String,
    /// What is rented, as the provider names it.
    pub instance: String,
    /// Accelerators in the instance.
    pub accelerators: u32,
    /// How it is paid for.
    pub term: Term,
    /// US dollars per hour for one accelerator.
    pub usd_per_accelerator_hour: f64,
    /// Date of the price, ISO 8601 (year, month or day).
    pub date: String,
    /// Key of `assets/sources.ron`.
    pub source: String,
    /// How well it is founded.
    pub basis: Basis,
}

/// Source of a price that the user was quoted.
pub const OWN_QUOTE: &str = "own-quote";

/// What supports a price.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Support {
    /// Quotes of several providers, or a document of its own.
    Several,
    /// One provider's quote.
    OneQuote,
    /// No offer on this term: a price on demand with the discount that its sellers give on other accelerators.
    Discount,
    /// No document, or scaled from another of the same family.
    Assumed,
    /// The user's own quote.
    Own,
}

impl Support {
    /// The id in the JSON document.
    pub fn id(self) -> &'static str {
        match self {
            Self::Several => "several_quotes",
            Self::OneQuote => "one_quote",
            Self::Discount => "derived_discount",
            Self::Assumed => "assumed",
            Self::Own => "own_quote",
        }
    }

    /// What to say beside a price that is less sure than it looks.
    pub fn caution(self) -> Option<&'static str> {
        match self {
            Self::Several => None,
            Self::Own => Some("The price is your own quote."),
            Self::OneQuote => Some("The price is based on a single quote."),
            Self::Discount => Some(
                "No public offer on this term: the price is the sellers' own discount on their price on demand.",
            ),
            Self::Assumed => Some("The price is assumed, not quoted."),
        }
    }
}

/// What plans charge for one accelerator, by term, with the quotes it was chosen from.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Price {
    /// Id of the accelerator.
    pub accelerator: String,
    /// Accelerators that are rented together at least (16 for a trn1.32xlarge), whole multiples are billed.
    pub rental_unit: u32,
    /// US dollars per hour for one accelerator. Absent: not offered.
    #[serde(default)]
    pub on_demand: Option<Sourced>,
    /// Committed for a year, US dollars per accelerator-hour.
    #[serde(default)]
    pub reserved_1y: Option<Sourced>,
    /// Committed for three years, US dollars per accelerator-hour.
    #[serde(default)]
    pub reserved_3y: Option<Sourced>,
    /// May be taken away, US dollars per accelerator-hour.
    #[serde(default)]
    pub spot: Option<Sourced>,
    /// What providers ask for.
    #[serde(default)]
    pub quotes: Vec<Quote>,
}

impl Price {
    /// The rental price of `term`; `None` where it is not offered, and for [`Term::Buy`].
    pub fn rent(&self, term: Term) -> Option<&Sourced> {
        match term {
            Term::OnDemand => self.on_demand.as_ref(),
            Term::Reserved1y => self.reserved_1y.as_ref(),
            Term::Reserved3y => self.reserved_3y.as_ref(),
            Term::Spot => self.spot.as_ref(),
            Term::Buy => None,
        }
    }

    /// What supports the rental price of `term`.
    pub fn support(&self, term: Term) -> Support {
        let mut providers = self.quotes.iter().filter(|quote| quote.term == term).map(|q| &q.provider);
        let first = providers.next();
        match self.rent(term) {
            Some(price) if price.source() == OWN_QUOTE => Support::Own,
            Some(price) if price.basis() < Basis::Assumed => match first {
                Some(first) if providers.all(|provider| provider == first) => Support::OneQuote,
                _ => Support::Several,
            },
            _ => Support::Assumed,
        }
    }
}
