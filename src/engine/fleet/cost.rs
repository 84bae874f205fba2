//! Money: every way of paying side by side, and building against renting.

use crate::catalog::{Basis, Facility, OWN_QUOTE, Price, Server, Support, Term};
use crate::engine::explain::Recorder;
use crate::engine::fleet::mix;
use crate::engine::fleet::owning::{Building, annuity};
use crate::engine::fleet::power::Site;
use crate::engine::fleet::replicas::HOURS_PER_YEAR;
use crate::engine::{Buy, Cost, Network, Power, TermCost};
use crate::scenario::Scenario;

/// Hours of a month of billing: a twelfth of a year.
pub const HOURS_PER_MONTH: f64 = HOURS_PER_YEAR / 12.0;

/// What a fleet is paid for.
pub struct Bill<'a> {
    /// What is asked.
    pub scenario: &'a Scenario,
    /// Prices of the accelerator.
    pub price: &'a Price,
    /// The server that holds the accelerators.
    pub server: &'a Server,
    /// What is assumed of data centers.
    pub facility: &'a Facility,
    /// Electricity, carbon and water of the place.
    pub site: &'a Site,
    /// Whole rental units.
    pub rented_accelerators: f64,
    /// Whole servers.
    pub servers: f64,
    /// Power and what follows from it.
    pub power: &'a Power,
    /// Links and switches.
    pub network: &'a Network,
    /// What is to be split between reserved and on demand.
    pub mix: mix::Wanted<'a>,
    /// The catalog's prices, where `price` has the user's own.
    pub listed: &'a Price,
}

impl Bill<'_> {
    /// Everything that is paid, by every way of paying. `None` where the chosen one is not offered.
    pub fn cost(&self, recorder: &mut impl Recorder) -> Option<Cost> {
        let chosen_term = self.scenario.money.term;
        let buy = self.building().map(|building| building.buy());
        let mut terms = [None; 5];
        for (slot, term) in terms.iter_mut().zip(Term::ALL) {
            let usd_per_hour = match term {
                // The annuity of the net present cost: the constant rate with the same present value.
                Term::Buy => buy.as_ref().map(|buy| buy.present_cost_usd / self.annuity() / HOURS_PER_YEAR),
                _ => self.price.rent(term).map(|p| p.value() * self.rented_accelerators),
            };
            *slot = usd_per_hour.map(|usd| self.per_unit(usd));
        }
        let chosen = Term::ALL.iter().position(|t| *t == chosen_term).and_then(|i| terms[i])?;
        let against = if chosen_term == Term::Buy { Term::OnDemand } else { chosen_term };
        let buy = buy.map(|buy| Buy { breakeven_months: self.breakeven_months(&buy, against), ..buy });
        self.explain(&chosen, &terms, buy.as_ref(), recorder);
        let mix = self.mix.mix(self.scenario.workload.requests_per_s);
        if let Some(mix) = &mix {
            self.mix.explain(mix, recorder);
        }
        let support = match chosen_term {
            Term::Buy => match &self.server.price_usd {
                Some(price) if price.source() == OWN_QUOTE => Support::Own,
                Some(price) if price.basis() < Basis::Assumed => Support::Several,
                _ => Support::Assumed,
            },
            term => self.price.support(term),
        };
        Some(Cost { chosen, terms, buy, mix, support })
    }

    /// Spreads an hourly rate over months and over the tokens of the average load.
    fn per_unit(&self, usd_per_hour: f64) -> TermCost {
        let w = &self.scenario.workload;
        let requests_per_hour = w.requests_per_s * w.mean_to_peak() * 3600.0;
        let per_million = |tokens: f64| usd_per_hour / (requests_per_hour * tokens) * 1e6;
        TermCost {
            usd_per_hour,
            usd_per_month: usd_per_hour * HOURS_PER_MONTH,
            usd_per_million_tokens: per_million(w.input_tokens + w.output_tokens),
            usd_per_million_output_tokens: per_million(w.output_tokens),
        }
    }

    /// What is bought, as far as it is for sale.
    fn building(&self) -> Option<Building<'_>> {
        Some(Building {
            scenario: self.scenario,
            server: self.server,
            facility: self.facility,
            server_usd: self.server.price_usd.as_ref()?.value(),
            servers: self.servers,
            accelerators: self.servers * self.server.accelerators.value(),
            it_w: self.power.it_w,
            energy_kwh_per_year: self.power.energy_kwh_per_year,
            usd_per_kwh: self.site.usd_per_kwh,
            network_usd: self.network.price_usd,
        })
    }

    pub(in crate::engine) fn annuity(&self) -> f64 {
        annuity(self.scenario.money.discount_rate, self.scenario.money.years)
    }

    /// Months until cash spent on building falls below cash spent on renting by `against`.
    fn breakeven_months(&self, buy: &Buy, against: Term) -> Option<f64> {
        let rent = self.price.rent(against)?.value() * self.rented_accelerators * HOURS_PER_MONTH;
        let saved = rent - buy.opex_usd_per_year / 12.0;
        let months = buy.capex_usd / saved;
        (saved > 0.0 && months <= self.scenario.money.years * 12.0).then_some(months)
    }
}
