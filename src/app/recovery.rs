//! What has not been saved is kept aside while the window is open, and found again after a crash.
//!
//! Each window that is open at a time has a number and holds the lock of that number, which the system releases when the
//! window is gone, however it went. Files under a number whose lock is not held were left by a crash.

use std::fs::{File, TryLockError};
use std::path::{Path, PathBuf};

use headroom::import::Library;
use headroom::scenario::{Scenario, preset};

/// How long inputs rest before they are kept, seconds.
pub const REST_S: f64 = 1.5;

const START: &str = "unsaved";
/// Windows that are looked for at most.
const WINDOWS: u32 = 64;

/// Where this window keeps what is not saved.
#[derive(Default)]
pub struct Vault {
    /// `None`: nowhere.
    folder: Option<PathBuf>,
    window: u32,
    /// Held as long as the window is open.
    _lock: Option<File>,
    /// Number of the next file.
    next: u32,
}

/// Takes the lock of a window; `None`: another window has it. Where the file system knows no locks there is one window.
fn lock(folder: &Path, window: u32) -> Option<Option<File>> {
    let path = folder.join(format!("window-{window}.lock"));
    let Ok(file) = File::options().create(true).truncate(false).write(true).open(path) else {
        return Some(None);
    };
    match file.try_lock() {
        Ok(()) => Some(Some(file)),
        Err(TryLockError::WouldBlock) => None,
        Err(TryLockError::Error(_)) => Some(None),
    }
}

/// The window that a file was left by, when it is one of these files: `unsaved-2-1.headroom.ron`.
fn window_of(path: &Path) -> Option<u32> {
    let name = path.file_name()?.to_str()?;
    let rest = name.strip_prefix(START)?.strip_suffix(preset::EXTENSION)?;
    match rest.strip_prefix('-') {
        Some(numbers) => numbers.split('-').next()?.parse().ok(),
        None => rest.is_empty().then_some(0),
    }
}

impl Vault {
    /// Keeps in `folder`, which is made when it is not there; `None`: nowhere.
    pub fn open(folder: Option<&Path>) -> Self {
        let folder = folder.filter(|folder| std::fs::create_dir_all(folder).is_ok());
        let Some(folder) = folder else { return Self::default() };
        let taken = (1..=WINDOWS).find_map(|window| lock(folder, window).map(|lock| (window, lock)));
        let Some((window, lock)) = taken else { return Self::default() };
        Self { folder: Some(folder.to_owned()), window, _lock: lock, next: 1 }
    }

    /// Where one more scenario is kept.
    pub fn place(&mut self) -> Recovery {
        let Some(folder) = &self.folder else { return Recovery::default() };
        loop {
            let name = format!("{START}-{}-{}{}", self.window, self.next, preset::EXTENSION);
            self.next += 1;
            let path = folder.join(name);
            if !path.exists() {
                return Recovery { path: Some(path), ..Recovery::default() };
            }
        }
    }

    /// The scenarios that windows of before left unsaved, each with the place where it is kept. A file that does not read is
    /// put aside under another name, which is answered as what went wrong.
    pub fn found(&mut self, catalog: &mut Library) -> Vec<Result<LeftUnsaved, String>> {
        let Some(folder) = self.folder.clone() else { return Vec::new() };
        let entries = std::fs::read_dir(&folder).into_iter().flatten().flatten();
        let mut left: Vec<PathBuf> = entries.map(|entry| entry.path()).collect();
        left.retain(|path| {
            window_of(path).is_some_and(|w| w == 0 || w == self.window || lock(&folder, w).is_some())
        });
        left.sort();
        let mut found = Vec::new();
        for path in left {
            match catalog.open_preset(&path.to_string_lossy()) {
                Ok(scenario) => {
                    let kept = Some(scenario.clone());
                    let file = file_in(&path);
                    found.push(Ok(LeftUnsaved {
                        scenario,
                        file,
                        recovery: Recovery { path: Some(path), kept, changed: None },
                    }));
                }
                Err(error) => {
                    let aside = path.with_extension("damaged");
                    let place = if std::fs::rename(&path, &aside).is_ok() { &aside } else { &path };
                    found.push(Err(format!("{error} The unsaved work is in {}.", place.display())));
                }
            }
        }
        found
    }
}

/// A scenario that was left unsaved.
pub struct LeftUnsaved {
    pub scenario: Scenario,
    /// The file that it was opened from or saved to last; `None`: none.
    pub file: Option<PathBuf>,
    /// Where it is kept.
    pub recovery: Recovery,
}

