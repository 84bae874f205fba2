//! The limit of an input: how far it can go while an outcome stays within its limit.

use crate::catalog::Catalog;
use crate::engine::analysis::curves::sized;
use crate::engine::plan::headline::Headline;
use crate::engine::plan::planner::plan;
use crate::engine::plan::result::Plan;
use crate::scenario::{Range, Scenario, Value, input_at};

/// The question for a limit.
#[derive(Clone, Debug, PartialEq)]
pub struct Ask<'a> {
    /// Path of a number among the inputs: the unknown.
    pub path: &'a str,
    /// What must hold.
    pub want: Headline,
    /// At most this much.
    pub limit: f64,
    /// Id of the accelerator to find it on; `None`: the cheapest, at each value.
    pub accelerator: Option<&'a str>,
}

/// How far it goes.
#[derive(Clone, Debug, PartialEq)]
pub struct Solved {
    /// The value, in its base unit.
    pub value: f64,
    /// Whether it is the largest value that holds; else the smallest.
    pub largest: bool,
    /// Whether the whole slider holds, and the value is its end.
    pub at_end: bool,
    /// What is wanted comes to this much there, in the unit of the limit.
    pub outcome: f64,
    /// How many of which accelerator there: its catalog id and its short name.
    pub accelerators: u32,
    /// Id of the accelerator it is there.
    pub accelerator: String,
    /// Its name shown to users.
    pub name: String,
    /// Share of the capacity that the fleet keeps free there, 0–1.
    pub headroom: f64,
}

/// Why there is no answer.
#[derive(Clone, Debug, PartialEq)]
pub enum Unsolved {
    /// The unknown is not a number.
    NotANumber,
    /// The outcome is the same everywhere.
    NoEffect {
        /// The lower end of the slider.
        low: f64,
        /// The upper end.
        high: f64,
        /// The outcome everywhere between them, in the unit of the limit.
        outcome: f64,
    },
    /// Even the least outcome is over the limit.
    Never {
        /// The least outcome, in the unit of the limit.
        outcome: f64,
        /// The unknown there.
        value: f64,
    },
    /// Nothing meets the scenario, wherever the unknown is.
    Nothing,
    /// `go_on` said no.
    Stopped,
}

/// Samples along the slider; then so many times the step that fails is cut into parts.
const SAMPLES: usize = 40;
const CUTS: usize = 9;
const PARTS: usize = 6;

/// The furthest value of the unknown at which the want holds, in the direction in which it gets harder: found by what both
/// ends of the slider give. Where it does not change evenly, the boundary that is met first from the easy end counts.
/// `go_on` is asked before each plan; once it says no the search ends.
///
/// # Errors
/// Why there is none.
pub fn solve(
    scenario: &Scenario,
    catalog: &Catalog,
    ask: &Ask<'_>,
    mut go_on: impl FnMut() -> bool,
) -> Result<Solved, Unsolved> {
    let mut stopped = false;
    let answer = search(scenario, catalog, ask, || {
        stopped = stopped || !go_on();
        !stopped
    });
    if stopped { Err(Unsolved::Stopped) } else { answer }
}

/// The search; where it was stopped, its answer means nothing.
fn search(
    scenario: &Scenario,
    catalog: &Catalog,
    ask: &Ask<'_>,
    mut go_on: impl FnMut() -> bool,
) -> Result<Solved, Unsolved> {
    let input = input_at(ask.path).ok_or(Unsolved::NotANumber)?;
    let range = input.range().ok_or(Unsolved::NotANumber)?;
    let mut varied = scenario.clone();
    let mut figure = |value: f64| -> Option<(f64, u32, String)> {
        if !go_on() {
            return None;
        }
        varied.set_value(input, Value::Number(value), catalog).ok()?;
        match ask.accelerator {
            Some(id) => {
                let sizing = sized(&varied, catalog, id)?;
                Some((ask.want.of(&sizing), sizing.whole().accelerators, id.to_owned()))
            }
            None => {
                let plan: Plan = plan(&varied, catalog).ok()?;
                let (best, sizing) = plan.best()?;
                Some((ask.want.of(sizing), sizing.whole().accelerators, best.accelerator.clone()))
            }
        }
    };
    let at = |share: f64| range.at(share);
    let share = |i: usize| i as f64 / (SAMPLES - 1) as f64;
    let ends = [figure(at(0.0)), figure(at(1.0))].map(|f| f.map_or(f64::INFINITY, |(v, ..)| v));
    let same = |i: usize| figure(at(share(i))).is_some_and(|(v, ..)| v == ends[0]);
    if ends[0] == ends[1] && ends[0].is_finite() && (1..SAMPLES - 1).all(same) {
        return Err(Unsolved::NoEffect { low: at(0.0), high: at(1.0), outcome: ends[0] });
    }
    let largest = ends[0] <= ends[1];
    // 0 is the easy end.
    let from_easy = |share: f64| if largest { at(share) } else { at(1.0 - share) };
    let holds = |found: &Option<(f64, u32, String)>| found.as_ref().is_some_and(|(v, ..)| *v <= ask.limit);
    let mut best: Option<f64> = None;
    let mut least: Option<(f64, f64)> = None;
    let mut edge = None;
    for i in 0..SAMPLES {
        let share = share(i);
        let found = figure(from_easy(share));
        if let Some((v, ..)) = &found
            && least.is_none_or(|(other, _)| *v < other)
        {
            least = Some((*v, from_easy(share)));
        }
        match (holds(&found), best) {
            (true, _) => best = Some(share),
            (false, Some(held)) => {
                edge = Some((held, share));
                break;
            }
            (false, None) => {}
        }
    }
    let Some(held) = best else {
        return Err(match least {
            None => Unsolved::Nothing,
            Some((outcome, value)) => Unsolved::Never { outcome, value },
        });
    };
    let share = match edge {
        None => held,
        Some((mut low, mut high)) => {
            // Parts and not halves: where the cheapest changes from one accelerator to another, the first boundary counts.
            for _ in 0..CUTS {
                let part = (high - low) / PARTS as f64;
                for _ in 1..PARTS {
                    let next = low + part;
                    if !holds(&figure(from_easy(next))) {
                        high = next;
                        break;
                    }
                    low = next;
                }
            }
            low
        }
    };
    let exact = from_easy(share);
    let at_end = edge.is_none();
    // To three digits towards the easy side, where it still holds.
    let rounded = rounded(&range, exact, largest);
    let value = if !at_end && holds(&figure(rounded)) { rounded } else { exact };
    let (outcome, accelerators, accelerator) = figure(value).ok_or(Unsolved::Nothing)?;
    let name = catalog.accelerator(&accelerator).ok_or(Unsolved::Nothing)?.short_name.clone();
    // The scenario that was planned last is the one with the value.
    let headroom = varied.fleet.headroom;
    Ok(Solved { value, largest, at_end, outcome, accelerators, accelerator, name, headroom })
}

