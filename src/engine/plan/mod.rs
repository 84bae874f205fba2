//! The plan: every layout tried on every accelerator, the cheapest fleet of each, ranked.

mod assemble;
pub(crate) mod bands;
pub(crate) mod confidence;
mod crew;
mod edge;
mod fixed_fleet;
pub(crate) mod headline;
mod in_turn;
mod joint;
mod layouts;
mod on_the_table;
pub(crate) mod planner;
pub(in crate::engine) mod pools;
pub(crate) mod racks;
pub(crate) mod ranking;
pub(crate) mod rejection;
pub(crate) mod result;
pub(crate) mod search;
pub(crate) mod sections;
mod tie;
