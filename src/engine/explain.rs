//! One formula, two readings: engine functions are generic over a [`Recorder`].
//!
//! [`Silent`] compiles to nothing; [`Ledger`] notes every step of the same run, so that "why" can never
//! drift from the number.

use crate::units::Unit;

/// How far a step's value is to be trusted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Trust {
    /// Read off hardware or a bill.
    Measured,
    /// A formula with parameters fitted to measurements.
    Calibrated,
    /// Arithmetic on published figures.
    Derived,
    /// Rests on a figure without a document behind it.
    Assumed,
    /// Chosen by the user.
    Given,
}

impl Trust {
    /// The word shown to users.
    pub fn word(self) -> &'static str {
        match self {
            Self::Measured => "measured",
            Self::Calibrated => "calibrated",
            Self::Derived => "derived",
            Self::Assumed => "assumed",
            Self::Given => "given",
        }
    }
}

/// One input of a step.
#[derive(Clone, Debug, PartialEq)]
pub struct Term {
    pub label: &'static str,
    pub value: f64,
    pub unit: Unit,
    /// Key of the step that made it, when there is one: the tree's edge.
    pub from: Option<&'static str>,
}

impl Term {
    /// An input that no step made: the user's, the catalog's, or an intermediate value.
    pub fn plain(label: &'static str, value: f64, unit: Unit) -> Self {
        Self { label, value, unit, from: None }
    }

    /// An input that the step `from` made.
    pub fn made(label: &'static str, value: f64, unit: Unit, from: &'static str) -> Self {
        Self { label, value, unit, from: Some(from) }
    }
}

/// One step of a calculation: what it made, from what, by which formula.
#[derive(Clone, Debug, PartialEq)]
pub struct Step {
    /// Name that other steps refer to, such as `cost.usd_per_month`.
    pub key: &'static str,
    pub label: &'static str,
    pub value: f64,
    pub unit: Unit,
    /// The formula in words and signs.
    pub formula: &'static str,
    pub terms: Vec<Term>,
    /// Documents behind formula or inputs: ids of `assets/sources.ron`, or citations in words.
    pub sources: Vec<String>,
    pub trust: Trust,
}

impl Step {
    /// A step that is arithmetic on other steps and needs no document.
    pub fn derived(
        key: &'static str,
        label: &'static str,
        (value, unit): (f64, Unit),
        formula: &'static str,
        terms: Vec<Term>,
    ) -> Self {
        Self { key, label, value, unit, formula, terms, sources: Vec::new(), trust: Trust::Derived }
    }
}

/// Takes note of steps, or does not.
pub trait Recorder {
    /// Calls `step` and keeps its result, or does neither.
    fn note(&mut self, step: impl FnOnce() -> Step);
}

/// The fast reading: notes nothing and costs nothing.
#[derive(Clone, Copy, Debug, Default)]
pub struct Silent;

impl Recorder for Silent {
    #[inline(always)]
    fn note(&mut self, _step: impl FnOnce() -> Step) {}
}

/// The explaining reading: keeps every step. A later step of the same key replaces the earlier one.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Ledger {
    pub steps: Vec<Step>,
}

impl Ledger {
    /// The step that made `key`.
    pub fn step(&self, key: &str) -> Option<&Step> {
        self.steps.iter().find(|step| step.key == key)
    }
}

impl Recorder for Ledger {
    fn note(&mut self, step: impl FnOnce() -> Step) {
        let step = step();
        match self.steps.iter_mut().find(|old| old.key == step.key) {
            Some(old) => *old = step,
            None => self.steps.push(step),
        }
    }
}
