//! `headroom estimate`: one replica, one layout, one load; or a file of them.

use std::collections::HashMap;
use std::io::Read as _;

use clap::Args;
use headroom::catalog::{Catalog, NumberFormat};
use headroom::engine::layout::Degrees;
use headroom::engine::model::Profile;
use headroom::engine::{self, ClosedLoop, Deployment};
use headroom::report::Format;
use headroom::report::estimate::{self as report, COLUMNS, Cell};
use headroom::scenario::{Scenario, add_model_file};

use super::{Failure, answer, setup};

/// Arguments of `headroom estimate`.
#[derive(Args)]
pub struct Estimate {
    /// Catalog id, path of a config.json, or a parameter count such as 34B.
    #[arg(long, value_name = "ID|config.json")]
    model: Option<String>,
    #[arg(long, value_name = "ID")]
    accelerator: Option<String>,
    #[arg(long, value_name = "ID")]
    stack: Option<String>,
    /// Tensor-parallel degree.
    #[arg(long, value_name = "N")]
    tp: Option<String>,
    /// Pipeline stages.
    #[arg(long, value_name = "N")]
    pp: Option<String>,
    /// Expert-parallel degree; divides tp · attention-dp.
    #[arg(long, value_name = "N")]
    ep: Option<String>,
    /// Copies of attention that share the experts.
    #[arg(long, value_name = "N")]
    attention_dp: Option<String>,
    /// Number format of the weights; default: what the stack would choose.
    #[arg(long, value_name = "FORMAT")]
    weights: Option<String>,
    /// Number format of the KV cache; default: what the stack would choose.
    #[arg(long, value_name = "FORMAT")]
    kv_cache: Option<String>,
    /// Mean prompt length, tokens.
    #[arg(long, value_name = "N")]
    input_tokens: Option<String>,
    /// Mean answer length, tokens.
    #[arg(long, value_name = "N")]
    output_tokens: Option<String>,
    /// Full width of the uniform distribution of lengths over the mean.
    #[arg(long, value_name = "S")]
    length_spread: Option<String>,
    /// Requests in flight.
    #[arg(long, value_name = "N")]
    concurrency: Option<String>,
    /// A CSV file with these columns, `-` for stdin; answers every row, with --format csv.
    #[arg(long, value_name = "ROWS.csv", conflicts_with_all = ["model", "accelerator", "stack"])]
    from: Option<String>,
    #[arg(long, value_enum, default_value_t = Format::Table)]
    format: Format,
}

/// Columns of a question, in the order of [`Row`].
const QUESTION: [&str; 13] = [
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
];

/// The cells of one question; an empty one is the default.
type Row<'a> = [&'a str; QUESTION.len()];

impl Estimate {
    /// Prints one estimate, or one for every row.
    pub fn run(self, catalog: Catalog) -> Result<(), Failure> {
        let mut estimator = Estimator { catalog, models: HashMap::new() };
        match &self.from {
            Some(file) if self.format == Format::Csv => rows(file, &mut estimator),
            Some(_) => {
                Err(Failure::BadInput("--from: answers as a table of rows. Add --format csv.".to_owned()))
            }
            None => self.one(&mut estimator),
        }
    }

    fn one(&self, estimator: &mut Estimator) -> Result<(), Failure> {
        let text = |value: &'_ Option<String>| value.clone().unwrap_or_default();
        let cells = [
            text(&self.model),
            text(&self.accelerator),
            text(&self.stack),
            text(&self.weights),
            text(&self.kv_cache),
            text(&self.tp),
            text(&self.pp),
            text(&self.ep),
            text(&self.attention_dp),
            text(&self.input_tokens),
            text(&self.output_tokens),
            text(&self.length_spread),
            text(&self.concurrency),
        ];
        let row: Row<'_> = std::array::from_fn(|i| cells[i].as_str());
        let cells = estimator
            .answer(&row)
            .map_err(|message| Failure::BadInput(format!("--{}", message.replacen('_', "-", 1))))?;
        answer(&match self.format {
            Format::Json => report::json(&cells),
            Format::Table | Format::Markdown => report::table(&cells),
            Format::Csv => {
                let mut out = format!("{},error\n", COLUMNS.join(","));
                plain(&cells, &mut out);
                out.push_str(",\n");
                out
            }
        })
    }
}

/// Writes the cells of an answer, separated by commas.
fn plain(cells: &[Cell; COLUMNS.len()], out: &mut String) {
    for (i, cell) in cells.iter().enumerate() {
        if i > 0 {
            out.push(',');
        }
        report::write_plain(*cell, out);
    }
}

