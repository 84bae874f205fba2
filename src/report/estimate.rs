//! An estimate as a record of named values: the same columns for JSON, CSV and the terminal.

use serde_json::{Map, Value};

use super::Grid;
use super::plain::push_number;
use crate::engine::Estimate;
use crate::report::numbers;
use crate::units::Unit;

/// One value of an estimate.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum EstimateCell {
    /// Yes or no.
    Flag(bool),
    /// A number in its base unit.
    Number(f64, Unit),
    /// One of a fixed list.
    Word(&'static str),
}

/// Columns that an estimate has; `error` follows them.
pub const COLUMNS: [&str; 29] = [
    "fits",
    "weights_bytes",
    "kv_cache_bytes",
    "activation_bytes",
    "reserve_bytes",
    "memory_bytes",
    "kv_bytes_per_token",
    "kv_capacity_tokens",
    "max_concurrency",
    "prefill_s",
    "decode_step_s",
    "ttft_s",
    "tpot_s",
    "ttft_low_s",
    "ttft_high_s",
    "tpot_low_s",
    "tpot_high_s",
    "output_tokens_per_s",
    "output_tokens_per_s_per_accelerator",
    "requests_per_s",
    "prefill_bound",
    "decode_bound",
    "basis",
    "weight_only",
    "output_tokens_per_s_low",
    "output_tokens_per_s_high",
    "prefill_tokens_per_s",
    "decode_tokens_per_s",
    "accelerator_w",
];

/// The values of `estimate` in the order of [`COLUMNS`].
pub fn cells(estimate: &Estimate, weight_only: bool) -> [EstimateCell; COLUMNS.len()] {
    use EstimateCell::{Flag, Number, Word};
    let e = estimate;
    let m = &e.memory;
    [
        Flag(m.fits),
        Number(m.weights_bytes, Unit::Bytes),
        Number(m.kv_cache_bytes, Unit::Bytes),
        Number(m.activation_bytes, Unit::Bytes),
        Number(m.reserve_bytes, Unit::Bytes),
        Number(m.memory_bytes, Unit::Bytes),
        Number(m.kv_bytes_per_token, Unit::Bytes),
        Number(m.kv_capacity_tokens.floor(), Unit::Tokens),
        Number(m.max_concurrency, Unit::One),
        Number(e.prefill_s, Unit::Seconds),
        Number(e.decode_step_s, Unit::Seconds),
        Number(e.ttft_s.typical, Unit::Seconds),
        Number(e.tpot_s.typical, Unit::Seconds),
        Number(e.ttft_s.low, Unit::Seconds),
        Number(e.ttft_s.high, Unit::Seconds),
        Number(e.tpot_s.low, Unit::Seconds),
        Number(e.tpot_s.high, Unit::Seconds),
        Number(e.output_tokens_per_s, Unit::TokensPerSecond),
        Number(e.output_tokens_per_s_per_accelerator, Unit::TokensPerSecond),
        Number(e.requests_per_s, Unit::RequestsPerSecond),
        Word(e.prefill_bound.id()),
        Word(e.decode_bound.id()),
        Word(if e.evidence.is_calibrated() { "calibrated" } else { "derived" }),
        Flag(weight_only),
        Number(e.output_tokens_per_s_low, Unit::TokensPerSecond),
        Number(e.output_tokens_per_s_high, Unit::TokensPerSecond),
        Number(e.prefill_tokens_per_s, Unit::TokensPerSecond),
        Number(e.decode_tokens_per_s, Unit::TokensPerSecond),
        Number(e.accelerator_w, Unit::Watts),
    ]
}

/// Writes rows of cells for a machine. Of each column it keeps the last number as text: rows that follow each other
/// have many in common, and printing takes longer than comparing.
#[derive(Default)]
pub struct EstimateRows {
    last: [(u64, String); COLUMNS.len()],
}

impl EstimateRows {
    /// Appends the cells of an answer, separated by commas.
    pub fn write(&mut self, cells: &[EstimateCell; COLUMNS.len()], out: &mut String) {
        for (i, (cell, (bits, text))) in cells.iter().zip(&mut self.last).enumerate() {
            if i > 0 {
                out.push(',');
            }
            match *cell {
                EstimateCell::Flag(true) => out.push_str("true"),
                EstimateCell::Flag(false) => out.push_str("false"),
                EstimateCell::Word(word) => out.push_str(word),
                EstimateCell::Number(v, _) => {
                    if text.is_empty() || v.to_bits() != *bits {
                        *bits = v.to_bits();
                        text.clear();
                        push_number(v, text);
                    }
                    out.push_str(text);
                }
            }
        }
    }
}

/// One JSON document.
pub fn json(cells: &[EstimateCell; COLUMNS.len()]) -> String {
    let mut object: Map<String, Value> = COLUMNS
        .iter()
        .zip(cells)
        .map(|(column, cell)| {
            let value = match *cell {
                EstimateCell::Flag(flag) => flag.into(),
                EstimateCell::Number(v, _) => v.into(),
                EstimateCell::Word(word) => word.into(),
            };
            ((*column).to_owned(), value)
        })
        .collect();
    object.insert("error".to_owned(), "".into());
    format!("{:#}\n", Value::Object(object))
}

/// Two columns for a terminal, rounded for users.
pub fn table(cells: &[EstimateCell; COLUMNS.len()]) -> String {
    let mut grid = Grid::new(&["", ""]);
    for (column, cell) in COLUMNS.iter().zip(cells) {
        let text = match *cell {
            EstimateCell::Flag(flag) => if flag { "yes" } else { "no" }.to_owned(),
            EstimateCell::Number(v, unit) => numbers::quantity(v, unit),
            EstimateCell::Word(word) => word.to_owned(),
        };
        // The unit is with the value; a rate keeps its "per s".
        let name = column.strip_suffix("_bytes").unwrap_or(column);
        let name = if name.ends_with("_per_s") { name } else { name.strip_suffix("_s").unwrap_or(name) };
        grid.row(vec![name.replace('_', " "), text]);
    }
    grid.aligned().trim_start().to_owned()
}
