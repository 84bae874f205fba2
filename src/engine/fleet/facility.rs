//! The hall: racks, their circuits, and the heat that leaves them.

use crate::catalog::{Cooling, Facility, Figure, Server};
use crate::engine::explain::{Recorder, Step, Term, Trust};
use crate::engine::fleet::racks::switches_per_rack;
use crate::engine::{Bound, Hall, Power};
use crate::scenario::{FacilityChoice, Feeds, Supply};
use crate::units::Unit;

/// Rack units of a standard rack.
pub const RACK_UNITS: f64 = 42.0;

/// BTU an hour of one watt, and watts of one ton of refrigeration (12,000 BTU an hour): definitions.
const BTU_PER_H: f64 = 3.412_142;
const WATTS_PER_TON: f64 = 3_516.853;

/// Heat of a cubic metre of air for one kelvin, J/(m³·K), at sea level and 20 °C: 1.2 kg/m³ × 1,005 J/(kg·K); and how much
/// warmer air leaves a server than it came (20 °F, the usual design rise).
const AIR_J_PER_M3_K: f64 = 1_206.0;
const AIR_RISE_K: f64 = 11.1;

/// Heat of a litre of water for one kelvin, J/(L·K), and its rise through the cold plates.
const WATER_J_PER_L_K: f64 = 4_180.0;
const WATER_RISE_K: f64 = 10.0;

/// Continuous load of a breaker over its rating (NEC 210.20(A), 215.3).
const CONTINUOUS: f64 = 0.8;

/// Rating of the breakers of rack circuits, amperes.
const BREAKER_A: f64 = 60.0;

/// Servers that stand in one rack, and what keeps more out: height or power. A rack-scale system is a rack of its own; a
/// server that takes more than a rack can feed still stands in one.
pub fn per_rack(server: &Server, rack_power_w: f64) -> (f64, Bound) {
    if is_rack_scale(server) {
        return (1.0, Bound::Own);
    }
    let by_height = (RACK_UNITS / server.rack_units.value()).floor().max(1.0);
    let by_power = (rack_power_w / server.max_w.value()).floor();
    if by_power < by_height { (by_power.max(1.0), Bound::Power) } else { (by_height, Bound::Height) }
}

/// Racks that hold, feed and cool `servers`.
pub fn racks(server: &Server, servers: f64, rack_power_w: f64) -> f64 {
    (servers / per_rack(server, rack_power_w).0).ceil()
}

/// Whether it comes as a whole rack.
pub fn is_rack_scale(server: &Server) -> bool {
    server.rack_units.value() > RACK_UNITS
}

/// Facility power over IT power where `server` stands: the user's, or the region's with the smaller overhead of what liquid
/// carries off. Warm water needs no compressor: overhead 0.12 against 0.3 in new halls.
pub fn pue(asked: Option<f64>, region: f64, server: &Server, facility: &Facility) -> f64 {
    match (asked, server.cooling) {
        (Some(asked), _) => asked,
        (None, Cooling::Air) => region,
        (None, Cooling::Liquid) => {
            let liquid = facility.liquid_heat.value();
            1.0 + (region - 1.0) * (1.0 - liquid * (1.0 - facility.liquid_overhead.value()))
        }
    }
}

/// What the hall is asked to hold.
pub struct Standing<'a> {
    /// The server that holds the accelerators.
    pub server: &'a Server,
    /// What is assumed of data centers.
    pub facility: &'a Facility,
    /// What the scenario says of the hall.
    pub asked: &'a FacilityChoice,
    /// Facility power over IT power, as in [`pue`], and the region's.
    pub pue: f64,
    /// PUE of the region.
    pub region_pue: &'a Figure,
    /// Servers of the fleet.
    pub servers: f64,
    /// Racks of the fleet.
    pub racks: f64,
    /// Switches of the back end.
    pub switches: f64,
    /// Height of all of them.
    pub switch_rack_units: f64,
    /// Power and what follows from it.
    pub power: &'a Power,
}

