//! Money: every way of paying side by side, and building against renting.

use super::explain::{Recorder, Step, Term as Input, Trust};
use super::fleet::HOURS_PER_YEAR;
use super::power::Site;
use super::{Buy, Cost, Power, TermCost};
use crate::catalog::{Basis, Facility, Price, Server, Term};
use crate::scenario::Scenario;
use crate::units::Unit;

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
        self.explain(&chosen, buy.as_ref(), recorder);
        Some(Cost { chosen, terms, buy })
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
        let capex_usd = servers_usd
            * (1.0 + f.network_price.value() + f.storage_price.value() + f.deployment_price.value());
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

    fn explain(&self, chosen: &TermCost, buy: Option<&Buy>, recorder: &mut impl Recorder) {
        let term = self.scenario.money.term;
        let w = &self.scenario.workload;
        recorder.note(|| match (self.price.rent(term), buy) {
            (Some(price), _) => Step {
                key: "cost.usd_per_hour",
                label: "Rent an hour",
                value: chosen.usd_per_hour,
                unit: Unit::Usd,
                formula: "accelerators in whole rental units × price of one for an hour",
                terms: vec![
                    Input {
                        label: "accelerators paid for",
                        value: self.rented_accelerators,
                        unit: Unit::One,
                        from: Some("fleet.accelerators"),
                    },
                    Input { label: term.label(), value: price.value(), unit: Unit::Usd, from: None },
                ],
                sources: vec![price.source().to_owned()],
                trust: trust(price.basis()),
            },
            (None, buy) => Step {
                key: "cost.usd_per_hour",
                label: "Owning, an hour",
                value: chosen.usd_per_hour,
                unit: Unit::Usd,
                formula: "(purchase + yearly cost × annuity − discounted residual value) ÷ annuity ÷ 8,760 h",
                terms: buy.map_or_else(Vec::new, |buy| {
                    vec![
                        Input {
                            label: "purchase",
                            value: buy.capex_usd,
                            unit: Unit::Usd,
                            from: Some("cost.capex_usd"),
                        },
                        Input {
                            label: "yearly cost",
                            value: buy.opex_usd_per_year,
                            unit: Unit::Usd,
                            from: None,
                        },
                        Input {
                            label: "residual value",
                            value: buy.residual_usd,
                            unit: Unit::Usd,
                            from: None,
                        },
                        Input {
                            label: "horizon",
                            value: self.scenario.money.years,
                            unit: Unit::Years,
                            from: None,
                        },
                        Input {
                            label: "discount rate",
                            value: self.scenario.money.discount_rate,
                            unit: Unit::Fraction,
                            from: None,
                        },
                    ]
                }),
                sources: vec!["Brealey, Myers and Allen, Principles of Corporate Finance, ch. 6".to_owned()],
                trust: Trust::Assumed,
            },
        });
        if let (Some(buy), Some(price)) = (buy, &self.server.price_usd) {
            recorder.note(|| Step {
                key: "cost.capex_usd",
                label: "Purchase",
                value: buy.capex_usd,
                unit: Unit::Usd,
                formula: "servers × price × (1 + network + storage + deployment)",
                terms: vec![
                    Input { label: "servers", value: self.servers, unit: Unit::One, from: None },
                    Input { label: "price of a server", value: price.value(), unit: Unit::Usd, from: None },
                ],
                sources: vec![price.source().to_owned(), self.facility.network_price.source().to_owned()],
                trust: trust(price.basis()),
            });
        }
        if let Some(buy) = buy {
            self.explain_ownership(buy, recorder);
        }
        recorder.note(|| Step {
            key: "cost.usd_per_month",
            label: "Cost a month",
            value: chosen.usd_per_month,
            unit: Unit::Usd,
            formula: "cost of an hour × 730 h",
            terms: vec![Input {
                label: "cost of an hour",
                value: chosen.usd_per_hour,
                unit: Unit::Usd,
                from: Some("cost.usd_per_hour"),
            }],
            sources: Vec::new(),
            trust: Trust::Derived,
        });
        recorder.note(|| Step {
            key: "cost.usd_per_million_tokens",
            label: "Cost of a million tokens, input and output",
            value: chosen.usd_per_million_tokens,
            unit: Unit::Usd,
            formula: "cost of an hour ÷ tokens of an hour at the average load × 10⁶",
            terms: vec![
                Input {
                    label: "cost of an hour",
                    value: chosen.usd_per_hour,
                    unit: Unit::Usd,
                    from: Some("cost.usd_per_hour"),
                },
                Input {
                    label: "average load",
                    value: w.requests_per_s * w.average_to_peak,
                    unit: Unit::RequestsPerSecond,
                    from: None,
                },
                Input { label: "input", value: w.input_tokens, unit: Unit::Tokens, from: None },
                Input { label: "output", value: w.output_tokens, unit: Unit::Tokens, from: None },
            ],
            sources: Vec::new(),
            trust: Trust::Derived,
        });
    }
}

