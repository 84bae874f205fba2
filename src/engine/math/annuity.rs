//! Money over time.

/// Present value of one dollar a year for `years`, paid in twelfths at the end of each month (Kellison, The Theory of
/// Interest, ch. 4: the annuity paid at the end of each year times i over i⁽¹²⁾).
pub fn annuity(rate: f64, years: f64) -> f64 {
    let by_month = 12.0 * ((1.0 + rate).powf(1.0 / 12.0) - 1.0);
    if rate < 1e-9 { years } else { (1.0 - (1.0 + rate).powf(-years)) / by_month }
}

/// Years after which what lasts `life` years is bought anew within `years`.
pub fn replacements(life: f64, years: f64) -> impl Iterator<Item = f64> {
    (1..).map(move |n| f64::from(n) * life).take_while(move |at| *at < years - 1e-9)
}

/// Present value of one dollar at each replacement.
pub fn replacements_discounted(rate: f64, life: f64, years: f64) -> f64 {
    replacements(life, years).map(|at| (1.0 + rate).powf(-at)).sum()
}

/// Share of `years` for which something is paid by the year that comes with its first `included` years each time that what
/// lasts `life` years is bought.
pub fn beyond_included(included: f64, life: f64, years: f64) -> f64 {
    let bought = std::iter::once(0.0).chain(replacements(life, years));
    bought.map(|at| ((years - at).min(life) - included).max(0.0)).sum::<f64>() / years
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A ten-year annuity at 8% is worth 6.7101, paid by the month 1.036157 times as much (any table of compound interest).
    #[test]
    fn annuities_match_the_table() {
        assert!((annuity(0.08, 10.0) - 6.7101 * 1.036_157).abs() < 1e-4);
        assert!((annuity(0.0, 4.0) - 4.0).abs() < 1e-12);
    }

    /// Three of six years come with each purchase: of four years one is paid, of eight three and none.
    #[test]
    fn what_comes_with_the_price_is_not_paid_again() {
        assert!((beyond_included(3.0, 6.0, 4.0) - 0.25).abs() < 1e-12);
        assert!((beyond_included(3.0, 6.0, 8.0) - 3.0 / 8.0).abs() < 1e-12);
        assert_eq!(beyond_included(0.0, 6.0, 8.0), 1.0);
        assert_eq!(beyond_included(5.0, 6.0, 4.0), 0.0);
    }

    #[test]
    fn what_lasts_six_years_is_bought_anew_after_six_and_twelve() {
        assert_eq!(replacements(6.0, 13.0).collect::<Vec<_>>(), [6.0, 12.0]);
        assert_eq!(replacements(6.0, 6.0).count(), 0);
        let twice = 1.1f64.powi(-6) + 1.1f64.powi(-12);
        assert!((replacements_discounted(0.1, 6.0, 13.0) - twice).abs() < 1e-12);
    }
}
