//! Why a `config.json` does not give a model.

/// What is wrong with a Hugging Face `config.json`, and what to do about it.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum HuggingFaceError {
    #[error("line {line}, column {column}: {message}; give the model's own config.json")]
    Json { line: usize, column: usize, message: String },

    #[error("`model_type` is missing; give a config.json of a text model as Hugging Face publishes it")]
    NoModelType,

    #[error(
        "model_type `{model_type}` is not supported; use one of {supported}, or describe the model in models.ron"
    )]
    UnknownModelType { model_type: String, supported: String },

    #[error("`{field}` is missing; add it to the config.json")]
    Missing { field: String },

    #[error("`{field}` is {value}; {remedy}")]
    Impossible { field: String, value: String, remedy: String },
}
