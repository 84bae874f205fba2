//! Requests as a scenario describes them: intervals and lengths drawn from their means and variations.

use super::request::Arrival;
use crate::engine::math::random::Random;
use crate::scenario::{Hours, Workload};

/// Streams of random numbers, so that each kind of draw is the same whatever else is simulated.
const INTERVALS: u64 = 1;
const LENGTHS: u64 = 2;
pub(super) const PREFIXES: u64 = 3;
/// From here on one for each replica.
pub(super) const ACCEPTANCE: u64 = 1 << 32;
pub(super) const FAILURES: u64 = 1 << 33;

/// How long requests come.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Span {
    /// For so many seconds.
    Seconds(f64),
    /// Until there are so many.
    Requests(u64),
}

/// The requests of a workload at its peak, one after the other.
#[derive(Clone, Debug)]
pub struct Load {
    intervals: Random,
    lengths: Random,
    interval_s: f64,
    arrival_cv: f64,
    input_tokens: f64,
    output_tokens: f64,
    length_cv: f64,
    longest_tokens: f64,
    /// Load of each hour over the peak, from midnight on; `None`: the peak all the time.
    hours: Option<Hours>,
    span: Span,
    now_s: f64,
    count: u64,
}

impl Load {
    /// Requests of `workload`: intervals are gamma distributed, which is Poisson at a variation of 1, and lengths lognormal,
    /// cut to a model's context of `longest_tokens`.
    pub fn new(workload: &Workload, longest_tokens: f64, span: Span, seed: u64) -> Self {
        Self {
            intervals: Random::new(seed, INTERVALS),
            lengths: Random::new(seed, LENGTHS),
            interval_s: 1.0 / workload.requests_per_s,
            arrival_cv: workload.arrival_cv,
            input_tokens: workload.input_tokens,
            output_tokens: workload.output_tokens,
            length_cv: workload.length_cv,
            longest_tokens,
            hours: None,
            span,
            now_s: 0.0,
            count: 0,
        }
    }

    /// The same through the days of `workload`, from midnight on: between the middles of two hours the load is straight.
    pub fn through_the_day(self, workload: &Workload) -> Self {
        Self { hours: Some(workload.day.hours(workload.mean_to_peak())), ..self }
    }

    /// The load now, over the peak.
    fn share(&self) -> f64 {
        let Some(hours) = &self.hours else { return 1.0 };
        let middle = self.now_s / SECONDS_PER_HOUR - 0.5;
        let (hour, part) = (middle.floor(), middle - middle.floor());
        let at = |hour: f64| hours[hour.rem_euclid(24.0) as usize];
        // Not even at night nothing at all comes: its hour would never end.
        (at(hour) * (1.0 - part) + at(hour + 1.0) * part).max(LEAST_SHARE)
    }
}

const SECONDS_PER_HOUR: f64 = 3600.0;
/// Load over the peak, at least.
const LEAST_SHARE: f64 = 1e-3;

impl Iterator for Load {
    type Item = Arrival;

    fn next(&mut self) -> Option<Arrival> {
        self.now_s += self.interval_s / self.share() * self.intervals.interval(self.arrival_cv);
        let over = match self.span {
            Span::Seconds(seconds) => self.now_s > seconds,
            Span::Requests(requests) => self.count >= requests,
        };
        if over {
            return None;
        }
        self.count += 1;
        let mut length = |mean: f64, most: f64| {
            (mean * self.lengths.lognormal(self.length_cv)).round().clamp(1.0, most.max(1.0))
        };
        let input = length(self.input_tokens, self.longest_tokens - 1.0);
        let output = length(self.output_tokens, self.longest_tokens - input);
        Some(Arrival { arrival_s: self.now_s, input_tokens: input as u32, output_tokens: output as u32 })
    }
}
