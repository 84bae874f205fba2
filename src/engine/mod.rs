//! The arithmetic: `plan(&Scenario, &Catalog) -> Plan`.
//!
//! Pure functions of plain data: no files, no clock, no global state, no screen. The way of a number:
//! [`model`] → [`layout`] → [`memory`] → [`roofline`] → [`serving`] → [`fleet`] → [`power`] → [`cost`] →
//! [`Plan`]; [`sizing`] walks it for one accelerator and [`planner`] for all.

pub mod accuracy;
mod assemble;
pub mod availability;
pub mod bands;
mod build;
mod build_steps;
pub mod causes;
pub mod cliffs;
pub mod compare;
pub mod cost;
mod cost_steps;
pub mod curves;
mod custom;
mod deployment;
mod estimate;
pub mod explain;
mod fabric;
pub mod fleet;
mod formats;
mod hall;
pub mod hosted;
pub mod hosted_changes;
pub mod layout;
pub mod memory;
mod mix;
pub mod model;
mod network;
mod operating_point;
pub mod outlook;
pub mod own_measurements;
mod plan;
mod planner;
pub mod power;
pub mod prefill;
pub mod queue;
mod quotes;
mod racks;
mod rejection;
pub mod roofline;
pub mod sentence;
pub mod serving;
pub mod sizing;
pub mod solve;
mod speculation;
pub mod step;
pub mod tornado;
mod transfers;
mod uses;

pub use deployment::Deployment;
pub use estimate::{Band, ClosedLoop, Estimate, estimate};
pub use formats::{arithmetic, default_kv_cache};
pub use plan::{
    Availability, Balance, Bound, Buy, Candidate, Cost, Hall, Layout, Limit, Memory, Mix, Network,
    OperatingPoint, Outcome, Percentiles, Plan, Power, Rejection, Sizing, TermCost,
};
pub use planner::{PlanError, explain, model, model_parameters, plan};
pub use quotes::{price_caution, price_words};
pub use racks::Rack;
pub use speculation::Speculation;
pub use uses::{Use, uses};
