//! The one list of figures, a file for each section of the plan.

pub mod availability;
pub mod balance;
pub mod cost;
pub mod facility;
pub mod launch;
pub mod layout;
pub mod memory;
pub mod network;
pub mod operating_point;
pub mod owning;
pub mod pools;
pub mod power;
pub mod reading;
pub mod renting;
pub mod serving;
