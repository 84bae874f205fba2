//! Where along one input the answer changes: one more replica, another layout, another winner, no answer at all.

use crate::catalog::Catalog;
use crate::engine::plan::planner::model_parameters;
use crate::engine::plan::planner::plan_on;
use crate::engine::plan::result::Plan;
use crate::scenario::{Input, MODEL_SIZE, Range, Scenario, Value, custom_model};

/// What changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CliffKind {
    /// Other replicas or another layout of the same accelerator.
    Count,
    /// Another accelerator is the cheapest.
    Winner,
    /// Beyond, or before, nothing meets the scenario.
    Lost,
}

/// A place where the answer changes.
#[derive(Clone, Debug, PartialEq)]
pub struct Cliff {
    /// The input there, in its base unit, on the side further from where it is.
    pub value: f64,
    /// What changes there.
    pub kind: CliffKind,
    /// Whether it lies above where the input is.
    pub above: bool,
    /// The cheapest fleet on the nearer side; `None`: nothing meets the scenario.
    pub before: Option<SeenFleet>,
    /// The same on the further side.
    pub after: Option<SeenFleet>,
    /// Whether one accelerator alone was looked at: others may meet the scenario where it does not.
    pub alone: bool,
    /// Whether the two winners cannot be told apart there.
    pub tie: bool,
}

/// The cheapest fleet, as far as a cliff is concerned.
#[derive(Clone, Debug, PartialEq)]
pub struct SeenFleet {
    /// Catalog id of the accelerator.
    pub accelerator: String,
    /// Its short name.
    pub name: String,
    /// Spares included.
    pub accelerators: u32,
    /// Tensor-parallel degree.
    pub tp: u32,
    /// Pipeline stages.
    pub pp: u32,
    /// Expert-parallel degree.
    pub ep: u32,
    /// Copies of attention that share the experts.
    pub attention_dp: u32,
}

/// Samples over the range of the slider.
const SAMPLES: usize = 28;
/// Halvings of the way between two of them.
const HALVINGS: usize = 9;
/// Changes of the count that are kept on each side of where the input is.
const COUNTS: usize = 2;

/// What a plan answers, as far as a cliff is concerned.
#[derive(Clone, Debug)]
struct Seen {
    best: Option<SeenFleet>,
    /// Ids of those that cannot be told apart from it.
    tied: Vec<String>,
}

impl PartialEq for Seen {
    /// By the cheapest: who else could be is no change of the answer.
    fn eq(&self, other: &Self) -> bool {
        self.best == other.best
    }
}

impl Seen {
    fn of(plan: &Plan) -> Self {
        Self {
            best: plan.best().map(|(candidate, sizing)| {
                let l = &sizing.layout;
                SeenFleet {
                    accelerator: candidate.accelerator.clone(),
                    name: candidate.name.clone(),
                    accelerators: sizing.whole().accelerators,
                    tp: l.tp,
                    pp: l.pp,
                    ep: l.ep,
                    attention_dp: l.attention_dp,
                }
            }),
            tied: plan.candidates.iter().filter(|c| c.tie).map(|c| c.accelerator.clone()).collect(),
        }
    }
}

/// Every change of the winner and of feasibility along the slider of `input`, and the nearest changes of the count, in the
/// order of the slider; of the fleet of `accelerator` alone, where one is given. `go_on` is asked before each plan; nothing is answered once it returns false, or where the input is no
/// number.
pub fn cliffs(
    scenario: &Scenario,
    catalog: &Catalog,
    input: &Input,
    accelerator: Option<&str>,
    mut go_on: impl FnMut() -> bool,
) -> Option<Vec<Cliff>> {
    let range = input.range()?;
    let Value::Number(now) = (input.get)(scenario) else { return Some(Vec::new()) };
    let mut varied = scenario.clone();
    along(range, now, accelerator.is_some(), |value| {
        if !go_on() {
            return None;
        }
        varied.set_value(input, Value::Number(value), catalog).ok()?;
        see(&varied, catalog, accelerator)
    })
}

/// The same along the size of the model: the scenario's own model at its position, a dense one everywhere else.
pub fn model_size_cliffs(
    scenario: &Scenario,
    catalog: &Catalog,
    accelerator: Option<&str>,
    mut go_on: impl FnMut() -> bool,
) -> Option<Vec<Cliff>> {
    let Some(now) = model_parameters(scenario, catalog) else { return Some(Vec::new()) };
    let mut varied = scenario.clone();
    along(MODEL_SIZE, now, accelerator.is_some(), |parameters| {
        if !go_on() {
            return None;
        }
        varied.workload.model = match parameters == now {
            true => scenario.workload.model.clone(),
            false => custom_model(parameters),
        };
        see(&varied, catalog, accelerator)
    })
}

/// What the plan of one accelerator answers, or that of all.
fn see(scenario: &Scenario, catalog: &Catalog, accelerator: Option<&str>) -> Option<Seen> {
    let wanted = |id: &str| accelerator.is_none_or(|accelerator| accelerator == id);
    plan_on(scenario, catalog, wanted).ok().as_ref().map(Seen::of)
}

