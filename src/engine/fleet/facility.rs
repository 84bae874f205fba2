//! The facility: racks, their circuits, and the heat that leaves them.

use crate::catalog::{Cooling, FacilityAssumptions, Server, Sourced};
use crate::engine::figures::{Facility, Number, RackBound, Recorder, Trust, facility, layout, same};
use crate::scenario::{FacilityChoice, Feeds, Supply};

/// Rack units of a standard rack.
pub const RACK_UNITS: f64 = 42.0;

/// Rating of the breakers of rack circuits, amperes: the usual three-phase circuit of a rack.
const BREAKER_A: f64 = 60.0;

/// Whether it comes as a whole rack.
pub fn is_rack_scale(server: &Server) -> bool {
    server.rack_units.value() > RACK_UNITS
}

/// Servers in one rack, by height and by power. A rack-scale system is a rack of its own; a server that takes more
/// than a rack can feed still takes one.
pub fn servers_per_rack<'a>(
    server: &'a Server,
    rack_power_w: f64,
    recorder: &mut impl Recorder,
) -> Number<'a> {
    if is_rack_scale(server) {
        return facility::rack_scale(recorder);
    }
    let power = Number::input("facility.rack_power_w", rack_power_w);
    facility::servers_per_rack(recorder, power, (&server.max_w).into(), (&server.rack_units).into())
}

/// What keeps more servers out of a rack.
fn bound(server: &Server, rack_power_w: f64) -> RackBound {
    let by_height = (RACK_UNITS / server.rack_units.value()).floor().max(1.0);
    let by_power = (rack_power_w / server.max_w.value()).floor();
    match is_rack_scale(server) {
        true => RackBound::Own,
        false if by_power < by_height => RackBound::Power,
        false => RackBound::Height,
    }
}

/// Racks that hold, feed and cool `servers`.
pub fn racks<'a>(
    servers: Number<'a>,
    servers_per_rack: Number<'a>,
    recorder: &mut impl Recorder,
) -> Number<'a> {
    layout::racks(recorder, servers, servers_per_rack)
}

/// Facility power over IT power where `server` is: the user's, or the region's with the smaller overhead of what liquid
/// carries off.
pub fn pue<'a>(
    asked: Option<f64>,
    region: &'a Sourced,
    server: &Server,
    assumptions: &'a FacilityAssumptions,
    recorder: &mut impl Recorder,
) -> Number<'a> {
    match (asked, server.cooling) {
        (Some(asked), _) => same(recorder, "facility", "pue", Number::input("facility.pue", asked)),
        (None, Cooling::Air) => same(recorder, "facility", "pue", region.into()),
        (None, Cooling::Liquid) => {
            let (heat, overhead) = (&assumptions.liquid_heat, &assumptions.liquid_overhead);
            facility::pue_with_liquid(recorder, region.into(), heat.into(), overhead.into())
        }
    }
}

/// What the facility is asked to hold.
pub struct FacilityOrder<'a> {
    /// The server that holds the accelerators.
    pub server: &'a Server,
    pub assumptions: &'a FacilityAssumptions,
    /// What the scenario asks for.
    pub asked: &'a FacilityChoice,
    /// Facility power over IT power, as in [`pue`].
    pub pue: Number<'a>,
    /// Servers of the fleet, or of the larger of its pools, which have racks of their own.
    pub servers: Number<'a>,
    pub servers_per_rack: Number<'a>,
    /// Racks of the fleet.
    pub racks: Number<'a>,
    /// Switches of the back end.
    pub switches: Number<'a>,
    /// Height of all of them.
    pub switch_rack_units: Number<'a>,
    pub server_w: Number<'a>,
    pub it_w: Number<'a>,
}

impl FacilityOrder<'_> {
    /// Racks, circuits and cooling at peak.
    pub fn facility(&self, recorder: &mut impl Recorder) -> Facility {
        let (server, asked) = (self.server, self.asked);
        let (per_rack, servers) = (self.servers_per_rack, self.servers);
        let rack_w = facility::rack_w(recorder, per_rack, servers, (&server.max_w).into());
        let rack_units = facility::rack_units(recorder, per_rack, servers, (&server.rack_units).into());
        let network_racks = facility::network_racks(recorder, self.switches, self.switch_rack_units);
        let volts = Number::input("facility.supply", asked.supply.volts());
        let rack_a = facility::rack_a(recorder, rack_w, volts);
        let breaker_a = Number::model(BREAKER_A, Trust::Assumed);
        let breaker_a = same(recorder, "facility", "breaker_a", breaker_a);
        let needed = facility::circuits_needed(recorder, rack_a, breaker_a);
        let circuits_per_rack = match asked.feeds {
            Feeds::N => facility::circuits_without_spare(recorder, needed),
            Feeds::NPlusOne => facility::circuits_and_one(recorder, needed),
            Feeds::TwoN => facility::circuits_twice(recorder, needed),
        };
        let circuits = facility::circuits(recorder, circuits_per_rack, self.racks);
        let liquid_heat_w = match server.cooling {
            Cooling::Air => facility::no_liquid(recorder),
            Cooling::Liquid => {
                facility::liquid_heat_w(recorder, (&self.assumptions.liquid_heat).into(), self.server_w)
            }
        };
        let air_heat_w = facility::air_heat_w(recorder, self.it_w, liquid_heat_w);
        Facility {
            pue: self.pue.value,
            servers_per_rack: per_rack.value,
            network_racks: network_racks.value,
            rack_w: rack_w.value,
            rack_units: rack_units.value,
            air_heat_w: air_heat_w.value,
            liquid_heat_w: liquid_heat_w.value,
            air_m3_per_s: facility::air_m3_per_s(recorder, air_heat_w).value,
            coolant_l_per_s: facility::coolant_l_per_s(recorder, liquid_heat_w).value,
            rack_a: rack_a.value,
            breaker_a: breaker_a.value,
            circuits_per_rack: circuits_per_rack.value,
            circuits: circuits.value,
            cooling: server.cooling,
            within_rack_power: rack_w.value <= asked.rack_power_w,
            bound: bound(server, asked.rack_power_w),
        }
    }
}

