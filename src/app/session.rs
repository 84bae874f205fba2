//! What commands do: open, save, undo, and the questions in between.

use std::path::{Path, PathBuf};

use eframe::egui::{Context, ViewportCommand};
use headroom::scenario::{Scenario, preset, share};

use super::HeadroomApp;
use super::answer::Answer;
use super::commands::Command;
use super::files::{Ask, with_ending};
use super::finder::Finder;
use super::history::History;
use super::palette::Palette;
use super::plots::Tab;
use super::unsaved::Decision;

impl HeadroomApp {
    /// Puts another scenario on the screen.
    pub(super) fn show(&mut self, scenario: Scenario, path: Option<PathBuf>) {
        self.scenario = scenario;
        self.baseline = self.scenario.clone();
        self.files.saved = self.scenario.clone();
        self.files.path = path;
        self.history = History::new(&self.scenario);
        self.marks.forget();
        self.palette = Palette::default();
        self.drafts.clear();
        self.messages.clear();
        self.view.selected = None;
        self.refresh();
        if let Ok(answer) = &self.answer {
            self.palette.follow(&answer.plan);
        }
    }

    /// Opens a file; what is wrong with it is said, and what was open stays open.
    pub(super) fn open(&mut self, path: PathBuf) {
        match preset::open_with_model(&path.to_string_lossy(), &mut self.catalog) {
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
        match preset::save(&self.scenario, &path) {
            Ok(()) => {
                self.files.saved = self.scenario.clone();
                self.baseline = self.scenario.clone();
                self.remember(&path);
                self.files.path = Some(path);
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
        if command.replaces() && self.unsaved() {
            self.files.pending = Some(command);
        } else {
            self.run_now(command, ctx);
        }
    }

    pub(super) fn run_now(&mut self, command: Command, ctx: &Context) {
        match command {
            Command::New => self.show(Scenario::default(), None),
            Command::NewFrom(stem) => match preset::open(stem, &self.catalog) {
                Ok(scenario) => self.show(scenario, None),
                Err(error) => self.messages.push(error.to_string()),
            },
            Command::Open => self.ask(Ask::Open, ctx),
            Command::OpenPath(path) => self.open(path),
            Command::Save => match self.files.path.clone() {
                Some(path) => {
                    self.save_to(path);
                }
                None => self.run_now(Command::SaveAs, ctx),
            },
            Command::SaveAs => self.ask(Ask::SaveAs(self.files.suggested_name(&self.scenario)), ctx),
            Command::AddMeasurement => self.ask(Ask::Measurement, ctx),
            Command::Pin => self.pin(),
            Command::Unpin => self.pins.choose(None),
            Command::Compare => self.view.tab = Tab::Compare,
            Command::Tab(tab) => self.view.tab = tab,
            Command::Select(id) => self.view.selected = Some(id),
            Command::Find => self.view.finder = Some(Finder::default()),
            Command::Shortcuts => self.view.shortcuts = !self.view.shortcuts,
            Command::Present => self.present(ctx),
            Command::Share => {
                ctx.copy_text(share::line(&self.scenario, &self.catalog));
                self.messages.note(
                    "Copied: paste the line into a mail, and from there into another window of Headroom.",
                );
            }
            Command::OpenLine(line) => match share::read(&line, &mut self.catalog) {
                Ok((scenario, drift)) => {
                    self.show(scenario, None);
                    // It is on nobody's disk yet.
                    self.files.saved = Scenario::default();
                    drift.into_iter().for_each(|words| self.messages.note(words));
                }
                Err(error) => self.messages.push(error.to_string()),
            },
            Command::AskBackwards => self.ask_backwards(),
            Command::Tour => self.view.tour = Some(0),
            Command::Undo => self.travel(true),
            Command::Redo => self.travel(false),
            Command::Close => {
                self.view.closing = true;
                ctx.send_viewport_cmd(ViewportCommand::Close);
            }
        }
    }

    pub(super) fn ask(&mut self, ask: Ask, ctx: &Context) {
        if let Err(error) = self.files.ask(ask, ctx) {
            self.messages.push(format!(
                "The file dialog cannot be opened: {error}. Close some programs and try again."
            ));
        }
    }

    /// Pins the scenario on the screen.
    fn pin(&mut self) {
        self.refresh();
        if let Ok(mut answer) = Answer::of(&self.scenario, &self.catalog, self.today) {
            let latency = answer.latency(&self.scenario, &self.catalog).to_vec();
            self.pins.add(self.scenario.clone(), answer, latency);
        }
    }

    /// One step back or forth in the history of the inputs.
    pub(super) fn travel(&mut self, back: bool) {
        let other = if back { self.history.undo(&self.scenario) } else { self.history.redo(&self.scenario) };
        if let Some(scenario) = other {
            self.scenario = scenario;
            self.drafts.clear();
        }
    }

    /// Takes up the answer of a file dialog.
    pub(super) fn poll_dialog(&mut self, ctx: &Context) {
        let Some((ask, path)) = self.files.answered() else { return };
        let Some(path) = path else {
            self.files.then = None;
            return;
        };
        match ask {
            Ask::Measurement => self.open_measurement(&path),
            Ask::Open => self.run(Command::OpenPath(path), ctx),
            Ask::SaveAs(_) => {
                let saved = self.save_to(with_ending(path));
                let then = self.files.then.take();
                if let (true, Some(command)) = (saved, then) {
                    self.run_now(command, ctx);
                }
            }
        }
    }

    /// Does what the user decided about unsaved changes.
    pub(super) fn decide(&mut self, decision: Decision, ctx: &Context) {
        let Some(command) = self.files.pending.take() else { return };
        match decision {
            Decision::Cancel => {}
            Decision::Discard => self.run_now(command, ctx),
            Decision::Save => match self.files.path.clone() {
                Some(path) => {
                    if self.save_to(path) {
                        self.run_now(command, ctx);
                    }
                }
                None => {
                    self.files.then = Some(command);
                    self.run_now(Command::SaveAs, ctx);
                }
            },
        }
    }
}
