//! Figures of halls, power and ownership that belong to no one accelerator.

use serde::{Deserialize, Serialize};

use super::figure::Figure;

/// Power fractions, shares and rates that plans assume.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Facility {
    /// Accelerator power over TDP with weights resident and no work.
    pub power_resident: Figure,
    /// The same while one sequence decodes.
    pub power_decode_one: Figure,
    /// The same while many sequences decode.
    pub power_decode_many: Figure,
    /// The same during prefill.
    pub power_prefill: Figure,
    /// Sequences at which decode power is `power_decode_many`.
    pub power_many_sequences: Figure,
    /// Share of a liquid-cooled server's heat that its cold plates take; the rest warms the air.
    pub liquid_heat: Figure,
    /// Overhead of cooling by liquid over that of cooling by air.
    pub liquid_overhead: Figure,
    /// Price of storage over the price of servers.
    pub storage_price: Figure,
    /// Price of racking, cabling and burn-in over the price of servers.
    pub deployment_price: Figure,
    /// Support and spare parts a year over the price of servers.
    pub maintenance_per_year: Figure,
    /// Colocation, US dollars a month for one kW of IT power, electricity not included.
    pub colocation_usd_per_kw_month: Figure,
    /// Value left after four years over price.
    pub residual_after_4_years: Figure,
    /// Interruptions of one accelerator in service, per year, all causes.
    pub interruptions_per_accelerator_year: Figure,
    /// Time from an interruption of a replica to its return, hours.
    pub recovery_h: Figure,
    /// Litres of water a kWh that power plants evaporate.
    pub grid_water_l_per_kwh: Figure,
}
