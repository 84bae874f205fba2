//! One scenario that is open, with what belongs to it alone; several are open as tabs.

use std::path::{Path, PathBuf};

use headroom::catalog::{Catalog, Day};
use headroom::engine::PlanError;
use headroom::report::numbers::{self, Money};
use headroom::scenario::Scenario;
use headroom::scenario::preset::{self, PresetError};

use super::answer::Answer;
use super::history::{self, History};
use super::palette::Palette;
use super::recovery::{self, Recovery};

/// One scenario that is open.
pub struct Sheet {
    pub scenario: Scenario,
    /// The scenario as it was opened: what a double click on an input goes back to.
    pub baseline: Scenario,
    /// The scenario that `answer` is of.
    pub answered: Scenario,
    pub answer: Result<Answer, PlanError>,
    pub palette: Palette,
    pub history: History,
    pub recovery: Recovery,
    /// Where the scenario was opened from or saved to; `None`: nowhere yet.
    pub path: Option<PathBuf>,
    /// The scenario as it is on disk or came with the program.
    pub saved: Scenario,
    /// Accelerator picked in the table; `None`: the best.
    pub selected: Option<String>,
    /// Whether the user has decided to lose what is not saved, while the window closes.
    pub given_up: bool,
}

impl Sheet {
    /// `scenario`, answered, as it is at `path`.
    pub fn new(
        scenario: Scenario,
        path: Option<PathBuf>,
        recovery: Recovery,
        catalog: &Catalog,
        today: Day,
    ) -> Self {
        let mut sheet = Self {
            answer: Answer::of(&scenario, catalog, today),
            baseline: scenario.clone(),
            answered: scenario.clone(),
            palette: Palette::default(),
            history: History::new(&scenario),
            recovery,
            path,
            saved: scenario.clone(),
            selected: None,
            given_up: false,
            scenario,
        };
        sheet.follow();
        sheet
    }

    /// Gives each accelerator that leads, and the one that is picked, its colour.
    fn follow(&mut self) {
        if let Ok(answer) = &self.answer {
            self.palette.follow(&answer.plan, answer.picked(self.selected.as_deref()));
        }
    }

    /// Asks the engine, whether or not an input has changed: the catalog may have.
    pub fn ask_again(&mut self, catalog: &Catalog, today: Day) {
        self.answer = Answer::of(&self.scenario, catalog, today);
        self.answered = self.scenario.clone();
        self.follow();
    }

    /// Asks the engine, when an input has changed since, and follows what is picked; amounts are in the scenario's currency.
    pub fn refresh(&mut self, catalog: &Catalog, today: Day) {
        numbers::set_money(Money::of(&self.scenario, catalog));
        if self.scenario != self.answered {
            self.ask_again(catalog, today);
        }
        self.follow();
    }

    /// Writes the scenario to `path`, from where it is opened and saved from then on.
    ///
    /// # Errors
    /// The file cannot be written; nothing has changed then.
    pub fn save_to(&mut self, path: PathBuf) -> Result<(), PresetError> {
        preset::save(&self.scenario, &path)?;
        self.saved = self.scenario.clone();
        self.baseline = self.scenario.clone();
        self.path = Some(path);
        Ok(())
    }

    /// Makes a step of undo and keeps what is not saved, once the inputs have rested at `now` (seconds); in how many
    /// seconds to come back, where they have not.
    pub fn rest(&mut self, now: f64) -> Option<f64> {
        let unsaved = self.unsaved();
        let step = self.history.feed(now, &self.scenario).then_some(history::REST_S);
        let kept = self.recovery.feed(now, &self.scenario, self.path.as_deref(), unsaved);
        step.or(kept.then_some(recovery::REST_S))
    }

    /// Whether the scenario differs from what is on disk.
    pub fn unsaved(&self) -> bool {
        self.scenario != self.saved
    }

    /// Whether it is as it came with the program: another may take its place.
    pub fn untouched(&self) -> bool {
        self.path.is_none() && !self.unsaved()
    }
}

/// The scenarios that are open beside the one on the screen, in the order of their tabs.
#[derive(Default)]
pub struct Others {
    /// Left of it.
    before: Vec<Sheet>,
    /// Right of it.
    after: Vec<Sheet>,
}

impl Others {
    /// Place of the sheet on the screen among all.
    pub fn at(&self) -> usize {
        self.before.len()
    }

    /// How many are open, the one on the screen included.
    pub fn count(&self) -> usize {
        self.before.len() + 1 + self.after.len()
    }

    /// All but the one on the screen, with their places.
    pub fn iter(&self) -> impl Iterator<Item = (usize, &Sheet)> {
        let right = self.before.len() + 1;
        let after = self.after.iter().enumerate().map(move |(i, sheet)| (right + i, sheet));
        self.before.iter().enumerate().chain(after)
    }

    /// The same, to change them.
    pub fn iter_mut(&mut self) -> impl Iterator<Item = &mut Sheet> {
        self.before.iter_mut().chain(&mut self.after)
    }

    /// Place of the one that is open from `path`, but for the one on the screen.
    pub fn of_path(&self, path: &Path) -> Option<usize> {
        self.iter().find(|(_, sheet)| sheet.path.as_deref() == Some(path)).map(|(place, _)| place)
    }

    /// Puts `sheet` in the place of the one on the screen, which moves to its left.
    pub fn open(&mut self, screen: &mut Sheet, sheet: Sheet) {
        self.before.push(std::mem::replace(screen, sheet));
    }

    /// Puts the one at `place` on the screen; a place that is none changes nothing.
    pub fn go(&mut self, screen: &mut Sheet, place: usize) {
        while place < self.before.len() {
            let Some(left) = self.before.pop() else { return };
            self.after.insert(0, std::mem::replace(screen, left));
        }
        while place > self.before.len() && !self.after.is_empty() {
            let right = self.after.remove(0);
            self.before.push(std::mem::replace(screen, right));
        }
    }

    /// Takes the one on the screen away: its neighbour takes its place. `None`: there is no other.
    pub fn close(&mut self, screen: &mut Sheet) -> Option<Sheet> {
        let next = if self.after.is_empty() { self.before.pop()? } else { self.after.remove(0) };
        Some(std::mem::replace(screen, next))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sheet(name: &str, catalog: &Catalog) -> Sheet {
        let scenario = Scenario { name: name.to_owned(), ..Default::default() };
        let path = Some(PathBuf::from(name));
        Sheet::new(scenario, path, Recovery::default(), catalog, Day::today())
    }

    #[test]
    fn tabs_keep_their_order_whichever_is_on_the_screen() {
        let catalog = Catalog::built_in().expect("the built-in catalog");
        let (mut others, mut screen) = (Others::default(), sheet("a", &catalog));
        for name in ["b", "c", "d"] {
            others.open(&mut screen, sheet(name, &catalog));
        }
        for place in [0, 3, 1, 2, 9, 0] {
            others.go(&mut screen, place);
            let at = others.at();
            assert_eq!(at, place.min(3));
            let mut names: Vec<(usize, &str)> =
                others.iter().map(|(place, sheet)| (place, sheet.scenario.name.as_str())).collect();
            names.push((at, &screen.scenario.name));
            names.sort_unstable();
            assert_eq!(names, [(0, "a"), (1, "b"), (2, "c"), (3, "d")]);
        }
        assert_eq!(others.of_path(Path::new("c")), Some(2));
        let closed: Vec<String> =
            std::iter::from_fn(|| others.close(&mut screen)).map(|sheet| sheet.scenario.name).collect();
        assert_eq!((closed.concat().as_str(), others.count()), ("abc", 1));
    }
}
