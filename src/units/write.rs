//! Numbers to text, in given separators.

use super::{Separators, Unit, parse};

impl Separators {
    /// A plain decimal number with its thousands parted.
    pub fn grouped(self, plain: &str) -> String {
        let (sign, rest) = plain.strip_prefix('-').map_or(("", plain), |rest| ("-", rest));
        let (whole, fraction) = rest.split_once('.').map_or((rest, None), |(w, f)| (w, Some(f)));
        let mut out = String::with_capacity(plain.len() + 4);
        out.push_str(sign);
        for (i, digit) in whole.chars().enumerate() {
            if i > 0 && (whole.len() - i).is_multiple_of(3) {
                out.push(self.group());
            }
            out.push(digit);
        }
        if let Some(fraction) = fraction {
            out.push(self.decimal());
            out.push_str(fraction);
        }
        out
    }

    /// `value` with `digits` significant digits, grouped in thousands, no exponent.
    pub fn significant(self, value: f64, digits: usize) -> String {
        if value == 0.0 || !value.is_finite() {
            return if value == 0.0 { "0".to_owned() } else { "–".to_owned() };
        }
        let magnitude = value.abs().log10().floor() as i32;
        let step = 10f64.powi(magnitude - digits as i32 + 1);
        let rounded = (value / step).round() * step;
        // Rounding can carry into the next decade (9.96 to 10.0).
        let magnitude = rounded.abs().log10().floor() as i32;
        let decimals = (digits as i32 - 1 - magnitude).max(0) as usize;
        self.grouped(&format!("{rounded:.decimals$}"))
    }

    /// A whole number grouped in thousands.
    pub fn count(self, value: f64) -> String {
        self.grouped(&format!("{value:.0}"))
    }

    /// `digits` significant digits with k, M, B or T: `21.6k`, `1.05M`.
    pub fn short(self, value: f64, digits: usize) -> String {
        let (scale, suffix) = match value.abs() {
            v if v >= 0.9995e12 => (1e12, "T"),
            v if v >= 0.9995e9 => (1e9, "B"),
            v if v >= 0.9995e6 => (1e6, "M"),
            v if v >= 9.995e3 => (1e3, "k"),
            _ => (1.0, ""),
        };
        format!("{}{suffix}", self.significant(value / scale, digits))
    }

    /// `value` in the first of `multiples` that it does not outgrow: three digits, then the next one.
    fn scaled(self, value: f64, multiples: [&str; 3]) -> String {
        let (scale, name) = match value.abs() {
            v if v < 999.5 => (1.0, multiples[0]),
            v if v < 999.5e3 => (1e3, multiples[1]),
            _ => (1e6, multiples[2]),
        };
        format!("{} {name}", self.significant(value / scale, 3))
    }

    /// Energy, from kWh: `850 kWh`, `62.4 MWh`, `1.2 GWh`.
    pub fn kilowatt_hours(self, value: f64) -> String {
        self.scaled(value, ["kWh", "MWh", "GWh"])
    }

    /// Mass, from kg: `850 kg`, `21.3 t`, `1.2 kt`.
    pub fn kilograms(self, value: f64) -> String {
        self.scaled(value, ["kg", "t", "kt"])
    }

    /// Volume, from litres: `850 L`, `310 m³`.
    pub fn litres(self, value: f64) -> String {
        match value.abs() {
            v if v < 999.5 => format!("{} L", self.significant(value, 3)),
            _ => format!("{} m³", self.significant(value / 1e3, 3)),
        }
    }

    /// Money as users read it, after the sign of its currency: `$0.84`, `€31.2k`.
    pub fn money(self, value: f64, sign: &str) -> String {
        let minus = if value < 0.0 { "-" } else { "" };
        format!("{minus}{sign}{}", self.short(value.abs(), 3))
    }

    /// A duration, from seconds: `640 µs`, `31.0 ms`, `1.25 s`, `12.0 min`, `3.20 h`.
    pub fn duration(self, value: f64, digits: usize) -> String {
        // Where rounding would carry into the next unit, that unit is used.
        let carries = |v: f64, unit: f64| v < unit * (1.0 - 0.5 * 10f64.powi(-(digits as i32)));
        match value.abs() {
            0.0 => "0 s".to_owned(),
            v if carries(v, 1e-3) => format!("{} µs", self.significant(value * 1e6, digits)),
            v if carries(v, 1.0) => format!("{} ms", self.significant(value * 1e3, digits)),
            v if v < 120.0 => format!("{} s", self.significant(value, digits)),
            v if v < 7200.0 => format!("{} min", self.significant(value / 60.0, digits)),
            _ => format!("{} h", self.significant(value / 3600.0, digits)),
        }
    }

    /// Power: `850 W`, `17.1 kW`, `1.2 MW`.
    pub fn watts(self, value: f64) -> String {
        match value.abs() {
            v if v < 999.5 => format!("{} W", self.significant(value, 3)),
            v if v < 999.5e3 => format!("{} kW", self.significant(value / 1e3, 3)),
            _ => format!("{} MW", self.significant(value / 1e6, 3)),
        }
    }

