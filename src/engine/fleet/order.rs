//! Everything around an order of accelerators: servers, racks, network, power, cooling, cost. Serving ends here, and so
//! does training.

use super::cost::{Bill, Cost, Work};
use super::facility::{self, FacilityOrder};
use super::housing::{Housed, Housing};
use super::mix;
use super::network;
use super::owning::Building;
use super::power::{Drawn, Duty, Running, Shift, Site};
use super::renting;
use super::replicas::{FleetCounts, FleetRule};
use super::tariff::{Holding, Tariff};
use crate::catalog::{Accelerator, Catalog, FacilityAssumptions, Region, Server, Term, VendorClass};
use crate::engine::figures::{
    Facility, Network, Number, Power, Recorder, Rent, Trust, layout, same, together,
};
use crate::scenario::{Hours, Scenario};

/// An order of accelerators and their duty.
pub struct Order<'a> {
    pub scenario: &'a Scenario,
    pub catalog: &'a Catalog,
    pub region: &'a Region,
    pub site: &'a Site<'a>,
    pub accelerator: &'a Accelerator,
    /// The servers that it may stand in.
    pub housing: Housing<'a>,
    /// Prices of the accelerator.
    pub tariff: &'a Tariff,
    pub assumptions: &'a FacilityAssumptions,
    /// Load of each hour of a day over the peak.
    pub hours: &'a Hours,
    /// The whole fleet, or its prefill pool and its decode pool, in machines of one kind.
    pub lots: Vec<Lot<'a>>,
    /// Accelerators of all of it.
    pub accelerators: Number<'a>,
    pub output_tokens_per_s: Number<'a>,
    pub work: Work<'a>,
    /// KV cache of one prompt, whole model, bytes.
    pub prompt_kv_bytes: Number<'a>,
    /// Weights of one replica, bytes.
    pub weights_bytes: Number<'a>,
    /// One gradient of every parameter in 16 bits, bytes.
    pub gradient_bytes: Number<'a>,
}

/// Replicas that are alike.
#[derive(Clone, Copy, Debug)]
pub struct Lot<'a> {
    /// The part of the fleet whose steps are noted.
    pub part: &'static str,
    pub fleet: FleetCounts<'a>,
    pub rule: FleetRule<'a>,
    pub at_peak: Duty<'a>,
    pub at_average: Duty<'a>,
}

impl<'a> Lot<'a> {
    /// Accelerators of one replica.
    fn each(&self) -> Number<'a> {
        self.rule.accelerators_per_replica
    }

    /// Replicas with their spares.
    fn replicas(&self) -> f64 {
        self.fleet.replicas.value + self.fleet.spare_replicas.value
    }
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
    /// Accelerators of replicas that the smallest addition holds, and how many such additions are paid for.
    pub held_together: Number<'a>,
    pub additions: Number<'a>,
    /// Whole servers.
    pub servers: Number<'a>,
    /// Racks of servers.
    pub racks: Number<'a>,
    /// Where each lot stands.
    pub stands: Vec<Stand<'a>>,
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

/// Where a lot stands.
pub struct Stand<'a> {
    /// Accelerators that would be paid for it alone.
    pub billed: Number<'a>,
    /// Whole servers.
    pub servers: Number<'a>,
    /// Racks of servers.
    pub racks: Number<'a>,
    /// Whether a server is a whole rack.
    pub rack_scale: bool,
}

/// A fleet in its servers, and those in racks: all of it, and each lot.
struct Standing<'a> {
    housed: Housed<'a>,
    racks: Number<'a>,
    lots: Vec<(Housed<'a>, Number<'a>)>,
}

impl<'a> Standing<'a> {
    /// Servers of the largest lot.
    fn largest(&self) -> Number<'a> {
        let servers = self.lots.iter().map(|(housed, _)| housed.servers);
        servers.max_by(|a, b| a.value.total_cmp(&b.value)).unwrap_or(self.housed.servers)
    }
}

/// What is paid for.
struct Paid<'a> {
    accelerators: Number<'a>,
    held_together: Number<'a>,
    additions: Number<'a>,
}

/// Servers that are bought, and their racks.
struct Bought<'a> {
    server: &'a Server,
    servers: Number<'a>,
    racks: Number<'a>,
}

