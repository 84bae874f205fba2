//! Owning: what is paid at once, every year, and what is left at the end. Taxes are left to the user.

use crate::catalog::{Cooling, FacilityAssumptions, Server, Sourced};
use crate::engine::figures::{Buy, Number, Recorder, buy, same};
use crate::engine::math::annuity::replacements;
use crate::scenario::{Hosting, Scenario};

/// A fleet that is bought.
#[derive(Clone, Copy, Debug)]
pub struct Building<'a> {
    /// What is asked.
    pub scenario: &'a Scenario,
    /// The server that is bought.
    pub server: &'a Server,
    pub assumptions: &'a FacilityAssumptions,
    /// Price of one server, US dollars.
    pub server_usd: Number<'a>,
    /// Servers of the fleet.
    pub servers: Number<'a>,
    /// Racks of those servers.
    pub racks: Number<'a>,
    /// Power of network and storage, which does not follow the load, watts.
    pub network_w: Number<'a>,
    pub storage_w: Number<'a>,
    /// Facility power over IT power.
    pub pue: Number<'a>,
    /// Energy of the facility, kWh per year.
    pub energy_kwh_per_year: Number<'a>,
    /// Price of electricity, US dollars per kWh.
    pub usd_per_kwh: Number<'a>,
    /// Price of the network, US dollars.
    pub network_usd: Number<'a>,
}

/// What owning costs, with the origins that what follows needs.
pub struct Owned<'a> {
    pub buy: Buy,
    pub capex_usd: Number<'a>,
    pub opex_usd_per_year: Number<'a>,
    pub present_cost_usd: Number<'a>,
    pub annuity_years: Number<'a>,
}

/// What is paid at once.
struct Purchase<'a> {
    servers: Number<'a>,
    network: Number<'a>,
    management: Number<'a>,
    storage: Number<'a>,
    spare_parts: Number<'a>,
    deployment: Number<'a>,
    building: Number<'a>,
    whole: Number<'a>,
}

/// What is paid every year.
struct Yearly<'a> {
    energy: Number<'a>,
    space: Number<'a>,
    maintenance: Number<'a>,
    remote_hands: Number<'a>,
    staff: Number<'a>,
    software: Number<'a>,
    whole: Number<'a>,
}

