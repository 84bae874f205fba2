//! The course of a simulation: what came, waited and ran in each of its moments, and how late it was.

use super::request::{Departure, End};
use super::tally::Limits;

/// Moments of a course.
pub const MOMENTS: usize = 120;

/// One moment: means over it, of the requests that came in it where it says so.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Moment {
    /// Its start, seconds.
    pub from_s: f64,
    /// Requests that came, per second.
    pub arrivals_per_s: f64,
    /// Requests without their first token, mean of the fleet.
    pub waiting: f64,
    /// Requests whose answer is under way, mean of the fleet.
    pub running: f64,
    /// Share of the KV caches that sequences under way take, 0–1, mean of the fleet.
    pub kv_fraction: f64,
    /// Time to first token at the percentile of the SLO, of those that came, seconds; 0 where none did.
    pub ttft_s: f64,
    /// Time per output token, likewise.
    pub tpot_s: f64,
    /// Requests that came and were late by either limit, or were not served.
    pub late: u64,
}

/// How many requests were late, and by which limit.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Late {
    /// By the time to first token alone.
    pub first_token: u64,
    /// By the time per output token alone.
    pub output_token: u64,
    /// By both.
    pub both: u64,
    /// Not served at all.
    pub unserved: u64,
}

impl Late {
    /// All of them.
    pub fn all(&self) -> u64 {
        self.first_token + self.output_token + self.both + self.unserved
    }
}

/// Gathers the course of `duration_s` seconds from requests as they leave.
#[derive(Clone, Debug)]
pub struct Course {
    moment_s: f64,
    limits: Limits,
    /// Percentile of latencies, 0–1.
    share: f64,
    moments: Vec<Sums>,
    /// Requests that were late so far.
    pub late: Late,
}

/// What falls into a moment.
#[derive(Clone, Debug, Default)]
struct Sums {
    arrivals: u64,
    late: u64,
    /// Request-seconds.
    waiting_s: f64,
    running_s: f64,
    /// Token-seconds.
    token_s: f64,
    ttft: Vec<f32>,
    tpot: Vec<f32>,
}

impl Course {
    /// Nothing yet.
    pub fn new(duration_s: f64, limits: Limits, share: f64) -> Self {
        let moment_s = duration_s / MOMENTS as f64;
        Self { moment_s, limits, share, moments: vec![Sums::default(); MOMENTS], late: Late::default() }
    }

    /// Takes a request that has left.
    pub fn take(&mut self, departure: &Departure) {
        let from_s = departure.arrival.arrival_s;
        let place = ((from_s / self.moment_s) as usize).min(MOMENTS - 1);
        let served = departure.end == End::Completed;
        let first = served && departure.ttft_s > self.limits.ttft_s;
        let each = served && departure.tpot_s > self.limits.tpot_s;
        let late = &mut self.late;
        match (served, first, each) {
            (false, ..) => late.unserved += 1,
            (true, true, true) => late.both += 1,
            (true, true, false) => late.first_token += 1,
            (true, false, true) => late.output_token += 1,
            (true, false, false) => {}
        }
        let moment = &mut self.moments[place];
        moment.arrivals += 1;
        moment.late += u64::from(!served || first || each);
        if !served {
            return;
        }
        moment.ttft.push(departure.ttft_s as f32);
        if departure.arrival.output_tokens > 1 {
            moment.tpot.push(departure.tpot_s as f32);
        }
        let (first_s, last_s) = (from_s + departure.ttft_s, from_s + departure.e2e_s);
        let tokens =
            f64::from(departure.arrival.input_tokens) + 0.5 * f64::from(departure.arrival.output_tokens);
        self.over(from_s, first_s, |moment, seconds| moment.waiting_s += seconds);
        self.over(first_s, last_s, |moment, seconds| {
            moment.running_s += seconds;
            moment.token_s += seconds * tokens;
        });
    }

    /// Adds the time between `from_s` and `to_s` to each moment that it is in.
    fn over(&mut self, from_s: f64, to_s: f64, mut add: impl FnMut(&mut Sums, f64)) {
        let first = (from_s / self.moment_s) as usize;
        for (place, moment) in self.moments.iter_mut().enumerate().skip(first) {
            let start = place as f64 * self.moment_s;
            if start >= to_s {
                break;
            }
            add(moment, (to_s.min(start + self.moment_s) - from_s.max(start)).max(0.0));
        }
    }

    /// Its moments in their order; the KV caches of the fleet hold `kv_tokens`, infinitely many where nothing grows with a sequence.
    pub fn moments(mut self, kv_tokens: f64) -> Vec<Moment> {
        let (each_s, share) = (self.moment_s, self.share);
        let quantile = |values: &mut [f32]| {
            if values.is_empty() {
                return 0.0;
            }
            let place = ((values.len() as f64 * share).ceil() as usize).clamp(1, values.len()) - 1;
            let (_, value, _) = values.select_nth_unstable_by(place, f32::total_cmp);
            f64::from(*value)
        };
        let moment = |(place, sums): (usize, &mut Sums)| Moment {
            from_s: place as f64 * each_s,
            arrivals_per_s: sums.arrivals as f64 / each_s,
            waiting: sums.waiting_s / each_s,
            running: sums.running_s / each_s,
            kv_fraction: sums.token_s / each_s / kv_tokens,
            ttft_s: quantile(&mut sums.ttft),
            tpot_s: quantile(&mut sums.tpot),
            late: sums.late,
        };
        self.moments.iter_mut().enumerate().map(moment).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::simulator::request::Arrival;

    /// Two requests of ten seconds: one waits for one second and runs for four, the other is never served.
    #[test]
    fn a_course_holds_what_waits_and_runs() {
        let limits = Limits { ttft_s: 0.5, tpot_s: 0.1 };
        let mut course = Course::new(120.0, limits, 0.95);
        let arrival = |arrival_s| Arrival { arrival_s, input_tokens: 100, output_tokens: 41 };
        let mut left = Departure {
            index: 0,
            arrival: arrival(10.5),
            cached_tokens: 0,
            replica: 0,
            ttft_s: 1.0,
            tpot_s: 0.1,
            e2e_s: 5.0,
            preemptions: 0,
            end: End::Completed,
        };
        course.take(&left);
        left = Departure { index: 1, arrival: arrival(11.0), end: End::Rejected, ..left };
        course.take(&left);
        assert_eq!(course.late, Late { first_token: 1, unserved: 1, ..Late::default() });
        let moments = course.moments(241.0);
        assert_eq!(moments.len(), MOMENTS);
        let of = |read: fn(&Moment) -> f64| moments[10..17].iter().map(read).collect::<Vec<_>>();
        assert_eq!(of(|m| m.waiting), [0.5, 0.5, 0.0, 0.0, 0.0, 0.0, 0.0]);
        assert_eq!(of(|m| m.running), [0.0, 0.5, 1.0, 1.0, 1.0, 0.5, 0.0]);
        assert_eq!(of(|m| m.late as f64), [1.0, 1.0, 0.0, 0.0, 0.0, 0.0, 0.0]);
        assert_eq!((moments[10].ttft_s, moments[11].ttft_s, moments[12].kv_fraction), (1.0, 0.0, 0.5));
    }
}
