//! What could change the answer: each uncertain input at both ends of its plausible range, all else as it is.

use crate::catalog::{Catalog, Term};
use crate::engine::fleet::market::Market;
use crate::engine::plan::planner::plan;
use crate::engine::plan::result::{Candidate, Plan, Sizing};
use crate::scenario::{OwnQuote, Scenario, Value, input_at};

/// How far an input may turn out different.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Reach {
    /// Times its value, low and high.
    Times(f64, f64),
    /// These values.
    Between(f64, f64),
    /// More or less than its value.
    GiveOrTake(f64),
}

/// An input that is uncertain. The reaches are judgements: what changes between a first talk and a year in service.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Uncertain {
    /// What is varied.
    pub what: Varied,
    reach: Reach,
}

/// What is varied.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Varied {
    /// The input with this path.
    Input(&'static str),
    /// The price of the accelerator in question on the chosen term.
    Price,
    /// How fast the hardware turns out, within the band of its time per output token.
    Speed,
}

/// Every uncertain input.
pub const UNCERTAIN: [Uncertain; 17] = {
    const fn of(path: &'static str, reach: Reach) -> Uncertain {
        Uncertain { what: Varied::Input(path), reach }
    }
    [
        of("workload.requests_per_s", Reach::Times(0.7, 1.5)),
        of("workload.input_tokens", Reach::Times(0.5, 2.0)),
        of("workload.output_tokens", Reach::Times(0.5, 2.0)),
        of("workload.average_to_peak", Reach::Times(0.7, 1.3)),
        of("workload.prefix_cache_hit_rate", Reach::GiveOrTake(0.2)),
        of("workload.arrival_cv", Reach::Times(0.5, 2.0)),
        of("workload.length_cv", Reach::Times(0.5, 2.0)),
        of("slo.ttft_s", Reach::Times(0.5, 2.0)),
        of("slo.tpot_s", Reach::Times(0.7, 1.4)),
        of("slo.availability", Reach::Between(0.99, 0.9999)),
        of("fleet.headroom", Reach::GiveOrTake(0.1)),
        of("facility.pue", Reach::Between(1.1, 1.6)),
        of("facility.electricity_usd_per_kwh", Reach::Between(0.05, 0.2)),
        of("money.years", Reach::Between(3.0, 6.0)),
        of("money.discount_rate", Reach::Between(0.05, 0.15)),
        Uncertain { what: Varied::Price, reach: Reach::Times(0.8, 1.2) },
        Uncertain { what: Varied::Speed, reach: Reach::Times(0.0, 0.0) },
    ]
};

/// The answer at one end.
#[derive(Clone, Debug, PartialEq)]
pub struct End {
    /// An input in its base unit; a price in US dollars, for an hour of one accelerator or for a server that is bought; a
    /// speed as a factor of what is expected.
    pub value: f64,
    /// The fleet of the accelerator in question; `None`: it does not meet the scenario.
    pub fleet: Option<EndFleet>,
}

/// The fleet at one end.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct EndFleet {
    /// Accelerators, spares included.
    pub accelerators: u32,
    /// US dollars per month.
    pub usd_per_month: f64,
}

/// What one input can do.
#[derive(Clone, Debug, PartialEq)]
pub struct Swing {
    /// What is varied.
    pub what: Varied,
    /// Short name of the accelerator in question.
    pub name: String,
    /// At the lower end.
    pub low: End,
    /// At the upper end.
    pub high: End,
    /// Whether at one of the ends another accelerator than now is the cheapest and can be told apart from it, or none is.
    pub flips_winner: bool,
    /// Whether the count of the accelerator in question differs at one of the ends.
    pub flips_count: bool,
}

impl Swing {
    /// The width of the cost per month, US dollars; infinite where an end has no answer.
    fn width(&self) -> f64 {
        match (self.low.fleet, self.high.fleet) {
            (Some(low), Some(high)) => (high.usd_per_month - low.usd_per_month).abs(),
            _ => f64::INFINITY,
        }
    }

    /// Puts what changes the winner first, then what changes the count, then what changes the cost most.
    pub fn sort(swings: &mut [Self]) {
        swings.sort_by(|a, b| {
            let key = |s: &Self| (s.flips_winner, s.flips_count);
            key(b).cmp(&key(a)).then(b.width().total_cmp(&a.width()))
        });
    }
}

