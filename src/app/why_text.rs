//! An explanation as text, to paste into a mail: every step with its formula, inputs and sources, indented under what it made.

use headroom::catalog::Catalog;
use headroom::engine::explain::{Key, Ledger, Step, Trust};

use super::text::{made, stepped};

/// The step `key` and all that is under it; empty where there is none.
pub fn text(ledger: &Ledger, catalog: &Catalog, key: &str) -> String {
    let mut out = String::new();
    if let Some(step) = ledger.step(key) {
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
    seen: &mut Vec<Key>,
) {
    let indent = "  ".repeat(depth);
    let trust = match step.trust {
        Trust::Given => "given",
        other => other.word(),
    };
    out.push_str(&format!("{indent}{}: {} ({trust})\n", step.label, made(step.value, step.unit)));
    if seen.contains(&step.key) {
        out.push_str(&format!("{indent}  as above\n"));
        return;
    }
    seen.push(step.key.clone());
    out.push_str(&format!("{indent}  = {}\n", step.formula));
    for term in &step.terms {
        match term.from.as_ref().and_then(|from| ledger.step(from)) {
            Some(child) => write(out, ledger, catalog, child, depth + 1, seen),
            None => out.push_str(&format!("{indent}  {}: {}\n", term.label, stepped(term.value, term.unit))),
        }
    }
    for id in &step.sources {
        let source = catalog.source(id).map_or_else(|| id.clone(), |s| format!("{}, {}", s.title, s.date));
        out.push_str(&format!("{indent}  source: {source}\n"));
    }
}
