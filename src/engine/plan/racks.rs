//! The racks one by one: how full each is and what it takes.

use crate::engine::fleet::facility::RACK_UNITS;
use crate::engine::plan::result::Sizing;

/// Height of the racks that rack-scale systems come in, units.
const TALL_RACK_UNITS: f64 = 48.0;

/// One rack, of servers or of switches.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Rack {
    /// Servers or switches in it.
    pub count: f64,
    /// Height of each, units.
    pub rack_units_each: f64,
    /// Height used, units.
    pub rack_units: f64,
    /// Height of the rack, units; of all its bays together where a system is taller than one.
    pub height_units: f64,
    /// Bays side by side.
    pub bays: f64,
    /// Rated power of the servers, watts; 0 for switches, whose power is known for the network as a whole.
    pub rated_w: f64,
    /// Power of the servers at peak, all of which leaves as heat, watts; 0 for switches.
    pub heat_w: f64,
}

impl Rack {
    fn holding(count: f64, rack_units_each: f64) -> Self {
        let rack_units = count * rack_units_each;
        let bay = if rack_units > RACK_UNITS { TALL_RACK_UNITS } else { RACK_UNITS };
        let bays = (rack_units / bay).ceil().max(1.0);
        Self { count, rack_units_each, rack_units, height_units: bays * bay, bays, rated_w: 0.0, heat_w: 0.0 }
    }
}

/// Switches in one rack, where `switches` are `rack_units` high in all.
pub(in crate::engine) fn switches_per_rack(switches: f64, rack_units: f64) -> f64 {
    if switches > 0.0 { (RACK_UNITS * switches / rack_units).floor().max(1.0) } else { 0.0 }
}

impl Sizing {
    /// The rack of servers at `index`, from 0: all are as full as can be but the last, of each pool where there are two, the
    /// prefill pool's first.
    pub fn rack(&self, index: u32) -> Rack {
        let facility = &self.estate.facility;
        let own = self.layout.servers;
        let reading = self.pools.map_or((0, 0), |pools| (pools.prefill.racks, pools.prefill.servers));
        let (servers, before) = if index < reading.0 { (reading.1, 0) } else { (own, reading.0) };
        let whole = f64::from(self.whole().servers).max(1.0);
        let fullest = facility.servers_per_rack.min(f64::from(own.max(reading.1))).max(1.0);
        let count = (f64::from(servers) - f64::from(index - before) * facility.servers_per_rack)
            .clamp(0.0, facility.servers_per_rack);
        Rack {
            rated_w: count * facility.rack_w / fullest,
            heat_w: count * self.estate.power.server_w / whole,
            ..Rack::holding(count, facility.rack_units / fullest)
        }
    }

    /// The rack of switches at `index`, from 0.
    pub fn network_rack(&self, index: u32) -> Rack {
        let network = &self.estate.network;
        let (switches, units) = (network.switches(), network.switch_rack_units);
        let most = switches_per_rack(switches, units);
        let count = (switches - f64::from(index) * most).clamp(0.0, most);
        Rack::holding(count, units / switches.max(1.0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::{Catalog, FabricKind};
    use crate::engine::plan;
    use crate::scenario::Scenario;

    #[test]
    fn the_racks_hold_all_servers_and_switches() {
        let catalog = Catalog::built_in().unwrap();
        let mut scenario = Scenario::default();
        scenario.workload.requests_per_s = 400.0;
        scenario.facility.network = Some(FabricKind::InfiniBand);
        let plan = plan(&scenario, &catalog).unwrap();
        for candidate in &plan.candidates {
            let Some(sizing) = candidate.sizing() else { continue };
            let racks: Vec<Rack> = (0..sizing.whole().racks).map(|i| sizing.rack(i)).collect();
            let servers: f64 = racks.iter().map(|r| r.count).sum();
            let heat_w: f64 = racks.iter().map(|r| r.heat_w).sum();
            let name = &candidate.name;
            assert_eq!(servers, f64::from(sizing.whole().servers), "{name}");
            assert!((heat_w / sizing.estate.power.server_w - 1.0).abs() < 1e-9, "{name}");
            let fullest = racks.iter().map(|rack| rack.rated_w).fold(0.0, f64::max);
            assert!((fullest / sizing.estate.facility.rack_w - 1.0).abs() < 1e-9, "{name}");
            let network = (0..sizing.estate.facility.network_racks as u32).map(|i| sizing.network_rack(i));
            let network: Vec<Rack> = network.collect();
            let switches: f64 = network.iter().map(|r| r.count).sum();
            assert!((switches - sizing.estate.network.switches()).abs() < 1e-9, "{name}");
            for rack in racks.iter().chain(&network) {
                assert!(rack.count > 0.0 && rack.rack_units <= rack.height_units, "{name}: {rack:?}");
            }
        }
    }

    #[test]
    fn systems_taller_than_a_rack_stand_in_bays_side_by_side() {
        for (units, bays, height) in [(8.0, 1.0, 42.0), (48.0, 1.0, 48.0), (96.0, 2.0, 96.0)] {
            let rack = Rack::holding(1.0, units);
            assert_eq!((rack.bays, rack.height_units), (bays, height));
        }
        assert_eq!(switches_per_rack(21.0, 84.0), 10.0);
        assert_eq!(switches_per_rack(0.0, 0.0), 0.0);
    }
}