impl Uncertain {
    /// What the input does to the fleet of `accelerator`, or of the one that is the cheapest now: two plans. `None` where it
    /// has no value to vary, or there is no such fleet.
    pub fn swing(&self, scenario: &Scenario, catalog: &Catalog, accelerator: Option<&str>) -> Option<Swing> {
        let now = plan(scenario, catalog).ok()?;
        let winner = now.best()?.0;
        let (subject, sizing) = fleet_of(&now, accelerator.unwrap_or(&winner.accelerator))?;
        let ends = match self.what {
            Varied::Price => {
                let term = scenario.money.term;
                let each = match term {
                    // What a quote names: the price of the default server, with which those of the others move.
                    Term::Buy => {
                        let market =
                            Market::of(scenario, catalog, catalog.region(&scenario.facility.region)?);
                        let listed = catalog.server_for(&subject.accelerator);
                        market.server(&subject.accelerator).or(listed)?.price_usd.as_ref()?.value()
                    }
                    _ => {
                        sizing.estate.cost.term(term)?.usd_per_hour
                            / f64::from(sizing.whole().billed_accelerators)
                    }
                };
                // A shorter term that is held instead is what is paid.
                let term = sizing.estate.cost.rate(term).map_or(term, |rate| rate.term);
                self.ends(each).map(|usd| {
                    let mut scenario = scenario.clone();
                    let quotes = &mut scenario.money.quotes;
                    quotes.retain(|q| q.accelerator != subject.accelerator || q.term != term);
                    quotes.push(OwnQuote { accelerator: subject.accelerator.clone(), term, usd });
                    (usd, scenario)
                })
            }
            Varied::Speed => {
                let band =
                    sizing.balance.capacity_high_requests_per_s / sizing.balance.capacity_requests_per_s;
                [1.0 / band, band].map(|factor| {
                    let mut scenario = scenario.clone();
                    // Slower hardware meets the limit as the same hardware meets a shorter one.
                    scenario.slo.tpot_s = (scenario.slo.tpot_s * factor).clamp(1e-4, 600.0);
                    (factor, scenario)
                })
            }
            Varied::Input(path) => {
                let input = input_at(path)?;
                let range = input.range()?;
                let value = match (input.get)(scenario) {
                    Value::Number(v) => v,
                    _ => f64::NAN,
                };
                let ends = self.ends(value);
                if ends.iter().any(|v| !v.is_finite()) {
                    return None;
                }
                let varied = ends.map(|v| {
                    let v = v.clamp(range.min, range.max);
                    let v = if range.whole { v.round() } else { v };
                    let mut scenario = scenario.clone();
                    scenario.set_value(input, Value::Number(v), catalog).ok()?;
                    Some((v, scenario))
                });
                let [Some(low), Some(high)] = varied else { return None };
                [low, high]
            }
        };
        let plans = ends.map(|(value, scenario)| (value, plan(&scenario, catalog).ok()));
        // The first of the tie leads too: within it the order says nothing.
        let leads = |plan: &Option<Plan>| {
            let there = plan.as_ref().and_then(|plan| plan.candidate(&winner.accelerator));
            there.is_some_and(|candidate| candidate.tie)
        };
        let flips_winner = plans.iter().any(|(_, plan)| !leads(plan));
        let [low, high] = plans.map(|(value, plan)| {
            let fleet = plan.as_ref().and_then(|plan| fleet_of(plan, &subject.accelerator));
            let fleet = fleet.map(|(_, sizing)| EndFleet {
                accelerators: sizing.whole().accelerators,
                usd_per_month: sizing.estate.cost.chosen.usd_per_month,
            });
            End { value, fleet }
        });
        let other =
            |end: &End| end.fleet.is_none_or(|fleet| fleet.accelerators != sizing.whole().accelerators);
        let flips_count = other(&low) || other(&high);
        Some(Swing { what: self.what, name: subject.name.clone(), low, high, flips_winner, flips_count })
    }

    fn ends(&self, value: f64) -> [f64; 2] {
        match self.reach {
            Reach::Times(low, high) => [value * low, value * high],
            Reach::Between(low, high) => [low, high],
            Reach::GiveOrTake(by) => [value - by, value + by],
        }
    }
}

