//! The catalog as lists: what the program knows, each figure with source and date.

use super::{Format, Grid};
use crate::catalog::{Catalog, Model, NumberFormat, Sourced, measured_latency};
use crate::engine::replica::profile::Profile;

/// A list of the catalog.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "cli", derive(clap::ValueEnum))]
pub enum List {
    /// Accelerators.
    Accelerators,
    /// Models.
    Models,
    /// Serving stacks.
    Stacks,
    /// Servers.
    Servers,
    /// Rental prices.
    Prices,
    /// Regions.
    Regions,
    /// Network technologies.
    Fabrics,
    /// Hosted models.
    Hosted,
    /// Measured runs.
    Benchmarks,
}

/// The list in `format`: a row for each record, each figure followed by its source and date.
pub fn document(catalog: &Catalog, list: List, format: Format) -> String {
    let grid = match list {
        List::Accelerators => accelerators(catalog),
        List::Models => models(catalog),
        List::Stacks => stacks(catalog),
        List::Servers => servers(catalog),
        List::Prices => prices(catalog),
        List::Regions => regions(catalog),
        List::Fabrics => fabrics(catalog),
        List::Hosted => hosted(catalog),
        List::Benchmarks => benchmarks(),
    };
    match format {
        Format::Table => grid.aligned(),
        Format::Markdown => grid.markdown(),
        Format::Csv => grid.csv(),
        Format::Json => format!("{:#}\n", grid.json()),
    }
}

/// A figure's value, and where it comes from.
fn sourced(catalog: &Catalog, figure: Option<&Sourced>) -> [String; 2] {
    match figure {
        None => [String::new(), String::new()],
        Some(figure) => {
            let date = catalog.source(figure.source()).map_or("undated", |s| s.date.as_str());
            [figure.value().to_string(), format!("{} {date} ({})", figure.source(), figure.basis().label())]
        }
    }
}

/// Rows of an id, a name and figures, each with its source in the column after it.
fn figures(
    catalog: &Catalog,
    columns: &[&str],
    rows: impl Iterator<Item = (Vec<String>, Vec<Option<Sourced>>)>,
    fixed: &[&str],
) -> Grid {
    let mut headings: Vec<&str> = fixed.to_vec();
    for column in columns {
        headings.push(column);
        headings.push("source");
    }
    let mut grid = Grid::new(&headings);
    // Two columns may not share a name in JSON.
    for (i, column) in columns.iter().enumerate() {
        grid.headings[fixed.len() + 2 * i + 1] = format!("{column}_source");
    }
    for (mut cells, values) in rows {
        for value in &values {
            cells.extend(sourced(catalog, value.as_ref()));
        }
        grid.row(cells);
    }
    grid
}

fn accelerators(catalog: &Catalog) -> Grid {
    figures(
        catalog,
        &[
            "memory_sold_gb",
            "memory_bytes",
            "memory_bytes_per_s",
            "bf16_ops_per_s",
            "fp8_ops_per_s",
            "int8_ops_per_s",
            "fp4_ops_per_s",
            "tdp_w",
            "idle_w",
            "scale_up_bytes_per_s",
            "scale_up_domain",
            "nic_bytes_per_s",
        ],
        catalog.accelerators.iter().map(|a| {
            let peaks = &a.peak_ops_per_s;
            (
                vec![a.id.clone(), a.name.clone(), a.generation.clone()],
                vec![
                    a.memory_sold_gb.clone(),
                    Some(a.memory_bytes.clone()),
                    Some(a.memory_bytes_per_s.clone()),
                    Some(peaks.bf16.clone()),
                    peaks.fp8.clone(),
                    peaks.int8.clone(),
                    peaks.fp4.clone(),
                    Some(a.tdp_w.clone()),
                    Some(a.idle_w.clone()),
                    Some(a.scale_up.bytes_per_s.clone()),
                    Some(a.scale_up.domain.clone()),
                    Some(a.nic_bytes_per_s.clone()),
                ],
            )
        }),
        &["id", "name", "generation"],
    )
}

