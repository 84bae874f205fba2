//! What every check of a record does: figures within their range, sources and references that exist.

use crate::catalog::error::CatalogError;
use crate::catalog::figure::Sourced;
use crate::catalog::load::{Catalog, Record};
use crate::catalog::nearest::nearest;

/// Least and greatest plausible value.
pub(super) type Plausible = (f64, f64);

/// The context of a check: whose record, in which file, and the errors so far.
pub(super) struct Check<'a> {
    pub(super) catalog: &'a Catalog,
    pub(super) file: &'a str,
    pub(super) id: &'a str,
    pub(super) errors: &'a mut Vec<CatalogError>,
}

impl Check<'_> {
    pub(super) fn figure(&mut self, field: &str, figure: &Sourced, range: Plausible) {
        self.number(field, figure.value(), range);
        self.source(field, figure.source());
    }

    pub(super) fn optional(&mut self, field: &str, figure: Option<&Sourced>, range: Plausible) {
        if let Some(figure) = figure {
            self.figure(field, figure, range);
        }
    }

    pub(super) fn number(&mut self, field: &str, value: f64, (least, greatest): Plausible) {
        if !(least..=greatest).contains(&value) {
            let remedy =
                format!("give a value from {least:e} to {greatest:e}, in the unit that the field names");
            self.value(field, value.to_string(), remedy);
        }
    }

    pub(super) fn value(&mut self, field: &str, value: String, remedy: String) {
        self.errors.push(CatalogError::Value {
            file: self.file.into(),
            id: self.id.into(),
            field: field.into(),
            value: value.into(),
            remedy: remedy.into(),
        });
    }

    pub(super) fn source(&mut self, field: &str, source: &str) {
        self.reference(field, source, &self.catalog.sources);
    }

    pub(super) fn reference<T: Record>(&mut self, field: &str, value: &str, records: &[T]) {
        if records.iter().any(|record| record.id() == value) {
            return;
        }
        let remedy = match nearest(value, records.iter().map(Record::id)) {
            Some(near) => format!("did you mean `{near}`?"),
            None => format!("add it to {}", T::FILE),
        };
        self.errors.push(CatalogError::UnknownReference {
            file: self.file.into(),
            id: self.id.into(),
            field: field.into(),
            value: value.into(),
            target: T::FILE,
            remedy: remedy.into(),
        });
    }
}
