//! The preset file, `*.headroom.ron`: read with all its errors at once, written atomically.
//!
//! The version is read first; an older file is brought up step by step, a newer one is refused.

use std::fmt::Write as _;
use std::path::Path;

use ron::Value as Ron;

use super::fields::Scenario;
use super::inputs::{INPUTS, Kind, Value, input_at};
use super::problem::{Problem, ScenarioError};
use super::validate::{read as read_value, unknown_path};
use crate::catalog::Catalog;
pub use crate::files::write_atomically;
use crate::import::{ModelFileError, add_model_file};

/// Version of the format that this program writes.
pub const VERSION: u64 = 1;

/// Ending of preset files.
pub const EXTENSION: &str = ".headroom.ron";

/// Files longer than this are no presets.
const LARGEST_FILE_BYTES: usize = 1 << 20;

/// The presets that come with the program: file stem and text.
pub static BUILT_IN: &[(&str, &str)] = &[
    ("support-chat", include_str!("../../presets/support-chat.headroom.ron")),
    ("rag-long-prompts", include_str!("../../presets/rag-long-prompts.headroom.ron")),
    ("agentic-coding", include_str!("../../presets/agentic-coding.headroom.ron")),
    ("overnight-batch", include_str!("../../presets/overnight-batch.headroom.ron")),
    ("long-context-reader", include_str!("../../presets/long-context-reader.headroom.ron")),
    ("deepseek-at-scale", include_str!("../../presets/deepseek-at-scale.headroom.ron")),
    ("enterprise-gpt-oss", include_str!("../../presets/enterprise-gpt-oss.headroom.ron")),
    ("edge-8b", include_str!("../../presets/edge-8b.headroom.ron")),
];

