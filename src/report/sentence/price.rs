//! How far a price can be relied on.

use crate::catalog::{Catalog, Day, PriceDate, Support};
use crate::engine::old_price;
use crate::report::numbers;
use crate::scenario::Scenario;

/// What to say of the price that a plan on `accelerator` rests on, when it is old.
pub fn price_caution(
    scenario: &Scenario,
    catalog: &Catalog,
    accelerator: &str,
    today: Day,
) -> Option<String> {
    let date = old_price(scenario, catalog, accelerator, today)?;
    Some(format!("The price is from {}, {}.", date.text, price_age(&date, today)))
}

/// What to say of the price of `accelerator` on the chosen term in one sentence: what supports it, and how old it is.
pub fn price_note(
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

/// The age of an old price, and the remedy: "8 months old: get a fresh quote".
pub fn price_age(date: &PriceDate<'_>, today: Day) -> String {
    const DAYS_PER_MONTH: f64 = 365.25 / 12.0;
    let months = (date.age_days(today) as f64 / DAYS_PER_MONTH).round();
    format!("{} months old: get a fresh quote", numbers::count(months))
}
