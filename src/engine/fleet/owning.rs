//! Owning: what is paid at once, every year, and what is left at the end.

use crate::catalog::{Cooling, Facility, Server};
use crate::engine::Buy;
use crate::scenario::{Hosting, Scenario};

/// A fleet that is bought.
#[derive(Clone, Copy, Debug)]
pub struct Building<'a> {
    /// What is asked.
    pub scenario: &'a Scenario,
    /// The server that holds the accelerators.
    pub server: &'a Server,
    /// What is assumed of data centers.
    pub facility: &'a Facility,
    /// Price of one server, US dollars.
    pub server_usd: f64,
    /// Servers of the fleet.
    pub servers: f64,
    /// In whole servers.
    pub accelerators: f64,
    /// Draw of the IT, watts.
    pub it_w: f64,
    /// Energy of the facility, kWh a year.
    pub energy_kwh_per_year: f64,
    /// Price of electricity, US dollars a kWh.
    pub usd_per_kwh: f64,
    /// Price of the network, US dollars.
    pub network_usd: f64,
}

impl Building<'_> {
    /// Every part of owning, and its net present cost. Taxes are left out.
    pub fn buy(&self) -> Buy {
        let (f, money) = (self.facility, &self.scenario.money);
        let servers_usd = self.server_usd * self.servers;
        let storage_usd = servers_usd * f.storage_price.value();
        let deployment_usd = servers_usd * f.deployment_price.value();
        let hall_usd = match money.hosting {
            Hosting::Colocation => 0.0,
            Hosting::OwnHall => self.it_w * self.hall_usd_per_w(),
        };
        let energy_usd_per_year = self.energy_kwh_per_year * self.usd_per_kwh;
        let space_usd_per_year = match money.hosting {
            Hosting::Colocation => self.it_w / 1e3 * f.colocation_usd_per_kw_month.value() * 12.0,
            Hosting::OwnHall => hall_usd * f.hall_upkeep_per_year.value(),
        };
        let maintenance_usd_per_year = servers_usd * f.maintenance_per_year.value();
        let staff_usd_per_year = money.staff_usd_per_year.unwrap_or(
            self.accelerators / f.accelerators_per_engineer.value() * f.engineer_usd_per_year.value(),
        );
        let software_usd_per_year = money.software_usd_per_accelerator_year * self.accelerators;
        let equipment_usd = servers_usd + self.network_usd + storage_usd + deployment_usd;
        let mut buy = Buy {
            capex_usd: equipment_usd + hall_usd,
            servers_usd,
            network_usd: self.network_usd,
            storage_usd,
            deployment_usd,
            hall_usd,
            opex_usd_per_year: energy_usd_per_year
                + space_usd_per_year
                + maintenance_usd_per_year
                + staff_usd_per_year
                + software_usd_per_year,
            energy_usd_per_year,
            space_usd_per_year,
            maintenance_usd_per_year,
            staff_usd_per_year,
            software_usd_per_year,
            residual_usd: self.residual_usd(servers_usd, hall_usd),
            present_cost_usd: 0.0,
            breakeven_months: None,
        };
        buy.present_cost_usd = self.present_cost_usd(&buy, equipment_usd);
        buy
    }

    fn hall_usd_per_w(&self) -> f64 {
        match self.server.cooling {
            Cooling::Air => self.facility.air_hall_usd_per_w.value(),
            Cooling::Liquid => self.facility.liquid_hall_usd_per_w.value(),
        }
    }

    /// Years after which servers are bought anew, within the horizon.
    fn replacements(&self) -> impl Iterator<Item = f64> {
        let (life, years) = (self.facility.server_life_years.value(), self.scenario.money.years);
        (1..).map(move |n| f64::from(n) * life).take_while(move |at| *at < years - 1e-9)
    }

    /// What the last servers bring, which lose the same share of their value every year, and what is not yet written off
    /// of the hall.
    fn residual_usd(&self, servers_usd: f64, hall_usd: f64) -> f64 {
        let (f, years) = (self.facility, self.scenario.money.years);
        let age = years - self.replacements().last().unwrap_or(0.0);
        servers_usd * f.residual_after_4_years.value().powf(age / 4.0)
            + hall_usd * (1.0 - years / f.hall_life_years.value()).max(0.0)
    }

    /// Purchases when they are made, other costs at the end of each month, the residual value at the end of the horizon, in
    /// today's dollars (Brealey, Myers and Allen, Principles of Corporate Finance, ch. 2 and 6). Old servers bring nothing
    /// when they are replaced.
    fn present_cost_usd(&self, buy: &Buy, equipment_usd: f64) -> f64 {
        let money = &self.scenario.money;
        let today = |usd: f64, years: f64| usd * (1.0 + money.discount_rate).powf(-years);
        let again: f64 = self.replacements().map(|at| today(equipment_usd, at)).sum();
        buy.capex_usd + again + buy.opex_usd_per_year * annuity(money.discount_rate, money.years)
            - today(buy.residual_usd, money.years)
    }

    /// Cash of each month of the horizon, the purchase in month 0 and the residual value taken off the last.
    #[cfg(test)]
    fn cash_by_month(&self) -> Vec<f64> {
        let buy = self.buy();
        let last = (self.scenario.money.years * 12.0).round() as usize;
        let mut cash = vec![buy.opex_usd_per_year / 12.0; last + 1];
        cash[0] = buy.capex_usd;
        for at in self.replacements() {
            cash[(at * 12.0).round() as usize] += buy.capex_usd - buy.hall_usd;
        }
        cash[last] -= buy.residual_usd;
        cash
    }
}

/// Present value of one dollar a year for `years`, paid in twelfths at the end of each month (Kellison, The Theory of
/// Interest, ch. 4: the annuity paid at the end of each year times i over i⁽¹²⁾).
pub fn annuity(rate: f64, years: f64) -> f64 {
    let by_month = 12.0 * ((1.0 + rate).powf(1.0 / 12.0) - 1.0);
    if rate < 1e-9 { years } else { (1.0 - (1.0 + rate).powf(-years)) / by_month }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::Catalog;

    /// A ten-year annuity at 8% is worth 6.7101, paid by the month 1.036157 times as much (any table of compound interest).
    #[test]
    fn annuities_match_the_table() {
        assert!((annuity(0.08, 10.0) - 6.7101 * 1.036_157).abs() < 1e-4);
        assert!((annuity(0.0, 4.0) - 4.0).abs() < 1e-12);
    }

    fn building<'a>(catalog: &'a Catalog, scenario: &'a Scenario) -> Building<'a> {
        Building {
            scenario,
            server: catalog.server("dgx-h100").unwrap(),
            facility: &catalog.facility,
            server_usd: 373_000.0,
            servers: 4.0,
            accelerators: 32.0,
            it_w: 30e3,
            energy_kwh_per_year: 300e3,
            usd_per_kwh: 0.08,
            network_usd: 100e3,
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
                let buy = building.buy();
                let cash = building.cash_by_month();
                let today = |month: usize| (1.0 + rate).powf(-(month as f64) / 12.0);
                let npv: f64 = cash.iter().enumerate().map(|(month, usd)| usd * today(month)).sum();
                assert!((npv / buy.present_cost_usd - 1.0).abs() < 1e-9, "{years} {rate}: {npv} {buy:?}");
                let capex =
                    buy.servers_usd + buy.network_usd + buy.storage_usd + buy.deployment_usd + buy.hall_usd;
                assert!((capex - buy.capex_usd).abs() < 1e-6);
                assert_eq!(buy.hall_usd > 0.0, hosting == Hosting::OwnHall);
            }
        }
    }
}
