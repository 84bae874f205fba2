//! Models read from the `config.json` that Hugging Face repositories carry.
//!
//! Each family has a function that turns the file's fields into layers; what the file leaves out takes the default
//! of the family's configuration class in Hugging Face transformers.

mod assumed;
mod by_fields;
mod by_fields_layers;
mod by_fields_mixture;
mod checkpoint;
mod compressed;
mod deepseek_v41;
mod dense;
mod error;
mod families;
mod fields;
mod gemma;
mod gemma4;
mod glm5_next;
mod hybrid;
mod inkling;
mod kept;
mod kimi;
mod latent;
mod latent_recent;
mod layer_norm;
mod layers;
mod lfm2;
mod mamba;
mod mimo;
mod minimax_m3;
mod mistral_params;
mod moe;
mod moe_families;
mod moe_recent;
mod pruned;
mod qwen4;
mod samba;
mod shared_blocks;
mod side_by_side;

use serde_json::{Map, Value};

pub use error::HuggingFaceError;

use self::fields::ConfigFields;
use self::layers::Architecture;
use crate::catalog::Model;

/// What to do with a `config.json` of a family that is not known.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum UnknownFamily {
    /// Refuse it: its figures would be guesses.
    #[default]
    Refuse,
    /// Read it as far as its fields go: as a dense model of the usual layout, and the experts, latents, windows and linear
    /// layers that it names.
    Dense,
}

/// Reads a Hugging Face `config.json`, or a `params.json` as Mistral writes it; `unknown` decides on a family that is not
/// known. The model has `name` as its id and its name, and names `huggingface-config` as its source.
///
/// # Errors
/// When the text is not a JSON object, the `model_type` is unknown and refused, or a field is missing or impossible.
pub fn model_from_config(
    json_text: &str,
    name: &str,
    unknown: UnknownFamily,
) -> Result<Model, HuggingFaceError> {
    let root = json(&without_infinities(json_text))?;
    let root = root.as_object().ok_or_else(|| HuggingFaceError::Json {
        line: 1,
        column: 1,
        message: "not a JSON object".to_owned(),
    })?;
    match mistral_params::renamed(root) {
        Some(config) => model(&config, name, unknown).map_err(mistral_params::error_of_params),
        None => model(root, name, unknown),
    }
}

/// The model of the fields of a file.
fn model(root: &Map<String, Value>, name: &str, unknown: UnknownFamily) -> Result<Model, HuggingFaceError> {
    let fields = ConfigFields::new(root);
    let architecture = architecture(&fields, unknown)?;
    let checkpoint = checkpoint::checkpoint(&fields)?;
    let notes = notes(&fields, &architecture, &checkpoint.note)?;
    Ok(Model {
        id: name.to_owned(),
        name: name.to_owned(),
        hidden: architecture.hidden,
        vocab: size(&fields, "vocab_size", architecture.default_vocab)?,
        tied: fields.flag("tie_word_embeddings", architecture.tied)?,
        context: size(
            &fields,
            "max_position_embeddings",
            architecture
                .default_context
                .or_else(|| fields.text("model_type").and_then(families::default_context)),
        )?,
        quantized: checkpoint.quantized(&architecture.layers, architecture.hidden),
        layers: architecture.layers,
        extra_parameters: architecture.extra_parameters,
        lookup_parameters: architecture.lookup_parameters,
        reused_parameters: architecture.reused_parameters,
        checkpoint: checkpoint.format,
        published_parameters: None,
        source: "huggingface-config".to_owned(),
        notes,
    })
}

/// Takes the format of the checkpoint from an `hf_quant_config.json`, which is beside the `config.json` where that
/// has no section of its own.
///
/// # Errors
/// When the text is not JSON, or names no format that can be planned.
pub(super) fn quantize_as(model: &mut Model, json_text: &str) -> Result<(), HuggingFaceError> {
    let checkpoint = checkpoint::beside(&json(json_text)?)?;
    model.checkpoint = checkpoint.format;
    model.quantized = checkpoint.quantized(&model.layers, model.hidden);
    model.notes = format!("{} {}", model.notes, checkpoint.note);
    Ok(())
}

fn json(text: &str) -> Result<Value, HuggingFaceError> {
    serde_json::from_str(text).map_err(|error| HuggingFaceError::Json {
        line: error.line(),
        column: error.column(),
        message: "not JSON".to_owned(),
    })
}

/// The layers, by the reader of the file's family.
fn architecture(fields: &ConfigFields, unknown: UnknownFamily) -> Result<Architecture, HuggingFaceError> {
    let model_type = fields.text("model_type");
    match (model_type.map(families::reader), unknown) {
        (Some(Some(read)), _) => read(fields),
        (_, UnknownFamily::Dense) => by_fields::by_fields(fields),
        (Some(None), UnknownFamily::Refuse) => Err(HuggingFaceError::UnknownModelType {
            model_type: model_type.unwrap_or_default().to_owned(),
            remedy: remedy(fields),
            supported: families::supported(),
        }),
        (None, UnknownFamily::Refuse) => Err(HuggingFaceError::NoModelType { remedy: remedy(fields) }),
    }
}

/// How a file of an unknown family can be read all the same.
fn remedy(fields: &ConfigFields) -> String {
    let parts = by_fields::beyond_dense(fields);
    if parts.is_empty() {
        return "treat it as a dense model with --dense".to_owned();
    }
    format!(
        "it is no dense model, since it has {}: read it as far as its fields go with --by-fields",
        parts.join(" and ")
    )
}

/// Where the model comes from, and what was simplified or left out.
fn notes(
    fields: &ConfigFields,
    architecture: &Architecture,
    checkpoint: &str,
) -> Result<String, HuggingFaceError> {
    let model_type = fields.text("model_type").unwrap_or("(none)");
    let mut notes = format!("Read from a config.json of model_type {model_type}.");
    let mut add = |sentence: &str| {
        if !sentence.is_empty() {
            notes.push(' ');
            notes.push_str(sentence);
        }
    };
    add(&architecture.note);
    if fields.has_other_parts() {
        add("Only the text model is counted, not the vision or audio parts beside it.");
    }
    if fields.prediction_layers()? > 0 {
        add("The layers for multi-token prediction are not counted.");
    }
    let layers = architecture.layers.iter().map(|group| group.count).sum();
    let lists = fields.lists_not_followed(layers);
    if !lists.is_empty() {
        let names = lists.join(", ");
        add(&format!("These lists have an entry for each layer and were not followed: {names}."));
    }
    add(checkpoint);
    Ok(notes)
}

/// A size that the file must give unless its family has a default.
fn size(fields: &ConfigFields, name: &str, default: Option<u32>) -> Result<u32, HuggingFaceError> {
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
