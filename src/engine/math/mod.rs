//! Mathematics without a subject: distributions, queues, random numbers, networks of switches, money over time.

pub mod annuity;
pub mod clos;
pub mod crossing;
pub mod domains;
pub mod histogram;
pub mod normal;
pub mod random;
pub mod tails;
pub mod waiting;
