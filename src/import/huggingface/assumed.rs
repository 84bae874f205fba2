//! What the readers of unknown families share: sizes under any of their usual names, and what was assumed on the way.

use serde_json::Value;

use super::HuggingFaceError;
use super::fields::{ConfigFields, impossible, missing};

/// What was assumed on the way, a sentence each.
#[derive(Default)]
pub(super) struct Assumed(Vec<String>);

impl Assumed {
    /// Notes a sentence once.
    pub fn note(&mut self, sentence: impl Into<String>) {
        let sentence = sentence.into();
        if !self.0.contains(&sentence) {
            self.0.push(sentence);
        }
    }

    /// All of them: " Assumed: one; another." Empty where nothing was.
    pub fn text(&self) -> String {
        if self.0.is_empty() { String::new() } else { format!(" Assumed: {}.", self.0.join("; ")) }
    }
}

/// The first of several names that the file has a number for.
pub(super) fn first(fields: &ConfigFields, names: &[&str]) -> Result<Option<u32>, HuggingFaceError> {
    for name in names {
        if fields.value(name).is_some_and(Value::is_array) {
            continue;
        }
        if let Some(number) = fields.optional(name)? {
            return Ok(Some(number));
        }
    }
    Ok(None)
}

/// The first of several names, which must give at least 1.
pub(super) fn needed(fields: &ConfigFields, names: &[&str]) -> Result<u32, HuggingFaceError> {
    match first(fields, names)? {
        Some(0) => Err(impossible(names[0], 0, "give a number of at least 1")),
        Some(number) => Ok(number),
        None => Err(missing(&names.join("` or `"))),
    }
}

/// Whether the activation is one that feed-forward halves use without a gate.
pub(super) fn is_plain(fields: &ConfigFields) -> bool {
    let activation = fields.text("mlp_hidden_act").or_else(|| fields.text("hidden_act"));
    matches!(activation, Some("relu2" | "relu_squared" | "xielu"))
}
