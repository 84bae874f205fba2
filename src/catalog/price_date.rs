//! How old a price is.

use super::day::Day;
use super::load::Catalog;

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

impl<'a> PriceDate<'a> {
    /// The date that ISO 8601 writes as `text`; `None` for other text.
    pub fn read(text: &'a str) -> Option<Self> {
        Day::earliest(text).map(|day| Self { text, day })
    }

    /// Days since the price was read, at most.
    pub fn age_days(&self, today: Day) -> i64 {
        today.days_since(self.day)
    }

    /// Whether a new quote should be asked for.
    pub fn old(&self, today: Day) -> bool {
        self.age_days(today) > OLD_PRICE_DAYS
    }
}

impl Catalog {
    /// The date of the price of an accelerator's server. `None`: not for sale.
    pub fn server_price_date(&self, accelerator: &str) -> Option<PriceDate<'_>> {
        let price = self.server_for(accelerator)?.price_usd.as_ref()?;
        PriceDate::read(&self.source(price.source())?.date)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_date_says_how_old_it_is() {
        let catalog = Catalog::built_in().unwrap();
        let date = catalog.server_price_date("h100-sxm").unwrap();
        assert!(date.age_days(Day::parse("2026-11-20").unwrap()) >= 0);
        assert!(date.old(Day::parse("2029-12-31").unwrap()));
        assert!(PriceDate::read("soon").is_none());
    }
}
