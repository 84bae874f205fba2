//! A load in other words than requests per second: users, requests a day, tokens a second.

use super::fields::Workload;
use crate::units::{self, Separators, Unit};

/// Path of the input that takes these words.
pub(super) const LOAD: &str = "workload.requests_per_s";

/// Seconds from one request of a user to the next, where they are not said.
const BETWEEN_REQUESTS_S: f64 = 60.0;

const SECONDS_PER_DAY: f64 = 86_400.0;

/// Requests per second at the peak of `2000 users`, `2000 users every 45 s`, `1.5M/day`, `20k tokens/s` (of answers); `None`: the text
/// is none of these.
///
/// A day's requests come with the peak that the workload's day has over its mean, tokens in answers of its mean length.
pub(super) fn in_words(text: &str, workload: &Workload, separators: Separators) -> Option<f64> {
    let text = text.trim();
    let number = |text: &str| units::parse(text.trim(), Unit::One, separators);
    let before = |words: &[&str]| {
        let lower = text.to_lowercase();
        let word = words.iter().find(|word| lower.ends_with(**word))?;
        text.get(..text.len() - word.len())
    };
    if let Some((users, rest)) = text.split_once(" user") {
        let rest = rest.strip_prefix('s').unwrap_or(rest).trim();
        let between_s = match rest.strip_prefix("every") {
            Some(time) => units::parse(time.trim(), Unit::Seconds, separators)?,
            None if rest.is_empty() => BETWEEN_REQUESTS_S,
            None => return None,
        };
        return Some(number(users)? / between_s).filter(|load| load.is_finite());
    }
    if let Some(requests) = before(&["/day", " a day", " per day", "/d"]) {
        let requests = requests.trim_end_matches("requests").trim_end_matches("request");
        return Some(number(requests)? / SECONDS_PER_DAY / workload.mean_to_peak());
    }
    if let Some(tokens) = before(&["tokens/s", "tok/s", "tokens a second", "tokens per second"]) {
        return Some(number(tokens)? / workload.output_tokens);
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::Catalog;
    use crate::scenario::preset;

    /// By hand, for support-chat: a mean of 0.4 of the peak, 300 tokens out.
    #[test]
    fn loads_are_read_as_people_say_them() {
        let catalog = Catalog::built_in().unwrap();
        let mut scenario = preset::open("support-chat", &catalog).unwrap();
        for (said, wanted) in [
            ("2000 users", 2000.0 / 60.0),
            ("2,000 users every 45 s", 2000.0 / 45.0),
            ("2k users every 2 min", 2000.0 / 120.0),
            ("1 user every 10 s", 0.1),
            ("1.5M/day", 1.5e6 / 86_400.0 / 0.4),
            ("100,000 requests a day", 1e5 / 86_400.0 / 0.4),
            ("20k tokens/s", 20_000.0 / 300.0),
            ("600 tok/s", 2.0),
            ("12", 12.0),
        ] {
            scenario.set(LOAD, said, &catalog).unwrap();
            let load = scenario.workload.requests_per_s;
            assert!((load / wanted - 1.0).abs() < 1e-9, "{said}: {load}");
        }
        for bad in
            ["many users", "2000 users daily", "2000 users every day or so", "0 users", "/day", "tokens/s"]
        {
            let problem = scenario.set(LOAD, bad, &catalog).unwrap_err().to_string();
            assert!(problem.contains("workload.requests_per_s"), "{bad}: {problem}");
        }
        scenario.set_typed(LOAD, "3000 users", Separators::Comma, &catalog).unwrap();
        assert!((scenario.workload.requests_per_s - 50.0).abs() < 1e-9);
    }
}
