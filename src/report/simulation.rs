//! The answer of a simulation: for users its sentence and tables, for machines one row of fields.

use serde_json::{Map, Value, json};

use super::json::JsonNumber;
use super::{Format, Grid, sentence};
use crate::catalog::NumberFormat;
use crate::engine::Degrees;
use crate::engine::simulator::{Bottleneck, Departure, End, Simulation, SizedFleet, Spread};
use crate::report::numbers;
use crate::scenario::Slo;

/// What was simulated.
#[derive(Clone, Copy, Debug)]
pub struct Simulated<'a> {
    /// The fleet.
    pub fleet: &'a SizedFleet,
    /// Replicas that ran: those that write answers, where others read the prompts.
    pub replicas: u32,
    /// Replicas that read prompts for them; 0: each reads its own.
    pub replicas_that_read: u32,
    /// What came out.
    pub simulation: &'a Simulation,
    /// The service levels.
    pub slo: &'a Slo,
    /// Of the random numbers.
    pub seed: u64,
}

/// The answer in `format`.
pub fn document(simulated: &Simulated<'_>, format: Format) -> String {
    match format {
        Format::Json => {
            let fields = fields(simulated).map(|(name, value)| (name.to_owned(), value));
            let document: Map<String, Value> = fields.into_iter().collect();
            format!("{:#}\n", Value::Object(document))
        }
        Format::Csv => row(simulated),
        Format::Table => page(simulated, false),
        Format::Markdown => page(simulated, true),
    }
}

/// The fleet, such as `4 × 2 B200`: replicas, accelerators of each.
fn fleet(simulated: &Simulated<'_>) -> String {
    let of = |replicas: u32, degrees: Degrees| {
        let each = degrees.accelerators();
        let each = if each > 1 { format!("{each} ") } else { String::new() };
        format!("{} × {each}{}", numbers::count(f64::from(replicas)), simulated.fleet.name)
    };
    let writers = of(simulated.replicas, simulated.fleet.degrees);
    match &simulated.fleet.readers {
        Some(pool) => {
            let readers = of(simulated.replicas_that_read, pool.degrees);
            format!("A fleet of {readers} for prefill and {writers} for decode")
        }
        None => writers,
    }
}

/// Sentence and tables.
fn page(simulated: &Simulated<'_>, markdown: bool) -> String {
    let Simulated { simulation, slo, .. } = *simulated;
    let share = slo.percentile / 100.0;
    let sentence = sentence::simulated(simulation, &fleet(simulated), share);
    let (times, facts) = (times(simulation, slo), facts(simulated));
    if markdown {
        format!("**{sentence}**\n\n{}\n{}", times.markdown(), facts.markdown())
    } else {
        format!("{sentence}\n\n{}\n{}", times.aligned(), facts.aligned())
    }
}

/// The four times, each with its percentiles.
fn times(simulation: &Simulation, slo: &Slo) -> Grid {
    let mut grid = Grid::new(&["Time", "Mean", "p50", "p90", "p95", "p99", "Limit"]);
    let rows = [
        ("To first token", simulation.ttft_s, Some(slo.ttft_s)),
        ("Per output token", simulation.tpot_s, Some(slo.tpot_s)),
        ("Between tokens", simulation.itl_s, None),
        ("To last token", simulation.e2e_s, None),
    ];
    for (label, spread, limit) in rows {
        let mut cells = vec![label.to_owned()];
        let Spread { mean, p50, p90, p95, p99, .. } = spread;
        cells.extend([mean, p50, p90, p95, p99].map(numbers::seconds));
        cells.push(limit.map_or_else(|| "–".to_owned(), numbers::seconds));
        grid.row(cells);
    }
    grid
}

/// Everything else.
fn facts(simulated: &Simulated<'_>) -> Grid {
    let Simulated { simulation: s, fleet, seed, .. } = *simulated;
    let mut grid = Grid::new(&["Figure", "Value"]);
    let mut row = |label: &str, value: String| grid.row(vec![label.to_owned(), value]);
    let layout = |d: Degrees, weights: NumberFormat, kv_cache: NumberFormat| {
        format!(
            "TP {}, PP {}, EP {}, attention DP {}, weights {weights}, KV cache {kv_cache}",
            d.tp, d.pp, d.ep, d.attention_dp
        )
    };
    let writes = layout(fleet.degrees, fleet.weights, fleet.kv_cache);
    match &fleet.readers {
        Some(pool) => {
            row("Layout of a prefill replica", layout(pool.degrees, pool.weights, pool.kv_cache));
            row("Layout of a decode replica", writes);
        }
        None => row("Layout of a replica", writes),
    }
    if let Some((blocks, tokens)) = fleet.machine.kv_blocks() {
        let blocks = numbers::count(blocks as f64);
        row("KV cache of a replica's copy of attention", format!("{blocks} blocks of {tokens} tokens"));
    }
    let all = f64::from(simulated.replicas + simulated.replicas_that_read);
    if s.mean_replicas < all {
        let ran = numbers::significant(s.mean_replicas, 3);
        row("Replicas that ran, mean", format!("{ran} of {}", numbers::count(all)));
        if let Some(rent) = &fleet.rent {
            let following = s.mean_replicas * rent.on_demand_usd_per_replica_month;
            row(
                "Rented on demand for as long as they ran, without spares",
                format!("{} a month", numbers::usd(following)),
            );
            row(
                "The plan's fleet all the time, spares included",
                format!("{} a month", numbers::usd(rent.usd_per_month)),
            );
        }
    }
    row("Requests", numbers::count(s.requests as f64));
    row("Completed", numbers::count(s.completed as f64));
    for (label, count) in [
        ("Refused: longer than the context or the cache", s.refused),
        ("Rejected: queue full", s.rejected),
        ("Failures of replicas", s.failures),
    ] {
        if count > 0 {
            row(label, numbers::count(count as f64));
        }
    }
    row("Requests came for", numbers::seconds(s.duration_s));
    row("Until the last was done", numbers::seconds(s.simulated_s));
    row("Output tokens per second", numbers::significant(s.output_tokens_per_s, 3));
    row("Time that engines stepped", numbers::percent(s.busy_fraction));
    row("KV cache in use at most", numbers::percent(s.peak_kv_fraction));
    row("Preemptions", numbers::count(s.preemptions as f64));
    if let Some(bottleneck) = s.bottleneck {
        row("Waited longest for", sentence::bottleneck(bottleneck).to_owned());
    }
    row("Seed", seed.to_string());
    grid
}

