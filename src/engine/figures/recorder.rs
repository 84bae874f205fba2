//! One formula, two readings: engine functions are generic over a [`Recorder`].
//!
//! [`Silent`] compiles to nothing; [`Ledger`] keeps every step of the same run. Both evaluate the function that is written
//! in the list of figures, so that an explanation cannot drift from the number.

use super::figure::Formula;
use super::number::{Number, Origin};
use super::path::Path;
use super::trust::Trust;
use crate::catalog::{Evidence, OwnFactors};
use crate::units::Unit;

/// A document behind a step.
#[derive(Clone, Debug, PartialEq)]
pub enum Citation {
    /// The id of a document in `assets/sources.ron`.
    Document(String),
    /// A citation of the literature.
    Literature(&'static str),
    /// What was measured of serving.
    Evidence(Evidence),
    /// The user's own measurements.
    OwnMeasurements(OwnFactors),
}

/// One input of a step.
#[derive(Clone, Debug, PartialEq)]
pub struct FormulaTerm {
    /// Its name in the formula, such as `it_power`.
    pub name: &'static str,
    /// In its unit.
    pub value: f64,
    /// What it counts.
    pub unit: Unit,
    /// The step that made it: the tree's edge. `None`: an input, a figure of the catalog, or an exact number.
    pub from: Option<Path>,
    /// The input of the scenario that it is.
    pub input: Option<&'static str>,
}

/// One step of a calculation: what it made, from what, by which formula.
#[derive(Clone, Debug, PartialEq)]
pub struct Step {
    /// What was made.
    pub path: Path,
    /// In its unit.
    pub value: f64,
    /// How it was made.
    pub formula: &'static Formula,
    /// In the order of the formula.
    pub terms: Vec<FormulaTerm>,
    /// Where the terms come from, and what the formula rests on.
    pub sources: Vec<Citation>,
    /// That of the worst term, or the most the formula deserves.
    pub trust: Trust,
}

/// Takes note of steps, or does not.
pub trait Recorder {
    /// Takes note that `formula` made `value` of `terms`, in their order.
    fn note(&mut self, path: Path, formula: &'static Formula, value: f64, terms: &[Number<'_>]);

    /// Whether steps are kept at all.
    const KEEPS: bool;

    /// The part of the fleet whose steps are noted; empty: the whole of it.
    fn part(&self) -> &'static str {
        ""
    }

    /// Where a step of `path` is noted.
    fn place(&self, path: Path) -> Path {
        path
    }

    /// Notes the steps of one `part` of the fleet, such as `pools.prefill`, and lets them refer to each other by their paths in the
    /// whole one; an empty part is the whole.
    fn of_part(&mut self, part: &'static str) -> Part<'_, Self>
    where
        Self: Sized,
    {
        Part { inner: self, part }
    }

    /// Notes in `section`, for sections that are at several places of the plan.
    fn within(&mut self, section: &'static str) -> Within<'_, Self>
    where
        Self: Sized,
    {
        Within { inner: self, section: Some(section), field: None, found: None }
    }

    /// Notes the next step at this place.
    fn at(&mut self, section: &'static str, field: &'static str) -> Within<'_, Self>
    where
        Self: Sized,
    {
        Within { inner: self, section: Some(section), field: Some(field), found: None }
    }

    /// Notes the next step with the value that a search has found, which its formula gives as nearly as the search goes.
    fn found(&mut self, value: f64) -> Within<'_, Self>
    where
        Self: Sized,
    {
        Within { inner: self, section: None, field: None, found: Some(value) }
    }
}

/// Notes steps at another place, or with another value.
pub struct Within<'r, R> {
    inner: &'r mut R,
    section: Option<&'static str>,
    field: Option<&'static str>,
    found: Option<f64>,
}

impl<R: Recorder> Recorder for Within<'_, R> {
    const KEEPS: bool = R::KEEPS;

    #[inline]
    fn part(&self) -> &'static str {
        self.inner.part()
    }

    #[inline]
    fn note(&mut self, path: Path, formula: &'static Formula, value: f64, terms: &[Number<'_>]) {
        self.inner.note(path, formula, self.found.unwrap_or(value), terms);
    }

    #[inline]
    fn place(&self, path: Path) -> Path {
        Path {
            part: self.part(),
            section: self.section.unwrap_or(path.section),
            field: self.field.unwrap_or(path.field),
        }
    }
}

