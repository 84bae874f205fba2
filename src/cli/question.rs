//! A question about one replica, as text: a cell for each of its columns, from flags or from a row of a CSV file.

use std::collections::HashMap;
use std::io::Read;

use headroom::catalog::{Catalog, NumberFormat, Stack};
use headroom::engine::Degrees;
use headroom::engine::Profile;
use headroom::engine::{self, ClosedLoop, Deployment, Speculation};
use headroom::import::Library;
use headroom::scenario::Scenario;

use super::{Failure, setup};

/// Columns of a question, in the order of [`QuestionRow`].
pub const QUESTION: [&str; 15] = [
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
    "draft_tokens",
    "draft_acceptance",
];

/// Columns of the deployment; the others are its load.
pub const DEPLOYMENT: [usize; 11] = [0, 1, 2, 3, 4, 5, 6, 7, 8, 13, 14];

/// The cells of one question; an empty one is the default.
pub type QuestionRow<'a> = [&'a str; QUESTION.len()];

/// Bytes per read.
const BUFFER_BYTES: usize = 1 << 16;

/// A CSV file of questions, read row by row. Other columns are passed through.
pub struct Rows {
    file: String,
    reader: csv::Reader<Box<dyn Read>>,
    headings: csv::StringRecord,
    columns: [Option<usize>; QUESTION.len()],
    number: usize,
}

impl Rows {
    /// Opens a file, or stdin for `-`, and reads the headings.
    ///
    /// # Errors
    /// The file cannot be read, or model, accelerator or stack are not among the headings.
    pub fn open(file: &str) -> Result<Self, Failure> {
        let source: Box<dyn Read> = if file == "-" {
            Box::new(std::io::stdin().lock())
        } else {
            Box::new(std::fs::File::open(file).map_err(|error| unreadable(file, &error))?)
        };
        Self::new(file, source)
    }

    pub(super) fn new(file: &str, source: Box<dyn Read>) -> Result<Self, Failure> {
        let bad = |what: String| Failure::BadInput(format!("--from {file}: {what}"));
        let mut reader =
            csv::ReaderBuilder::new().flexible(true).buffer_capacity(BUFFER_BYTES).from_reader(source);
        let headings = reader
            .headers()
            .map_err(|error| match error.kind() {
                csv::ErrorKind::Io(error) => unreadable(file, error),
                _ => bad(format!("has no readable heading: {error}. Put the names of the columns first.")),
            })?
            .clone();
        let columns = QUESTION.map(|name| position(&headings, name));
        if let Some(missing) = QUESTION.iter().take(3).zip(columns).find(|(_, c)| c.is_none()) {
            return Err(bad(format!("has no column `{}`. Columns are {}.", missing.0, QUESTION.join(", "))));
        }
        Ok(Self { file: file.to_owned(), reader, headings, columns, number: 1 })
    }

    /// The headings, unchanged.
    pub fn headings(&self) -> &csv::StringRecord {
        &self.headings
    }

    /// Where the column `name` is.
    pub fn column(&self, name: &str) -> Option<usize> {
        position(&self.headings, name)
    }

    /// Reads the next row; false at the end.
    pub fn read(&mut self, record: &mut csv::StringRecord) -> Result<bool, Failure> {
        let (file, number) = (&self.file, self.number);
        let more = self.reader.read_record(record).map_err(|error| match error.kind() {
            csv::ErrorKind::Io(error) => unreadable(file, error),
            _ => Failure::BadInput(format!(
                "--from {file}: row {number} is not readable: {error}. Save the file as UTF-8 CSV."
            )),
        })?;
        self.number += 1;
        Ok(more)
    }

    /// The question in a row. Missing cells at its end are empty.
    pub fn question<'r>(&self, record: &'r csv::StringRecord) -> QuestionRow<'r> {
        self.columns.map(|column| cell(record, column))
    }
}

fn unreadable(file: &str, error: &std::io::Error) -> Failure {
    Failure::BadInput(format!("--from {file}: cannot be read: {error}. Check the name and the permissions."))
}

fn position(headings: &csv::StringRecord, name: &str) -> Option<usize> {
    headings.iter().position(|heading| heading.trim() == name)
}

/// The cell of a column, without spaces around it; empty where there is none.
pub fn cell(record: &csv::StringRecord, column: Option<usize>) -> &str {
    column.and_then(|c| record.get(c)).unwrap_or("").trim()
}

/// Looks up what questions name; keeps the models it has summed.
pub struct Resolver {
    catalog: Library,
    models: HashMap<String, (Profile, NumberFormat)>,
    /// Stacks at a version, by the name that was asked for.
    versions: HashMap<String, Stack>,
}

impl Resolver {
    /// Answers from `catalog`, and from the model files that questions name.
    pub fn new(catalog: Library) -> Self {
        Self { catalog, models: HashMap::new(), versions: HashMap::new() }
    }

    /// The catalog with every model that was asked for, also those of files and of bare sizes.
    pub fn into_catalog(self) -> Library {
        self.catalog
    }

    /// What a question asks, or a message that names the column, the value and the remedy.
    pub fn resolve(&mut self, row: &QuestionRow<'_>) -> Result<(Deployment<'_>, ClosedLoop), String> {
        Ok((self.deployment(row)?, load(row)?))
    }

