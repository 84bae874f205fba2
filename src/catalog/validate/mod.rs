//! Whether a catalog is whole: ids unique, references known, figures finite and of a plausible size.

mod check;
mod model;

use self::check::{Check, Plausible};
use self::model::check_model;
use super::error::CatalogError;
use super::folder::duplicates;
use super::load::{Catalog, FACILITY_FILE, HOSTED_FILE, RELIABILITY_FILE, Record};
use super::release::numbers as version_numbers;
use super::{
    Accelerator, Efficiency, ExpertLayout, Fabric, FabricKind, Hosted, Limits, Price, Region, Server, Source,
    Stack, StartRules,
};

const SHARE: Plausible = (1e-3, 1.0);
const FRACTION: Plausible = (0.0, 1.0);
const OPS_PER_S: Plausible = (1e12, 1e18);
const BYTES_PER_S: Plausible = (1e8, 1e15);
const WATTS: Plausible = (1.0, 1e7);
const SECONDS: Plausible = (0.0, 1.0);
const USD_PER_HOUR: Plausible = (1e-3, 1e3);
/// Price of a server or a rack.
const USD: Plausible = (1e2, 1e9);

impl Catalog {
    /// Everything that is wrong with the catalog; empty when nothing is.
    pub fn validate(&self) -> Vec<CatalogError> {
        self.faults(str::to_owned)
    }

    /// The same, with files named as `name` says.
    pub(super) fn faults(&self, name: impl Fn(&str) -> String) -> Vec<CatalogError> {
        let mut errors = Vec::new();
        errors.extend(duplicates(&name(Source::FILE), &self.sources));
        self.check_list(&self.accelerators, &name, &mut errors, check_accelerator);
        self.check_list(&self.efficiencies, &name, &mut errors, check_efficiency);
        self.check_list(&self.servers, &name, &mut errors, check_server);
        self.check_list(&self.models, &name, &mut errors, check_model);
        self.check_list(&self.stacks, &name, &mut errors, check_stack);
        self.check_list(&self.prices, &name, &mut errors, check_price);
        self.check_list(&self.regions, &name, &mut errors, check_region);
        self.check_list(&self.currencies, &name, &mut errors, |currency, check| {
            check.figure("per_usd", &currency.per_usd, (1e-4, 1e5));
        });
        self.check_list(&self.fabrics, &name, &mut errors, check_fabric);
        let file = name(HOSTED_FILE);
        for hosted in &self.hosted {
            let id = format!("{} {}", hosted.provider, hosted.model);
            check_hosted(hosted, &mut Check { catalog: self, file: &file, id: &id, errors: &mut errors });
        }
        let file = name(FACILITY_FILE);
        check_facility(&mut Check { catalog: self, file: &file, id: "facility", errors: &mut errors });
        let file = name(RELIABILITY_FILE);
        check_reliability(&mut Check { catalog: self, file: &file, id: "reliability", errors: &mut errors });
        self.check_complete(&name, &mut errors);
        errors
    }

    fn check_list<T: Record>(
        &self,
        records: &[T],
        name: impl Fn(&str) -> String,
        errors: &mut Vec<CatalogError>,
        check: impl Fn(&T, &mut Check),
    ) {
        let file = name(T::FILE);
        errors.extend(duplicates(&file, records));
        for record in records {
            check(record, &mut Check { catalog: self, file: &file, id: record.id(), errors });
        }
    }

    /// Each accelerator needs a server and efficiencies before a plan can use it.
    fn check_complete(&self, name: impl Fn(&str) -> String, errors: &mut Vec<CatalogError>) {
        for accelerator in &self.accelerators {
            let mut missing = |file: &str, what, remedy| {
                let (file, accelerator) = (name(file), accelerator.id.clone());
                errors.push(CatalogError::Incomplete { file, accelerator, what, remedy });
            };
            let of_it = |server: &&Server| server.default && server.accelerator == accelerator.id;
            match self.servers.iter().filter(of_it).count() {
                0 => missing(Server::FILE, "no default server", "add a server with `default: true`"),
                1 => {}
                _ => missing(Server::FILE, "several default servers", "keep `default: true` on one of them"),
            }
        }
    }
}

