//! Text to numbers.

use super::{Separators, Unit};

/// [`parse`] for text from files, flags and scripts, which write numbers in one way wherever they are read.
pub fn parse_plain(text: &str, unit: Unit) -> Option<f64> {
    parse(text, unit, Separators::Comma)
}

/// Reads a change as users type it, of a value that is `now`: `x2`, `*2`, `×1,5`, `/2`, `+10%`, `-10%`. `None` when the text is
/// none.
pub fn relative(text: &str, now: f64, separators: Separators) -> Option<f64> {
    let text = text.trim();
    let number = |rest: &str| parse(rest, Unit::One, separators).filter(|v| *v > 0.0);
    let share = |rest: &str| Some(number(rest.strip_suffix('%')?)? / 100.0);
    let mut letters = text.chars();
    let first = letters.next()?;
    let rest = letters.as_str();
    let value = match first {
        'x' | 'X' | '*' | '×' => now * number(rest)?,
        '/' | '÷' => now / number(rest)?,
        '+' => now * (1.0 + share(rest)?),
        '-' | '−' => now * (1.0 - share(rest)?),
        _ => return None,
    };
    value.is_finite().then_some(value)
}

/// Reads a number as users type it: `12`, `1,500`, `128k`, `70B`, `250 ms`, `35 %`, `17 kW`, `$0.09`.
///
/// The result is in the base unit of `unit`. `None` when the text is no number or its unit is of another kind.
pub fn parse(text: &str, unit: Unit, separators: Separators) -> Option<f64> {
    let text = text.trim().trim_start_matches('$');
    // As it is written: p95.
    let text = if unit == Unit::Percentile { text.trim_start_matches(['p', 'P']) } else { text };
    let text = plain(text, separators);
    let split = number_end(&text);
    let factor = factor(unit, text[split..].trim())?;
    let value = scaled(&text[..split], factor)?;
    value.is_finite().then_some(value)
}

/// `number` times `factor`, rounded once: 99.99% is the number nearest 0.9999.
fn scaled(number: &str, factor: f64) -> Option<f64> {
    let value: f64 = number.parse().ok()?;
    let power = factor.log10().round() as i32;
    if factor == 1.0 || number.contains(['e', 'E']) || (factor / 10f64.powi(power) - 1.0).abs() > 1e-12 {
        return Some(value * factor);
    }
    Some(format!("{number}e{power}").parse().unwrap_or(value * factor))
}

/// What one of `suffix` is in the base unit of `unit`; `None`: it is of another kind.
fn factor(unit: Unit, suffix: &str) -> Option<f64> {
    if let Some(factor) = unit_factor(unit, suffix) {
        return Some(factor);
    }
    let mut letters = suffix.chars();
    let multiple = match letters.next()? {
        'k' | 'K' => 1e3,
        // `m` would be milli or minutes.
        'M' => 1e6,
        'B' | 'b' | 'G' => 1e9,
        'T' | 't' => 1e12,
        _ => return None,
    };
    let (rest, binary) = match letters.as_str().strip_prefix('i') {
        Some(rest) => (rest, true),
        None => (letters.as_str(), false),
    };
    // 128Ki is 128 times 1,024.
    let multiple = if binary { 1024_f64.powf(f64::log10(multiple) / 3.0) } else { multiple };
    // What is left is the unit itself, or nothing.
    let unit = unit_factor(unit, rest.trim())?;
    (unit == 1.0).then_some(multiple)
}

