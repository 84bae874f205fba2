//! Corrections of the engine's times by a user's own measurements. The engine works them out; the catalog keeps them.

use std::sync::OnceLock;

use super::day::Day;
use super::evidence::Phase;

/// Least width of a band, as a factor: runs of the same setting differ by as much from day to day.
const NARROWEST: f64 = 1.05;

/// What own measurements show for one accelerator under one stack.
#[derive(Clone, Debug, PartialEq)]
pub struct Correction {
    /// Id of the accelerator.
    pub accelerator: String,
    /// Id of the serving stack.
    pub stack: String,
    /// First version of the release that was measured; `None`: the versions are not known, and it holds for all.
    pub release: Option<String>,
    /// The model that was measured; `None`: what carries over to the others.
    pub model: Option<String>,
    /// Of the time per output token.
    pub tpot: Learnt,
    /// Of the time to first token, whatever the other is.
    pub ttft: Learnt,
    /// Measurements behind it.
    pub measurements: u32,
    /// Day of the last one, where known.
    pub last: Option<Day>,
}

/// What they show for one phase.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Learnt {
    /// On the engine's time.
    pub factor: f64,
    /// Of the measurements against what was known before, 0–1; 0: the phase was not measured.
    pub weight: f64,
    /// Distance in the logarithm from the corrected times that nine in ten of the measurements keep.
    pub spread_ln: f64,
}

impl Learnt {
    /// Nothing.
    pub const NOTHING: Self = Self { factor: 1.0, weight: 0.0, spread_ln: 0.0 };

    /// Width of the band, as a factor, where it was `before`: shrunk in the logarithm towards the spread of the
    /// measurements, by their weight.
    pub fn width(&self, before: f64) -> f64 {
        if self.weight == 0.0 {
            return before;
        }
        let width_ln = (1.0 - self.weight) * before.ln() + self.weight * self.spread_ln;
        width_ln.exp().max(NARROWEST)
    }
}

/// The corrections of a catalog, worked out at first use. They follow from the rest of the catalog, so that two catalogs
/// which agree in that are equal whether or not this has been asked for.
#[derive(Debug, Default)]
pub struct Corrections(OnceLock<Vec<Correction>>);

impl Corrections {
    /// The corrections; where they are not known yet, they are what `work_out` gives.
    pub fn get_or_work_out(&self, work_out: impl FnOnce() -> Vec<Correction>) -> &[Correction] {
        self.0.get_or_init(work_out)
    }
}

impl Clone for Corrections {
    /// Not known yet: a copy of a catalog may be changed before it is used.
    fn clone(&self) -> Self {
        Self::default()
    }
}

impl PartialEq for Corrections {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl Correction {
    /// What they show for `phase`.
    pub fn of(&self, phase: Phase) -> &Learnt {
        match phase {
            Phase::Tpot => &self.tpot,
            Phase::Ttft => &self.ttft,
        }
    }

    /// The part that the engine applies. The factor of the time per output token stretches all times, so that it is
    /// taken out of the time to first token again: neither correction moves the other.
    pub fn factors(&self) -> OwnFactors {
        OwnFactors {
            tpot: self.tpot.factor,
            ttft: self.ttft.factor / self.tpot.factor,
            measurements: self.measurements,
            last: self.last,
        }
    }
}

/// Factors on the engine's times, by the user's own measurements.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct OwnFactors {
    /// On every time.
    pub tpot: f64,
    /// On the time to first token, beside that.
    pub ttft: f64,
    /// Measurements that it rests on.
    pub measurements: u32,
    /// Day of the last measurement, where known.
    pub last: Option<Day>,
}

impl OwnFactors {
    /// The measurements as a source.
    pub fn citation(&self) -> String {
        match (self.measurements, self.last) {
            (1, Some(day)) => format!("your measurement of {day}"),
            (1, None) => "your measurement, undated".to_owned(),
            (n, Some(day)) => format!("your {n} measurements, the last of {day}"),
            (n, None) => format!("your {n} measurements, undated"),
        }
    }
}