impl Standing<'_> {
    /// Racks, circuits and cooling at peak.
    pub fn hall(&self, recorder: &mut impl Recorder) -> Hall {
        let (servers_per_rack, bound) = per_rack(self.server, self.asked.rack_power_w);
        let fullest = servers_per_rack.min(self.servers);
        let rack_w = fullest * self.server.max_w.value();
        let volts = self.asked.supply.volts();
        // Three phases at unity power factor: server supplies correct theirs.
        let rack_a = rack_w / (3f64.sqrt() * volts);
        let needed = (rack_a / (BREAKER_A * CONTINUOUS)).ceil();
        let circuits_per_rack = match self.asked.feeds {
            Feeds::N => needed,
            Feeds::NPlusOne => needed + 1.0,
            Feeds::TwoN => 2.0 * needed,
        };
        let liquid = match self.server.cooling {
            Cooling::Air => 0.0,
            Cooling::Liquid => self.facility.liquid_heat.value(),
        };
        let liquid_heat_w = liquid * self.power.server_w;
        let air_heat_w = self.power.it_w - liquid_heat_w;
        let hall = Hall {
            servers_per_rack,
            bound,
            network_racks: self.network_racks(),
            rack_w,
            within_rack_power: rack_w <= self.asked.rack_power_w,
            rack_units: fullest * self.server.rack_units.value(),
            cooling: self.server.cooling,
            pue: self.pue,
            air_heat_w,
            liquid_heat_w,
            heat_btu_per_h: self.power.it_w * BTU_PER_H,
            cooling_tons: self.power.it_w / WATTS_PER_TON,
            air_m3_per_s: air_heat_w / (AIR_J_PER_M3_K * AIR_RISE_K),
            coolant_l_per_s: liquid_heat_w / (WATER_J_PER_L_K * WATER_RISE_K),
            rack_a,
            breaker_a: BREAKER_A,
            circuits_per_rack,
            circuits: circuits_per_rack * self.racks,
        };
        self.explain(&hall, volts, recorder);
        hall
    }

    /// Racks of switches, each of which holds whole switches.
    fn network_racks(&self) -> f64 {
        match switches_per_rack(self.switches, self.switch_rack_units) {
            0.0 => 0.0,
            most => (self.switches / most).ceil(),
        }
    }

    fn explain(&self, hall: &Hall, volts: f64, recorder: &mut impl Recorder) {
        let max_w = &self.server.max_w;
        let rated = || Term::plain("rated power of a server", max_w.value(), Unit::Watts);
        let trust = Trust::of(max_w.basis());
        let it = || Term::made("IT power", self.power.it_w, Unit::Watts, "power.it_w");
        recorder.note(|| {
            Step::derived(
                "facility.servers_per_rack",
                "Servers of one rack",
                (hall.servers_per_rack, Unit::One),
                "the fewer of ⌊42 ÷ height⌋ and ⌊power of a rack ÷ rated power⌋, at least one; a rack-scale system is a rack",
                vec![
                    rated(),
                    Term::plain("power of a rack", self.asked.rack_power_w, Unit::Watts),
                    Term::plain("height of a server, units", self.server.rack_units.value(), Unit::One),
                ],
            )
            .resting_on(trust, [max_w.source(), self.server.rack_units.source()])
        });
        recorder.note(|| {
            Step::derived(
                "facility.network_racks",
                "Racks of switches",
                (hall.network_racks, Unit::One),
                "⌈switches ÷ ⌊42 ÷ height of one⌋⌉",
                vec![
                    Term::plain("switches", self.switches, Unit::One),
                    Term::plain("height of the switches, units", self.switch_rack_units, Unit::One),
                ],
            )
        });
        recorder.note(|| {
            Step::derived(
                "facility.rack_w",
                "Rated power of the fullest rack",
                (hall.rack_w, Unit::Watts),
                "servers in it × rated power of a server",
                vec![
                    Term::made("servers", self.servers, Unit::One, "layout.servers"),
                    Term::made(
                        "servers of one rack",
                        hall.servers_per_rack,
                        Unit::One,
                        "facility.servers_per_rack",
                    ),
                    rated(),
                ],
            )
            .resting_on(trust, [max_w.source()])
        });
        recorder.note(|| {
            Step::derived(
                "facility.rack_units",
                "Height used in the fullest rack, units",
                (hall.rack_units, Unit::One),
                "servers in it × height of a server",
                vec![Term::plain("height of a server, units", self.server.rack_units.value(), Unit::One)],
            )
            .resting_on(Trust::of(self.server.rack_units.basis()), [self.server.rack_units.source()])
        });
        recorder.note(|| {
            let liquid = &self.facility.liquid_heat;
            let region = self.region_pue;
            let (trust, source) = match self.asked.pue {
                Some(_) => (Trust::Given, None),
                None => (Trust::of(region.basis()), Some(region.source())),
            };
            Step::derived(
                "facility.pue",
                "Facility power over IT power",
                (hall.pue, Unit::One),
                "as asked; else the region's, its overhead smaller by (1 − 0.4) on the share of heat that liquid carries off",
                vec![
                    Term::plain("PUE of the region", region.value(), Unit::One),
                    Term::plain("share of heat into liquid, where there is some", liquid.value(), Unit::Fraction),
                ],
            )
            .resting_on(trust, source)
        });
        let heat = [
            ("facility.heat_btu_per_h", "Heat at peak, BTU an hour", hall.heat_btu_per_h, "IT power × 3.412"),
            (
                "facility.cooling_tons",
                "Cooling at peak, tons",
                hall.cooling_tons,
                "IT power ÷ 3,517 W, a ton of refrigeration",
            ),
        ];
        for (key, label, value, formula) in heat {
            recorder.note(|| Step::derived(key, label, (value, Unit::One), formula, vec![it()]));
        }
        let parts = [
            (
                "facility.liquid_heat_w",
                "Heat into liquid",
                hall.liquid_heat_w,
                "servers × share of heat that cold plates take",
            ),
            ("facility.air_heat_w", "Heat into air", hall.air_heat_w, "IT power − heat into liquid"),
        ];
        for (key, label, value, formula) in parts {
            recorder.note(|| {
                let servers = Term::made("servers", self.power.server_w, Unit::Watts, "power.server_w");
                Step::derived(key, label, (value, Unit::Watts), formula, vec![servers, it()])
                    .resting_on(Trust::Derived, [self.facility.liquid_heat.source()])
            });
        }
        let flows = [
            (
                "facility.air_m3_per_s",
                "Air at peak, m³ a second",
                hall.air_m3_per_s,
                "heat into air ÷ (1,206 J a m³ and K × 11.1 K)",
                Term::made("heat into air", hall.air_heat_w, Unit::Watts, "facility.air_heat_w"),
            ),
            (
                "facility.coolant_l_per_s",
                "Coolant at peak, L a second",
                hall.coolant_l_per_s,
                "heat into liquid ÷ (4,180 J a litre and K × 10 K)",
                Term::made("heat into liquid", hall.liquid_heat_w, Unit::Watts, "facility.liquid_heat_w"),
            ),
        ];
        for (key, label, value, formula, term) in flows {
            recorder.note(|| Step::derived(key, label, (value, Unit::One), formula, vec![term]));
        }
        let amperes = || Term::made("current of a rack, A", hall.rack_a, Unit::One, "facility.rack_a");
        recorder.note(|| {
            Step::derived(
                "facility.rack_a",
                "Current of the fullest rack, A",
                (hall.rack_a, Unit::One),
                "rated power ÷ (√3 × volts between phases), power factor 1",
                vec![
                    Term::made("rated power", hall.rack_w, Unit::Watts, "facility.rack_w"),
                    Term::plain("volts between phases", volts, Unit::One),
                ],
            )
        });
        recorder.note(|| {
            Step::derived(
                "facility.breaker_a",
                "Rating of a circuit's breaker, A",
                (hall.breaker_a, Unit::One),
                "the usual three-phase circuit of a rack",
                Vec::new(),
            )
            .resting_on(Trust::Assumed, [""; 0])
        });
        recorder.note(|| {
            Step::derived(
                "facility.circuits_per_rack",
                "Circuits of one rack",
                (hall.circuits_per_rack, Unit::One),
                "⌈current ÷ (0.8 × breaker)⌉, and one more for N+1, twice as many for 2N",
                vec![amperes(), Term::made("breaker, A", hall.breaker_a, Unit::One, "facility.breaker_a")],
            )
            .resting_on(Trust::Derived, ["NEC 210.20(A): 80% for continuous loads"])
        });
        recorder.note(|| {
            Step::derived(
                "facility.circuits",
                "Circuits",
                (hall.circuits, Unit::One),
                "racks × circuits of one rack",
                vec![
                    Term::made("racks", self.racks, Unit::One, "layout.racks"),
                    Term::made(
                        "circuits of one rack",
                        hall.circuits_per_rack,
                        Unit::One,
                        "facility.circuits_per_rack",
                    ),
                ],
            )
        });
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
    use crate::engine::explain::Silent;
    use crate::scenario::Scenario;

    fn hall(catalog: &Catalog, server: &str, servers: f64, asked: &FacilityChoice) -> Hall {
        let server = catalog.server(server).unwrap();
        let server_w = servers * server.max_w.value();
        let power = Power { server_w, it_w: server_w, ..Power::default() };
        let facility = &catalog.facility;
        let racks = racks(server, servers, asked.rack_power_w);
        let region_pue = &catalog.regions[0].pue;
        let pue = 1.3;
        Standing {
            server,
            facility,
            asked,
            pue,
            region_pue,
            servers,
            racks,
            switches: 0.0,
            switch_rack_units: 0.0,
            power: &power,
        }
        .hall(&mut Silent)
    }

    /// The DGX A100 user guide gives 6.5 kW as 22,179 BTU an hour, that of the DGX B200 14.3 kW as 48,794; the usual 158 CFM for a kilowatt at 20 °F is 0.0746 m³/s.
    #[test]
    fn heat_and_air_are_those_of_a_data_sheet() {
        let catalog = Catalog::built_in().unwrap();
        let got = hall(&catalog, "dgx-b200", 1.0, &Scenario::default().facility);
        assert!((got.heat_btu_per_h - 48_794.0).abs() < 1.0, "{got:?}");
        let got = hall(&catalog, "dgx-a100-80", 1.0, &Scenario::default().facility);
        assert!((got.heat_btu_per_h - 22_179.0).abs() < 1.0, "{got:?}");
        assert!((got.cooling_tons - 6.5 * 0.2843).abs() < 1e-3, "{got:?}");
        assert!((got.air_m3_per_s / 6.5 - 158.0 * 0.3048f64.powi(3) / 60.0).abs() < 2e-4, "{got:?}");
    }

    /// DGX SuperPOD with DGX H100: four systems, 40.8 kW, to a rack that can feed them; five would stand in it.
    #[test]
    fn racks_are_filled_by_power_before_height() {
        let catalog = Catalog::built_in().unwrap();
        let mut asked = Scenario::default().facility;
        asked.rack_power_w = 41e3;
        let got = hall(&catalog, "dgx-h100", 31.0, &asked);
        assert_eq!((got.servers_per_rack, got.bound), (4.0, Bound::Power));
        assert_eq!(racks(catalog.server("dgx-h100").unwrap(), 31.0, 41e3), 8.0);
        assert!((got.rack_w - 40.8e3).abs() < 1.0 && got.within_rack_power);
        // 56.8 A at 415 V: two circuits of 60 A, used to 48 A; twice that with a second feed.
        assert!((got.rack_a - 56.76).abs() < 0.01, "{got:?}");
        for (feeds, circuits) in [(Feeds::N, 2.0), (Feeds::NPlusOne, 3.0), (Feeds::TwoN, 4.0)] {
            asked.feeds = feeds;
            assert_eq!(hall(&catalog, "dgx-h100", 31.0, &asked).circuits_per_rack, circuits);
        }
        asked.rack_power_w = 60e3;
        assert_eq!(hall(&catalog, "dgx-h100", 31.0, &asked).bound, Bound::Height);
        let rack_scale = hall(&catalog, "gb200-nvl72", 2.0, &asked);
        assert_eq!((rack_scale.servers_per_rack, rack_scale.bound), (1.0, Bound::Own));
        assert!(!rack_scale.within_rack_power && rack_scale.liquid_heat_w > 4.0 * rack_scale.air_heat_w);
    }

    /// Where liquid takes the heat, a region's 1.3 comes near the 1.12 of liquid-cooled new halls; a PUE that is given stays.
    #[test]
    fn liquid_needs_less_overhead() {
        let catalog = Catalog::built_in().unwrap();
        let of = |asked, server| pue(asked, 1.3, catalog.server(server).unwrap(), &catalog.facility);
        assert_eq!(of(None, "dgx-h100"), 1.3);
        assert!((of(None, "gb200-nvl72") - 1.14322).abs() < 1e-9);
        assert_eq!(of(Some(1.2), "gb200-nvl72"), 1.2);
    }
}
