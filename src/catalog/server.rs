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

/// Who sells it, and so what its price means: only prices of one class compare like with like.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum VendorClass {
    /// The system of the accelerator's own maker, such as a DGX, at list or reseller price.
    Reference,
    /// A server of an OEM, at street price or "from" price of the OEM's own shop.
    #[default]
    Oem,
    /// A rack that is sold as one unit.
    Rack,
    /// A workstation or tower beside a desk: one power supply, no rails.
    Workstation,
    /// A machine of a cloud: not for sale.
    Cloud,
}

impl VendorClass {
    /// The id in files and documents.
    pub fn id(self) -> &'static str {
        match self {
            Self::Reference => "reference",
            Self::Oem => "oem",
            Self::Rack => "rack",
            Self::Workstation => "workstation",
            Self::Cloud => "cloud",
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
    /// Accelerators that one repair takes, where it is not the whole server: those of a tray in a rack that is one system.
    #[serde(default)]
    pub repair_accelerators: Option<Sourced>,
    /// The whole server with idle accelerators, watts.
    pub idle_w: Sourced,
    /// The whole server at its rated maximum, watts: what circuits, racks and colocation are sized by.
    pub max_w: Sourced,
    /// The highest draw of a whole server that was measured under AI work, watts: the top of the draw under load. Absent: not
    /// measured; the rating is the top.
    #[serde(default)]
    pub measured_max_w: Option<Sourced>,
    /// Rack units, each 44.45 mm.
    pub rack_units: Sourced,
    /// How its heat leaves.
    pub cooling: Cooling,
    /// Who sells it, and so what its price means.
    #[serde(default)]
    pub vendor_class: VendorClass,
    /// Price of one, US dollars: typical of its class. Absent: not for sale.
    #[serde(default)]
    pub price_usd: Option<Sourced>,
    /// Lower end of the published range of that price, US dollars.
    #[serde(default)]
    pub price_low_usd: Option<Sourced>,
    /// Upper end of the published range of that price, US dollars.
    #[serde(default)]
    pub price_high_usd: Option<Sourced>,
    /// Years of hardware support that the price includes.
    #[serde(default)]
    pub support_years: Option<Sourced>,
    /// Years of NVIDIA AI Enterprise that come with the accelerators.
    #[serde(default)]
    pub licence_years: Option<Sourced>,
    /// The server that plans use for its accelerator; exactly one each.
    #[serde(default)]
    pub default: bool,
    /// What else is worth knowing; may be empty.
    #[serde(default)]
    pub notes: String,
}

impl Server {
    /// Accelerators that one repair takes: the whole server, or a tray of it.
    pub fn repaired_together(&self) -> &Sourced {
        self.repair_accelerators.as_ref().unwrap_or(&self.accelerators)
    }

    /// The most that the whole server draws under load, watts: as measured, or its rating.
    pub fn top_w(&self) -> &Sourced {
        self.measured_max_w.as_ref().filter(|w| w.value() < self.max_w.value()).unwrap_or(&self.max_w)
    }
}
