//! Everything around the replicas: spares, servers, racks, network, power, cooling, and what all of it costs.

pub mod availability;
pub mod cost;
pub mod facility;
pub mod housing;
pub mod market;
pub mod mix;
pub mod network;
pub mod order;
pub mod owning;
pub mod power;
pub mod renting;
pub mod replicas;
pub mod sharing;
pub mod tariff;
