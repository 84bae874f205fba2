//! What commands do: open, save, undo, and the questions in between.

use std::path::{Path, PathBuf};

use eframe::egui::{Context, ViewportCommand};
use headroom::scenario::{Scenario, preset, share};

use super::answer::Answer;
use super::commands::Command;
use super::dialogs::FileAsk;
use super::file_names::suggested_name;
use super::freeze::Freeze;
use super::overlay::{Finder, OnUnsaved, Overlay, Question};
use super::page::Tab;
use super::pins::Ghosts;
use super::proof::Stage;
use super::settings::SettingChange;
use super::window::HeadroomApp;

impl HeadroomApp {
    /// Opens a scenario in a new tab, or in place of an untouched one.
    fn show(&mut self, scenario: Scenario, path: Option<PathBuf>) {
        self.messages.clear();
        self.open.show(scenario, path, self.catalogs.current(), self.today);
        self.work.marks.forget();
    }

    /// Opens a file, or goes to its tab; what is wrong with it is a message, and nothing else changes.
    pub(super) fn open_file(&mut self, path: PathBuf) {
        let path = if path.exists() { std::path::absolute(&path).unwrap_or(path) } else { path };
        if let Some(place) = self.open.of_path(&path) {
            return self.go_to(place);
        }
        let sheet = &self.open.sheet;
        if sheet.path.as_ref() == Some(&path) && sheet.unsaved() {
            self.messages.note("This file is already open here, with unsaved changes.");
            return;
        }
        match self.catalogs.library_mut().open_preset(&path.to_string_lossy()) {
            // The name of a built-in preset is no file to save to.
            Ok(scenario) if !path.exists() => self.show(scenario, None),
            Ok(scenario) => {
                self.show(scenario, Some(path.clone()));
                self.remember(&path);
            }
            Err(error) => self.messages.push(error.to_string()),
        }
    }

    /// Writes the scenario to `path`; returns whether it is there.
    pub(super) fn save_to(&mut self, path: PathBuf) -> bool {
        match self.open.sheet.save_to(path.clone()) {
            Ok(()) => self.remember(&path),
            Err(error) => {
                self.messages.push(error.to_string());
                return false;
            }
        }
        true
    }

    /// Notes a file among the recent ones.
    fn remember(&mut self, path: &Path) {
        let kept = self.preferences.opened(path);
        self.note_failure(kept);
    }

    /// Takes over one change of how the window looks, or writes numbers.
    pub(super) fn change_setting(&mut self, change: SettingChange, ctx: &Context) {
        let kept = self.preferences.change(change, ctx);
        self.note_failure(kept);
        if let SettingChange::Numbers(_) = change {
            // What was wrong with a typed number names numbers; all else is written when it is drawn.
            self.open.drafts.clear();
        }
    }

    /// Does what was asked, or first asks about unsaved changes.
    pub(super) fn run(&mut self, command: Command, ctx: &Context) {
        match command {
            Command::CloseTab if self.open.sheet.unsaved() => self.overlays.open(Overlay::Unsaved(command)),
            Command::Close => match self.open.next_unsaved() {
                Some(place) => {
                    self.go_to(place);
                    self.overlays.open(Overlay::Unsaved(command));
                }
                None => self.run_now(command, ctx),
            },
            _ => self.run_now(command, ctx),
        }
    }

    fn run_now(&mut self, command: Command, ctx: &Context) {
        match command {
            Command::New => self.show(Scenario::default(), None),
            Command::NewFrom(stem) => match preset::open(stem, self.catalogs.current()) {
                Ok(scenario) => self.show(scenario, None),
                Err(error) => self.messages.push(error.to_string()),
            },
            Command::Open => self.dialogs.ask(FileAsk::Open, &self.work.jobs),
            Command::OpenPath(path) => self.open_file(path),
            Command::Save => match self.open.sheet.path.clone() {
                Some(path) => {
                    self.save_to(path);
                }
                None => self.run_now(Command::SaveAs, ctx),
            },
            Command::SaveAs => {
                let sheet = &self.open.sheet;
                let name = suggested_name(&sheet.scenario, sheet.path.as_deref());
                self.dialogs.ask(FileAsk::SaveAs(name), &self.work.jobs);
            }
            Command::AddMeasurement => self.dialogs.ask(FileAsk::Measurement, &self.work.jobs),
            Command::Pin => self.pin(),
            Command::Unpin => self.view.pins.choose(None),
            Command::Compare => self.view.tab = Tab::Compare,
            Command::Tab(tab) => self.view.tab = tab,
            Command::Select(id) => self.open.sheet.selected = Some(id),
            Command::Find => self.overlays.open(Overlay::Finder(Finder::default())),
            Command::Shortcuts => self.overlays.turn_shortcuts(),
            Command::Present => self.shown().present(ctx),
            Command::Share => {
                ctx.copy_text(share::line(&self.open.sheet.scenario, self.catalogs.current()));
                self.messages.note(
                    "Copied. Send the line to others; pasted into their Headroom window, it opens this scenario.",
                );
            }
            Command::OpenLine(line) => match share::read(&line, self.catalogs.current())
                .and_then(|shared| Ok((shared.scenario(self.catalogs.current())?, shared.drift)))
            {
                Ok((scenario, drift)) => {
                    self.show(scenario, None);
                    // It is not on disk yet.
                    self.open.sheet.saved = Scenario::default();
                    drift.into_iter().for_each(|warning| self.messages.note(warning));
                }
                Err(error) => self.messages.push(error.to_string()),
            },
            Command::Verify => self.prove(),
            Command::Break => self.turn_freeze(),
            Command::FindLimit => {
                self.overlays.open(Overlay::Question(Question::new(&self.open.sheet)));
            }
            Command::Tour => self.overlays.begin_tour(),
            Command::Set(change) => self.change_setting(change, ctx),
            Command::Duplicate => {
                self.open.duplicate(self.catalogs.current(), self.today);
                self.work.marks.forget();
            }
            Command::CloseTab => {
                self.open.close(self.catalogs.current(), self.today);
                self.work.marks.forget();
                self.refresh();
            }
            Command::CloseTabAt(place) => {
                self.go_to(place);
                self.run(Command::CloseTab, ctx);
            }
            Command::GoTo(place) => self.go_to(place),
            Command::NextTab => self.go_to(self.open.beside(1)),
            Command::PreviousTab => self.go_to(self.open.beside(-1)),
            Command::Undo => self.open.travel(true),
            Command::Redo => self.open.travel(false),
            Command::Close => {
                self.shell.closing = true;
                ctx.send_viewport_cmd(ViewportCommand::Close);
            }
        }
    }

