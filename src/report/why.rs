//! How a figure was made: the steps behind it, as a tree in text and as JSON.

use serde_json::{Value, json};

use super::figure;
use super::formula;
use super::json::{self, JsonNumber};
use crate::catalog::{Catalog, OWN_QUOTE};
use crate::engine::figures::{Citation, FormulaTerm, Ledger, Path, SAME, Step, Trust};
use crate::scenario::input_at;
use crate::units::Unit;

/// A chain of steps longer than this is a mistake of the engine, not an explanation.
const DEEPEST: usize = 24;

/// The name of what a step made.
pub fn label(step: &Step) -> String {
    let known = figure::label(&step.path.to_string()).or_else(|| figure::label(&whole(step)));
    known.unwrap_or_else(|| step.formula.label.to_owned())
}

/// The unit of what a step made.
pub fn unit(step: &Step) -> Unit {
    figure::unit(&step.path.to_string()).or_else(|| figure::unit(&whole(step))).unwrap_or(step.formula.unit)
}

/// The path of the same figure of the whole fleet, where a step is of one pool.
fn whole(step: &Step) -> String {
    format!("{}.{}", step.path.section, step.path.field)
}

/// The value of a step with its unit: times to the digits that their bands support.
pub fn value(step: &Step) -> String {
    figure::value(step.value, unit(step))
}

/// The formula of a step, and what it does not say.
pub fn formula(step: &Step) -> String {
    let text = if *step.formula == SAME { same(step) } else { formula::formula(step.formula.code) };
    match step.formula.note {
        "" => text,
        note => format!("{text}; {note}"),
    }
}

/// Shown in place of a formula where a figure is taken over unchanged.
fn same(step: &Step) -> String {
    match step.terms.first() {
        Some(FormulaTerm { from: Some(from), .. }) => figure::label(&from.to_string())
            .map_or_else(|| "unchanged".to_owned(), |label| label.to_lowercase()),
        Some(FormulaTerm { input: Some(_), .. }) => "as set".to_owned(),
        _ => "as published".to_owned(),
    }
}

/// The name of a term: that of the input or of the figure it is, else that of the formula.
pub fn term_label(term: &FormulaTerm) -> String {
    match term.input.and_then(input_at) {
        Some(input) if term.name == "value" => input.label.to_owned(),
        _ if term.name == "value" => "value".to_owned(),
        _ => formula::name(term.name),
    }
}

/// The unit of a term: that of the figure where the figure is taken over.
pub fn term_unit(step: &Step, term: &FormulaTerm) -> Unit {
    if *step.formula == SAME { unit(step) } else { term.unit }
}

/// The label for how far a step can be relied on.
pub fn trust(trust: Trust) -> &'static str {
    trust.id()
}

/// The documents behind a step, by their titles and dates.
pub fn sources(step: &Step, catalog: &Catalog) -> Vec<String> {
    let title = |source: &Citation| match source {
        Citation::Document(id) if id == OWN_QUOTE => "your own quote".to_owned(),
        Citation::Document(id) => {
            catalog.source(id).map_or_else(|| id.clone(), |s| format!("{} ({})", s.title, s.date))
        }
        Citation::Literature(citation) => (*citation).to_owned(),
        Citation::Evidence(evidence) => evidence.text().to_owned(),
        Citation::OwnMeasurements(own) => own.citation(),
    };
    step.sources.iter().map(title).collect()
}

/// The step of `path` and all that is under it, indented, to paste into a mail; empty where there is none.
pub fn text(ledger: &Ledger, catalog: &Catalog, path: &str) -> String {
    let mut out = String::new();
    if let Some(step) = ledger.step(path) {
        write(&mut out, ledger, catalog, step, 0, &mut Vec::new());
    }
    out
}

fn write(
    out: &mut String,
    ledger: &Ledger,
    catalog: &Catalog,
    step: &Step,
    depth: usize,
    seen: &mut Vec<Path>,
) {
    let indent = "  ".repeat(depth);
    out.push_str(&format!("{indent}{}: {} ({})\n", label(step), value(step), trust(step.trust)));
    if seen.contains(&step.path) || depth > DEEPEST {
        out.push_str(&format!("{indent}  as above\n"));
        return;
    }
    seen.push(step.path);
    out.push_str(&format!("{indent}  = {}\n", formula(step)));
    for term in &step.terms {
        match ledger.made(term) {
            Some(made) => write(out, ledger, catalog, made, depth + 1, seen),
            None => {
                let written = figure::value(term.value, term_unit(step, term));
                out.push_str(&format!("{indent}  {}: {written}\n", term_label(term)));
            }
        }
    }
    for source in sources(step, catalog) {
        out.push_str(&format!("{indent}  source: {source}\n"));
    }
}

/// The step of `path` and all that it rests on, as one JSON document.
pub fn json(ledger: &Ledger, catalog: &Catalog, path: &str, accelerator: &str) -> String {
    let steps: Vec<Value> = ledger.under(path).into_iter().map(|step| self::step(step, catalog)).collect();
    json::document(&json!({ "path": path, "accelerator": accelerator, "steps": steps }), 0)
}

fn step(step: &Step, catalog: &Catalog) -> Value {
    let term = |term: &FormulaTerm| {
        json!({
            "label": term_label(term),
            "value": JsonNumber(term.value),
            "unit": term_unit(step, term).symbol(),
            "from": term.from.map(|from| from.to_string()),
        })
    };
    json!({
        "path": step.path.to_string(),
        "label": label(step),
        "value": JsonNumber(step.value),
        "unit": unit(step).symbol(),
        "formula": formula(step),
        "terms": step.terms.iter().map(term).collect::<Vec<_>>(),
        "sources": sources(step, catalog),
        "trust": step.trust.id(),
    })
}
