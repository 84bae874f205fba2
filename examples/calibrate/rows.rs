//! The measured rows, each with what the engine needs to answer it.

use headroom::catalog::{
    Catalog, MeasuredLatency, MeasuredThroughput, Phase, measured_latency, measured_throughput,
};
use headroom::engine::Profile;
use headroom::engine::calibration::accuracy::{deployment_of, judge_published};
use headroom::engine::{Estimate, estimate};

/// Errors, in the logarithm, that count as one: what an engine of this kind can hope for.
const TPOT_SCALE: f64 = 0.08;
const TTFT_SCALE: f64 = 0.18;
pub const THROUGHPUT_SCALE: f64 = 0.3;

/// One measured row.
#[derive(Clone, Debug)]
pub struct Row {
    pub measured: MeasuredLatency,
    profile: Profile,
}

/// One published throughput.
#[derive(Clone, Debug)]
pub struct Published {
    pub measured: MeasuredThroughput,
    profile: Profile,
}

impl Published {
    /// Estimated over published.
    pub fn ratio(&self, catalog: &Catalog) -> f64 {
        judge_published(&self.measured, catalog, &self.profile)
            .expect("a test of the catalog checks what rows name")
            .ratio()
    }
}

/// All rows of plain decoding without a doubt noted, and published throughputs.
pub struct Rows {
    pub all: Vec<Row>,
    pub published: Vec<Published>,
}

impl Rows {
    pub fn read(catalog: &Catalog) -> Result<Self, String> {
        let all = measured_latency()
            .map_err(|error| error.to_string())?
            .into_iter()
            .filter(|row| row.speculative.is_empty() && row.doubt.is_empty())
            .map(|measured| {
                let model = catalog.model(&measured.model).ok_or("a row names an unknown model")?;
                Ok(Row { measured, profile: Profile::of(model) })
            })
            .collect::<Result<_, String>>()?;
        let published = measured_throughput()
            .map_err(|error| error.to_string())?
            .into_iter()
            .map(|measured| {
                let model = catalog.model(&measured.model).ok_or("a row names an unknown model")?;
                Ok(Published { profile: Profile::of(model), measured })
            })
            .collect::<Result<_, String>>()?;
        Ok(Self { all, published })
    }
}

impl Row {
    fn estimate(&self, catalog: &Catalog) -> Estimate {
        let (deployment, load) = deployment_of(&self.measured, catalog, &self.profile)
            .expect("a test of the catalog checks what rows name");
        estimate(&deployment, &load)
    }

    /// Estimated over measured.
    pub fn ratios(&self, catalog: &Catalog) -> Vec<(Phase, f64)> {
        let estimate = self.estimate(catalog);
        let mut ratios = Vec::with_capacity(2);
        ratios.extend(self.measured.tpot_ms.map(|ms| (Phase::Tpot, estimate.tpot_s.typical * 1e3 / ms)));
        ratios.extend(self.measured.ttft_ms.map(|ms| (Phase::Ttft, estimate.ttft_s.typical * 1e3 / ms)));
        ratios
    }

    /// Appends the logarithms of the ratios over their scales.
    pub fn residuals(&self, catalog: &Catalog, residuals: &mut Vec<f64>) {
        for (phase, ratio) in self.ratios(catalog) {
            let scale = if phase == Phase::Tpot { TPOT_SCALE } else { TTFT_SCALE };
            residuals.push(ratio.ln() / scale);
        }
    }
}
