//! Pinned scenarios: what the screen compares with.

use std::rc::Rc;

use headroom::catalog::Catalog;
use headroom::engine::analysis::curves::LatencyPoint;
use headroom::engine::analysis::outlook::{Outlook, outlook};
use headroom::engine::{Candidate, Sizing};
use headroom::report::sentence;
use headroom::scenario::Scenario;

use super::answer::{Answer, Lines, LoadCurves};
use super::history::difference;
use super::palette::Palette;

/// Curves that a pinned scenario had, of its leading accelerators by their ids.
pub struct Ghosts {
    pub latency: Lines<Vec<LatencyPoint>>,
    pub loads: LoadCurves,
    /// Cost of a million tokens against the average load over the peak.
    pub utilization: Lines<Vec<[f64; 2]>>,
    pub outlooks: Lines<Rc<Outlook>>,
}

impl Ghosts {
    /// What `answer` to `scenario` shows while `selected` is picked.
    pub fn of(answer: &mut Answer, scenario: &Scenario, catalog: &Catalog, selected: Option<&str>) -> Self {
        let growth = scenario.workload.growth_per_month;
        let outlooks = answer
            .leading(Palette::COLOURS, selected)
            .map(|(c, _)| (c.accelerator.clone(), Rc::new(outlook(scenario, catalog, c, growth))));
        let outlooks = outlooks.collect();
        Self {
            latency: answer.latency(scenario, catalog, selected),
            loads: answer.loads(scenario, catalog, selected),
            utilization: answer.utilization(scenario, catalog, selected),
            outlooks,
        }
    }
}

/// A scenario that was pinned, with what was answered then.
pub struct Pin {
    /// Given once, in the order in which pins are made.
    number: usize,
    /// The scenario of the pin before, where it differs: what names this one.
    since: Option<Scenario>,
    pub scenario: Scenario,
    pub answer: Answer,
    pub ghosts: Ghosts,
    /// The presenter's note about it.
    pub note: String,
}

impl Pin {
    /// Its number, and what sets it apart from the pin before.
    pub fn name(&self) -> String {
        let name = match &self.since {
            Some(since) => difference(since, &self.scenario),
            None => self.scenario.name.clone(),
        };
        format!("{}. {name}", self.number)
    }

    /// What was then of what is shown `now`: the same accelerator, where it was picked, else the cheapest of then. `None`: it
    /// could not serve the scenario.
    pub fn of(&self, now: &Answer, selected: Option<&str>) -> Option<(&Candidate, &Sizing)> {
        match now.picked(selected) {
            Some(id) => self.answer.fleet_of(id),
            None => self.answer.plan.best(),
        }
    }

    /// The verdict of then about what is shown `now`.
    pub fn headline(&self, now: Option<&Answer>, selected: Option<&str>) -> String {
        let picked = now.and_then(|now| now.picked(selected));
        let cannot = picked.and_then(|id| self.answer.plan.candidate(id)).and_then(sentence::cannot);
        cannot.unwrap_or_else(|| self.answer.headline(picked))
    }
}

/// Pins in the order in which they were made.
#[derive(Default)]
pub struct Pins {
    pub list: Vec<Pin>,
    /// How many have been made: a number is given once, whatever has been taken off since.
    made: usize,
    /// The one that the screen compares with.
    against: Option<usize>,
}

impl Pins {
    /// Adds a pin and compares with it. It is named by what sets it apart from the one before.
    pub fn add(&mut self, scenario: Scenario, answer: Answer, ghosts: Ghosts) {
        let since = self.list.last().map(|last| &last.scenario).filter(|last| **last != scenario).cloned();
        self.made += 1;
        self.list.push(Pin { number: self.made, since, scenario, answer, ghosts, note: String::new() });
        self.against = Some(self.list.len() - 1);
    }

    /// Draws the curves that the pin the screen compares with lacks of `selected`.
    pub fn follow(&mut self, selected: Option<&str>, catalog: &Catalog) {
        let Some(pin) = self.against.and_then(|at| self.list.get_mut(at)) else { return };
        let Some(id) = pin.answer.picked(selected) else { return };
        if pin.ghosts.outlooks.iter().any(|(known, _)| known == id) {
            return;
        }
        let Pin { scenario, answer, ghosts, .. } = pin;
        let Ghosts { latency, loads, utilization, outlooks } =
            Ghosts::of(answer, scenario, catalog, selected);
        add(&mut ghosts.latency, latency);
        add(&mut ghosts.loads.lines, loads.lines);
        add(&mut ghosts.utilization, utilization);
        add(&mut ghosts.outlooks, outlooks);
    }

    /// The pin that the screen compares with.
    pub fn against(&self) -> Option<&Pin> {
        self.list.get(self.against?)
    }

    /// Place of that pin.
    pub fn chosen(&self) -> Option<usize> {
        self.against
    }

    /// Compares with another, or with none.
    pub fn choose(&mut self, place: Option<usize>) {
        self.against = place.filter(|place| *place < self.list.len());
    }

    /// Takes a pin off.
    pub fn remove(&mut self, place: usize) {
        if place >= self.list.len() {
            return;
        }
        self.list.remove(place);
        self.against = match self.against {
            Some(at) if at > place => Some(at - 1),
            Some(at) if at == place => self.list.len().checked_sub(1),
            other => other,
        };
    }
}

/// Adds the lines that are not among those that are `known`.
fn add<T>(known: &mut Lines<T>, more: Lines<T>) {
    for (id, line) in more {
        if known.iter().all(|(kept, _)| *kept != id) {
            known.push((id, line));
        }
    }
}
