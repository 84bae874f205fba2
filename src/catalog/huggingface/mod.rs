//! Models read from the `config.json` that Hugging Face repositories carry.
//!
//! Each family has a function that turns the file's fields into layers; what the file leaves out takes the default
//! of the family's configuration class in Hugging Face transformers.

mod checkpoint;
mod dense;
mod error;
mod fields;
mod hybrid;
mod layers;
mod moe;

use serde_json::Value;

pub use error::HuggingFaceError;

use self::fields::Fields;
use self::layers::Architecture;
use super::model::Model;

type Reader = fn(&Fields) -> Result<Architecture, HuggingFaceError>;

/// Which reader understands which `model_type`.
const FAMILIES: [(&str, Reader); 33] = [
    ("llama", dense::llama),
    ("mistral", dense::mistral),
    ("ministral", dense::mistral),
    ("phi3", dense::mistral),
    ("qwen2", dense::qwen2),
    ("mimo", dense::qwen2),
    ("qwen3", dense::qwen3),
    ("qwen3_vl_text", dense::qwen3),
    ("gemma2", dense::gemma2),
    ("gemma3", dense::gemma3),
    ("gemma3_text", dense::gemma3),
    ("cohere", dense::cohere),
    ("falcon", dense::falcon),
    ("opt", dense::opt),
    ("nemotron-nas", dense::nemotron_nas),
    ("mixtral", moe::mixtral),
    ("qwen3_moe", moe::qwen3_moe),
    ("qwen3_vl_moe_text", moe::qwen3_moe),
    ("llama4", moe::llama4),
    ("llama4_text", moe::llama4),
    ("gpt_oss", moe::gpt_oss),
    ("glm4_moe", moe::glm4_moe),
    ("minimax_m2", moe::minimax_m2),
    ("deepseek_v2", moe::deepseek),
    ("deepseek_v3", moe::deepseek),
    ("kimi_k2", moe::deepseek),
    ("qwen3_next", hybrid::qwen3_next),
    ("qwen3_5_text", hybrid::qwen3_next),
    ("qwen3_5_moe_text", hybrid::qwen3_next),
    ("minimax", hybrid::minimax),
    ("minimax_m1", hybrid::minimax),
    ("minimax_text_01", hybrid::minimax),
    ("nemotron_h", hybrid::nemotron_h),
];

impl Model {
    /// Reads a Hugging Face `config.json`. The model is called `name` and names `huggingface-config` as its source.
    ///
    /// # Errors
    /// When the text is no JSON object, the `model_type` is unknown, or a field is missing or impossible.
    pub fn from_hugging_face(json_text: &str, name: &str) -> Result<Self, HuggingFaceError> {
        let root: Value = serde_json::from_str(&without_infinities(json_text)).map_err(|error| {
            let (line, column) = (error.line(), error.column());
            HuggingFaceError::Json { line, column, message: "this is no JSON".to_owned() }
        })?;
        let root = root.as_object().ok_or_else(|| HuggingFaceError::Json {
            line: 1,
            column: 1,
            message: "this is no JSON object".to_owned(),
        })?;
        let fields = Fields::new(root);
        let model_type = fields.text("model_type").ok_or(HuggingFaceError::NoModelType)?;
        let (_, read) = FAMILIES.iter().find(|(known, _)| *known == model_type).ok_or_else(|| {
            let supported = FAMILIES.map(|(known, _)| known).join(", ");
            HuggingFaceError::UnknownModelType { model_type: model_type.to_owned(), supported }
        })?;
        let architecture = read(&fields)?;
        Ok(Self {
            id: name.to_owned(),
            name: name.to_owned(),
            hidden: architecture.hidden,
            vocab: size(&fields, "vocab_size", architecture.default_vocab)?,
            tied: fields.flag("tie_word_embeddings", architecture.tied)?,
            context: size(&fields, "max_position_embeddings", architecture.default_context)?,
            layers: architecture.layers,
            extra_parameters: architecture.extra_parameters,
            checkpoint: checkpoint::format(&fields)?,
            published_parameters: None,
            source: "huggingface-config".to_owned(),
            notes: format!("Read from a config.json of model_type {model_type}."),
        })
    }
}

/// A size that the file must give unless its family has a default.
fn size(fields: &Fields, name: &str, default: Option<u32>) -> Result<u32, HuggingFaceError> {
    match default {
        Some(default) if fields.value(name).is_none() => Ok(default),
        _ => fields.positive(name),
    }
}

/// Python writes bare `Infinity` and `NaN` into these files; JSON has neither, and no model needs them.
fn without_infinities(text: &str) -> String {
    let mut result = String::with_capacity(text.len());
    let mut rest = text;
    let mut in_string = false;
    while let Some(letter) = rest.chars().next() {
        let word =
            ["-Infinity", "Infinity", "NaN"].into_iter().find(|word| !in_string && rest.starts_with(word));
        if let Some(word) = word {
            result.push_str("null");
            rest = &rest[word.len()..];
            continue;
        }
        let length = if in_string && letter == '\\' { escaped_length(rest) } else { letter.len_utf8() };
        if letter == '"' {
            in_string = !in_string;
        }
        result.push_str(&rest[..length]);
        rest = &rest[length..];
    }
    result
}

/// Bytes of a backslash and the letter after it.
fn escaped_length(text: &str) -> usize {
    text.chars().take(2).map(char::len_utf8).sum()
}

#[cfg(test)]
mod tests;
