//! Money: every way of paying side by side, and building against renting.

use super::mix;
use super::owning::{Building, Owned};
use super::tariff::{Holding, Paid, Rate, Seller, Tariff};
use crate::catalog::{Basis, Catalog, OWN_QUOTE, PriceDate, Server, Support, Term};
use crate::engine::figures::{Buy, Mix, Number, Recorder, Rent, TermCost, Trust, buy, cost};
use crate::scenario::Scenario;

/// Every way of paying, side by side.
#[derive(Clone, Debug, PartialEq)]
pub struct Cost {
    /// The chosen term's.
    pub chosen: TermCost,
    /// In the order of [`Term::ALL`]; `None`: not offered.
    pub terms: [Option<TermCost>; 5],
    /// Beside the accelerators when they are rented.
    pub rent: Rent,
    /// `None`: not for sale.
    pub buy: Option<Buy>,
    /// `None`: rented neither reserved nor on demand.
    pub mix: Option<Mix>,
    /// What supports the price of the chosen term.
    pub support: Support,
    /// Whether the chosen price may lead a list: that of a class rests on more than one seller's offers.
    pub sound: bool,
    /// The prices of renting, in the order of [`Term::ALL`], of a shorter term where that is held; `None`: not offered.
    pub rates: [Option<Rate>; 5],
}

impl Cost {
    /// What `term` costs; `None`: not offered.
    pub fn term(&self, term: Term) -> Option<&TermCost> {
        Term::ALL.iter().position(|t| *t == term).and_then(|i| self.terms[i].as_ref())
    }

    /// When the price of `term` of `accelerator` was read; `None`: not offered, or the user's quote.
    pub fn price_date<'a>(
        &'a self,
        term: Term,
        accelerator: &str,
        catalog: &'a Catalog,
    ) -> Option<PriceDate<'a>> {
        match term {
            Term::Buy => catalog.server_price_date(accelerator),
            _ => self.rate(term)?.date(),
        }
    }

    /// The price that `term` is rented at, of a shorter term where that is held; `None`: not offered.
    pub fn rate(&self, term: Term) -> Option<&Rate> {
        Term::ALL.iter().position(|t| *t == term).and_then(|i| self.rates[i].as_ref())
    }
}

/// Tokens that are paid for.
#[derive(Clone, Copy, Debug)]
pub struct Work<'a> {
    /// Requests per second, mean over the year.
    pub average_load: Number<'a>,
    /// Of one request, mean.
    pub input_tokens: Number<'a>,
    pub output_tokens: Number<'a>,
}

/// What a fleet is paid for.
pub struct Bill<'a> {
    /// What is asked.
    pub scenario: &'a Scenario,
    /// Prices of the accelerator.
    pub tariff: &'a Tariff,
    /// What machines have to hold.
    pub holding: Holding,
    /// The server that holds the accelerators.
    pub server: &'a Server,
    /// Accelerators of the fleet.
    pub accelerators: Number<'a>,
    /// Those that are paid for on the chosen term, in whole machines or servers.
    pub billed: Number<'a>,
    pub work: Work<'a>,
    /// Beside the accelerators when they are rented.
    pub rent: Rent,
    /// What is to be split between reserved and on demand.
    pub mix: mix::RentedDay<'a>,
    /// `None`: not for sale.
    pub building: Option<Building<'a>>,
}

/// The cost with the origins that what follows needs.
pub struct Billed<'a> {
    pub cost: Cost,
    pub usd_per_hour: Number<'a>,
    pub usd_per_month: Number<'a>,
    pub usd_per_million_tokens: Number<'a>,
}

/// Where the figures of each term are in the plan's document.
const SECTIONS: [&str; 5] = [
    "cost.terms.on_demand",
    "cost.terms.reserved_1y",
    "cost.terms.reserved_3y",
    "cost.terms.spot",
    "cost.terms.buy",
];

