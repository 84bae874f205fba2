//! What two scenarios differ in.

use super::Scenario;
use super::inputs::{INPUTS, Input, Value};

/// An input that differs.
#[derive(Clone, Debug, PartialEq)]
pub struct InputChange {
    /// Path of the input, such as `workload.requests_per_s`.
    pub path: &'static str,
    /// Name shown to users.
    pub label: &'static str,
    /// Its value in the first scenario.
    pub before: Value,
    /// Its value in the second.
    pub after: Value,
}

/// The inputs that differ, in the order of [`INPUTS`]; name and story are no inputs.
pub(crate) fn differing<'a>(a: &'a Scenario, b: &'a Scenario) -> impl Iterator<Item = &'static Input> + 'a {
    INPUTS.iter().filter(|input| (input.get)(a) != (input.get)(b))
}

/// What differs, in the order of [`INPUTS`].
pub fn changes(a: &Scenario, b: &Scenario) -> Vec<InputChange> {
    differing(a, b)
        .map(|input| {
            let [before, after] = [a, b].map(|scenario| (input.get)(scenario));
            InputChange { path: input.path, label: input.label, before, after }
        })
        .collect()
}
