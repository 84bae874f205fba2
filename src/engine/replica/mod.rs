//! One replica: a model on a layout of one accelerator under one serving stack. What it holds, how long its steps
//! take, and the load at which it keeps its service levels.

pub mod batching;
pub mod collectives;
pub mod custom_model;
pub mod degrees;
pub mod deployment;
pub mod estimate;
pub mod formats;
pub mod memory;
pub mod operating_point;
pub mod prefill;
pub mod profile;
pub mod roofline;
pub mod serving;
pub mod speculation;
pub mod step;