/// The same without a multiple.
fn unit_factor(unit: Unit, suffix: &str) -> Option<f64> {
    Some(match (unit, suffix) {
        (_, "") => 1.0,
        (_, symbol) if symbol == unit.symbol() && unit != Unit::Fraction => 1.0,
        (Unit::Fraction, "%") => 0.01,
        (Unit::Percentile, "%" | "th" | "st" | "nd" | "rd") => 1.0,
        (Unit::Seconds, "ms" | "msec") => 1e-3,
        (Unit::Seconds, "µs" | "us") => 1e-6,
        (Unit::Seconds, "sec" | "second" | "seconds") => 1.0,
        (Unit::Seconds, "min" | "m" | "minutes") => 60.0,
        (Unit::Seconds, "h" | "hours") => 3600.0,
        (Unit::Watts, "kW" | "kw") => 1e3,
        (Unit::Watts, "MW") => 1e6,
        (Unit::Bytes, "kB") => 1e3,
        (Unit::Bytes, "MB") => 1e6,
        (Unit::Bytes, "GB") => 1e9,
        (Unit::Bytes, "TB") => 1e12,
        (Unit::Bytes, "GiB") => 1_073_741_824.0,
        (Unit::Tokens, "token" | "tok") => 1.0,
        (Unit::Usd, "USD") => 1.0,
        (Unit::UsdPerKwh, "/kWh") => 1.0,
        (Unit::RequestsPerSecond, "/s" | "req/s" | "qps" | "QPS" | "rps" | "RPS") => 1.0,
        (Unit::Years, "year" | "y") => 1.0,
        _ => return None,
    })
}

/// The text with its number as the machine reads it: no thousands parted, decimals after a point.
fn plain(text: &str, separators: Separators) -> String {
    let is_number = |c: char| c.is_ascii_digit() || "+-.,_'’ \u{a0}\u{202f}".contains(c);
    let end = text.char_indices().find(|(_, c)| !is_number(*c)).map_or(text.len(), |(i, _)| i);
    let (number, rest) = text.split_at(end);
    let tail = number.len() - number.trim_end().len();
    let mut digits: String = number.chars().filter(|c| !"_'’ \u{a0}\u{202f}".contains(*c)).collect();
    let (commas, points) = (digits.matches(',').count(), digits.matches('.').count());
    let decimal = match (commas, points) {
        (0, 0) => None,
        // Whichever comes last is before the decimals.
        (1.., 1..) => digits.rfind([',', '.']).and_then(|at| digits[at..].chars().next()),
        (1, 0) => decimal_alone(&digits, ',', separators),
        (0, 1) => decimal_alone(&digits, '.', separators),
        _ => None,
    };
    digits = digits
        .chars()
        .filter_map(|c| match c {
            _ if Some(c) == decimal => Some('.'),
            ',' | '.' => None,
            _ => Some(c),
        })
        .collect();
    format!("{digits}{}{rest}", if tail > 0 { " " } else { "" })
}

/// Whether the only separator is before decimals: where it parts thousands otherwise, it does so only if three digits
/// follow and no more than three lead.
fn decimal_alone(digits: &str, separator: char, separators: Separators) -> Option<char> {
    let decimal = separators.decimal() == separator;
    let (before, after) = digits.split_once(separator)?;
    let before = before.trim_start_matches(['+', '-']);
    let thousands = after.len() == 3 && (1..=3).contains(&before.len()) && !before.starts_with('0');
    (decimal || !thousands).then_some(separator)
}

