//! The scenarios that are open: the one on the screen, those beside it as tabs, and where what is not saved is kept.

use std::path::{Path, PathBuf};

use headroom::catalog::{Catalog, Day};
use headroom::scenario::Scenario;

use super::catalogs::Catalogs;
use super::field::Drafts;
use super::recovery::{LeftUnsaved, Vault};
use super::sheet::{Others, Sheet};
use super::tab_strip::TabName;

/// The one owner of the open scenarios.
pub struct Open {
    /// The scenario on the screen.
    pub sheet: Sheet,
    others: Others,
    vault: Vault,
    /// What is half typed belongs to the sheet on the screen.
    pub drafts: Drafts,
}

impl Open {
    /// `scenario` alone.
    pub fn new(scenario: Scenario, mut vault: Vault, catalog: &Catalog, today: Day) -> Self {
        let sheet = Sheet::new(scenario, None, vault.place(), catalog, today);
        Self { sheet, others: Others::default(), vault, drafts: Drafts::default() }
    }

    /// Opens a scenario in a new tab, or in place of an untouched one.
    pub fn show(&mut self, scenario: Scenario, path: Option<PathBuf>, catalog: &Catalog, today: Day) {
        let recovery = self.vault.place();
        self.add(Sheet::new(scenario, path, recovery, catalog, today));
    }

    /// Puts a sheet on the screen, in place of an untouched one or beside it.
    fn add(&mut self, sheet: Sheet) {
        self.leave();
        let read_again = sheet.path.is_some() && sheet.path == self.sheet.path && !self.sheet.unsaved();
        if self.sheet.untouched() || read_again {
            self.sheet = sheet;
        } else {
            self.others.go(&mut self.sheet, self.others.count() - 1);
            self.others.open(&mut self.sheet, sheet);
        }
    }

    /// Puts what an earlier window left unsaved into tabs; how many, and what could not be read.
    pub fn recover(
        &mut self,
        found: Vec<Result<LeftUnsaved, String>>,
        catalogs: &mut Catalogs,
        today: Day,
    ) -> (usize, Vec<String>) {
        let (mut back, mut lost) = (0, Vec::new());
        for one in found {
            match one {
                Ok(LeftUnsaved { scenario, file, recovery }) => {
                    // A file that is gone, or does not read any more, is none.
                    let on_disk = file
                        .as_deref()
                        .and_then(|file| catalogs.library_mut().open_preset(&file.to_string_lossy()).ok());
                    let file = file.filter(|_| on_disk.is_some());
                    let mut sheet = Sheet::new(scenario, file, recovery, catalogs.current(), today);
                    sheet.saved = on_disk.unwrap_or_default();
                    self.add(sheet);
                    back += 1;
                }
                Err(message) => lost.push(message),
            }
        }
        (back, lost)
    }

    /// What is half typed, and what is not kept yet, belongs to the tab that is left.
    fn leave(&mut self) {
        if self.sheet.unsaved() {
            let sheet = &mut self.sheet;
            sheet.recovery.keep(&sheet.scenario, sheet.path.as_deref());
        }
        self.drafts.clear();
    }

    /// Puts another scenario in place of the one on the screen, as a change of it that can be undone.
    pub fn replace(&mut self, scenario: Scenario) {
        self.sheet.scenario = scenario;
        self.drafts.clear();
    }

    /// One step back or forth in the history of the inputs.
    pub fn travel(&mut self, back: bool) {
        let Sheet { history, scenario, .. } = &mut self.sheet;
        let other = if back { history.undo(scenario) } else { history.redo(scenario) };
        if let Some(scenario) = other {
            self.replace(scenario);
        }
    }

    /// Puts the tab at `place` on the screen; whether it was another.
    pub fn go_to(&mut self, place: usize) -> bool {
        let another = place != self.others.at();
        if another {
            self.leave();
            self.others.go(&mut self.sheet, place);
        }
        another
    }

    /// A copy of the scenario on the screen, in a tab of its own.
    pub fn duplicate(&mut self, catalog: &Catalog, today: Day) {
        self.leave();
        let mut scenario = self.sheet.scenario.clone();
        let title = scenario.name.trim_end_matches(", copy").to_owned();
        scenario.name = format!("{title}, copy");
        let mut copy = Sheet::new(scenario, None, self.vault.place(), catalog, today);
        copy.saved = Scenario::default();
        copy.selected.clone_from(&self.sheet.selected);
        self.others.open(&mut self.sheet, copy);
    }

    /// Takes the tab on the screen away; the last one makes room for an empty scenario.
    pub fn close(&mut self, catalog: &Catalog, today: Day) {
        self.drafts.clear();
        let closed = self.others.close(&mut self.sheet).unwrap_or_else(|| {
            let empty = Sheet::new(Scenario::default(), None, self.vault.place(), catalog, today);
            std::mem::replace(&mut self.sheet, empty)
        });
        // What was in it has been saved or given up.
        { closed }.recovery.close();
    }

    /// A tab with unsaved changes that are not given up: the one on the screen first.
    pub fn next_unsaved(&self) -> Option<usize> {
        let asks = |sheet: &Sheet| sheet.unsaved() && !sheet.given_up;
        if asks(&self.sheet) {
            return Some(self.others.at());
        }
        self.others.iter().find(|(_, sheet)| asks(sheet)).map(|(place, _)| place)
    }

    /// The window stays open after all: nothing is given up.
    pub fn keep_all(&mut self) {
        self.all_mut().for_each(|sheet| sheet.given_up = false);
    }

    /// Asks the engine about everything that is open: the catalog has changed.
    pub fn ask_again(&mut self, catalog: &Catalog, today: Day) {
        self.all_mut().for_each(|sheet| sheet.ask_again(catalog, today));
    }

    /// The window closes in good order: nothing is left to be found by the next one.
    pub fn close_all(&mut self) {
        self.all_mut().for_each(|sheet| sheet.recovery.close());
    }

    fn all_mut(&mut self) -> impl Iterator<Item = &mut Sheet> {
        std::iter::once(&mut self.sheet).chain(self.others.iter_mut())
    }

    /// The scenarios beside the one on the screen, with their places.
    pub fn others(&self) -> impl Iterator<Item = (usize, &Sheet)> {
        self.others.iter()
    }

    /// Place of the scenario on the screen.
    pub fn at(&self) -> usize {
        self.others.at()
    }

    /// Place of the tab `steps` further on; after the last comes the first.
    pub fn beside(&self, steps: isize) -> usize {
        (self.others.at() as isize + steps).rem_euclid(self.others.count() as isize) as usize
    }

    /// Place of the one that is open from `path`, but for the one on the screen.
    pub fn of_path(&self, path: &Path) -> Option<usize> {
        self.others.of_path(path)
    }

    /// What the strip of tabs shows, in its order.
    pub fn tabs(&self) -> Vec<TabName> {
        let name = |sheet: &Sheet| TabName {
            title: sheet.scenario.name.clone(),
            path: sheet.path.clone(),
            unsaved: sheet.unsaved(),
        };
        let mut tabs: Vec<TabName> = self.others.iter().map(|(_, sheet)| name(sheet)).collect();
        tabs.insert(self.others.at(), name(&self.sheet));
        tabs
    }
}
