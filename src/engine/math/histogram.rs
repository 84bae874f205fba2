//! Percentiles of any number of values in a fixed space: a histogram whose steps grow with the value.

/// Steps of one octave: a value is off by no more than half of 1/512, 0.1%.
const STEPS_BITS: u32 = 9;

/// Octaves below and above 1 that are told apart: from 60 ns to half a year, in seconds.
const OCTAVES: u64 = 24;

const BINS: usize = (2 * OCTAVES as usize) << STEPS_BITS;

/// Counts of values by size. Values are off by 0.1% at most; mean, least and greatest are exact.
#[derive(Clone, Debug)]
pub struct Histogram {
    counts: Vec<u64>,
    count: u64,
    sum: f64,
    least: f64,
    greatest: f64,
}

impl Default for Histogram {
    fn default() -> Self {
        Self { counts: vec![0; BINS], count: 0, sum: 0.0, least: f64::INFINITY, greatest: 0.0 }
    }
}

/// Where a value is counted: the leading bits of its binary form, which has the octave first.
#[inline]
fn bin(value: f64) -> usize {
    let first = (1023 - OCTAVES) << STEPS_BITS;
    ((value.to_bits() >> (52 - STEPS_BITS)).saturating_sub(first) as usize).min(BINS - 1)
}

/// The middle of a bin.
fn middle(bin: usize) -> f64 {
    let edge = |bin: u64| f64::from_bits((bin + ((1023 - OCTAVES) << STEPS_BITS)) << (52 - STEPS_BITS));
    0.5 * (edge(bin as u64) + edge(bin as u64 + 1))
}

impl Histogram {
    /// Counts a value, at least 0.
    #[inline]
    pub fn add(&mut self, value: f64) {
        self.add_times(value, 1);
    }

    /// Counts a value `times` times.
    #[inline]
    pub fn add_times(&mut self, value: f64, times: u64) {
        self.add_line(value, 0.0, 1, times);
    }

    /// Counts `first`, `first + slope`, … up to `steps` of them, each `times` times.
    #[inline]
    pub fn add_line(&mut self, first: f64, slope: f64, steps: u64, times: u64) {
        if steps == 0 || times == 0 {
            return;
        }
        let last = first + slope * (steps - 1) as f64;
        self.count += steps * times;
        self.sum += times as f64 * steps as f64 * 0.5 * (first + last);
        self.least = self.least.min(first.min(last));
        self.greatest = self.greatest.max(first.max(last));
        self.spread((first, slope), (0, steps - 1), times);
    }

    /// Counts the steps `from..=to` of a line: in one go where they fall into one bin.
    fn spread(&mut self, line: (f64, f64), (from, to): (u64, u64), times: u64) {
        let at = |step: u64| bin(line.0 + line.1 * step as f64);
        if at(from) == at(to) {
            self.counts[at(from)] += (to - from + 1) * times;
        } else {
            let half = from + (to - from) / 2;
            self.spread(line, (from, half), times);
            self.spread(line, (half + 1, to), times);
        }
    }

    /// Their mean; 0 of none.
    pub fn mean(&self) -> f64 {
        if self.count == 0 { 0.0 } else { self.sum / self.count as f64 }
    }

    /// The value that a share `share` (0–1) of all are at or below, straight between the two nearest; 0 of none.
    pub fn quantile(&self, share: f64) -> f64 {
        if self.count == 0 {
            return 0.0;
        }
        let rank = (self.count - 1) as f64 * share;
        let (below, above) = (self.at(rank.floor() as u64), self.at(rank.ceil() as u64));
        below + (above - below) * rank.fract()
    }

    /// The value before which there are `rank` others.
    fn at(&self, rank: u64) -> f64 {
        if rank == 0 {
            return self.least;
        }
        if rank + 1 >= self.count {
            return self.greatest;
        }
        let mut below = 0;
        let found = self.counts.iter().position(|count| {
            below += count;
            below > rank
        });
        found.map_or(self.greatest, |bin| middle(bin).clamp(self.least, self.greatest))
    }
}

#[cfg(test)]
mod tests {
    use super::Histogram;

    #[test]
    fn quantiles_are_within_a_thousandth() {
        let mut histogram = Histogram::default();
        (1..=100_000).for_each(|i| histogram.add(f64::from(i) * 1e-4));
        for (share, exact) in [(0.5, 5.0), (0.9, 9.0), (0.99, 9.9)] {
            let found = histogram.quantile(share);
            assert!((found / exact - 1.0).abs() < 1.1e-3, "{share}: {found}");
        }
        assert!((histogram.mean() - 5.00005).abs() < 1e-9);
        assert_eq!((histogram.quantile(0.0), histogram.quantile(1.0)), (1e-4, 10.0));
    }

    /// A line of steps counts as its values one by one do, and a value alone comes back exactly.
    #[test]
    fn a_line_counts_as_its_values() {
        let (mut line, mut single) = (Histogram::default(), Histogram::default());
        line.add_line(0.01, 1e-5, 500, 3);
        (0..500).for_each(|i| single.add_times(0.01 + 1e-5 * f64::from(i), 3));
        assert_eq!((line.counts.clone(), line.count), (single.counts.clone(), 1500));
        assert!((line.mean() / single.mean() - 1.0).abs() < 1e-12);
        let mut alone = Histogram::default();
        alone.add(0.123);
        assert_eq!((alone.quantile(0.5), Histogram::default().quantile(0.5)), (0.123, 0.0));
    }
}