impl<'a> Order<'a> {
    /// Everything around it. `None`: the chosen way of paying is not offered, or the catalog lacks a network, which its
    /// validation rules out.
    pub fn furnish(&self, recorder: &mut impl Recorder) -> Option<Furnished<'a>> {
        let asked = &self.scenario.facility;
        let first = self.lots.first()?;
        let server = first.fleet.home.server;
        let standing = self.standing(server, recorder)?;
        let Standing { housed, racks, .. } = standing;
        let servers = housed.servers;
        let paid = self.paid(&housed, recorder)?;
        let stands = self.stands(&standing, &paid, recorder);
        let servers_per_rack = facility::servers_per_rack(server, asked.rack_power_w, recorder);
        let wanted = network::NetworkOrder {
            accelerator: self.accelerator,
            server,
            servers,
            accelerators_per_replica: first.each(),
            reach: if self.lots.len() > 1 { self.accelerators.value } else { first.each().value },
            kind: asked.network,
            oversubscription: Number::input("facility.oversubscription", asked.oversubscription),
            prompt_kv_bytes: self.prompt_kv_bytes,
            gradient_bytes: self.gradient_bytes,
        };
        let designed = wanted.design(self.catalog, recorder)?;
        let pue = facility::pue(asked.pue, &self.region.pue, server, self.assumptions, recorder);
        let power = self.power(&housed, pue, designed.power_w, paid.accelerators, recorder);
        let facility = FacilityOrder {
            server,
            assumptions: self.assumptions,
            asked,
            pue,
            servers: standing.largest(),
            servers_per_rack,
            racks,
            switches: designed.switches,
            switch_rack_units: designed.switch_rack_units,
            server_w: power.server_w,
            it_w: power.it_w,
        }
        .facility(recorder);
        let bought = self.bought(housed, racks, recorder)?;
        let rent = renting::beside(&self.work, self.weights_bytes, self.assumptions, recorder);
        let bill = self.bill(bought, paid.accelerators, &power, designed.price_usd, rent).cost(recorder)?;
        Some(Furnished {
            billed: paid.accelerators,
            held_together: paid.held_together,
            additions: paid.additions,
            servers,
            racks,
            stands,
            facility_w: power.facility_w,
            usd_per_hour: bill.usd_per_hour,
            usd_per_month: bill.usd_per_month,
            usd_per_million_tokens: bill.usd_per_million_tokens,
            estate: Estate { network: designed.network, power: power.power, facility, cost: bill.cost },
        })
    }

    /// What is paid for: whole servers when they are bought, whole machines otherwise. `None`: not offered.
    fn paid(&self, housed: &Housed<'a>, recorder: &mut impl Recorder) -> Option<Paid<'a>> {
        let term = self.scenario.money.term;
        // Of two pools, what is paid for is that of both.
        let recorder = &mut recorder.within(if self.lots.len() > 1 { "pools" } else { "layout" });
        if term == Term::Buy {
            return Some(Paid {
                accelerators: housed.accelerators(recorder),
                held_together: Number::derived(housed.held),
                additions: Number::model(housed.additions, Trust::Calibrated),
            });
        }
        let rate = self.tariff.paid(term, self.accelerators.value, self.holding())?.rate;
        let unit = Number::derived(f64::from(rate.machine));
        let accelerators = layout::billed_accelerators(recorder, self.accelerators, unit);
        let additions = Number::model(accelerators.value / unit.value, Trust::Calibrated);
        Some(Paid { accelerators, held_together: unit, additions })
    }

    /// The fleet in `server`, each pool in servers and racks of its own.
    fn standing(&self, server: &'a Server, recorder: &mut impl Recorder) -> Option<Standing<'a>> {
        let of = |lot: &Lot<'a>| {
            let recorder = &mut recorder.of_part(lot.part);
            let housed = Housed::of(server, &lot.fleet, lot.each(), recorder);
            let per_rack = facility::servers_per_rack(server, self.scenario.facility.rack_power_w, recorder);
            (housed, facility::racks(housed.servers, per_rack, recorder))
        };
        let lots: Vec<(Housed<'a>, Number<'a>)> = self.lots.iter().map(of).collect();
        let (housed, racks) = match lots[..] {
            [whole] => whole,
            [prefill, decode] => {
                (prefill.0.and(decode.0, recorder), together::racks(recorder, prefill.1, decode.1))
            }
            _ => return None,
        };
        Some(Standing { housed, racks, lots })
    }

    /// Where each lot stands, and what would be paid for it alone, in the machines in which all of it is paid for.
    fn stands(
        &self,
        standing: &Standing<'a>,
        paid: &Paid<'a>,
        recorder: &mut impl Recorder,
    ) -> Vec<Stand<'a>> {
        let of = |(lot, &(housed, racks)): (&Lot<'a>, &(Housed<'a>, Number<'a>))| {
            let recorder = &mut recorder.of_part(lot.part);
            let billed = match self.scenario.money.term {
                _ if self.lots.len() == 1 => paid.accelerators,
                Term::Buy => housed.accelerators(recorder),
                _ => layout::billed_accelerators(recorder, lot.fleet.accelerators, paid.held_together),
            };
            let rack_scale = facility::is_rack_scale(housed.server);
            Stand { billed, servers: housed.servers, racks, rack_scale }
        };
        self.lots.iter().zip(&standing.lots).map(of).collect()
    }

    /// What machines have to hold, no larger than those that the spares are counted for.
    fn holding(&self) -> Holding {
        let each = self.lots.iter().map(|lot| lot.each().value).fold(0.0, f64::max);
        let home = self.lots.first().map(|lot| &lot.fleet.home);
        match home {
            Some(home) if self.lots.len() > 1 => Holding { each: home.joined(each), most: home.machine },
            Some(home) if self.scenario.fleet.spare_replicas.is_none() => {
                Holding { each, most: home.machine }
            }
            _ => Holding::of(each),
        }
    }

    /// The servers and racks that buying takes: those of the plan, or others where the fleet is rented.
    fn bought(
        &self,
        housed: Housed<'a>,
        racks: Number<'a>,
        recorder: &mut impl Recorder,
    ) -> Option<Bought<'a>> {
        // A workstation stands beside a desk.
        let in_racks = |server: &Server, racks| match server.vendor_class {
            VendorClass::Workstation => Number::exact(0.0),
            _ => racks,
        };
        if self.scenario.money.term == Term::Buy {
            let servers = same(recorder, "cost.buy", "servers", housed.servers);
            return Some(Bought { server: housed.server, servers, racks: in_racks(housed.server, racks) });
        }
        let server = match &self.lots[..] {
            [whole] => self.housing.bought(whole.replicas(), whole.each().value),
            _ => self.housing.default,
        };
        let Standing { housed, racks, .. } = self.standing(server, &mut recorder.within("cost.buy"))?;
        Some(Bought { server, servers: housed.servers, racks: in_racks(server, racks) })
    }

    fn power(
        &self,
        housed: &Housed<'a>,
        pue: Number<'a>,
        network_w: Number<'a>,
        billed: Number<'a>,
        recorder: &mut impl Recorder,
    ) -> Drawn<'a> {
        let bought = self.scenario.money.term == Term::Buy;
        let unused = if bought { billed.value - self.accelerators.value } else { 0.0 };
        let last = self.lots.len() - 1;
        let shift = |(i, lot): (usize, &Lot<'a>)| {
            let each = lot.each().value;
            Shift {
                part: lot.part,
                // Counts rest on the capacity of a replica.
                loaded: Number::model(lot.fleet.replicas.value * each, Trust::Calibrated),
                spare: Number::model(lot.fleet.spare_replicas.value * each, Trust::Calibrated),
                unused: Number::model(if i == last { unused } else { 0.0 }, Trust::Calibrated),
                at_peak: lot.at_peak,
                at_average: lot.at_average,
            }
        };
        Running {
            accelerator: self.accelerator,
            server: housed.server,
            facility: self.assumptions,
            site: self.site,
            pue,
            shifts: self.lots.iter().enumerate().map(shift).collect(),
            network_w,
            output_tokens_per_s: self.output_tokens_per_s,
        }
        .power(recorder)
    }

    fn bill(
        &self,
        bought: Bought<'a>,
        billed: Number<'a>,
        power: &Drawn<'a>,
        network_usd: Number<'a>,
        rent: Rent,
    ) -> Bill<'a> {
        let Bought { server, servers, racks } = bought;
        let building = server.price_usd.as_ref().map(|price| Building {
            scenario: self.scenario,
            server,
            assumptions: self.assumptions,
            server_usd: price.into(),
            servers,
            racks,
            network_w: power.network_w,
            storage_w: power.storage_w,
            pue: power.pue,
            energy_kwh_per_year: power.energy_kwh_per_year,
            usd_per_kwh: self.site.usd_per_kwh,
            network_usd,
        });
        Bill {
            scenario: self.scenario,
            tariff: self.tariff,
            holding: self.holding(),
            server,
            accelerators: self.accelerators,
            billed,
            work: self.work,
            rent,
            mix: mix::RentedDay {
                scenario: self.scenario,
                tariff: self.tariff,
                hours: self.hours,
                rules: self.lots.iter().map(|lot| (lot.rule, lot.fleet.spare_replicas.value)).collect(),
                holding: self.holding(),
            },
            building,
        }
    }
}