fn check_accelerator(accelerator: &Accelerator, check: &mut Check) {
    check.reference("generation", &accelerator.generation, &check.catalog.efficiencies);
    check.figure("memory_bytes", &accelerator.memory_bytes, (1e9, 1e13));
    check.optional("memory_sold_gb", accelerator.memory_sold_gb.as_ref(), (1.0, 1e4));
    check.figure("memory_bytes_per_s", &accelerator.memory_bytes_per_s, (1e10, 1e15));
    let peaks = &accelerator.peak_ops_per_s;
    check.figure("peak_ops_per_s.bf16", &peaks.bf16, OPS_PER_S);
    check.optional("peak_ops_per_s.fp8", peaks.fp8.as_ref(), OPS_PER_S);
    check.optional("peak_ops_per_s.int8", peaks.int8.as_ref(), OPS_PER_S);
    check.optional("peak_ops_per_s.fp4", peaks.fp4.as_ref(), OPS_PER_S);
    check.figure("tdp_w", &accelerator.tdp_w, WATTS);
    check.figure("idle_w", &accelerator.idle_w, (0.0, accelerator.tdp_w.value().max(1.0)));
    check.figure("scale_up.bytes_per_s", &accelerator.scale_up.bytes_per_s, BYTES_PER_S);
    check.figure("scale_up.domain", &accelerator.scale_up.domain, (1.0, 1e6));
    check.figure("nic_bytes_per_s", &accelerator.nic_bytes_per_s, BYTES_PER_S);
}

fn check_efficiency(efficiency: &Efficiency, check: &mut Check) {
    for (name, figure, _) in Efficiency::FIGURES {
        let range = match *name {
            "half_rows" | "expert_half_rows" | "expert_half_width" => (0.0, 1e5),
            name if name.ends_with("_s") => SECONDS,
            _ => SHARE,
        };
        check.figure(name, figure(efficiency), range);
    }
}

fn check_server(server: &Server, check: &mut Check) {
    check.reference("accelerator", &server.accelerator, &check.catalog.accelerators);
    check.figure("accelerators", &server.accelerators, (1.0, 1e4));
    let whole = server.accelerators.value().max(1.0);
    check.optional("repair_accelerators", server.repair_accelerators.as_ref(), (1.0, whole));
    check.figure("idle_w", &server.idle_w, (0.0, server.max_w.value().max(1.0)));
    check.figure("max_w", &server.max_w, WATTS);
    check.figure("rack_units", &server.rack_units, (0.1, 1e3));
    let idle_w = server.idle_w.value().clamp(0.0, 1e9);
    check.optional("measured_max_w", server.measured_max_w.as_ref(), (idle_w, WATTS.1));
    check.optional("price_usd", server.price_usd.as_ref(), USD);
    let usual =
        server.price_usd.as_ref().map(|price| price.value()).filter(|usd| (USD.0..=USD.1).contains(usd));
    let (least, most) = (usual.unwrap_or(USD.1), usual.unwrap_or(USD.0));
    check.optional("price_low_usd", server.price_low_usd.as_ref(), (USD.0, least));
    check.optional("price_high_usd", server.price_high_usd.as_ref(), (most, USD.1));
    check.optional("support_years", server.support_years.as_ref(), (0.0, 20.0));
    check.optional("licence_years", server.licence_years.as_ref(), (0.0, 20.0));
}

