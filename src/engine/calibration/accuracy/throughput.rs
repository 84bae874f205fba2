//! The engine against published throughputs: one engine of each system, at its batch or at the best one.

use std::collections::HashMap;

use super::summary::grouped;
use super::{Ran, Summary, factor};
use crate::catalog::{Catalog, MeasuredThroughput, Vendor};
use crate::engine::calibration::own_measurements;
use crate::engine::replica::degrees::Degrees;
use crate::engine::replica::deployment::Deployment;
use crate::engine::replica::estimate::Band;
use crate::engine::replica::estimate::ClosedLoop;
use crate::engine::replica::estimate::Estimate;
use crate::engine::replica::estimate::estimate;
use crate::engine::replica::memory_settings::MemorySettings;
use crate::engine::replica::profile::Profile;

/// What published figures have in common when their errors are summed up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ThroughputGroup {
    /// Maker of the accelerator.
    Vendor,
    /// By accelerator.
    Accelerator,
    /// Document.
    Source,
}

impl ThroughputGroup {
    /// All of them, in the order in which they are shown.
    pub const ALL: [Self; 3] = [Self::Vendor, Self::Accelerator, Self::Source];

    /// The key in documents.
    pub fn id(self) -> &'static str {
        match self {
            Self::Vendor => "vendor",
            Self::Accelerator => "accelerator",
            Self::Source => "source",
        }
    }
}

/// One published throughput beside the engine's.
#[derive(Clone, Debug, PartialEq)]
pub struct JudgedThroughput<'a> {
    /// What was published.
    pub row: &'a MeasuredThroughput,
    /// Maker of the accelerator.
    pub vendor: Vendor,
    /// Output tokens per second of one engine.
    pub measured_tokens_per_s: f64,
    /// The same, with its band: that of the time per output token, turned over.
    pub predicted_tokens_per_s: Band,
    /// Requests at once that the prediction is for.
    pub concurrency: f64,
    /// Whether the engine thinks that it fits into memory at all.
    pub fits: bool,
}

impl JudgedThroughput<'_> {
    /// Predicted over measured.
    pub fn ratio(&self) -> f64 {
        self.predicted_tokens_per_s.typical / self.measured_tokens_per_s
    }

    /// Whether the band holds the measured value.
    pub fn inside_band(&self) -> bool {
        let band = &self.predicted_tokens_per_s;
        (band.low..=band.high).contains(&self.measured_tokens_per_s)
    }

    fn member(&self, group: ThroughputGroup) -> &str {
        match group {
            ThroughputGroup::Vendor => self.vendor.id(),
            ThroughputGroup::Accelerator => &self.row.accelerator,
            ThroughputGroup::Source => &self.row.source,
        }
    }
}

/// The engine's predictions for a set of published throughputs.
#[derive(Clone, Debug, PartialEq)]
pub struct ThroughputJudgement<'a> {
    /// Rows that could be judged.
    pub values: Vec<JudgedThroughput<'a>>,
    /// Figures left out: they name what the catalog lacks, or the engine has no finite answer.
    pub unanswered: usize,
}

impl ThroughputJudgement<'_> {
    /// Error over all; `None` of none.
    pub fn summary(&self) -> Option<Summary> {
        Summary::of(self.values.iter().map(|value| (value.ratio(), value.inside_band())))
    }

    /// Error of each member of `group`, by name.
    pub fn by(&self, group: ThroughputGroup) -> Vec<(&str, Summary)> {
        grouped(self.values.iter().map(|value| (value.member(group), (value.ratio(), value.inside_band()))))
    }

    /// The values that are off by the largest factors, the worst first.
    pub fn worst(&self, most: usize) -> Vec<&JudgedThroughput<'_>> {
        let mut values: Vec<_> = self.values.iter().collect();
        values.sort_by(|a, b| factor(b.ratio()).total_cmp(&factor(a.ratio())));
        values.truncate(most);
        values
    }
}