    /// Puts the tab at `place` on the screen.
    fn go_to(&mut self, place: usize) {
        if self.open.go_to(place) {
            self.work.marks.forget();
            self.refresh();
        }
    }

    /// How far the proof of the fleet on the screen is; `None`: there is no fleet.
    pub(super) fn stage(&self) -> Option<Stage<'_>> {
        let sheet = &self.open.sheet;
        let answer = sheet.answer.as_ref().ok()?;
        let (candidate, _) = answer.shown(sheet.selected.as_deref())?;
        Some(self.work.prover.stage(&sheet.scenario, &candidate.accelerator))
    }

    /// Proves the fleet on the screen, or stops that.
    fn prove(&mut self) {
        if let Some(Stage::Running(_)) = self.stage() {
            return self.work.prover.give_up();
        }
        let sheet = &self.open.sheet;
        let Ok(answer) = &sheet.answer else { return };
        let Some((candidate, _)) = answer.shown(sheet.selected.as_deref()) else { return };
        let (scenario, id) = (&sheet.scenario, &candidate.accelerator);
        self.work.prover.ask(scenario, id, self.catalogs.current(), &self.work.jobs);
    }

    /// Freezes the fleet on the screen, or thaws it.
    fn turn_freeze(&mut self) {
        if self.view.freeze.is_some() {
            return self.shown().thaw();
        }
        let sheet = &self.open.sheet;
        let shown = sheet.answer.as_ref().ok().and_then(|answer| answer.shown(sheet.selected.as_deref()));
        match shown {
            Some((candidate, sizing)) if sizing.pools.is_none() => {
                let freeze = Freeze::new(&sheet.scenario, &candidate.accelerator, self.view.tab);
                (self.view.freeze, self.view.tab) = (Some(freeze), Tab::Latency);
            }
            Some(_) => self
                .messages
                .note("A fleet of two pools cannot be frozen. Set Pools to never, and freeze that one."),
            None => self.messages.note("Nothing serves this scenario: there is no fleet to freeze."),
        }
    }

    /// Pins the scenario on the screen.
    fn pin(&mut self) {
        let (scenario, catalog) = (&self.open.sheet.scenario, self.catalogs.current());
        if let Ok(mut answer) = Answer::of(scenario, catalog, self.today) {
            let ghosts = Ghosts::of(&mut answer, scenario, catalog, self.open.sheet.selected.as_deref());
            self.view.pins.add(scenario.clone(), answer, ghosts);
        }
    }

    /// Does what the user decided about unsaved changes, before `command`.
    pub(super) fn decide(&mut self, decision: OnUnsaved, command: Command, ctx: &Context) {
        match decision {
            OnUnsaved::Cancel => self.open.keep_all(),
            OnUnsaved::Discard => {
                self.open.sheet.given_up = true;
                self.go_on(command, ctx);
            }
            OnUnsaved::Save => match self.open.sheet.path.clone() {
                Some(path) => {
                    if self.save_to(path) {
                        self.go_on(command, ctx);
                    }
                }
                None => {
                    self.dialogs.then = Some(command);
                    self.run_now(Command::SaveAs, ctx);
                }
            },
        }
    }

    /// Goes on with what waited for a decision about the tab on the screen: the window may have more that are not saved.
    pub(super) fn go_on(&mut self, command: Command, ctx: &Context) {
        match command {
            Command::Close => self.run(command, ctx),
            _ => self.run_now(command, ctx),
        }
    }
}
