//! How far a price can be relied on.

use crate::catalog::Support;
use crate::engine::OldPrice;
use crate::report::numbers;

/// What to say of a price that is old.
pub fn price_caution(old: &OldPrice) -> String {
    format!("The price is from {}, {}.", old.date, price_age(old.age_days))
}

/// What to say of a price in one sentence: what supports it, and how old it is. `None`: nothing.
pub fn price_note(support: Support, old: Option<&OldPrice>) -> Option<String> {
    match (support.caution(), old) {
        (Some(caution), Some(old)) => {
            let caution = caution.trim_end_matches('.');
            Some(format!("{caution}; it is from {}, {}.", old.date, price_age(old.age_days)))
        }
        (caution, old) => old.map(price_caution).or(caution.map(str::to_owned)),
    }
}

/// The age of an old price, and the remedy: "8 months old: get a fresh quote".
pub fn price_age(age_days: i64) -> String {
    const DAYS_PER_MONTH: f64 = 365.25 / 12.0;
    let months = (age_days as f64 / DAYS_PER_MONTH).round();
    format!("{} months old: get a fresh quote", numbers::count(months))
}