/// Judges the engine by published throughputs.
pub fn judge_throughput<'a>(rows: &'a [MeasuredThroughput], catalog: &Catalog) -> ThroughputJudgement<'a> {
    let mut profiles: HashMap<&str, Profile> = HashMap::new();
    let mut out = ThroughputJudgement { values: Vec::new(), unanswered: 0 };
    for row in rows {
        if let Some(model) = catalog.model(&row.model) {
            profiles.entry(&row.model).or_insert_with(|| Profile::of(model));
        }
        let judged =
            profiles.get(row.model.as_str()).and_then(|profile| judge_published(row, catalog, profile));
        match judged.filter(|value| value.ratio().is_finite() && value.ratio() > 0.0) {
            Some(value) => out.values.push(value),
            None => out.unanswered += 1,
        }
    }
    out
}

/// Judges the engine by one published throughput of the model summed in `profile`; `None` where the row names what
/// the catalog lacks.
pub fn judge_published<'a>(
    row: &'a MeasuredThroughput,
    catalog: &Catalog,
    profile: &Profile,
) -> Option<JudgedThroughput<'a>> {
    let setting = Ran {
        model: &row.model,
        accelerator: &row.accelerator,
        weights: row.weights,
        kv_cache: row.kv_cache,
        degrees: Degrees { tp: row.tp, pp: row.pp, ep: row.ep, attention_dp: 1 },
        settings: MemorySettings::default(),
    };
    let stack = catalog.stack_then(&row.stack, &row.stack_version, &row.measured)?;
    let deployment = setting.deployment(catalog, profile, &stack, own_measurements::corrections(catalog))?;
    let (concurrency, estimate) = match row.batch {
        Some(batch) => at(row, &deployment, f64::from(batch)),
        None => best(row, &deployment),
    };
    Some(JudgedThroughput {
        row,
        vendor: deployment.accelerator.vendor,
        measured_tokens_per_s: row.engine_tokens_per_s(),
        predicted_tokens_per_s: Band {
            typical: estimate.output_tokens_per_s,
            low: estimate.output_tokens_per_s_low,
            high: estimate.output_tokens_per_s_high,
        },
        concurrency,
        fits: estimate.memory.fits,
    })
}

/// The estimate with `concurrency` requests in flight, as `headroom estimate` answers.
fn at(row: &MeasuredThroughput, deployment: &Deployment<'_>, concurrency: f64) -> (f64, Estimate) {
    let load = ClosedLoop {
        input_tokens: row.input_tokens,
        output_tokens: row.output_tokens,
        length_spread: 0.0,
        concurrency,
        in_process: false,
    };
    (concurrency, estimate(deployment, &load))
}

/// The estimate of the largest throughput, over powers of two up to what the memory holds.
fn best(row: &MeasuredThroughput, deployment: &Deployment<'_>) -> (f64, Estimate) {
    let mut best = at(row, deployment, 1.0);
    let most = best.1.memory.max_concurrency.max(1.0);
    let mut concurrency = 1.0;
    while concurrency < most {
        concurrency = (2.0 * concurrency).min(most);
        let next = at(row, deployment, concurrency);
        if next.1.output_tokens_per_s > best.1.output_tokens_per_s {
            best = next;
        }
    }
    best
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::measured_throughput;

    #[test]
    fn copies_of_an_engine_share_the_published_rate() {
        let catalog = Catalog::built_in().unwrap();
        let row = measured_throughput().unwrap().into_iter().find(|row| row.batch.is_some()).unwrap();
        let engine = MeasuredThroughput { accelerators: row.tp * row.pp, ..row.clone() };
        let alone = judge_throughput(std::slice::from_ref(&engine), &catalog);
        // Four copies at four times the rate the engine itself predicts: no error at all.
        let predicted = alone.values[0].predicted_tokens_per_s.typical;
        let four = MeasuredThroughput {
            accelerators: 4 * engine.accelerators,
            output_tokens_per_s: 4.0 * predicted,
            ..engine.clone()
        };
        let judgement = judge_throughput(std::slice::from_ref(&four), &catalog);
        let summary = judgement.summary().unwrap();
        assert!(summary.median_error < 1e-12 && summary.inside_band == 1.0, "{summary:?}");
        // The best batch is no worse than a given one that fits.
        let predicted = |batch| {
            let asked = MeasuredThroughput { batch, ..engine.clone() };
            judge_throughput(&[asked], &catalog).values[0].predicted_tokens_per_s.typical
        };
        let best = predicted(None);
        assert!(best > predicted(Some(1)) && best >= predicted(Some(16)));
    }
}
