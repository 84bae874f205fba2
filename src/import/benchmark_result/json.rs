//! The JSON documents of a result file: one, several one after the other or in a list, with the numbers that Python writes
//! and JSON does not know.

use std::borrow::Cow;

use serde_json::{Deserializer, Value};

use super::error::BenchmarkError;

/// The documents in `text`; those of a list one by one.
///
/// # Errors
/// It is not JSON.
pub fn documents(file: &str, text: &str) -> Result<Vec<Value>, BenchmarkError> {
    let text = finite(text);
    let mut out = Vec::new();
    for document in Deserializer::from_str(&text).into_iter() {
        let document = document.map_err(|error| BenchmarkError::Json {
            file: file.to_owned(),
            line: error.line(),
            message: error.to_string(),
        })?;
        match document {
            Value::Array(list) => out.extend(list),
            document => out.push(document),
        }
    }
    Ok(out)
}

/// `text` with what is no number as JSON has it: an infinite rate as the word `inf`, what is not a number as nothing.
fn finite(text: &str) -> Cow<'_, str> {
    if !["Infinity", "NaN"].iter().any(|word| text.contains(word)) {
        return Cow::Borrowed(text);
    }
    let (mut out, mut rest, mut quoted) = (String::with_capacity(text.len()), text, false);
    while let Some(letter) = rest.chars().next() {
        let word =
            ["-Infinity", "Infinity", "NaN"].into_iter().find(|word| !quoted && rest.starts_with(word));
        let length = match (word, letter) {
            (Some(word), _) => {
                out.push_str(if word == "NaN" { "null" } else { "\"inf\"" });
                word.len()
            }
            (None, '\\') => {
                let escaped = letter.len_utf8() + rest.chars().nth(1).map_or(0, char::len_utf8);
                out.push_str(&rest[..escaped]);
                escaped
            }
            (None, _) => {
                quoted ^= letter == '"';
                out.push(letter);
                letter.len_utf8()
            }
        };
        rest = &rest[length..];
    }
    Cow::Owned(out)
}