    /// What a question asks about: [`DEPLOYMENT`] of its cells.
    pub fn deployment(&mut self, row: &QuestionRow<'_>) -> Result<Deployment<'_>, String> {
        let [model, accelerator, stack, weights, kv_cache, ..] = *row;
        for (name, value) in QUESTION.iter().zip([model, accelerator, stack]) {
            if value.is_empty() {
                return Err(format!("{name}: is missing. Give an id of `headroom catalog {name}s`."));
            }
        }
        if !self.models.contains_key(model) {
            let summed = self.sum(model)?;
            self.models.insert(model.to_owned(), summed);
        }
        if stack.contains('@')
            && !self.versions.contains_key(stack)
            && let Some(found) = self.catalog.stack_named(stack)
        {
            self.versions.insert(stack.to_owned(), found.into_owned());
        }
        let (profile, own_weights) = &self.models[model];
        let catalog: &Catalog = &self.catalog;
        let accelerator = catalog.accelerator(accelerator).ok_or_else(|| {
            not_found("accelerator", accelerator, catalog.accelerators.iter().map(|a| a.id.as_str()))
        })?;
        let stack = match self.versions.get(stack) {
            Some(version) => version,
            None => catalog.stack(stack).ok_or_else(|| {
                let names = stack_names(catalog);
                not_found("stack", stack, names.iter().map(String::as_str))
            })?,
        };
        if !stack.runs_on(accelerator) {
            let runs: Vec<&str> =
                catalog.stacks.iter().filter(|s| s.runs_on(accelerator)).map(|s| s.id.as_str()).collect();
            return Err(format!(
                "stack {}: does not run on {}. Use {}.",
                stack.id,
                accelerator.id,
                runs.join(" or ")
            ));
        }
        let efficiency = catalog
            .efficiency(&accelerator.generation)
            .ok_or_else(|| format!("accelerator {}: has no efficiencies in the catalog", accelerator.id))?;
        let format = |name: &str, text: &str, own: NumberFormat| match text {
            "" | "auto" => Ok(own),
            _ => text.parse::<NumberFormat>().map_err(|error| format!("{name} {text}: {error}")),
        };
        let degrees = Degrees {
            tp: degree("tp", row[5])?,
            pp: degree("pp", row[6])?,
            ep: degree("ep", row[7])?,
            attention_dp: degree("attention_dp", row[8])?,
        };
        let known = catalog
            .model(model)
            .ok_or_else(|| not_found("model", model, catalog.models.iter().map(|m| m.id.as_str())))?;
        let weights = format("weights", weights, *own_weights)?;
        if let Some(problem) = degrees.refusal(profile, weights, stack) {
            return Err(format!("tp {} under {}: {problem}", degrees.tp, stack.name));
        }
        let own_kv_cache = engine::default_kv_cache(profile, weights, stack, accelerator);
        Ok(Deployment {
            profile,
            accelerator,
            efficiency,
            stack,
            degrees,
            weights,
            kv_cache: format("kv_cache", kv_cache, own_kv_cache)?,
            speculation: Speculation {
                draft_tokens: number("draft_tokens", row[13], 0.0, (0.0, 16.0))?,
                acceptance: number("draft_acceptance", row[14], 0.7, (0.0, 1.0))?,
            },
            reliance: engine::reliance(catalog, known, accelerator, &stack.id),
        })
    }

    /// Sums a model and finds the format of its checkpoint.
    fn sum(&mut self, id: &str) -> Result<(Profile, NumberFormat), String> {
        self.catalog.open_model(id).map_err(|error| format!("model {error}"))?;
        let mut scenario = Scenario::default();
        scenario.workload.model = id.to_owned();
        let model = engine::model(&scenario, &self.catalog)
            .ok_or_else(|| not_found("model", id, self.catalog.models.iter().map(|m| m.id.as_str())))?;
        let (profile, checkpoint) = (Profile::of(&model), model.checkpoint);
        if self.catalog.model(id).is_none() {
            self.catalog.add_model(model);
        }
        Ok((profile, checkpoint))
    }
}

/// The load in a question.
pub fn load(row: &QuestionRow<'_>) -> Result<ClosedLoop, String> {
    Ok(ClosedLoop {
        input_tokens: number("input_tokens", row[9], 1024.0, (1.0, 1e7))?,
        output_tokens: number("output_tokens", row[10], 256.0, (1.0, 1e6))?,
        length_spread: number("length_spread", row[11], 0.0, (0.0, 2.0))?,
        concurrency: number("concurrency", row[12], 1.0, (1.0, 1e6))?,
    })
}

/// Every stack, and every version of one with defaults of its own.
fn stack_names(catalog: &Catalog) -> Vec<String> {
    catalog
        .stacks
        .iter()
        .flat_map(|stack| std::iter::once(stack.id.clone()).chain(stack.versions().map(|(name, _)| name)))
        .collect()
}

fn not_found<'a>(name: &str, id: &str, known: impl Iterator<Item = &'a str> + Clone) -> String {
    match setup::unknown(name, id, known) {
        Failure::BadInput(message) | Failure::Other(message) => message,
    }
}

fn degree(name: &str, text: &str) -> Result<u32, String> {
    match text {
        "" => Ok(1),
        _ => text.parse::<u32>().ok().filter(|n| (1..=4096).contains(n)).ok_or_else(|| {
            format!("{name} {text}: is not a degree of parallelism. Give a whole number from 1 to 4096.")
        }),
    }
}

/// A number within a range; an empty cell is the default.
pub fn number(name: &str, text: &str, default: f64, (least, most): (f64, f64)) -> Result<f64, String> {
    match text {
        "" => Ok(default),
        _ => {
            text.parse::<f64>().ok().filter(|v| v.is_finite() && (least..=most).contains(v)).ok_or_else(
                || format!("{name} {text}: is out of range. Give a number from {least} to {most}."),
            )
        }
    }
}
