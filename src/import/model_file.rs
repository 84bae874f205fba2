//! Models that a scenario names by the path of a Hugging Face `config.json`.

use std::path::Path;

use super::huggingface::{HuggingFaceError, UnknownFamily, model_from_config, quantize_as};
use crate::catalog::{Model, NumberFormat};
use crate::files::read_text;

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
/// The file cannot be read, or is not a model that can be planned.
pub fn read_model(path: &str, unknown: UnknownFamily) -> Result<Model, ModelFileError> {
    let text = read_text(path).map_err(|source| ModelFileError::Read { path: path.to_owned(), source })?;
    let invalid = |path: &Path, source| ModelFileError::Invalid { path: path.display().to_string(), source };
    let mut model =
        model_from_config(&text, path, unknown).map_err(|source| invalid(Path::new(path), source))?;
    let beside = Path::new(path).with_file_name(QUANTIZATION);
    let is_16_bit = matches!(model.checkpoint, NumberFormat::Bf16 | NumberFormat::Fp16);
    if let (true, Ok(text)) = (is_16_bit, read_text(&beside)) {
        quantize_as(&mut model, &text).map_err(|source| invalid(&beside, source))?;
    }
    Ok(model)
}
