//! Models that a scenario names by the path of a Hugging Face `config.json`.

use std::path::Path;

use super::{HuggingFaceError, UnknownFamily};
use crate::catalog::{Catalog, Model, NumberFormat};

/// The file that ModelOpt writes beside a `config.json` that says nothing of the quantisation.
const QUANTIZATION: &str = "hf_quant_config.json";

/// A `config.json` that could not become a model.
#[derive(Debug, thiserror::Error)]
pub enum ModelFileError {
    /// The file cannot be read.
    #[error("{path}: cannot be read: {source}. Check the name and the permissions.")]
    Read {
        /// The file.
        path: String,
        /// What the system says.
        source: std::io::Error,
    },
    /// It is not a model that can be planned.
    #[error("{path}: {source}")]
    Invalid {
        /// The file.
        path: String,
        /// What is wrong with it.
        source: HuggingFaceError,
    },
}

/// Reads a Hugging Face `config.json`, and the `hf_quant_config.json` beside it where there is one.
///
/// # Errors
/// The file cannot be read, or it is no model that can be planned.
pub fn read_model(path: &str, unknown: UnknownFamily) -> Result<Model, ModelFileError> {
    let text = std::fs::read_to_string(path)
        .map_err(|source| ModelFileError::Read { path: path.to_owned(), source })?;
    let invalid = |path: &Path, source| ModelFileError::Invalid { path: path.display().to_string(), source };
    let mut model = Model::from_hugging_face_or(&text, path, unknown)
        .map_err(|source| invalid(Path::new(path), source))?;
    let beside = Path::new(path).with_file_name(QUANTIZATION);
    let is_16_bit = matches!(model.checkpoint, NumberFormat::Bf16 | NumberFormat::Fp16);
    if let (true, Ok(text)) = (is_16_bit, std::fs::read_to_string(&beside)) {
        model.quantize_as(&text).map_err(|source| invalid(&beside, source))?;
    }
    Ok(model)
}

/// Adds the model of a `config.json` to the catalog under its path, when `reference` is one. What is done with a
/// family that is not known, the catalog says.
///
/// # Errors
/// As [`read_model`]; the catalog is then unchanged.
pub fn add_model_file(catalog: &mut Catalog, reference: &str) -> Result<(), ModelFileError> {
    if reference.ends_with(".json") && catalog.model(reference).is_none() {
        catalog.models.push(read_model(reference, catalog.unknown_family)?);
    }
    Ok(())
}
