//! From offers to the prices of each class.

use std::collections::{BTreeMap, BTreeSet};

use headroom::catalog::{
    Accelerator, Catalog, ClassMarket, ClassPrice, Day, Offer, OfferClass, OfferTerm, Place,
};

use crate::effects::{Effect, Fitted, Row};
use crate::order::{Level, put_in_order};

/// Days after which an offer no longer says what is asked.
const OLDEST_DAYS: i64 = 365;
/// Days that two readings of an offer are apart at least to tell how prices move.
const APART_DAYS: i64 = 10;
const DAYS_PER_YEAR: f64 = 365.25;
/// Prices are known no better than this, in the logarithm: lists change within the month.
const LEAST_SPREAD: f64 = 0.05;

/// The seller that makes the accelerator itself: nobody else will sell it.
fn maker(accelerator: &Accelerator) -> Option<&'static str> {
    match accelerator.vendor {
        headroom::catalog::Vendor::Google => Some("Google Cloud"),
        headroom::catalog::Vendor::Aws => Some("AWS"),
        _ => None,
    }
}

/// Machines of one accelerator are another product than those of several.
fn size(machine: u32) -> &'static str {
    if machine == 1 { "one" } else { "several" }
}

/// Effects that all offers of an accelerator in a class on a term share, whoever sells it.
fn shared(class: OfferClass, accelerator: &str, term: OfferTerm, machine: u32) -> Vec<(Effect, f64)> {
    let (class, term) = (class.id(), term.id());
    let mut effects = vec![
        ((format!("part {accelerator}"), 3.0), 1.0),
        ((format!("class {class}"), 3.0), 1.0),
        ((format!("part {accelerator} in {class}"), 0.3), 1.0),
        ((format!("part {accelerator} {term}"), 0.15), 1.0),
        ((format!("part {accelerator} {term} in {class}"), 0.15), 1.0),
        ((format!("part {accelerator} {} in {class}", size(machine)), 0.4), 1.0),
    ];
    if term != OfferTerm::OnDemand.id() {
        effects.push(((format!("term {term} in {class}"), 1.0), 1.0));
    }
    effects
}

fn seller(class: OfferClass, provider: &str) -> Effect {
    (format!("seller {provider} in {}", class.id()), 0.4)
}

fn drift(class: OfferClass) -> Effect {
    (format!("day in {}", class.id()), 0.7)
}

fn place(class: OfferClass, place: Place) -> Effect {
    (format!("place {place:?} in {}", class.id()), 0.2)
}

struct Read<'a> {
    offer: &'a Offer,
    day: Day,
}

/// Every class's prices.
pub fn fit(catalog: &Catalog) -> Result<Vec<ClassMarket>, String> {
    let mut all = Vec::new();
    for offer in catalog.offers().iter().filter(|offer| offer.counts()) {
        let accelerator = catalog.accelerator(&offer.accelerator);
        let accelerator = accelerator.ok_or_else(|| format!("{}: unknown accelerator", offer.offer_id))?;
        let day = Day::parse(&offer.as_of).ok_or_else(|| format!("{}: {}", offer.offer_id, offer.as_of))?;
        let negotiated = offer.provider_class == OfferClass::Negotiated;
        if offer.is_of(accelerator) && !(negotiated && offer.is_history()) {
            all.push(Read { offer, day });
        }
    }
    let newest = all.iter().map(|read| read.day).max().ok_or("no offers")?;
    all.retain(|read| newest.days_since(read.day) <= OLDEST_DAYS);
    let rows: Vec<Row> = all.iter().map(|read| row(read, newest)).collect();
    let fitted = Fitted::new(&rows)?;
    let mut markets = Vec::new();
    for class in OfferClass::ASKED {
        markets.push(market(catalog, class, &all, &fitted)?);
    }
    Ok(markets)
}

fn row(read: &Read<'_>, newest: Day) -> Row {
    let offer = read.offer;
    let class = offer.provider_class;
    let mut effects = shared(class, &offer.accelerator, offer.term, offer.accelerators_per_unit);
    effects.push((seller(class, &offer.provider), 1.0));
    let own_term = format!("seller {} in {} {}", offer.provider, class.id(), offer.term.id());
    effects.push(((own_term, 0.2), 1.0));
    effects.push((drift(class), -(newest.days_since(read.day) as f64) / DAYS_PER_YEAR));
    if offer.place() != Place::America {
        effects.push((place(class, offer.place()), 1.0));
    }
    Row { ln: offer.usd_per_accelerator_hour.ln(), effects }
}