fn check_stack(stack: &Stack, check: &mut Check) {
    for accelerator in &stack.except {
        check.reference("except", accelerator, &check.catalog.accelerators);
    }
    check.figure("memory_fraction", &stack.memory_fraction, SHARE);
    check.figure("kv_block_tokens", &stack.kv_block_tokens, (1.0, 1e4));
    check.figure("step_tokens", &stack.step_tokens, (1.0, 1e7));
    check.figure("max_sequences", &stack.max_sequences, (1.0, 1e6));
    check_limits("", &stack.limits, check);
    for (index, release) in stack.releases.iter().enumerate() {
        let field = |name: &str| format!("releases[{index}].{name}");
        let before = index.checked_sub(1).and_then(|i| version_numbers(&stack.releases[i].from));
        let from = version_numbers(&release.from);
        if from.is_none() || from <= before {
            check.value(
                &field("from"),
                release.from.clone(),
                "give a later version than the one before, such as 0.21".to_owned(),
            );
        }
        check.optional(&field("memory_fraction"), release.memory_fraction.as_ref(), SHARE);
        check.optional(&field("reserve_bytes"), release.reserve_bytes.as_ref(), (0.0, 1e11));
        if let Some(drift) = &release.drift {
            check.figure(&field("drift.ttft"), &drift.ttft, (1.0, 10.0));
            check.figure(&field("drift.tpot"), &drift.tpot, (1.0, 10.0));
        }
        check.optional(&field("collectives_bytes"), release.collectives_bytes.as_ref(), (0.0, 1e11));
        check.optional(&field("logit_copies"), release.logit_copies.as_ref(), (0.0, 100.0));
        check_limits(&format!("releases[{index}]."), &release.limits, check);
        check_experts(&format!("releases[{index}]."), &release.experts, check);
        if let Some(rules) = &release.starts {
            check_starts(&format!("releases[{index}]."), rules, check);
        }
    }
    check.figure("logit_copies", &stack.logit_copies, (0.0, 100.0));
    check.figure("visit_copies", &stack.visit_copies, (0.0, 100.0));
    check_starts("", &stack.starts, check);
    check_experts("", &stack.experts, check);
    check.optional("sparse_fp8_bytes", stack.sparse_fp8_bytes.as_ref(), (1.0, 2.0));
    check.optional("dense_logit_copies", stack.dense_logit_copies.as_ref(), (0.0, 100.0));
    check.optional("collectives_bytes", stack.collectives_bytes.as_ref(), (0.0, 1e11));
    check.figure("reserve_bytes", &stack.reserve_bytes, (0.0, 1e11));
    for (name, figure, _) in Stack::TIMES {
        let range = match *name {
            name if name.ends_with("_s") => SECONDS,
            name if name.ends_with("_steps") => (0.0, 1e3),
            _ => (0.05, 20.0),
        };
        check.figure(name, figure(stack), range);
    }
    for (name, figure) in stack.exchange.figures() {
        let range = match name {
            "dispatch_bytes" => (0.25, 4.0),
            "imbalance" => (1.0, 10.0),
            "occupied" => (0.0, 0.9),
            _ => SHARE,
        };
        check.figure(&format!("exchange.{name}"), figure, range);
    }
    if let Some(earlier) = &stack.earlier {
        check.figure("earlier.earlier_host_factor", &earlier.earlier_host_factor, (0.2, 5.0));
        check.figure("earlier.earlier_kv_factor", &earlier.earlier_kv_factor, (0.2, 5.0));
    }
    if let Some(source) = &stack.exchange.redundant_experts {
        check.source("exchange.redundant_experts", source);
    }
    if stack.kv_formats.is_empty() {
        check.value("kv_formats", "empty".to_owned(), "name at least one format, such as bf16".to_owned());
    }
}

fn check_starts(within: &str, rules: &StartRules, check: &mut Check) {
    for (name, source) in rules.sources() {
        check.source(&format!("{within}starts.{name}"), source);
    }
    if let Some(rule) = &rules.vocabulary {
        check.number(&format!("{within}starts.vocabulary.step"), f64::from(rule.step), (1.0, 4096.0));
    }
}

fn check_experts(within: &str, layouts: &[ExpertLayout], check: &mut Check) {
    for (index, layout) in layouts.iter().enumerate() {
        let field = |name: &str| format!("{within}experts[{index}].{name}");
        check.source(&field("source"), &layout.source);
        check.number(&field("hidden"), f64::from(layout.hidden), (1.0, 4096.0));
        check.number(&field("width"), f64::from(layout.width), (1.0, 4096.0));
        check.optional(&field("visit_copies"), layout.visit_copies.as_ref(), (0.0, 100.0));
    }
}

fn check_limits(within: &str, limits: &[Limits], check: &mut Check) {
    for (index, limits) in limits.iter().enumerate() {
        let field = |name: &str| format!("{within}limits[{index}].{name}");
        for accelerator in &limits.accelerators {
            check.reference(&field("accelerators"), accelerator, &check.catalog.accelerators);
        }
        if let Some(bytes) = limits.memory_under_bytes {
            check.number(&field("memory_under_bytes"), bytes, (1e9, 1e13));
        }
        if let Some(bytes) = limits.memory_from_bytes {
            check.number(&field("memory_from_bytes"), bytes, (1e9, 1e13));
        }
        check.figure(&field("step_tokens"), &limits.step_tokens, (1.0, 1e7));
        check.figure(&field("max_sequences"), &limits.max_sequences, (1.0, 1e6));
    }
}

