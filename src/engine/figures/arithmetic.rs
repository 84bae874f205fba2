//! The functions that formulas are written with, by the names that their text shows.

/// Smallest whole number that is not below `x`.
pub fn ceil(x: f64) -> f64 {
    x.ceil()
}

/// Largest whole number that is not above `x`.
pub fn floor(x: f64) -> f64 {
    x.floor()
}

/// The larger of the two.
pub fn max(a: f64, b: f64) -> f64 {
    a.max(b)
}

/// The smaller of the two.
pub fn min(a: f64, b: f64) -> f64 {
    a.min(b)
}

/// The square root.
pub fn sqrt(x: f64) -> f64 {
    x.sqrt()
}

/// `base` to the power of `exponent`.
pub fn pow(base: f64, exponent: f64) -> f64 {
    base.powf(exponent)
}

/// Hours of a year, and of a month of billing: a twelfth of it.
pub(crate) const HOURS_PER_YEAR: f64 = 8760.0;
/// Hours of the average month.
pub(crate) const HOURS_PER_MONTH: f64 = HOURS_PER_YEAR / 12.0;

pub use crate::engine::math::annuity::{annuity, beyond_included, replacements_discounted};

pub use crate::engine::math::clos::clos;
pub use crate::engine::math::domains::{fewest_spares, up_share};
pub use crate::engine::math::normal::normal_share;
pub use crate::engine::math::tails::{
    gamma_quantile, leaning, lognormal_quantile, together, wait_for_place, window_quantile,
};
pub use crate::engine::math::waiting::wait_quantile;

/// `x` where it lies between 0 and `most`; infinite, which is never, where it does not.
pub fn within(x: f64, most: f64) -> f64 {
    if x > 0.0 && x <= most { x } else { f64::INFINITY }
}

/// Share of time in which an infinite-server queue with `mean` in service has one: `1 − e^−mean`.
pub fn busy_share(mean: f64) -> f64 {
    -(-mean).exp_m1()
}
