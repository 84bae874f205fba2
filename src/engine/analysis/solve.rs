//! Asking backwards: how far an input may go while an outcome holds.

use crate::catalog::Catalog;
use crate::engine::analysis::curves::sized;
use crate::engine::plan::planner::plan;
use crate::engine::{Plan, Sizing};
use crate::scenario::{Range, Scenario, Value, input_at};
use crate::units::{self, Unit};

/// What must hold.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Want {
    /// So many accelerators.
    Accelerators,
    /// US dollars a month.
    Month,
    /// Facility power, watts.
    Power,
    /// US dollars for a million tokens, input and output.
    MillionTokens,
}

impl Want {
    /// Every kind, in the order in which lists show them.
    pub const ALL: [Self; 4] = [Self::Accelerators, Self::Month, Self::Power, Self::MillionTokens];

    /// The key in documents, unit included.
    pub fn id(self) -> &'static str {
        match self {
            Self::Accelerators => "accelerators",
            Self::Month => "usd_per_month",
            Self::Power => "facility_w",
            Self::MillionTokens => "usd_per_million_tokens",
        }
    }

    /// The words shown to users.
    pub fn label(self) -> &'static str {
        match self {
            Self::Accelerators => "accelerators",
            Self::Month => "cost a month",
            Self::Power => "facility power",
            Self::MillionTokens => "cost per M tokens",
        }
    }

    /// What its limit is given in.
    pub fn unit(self) -> Unit {
        match self {
            Self::Accelerators => Unit::One,
            Self::Month | Self::MillionTokens => Unit::Usd,
            Self::Power => Unit::Watts,
        }
    }

    /// A value of it in words.
    pub fn written(self, value: f64) -> String {
        match self {
            Self::Accelerators if value.fract() == 0.0 => units::count(value),
            _ => units::quantity(value, self.unit()),
        }
    }

    /// The figure that it limits.
    pub fn of(self, sizing: &Sizing) -> f64 {
        match self {
            Self::Accelerators => f64::from(sizing.layout.accelerators),
            Self::Month => sizing.cost.chosen.usd_per_month,
            Self::Power => sizing.power.facility_w,
            Self::MillionTokens => sizing.cost.chosen.usd_per_million_tokens,
        }
    }
}

/// A sizer.
#[derive(Clone, Debug, PartialEq)]
pub struct Ask<'a> {
    /// Path of a number among the inputs: the unknown.
    pub path: &'a str,
    /// What must hold.
    pub want: Want,
    /// At most this much.
    pub limit: f64,
    /// Id of the accelerator that it is asked of; `None`: the cheapest, whichever it is there.
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
    /// Its name for people.
    pub name: String,
    /// The value in words, with its unit.
    pub written: String,
    /// The answer as a sentence.
    pub words: String,
}