/// Notes the steps of one part of the fleet.
pub struct Part<'r, R> {
    inner: &'r mut R,
    part: &'static str,
}

impl<R: Recorder> Recorder for Part<'_, R> {
    const KEEPS: bool = R::KEEPS;

    fn part(&self) -> &'static str {
        self.part
    }

    #[inline]
    fn note(&mut self, path: Path, formula: &'static Formula, value: f64, terms: &[Number<'_>]) {
        if self.part.is_empty() {
            return self.inner.note(path, formula, value, terms);
        }
        if !R::KEEPS {
            return;
        }
        let mut terms = terms.to_vec();
        for term in &mut terms {
            if let Origin::Step(path) = &mut term.origin
                && path.part.is_empty()
            {
                // What is taken for made, by its path alone, was made in the same part.
                path.part = self.part;
            }
        }
        self.inner.note(path, formula, value, &terms);
    }

    #[inline]
    fn place(&self, path: Path) -> Path {
        Path { part: self.part, ..self.inner.place(path) }
    }
}

/// The fast reading: notes nothing and costs nothing.
#[derive(Clone, Copy, Debug, Default)]
pub struct Silent;

impl Recorder for Silent {
    const KEEPS: bool = false;

    #[inline]
    fn note(&mut self, _: Path, _: &'static Formula, _: f64, _: &[Number<'_>]) {}
}

/// The explaining reading: keeps every step. A later step of the same path replaces the earlier one.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Ledger {
    /// Every step, in the order of the calculation.
    pub steps: Vec<Step>,
}

impl Ledger {
    /// The step that made the figure at `path`.
    pub fn step(&self, path: &str) -> Option<&Step> {
        self.steps.iter().find(|step| step.path.is(path))
    }

    /// The step that made a term.
    pub fn made(&self, term: &FormulaTerm) -> Option<&Step> {
        let from = term.from?;
        self.steps.iter().find(|step| step.path == from)
    }

    /// The step of `path` and every step that it rests on, each once, what rests on others first.
    pub fn under(&self, path: &str) -> Vec<&Step> {
        let mut found: Vec<&Step> = self.step(path).into_iter().collect();
        let mut next = 0;
        while let Some(step) = found.get(next).copied() {
            for made in step.terms.iter().filter_map(|term| self.made(term)) {
                if !found.iter().any(|known| known.path == made.path) {
                    found.push(made);
                }
            }
            next += 1;
        }
        found
    }

    /// How far a number is to be trusted, and the document behind it.
    fn grounds(&self, number: &Number<'_>) -> (Trust, Option<Citation>) {
        match number.origin {
            Origin::Exact | Origin::Input(_) => (Trust::Given, None),
            Origin::Catalog(figure) => {
                (Trust::of(figure), Some(Citation::Document(figure.source().to_owned())))
            }
            Origin::Model(trust) => (trust, None),
            Origin::Band(evidence) => (Trust::of_evidence(evidence), Some(Citation::Evidence(evidence))),
            Origin::OwnMeasurements(own) => (Trust::Calibrated, Some(Citation::OwnMeasurements(*own))),
            Origin::Step(path) => {
                let made = self.steps.iter().find(|step| step.path == path);
                (made.map_or(Trust::Assumed, |step| step.trust), None)
            }
        }
    }
}

impl Recorder for Ledger {
    const KEEPS: bool = true;

    fn note(&mut self, path: Path, formula: &'static Formula, value: f64, terms: &[Number<'_>]) {
        let mut trust = formula.at_best;
        let mut sources: Vec<Citation> = formula.sources.iter().copied().map(Citation::Literature).collect();
        for number in terms {
            let (grounds, source) = self.grounds(number);
            trust = trust.max(grounds);
            sources.extend(source.filter(|source| !sources.contains(source)));
        }
        let named = formula.terms.iter().zip(terms).map(|((name, unit), number)| FormulaTerm {
            name,
            value: number.value,
            unit: *unit,
            from: if let Origin::Step(from) = number.origin { Some(from) } else { None },
            input: if let Origin::Input(input) = number.origin { Some(input) } else { None },
        });
        let step = Step { path, value, formula, terms: named.collect(), sources, trust };
        match self.steps.iter_mut().find(|old| old.path == path) {
            Some(old) => *old = step,
            None => self.steps.push(step),
        }
    }
}
