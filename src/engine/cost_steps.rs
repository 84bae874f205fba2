//! The steps that made the figures of a [`Bill`].

use super::cost::Bill;
use super::explain::{Recorder, Step, Term as Input, Trust};
use super::{Buy, TermCost};
use crate::catalog::Term;
use crate::units::Unit;

impl Bill<'_> {
    /// Notes the chosen way of paying, every other one, and building.
    pub(super) fn explain(
        &self,
        chosen: &TermCost,
        terms: &[Option<TermCost>; 5],
        buy: Option<&Buy>,
        recorder: &mut impl Recorder,
    ) {
        self.explain_term("cost", self.scenario.money.term, chosen, buy, recorder);
        for (term, cost) in Term::ALL.into_iter().zip(terms) {
            if let Some(cost) = cost {
                self.explain_term(&format!("cost.terms.{}", term.id()), term, cost, buy, recorder);
            }
        }
        if let Some(buy) = buy {
            self.explain_buy(buy, recorder);
        }
    }

    /// What one way of paying costs, under `path`.
    fn explain_term(
        &self,
        path: &str,
        term: Term,
        cost: &TermCost,
        buy: Option<&Buy>,
        recorder: &mut impl Recorder,
    ) {
        let hour = format!("{path}.usd_per_hour");
        let w = &self.scenario.workload;
        recorder.note(|| match (self.price.rent(term), buy) {
            (Some(price), _) => Step::derived(
                hour.clone(),
                "Rent an hour",
                (cost.usd_per_hour, Unit::Usd),
                "accelerators in whole rental units × price of one for an hour",
                vec![
                    Input::plain("accelerators paid for", self.rented_accelerators, Unit::One),
                    Input::plain(term.label(), price.value(), Unit::Usd),
                ],
            )
            .resting_on(Trust::of(price.basis()), [price.source()]),
            (None, buy) => Step::derived(
                hour.clone(),
                "Owning, an hour",
                (cost.usd_per_hour, Unit::Usd),
                "(purchase + yearly cost × annuity − discounted residual value) ÷ annuity ÷ 8,760 h",
                buy.map_or_else(Vec::new, |buy| self.ownership_terms(buy)),
            )
            .resting_on(Trust::Assumed, ["Brealey, Myers and Allen, Principles of Corporate Finance, ch. 6"]),
        });
        recorder.note(|| {
            Step::derived(
                format!("{path}.usd_per_month"),
                "Cost a month",
                (cost.usd_per_month, Unit::Usd),
                "cost of an hour × 730 h",
                vec![Input::made("cost of an hour", cost.usd_per_hour, Unit::Usd, hour.clone())],
            )
        });
        let average = w.requests_per_s * w.average_to_peak;
        for (field, label, value, formula, input_too) in [
            (
                "usd_per_million_tokens",
                "Cost of a million tokens, input and output",
                cost.usd_per_million_tokens,
                "cost of an hour ÷ (average load × (input + output) × 3,600 s) × 10⁶",
                true,
            ),
            (
                "usd_per_million_output_tokens",
                "Cost of a million output tokens, the input thrown in",
                cost.usd_per_million_output_tokens,
                "cost of an hour ÷ (average load × output × 3,600 s) × 10⁶",
                false,
            ),
        ] {
            recorder.note(|| {
                let mut inputs = vec![
                    Input::made("cost of an hour", cost.usd_per_hour, Unit::Usd, hour.clone()),
                    Input::plain("average load", average, Unit::RequestsPerSecond),
                    Input::plain("output", w.output_tokens, Unit::Tokens),
                ];
                if input_too {
                    inputs.push(Input::plain("input", w.input_tokens, Unit::Tokens));
                }
                Step::derived(format!("{path}.{field}"), label, (value, Unit::Usd), formula, inputs)
            });
        }
    }

    fn ownership_terms(&self, buy: &Buy) -> Vec<Input> {
        let money = &self.scenario.money;
        vec![
            Input::made("purchase", buy.capex_usd, Unit::Usd, "cost.buy.capex_usd"),
            Input::made("yearly cost", buy.opex_usd_per_year, Unit::Usd, "cost.buy.opex_usd_per_year"),
            Input::made("residual value", buy.residual_usd, Unit::Usd, "cost.buy.residual_usd"),
            Input::plain("horizon", money.years, Unit::Years),
            Input::plain("discount rate", money.discount_rate, Unit::Fraction),
        ]
    }

    fn explain_buy(&self, buy: &Buy, recorder: &mut impl Recorder) {
        let f = self.facility;
        if let Some(price) = &self.server.price_usd {
            recorder.note(|| {
                Step::derived(
                    "cost.buy.capex_usd",
                    "Purchase",
                    (buy.capex_usd, Unit::Usd),
                    "servers × price × (1 + storage + deployment) + network",
                    vec![
                        Input::made("servers", self.servers, Unit::One, "layout.servers"),
                        Input::plain("price of a server", price.value(), Unit::Usd),
                        Input::plain("storage", f.storage_price.value(), Unit::Fraction),
                        Input::plain("deployment", f.deployment_price.value(), Unit::Fraction),
                        Input::made("network", self.network.price_usd, Unit::Usd, "network.price_usd"),
                    ],
                )
                .resting_on(Trust::of(price.basis()), [price.source(), f.storage_price.source()])
            });
        }
        recorder.note(|| {
            Step::derived(
                "cost.buy.opex_usd_per_year",
                "Owning, a year",
                (buy.opex_usd_per_year, Unit::Usd),
                "energy × price + IT power × space + price of the servers × maintenance",
                vec![
                    Input::made(
                        "energy of a year, kWh",
                        self.power.energy_kwh_per_year,
                        Unit::One,
                        "power.energy_kwh_per_year",
                    ),
                    Input::plain("electricity", self.site.usd_per_kwh, Unit::UsdPerKwh),
                    Input::made("IT power", self.power.it_w, Unit::Watts, "power.it_w"),
                    Input::plain(
                        "space, for a kW and month",
                        f.colocation_usd_per_kw_month.value(),
                        Unit::Usd,
                    ),
                    Input::plain("maintenance a year", f.maintenance_per_year.value(), Unit::Fraction),
                ],
            )
            .resting_on(
                Trust::Assumed,
                [f.colocation_usd_per_kw_month.source(), f.maintenance_per_year.source()],
            )
        });
        recorder.note(|| {
            Step::derived(
                "cost.buy.residual_usd",
                "Worth at the end of the horizon",
                (buy.residual_usd, Unit::Usd),
                "price of the servers × (share left after four years)^(years ÷ 4)",
                vec![
                    Input::plain(
                        "share left after four years",
                        f.residual_after_4_years.value(),
                        Unit::Fraction,
                    ),
                    Input::plain("horizon", self.scenario.money.years, Unit::Years),
                ],
            )
            .resting_on(Trust::Assumed, [f.residual_after_4_years.source()])
        });
        if let Some(months) = buy.breakeven_months {
            recorder.note(|| {
                Step::derived(
                    "cost.buy.breakeven_months",
                    "Months until buying has cost less than renting",
                    (months, Unit::Months),
                    "purchase ÷ (rent of a month − a twelfth of the yearly cost of owning)",
                    vec![
                        Input::made("purchase", buy.capex_usd, Unit::Usd, "cost.buy.capex_usd"),
                        Input::made(
                            "owning, a year",
                            buy.opex_usd_per_year,
                            Unit::Usd,
                            "cost.buy.opex_usd_per_year",
                        ),
                    ],
                )
            });
        }
    }
}