/// Index of the first byte after the decimal number that `text` starts with, an exponent included.
fn number_end(text: &str) -> usize {
    let bytes = text.as_bytes();
    let mut end = 0;
    while end < bytes.len() {
        let sign_of_exponent = end > 0 && matches!(bytes[end - 1], b'e' | b'E');
        let exponent = matches!(bytes[end], b'e' | b'E')
            && bytes.get(end + 1).is_some_and(|b| b.is_ascii_digit() || matches!(b, b'+' | b'-'));
        match bytes[end] {
            b'0'..=b'9' | b'.' => {}
            b'+' | b'-' if end == 0 || sign_of_exponent => {}
            _ if exponent && end > 0 => {}
            _ => break,
        }
        end += 1;
    }
    end
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn typed_numbers_are_read_with_their_units() {
        assert_eq!(parse_plain("128k", Unit::Tokens), Some(128_000.0));
        assert_eq!(parse_plain("128k tokens", Unit::Tokens), Some(128_000.0));
        assert_eq!(parse_plain("128Ki", Unit::Tokens), Some(131_072.0));
        assert_eq!(parse_plain("1.5M", Unit::Tokens), Some(1.5e6));
        assert_eq!(parse_plain("30 s", Unit::Seconds), Some(30.0));
        assert_eq!(parse_plain("0.5 h", Unit::Seconds), Some(1800.0));
        assert_eq!(parse_plain("99.99 %", Unit::Fraction), Some(0.9999));
        assert_eq!(parse_plain("99.9%", Unit::Percentile), Some(99.9));
        assert_eq!(parse_plain("p95", Unit::Percentile), Some(95.0));
        assert_eq!(parse_plain("2 MiB", Unit::Bytes), Some(2_097_152.0));
        assert_eq!(parse_plain("2 kms", Unit::Seconds), None);
        assert_eq!(parse_plain("1,500 tokens", Unit::Tokens), Some(1500.0));
        assert_eq!(parse_plain("70B", Unit::Parameters), Some(70e9));
        assert_eq!(parse_plain("250 ms", Unit::Seconds), Some(0.25));
        assert_eq!(parse_plain("35%", Unit::Fraction), Some(0.35));
        assert_eq!(parse_plain("1e-3", Unit::Seconds), Some(1e-3));
        assert_eq!(parse_plain("-5", Unit::Tokens), Some(-5.0));
        assert_eq!(parse_plain("banana", Unit::Seconds), None);
        assert_eq!(parse_plain("5 ms", Unit::Tokens), None);
        assert_eq!(parse_plain("1e999", Unit::One), None);
    }

    #[test]
    fn a_small_m_is_minutes_and_never_millions() {
        assert_eq!(parse_plain("5m", Unit::Seconds), Some(300.0));
        assert_eq!(parse_plain("0.5 m", Unit::Seconds), Some(30.0));
        for unit in [Unit::One, Unit::Tokens, Unit::Parameters, Unit::Usd, Unit::Watts, Unit::Months] {
            assert_eq!(parse_plain("5 m", unit), None, "{unit:?}");
            assert_eq!(parse_plain("5 M", unit), Some(5e6), "{unit:?}");
        }
    }

    /// A comma that cannot part thousands is before decimals, wherever the reader is from: "1,5" is never 15.
    #[test]
    fn separators_are_read_as_they_were_meant() {
        use Separators::{Apostrophe, Comma, Point, Space};
        for (text, separators, value) in [
            ("1,234.5", Comma, 1234.5),
            ("1,5", Comma, 1.5),
            ("1234,5", Comma, 1234.5),
            ("0,125", Comma, 0.125),
            ("1,234,567", Comma, 1_234_567.0),
            ("1.234", Comma, 1.234),
            ("1.234", Point, 1234.0),
            ("1.234,5", Point, 1234.5),
            ("1,234", Point, 1.234),
            ("1.5", Point, 1.5),
            ("0.125", Point, 0.125),
            ("1234.567", Point, 1234.567),
            ("1.234.567", Point, 1_234_567.0),
            ("1 234,5", Space, 1234.5),
            ("1\u{202f}234", Space, 1234.0),
            ("1’234.5", Apostrophe, 1234.5),
            ("1'234.5 tokens", Apostrophe, 1234.5),
            ("-1,5k", Point, -1500.0),
        ] {
            assert_eq!(parse(text, Unit::Tokens, separators), Some(value), "{text} in {separators:?}");
        }
    }

    #[test]
    fn changes_are_read_as_they_are_said() {
        for (text, value) in [
            ("x2", 3000.0),
            ("*2", 3000.0),
            ("× 1.5", 2250.0),
            ("/2", 750.0),
            ("+10%", 1650.0),
            ("-10 %", 1350.0),
        ] {
            let read = relative(text, 1500.0, Separators::Comma).unwrap_or(f64::NAN);
            assert!((read - value).abs() < 1e-9, "{text}: {read}");
        }
        for text in ["", "2", "x", "x0", "/0", "-5", "+10", "x-2", "×∞"] {
            assert_eq!(relative(text, 1500.0, Separators::Comma), None, "{text}");
        }
    }

    #[test]
    fn what_is_written_reads_back() {
        for separators in Separators::ALL {
            for value in [0.5, 1.5, 12.25, 999.0, 1234.0, 70_600.0, 1e6] {
                let text = separators.significant(value, 4);
                assert_eq!(parse(&text, Unit::One, separators), Some(value), "{text} in {separators:?}");
            }
        }
    }
}