impl<'a> Building<'a> {
    /// Every part of owning, and its net present cost; the break-even is left to who knows the rent.
    pub fn buy(&self, recorder: &mut impl Recorder) -> Owned<'a> {
        let (f, money) = (self.assumptions, &self.scenario.money);
        let contracted_w = self.contracted_w(recorder);
        let purchase = self.purchase(contracted_w, recorder);
        let yearly = self.yearly(contracted_w, &purchase, recorder);
        let years = Number::input("money.years", money.years);
        let rate = Number::input("money.discount_rate", money.discount_rate);
        let life = (&f.server_life_years).into();
        let last = replacements(f.server_life_years.value(), money.years).last().unwrap_or(0.0);
        let age = buy::age_of_the_servers(recorder, years, Number::derived(last));
        let residual_usd = buy::residual_usd(
            recorder,
            purchase.servers,
            (&f.residual_after_4_years).into(),
            age,
            purchase.building,
            years,
            (&f.hall_life_years).into(),
        );
        let annuity_years = buy::annuity_years(recorder, rate, years);
        let Purchase { servers, network, management, storage, spare_parts, deployment, .. } = purchase;
        let equipment =
            buy::equipment_usd(recorder, servers, network, management, storage, spare_parts, deployment);
        let again = buy::replacements_today(recorder, equipment, rate, life, years);
        let present_cost_usd = buy::present_cost_usd(
            recorder,
            purchase.whole,
            again,
            yearly.whole,
            annuity_years,
            residual_usd,
            rate,
            years,
        );
        let per_server = (&self.server.accelerators).into();
        let buy = Buy {
            servers: self.servers.value,
            accelerators_per_server: same(recorder, "cost.buy", "accelerators_per_server", per_server).value,
            capex_usd: purchase.whole.value,
            servers_usd: servers.value,
            network_usd: network.value,
            management_usd: management.value,
            spare_parts_usd: spare_parts.value,
            storage_usd: storage.value,
            deployment_usd: deployment.value,
            hall_usd: purchase.building.value,
            opex_usd_per_year: yearly.whole.value,
            energy_usd_per_year: yearly.energy.value,
            space_usd_per_year: yearly.space.value,
            maintenance_usd_per_year: yearly.maintenance.value,
            remote_hands_usd_per_year: yearly.remote_hands.value,
            staff_usd_per_year: yearly.staff.value,
            software_usd_per_year: yearly.software.value,
            residual_usd: residual_usd.value,
            present_cost_usd: present_cost_usd.value,
            breakeven_months: None,
        };
        let (capex_usd, opex_usd_per_year) = (purchase.whole, yearly.whole);
        Owned { buy, capex_usd, opex_usd_per_year, present_cost_usd, annuity_years }
    }

    /// What circuits, colocation and halls are sized by, watts: all of it at its rating, or the power that there is.
    fn contracted_w(&self, recorder: &mut impl Recorder) -> Number<'a> {
        let rated: Number<'a> = (&self.server.max_w).into();
        let (servers, network, storage) = (self.servers, self.network_w, self.storage_w);
        match self.scenario.facility.power_cap_w {
            None => buy::contracted_w(recorder, servers, rated, network, storage),
            Some(cap_w) => {
                let cap = Number::input("facility.power_cap_w", cap_w);
                buy::contracted_under_a_cap_w(recorder, servers, rated, network, storage, cap, self.pue)
            }
        }
    }

    fn purchase(&self, contracted_w: Number<'a>, recorder: &mut impl Recorder) -> Purchase<'a> {
        let f = self.assumptions;
        let servers = buy::servers_usd(recorder, self.server_usd, self.servers);
        let network = same(recorder, "cost.buy", "network_usd", self.network_usd);
        let management = buy::management_usd(recorder, self.racks, (&f.management_switch_usd).into());
        let storage = buy::storage_usd(recorder, servers, (&f.storage_price).into());
        let spare_parts = buy::spare_parts_usd(recorder, servers, (&f.spare_parts_price).into());
        let deployment = buy::deployment_usd(recorder, servers, (&f.deployment_price).into());
        let building = match (self.scenario.money.hosting, self.server.cooling) {
            (Hosting::Colocation, _) => buy::no_building(recorder),
            (Hosting::OwnDataCenter, Cooling::Air) => {
                buy::hall_usd(recorder, contracted_w, (&f.air_hall_usd_per_w).into())
            }
            (Hosting::OwnDataCenter, Cooling::Liquid) => {
                buy::hall_usd(recorder, contracted_w, (&f.liquid_hall_usd_per_w).into())
            }
        };
        let whole = buy::capex_usd(
            recorder,
            servers,
            network,
            management,
            storage,
            spare_parts,
            deployment,
            building,
        );
        Purchase { servers, network, management, storage, spare_parts, deployment, building, whole }
    }

    fn yearly(
        &self,
        contracted_w: Number<'a>,
        purchase: &Purchase<'a>,
        recorder: &mut impl Recorder,
    ) -> Yearly<'a> {
        let (f, money) = (self.assumptions, &self.scenario.money);
        let accelerators = Number::derived(self.servers.value * self.server.accelerators.value());
        let energy = buy::energy_usd_per_year(recorder, self.energy_kwh_per_year, self.usd_per_kwh);
        let space = match money.hosting {
            Hosting::Colocation => {
                let rate = (&f.colocation_usd_per_kw_month).into();
                let cabinet = (&f.cabinet_usd_per_month).into();
                buy::colocation_usd_per_year(recorder, contracted_w, rate, self.racks, cabinet)
            }
            Hosting::OwnDataCenter => {
                buy::upkeep_usd_per_year(recorder, purchase.building, (&f.hall_upkeep_per_year).into())
            }
        };
        let (life, horizon) = ((&f.server_life_years).into(), Number::input("money.years", money.years));
        let with_it = |years: &'a Option<Sourced>| years.as_ref().map_or(Number::exact(0.0), Number::from);
        let supported = buy::support_share(recorder, with_it(&self.server.support_years), life, horizon);
        let share = (&f.maintenance_per_year).into();
        let maintenance = buy::maintenance_usd_per_year(recorder, purchase.servers, share, supported);
        let remote_hands = match money.hosting {
            Hosting::Colocation => buy::remote_hands_usd_per_year(
                recorder,
                accelerators,
                (&f.repairs_per_accelerator_year).into(),
                (&f.remote_hands_h).into(),
                (&f.remote_hands_usd_per_h).into(),
            ),
            Hosting::OwnDataCenter => buy::no_remote_hands(recorder),
        };
        let staff = match money.staff_usd_per_year {
            Some(asked) => {
                let asked = Number::input("money.staff_usd_per_year", asked);
                same(recorder, "cost.buy", "staff_usd_per_year", asked)
            }
            None => staff_usd_per_year(f, accelerators, recorder),
        };
        let licence =
            Number::input("money.software_usd_per_accelerator_year", money.software_usd_per_accelerator_year);
        let licensed = buy::licence_share(recorder, with_it(&self.server.licence_years), life, horizon);
        let software = buy::software_usd_per_year(recorder, licence, accelerators, licensed);
        let whole =
            buy::opex_usd_per_year(recorder, energy, space, maintenance, remote_hands, staff, software);
        Yearly { energy, space, maintenance, remote_hands, staff, software, whole }
    }
}

