//! The user's own quotes, which override the catalog's prices.

use crate::catalog::{Basis, Catalog, Day, OWN_QUOTE, Price, Server, Sourced, Term};
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
            let id = quote.accelerator.as_str();
            if quote.term == Term::Buy {
                own.servers.extend(quoted(catalog, id, quote.usd));
                continue;
            }
            let figure = Some(Sourced(quote.usd, OWN_QUOTE.to_owned(), Basis::Quoted));
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

    /// The default server of an accelerator, where its price is the user's.
    pub fn server(&self, accelerator: &str) -> Option<&Server> {
        self.servers.iter().find(|server| server.default && server.accelerator == accelerator)
    }

    /// The servers of an accelerator, where their prices follow the user's.
    pub fn servers(&self, accelerator: &str) -> Option<&[Server]> {
        self.server(accelerator).map(|_| &self.servers[..])
    }
}

/// The servers of an accelerator when its default one is quoted at `usd`: prices of the others move by the same factor.
fn quoted(catalog: &Catalog, accelerator: &str, usd: f64) -> Vec<Server> {
    let price = |server: &Server| server.price_usd.as_ref().map(Sourced::value);
    let listed = catalog.server_for(accelerator).and_then(price);
    let servers = catalog.servers.iter().filter(|server| server.accelerator == accelerator);
    let quoted = servers.filter_map(|server| {
        let usd = if server.default { usd } else { price(server)? * usd / listed? };
        let price_usd = Some(Sourced(usd, OWN_QUOTE.to_owned(), Basis::Quoted));
        Some(Server { price_usd, ..server.clone() })
    });
    quoted.collect()
}

/// A price that a new quote should be asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OldPrice {
    /// When it was read, as the catalog has it: a year, a month or a day of ISO 8601.
    pub date: String,
    /// Days since then, at most.
    pub age_days: i64,
}

/// The price that a plan on `accelerator` rests on, when it is old; the user's own quote is theirs to judge.
pub fn old_price(scenario: &Scenario, catalog: &Catalog, accelerator: &str, today: Day) -> Option<OldPrice> {
    let term = scenario.money.term;
    if scenario.money.quotes.iter().any(|quote| quote.accelerator == accelerator && quote.term == term) {
        return None;
    }
    let date = catalog.price_date(accelerator, term).filter(|date| date.old(today))?;
    Some(OldPrice { date: date.text.to_owned(), age_days: date.age_days(today) })
}
