//! Prices of the shipped catalog: in the order in which sellers have them, within what was offered, none below what it costs to
//! own the accelerator.

use headroom::catalog::{Basis, Catalog, ClassPrice, Day, Offer, OfferClass, Term};
use headroom::engine;
use headroom::scenario::preset;

/// What the fit keeps in order.
#[path = "../examples/fit_prices/order.rs"]
#[allow(dead_code)] // The test needs the list alone.
mod order;

fn catalog() -> Catalog {
    Catalog::built_in().unwrap()
}

fn prices(catalog: &Catalog) -> impl Iterator<Item = (OfferClass, &ClassPrice)> {
    catalog.markets.iter().flat_map(|market| market.prices.iter().map(|price| (market.class, price)))
}

/// No class has the newer or larger of two below the other, on any term.
#[test]
fn what_is_more_costs_no_less() {
    let catalog = catalog();
    let mut compared = 0;
    for (dearer, cheaper) in order::ORDER {
        for (class, one) in prices(&catalog).filter(|(_, price)| price.accelerator == *dearer) {
            let like = |(of, price): &(OfferClass, &ClassPrice)| {
                let size = |price: &ClassPrice| price.machines[0] == 1;
                *of == class
                    && price.accelerator == *cheaper
                    && price.term == one.term
                    && size(price) == size(one)
            };
            for (_, other) in prices(&catalog).filter(like) {
                compared += 1;
                assert!(
                    one.usd_per_accelerator_hour >= other.usd_per_accelerator_hour - 0.002,
                    "{class:?} {:?}: {dearer} {one:?}, {cheaper} {other:?}",
                    one.term
                );
            }
        }
    }
    assert!(compared > 60, "{compared}");
}

/// Each price rests on a dated offer of its class, and lies where the offers do.
#[test]
fn every_price_rests_on_dated_offers() {
    let catalog = catalog();
    for (class, price) in prices(&catalog) {
        let who = format!("{class:?} {price:?}");
        let of_it = |offer: &&Offer| {
            offer.provider_class == class && offer.accelerator == price.accelerator && offer.counts()
        };
        let offers: Vec<&Offer> = catalog.offers().iter().filter(of_it).collect();
        let newest = offers.iter().filter_map(|offer| Day::parse(&offer.as_of)).max();
        assert!(
            newest >= Day::parse(&price.newest) && price.sellers >= 1 && !price.machines.is_empty(),
            "{who}"
        );
        let on_term = |offer: &&&Offer| offer.term.term() == Some(price.term);
        let asked = offers.iter().filter(on_term).map(|offer| offer.usd_per_accelerator_hour);
        let (least, most) = asked.fold((f64::MAX, 0.0), |(a, b): (f64, f64), usd| (a.min(usd), b.max(usd)));
        let usd = price.usd_per_accelerator_hour;
        assert!(price.derived || (least / 1.5 <= usd && usd <= 2.0 * most), "{who}: {least} to {most}");
        assert!((0.05..0.8).contains(&price.spread), "{who}");
    }
}

/// Within a class, what binds for longer costs no more than what binds for less, and what may be taken away no more than what
/// may not; plans have it so by every seller, too.
#[test]
fn longer_commitments_cost_less_an_hour() {
    let catalog = catalog();
    let mut asked: Vec<String> = OfferClass::ASKED.iter().map(|class| class.id().to_owned()).collect();
    asked.extend(catalog.sellers().into_iter().map(str::to_owned));
    let mut compared = 0;
    for offers in asked {
        let mut scenario = preset::open("support-chat", &catalog).unwrap();
        scenario.set("money.offers", &offers, &catalog).unwrap();
        scenario.set("money.term", "on_demand", &catalog).unwrap();
        for candidate in engine::plan(&scenario, &catalog).unwrap().candidates {
            let Some(sizing) = candidate.sizing() else { continue };
            let usd = |term| sizing.estate.cost.term(term).map(|cost| cost.usd_per_hour);
            for (longer, shorter) in [
                (Term::Spot, Term::OnDemand),
                (Term::Reserved1y, Term::OnDemand),
                (Term::Reserved3y, Term::Reserved1y),
            ] {
                if let (Some(longer_usd), Some(shorter_usd)) = (usd(longer), usd(shorter)) {
                    compared += 1;
                    assert!(longer_usd <= shorter_usd * 1.001, "{offers} {}: {longer:?}", candidate.name);
                }
            }
        }
    }
    assert!(compared > 60, "{compared}");
}

/// What nobody can click, an average, or what has no document makes no price.
#[test]
fn averages_and_what_has_no_document_make_no_price() {
    let catalog = catalog();
    assert!(catalog.offers().len() > 800);
    for offer in catalog.offers() {
        assert!(Day::parse(&offer.as_of).is_some() && offer.usd_per_accelerator_hour > 0.0, "{offer:?}");
        assert!(catalog.source(&offer.source_id).is_some(), "{offer:?}");
        assert!(catalog.accelerator(&offer.accelerator).is_some(), "{offer:?}");
        let makes_none = offer.provider_class == OfferClass::Index || offer.basis == Basis::Assumed;
        assert!(!(makes_none && offer.counts()), "{offer:?}");
    }
    // Offers of the 96 GB part are none of the part with 144 GB.
    assert!(prices(&catalog).all(|(_, price)| price.accelerator != "gh200"));
}

