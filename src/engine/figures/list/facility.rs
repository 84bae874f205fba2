//! Figures of the facility: racks, their circuits, and the heat that leaves them.

use crate::catalog::Cooling;
use crate::engine::figures::figure::{Entry, figures};

/// What keeps more servers out of a rack.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RackBound {
    /// Its height.
    Height,
    /// Its power.
    Power,
    /// It is a rack of its own.
    Own,
}

impl RackBound {
    /// The id in the JSON document.
    pub fn id(self) -> &'static str {
        match self {
            Self::Height => "height",
            Self::Power => "power",
            Self::Own => "rack_scale",
        }
    }
}

figures! {
    /// Racks, circuits and cooling at peak.
    pub struct Facility in facility {
        /// Facility power over IT power.
        pue: f64, "PUE", One, Worse {
            // Warm water needs no compressor: overhead 0.12 against 0.3 in new facilities.
            pue_with_liquid(pue_of_the_region: One, heat_into_liquid: Fraction, overhead_of_liquid: Fraction)
                = 1.0 + (pue_of_the_region - 1.0) * (1.0 - heat_into_liquid * (1.0 - overhead_of_liquid)),
                note "the overhead is smaller for the heat that liquid carries off";
        }
        servers_per_rack: f64, "Servers of one rack", One, Better {
            servers_per_rack(power_of_a_rack: Watts, rated_power_of_a_server: Watts, height_of_a_server: RackUnits)
                = max(min(floor(power_of_a_rack / rated_power_of_a_server), max(floor(42.0 / height_of_a_server), 1.0)), 1.0),
                note "by height and by power; a server that needs more than a rack supplies still takes one";
            rack_scale() = 1.0, note "a rack-scale system is a rack of its own";
        }
        /// Racks of switches, beside those of servers.
        network_racks: f64, "Racks of switches", One, Worse {
            network_racks(switches: One, height_of_the_switches: RackUnits)
                = if switches > 0.0 {
                    ceil(switches / max(floor(42.0 * switches / height_of_the_switches), 1.0))
                } else { 0.0 };
        }
        /// Rated power of the fullest rack, watts.
        rack_w: f64, "Rated power of the fullest rack", Watts, Worse {
            rack_w(servers_of_one_rack: One, servers: One, rated_power_of_a_server: Watts)
                = min(servers_of_one_rack, servers) * rated_power_of_a_server;
        }
        /// Height used in the fullest rack, units of 44.45 mm.
        rack_units: f64, "Height used in the fullest rack", RackUnits, Worse {
            rack_units(servers_of_one_rack: One, servers: One, height_of_a_server: RackUnits)
                = min(servers_of_one_rack, servers) * height_of_a_server;
        }
        /// The two add up to the IT power, watts.
        air_heat_w: f64, "Heat into air", Watts, Worse {
            air_heat_w(it_power: Watts, heat_into_liquid: Watts) = it_power - heat_into_liquid;
        }
        liquid_heat_w: f64, "Heat into liquid", Watts, Neither {
            liquid_heat_w(share_of_the_cold_plates: Fraction, servers: Watts) = share_of_the_cold_plates * servers;
            no_liquid() = 0.0, note "the servers are cooled by air";
        }
        /// Through the servers, m³/s, at a rise of 11.1 K.
        air_m3_per_s: f64, "Air at peak", CubicMetresPerSecond, Worse {
            // 1.2 kg/m³ × 1,005 J/(kg·K) at sea level and 20 °C; 20 °F is the usual design rise.
            air_m3_per_s(heat_into_air: Watts) = heat_into_air / (1206.0 * 11.1),
                note "1,206 J for a cubic metre and kelvin, 11.1 K warmer";
        }
        /// Through the cold plates, L/s, at a rise of 10 K.
        coolant_l_per_s: f64, "Coolant at peak", LitresPerSecond, Worse {
            coolant_l_per_s(heat_into_liquid: Watts) = heat_into_liquid / (4180.0 * 10.0),
                note "4,180 J for a litre and kelvin, 10 K warmer";
        }
        /// Current of the fullest rack in each phase, amperes.
        rack_a: f64, "Current of the fullest rack", Amperes, Worse {
            // Three phases at unity power factor: server supplies correct theirs.
            rack_a(rated_power: Watts, between_phases: Volts) = rated_power / (sqrt(3.0) * between_phases),
                note "power factor 1";
        }
        breaker_a: f64, "Rating of a circuit's breaker", Amperes, Neither
        /// With those of the redundant feeds.
        circuits_per_rack: f64, "Circuits of one rack", One, Worse {
            circuits_without_spare(circuits_needed: One) = circuits_needed * 1.0, note "N: no spare circuit";
            circuits_and_one(circuits_needed: One) = circuits_needed + 1.0, note "N+1: one circuit to spare";
            circuits_twice(circuits_needed: One) = 2.0 * circuits_needed, note "2N: two feeds, each carries all";
        }
        circuits: f64, "Circuits", One, Worse {
            circuits(circuits_of_one_rack: One, racks: One) = circuits_of_one_rack * racks;
        }
    }
    states {
        cooling: Cooling = |facility| Entry::Word(facility.cooling.id());
        /// Whether the fullest rack is within what a rack of the facility can feed and cool.
        within_rack_power: bool = |facility| facility.within_rack_power.into();
        bound: RackBound = |facility| Entry::Word(facility.bound.id());
    }
    steps {
        circuits_needed, "Circuits that a rack needs", One {
            circuits_needed(current: Amperes, breaker: Amperes) = ceil(current / (breaker * 0.8)),
                note "80% for continuous loads", cite "NEC 210.20(A), 215.3";
        }
    }
}
