//! Typed access to the fields of a `config.json`.

use std::cell::RefCell;
use std::collections::BTreeSet;

use serde_json::{Map, Value};

use super::HuggingFaceError;

/// The fields that describe the text model: the file itself, or its `text_config`.
pub(super) struct ConfigFields<'a> {
    text: &'a Map<String, Value>,
    root: &'a Map<String, Value>,
    /// Names that were asked for, to tell in the end which lists nobody looked at.
    asked: RefCell<BTreeSet<String>>,
}

/// Lists with an entry for each layer that change neither sizes nor caches.
const WITHOUT_EFFECT: [&str; 4] =
    ["activation_sparsity_pattern", "no_rope_layers", "sparse_disable_index_value", "rope_layer_types"];

impl<'a> ConfigFields<'a> {
    pub fn new(root: &'a Map<String, Value>) -> Self {
        let text = ["text_config", "llm_config", "language_config"]
            .iter()
            .find_map(|name| root.get(*name).and_then(Value::as_object))
            .unwrap_or(root);
        Self { text, root, asked: RefCell::default() }
    }

    /// Whether the text model is one part of several, such as beside a vision tower.
    pub fn has_other_parts(&self) -> bool {
        ["vision_config", "audio_config", "vision_tower_config"]
            .iter()
            .any(|name| self.root.get(*name).is_some_and(Value::is_object))
    }

    /// Layers that predict further tokens. They are beside the model and not counted in its figures.
    pub fn prediction_layers(&self) -> Result<u32, HuggingFaceError> {
        let names =
            ["num_nextn_predict_layers", "mtp_num_hidden_layers", "num_mtp_modules", "num_mtp_layers"];
        self.either_or(&names, 0)
    }