/// The changes along `range` of what is `seen` at a value, nearest to `now` first on each side.
fn along(
    range: Range,
    now: f64,
    alone: bool,
    mut seen: impl FnMut(f64) -> Option<Seen>,
) -> Option<Vec<Cliff>> {
    let at = |share: f64| range.at(share);
    let here = range.share(now);
    // Unchanged, to the last digit.
    let mut seen_at = |share: f64| seen(if share == here { now } else { at(share) });
    let mut shares: Vec<f64> = (0..SAMPLES).map(|i| i as f64 / (SAMPLES - 1) as f64).collect();
    shares.push(here);
    shares.sort_by(f64::total_cmp);
    let samples: Option<Vec<(f64, Seen)>> =
        shares.into_iter().map(|share| Some((share, seen_at(share)?))).collect();
    let samples = samples?;
    let mut found = Vec::new();
    // From where the input is outwards, so that the nearest come first.
    for outwards in [true, false] {
        let mut counts = 0;
        let side: Vec<&(f64, Seen)> = if outwards {
            samples.iter().filter(|(share, _)| *share >= here).collect()
        } else {
            samples.iter().rev().filter(|(share, _)| *share <= here).collect()
        };
        for pair in side.windows(2) {
            let [(near, before), (far, after)] = [pair[0], pair[1]];
            let kind = kind(before, after);
            if before == after || (kind == CliffKind::Count && counts >= COUNTS) {
                continue;
            }
            counts += usize::from(kind == CliffKind::Count);
            // The change of this kind that is nearest to where the input is.
            let (mut low, mut high, mut beyond) = (*near, *far, after.clone());
            for _ in 0..HALVINGS {
                let middle = (low + high) / 2.0;
                let there = seen_at(middle)?;
                if there == *before || (kind != CliffKind::Count && self::kind(before, &there) != kind) {
                    low = middle;
                } else {
                    (high, beyond) = (middle, there);
                }
            }
            let value = at(high);
            let before = before.best.clone();
            let tie = kind == CliffKind::Winner
                && before.as_ref().is_some_and(|before| beyond.tied.contains(&before.accelerator));
            found.push(Cliff { value, kind, above: outwards, before, after: beyond.best, alone, tie });
        }
    }
    found.sort_by(|a, b| a.value.total_cmp(&b.value));
    Some(found)
}

fn kind(before: &Seen, after: &Seen) -> CliffKind {
    match (&before.best, &after.best) {
        (Some(a), Some(b)) if a.accelerator == b.accelerator => CliffKind::Count,
        (Some(_), Some(_)) => CliffKind::Winner,
        (None, None) => CliffKind::Count,
        _ => CliffKind::Lost,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::{input_at, preset};

    /// Beyond a mark the answer is another than just before it, and the kind is the one given.
    #[test]
    fn the_answer_changes_at_every_mark() {
        let catalog = Catalog::built_in().unwrap();
        let mut count = 0;
        for (stem, paths) in [
            ("support-chat", ["workload.requests_per_s", "workload.input_tokens", "slo.tpot_s"]),
            ("edge-8b", ["workload.output_tokens", "slo.ttft_s", "workload.prefix_cache_hit_rate"]),
        ] {
            let scenario = preset::open(stem, &catalog).unwrap();
            for path in paths {
                let input = input_at(path).unwrap();
                let range = input.range().unwrap();
                let Value::Number(now) = (input.get)(&scenario) else { panic!("{path}") };
                let marks = cliffs(&scenario, &catalog, input, None, || true).unwrap();
                count += marks.len();
                for mark in &marks {
                    let seen = |value: f64| {
                        let mut varied = scenario.clone();
                        varied.set_value(input, Value::Number(value), &catalog).unwrap();
                        see(&varied, &catalog, None).unwrap()
                    };
                    let share = range.share(mark.value);
                    let inwards = if mark.value > now { -1.0 } else { 1.0 };
                    let step = 1.01 / ((SAMPLES - 1) as f64 * f64::from(1u32 << HALVINGS));
                    // Whole numbers are rounded to.
                    let rounding = 1.5 / (mark.value * (range.slider.1 / range.slider.0).ln());
                    let step = if range.whole { step + rounding } else { step };
                    let (near, far) = (seen(range.at(share + inwards * step)), seen(mark.value));
                    assert_ne!(near, far, "{stem} {path} {mark:?}");
                    assert_eq!(mark.after, far.best, "{stem} {path} {mark:?}");
                    if mark.kind == CliffKind::Lost {
                        assert!(near.best.is_none() != far.best.is_none(), "{stem} {path} {mark:?}");
                    }
                }
            }
        }
        assert!(count > 12, "{count} marks");
    }

    #[test]
    fn the_size_of_the_model_has_cliffs_too() {
        let catalog = Catalog::built_in().unwrap();
        let scenario = preset::open("support-chat", &catalog).unwrap();
        let marks = model_size_cliffs(&scenario, &catalog, None, || true).unwrap();
        let now = model_parameters(&scenario, &catalog).unwrap();
        let best = |model: String| {
            let mut varied = scenario.clone();
            varied.workload.model = model;
            see(&varied, &catalog, None).unwrap()
        };
        assert!(marks.iter().any(|m| m.value > now) && marks.iter().any(|m| m.value < now), "{marks:?}");
        for mark in &marks {
            // Three digits of a size are one model. Farther out the answer of now may come back.
            let there = best(custom_model(mark.value)).best;
            assert_eq!(there, mark.after, "{mark:?}");
            assert_ne!(there, mark.before, "{mark:?}");
        }
    }

    #[test]
    fn it_stops_when_told_to() {
        let catalog = Catalog::built_in().unwrap();
        let scenario = preset::open("edge-8b", &catalog).unwrap();
        let mut left = 5;
        let answer = cliffs(&scenario, &catalog, input_at("slo.tpot_s").unwrap(), None, || {
            left -= 1;
            left > 0
        });
        assert_eq!((answer, left), (None, 0));
    }
}
