//! Everything around an order of accelerators: servers, racks, network, power, cooling, cost. Serving ends here, and so
//! does training.

use super::cost::{Bill, Cost, Work};
use super::facility::{self, FacilityOrder};
use super::mix;
use super::network;
use super::owning::Building;
use super::power::{Drawn, Duty, Running, Site};
use super::replicas::{FleetCounts, FleetRule, servers};
use super::tariff::Tariff;
use crate::catalog::{Accelerator, Catalog, FacilityAssumptions, Region, Server, Term};
use crate::engine::figures::{Facility, Network, Number, Power, Recorder, Trust, layout};
use crate::scenario::{Hours, Scenario};

/// An order of accelerators and their duty.
pub struct Order<'a> {
    pub scenario: &'a Scenario,
    pub catalog: &'a Catalog,
    pub region: &'a Region,
    pub site: &'a Site<'a>,
    pub accelerator: &'a Accelerator,
    pub server: &'a Server,
    pub tariff: &'a Tariff,
    pub assumptions: &'a FacilityAssumptions,
    /// Load of each hour of a day over the peak.
    pub hours: &'a Hours,
    pub fleet: FleetCounts<'a>,
    pub rule: FleetRule<'a>,
    pub at_peak: Duty<'a>,
    pub at_average: Duty<'a>,
    pub output_tokens_per_s: Number<'a>,
    pub work: Work<'a>,
    /// KV cache of one prompt, whole model, bytes.
    pub prompt_kv_bytes: Number<'a>,
    /// One gradient of every parameter in 16 bits, bytes.
    pub gradient_bytes: Number<'a>,
}

/// Everything around accelerators, whatever they are for.
#[derive(Clone, Debug, PartialEq)]
pub struct Estate {
    /// Links and switches.
    pub network: Network,
    /// Power and what follows from it.
    pub power: Power,
    /// Racks, cooling and circuits.
    pub facility: Facility,
    /// What all of it costs.
    pub cost: Cost,
}

/// An estate, and the counts and origins that what follows needs.
pub struct Furnished<'a> {
    /// Accelerators that are paid for.
    pub billed: Number<'a>,
    /// Accelerators that are sold together.
    pub sold_together: Number<'a>,
    /// Whole servers.
    pub servers: Number<'a>,
    /// Racks of servers.
    pub racks: Number<'a>,
    /// Whether a server is a whole rack.
    pub rack_scale: bool,
    /// Facility power at peak, watts.
    pub facility_w: Number<'a>,
    /// US dollars per hour, on the chosen term.
    pub usd_per_hour: Number<'a>,
    /// US dollars per month.
    pub usd_per_month: Number<'a>,
    /// US dollars for a million tokens, input and output.
    pub usd_per_million_tokens: Number<'a>,
    /// All figures.
    pub estate: Estate,
}

