//! Mathematics without a subject: distributions, queues, networks of switches, money over time.

pub mod annuity;
pub mod binomial;
pub mod clos;
pub mod queue;
