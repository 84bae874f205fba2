//! The one place where numbers become text and text becomes numbers.
//!
//! Everything inside the program is `f64` in SI base units; these functions stand at the edge, for the
//! command line, the documents and the screen alike.

mod parse;
mod separators;

pub use parse::{parse, parse_plain, relative};
pub use separators::Separators;

/// What a quantity measures: decides its unit, its usual multiples and its decimals.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    /// A bare count or factor.
    One,
    /// Shown as a percentage, kept as a fraction.
    Fraction,
    /// A percentile, kept as 0–100.
    Percentile,
    /// Tokens.
    Tokens,
    /// Parameters of a model.
    Parameters,
    /// Seconds.
    Seconds,
    /// Requests.
    Requests,
    /// Requests a second.
    RequestsPerSecond,
    /// Tokens a second.
    TokensPerSecond,
    /// Bytes.
    Bytes,
    /// Watts.
    Watts,
    /// US dollars.
    Usd,
    /// US dollars a kWh.
    UsdPerKwh,
    /// Grams of CO₂ equivalent a kWh.
    GramsPerKwh,
    /// Litres a kWh.
    LitresPerKwh,
    /// Years.
    Years,
    /// Months.
    Months,
    /// Joules.
    Joules,
}

impl Unit {
    /// The word after a number written without a multiple, empty where there is none.
    pub fn word(self) -> &'static str {
        match self {
            Self::One => "",
            Self::Fraction => "%",
            Self::Percentile => "th percentile",
            Self::Tokens => "tokens",
            Self::Parameters => "parameters",
            Self::Seconds => "s",
            Self::Requests => "requests",
            Self::RequestsPerSecond => "requests/s",
            Self::TokensPerSecond => "tokens/s",
            Self::Bytes => "B",
            Self::Watts => "W",
            Self::Usd => "$",
            Self::UsdPerKwh => "$/kWh",
            Self::GramsPerKwh => "g CO₂/kWh",
            Self::LitresPerKwh => "L/kWh",
            Self::Years => "years",
            Self::Months => "months",
            Self::Joules => "J",
        }
    }
}

/// `value` with `digits` significant digits, grouped in thousands, no exponent.
pub fn significant(value: f64, digits: usize) -> String {
    if value == 0.0 || !value.is_finite() {
        return if value == 0.0 { "0".to_owned() } else { "–".to_owned() };
    }
    let magnitude = value.abs().log10().floor() as i32;
    let step = 10f64.powi(magnitude - digits as i32 + 1);
    let rounded = (value / step).round() * step;
    // Rounding can carry into the next decade (9.96 to 10.0).
    let magnitude = rounded.abs().log10().floor() as i32;
    let decimals = (digits as i32 - 1 - magnitude).max(0) as usize;
    grouped(&format!("{rounded:.decimals$}"))
}

/// A plain decimal number with its thousands parted, in the separators that are in force.
fn grouped(plain: &str) -> String {
    let separators = Separators::in_force();
    let (sign, rest) = plain.strip_prefix('-').map_or(("", plain), |rest| ("-", rest));
    let (whole, fraction) = rest.split_once('.').map_or((rest, None), |(w, f)| (w, Some(f)));
    let mut out = String::with_capacity(plain.len() + 4);
    out.push_str(sign);
    for (i, digit) in whole.chars().enumerate() {
        if i > 0 && (whole.len() - i).is_multiple_of(3) {
            out.push(separators.group());
        }
        out.push(digit);
    }
    if let Some(fraction) = fraction {
        out.push(separators.decimal());
        out.push_str(fraction);
    }
    out
}

/// A whole number grouped in thousands.
pub fn count(value: f64) -> String {
    grouped(&format!("{value:.0}"))
}

/// Three significant digits with k, M, B or T: `21.6k`, `1.05M`.
fn short(value: f64, digits: usize) -> String {
    let (scale, suffix) = match value.abs() {
        v if v >= 0.9995e12 => (1e12, "T"),
        v if v >= 0.9995e9 => (1e9, "B"),
        v if v >= 0.9995e6 => (1e6, "M"),
        v if v >= 9.995e3 => (1e3, "k"),
        _ => (1.0, ""),
    };
    format!("{}{suffix}", significant(value / scale, digits))
}

