//! A plan as one JSON document. Numbers are finite, in SI base units, with the unit in the key.

use serde::ser::{Serialize, SerializeMap as _, Serializer};

use super::node::{self, Node, object};
use crate::catalog::{Catalog, FabricKind, Term};
use crate::engine::analysis::hosted::{self, Offer, Wins};
use crate::engine::{Buy, Candidate, Memory, Percentiles, Plan, Sizing, TermCost, sentence};
use crate::scenario::{INPUTS, Scenario, inputs};

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

/// The value of an input: a number in its base unit, or words.
pub(super) fn value(value: &inputs::Value) -> Node<'static> {
    match value {
        inputs::Value::Number(v) => number(*v),
        other => other.words().into(),
    }
}

/// A whole number without a decimal point, as people write counts.
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
    let reason = match (candidate.sizing(), candidate.rejection()) {
        (Some(sizing), _) => sentence::limit_reason(sizing.limit),
        (None, Some(rejection)) => sentence::rejection(rejection, &candidate.name),
        (None, None) => String::new(),
    };
    out.add("reason", reason);
    if let Some(s) = candidate.sizing() {
        out.add("layout", layout(s));
        let o = &s.operating_point;
        out.add(
            "operating_point",
            object! {
                "concurrency": o.concurrency,
                "requests_per_s": o.requests_per_s,
                "output_tokens_per_s": o.output_tokens_per_s,
                "utilization": o.utilization,
                "ttft_s": percentiles(&o.ttft_s),
                "tpot_s": percentiles(&o.tpot_s),
                "evidence": o.evidence.id(),
            },
        );
        out.add(
            "balance",
            object! {
                "capacity_requests_per_s": s.balance.capacity_requests_per_s,
                "capacity_low_requests_per_s": s.balance.capacity_low_requests_per_s,
                "capacity_high_requests_per_s": s.balance.capacity_high_requests_per_s,
                "load_margin": s.balance.load_margin,
                "idle_usd_per_year": s.balance.idle_usd_per_year,
            },
        );
        out.add(
            "availability",
            object! {
                "replica_down": s.availability.replica_down,
                "without_spares": s.availability.without_spares,
                "achieved": s.availability.achieved,
                "with_one_more": s.availability.with_one_more,
                "usd_per_month_of_one_more": s.availability.usd_per_month_of_one_more,
            },
        );
        out.add("memory", memory(&s.memory));
        out.add("power", power(s));
        out.add("network", network(s));
        out.add("facility", hall(s));
        let mut cost = cost(s);
        let date = catalog.price_date(&candidate.accelerator, scenario.money.term);
        cost.add("price_date", date.map(|date| date.text));
        out.add("cost", cost);
    }
    out
}

fn layout(sizing: &Sizing) -> Node<'static> {
    let l = &sizing.layout;
    object! {
        "tp": l.tp,
        "pp": l.pp,
        "ep": l.ep,
        "attention_dp": l.attention_dp,
        "replicas": l.replicas,
        "spare_replicas": l.spare_replicas,
        "accelerators": l.accelerators,
        "billed_accelerators": l.billed_accelerators,
        "servers": l.servers,
        "racks": l.racks,
        "weights": l.weights.id(),
        "kv_cache": l.kv_cache.id(),
    }
}

fn percentiles(p: &Percentiles) -> Node<'static> {
    object! {
        "p50": p.p50,
        "p95": p.p95,
        "p99": p.p99,
        "at_slo": p.at_slo,
        "at_slo_low": p.at_slo_low,
        "at_slo_high": p.at_slo_high,
    }
}

/// Memory, with the keys that `estimate` uses too.
pub fn memory(m: &Memory) -> Node<'static> {
    object! {
        "fits": m.fits,
        "weights_bytes": m.weights_bytes,
        "kv_cache_bytes": m.kv_cache_bytes,
        "activation_bytes": m.activation_bytes,
        "reserve_bytes": m.reserve_bytes,
        "memory_bytes": m.memory_bytes,
        "capacity_bytes": m.capacity_bytes,
        "kv_bytes_per_token": m.kv_bytes_per_token,
        "kv_capacity_tokens": m.kv_capacity_tokens,
        "max_concurrency": m.max_concurrency,
    }
}

