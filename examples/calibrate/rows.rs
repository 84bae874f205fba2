//! The measured rows, each with what the engine needs to answer it.

use headroom::catalog::{
    Catalog, MeasuredLatency, MeasuredStep, MeasuredThroughput, Phase, measured_latency, measured_steps,
    measured_throughput,
};
use headroom::engine::Profile;
use headroom::engine::calibration::accuracy::{deployment_under, judge_published, judge_step};
use headroom::engine::{Estimate, estimate};

/// Errors, in the logarithm, that count as one: what an engine of this kind can hope for.
const TPOT_SCALE: f64 = 0.08;
const TTFT_SCALE: f64 = 0.18;
/// The same of runs whose whole protocol is known, on a machine of which nothing else was asked.
const KNOWN_TPOT_SCALE: f64 = 0.03;
const KNOWN_TTFT_SCALE: f64 = 0.1;
const STEP_SCALE: f64 = 0.015;
/// How the ids of those runs begin (source `h100-server`); all other ids are ten hexadecimal digits. A version would not do: later
/// runs of it need not have a known protocol.
const KNOWN_IDS: &str = "h100-";
pub const THROUGHPUT_SCALE: f64 = 0.3;

/// What figures a run depends on.
#[derive(Clone, Debug)]
pub struct Setting {
    pub generation: String,
    pub stack: String,
}

impl Setting {
    fn of(catalog: &Catalog, accelerator: &str, stack: &str) -> Result<Self, String> {
        let known = catalog.accelerator(accelerator).ok_or("a row names an unknown accelerator")?;
        Ok(Self { generation: known.generation.clone(), stack: stack.to_owned() })
    }
}

/// One measured row.
#[derive(Clone, Debug)]
pub struct Row {
    pub measured: MeasuredLatency,
    pub setting: Setting,
    profile: Profile,
}

/// One published throughput.
#[derive(Clone, Debug)]
pub struct Published {
    pub measured: MeasuredThroughput,
    pub setting: Setting,
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
    pub steps: Vec<Step>,
}

/// One decode step, measured alone.
#[derive(Clone, Debug)]
pub struct Step {
    pub measured: MeasuredStep,
    pub setting: Setting,
    profile: Profile,
}

impl Step {
    /// Appends the logarithm of estimated over measured over its scale.
    pub fn residual(&self, catalog: &Catalog) -> f64 {
        let ratio = judge_step(&self.measured, catalog, &self.profile);
        ratio.expect("a test of the catalog checks what rows name").ln() / STEP_SCALE
    }
}

impl Rows {
    pub fn read(catalog: &Catalog) -> Result<Self, String> {
        let all = measured_latency()
            .map_err(|error| error.to_string())?
            .into_iter()
            .filter(|row| row.speculative.is_empty() && row.doubt.is_empty())
            .map(|measured| {
                let model = catalog.model(&measured.model).ok_or("a row names an unknown model")?;
                let setting = Setting::of(catalog, &measured.accelerator, &measured.stack)?;
                Ok(Row { setting, profile: Profile::of(model), measured })
            })
            .collect::<Result<_, String>>()?;
        let published = measured_throughput()
            .map_err(|error| error.to_string())?
            .into_iter()
            .map(|measured| {
                let model = catalog.model(&measured.model).ok_or("a row names an unknown model")?;
                let setting = Setting::of(catalog, &measured.accelerator, &measured.stack)?;
                Ok(Published { setting, profile: Profile::of(model), measured })
            })
            .collect::<Result<_, String>>()?;
        let steps = measured_steps()
            .map_err(|error| error.to_string())?
            .into_iter()
            .map(|measured| {
                let model = catalog.model(&measured.model).ok_or("a row names an unknown model")?;
                let setting = Setting::of(catalog, &measured.accelerator, &measured.stack)?;
                Ok(Step { setting, profile: Profile::of(model), measured })
            })
            .collect::<Result<_, String>>()?;
        Ok(Self { all, published, steps })
    }
}

impl Row {
    fn estimate(&self, catalog: &Catalog) -> Estimate {
        let m = &self.measured;
        let stack = catalog
            .stack_then(&m.stack, &m.stack_version, &m.measured)
            .expect("a test of the catalog checks what rows name");
        let (deployment, load) = deployment_under(m, catalog, &self.profile, &stack)
            .expect("a test of the catalog checks what rows name");
        estimate(&deployment, &load)
    }

    /// The same run where nobody says what its server was told.
    pub fn untold(&self) -> Self {
        let measured = MeasuredLatency { step_tokens: None, hold_steps: None, ..self.measured.clone() };
        Self { measured, ..self.clone() }
    }

    /// How many values were measured.
    pub fn values(&self) -> usize {
        usize::from(self.measured.tpot_ms.is_some()) + usize::from(self.measured.ttft_ms.is_some())
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
            let known = self.measured.id.starts_with(KNOWN_IDS);
            let scale = match (phase, known) {
                (Phase::Tpot, false) => TPOT_SCALE,
                (Phase::Ttft, false) => TTFT_SCALE,
                (Phase::Tpot, true) => KNOWN_TPOT_SCALE,
                (Phase::Ttft, true) => KNOWN_TTFT_SCALE,
            };
            residuals.push(ratio.ln() / scale);
        }
    }
}