impl Bill<'_> {
    fn explain_ownership(&self, buy: &Buy, recorder: &mut impl Recorder) {
        let f = self.facility;
        recorder.note(|| Step {
            key: "cost.opex_usd_per_year",
            label: "Owning, a year",
            value: buy.opex_usd_per_year,
            unit: Unit::Usd,
            formula: "energy × price + IT power × space + price of the servers × maintenance",
            terms: vec![
                Input::made(
                    "energy of a year, kWh",
                    self.power.energy_kwh_per_year,
                    Unit::One,
                    "power.energy_kwh_per_year",
                ),
                Input::plain("electricity", self.site.usd_per_kwh, Unit::UsdPerKwh),
                Input::made("IT power", self.power.it_w, Unit::Watts, "power.it_w"),
                Input::plain("space, for a kW and month", f.colocation_usd_per_kw_month.value(), Unit::Usd),
                Input::plain("maintenance a year", f.maintenance_per_year.value(), Unit::Fraction),
            ],
            sources: vec![
                f.colocation_usd_per_kw_month.source().to_owned(),
                f.maintenance_per_year.source().to_owned(),
            ],
            trust: Trust::Assumed,
        });
        recorder.note(|| Step {
            key: "cost.residual_usd",
            label: "Worth at the end of the horizon",
            value: buy.residual_usd,
            unit: Unit::Usd,
            formula: "price of the servers × (share left after four years)^(years ÷ 4)",
            terms: vec![
                Input::plain("share left after four years", f.residual_after_4_years.value(), Unit::Fraction),
                Input::plain("horizon", self.scenario.money.years, Unit::Years),
            ],
            sources: vec![f.residual_after_4_years.source().to_owned()],
            trust: Trust::Assumed,
        });
        if let Some(months) = buy.breakeven_months {
            recorder.note(|| {
                Step::derived(
                    "cost.breakeven_months",
                    "Months until buying has cost less than renting",
                    (months, Unit::Months),
                    "purchase ÷ (rent of a month − a twelfth of the yearly cost of owning)",
                    vec![
                        Input::made("purchase", buy.capex_usd, Unit::Usd, "cost.capex_usd"),
                        Input::made(
                            "owning, a year",
                            buy.opex_usd_per_year,
                            Unit::Usd,
                            "cost.opex_usd_per_year",
                        ),
                    ],
                )
            });
        }
    }
}

/// Present value of one dollar a year for `years`, paid at the end of each (also of a broken one).
pub fn annuity(rate: f64, years: f64) -> f64 {
    if rate < 1e-9 { years } else { (1.0 - (1.0 + rate).powf(-years)) / rate }
}

/// How far a price of this basis is to be trusted.
fn trust(basis: Basis) -> Trust {
    match basis {
        Basis::Primary => Trust::Measured,
        Basis::Secondary | Basis::Derived => Trust::Derived,
        Basis::Assumed => Trust::Assumed,
    }
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