fn power(sizing: &Sizing) -> Node<'static> {
    let p = &sizing.power;
    object! {
        "accelerator_w": p.accelerator_w,
        "server_w": p.server_w,
        "network_w": p.network_w,
        "storage_w": p.storage_w,
        "it_w": p.it_w,
        "facility_w": p.facility_w,
        "heat_w": p.heat_w,
        "energy_kwh_per_year": p.energy_kwh_per_year,
        "co2_kg_per_year": p.co2_kg_per_year,
        "embodied_co2_kg_per_year": p.embodied_co2_kg_per_year,
        "water_l_per_year": p.water_l_per_year,
        "joules_per_output_token": p.joules_per_output_token,
    }
}

fn network(sizing: &Sizing) -> Node<'static> {
    let n = &sizing.network;
    object! {
        "back_end": n.back_end.map_or("none", FabricKind::id),
        "oversubscription": n.oversubscription,
        "nics": number(n.nics),
        "leaf_switches": number(n.leaf_switches),
        "spine_switches": number(n.spine_switches),
        "core_switches": number(n.core_switches),
        "front_end_ports": number(n.front_end_ports),
        "cables": number(n.cables),
        "transceivers": number(n.transceivers),
        "power_w": n.power_w,
        "price_usd": n.price_usd,
        "kv_transfer_s": n.kv_transfer_s,
        "all_reduce_s": n.all_reduce_s,
        "scale_up_over_out": n.scale_up_over_out,
    }
}

fn hall(sizing: &Sizing) -> Node<'static> {
    let h = &sizing.hall;
    object! {
        "cooling": h.cooling.id(),
        "pue": h.pue,
        "servers_per_rack": number(h.servers_per_rack),
        "network_racks": number(h.network_racks),
        "rack_w": h.rack_w,
        "within_rack_power": h.within_rack_power,
        "rack_units": h.rack_units,
        "air_heat_w": h.air_heat_w,
        "liquid_heat_w": h.liquid_heat_w,
        "heat_btu_per_h": h.heat_btu_per_h,
        "cooling_tons": h.cooling_tons,
        "air_m3_per_s": h.air_m3_per_s,
        "coolant_l_per_s": h.coolant_l_per_s,
        "rack_a": h.rack_a,
        "breaker_a": h.breaker_a,
        "circuits_per_rack": number(h.circuits_per_rack),
        "circuits": number(h.circuits),
    }
}

fn cost(sizing: &Sizing) -> Node<'static> {
    let mut out = term(&sizing.cost.chosen);
    out.add("price_support", sizing.cost.support.id());
    let terms = Term::ALL.iter().map(|t| (t.id(), sizing.cost.term(*t).map(term).into()));
    out.add("terms", Node::Object(terms.collect()));
    out.add("buy", sizing.cost.buy.as_ref().map(buy));
    out.add(
        "mix",
        sizing.cost.mix.as_ref().map(|mix| {
            object! {
                "reserved_term": mix.reserved_term.map(Term::id),
                "reserved": number(mix.reserved),
                "on_demand_at_peak": number(mix.on_demand_at_peak),
                "on_demand_mean": mix.on_demand_mean,
                "spot_mean": mix.spot_mean,
                "usd_per_hour": mix.usd_per_hour,
                "usd_per_month": mix.usd_per_month,
            }
        }),
    );
    out
}

fn buy(buy: &Buy) -> Node<'static> {
    object! {
        "capex_usd": buy.capex_usd,
        "servers_usd": buy.servers_usd,
        "network_usd": buy.network_usd,
        "storage_usd": buy.storage_usd,
        "deployment_usd": buy.deployment_usd,
        "hall_usd": buy.hall_usd,
        "opex_usd_per_year": buy.opex_usd_per_year,
        "energy_usd_per_year": buy.energy_usd_per_year,
        "space_usd_per_year": buy.space_usd_per_year,
        "maintenance_usd_per_year": buy.maintenance_usd_per_year,
        "staff_usd_per_year": buy.staff_usd_per_year,
        "software_usd_per_year": buy.software_usd_per_year,
        "residual_usd": buy.residual_usd,
        "present_cost_usd": buy.present_cost_usd,
        "breakeven_months": buy.breakeven_months,
    }
}

fn term(cost: &TermCost) -> Node<'static> {
    object! {
        "usd_per_hour": cost.usd_per_hour,
        "usd_per_month": cost.usd_per_month,
        "usd_per_million_tokens": cost.usd_per_million_tokens,
        "usd_per_million_output_tokens": cost.usd_per_million_output_tokens,
    }
}
