//! The answers to a file of questions, row by row, in memory that does not grow with the file.

use std::collections::HashMap;
use std::io::Write;

use headroom::engine::{self, Prepared};
use headroom::report::estimate::{self as report, COLUMNS};

use super::Failure;
use super::question::{self, DEPLOYMENT, QuestionRow, Resolver, Rows};

/// Bytes per write.
const CHUNK_BYTES: usize = 1 << 16;

/// Most deployments that are kept; beyond that the cache is emptied.
const MOST_KEPT: usize = 4096;

/// Answers every row. Its own columns are passed through; the problem of a row is in its column `error`.
///
/// # Errors
/// A row cannot be read; those before it have been answered.
pub fn write(rows: &mut Rows, resolver: &mut Resolver, stdout: &mut impl Write) -> Result<(), Failure> {
    let width = rows.headings().len();
    let mut out = String::with_capacity(2 * CHUNK_BYTES);
    push_record(&mut out, rows.headings(), width);
    for name in COLUMNS.iter().chain(&["error"]) {
        out.push(',');
        out.push_str(name);
    }
    out.push('\n');
    let (mut kept, mut plain) = (Kept::default(), report::EstimateRows::default());
    let mut record = csv::StringRecord::new();
    loop {
        let more = rows.read(&mut record);
        if !matches!(more, Ok(true)) || out.len() >= CHUNK_BYTES {
            let open = super::write(&out, stdout)?;
            out.clear();
            if !more? || !open {
                return Ok(());
            }
        }
        push_record(&mut out, &record, width);
        out.push(',');
        let row = rows.question(&record);
        match kept.deployment(resolver, &row).and_then(|found| Ok((found, question::load(&row, found.2)?))) {
            Ok(((prepared, weight_only, _), load)) => {
                plain.write(&report::cells(&prepared.estimate(&load), *weight_only), &mut out);
                out.push(',');
            }
            Err(message) => {
                out.extend(std::iter::repeat_n(',', COLUMNS.len()));
                push_cell(&mut out, &message);
            }
        }
        out.push('\n');
    }
}

/// A deployment ready to be estimated, whether its format is weight-only there and the longest request that it takes.
type Ready = (Prepared, bool, Option<f64>);

/// The same, or why there is none.
type Readied = Result<Ready, String>;

/// The deployments that rows named so far, by their cells.
#[derive(Default)]
struct Kept {
    places: HashMap<String, usize>,
    found: Vec<Readied>,
    /// Cells of the row before and its place: rows that follow each other often differ in their load alone.
    last: (String, usize),
    cells: String,
}

impl Kept {
    fn deployment(&mut self, resolver: &mut Resolver, row: &QuestionRow<'_>) -> Result<&Ready, String> {
        self.cells.clear();
        for column in DEPLOYMENT {
            self.cells.push_str(row[column]);
            self.cells.push('\0');
        }
        if self.cells != self.last.0 {
            let place = match self.places.get(&self.cells) {
                Some(place) => *place,
                None => self.add(find(resolver, row)),
            };
            self.last.1 = place;
            std::mem::swap(&mut self.cells, &mut self.last.0);
        }
        self.found[self.last.1].as_ref().map_err(Clone::clone)
    }

    fn add(&mut self, found: Readied) -> usize {
        if self.found.len() >= MOST_KEPT {
            self.places.clear();
            self.found.clear();
        }
        self.found.push(found);
        self.places.insert(self.cells.clone(), self.found.len() - 1);
        self.found.len() - 1
    }
}

fn find(resolver: &mut Resolver, row: &QuestionRow<'_>) -> Readied {
    let deployment = resolver.deployment(row)?;
    let math = engine::arithmetic(deployment.accelerator, deployment.efficiency, deployment.weights);
    Ok((Prepared::new(&deployment), math.weight_only, deployment.longest_tokens()))
}

/// The first `width` cells; missing ones at the end of a row are empty.
fn push_record(out: &mut String, record: &csv::StringRecord, width: usize) {
    for i in 0..width {
        if i > 0 {
            out.push(',');
        }
        push_cell(out, record.get(i).unwrap_or(""));
    }
}

/// One cell, quoted where RFC 4180 requires it.
fn push_cell(out: &mut String, cell: &str) {
    if cell.bytes().any(|byte| matches!(byte, b',' | b'"' | b'\n' | b'\r')) {
        out.push('"');
        out.push_str(&cell.replace('"', "\"\""));
        out.push('"');
    } else {
        out.push_str(cell);
    }
}

#[cfg(test)]
mod tests {
    use headroom::catalog::Catalog;

    use super::*;

    /// The answers to `text`, and how reading it ended.
    fn answers(text: Vec<u8>) -> (String, Result<(), Failure>) {
        let mut rows = Rows::new("rows.csv", Box::new(std::io::Cursor::new(text))).unwrap();
        let mut resolver = Resolver::new(Catalog::built_in().unwrap().into());
        let mut out = Vec::new();
        let end = write(&mut rows, &mut resolver, &mut out);
        (String::from_utf8(out).unwrap(), end)
    }

    #[test]
    fn rows_that_share_deployments_are_answered_as_each_alone() {
        let mut text = "note,model,accelerator,stack,tp,input_tokens,concurrency,draft_tokens\n".to_owned();
        let models = ["llama-3.1-8b", "llama-3.1-70b", "gpt-oss-120b", "llama-9"];
        let accelerators = ["h100-sxm", "h100-sxm", "b200"];
        for i in 0..1200 {
            let (model, accelerator) = (models[i / 7 % 4], accelerators[i % 3]);
            let (tp, draft) = ([1, 8][i / 3 % 2], ["", "3"][i / 11 % 2]);
            let (input, concurrency) = (i * 37 % 9000, i % 61 + 1);
            text += &format!("\"row, {i}\",{model},{accelerator},vllm,{tp},{input},{concurrency},{draft}\n");
        }
        let (out, end) = answers(text.clone().into_bytes());
        assert!(end.is_ok() && out.len() > 2 * CHUNK_BYTES);
        let mut rows = Rows::new("rows.csv", Box::new(std::io::Cursor::new(text.into_bytes()))).unwrap();
        let mut resolver = Resolver::new(Catalog::built_in().unwrap().into());
        let mut record = csv::StringRecord::new();
        let mut lines = out.lines().skip(1);
        while rows.read(&mut record).unwrap() {
            let row = rows.question(&record);
            let (line, tail) = (lines.next().unwrap(), record.iter().skip(1).collect::<Vec<_>>().join(","));
            assert!(line.starts_with(&format!("\"{}\",{tail},", &record[0])), "{line}");
            match resolver.resolve(&row) {
                Ok((deployment, load)) => {
                    let estimate = engine::estimate(&deployment, &load);
                    let numbers = format!(",{},{},", estimate.ttft_s.typical, estimate.tpot_s.typical);
                    assert!(line.contains(&numbers) && line.ends_with(','), "{line}: no {numbers}");
                }
                Err(message) => assert!(line.contains(&message.replace('"', "\"\"")), "{line}: {message}"),
            }
        }
        assert_eq!(lines.next(), None);
    }

    #[test]
    fn a_row_that_is_not_text_ends_the_answers_after_those_before_it() {
        let text = b"model,accelerator,stack\n8B,h100-sxm,vllm\n\xff\xfe,h100-sxm,vllm\n8B,b200,vllm\n";
        let (out, end) = answers(text.to_vec());
        assert_eq!(out.lines().count(), 2, "{out}");
        assert!(matches!(end, Err(Failure::BadInput(message)) if message.contains("row 2 is not readable")));
    }
}
