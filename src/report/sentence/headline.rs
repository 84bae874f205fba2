//! The headline figures: their names and values.

use crate::engine::Headline;
use crate::report::numbers;
use crate::units::Unit;

/// Heading of a column or row.
pub fn heading(headline: Headline) -> &'static str {
    match headline {
        Headline::Accelerators => "Count",
        Headline::Power => "Facility",
        Headline::Month => "Per month",
        Headline::MillionTokens => "Per M tokens",
    }
}

/// Its name in a sentence.
pub fn name(headline: Headline) -> &'static str {
    match headline {
        Headline::Accelerators => "accelerators",
        Headline::Power => "facility power",
        Headline::Month => "cost per month",
        Headline::MillionTokens => "cost per M tokens",
    }
}

/// A value of it, with its unit; a part of an accelerator, as in a mean, with three digits.
pub fn value(headline: Headline, value: f64) -> String {
    match headline.unit() {
        Unit::One if value.fract() == 0.0 => numbers::count(value),
        unit => numbers::quantity(value, unit),
    }
}

/// A change of it, with its sign.
pub fn change(headline: Headline, by: f64) -> String {
    signed(by, |by| match headline {
        Headline::Accelerators if by.fract() != 0.0 => numbers::significant(by, 3),
        _ => value(headline, by),
    })
}

/// A change with its sign; "0" where there is none.
pub fn signed(by: f64, write: impl Fn(f64) -> String) -> String {
    match by {
        0.0 => "0".to_owned(),
        by if by < 0.0 => format!("-{}", write(-by)),
        by => format!("+{}", write(by)),
    }
}
