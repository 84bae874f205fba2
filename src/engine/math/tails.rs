//! Quantiles of distributions with a long tail, from that of the normal distribution.

/// Quantile of a gamma distribution of this skewness, in standard deviations from its mean, at `z` of the normal distribution: its
/// cube root is nearly normal (Wilson and Hilferty 1931).
///
/// At a skewness of 2, the exponential distribution, it gives 2.00 and 3.61 at p95 and p99; exact are 2.00 and 3.61.
pub fn gamma_quantile(z: f64, skewness: f64) -> f64 {
    let sixth = skewness / 6.0;
    if sixth < 1e-6 {
        return z;
    }
    let root = (1.0 + sixth * z - sixth * sixth).max(0.0);
    (root * root * root - 1.0) / (3.0 * sixth)
}

/// Quantile of the lognormal distribution of this mean and deviation, at `z` of the normal distribution.
pub fn lognormal_quantile(mean: f64, deviation: f64, z: f64) -> f64 {
    let variance = (deviation / mean).powi(2).ln_1p();
    mean * (z * variance.sqrt() - 0.5 * variance).exp()
}

/// What lies `deviation` above the median where a normal distribution of `standard` deviation is made to lean to the long side,
/// as a lognormal one of this shape does.
pub fn leaning(deviation: f64, standard: f64, shape: f64) -> f64 {
    if shape * standard <= 0.0 {
        deviation
    } else {
        standard * (shape * deviation / standard).exp_m1() / shape
    }
}

/// Quantile of a normal deviate over the square root of a lognormal one of mean 1 and coefficient of variation `cv`, at `z` of the
/// normal distribution: means over windows of such lengths. Within 4% of the integral up to p99 and a variation of 1.
pub fn window_quantile(z: f64, cv: f64) -> f64 {
    if cv <= 0.0 {
        return z;
    }
    let variance = (cv * cv).ln_1p();
    let bend = 0.87 * variance.sqrt();
    (0.125 * variance).exp() * (bend * z).sinh() / bend
}

/// Share of a lognormal length of coefficient of variation `cv` that two drawn independently have in common: the mean of the
/// shorter over that of one.
pub fn shorter_share(cv: f64) -> f64 {
    2.0 * super::normal::normal_share(-((0.5 * (cv * cv).ln_1p()).sqrt()))
}

/// Both deviations together, with the sign of the first.
pub fn together(a: f64, b: f64) -> f64 {
    a.hypot(b).copysign(a)
}

/// Wait in a queue with `places` servers at utilisation `rho`, in times of service, where both intervals and times vary as
/// exponential ones do (Sakasegawa 1977).
pub fn wait_for_place(rho: f64, places: f64) -> f64 {
    let places = places.max(1.0);
    rho.powf((2.0 * (places + 1.0)).sqrt() - 1.0) / (places * (1.0 - rho))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_exponential_distribution_is_a_gamma_of_skewness_two() {
        for (share, z) in [(0.5, 0.0), (0.95, 1.644_854), (0.99, 2.326_348)] {
            let exact = -(1.0f64 - share).ln() - 1.0;
            assert!((gamma_quantile(z, 2.0) - exact).abs() < 0.03, "p{share}: {}", gamma_quantile(z, 2.0));
        }
    }

    /// By the integral over the lengths: 1.82 and 2.76 at a variation of 0.5, 2.21 and 3.66 at 0.95.
    #[test]
    fn short_windows_are_late_or_early() {
        for (cv, p95, p99) in [(0.5, 1.82, 2.76), (0.95, 2.21, 3.66)] {
            assert!((window_quantile(1.644_854, cv) / p95 - 1.0).abs() < 0.02);
            assert!((window_quantile(2.326_348, cv) / p99 - 1.0).abs() < 0.05);
        }
    }

    /// Lengths that are all alike are shared whole; exponential ones, which the lognormal of that variation is near, by half.
    #[test]
    fn lengths_share_less_the_more_they_vary() {
        assert!((shorter_share(0.0) - 1.0).abs() < 1e-12);
        assert!((shorter_share(1.0) - 0.5).abs() < 0.07, "{}", shorter_share(1.0));
    }

    #[test]
    fn one_place_waits_as_in_m_m_1() {
        assert!((wait_for_place(0.7, 1.0) - 0.7 / 0.3).abs() < 1e-12);
        assert!(wait_for_place(0.7, 8.0) < 0.7);
    }
}