fn rounded(range: &Range, value: f64, down: bool) -> f64 {
    if value == 0.0 {
        return 0.0;
    }
    let step = 10f64.powf(value.abs().log10().floor() - 2.0);
    let step = if range.whole { step.max(1.0) } else { step };
    let steps = value / step;
    let steps = if down { steps.floor() } else { steps.ceil() };
    // Dividing keeps 41.2 what it is, multiplying by 0.1 would not.
    let value = if step < 1.0 { steps / (1.0 / step).round() } else { steps * step };
    let (low, high) = range.slider;
    value.clamp(low, high)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::preset;

    /// What 16 H200 hold, what context $50k per month pays for, how far the time per token may go on 4 B200: it holds there and
    /// just before, and one percent further it does not.
    #[test]
    fn it_holds_there_and_not_beyond() {
        let catalog = Catalog::built_in().unwrap();
        let scenario = preset::open("support-chat", &catalog).unwrap();
        for (path, want, limit, accelerator) in [
            ("workload.requests_per_s", Headline::Accelerators, 16.0, Some("h200-sxm")),
            ("workload.input_tokens", Headline::Month, 50_000.0, None),
            ("slo.tpot_s", Headline::Accelerators, 4.0, Some("b200")),
            ("workload.requests_per_s", Headline::Power, 400e3, Some("b200")),
            // Just beyond the boundary the cheapest is for a moment one that holds again.
            ("workload.input_tokens", Headline::Power, 400e3, None),
        ] {
            let ask = Ask { path, want, limit, accelerator };
            let solved =
                solve(&scenario, &catalog, &ask, || true).unwrap_or_else(|e| panic!("{ask:?}: {e:?}"));
            assert_eq!(solved.largest, path != "slo.tpot_s", "{solved:?}");
            let at = |value: f64| {
                let input = input_at(path).unwrap();
                let value = if input.range().unwrap().whole { value.round() } else { value };
                let mut varied = scenario.clone();
                varied.set_value(input, Value::Number(value), &catalog).unwrap();
                match accelerator {
                    Some(id) => sized(&varied, &catalog, id).map(|s| want.of(&s)),
                    None => plan(&varied, &catalog).unwrap().best().map(|(_, s)| want.of(s)),
                }
            };
            assert!(at(solved.value).unwrap() <= limit, "{solved:?}");
            let nearer = solved.value * if solved.largest { 0.995 } else { 1.005 };
            assert!(at(nearer).unwrap() <= limit, "{solved:?}");
            let further = solved.value * if solved.largest { 1.011 } else { 1.0 / 1.011 };
            assert!(solved.at_end || at(further).is_none_or(|v| v > limit), "{solved:?}");
        }
    }

    #[test]
    fn what_has_no_answer_says_why() {
        let catalog = Catalog::built_in().unwrap();
        let scenario = preset::open("support-chat", &catalog).unwrap();
        let ask = |path, limit| {
            let ask = Ask { path, want: Headline::Month, limit, accelerator: Some("h100-sxm") };
            solve(&scenario, &catalog, &ask, || true).unwrap_err()
        };
        assert_eq!(ask("workload.model", 1e4), Unsolved::NotANumber);
        let Unsolved::Never { outcome, value } = ask("workload.output_tokens", 1.0) else { panic!("never") };
        assert!(outcome > 1.0 && value >= 1.0);
        let Unsolved::NoEffect { low, high, outcome } = ask("facility.pue", 1e9) else { panic!("no effect") };
        assert!(low < high && outcome > 1.0);
    }

    #[test]
    fn it_ends_once_nobody_waits_for_it() {
        let catalog = Catalog::built_in().unwrap();
        let scenario = preset::open("support-chat", &catalog).unwrap();
        let path = "workload.requests_per_s";
        let ask = Ask { path, want: Headline::Accelerators, limit: 16.0, accelerator: Some("h100-sxm") };
        let mut asked = 0;
        let answer = solve(&scenario, &catalog, &ask, || {
            asked += 1;
            asked < 3
        });
        assert_eq!((answer, asked), (Err(Unsolved::Stopped), 3));
    }
}