fn market(
    catalog: &Catalog,
    class: OfferClass,
    all: &[Read<'_>],
    fitted: &Fitted,
) -> Result<ClassMarket, String> {
    let of_class: Vec<&Read<'_>> = all.iter().filter(|read| read.offer.provider_class == class).collect();
    let newest = of_class.iter().map(|read| read.day).max().ok_or("a class without offers")?;
    let sellers: BTreeSet<&str> = of_class.iter().map(|read| read.offer.provider.as_str()).collect();
    let typical: Vec<(Effect, f64)> =
        sellers.iter().map(|name| (seller(class, name), 1.0 / sellers.len() as f64)).collect();
    let mean =
        sellers.iter().map(|name| fitted.value(&seller(class, name).0)).sum::<f64>() / sellers.len() as f64;
    let squares =
        sellers.iter().map(|name| (fitted.value(&seller(class, name).0) - mean).powi(2)).sum::<f64>();
    let drift_per_year = fitted.value(&drift(class).0);
    let mut prices = Vec::new();
    for term in [OfferTerm::OnDemand, OfferTerm::Reserved1y, OfferTerm::Reserved3y, OfferTerm::Spot] {
        for machines in ["one", "several"] {
            let mut cells: Vec<ClassPrice> = catalog
                .accelerators
                .iter()
                .filter_map(|accelerator| {
                    cell(class, accelerator, (term, machines), &of_class, &typical, fitted)
                })
                .collect();
            in_order(&mut cells);
            prices.extend(cells);
        }
    }
    let place_of = |name| (100.0 * fitted.value(&place(class, name).0).exp()).round() / 100.0;
    Ok(ClassMarket {
        class,
        as_of: of_class
            .iter()
            .find(|read| read.day == newest)
            .map(|read| read.offer.as_of.clone())
            .unwrap_or_default(),
        drift_per_year: rounded(drift_per_year),
        walk_per_year: rounded(walk(&of_class, drift_per_year)),
        sellers_spread: rounded((squares / sellers.len() as f64).sqrt()),
        europe: place_of(Place::Europe),
        elsewhere: place_of(Place::Elsewhere),
        prices,
    })
}

/// The price of one accelerator on one term in machines of one or of several; `None`: not offered.
fn cell(
    class: OfferClass,
    accelerator: &Accelerator,
    (term, machines): (OfferTerm, &str),
    of_class: &[&Read<'_>],
    typical: &[(Effect, f64)],
    fitted: &Fitted,
) -> Option<ClassPrice> {
    let of_it = |read: &&&Read<'_>| {
        read.offer.accelerator == accelerator.id && size(read.offer.accelerators_per_unit) == machines
    };
    let mut offers: Vec<&&Read<'_>> =
        of_class.iter().filter(of_it).filter(|r| r.offer.term == term).collect();
    let derived = offers.is_empty();
    if derived {
        // Sellers of it on demand that give a discount for the term on another accelerator.
        let discounts = |provider: &str| {
            let terms_of = |other: &str| {
                let of =
                    of_class.iter().filter(|r| r.offer.provider == provider && r.offer.accelerator == other);
                of.map(|r| r.offer.term).collect::<BTreeSet<_>>()
            };
            let others: BTreeSet<&str> = of_class
                .iter()
                .filter(|r| r.offer.provider == provider)
                .map(|r| r.offer.accelerator.as_str())
                .collect();
            others
                .iter()
                .map(|other| terms_of(other))
                .any(|t| t.contains(&OfferTerm::OnDemand) && t.contains(&term))
        };
        let on_demand = of_class.iter().filter(of_it).filter(|r| r.offer.term == OfferTerm::OnDemand);
        offers = on_demand.filter(|r| discounts(&r.offer.provider)).collect();
    }
    let newest = offers.iter().max_by_key(|read| read.day)?;
    let sellers: BTreeSet<&str> = offers.iter().map(|read| read.offer.provider.as_str()).collect();
    let sizes: BTreeSet<u32> = offers.iter().map(|read| read.offer.accelerators_per_unit).collect();
    let machine = *sizes.first()?;
    let mut effects = shared(class, &accelerator.id, term, machine);
    match maker(accelerator) {
        Some(name) if sellers.contains(name) => effects.push((seller(class, name), 1.0)),
        _ => effects.extend(typical.iter().cloned()),
    }
    let (ln, spread) = fitted.sum(&effects);
    Some(ClassPrice {
        accelerator: accelerator.id.clone(),
        term: term.term()?,
        machines: sizes.into_iter().collect(),
        usd_per_accelerator_hour: ln.exp(),
        spread: spread.max(LEAST_SPREAD),
        sellers: sellers.len() as u32,
        newest: newest.offer.as_of.clone(),
        derived,
    })
}

fn in_order(cells: &mut [ClassPrice]) {
    let mut levels: Vec<Level> = cells
        .iter()
        .map(|cell| Level {
            accelerator: cell.accelerator.clone(),
            ln: cell.usd_per_accelerator_hour.ln(),
            spread: cell.spread,
        })
        .collect();
    put_in_order(&mut levels);
    for (cell, level) in cells.iter_mut().zip(levels) {
        cell.usd_per_accelerator_hour = (level.ln.exp() * 1000.0).round() / 1000.0;
        cell.spread = rounded(cell.spread);
    }
}

/// How far prices of the same offers walked from the drift in a year, as a root of mean squares.
fn walk(of_class: &[&Read<'_>], drift_per_year: f64) -> f64 {
    let mut series: BTreeMap<_, Vec<&Read<'_>>> = BTreeMap::new();
    for read in of_class {
        let o = read.offer;
        let key = (&o.provider, &o.accelerator, o.term, &o.region, o.accelerators_per_unit, &o.variant);
        series.entry(key).or_default().push(read);
    }
    let mut squares = Vec::new();
    for reads in series.values_mut() {
        reads.sort_by_key(|read| read.day);
        for pair in reads.windows(2) {
            let days = pair[1].day.days_since(pair[0].day);
            if days >= APART_DAYS {
                let years = days as f64 / DAYS_PER_YEAR;
                let ratio = pair[1].offer.usd_per_accelerator_hour / pair[0].offer.usd_per_accelerator_hour;
                squares.push((ratio.ln() - drift_per_year * years).powi(2) / years);
            }
        }
    }
    if squares.is_empty() { 0.7 } else { (squares.iter().sum::<f64>() / squares.len() as f64).sqrt() }
}

fn rounded(value: f64) -> f64 {
    (value * 1000.0).round() / 1000.0
}
