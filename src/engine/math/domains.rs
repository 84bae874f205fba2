//! What fails together: how many replicas are down at once, where machines, racks and power feeds take all that is in them.
//!
//! Groups of one kind fail independently of each other and of other kinds. A kind fills its groups one after the other, so
//! that one replica more is at most one more down, and spares never fall as the fleet grows. What is down of two kinds at
//! once counts twice, which errs on the side of more spares.

use statrs::function::gamma::ln_gamma;

/// Groups of at most so many replicas, and the share of time in which one of them is down.
pub type Kind = (f64, f64);

/// What takes replicas down: machines, racks and power feeds, each as replicas of one and its share of time down; the share
/// of time in which a single replica is down by itself; and the share in which a release keeps one replica out.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Causes {
    /// Machines.
    pub machine: Kind,
    /// Racks.
    pub rack: Kind,
    /// Power feeds.
    pub feed: Kind,
    /// Restarts of one replica.
    pub restart: f64,
    /// A release under way: one replica of all.
    pub release: f64,
}

/// Replicas beyond which nobody builds: a fleet that is at the edge of its limits takes any number of them, and its spares are taken to
/// be the mean of those down and two standard deviations.
const MOST_EXACT: f64 = 1e9;

/// Fewest spares with which at least `needed` of `needed + spares` replicas are up for a share `availability` of time. No more
/// than there are replicas, or 64 for few.
pub fn fewest_spares(
    needed: f64,
    availability: f64,
    machine: Kind,
    rack: Kind,
    feed: Kind,
    (restart, release): (f64, f64),
) -> f64 {
    let causes = Causes { machine, rack, feed, restart, release };
    let most = needed.max(64.0);
    let enough = |spares: f64| causes.at_most_down(needed + spares, spares) >= availability;
    if enough(0.0) {
        return 0.0;
    }
    let (likely, mut step) = causes.likely(needed);
    if needed > MOST_EXACT {
        return likely.min(most);
    }
    // Each spare helps: steps that double lead from a likely number to one on the other side, and halving to the fewest.
    let (mut too_few, mut high) = (0.0, likely.min(most));
    if enough(high) {
        while high - step > 0.0 && enough(high - step) {
            (high, step) = (high - step, 2.0 * step);
        }
        too_few = (high - step).max(0.0);
    } else {
        while high < most {
            (too_few, high, step) = (high, (high + step).min(most), 2.0 * step);
            if enough(high) {
                break;
            }
        }
    }
    while high - too_few > 1.0 {
        let middle = ((too_few + high) / 2.0).floor();
        if enough(middle) { high = middle } else { too_few = middle }
    }
    high
}

/// Share of time in which at most `spares` of `needed + spares` replicas are down.
pub fn up_share(
    needed: f64,
    spares: f64,
    machine: Kind,
    rack: Kind,
    feed: Kind,
    (restart, release): (f64, f64),
) -> f64 {
    Causes { machine, rack, feed, restart, release }.at_most_down(needed + spares, spares)
}

impl Causes {
    /// Where to look for the spares of `needed` replicas, and how far to step from there: near the mean of those that are down
    /// where they are many.
    fn likely(&self, needed: f64) -> (f64, f64) {
        let kinds = [self.machine, self.rack, self.feed, (1.0, self.restart)];
        let mean = kinds.iter().map(|(_, share)| needed * share).sum::<f64>();
        let variance = kinds.iter().map(|(size, share)| needed * size * share).sum::<f64>();
        let many = (mean + 2.0 * variance.sqrt()).floor();
        if many > 64.0 { (many, variance.sqrt().ceil()) } else { (1.0, 1.0) }
    }

    /// Probability that at most `k` of `n` replicas are down: the convolution of what each cause takes.
    fn at_most_down(&self, n: f64, k: f64) -> f64 {
        let mut down = Down { first: 0.0, shares: vec![1.0] };
        for (size, share) in [self.machine, self.rack, self.feed, (1.0, self.restart)] {
            down.join(n, size.clamp(1.0, n), share, k);
        }
        if self.release > 0.0 {
            down.join_one(1.0, self.release, k);
        }
        down.shares.iter().sum::<f64>().min(1.0)
    }
}

/// How many replicas are down: from `first` on, the probability of each count that is still of interest.
struct Down {
    first: f64,
    shares: Vec<f64>,
}

/// Share of a distribution below which its terms do not count.
const DUST: f64 = 1e-17;

