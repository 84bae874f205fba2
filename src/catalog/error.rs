//! Errors of catalog files, each with its remedy.

use std::path::PathBuf;

/// One thing wrong with the catalog. Each names the file, the place, the value and the remedy.
#[derive(Debug, thiserror::Error)]
#[allow(missing_docs, reason = "the message of each variant names its fields")]
pub enum CatalogError {
    #[error("{}: cannot be read: {source}; check the name and the permissions", path.display())]
    Read { path: PathBuf, source: std::io::Error },

    #[error("{file}, line {line}, column {column}: {message}")]
    Parse { file: String, line: usize, column: usize, message: String },

    #[error("{file}, packed: {source}; build the program again")]
    Packed { file: &'static str, source: postcard::Error },

    #[error("{file}: no catalog file has this name; use {remedy}")]
    UnknownFile { file: String, remedy: String },

    #[error("{file}: `{id}` appears {times} times; keep one")]
    Duplicate { file: String, id: String, times: usize },

    #[error("{file}: `{id}`: {field} names `{value}`, which is not in {target}; {remedy}")]
    UnknownReference {
        file: Box<str>,
        id: Box<str>,
        field: Box<str>,
        value: Box<str>,
        target: &'static str,
        remedy: Box<str>,
    },

    #[error("{file}: `{id}`: {field} is {value}; {remedy}")]
    Value { file: Box<str>, id: Box<str>, field: Box<str>, value: Box<str>, remedy: Box<str> },

    #[error("{file}, line {line}: {field} is {value}; {remedy}")]
    Row { file: Box<str>, line: u64, field: Box<str>, value: Box<str>, remedy: Box<str> },

    #[error("{file}, line {line}: `{id}` is this measurement already; add each run once")]
    Known { file: Box<str>, line: u64, id: Box<str> },

    #[error("{}: cannot be written: {source}; nothing was changed; choose a folder with write permission", path.display())]
    Write { path: PathBuf, source: std::io::Error },

    #[error("{file}: accelerator `{accelerator}` has {what}; {remedy}")]
    Incomplete { file: String, accelerator: String, what: &'static str, remedy: &'static str },
}
