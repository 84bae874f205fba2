//! How old a price is.

use super::day::Day;
use super::load::Catalog;
use super::price::{Price, Term};

/// Days after which a price counts as old.
pub(crate) const OLD_PRICE_DAYS: i64 = 90;

/// When a price was read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PriceDate<'a> {
    /// ISO 8601: a year, a month or a day.
    pub text: &'a str,
    /// The first day that it may mean.
    pub day: Day,
}

impl PriceDate<'_> {
    /// Days since the price was read, at most.
    pub fn age_days(&self, today: Day) -> i64 {
        today.days_since(self.day)
    }

    /// Whether a new quote should be asked for.
    pub fn old(&self, today: Day) -> bool {
        self.age_days(today) > OLD_PRICE_DAYS
    }
}

fn dated(text: &str) -> Option<PriceDate<'_>> {
    Day::earliest(text).map(|day| PriceDate { text, day })
}

impl Catalog {
    /// The date of what an accelerator's price on `term` rests on: the newest quote of that term, else of on demand, which
    /// other terms are scaled from, else the document. `None`: not offered.
    pub fn price_date(&self, accelerator: &str, term: Term) -> Option<PriceDate<'_>> {
        if term == Term::Buy {
            let price = self.server_for(accelerator)?.price_usd.as_ref()?;
            return dated(&self.source(price.source())?.date);
        }
        let price = self.price_for(accelerator)?;
        let figure = price.rent(term)?;
        newest(price, term)
            .or_else(|| newest(price, Term::OnDemand))
            .or_else(|| dated(&self.source(figure.source())?.date))
    }
}

fn newest(price: &Price, term: Term) -> Option<PriceDate<'_>> {
    let quotes = price.quotes.iter().filter(|quote| quote.term == term);
    quotes.filter_map(|quote| dated(&quote.date)).max_by_key(|date| date.day)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every price that a plan may use has a date, and it is that of a quote or of a document.
    #[test]
    fn every_price_has_a_date() {
        let catalog = Catalog::built_in().unwrap();
        let today = Day::parse("2026-11-20").unwrap();
        for price in &catalog.prices {
            for term in Term::ALL.into_iter().filter(|term| price.rent(*term).is_some()) {
                let date = catalog.price_date(&price.accelerator, term);
                let date = date.unwrap_or_else(|| panic!("{} {term:?}", price.accelerator));
                assert!(date.age_days(today) >= 0, "{} {term:?} {date:?}", price.accelerator);
            }
        }
        let h100 = catalog.price_date("h100-sxm", Term::OnDemand).unwrap();
        let newest = catalog.price_for("h100-sxm").unwrap().quotes.iter();
        assert!(
            newest.filter(|q| q.term == Term::OnDemand).all(|q| Day::earliest(&q.date).unwrap() <= h100.day)
        );
        assert!(h100.old(Day::parse("2027-12-31").unwrap()));
    }
}
