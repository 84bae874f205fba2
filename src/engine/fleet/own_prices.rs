//! The user's own quotes laid over the catalog's prices.

use crate::catalog::{Basis, Catalog, Day, OWN_QUOTE, Price, PriceDate, Server, Sourced, Support, Term};
use crate::scenario::Scenario;

/// Records of the accelerators that the user has a quote for, their prices replaced.
#[derive(Clone, Debug, Default)]
pub struct OwnPrices {
    prices: Vec<Price>,
    servers: Vec<Server>,
}

impl OwnPrices {
    /// Those of `scenario`; empty, and without an allocation, where there are none.
    pub fn of(scenario: &Scenario, catalog: &Catalog) -> Self {
        let mut own = Self::default();
        for quote in &scenario.money.quotes {
            let figure = Some(Sourced(quote.usd, OWN_QUOTE.to_owned(), Basis::Quoted));
            let id = quote.accelerator.as_str();
            if quote.term == Term::Buy {
                if let Some(server) = catalog.server_for(id) {
                    own.servers.push(Server { price_usd: figure, ..server.clone() });
                }
                continue;
            }
            let known = own.prices.iter().position(|p| p.accelerator == id).or_else(|| {
                own.prices.push(catalog.price_for(id)?.clone());
                Some(own.prices.len() - 1)
            });
            let Some(price) = known.and_then(|i| own.prices.get_mut(i)) else { continue };
            match quote.term {
                Term::OnDemand => price.on_demand = figure,
                Term::Reserved1y => price.reserved_1y = figure,
                Term::Reserved3y => price.reserved_3y = figure,
                Term::Spot => price.spot = figure,
                Term::Buy => {}
            }
        }
        own
    }

    /// The prices of an accelerator, where one of them is the user's.
    pub fn price(&self, accelerator: &str) -> Option<&Price> {
        self.prices.iter().find(|price| price.accelerator == accelerator)
    }

    /// The server of an accelerator, where its price is the user's.
    pub fn server(&self, accelerator: &str) -> Option<&Server> {
        self.servers.iter().find(|server| server.accelerator == accelerator)
    }
}

/// What to say of the price that a plan on `accelerator` rests on, when it is old; the user's own quote is theirs to judge.
pub fn price_caution(
    scenario: &Scenario,
    catalog: &Catalog,
    accelerator: &str,
    today: Day,
) -> Option<String> {
    let term = scenario.money.term;
    if scenario.money.quotes.iter().any(|quote| quote.accelerator == accelerator && quote.term == term) {
        return None;
    }
    let date = catalog.price_date(accelerator, term).filter(|date| date.old(today))?;
    Some(format!("The price is from {}: ask for a new quote.", ago(&date, today)))
}

/// What is to be said of the price of `accelerator` on the chosen term, all in one sentence: what supports it, and how old it
/// is.
pub fn price_words(
    scenario: &Scenario,
    catalog: &Catalog,
    accelerator: &str,
    support: Support,
    today: Day,
) -> Option<String> {
    let old = price_caution(scenario, catalog, accelerator, today);
    match (support.caution(), old) {
        (Some(caution), Some(old)) => {
            let old = old.strip_prefix("The price is").unwrap_or(&old);
            Some(format!("{}; it is{old}", caution.trim_end_matches('.')))
        }
        (caution, old) => old.or(caution.map(str::to_owned)),
    }
}

/// A date, and how many days ago that was, where it is a day.
fn ago(date: &PriceDate<'_>, today: Day) -> String {
    const DAY: usize = "2026-03-17".len();
    match date.text.len() {
        DAY => format!("{}, {} days ago", date.text, date.age_days(today)),
        _ => date.text.to_owned(),
    }
}