impl<'a> Order<'a> {
    /// Accelerators that are sold together on `term`: those of a server when they are bought, otherwise those of the machine on
    /// which `accelerators` in replicas of `each` are rented.
    pub fn sold_together(
        term: Term,
        server: &'a Server,
        tariff: &Tariff,
        (accelerators, each): (f64, f64),
    ) -> Number<'a> {
        match term {
            Term::Buy => (&server.accelerators).into(),
            _ => {
                let paid = tariff.paid(term, accelerators, each);
                Number::derived(paid.map_or(1.0, |paid| f64::from(paid.rate.machine)))
            }
        }
    }

    /// Everything around it. `None`: the chosen way of paying is not offered, or the catalog lacks a network, which its
    /// validation rules out.
    pub fn furnish(&self, recorder: &mut impl Recorder) -> Option<Furnished<'a>> {
        let (scenario, server, asked) = (self.scenario, self.server, &self.scenario.facility);
        let term = scenario.money.term;
        let accelerators = self.fleet.accelerators;
        let each = self.rule.accelerators_per_replica.value;
        let sold_together = Self::sold_together(term, server, self.tariff, (accelerators.value, each));
        let billed = layout::billed_accelerators(recorder, accelerators, sold_together);
        let servers = servers(server, accelerators, recorder);
        let servers_per_rack = facility::servers_per_rack(server, asked.rack_power_w, recorder);
        let racks = facility::racks(servers, servers_per_rack, recorder);
        let wanted = network::NetworkOrder {
            accelerator: self.accelerator,
            server,
            servers,
            accelerators_per_replica: self.rule.accelerators_per_replica,
            kind: asked.network,
            oversubscription: Number::input("facility.oversubscription", asked.oversubscription),
            prompt_kv_bytes: self.prompt_kv_bytes,
            gradient_bytes: self.gradient_bytes,
        };
        let designed = wanted.design(self.catalog, recorder)?;
        let pue = facility::pue(asked.pue, &self.region.pue, server, self.assumptions, recorder);
        let power = self.power(pue, designed.power_w, billed, recorder);
        let facility = FacilityOrder {
            server,
            assumptions: self.assumptions,
            asked,
            pue,
            servers,
            servers_per_rack,
            racks,
            switches: designed.switches,
            switch_rack_units: designed.switch_rack_units,
            server_w: power.server_w,
            it_w: power.it_w,
        }
        .facility(recorder);
        let bill = self.bill(servers, billed, &power, designed.price_usd).cost(recorder)?;
        Some(Furnished {
            billed,
            sold_together,
            servers,
            racks,
            rack_scale: facility::is_rack_scale(server),
            facility_w: power.facility_w,
            usd_per_hour: bill.usd_per_hour,
            usd_per_month: bill.usd_per_month,
            usd_per_million_tokens: bill.usd_per_million_tokens,
            estate: Estate { network: designed.network, power: power.power, facility, cost: bill.cost },
        })
    }

    fn power(
        &self,
        pue: Number<'a>,
        network_w: Number<'a>,
        billed: Number<'a>,
        recorder: &mut impl Recorder,
    ) -> Drawn<'a> {
        let each = self.rule.accelerators_per_replica.value;
        let bought = self.scenario.money.term == Term::Buy;
        let unused = if bought { billed.value - self.fleet.accelerators.value } else { 0.0 };
        Running {
            accelerator: self.accelerator,
            server: self.server,
            facility: self.assumptions,
            site: self.site,
            pue,
            // Counts rest on the capacity of a replica.
            loaded: Number::model(self.fleet.replicas.value * each, Trust::Calibrated),
            spare: Number::model(self.fleet.spare_replicas.value * each, Trust::Calibrated),
            unused: Number::model(unused, Trust::Calibrated),
            network_w,
            at_peak: self.at_peak,
            at_average: self.at_average,
            output_tokens_per_s: self.output_tokens_per_s,
        }
        .power(recorder)
    }

    fn bill(
        &self,
        servers: Number<'a>,
        billed: Number<'a>,
        power: &Drawn<'a>,
        network_usd: Number<'a>,
    ) -> Bill<'a> {
        let building = self.server.price_usd.as_ref().map(|price| Building {
            scenario: self.scenario,
            server: self.server,
            assumptions: self.assumptions,
            server_usd: price.into(),
            servers,
            it_w: power.it_w,
            energy_kwh_per_year: power.energy_kwh_per_year,
            usd_per_kwh: self.site.usd_per_kwh,
            network_usd,
        });
        Bill {
            scenario: self.scenario,
            tariff: self.tariff,
            accelerators_per_replica: self.rule.accelerators_per_replica.value,
            server: self.server,
            accelerators: self.fleet.accelerators,
            billed,
            work: self.work,
            mix: mix::RentedDay {
                scenario: self.scenario,
                tariff: self.tariff,
                hours: self.hours,
                rule: self.rule,
                spare_replicas: self.fleet.spare_replicas.value,
            },
            building,
        }
    }
}
