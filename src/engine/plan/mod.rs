//! The plan: every layout tried on every accelerator, the cheapest fleet of each, ranked.

mod assemble;
pub mod bands;
pub mod planner;
pub mod racks;
pub mod rejection;
pub mod result;
pub mod search;
pub mod sections;
