//! A preset as it is written: read, not yet checked against a catalog.
//!
//! The version is read first; an older file is brought up step by step, a newer one is refused. Which model a preset
//! names is known before its inputs are checked, so that the model can be looked for.

use ron::Value as Ron;

use super::fields::Scenario;
use super::inputs::{INPUTS, Kind, Value, input_at};
use super::problem::{Problem, ScenarioError};
use super::validate::{PLAIN, read as read_value, unknown_path};
use crate::catalog::Catalog;

/// Version of the format that this program writes.
pub(crate) const VERSION: u64 = 1;

/// Files longer than this are not presets.
const LARGEST_FILE_BYTES: usize = 1 << 20;

/// Section and field of the model.
const MODEL: (&str, &str) = ("workload", "model");

/// The document of a preset, of a version that is known.
#[derive(Clone, Debug, PartialEq)]
pub struct Draft {
    origin: String,
    document: ron::Map,
}

impl Draft {
    /// Reads the text of a preset; `origin` names its file in messages.
    ///
    /// # Errors
    /// It is not a preset, or not of a known version.
    pub fn parse(text: &str, origin: &str) -> Result<Self, ScenarioError> {
        let fail = |problem| ScenarioError { origin: origin.to_owned(), problems: vec![problem] };
        if text.len() > LARGEST_FILE_BYTES {
            return Err(fail(Problem::new(
                "",
                "",
                "the file is too large for a preset",
                "Open a file that ends in .headroom.ron.",
            )));
        }
        let document: Ron = ron::from_str(text).map_err(|error| {
            fail(Problem::new(
                "",
                "",
                format!("is not a readable preset at line {}: {}", error.span.start.line, error.code),
                "Fix that line, or open an intact copy.",
            ))
        })?;
        let Ron::Map(document) = document else {
            return Err(fail(Problem::new(
                "",
                "",
                "is not a preset: expected ( version: 1, workload: (…), … )",
                "Open a file that Headroom wrote.",
            )));
        };

        check_version(&document).map_err(fail)?;
        Ok(Self { origin: origin.to_owned(), document })
    }

    /// The model that the preset names: an id, a size, or the path of a `config.json`. `None`: it names none, so that
    /// it means the default.
    pub fn model(&self) -> Option<&str> {
        let (section, field) = MODEL;
        let Ron::Map(section) = self.document.get(&key(section))? else { return None };
        let mut value = section.get(&key(field))?;
        while let Ron::Option(Some(inner)) = value {
            value = inner;
        }
        as_text(value).map(str::trim)
    }

    /// The same without its model, for where another takes its place.
    #[must_use]
    pub fn without_model(mut self) -> Self {
        let (section, field) = MODEL;
        if let Some(Ron::Map(section)) = self.document.get_mut(&key(section)) {
            section.remove(&key(field));
        }
        self
    }

    /// The scenario, checked against `catalog`. Inputs that the preset does not mention keep their defaults.
    ///
    /// # Errors
    /// Everything wrong with its inputs, each with field, value and remedy.
    pub fn scenario(&self, catalog: &Catalog) -> Result<Scenario, ScenarioError> {
        let mut scenario = Scenario::default();
        let mut problems = Vec::new();
        for (key, value) in self.document.iter() {
            let Some(key) = as_text(key) else {
                problems.push(unknown_path(&shown(key), &shown(value)));
                continue;
            };
            match (key, value) {
                ("version", _) => {}
                ("name", Ron::String(text)) => scenario.name = text.clone(),
                ("story", Ron::String(text)) => scenario.story = text.clone(),
                ("name" | "story", other) => problems.push(Problem::new(
                    key,
                    &shown(other),
                    "is not text",
                    "Put it between quotation marks.",
                )),
                (section, Ron::Map(fields)) => {
                    for (field, value) in fields.iter() {
                        let path = format!("{section}.{}", as_text(field).unwrap_or("?"));
                        if let Err(problem) = store(&mut scenario, &path, value, catalog) {
                            problems.push(problem);
                        }
                    }
                }
                (section, other) if INPUTS.iter().any(|i| i.section() == section) => {
                    problems.push(Problem::new(
                        section,
                        &shown(other),
                        "is not a section",
                        format!("Write {section}: ( field: value, … )."),
                    ));
                }
                (path, other) => problems.push(unknown_path(path, &shown(other))),
            }
        }

        if problems.is_empty() {
            Ok(scenario)
        } else {
            Err(ScenarioError { origin: self.origin.clone(), problems })
        }
    }
}

