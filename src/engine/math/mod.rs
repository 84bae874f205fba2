//! Mathematics without a subject: distributions, queues, networks of switches, money over time.

pub mod annuity;

pub mod clos;
pub mod domains;
pub mod queue;
