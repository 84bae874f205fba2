//! The settings in force, and where they are kept.

use std::path::{Path, PathBuf};

use eframe::egui::Context;
use headroom::report::numbers;
use headroom::units::Separators;

use super::settings::{SettingChange, Settings};

/// The one owner of the settings.
pub struct Preferences {
    pub settings: Settings,
    /// Where they are kept; `None`: nowhere.
    folder: Option<PathBuf>,
    /// How the system writes numbers.
    system_numbers: Separators,
    /// What everything was enlarged by in the last frame.
    zoom: f32,
}

impl Preferences {
    /// Those kept in `folder`, put in force.
    pub fn load(folder: Option<PathBuf>, system_numbers: Separators, ctx: &Context) -> Self {
        let settings = folder.as_deref().map(Settings::load).unwrap_or_default();
        numbers::set_separators(settings.numbers.unwrap_or(system_numbers));
        ctx.set_zoom_factor(settings.zoom);
        Self { settings, folder, system_numbers, zoom: 1.0 }
    }

    /// Whether the tour is due: without a folder to remember it in, it would come at every start.
    pub fn tour_is_due(&self) -> bool {
        self.folder.is_some() && !self.settings.toured
    }

    /// Takes over one change.
    ///
    /// # Errors
    /// It is in force, but cannot be kept.
    pub fn change(&mut self, change: SettingChange, ctx: &Context) -> Result<(), String> {
        self.settings.change(change);
        self.settings.apply(ctx);
        if let SettingChange::Numbers(numbers) = change {
            numbers::set_separators(numbers.unwrap_or(self.system_numbers));
        }
        self.store()
    }

    /// The keyboard enlarges and shrinks too: within limits, and remembered, but for the wall, which fits itself.
    ///
    /// # Errors
    /// As [`Self::change`].
    pub fn keep_zoom(&mut self, wall: bool, ctx: &Context) -> Result<(), String> {
        let zoom = ctx.zoom_factor();
        let before = std::mem::replace(&mut self.zoom, zoom);
        if wall || zoom == before || zoom == self.settings.zoom {
            return Ok(());
        }
        self.change(SettingChange::Zoom(zoom), ctx)
    }

    /// Notes a file among the recent ones.
    ///
    /// # Errors
    /// As [`Self::change`].
    pub fn opened(&mut self, path: &Path) -> Result<(), String> {
        self.settings.opened(path);
        self.store()
    }

    /// Notes that the tour has been seen or skipped.
    ///
    /// # Errors
    /// As [`Self::change`].
    pub fn toured(&mut self) -> Result<(), String> {
        self.settings.toured = true;
        self.store()
    }

    fn store(&self) -> Result<(), String> {
        let Some(folder) = &self.folder else { return Ok(()) };
        self.settings.store(folder).map_err(|error| {
            let folder = folder.display();
            format!("{folder}: settings cannot be saved: {error}. Check the permissions of the folder.")
        })
    }
}