    /// A section of the file with fields of its own.
    pub fn section(&self, name: &str) -> Option<ConfigFields<'a>> {
        let map = self.value(name)?.as_object()?;
        Some(ConfigFields { text: map, root: map, asked: RefCell::default() })
    }

    /// Names of the text model's own fields.
    pub fn names(&self) -> impl Iterator<Item = &'a str> + use<'a> {
        self.text.iter().filter(|(_, value)| !value.is_null()).map(|(name, _)| name.as_str())
    }

    /// Lists of the text model with an entry for each layer that were not asked for; those that only say that every layer
    /// attends to everything are left out.
    pub fn lists_not_followed(&self, layers: u32) -> Vec<&'a str> {
        let full = |kind: &Value| matches!(kind.as_str(), Some("full_attention" | "attention"));
        let asked = self.asked.borrow();
        let unread = self.text.iter().filter(|(name, value)| {
            let list = value.as_array();
            list.is_some_and(|list| {
                layers > 1 && list.len() as u64 == u64::from(layers) && !list.iter().all(full)
            }) && !asked.contains(name.as_str())
                && !name.contains("token_id")
                && !WITHOUT_EFFECT.contains(&name.as_str())
        });
        unread.map(|(name, _)| name.as_str()).collect()
    }

    /// The field, from the text model first; an explicit null counts as absent.
    pub fn value(&self, name: &str) -> Option<&'a Value> {
        self.asked.borrow_mut().insert(name.to_owned());
        let set = |map: &'a Map<String, Value>| map.get(name).filter(|value| !value.is_null());
        set(self.text).or_else(|| set(self.root))
    }

    pub fn text(&self, name: &str) -> Option<&'a str> {
        self.value(name).and_then(Value::as_str)
    }

    /// A whole number that the model cannot do without.
    pub fn number(&self, name: &str) -> Result<u32, HuggingFaceError> {
        self.optional(name)?.ok_or_else(|| missing(name))
    }

    pub fn number_or(&self, name: &str, default: u32) -> Result<u32, HuggingFaceError> {
        Ok(self.optional(name)?.unwrap_or(default))
    }

    pub fn optional(&self, name: &str) -> Result<Option<u32>, HuggingFaceError> {
        self.value(name).map(|value| whole(name, value)).transpose()
    }

    /// The first of several names that the same number goes by.
    pub fn either(&self, names: &[&str]) -> Result<u32, HuggingFaceError> {
        for name in names {
            if let Some(number) = self.optional(name)? {
                return Ok(number);
            }
        }
        Err(missing(&names.join("` or `")))
    }

    /// As [`ConfigFields::either`], with a default.
    pub fn either_or(&self, names: &[&str], default: u32) -> Result<u32, HuggingFaceError> {
        for name in names {
            if let Some(number) = self.optional(name)? {
                return Ok(number);
            }
        }
        Ok(default)
    }

    /// A number, or a list with one number for each layer.
    pub fn at_layer(&self, name: &str, layer: u32) -> Result<Option<u32>, HuggingFaceError> {
        match self.value(name) {
            Some(Value::Array(list)) => match list.get(layer as usize) {
                Some(value) => whole(name, value).map(Some),
                None => {
                    let found = format!("a list of {}", list.len());
                    Err(impossible(name, found, "give a number, or a list with one for each layer"))
                }
            },
            _ => self.optional(name),
        }
    }

    /// A number that must be at least 1.
    pub fn positive(&self, name: &str) -> Result<u32, HuggingFaceError> {
        match self.number(name)? {
            0 => Err(impossible(name, 0, "give a number of at least 1")),
            number => Ok(number),
        }
    }

    pub fn flag(&self, name: &str, default: bool) -> Result<bool, HuggingFaceError> {
        match self.value(name) {
            None => Ok(default),
            Some(Value::Bool(flag)) => Ok(*flag),
            Some(other) => Err(impossible(name, other, "give true or false")),
        }
    }

    /// A list with one entry for each layer; `None` where the file has none. Entries for the layers that predict
    /// further tokens, which may follow, are left out.
    pub fn per_layer(&self, name: &str, layers: u32) -> Result<Option<&'a [Value]>, HuggingFaceError> {
        match self.value(name) {
            None => Ok(None),
            Some(Value::Array(list)) if list.len() == layers as usize => Ok(Some(list)),
            Some(Value::Array(list))
                if list.len() as u64 == u64::from(layers) + u64::from(self.prediction_layers()?) =>
            {
                Ok(list.get(..layers as usize))
            }
            Some(Value::Array(list)) => {
                let remedy = format!("it needs one entry for each of the {layers} layers");
                Err(impossible(name, format_args!("a list of {}", list.len()), &remedy))
            }
            Some(other) => Err(impossible(name, other, "give a list with one entry for each layer")),
        }
    }

    /// A list of layer numbers, also as text with commas; empty where the file has none.
    pub fn layer_numbers(&self, name: &str) -> Result<Vec<u32>, HuggingFaceError> {
        match self.value(name) {
            None => Ok(Vec::new()),
            Some(Value::String(text)) => text
                .split(',')
                .map(|number| {
                    number.trim().parse().map_err(|_| impossible(name, number, "give layer numbers"))
                })
                .collect(),
            Some(Value::Array(list)) => list.iter().map(|value| whole(name, value)).collect(),
            Some(other) => Err(impossible(name, other, "give a list of layer numbers")),
        }
    }
}

/// The error for a field that the model cannot do without.
pub(super) fn missing(name: &str) -> HuggingFaceError {
    HuggingFaceError::Missing { field: name.to_owned() }
}

/// The error for a field whose value cannot be.
pub(super) fn impossible(name: &str, value: impl std::fmt::Display, remedy: &str) -> HuggingFaceError {
    HuggingFaceError::Impossible {
        field: name.to_owned(),
        value: value.to_string(),
        remedy: remedy.to_owned(),
    }
}

fn whole(name: &str, value: &Value) -> Result<u32, HuggingFaceError> {
    let most = most(name);
    match value.as_u64().and_then(|number| u32::try_from(number).ok()) {
        Some(number) if number <= most => Ok(number),
        _ => Err(impossible(name, value, &format!("give a whole number of at most {most}"))),
    }
}

/// The most that a field may say, so that products of a few of them stay exact.
fn most(name: &str) -> u32 {
    let has = |part: &str| name.contains(part);
    if has("position") || has("window") || has("chunk") || has("max_length") || has("seq") || has("ctx") {
        u32::MAX
    } else if has("ngram_vocab") {
        1 << 28
    } else if has("vocab") {
        1 << 24
    } else if has("intermediate")
        || has("ffn")
        || has("lora")
        || has("share_expert_dim")
        || has("n_inner")
        || has("d_ff")
        || has("hidden_dim")
    {
        1 << 20
    } else if has("layers") {
        1 << 10
    } else if has("hidden") || has("embd") || has("d_model") {
        1 << 17
    } else {
        1 << 13
    }
}
