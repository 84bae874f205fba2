//! Undo with names: a step for every change of the inputs that was left at rest.

use headroom::report::numbers;
use headroom::scenario::{INPUTS, Scenario, Value};
use headroom::units;

use super::text::plain;

/// How still the inputs must be before a step is made, seconds.
pub const REST_S: f64 = 0.4;
/// Steps that are kept.
const MOST: usize = 200;

/// What can be undone and redone.
pub struct History {
    /// What was there before each step, the latest last.
    past: Vec<Scenario>,
    /// What was there after each step that was taken back, the next last.
    future: Vec<Scenario>,
    /// The scenario at the last rest.
    at: Scenario,
    /// The scenario as it was last seen in motion, and since when it has not moved.
    moving: Option<(Scenario, f64)>,
}

impl History {
    /// Nothing to go back to yet.
    pub fn new(scenario: &Scenario) -> Self {
        Self { past: Vec::new(), future: Vec::new(), at: scenario.clone(), moving: None }
    }

    /// Watches `scenario` at `now` (seconds); returns whether it must be shown again once it has rested.
    pub fn feed(&mut self, now: f64, scenario: &Scenario) -> bool {
        if *scenario == self.at {
            self.moving = None;
            return false;
        }
        match &self.moving {
            Some((seen, since)) if seen == scenario => {
                if now - since < REST_S {
                    return true;
                }
                self.step(scenario);
                false
            }
            _ => {
                self.moving = Some((scenario.clone(), now));
                true
            }
        }
    }

    fn step(&mut self, scenario: &Scenario) {
        self.past.push(std::mem::replace(&mut self.at, scenario.clone()));
        if self.past.len() > MOST {
            self.past.remove(0);
        }
        self.future.clear();
        self.moving = None;
    }

    /// What undo would take back; `None`: nothing.
    pub fn undoes(&self, scenario: &Scenario) -> Option<String> {
        if *scenario == self.at {
            self.past.last().map(|before| difference(before, &self.at))
        } else {
            Some(difference(&self.at, scenario))
        }
    }

    /// What redo would do again.
    pub fn redoes(&self, scenario: &Scenario) -> Option<String> {
        self.future.last().filter(|_| *scenario == self.at).map(|after| difference(&self.at, after))
    }

    /// The scenario before the last step; what is still moving is a step of its own.
    pub fn undo(&mut self, scenario: &Scenario) -> Option<Scenario> {
        if *scenario != self.at {
            self.step(scenario);
        }
        let before = self.past.pop()?;
        self.future.push(std::mem::replace(&mut self.at, before));
        Some(self.at.clone())
    }

    /// The scenario after the step that was taken back last.
    pub fn redo(&mut self, scenario: &Scenario) -> Option<Scenario> {
        if *scenario != self.at {
            return None;
        }
        let after = self.future.pop()?;
        self.past.push(std::mem::replace(&mut self.at, after));
        Some(self.at.clone())
    }
}

/// A value as users write it.
pub fn written(value: &Value, unit: Option<units::Unit>) -> String {
    match (value, unit) {
        (Value::Number(v), Some(unit)) => plain(&numbers::quantity(*v, unit)),
        (Value::Auto, _) => "auto".to_owned(),
        _ => value.text(),
    }
}

/// What turned one scenario into the other: "Input 1,500 tokens → 3,000 tokens", "Input and 2 more".
pub fn difference(a: &Scenario, b: &Scenario) -> String {
    let mut changed = INPUTS.iter().filter(|input| (input.get)(a) != (input.get)(b));
    let Some(first) = changed.next() else { return "Title".to_owned() };
    match changed.count() {
        0 => {
            let unit = first.range().map(|range| range.unit);
            let [from, to] = [a, b].map(|s| written(&(first.get)(s), unit));
            format!("{} {from} → {to}", first.label)
        }
        more => format!("{} and {more} more", first.label),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_have_names_and_come_back() {
        let start = Scenario::default();
        let mut history = History::new(&start);
        let mut now = start.clone();
        now.workload.input_tokens = 3000.0;
        assert!(history.feed(0.0, &now), "it may still move");
        now.workload.input_tokens = 4000.0;
        assert!(history.feed(0.3, &now) && history.feed(0.6, &now));
        assert!(!history.feed(0.71, &now), "at rest");
        assert_eq!(history.undoes(&now).as_deref(), Some("Input 1,500 tokens → 4,000 tokens"));
        let mut later = now.clone();
        later.slo.tpot_s = 0.03;
        later.slo.ttft_s = 2.0;
        assert_eq!(history.undoes(&later).as_deref(), Some("Time to first token and 1 more"));
        assert_eq!(history.undo(&later), Some(now.clone()), "what still moves is a step of its own");
        assert_eq!(history.undo(&now), Some(start.clone()));
        assert_eq!(history.undo(&start), None);
        assert_eq!(history.redoes(&start).as_deref(), Some("Input 1,500 tokens → 4,000 tokens"));
        assert_eq!(history.redo(&start), Some(now.clone()));
        assert_eq!(history.redo(&now), Some(later));
    }
}
