//! What an input holds, and the range of a number.

use super::quotes;
use crate::units::Unit;

/// What an input holds.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// In the base unit of the input.
    Number(f64),
    /// An id, or free text.
    Text(String),
    /// Quotes that have been read.
    Quotes(Vec<quotes::OwnQuote>),
    /// Left to the program (the region's figure, the stack's default, the cheapest format).
    Auto,
}

impl Value {
    /// The value as preset files and documents write it, numbers aside.
    pub fn text(&self) -> String {
        match self {
            Self::Number(v) => v.to_string(),
            Self::Text(text) => text.clone(),
            Self::Quotes(list) => quotes::text(list),
            Self::Auto => "auto".to_owned(),
        }
    }
}

/// How a slider spreads its range.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scale {
    /// Even steps.
    Linear,
    /// Even factors.
    Log,
}

/// Limits, scale and unit of a number.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Range {
    /// Least value that is accepted.
    pub min: f64,
    /// Greatest value that is accepted.
    pub max: f64,
    /// Ends of the slider, inside the limits.
    pub slider: (f64, f64),
    /// Scale of the slider.
    pub scale: Scale,
    /// Only whole numbers.
    pub whole: bool,
    /// Unit of the value.
    pub unit: Unit,
}

impl Range {
    /// The value at `share` of the slider, 0–1; rounded where only whole numbers are accepted.
    pub fn at(&self, share: f64) -> f64 {
        let value = self.between(share);
        if self.whole { value.round() } else { value }
    }

    /// The same before rounding.
    pub fn between(&self, share: f64) -> f64 {
        let (low, high) = self.slider;
        let share = share.clamp(0.0, 1.0);
        match self.scale {
            Scale::Linear => low + (high - low) * share,
            Scale::Log => low * (high / low).powf(share),
        }
    }

    /// Position of `value` on the slider, 0–1; values beyond an end are at that end, NaN at the start.
    pub fn share(&self, value: f64) -> f64 {
        let (low, high) = self.slider;
        let share = match self.scale {
            Scale::Linear => (value - low) / (high - low),
            Scale::Log => (value / low).ln() / (high / low).ln(),
        };
        if share.is_nan() { 0.0 } else { share.clamp(0.0, 1.0) }
    }
}
