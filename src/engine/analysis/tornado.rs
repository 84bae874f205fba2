//! What could change the answer: each uncertain input at both ends of its plausible range, all else as it is.

use crate::catalog::Catalog;
use crate::engine::plan::planner::plan;
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
    /// The price of the winner's accelerator on the chosen term.
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
    /// The winner's short name; `None`: nothing meets the scenario.
    pub winner: Option<String>,
    /// Accelerators of the fleet.
    pub accelerators: u32,
    /// US dollars per month.
    pub usd_per_month: f64,
}

/// What one input can do.
#[derive(Clone, Debug, PartialEq)]
pub struct Swing {
    /// What is varied.
    pub what: Varied,
    /// Short name of the accelerator that wins as things are.
    pub winner: String,
    /// At the lower end.
    pub low: End,
    /// At the upper end.
    pub high: End,
    /// Whether another accelerator wins at one of the ends, or none does.
    pub flips_winner: bool,
    /// Whether the winner's count differs at one of the ends.
    pub flips_count: bool,
}

impl Swing {
    /// The width of the cost per month, US dollars; infinite where an end has no answer.
    fn width(&self) -> f64 {
        if self.low.winner.is_none() || self.high.winner.is_none() {
            return f64::INFINITY;
        }
        (self.high.usd_per_month - self.low.usd_per_month).abs()
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
    /// What the input does to the answer: two plans. `None` where it has no value to vary.
    pub fn swing(&self, scenario: &Scenario, catalog: &Catalog) -> Option<Swing> {
        let now = plan(scenario, catalog).ok()?;
        let (winner, sizing) = now.best()?;
        let ends = match self.what {
            Varied::Price => {
                let term = scenario.money.term;
                let each = match term {
                    crate::catalog::Term::Buy => {
                        sizing.estate.cost.buy?.servers_usd / f64::from(sizing.layout.servers)
                    }
                    _ => {
                        sizing.estate.cost.term(term)?.usd_per_hour
                            / f64::from(sizing.layout.billed_accelerators)
                    }
                };
                self.ends(each).map(|usd| {
                    let mut scenario = scenario.clone();
                    let quotes = &mut scenario.money.quotes;
                    quotes.retain(|q| q.accelerator != winner.accelerator || q.term != term);
                    quotes.push(OwnQuote { accelerator: winner.accelerator.clone(), term, usd });
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
        let [low, high] = ends.map(|(value, scenario)| end(value, &scenario, catalog));
        let same = |end: &End| end.winner.as_deref() == Some(winner.name.as_str());
        let flips_winner = !same(&low) || !same(&high);
        let flips_count =
            [&low, &high].iter().any(|e| same(e) && e.accelerators != sizing.layout.accelerators);
        Some(Swing { what: self.what, winner: winner.name.clone(), low, high, flips_winner, flips_count })
    }

    fn ends(&self, value: f64) -> [f64; 2] {
        match self.reach {
            Reach::Times(low, high) => [value * low, value * high],
            Reach::Between(low, high) => [low, high],
            Reach::GiveOrTake(by) => [value - by, value + by],
        }
    }
}

fn end(value: f64, scenario: &Scenario, catalog: &Catalog) -> End {
    let plan = plan(scenario, catalog).ok();
    match plan.as_ref().and_then(|plan| plan.best()) {
        Some((candidate, sizing)) => End {
            value,
            winner: Some(candidate.name.clone()),
            accelerators: sizing.layout.accelerators,
            usd_per_month: sizing.estate.cost.chosen.usd_per_month,
        },
        None => End { value, winner: None, accelerators: 0, usd_per_month: 0.0 },
    }
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
            let mut costs =
                now.candidates.iter().filter_map(|c| c.sizing()).map(|s| s.estate.cost.chosen.usd_per_month);
            let winner = costs.next().unwrap();
            let margin = costs.next().unwrap() / winner - 1.0;
            for uncertain in UNCERTAIN {
                let Some(swing) = uncertain.swing(&scenario, &catalog) else {
                    assert!(matches!(uncertain.what, Varied::Input(_)), "{stem} {uncertain:?}");
                    continue;
                };
                assert!(swing.low.value.is_finite() && swing.low.value < swing.high.value, "{swing:?}");
                if swing.what == Varied::Input("workload.requests_per_s") {
                    let mut twice = scenario.clone();
                    twice.workload.requests_per_s *= 1.5;
                    let plan = plan(&twice, &catalog).unwrap();
                    assert_eq!(
                        swing.high.usd_per_month,
                        plan.best().unwrap().1.estate.cost.chosen.usd_per_month
                    );
                }
                if swing.what == Varied::Price {
                    assert_eq!(swing.flips_winner, margin < 0.2, "{stem}: {margin} {swing:?}");
                }
            }
        }
    }
}
