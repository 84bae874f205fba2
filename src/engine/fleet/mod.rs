//! What stands around the replicas: spares, servers, racks, network, power, cooling, and what all of it costs.

pub mod availability;
pub mod cost;
mod cost_steps;
pub mod facility;
pub mod mix;
pub mod network;
pub mod own_prices;
pub mod owning;
mod owning_steps;
pub mod power;
pub mod racks;
pub mod replicas;
pub mod transfers;
