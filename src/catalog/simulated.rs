//! Plans of many scenarios beside their simulations.

use serde::{Deserialize, Serialize};

/// One scenario of the sweep, what its plan says and what came of it in simulation.
///
/// Source `simulated`: written by `cargo run --release --example agree`. A fleet keeps 15% of its capacity free and is sized at typical
/// times; requests come at the peak for the whole run, which begins empty.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SimulatedPlan {
    /// Its number in the sweep.
    pub id: u32,
    /// Id of the model in the catalog.
    pub model: String,
    /// Id of the accelerator in the catalog.
    pub accelerator: String,
    /// Id of the stack in the catalog.
    pub stack: String,
    /// Mean tokens of a prompt.
    pub input_tokens: f64,
    /// Mean tokens of an answer.
    pub output_tokens: f64,
    /// Load at the peak, requests per second.
    pub requests_per_s: f64,
    /// Coefficient of variation of the times between arrivals.
    pub arrival_cv: f64,
    /// The same of lengths.
    pub length_cv: f64,
    /// Limit of the time to first token at p95, seconds.
    pub ttft_limit_s: f64,
    /// Limit of the time per output token at p95, seconds.
    pub tpot_limit_s: f64,
    /// Degrees of tensor, pipeline, expert and attention-data parallelism of a replica, that of the decode pool where there are two.
    pub tp: u32,
    /// Pipeline stages.
    pub pp: u32,
    /// Expert-parallel degree.
    pub ep: u32,
    /// Copies of attention.
    pub attention_dp: u32,
    /// Replicas that serve; of the decode pool where there are two.
    pub replicas: u32,
    /// Replicas that only read prompts; 0: all do both.
    pub readers: u32,
    /// Load over capacity, 0–1.
    pub utilization: f64,
    /// p95 of the time to first token by the plan, seconds.
    pub planned_ttft_s: f64,
    /// The same in simulation.
    pub simulated_ttft_s: f64,
    /// p95 of the time per output token by the plan, seconds.
    pub planned_tpot_s: f64,
    /// The same in simulation.
    pub simulated_tpot_s: f64,
    /// p95 of the time from a request to its last token by the plan, seconds.
    pub planned_e2e_s: f64,
    /// The same in simulation.
    pub simulated_e2e_s: f64,
    /// Share of simulated requests within both limits, 0–1.
    pub within: f64,
    /// The same with one replica less than the least fleet that keeps nothing free; absent: that has only one, or has pools.
    pub within_one_less: Option<f64>,
}

/// All of the sweep, parsed anew at each call.
///
/// # Errors
/// Only if the program was built from a broken file, which a test rules out.
pub fn simulated_plans() -> Result<Vec<SimulatedPlan>, csv::Error> {
    let text = include_str!("../../assets/simulated_plans.csv");
    csv::Reader::from_reader(text.as_bytes()).deserialize().collect()
}
