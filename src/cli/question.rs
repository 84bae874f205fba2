//! A question about one replica, as text: a cell for each of its columns, from flags or from a row of a CSV file.

use std::collections::HashMap;
use std::io::Read;

use headroom::catalog::{Catalog, NumberFormat, Stack, model_name, nearest};
use headroom::engine::Degrees;
use headroom::engine::MemorySettings;
use headroom::engine::Profile;
use headroom::engine::{self, ClosedLoop, Deployment, Speculation};
use headroom::import::Library;
use headroom::scenario::{NO_MODEL, Scenario, custom_parameters};
use headroom::units::{self, Unit};

use super::{Failure, setup};

/// Columns of a question, in the order of [`QuestionRow`].
pub const QUESTION: [&str; 17] = [
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
    "step_tokens",
    "hold_steps",
];

/// Columns of the deployment; the others are its load.
pub const DEPLOYMENT: [usize; 13] = [0, 1, 2, 3, 4, 5, 6, 7, 8, 13, 14, 15, 16];

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

/// A model that was asked for.
struct Summed {
    /// Id in the catalog.
    id: String,
    profile: Profile,
    /// Format of its weights, where the question gives none: the one its name says, else that of its checkpoint.
    weights: NumberFormat,
}

/// Looks up what questions name; keeps the models it has summed.
pub struct Resolver {
    catalog: Library,
    models: HashMap<String, Summed>,
    /// Stacks at a version, by the name that was asked for.
    versions: HashMap<String, Stack>,
}

impl Resolver {
    /// Answers from `catalog`, and from the model files that questions name.
    pub fn new(catalog: Library) -> Self {
        Self { catalog, models: HashMap::new(), versions: HashMap::new() }
    }

    /// What it answers from.
    pub fn catalog(&self) -> &Catalog {
        &self.catalog
    }

    /// The catalog with every model that was asked for, also those of files and of bare sizes.
    pub fn into_catalog(self) -> Library {
        self.catalog
    }

