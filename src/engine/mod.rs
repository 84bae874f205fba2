//! The arithmetic: `plan(&Scenario, &Catalog) -> Plan`.
//!
//! Pure functions of plain data: no files, no clock, no global state, no screen. [`replica`] is one copy of the model,
//! [`fleet`] what stands around the copies, [`plan`](mod@plan) the search and its result, [`analysis`] many plans at
//! once.

pub mod analysis;
pub mod explain;
pub mod fleet;
pub mod plan;
pub mod replica;
pub mod sentence;

pub use analysis::uses::{Use, uses};
pub use fleet::own_prices::{price_caution, price_words};
pub use fleet::racks::Rack;
pub use plan::planner::{PlanError, explain, model, model_parameters, plan};
pub use plan::result::{
    Availability, Balance, Bound, Buy, Candidate, Cost, Hall, Layout, Limit, Memory, Mix, Network,
    OperatingPoint, Outcome, Percentiles, Plan, Power, Rejection, Sizing, TermCost,
};
pub use replica::deployment::Deployment;
pub use replica::estimate::{Band, ClosedLoop, Estimate, Prepared, estimate};
pub use replica::formats::{arithmetic, default_kv_cache};
pub use replica::speculation::Speculation;