/// Reads a preset from its text. Inputs that it does not mention keep their defaults.
///
/// # Errors
/// Everything wrong with it, each with field, value and remedy; `origin` names the file.
pub fn parse(text: &str, origin: &str, catalog: &Catalog) -> Result<Scenario, ScenarioError> {
    let fail = |problems| ScenarioError { origin: origin.to_owned(), problems };
    if text.len() > LARGEST_FILE_BYTES {
        return Err(fail(vec![Problem::new(
            "",
            "",
            "the file is too large for a preset",
            "Open a file that ends in .headroom.ron.",
        )]));
    }
    let document: Ron = ron::from_str(text).map_err(|error| {
        fail(vec![Problem::new(
            "",
            "",
            format!("is not a readable preset at line {}: {}", error.span.start.line, error.code),
            "Mend that line, or open an intact copy.",
        )])
    })?;
    let Ron::Map(document) = document else {
        return Err(fail(vec![Problem::new(
            "",
            "",
            "is not a preset: it should be ( version: 1, workload: (…), … )",
            "Open a file that Headroom wrote.",
        )]));
    };

    let mut scenario = Scenario::default();
    let mut problems = Vec::new();
    check_version(&document, &mut problems);
    if !problems.is_empty() {
        return Err(fail(problems));
    }
    for (key, value) in document.iter() {
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
    if problems.is_empty() { Ok(scenario) } else { Err(fail(problems)) }
}

fn check_version(document: &ron::Map, problems: &mut Vec<Problem>) {
    let version = document.iter().find(|(key, _)| as_text(key) == Some("version")).map(|(_, v)| v);
    match version {
        None => problems.push(Problem::new(
            "version",
            "",
            "is missing",
            format!("Add `version: {VERSION},` as the first field."),
        )),
        Some(Ron::Number(n)) if n.into_f64() == VERSION as f64 => {}
        Some(Ron::Number(n)) if n.into_f64() > VERSION as f64 => problems.push(Problem::new(
            "version",
            &n.into_f64().to_string(),
            format!("was written by a newer Headroom; this one reads versions up to {VERSION}"),
            "Update Headroom, or save the preset for this version there.",
        )),
        Some(other) => problems.push(Problem::new(
            "version",
            &shown(other),
            "is no version of the preset format",
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
        (_, Ron::String(text)) => read_value(input, text, catalog)?,
        (_, other) => read_value(input, &shown(other), catalog)?,
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

/// The preset as text: every input that is not left to the program, by section, with its unit as a comment.
pub fn to_text(scenario: &Scenario) -> String {
    let mut out = String::from("(\n");
    let _ = writeln!(out, "    version: {VERSION},");
    let _ = writeln!(out, "    name: {},", quoted(&scenario.name));
    let _ = writeln!(out, "    story: {},", quoted(&scenario.story));
    let mut section = "";
    for input in INPUTS {
        let value = match (input.get)(scenario) {
            Value::Number(v) => plain(v),
            other => quoted(&other.words()),
        };
        if input.section() != section {
            if !section.is_empty() {
                out.push_str("    ),\n");
            }
            section = input.section();
            let _ = writeln!(out, "    {section}: (");
        }
        let _ = writeln!(out, "        {}: {value},", input.field());
    }
    out.push_str("    ),\n)\n");
    out
}

/// A number that reads back as the same `f64`.
fn plain(v: f64) -> String {
    if v.fract() == 0.0 && v.abs() < 1e15 { format!("{v:.0}") } else { format!("{v:?}") }
}

fn quoted(text: &str) -> String {
    ron::to_string(text).unwrap_or_else(|_| "\"\"".to_owned())
}

/// A preset that could not be read or written.
#[derive(Debug, thiserror::Error)]
pub enum PresetError {
    /// The file cannot be read.
    #[error("{path}: cannot be read: {source}. Check the name and the permissions{hint}")]
    Read {
        /// The file.
        path: String,
        /// What the system says.
        source: std::io::Error,
        /// What else could be meant; may be empty.
        hint: String,
    },
    #[error(
        "{path}: cannot be written: {source}. Choose a folder that exists and that you may write to; nothing was changed"
    )]
    /// The file cannot be written; it is as it was.
    Write {
        /// The file.
        path: String,
        /// What the system says.
        source: std::io::Error,
    },
    /// What is wrong with its content.
    #[error(transparent)]
    Invalid(#[from] ScenarioError),
    /// What is wrong with the model file that it names.
    #[error(transparent)]
    Model(#[from] ModelFileError),
}

/// Reads a preset file, or the built-in preset of that name.
///
/// # Errors
/// A file that cannot be read, or what is wrong with its content.
pub fn open(name_or_path: &str, catalog: &Catalog) -> Result<Scenario, PresetError> {
    let built_in = BUILT_IN.iter().find(|(stem, _)| *stem == name_or_path);
    if let (Some((stem, text)), false) = (built_in, Path::new(name_or_path).exists()) {
        return Ok(parse(text, &format!("{stem}{EXTENSION}"), catalog)?);
    }
    let text = std::fs::read_to_string(name_or_path).map_err(|source| {
        let stems: Vec<_> = BUILT_IN.iter().map(|(stem, _)| *stem).collect();
        PresetError::Read {
            path: name_or_path.to_owned(),
            source,
            hint: format!(", or use a built-in preset: {}", stems.join(", ")),
        }
    })?;
    Ok(parse(&text, name_or_path, catalog)?)
}

/// As [`open`], and adds the model to the catalog when the preset names a Hugging Face `config.json`.
///
/// # Errors
/// As [`open`], and what is wrong with the `config.json`.
pub fn open_with_model(name_or_path: &str, catalog: &mut Catalog) -> Result<Scenario, PresetError> {
    // The model has to be known before the preset can be validated, so that its path is looked for in the text;
    // a file that cannot be read is reported below.
    let text = std::fs::read_to_string(name_or_path).unwrap_or_default();
    for quoted in text.split('"').filter(|part| part.ends_with(".json") && !part.contains('\n')) {
        add_model_file(catalog, quoted)?;
    }
    open(name_or_path, catalog)
}

/// Writes `scenario` to `path`, atomically and durably: after a crash the file is the old one or the new one.
///
/// # Errors
/// A folder that does not exist or may not be written to; the old file is then untouched.
pub fn save(scenario: &Scenario, path: &Path) -> Result<(), PresetError> {
    write_atomically(path, to_text(scenario).as_bytes())
        .map_err(|source| PresetError::Write { path: path.display().to_string(), source })
}
