//! A plan as one JSON document. Numbers are finite, in SI base units, with the unit in the key.

use serde_json::{Map, Value, json};

use crate::catalog::Catalog;
use crate::engine::analysis::hosted::{self, Offer, Wins};
use crate::engine::figures::Entry;
use crate::engine::plan::sections::SECTIONS;
use crate::engine::{Candidate, Memory, Plan, Sizing, sentence};
use crate::scenario::{INPUTS, Scenario, inputs};
use crate::units;

/// The whole plan.
pub fn document(plan: &Plan, scenario: &Scenario, catalog: &Catalog) -> String {
    let document = json!({
        "app_version": env!("CARGO_PKG_VERSION"),
        "catalog_version": catalog.version,
        "scenario": self::scenario(scenario),
        "candidates": plan.candidates.iter().map(|c| candidate(c, scenario, catalog)).collect::<Vec<_>>(),
        "hosted": offers(plan, scenario, catalog),
    });
    format!("{document:#}\n")
}

/// The scenario by section, as in a preset.
pub fn scenario(scenario: &Scenario) -> Value {
    let mut sections = Map::new();
    sections.insert("version".to_owned(), crate::scenario::preset::VERSION.into());
    sections.insert("name".to_owned(), scenario.name.as_str().into());
    sections.insert("story".to_owned(), scenario.story.as_str().into());
    for input in INPUTS {
        let value = self::value(&(input.get)(scenario));
        let section = sections.entry(input.section()).or_insert_with(|| Value::Object(Map::new()));
        if let Value::Object(fields) = section {
            fields.insert(input.field().to_owned(), value);
        }
    }
    Value::Object(sections)
}

/// The value of an input: a number in its base unit, or words.
pub(super) fn value(value: &inputs::Value) -> Value {
    match value {
        inputs::Value::Number(v) => number(*v),
        other => other.words().into(),
    }
}

/// A whole number without a decimal point, as people write counts.
pub(super) fn number(v: f64) -> Value {
    if v.fract() == 0.0 && v.abs() < 9e15 { (v as i64).into() } else { v.into() }
}

/// What hosted models would ask for the same requests, and from which volume on the best candidate costs less.
fn offers(plan: &Plan, scenario: &Scenario, catalog: &Catalog) -> Value {
    let best = plan.best().map(|(_, sizing)| sizing);
    let offer = |offer: &Offer<'_>| {
        let (wins, from) = match best.map(|sizing| offer.wins(sizing, scenario)) {
            Some(Wins::Already(from)) => ("already", Some(from)),
            Some(Wins::From(from)) => ("from_there_on", Some(from)),
            Some(Wins::Never) | None => ("never", None),
        };
        json!({
            "provider": offer.hosted.provider,
            "model": offer.hosted.model,
            "same_model": offer.same,
            "price_date": offer.hosted.date,
            "usd_per_request": offer.usd_per_request,
            "usd_per_month": offer.usd_per_month,
            "usd_per_million_tokens": offer.usd_per_million_tokens,
            "fleet_wins": wins,
            "fleet_wins_from_requests_per_month": from,
        })
    };
    hosted::offers(scenario, catalog).iter().map(offer).collect::<Vec<_>>().into()
}

fn candidate(candidate: &Candidate, scenario: &Scenario, catalog: &Catalog) -> Value {
    let mut out = json!({
        "accelerator": candidate.accelerator,
        "name": candidate.name,
        "rank": candidate.rank,
        "feasible": candidate.feasible(),
        "sentence": sentence::candidate(candidate),
    });
    let reason = sentence::reason(candidate);
    out["reason"] = reason.into();
    if let Some(sizing) = candidate.sizing() {
        for section in SECTIONS {
            let mut fields = Map::new();
            section.entries(sizing, |name, entry| {
                fields.insert(name.to_owned(), self::entry(entry));
            });
            place(&mut out, section.path, fields);
        }
        for (section, field, value) in in_other_units(sizing) {
            out[section][field] = value.into();
        }
        out["cost"]["price_support"] = sizing.cost.support.id().into();
        let date = catalog.price_date(&candidate.accelerator, scenario.money.term);
        out["cost"]["price_date"] = date.map_or(Value::Null, |date| date.text.into());
    }
    out
}

/// Figures that the document has in a second unit.
fn in_other_units(sizing: &Sizing) -> [(&'static str, &'static str, f64); 2] {
    let heat_w = sizing.power.heat_w;
    [
        ("facility", "heat_btu_per_h", heat_w * units::BTU_PER_H),
        ("facility", "cooling_tons", heat_w / units::WATTS_PER_TON),
    ]
}

/// Puts `fields` into the object at `path`; a section that the plan does not have is null.
fn place(document: &mut Value, path: &str, fields: Map<String, Value>) {
    let mut at = document;
    for key in path.split('.') {
        at = &mut at[key];
    }
    match at {
        _ if fields.is_empty() => *at = Value::Null,
        Value::Object(known) => known.extend(fields),
        other => *other = Value::Object(fields),
    }
}

/// One entry of a section.
fn entry(entry: Entry) -> Value {
    match entry {
        Entry::Number(value) => number(value),
        Entry::Flag(flag) => flag.into(),
        Entry::Word(word) => word.into(),
        Entry::Nothing => Value::Null,
    }
}

/// Memory, with the keys that `estimate` uses too.
pub fn memory(memory: &Memory) -> Value {
    let mut fields = Map::new();
    memory.entries(&mut |name, entry| {
        fields.insert(name.to_owned(), self::entry(entry));
    });
    fields.into()
}
