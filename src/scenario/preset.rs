//! The preset file, `*.headroom.ron`: read with all its errors at once, written atomically.

use std::fmt::Write as _;
use std::path::Path;

use super::draft::Draft;
pub(crate) use super::draft::VERSION;
use super::fields::Scenario;
use super::inputs::{INPUTS, Value};
use super::problem::ScenarioError;
use crate::catalog::Catalog;
use crate::files::read_text;
pub use crate::files::write_atomically;

/// Extension of preset files.
pub const EXTENSION: &str = ".headroom.ron";

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
    ("azure-chat", include_str!("../../presets/azure-chat.headroom.ron")),
    ("azure-code", include_str!("../../presets/azure-code.headroom.ron")),
    ("mooncake-chat", include_str!("../../presets/mooncake-chat.headroom.ron")),
];

/// Reads a preset from its text. Inputs that it does not mention keep their defaults.
///
/// # Errors
/// Everything wrong with it, each with field, value and remedy; `origin` names the file.
pub fn parse(text: &str, origin: &str, catalog: &Catalog) -> Result<Scenario, ScenarioError> {
    Draft::parse(text, origin)?.scenario(catalog)
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
            other => quoted(&other.text()),
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
        /// Error of the system.
        source: std::io::Error,
        /// What may have been meant.
        hint: String,
    },
    #[error(
        "{path}: cannot be written: {source}. Choose a folder that exists and that you may write to; nothing was changed"
    )]
    /// The file cannot be written; it is as it was.
    Write {
        /// The file.
        path: String,
        /// Error of the system.
        source: std::io::Error,
    },
    /// What is wrong with its content.
    #[error(transparent)]
    Invalid(#[from] ScenarioError),
}

/// Reads a preset file, or the built-in preset of that name, as it is written.
///
/// # Errors
/// A file that cannot be read, or is not a preset of a known version.
pub fn draft(name_or_path: &str) -> Result<Draft, PresetError> {
    let built_in = BUILT_IN.iter().find(|(stem, _)| *stem == name_or_path);
    if let (Some((stem, text)), false) = (built_in, Path::new(name_or_path).exists()) {
        return Ok(Draft::parse(text, &format!("{stem}{EXTENSION}"))?);
    }
    let text = read_text(name_or_path).map_err(|source| {
        let stems: Vec<_> = BUILT_IN.iter().map(|(stem, _)| *stem).collect();
        PresetError::Read {
            path: name_or_path.to_owned(),
            source,
            hint: format!(", or use a built-in preset: {}", stems.join(", ")),
        }
    })?;
    Ok(Draft::parse(&text, name_or_path)?)
}

/// Reads a preset file whose model the catalog knows, or the built-in preset of that name.
///
/// # Errors
/// As [`draft`], and everything wrong with its inputs.
pub fn open(name_or_path: &str, catalog: &Catalog) -> Result<Scenario, PresetError> {
    Ok(draft(name_or_path)?.scenario(catalog)?)
}

/// Writes `scenario` to `path`, atomically and durably: after a crash the file is the old one or the new one.
///
/// # Errors
/// A folder that does not exist or may not be written to; the old file is then untouched.
pub fn save(scenario: &Scenario, path: &Path) -> Result<(), PresetError> {
    write_atomically(path, to_text(scenario).as_bytes())
        .map_err(|source| PresetError::Write { path: path.display().to_string(), source })
}
