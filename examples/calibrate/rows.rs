//! The measured rows, each with what the engine needs to answer it.

use headroom::catalog::{Catalog, MeasuredLatency, Phase, measured_latency};
use headroom::engine::layout::Degrees;
use headroom::engine::model::Profile;
use headroom::engine::{ClosedLoop, Deployment, Estimate, default_kv_cache, estimate};

/// Errors, in the logarithm, that count as one: what an engine of this kind can hope for.
const TPOT_SCALE: f64 = 0.08;
const TTFT_SCALE: f64 = 0.18;

/// One measured row.
#[derive(Clone, Debug)]
pub struct Row {
    pub measured: MeasuredLatency,
    profile: Profile,
}

/// All rows of plain decoding that nothing speaks against.
pub struct Rows {
    pub all: Vec<Row>,
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
        Ok(Self { all })
    }
}

impl Row {
    fn estimate(&self, catalog: &Catalog) -> Estimate {
        let m = &self.measured;
        let accelerator = catalog.accelerator(&m.accelerator).expect("checked by a test of the catalog");
        let stack = catalog.stack(&m.stack).expect("checked by a test of the catalog");
        let deployment = Deployment {
            profile: &self.profile,
            accelerator,
            efficiency: catalog.efficiency(&accelerator.generation).expect("checked by the catalog"),
            stack,
            degrees: Degrees { tp: m.tp, pp: m.pp, ep: m.ep, attention_dp: m.attention_dp },
            weights: m.weights,
            reliance: catalog.reliance(&m.model, accelerator, &m.stack),
            kv_cache: m.kv_cache.unwrap_or_else(|| default_kv_cache(m.weights, stack, accelerator)),
        };
        let load = ClosedLoop {
            input_tokens: m.input_tokens,
            output_tokens: m.output_tokens,
            length_spread: m.length_spread,
            concurrency: f64::from(m.concurrency),
        };
        estimate(&deployment, &load)
    }

    /// Estimated over measured.
    pub fn ratios(&self, catalog: &Catalog) -> Vec<(Phase, f64)> {
        let estimate = self.estimate(catalog);
        let mut ratios = vec![(Phase::Tpot, estimate.tpot_s.typical * 1e3 / self.measured.tpot_ms)];
        ratios.extend(self.measured.ttft_ms.map(|ms| (Phase::Ttft, estimate.ttft_s.typical * 1e3 / ms)));
        ratios
    }

    /// Appends the logarithms of the ratios over their scales.
    pub fn residuals(&self, catalog: &Catalog, residuals: &mut Vec<f64>) {
        let estimate = self.estimate(catalog);
        residuals.push((estimate.tpot_s.typical * 1e3 / self.measured.tpot_ms).ln() / TPOT_SCALE);
        if let Some(ms) = self.measured.ttft_ms {
            residuals.push((estimate.ttft_s.typical * 1e3 / ms).ln() / TTFT_SCALE);
        }
    }
}
