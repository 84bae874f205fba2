//! The catalog of the window: its layers, the user's folder, and how the engine compares with measurements.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use headroom::catalog::{Catalog, MeasuredLatency, add_measurements};
use headroom::engine::calibration::own_measurements::{self, Slip};
use headroom::import::Library;
use headroom::report::sentence;

use super::accuracy::Accuracy;

const NO_FOLDER: &str = "This system names no folder for a program's data, so that measurements cannot be kept. \
    Use `headroom measure` with --catalog.";

/// The one owner of the catalog. Whoever shows figures of it asks the engine again after a change.
pub struct Catalogs {
    library: Library,
    /// Where the user's own catalog files are kept, and measurements added; `None`: nowhere.
    own_folder: Option<PathBuf>,
    /// The engine with the current catalog against the measured runs.
    accuracy: Accuracy,
}

impl Catalogs {
    /// `given` with the user's folder over it; what is wrong with the folder, which then counts as empty.
    pub fn open(given: Library, own_folder: Option<PathBuf>) -> (Self, Vec<String>) {
        let (library, errors) = match own_folder.as_deref().map(|folder| with_folder(&given, folder)) {
            Some(Ok(library)) => (library, Vec::new()),
            Some(Err(errors)) => (given, errors),
            None => (given, Vec::new()),
        };
        (Self { library, own_folder, accuracy: Accuracy::default() }, errors)
    }

    /// The catalog in force; background work holds on to the one that it was asked with.
    pub fn current(&self) -> &Arc<Catalog> {
        self.library.merged()
    }

    /// What presets are read with: the models of `config.json` files that are opened stay. Nothing that has been sized
    /// changes by it.
    pub fn library_mut(&mut self) -> &mut Library {
        &mut self.library
    }

    /// The engine against the measured runs.
    pub fn accuracy(&self) -> &Accuracy {
        &self.accuracy
    }

    /// The built-in catalog with the user's folder over it: what the folder has to agree with, as every start reads it.
    ///
    /// # Errors
    /// What is wrong with the folder, or that there is none.
    pub fn home(&self) -> Result<Library, Vec<String>> {
        let built_in = Catalog::built_in().map_err(|error| vec![error.to_string()])?;
        match &self.own_folder {
            Some(folder) => with_folder(&built_in.into(), folder),
            None => Err(vec![NO_FOLDER.to_owned()]),
        }
    }

    /// Overrides the catalog with the file at `path` and the user's others, and keeps a copy among them, whose path it
    /// returns.
    ///
    /// # Errors
    /// What is wrong with the file, or with the folder; nothing has changed then.
    pub fn add_file(&mut self, path: &Path) -> Result<PathBuf, Vec<String>> {
        let Some(folder) = self.own_folder.clone() else {
            let problem = "There is no folder for your own catalog files. Start with --catalog DIR.";
            return Err(vec![problem.to_owned()]);
        };
        let target = folder.join(path.file_name().unwrap_or_default());
        if target.exists() {
            return Err(vec![format!(
                "{}: exists already and is not overwritten. Move or rename it first.",
                target.display()
            )]);
        }
        let copied = std::fs::create_dir_all(&folder).and_then(|()| std::fs::copy(path, &target));
        copied.map_err(|error| {
            let target = target.display();
            vec![format!("{target}: cannot be written: {error}. Check the permissions of the folder.")]
        })?;
        if let Err(errors) = self.read_again(&folder) {
            // What does not read must not prevent the next start.
            let _ = std::fs::remove_file(&target);
            return Err(errors);
        }
        Ok(target)
    }

    /// Keeps measurements in the user's folder, which has to agree with `home`; the catalog as it was before, and where
    /// they are kept.
    ///
    /// # Errors
    /// What is wrong with the measurements, or with the folder; the catalog has not changed then.
    pub fn add_measurements(
        &mut self,
        rows: &[MeasuredLatency],
        home: &Library,
    ) -> Result<(Arc<Catalog>, PathBuf), Vec<String>> {
        let Some(folder) = self.own_folder.clone() else { return Err(vec![NO_FOLDER.to_owned()]) };
        own_measurements::with(home, rows).map_err(slips)?;
        let path = add_measurements(&folder, rows, home)
            .map_err(|errors| errors.iter().map(ToString::to_string).collect::<Vec<_>>())?;
        Ok((self.read_again(&folder)?, path))
    }

    /// Reads the user's folder again; the catalog as it was before.
    fn read_again(&mut self, folder: &Path) -> Result<Arc<Catalog>, Vec<String>> {
        let library = with_folder(&self.library, folder)?;
        self.accuracy = Accuracy::default();
        let before = std::mem::replace(&mut self.library, library);
        Ok(Arc::clone(before.merged()))
    }
}

/// `library` with the files of `folder` over it, as they are now; a folder that is not there has none.
fn with_folder(library: &Library, folder: &Path) -> Result<Library, Vec<String>> {
    if !folder.is_dir() {
        return Ok(library.clone());
    }
    let library = library
        .with_folder(folder)
        .map_err(|errors| errors.iter().map(ToString::to_string).collect::<Vec<_>>())?;
    own_measurements::check(&library).map_err(slips)?;
    Ok(library)
}

/// What is wrong with measurements, a message each.
fn slips(slips: Vec<Slip>) -> Vec<String> {
    slips.iter().map(sentence::slip).collect()
}
