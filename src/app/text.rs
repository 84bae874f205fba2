//! Numbers as the screen writes them: `numbers` decides the digits, this decides what of them is worth the ink.

pub use headroom::report::numbers::{plain, trimmed};

use headroom::report::numbers;
use headroom::units::Unit;

/// The number and its unit: `("40", " ms")`, `("99.9", " %")`.
pub fn split(text: &str) -> (String, String) {
    let cut = text.find([' ', '%', '/']).unwrap_or(text.len());
    let (number, unit) = text.split_at(cut);
    let unit = unit.trim_start();
    (trimmed(number), if unit.is_empty() { String::new() } else { format!(" {unit}") })
}

/// What the user set, as short as it can be written: `40 ms`, `12 requests/s`.
pub fn brief(value: f64, unit: Unit) -> String {
    plain(&numbers::quantity(value, unit))
}

/// A mark of an axis.
pub fn tick(value: f64) -> String {
    trimmed(&numbers::significant(value, 3))
}

/// A mark of an axis of US dollars, in the currency in force.
pub fn usd_tick(value: f64) -> String {
    let amount = numbers::written(value, Unit::Usd);
    if (1e3..1e4).contains(&amount) {
        // Beside $10k, $5,000 would read as another kind of number.
        return numbers::money_heading(&format!("{}k", tick(amount / 1e3)));
    }
    trimmed(&numbers::usd(value))
}

/// A label inside a sentence: lower case, but for abbreviations such as PUE and KV cache.
pub fn inside_sentence(label: &str) -> String {
    let mut letters = label.chars();
    match (letters.next(), letters.next()) {
        (Some(first), Some(second)) if !second.is_uppercase() => {
            first.to_lowercase().chain(label.chars().skip(1)).collect()
        }
        _ => label.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_part_from_their_units() {
        let pair = |n: &str, u: &str| (n.to_owned(), u.to_owned());
        assert_eq!(split("40.0 ms"), pair("40", " ms"));
        assert_eq!(split("35%"), pair("35", " %"));
        assert_eq!(split("$0.0900/kWh"), pair("$0.09", " /kWh"));
        assert_eq!(split("70.6B"), pair("70.6B", ""));
        assert_eq!(split("p95"), pair("p95", ""));
    }

    #[test]
    fn what_was_set_is_written_briefly() {
        assert_eq!(brief(0.04, Unit::Seconds), "40 ms");
        assert_eq!(brief(12.0, Unit::RequestsPerSecond), "12 requests/s");
        assert_eq!(usd_tick(200_000.0), "$200k");
        assert_eq!(usd_tick(5000.0), "$5k");
        assert_eq!(inside_sentence("KV cache"), "KV cache");
        assert_eq!(inside_sentence("Spare replicas"), "spare replicas");
    }
}
