//! The name of a figure: its place in the plan's JSON document.

use std::fmt;

/// Section and field, such as `power` and `facility_w`: together the path in the plan's JSON document. What lies
/// between two figures has the path of the part that made it, such as `serving.prefill_s`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Path {
    /// Place of the section in the plan's document.
    pub section: &'static str,
    /// Key of the figure there.
    pub field: &'static str,
}

impl Path {
    /// Whether this is the path written as `text`.
    pub fn is(self, text: &str) -> bool {
        text.strip_prefix(self.section)
            .and_then(|rest| rest.strip_prefix('.'))
            .is_some_and(|field| field == self.field)
    }
}

impl fmt::Display for Path {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.section, self.field)
    }
}
