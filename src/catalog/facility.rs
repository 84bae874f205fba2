//! Figures of data centers, power and ownership that belong to no one accelerator.

use serde::{Deserialize, Serialize};

use super::figure::Sourced;

/// Power fractions, shares and rates that plans assume.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FacilityAssumptions {
    /// Accelerator power over TDP with weights resident and no work.
    pub power_resident: Sourced,
    /// What any step adds to that, over TDP.
    pub power_busy: Sourced,
    /// What reading weights at the memory's whole bandwidth adds, over TDP.
    pub power_weights: Sourced,
    /// What reading a KV cache at the memory's whole bandwidth adds, over TDP.
    pub power_kv: Sourced,
    /// What arithmetic at the whole dense peak of its format would add, over TDP: more than the limit lets through.
    pub power_arithmetic: Sourced,
    /// Power of shared storage over the rated power of the servers; it does not follow the load.
    pub storage_power: Sourced,
    /// Carbon of making one accelerator with 80 GB of memory and its share of the baseboard, kg of CO₂ equivalent, the share of
    /// it that memory takes, and that of the rest of a server for one accelerator.
    pub embodied_accelerator_kg: Sourced,
    /// Share of it that goes into the memory.
    pub embodied_memory_share: Sourced,
    /// Of the rest of a server for one accelerator, kilograms.
    pub embodied_server_kg: Sourced,
    /// Share of a liquid-cooled server's heat that its cold plates take; the rest warms the air.
    pub liquid_heat: Sourced,
    /// Overhead of cooling by liquid over that of cooling by air.
    pub liquid_overhead: Sourced,
    /// Price of storage over the price of servers.
    pub storage_price: Sourced,
    /// Price of racking, cabling and burn-in over the price of servers.
    pub deployment_price: Sourced,
    /// Support and spare parts per year over the price of servers.
    pub maintenance_per_year: Sourced,
    /// Colocation, US dollars per month for one contracted kW of IT power, electricity not included.
    pub colocation_usd_per_kw_month: Sourced,
    /// The smallest cabinet that is rented, US dollars per month: what a rack costs at least.
    pub cabinet_usd_per_month: Sourced,
    /// An out-of-band switch for the management ports of one rack, US dollars.
    pub management_switch_usd: Sourced,
    /// A kit of spare parts over the price of servers.
    pub spare_parts_price: Sourced,
    /// Technicians of the colocation, US dollars per hour.
    pub remote_hands_usd_per_h: Sourced,
    /// Their time for one repair of an accelerator's hardware, hours.
    pub remote_hands_h: Sourced,
    /// Traffic out of a cloud, US dollars for 1e9 bytes.
    pub egress_usd_per_gb: Sourced,
    /// Bytes that a token takes when it is streamed to a client.
    pub streamed_bytes_per_token: Sourced,
    /// Shared file storage in a cloud, US dollars per month for 1e9 bytes.
    pub rented_storage_usd_per_gb_month: Sourced,
    /// Value left after four years over price.
    pub residual_after_4_years: Sourced,
    /// Years after which servers are replaced.
    pub server_life_years: Sourced,
    /// Building, power and cooling of an own data center for a watt of IT power, US dollars: cooled by air, and by liquid.
    pub air_hall_usd_per_w: Sourced,
    /// Building a data center with liquid cooling, US dollars for a watt of IT.
    pub liquid_hall_usd_per_w: Sourced,
    /// Years over which an own data center is written off.
    pub hall_life_years: Sourced,
    /// Upkeep of an own data center per year over its price.
    pub hall_upkeep_per_year: Sourced,
    /// Pay of one infrastructure engineer, all in, US dollars per year, and accelerators that one looks after.
    pub engineer_usd_per_year: Sourced,
    /// Accelerators that one engineer looks after.
    pub accelerators_per_engineer: Sourced,
    /// Engineers that a small fleet takes: as many from `least_engineers_accelerators` on, less in proportion below.
    pub least_engineers: Sourced,
    /// Accelerators that take `least_engineers`: those of one server.
    pub least_engineers_accelerators: Sourced,
    /// Repairs of hardware of one accelerator in service, per year, and the time of one, hours.
    pub repairs_per_accelerator_year: Sourced,
    /// Time of a repair, hours.
    pub repair_h: Sourced,
    /// Interruptions of one accelerator in service that a restart fixes, per year, and the time of one, hours.
    pub restarts_per_accelerator_year: Sourced,
    /// Time of a restart, hours.
    pub restart_h: Sourced,
    /// From the start of a server's process to its first answer, nothing of it compiled before, seconds.
    pub start_s: Sourced,
    /// The weights that each of its accelerators read meanwhile, bytes.
    pub start_weights_bytes: Sourced,
    /// Times that a spot instance is taken away per month, and the time until another one serves, hours.
    pub spot_interruptions_per_month: Sourced,
    /// Time until another one takes over, hours.
    pub spot_recovery_h: Sourced,
    /// Litres of water a kWh that power plants evaporate.
    pub grid_water_l_per_kwh: Sourced,
}
