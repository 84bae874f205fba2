//! A comparison as one JSON document. Numbers are finite, in SI base units, with the unit in the key.

use serde_json::{Value, json};

use super::plan_json::{number, value};
use super::sentence;
use crate::catalog::Catalog;
use crate::engine::analysis::compare::{Cause, Comparison, Figures, InputChange, Side};

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
    format!("{document:#}\n")
}

fn input(input: &InputChange) -> Value {
    json!({
        "path": input.path,
        "label": input.label,
        "before": value(&input.before),
        "after": value(&input.after),
    })
}

fn side(side: &Side) -> Value {
    let (headline, detail) = sentence::verdict(&side.plan);
    let best = side.best.as_ref();
    json!({
        "name": side.name,
        "feasible": best.is_some(),
        "headline": headline,
        "detail": detail,
        "accelerator": best.map(|b| &b.accelerator),
        "accelerator_name": best.map(|b| &b.name),
        "accelerators": best.map(|b| b.accelerators),
        "facility_w": best.map(|b| b.facility_w),
        "usd_per_month": best.map(|b| b.usd_per_month),
        "usd_per_hour": best.map(|b| b.usd_per_hour),
        "usd_per_million_tokens": best.map(|b| b.usd_per_million_tokens),
        "price_support": best.map(|b| b.support.id()),
    })
}

fn change(comparison: &Comparison) -> Value {
    let (Some(change), Some(before), Some(after)) =
        (comparison.change(), &comparison.before.best, &comparison.after.best)
    else {
        return Value::Null;
    };
    let mut out = figures(Some(change));
    out["usd_per_hour"] = (after.usd_per_hour - before.usd_per_hour).into();
    out
}

fn cause(cause: &Cause) -> Value {
    let mut out = json!({ "path": cause.path, "label": cause.label });
    if let (Value::Object(out), Value::Object(figures)) = (&mut out, figures(cause.effect)) {
        out.extend(figures);
    }
    out["feasibility"] = json!(number(cause.feasibility));
    out
}

fn figures(figures: Option<Figures>) -> Value {
    json!({
        "accelerators": figures.map(|f| number(f.accelerators)),
        "facility_w": figures.map(|f| f.facility_w),
        "usd_per_month": figures.map(|f| f.usd_per_month),
        "usd_per_million_tokens": figures.map(|f| f.usd_per_million_tokens),
    })
}
