//! Published throughputs of serving systems, to judge the engine by.

use serde::{Deserialize, Serialize};

use super::format::NumberFormat;

/// Output tokens per second of a whole system, as its maker, its submitter to MLPerf or a project published it.
///
/// One engine is `tp · pp` accelerators; the rest of the system are copies of it. The model is the one of the
/// catalog with the same architecture: Llama 3.3 70B is filed as Llama 3.1 70B. FP4 on NVIDIA is NVFP4. Degrees on
/// Trainium count chips, not cores. What its maker's own software ran on Trainium, Inferentia and Gaudi is filed under
/// vLLM, the one stack of the catalog that runs there. TensorRT-LLM 1.0 was measured with the checkpoints that NVIDIA publishes: their
/// `hf_quant_config.json` asks for an FP8 KV cache, which that stack then takes. Left out, and counted in
/// `assets/measured_throughput_left_out.csv`, is what could be compared only after guessing.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MeasuredThroughput {
    /// Unique within its list.
    pub id: String,
    /// Id of the document in `assets/sources.ron`.
    pub source: String,
    /// Who submitted it to MLPerf; empty elsewhere.
    pub submitter: String,
    /// Id of the model in the catalog.
    pub model: String,
    /// Id of the accelerator in the catalog.
    pub accelerator: String,
    /// Accelerators of the system.
    pub accelerators: u32,
    /// Id of the stack in the catalog.
    pub stack: String,
    /// Version of the stack; empty where it is not known.
    pub stack_version: String,
    /// Number format of the weights.
    pub weights: NumberFormat,
    /// Absent: not recorded.
    pub kv_cache: Option<NumberFormat>,
    /// Degrees of tensor, pipeline and expert parallelism of one engine.
    pub tp: u32,
    /// Pipeline stages.
    pub pp: u32,
    /// Expert-parallel degree.
    pub ep: u32,
    /// Mean tokens of a prompt and of an answer.
    pub input_tokens: f64,
    /// Mean answer length, tokens.
    pub output_tokens: f64,
    /// Requests that one engine runs at once: its static batch, its largest batch, or the clients' concurrency.
    /// Absent: as many as are best.
    pub batch: Option<u32>,
    /// `static` batch, `offline` and `max_throughput` (all requests queued at once), or `server`.
    pub scenario: String,
    /// Output tokens per second of the whole system.
    pub output_tokens_per_s: f64,
    /// Date of the measurement or its document, ISO 8601.
    pub measured: String,
}

impl MeasuredThroughput {
    /// Output tokens per second of one engine.
    pub fn engine_tokens_per_s(&self) -> f64 {
        self.output_tokens_per_s * f64::from(self.tp * self.pp) / f64::from(self.accelerators)
    }
}

/// Published throughputs that are not among those compared.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LeftOut {
    /// Why it was left out.
    pub reason: String,
    /// How many published figures.
    pub rows: usize,
}

/// All published throughputs that come with the program, parsed anew at each call.
///
/// # Errors
/// Only if the program was built from a broken file, which a test rules out.
pub fn measured_throughput() -> Result<Vec<MeasuredThroughput>, csv::Error> {
    read(include_str!("../../assets/measured_throughput.csv"))
}

/// What was left out of [`measured_throughput`], and why.
///
/// # Errors
/// As there.
pub fn throughput_left_out() -> Result<Vec<LeftOut>, csv::Error> {
    read(include_str!("../../assets/measured_throughput_left_out.csv"))
}

fn read<T: serde::de::DeserializeOwned>(text: &str) -> Result<Vec<T>, csv::Error> {
    csv::Reader::from_reader(text.as_bytes()).deserialize().collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::Catalog;

    #[test]
    fn every_row_parses_and_names_known_things() {
        let catalog = Catalog::built_in().unwrap();
        let rows = measured_throughput().unwrap();
        assert_eq!(rows.len(), 819);
        for row in &rows {
            let accelerator = catalog.accelerator(&row.accelerator).unwrap();
            assert!(catalog.model(&row.model).is_some(), "{row:?}");
            assert!(catalog.stack(&row.stack).is_some_and(|stack| stack.runs_on(accelerator)), "{row:?}");
            assert!(catalog.source(&row.source).is_some(), "{row:?}");
            assert!(row.output_tokens_per_s > 0.0 && row.accelerators % (row.tp * row.pp) == 0, "{row:?}");
        }
        assert_eq!(throughput_left_out().unwrap().iter().map(|l| l.rows).sum::<usize>() + rows.len(), 2431);
    }
}
