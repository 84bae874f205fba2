//! Units, and how numbers are written and read in given separators.
//!
//! Everything inside the program is `f64` in SI base units. What users read is written at the edge, by
//! the report, in the separators that are theirs.

mod parse;
mod separators;
mod write;

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
    /// US dollars per kWh.
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
    /// Energy.
    KilowattHours,
    /// Mass, of carbon dioxide equivalent.
    Kilograms,
    /// Volume of water.
    Litres,
    /// Time of a year or a day.
    Hours,
    /// Current.
    Amperes,
    /// Voltage.
    Volts,
    /// Height in a rack, each 44.45 mm.
    RackUnits,
    /// Rate of a memory or a link.
    BytesPerSecond,
    /// Flow of air.
    CubicMetresPerSecond,
    /// Flow of coolant.
    LitresPerSecond,
}

impl Unit {
    /// Whether it is of money.
    pub fn is_money(self) -> bool {
        matches!(self, Self::Usd | Self::UsdPerKwh)
    }

    /// The unit after a number written without a multiple, empty where there is none.
    pub fn symbol(self) -> &'static str {
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
            Self::KilowattHours => "kWh",
            Self::Kilograms => "kg",
            Self::Litres => "L",
            Self::Hours => "h",
            Self::Amperes => "A",
            Self::Volts => "V",
            Self::RackUnits => "U",
            Self::BytesPerSecond => "B/s",
            Self::CubicMetresPerSecond => "m³/s",
            Self::LitresPerSecond => "L/s",
        }
    }
}

/// BTU per hour of one watt, and watts of one ton of refrigeration (12,000 BTU per hour): definitions.
pub(crate) const BTU_PER_H: f64 = 3.412_142;
/// A ton of refrigeration, watts.
pub(crate) const WATTS_PER_TON: f64 = 3_516.853;
