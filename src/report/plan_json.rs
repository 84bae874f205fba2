//! A plan as one JSON document. Numbers are finite, in SI base units, with the unit in the key.

use serde::ser::{Serialize, SerializeMap, Serializer};
use serde_json::{Value, json};

use super::json::{self, JsonEntry, JsonInput, JsonNumber};
use super::sentence;
use crate::catalog::Catalog;
use crate::engine::Seller;
use crate::engine::analysis::hosted::{self, Offer, Wins};
use crate::engine::analysis::kv_option::kv_option;
use crate::engine::analysis::pools_option::pools_option;
use crate::engine::plan::ranking;
use crate::engine::plan::sections::SECTIONS;
use crate::engine::{Candidate, Plan, Sizing};
use crate::scenario::{INPUTS, Scenario};
use crate::units;

/// Bytes of one candidate, about: the text is not moved while it grows.
const CANDIDATE_BYTES: usize = 8192;

/// The whole plan.
pub fn document(plan: &Plan, scenario: &Scenario, catalog: &Catalog) -> String {
    json::document(&Document { plan, scenario, catalog }, (plan.candidates.len() + 1) * CANDIDATE_BYTES)
}

/// What a plan's document is made from. A plan has some five thousand entries: they are written as they are met.
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
        map.serialize_entry("options", &options(plan, scenario, catalog))?;
        map.serialize_entry("tie", &tie(plan))?;
        map.serialize_entry("hosted", &offers(plan, scenario, catalog))?;
        map.end()
    }
}

/// The scenario by section, as in a preset.
fn scenario(scenario: &Scenario) -> Value {
    let mut out = json!({
        "version": crate::scenario::preset::VERSION,
        "name": scenario.name,
        "story": scenario.story,
    });
    for input in INPUTS {
        out[input.section()][input.field()] = json!(JsonInput(&(input.get)(scenario)));
    }
    out
}

/// What the user might choose to make the best smaller, and what pools would make of it.
fn options(plan: &Plan, scenario: &Scenario, catalog: &Catalog) -> Vec<Value> {
    let option = plan.best().and_then(|subject| {
        let option = kv_option(scenario, catalog, subject.0, subject.1)?;
        Some(json!({
            "input": "platform.kv_cache",
            "value": "fp8",
            "accelerator": subject.0.accelerator,
            "billed_accelerators": option.accelerators,
            "instead_of": option.instead_of,
            "usd_per_month": JsonNumber(option.usd_per_month),
            "sentence": sentence::kv_option(&option, subject),
        }))
    });
    let pools = plan.best().and_then(|(candidate, sizing)| {
        let option = pools_option(scenario, catalog, candidate, sizing)?;
        Some(json!({
            "input": "platform.pools",
            "value": "always",
            "accelerator": candidate.accelerator,
            "billed_accelerators": option.accelerators,
            "instead_of": option.instead_of,
            "usd_per_month": JsonNumber(option.usd_per_month),
            "saving": JsonNumber(option.saving),
            "sentence": sentence::pools_option(&option),
        }))
    });
    option.into_iter().chain(pools).collect()
}

/// What hosted models would ask for the same requests, and from which volume on the best candidate costs less.
fn offers(plan: &Plan, scenario: &Scenario, catalog: &Catalog) -> Vec<Value> {
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
    hosted::offers(scenario, catalog).iter().map(offer).collect()
}

/// The tie in words, and the chance of each candidate to be the cheapest.
fn tie(plan: &Plan) -> Value {
    let chances = ranking::chances(&plan.candidates);
    let chance = |(candidate, chance): (&Candidate, f64)| {
        candidate
            .feasible()
            .then(|| json!({"accelerator": candidate.accelerator, "cheapest": JsonNumber(chance)}))
    };
    json!({
        "sentence": sentence::tie(plan),
        "chances": plan.candidates.iter().zip(chances).filter_map(chance).collect::<Vec<_>>(),
    })
}

/// Whose price the candidate is paid at; null where it is bought or nobody offers it.
fn offer(candidate: &Candidate, scenario: &Scenario) -> Value {
    let rate = candidate.fleet().and_then(|sizing| sizing.estate.cost.rate(scenario.money.term));
    let Some(rate) = rate else { return Value::Null };
    let (seller, class) = match &rate.seller {
        Seller::Class(class) => (None, Some(class.id())),
        Seller::Named(name) => (Some(name.as_str()), None),
        Seller::Own => (Some("you"), None),
    };
    json!({
        "seller": seller,
        "class": class,
        "term": scenario.money.term.id(),
        "usd_per_accelerator_hour": JsonNumber(rate.usd_per_accelerator_hour.value()),
        "spread": JsonNumber(rate.spread),
        "as_of": (!rate.as_of.is_empty()).then_some(&rate.as_of),
        "sellers": rate.sellers,
        "machine_accelerators": rate.machine,
        "held_as": (rate.term != scenario.money.term).then(|| rate.term.id()),
    })
}

