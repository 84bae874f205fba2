//! Whose prices a plan is made with: those of a class of sellers or of one seller, the user's own before both.

use std::sync::OnceLock;

use crate::catalog::{
    Accelerator, Basis, Catalog, ClassMarket, ClassPrice, Day, OWN_QUOTE, Offer, OfferClass, Place, Price,
    PriceDate, Region, Server, Sourced, Support, Term,
};
use crate::engine::fleet::tariff::{Holding, Rate, Seller, Tariff, Within};
use crate::scenario::Scenario;

/// Source of the prices of a class.
const CLASS_PRICES: &str = "class-prices";

const DAYS_PER_YEAR: f64 = 365.25;

/// Accelerators of the largest servers; what is coupled more widely is a rack or a pod.
const WIDEST_SERVER: f64 = 16.0;

/// Terms of the user's price list.
const RENTED: [Term; 4] = [Term::OnDemand, Term::Reserved1y, Term::Reserved3y, Term::Spot];

/// The prices of every accelerator, each worked out at first use: many plans are of one accelerator alone.
#[derive(Debug)]
pub struct Market<'a> {
    scenario: &'a Scenario,
    catalog: &'a Catalog,
    place: Place,
    /// In the order of the catalog's accelerators.
    tariffs: Vec<OnceLock<Tariff>>,
    /// Servers whose price is the user's.
    servers: Vec<Server>,
}

impl<'a> Market<'a> {
    /// Those that `scenario` asks for, in `region`.
    pub fn of(scenario: &'a Scenario, catalog: &'a Catalog, region: &Region) -> Self {
        let bought = scenario.money.quotes.iter().filter(|quote| quote.term == Term::Buy);
        let servers = bought.flat_map(|quote| quoted(catalog, &quote.accelerator, quote.usd)).collect();
        let tariffs = vec![OnceLock::new(); catalog.accelerators.len()];
        Self { scenario, catalog, place: region.place, tariffs, servers }
    }

    /// The prices of an accelerator of the catalog.
    pub fn tariff(&self, accelerator: &str) -> Option<&Tariff> {
        let mut known = self.catalog.accelerators.iter().zip(&self.tariffs);
        let (accelerator, tariff) = known.find(|(known, _)| known.id == accelerator)?;
        Some(tariff.get_or_init(|| asked_of(self.scenario, self.catalog, self.place, accelerator)))
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

/// The prices of one accelerator.
fn asked_of(scenario: &Scenario, catalog: &Catalog, place: Place, accelerator: &Accelerator) -> Tariff {
    let promised = promised(catalog, &scenario.money.offers);
    let mut tariff = listed(scenario, catalog, place, accelerator).promising(promised);
    for quote in scenario.money.quotes.iter().filter(|quote| quote.accelerator == accelerator.id) {
        let machine = if tariff.is_empty() { smallest_machine(catalog, &accelerator.id) } else { 1 };
        tariff.set(&own(quote.term, Sourced(quote.usd, OWN_QUOTE.to_owned(), Basis::Quoted), machine));
    }
    tariff
}

/// What the sellers that `asked` names promise of one machine: one seller, or a class.
fn promised(catalog: &Catalog, asked: &str) -> Option<Sourced> {
    let known =
        |seller: &str| catalog.reliability.promise(seller).map(|promise| promise.availability.clone());
    known(asked).or_else(|| {
        let of_it = catalog.offers().iter().find(|offer| offer.provider == asked)?;
        known(of_it.provider_class.id())
    })
}

/// The same without the user's quotes.
fn listed(scenario: &Scenario, catalog: &Catalog, place: Place, accelerator: &Accelerator) -> Tariff {
    let asked = &scenario.money.offers;
    let within = within(catalog, accelerator);
    let class = OfferClass::ASKED.into_iter().find(|class| class.id() == asked);
    let day = scenario.money.price_date.or_else(|| newest_day(catalog));
    match (catalog.price_for(&accelerator.id), class.and_then(|class| catalog.market(class))) {
        (Some(price), _) => of_list(price),
        (None, Some(market)) => of_class(market, accelerator, (place, day), within),
        (None, None) => of_seller(catalog, asked, accelerator, (place, day), within),
    }
}

/// What is asked for an accelerator on `term` where the user's quote stands, for a fleet of `accelerators` in replicas of `each`:
/// US dollars an hour for one. `None`: nothing.
pub fn listed_usd(
    scenario: &Scenario,
    catalog: &Catalog,
    accelerator: &str,
    term: Term,
    (accelerators, each): (u32, u32),
) -> Option<f64> {
    let place = catalog.region(&scenario.facility.region)?.place;
    let tariff = listed(scenario, catalog, place, catalog.accelerator(accelerator)?);
    let paid = tariff.paid(term, f64::from(accelerators), Holding::of(f64::from(each)))?;
    Some(paid.rate.usd_per_accelerator_hour.value())
}

/// The offers that the price of an accelerator on `term` rests on: those in force of the class or the seller that is asked,
/// cheapest first. Machines smaller than a replica are among them: a class's price is made from all.
pub fn offers_behind<'c>(
    scenario: &Scenario,
    catalog: &'c Catalog,
    accelerator: &str,
    term: Term,
) -> Vec<&'c Offer> {
    let Some(accelerator) = catalog.accelerator(accelerator) else { return Vec::new() };
    let asked = &scenario.money.offers;
    let behind = |offer: &&Offer| {
        (offer.provider_class.id() == asked || offer.provider == *asked)
            && offer.accelerator == accelerator.id
            && offer.term.term() == Some(term)
            && offer.counts()
            && !offer.is_history()
            && offer.is_of(accelerator)
    };
    let mut offers: Vec<&Offer> = catalog.offers().iter().filter(behind).collect();
    offers.sort_by(|a, b| a.usd_per_accelerator_hour.total_cmp(&b.usd_per_accelerator_hour));
    offers
}

