//! The catalog that presets and questions are read with.

use std::ops::Deref;
use std::path::Path;
use std::sync::Arc;

use super::huggingface::UnknownFamily;
use super::model_file::{ModelFileError, read_model};
use crate::catalog::{Catalog, CatalogError, Layers, Model, config_of};

/// A catalog, its layers, and how model files are read into it.
#[derive(Clone, Debug)]
pub struct Library {
    layers: Layers,
    unknown: UnknownFamily,
}

impl Library {
    /// The catalog of `layers`; model files of families that are not known are treated as `unknown` says.
    pub fn new(layers: Layers, unknown: UnknownFamily) -> Self {
        Self { layers, unknown }
    }

    /// With the catalog files of a folder over what is there, as [`Layers::with_folder`].
    ///
    /// # Errors
    /// Everything that is wrong with the files.
    pub fn with_folder(&self, directory: &Path) -> Result<Self, Vec<CatalogError>> {
        Ok(Self { layers: self.layers.with_folder(directory)?, unknown: self.unknown })
    }

    /// Adds a model that is in no catalog file; one of a known id is left out.
    pub fn add_model(&mut self, model: Model) {
        self.layers.add_model(model);
    }

    /// Adds the model of a `config.json` under its path, when `reference` is one or a folder that holds one. An id of
    /// the catalog is no folder, whatever is beside the program.
    ///
    /// # Errors
    /// As [`read_model`]; the catalog is then unchanged.
    pub fn open_model(&mut self, reference: &str) -> Result<(), ModelFileError> {
        if self.model(reference).is_some() {
            return Ok(());
        }
        let file = match reference.ends_with(".json") {
            true => reference.to_owned(),
            false if Path::new(reference).is_dir() => config_of(reference),
            false => return Ok(()),
        };
        // A folder without a `config.json` may be called as a hub calls a model.
        let is_model =
            reference == file || Path::new(&file).exists() || self.model_meant(reference).is_none();
        if is_model && self.model(&file).is_none() {
            self.add_model(self.read_model(&file)?);
        }
        Ok(())
    }

    /// Reads a `config.json`, without adding its model.
    ///
    /// # Errors
    /// As [`read_model`].
    pub fn read_model(&self, path: &str) -> Result<Model, ModelFileError> {
        read_model(path, self.unknown)
    }

    /// The merged catalog, to be held on to while other layers come.
    pub fn merged(&self) -> &Arc<Catalog> {
        self.layers.merged()
    }

    /// The merged catalog alone.
    pub fn into_catalog(self) -> Catalog {
        self.layers.into_catalog()
    }
}

impl From<Catalog> for Library {
    /// `catalog` as the lowest layer; unknown families are refused.
    fn from(catalog: Catalog) -> Self {
        Self::new(Layers::from(catalog), UnknownFamily::Refuse)
    }
}

impl Deref for Library {
    type Target = Catalog;

    fn deref(&self) -> &Catalog {
        &self.layers
    }
}