impl Supply {
    /// Volts between two of the three phases.
    pub fn volts(self) -> f64 {
        match self {
            Self::V208 => 208.0,
            Self::V415 => 415.0,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::Catalog;
    use crate::engine::figures::Silent;
    use crate::scenario::Scenario;

    fn facility(catalog: &Catalog, server: &str, servers: f64, asked: &FacilityChoice) -> Facility {
        let server = catalog.server(server).unwrap();
        let it_w = Number::exact(servers * server.max_w.value());
        let servers = Number::exact(servers);
        let servers_per_rack = servers_per_rack(server, asked.rack_power_w, &mut Silent);
        FacilityOrder {
            server,
            assumptions: &catalog.facility,
            asked,
            pue: Number::exact(1.3),
            servers,
            servers_per_rack,
            racks: racks(servers, servers_per_rack, &mut Silent),
            switches: Number::exact(0.0),
            switch_rack_units: Number::exact(0.0),
            server_w: it_w,
            it_w,
        }
        .facility(&mut Silent)
    }

    /// The usual 158 CFM for a kilowatt at 20 °F is 0.0746 m³/s.
    #[test]
    fn air_is_that_of_the_rule_of_thumb() {
        let catalog = Catalog::built_in().unwrap();
        let got = facility(&catalog, "dgx-a100-80", 1.0, &Scenario::default().facility);
        assert!((got.air_m3_per_s / 6.5 - 158.0 * 0.3048f64.powi(3) / 60.0).abs() < 2e-4, "{got:?}");
    }

    /// DGX SuperPOD with DGX H100: four systems, 40.8 kW, to a rack that can feed them; five would fit by height.
    #[test]
    fn racks_are_filled_by_power_before_height() {
        let catalog = Catalog::built_in().unwrap();
        let mut asked = Scenario::default().facility;
        asked.rack_power_w = 41e3;
        let got = facility(&catalog, "dgx-h100", 31.0, &asked);
        assert_eq!((got.servers_per_rack, got.bound), (4.0, RackBound::Power));
        let per_rack = Number::exact(got.servers_per_rack);
        assert_eq!(racks(Number::exact(31.0), per_rack, &mut Silent).value, 8.0);
        assert!((got.rack_w - 40.8e3).abs() < 1.0 && got.within_rack_power);
        // 56.8 A at 415 V: two circuits of 60 A, used to 48 A; twice that with a second feed.
        assert!((got.rack_a - 56.76).abs() < 0.01, "{got:?}");
        for (feeds, circuits) in [(Feeds::N, 2.0), (Feeds::NPlusOne, 3.0), (Feeds::TwoN, 4.0)] {
            asked.feeds = feeds;
            assert_eq!(facility(&catalog, "dgx-h100", 31.0, &asked).circuits_per_rack, circuits);
        }
        asked.rack_power_w = 60e3;
        assert_eq!(facility(&catalog, "dgx-h100", 31.0, &asked).bound, RackBound::Height);
        let rack_scale = facility(&catalog, "gb200-nvl72", 2.0, &asked);
        assert_eq!((rack_scale.servers_per_rack, rack_scale.bound), (1.0, RackBound::Own));
        assert!(!rack_scale.within_rack_power && rack_scale.liquid_heat_w > 4.0 * rack_scale.air_heat_w);
    }

    /// Where liquid takes the heat, a region's 1.3 comes near the 1.12 of new data centers cooled by liquid; a PUE that is given stays.
    #[test]
    fn liquid_needs_less_overhead() {
        let catalog = Catalog::built_in().unwrap();
        let region = catalog.regions[0].pue.with_value(1.3);
        let of = |asked, server| {
            let server = catalog.server(server).unwrap();
            pue(asked, &region, server, &catalog.facility, &mut Silent).value
        };
        assert_eq!(of(None, "dgx-h100"), 1.3);
        assert!((of(None, "gb200-nvl72") - 1.14322).abs() < 1e-9);
        assert_eq!(of(Some(1.2), "gb200-nvl72"), 1.2);
    }
}