fn models(catalog: &Catalog) -> Grid {
    let mut grid = Grid::new(&[
        "id",
        "name",
        "parameters",
        "active_parameters",
        "context_tokens",
        "kv_bytes_per_token_bf16",
        "checkpoint",
        "source",
    ]);
    for model in &catalog.models {
        let profile = Profile::of(model);
        let elements = profile.kv_elements + profile.windows.kv_elements();
        grid.row(vec![
            model.id.clone(),
            model.name.clone(),
            profile.parameters.to_string(),
            profile.active_parameters.to_string(),
            model.context.to_string(),
            (elements * NumberFormat::Bf16.bytes()).to_string(),
            model.checkpoint.id().to_owned(),
            dated(catalog, model),
        ]);
    }
    grid
}

fn dated(catalog: &Catalog, model: &Model) -> String {
    let date = catalog.source(&model.source).map_or("undated", |s| s.date.as_str());
    format!("{} {date}", model.source)
}

fn stacks(catalog: &Catalog) -> Grid {
    figures(
        catalog,
        &[
            "memory_fraction",
            "kv_block_tokens",
            "step_tokens",
            "max_sequences",
            "reserve_bytes",
            "step_overhead_s",
            "sequence_overhead_s",
            "request_overhead_s",
        ],
        catalog.stacks.iter().map(|s| {
            (
                vec![s.id.clone(), s.name.clone(), s.version.clone()],
                [
                    &s.memory_fraction,
                    &s.kv_block_tokens,
                    &s.step_tokens,
                    &s.max_sequences,
                    &s.reserve_bytes,
                    &s.step_overhead_s,
                    &s.sequence_overhead_s,
                    &s.request_overhead_s,
                ]
                .map(|f| Some(f.clone()))
                .to_vec(),
            )
        }),
        &["id", "name", "version"],
    )
}

fn servers(catalog: &Catalog) -> Grid {
    figures(
        catalog,
        &[
            "accelerators",
            "idle_w",
            "max_w",
            "measured_max_w",
            "rack_units",
            "price_usd",
            "price_low_usd",
            "price_high_usd",
        ],
        catalog.servers.iter().map(|s| {
            (
                vec![
                    s.id.clone(),
                    s.name.clone(),
                    s.accelerator.clone(),
                    s.vendor_class.id().to_owned(),
                    s.default.to_string(),
                ],
                vec![
                    Some(s.accelerators.clone()),
                    Some(s.idle_w.clone()),
                    Some(s.max_w.clone()),
                    s.measured_max_w.clone(),
                    Some(s.rack_units.clone()),
                    s.price_usd.clone(),
                    s.price_low_usd.clone(),
                    s.price_high_usd.clone(),
                ],
            )
        }),
        &["id", "name", "accelerator", "vendor_class", "default"],
    )
}

/// What classes of sellers ask for each accelerator and term, then every offer behind it.
fn prices(catalog: &Catalog) -> Grid {
    let mut grid = Grid::new(&[
        "accelerator",
        "term",
        "usd_per_accelerator_hour",
        "used",
        "class",
        "provider",
        "region",
        "product",
        "accelerators_per_machine",
        "as_of",
        "source",
    ]);
    for market in &catalog.markets {
        for price in &market.prices {
            let machines: Vec<String> = price.machines.iter().map(u32::to_string).collect();
            let derived = if price.derived { ", by the sellers' discount on others" } else { "" };
            grid.row(vec![
                price.accelerator.clone(),
                price.term.id().to_owned(),
                price.usd_per_accelerator_hour.to_string(),
                "true".to_owned(),
                market.class.id().to_owned(),
                String::new(),
                String::new(),
                format!("sellers {}, spread {}{derived}", price.sellers, price.spread),
                machines.join(" "),
                price.newest.clone(),
                "class-prices (derived)".to_owned(),
            ]);
        }
    }
    for offer in catalog.offers() {
        grid.row(vec![
            offer.accelerator.clone(),
            offer.term.id().to_owned(),
            offer.usd_per_accelerator_hour.to_string(),
            "false".to_owned(),
            offer.provider_class.id().to_owned(),
            offer.provider.clone(),
            offer.region.clone(),
            offer.product.clone(),
            offer.accelerators_per_unit.to_string(),
            offer.as_of.clone(),
            format!("{} ({})", offer.source_id, offer.basis.label()),
        ]);
    }
    grid
}

