//! What has not been saved is kept aside while the window is open, and found again after a crash.

use std::path::{Path, PathBuf};

use headroom::catalog::Catalog;
use headroom::scenario::{Scenario, preset};

/// How long inputs rest before they are kept, seconds.
pub const REST_S: f64 = 1.5;

const FILE_NAME: &str = "unsaved.headroom.ron";

/// The file that unsaved inputs are kept in.
#[derive(Default)]
pub struct Recovery {
    /// `None`: nowhere.
    path: Option<PathBuf>,
    kept: Option<Scenario>,
    changed: Option<(Scenario, f64)>,
}

impl Recovery {
    /// Keeps in `folder`; `None`: nowhere.
    pub fn new(folder: Option<&Path>) -> Self {
        Self { path: folder.map(|folder| folder.join(FILE_NAME)), ..Self::default() }
    }

    /// The scenario that an earlier window left unsaved. A file that does not read is put aside under another name, which
    /// is answered as what went wrong.
    pub fn found(&self, catalog: &mut Catalog) -> Option<Result<Scenario, String>> {
        let path = self.path.as_deref().filter(|path| path.exists())?;
        match preset::open_with_model(&path.to_string_lossy(), catalog) {
            Ok(scenario) => Some(Ok(scenario)),
            Err(error) => {
                let aside = path.with_extension("damaged");
                let place = if std::fs::rename(path, &aside).is_ok() { &aside } else { path };
                Some(Err(format!("{error} What was not saved is in {}.", place.display())))
            }
        }
    }

    /// Keeps `scenario` once it has rested at `now` (seconds), or drops the file when nothing is `unsaved`. Answers whether to
    /// come back once it has rested.
    pub fn feed(&mut self, now: f64, scenario: &Scenario, unsaved: bool) -> bool {
        let Some(path) = &self.path else { return false };
        if !unsaved {
            if self.kept.take().is_some() {
                // It may have been tidied away by somebody else.
                let _ = std::fs::remove_file(path);
            }
            self.changed = None;
            return false;
        }
        if self.kept.as_ref() == Some(scenario) {
            return false;
        }
        match &self.changed {
            Some((seen, since)) if seen == scenario => {
                if now - since < REST_S {
                    return true;
                }
                let folder = path.parent().map(std::fs::create_dir_all);
                // A disk that is full must not get in the way of the work.
                if folder.is_none_or(|made| made.is_ok()) && preset::save(scenario, path).is_ok() {
                    self.kept = Some(scenario.clone());
                }
                self.changed = None;
                false
            }
            _ => {
                self.changed = Some((scenario.clone(), now));
                true
            }
        }
    }

    /// Takes over what was found, so that the file goes once it is saved.
    pub fn adopt(&mut self, scenario: &Scenario) {
        self.kept = Some(scenario.clone());
    }

    /// The window closes as it should: what was not saved was given up on purpose.
    pub fn close(&mut self) {
        if let Some(path) = self.path.as_ref().filter(|_| self.kept.is_some()) {
            let _ = std::fs::remove_file(path);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_not_saved_is_found_again() {
        let folder = tempfile::tempdir().expect("a folder");
        let mut catalog = Catalog::built_in().expect("the built-in catalog");
        let mut recovery = Recovery::new(Some(folder.path()));
        let mut scenario = Scenario::default();
        scenario.workload.requests_per_s = 77.0;
        assert!(recovery.found(&mut catalog).is_none());
        assert!(recovery.feed(0.0, &scenario, true) && recovery.feed(1.0, &scenario, true));
        assert!(!recovery.feed(2.0, &scenario, true), "kept");
        // As after a crash: another window, nothing closed.
        let mut again = Recovery::new(Some(folder.path()));
        assert_eq!(again.found(&mut catalog), Some(Ok(scenario.clone())));
        again.adopt(&scenario);
        again.feed(0.0, &scenario, false);
        assert!(again.found(&mut catalog).is_none(), "saved, so there is nothing to find");
        std::fs::write(folder.path().join(FILE_NAME), "(version: 1, work").expect("written");
        let message = again.found(&mut catalog).and_then(Result::err).expect("damaged");
        assert!(message.contains("unsaved.headroom.damaged"), "{message}");
        assert!(
            folder.path().join("unsaved.headroom.damaged").exists() && again.found(&mut catalog).is_none()
        );
    }
}