impl Down {
    /// Joins groups of `size` over `n` replicas, the last one with what is left. Counts above `k` are dropped.
    fn join(&mut self, n: f64, size: f64, share: f64, k: f64) {
        if share <= 0.0 {
            return;
        }
        let groups = (n / size).floor();
        let (first, terms) = binomial(groups, share, ((k - self.first) / size).floor());
        self.convolve(first, &terms, size, k);
        let left = n - groups * size;
        if left > 0.0 {
            self.join_one(left, share, k);
        }
    }

    /// Joins one group.
    fn join_one(&mut self, size: f64, share: f64, k: f64) {
        let share = share.min(1.0);
        self.convolve(0.0, &[1.0 - share, share], size, k);
    }

    /// Adds groups that are down from `first` on, with the probabilities `terms`, each group `size` replicas.
    fn convolve(&mut self, first: f64, terms: &[f64], size: f64, k: f64) {
        let start = self.first + first * size;
        if start > k || terms.is_empty() {
            self.shares.clear();
            return;
        }
        let room = (k - start) as usize + 1;
        let step = size as usize;
        let length = (self.shares.len() + (terms.len() - 1) * step).min(room);
        let mut joined = vec![0.0; length];
        for (i, term) in terms.iter().enumerate() {
            let from = i * step;
            if from >= length {
                break;
            }
            for (sum, share) in joined[from..].iter_mut().zip(&self.shares) {
                *sum += term * share;
            }
        }
        (self.first, self.shares) = (start, joined);
    }
}

/// Probabilities that so many of `n` are down, each for a share `down` independently: those that count of at most `k`, from
/// the first number on that counts.
fn binomial(n: f64, down: f64, k: f64) -> (f64, Vec<f64>) {
    let top = k.min(n);
    if top < 0.0 {
        return (0.0, Vec::new());
    }
    if down >= 1.0 {
        return if top >= n { (n, vec![1.0]) } else { (0.0, Vec::new()) };
    }
    let odds = down / (1.0 - down);
    // Terms rise up to the mean and fall from there: they are made downwards and upwards of the largest that is asked for.
    let peak = ((n + 1.0) * down).floor().min(top);
    let largest = probability(n, peak, down);
    let mut below = Vec::new();
    let (mut i, mut term) = (peak, largest);
    while i > 0.0 && term > DUST * largest {
        term *= i / ((n - i + 1.0) * odds);
        i -= 1.0;
        below.push(term);
    }
    let mut terms: Vec<f64> = below.into_iter().rev().collect();
    terms.push(largest);
    (i, term) = (peak, largest);
    let first = peak - (terms.len() as f64 - 1.0);
    while i < top && term > DUST * largest {
        term *= (n - i) / (i + 1.0) * odds;
        i += 1.0;
        terms.push(term);
    }
    (first, terms)
}

/// Probability that `i` of `n` are down.
fn probability(n: f64, i: f64, down: f64) -> f64 {
    let ln_choose =
        if i == 0.0 { 0.0 } else { ln_gamma(n + 1.0) - ln_gamma(i + 1.0) - ln_gamma(n - i + 1.0) };
    let ln_share = if i == 0.0 { 0.0 } else { i * down.ln() };
    (ln_choose + ln_share + (n - i) * (-down).ln_1p()).exp()
}

#[cfg(test)]
mod tests {
    use super::*;

    const NONE: Kind = (1.0, 0.0);

    /// Enumerates every combination of groups up and down.
    fn exactly(causes: &Causes, n: u32, k: u32) -> f64 {
        let mut groups: Vec<(u32, f64)> = Vec::new();
        let kinds = [causes.machine, causes.rack, causes.feed, (1.0, causes.restart)];
        for (size, share) in kinds.into_iter().filter(|(_, share)| *share > 0.0) {
            let mut left = n;
            while left > 0 {
                let one = left.min(size as u32);
                groups.push((one, share));
                left -= one;
            }
        }
        if causes.release > 0.0 {
            groups.push((1, causes.release));
        }
        let mut enough = 0.0;
        for set in 0..1u32 << groups.len() {
            let is_down = |i: usize| set >> i & 1 == 1;
            let down: u32 = (0..groups.len()).filter(|i| is_down(*i)).map(|i| groups[i].0).sum();
            if down <= k {
                let each = groups.iter().enumerate();
                enough += each.map(|(i, (_, p))| if is_down(i) { *p } else { 1.0 - p }).product::<f64>();
            }
        }
        enough
    }

