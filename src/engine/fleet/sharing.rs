//! Replicas that get requests in turn: the more of them share a load, the more regular is what comes to each, and the more each
//! carries.

use std::cmp::Ordering;

/// The fewest of replicas that carry `load` requests per second, at least `least`, below which no number does; each of n carries
/// what `capacity` answers, which grows with n. With it what `capacity` found.
///
/// # Errors
/// Those of `capacity`.
pub fn fewest<C, E>(
    load: f64,
    least: f64,
    mut capacity: impl FnMut(f64) -> Result<(f64, C), E>,
) -> Result<(f64, C), E> {
    let (each, found) = capacity(least)?;
    if enough(load, each) <= least {
        return Ok((least, found));
    }
    // `low` do not carry it. As many do as would with the capacity of fewer.
    let (mut low, mut high, mut held) = (least, enough(load, each), None);
    while high - low > 1.0 {
        let middle = if high - low > 4.0 { ((low + 2.0 * high) / 3.0).floor() } else { high - 1.0 };
        let (each, found) = capacity(middle)?;
        let needed = enough(load, each);
        if needed <= middle {
            // Fewer carry no more each.
            (high, held, low) = (middle, Some(found), low.max(needed - 1.0));
        } else {
            (low, high) = (middle, high.min(needed));
        }
    }
    match held {
        Some(found) => Ok((high, found)),
        None => capacity(high).map(|(_, found)| (high, found)),
    }
}

/// Replicas of the capacity `each` that carry `load`: a load that is met to within a part in a billion is met.
pub fn enough(load: f64, each: f64) -> f64 {
    (load / each - 1e-9).ceil().max(1.0)
}

/// How the capacity of a replica, requests per second, depends on how many get requests in turn: known where one has all of them,
/// for the fleet, and where there are more replicas than can be counted.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Sharing {
    /// The load that the fleet was sized for, requests per second.
    pub load: f64,
    /// Its replicas, and what each carries.
    pub replicas: f64,
    pub capacity: f64,
    /// What a replica by itself carries, and what one among many does.
    pub alone: f64,
    pub among_many: f64,
}

impl Sharing {
    /// What each of `replicas` carries: deviations fall with the root of their number, and between those that are known
    /// capacities are taken to be straight in it.
    pub fn capacity_among(&self, replicas: f64) -> f64 {
        let root = |n: f64| 1.0 / n.sqrt();
        let (here, known) = (root(replicas), root(self.replicas));
        if here > known {
            self.capacity + (self.alone - self.capacity) * (here - known) / (1.0 - known)
        } else {
            self.among_many + (self.capacity - self.among_many) * here / known
        }
    }

    /// The fewest replicas that carry `load`, where `usable` of each is used (0–1).
    pub fn carrying(&self, load: f64, usable: f64) -> f64 {
        let least = enough(load, self.among_many * usable);
        let known = |n: f64| Ok::<_, std::convert::Infallible>((self.capacity_among(n) * usable, ()));
        let Ok((replicas, ())) = fewest(load, least, known);
        replicas
    }

    /// The same: those of the fleet at its own load, no more below it and no fewer above.
    pub fn fewest(&self, load: f64, usable: f64) -> f64 {
        let own = self.replicas;
        match load.total_cmp(&self.load) {
            Ordering::Equal => own,
            Ordering::Less => self.carrying(load, usable).min(own),
            Ordering::Greater => self.carrying(load, usable).max(own),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Against counting up, over loads and how much sharing helps.
    #[test]
    fn no_smaller_fleet_carries_the_load() {
        for gain in [0.0, 0.3, 0.9] {
            for load in [0.3, 1.0, 7.7, 40.0, 900.0] {
                let capacity = |n: f64| 1.0 - gain / n.sqrt();
                let counted = (1..).map(f64::from).find(|n| n * capacity(*n) >= load).unwrap();
                let answer = fewest(load, enough(load, 1.0), |n| Ok::<_, ()>((capacity(n), n)));
                assert_eq!(answer, Ok((counted, counted)), "{load} at {gain}");
            }
        }
    }

    #[test]
    fn what_was_found_stays_as_it_was_found() {
        let of_four = Sharing { load: 30.0, replicas: 4.0, capacity: 10.0, alone: 6.0, among_many: 14.0 };
        for (replicas, each) in [(1.0, 6.0), (4.0, 10.0), (16.0, 12.0)] {
            assert_eq!(of_four.capacity_among(replicas), each);
        }
        assert_eq!([3.0, 30.0, 300.0].map(|load| of_four.fewest(load, 0.8)), [1.0, 4.0, 30.0]);
    }
}
