//! Fields of a result file by their path, with errors that name them.

use serde_json::Value;

use super::error::BenchmarkError;

/// A part of a result file, and its place there.
#[derive(Clone, Debug)]
pub struct ResultFields<'a> {
    pub file: &'a str,
    at: String,
    value: &'a Value,
}

impl<'a> ResultFields<'a> {
    /// A whole document.
    pub fn new(file: &'a str, value: &'a Value) -> Self {
        Self { file, at: String::new(), value }
    }

    /// The elements of the list at `path`.
    pub fn items(&self, path: &str) -> Vec<Self> {
        let list = self.get(path).and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
        let item = |(i, value)| Self { file: self.file, at: self.path(&format!("{path}[{i}]")), value };
        list.iter().enumerate().map(item).collect()
    }

    /// The value at a path such as `config.strategy`; an explicit `null` counts as nothing.
    pub fn get(&self, path: &str) -> Option<&'a Value> {
        let found = path.split('.').try_fold(self.value, |value, name| value.get(name))?;
        (!found.is_null()).then_some(found)
    }

    /// The first of several places that has something, with its path.
    pub fn first<'p>(&self, paths: &[&'p str]) -> Option<(&'p str, &'a Value)> {
        paths.iter().find_map(|path| self.get(path).map(|value| (*path, value)))
    }

    /// The text at the first of several places, or the first of a list of texts or of names there; empty where there is
    /// none.
    pub fn text(&self, paths: &[&str]) -> String {
        let found = paths.iter().find_map(|path| {
            let value = self.get(path)?;
            let first = || value.get(0).map(|first| first.get("name").unwrap_or(first));
            value.as_str().or_else(|| first()?.as_str())
        });
        found.unwrap_or_default().to_owned()
    }

    /// The number at a path, also one that is written as text; `None`: there is none.
    pub fn number(&self, path: &str) -> Option<f64> {
        let value = self.get(path)?;
        let number = value.as_f64().or_else(|| value.as_str()?.trim().parse().ok());
        number.filter(|number| number.is_finite())
    }

    /// A number above zero at the first of several places.
    ///
    /// # Errors
    /// It is missing, or not a number above zero.
    pub fn positive(&self, paths: &[&str], remedy: &str) -> Result<f64, BenchmarkError> {
        let (path, value) = self.first(paths).ok_or_else(|| BenchmarkError::Missing {
            file: self.file.to_owned(),
            field: self.path(paths.first().copied().unwrap_or_default()),
            remedy: remedy.to_owned(),
        })?;
        let number = value.as_f64().filter(|number| *number > 0.0 && number.is_finite());
        number.ok_or_else(|| self.wrong(path, value, remedy))
    }

    /// A time in milliseconds at the first of several places; `None` where none was measured: there is nothing,
    /// or zero, which benchmarks write for what they did not see.
    ///
    /// # Errors
    /// It is not a plausible time.
    pub fn milliseconds(&self, paths: &[&str]) -> Result<Option<f64>, BenchmarkError> {
        self.time(paths, 1.0, "is not a time in milliseconds. Measure again, or fix the file.")
    }

    /// The same, in milliseconds, of a time that is written in seconds.
    ///
    /// # Errors
    /// It is not a plausible time.
    pub fn seconds(&self, paths: &[&str]) -> Result<Option<f64>, BenchmarkError> {
        self.time(paths, 1e3, "is not a time in seconds. Measure again, or fix the file.")
    }

    fn time(&self, paths: &[&str], unit_ms: f64, remedy: &str) -> Result<Option<f64>, BenchmarkError> {
        let Some((path, value)) = self.first(paths) else { return Ok(None) };
        match value.as_f64().map(|time| time * unit_ms) {
            Some(0.0) => Ok(None),
            Some(ms) if ms > 0.0 && ms <= LONGEST_MS => Ok(Some(ms)),
            _ => Err(self.wrong(path, value, remedy)),
        }
    }

    /// A value that cannot be.
    pub fn wrong(&self, path: &str, value: &Value, remedy: &str) -> BenchmarkError {
        BenchmarkError::Value {
            file: self.file.to_owned(),
            field: self.path(path),
            value: value.to_string(),
            remedy: remedy.to_owned(),
        }
    }

    /// The place of `name` in the whole document.
    pub fn path(&self, name: &str) -> String {
        if self.at.is_empty() { name.to_owned() } else { format!("{}.{name}", self.at) }
    }
}

/// Longest plausible time, milliseconds: a day.
const LONGEST_MS: f64 = 86.4e6;

/// A date as benchmarks write it, as ISO 8601: `20251120-153000` or `2025-11-20T15:30:00`; else empty.
pub fn date_of(text: &str) -> String {
    let digits: String = text.chars().take(10).filter(|c| *c != '-').collect();
    if digits.len() < 8 || !digits.is_ascii() || !digits[..8].bytes().all(|b| b.is_ascii_digit()) {
        return String::new();
    }
    format!("{}-{}-{}", &digits[..4], &digits[4..6], &digits[6..8])
}

/// The day of a Unix time in seconds, ISO 8601; empty where no benchmark can have run then.
pub fn day_of_unix(seconds: f64) -> String {
    // Before 2001 there were no such benchmarks, and after 2100 there are others.
    if !(1e9..4.1e9).contains(&seconds) {
        return String::new();
    }
    // The civil calendar in eras of 400 years that begin in March (Hinnant, chrono-compatible date algorithms).
    let days = (seconds / 86_400.0) as u64 + 719_468;
    let (era, of_era) = (days / 146_097, days % 146_097);
    let year_of_era = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted = (5 * of_year + 2) / 153;
    let day = of_year - (153 * shifted + 2) / 5 + 1;
    let month = if shifted < 10 { shifted + 3 } else { shifted - 9 };
    let year = era * 400 + year_of_era + u64::from(month <= 2);
    format!("{year:04}-{month:02}-{day:02}")
}