/// Machines of a fabric that is wider than any server are slices of it.
fn within(catalog: &Catalog, accelerator: &Accelerator) -> Within {
    match catalog.server_for(&accelerator.id) {
        Some(server) if accelerator.scale_up.domain.value() <= WIDEST_SERVER => {
            Within::Server(server.accelerators.value())
        }
        _ => Within::Fabric,
    }
}

/// A price that a new quote should be asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OldPrice {
    /// When it was read, as the catalog has it: a year, a month or a day of ISO 8601.
    pub date: String,
    /// Days since then, at most.
    pub age_days: i64,
}

impl OldPrice {
    /// That of `date`, where it is old on `today`.
    pub fn of(date: Option<PriceDate<'_>>, today: Day) -> Option<Self> {
        let date = date.filter(|date| date.old(today))?;
        Some(Self { date: date.text.to_owned(), age_days: date.age_days(today) })
    }
}

/// The price that a plan on `accelerator` rests on, when it is old; the user's own quote is theirs to judge.
pub fn old_price(scenario: &Scenario, catalog: &Catalog, accelerator: &str, today: Day) -> Option<OldPrice> {
    let term = scenario.money.term;
    if scenario.money.quotes.iter().any(|quote| quote.accelerator == accelerator && quote.term == term) {
        return None;
    }
    if term == Term::Buy {
        return OldPrice::of(catalog.server_price_date(accelerator), today);
    }
    let place = catalog.region(&scenario.facility.region)?.place;
    let tariff = asked_of(scenario, catalog, place, catalog.accelerator(accelerator)?);
    OldPrice::of(tariff.newest(term).and_then(Rate::date), today)
}

/// Classes in which sellers offer an accelerator on `term`, of those that a plan can ask.
pub(in crate::engine) fn classes_with(catalog: &Catalog, accelerator: &str, term: Term) -> Vec<OfferClass> {
    let offered =
        |market: &ClassMarket| market.prices.iter().any(|p| p.accelerator == accelerator && p.term == term);
    OfferClass::ASKED.into_iter().filter(|class| catalog.market(*class).is_some_and(offered)).collect()
}

/// The day that the catalog's prices are of: that of its newest offer.
pub fn newest_day(catalog: &Catalog) -> Option<Day> {
    catalog.markets.iter().filter_map(|market| Day::parse(&market.as_of)).max()
}

