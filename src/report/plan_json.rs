//! A plan as one JSON document. Numbers are finite, in SI base units, with the unit in the key.

use serde::ser::{Serialize, SerializeMap as _, Serializer};

use super::node::{self, Node, object};
use super::sentence;
use crate::catalog::Catalog;
use crate::engine::analysis::hosted::{self, Offer, Wins};
use crate::engine::figures::Entry;
use crate::engine::plan::sections::SECTIONS;
use crate::engine::{Candidate, Plan, Sizing};
use crate::scenario::{INPUTS, Scenario, inputs};
use crate::units;

/// Bytes of one candidate, about: the text is not moved while it grows.
const CANDIDATE_BYTES: usize = 8192;

/// The whole plan.
pub fn document(plan: &Plan, scenario: &Scenario, catalog: &Catalog) -> String {
    let text = String::with_capacity((plan.candidates.len() + 1) * CANDIDATE_BYTES);
    node::document(text, &Document { plan, scenario, catalog })
}

/// What a plan's document is made from: each candidate is put together as it is written.
struct Document<'a> {
    plan: &'a Plan,
    scenario: &'a Scenario,
    catalog: &'a Catalog,
}

impl Serialize for Document<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Self { plan, scenario, catalog } = *self;
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("app_version", env!("CARGO_PKG_VERSION"))?;
        map.serialize_entry("catalog_version", &catalog.version)?;
        map.serialize_entry("scenario", &self::scenario(scenario))?;
        map.serialize_entry("candidates", &Candidates(self))?;
        map.serialize_entry("hosted", &offers(plan, scenario, catalog))?;
        map.end()
    }
}

struct Candidates<'a>(&'a Document<'a>);

impl Serialize for Candidates<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Document { plan, scenario, catalog } = *self.0;
        serializer.collect_seq(plan.candidates.iter().map(|c| candidate(c, scenario, catalog)))
    }
}

/// The scenario by section, as in a preset.
fn scenario(scenario: &Scenario) -> Node<'_> {
    let mut sections: Vec<(&'static str, Vec<(&'static str, Node<'_>)>)> = Vec::new();
    for input in INPUTS {
        let entry = (input.field(), value(&(input.get)(scenario)));
        match sections.iter_mut().find(|(name, _)| *name == input.section()) {
            Some((_, fields)) => fields.push(entry),
            None => sections.push((input.section(), vec![entry])),
        }
    }
    let mut out = object! {
        "version": crate::scenario::preset::VERSION,
        "name": &scenario.name,
        "story": &scenario.story,
    };
    for (name, fields) in sections {
        out.add(name, Node::Object(fields));
    }
    out
}

/// The value of an input: a number in its base unit, or text.
pub(super) fn value(value: &inputs::Value) -> Node<'static> {
    match value {
        inputs::Value::Number(v) => number(*v),
        other => other.text().into(),
    }
}

/// A whole number without a decimal point, as users write counts.
pub(super) fn number(v: f64) -> Node<'static> {
    if v.fract() == 0.0 && v.abs() < 9e15 { (v as i64).into() } else { v.into() }
}

/// What hosted models would ask for the same requests, and from which volume on the best candidate costs less.
fn offers<'a>(plan: &Plan, scenario: &Scenario, catalog: &'a Catalog) -> Node<'a> {
    let best = plan.best().map(|(_, sizing)| sizing);
    let offer = |offer: &Offer<'a>| {
        let (wins, from) = match best.map(|sizing| offer.wins(sizing, scenario)) {
            Some(Wins::Already(from)) => ("already", Some(from)),
            Some(Wins::From(from)) => ("from_there_on", Some(from)),
            Some(Wins::Never) | None => ("never", None),
        };
        object! {
            "provider": &offer.hosted.provider,
            "model": &offer.hosted.model,
            "same_model": offer.same,
            "price_date": &offer.hosted.date,
            "usd_per_request": offer.usd_per_request,
            "usd_per_month": offer.usd_per_month,
            "usd_per_million_tokens": offer.usd_per_million_tokens,
            "fleet_wins": wins,
            "fleet_wins_from_requests_per_month": from,
        }
    };
    hosted::offers(scenario, catalog).iter().map(offer).collect::<Vec<_>>().into()
}

fn candidate<'a>(candidate: &'a Candidate, scenario: &Scenario, catalog: &'a Catalog) -> Node<'a> {
    let mut out = object! {
        "accelerator": &candidate.accelerator,
        "name": &candidate.name,
        "rank": candidate.rank,
        "feasible": candidate.feasible(),
        "sentence": sentence::candidate(candidate),
    };
    out.add("reason", sentence::reason(candidate));
    if let Some(sizing) = candidate.sizing() {
        for section in SECTIONS {
            let mut fields = Vec::new();
            section.entries(sizing, |name, entry| fields.push((name, Node::from(entry))));
            place(&mut out, section.path, fields);
        }
        place(&mut out, "facility", in_other_units(sizing));
        let date = catalog.price_date(&candidate.accelerator, scenario.money.term);
        let support = ("price_support", sizing.estate.cost.support.id().into());
        place(&mut out, "cost", vec![support, ("price_date", date.map(|date| date.text).into())]);
    }
    out
}

/// Figures that the document has in a second unit.
fn in_other_units(sizing: &Sizing) -> Vec<(&'static str, Node<'static>)> {
    let heat_w = sizing.estate.power.heat_w;
    vec![
        ("heat_btu_per_h", number(heat_w * units::BTU_PER_H)),
        ("cooling_tons", number(heat_w / units::WATTS_PER_TON)),
    ]
}

/// Adds `fields` to the object at `path`; a section that the plan does not have is null.
fn place<'a>(document: &mut Node<'a>, path: &'static str, fields: Vec<(&'static str, Node<'a>)>) {
    let mut at = document;
    for key in path.split('.') {
        at = at.child(key);
    }
    if fields.is_empty() {
        *at = Node::Null;
    } else {
        fields.into_iter().for_each(|(key, value)| at.add(key, value));
    }
}

impl From<Entry> for Node<'_> {
    fn from(entry: Entry) -> Self {
        match entry {
            Entry::Number(value) => number(value),
            Entry::Flag(flag) => flag.into(),
            Entry::Word(word) => word.into(),
            Entry::Nothing => Self::Null,
        }
    }
}