/// What comes first in a preset rests on at least two dated offers, or on two dated prices of its server.
#[test]
fn the_first_of_every_preset_rests_on_two_dated_offers() {
    let catalog = catalog();
    let dated = |id: &str| catalog.source(id).is_some_and(|source| !source.date.is_empty());
    for (stem, _) in preset::BUILT_IN {
        let scenario = preset::open(stem, &catalog).unwrap();
        let plan = engine::plan(&scenario, &catalog).unwrap();
        let (first, sizing) = plan.best().unwrap();
        let term = scenario.money.term;
        if term == Term::Buy {
            let each = sizing.estate.cost.buy.unwrap().accelerators_per_server;
            let of_it = |server: &&headroom::catalog::Server| {
                server.accelerator == first.accelerator && server.accelerators.value() == each
            };
            let server = catalog.servers.iter().find(of_it).unwrap();
            let prices = [&server.price_usd, &server.price_low_usd, &server.price_high_usd];
            let mut sources: Vec<&str> = prices.into_iter().flatten().map(|price| price.source()).collect();
            sources.sort_unstable();
            sources.dedup();
            assert!(sources.len() >= 2 && sources.iter().all(|id| dated(id)), "{stem}: {sources:?}");
            continue;
        }
        let paid = sizing.estate.cost.rate(term).unwrap().term;
        let offers = engine::offers_behind(&scenario, &catalog, &first.accelerator, paid);
        let mut sellers: Vec<&str> = offers.iter().map(|offer| offer.provider.as_str()).collect();
        sellers.sort_unstable();
        sellers.dedup();
        assert!(sellers.len() >= 2, "{stem}: {} {sellers:?}", first.name);
        assert!(offers.iter().all(|offer| Day::parse(&offer.as_of).is_some()), "{stem}");
    }
}

/// A replica is priced on a machine that holds it: AWS asks 1.006 for an A10G alone, 1.418 for each of four and 2.036 for each of
/// eight.
#[test]
fn a_replica_is_priced_on_the_machine_that_holds_it() {
    let catalog = catalog();
    let mut sizes = Vec::new();
    for (model, offers) in [("llama-3.1-8b", "AWS"), ("phi-4", "AWS"), ("qwen2.5-72b", "AWS")] {
        let mut scenario = preset::open("support-chat", &catalog).unwrap();
        for (path, value) in [
            ("workload.model", model),
            ("workload.requests_per_s", "0.2"),
            ("slo.ttft_s", "10"),
            ("slo.tpot_s", "0.3"),
            ("slo.availability", "0.9"),
            ("money.term", "on_demand"),
            ("money.offers", offers),
        ] {
            scenario.set(path, value, &catalog).unwrap();
        }
        let plan = engine::plan_on(&scenario, &catalog, |id| id == "a10g").unwrap();
        let (_, sizing) = plan.best().unwrap();
        let rate = sizing.estate.cost.rate(Term::OnDemand).unwrap();
        assert!(rate.machine >= sizing.layout.accelerators_per_replica(), "{rate:?}");
        let usd = rate.usd_per_accelerator_hour.value();
        let asked = if rate.machine == 1 {
            1.006
        } else if rate.machine == 4 {
            1.418
        } else {
            2.036
        };
        assert!((usd - asked).abs() < 0.01, "{rate:?}");
        sizes.push(rate.machine);
    }
    assert!(sizes.contains(&1) && sizes.iter().any(|machine| *machine > 1), "{sizes:?}");
}

/// No list rents below what it costs to own for as long as servers live: bought by the hundred, at the scenario's own cost of
/// capital, space and energy. What may be taken away is sold below it; on marketplaces owners sell what they have (A100 40 GB and
/// L40S at 0.54 to 0.85 of it), and large contracts rest on servers bought below any list (MI300X, MI325X at 0.75 to 0.79).
#[test]
fn no_rent_is_below_the_cost_of_owning() {
    let catalog = catalog();
    let life = catalog.facility.server_life_years.value().to_string();
    let mut compared = 0;
    for accelerator in &catalog.accelerators {
        let mut scenario = preset::open("support-chat", &catalog).unwrap();
        for (path, value) in [
            ("workload.model", "llama-3.1-8b"),
            ("workload.requests_per_s", "3000"),
            ("slo.ttft_s", "20"),
            ("slo.tpot_s", "1"),
            ("platform.pools", "never"),
            ("money.term", "buy"),
            ("money.years", &life),
        ] {
            scenario.set(path, value, &catalog).unwrap();
        }
        let plan = engine::plan_on(&scenario, &catalog, |id| id == accelerator.id).unwrap();
        let Some((_, sizing)) = plan.best() else { continue };
        let (count, cost) = (f64::from(sizing.whole().billed_accelerators), &sizing.estate.cost);
        assert!(count > 100.0, "{}: {count}", accelerator.id);
        let own = cost.term(Term::Buy).unwrap().usd_per_hour / count;
        for (class, price) in prices(&catalog).filter(|(_, price)| price.accelerator == accelerator.id) {
            if price.term != Term::Spot {
                compared += 1;
                let usd = price.usd_per_accelerator_hour;
                let least = match class {
                    OfferClass::Marketplace | OfferClass::Negotiated => own / 2.0,
                    _ => own,
                };
                assert!(
                    usd >= least,
                    "{class:?} {}: {usd} for {:?}, owning {own}",
                    accelerator.id,
                    price.term
                );
            }
        }
    }
    assert!(compared > 60, "{compared}");
}
