//! The steps that made the figures of a [`Bill`].

use crate::catalog::{OWN_QUOTE, Term};
use crate::engine::explain::{Recorder, Step, Term as Input, Trust};
use crate::engine::fleet::cost::Bill;
use crate::engine::{Buy, TermCost};
use crate::units::Unit;

impl Bill<'_> {
    /// Notes the chosen way of paying, every other one, and building.
    pub(in crate::engine) fn explain<R: Recorder>(
        &self,
        chosen: &TermCost,
        terms: &[Option<TermCost>; 5],
        buy: Option<&Buy>,
        recorder: &mut R,
    ) {
        if !R::NOTES {
            return;
        }
        self.explain_term("cost", self.scenario.money.term, chosen, buy, recorder);
        for (term, cost) in Term::ALL.into_iter().zip(terms) {
            if let Some(cost) = cost {
                self.explain_term(&format!("cost.terms.{}", term.id()), term, cost, buy, recorder);
            }
        }
        if let Some(buy) = buy {
            self.explain_buy(buy, recorder);
            self.explain_breakeven(buy, recorder);
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
            (Some(price), _) => {
                let own = price.source() == OWN_QUOTE;
                let mut inputs = vec![
                    Input::plain("accelerators paid for", self.rented_accelerators, Unit::One),
                    Input::plain(if own { "your quote" } else { term.label() }, price.value(), Unit::Usd),
                ];
                if let Some(listed) = self.listed.rent(term).filter(|_| own) {
                    inputs.push(Input::plain("in place of the catalog's", listed.value(), Unit::Usd));
                }
                Step::derived(
                    hour.clone(),
                    "Rent an hour",
                    (cost.usd_per_hour, Unit::Usd),
                    "accelerators in whole rental units × price of one for an hour",
                    inputs,
                )
                .resting_on(if own { Trust::Given } else { Trust::of(price.basis()) }, [price.source()])
            }
            (None, buy) => Step::derived(
                hour.clone(),
                "Owning, an hour",
                (cost.usd_per_hour, Unit::Usd),
                "net present cost ÷ annuity over the horizon ÷ 8,760 h: the constant rate of the same present value",
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
        let average = w.requests_per_s * w.mean_to_peak();
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
        vec![
            Input::made("net present cost", buy.present_cost_usd, Unit::Usd, "cost.buy.present_cost_usd"),
            Input::plain("annuity, years", self.annuity(), Unit::One),
        ]
    }
}
