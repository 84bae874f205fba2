//! What is dropped on the window or pasted into it: a preset, a config.json, a measurement, a catalog file, a share line.

use std::path::Path;

use eframe::egui::{Context, Event};
use headroom::catalog::Catalog;
use headroom::scenario::share;

/// What a file is, by its name and, where that is not enough, by its content.
#[derive(Debug, PartialEq)]
pub enum FileKind {
    Preset,
    Model,
    Measurement,
    CatalogFile,
}

/// The kind of the file at `path`.
pub fn kind(path: &Path) -> FileKind {
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    if Catalog::is_catalog_file(&name) {
        return FileKind::CatalogFile;
    }
    if path.join("config.json").is_file() {
        return FileKind::Model;
    }
    match path.extension().and_then(|ending| ending.to_str()) {
        Some("json") => {
            let text = headroom::files::read_text(path).unwrap_or_default();
            let model = text.contains("\"model_type\"") || text.contains("\"architectures\"");
            if model { FileKind::Model } else { FileKind::Measurement }
        }
        Some("jsonl" | "csv") => FileKind::Measurement,
        _ => FileKind::Preset,
    }
}

/// What was pasted outside of any field.
pub enum Pasted {
    /// A share line.
    Line(String),
    /// The result of a benchmark.
    Result(String),
}

/// What was pasted in this frame, where it is something that the window takes.
pub fn pasted(ctx: &Context) -> Option<Pasted> {
    if ctx.text_edit_focused() {
        return None;
    }
    ctx.input(|input| {
        input.events.iter().find_map(|event| match event {
            Event::Paste(text) if share::is_line(text) => Some(Pasted::Line(text.clone())),
            // A JSON document and nothing else: what is pasted by mistake does no harm.
            Event::Paste(text) if text.trim_start().starts_with('{') => Some(Pasted::Result(text.clone())),
            _ => None,
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_what_their_names_and_content_say() {
        let folder = tempfile::tempdir().unwrap();
        let write = |name: &str, text: &str| {
            let path = folder.path().join(name);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(&path, text).unwrap();
            path
        };
        let model = write("model/config.json", "{\"model_type\": \"llama\"}");
        assert!(matches!(kind(model.parent().unwrap()), FileKind::Model));
        assert!(matches!(kind(&model), FileKind::Model));
        for (name, text) in
            [("run.json", "{\"duration\": 1}"), ("runs.jsonl", ""), ("profile.csv", "Metric,avg")]
        {
            assert!(matches!(kind(&write(name, text)), FileKind::Measurement), "{name}");
        }
        assert!(matches!(kind(&write("measured_latency.csv", "id")), FileKind::CatalogFile));
        assert!(matches!(kind(&write("mine.headroom.ron", "")), FileKind::Preset));
    }
}
