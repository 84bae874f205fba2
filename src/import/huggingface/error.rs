//! Errors of reading a `config.json`.

/// What is wrong with a Hugging Face `config.json`, and what to do about it.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[allow(missing_docs, reason = "the message of each variant names its fields")]
pub enum HuggingFaceError {
    #[error("line {line}, column {column}: {message}; give the model's own config.json")]
    Json { line: usize, column: usize, message: String },

    #[error(
        "`model_type` is missing, so the layout of its layers is unknown; give the config.json of a text model \
         as published on Hugging Face, or {remedy}"
    )]
    NoModelType { remedy: String },

    #[error(
        "model_type `{model_type}` is not supported, so the layout of its layers is unknown; {remedy}, describe it \
         in models.ron, or use one of {supported}"
    )]
    UnknownModelType { model_type: String, remedy: String, supported: String },

    #[error("`{field}` is missing; add it to the config.json")]
    Missing { field: String },

    #[error("`{field}` is {value}; {remedy}")]
    Impossible { field: String, value: String, remedy: String },
}
