//! What comes from outside the window, and what leaves it: files dropped, text pasted, answers of dialogs, cards saved.

use std::path::{Path, PathBuf};

use eframe::egui::Context;
use headroom::import::{BenchmarkError, BenchmarkFile};
use headroom::scenario::preset;

use super::commands::Command;
use super::dialogs::{Chosen, FileAsk};
use super::dropped::{FileKind, Pasted, kind, pasted};
use super::file_names::with_ending;
use super::overlay::{Form, Overlay, PathForm, setting};
use super::plots::take_outgoing;
use super::window::HeadroomApp;

impl HeadroomApp {
    /// Does with a file what its kind is for; what is wrong with it is a message, and nothing else changes.
    pub(super) fn dropped(&mut self, path: &Path, ctx: &Context) {
        match kind(path) {
            FileKind::Preset => self.run(Command::OpenPath(path.to_owned()), ctx),
            FileKind::Measurement => self.offer_measurement(BenchmarkFile::open(path)),
            FileKind::Model => self.take_model(path),
            FileKind::CatalogFile => self.take_catalog_file(path),
        }
    }

    /// Takes what was pasted outside of any field.
    pub(super) fn take_pasted(&mut self, ctx: &Context) {
        match pasted(ctx) {
            Some(Pasted::Line(line)) => self.run(Command::OpenLine(line), ctx),
            Some(Pasted::Result(text)) if !self.overlays.measures() => {
                self.offer_measurement(BenchmarkFile::parse("pasted text", &text));
            }
            _ => {}
        }
    }

    /// Opens the form on a result file; what is wrong with the file is a message.
    fn offer_measurement(&mut self, file: Result<BenchmarkFile, BenchmarkError>) {
        let form = file.map_err(|error| vec![error.to_string()]).and_then(|file| {
            let home = self.catalogs.home()?;
            Ok(Form::new(file, setting(&self.open.sheet), home))
        });
        match form {
            Ok(form) => self.overlays.open(Overlay::Measurement(Box::new(form))),
            Err(errors) => errors.into_iter().for_each(|error| self.messages.push(error)),
        }
    }

    fn take_model(&mut self, path: &Path) {
        let reference = path.to_string_lossy().into_owned();
        if let Err(error) = self.catalogs.library_mut().open_model(&reference) {
            return self.messages.push(error.to_string());
        }
        match self.open.sheet.scenario.set("workload.model", &reference, self.catalogs.current()) {
            Ok(()) => {
                self.work.marks.forget();
                self.messages.note(format!("Model set to {reference}."));
            }
            Err(problem) => self.messages.push(format!("{reference}: {}. {}", problem.what, problem.remedy)),
        }
    }

    /// Makes the file a part of the user's own catalog.
    fn take_catalog_file(&mut self, path: &Path) {
        match self.catalogs.add_file(path) {
            Ok(target) => {
                self.catalog_changed();
                self.messages.note(format!("Added to your catalog: {}", target.display()));
            }
            Err(errors) => errors.into_iter().for_each(|error| self.messages.push(error)),
        }
    }

    /// Takes up the answer of a file dialog.
    pub(super) fn poll_dialog(&mut self, ctx: &Context) {
        match self.dialogs.answered() {
            None => {}
            Some((ask, Chosen::Path(path))) => self.take_path(ask, path, ctx),
            Some((_, Chosen::Cancelled)) => self.take_no_path(),
            Some((ask, Chosen::NoDialog)) => self.overlays.open(Overlay::Path(PathForm::new(ask))),
        }
    }

    /// Nothing follows from a question for a file that was cancelled.
    pub(super) fn take_no_path(&mut self) {
        self.dialogs.then = None;
        self.dialogs.outgoing = None;
        self.open.keep_all();
    }

    /// Does with a path what it was asked for.
    pub(super) fn take_path(&mut self, ask: FileAsk, path: PathBuf, ctx: &Context) {
        match ask {
            FileAsk::Measurement => self.offer_measurement(BenchmarkFile::open(&path)),
            FileAsk::Open => self.run(Command::OpenPath(path), ctx),
            FileAsk::Export(name) => self.export_to(path, &name),
            FileAsk::SaveAs(_) => {
                let saved = self.save_to(with_ending(path, preset::EXTENSION));
                let then = self.dialogs.then.take();
                if let (true, Some(command)) = (saved, then) {
                    self.go_on(command, ctx);
                }
            }
        }
    }

    /// Asks where to save what a card exports.
    pub(super) fn send_outgoing(&mut self, ctx: &Context) {
        if self.dialogs.asking() {
            return;
        }
        if let Some(file) = take_outgoing(ctx) {
            self.dialogs.ask(FileAsk::Export(file.name.clone()), &self.work.jobs);
            self.dialogs.outgoing = Some(file);
        }
    }

    fn export_to(&mut self, path: PathBuf, name: &str) {
        let Some(file) = self.dialogs.outgoing.take() else { return };
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
}