fn regions(catalog: &Catalog) -> Grid {
    figures(
        catalog,
        &["electricity_usd_per_kwh", "carbon_g_per_kwh", "water_l_per_kwh", "pue"],
        catalog.regions.iter().map(|r| {
            (
                vec![r.id.clone(), r.name.clone()],
                vec![
                    Some(r.electricity_usd_per_kwh.clone()),
                    Some(r.carbon_g_per_kwh.clone()),
                    Some(r.water_l_per_kwh.clone()),
                    Some(r.pue.clone()),
                ],
            )
        }),
        &["id", "name"],
    )
}

/// Switches, then transceivers, of each network.
fn fabrics(catalog: &Catalog) -> Grid {
    let figure = |f: &Sourced| Some(f.clone());
    figures(
        catalog,
        &["bytes_per_s", "ports", "power_w", "rack_units", "price_usd"],
        catalog.fabrics.iter().flat_map(|fabric| {
            let row = |part: &str, name: &str| vec![fabric.id.clone(), part.to_owned(), name.to_owned()];
            let switches = fabric.switches.iter().map(move |s| {
                (
                    row("switch", &s.name),
                    vec![
                        figure(&s.port_bytes_per_s),
                        figure(&s.ports),
                        figure(&s.power_w),
                        figure(&s.rack_units),
                        figure(&s.price_usd),
                    ],
                )
            });
            let optics = fabric.transceivers.iter().map(move |o| {
                (
                    row("transceiver", ""),
                    vec![figure(&o.bytes_per_s), None, figure(&o.power_w), None, figure(&o.price_usd)],
                )
            });
            let cable = (row("cable", ""), vec![None, None, None, None, figure(&fabric.cable_usd)]);
            switches.chain(optics).chain([cable])
        }),
        &["id", "part", "name"],
    )
}

fn hosted(catalog: &Catalog) -> Grid {
    let mut grid = Grid::new(&[
        "provider",
        "model",
        "same_as",
        "usd_per_million_input",
        "usd_per_million_cached",
        "usd_per_million_output",
        "source",
    ]);
    for h in &catalog.hosted {
        grid.row(vec![
            h.provider.clone(),
            h.model.clone(),
            h.same_as.clone().unwrap_or_default(),
            h.usd_per_million_input.to_string(),
            h.usd_per_million_cached.map_or_else(String::new, |v| v.to_string()),
            h.usd_per_million_output.to_string(),
            format!("{} {}", h.source, h.date),
        ]);
    }
    grid
}

fn benchmarks() -> Grid {
    let mut grid = Grid::new(&[
        "id",
        "model",
        "accelerator",
        "stack",
        "weights",
        "tp",
        "ep",
        "attention_dp",
        "input_tokens",
        "output_tokens",
        "concurrency",
        "ttft_s",
        "tpot_s",
        "measured",
    ]);
    let seconds = |ms: Option<f64>| ms.map_or_else(String::new, |v| (v / 1e3).to_string());
    for row in measured_latency().unwrap_or_default() {
        grid.row(vec![
            row.id,
            row.model,
            row.accelerator,
            row.stack,
            row.weights.to_string(),
            row.tp.to_string(),
            row.ep.to_string(),
            row.attention_dp.to_string(),
            row.input_tokens.to_string(),
            row.output_tokens.to_string(),
            row.concurrency.to_string(),
            seconds(row.ttft_ms),
            seconds(row.tpot_ms),
            row.measured,
        ]);
    }
    grid
}
