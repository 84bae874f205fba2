//! Files dropped on the window: a preset opens, a config.json becomes the model, a measurement opens its form, a catalog file
//! joins the user's own; a pasted share line opens.

use std::path::Path;

use eframe::egui::{Context, Event};
use headroom::catalog::Catalog;
use headroom::import::add_model_file;
use headroom::scenario::share;

use super::HeadroomApp;
use super::commands::Command;

/// What a file is, by its name and, where that does not tell, by what is in it.
#[derive(Debug, PartialEq)]
enum Kind {
    Preset,
    Model,
    Measurement,
    CatalogFile,
}

fn kind(path: &Path) -> Kind {
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    if Catalog::is_catalog_file(&name) {
        return Kind::CatalogFile;
    }
    match path.extension().and_then(|ending| ending.to_str()) {
        Some("json") => {
            let text = std::fs::read_to_string(path).unwrap_or_default();
            let model = text.contains("\"model_type\"") || text.contains("\"architectures\"");
            if model { Kind::Model } else { Kind::Measurement }
        }
        Some("jsonl") => Kind::Measurement,
        _ => Kind::Preset,
    }
}

impl HeadroomApp {
    /// Does with a file what its kind is for; what is wrong with it is said, and nothing else changes.
    pub(super) fn dropped(&mut self, path: &Path, ctx: &Context) {
        match kind(path) {
            Kind::Preset => self.run(Command::OpenPath(path.to_owned()), ctx),
            Kind::Measurement => self.open_measurement(path),
            Kind::Model => self.take_model(path),
            Kind::CatalogFile => self.take_catalog_file(path),
        }
    }

    /// Opens a share line that was pasted outside of any field.
    pub(super) fn take_pasted_line(&mut self, ctx: &Context) {
        if ctx.text_edit_focused() {
            return;
        }
        let pasted = ctx.input(|input| {
            input.events.iter().find_map(|event| match event {
                Event::Paste(text) if share::is_line(text) => Some(text.clone()),
                _ => None,
            })
        });
        if let Some(line) = pasted {
            self.run(Command::OpenLine(line), ctx);
        }
    }

    fn take_model(&mut self, path: &Path) {
        let reference = path.to_string_lossy().into_owned();
        if let Err(error) = add_model_file(self.catalogs.to_add_models(), &reference) {
            return self.messages.push(error.to_string());
        }
        match self.sheet.scenario.set("workload.model", &reference, self.catalogs.current()) {
            Ok(()) => {
                self.marks.forget();
                self.messages.note(format!("The model is now that of {reference}."));
            }
            Err(problem) => self.messages.push(format!("{reference}: {}. {}", problem.what, problem.remedy)),
        }
    }

    /// Makes the file a part of the user's own catalog.
    fn take_catalog_file(&mut self, path: &Path) {
        match self.catalogs.add_file(path) {
            Ok(target) => {
                self.catalog_changed();
                self.messages.note(format!("{} is part of your catalog now.", target.display()));
            }
            Err(errors) => errors.into_iter().for_each(|error| self.messages.push(error)),
        }
    }
}