fn key(name: &str) -> Ron {
    Ron::String(name.to_owned())
}

fn check_version(document: &ron::Map) -> Result<(), Problem> {
    match document.get(&key("version")) {
        None => Err(Problem::new(
            "version",
            "",
            "is missing",
            format!("Add `version: {VERSION},` as the first field."),
        )),
        Some(Ron::Number(n)) if n.into_f64() == VERSION as f64 => Ok(()),
        Some(Ron::Number(n)) if n.into_f64() > VERSION as f64 => Err(Problem::new(
            "version",
            &n.into_f64().to_string(),
            format!("was written by a newer Headroom; this one reads versions up to {VERSION}"),
            "Update Headroom, or save the preset for this version there.",
        )),
        Some(other) => Err(Problem::new(
            "version",
            &shown(other),
            "is not a version of the preset format",
            format!("Write `version: {VERSION},`."),
        )),
    }
}

/// Stores one field of the file.
fn store(scenario: &mut Scenario, path: &str, value: &Ron, catalog: &Catalog) -> Result<(), Problem> {
    let input = input_at(path).ok_or_else(|| unknown_path(path, &shown(value)))?;
    let value = match (input.kind, value) {
        (Kind::Number(_) | Kind::OptionalNumber(_), Ron::Number(n)) => Value::Number(n.into_f64()),
        (Kind::OptionalNumber(_) | Kind::OptionalChoice(_), Ron::Option(None)) => Value::Auto,
        (_, Ron::Option(Some(inner))) => return store(scenario, path, inner, catalog),
        (_, Ron::String(text)) => read_value(input, text, PLAIN, catalog)?,
        (_, other) => read_value(input, &shown(other), PLAIN, catalog)?,
    };
    scenario.set_value(input, value, catalog)
}

fn as_text(value: &Ron) -> Option<&str> {
    match value {
        Ron::String(text) => Some(text),
        _ => None,
    }
}

/// A RON value as the user may have written it.
fn shown(value: &Ron) -> String {
    match value {
        Ron::String(text) => text.clone(),
        Ron::Number(n) => n.into_f64().to_string(),
        other => ron::to_string(other).unwrap_or_else(|_| "?".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_model_is_what_the_preset_names_and_nothing_else() {
        let model = |text: &str| {
            let draft = Draft::parse(text, "x").unwrap();
            draft.model().map(str::to_owned)
        };
        let named =
            r#"(version: 1, story: "Sized from models/x/config.json", workload: (model: "a\\b.json"))"#;
        assert_eq!(model(named).as_deref(), Some(r"a\b.json"));
        assert_eq!(model(r#"(version: 1, workload: (model: Some(" 34B ")))"#).as_deref(), Some("34B"));
        for none in ["(version: 1)", "(version: 1, workload: (input_tokens: 7))", "(version: 1, workload: 7)"]
        {
            assert_eq!(model(none), None, "{none}");
        }
        let catalog = Catalog::built_in().unwrap();
        let draft = Draft::parse(named, "x").unwrap();
        assert!(draft.scenario(&catalog).unwrap_err().to_string().contains(r"a\b.json"));
        let without = draft.without_model().scenario(&catalog).unwrap();
        assert_eq!(without.workload.model, Scenario::default().workload.model);
    }

    /// A file has one way of writing numbers, wherever it is read.
    #[test]
    fn a_point_stands_before_decimals_in_files() {
        let text = r#"(version: 1, slo: (ttft_s: "1.500 s"))"#;
        let catalog = Catalog::built_in().unwrap();
        let read = Draft::parse(text, "x").unwrap().scenario(&catalog).unwrap();
        assert_eq!(read.slo.ttft_s, 1.5);
    }
}
