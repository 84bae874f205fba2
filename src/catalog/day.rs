//! A day of the calendar, small enough to be copied.

use std::fmt;

/// A day, in the order of the calendar.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Day {
    year: u16,
    month: u8,
    day: u8,
}

impl Day {
    /// The day that ISO 8601 writes as `2026-11-20`; `None` for other text.
    pub fn parse(text: &str) -> Option<Self> {
        let mut parts = text.split('-');
        let mut digits = |count: usize| {
            parts.next().filter(|part| part.len() == count && part.bytes().all(|b| b.is_ascii_digit()))
        };
        let (year, month, day) = (digits(4)?, digits(2)?, digits(2)?);
        let day = Self { year: year.parse().ok()?, month: month.parse().ok()?, day: day.parse().ok()? };
        let whole = parts.next().is_none() && (1..=12).contains(&day.month);
        (whole && (1..=31).contains(&day.day)).then_some(day)
    }
}

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}-{:02}", self.year, self.month, self.day)
    }
}

#[cfg(test)]
mod tests {
    use super::Day;

    #[test]
    fn a_day_reads_back_and_stands_in_order() {
        let day = Day::parse("2026-11-20").unwrap();
        assert_eq!(day.to_string(), "2026-11-20");
        assert!(day < Day::parse("2026-12-01").unwrap());
        for text in ["", "2026-11", "2026-13-01", "2026-11-32", "26-11-20", "2026-11-20-1", "2026-1+-20"] {
            assert_eq!(Day::parse(text), None, "{text}");
        }
    }
}
