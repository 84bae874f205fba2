//! What amounts are in, what day prices are of, and what the place of a plan changes of them.

use crate::catalog::{Catalog, OfferClass, Place, Term};
use crate::engine::newest_day;
use crate::report::numbers;
use crate::scenario::{DOLLAR, Scenario};

/// The notes that belong under any amount of `scenario`; none where all is in dollars, of today and of America.
pub fn amount_notes(scenario: &Scenario, catalog: &Catalog) -> Vec<String> {
    [currency(scenario, catalog), price_day(scenario, catalog), place(scenario, catalog)]
        .into_iter()
        .flatten()
        .collect()
}

/// "Amounts in EUR: 0.8951 for one US dollar, of 2026-10-30; sellers ask dollars."
fn currency(scenario: &Scenario, catalog: &Catalog) -> Option<String> {
    let currency = catalog.currency(&scenario.money.currency).filter(|currency| currency.id != DOLLAR)?;
    let (rate, whose) = match scenario.money.exchange_rate {
        Some(rate) => (rate, "your rate".to_owned()),
        None => {
            let date = catalog.source(currency.per_usd.source())?.date.clone();
            (currency.per_usd.value(), format!("the rate of {date}"))
        }
    };
    let rate = numbers::significant(rate, 4);
    let code = currency.id.to_uppercase();
    Some(format!("Amounts in {code}: {rate} for one US dollar, {whose}; sellers ask dollars."))
}

/// "Prices of 2026-10-10, their bands widened to 2026-12-01."
fn price_day(scenario: &Scenario, catalog: &Catalog) -> Option<String> {
    let (asked, newest) = (scenario.money.price_date?, newest_day(catalog)?);
    Some(match asked > newest {
        true => format!("Prices of {newest}, their bands widened to {asked}."),
        false => format!("Prices of {newest}: the catalog keeps no earlier ones."),
    })
}

/// "Germany: rents 4% above America's, electricity, carbon, water and cooling of the region; servers, space and staff at American
/// prices, taxes and duties left to you."
fn place(scenario: &Scenario, catalog: &Catalog) -> Option<String> {
    let region = catalog.region(&scenario.facility.region).filter(|region| region.place != Place::America)?;
    let class = OfferClass::ASKED.into_iter().find(|class| class.id() == scenario.money.offers);
    let rents = match class.and_then(|class| catalog.market(class)) {
        _ if scenario.money.term == Term::Buy => String::new(),
        Some(market) => {
            let more = market.factor(region.place) - 1.0;
            let share = numbers::percent((more.abs() * 100.0).round() / 100.0);
            match more {
                m if m.abs() < 0.005 => "rents as in America, ".to_owned(),
                m if m > 0.0 => format!("rents {share} above America's, "),
                _ => format!("rents {share} below America's, "),
            }
        }
        None => "rents of the seller there or, where it has none, elsewhere, ".to_owned(),
    };
    Some(format!(
        "{}: {rents}electricity, carbon, water and cooling of the region; servers, space and staff at American prices, taxes and duties left to you.",
        region.name
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn notes_say_rate_day_and_place() {
        let catalog = Catalog::built_in().unwrap();
        let mut scenario = Scenario::default();
        assert_eq!(amount_notes(&scenario, &catalog), Vec::<String>::new());
        for (path, value) in
            [("money.currency", "EUR"), ("money.price_date", "2027-06-01"), ("facility.region", "germany")]
        {
            scenario.set(path, value, &catalog).unwrap();
        }
        let notes = amount_notes(&scenario, &catalog);
        assert!(
            notes[0].starts_with("Amounts in EUR: 0.8951 for one US dollar, the rate of 2026-10-30"),
            "{notes:?}"
        );
        assert!(notes[1].ends_with("widened to 2027-06-01."), "{notes:?}");
        assert!(notes[2].starts_with("Germany: rents "), "{notes:?}");
        scenario.set("money.exchange_rate", "0.9", &catalog).unwrap();
        assert!(amount_notes(&scenario, &catalog)[0].contains("0.9000 for one US dollar, your rate"));
    }
}
