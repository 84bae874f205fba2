//! Power of the fleet, and what a year of it takes: energy, carbon, water.

use crate::catalog::{Accelerator, Facility, Region, Server};
use crate::engine::Power;
use crate::engine::explain::{Recorder, Step, Term, Trust};
use crate::engine::fleet::replicas::HOURS_PER_YEAR;
use crate::engine::replica::serving::State;
use crate::scenario::Scenario;
use crate::units::Unit;

/// What electricity costs in money, carbon and water where the fleet stands: the user's figures, or the
/// region's.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Site {
    /// Facility power over IT power: the region's for servers cooled by air, see [`crate::engine::fleet::facility::pue`] for others.
    pub pue: f64,
    /// Price of electricity, US dollars a kWh.
    pub usd_per_kwh: f64,
    /// Carbon of electricity, grams of CO₂ equivalent a kWh.
    pub carbon_g_per_kwh: f64,
    /// Water of the site, litres for a kWh of IT.
    pub water_l_per_kwh: f64,
}

impl Site {
    /// The site that `scenario` stands on.
    pub fn of(scenario: &Scenario, region: &Region) -> Self {
        let f = &scenario.facility;
        Self {
            pue: f.pue.unwrap_or(region.pue.value()),
            usd_per_kwh: f.electricity_usd_per_kwh.unwrap_or(region.electricity_usd_per_kwh.value()),
            carbon_g_per_kwh: f.carbon_g_per_kwh.unwrap_or(region.carbon_g_per_kwh.value()),
            water_l_per_kwh: f.water_l_per_kwh.unwrap_or(region.water_l_per_kwh.value()),
        }
    }
}

/// One accelerator of a replica in `state`, watts.
///
/// Time is shared among prefill near the power limit, decode that draws more with more sequences (ML.ENERGY
/// through the vLLM semantic router's power model, 2026), and idling with the weights resident.
pub fn accelerator_w(accelerator: &Accelerator, facility: &Facility, state: &State) -> f64 {
    let prefill = state.prefill_share();
    // A replica decodes while at least one sequence is in flight: the busy share of an infinite-server queue.
    let decode = (1.0 - prefill) * -(-state.concurrency).exp_m1();
    let idle = (1.0 - prefill - decode).max(0.0);
    let many = facility.power_many_sequences.value();
    let fullness = (state.concurrency.max(1.0).ln() / many.ln()).clamp(0.0, 1.0);
    let decoding = facility.power_decode_one.value()
        + fullness * (facility.power_decode_many.value() - facility.power_decode_one.value());
    accelerator.tdp_w.value()
        * (prefill * facility.power_prefill.value()
            + decode * decoding
            + idle * facility.power_resident.value())
}

/// Everything in a server beside its accelerators (processors, memory, fans, power supplies), for one
/// accelerator, watts, at `share` of the accelerators' range from idle to limit.
fn rest_w_each(accelerator: &Accelerator, server: &Server, share: f64) -> f64 {
    let n = server.accelerators.value();
    let at_idle = (server.idle_w.value() / n - accelerator.idle_w.value()).max(0.0);
    let at_most = (server.max_w.value() / n - accelerator.tdp_w.value()).max(at_idle);
    at_idle + share.clamp(0.0, 1.0) * (at_most - at_idle)
}

/// A fleet's counts and states, for its power.
#[derive(Clone, Copy, Debug)]
pub struct Running<'a> {
    /// The accelerator.
    pub accelerator: &'a Accelerator,
    /// The server that holds the accelerators.
    pub server: &'a Server,
    /// What is assumed of data centers.
    pub facility: &'a Facility,
    /// Electricity, carbon and water of the place.
    pub site: &'a Site,
    /// Accelerators that carry the load, that stand by with weights loaded, and that are paid for but unused.
    pub loaded: f64,
    /// Accelerators of spare replicas.
    pub spare: f64,
    /// Accelerators that stand in servers without a replica.
    pub unused: f64,
    /// Network, at any load, watts.
    pub network_w: f64,
    /// A replica at the peak.
    pub at_peak: &'a State,
    /// A replica at the average load.
    pub at_average: &'a State,
    /// Output tokens a second of the fleet, on average.
    pub output_tokens_per_s: f64,
}

/// Accelerators, and servers with them, at one load, watts.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Draw {
    accelerator_w: f64,
    server_w: f64,
}

