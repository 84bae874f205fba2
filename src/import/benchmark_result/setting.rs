//! What a benchmark ran on, which makes its result a measurement.

use super::BenchmarkResult;
use crate::catalog::{MeasuredLatency, NumberFormat};

/// What ran: what a benchmark's result file does not say.
#[derive(Clone, Debug, PartialEq)]
pub struct Setting {
    /// Ids of the catalog.
    pub model: String,
    /// Id of the accelerator.
    pub accelerator: String,
    /// Id of the serving stack.
    pub stack: String,
    /// Number format of the weights.
    pub weights: NumberFormat,
    /// `None`: what the stack would choose.
    pub kv_cache: Option<NumberFormat>,
    /// Degrees of tensor, pipeline, expert and attention-data parallelism.
    pub tp: u32,
    /// Pipeline stages.
    pub pp: u32,
    /// Expert-parallel degree.
    pub ep: u32,
    /// Copies of attention that share the experts.
    pub attention_dp: u32,
    /// Version of the stack; empty: not known.
    pub stack_version: String,
    /// Full width of the uniform distribution of lengths over its mean; `None`: as the file has it.
    pub length_spread: Option<f64>,
}

impl Setting {
    /// The measurement that `result` is, run so. Its id is given as it is added.
    pub fn measurement(&self, result: &BenchmarkResult) -> MeasuredLatency {
        MeasuredLatency {
            id: String::new(),
            model: self.model.clone(),
            accelerator: self.accelerator.clone(),
            stack: self.stack.clone(),
            stack_version: self.stack_version.clone(),
            weights: self.weights,
            kv_cache: self.kv_cache,
            tp: self.tp,
            pp: self.pp,
            ep: self.ep,
            attention_dp: self.attention_dp,
            input_tokens: result.input_tokens,
            output_tokens: result.output_tokens,
            length_spread: self.length_spread.or(result.length_spread).unwrap_or(0.0),
            concurrency: result.concurrency,
            client: None,
            step_tokens: None,
            hold_steps: None,
            ttft_ms: result.ttft_ms,
            tpot_ms: result.tpot_ms,
            measured: result.measured.clone(),
            speculative: String::new(),
            doubt: String::new(),
        }
    }
}