/// Money in people's words: `$0.84`, `$31.2k`.
pub fn usd(value: f64) -> String {
    let sign = if value < 0.0 { "-" } else { "" };
    format!("{sign}${}", short(value.abs(), 3))
}

/// A duration: `640 µs`, `31.0 ms`, `1.25 s`, `12.0 min`, `3.20 h`.
pub fn seconds(value: f64) -> String {
    duration(value, 3)
}

/// An estimated duration, to the two digits that its band supports: `31 ms`, `1.3 s`.
pub fn about_seconds(value: f64) -> String {
    duration(value, 2)
}

fn duration(value: f64, digits: usize) -> String {
    // Where rounding would carry into the next unit, that unit is used.
    let carries = |v: f64, unit: f64| v < unit * (1.0 - 0.5 * 10f64.powi(-(digits as i32)));
    match value.abs() {
        0.0 => "0 s".to_owned(),
        v if carries(v, 1e-3) => format!("{} µs", significant(value * 1e6, digits)),
        v if carries(v, 1.0) => format!("{} ms", significant(value * 1e3, digits)),
        v if v < 120.0 => format!("{} s", significant(value, digits)),
        v if v < 7200.0 => format!("{} min", significant(value / 60.0, digits)),
        _ => format!("{} h", significant(value / 3600.0, digits)),
    }
}

/// Power: `850 W`, `17.1 kW`, `1.2 MW`.
pub fn watts(value: f64) -> String {
    match value.abs() {
        v if v < 999.5 => format!("{} W", significant(value, 3)),
        v if v < 999.5e3 => format!("{} kW", significant(value / 1e3, 3)),
        _ => format!("{} MW", significant(value / 1e6, 3)),
    }
}

/// Current of one phase: `28.4 A`.
pub fn amperes(value: f64) -> String {
    format!("{} A", significant(value, 3))
}

/// Voltage: `415 V`.
pub fn volts(value: f64) -> String {
    format!("{} V", significant(value, 3))
}

/// Heat in British units, from BTU an hour: `30.4k BTU/h`.
pub fn btu_per_h(value: f64) -> String {
    format!("{} BTU/h", short(value, 3))
}

/// Tons of refrigeration: `2.53 tons`.
pub fn tons(value: f64) -> String {
    format!("{} tons", significant(value, 3))
}

/// A flow of air, from m³/s: `0.67 m³/s`.
pub fn air_flow(m3_per_s: f64) -> String {
    format!("{} m³/s", significant(m3_per_s, 3))
}

/// The same in cubic feet a minute: `1,420 CFM`.
pub fn air_flow_cfm(m3_per_s: f64) -> String {
    const CFM: f64 = 2118.88;
    format!("{} CFM", short(m3_per_s * CFM, 3))
}

/// A flow of liquid, from L/s: `2.1 L/s`.
pub fn liquid_flow(l_per_s: f64) -> String {
    format!("{} L/s", significant(l_per_s, 3))
}

/// Energy, from kWh: `850 kWh`, `62.4 MWh`, `1.2 GWh`.
pub fn kilowatt_hours(value: f64) -> String {
    match value.abs() {
        v if v < 999.5 => format!("{} kWh", significant(value, 3)),
        v if v < 999.5e3 => format!("{} MWh", significant(value / 1e3, 3)),
        _ => format!("{} GWh", significant(value / 1e6, 3)),
    }
}

/// Mass, from kg: `850 kg`, `21.3 t`, `1.2 kt`.
pub fn kilograms(value: f64) -> String {
    match value.abs() {
        v if v < 999.5 => format!("{} kg", significant(value, 3)),
        v if v < 999.5e3 => format!("{} t", significant(value / 1e3, 3)),
        _ => format!("{} kt", significant(value / 1e6, 3)),
    }
}

/// Volume, from litres: `850 L`, `310 m³`.
pub fn litres(value: f64) -> String {
    match value.abs() {
        v if v < 999.5 => format!("{} L", significant(value, 3)),
        _ => format!("{} m³", significant(value / 1e3, 3)),
    }
}

/// Height in a rack: `8 U`.
pub fn rack_units(value: f64) -> String {
    format!("{} U", count(value))
}

