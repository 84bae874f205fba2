//! The stages of the power path and the figures of cooling, as text and numbers.

use headroom::catalog::Cooling;
use headroom::engine::{Candidate, Sizing};
use headroom::report::numbers;
use headroom::report::sentence;
use headroom::scenario::{FacilityChoice, Feeds};
use headroom::units::Unit;

use super::facts::Fact;
use crate::app::text::{brief, plain};

/// One box of the line.
pub(super) struct Stage {
    pub name: &'static str,
    pub watts: f64,
    /// What leaves here; without watts: a remark.
    pub beside: (String, Option<f64>),
    pub about: String,
}

/// The boxes from the facility down to the chips.
pub(super) fn stages(candidate: &Candidate, sizing: &Sizing, asked: &FacilityChoice) -> [Stage; 5] {
    let (power, facility) = (&sizing.estate.power, &sizing.estate.facility);
    let each = numbers::watts(power.accelerator_w_each);
    let count = numbers::count(f64::from(sizing.whole().accelerators));
    [
        Stage {
            name: "Facility",
            watts: power.facility_w,
            beside: ("cooling and losses".to_owned(), Some(power.facility_w - power.it_w)),
            about: format!("IT power × PUE {}", numbers::significant(facility.pue, 3)),
        },
        Stage {
            name: "IT",
            watts: power.it_w,
            beside: ("network and storage".to_owned(), Some(power.network_w + power.storage_w)),
            about: format!(
                "Servers, network {}, storage {}",
                numbers::watts(power.network_w),
                numbers::watts(power.storage_w)
            ),
        },
        Stage {
            name: "Racks",
            watts: power.server_w,
            beside: (circuits(sizing, asked), None),
            about: format!(
                "Fullest rack: {} of rated power, {} in each phase",
                numbers::watts(facility.rack_w),
                numbers::amperes(facility.rack_a)
            ),
        },
        Stage {
            name: "Servers",
            watts: power.server_w,
            beside: ("rest of the servers".to_owned(), Some(power.server_w - power.accelerator_w)),
            about: sentence::servers(sizing),
        },
        Stage {
            name: "Accelerators",
            watts: power.accelerator_w,
            beside: (format!("{count} × {}, {each} each", candidate.name), None),
            about: format!("{each} each, spares averaged in"),
        },
    ]
}

/// The circuits of the racks: how many, how large, how redundant.
fn circuits(sizing: &Sizing, asked: &FacilityChoice) -> String {
    let facility = &sizing.estate.facility;
    let redundancy = match asked.feeds {
        Feeds::N => "N: no spare circuit",
        Feeds::NPlusOne => "N+1: one spare circuit per rack",
        Feeds::TwoN => "2N: feeds A and B, each carries everything",
    };
    let plural = if facility.circuits == 1.0 { "" } else { "s" };
    format!(
        "{} circuit{plural}, {} per rack, {} at {}\n{redundancy}",
        numbers::count(facility.circuits),
        numbers::count(facility.circuits_per_rack),
        plain(&numbers::amperes(facility.breaker_a)),
        numbers::volts(asked.supply.volts()),
    )
}

/// How much of the cap is used.
pub(super) fn cap(sizing: &Sizing, asked: &FacilityChoice) -> String {
    match asked.power_cap_w {
        None => "utility, no power cap".to_owned(),
        Some(cap_w) => format!(
            "utility, {} of the cap of {}",
            numbers::percent(sizing.estate.power.facility_w / cap_w),
            brief(cap_w, Unit::Watts)
        ),
    }
}

/// Heat, cooling, and energy, carbon and water per year.
pub(super) fn facts(sizing: &Sizing) -> [Fact; 8] {
    let (power, facility) = (&sizing.estate.power, &sizing.estate.facility);
    let coolant = match facility.cooling {
        Cooling::Air => Fact::new("none", "coolant: air only", "The servers are cooled by air only."),
        Cooling::Liquid => Fact::new(
            numbers::liquid_flow(facility.coolant_l_per_s),
            format!("coolant, {}", numbers::watts(facility.liquid_heat_w)),
            "Flow through the cold plates, 10 K warmer at the outlet, and the heat it carries.",
        ),
    };
    [
        Fact::new(
            numbers::watts(power.heat_w),
            numbers::btu_per_h(power.heat_w),
            "Heat at peak: all IT power.",
        ),
        Fact::new(numbers::tons(power.heat_w), "of cooling", "Tons of refrigeration to remove all heat."),
        Fact::new(
            numbers::air_flow(facility.air_m3_per_s),
            format!("air, {}", numbers::air_flow_cfm(facility.air_m3_per_s)),
            "Air flow through the servers, 11.1 K warmer at the outlet.",
        ),
        coolant,
        Fact::new(numbers::significant(facility.pue, 3), "PUE", "Facility power over IT power."),
        Fact::new(
            numbers::kilowatt_hours(power.energy_kwh_per_year),
            "energy per year",
            "At the average load, cooling and losses included.",
        ),
        Fact::new(
            format!(
                "{} + {}",
                numbers::kilograms(power.co2_kg_per_year),
                numbers::kilograms(power.embodied_co2_kg_per_year)
            ),
            "CO₂/year + embodied",
            "Of that energy at the grid's mix, and of making the hardware, spread over its life.",
        ),
        Fact::new(
            numbers::litres(power.water_l_per_year),
            "water per year",
            "Used on site and at the power plants.",
        ),
    ]
}

/// The drawing as text.
pub(super) fn summary(stages: &[Stage; 5], sizing: &Sizing, asked: &FacilityChoice) -> String {
    let parts = stages.iter().map(|stage| {
        let beside = match stage.beside.1 {
            Some(watts) => format!("less {} {}", numbers::watts(watts), stage.beside.0),
            None => stage.beside.0.replace('\n', "; "),
        };
        format!("{} {}, {beside}", stage.name, numbers::watts(stage.watts))
    });
    let parts: Vec<String> = parts.collect();
    format!("{}. {}.", cap(sizing, asked), parts.join(". "))
}
