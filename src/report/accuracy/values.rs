//! Every judged value as a line, SI base units. What a phase does not have is empty.

use super::Report;
use crate::engine::Band;
use crate::engine::calibration::accuracy::{Judged, JudgedThroughput};
use crate::report::Grid;

const COLUMNS: [&str; 27] = [
    "id",
    "phase",
    "source",
    "model",
    "accelerator",
    "stack",
    "weights",
    "kv_cache",
    "tp",
    "pp",
    "ep",
    "attention_dp",
    "input_tokens",
    "output_tokens",
    "length_spread",
    "concurrency",
    "fits",
    "measured_s",
    "predicted_s",
    "low_s",
    "high_s",
    "measured_tokens_per_s",
    "predicted_tokens_per_s",
    "low_tokens_per_s",
    "high_tokens_per_s",
    "ratio",
    "inside_band",
];

/// A line for each judged value; throughputs are of one engine.
pub fn grid(report: &Report<'_>) -> Grid {
    let mut grid = Grid::new(&COLUMNS);
    let source = report.from.unwrap_or(super::page::SOURCE);
    for value in &report.judgement.values {
        let row = report.judgement.rows[value.row];
        let Judged { phase, measured_s, predicted_s, fits, .. } = value;
        let kv_cache = row.kv_cache.map(|format| format.to_string()).unwrap_or_default();
        let mut cells = vec![row.id.clone(), phase.id().to_owned(), source.to_owned()];
        cells.extend([&row.model, &row.accelerator, &row.stack].map(Clone::clone));
        cells.extend([row.weights.to_string(), kv_cache]);
        cells.extend([row.tp, row.pp, row.ep, row.attention_dp].map(|degree| degree.to_string()));
        cells.extend([row.input_tokens, row.output_tokens, row.length_spread].map(|n| n.to_string()));
        cells.extend([row.concurrency.to_string(), fits.to_string()]);
        cells.extend(beside(*measured_s, predicted_s));
        cells.extend([const { String::new() }; 4]);
        cells.extend([value.ratio().to_string(), value.inside_band().to_string()]);
        grid.row(cells);
    }
    for value in report.throughput.iter().flat_map(|part| &part.judgement.values) {
        let JudgedThroughput { row, measured_tokens_per_s, predicted_tokens_per_s, .. } = value;
        let kv_cache = row.kv_cache.map(|format| format.to_string()).unwrap_or_default();
        let mut cells = vec![row.id.clone(), "throughput".to_owned(), row.source.clone()];
        cells.extend([&row.model, &row.accelerator, &row.stack].map(Clone::clone));
        cells.extend([row.weights.to_string(), kv_cache]);
        cells.extend([row.tp, row.pp, row.ep, 1].map(|degree| degree.to_string()));
        cells.extend([row.input_tokens, row.output_tokens, 0.0].map(|n| n.to_string()));
        cells.extend([value.concurrency.to_string(), value.fits.to_string()]);
        cells.extend([const { String::new() }; 4]);
        cells.extend(beside(*measured_tokens_per_s, predicted_tokens_per_s));
        cells.extend([value.ratio().to_string(), value.inside_band().to_string()]);
        grid.row(cells);
    }
    grid
}

fn beside(measured: f64, predicted: &Band) -> [String; 4] {
    [measured, predicted.typical, predicted.low, predicted.high].map(|v| v.to_string())
}
