//! Result files that are tables, as the documents that the same benchmarks write: AIPerf and GenAI-Perf export a row for
//! each metric, `vllm bench sweep` a row for each run.

use serde_json::{Map, Value};

use super::error::BenchmarkError;
use crate::units::{Unit, parse_plain};

/// Metrics of AIPerf and GenAI-Perf, in small letters and without their unit, as their JSON calls them.
const METRICS: [(&str, &str); 8] = [
    ("time to first token", "time_to_first_token"),
    ("inter token latency", "inter_token_latency"),
    ("input sequence length", "input_sequence_length"),
    ("output sequence length", "output_sequence_length"),
    ("request count", "request_count"),
    ("error request count", "error_request_count"),
    ("benchmark duration", "benchmark_duration"),
    ("overall usage prompt cache read %", "overall_usage_prompt_cache_read"),
];

/// Whether `text` is a table rather than JSON.
pub fn is_table(text: &str) -> bool {
    !text.trim_start().starts_with(['{', '['])
        && text.lines().find(|line| !line.trim().is_empty()).is_some_and(|line| line.contains(','))
}

/// The documents of a table: one for all metrics, or one for each run.
///
/// # Errors
/// It is not a readable table.
pub fn documents(file: &str, text: &str) -> Result<Vec<Value>, BenchmarkError> {
    let mut reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(text.as_bytes());
    let mut records = Vec::new();
    for record in reader.records() {
        let record = record.map_err(|error| BenchmarkError::Csv {
            file: file.to_owned(),
            line: error.position().map_or(0, csv::Position::line),
            message: error.to_string(),
        })?;
        records.push(record.iter().map(|cell| cell.trim().to_owned()).collect::<Vec<_>>());
    }
    let Some(headings) = records.first() else { return Ok(Vec::new()) };
    if headings[0].eq_ignore_ascii_case("metric") {
        return Ok(vec![metrics(&records)]);
    }
    let run = |cells: &Vec<String>| {
        let fields = headings.iter().zip(cells).filter(|(name, _)| !name.is_empty());
        Value::Object(fields.map(|(name, cell)| (name.clone(), value(cell))).collect())
    };
    Ok(records[1..].iter().map(run).collect())
}

/// All sections of a table of metrics: each begins with headings of its own.
fn metrics(records: &[Vec<String>]) -> Value {
    let (mut out, mut headings): (Map<String, Value>, &[String]) = (Map::new(), &[]);
    for record in records {
        if record.iter().any(|cell| cell.eq_ignore_ascii_case("metric")) {
            headings = record;
            continue;
        }
        let (name, unit) = match record[0].rsplit_once('(') {
            Some((name, unit)) => (name.trim(), unit.trim_end_matches(')')),
            None => (record[0].as_str(), ""),
        };
        let known = METRICS.iter().find(|(known, _)| name.eq_ignore_ascii_case(known));
        // Later sections are of the machines.
        let Some((_, field)) =
            known.filter(|_| headings.first().is_some_and(|h| h.eq_ignore_ascii_case("metric")))
        else {
            continue;
        };
        let mut metric = Map::new();
        metric.insert("unit".to_owned(), Value::from(unit));
        for (heading, cell) in headings.iter().zip(record).skip(1) {
            if let Some(number) = number(cell) {
                let heading = if heading.eq_ignore_ascii_case("value") { "avg" } else { heading };
                metric.insert(heading.to_lowercase(), Value::from(number));
            }
        }
        out.insert((*field).to_owned(), Value::Object(metric));
    }
    Value::Object(out)
}

/// A number with thousands parted or not; `None`: the cell has none.
fn number(cell: &str) -> Option<f64> {
    cell.parse().ok().or_else(|| parse_plain(cell, Unit::One)).filter(|number: &f64| number.is_finite())
}

fn value(cell: &str) -> Value {
    match cell {
        "" => Value::Null,
        "True" | "true" => Value::Bool(true),
        "False" | "false" => Value::Bool(false),
        _ => match cell.parse::<f64>().ok().filter(|number| number.is_finite()) {
            Some(number) => Value::from(number),
            None => Value::from(cell),
        },
    }
}
