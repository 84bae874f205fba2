//! Load through a day.

/// Load of each hour over that of the busiest, from midnight on.
pub type Hours = [f64; 24];

/// Load through a day: a typical shape, or the user's own 24 values.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum DayShape {
    /// Most requests in office hours.
    OfficeHours,
    /// Most requests in the evening.
    EveningPeak,
    /// Users on several continents.
    AroundTheClock,
    /// Given hour by hour.
    Own(Hours),
}

/// Shapes of the typical days, drawn by hand after public traces of such services: assumed.
const OFFICE_HOURS: Hours = [
    0.15, 0.12, 0.10, 0.10, 0.10, 0.12, 0.20, 0.40, 0.70, 0.95, 1.00, 0.98, 0.85, 0.92, 1.00, 0.98, 0.92,
    0.80, 0.55, 0.40, 0.32, 0.27, 0.22, 0.18,
];
const EVENING_PEAK: Hours = [
    0.55, 0.40, 0.30, 0.22, 0.18, 0.18, 0.22, 0.32, 0.42, 0.48, 0.52, 0.56, 0.60, 0.60, 0.60, 0.62, 0.66,
    0.74, 0.84, 0.94, 1.00, 0.98, 0.88, 0.72,
];
const AROUND_THE_CLOCK: Hours = [
    0.80, 0.78, 0.77, 0.78, 0.80, 0.84, 0.88, 0.92, 0.95, 0.97, 0.98, 1.00, 0.99, 0.98, 0.99, 1.00, 0.98,
    0.95, 0.92, 0.90, 0.88, 0.86, 0.84, 0.82,
];

impl DayShape {
    /// The typical days, with their ids and names.
    pub const TYPICAL: [(Self, &'static str, &'static str); 3] = [
        (Self::OfficeHours, "office_hours", "Office hours"),
        (Self::EveningPeak, "evening_peak", "Evening peak"),
        (Self::AroundTheClock, "around_the_clock", "Around the clock"),
    ];

    /// The day of this id, or of 24 numbers between commas or spaces, none negative and one above zero.
    pub fn parse(text: &str) -> Option<Self> {
        if let Some((day, ..)) = Self::TYPICAL.into_iter().find(|(_, id, _)| *id == text.trim()) {
            return Some(day);
        }
        let separators = [',', ';', ' ', '\t', '\n'];
        let values: Vec<f64> = text
            .split(separators)
            .filter(|part| !part.is_empty())
            .map(|part| part.parse().ok())
            .collect::<Option<_>>()?;
        let hours: Hours = values.try_into().ok()?;
        let fine = hours.iter().all(|v| v.is_finite() && *v >= 0.0) && hours.iter().any(|v| *v > 0.0);
        fine.then_some(Self::Own(hours))
    }

    /// What [`parse`](Self::parse) reads back.
    pub fn text(&self) -> String {
        match self {
            Self::Own(hours) => hours.map(|v| v.to_string()).join(", "),
            other => Self::TYPICAL
                .into_iter()
                .find(|(day, ..)| day == other)
                .map_or_else(String::new, |(_, id, _)| id.to_owned()),
        }
    }

    /// The load of each hour over the peak, with the mean `average`: a typical day is raised to the power that gives it
    /// that mean, which keeps its peak and the order of its hours. The user's own 24 values stay as they are, over their
    /// largest.
    pub fn hours(&self, average: f64) -> Hours {
        let shape = match self {
            Self::OfficeHours => OFFICE_HOURS,
            Self::EveningPeak => EVENING_PEAK,
            Self::AroundTheClock => AROUND_THE_CLOCK,
            Self::Own(hours) => {
                let peak = hours.iter().fold(0.0, |a: f64, b| a.max(*b));
                return hours.map(|v| v / peak);
            }
        };
        // The logarithm of the mean falls with the power, from 0 at 0, and is convex: Newton's steps from there never go too
        // far. Below the share of hours as busy as the busiest no power leads.
        const MOST: f64 = 1e4;
        let logs = shape.map(f64::ln);
        let mut power = 0.0;
        for _ in 0..60 {
            let (mut sum, mut slope) = (0.0, 0.0);
            for log in logs {
                let v = (power * log).exp();
                sum += v;
                slope += v * log;
            }
            let step = (sum / 24.0 / average).ln() * sum / -slope;
            if !step.is_finite() || step <= 1e-12 * power || power >= MOST {
                break;
            }
            power = (power + step).min(MOST);
        }
        logs.map(|log| (power * log).exp())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_typical_day_has_the_requested_mean() {
        for (day, id, _) in DayShape::TYPICAL {
            assert_eq!(DayShape::parse(id), Some(day));
            assert_eq!(day.text(), id);
            for average in [0.15, 0.3, 0.5, 0.8, 0.99, 1.0] {
                let hours = day.hours(average);
                let mean = hours.iter().sum::<f64>() / 24.0;
                assert!((mean - average).abs() < 1e-6, "{id} {average}: {mean}");
                assert!((hours.iter().fold(0.0, |a: f64, b| a.max(*b)) - 1.0).abs() < 1e-12);
            }
        }
    }

    #[test]
    fn a_custom_day_is_kept_unchanged() {
        let text = "0 0 0 0 0 0 1 2 4 4 4 4 4 4 4 4 2 1 0 0 0 0 0 0";
        let day = DayShape::parse(text).unwrap();
        assert_eq!(DayShape::parse(&day.text()), Some(day));
        assert_eq!(day.hours(0.9)[6..9], [0.25, 0.5, 1.0]);
        for bad in
            ["", "1 2 3", &"0 ".repeat(24), &"1 ".repeat(25), &format!("{} -1", "1 ".repeat(23)), "noon"]
        {
            assert_eq!(DayShape::parse(bad), None, "{bad}");
        }
    }
}
