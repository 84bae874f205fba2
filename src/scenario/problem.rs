//! What is wrong with an input: where, which value, why, and what to do about it.

use std::fmt;

/// One thing wrong with a scenario.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// `section.field`, or empty when it concerns the whole file.
    pub path: String,
    /// The offending value as it was written, empty when there is none.
    pub value: String,
    /// What is wrong, without path and value.
    pub what: String,
    /// What to do, an imperative sentence.
    pub remedy: String,
}

impl Problem {
    /// A problem of one field.
    pub fn new(path: &str, value: &str, what: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self { path: path.to_owned(), value: shortened(value), what: what.into(), remedy: remedy.into() }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.path.is_empty() {
            write!(f, "{}", self.path)?;
            if !self.value.is_empty() {
                write!(f, " = {}", self.value)?;
            }
            f.write_str(": ")?;
        }
        write!(f, "{}. {}", self.what, self.remedy)
    }
}

/// Cuts a long value, on a character's edge.
fn shortened(value: &str) -> String {
    const LONGEST: usize = 60;
    if value.chars().count() <= LONGEST {
        return value.to_owned();
    }
    let mut out: String = value.chars().take(LONGEST).collect();
    out.push('…');
    out
}

/// Everything wrong with one file or one set of flags.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub struct ScenarioError {
    /// File the scenario came from, or `--set`.
    pub origin: String,
    /// All problems found, at least one.
    pub problems: Vec<Problem>,
}

impl fmt::Display for ScenarioError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, problem) in self.problems.iter().enumerate() {
            if i > 0 {
                f.write_str("\n")?;
            }
            write!(f, "{}: {problem}", self.origin)?;
        }
        Ok(())
    }
}
