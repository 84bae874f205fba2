//! What commands do: open, save, undo, and the questions in between.

use std::path::{Path, PathBuf};

use eframe::egui::{Context, ViewportCommand};
use headroom::scenario::{Scenario, preset, share};

use super::HeadroomApp;
use super::answer::Answer;
use super::commands::Command;
use super::files::{Ask, suggested_name, with_ending};
use super::finder::Finder;
use super::pins::Ghosts;
use super::plots::{Tab, take_outgoing};
use super::sheet::Sheet;
use super::unsaved::Decision;

impl HeadroomApp {
    /// Opens a scenario in a tab of its own, or in place of one that nobody has touched.
    pub(super) fn show(&mut self, scenario: Scenario, path: Option<PathBuf>) {
        let recovery = self.vault.place();
        self.add(Sheet::new(scenario, path, recovery, self.catalogs.current(), self.today));
    }

    /// Puts a sheet on the screen, in place of one that nobody has touched or beside it.
    pub(super) fn add(&mut self, sheet: Sheet) {
        self.leave_tab();
        self.messages.clear();
        let read_again = sheet.path.is_some() && sheet.path == self.sheet.path && !self.sheet.unsaved();
        if self.sheet.untouched() || read_again {
            self.sheet = sheet;
        } else {
            self.others.go(&mut self.sheet, self.others.count() - 1);
            self.others.open(&mut self.sheet, sheet);
        }
    }

    /// Opens a file, or goes to its tab; what is wrong with it is said, and nothing else changes.
    pub(super) fn open(&mut self, path: PathBuf) {
        let path = if path.exists() { std::path::absolute(&path).unwrap_or(path) } else { path };
        if let Some(place) = self.others.of_path(&path) {
            return self.go_to(place);
        }
        if self.sheet.path.as_ref() == Some(&path) && self.sheet.unsaved() {
            self.messages.note("This file is open here already, with changes that are not saved yet.");
            return;
        }
        match preset::open_with_model(&path.to_string_lossy(), self.catalogs.to_add_models()) {
            // The name of a built-in preset is no file to save to.
            Ok(scenario) if !path.exists() => self.show(scenario, None),
            Ok(scenario) => {
                self.show(scenario, Some(path.clone()));
                self.remember(&path);
            }
            Err(error) => self.messages.push(error.to_string()),
        }
    }

    /// Writes the scenario to `path`; answers whether it is there.
    pub(super) fn save_to(&mut self, path: PathBuf) -> bool {
        match preset::save(&self.sheet.scenario, &path) {
            Ok(()) => {
                self.sheet.saved = self.sheet.scenario.clone();
                self.sheet.baseline = self.sheet.scenario.clone();
                self.remember(&path);
                self.sheet.path = Some(path);
                true
            }
            Err(error) => {
                self.messages.push(error.to_string());
                false
            }
        }
    }

    /// Notes a file among the recent ones.
    pub(super) fn remember(&mut self, path: &Path) {
        self.settings.opened(path);
        self.store_settings();
    }

    pub(super) fn store_settings(&mut self) {
        if let Some(folder) = &self.config_dir
            && let Err(error) = self.settings.store(folder)
        {
            let folder = folder.display();
            self.messages.push(format!(
                "{folder}: settings cannot be kept: {error}. Check the permissions of the folder."
            ));
        }
    }

    /// Does what was asked, or first asks about unsaved changes.
    pub(super) fn run(&mut self, command: Command, ctx: &Context) {
        match command {
            Command::CloseTab if self.sheet.unsaved() => self.files.pending = Some(command),
            Command::Close => match self.next_unsaved() {
                Some(place) => {
                    self.go_to(place);
                    self.files.pending = Some(command);
                }
                None => self.run_now(command, ctx),
            },
            _ => self.run_now(command, ctx),
        }
    }