fn check_price(price: &Price, check: &mut Check) {
    check.reference("accelerator", &price.accelerator, &check.catalog.accelerators);
    check.number("rental_unit", f64::from(price.rental_unit), (1.0, 1e4));
    check.optional("on_demand", price.on_demand.as_ref(), USD_PER_HOUR);
    check.optional("reserved_1y", price.reserved_1y.as_ref(), USD_PER_HOUR);
    check.optional("reserved_3y", price.reserved_3y.as_ref(), USD_PER_HOUR);
    check.optional("spot", price.spot.as_ref(), USD_PER_HOUR);
    for (index, quote) in price.quotes.iter().enumerate() {
        let field = |name: &str| format!("quotes[{index}].{name}");
        check.source(&field("source"), &quote.source);
        check.number(&field("accelerators"), f64::from(quote.accelerators), (1.0, 1e5));
        check.number(&field("usd_per_accelerator_hour"), quote.usd_per_accelerator_hour, USD_PER_HOUR);
    }
}

fn check_region(region: &Region, check: &mut Check) {
    check.figure("electricity_usd_per_kwh", &region.electricity_usd_per_kwh, (0.0, 10.0));
    check.figure("carbon_g_per_kwh", &region.carbon_g_per_kwh, (0.0, 3e3));
    check.figure("water_l_per_kwh", &region.water_l_per_kwh, (0.0, 100.0));
    check.figure("pue", &region.pue, (1.0, 5.0));
}

fn check_fabric(fabric: &Fabric, check: &mut Check) {
    if FabricKind::of(&fabric.id).is_none() {
        let known = FabricKind::ALL.map(FabricKind::id).join(" or ");
        check.value("id", fabric.id.clone(), format!("write {known}"));
    }
    for (list, empty) in
        [("switches", fabric.switches.is_empty()), ("transceivers", fabric.transceivers.is_empty())]
    {
        if empty {
            check.value(list, "empty".to_owned(), "name at least one".to_owned());
        }
    }
    for (index, switch) in fabric.switches.iter().enumerate() {
        let field = |name: &str| format!("switches[{index}].{name}");
        check.figure(&field("ports"), &switch.ports, (4.0, 1e4));
        check.figure(&field("port_bytes_per_s"), &switch.port_bytes_per_s, BYTES_PER_S);
        check.figure(&field("power_w"), &switch.power_w, WATTS);
        check.figure(&field("rack_units"), &switch.rack_units, (0.1, 1e3));
        check.figure(&field("price_usd"), &switch.price_usd, (1e2, 1e9));
    }
    for (index, transceiver) in fabric.transceivers.iter().enumerate() {
        let field = |name: &str| format!("transceivers[{index}].{name}");
        check.figure(&field("bytes_per_s"), &transceiver.bytes_per_s, BYTES_PER_S);
        check.figure(&field("power_w"), &transceiver.power_w, (0.0, 1e3));
        check.figure(&field("price_usd"), &transceiver.price_usd, (0.0, 1e6));
    }
    check.figure("cable_usd", &fabric.cable_usd, (0.0, 1e5));
}

fn check_hosted(hosted: &Hosted, check: &mut Check) {
    const USD_PER_MILLION: Plausible = (0.0, 1e4);
    check.number("usd_per_million_input", hosted.usd_per_million_input, USD_PER_MILLION);
    check.number("usd_per_million_output", hosted.usd_per_million_output, (1e-6, 1e4));
    if let Some(usd) = hosted.usd_per_million_cached {
        check.number("usd_per_million_cached", usd, USD_PER_MILLION);
    }
    if let Some(model) = &hosted.same_as {
        check.reference("same_as", model, &check.catalog.models);
    }
    check.source("source", &hosted.source);
}

fn check_reliability(check: &mut Check) {
    let reliability = &check.catalog.reliability;
    check.figure("rack_faults_per_year", &reliability.rack_faults_per_year, (0.0, 100.0));
    check.figure("rack_fault_h", &reliability.rack_fault_h, (0.0, 1e4));
    check.figure("rack_scale_faults_per_year", &reliability.rack_scale_faults_per_year, (0.0, 100.0));
    check.figure("rack_scale_fault_h", &reliability.rack_scale_fault_h, (0.0, 1e4));
    check.figure("feed_faults_per_year", &reliability.feed_faults_per_year, (0.0, 100.0));
    check.figure("feed_fault_h", &reliability.feed_fault_h, (0.0, 1e4));
    check.figure("feed_w", &reliability.feed_w, WATTS);
    check.figure("releases_per_year", &reliability.releases_per_year, (0.0, 1e4));
    check.figure("release_h", &reliability.release_h, (0.0, 1e3));
    for promise in &reliability.promises {
        check.figure(&promise.seller, &promise.availability, FRACTION);
    }
}