    /// Memory, used and there, in the binary units of drivers and servers: `65.8 GiB`. Makers print the size of the same
    /// memory in "GB" that are near them: 141 GB for 140.4 GiB, which are 151 decimal GB.
    pub fn bytes(self, value: f64) -> String {
        const KIB: f64 = 1024.0;
        // Three digits: 1,020 of one unit is 1.00 of the next.
        let (scale, name) = match value.abs() {
            v if v < 999.5 * KIB => (KIB, "KiB"),
            v if v < 999.5 * KIB.powi(2) => (KIB.powi(2), "MiB"),
            v if v < 999.5 * KIB.powi(3) => (KIB.powi(3), "GiB"),
            _ => (KIB.powi(4), "TiB"),
        };
        format!("{} {name}", self.significant(value / scale, 3))
    }

    /// A rate of bytes in decimal units, as links and memories are sold: `3.35 TB/s`.
    fn bytes_per_s(self, value: f64) -> String {
        let (scale, name) = match value.abs() {
            v if v < 999.5e3 => (1e3, "kB/s"),
            v if v < 999.5e6 => (1e6, "MB/s"),
            v if v < 999.5e9 => (1e9, "GB/s"),
            _ => (1e12, "TB/s"),
        };
        format!("{} {name}", self.significant(value / scale, 3))
    }

    /// A share in percent: `35%`, `99.95%`.
    pub fn percent(self, fraction: f64) -> String {
        let value = fraction * 100.0;
        // Availabilities live in the decimals after 99.
        let text = if (99.0..100.0).contains(&value) {
            let text = format!("{value:.4}");
            self.grouped(text.trim_end_matches('0').trim_end_matches('.'))
        } else {
            self.significant(value, if value.abs() >= 10.0 { 2 } else { 1 })
        };
        format!("{text}%")
    }

    /// The unit beside `value` as [`quantity`](Self::quantity) writes it, where it is not always the base unit.
    fn shown_unit(self, value: Option<f64>, unit: Unit) -> Option<String> {
        match (unit, value) {
            (Unit::Fraction, _) => Some("%".to_owned()),
            (Unit::Seconds | Unit::Watts, Some(value)) => {
                let text = self.quantity(value, unit);
                text.rsplit_once(' ').map(|(_, unit)| unit.to_owned())
            }
            _ => None,
        }
    }

    /// Reads a number typed over `now`, beside which its unit is shown: a bare number is in that unit, so that 30 over
    /// `25 ms` is 30 ms, and 99.99 where a share is shown is 99.99%.
    pub fn typed_over(self, text: &str, now: Option<f64>, unit: Unit) -> Option<f64> {
        let bare = text.trim().ends_with(|c: char| c.is_ascii_digit());
        match self.shown_unit(now, unit).filter(|_| bare) {
            Some(shown) => parse(&format!("{} {shown}", text.trim()), unit, self),
            None => parse(text, unit, self),
        }
    }

    /// A value with its unit, rounded for users.
    pub fn quantity(self, value: f64, unit: Unit) -> String {
        match unit {
            Unit::One => self.significant(value, 3),
            Unit::Fraction => self.percent(value),
            Unit::Percentile => {
                let text = format!("{value:.2}");
                format!("p{}", self.grouped(text.trim_end_matches('0').trim_end_matches('.')))
            }
            Unit::Tokens => format!("{} tokens", self.count(value)),
            Unit::Parameters => self.short(value, 3),
            Unit::Seconds => self.duration(value, 3),
            Unit::Requests => format!("{} requests", self.short(value, 3)),
            Unit::RequestsPerSecond => format!("{} requests/s", self.significant(value, 3)),
            Unit::TokensPerSecond => format!("{} tokens/s", self.short(value, 3)),
            Unit::Bytes => self.bytes(value),
            Unit::Watts => self.watts(value),
            Unit::Usd => self.money(value, "$"),
            Unit::UsdPerKwh => format!("${}/kWh", self.significant(value, 3)),
            Unit::GramsPerKwh => format!("{} g CO₂/kWh", self.significant(value, 3)),
            Unit::LitresPerKwh => format!("{} L/kWh", self.significant(value, 3)),
            Unit::Years => format!("{} years", self.significant(value, 3)),
            Unit::Months => format!("{} months", self.significant(value, 2)),
            Unit::Joules => format!("{} J", self.significant(value, 3)),
            Unit::KilowattHours => self.kilowatt_hours(value),
            Unit::Kilograms => self.kilograms(value),
            Unit::Litres => self.litres(value),
            Unit::RackUnits => format!("{} U", self.count(value)),
            Unit::BytesPerSecond => self.bytes_per_s(value),
            Unit::Hours
            | Unit::Amperes
            | Unit::Volts
            | Unit::CubicMetresPerSecond
            | Unit::LitresPerSecond => format!("{} {}", self.significant(value, 3), unit.symbol()),
        }
    }
}
