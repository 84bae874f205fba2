//! The catalog in force and what it is laid together from: the given layers, the user's folder, opened models.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use headroom::catalog::{Catalog, MeasuredLatency, add_measurements};
use headroom::engine::analysis::own_measurements;

use super::accuracy::Accuracy;

const NO_FOLDER: &str = "This system names no folder for a program's data, so that measurements cannot be kept. \
    Use `headroom measure` with --catalog.";

/// The one owner of the catalog. Whoever shows figures of it asks the engine again after a change.
pub struct Catalogs {
    /// All layers together; background work holds on to the one that it was asked with.
    current: Arc<Catalog>,
    /// Without the user's folder and without opened models.
    given: Catalog,
    /// Where the user's own catalog files are kept, and measurements added; `None`: nowhere.
    own_folder: Option<PathBuf>,
    /// The engine with the current catalog against the measured runs.
    accuracy: Accuracy,
}

impl Catalogs {
    /// `given` with the user's folder over it; what is wrong with the folder, which then counts as empty.
    pub fn open(given: Catalog, own_folder: Option<PathBuf>) -> (Self, Vec<String>) {
        let (current, errors) = match own_folder.as_deref().map(|folder| overlaid(&given, folder)) {
            Some(Ok(catalog)) => (catalog, Vec::new()),
            Some(Err(errors)) => (given.clone(), errors),
            None => (given.clone(), Vec::new()),
        };
        (Self { current: Arc::new(current), given, own_folder, accuracy: Accuracy::default() }, errors)
    }

    /// The catalog in force.
    pub fn current(&self) -> &Arc<Catalog> {
        &self.current
    }

    /// The same, to be added to: the models of `config.json` files that are opened. Nothing that has been sized changes by it.
    pub fn models_mut(&mut self) -> &mut Catalog {
        Arc::make_mut(&mut self.current)
    }

    /// The engine against the measured runs.
    pub fn accuracy(&self) -> &Accuracy {
        &self.accuracy
    }

    /// Forgets sentences with numbers in them: numbers are written in another way now.
    pub fn rewrite(&mut self) {
        self.accuracy = Accuracy::default();
    }

    /// The built-in catalog with the user's folder over it: what the folder has to agree with, as every start reads it.
    ///
    /// # Errors
    /// What is wrong with the folder, or that there is none.
    pub fn home(&self) -> Result<Catalog, Vec<String>> {
        let built_in = Catalog::built_in().map_err(|error| vec![error.to_string()])?;
        match &self.own_folder {
            Some(folder) => overlaid(&built_in, folder),
            None => Err(vec![NO_FOLDER.to_owned()]),
        }
    }

    /// Lays the file at `path` over the catalog together with the others of the user, and keeps a copy among them; where.
    ///
    /// # Errors
    /// What is wrong with the file, or with the folder; nothing has changed then.
    pub fn add_file(&mut self, path: &Path) -> Result<PathBuf, Vec<String>> {
        let Some(folder) = self.own_folder.clone() else {
            let words = "There is no folder for catalog files of your own here. Use --catalog DIR.";
            return Err(vec![words.to_owned()]);
        };
        let target = folder.join(path.file_name().unwrap_or_default());
        if target.exists() {
            return Err(vec![format!(
                "{}: is already there. Move it away first, so that nothing of yours is overwritten.",
                target.display()
            )]);
        }
        let copied = std::fs::create_dir_all(&folder).and_then(|()| std::fs::copy(path, &target));
        copied.map_err(|error| {
            let target = target.display();
            vec![format!("{target}: cannot be written: {error}. Check the permissions of the folder.")]
        })?;
        if let Err(errors) = self.read_again(&folder) {
            // What does not read must not stand in the way of the next start.
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
        home: &Catalog,
    ) -> Result<(Arc<Catalog>, PathBuf), Vec<String>> {
        let Some(folder) = self.own_folder.clone() else { return Err(vec![NO_FOLDER.to_owned()]) };
        own_measurements::with(home, rows)?;
        let path = add_measurements(&folder, rows, home)
            .map_err(|errors| errors.iter().map(ToString::to_string).collect::<Vec<_>>())?;
        Ok((self.read_again(&folder)?, path))
    }

    /// Reads the user's folder again; the catalog as it was before. Models of `config.json` files that were opened
    /// meanwhile stay.
    fn read_again(&mut self, folder: &Path) -> Result<Arc<Catalog>, Vec<String>> {
        let mut catalog = overlaid(&self.given, folder)?;
        for model in &self.current.models {
            if catalog.model(&model.id).is_none() {
                catalog.models.push(model.clone());
            }
        }
        self.accuracy = Accuracy::default();
        Ok(std::mem::replace(&mut self.current, Arc::new(catalog)))
    }
}

/// `catalog` with the files of `folder` over it and corrected by its measurements; a folder that is not there has none.
fn overlaid(catalog: &Catalog, folder: &Path) -> Result<Catalog, Vec<String>> {
    let mut catalog = catalog.clone();
    if folder.is_dir() {
        catalog
            .overlay(folder)
            .map_err(|errors| errors.iter().map(ToString::to_string).collect::<Vec<_>>())?;
        own_measurements::apply(&mut catalog)?;
    }
    Ok(catalog)
}
