//! Headroom sizes LLM serving infrastructure for the workload it will actually run.
//!
//! Rooms, from the ground up: [`catalog`] knows what exists.

pub mod catalog;
pub mod engine;
pub mod files;
pub mod import;
pub mod report;
pub mod scenario;
pub mod units;