/// Memory in decimal units, as accelerators are sold: `70.6 GB`.
pub fn bytes(value: f64) -> String {
    match value.abs() {
        v if v < 999.5e3 => format!("{} kB", significant(value / 1e3, 3)),
        v if v < 999.5e6 => format!("{} MB", significant(value / 1e6, 3)),
        v if v < 999.5e9 => format!("{} GB", significant(value / 1e9, 3)),
        _ => format!("{} TB", significant(value / 1e12, 3)),
    }
}

/// A share in percent: `35%`, `99.95%`.
pub fn percent(fraction: f64) -> String {
    let value = fraction * 100.0;
    // Availabilities live in the decimals after 99.
    let text = if (99.0..100.0).contains(&value) {
        let text = format!("{value:.4}");
        grouped(text.trim_end_matches('0').trim_end_matches('.'))
    } else {
        significant(value, if value.abs() >= 10.0 { 2 } else { 1 })
    };
    format!("{text}%")
}

/// A value with its unit, rounded for people.
pub fn quantity(value: f64, unit: Unit) -> String {
    match unit {
        Unit::One => significant(value, 3),
        Unit::Fraction => percent(value),
        Unit::Percentile => {
            let text = format!("{value:.2}");
            format!("p{}", grouped(text.trim_end_matches('0').trim_end_matches('.')))
        }
        Unit::Tokens => format!("{} tokens", count(value)),
        Unit::Parameters => short(value, 3),
        Unit::Seconds => seconds(value),
        Unit::Requests => format!("{} requests", short(value, 3)),
        Unit::RequestsPerSecond => format!("{} requests/s", significant(value, 3)),
        Unit::TokensPerSecond => format!("{} tokens/s", short(value, 3)),
        Unit::Bytes => bytes(value),
        Unit::Watts => watts(value),
        Unit::Usd => usd(value),
        Unit::UsdPerKwh => format!("${}/kWh", significant(value, 3)),
        Unit::GramsPerKwh => format!("{} g CO₂/kWh", significant(value, 3)),
        Unit::LitresPerKwh => format!("{} L/kWh", significant(value, 3)),
        Unit::Years => format!("{} years", significant(value, 3)),
        Unit::Months => format!("{} months", significant(value, 2)),
        Unit::Joules => format!("{} J", significant(value, 3)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_rounded_for_people() {
        assert_eq!(usd(21_600.0), "$21.6k");
        assert_eq!(usd(0.8449), "$0.845");
        assert_eq!(usd(9.996), "$10.0");
        assert_eq!(seconds(0.031), "31.0 ms");
        assert_eq!(watts(17_123.0), "17.1 kW");
        assert_eq!(amperes(28.38), "28.4 A");
        assert_eq!(btu_per_h(30_400.0), "30.4k BTU/h");
        assert_eq!((air_flow(0.67), air_flow_cfm(0.67)), ("0.670 m³/s".to_owned(), "1,420 CFM".to_owned()));
        assert_eq!((kilowatt_hours(62_400.0), kilowatt_hours(999.6)), ("62.4 MWh".into(), "1.00 MWh".into()));
        assert_eq!((kilograms(21_300.0), litres(310_000.0)), ("21.3 t".into(), "310 m³".into()));
        assert_eq!(percent(0.9995), "99.95%");
        assert_eq!(percent(0.24), "24%");
        assert_eq!(count(1_234_567.0), "1,234,567");
        assert_eq!(significant(0.000_123_4, 2), "0.00012");
        assert_eq!(quantity(70.6e9, Unit::Parameters), "70.6B");
    }

    #[test]
    fn numbers_have_the_separators_that_the_user_has() {
        let texts = Separators::ALL.map(|separators| {
            separators.while_doing(|| {
                [
                    usd(1234.5),
                    seconds(0.0314),
                    percent(0.999_75),
                    count(1_234_567.0),
                    quantity(99.5, Unit::Percentile),
                ]
            })
        });
        assert_eq!(texts[0], ["$1,230", "31.4 ms", "99.975%", "1,234,567", "p99.5"]);
        assert_eq!(texts[1], ["$1.230", "31,4 ms", "99,975%", "1.234.567", "p99,5"]);
        assert_eq!(texts[2], ["$1\u{202f}230", "31,4 ms", "99,975%", "1\u{202f}234\u{202f}567", "p99,5"]);
        assert_eq!(texts[3], ["$1’230", "31.4 ms", "99.975%", "1’234’567", "p99.5"]);
        assert_eq!(count(1000.0), "1,000", "as before");
    }
}
