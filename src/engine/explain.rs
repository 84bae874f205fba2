//! One formula, two readings: engine functions are generic over a [`Recorder`].
//!
//! [`Silent`] compiles to nothing; [`Ledger`] notes every step of the same run, so that "why" can never
//! drift from the number.

use std::borrow::Cow;

use crate::catalog::Basis;
use crate::units::Unit;

/// Name of a step. A figure of the plan has its path in the plan's JSON document, such as
/// `cost.usd_per_month`; what lies between has the name of the room that made it, such as `serving.prefill`.
pub type Key = Cow<'static, str>;

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
    /// That of a catalog's figure.
    pub fn of(basis: Basis) -> Self {
        match basis {
            Basis::Primary => Self::Measured,
            Basis::Secondary | Basis::Derived => Self::Derived,
            Basis::Assumed => Self::Assumed,
        }
    }

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
    /// Name for people.
    pub label: &'static str,
    /// The value, in its base unit.
    pub value: f64,
    /// Unit of the value.
    pub unit: Unit,
    /// Key of the step that made it, when there is one: the tree's edge.
    pub from: Option<Key>,
}

impl Term {
    /// An input that no step made: the user's, the catalog's, or an intermediate value.
    pub fn plain(label: &'static str, value: f64, unit: Unit) -> Self {
        Self { label, value, unit, from: None }
    }

    /// An input that the step `from` made.
    pub fn made(label: &'static str, value: f64, unit: Unit, from: impl Into<Key>) -> Self {
        Self { label, value, unit, from: Some(from.into()) }
    }
}

/// One step of a calculation: what it made, from what, by which formula.
#[derive(Clone, Debug, PartialEq)]
pub struct Step {
    /// Name that other steps refer to.
    pub key: Key,
    /// Name for people.
    pub label: &'static str,
    /// The value, in its base unit.
    pub value: f64,
    /// Unit of the value.
    pub unit: Unit,
    /// The formula in words and signs.
    pub formula: &'static str,
    /// What it was made from.
    pub terms: Vec<Term>,
    /// Documents behind formula or inputs: ids of `assets/sources.ron`, or citations in words.
    pub sources: Vec<String>,
    /// How far it can be relied on.
    pub trust: Trust,
}

impl Step {
    /// A step that is arithmetic on other steps and needs no document.
    pub fn derived(
        key: impl Into<Key>,
        label: &'static str,
        (value, unit): (f64, Unit),
        formula: &'static str,
        terms: Vec<Term>,
    ) -> Self {
        let key = key.into();
        Self { key, label, value, unit, formula, terms, sources: Vec::new(), trust: Trust::Derived }
    }

    /// The same with the documents behind it and how far they can be trusted.
    pub fn resting_on(mut self, trust: Trust, sources: impl IntoIterator<Item = impl Into<String>>) -> Self {
        self.trust = trust;
        self.sources = sources.into_iter().map(Into::into).collect();
        self
    }
}

/// Takes note of steps, or does not.
pub trait Recorder {
    /// Whether it takes note at all: what is prepared only for steps can be left out otherwise.
    const NOTES: bool;

    /// Calls `step` and keeps its result, or does neither.
    fn note(&mut self, step: impl FnOnce() -> Step);
}

/// The fast reading: notes nothing and costs nothing.
#[derive(Clone, Copy, Debug, Default)]
pub struct Silent;

impl Recorder for Silent {
    const NOTES: bool = false;

    #[inline(always)]
    fn note(&mut self, _step: impl FnOnce() -> Step) {}
}

/// The explaining reading: keeps every step. A later step of the same key replaces the earlier one.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Ledger {
    /// The steps, each after those it rests on.
    pub steps: Vec<Step>,
}

impl Ledger {
    /// The step that made `key`.
    pub fn step(&self, key: &str) -> Option<&Step> {
        self.steps.iter().find(|step| step.key == key)
    }
}

impl Recorder for Ledger {
    const NOTES: bool = true;

    fn note(&mut self, step: impl FnOnce() -> Step) {
        let step = step();
        match self.steps.iter_mut().find(|old| old.key == step.key) {
            Some(old) => *old = step,
            None => self.steps.push(step),
        }
    }
}