impl Running<'_> {
    fn draw(&self, state: &State) -> Draw {
        let loaded_w = accelerator_w(self.accelerator, self.facility, state);
        let spare_w = self.accelerator.tdp_w.value() * self.facility.power_resident.value();
        let unused_w = self.accelerator.idle_w.value();
        let accelerators_w = self.loaded * loaded_w + self.spare * spare_w + self.unused * unused_w;
        let range = self.accelerator.tdp_w.value() - unused_w;
        let rest = |w: f64| rest_w_each(self.accelerator, self.server, (w - unused_w) / range);
        let server_w = accelerators_w
            + self.loaded * rest(loaded_w)
            + self.spare * rest(spare_w)
            + self.unused * rest(unused_w);
        Draw { accelerator_w: accelerators_w, server_w }
    }

    /// Power at the peak, and energy, carbon and water of a year at the average load.
    pub fn power(&self, recorder: &mut impl Recorder) -> Power {
        let peak = self.draw(self.at_peak);
        let average = self.draw(self.at_average);
        let count = self.loaded + self.spare + self.unused;
        let n = self.server.accelerators.value();
        let rated_w = self.server.max_w.value() * count / n;
        let storage_w = self.facility.storage_power.value() * rated_w;
        let it_w = peak.server_w + self.network_w + storage_w;
        let facility_w = it_w * self.site.pue;
        let average_w = average.server_w + self.network_w + storage_w;
        let it_kwh = average_w * HOURS_PER_YEAR / 1e3;
        let energy_kwh_per_year = it_kwh * self.site.pue;
        let co2_kg_per_year = energy_kwh_per_year * self.site.carbon_g_per_kwh / 1e3;
        let grid = self.facility.grid_water_l_per_kwh.value();
        let water_l_per_year = it_kwh * self.site.water_l_per_kwh + energy_kwh_per_year * grid;
        recorder.note(|| Step {
            key: "power.accelerator_w".into(),
            label: "Accelerators at peak",
            value: peak.accelerator_w,
            unit: Unit::Watts,
            formula: "Σ accelerators × power limit × (prefill, decode and idle shares of time × their fractions)",
            terms: vec![
                Term::plain("accelerators under power", count, Unit::One),
                Term::plain("power limit of one", self.accelerator.tdp_w.value(), Unit::Watts),
                Term::plain("share of time in prefill", self.at_peak.prefill_share(), Unit::Fraction),
                Term::plain("sequences in flight", self.at_peak.concurrency, Unit::One),
            ],
            sources: vec![
                self.accelerator.tdp_w.source().to_owned(),
                self.facility.power_decode_one.source().to_owned(),
                self.facility.power_prefill.source().to_owned(),
            ],
            trust: Trust::Assumed,
        });
        recorder.note(|| {
            Step::derived(
                "power.server_w",
                "Servers at peak, their accelerators included",
                (peak.server_w, Unit::Watts),
                "accelerators + rest of each server, between its idle and its rated power as its accelerators are between theirs",
                vec![
                    Term::made("accelerators", peak.accelerator_w, Unit::Watts, "power.accelerator_w"),
                    Term::plain("processors, memory, fans, supplies", peak.server_w - peak.accelerator_w, Unit::Watts),
                    Term::plain("rated power of a server", self.server.max_w.value(), Unit::Watts),
                    Term::plain("idle power of a server", self.server.idle_w.value(), Unit::Watts),
                ],
            )
            .resting_on(
                Trust::of(self.server.max_w.basis().max(self.server.idle_w.basis())),
                [self.server.max_w.source(), self.server.idle_w.source()],
            )
        });
        recorder.note(|| {
            Step::derived(
                "power.network_w",
                "Network",
                (self.network_w, Unit::Watts),
                "switches and transceivers, at any load",
                vec![Term::made("network", self.network_w, Unit::Watts, "network.power_w")],
            )
        });
        recorder.note(|| {
            Step::derived(
                "power.storage_w",
                "Storage",
                (storage_w, Unit::Watts),
                "rated power of the servers × share of storage, at any load",
                vec![
                    Term::plain("rated power of the servers", rated_w, Unit::Watts),
                    Term::plain("share", self.facility.storage_power.value(), Unit::Fraction),
                ],
            )
            .resting_on(Trust::Assumed, [self.facility.storage_power.source()])
        });
        recorder.note(|| Step {
            key: "power.it_w".into(),
            label: "IT power at peak",
            value: it_w,
            unit: Unit::Watts,
            formula: "servers + network + storage",
            terms: vec![
                Term::made("servers", peak.server_w, Unit::Watts, "power.server_w"),
                Term::made("network", self.network_w, Unit::Watts, "power.network_w"),
                Term::made("storage", storage_w, Unit::Watts, "power.storage_w"),
            ],
            sources: Vec::new(),
            trust: Trust::Derived,
        });
        recorder.note(|| Step {
            key: "power.facility_w".into(),
            label: "Facility power at peak",
            value: facility_w,
            unit: Unit::Watts,
            formula: "IT power × PUE",
            terms: vec![
                Term::made("IT power", it_w, Unit::Watts, "power.it_w"),
                Term::made("PUE", self.site.pue, Unit::One, "facility.pue"),
            ],
            sources: Vec::new(),
            trust: Trust::Derived,
        });
        recorder.note(|| Step {
            key: "power.energy_kwh_per_year".into(),
            label: "Energy of a year, kWh",
            value: energy_kwh_per_year,
            unit: Unit::One,
            formula: "IT power at the average load × PUE × 8,760 h",
            terms: vec![
                Term::plain("IT power at the average load", average_w, Unit::Watts),
                Term::made("PUE", self.site.pue, Unit::One, "facility.pue"),
            ],
            sources: Vec::new(),
            trust: Trust::Derived,
        });
        let plants = self.facility.grid_water_l_per_kwh.source();
        for (key, label, value, formula, rate, unit, source) in [
            (
                "power.co2_kg_per_year",
                "Carbon of a year, kg CO₂",
                co2_kg_per_year,
                "energy of a year × carbon of the grid",
                self.site.carbon_g_per_kwh,
                Unit::GramsPerKwh,
                None,
            ),
            (
                "power.water_l_per_year",
                "Water of a year, L",
                water_l_per_year,
                "IT energy × water on site + energy × water of the power plants",
                self.site.water_l_per_kwh,
                Unit::LitresPerKwh,
                Some(plants),
            ),
        ] {
            recorder.note(|| Step {
                key: key.into(),
                label,
                value,
                unit: Unit::One,
                formula,
                terms: vec![
                    Term::made(
                        "energy of a year, kWh",
                        energy_kwh_per_year,
                        Unit::One,
                        "power.energy_kwh_per_year",
                    ),
                    Term { label: "on site or of the grid", value: rate, unit, from: None },
                ],
                sources: source.map(str::to_owned).into_iter().collect(),
                trust: Trust::Derived,
            });
        }
        let embodied_co2_kg_per_year = self.embodied_co2_kg_per_year(count, recorder);
        let joules_per_output_token = facility_w / self.output_tokens_per_s;
        recorder.note(|| {
            Step::derived(
                "power.joules_per_output_token",
                "Energy of one output token at peak",
                (joules_per_output_token, Unit::Joules),
                "facility power ÷ output tokens of a second",
                vec![
                    Term::made("facility power", facility_w, Unit::Watts, "power.facility_w"),
                    Term::plain("output", self.output_tokens_per_s, Unit::TokensPerSecond),
                ],
            )
        });
        recorder.note(|| {
            Step::derived(
                "power.heat_w",
                "Heat that the hall removes at peak",
                (it_w, Unit::Watts),
                "IT power: all of it becomes heat",
                vec![Term::made("IT power", it_w, Unit::Watts, "power.it_w")],
            )
        });
        Power {
            accelerator_w_each: peak.accelerator_w / count,
            accelerator_w: peak.accelerator_w,
            server_w: peak.server_w,
            network_w: self.network_w,
            storage_w,
            it_w,
            facility_w,
            heat_w: it_w,
            energy_kwh_per_year,
            co2_kg_per_year,
            embodied_co2_kg_per_year,
            water_l_per_year,
            joules_per_output_token,
        }
    }

    /// Carbon of making `count` accelerators and their servers, spread over the servers' life, kg of CO₂ equivalent a year. Of
    /// an accelerator's share of the baseboard, memory grows with its size, the rest is taken to be that of an H100.
    fn embodied_co2_kg_per_year(&self, count: f64, recorder: &mut impl Recorder) -> f64 {
        const MEMORY_BYTES: f64 = 80e9;
        let f = self.facility;
        let memory = f.embodied_memory_share.value();
        let size = self.accelerator.memory_bytes.value() / MEMORY_BYTES;
        let each = f.embodied_accelerator_kg.value() * (1.0 - memory + memory * size);
        let server = f.embodied_server_kg.value();
        let life = f.server_life_years.value();
        let kg_per_year = count * (each + server) / life;
        recorder.note(|| {
            Step::derived(
                "power.embodied_co2_kg_per_year",
                "Carbon of making the hardware, kg CO₂ a year",
                (kg_per_year, Unit::One),
                "accelerators × (an accelerator's share of its baseboard, its memory by size, + of the rest of the server) ÷ life of the servers",
                vec![
                    Term::plain("accelerators", count, Unit::One),
                    Term::plain("accelerator, kg", each, Unit::One),
                    Term::plain("rest of the server, kg", server, Unit::One),
                    Term::plain("life", life, Unit::Years),
                ],
            )
            .resting_on(Trust::Assumed, [f.embodied_accelerator_kg.source(), f.embodied_server_kg.source()])
        });
        kg_per_year
    }
}
