//! What all JSON documents share: how a number is written, and the end of the text.

use serde::ser::{Serialize, Serializer};

use crate::engine::figures::Entry;
use crate::scenario::inputs::Value;

/// `value` as a document, indented, with a line end; `bytes` is about how long it gets.
pub fn document(value: &impl Serialize, bytes: usize) -> String {
    let mut text = Vec::with_capacity(bytes);
    let written = serde_json::to_writer_pretty(&mut text, value);
    text.push(b'\n');
    // The keys are text and memory takes what is written: there is nothing to fail.
    written.ok().and_then(|()| String::from_utf8(text).ok()).unwrap_or_default()
}

/// A number: whole ones without a decimal point, as users write counts; `null` where it is not finite.
#[derive(Clone, Copy, Debug)]
pub struct JsonNumber(pub f64);

impl Serialize for JsonNumber {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0 {
            whole if whole.fract() == 0.0 && whole.abs() < 9e15 => serializer.serialize_i64(whole as i64),
            real => serializer.serialize_f64(real),
        }
    }
}

/// An entry of a plan's section.
#[derive(Clone, Copy, Debug)]
pub struct JsonEntry(pub Entry);

impl Serialize for JsonEntry {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0 {
            Entry::Number(value) => JsonNumber(value).serialize(serializer),
            Entry::Flag(flag) => serializer.serialize_bool(flag),
            Entry::Word(word) => serializer.serialize_str(word),
            Entry::Nothing => serializer.serialize_unit(),
        }
    }
}

/// The value of an input: a number in its base unit, or text.
#[derive(Clone, Debug)]
pub struct JsonInput<'a>(pub &'a Value);

impl Serialize for JsonInput<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0 {
            Value::Number(value) => JsonNumber(*value).serialize(serializer),
            other => serializer.serialize_str(&other.text()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::JsonNumber;

    #[test]
    fn whole_numbers_have_no_point_and_what_is_no_number_is_null() {
        let numbers = [1.0, -0.5, f64::NAN, f64::INFINITY, 1e16].map(JsonNumber);
        assert_eq!(super::document(&numbers, 0), "[\n  1,\n  -0.5,\n  null,\n  null,\n  1e+16\n]\n");
    }
}