/// The candidate of `accelerator`, where it meets the scenario.
fn fleet_of<'a>(plan: &'a Plan, accelerator: &str) -> Option<(&'a Candidate, &'a Sizing)> {
    let candidate = plan.candidate(accelerator)?;
    candidate.sizing().map(|sizing| (candidate, sizing))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::preset;

    /// Each swing is what one gets by setting the input by hand; the price flips the winner exactly where the margin to the
    /// next best shows.
    #[test]
    fn swings_are_plans() {
        let catalog = Catalog::built_in().unwrap();
        for (stem, _) in preset::BUILT_IN {
            let scenario = preset::open(stem, &catalog).unwrap();
            let now = plan(&scenario, &catalog).unwrap();
            for uncertain in UNCERTAIN {
                let Some(swing) = uncertain.swing(&scenario, &catalog, None) else {
                    assert!(matches!(uncertain.what, Varied::Input(_)), "{stem} {uncertain:?}");
                    continue;
                };
                assert!(swing.low.value.is_finite() && swing.low.value < swing.high.value, "{swing:?}");
                if swing.what == Varied::Input("workload.requests_per_s") {
                    let mut twice = scenario.clone();
                    twice.workload.requests_per_s *= 1.5;
                    let plan = plan(&twice, &catalog).unwrap();
                    let own = now.best().unwrap().0.accelerator.as_str();
                    let fleet = fleet_of(&plan, own).map(|(_, s)| s.estate.cost.chosen.usd_per_month);
                    assert_eq!(swing.high.fleet.map(|fleet| fleet.usd_per_month), fleet);
                }
                if swing.what == Varied::Price {
                    // As one gets by giving the price as a quote, on the term that is paid.
                    let (first, sizing) = now.best().unwrap();
                    let asked = scenario.money.term;
                    let term = sizing.estate.cost.rate(asked).map_or(asked, |rate| rate.term);
                    let leads = |usd: f64| {
                        let mut quoted = scenario.clone();
                        quoted.money.quotes =
                            vec![OwnQuote { accelerator: first.accelerator.clone(), term, usd }];
                        let plan = plan(&quoted, &catalog).unwrap();
                        plan.candidate(&first.accelerator).is_some_and(|candidate| candidate.tie)
                    };
                    let flips = !leads(swing.low.value) || !leads(swing.high.value);
                    assert_eq!(swing.flips_winner, flips, "{stem}: {swing:?}");
                }
            }
        }
    }

    /// Another accelerator than the cheapest is followed by its own fleet, and its own price moves nothing but itself, unless
    /// another term comes to cost less.
    #[test]
    fn the_accelerator_in_question_is_followed() {
        let catalog = Catalog::built_in().unwrap();
        let scenario = preset::open(preset::BUILT_IN[0].0, &catalog).unwrap();
        let now = plan(&scenario, &catalog).unwrap();
        let (own, sizing) = now.candidates.iter().filter_map(|c| Some((c, c.sizing()?))).nth(2).unwrap();
        let price = UNCERTAIN.iter().find(|uncertain| uncertain.what == Varied::Price).unwrap();
        let swing = price.swing(&scenario, &catalog, Some(&own.accelerator)).unwrap();
        assert_eq!(swing.name, own.name);
        let usd = sizing.estate.cost.chosen.usd_per_month;
        let paid = |sizing: &Sizing| {
            let asked = scenario.money.term;
            sizing.estate.cost.rate(asked).map_or(asked, |rate| rate.term)
        };
        for (end, factor) in [(swing.low, 0.8), (swing.high, 1.2)] {
            let fleet = end.fleet.unwrap();
            assert_eq!(fleet.accelerators, sizing.whole().accelerators);
            // As one gets by giving the price as a quote.
            let quote = OwnQuote { accelerator: own.accelerator.clone(), term: paid(sizing), usd: end.value };
            let mut quoted = scenario.clone();
            quoted.money.quotes.push(quote);
            let plan = plan(&quoted, &catalog).unwrap();
            let (_, then) = fleet_of(&plan, &own.accelerator).unwrap();
            if paid(then) == paid(sizing) {
                assert!((fleet.usd_per_month / (usd * factor) - 1.0).abs() < 1e-9, "{fleet:?} {usd}");
            } else {
                // Only a dearer term gives way, to one that costs more than it did.
                assert!(
                    factor > 1.0 && (usd..usd * factor).contains(&fleet.usd_per_month),
                    "{fleet:?} {usd}"
                );
            }
        }
    }
}
