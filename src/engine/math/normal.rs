//! The normal distribution.

/// The quantile of the standard normal distribution.
pub fn normal_quantile(p: f64) -> f64 {
    use statrs::distribution::{ContinuousCDF as _, Normal};
    Normal::standard().inverse_cdf(p)
}

/// The share of the standard normal distribution below `deviations`.
pub fn normal_share(deviations: f64) -> f64 {
    use statrs::distribution::{ContinuousCDF as _, Normal};
    Normal::standard().cdf(deviations)
}