    /// What a question asks, or a message that names the column, the value and the remedy.
    pub fn resolve(&mut self, row: &QuestionRow<'_>) -> Result<(Deployment<'_>, ClosedLoop), String> {
        let deployment = self.deployment(row)?;
        let load = load(row, deployment.longest_tokens())?;
        Ok((deployment, load))
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
        let meant = self.catalog.stack_meant(stack);
        let stack = meant.as_deref().unwrap_or(stack);
        if stack.contains('@')
            && !self.versions.contains_key(stack)
            && let Some(found) = self.catalog.stack_named(stack)
        {
            self.versions.insert(stack.to_owned(), found.into_owned());
        }
        let Summed { id: model, profile, weights: own_weights } = &self.models[model];
        let catalog: &Catalog = &self.catalog;
        let meant = catalog.accelerator_meant(accelerator).and_then(|id| catalog.accelerator(id));
        let accelerator = meant.ok_or_else(|| {
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
        let known = catalog.model(model).ok_or_else(|| self.no_model(model))?;
        let weights = format("weights", weights, *own_weights)?;
        if let Some(refusal) = degrees.refusal(profile, weights, stack) {
            return Err(refusal.to_string());
        }
        let own_kv_cache = engine::default_kv_cache(profile, weights, stack, accelerator);
        let formats = (weights, format("kv_cache", kv_cache, own_kv_cache)?);
        let deployment = engine::deployment(catalog, (known, profile), accelerator, stack, degrees, formats)
            .ok_or_else(|| format!("accelerator {}: has no efficiencies in the catalog", accelerator.id))?;
        let speculation = Speculation {
            draft_tokens: number("draft_tokens", row[13], Unit::One, 0.0, (0.0, 16.0))?,
            acceptance: number("draft_acceptance", row[14], Unit::Fraction, 0.7, (0.0, 1.0))?,
        };
        let asked_step_tokens = match row[15] {
            "" => None,
            text => Some(number("step_tokens", text, Unit::Tokens, 0.0, (1.0, 1e7))?),
        };
        let hold_steps = number("hold_steps", row[16], Unit::One, 0.0, (0.0, 1e4))?;
        let settings = MemorySettings { asked_step_tokens, hold_steps, ..deployment.settings };
        Ok(Deployment { speculation, settings, ..deployment })
    }

    /// Sums a model and finds the format of its weights.
    fn sum(&mut self, name: &str) -> Result<Summed, String> {
        self.catalog.open_model(name).map_err(|error| format!("model {error}"))?;
        let meant = match custom_parameters(name) {
            Some(_) => None,
            None => self.catalog.model_meant(name),
        };
        let (id, weights) = meant.map_or((name.to_owned(), None), |meant| (meant.id, meant.weights));
        let mut scenario = Scenario::default();
        scenario.workload.model.clone_from(&id);
        let model = engine::model(&scenario, &self.catalog).ok_or_else(|| self.no_model(name))?;
        let (profile, checkpoint) = (Profile::of(&model), model.checkpoint);
        if self.catalog.model(&id).is_none() {
            self.catalog.add_model(model);
        }
        Ok(Summed { id, profile, weights: weights.unwrap_or(checkpoint) })
    }

    /// The id in the catalog of a model that was asked for by `name`.
    pub fn model_id<'a>(&'a self, name: &'a str) -> &'a str {
        self.models.get(name).map_or(name, |summed| &summed.id)
    }

    fn no_model(&self, name: &str) -> String {
        let remedy = match nearest(&model_name(name), self.catalog.models.iter().map(|m| m.id.as_str())) {
            Some(near) => format!("Did you mean {near}?"),
            None => NO_MODEL.to_owned(),
        };
        format!("model {name}: is not in the catalog. {remedy}")
    }

    /// What of a question that was resolved is read as another name than it has, for the user to see.
    pub fn readings(&self, row: &QuestionRow<'_>) -> Vec<String> {
        let [model, accelerator, stack, weights, kv_cache, ..] = *row;
        let read = |column: &str, name: &str, id: Option<&str>| {
            let id = id.filter(|id| *id != name && !name.is_empty())?;
            Some(format!("{} {name}: read as {id}", flag(column)))
        };
        let format = |text: &str| text.parse::<NumberFormat>().ok().map(NumberFormat::id);
        let summed = self.models.get(model);
        let own = summed.filter(|_| weights.is_empty() && custom_parameters(model).is_none());
        let named =
            own.filter(|own| self.catalog.model(&own.id).is_some_and(|m| m.checkpoint != own.weights));
        let readings = [
            read("model", model, summed.map(|summed| summed.id.as_str())).map(|reading| match named {
                Some(own) => format!("{reading} with weights in {}", own.weights),
                None => reading,
            }),
            read("accelerator", accelerator, self.catalog.accelerator_meant(accelerator)),
            read("stack", stack, self.catalog.stack_meant(stack).as_deref()),
            read("weights", weights, format(weights)),
            read("kv_cache", kv_cache, format(kv_cache)),
        ];
        readings.into_iter().flatten().collect()
    }
}

/// The flag of a column.
fn flag(column: &str) -> String {
    format!("--{}", column.replace('_', "-"))
}

/// A message that begins with the name of a column, for one that was given as a flag.
pub fn of_flag(message: &str) -> String {
    let end = message.find([' ', ':']).unwrap_or(message.len());
    let (column, rest) = message.split_at(end);
    format!("{}{rest}", flag(column))
}

/// The load in a question; `longest_tokens` is the longest request that the server takes, if it checks.
pub fn load(row: &QuestionRow<'_>, longest_tokens: Option<f64>) -> Result<ClosedLoop, String> {
    let load = ClosedLoop {
        input_tokens: number("input_tokens", row[9], Unit::Tokens, 1024.0, (1.0, 1e7))?,
        output_tokens: number("output_tokens", row[10], Unit::Tokens, 256.0, (1.0, 1e6))?,
        length_spread: number("length_spread", row[11], Unit::Fraction, 0.0, (0.0, 2.0))?,
        concurrency: number("concurrency", row[12], Unit::Requests, 1.0, (1.0, 1e6))?,
        in_process: false,
    };
    let tokens = load.input_tokens + load.output_tokens;
    match longest_tokens {
        Some(longest) if tokens > longest => Err(format!(
            "input_tokens {} and output_tokens {}: {tokens} tokens are more than the {longest} of the model's context, which \
             the server refuses; shorten them",
            load.input_tokens, load.output_tokens
        )),
        _ => Ok(load),
    }
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
    let read = |text: &str| match text.parse::<u32>() {
        Ok(degree) => Some(degree),
        Err(_) => units::parse_plain(text, Unit::One).filter(|n| n.fract() == 0.0).map(|n| n as u32),
    };
    match text {
        "" => Ok(1),
        _ => read(text).filter(|n| (1..=4096).contains(n)).ok_or_else(|| {
            format!("{name} {text}: is not a degree of parallelism. Give a whole number from 1 to 4096.")
        }),
    }
}

/// A number within a range, in `unit`, as any input reads it; an empty cell is the default.
pub fn number(
    name: &str,
    text: &str,
    unit: Unit,
    default: f64,
    (least, most): (f64, f64),
) -> Result<f64, String> {
    if text.is_empty() {
        return Ok(default);
    }
    // Nearly all numbers are plain ones.
    let number = text.parse().ok().or_else(|| units::parse_plain(text, unit));
    let Some(number) = number.filter(|v: &f64| v.is_finite()) else {
        return Err(format!(
            "{name} {text}: is not a number. Give one from {least} to {most}, such as 1500 or 128k."
        ));
    };
    if !(least..=most).contains(&number) {
        return Err(format!("{name} {text}: is out of range. Give a number from {least} to {most}."));
    }
    Ok(number)
}