/// Answers every row of a file. Its own columns are passed through.
fn rows(file: &str, estimator: &mut Estimator) -> Result<(), Failure> {
    let bad = |what: String| Failure::BadInput(format!("--from {file}: {what}"));
    let mut text = Vec::new();
    if file == "-" {
        std::io::stdin().lock().read_to_end(&mut text)
    } else {
        std::fs::File::open(file).and_then(|mut f| f.read_to_end(&mut text))
    }
    .map_err(|error| bad(format!("cannot be read: {error}. Check the name and the permissions.")))?;

    let mut reader = csv::ReaderBuilder::new().flexible(true).from_reader(text.as_slice());
    let headings = reader
        .headers()
        .map_err(|error| {
            bad(format!("has no readable heading: {error}. Put the names of the columns first."))
        })?
        .clone();
    let columns: [Option<usize>; QUESTION.len()] =
        QUESTION.map(|name| headings.iter().position(|heading| heading.trim() == name));
    if let Some(missing) = QUESTION.iter().take(3).zip(columns).find(|(_, c)| c.is_none()) {
        return Err(bad(format!("has no column `{}`. Columns are {}.", missing.0, QUESTION.join(", "))));
    }
    let mut out = String::with_capacity(text.len() * 4);
    write_record(&mut out, headings.iter());
    for name in COLUMNS.iter().chain(&["error"]) {
        out.push(',');
        out.push_str(name);
    }
    out.push('\n');
    let mut record = csv::StringRecord::new();
    let mut number = 1;
    while reader
        .read_record(&mut record)
        .map_err(|error| bad(format!("row {number} is not readable: {error}. Save the file as UTF-8 CSV.")))?
    {
        number += 1;
        // Missing cells at the end of a row are empty.
        write_record(&mut out, (0..headings.len()).map(|i| record.get(i).unwrap_or("")));
        out.push(',');
        let row: Row<'_> =
            std::array::from_fn(|i| columns[i].and_then(|c| record.get(c)).unwrap_or("").trim());
        match estimator.answer(&row) {
            Ok(cells) => {
                plain(&cells, &mut out);
                out.push(',');
            }
            Err(message) => {
                out.extend(std::iter::repeat_n(',', COLUMNS.len()));
                write_cell(&mut out, &message);
            }
        }
        out.push('\n');
    }
    answer(&out)
}

fn write_record<'a>(out: &mut String, cells: impl Iterator<Item = &'a str>) {
    for (i, cell) in cells.enumerate() {
        if i > 0 {
            out.push(',');
        }
        write_cell(out, cell);
    }
}

/// One cell, quoted where RFC 4180 asks for it.
fn write_cell(out: &mut String, cell: &str) {
    if cell.contains([',', '"', '\n', '\r']) {
        out.push('"');
        out.push_str(&cell.replace('"', "\"\""));
        out.push('"');
    } else {
        out.push_str(cell);
    }
}

/// Answers questions; keeps the models it has summed.
struct Estimator {
    catalog: Catalog,
    models: HashMap<String, (Profile, NumberFormat)>,
}

impl Estimator {
    /// The answer's cells, or a message that names the column, the value and the remedy.
    fn answer(&mut self, row: &Row<'_>) -> Result<[Cell; COLUMNS.len()], String> {
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
        let (profile, own_weights) = &self.models[model];
        let catalog = &self.catalog;
        let accelerator = catalog.accelerator(accelerator).ok_or_else(|| {
            not_found("accelerator", accelerator, catalog.accelerators.iter().map(|a| a.id.as_str()))
        })?;
        let stack = catalog
            .stack(stack)
            .ok_or_else(|| not_found("stack", stack, catalog.stacks.iter().map(|s| s.id.as_str())))?;
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
        if let Some(problem) = degrees.problem(profile) {
            return Err(format!("tp {}: {problem}", degrees.tp));
        }
        let weights = format("weights", weights, *own_weights)?;
        let own_kv_cache = engine::default_kv_cache(weights, stack, accelerator);
        let deployment = Deployment {
            profile,
            accelerator,
            efficiency,
            stack,
            degrees,
            weights,
            kv_cache: format("kv_cache", kv_cache, own_kv_cache)?,
            reliance: catalog.reliance(model, accelerator, &stack.id),
        };
        let load = ClosedLoop {
            input_tokens: number("input_tokens", row[9], 1024.0, (1.0, 1e7))?,
            output_tokens: number("output_tokens", row[10], 256.0, (1.0, 1e6))?,
            length_spread: number("length_spread", row[11], 0.0, (0.0, 2.0))?,
            concurrency: number("concurrency", row[12], 1.0, (1.0, 1e6))?,
        };
        let weight_only = engine::arithmetic(accelerator, efficiency, deployment.weights).weight_only;
        Ok(report::cells(&engine::estimate(&deployment, &load), weight_only))
    }

    /// Sums a model and finds the format of its checkpoint.
    fn sum(&mut self, id: &str) -> Result<(Profile, NumberFormat), String> {
        add_model_file(&mut self.catalog, id).map_err(|error| format!("model {error}"))?;
        let mut scenario = Scenario::default();
        scenario.workload.model = id.to_owned();
        let model = engine::model(&scenario, &self.catalog)
            .ok_or_else(|| not_found("model", id, self.catalog.models.iter().map(|m| m.id.as_str())))?;
        Ok((Profile::of(&model), model.checkpoint))
    }
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
            format!("{name} {text}: is no degree of parallelism. Give a whole number from 1 to 4096.")
        }),
    }
}

fn number(name: &str, text: &str, default: f64, (least, most): (f64, f64)) -> Result<f64, String> {
    match text {
        "" => Ok(default),
        _ => {
            text.parse::<f64>().ok().filter(|v| v.is_finite() && (least..=most).contains(v)).ok_or_else(
                || format!("{name} {text}: is out of range. Give a number from {least} to {most}."),
            )
        }
    }
}
