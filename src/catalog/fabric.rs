//! Scale-out networks: switches, what plugs into them, and what they draw and cost.

use serde::{Deserialize, Serialize};

use super::figure::Sourced;

/// A technology of scale-out networks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FabricKind {
    /// InfiniBand.
    #[serde(rename = "infiniband")]
    InfiniBand,
    /// Ethernet, with RDMA over it (RoCE).
    Ethernet,
}

impl FabricKind {
    /// Every kind, in the order in which lists show them.
    pub const ALL: [Self; 2] = [Self::InfiniBand, Self::Ethernet];

    /// The id used in files and on the command line.
    pub fn id(self) -> &'static str {
        match self {
            Self::InfiniBand => "infiniband",
            Self::Ethernet => "ethernet",
        }
    }

    /// The name shown to users.
    pub fn label(self) -> &'static str {
        match self {
            Self::InfiniBand => "InfiniBand",
            Self::Ethernet => "Ethernet",
        }
    }

    /// The kind of this id.
    pub fn of(id: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.id() == id)
    }
}

/// A switch of one port speed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Switch {
    /// Name shown to users.
    pub name: String,
    /// Ports of one switch.
    pub ports: Sourced,
    /// One port, one direction, bytes per second. A port may be split among slower cards.
    pub port_bytes_per_s: Sourced,
    /// Without transceivers, watts.
    pub power_w: Sourced,
    /// Height, units of 44.45 mm.
    pub rack_units: Sourced,
    /// US dollars for one.
    pub price_usd: Sourced,
}

/// What is at each end of an optical link.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Transceiver {
    /// One direction, bytes per second.
    pub bytes_per_s: Sourced,
    /// Draw, watts.
    pub power_w: Sourced,
    /// US dollars for one.
    pub price_usd: Sourced,
}

/// One technology with its switches and transceivers, slowest first.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fabric {
    /// `infiniband` or `ethernet`.
    pub id: String,
    /// Name shown to users.
    pub name: String,
    /// Switches that may be bought.
    pub switches: Vec<Switch>,
    /// Transceivers that may be bought.
    pub transceivers: Vec<Transceiver>,
    /// A fibre or copper cable, US dollars.
    pub cable_usd: Sourced,
    /// What else is worth knowing; may be empty.
    #[serde(default)]
    pub notes: String,
}

impl Fabric {
    /// The slowest switch whose ports are as fast as `bytes_per_s`; the fastest where none is.
    pub fn switch_for(&self, bytes_per_s: f64) -> Option<&Switch> {
        let fits = |s: &&Switch| s.port_bytes_per_s.value() >= bytes_per_s;
        self.switches.iter().find(fits).or_else(|| self.switches.last())
    }

    /// The same for transceivers.
    pub fn transceiver_for(&self, bytes_per_s: f64) -> Option<&Transceiver> {
        let fits = |t: &&Transceiver| t.bytes_per_s.value() >= bytes_per_s;
        self.transceivers.iter().find(fits).or_else(|| self.transceivers.last())
    }
}
