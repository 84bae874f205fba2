//! What the window remembers from one start to the next: its look, number format, the files opened last.

use std::path::{Path, PathBuf};

use eframe::egui::{Context, ThemePreference};
use headroom::scenario::preset::write_atomically;
use headroom::units::Separators;
use serde::{Deserialize, Serialize};

/// Files in the list of recent ones.
const RECENT: usize = 8;
const FILE_NAME: &str = "settings.ron";

/// Kept in the user's configuration directory. A file of another version or a damaged one counts as none.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Settings {
    /// `None`: follows the system.
    pub dark: Option<bool>,
    /// What everything is enlarged by, [`ZOOM`] at the ends.
    pub zoom: f32,
    /// `None`: follows the system.
    pub numbers: Option<Separators>,
    /// Whether the tour has been seen or skipped.
    pub toured: bool,
    /// Latest first.
    pub recent: Vec<PathBuf>,
}

impl Default for Settings {
    fn default() -> Self {
        Self { dark: None, zoom: 1.0, numbers: None, toured: false, recent: Vec::new() }
    }
}

/// One thing that is set in the menu.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum SettingChange {
    /// `None`: follows the system.
    Dark(Option<bool>),
    Zoom(f32),
    /// `None`: follows the system.
    Numbers(Option<Separators>),
}

/// Least and most that everything is enlarged by.
pub const ZOOM: (f32, f32) = (0.5, 3.0);
/// One step of it.
pub const ZOOM_STEP: f32 = 0.1;

impl Settings {
    /// Takes over one change.
    pub fn change(&mut self, change: SettingChange) {
        match change {
            SettingChange::Dark(dark) => self.dark = dark,
            SettingChange::Zoom(zoom) => self.zoom = zoom.clamp(ZOOM.0, ZOOM.1),
            SettingChange::Numbers(numbers) => self.numbers = numbers,
        }
    }

    /// Lets the window look as it is set.
    pub fn apply(&self, ctx: &Context) {
        ctx.set_theme(self.theme());
        ctx.set_zoom_factor(self.zoom.clamp(ZOOM.0, ZOOM.1));
    }

    /// What was remembered in `folder`.
    pub fn load(folder: &Path) -> Self {
        std::fs::read_to_string(folder.join(FILE_NAME))
            .ok()
            .and_then(|text| ron::from_str(&text).ok())
            .unwrap_or_default()
    }

    /// Remembers in `folder`, which is made when it is not there.
    ///
    /// # Errors
    /// A folder that may not be written to.
    pub fn store(&self, folder: &Path) -> std::io::Result<()> {
        std::fs::create_dir_all(folder)?;
        let text = ron::to_string(self).map_err(std::io::Error::other)?;
        write_atomically(&folder.join(FILE_NAME), text.as_bytes())
    }

    /// Puts `path` at the head of the recent files.
    pub fn opened(&mut self, path: &Path) {
        let path = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
        self.recent.retain(|old| *old != path);
        self.recent.insert(0, path);
        self.recent.truncate(RECENT);
    }

    /// The theme as egui wants it.
    pub fn theme(&self) -> ThemePreference {
        match self.dark {
            None => ThemePreference::System,
            Some(true) => ThemePreference::Dark,
            Some(false) => ThemePreference::Light,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_come_back_and_damage_counts_as_none() {
        let folder = tempfile::tempdir().expect("a folder");
        let mut settings = Settings { numbers: Some(Separators::Space), ..Default::default() };
        settings.change(SettingChange::Dark(Some(true)));
        settings.change(SettingChange::Zoom(9.0));
        assert_eq!(settings.zoom, ZOOM.1);
        for i in 0..20 {
            settings.opened(Path::new(&format!("/presets/{}.ron", i % 10)));
        }
        assert_eq!(settings.recent.len(), RECENT);
        assert_eq!(settings.recent[0], Path::new("/presets/9.ron"));
        settings.store(folder.path()).expect("written");
        assert_eq!(Settings::load(folder.path()), settings);
        std::fs::write(folder.path().join(FILE_NAME), "(dark: Some(").expect("written");
        assert_eq!(Settings::load(folder.path()), Settings::default());
    }
}