impl<'a> Bill<'a> {
    /// Everything that is paid, by every way of paying. `None` where the chosen one is not offered.
    pub fn cost(&self, recorder: &mut impl Recorder) -> Option<Billed<'a>> {
        let chosen_term = self.scenario.money.term;
        let owned = self.building.map(|building| building.buy(recorder));
        let mut terms = [None; 5];
        for ((slot, term), section) in terms.iter_mut().zip(Term::ALL).zip(SECTIONS) {
            let recorder = &mut recorder.within(section);
            let usd_per_hour = self.usd_per_hour(term, owned.as_ref(), recorder);
            *slot = usd_per_hour.map(|usd| self.per_unit(usd, recorder).0);
        }
        let usd_per_hour = self.usd_per_hour(chosen_term, owned.as_ref(), recorder)?;
        let (chosen, usd_per_month, usd_per_million_tokens) = self.per_unit(usd_per_hour, recorder);
        let against = if chosen_term == Term::Buy { Term::OnDemand } else { chosen_term };
        let buy = owned.map(|owned| Buy {
            breakeven_months: self.breakeven_months(&owned, against, recorder),
            ..owned.buy
        });
        let mix = self.mix.mix(self.scenario.workload.requests_per_s, recorder);
        let rates = Term::ALL.map(|term| self.paid(term).map(|paid| paid.rate.clone()));
        let support = self.support(chosen_term);
        let alone =
            |paid: &Paid<'_>| matches!(paid.rate.seller, Seller::Class(_)) && support != Support::Several;
        let sound = !self.paid(chosen_term).as_ref().is_some_and(alone);
        let cost = Cost { chosen, terms, rent: self.rent, buy, mix, support, sound, rates };
        Some(Billed { cost, usd_per_hour, usd_per_month, usd_per_million_tokens })
    }

    /// What is paid on `term`; `None`: not offered.
    fn paid(&self, term: Term) -> Option<Paid<'a>> {
        self.tariff.paid(term, self.accelerators.value, self.holding)
    }

    /// Accelerators that are `paid` for on `term`, in whole machines.
    fn rented(&self, paid: &Paid<'a>, term: Term) -> Number<'a> {
        if term == self.scenario.money.term {
            return self.billed;
        }
        Number::model(paid.accelerators, Trust::Calibrated)
    }

    /// An hour paid by `term`; `None`: not offered.
    fn usd_per_hour(
        &self,
        term: Term,
        owned: Option<&Owned<'a>>,
        recorder: &mut impl Recorder,
    ) -> Option<Number<'a>> {
        match term {
            Term::Buy => owned
                .map(|owned| cost::owning_per_hour(recorder, owned.present_cost_usd, owned.annuity_years)),
            _ => {
                let paid = self.paid(term)?;
                let price = (&paid.rate.usd_per_accelerator_hour).into();
                Some(cost::rent_per_hour(recorder, price, self.rented(&paid, term)))
            }
        }
    }

    /// Spreads an hourly rate over months and over the tokens of the average load: all of it, a month, a million tokens.
    fn per_unit(
        &self,
        usd_per_hour: Number<'a>,
        recorder: &mut impl Recorder,
    ) -> (TermCost, Number<'a>, Number<'a>) {
        let Work { average_load, input_tokens, output_tokens } = self.work;
        let month = cost::usd_per_month(recorder, usd_per_hour);
        let tokens =
            cost::usd_per_million_tokens(recorder, usd_per_hour, average_load, input_tokens, output_tokens);
        let output = cost::usd_per_million_output_tokens(recorder, usd_per_hour, average_load, output_tokens);
        let whole = TermCost {
            usd_per_hour: usd_per_hour.value,
            usd_per_month: month.value,
            usd_per_million_tokens: tokens.value,
            usd_per_million_output_tokens: output.value,
        };
        (whole, month, tokens)
    }

    /// Months until cash spent on building falls below cash spent on renting by `against`.
    fn breakeven_months(
        &self,
        owned: &Owned<'a>,
        against: Term,
        recorder: &mut impl Recorder,
    ) -> Option<f64> {
        let paid = self.paid(against)?;
        let price = (&paid.rate.usd_per_accelerator_hour).into();
        let rent = buy::rent_per_month(recorder, price, self.rented(&paid, against));
        let horizon = Number::input("money.years", self.scenario.money.years);
        let months =
            buy::breakeven_months(recorder, owned.capex_usd, rent, owned.opex_usd_per_year, horizon).value;
        months.is_finite().then_some(months)
    }

    /// What supports the price of `term`.
    fn support(&self, term: Term) -> Support {
        match (term, &self.server.price_usd) {
            (Term::Buy, Some(price)) if price.source() == OWN_QUOTE => Support::Own,
            (Term::Buy, Some(price)) if price.basis() < Basis::Assumed => Support::Several,
            (Term::Buy, _) => Support::Assumed,
            _ => self.paid(term).map_or(Support::Assumed, |paid| paid.rate.support),
        }
    }
}