fn check_facility(check: &mut Check) {
    let facility = &check.catalog.facility;
    check.figure("power_resident", &facility.power_resident, FRACTION);
    check.figure("power_busy", &facility.power_busy, FRACTION);
    check.figure("power_weights", &facility.power_weights, (0.0, 5.0));
    check.figure("power_kv", &facility.power_kv, (0.0, 5.0));
    check.figure("power_arithmetic", &facility.power_arithmetic, (0.0, 5.0));
    check.figure("storage_power", &facility.storage_power, FRACTION);
    check.figure("embodied_accelerator_kg", &facility.embodied_accelerator_kg, (0.0, 1e5));
    check.figure("embodied_memory_share", &facility.embodied_memory_share, FRACTION);
    check.figure("embodied_server_kg", &facility.embodied_server_kg, (0.0, 1e5));
    check.figure("liquid_heat", &facility.liquid_heat, FRACTION);
    check.figure("liquid_overhead", &facility.liquid_overhead, FRACTION);
    check.figure("storage_price", &facility.storage_price, FRACTION);
    check.figure("deployment_price", &facility.deployment_price, FRACTION);
    check.figure("maintenance_per_year", &facility.maintenance_per_year, FRACTION);
    check.figure("colocation_usd_per_kw_month", &facility.colocation_usd_per_kw_month, (0.0, 1e4));
    check.figure("cabinet_usd_per_month", &facility.cabinet_usd_per_month, (0.0, 1e5));
    check.figure("management_switch_usd", &facility.management_switch_usd, (0.0, 1e6));
    check.figure("spare_parts_price", &facility.spare_parts_price, FRACTION);
    check.figure("remote_hands_usd_per_h", &facility.remote_hands_usd_per_h, (0.0, 1e4));
    check.figure("remote_hands_h", &facility.remote_hands_h, (0.0, 1e3));
    check.figure("egress_usd_per_gb", &facility.egress_usd_per_gb, (0.0, 10.0));
    check.figure("streamed_bytes_per_token", &facility.streamed_bytes_per_token, (0.0, 1e5));
    let stored = &facility.rented_storage_usd_per_gb_month;
    check.figure("rented_storage_usd_per_gb_month", stored, (0.0, 100.0));
    check.figure("residual_after_4_years", &facility.residual_after_4_years, FRACTION);
    check.figure("server_life_years", &facility.server_life_years, (0.5, 30.0));
    check.figure("air_hall_usd_per_w", &facility.air_hall_usd_per_w, (0.0, 1e3));
    check.figure("liquid_hall_usd_per_w", &facility.liquid_hall_usd_per_w, (0.0, 1e3));
    check.figure("hall_life_years", &facility.hall_life_years, (1.0, 100.0));
    check.figure("hall_upkeep_per_year", &facility.hall_upkeep_per_year, FRACTION);
    check.figure("engineer_usd_per_year", &facility.engineer_usd_per_year, (0.0, 1e7));
    check.figure("accelerators_per_engineer", &facility.accelerators_per_engineer, (1.0, 1e6));
    check.figure("least_engineers", &facility.least_engineers, (0.0, 1e3));
    let least = &facility.least_engineers_accelerators;
    check.figure("least_engineers_accelerators", least, (1.0, 1e6));
    check.figure("repairs_per_accelerator_year", &facility.repairs_per_accelerator_year, (0.0, 100.0));
    check.figure("repair_h", &facility.repair_h, (0.0, 1e4));
    check.figure("restarts_per_accelerator_year", &facility.restarts_per_accelerator_year, (0.0, 1e3));
    check.figure("restart_h", &facility.restart_h, (0.0, 1e3));
    check.figure("start_s", &facility.start_s, (0.0, 1e5));
    check.figure("start_weights_bytes", &facility.start_weights_bytes, (1e6, 1e13));
    check.figure("spot_interruptions_per_month", &facility.spot_interruptions_per_month, (0.0, 1e3));
    check.figure("spot_recovery_h", &facility.spot_recovery_h, (0.0, 1e3));
    check.figure("grid_water_l_per_kwh", &facility.grid_water_l_per_kwh, (0.0, 100.0));
}
