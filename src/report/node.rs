//! A JSON document while it is put together. Its keys are known to the program, so that an object is a list in the
//! order it is written in: a plan has some five thousand entries, and hashing each would take as long as the plan.

use std::borrow::Cow;

use serde::ser::{Serialize, SerializeMap as _, Serializer};

/// A value of the document.
#[derive(Clone, Debug, PartialEq)]
pub enum Node<'a> {
    Null,
    Flag(bool),
    Count(i64),
    /// `null` when it is not finite.
    Number(f64),
    Text(Cow<'a, str>),
    List(Vec<Node<'a>>),
    Object(Vec<(&'static str, Node<'a>)>),
}

/// An object: `object! { "key": value, … }`.
macro_rules! object {
    ($($key:literal : $value:expr),* $(,)?) => {
        $crate::report::node::Node::Object(vec![$(($key, $crate::report::node::Node::from($value))),*])
    };
}
pub(super) use object;

impl Node<'_> {
    /// Adds an entry to an object; anything else stays as it is.
    pub fn add(&mut self, key: &'static str, value: impl Into<Self>) {
        if let Self::Object(entries) = self {
            entries.push((key, value.into()));
        }
    }
}

impl Node<'_> {
    /// The entry `key` of an object, made an object of its own where there is none.
    pub fn child(&mut self, key: &'static str) -> &mut Self {
        if !matches!(self, Self::Object(_)) {
            *self = Self::Object(Vec::new());
        }
        let Self::Object(entries) = self else { return self };
        let at = entries.iter().position(|(known, _)| *known == key).unwrap_or(entries.len());
        if at == entries.len() {
            entries.push((key, Self::Object(Vec::new())));
        }
        &mut entries[at].1
    }
}

/// `value` as a document, indented, with a line end, written into an empty `text`.
pub fn document(text: String, value: &impl Serialize) -> String {
    let mut bytes = text.into_bytes();
    let written = serde_json::to_writer_pretty(&mut bytes, value);
    bytes.push(b'\n');
    // The keys are text and memory takes what is written: there is nothing to fail.
    written.ok().and_then(|()| String::from_utf8(bytes).ok()).unwrap_or_default()
}

impl Serialize for Node<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Null => serializer.serialize_unit(),
            Self::Flag(flag) => serializer.serialize_bool(*flag),
            Self::Count(count) => serializer.serialize_i64(*count),
            Self::Number(number) => serializer.serialize_f64(*number),
            Self::Text(text) => serializer.serialize_str(text),
            Self::List(items) => serializer.collect_seq(items),
            Self::Object(entries) => {
                let mut map = serializer.serialize_map(Some(entries.len()))?;
                for (key, value) in entries {
                    map.serialize_entry(key, value)?;
                }
                map.end()
            }
        }
    }
}

macro_rules! from {
    ($($type:ty: $value:ident => $node:expr;)*) => {
        $(impl<'a> From<$type> for Node<'a> {
            fn from($value: $type) -> Self {
                $node
            }
        })*
    };
}

from! {
    bool: flag => Self::Flag(flag);
    u32: count => Self::Count(count.into());
    u64: count => i64::try_from(count).map_or(Self::Null, Self::Count);
    i64: count => Self::Count(count);
    usize: count => i64::try_from(count).map_or(Self::Null, Self::Count);
    f64: number => Self::Number(number);
    &'a str: text => Self::Text(text.into());
    &'a String: text => Self::Text(text.into());
    String: text => Self::Text(text.into());
    Vec<Node<'a>>: items => Self::List(items);
}

impl<T: Into<Self>> From<Option<T>> for Node<'_> {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Null, Into::into)
    }
}

#[cfg(test)]
mod tests {
    use super::Node;

    #[test]
    fn a_document_keeps_its_order_and_has_no_number_that_is_not_one() {
        let mut node =
            object! { "z": 1.0, "a": Some(f64::NAN), "text": "\"é\"\n", "list": vec![Node::from(2u32)] };
        node.add("none", None::<f64>);
        let expected = "{\n  \"z\": 1.0,\n  \"a\": null,\n  \"text\": \"\\\"é\\\"\\n\",\n  \"list\": [\n    2\n  ],\n  \"none\": null\n}\n";
        assert_eq!(super::document(String::new(), &node), expected);
    }
}
