//! Measured latencies of serving systems, to calibrate and to judge the engine by.

use serde::{Deserialize, Serialize};

use super::format::NumberFormat;

/// Where the client of a closed loop runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Client {
    /// In the process of the server's front end, without HTTP: requests that end in one step come back in one.
    InProcess,
}

/// Time to first token and time between tokens of one replica at a client concurrency.
///
/// Source `measured-latency`: aiconfigurator-core 0.12.0, partly InferenceX. Closed loop as in `headroom estimate`. What servers were
/// told is that of InferenceX's scripts on the day of the run, which also chose expert parallelism and copies of attention by the
/// concurrency where the collection names neither.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MeasuredLatency {
    /// Unique within its list.
    pub id: String,
    /// Id of the model in the catalog.
    pub model: String,
    /// Id of the accelerator in the catalog.
    pub accelerator: String,
    /// Id of the stack in the catalog.
    pub stack: String,
    /// Version of the stack; empty where it is not known.
    pub stack_version: String,
    /// Number format of the weights.
    pub weights: NumberFormat,
    /// Absent: not recorded.
    pub kv_cache: Option<NumberFormat>,
    /// Degrees of tensor, pipeline, expert and attention-data parallelism.
    pub tp: u32,
    /// Pipeline stages.
    pub pp: u32,
    /// Expert-parallel degree.
    pub ep: u32,
    /// Copies of attention that share the experts.
    pub attention_dp: u32,
    /// Mean tokens of a prompt and of an answer.
    pub input_tokens: f64,
    /// Mean answer length, tokens.
    pub output_tokens: f64,
    /// Full width of the uniform distribution of lengths over its mean; 0: all equal.
    pub length_spread: f64,
    /// Requests in flight.
    pub concurrency: u32,
    /// Where the client ran; absent: it spoke HTTP.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub client: Option<Client>,
    /// Most tokens of one step of one data-parallel copy, where the server was told another number than its default.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub step_tokens: Option<f64>,
    /// Most steps for which the server was told to hold prompts back; absent: none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hold_steps: Option<f64>,
    /// Time to first token, milliseconds. Absent: left out as spoilt.
    pub ttft_ms: Option<f64>,
    /// Time between later tokens, milliseconds. Absent only in measurements of a user's own.
    pub tpot_ms: Option<f64>,
    /// Date of the measurement, ISO 8601, where known.
    pub measured: String,
    /// Not empty: probably with speculative decoding; leave out of comparisons with plain decoding.
    pub speculative: String,
    /// Not empty: why the row is not fitted to, though it judges.
    pub doubt: String,
}

/// All measured latencies that come with the program, parsed anew at each call.
///
/// # Errors
/// Only if the program was built from a broken file, which a test rules out.
pub fn measured_latency() -> Result<Vec<MeasuredLatency>, csv::Error> {
    let text = include_str!("../../assets/measured_latency.csv");
    csv::Reader::from_reader(text.as_bytes()).deserialize().collect()
}

/// Steps and power of one server in a steady phase. Source `h100-server`: clients in the process of the server's front end, dummy
/// weights, defaults of the server, one run a phase; watts by the energy counter.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MeasuredStep {
    /// Id of the model in the catalog.
    pub model: String,
    /// Id of the accelerator in the catalog.
    pub accelerator: String,
    /// Id of the stack in the catalog.
    pub stack: String,
    /// Version of the stack.
    pub stack_version: String,
    /// Number format of the weights.
    pub weights: NumberFormat,
    /// Number format of the KV cache.
    pub kv_cache: NumberFormat,
    /// Sequences that decode together.
    pub sequences: u32,
    /// Their mean context, tokens.
    pub context_tokens: f64,
    /// Time of a step, seconds.
    pub step_s: f64,
    /// Mean draw of the accelerator meanwhile, watts.
    pub accelerator_w: f64,
}

/// Steps and power that come with the program, parsed anew at each call.
///
/// # Errors
/// As [`measured_latency`].
pub fn measured_steps() -> Result<Vec<MeasuredStep>, csv::Error> {
    let text = include_str!("../../assets/measured_steps.csv");
    csv::Reader::from_reader(text.as_bytes()).deserialize().collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::Catalog;

    #[test]
    fn every_row_parses_and_names_known_things() {
        let catalog = Catalog::built_in().unwrap();
        let rows = measured_latency().unwrap();
        assert_eq!(rows.len(), 981);
        assert_eq!(measured_steps().unwrap().len(), 3);
        for row in &rows {
            assert!(catalog.model(&row.model).is_some(), "{row:?}");
            assert!(catalog.stack(&row.stack).is_some(), "{row:?}");
            assert!(catalog.accelerator(&row.accelerator).is_some(), "{row:?}");
            assert!(row.tpot_ms.is_some_and(|tpot| tpot > 0.0), "{row:?}");
            assert!(row.ttft_ms.is_none_or(|ttft| ttft > 0.0), "{row:?}");
        }
    }
}
