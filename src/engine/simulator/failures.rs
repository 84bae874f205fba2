//! When replicas fail and when they are back.

use crate::catalog::{FacilityAssumptions, Term};
use crate::engine::math::random::Random;

const SECONDS_PER_HOUR: f64 = 3600.0;
const HOURS_PER_YEAR: f64 = 8760.0;

/// What takes one replica down: causes with their rate, per second, and the time until it is back, seconds.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Failures([(f64, f64); 3]);

impl Failures {
    /// Repairs and restarts of a replica of `accelerators`, and on spot the times it is taken away, `times` as often as the
    /// catalog has it.
    pub fn of(facility: &FacilityAssumptions, accelerators: f64, term: Term, times: f64) -> Self {
        let per_second = |per_year: f64| times * per_year / (HOURS_PER_YEAR * SECONDS_PER_HOUR);
        let seconds = |hours: f64| hours * SECONDS_PER_HOUR;
        let f = facility;
        let taken = if term == Term::Spot { 12.0 * f.spot_interruptions_per_month.value() } else { 0.0 };
        Self([
            (per_second(accelerators * f.repairs_per_accelerator_year.value()), seconds(f.repair_h.value())),
            (
                per_second(accelerators * f.restarts_per_accelerator_year.value()),
                seconds(f.restart_h.value()),
            ),
            (per_second(taken), seconds(f.spot_recovery_h.value())),
        ])
    }

    /// When a replica that is up from `from_s` on fails, and when it is back, seconds.
    pub(super) fn next(&self, from_s: f64, random: &mut Random) -> (f64, f64) {
        let rate: f64 = self.0.iter().map(|(rate, _)| rate).sum();
        if rate <= 0.0 {
            return (f64::INFINITY, f64::INFINITY);
        }
        let at_s = from_s + random.exponential() / rate;
        let mut drawn = random.uniform() * rate;
        let cause = self.0.iter().find(|(rate, _)| {
            drawn -= rate;
            drawn < 0.0
        });
        (at_s, at_s + cause.map_or(0.0, |(_, back_s)| *back_s))
    }

    /// One cause alone.
    #[cfg(test)]
    pub(super) fn every(seconds: f64, back_s: f64) -> Self {
        Self([(1.0 / seconds, back_s), (0.0, 0.0), (0.0, 0.0)])
    }
}
