//! The name of a figure: its place in the plan's JSON document.

use std::fmt;

/// Section and field, such as `power` and `facility_w`: together the path in the plan's JSON document. What lies
/// between two figures has the path of the part that made it, such as `serving.prefill_s`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Path {
    /// The part of the fleet that it is of, such as `pools.prefill`; empty: the whole of it.
    pub part: &'static str,
    /// Place of the section in the plan's document.
    pub section: &'static str,
    /// Key of the figure there.
    pub field: &'static str,
}

/// The section whose figures a part of the fleet has as its own: `pools.prefill.replicas`.
const OWN: &str = "layout";

impl Path {
    /// The path of the whole fleet's `section.field`.
    pub fn new(section: &'static str, field: &'static str) -> Self {
        Self { part: "", section, field }
    }

    /// Names before the field, outer ones first.
    fn names(self) -> impl Iterator<Item = &'static str> {
        let own = !self.part.is_empty() && self.section == OWN;
        [self.part, if own { "" } else { self.section }].into_iter().filter(|name| !name.is_empty())
    }

    /// Whether this is the path written as `text`.
    pub fn is(self, text: &str) -> bool {
        let mut rest = Some(text);
        for name in self.names() {
            rest = rest.and_then(|rest| rest.strip_prefix(name)).and_then(|rest| rest.strip_prefix('.'));
        }
        rest == Some(self.field)
    }
}

impl fmt::Display for Path {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for name in self.names() {
            write!(f, "{name}.")?;
        }
        f.write_str(self.field)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_what_it_is_written_as() {
        let whole = Path::new("operating_point.ttft_s", "p50");
        let own = Path { part: "pools.prefill", ..Path::new("layout", "replicas") };
        let inner = Path { part: "pools.prefill", ..Path::new("serving", "prompt_s") };
        for (path, text) in [
            (whole, "operating_point.ttft_s.p50"),
            (own, "pools.prefill.replicas"),
            (inner, "pools.prefill.serving.prompt_s"),
        ] {
            assert!(path.is(text) && path.to_string() == text, "{path}");
            assert!(!path.is("serving.prompt_s"));
        }
    }
}