    fn cases() -> [Causes; 4] {
        let one = Causes { machine: (1.0, 0.03), rack: NONE, feed: NONE, restart: 0.0, release: 0.0 };
        [
            one,
            Causes { machine: (4.0, 0.02), restart: 0.01, ..one },
            Causes { machine: (2.0, 0.05), rack: (4.0, 0.01), restart: 0.002, release: 0.1, ..one },
            Causes {
                machine: (3.0, 0.02),
                rack: (6.0, 0.01),
                feed: (9.0, 0.004),
                restart: 0.0,
                release: 0.3,
            },
        ]
    }

    #[test]
    fn the_convolution_is_what_enumeration_counts() {
        for causes in cases() {
            for n in 1..=9 {
                for k in 0..n {
                    let got = causes.at_most_down(f64::from(n), f64::from(k));
                    let want = exactly(&causes, n, k);
                    assert!((got - want).abs() < 1e-12, "{causes:?} {n} {k}: {got} {want}");
                }
            }
        }
    }

    fn spares(needed: f64, wanted: f64, causes: &Causes) -> f64 {
        let Causes { machine, rack, feed, restart, release } = *causes;
        fewest_spares(needed, wanted, machine, rack, feed, (restart, release))
    }

    /// Enough with the answer, not with one less, and never fewer replicas in all for more load or more availability.
    #[test]
    fn the_fewest_are_found_and_never_fall() {
        for causes in cases() {
            let mut last = [0.0; 3];
            for needed in (1..200).map(f64::from) {
                let mut before = 0.0;
                for (wanted, last) in [0.99, 0.999, 0.9999].into_iter().zip(&mut last) {
                    let found = spares(needed, wanted, &causes);
                    assert!(found >= before && needed + found >= *last, "{causes:?} {needed} {wanted}");
                    if found < needed.max(64.0) {
                        assert!(causes.at_most_down(needed + found, found) >= wanted);
                    }
                    if found > 0.0 {
                        let fewer = found - 1.0;
                        assert!(causes.at_most_down(needed + fewer, fewer) < wanted);
                    }
                    (before, *last) = (found, needed + found);
                }
            }
        }
    }

    /// Racks count for no more than the replicas needed, and so grow with them: the count in all never falls.
    #[test]
    fn racks_that_grow_with_the_fleet_take_no_replica_back() {
        for (size, share, wanted) in [(1.0, 3e-5, 0.9999), (3.0, 2e-4, 0.9999), (8.0, 1e-3, 0.999)] {
            let mut last = 0.0;
            for needed in (1..120).map(f64::from) {
                let rack = f64::min(4.0 * size, f64::ceil(needed / size) * size);
                let release = f64::min(needed * 3.0 / 8760.0, 1.0);
                let found =
                    fewest_spares(needed, wanted, (size, 0.005), (rack, share), NONE, (2e-6, release));
                assert!(needed + found >= last, "{size} {needed}: {found}, {last} in all before");
                last = needed + found;
            }
        }
    }

    /// One machine of four replicas stands by where a machine falls whole; one replica where each falls alone.
    #[test]
    fn a_machine_that_falls_whole_needs_a_whole_one() {
        let alone = Causes { machine: (1.0, 0.002), rack: NONE, feed: NONE, restart: 0.0, release: 0.0 };
        let together = Causes { machine: (4.0, 0.002), ..alone };
        assert_eq!([4.0, 8.0].map(|needed| spares(needed, 0.999, &alone)), [1.0, 1.0]);
        assert_eq!([1.0, 3.0, 4.0, 8.0].map(|needed| spares(needed, 0.999, &together)), [4.0; 4]);
    }

    /// In a fleet of millions the tail is that of a normal distribution.
    #[test]
    fn large_fleets_are_counted_too() {
        let causes =
            Causes { machine: (8.0, 0.003), rack: (32.0, 1e-5), feed: NONE, restart: 1e-5, release: 0.0 };
        let needed = 5e6;
        let found = spares(needed, 0.999, &causes);
        let machines = needed / 8.0;
        let mean = 8.0 * machines * 0.003 + needed * 2e-5;
        let deviation = (64.0 * machines * 0.003 + 1024.0 * needed / 32.0 * 1e-5 + needed * 1e-5).sqrt();
        let normal = mean + 3.09 * deviation;
        assert!((found / (normal * 1.003) - 1.0).abs() < 0.01, "{found} {normal}");
        assert!(causes.at_most_down(needed + found, found) >= 0.999);
        assert!(causes.at_most_down(needed + found - 1.0, found - 1.0) < 0.999);
    }
}
