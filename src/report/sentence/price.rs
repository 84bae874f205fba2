//! How far a price can be relied on.

use super::counted;
use crate::catalog::{Support, Term};
use crate::engine::{Cost, OldPrice, Rate, Seller};
use crate::report::numbers;

/// Whose price of `term` it is, and what it rests on: "Neocloud list, 3 sellers".
pub fn rate(rate: &Rate, term: Term) -> String {
    let whose = match &rate.seller {
        Seller::Own if rate.support == Support::Own => return "your quote".to_owned(),
        Seller::Own => "your list".to_owned(),
        Seller::Named(name) => name.clone(),
        Seller::Class(class) => format!("{}, {}", class.label(), counted(rate.sellers, "seller")),
    };
    match rate.support {
        _ if rate.term != term => format!("{whose}, {} held as long", rate.term.label().to_lowercase()),
        Support::Discount => format!("{whose}, by their discount on others"),
        _ => whose,
    }
}

/// The caution about an old price.
pub fn price_caution(old: &OldPrice) -> String {
    format!("The price is {}.", dated(old))
}

/// The term that is paid: "on demand, held for reserved 1 year" where the shorter one costs no more.
pub fn paid_term(cost: &Cost, term: Term) -> String {
    let asked = term.label().to_lowercase();
    match cost.rate(term).filter(|rate| rate.term != term) {
        Some(rate) => format!("{}, held for {asked}", rate.term.label().to_lowercase()),
        None => asked,
    }
}

/// The caution about a price in one sentence: what supports it, and how old it is. `None`: none is needed.
pub fn price_note(support: Support, old: Option<&OldPrice>) -> Option<String> {
    match (support.caution(), old) {
        (Some(caution), Some(old)) => {
            let caution = caution.trim_end_matches('.');
            Some(format!("{caution}; it is {}.", dated(old)))
        }
        (caution, old) => old.map(price_caution).or(caution.map(str::to_owned)),
    }
}

/// The date of an old price, its age unless the date is only a year, and the remedy.
fn dated(old: &OldPrice) -> String {
    const YEAR: usize = "2026".len();
    match old.date.len() {
        YEAR => format!("from {}: get a fresh quote", old.date),
        _ => format!("from {}, {}", old.date, price_age(old.age_days)),
    }
}

/// The age of an old price, and the remedy: "8 months old: get a fresh quote".
pub fn price_age(age_days: i64) -> String {
    const DAYS_PER_MONTH: f64 = 365.25 / 12.0;
    let months = (age_days as f64 / DAYS_PER_MONTH).round();
    format!("{} months old: get a fresh quote", numbers::count(months))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_age_is_given_only_where_the_date_is_near_enough() {
        let old = |date: &str| OldPrice { date: date.to_owned(), age_days: 255 };
        assert_eq!(
            price_caution(&old("2026-03-17")),
            "The price is from 2026-03-17, 8 months old: get a fresh quote."
        );
        assert_eq!(price_caution(&old("2026")), "The price is from 2026: get a fresh quote.");
        let note = price_note(Support::Assumed, Some(&old("2026"))).unwrap();
        assert!(note.ends_with("; it is from 2026: get a fresh quote."), "{note}");
    }
}