/// The fields as one row; a spread has a column for each of its figures.
fn row(simulated: &Simulated<'_>) -> String {
    let mut cells: Vec<(String, String)> = Vec::new();
    let text = |value: &Value| match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    for (name, value) in fields(simulated) {
        match &value {
            Value::Object(inner) => {
                cells.extend(inner.iter().map(|(key, value)| (format!("{name}.{key}"), text(value))));
            }
            value => cells.push((name.to_owned(), text(value))),
        }
    }
    let headings: Vec<&str> = cells.iter().map(|(name, _)| name.as_str()).collect();
    let mut grid = Grid::new(&headings);
    grid.row(cells.iter().map(|(_, text)| text.clone()).collect());
    grid.csv()
}

/// The answer by name.
fn fields(simulated: &Simulated<'_>) -> [(&'static str, Value); 25] {
    let Simulated { simulation: s, fleet, replicas, seed, .. } = *simulated;
    let number = |value: f64| json!(JsonNumber(value));
    let spread = |spread: Spread| {
        let Spread { mean, p50, p90, p95, p99, at_slo } = spread;
        json!({"mean": number(mean), "p50": number(p50), "p90": number(p90), "p95": number(p95), "p99": number(p99),
               "at_slo": number(at_slo)})
    };
    let layout = |d: Degrees, replicas: u32, weights: NumberFormat, kv_cache: NumberFormat| {
        json!({"tp": d.tp, "pp": d.pp, "ep": d.ep, "attention_dp": d.attention_dp, "replicas": replicas,
               "weights": weights.id(), "kv_cache": kv_cache.id()})
    };
    let readers = fleet
        .readers
        .as_ref()
        .map(|pool| layout(pool.degrees, simulated.replicas_that_read, pool.weights, pool.kv_cache));
    let layout = layout(fleet.degrees, replicas, fleet.weights, fleet.kv_cache);
    let blocks = fleet.machine.kv_blocks();
    [
        ("accelerator", fleet.accelerator.as_str().into()),
        ("layout", layout),
        ("prefill_layout", json!(readers)),
        ("kv_blocks", json!(blocks.map(|(blocks, _)| blocks))),
        ("kv_block_tokens", json!(blocks.map(|(_, tokens)| tokens))),
        ("seed", seed.into()),
        ("requests", s.requests.into()),
        ("completed", s.completed.into()),
        ("refused", s.refused.into()),
        ("rejected", s.rejected.into()),
        ("failures", s.failures.into()),
        ("mean_replicas", number(s.mean_replicas)),
        ("duration_s", number(s.duration_s)),
        ("simulated_s", number(s.simulated_s)),
        ("ttft_s", spread(s.ttft_s)),
        ("tpot_s", spread(s.tpot_s)),
        ("itl_s", spread(s.itl_s)),
        ("e2e_s", spread(s.e2e_s)),
        ("slo_attainment", number(s.slo_attainment)),
        ("output_tokens_per_s", number(s.output_tokens_per_s)),
        ("busy_fraction", number(s.busy_fraction)),
        ("peak_kv_fraction", number(s.peak_kv_fraction)),
        ("preemptions", s.preemptions.into()),
        ("verdict", s.verdict.id().into()),
        ("waited_for", json!(s.bottleneck.map(Bottleneck::id))),
    ]
}

/// Names of the columns of a row of a request.
pub const REQUEST_COLUMNS: &str = "request,arrival_s,input_tokens,output_tokens,cached_tokens,replica,ttft_s,tpot_s,e2e_s,\
                                   preemptions,status";

/// A row of a request, with a line end; cells of what did not happen are empty.
pub fn request_row(departure: &Departure) -> String {
    let d = departure;
    let status = match d.end {
        End::Completed => "completed",
        End::Refused => "refused",
        End::Rejected => "rejected",
    };
    let time = |s: f64| if d.end == End::Completed { s.to_string() } else { String::new() };
    let tpot = if d.arrival.output_tokens > 1 { time(d.tpot_s) } else { String::new() };
    format!(
        "{},{},{},{},{},{},{},{tpot},{},{},{status}\n",
        d.index,
        d.arrival.arrival_s,
        d.arrival.input_tokens,
        d.arrival.output_tokens,
        d.cached_tokens,
        d.replica,
        time(d.ttft_s),
        time(d.e2e_s),
        d.preemptions
    )
}
