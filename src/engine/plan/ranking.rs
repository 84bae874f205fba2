//! The order of the candidates, and which of them cannot be told apart from the first.
//!
//! What the load costs on a candidate is known up to the spread of its capacity and of its price; logarithms are taken as normal
//! and as independent of each other.

use super::result::{Candidate, Outcome, Rejection, Sizing};
use crate::engine::figures::arithmetic::normal_share;

/// A candidate is told apart from the first where its chance of being the cheaper of the two is below this.
const TOLD_APART: f64 = 0.25;

/// More than so many times what the first costs is no answer.
pub(in crate::engine) const MOST_TIMES: f64 = 10.0;

/// Standard deviations to each side over which the logarithms of costs are summed, and places at which they are.
const REACH: f64 = 5.0;
const PLACES: usize = 400;

/// What would tell a candidate apart from the first: that of which least is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TieBreaker {
    /// A benchmark of the model on the accelerator.
    Benchmark,
    /// A quote for it.
    Quote,
}

fn usd(candidate: &Candidate) -> f64 {
    candidate.sizing().map_or(f64::INFINITY, |s| s.estate.cost.chosen.usd_per_hour)
}

fn miss(candidate: &Candidate) -> f64 {
    candidate.rejection().map_or(0.0, |why| why.miss())
}

/// Puts `candidates` in order: feasible ones by cost, the first one that more than one seller's offer supports; then the
/// rejected. What costs more than ten times the first is rejected.
pub(super) fn rank(candidates: &mut [Candidate]) {
    // Stable: those that no limit keeps from it stay in catalog order at the end.
    let order = |a: &Candidate, b: &Candidate| {
        let by_cap = |c: &Candidate| !matches!(c.rejection(), Some(Rejection::PowerCap { .. }));
        let by_cost = usd(a).total_cmp(&usd(b));
        by_cost.then(by_cap(a).cmp(&by_cap(b))).then(miss(a).total_cmp(&miss(b)))
    };
    candidates.sort_by(order);
    let leads = |candidate: &Candidate| candidate.sizing().is_some_and(|sizing| sizing.estate.cost.sound);
    if let Some(first) = candidates.iter().position(leads) {
        candidates[..=first].rotate_right(1);
    }
    let least = candidates.first().map_or(f64::INFINITY, usd);
    for candidate in candidates.iter_mut() {
        let times = usd(candidate) / least;
        if let Some(limit) = candidate.sizing().map(|sizing| sizing.limit)
            && times > MOST_TIMES
        {
            candidate.outcome = Outcome::Rejected(Rejection::Unreasonable { times, limit });
        }
    }
    let feasible = candidates.iter().filter(|candidate| candidate.feasible()).count();
    candidates[feasible.min(1)..].sort_by(order);
    let first = candidates.first().and_then(known);
    for (i, candidate) in candidates.iter_mut().enumerate() {
        candidate.rank = i + 1;
        candidate.tie = match (known(candidate), first) {
            (Some(own), Some(first)) => i == 0 || below(own, first) >= TOLD_APART,
            _ => false,
        };
    }
}

/// The logarithm of what a candidate costs, and its standard deviation; `None`: it is rejected.
fn known(candidate: &Candidate) -> Option<(f64, f64)> {
    candidate.sizing().map(|sizing| (usd(candidate).ln(), sizing.spread.max(1e-3)))
}

/// The chance of each candidate to be the cheapest of all, 0–1.
pub fn chances(candidates: &[Candidate]) -> Vec<f64> {
    let costs: Vec<(f64, f64)> = candidates.iter().filter_map(known).collect();
    let mut chances = cheapest(&costs).into_iter();
    candidates.iter().map(|c| if c.feasible() { chances.next().unwrap_or(0.0) } else { 0.0 }).collect()
}

/// Chance that the first is below the second.
fn below((a, spread_a): (f64, f64), (b, spread_b): (f64, f64)) -> f64 {
    normal_share((b - a) / spread_a.hypot(spread_b))
}

/// Chance of each of `all`, as mean and standard deviation, to be below all others: summed over where it may lie.
fn cheapest(all: &[(f64, f64)]) -> Vec<f64> {
    let ends = |sign: f64| all.iter().map(move |(mean, spread)| mean + sign * REACH * spread);
    let (low, high) = (ends(-1.0).fold(f64::INFINITY, f64::min), ends(1.0).fold(-f64::INFINITY, f64::max));
    let below = |place: usize| -> Vec<f64> {
        let x = low + (high - low) * place as f64 / PLACES as f64;
        all.iter().map(|(mean, spread)| normal_share((x - mean) / spread)).collect()
    };
    let mut chances = vec![0.0; all.len()];
    let mut before = below(0);
    for place in 1..=PLACES {
        let now = below(place);
        for (i, chance) in chances.iter_mut().enumerate() {
            let above = |j: usize| 1.0 - (before[j] + now[j]) / 2.0;
            let others = (0..all.len()).filter(|j| *j != i).map(above).product::<f64>();
            *chance += (now[i] - before[i]) * others;
        }
        before = now;
    }
    chances
}

/// What would tell `candidate` apart from `first`.
pub fn tie_breaker(first: &Sizing, candidate: &Sizing) -> TieBreaker {
    let price = |sizing: &Sizing| sizing.price_spread;
    let capacity = |sizing: &Sizing| (sizing.spread.powi(2) - price(sizing).powi(2)).max(0.0).sqrt();
    let prices = price(first).hypot(price(candidate));
    if prices > capacity(first).hypot(capacity(candidate)) {
        TieBreaker::Quote
    } else {
        TieBreaker::Benchmark
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Two alike are as likely as each other; one at half the cost with little spread is it for certain.
    #[test]
    fn chances_add_up_to_one() {
        for costs in [
            vec![(0.0, 0.2), (0.0, 0.1)],
            vec![(0.0, 0.1), (0.7, 0.1)],
            vec![(0.0, 0.3), (0.1, 0.2), (0.2, 0.4), (0.3, 0.1), (1.0, 0.3)],
        ] {
            let chances = cheapest(&costs);
            assert!((chances.iter().sum::<f64>() - 1.0).abs() < 2e-3, "{chances:?}");
        }
        assert!((cheapest(&[(0.0, 0.2), (0.0, 0.1)])[0] - 0.5).abs() < 2e-3);
        assert!(cheapest(&[(0.0, 0.1), (0.7, 0.1)])[1] < 1e-4);
        assert_eq!(cheapest(&[(0.0, 0.2)]).len(), 1);
        assert!((below((0.0, 0.3), (0.0, 0.1)) - 0.5).abs() < 1e-9);
        assert!(below((0.7, 0.1), (0.0, 0.1)) < 1e-5);
    }
}
