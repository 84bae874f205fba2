//! One replica: a model on a layout of one accelerator under one serving stack. What it holds, how long its steps
//! take, and the load at which it keeps its service levels.

pub(crate) mod batching;
pub(crate) mod collectives;
pub(crate) mod custom_model;
pub(crate) mod cuts;
pub(crate) mod degrees;
pub(crate) mod deployment;
pub(crate) mod end_to_end;
pub(crate) mod estimate;
pub(crate) mod formats;
pub(crate) mod memory;
pub(crate) mod memory_settings;
pub(crate) mod operating_point;
pub(crate) mod pools;
pub(crate) mod prefill;
pub(crate) mod profile;
pub(crate) mod prompts;
pub(crate) mod refusal;
pub(crate) mod roofline;
pub(crate) mod serving;
pub(crate) mod speculation;
pub(crate) mod starts;
pub(crate) mod step;
pub(crate) mod stored;
pub(crate) mod tails;
pub(crate) mod windows;