/// Staff that looks after that many bought accelerators, US dollars per year.
pub fn staff_usd_per_year(
    facility: &FacilityAssumptions,
    accelerators: Number<'_>,
    recorder: &mut impl Recorder,
) -> Number<'static> {
    buy::staff_usd_per_year(
        recorder,
        accelerators,
        (&facility.accelerators_per_engineer).into(),
        (&facility.least_engineers).into(),
        (&facility.least_engineers_accelerators).into(),
        (&facility.engineer_usd_per_year).into(),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::Catalog;
    use crate::engine::figures::Silent;

    /// Cash of each month of the horizon, the purchase in month 0 and the residual value taken off the last.
    fn cash_by_month(building: &Building<'_>) -> Vec<f64> {
        let buy = building.buy(&mut Silent).buy;
        let years = building.scenario.money.years;
        let last = (years * 12.0).round() as usize;
        let mut cash = vec![buy.opex_usd_per_year / 12.0; last + 1];
        cash[0] = buy.capex_usd;
        for at in replacements(building.assumptions.server_life_years.value(), years) {
            cash[(at * 12.0).round() as usize] += buy.capex_usd - buy.hall_usd;
        }
        cash[last] -= buy.residual_usd;
        cash
    }

    fn building<'a>(catalog: &'a Catalog, scenario: &'a Scenario) -> Building<'a> {
        Building {
            scenario,
            server: catalog.server("dgx-h100").unwrap(),
            assumptions: &catalog.facility,
            server_usd: Number::exact(373_000.0),
            servers: Number::exact(4.0),
            racks: Number::exact(1.0),
            network_w: Number::exact(2e3),
            storage_w: Number::exact(1e3),
            pue: Number::exact(1.3),
            energy_kwh_per_year: Number::exact(300e3),
            usd_per_kwh: Number::exact(0.08),
            network_usd: Number::exact(100e3),
        }
    }

    /// The net present cost against the cash of each month, discounted one by one; parts against their sums.
    #[test]
    fn present_cost_is_the_discounted_cash() {
        let catalog = Catalog::built_in().unwrap();
        for hosting in Hosting::ALL {
            for (years, rate) in [(1.0, 0.1), (4.0, 0.1), (5.0, 0.0), (6.0, 0.12), (8.0, 0.07), (13.0, 0.2)] {
                let mut scenario = Scenario::default();
                scenario.money.hosting = hosting;
                scenario.money.years = years;
                scenario.money.discount_rate = rate;
                scenario.money.software_usd_per_accelerator_year = 4500.0;
                let building = building(&catalog, &scenario);
                let buy = building.buy(&mut Silent).buy;
                let cash = cash_by_month(&building);
                let today = |month: usize| (1.0 + rate).powf(-(month as f64) / 12.0);
                let npv: f64 = cash.iter().enumerate().map(|(month, usd)| usd * today(month)).sum();
                assert!((npv / buy.present_cost_usd - 1.0).abs() < 1e-9, "{years} {rate}: {npv} {buy:?}");
                let capex = buy.servers_usd + buy.network_usd + buy.management_usd + buy.storage_usd;
                let capex = capex + buy.spare_parts_usd + buy.deployment_usd + buy.hall_usd;
                assert!((capex - buy.capex_usd).abs() < 1e-6);
                let yearly = buy.energy_usd_per_year + buy.space_usd_per_year + buy.maintenance_usd_per_year;
                let yearly = yearly + buy.remote_hands_usd_per_year + buy.staff_usd_per_year;
                assert!((yearly + buy.software_usd_per_year - buy.opex_usd_per_year).abs() < 1e-6);
                assert_eq!(buy.hall_usd > 0.0, hosting == Hosting::OwnDataCenter);
            }
        }
    }
}