struct Candidates<'a>(&'a Document<'a>);

impl Serialize for Candidates<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Document { plan, scenario, catalog } = *self.0;
        serializer.collect_seq(plan.candidates.iter().map(|candidate| CandidateObject {
            plan,
            candidate,
            scenario,
            catalog,
        }))
    }
}

struct CandidateObject<'a> {
    plan: &'a Plan,
    candidate: &'a Candidate,
    scenario: &'a Scenario,
    catalog: &'a Catalog,
}

impl Serialize for CandidateObject<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let candidate = self.candidate;
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("accelerator", &candidate.accelerator)?;
        map.serialize_entry("name", &candidate.name)?;
        map.serialize_entry("rank", &candidate.rank)?;
        map.serialize_entry("feasible", &candidate.feasible())?;
        map.serialize_entry("tie", &candidate.tie)?;
        let confidence = candidate.fleet().map(|sizing| JsonNumber(sizing.balance.confidence));
        map.serialize_entry("confidence", &confidence)?;
        let attainment = candidate.fleet().map(|sizing| JsonNumber(sizing.operating_point.slo_attainment));
        map.serialize_entry("slo_attainment", &attainment)?;
        map.serialize_entry("sentence", &sentence::candidate(self.plan, candidate))?;
        map.serialize_entry("reason", &sentence::reason(candidate))?;
        map.serialize_entry("offer", &offer(candidate, self.scenario))?;
        if let Some(sizing) = candidate.fleet() {
            SectionObject { of: self, sizing, path: "" }.serialize_inner(&mut map)?;
        }
        map.end()
    }
}

/// What the list has at a path and under it.
struct SectionObject<'a> {
    of: &'a CandidateObject<'a>,
    sizing: &'a Sizing,
    /// Such as `cost.buy`; empty for the candidate itself.
    path: &'static str,
}

impl SectionObject<'_> {
    /// Figures first, then the sections inside, then what the list does not hold.
    fn serialize_inner<M: SerializeMap>(&self, map: &mut M) -> Result<(), M::Error> {
        let mut written = Ok(());
        for section in SECTIONS.iter().filter(|section| section.path == self.path) {
            section.entries(self.sizing, |name, entry| {
                if written.is_ok() {
                    written = map.serialize_entry(name, &JsonEntry(entry));
                }
            });
        }
        written?;
        let mut last = "";
        for section in SECTIONS {
            let Some((name, path)) = inside(section.path, self.path).filter(|(name, _)| *name != last) else {
                continue;
            };
            last = name;
            map.serialize_entry(name, &SectionObject { path, ..*self })?;
        }
        for (name, value) in self.beside() {
            map.serialize_entry(name, &value)?;
        }
        Ok(())
    }

    /// What the document has beside the list: figures in a second unit, and where the price is from.
    fn beside(&self) -> Vec<(&'static str, Value)> {
        let CandidateObject { candidate, scenario, catalog, .. } = *self.of;
        let heat_w = self.sizing.estate.power.heat_w;
        match self.path {
            "layout" => vec![("pool", self.sizing.pools.map(|_| "decode").into())],
            "pools" => vec![("sentence", sentence::pools(self.sizing).into())],
            "pools.prefill" | "pools.decode" => vec![("accelerator", candidate.accelerator.as_str().into())],
            "facility" => vec![
                ("heat_btu_per_h", json!(JsonNumber(heat_w * units::BTU_PER_H))),
                ("cooling_tons", json!(JsonNumber(heat_w / units::WATTS_PER_TON))),
            ],
            "cost" => {
                let cost = &self.sizing.estate.cost;
                let date = cost.price_date(scenario.money.term, &candidate.accelerator, catalog);
                vec![
                    ("price_support", self.sizing.estate.cost.support.id().into()),
                    ("price_date", date.map(|date| date.text).into()),
                ]
            }
            _ => Vec::new(),
        }
    }

    /// Whether the plan has nothing here, such as a term that is not sold.
    fn is_empty(&self) -> bool {
        let mut empty = true;
        for section in SECTIONS.iter().filter(|section| section.path.starts_with(self.path)) {
            section.entries(self.sizing, |_, _| empty = false);
        }
        empty
    }
}

impl Serialize for SectionObject<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if self.is_empty() {
            return serializer.serialize_unit();
        }
        let mut map = serializer.serialize_map(None)?;
        self.serialize_inner(&mut map)?;
        map.end()
    }
}

/// The first name of `path` under `outer`, and the path up to it.
fn inside(path: &'static str, outer: &str) -> Option<(&'static str, &'static str)> {
    let rest = match outer {
        "" => path,
        _ => path.strip_prefix(outer)?.strip_prefix('.')?,
    };
    let name = rest.split('.').next().filter(|name| !name.is_empty())?;
    Some((name, &path[..path.len() - rest.len() + name.len()]))
}
