//! Money: every way of paying side by side, and building against renting.

use super::explain::Recorder;
use super::fleet::HOURS_PER_YEAR;
use super::power::Site;
use super::{Buy, Cost, Network, Power, TermCost};
use crate::catalog::{Basis, Facility, Price, Server, Support, Term};
use crate::scenario::Scenario;

/// Hours of a month of billing: a twelfth of a year.
pub const HOURS_PER_MONTH: f64 = HOURS_PER_YEAR / 12.0;

/// What a fleet is paid for.
#[derive(Clone, Copy, Debug)]
pub struct Bill<'a> {
    pub scenario: &'a Scenario,
    pub price: &'a Price,
    pub server: &'a Server,
    pub facility: &'a Facility,
    pub site: &'a Site,
    /// Whole rental units.
    pub rented_accelerators: f64,
    /// Whole servers.
    pub servers: f64,
    pub power: &'a Power,
    pub network: &'a Network,
}

impl Bill<'_> {
    /// Everything that is paid, by every way of paying. `None` where the chosen one is not offered.
    pub fn cost(&self, recorder: &mut impl Recorder) -> Option<Cost> {
        let chosen_term = self.scenario.money.term;
        let buy = self.buy();
        let mut terms = [None; 5];
        for (slot, term) in terms.iter_mut().zip(Term::ALL) {
            let usd_per_hour = match term {
                Term::Buy => buy.as_ref().map(|buy| self.owned_usd_per_hour(buy)),
                _ => self.price.rent(term).map(|p| p.value() * self.rented_accelerators),
            };
            *slot = usd_per_hour.map(|usd| self.per_unit(usd));
        }
        let chosen = Term::ALL.iter().position(|t| *t == chosen_term).and_then(|i| terms[i])?;
        let against = if chosen_term == Term::Buy { Term::OnDemand } else { chosen_term };
        let buy = buy.map(|buy| Buy { breakeven_months: self.breakeven_months(&buy, against), ..buy });
        self.explain(&chosen, &terms, buy.as_ref(), recorder);
        let support = match chosen_term {
            Term::Buy => match &self.server.price_usd {
                Some(price) if price.basis() < Basis::Assumed => Support::Several,
                _ => Support::Assumed,
            },
            term => self.price.support(term),
        };
        Some(Cost { chosen, terms, buy, support })
    }

    /// Spreads an hourly rate over months and over the tokens of the average load.
    fn per_unit(&self, usd_per_hour: f64) -> TermCost {
        let w = &self.scenario.workload;
        let requests_per_hour = w.requests_per_s * w.average_to_peak * 3600.0;
        let per_million = |tokens: f64| usd_per_hour / (requests_per_hour * tokens) * 1e6;
        TermCost {
            usd_per_hour,
            usd_per_month: usd_per_hour * HOURS_PER_MONTH,
            usd_per_million_tokens: per_million(w.input_tokens + w.output_tokens),
            usd_per_million_output_tokens: per_million(w.output_tokens),
        }
    }

    /// Building: what is paid at once and what every year. `None`: not for sale.
    fn buy(&self) -> Option<Buy> {
        let f = self.facility;
        let servers_usd = self.server.price_usd.as_ref()?.value() * self.servers;
        let capex_usd = servers_usd * (1.0 + f.storage_price.value() + f.deployment_price.value())
            + self.network.price_usd;
        let energy_usd = self.power.energy_kwh_per_year * self.site.usd_per_kwh;
        let space_usd = self.power.it_w / 1e3 * f.colocation_usd_per_kw_month.value() * 12.0;
        let opex_usd_per_year = energy_usd + space_usd + servers_usd * f.maintenance_per_year.value();
        // Value falls by the same share every year, to the catalog's figure after four.
        let residual_usd =
            servers_usd * f.residual_after_4_years.value().powf(self.scenario.money.years / 4.0);
        Some(Buy { capex_usd, opex_usd_per_year, residual_usd, breakeven_months: None })
    }

    /// The constant hourly rate with the same present value as buying, running for the horizon and selling:
    /// the annuity of the net present cost (Brealey, Myers and Allen, Principles of Corporate Finance, ch. 6,
    /// equivalent annual cost).
    fn owned_usd_per_hour(&self, buy: &Buy) -> f64 {
        let money = &self.scenario.money;
        let factor = annuity(money.discount_rate, money.years);
        let residual_usd = buy.residual_usd * (1.0 + money.discount_rate).powf(-money.years);
        let present_usd = buy.capex_usd + buy.opex_usd_per_year * factor - residual_usd;
        present_usd / factor / HOURS_PER_YEAR
    }

    /// Months until cash spent on building falls below cash spent on renting by `against`.
    fn breakeven_months(&self, buy: &Buy, against: Term) -> Option<f64> {
        let rent = self.price.rent(against)?.value() * self.rented_accelerators * HOURS_PER_MONTH;
        let saved = rent - buy.opex_usd_per_year / 12.0;
        let months = buy.capex_usd / saved;
        (saved > 0.0 && months <= self.scenario.money.years * 12.0).then_some(months)
    }
}

/// Present value of one dollar a year for `years`, paid at the end of each (also of a broken one).
pub fn annuity(rate: f64, years: f64) -> f64 {
    if rate < 1e-9 { years } else { (1.0 - (1.0 + rate).powf(-years)) / rate }
}

#[cfg(test)]
mod tests {
    use super::annuity;

    /// A ten-year annuity at 8% is worth 6.710 (any table of annuities).
    #[test]
    fn annuities_match_the_table() {
        assert!((annuity(0.08, 10.0) - 6.7101).abs() < 1e-4);
        assert!((annuity(0.0, 4.0) - 4.0).abs() < 1e-12);
    }
}
