//! The arithmetic: `plan(&Scenario, &Catalog) -> Plan`.
//!
//! Pure functions of plain data: no files, no clock, no global state, no screen.

pub mod explain;
mod plan;

pub use plan::{
    Balance, Buy, Candidate, Cost, Layout, Limit, Memory, OperatingPoint, Outcome, Percentiles, Plan, Power,
    Rejection, Sizing, TermCost,
};
