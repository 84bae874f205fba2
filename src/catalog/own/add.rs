//! Adding a measurement to a user's folder: all of it or nothing.

use std::path::{Path, PathBuf};

use super::{OWN_MEASUREMENTS, check, parse};
use crate::catalog::error::CatalogError;
use crate::catalog::{Catalog, MeasuredLatency};
use crate::files::write_atomically;

/// Appends `rows` to the measurements of a folder, both made where they are not there, and answers the file.
///
/// What was in the file stays as it was, byte for byte; the new file takes its place in one move.
///
/// # Errors
/// The file is broken, a row is impossible or there already, or the folder may not be written to. Nothing has
/// then changed.
pub fn add(folder: &Path, rows: &[MeasuredLatency], catalog: &Catalog) -> Result<PathBuf, Vec<CatalogError>> {
    let path = folder.join(OWN_MEASUREMENTS);
    let file = path.display().to_string();
    let mut text = match std::fs::read(&path) {
        Ok(text) => text,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Vec::new(),
        Err(source) => return Err(vec![CatalogError::Read { path, source }]),
    };
    let mut errors = Vec::new();
    let mut known = if text.is_empty() { Vec::new() } else { parse(&file, &text, &mut errors) };
    if !errors.is_empty() {
        return Err(errors);
    }
    let (last, before) = (known.last().map_or(1, |(line, _)| *line), known.len());
    for (line, row) in (last + 1..).zip(rows) {
        let twin =
            known.iter().find(|(_, old)| MeasuredLatency { id: old.id.clone(), ..row.clone() } == *old);
        if let Some((line, twin)) = twin {
            errors.push(CatalogError::Known {
                file: file.as_str().into(),
                line: *line,
                id: twin.id.as_str().into(),
            });
            continue;
        }
        let id = (1..).map(|n| format!("own-{n}")).find(|id| known.iter().all(|(_, old)| old.id != *id));
        known.push((line, MeasuredLatency { id: id.unwrap_or_default(), ..row.clone() }));
    }
    let new = &known[before..];
    check(catalog, &file, new, &mut errors);
    if !errors.is_empty() {
        return Err(errors);
    }
    let fail = |source| vec![CatalogError::Write { path: path.clone(), source }];
    let lines = lines(&text, new.iter().map(|(_, row)| row)).map_err(fail)?;
    if !text.is_empty() && !text.ends_with(b"\n") {
        text.push(b'\n');
    }
    text.extend_from_slice(&lines);
    std::fs::create_dir_all(folder).map_err(fail)?;
    write_atomically(&path, &text).map_err(fail)?;
    Ok(path)
}

/// The rows as lines under the headings of `text`; with headings where it has none.
fn lines<'a>(text: &[u8], rows: impl Iterator<Item = &'a MeasuredLatency>) -> std::io::Result<Vec<u8>> {
    let mut headings = csv::ReaderBuilder::new().trim(csv::Trim::All).from_reader(text);
    let headings: Vec<String> = headings.headers()?.iter().map(str::to_owned).collect();
    let mut writer = csv::WriterBuilder::new().has_headers(false).from_writer(Vec::new());
    for (i, row) in rows.enumerate() {
        let mut own = csv::Writer::from_writer(Vec::new());
        own.serialize(row)?;
        let own = own.into_inner().map_err(|error| std::io::Error::other(error.to_string()))?;
        let mut reader = csv::Reader::from_reader(own.as_slice());
        let names = reader.headers()?.clone();
        let mut cells = csv::StringRecord::new();
        reader.read_record(&mut cells)?;
        if let Some(missing) =
            names.iter().find(|name| !headings.is_empty() && !headings.iter().any(|h| h == name))
        {
            return Err(std::io::Error::other(format!(
                "it has no column `{missing}`; add it to the headings"
            )));
        }
        if headings.is_empty() {
            if i == 0 {
                writer.write_record(&names)?;
            }
            writer.write_record(&cells)?;
        } else {
            // The file's columns may be in another order.
            let cell = |name: &String| names.iter().position(|n| n == name).and_then(|n| cells.get(n));
            writer.write_record(headings.iter().map(|name| cell(name).unwrap_or("")))?;
        }
    }
    writer.into_inner().map_err(|error| std::io::Error::other(error.to_string()))
}