    pub(super) fn run_now(&mut self, command: Command, ctx: &Context) {
        match command {
            Command::New => self.show(Scenario::default(), None),
            Command::NewFrom(stem) => match preset::open(stem, self.catalogs.current()) {
                Ok(scenario) => self.show(scenario, None),
                Err(error) => self.messages.push(error.to_string()),
            },
            Command::Open => self.ask(Ask::Open),
            Command::OpenPath(path) => self.open(path),
            Command::Save => match self.sheet.path.clone() {
                Some(path) => {
                    self.save_to(path);
                }
                None => self.run_now(Command::SaveAs, ctx),
            },
            Command::SaveAs => {
                let name = suggested_name(&self.sheet.scenario, self.sheet.path.as_deref());
                self.ask(Ask::SaveAs(name));
            }
            Command::AddMeasurement => self.ask(Ask::Measurement),
            Command::Pin => self.pin(),
            Command::Unpin => self.pins.choose(None),
            Command::Compare => self.view.tab = Tab::Compare,
            Command::Tab(tab) => self.view.tab = tab,
            Command::Select(id) => self.sheet.selected = Some(id),
            Command::Find => self.view.finder = Some(Finder::default()),
            Command::Shortcuts => self.view.shortcuts = !self.view.shortcuts,
            Command::Present => self.present(ctx),
            Command::Share => {
                ctx.copy_text(share::line(&self.sheet.scenario, self.catalogs.current()));
                self.messages.note(
                    "Copied: paste the line into a mail, and from there into another window of Headroom.",
                );
            }
            Command::OpenLine(line) => match share::read(&line, self.catalogs.to_add_models()) {
                Ok((scenario, drift)) => {
                    self.show(scenario, None);
                    // It is on nobody's disk yet.
                    self.sheet.saved = Scenario::default();
                    drift.into_iter().for_each(|words| self.messages.note(words));
                }
                Err(error) => self.messages.push(error.to_string()),
            },
            Command::AskBackwards => self.ask_backwards(),
            Command::Tour => self.view.tour = Some(0),
            Command::Set(change) => self.change_setting(change, ctx),
            Command::Duplicate => self.duplicate(),
            Command::CloseTab => self.close_tab(),
            Command::CloseTabAt(place) => {
                self.go_to(place);
                self.run(Command::CloseTab, ctx);
            }
            Command::GoTo(place) => self.go_to(place),
            Command::NextTab => self.go_to((self.others.at() + 1) % self.others.count()),
            Command::PreviousTab => {
                self.go_to((self.others.at() + self.others.count() - 1) % self.others.count());
            }
            Command::Undo => self.travel(true),
            Command::Redo => self.travel(false),
            Command::Close => {
                self.view.closing = true;
                ctx.send_viewport_cmd(ViewportCommand::Close);
            }
        }
    }

    pub(super) fn ask(&mut self, ask: Ask) {
        self.files.ask(ask, &self.jobs);
    }

    /// Pins the scenario on the screen.
    fn pin(&mut self) {
        self.refresh();
        if let Ok(mut answer) = Answer::of(&self.sheet.scenario, self.catalogs.current(), self.today) {
            let ghosts = Ghosts::of(&mut answer, &self.sheet.scenario, self.catalogs.current());
            self.pins.add(self.sheet.scenario.clone(), answer, ghosts);
        }
    }

    /// One step back or forth in the history of the inputs.
    pub(super) fn travel(&mut self, back: bool) {
        let other = if back {
            self.sheet.history.undo(&self.sheet.scenario)
        } else {
            self.sheet.history.redo(&self.sheet.scenario)
        };
        if let Some(scenario) = other {
            self.sheet.scenario = scenario;
            self.drafts.clear();
        }
    }

    /// Takes up the answer of a file dialog.
    pub(super) fn poll_dialog(&mut self, ctx: &Context) {
        let Some((ask, path)) = self.files.answered() else { return };
        let Some(path) = path else {
            self.files.then = None;
            self.keep_all();
            return;
        };
        match ask {
            Ask::Measurement => self.open_measurement(&path),
            Ask::Open => self.run(Command::OpenPath(path), ctx),
            Ask::Export(name) => self.export_to(path, &name),
            Ask::SaveAs(_) => {
                let saved = self.save_to(with_ending(path, preset::EXTENSION));
                let then = self.files.then.take();
                if let (true, Some(command)) = (saved, then) {
                    self.go_on(command, ctx);
                }
            }
        }
    }

    /// Asks where to, when something leaves a plot.
    pub(super) fn send_outgoing(&mut self, ctx: &Context) {
        if self.files.asking() {
            return;
        }
        if let Some(file) = take_outgoing(ctx) {
            self.ask(Ask::Export(file.name.clone()));
            self.files.outgoing = Some(file);
        }
    }

    fn export_to(&mut self, path: PathBuf, name: &str) {
        let Some(file) = self.files.outgoing.take() else { return };
        let ending = Path::new(name).extension().unwrap_or_default().to_string_lossy();
        let path = with_ending(path, &format!(".{ending}"));
        match preset::write_atomically(&path, &file.bytes) {
            Ok(()) => self.messages.note(format!("Saved: {}", path.display())),
            Err(error) => self.messages.push(format!(
                "{}: cannot be written: {error}. Choose another folder or check its permissions.",
                path.display()
            )),
        }
    }

    /// Does what the user decided about unsaved changes.
    pub(super) fn decide(&mut self, decision: Decision, ctx: &Context) {
        let Some(command) = self.files.pending.take() else { return };
        match decision {
            Decision::Cancel => self.keep_all(),
            Decision::Discard => {
                self.sheet.given_up = true;
                self.go_on(command, ctx);
            }
            Decision::Save => match self.sheet.path.clone() {
                Some(path) => {
                    if self.save_to(path) {
                        self.go_on(command, ctx);
                    }
                }
                None => {
                    self.files.then = Some(command);
                    self.run_now(Command::SaveAs, ctx);
                }
            },
        }
    }

    /// Goes on with what waited for a decision about the tab on the screen: the window may have more that are not saved.
    fn go_on(&mut self, command: Command, ctx: &Context) {
        match command {
            Command::Close => self.run(command, ctx),
            _ => self.run_now(command, ctx),
        }
    }
}
