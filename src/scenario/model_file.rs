//! Models that a scenario names by the path of a Hugging Face `config.json`.

use crate::catalog::{Catalog, HuggingFaceError, Model};

/// A `config.json` that could not become a model.
#[derive(Debug, thiserror::Error)]
pub enum ModelFileError {
    #[error("{path}: cannot be read: {source}. Check the name and the permissions.")]
    Read { path: String, source: std::io::Error },
    #[error("{path}: {source}")]
    Invalid { path: String, source: HuggingFaceError },
}

/// Reads a Hugging Face `config.json`.
///
/// # Errors
/// The file cannot be read, or it is no model that can be planned.
pub fn read_model(path: &str) -> Result<Model, ModelFileError> {
    let text = std::fs::read_to_string(path)
        .map_err(|source| ModelFileError::Read { path: path.to_owned(), source })?;
    Model::from_hugging_face(&text, path)
        .map_err(|source| ModelFileError::Invalid { path: path.to_owned(), source })
}

/// Adds the model of a `config.json` to the catalog under its path, when `reference` is one.
///
/// # Errors
/// As [`read_model`]; the catalog is then unchanged.
pub fn add_model_file(catalog: &mut Catalog, reference: &str) -> Result<(), ModelFileError> {
    if reference.ends_with(".json") && catalog.model(reference).is_none() {
        catalog.models.push(read_model(reference)?);
    }
    Ok(())
}