/// The smallest machine that anyone offers with the accelerator.
fn smallest_machine(catalog: &Catalog, accelerator: &str) -> u32 {
    let prices = catalog.markets.iter().flat_map(|market| &market.prices);
    let machines = prices.filter(|price| price.accelerator == accelerator).flat_map(|price| &price.machines);
    machines.copied().min().unwrap_or(1)
}

/// By how much an offer's price may have moved from when it was read to `day`, in the logarithm.
fn moved(walk_per_year: f64, read: &str, day: Option<Day>) -> f64 {
    let days = Day::parse(read).zip(day).map_or(0, |(read, day)| day.days_since(read).max(0));
    walk_per_year * (days as f64 / DAYS_PER_YEAR).sqrt()
}

fn of_class(
    market: &ClassMarket,
    accelerator: &Accelerator,
    (place, day): (Place, Option<Day>),
    within: Within,
) -> Tariff {
    let factor = market.factor(place);
    let mut tariff = Tariff::new(within);
    for price in market.prices.iter().filter(|price| price.accelerator == accelerator.id) {
        let ClassPrice { term, machines, usd_per_accelerator_hour, spread, sellers, newest, derived, .. } =
            price;
        for machine in machines {
            let usd = factor * usd_per_accelerator_hour;
            tariff.add(Rate {
                seller: Seller::Class(market.class),
                usd_per_accelerator_hour: Sourced(usd, CLASS_PRICES.to_owned(), Basis::Derived),
                spread: spread.hypot(moved(market.walk_per_year, newest, day)),
                machine: *machine,
                sellers: *sellers,
                as_of: newest.clone(),
                support: match (*derived, *sellers) {
                    (true, _) => Support::Discount,
                    (false, 1) => Support::OneQuote,
                    (false, _) => Support::Several,
                },
                term: *term,
            });
        }
    }
    tariff
}

/// The seller's own prices: of each product the newest, where the plan is if the seller has it there.
fn of_seller(
    catalog: &Catalog,
    seller: &str,
    accelerator: &Accelerator,
    (place, day): (Place, Option<Day>),
    within: Within,
) -> Tariff {
    let of_it = |offer: &&Offer| {
        offer.provider == seller
            && offer.accelerator == accelerator.id
            && offer.counts()
            && !offer.is_history()
            && offer.is_of(accelerator)
    };
    let offers: Vec<&Offer> = catalog.offers().iter().filter(of_it).collect();
    let near = offers.iter().any(|offer| offer.place() == place);
    let mut tariff = Tariff::new(within);
    for offer in offers.iter().filter(|offer| !near || offer.place() == place) {
        let newer = |other: &&Offer| {
            (other.term, &other.product, &other.region) == (offer.term, &offer.product, &offer.region)
                && other.as_of > offer.as_of
        };
        let (Some(term), false) = (offer.term.term(), offers.iter().any(newer)) else { continue };
        let walk = catalog.market(offer.provider_class).map_or(0.0, |market| market.walk_per_year);
        tariff.add(Rate {
            seller: Seller::Named(seller.to_owned()),
            usd_per_accelerator_hour: Sourced(
                offer.usd_per_accelerator_hour,
                offer.source_id.clone(),
                offer.basis,
            ),
            spread: moved(walk, &offer.as_of, day),
            machine: offer.accelerators_per_unit,
            sellers: 1,
            as_of: offer.as_of.clone(),
            support: Support::Several,
            term,
        });
    }
    tariff
}

/// The user's own list.
fn of_list(price: &Price) -> Tariff {
    let mut tariff = Tariff::default();
    for term in RENTED {
        let Some(figure) = price.rent(term) else { continue };
        let newest = price.quotes.iter().filter(|quote| quote.term == term).map(|quote| &quote.date).max();
        let rate = Rate {
            as_of: newest.cloned().unwrap_or_default(),
            support: price.support(term),
            ..own(term, figure.clone(), price.rental_unit)
        };
        tariff.add(rate);
    }
    tariff
}

fn own(term: Term, usd: Sourced, machine: u32) -> Rate {
    Rate {
        seller: Seller::Own,
        usd_per_accelerator_hour: usd,
        spread: 0.0,
        machine,
        sellers: 1,
        as_of: String::new(),
        support: Support::Own,
        term,
    }
}
