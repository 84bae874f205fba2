//! A day of the calendar, small enough to be copied.

use std::fmt;

use jiff::civil::Date;

/// A day, in the order of the calendar.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Day(Date);

impl Day {
    /// The day that ISO 8601 writes as `2026-11-20`; `None` for other text and days that no calendar has.
    pub fn parse(text: &str) -> Option<Self> {
        let mut parts = text.split('-');
        let mut digits = |count: usize| {
            parts.next().filter(|part| part.len() == count && part.bytes().all(|b| b.is_ascii_digit()))
        };
        let (year, month, day) = (digits(4)?, digits(2)?, digits(2)?);
        if parts.next().is_some() {
            return None;
        }
        Date::new(year.parse().ok()?, month.parse().ok()?, day.parse().ok()?).ok().map(Self)
    }

    /// The first day that a year, a month or a day may mean: `2026` is taken for the first of January.
    pub fn earliest(text: &str) -> Option<Self> {
        match text.len() {
            4 => Self::parse(&format!("{text}-01-01")),
            7 => Self::parse(&format!("{text}-01")),
            _ => Self::parse(text),
        }
    }

    /// Today in the time of Greenwich. For the window and the command line: the engine knows no clock.
    pub fn today() -> Self {
        Self(jiff::Timestamp::now().to_zoned(jiff::tz::TimeZone::UTC).date())
    }

    /// Days from `earlier` to this one.
    pub fn days_since(self, earlier: Self) -> i64 {
        (self.0 - earlier.0).get_days().into()
    }
}

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::Day;

    #[test]
    fn a_day_reads_back_and_stands_in_order() {
        let day = Day::parse("2026-11-20").unwrap();
        assert_eq!(day.to_string(), "2026-11-20");
        assert!(
            day < Day::parse("2026-12-01").unwrap()
                && day < Day::today().max(Day::parse("2026-11-21").unwrap())
        );
        for text in [
            "",
            "2026-11",
            "2026-13-01",
            "2026-11-32",
            "2026-02-30",
            "26-11-20",
            "2026-11-20-1",
            "2026-1+-20",
        ] {
            assert_eq!(Day::parse(text), None, "{text}");
        }
    }

    #[test]
    fn days_are_counted_over_months_and_leap_years() {
        let day = |text| Day::earliest(text).unwrap();
        assert_eq!(day("2026-11-20").days_since(day("2026-08-21")), 91);
        assert_eq!(day("2024-03").days_since(day("2024-02")), 29);
        assert_eq!(day("2026").days_since(day("2025")), 365);
    }
}
