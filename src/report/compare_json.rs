//! A comparison as one JSON document. Numbers are finite, in SI base units, with the unit in the key.

use serde_json::{Value, json};

use super::json::{self, JsonInput, JsonNumber};
use super::sentence;
use crate::catalog::Catalog;
use crate::engine::analysis::causes::Cause;
use crate::engine::analysis::compare::{Comparison, Side};
use crate::engine::{Headline, Headlines};
use crate::scenario::InputChange;

/// The whole comparison. What there is no fleet for is null.
pub fn document(comparison: &Comparison, catalog: &Catalog) -> String {
    let document = json!({
        "app_version": env!("CARGO_PKG_VERSION"),
        "catalog_version": catalog.version,
        "inputs": comparison.inputs.iter().map(input).collect::<Vec<_>>(),
        "before": side(&comparison.before),
        "after": side(&comparison.after),
        "change": change(comparison),
        "causes": comparison.causes.each.iter().map(cause).collect::<Vec<_>>(),
        "method": comparison.causes.method.id(),
    });
    json::document(&document, 0)
}

fn input(input: &InputChange) -> Value {
    json!({
        "path": input.path,
        "label": input.label,
        "before": JsonInput(&input.before),
        "after": JsonInput(&input.after),
    })
}

fn side(side: &Side) -> Value {
    let (headline, detail) = sentence::verdict(&side.plan);
    let best = side.best.as_ref();
    let mut out = json!({
        "name": side.name,
        "feasible": best.is_some(),
        "headline": headline,
        "detail": detail,
        "accelerator": best.map(|b| &b.accelerator),
        "accelerator_name": best.map(|b| &b.name),
        "usd_per_hour": best.map(|b| b.usd_per_hour),
        "price_support": best.map(|b| b.support.id()),
    });
    add(&mut out, best.map(|b| b.headlines));
    out
}

fn change(comparison: &Comparison) -> Value {
    let (Some(change), Some(before), Some(after)) =
        (comparison.change(), &comparison.before.best, &comparison.after.best)
    else {
        return Value::Null;
    };
    let mut out = json!({ "usd_per_hour": after.usd_per_hour - before.usd_per_hour });
    add(&mut out, Some(change));
    out
}

fn cause(cause: &Cause) -> Value {
    let mut out = json!({ "path": cause.path, "label": cause.label });
    add(&mut out, cause.effect);
    out["feasibility"] = json!(JsonNumber(cause.feasibility));
    out
}

/// Adds the headline figures to an object; null where there are none.
fn add(out: &mut Value, headlines: Option<Headlines>) {
    for figure in Headline::ALL {
        out[figure.id()] = json!(headlines.map(|each| JsonNumber(each[figure])));
    }
}
