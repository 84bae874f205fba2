//! Servers: what accelerators are bought and racked in.

use serde::{Deserialize, Serialize};

use super::figure::Sourced;

/// How heat leaves a server.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Cooling {
    /// By air.
    Air,
    /// Mostly by liquid on the chips.
    Liquid,
}

impl Cooling {
    /// The id in files and documents.
    pub fn id(self) -> &'static str {
        match self {
            Self::Air => "air",
            Self::Liquid => "liquid",
        }
    }
}

/// One server, or one rack that is sold as a unit.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Server {
    /// Unique within its list.
    pub id: String,
    /// Name shown to users.
    pub name: String,
    /// Accelerator it holds.
    pub accelerator: String,
    /// Accelerators in one server.
    pub accelerators: Sourced,
    /// The whole server with idle accelerators, watts.
    pub idle_w: Sourced,
    /// The whole server at its rated maximum, watts.
    pub max_w: Sourced,
    /// Rack units, each 44.45 mm.
    pub rack_units: Sourced,
    /// How its heat leaves.
    pub cooling: Cooling,
    /// Street or list price of one, US dollars. Absent: not for sale.
    #[serde(default)]
    pub price_usd: Option<Sourced>,
    /// The server that plans use for its accelerator; exactly one each.
    #[serde(default)]
    pub default: bool,
    /// What else is worth knowing; may be empty.
    #[serde(default)]
    pub notes: String,
}