/// Before the name of the scenario's own file, on the first line of what is kept.
const OF: &str = "// of ";

fn file_in(kept: &Path) -> Option<PathBuf> {
    let text = std::fs::read_to_string(kept).ok()?;
    text.lines().next()?.strip_prefix(OF).map(PathBuf::from)
}

/// The file that one scenario is kept in while it is not saved.
#[derive(Default)]
pub struct Recovery {
    /// `None`: nowhere.
    path: Option<PathBuf>,
    kept: Option<Scenario>,
    changed: Option<(Scenario, f64)>,
}

impl Recovery {
    /// Keeps `scenario` once it has rested at `now` (seconds), or drops the file when nothing is `unsaved`. Answers whether to
    /// come back once it has rested.
    pub fn feed(&mut self, now: f64, scenario: &Scenario, file: Option<&Path>, unsaved: bool) -> bool {
        if self.path.is_none() {
            return false;
        }
        if !unsaved {
            self.close();
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
                self.keep(scenario, file);
                false
            }
            _ => {
                self.changed = Some((scenario.clone(), now));
                true
            }
        }
    }

    /// Keeps `scenario` now, and which `file` it is of.
    pub fn keep(&mut self, scenario: &Scenario, file: Option<&Path>) {
        self.changed = None;
        let Some(path) = self.path.as_ref().filter(|_| self.kept.as_ref() != Some(scenario)) else { return };
        let of = file.map(|file| format!("{OF}{}\n", file.display())).unwrap_or_default();
        let text = format!("{of}{}", preset::to_text(scenario));
        // A disk that is full must not get in the way of the work.
        if preset::write_atomically(path, text.as_bytes()).is_ok() {
            self.kept = Some(scenario.clone());
        }
    }

    /// What was not saved is saved now, or was given up on purpose.
    pub fn close(&mut self) {
        if let (Some(path), Some(_)) = (&self.path, self.kept.take()) {
            // It may have been tidied away by another window.
            let _ = std::fs::remove_file(path);
        }
    }
}

#[cfg(test)]
mod tests {
    use headroom::catalog::Catalog;

    use super::*;

    fn scenario(requests_per_s: f64) -> Scenario {
        let mut scenario = Scenario::default();
        scenario.workload.requests_per_s = requests_per_s;
        scenario
    }

    #[test]
    fn what_was_not_saved_is_found_again() {
        let folder = tempfile::tempdir().expect("a folder");
        let mut catalog = Library::from(Catalog::built_in().expect("the built-in catalog"));
        let mut vault = Vault::open(Some(folder.path()));
        assert!(vault.found(&mut catalog).is_empty());
        let (mut one, mut two) = (vault.place(), vault.place());
        let (a, b) = (scenario(77.0), scenario(78.0));
        assert!(one.feed(0.0, &a, None, true) && one.feed(1.0, &a, None, true));
        assert!(!one.feed(2.0, &a, None, true), "kept");
        two.keep(&b, Some(Path::new("/presets/mine.headroom.ron")));
        // Another window leaves them alone while this one is open.
        assert!(Vault::open(Some(folder.path())).found(&mut catalog).is_empty());
        // As after a crash: nothing closed, the lock gone.
        drop(vault);
        let mut again = Vault::open(Some(folder.path()));
        let mut found: Vec<_> =
            again.found(&mut catalog).into_iter().map(|one| one.expect("a scenario")).collect();
        assert_eq!(found.iter().map(|one| one.scenario.clone()).collect::<Vec<_>>(), [a.clone(), b]);
        let files: Vec<Option<&Path>> = found.iter().map(|one| one.file.as_deref()).collect();
        assert_eq!(files, [None, Some(Path::new("/presets/mine.headroom.ron"))]);
        let fresh = again.place().path;
        assert!(found.iter().all(|one| one.recovery.path != fresh), "nothing is written over");
        found[0].recovery.feed(0.0, &a, None, false);
        assert_eq!(again.found(&mut catalog).len(), 1, "saved, so there is one less to find");
        std::fs::write(folder.path().join("unsaved-1-2.headroom.ron"), "(version: 1, work").expect("written");
        let messages: Vec<String> = again.found(&mut catalog).into_iter().filter_map(Result::err).collect();
        assert!(messages.len() == 1 && messages[0].contains("unsaved-1-2.headroom.damaged"), "{messages:?}");
        assert!(folder.path().join("unsaved-1-2.headroom.damaged").exists());
        assert!(again.found(&mut catalog).is_empty());
    }
}
