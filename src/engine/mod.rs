//! The arithmetic: `plan(&Scenario, &Catalog) -> Plan`.
//!
//! Pure functions of plain data: no files, no clock, no global state, no text, no screen. `replica` is one copy of the model,
//! `fleet` everything around the copies, [`plan`](mod@plan) the search and its result, [`analysis`] many plans at
//! once, [`simulator`] a fleet request by request.

#![cfg_attr(not(test), warn(clippy::disallowed_macros))]

pub mod analysis;
pub mod calibration;
pub mod figures;
pub(crate) mod fleet;
mod math;
pub mod plan;
pub mod replica;
pub mod simulator;

pub use analysis::uses::{Use, uses};
pub use calibration::own_measurements::{deployment, reliance};
pub use figures::{
    Availability, Balance, Bands, Buy, EndToEnd, Facility, Layout, Memory, Mix, Network, OperatingPoint,
    Percentiles, Pool, Power, RackBound, Rent, TermCost, Together,
};
pub use fleet::cost::Cost;
pub use fleet::market::{OldPrice, listed_usd, newest_day, offers_behind, old_price};
pub use fleet::order::Estate;
pub use fleet::tariff::{Rate, Seller};
pub use plan::headline::{Headline, Headlines};
pub use plan::planner::{PlanError, explain, model, model_parameters, plan, plan_on};
pub use plan::racks::Rack;
pub use plan::result::{Candidate, Counts, Outcome, Plan, Pools, Rejection, Sizing};
pub use plan::sections::SECTIONS;
pub(crate) use plan::sections::figure_at;
pub use replica::degrees::Degrees;
pub use replica::deployment::Deployment;
pub use replica::estimate::{Band, ClosedLoop, Estimate, Prepared, estimate};
pub use replica::formats::{arithmetic, default_kv_cache};
pub use replica::memory::Room;
pub use replica::memory_settings::MemorySettings;
pub use replica::profile::Profile;
pub use replica::serving::Limit;
pub use replica::speculation::Speculation;
