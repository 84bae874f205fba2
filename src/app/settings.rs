//! What the window remembers from one start to the next: the theme and the files opened last.

use std::path::{Path, PathBuf};

use eframe::egui::ThemePreference;
use headroom::scenario::preset::write_atomically;
use serde::{Deserialize, Serialize};

/// Files in the list of recent ones.
const RECENT: usize = 8;
const FILE_NAME: &str = "settings.ron";

/// Kept in the user's configuration directory. A file of another version or a damaged one counts as none.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Settings {
    /// `None`: as the desktop has it.
    pub dark: Option<bool>,
    /// Whether the tour has been seen or skipped.
    pub toured: bool,
    /// Latest first.
    pub recent: Vec<PathBuf>,
}

impl Settings {
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
        let mut settings = Settings { dark: Some(true), ..Default::default() };
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
