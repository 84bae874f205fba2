//! A user's own measurements: `measured_latency.csv` in their catalog folder, in the columns of the built-in one.

mod add;
mod check;
#[cfg(test)]
mod tests;

use std::path::Path;

pub use add::add;
pub(super) use check::check;

use super::error::CatalogError;
use super::measured::MeasuredLatency;

/// Name of the file.
pub(crate) const OWN_MEASUREMENTS: &str = "measured_latency.csv";

/// A row of the file, and its line.
pub(super) type Numbered = (u64, MeasuredLatency);

/// Reads the file of a folder; no rows where there is no file.
pub(super) fn read(folder: &Path, errors: &mut Vec<CatalogError>) -> Vec<Numbered> {
    let path = folder.join(OWN_MEASUREMENTS);
    if !path.exists() {
        return Vec::new();
    }
    match std::fs::read(&path) {
        Ok(text) => parse(&path.display().to_string(), &text, errors),
        Err(source) => {
            errors.push(CatalogError::Read { path, source });
            Vec::new()
        }
    }
}

/// The rows of a file; `errors` gets what is wrong with those that cannot be read.
fn parse(file: &str, text: &[u8], errors: &mut Vec<CatalogError>) -> Vec<Numbered> {
    let mut rows = Vec::new();
    let mut reader = csv::ReaderBuilder::new().trim(csv::Trim::All).from_reader(text);
    let headings = match reader.headers() {
        Ok(headings) => headings.clone(),
        Err(error) => {
            errors.push(unreadable(file, 1, &error));
            return rows;
        }
    };
    let mut record = csv::StringRecord::new();
    loop {
        match reader.read_record(&mut record) {
            Ok(true) => {}
            Ok(false) => return rows,
            Err(error) => {
                let line = error.position().map_or(0, csv::Position::line);
                errors.push(unreadable(file, line, &error));
                return rows;
            }
        }
        let line = record.position().map_or(0, csv::Position::line);
        match record.deserialize::<MeasuredLatency>(Some(&headings)) {
            Ok(row) => rows.push((line, row)),
            Err(error) => errors.push(misread(file, line, &headings, &record, &error)),
        }
    }
}

fn unreadable(file: &str, line: u64, error: &csv::Error) -> CatalogError {
    CatalogError::Parse {
        file: file.to_owned(),
        line: line as usize,
        column: 1,
        message: format!("{error}; save the file as UTF-8 CSV with the columns of a row that Headroom wrote"),
    }
}

/// What is wrong with a cell, by the name of its column.
fn misread(
    file: &str,
    line: u64,
    headings: &csv::StringRecord,
    record: &csv::StringRecord,
    error: &csv::Error,
) -> CatalogError {
    let csv::ErrorKind::Deserialize { err, .. } = error.kind() else {
        return unreadable(file, line, error);
    };
    // An unknown number format comes without its field.
    let unknown = |cell: &str| err.to_string().contains(&format!("unknown variant `{cell}`"));
    let field = err.field().and_then(|field| usize::try_from(field).ok());
    let Some(field) = field.or_else(|| record.iter().position(unknown)) else {
        return unreadable(file, line, error);
    };
    CatalogError::Row {
        file: file.into(),
        line,
        field: headings.get(field).unwrap_or("?").into(),
        value: format!("`{}`", record.get(field).unwrap_or("")).into(),
        remedy: format!("{}; fix the cell", err.kind()).into(),
    }
}
