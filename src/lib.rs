//! Headroom sizes LLM serving infrastructure for the workload it will actually run.
//!
//! Rooms, from the ground up:
//!
//! - [`units`] reads and writes quantities;
//! - [`catalog`] knows what exists: accelerators, servers, models, stacks, prices, regions, with their sources;
//! - [`scenario`] holds the inputs, and the preset file;
//! - [`import`] turns files of other programs into the types of those two;
//! - [`engine`] is the arithmetic: pure functions from a scenario and a catalog to a plan;
//! - [`report`] is the output of answers: JSON, CSV, Markdown, tables.
//!
//! The window and the command line are features (`app`, `cli`); without them there are no heavy dependencies.
//!
//! # Example
//!
//! What the cheapest fleet for a built-in preset costs at twice the load, and why:
//!
//! ```
//! use headroom::catalog::Catalog;
//! use headroom::scenario::preset;
//! use headroom::{engine, report};
//!
//! let catalog = Catalog::built_in()?;
//! let mut scenario = preset::open("support-chat", &catalog)?;
//! scenario.workload.requests_per_s *= 2.0;
//! let plan = engine::plan(&scenario, &catalog)?;
//!
//! let (candidate, sizing) = plan.best().ok_or("no accelerator meets the service levels")?;
//! let usd = sizing.estate.cost.chosen.usd_per_month;
//! println!("{} x {}: {} per month", sizing.whole().accelerators, candidate.name, report::numbers::usd(usd));
//! assert!(sizing.operating_point.ttft_s.at_slo <= scenario.slo.ttft_s);
//!
//! let steps = engine::explain(&scenario, &catalog, &candidate.accelerator).ok_or("no such accelerator")?;
//! let step = steps.step("cost.usd_per_month").ok_or("no such figure")?;
//! println!("{}", report::why::text(&steps, &catalog, "cost.usd_per_month"));
//! assert_eq!(step.value, usd, "what is explained is what was computed");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

#![warn(missing_docs)]
#![warn(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

pub mod catalog;
pub mod engine;
pub mod files;
pub mod import;
pub mod report;
pub mod scenario;
pub mod units;