/// Why there is no answer.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum Unsolved {
    /// The input of this path is no number.
    #[error("{0}: is no number that can be asked for. Choose one, such as workload.requests_per_s.")]
    NoNumber(String),
    /// The input changes nothing: its label, the ends of its range, the outcome.
    #[error("{0} does not change it anywhere between {1} and {2}, where it is {3}. Ask for another input.")]
    NoEffect(&'static str, String, String, String),
    /// No value keeps the limit: label of the input, the limit, the least outcome, where that is.
    #[error("No {0} keeps it within {1}; the least is {2}, at {3}. Raise the limit or change another input.")]
    Never(&'static str, String, String, String),
    /// No value of the input gives a fleet at all.
    #[error("No {0} can be served at all. Relax the service levels or choose a smaller model.")]
    Nothing(&'static str),
}

/// Samples along the slider; then so many times the step that fails is cut into parts.
const SAMPLES: usize = 40;
const CUTS: usize = 9;
const PARTS: usize = 6;

/// The furthest value of the unknown at which the want holds, in the direction in which it gets harder: found by what both
/// ends of the slider give. Where it does not change evenly, the boundary that is met first from the easy end counts.
///
/// # Errors
/// Why there is none.
pub fn solve(scenario: &Scenario, catalog: &Catalog, ask: &Ask<'_>) -> Result<Solved, Unsolved> {
    let no_number = || Unsolved::NoNumber(ask.path.to_owned());
    let input = input_at(ask.path).ok_or_else(no_number)?;
    let range = input.range().ok_or_else(no_number)?;
    let mut varied = scenario.clone();
    let mut figure = |value: f64| -> Option<(f64, u32, String)> {
        varied.set_value(input, Value::Number(value), catalog).ok()?;
        match ask.accelerator {
            Some(id) => {
                let sizing = sized(&varied, catalog, id)?;
                Some((ask.want.of(&sizing), sizing.layout.accelerators, id.to_owned()))
            }
            None => {
                let plan: Plan = plan(&varied, catalog).ok()?;
                let (best, sizing) = plan.best()?;
                Some((ask.want.of(sizing), sizing.layout.accelerators, best.accelerator.clone()))
            }
        }
    };
    let at = |share: f64| range.at(share);
    let share = |i: usize| i as f64 / (SAMPLES - 1) as f64;
    let ends = [figure(at(0.0)), figure(at(1.0))].map(|f| f.map_or(f64::INFINITY, |(v, ..)| v));
    let same = |i: usize| figure(at(share(i))).is_some_and(|(v, ..)| v == ends[0]);
    if ends[0] == ends[1] && ends[0].is_finite() && (1..SAMPLES - 1).all(same) {
        let [low, high] = [at(0.0), at(1.0)].map(|v| written(&range, v));
        return Err(Unsolved::NoEffect(input.label, low, high, ask.want.written(ends[0])));
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
            None => Unsolved::Nothing(input.label),
            Some((v, value)) => Unsolved::Never(
                input.label,
                ask.want.written(ask.limit),
                ask.want.written(v),
                written(&range, value),
            ),
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
    let nothing = || Unsolved::Nothing(input.label);
    let (outcome, accelerators, accelerator) = figure(value).ok_or_else(nothing)?;
    let name = catalog.accelerator(&accelerator).ok_or_else(nothing)?.short_name.clone();
    let written = written(&range, value);
    let words = format!(
        "{} {} {written}{}: {} × {name} there.",
        input.label,
        if largest { "up to" } else { "down to" },
        if at_end { ", the end of its range" } else { "" },
        units::count(f64::from(accelerators)),
    );
    Ok(Solved { value, largest, at_end, outcome, accelerators, accelerator, name, written, words })
}

/// A value in words, with all the digits that it was rounded to.
fn written(range: &Range, value: f64) -> String {
    match range.unit {
        Unit::One if range.whole => units::count(value),
        // Availabilities live in the decimals after 99.
        Unit::Fraction if !(0.99..1.0).contains(&value) => {
            format!("{}%", units::significant(value * 100.0, 3))
        }
        Unit::Months => format!("{} months", units::significant(value, 3)),
        unit => units::quantity(value, unit),
    }
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

    /// What 16 H200 hold, what context $50k a month pays, how far the time per token may go on 4 B200: it holds there and
    /// just before, and one percent further it does not.
    #[test]
    fn it_holds_there_and_not_beyond() {
        let catalog = Catalog::built_in().unwrap();
        let scenario = preset::open("support-chat", &catalog).unwrap();
        for (path, want, limit, accelerator) in [
            ("workload.requests_per_s", Want::Accelerators, 16.0, Some("h200-sxm")),
            ("workload.input_tokens", Want::Month, 50_000.0, None),
            ("slo.tpot_s", Want::Accelerators, 4.0, Some("b200")),
            ("workload.requests_per_s", Want::Power, 400e3, Some("mi300x")),
            // Just beyond the boundary the cheapest is for a moment one that holds again.
            ("workload.input_tokens", Want::Power, 400e3, None),
        ] {
            let ask = Ask { path, want, limit, accelerator };
            let solved = solve(&scenario, &catalog, &ask).unwrap_or_else(|e| panic!("{ask:?}: {e}"));
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
            assert!(solved.words.contains(&solved.name), "{}", solved.words);
        }
    }

    #[test]
    fn what_has_no_answer_says_why() {
        let catalog = Catalog::built_in().unwrap();
        let scenario = preset::open("support-chat", &catalog).unwrap();
        let ask = |path, limit| {
            let ask = Ask { path, want: Want::Month, limit, accelerator: Some("h100-sxm") };
            solve(&scenario, &catalog, &ask).unwrap_err().to_string()
        };
        assert!(ask("workload.model", 1e4).contains("no number"));
        assert!(ask("workload.output_tokens", 1.0).contains("Raise the limit"));
        assert!(ask("facility.pue", 1e9).contains("does not change it"));
        assert!(ask("facility.pue", 1e9).contains(", where it is $"));
    }
}
