//! Replicas that fail independently: tails of the binomial distribution.

use statrs::function::gamma::ln_gamma;

/// Fewest spares with which at least `needed` of `needed + spares` replicas are up for a share
/// `availability` of time, when each is down for a share `down` independently: a binomial tail. No more than there are
/// replicas, or 64 for few.
pub fn fewest_spares(needed: f64, down: f64, availability: f64) -> f64 {
    let most = needed.max(64.0);
    let enough = |spares: f64| at_most_down(needed + spares, spares, down) >= availability;
    if enough(0.0) {
        return 0.0;
    }
    // Each spare helps: the fewest are found by doubling and halving, in fleets of thousands too.
    let (mut too_few, mut high) = (0.0, 1.0);
    while high < most && !enough(high) {
        (too_few, high) = (high, 2.0 * high);
    }
    high = high.min(most);
    while high - too_few > 1.0 {
        let middle = ((too_few + high) / 2.0).floor();
        if enough(middle) { high = middle } else { too_few = middle }
    }
    high
}

/// Up to here the terms of the distribution are added one by one from none down.
const FEW: f64 = 64.0;

/// Probability that at most `k` of `n` are down.
pub fn at_most_down(n: f64, k: f64, down: f64) -> f64 {
    if k > FEW && k + 1.0 > n * down {
        return 1.0 - more_down(n, k, down);
    }
    if k > FEW {
        return up_to(n, k, down);
    }
    // Terms from zero upward, each from the one before; in logarithms so that large fleets do not underflow.
    let mut ln_term = n * (-down).ln_1p();
    let ratio = (down / (1.0 - down)).ln();
    let mut sum = ln_term.exp();
    let mut i = 0.0;
    while i < k {
        i += 1.0;
        ln_term += ((n - i + 1.0) / i).ln() + ratio;
        sum += ln_term.exp();
    }
    sum.min(1.0)
}

/// Probability that at most `k` of `n` are down, `k` below the mean: terms fall from there down, and soon do not count.
fn up_to(n: f64, k: f64, down: f64) -> f64 {
    let mut i = k.min(n);
    let odds = down / (1.0 - down);
    let mut term = probability(n, i, down);
    let mut sum = term;
    while i > 0.0 && term > DUST * sum {
        term *= i / ((n - i + 1.0) * odds);
        i -= 1.0;
        sum += term;
    }
    sum.min(1.0)
}

/// Probability that `i` of `n` are down.
fn probability(n: f64, i: f64, down: f64) -> f64 {
    let ln_choose = ln_gamma(n + 1.0) - ln_gamma(i + 1.0) - ln_gamma(n - i + 1.0);
    (ln_choose + i * down.ln() + (n - i) * (-down).ln_1p()).exp()
}

/// Share of a sum below which a term does not count.
const DUST: f64 = 1e-17;

/// Probability that more than `k` of `n` are down, `k` at the mean or beyond: terms fall from there on, and soon do not count.
fn more_down(n: f64, k: f64, down: f64) -> f64 {
    let mut i = k + 1.0;
    if i > n {
        return 0.0;
    }
    let mut term = probability(n, i, down);
    let odds = down / (1.0 - down);
    let mut sum = term;
    while i < n && term > DUST * sum {
        term *= (n - i) / (i + 1.0) * odds;
        i += 1.0;
        sum += term;
    }
    sum.min(1.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Enumerates every combination of up and down.
    fn exactly(n: u32, k: u32, down: f64) -> f64 {
        (0..1u32 << n)
            .filter(|set| set.count_ones() <= k)
            .map(|set| {
                let d = set.count_ones();
                down.powi(d as i32) * (1.0 - down).powi((n - d) as i32)
            })
            .sum()
    }

    #[test]
    fn many_spares_are_counted_as_few_are() {
        // Both ways of adding up agree where both are exact.
        for (n, down) in [(2000.0, 0.02), (5000.0, 0.012), (400.0, 0.15)] {
            for k in [65.0, 70.0, 80.0, 90.0] {
                let terms = (0..=k as u32).map(f64::from).map(|i| {
                    let ln = ln_gamma(n + 1.0) - ln_gamma(i + 1.0) - ln_gamma(n - i + 1.0);
                    (ln + i * f64::ln(down) + (n - i) * f64::ln_1p(-down)).exp()
                });
                let sum: f64 = terms.sum();
                assert!((at_most_down(n, k, down) - sum).abs() < 1e-10, "{n} {k} {down}");
            }
        }
        // A fleet of millions: enough with the answer, not with one less.
        let (needed, down, wanted) = (5e6, 0.003, 0.9999);
        let found = fewest_spares(needed, down, wanted);
        assert!(found > needed * down && found < 2.0 * needed * down, "{found}");
        assert!(at_most_down(needed + found, found, down) >= wanted);
        assert!(at_most_down(needed + found - 1.0, found - 1.0, down) < wanted);
    }

    #[test]
    fn availability_matches_enumeration() {
        for n in 1..=10 {
            for k in 0..n {
                let got = at_most_down(f64::from(n), f64::from(k), 0.03);
                assert!((got - exactly(n, k, 0.03)).abs() < 1e-12);
            }
        }
    }

    #[test]
    fn spares_never_fall_as_the_fleet_grows() {
        let mut last = 0.0;
        for needed in 1..3000 {
            let now = fewest_spares(f64::from(needed), 0.004, 0.999);
            assert!(now >= last, "{needed} replicas: {now} spares after {last}");
            last = now;
        }
        assert!(last < 60.0);
    }
}
