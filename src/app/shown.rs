//! What the screens draw and change: the scenario on the screen, its answer, and what belongs to them.

use std::rc::Rc;

use headroom::catalog::Day;

use super::answer::Answer;
use super::catalogs::Catalogs;
use super::field::Drafts;
use super::freeze::Broken;
use super::inputs::Inputs;
use super::pins::Pin;
use super::plots::Scene;
use super::sheet::Sheet;
use super::view::View;
use super::work::Background;

/// Parts of the window, lent to a screen for a frame.
pub struct Shown<'a> {
    pub sheet: &'a mut Sheet,
    pub drafts: &'a mut Drafts,
    pub view: &'a mut View,
    pub work: &'a mut Background,
    pub catalogs: &'a Catalogs,
    /// For the age of prices.
    pub today: Day,
}

impl Shown<'_> {
    /// Asks the engine again, when an input has changed since.
    pub fn refresh(&mut self) {
        self.sheet.refresh(self.catalogs.current(), self.today);
    }

    /// The inputs of the scenario, to be changed.
    pub fn inputs(&mut self) -> Inputs<'_> {
        let selected = self.sheet.selected.as_deref();
        let fleet = self.sheet.answer.as_ref().ok().and_then(|answer| answer.shown(selected));
        Inputs {
            scenario: &mut self.sheet.scenario,
            baseline: &self.sheet.baseline,
            catalog: self.catalogs.current(),
            fleet: fleet.map(|(_, sizing)| sizing),
            drafts: self.drafts,
            marks: &self.work.marks,
            pinned: self.view.pins.against().map(|pin| &pin.scenario),
        }
    }

    /// Ends what is frozen, and goes back to the page from which it was.
    pub fn thaw(&mut self) {
        if let Some(freeze) = self.view.freeze.take() {
            self.view.tab = freeze.back;
        }
    }

    /// What the frozen fleet does, and the load that it was sized for; a fleet of another scenario is thawed. `None`: none is frozen.
    pub fn broken(&mut self) -> Option<(Rc<Broken>, f64)> {
        let shown = self.sheet.answer.as_ref().ok().and_then(|a| a.shown(self.sheet.selected.as_deref()));
        let accelerator = shown.map(|(candidate, _)| candidate.accelerator.as_str());
        let freeze = self.view.freeze.as_mut()?;
        if !freeze.is_of(&self.sheet.scenario, accelerator) {
            self.thaw();
            return None;
        }
        Some((freeze.broken(self.catalogs.current(), shown?.0)?, freeze.planned()))
    }

    /// The answer and what its plots read; `None`: there is no plan.
    pub fn scene(&mut self) -> Option<(&mut Answer, Scene<'_>)> {
        // The wall speaks of the plan.
        let broken = if self.view.stage.on() { None } else { self.broken() };
        let selected = self.sheet.selected.as_deref();
        self.view.pins.follow(selected, self.catalogs.current());
        let picked = self.sheet.answer.as_ref().ok().and_then(|answer| answer.picked(selected));
        let subject = self.sheet.answer.as_ref().ok().and_then(|answer| answer.shown(selected));
        let proof = subject.and_then(|(c, _)| self.work.prover.proof(&self.sheet.scenario, &c.accelerator));
        let scene = Scene {
            scenario: &self.sheet.scenario,
            catalog: self.catalogs.current(),
            today: self.today,
            palette: &self.sheet.palette,
            pinned: self.view.pins.against(),
            selected: self.sheet.selected.as_deref(),
            accuracy: self.catalogs.accuracy(),
            causes: self
                .view
                .pins
                .against()
                .and_then(|pin| self.work.split.found((&pin.scenario, &self.sheet.scenario), picked)),
            proof,
            broken,
            jobs: &self.work.jobs,
        };
        Some((self.sheet.answer.as_mut().ok()?, scene))
    }

    /// What the screen compares with, where it is another scenario.
    pub fn pinned(&self) -> Option<&Pin> {
        self.view.pins.against().filter(|pin| pin.scenario != self.sheet.scenario)
    }
}
