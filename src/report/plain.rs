//! Numbers as text for machines, fast: what `{}` writes, digit for digit.
//!
//! A row of an estimate has twenty numbers; the formatter of the standard library would take longer than the estimate.

use std::fmt::Write as _;

/// From here on every number is whole, and digits that are left out may be several.
const WHOLE: f64 = 9_007_199_254_740_992.0;

/// Appends `value` as `{}` writes it: the shortest digits that read back as the same number, never an exponent.
pub fn push_number(value: f64, out: &mut String) {
    let start = out.len();
    if value.abs() < WHOLE {
        let mut buffer = zmij::Buffer::new();
        let text = buffer.format_finite(value);
        match text.split_once('e') {
            None => out.push_str(text.strip_suffix(".0").unwrap_or(text)),
            Some((digits, exponent)) => push_scientific(digits, exponent.parse().unwrap_or(0), out),
        }
        let printed = out[start..].bytes().rev().position(|byte| byte == b'.').unwrap_or(0);
        if printed + 1 != decimals(value) {
            return;
        }
        // Halfway between two last digits, where zmij rounds to the even one and the standard library up.
        out.truncate(start);
    }
    // Writing to a string does not fail.
    let _ = write!(out, "{value}");
}

/// Digits behind the point of all that `value` is, without rounding; the last of them is a 5.
fn decimals(value: f64) -> usize {
    let bits = value.to_bits();
    let mantissa = bits & ((1 << 52) - 1);
    let exponent = (bits >> 52 & 0x7ff) as usize;
    // As a whole number times a power of two: subnormal numbers lack the first bit.
    let (whole, power) = if exponent == 0 { (mantissa, 1) } else { (mantissa | 1 << 52, exponent) };
    if whole == 0 { 0 } else { 1075_usize.saturating_sub(power + whole.trailing_zeros() as usize) }
}

/// `digits` has one digit before its point, if it has one.
fn push_scientific(digits: &str, exponent: i32, out: &mut String) {
    let digits = match digits.strip_prefix('-') {
        Some(digits) => {
            out.push('-');
            digits
        }
        None => digits,
    };
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let fraction = fraction.trim_end_matches('0');
    let places = exponent.unsigned_abs() as usize;
    if exponent < 0 {
        out.push_str("0.");
        out.extend(std::iter::repeat_n('0', places - 1));
        out.push_str(whole);
        out.push_str(fraction);
    } else {
        out.push_str(whole);
        let before = fraction.len().min(places);
        out.push_str(&fraction[..before]);
        out.extend(std::iter::repeat_n('0', places - before));
        if before < fraction.len() {
            out.push('.');
            out.push_str(&fraction[before..]);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::push_number;

    fn check(value: f64) {
        let mut text = String::new();
        push_number(value, &mut text);
        assert_eq!(text, format!("{value}"), "{value:e}");
    }

    #[test]
    fn numbers_are_as_the_standard_library_writes_them() {
        let odd =
            [0.0, -0.0, 1.0, 0.1, 1e15, 1e16, 1.5e16, 123456789012345680.0, 1e17, 1.7976931348623157e308];
        let small = [5e-324, 2.2250738585072014e-308, 1e-5, 1.5e-5, 1.25e-7, 0.00012345];
        for value in odd.into_iter().chain(small).chain([f64::NAN, f64::INFINITY, f64::NEG_INFINITY]) {
            check(value);
            check(-value);
        }
        for exponent in -330..310 {
            check(format!("1e{exponent}").parse().unwrap());
            check(format!("1.2345e{exponent}").parse().unwrap());
        }
        // Any bits, by a fixed sequence (Marsaglia 2003, xorshift).
        let mut bits = 0x9e37_79b9_7f4a_7c15_u64;
        for _ in 0..100_000 {
            bits ^= bits << 13;
            bits ^= bits >> 7;
            bits ^= bits << 17;
            check(f64::from_bits(bits));
            check((bits >> 20) as f64 * 1e-9);
            // Sums of powers of two that often lie halfway.
            check((bits >> 11) as f64 / (1_u64 << (bits % 60)) as f64);
        }
    }
}
