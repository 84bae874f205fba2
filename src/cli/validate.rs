//! `headroom validate`: the engine against measurements.

use clap::Args;
use headroom::catalog::{
    MeasuredLatency, measured_latency, measured_throughput, simulated_plans, throughput_left_out,
};
use headroom::engine::calibration::accuracy::simulated::SimulatedJudgement;
use headroom::engine::calibration::accuracy::{judge, judge_throughput};
use headroom::import::Library;
use headroom::report::Format;
use headroom::report::accuracy::{Report, Throughput, document};
use headroom::units::{self, Unit};

use super::question::{Resolver, Rows, cell};
use super::{Failure, answer};

/// Arguments of `headroom validate`.
#[derive(Args)]
pub struct ValidateArgs {
    /// Your own measurements: a CSV file with the columns of `headroom estimate --from` and ttft_ms or ttft_s,
    /// tpot_ms or tpot_s; `-` for stdin.
    #[arg(long, value_name = "CSV")]
    from: Option<String>,
    #[arg(long, value_enum, default_value_t = Format::Table)]
    format: Format,
}

/// Columns of measured times, and milliseconds in one of their unit.
const TIMES: [(&str, f64); 4] = [("ttft_ms", 1.0), ("ttft_s", 1e3), ("tpot_ms", 1.0), ("tpot_s", 1e3)];
/// Longest plausible time, milliseconds: a day.
const LONGEST_MS: f64 = 86.4e6;
/// Most problems of a file that are reported.
const MOST_PROBLEMS: usize = 20;

impl ValidateArgs {
    /// Prints how far off the engine is.
    pub fn run(self, catalog: Library) -> Result<(), Failure> {
        let broken = |error: csv::Error| Failure::Other(error.to_string());
        if let Some(file) = &self.from {
            let (rows, catalog) = own(file, catalog)?;
            let judgement = judge(&rows, &catalog);
            let report = Report {
                judgement: &judgement,
                catalog: &catalog,
                from: Some(file),
                throughput: None,
                simulated: None,
            };
            return answer(&document(&report, self.format));
        }
        let rows = measured_latency().map_err(broken)?;
        let published = measured_throughput().map_err(broken)?;
        let left_out = throughput_left_out().map_err(broken)?;
        let plans = simulated_plans().map_err(broken)?;
        let simulated = SimulatedJudgement::of(&plans);
        let judgement = judge(&rows, &catalog);
        let throughput = judge_throughput(&published, &catalog);
        let report = Report {
            judgement: &judgement,
            catalog: &catalog,
            from: None,
            throughput: Some(Throughput { judgement: &throughput, left_out: &left_out }),
            simulated: Some(&simulated),
        };
        answer(&document(&report, self.format))
    }
}

/// The measurements of a user's file, and the catalog with the models that it names.
fn own(file: &str, catalog: Library) -> Result<(Vec<MeasuredLatency>, Library), Failure> {
    let bad = |what: &str| Failure::BadInput(format!("--from {file}: {what}"));
    let mut rows = Rows::open(file)?;
    let times = TIMES.map(|(name, _)| rows.column(name));
    if times.iter().all(Option::is_none) {
        return Err(bad("has no measured times. Add a column ttft_ms, ttft_s, tpot_ms or tpot_s."));
    }
    let id = rows.column("id");
    let mut resolver = Resolver::new(catalog);
    let (mut measured, mut problems) = (Vec::new(), Vec::new());
    let mut record = csv::StringRecord::new();
    while rows.read(&mut record)? {
        let line = record.position().map_or(0, csv::Position::line);
        match run(&mut resolver, &rows, &record, times) {
            Ok(mut run) => {
                run.id = match cell(&record, id) {
                    "" => format!("line {line}"),
                    id => id.to_owned(),
                };
                measured.push(run);
            }
            Err(problem) => problems.push(format!("--from {file}: line {line}: {problem}")),
        }
    }
    if problems.is_empty() && measured.is_empty() {
        return Err(bad("has no rows. Write one row for each measured run under the headings."));
    }
    if problems.is_empty() {
        return Ok((measured, resolver.into_catalog()));
    }
    let more = problems.len().saturating_sub(MOST_PROBLEMS);
    problems.truncate(MOST_PROBLEMS);
    if more > 0 {
        problems.push(format!("--from {file}: and {more} more rows with problems"));
    }
    Err(Failure::BadInput(problems.join("\n")))
}

/// One measured run, or a message that names the column, the value and the remedy.
fn run(
    resolver: &mut Resolver,
    rows: &Rows,
    record: &csv::StringRecord,
    times: [Option<usize>; TIMES.len()],
) -> Result<MeasuredLatency, String> {
    let row = rows.question(record);
    let (deployment, load) = resolver.resolve(&row)?;
    let cells = times.map(|column| cell(record, column));
    let time = |first: usize| match (cells[first], cells[first + 1]) {
        ("", "") => Ok(None),
        (_, "") => milliseconds(first, cells[first]).map(Some),
        ("", _) => milliseconds(first + 1, cells[first + 1]).map(Some),
        (_, twice) => Err(format!(
            "{} {twice}: is given twice, also as {}. Leave one of them empty.",
            TIMES[first + 1].0,
            TIMES[first].0
        )),
    };
    let (ttft_ms, tpot_ms) = (time(0)?, time(2)?);
    if ttft_ms.is_none() && tpot_ms.is_none() {
        return Err("ttft_ms: nothing was measured. Give ttft_ms, ttft_s, tpot_ms or tpot_s.".to_owned());
    }
    if load.concurrency.fract() != 0.0 {
        return Err(format!(
            "concurrency {}: is not a whole number. Give the requests in flight, such as 16.",
            load.concurrency
        ));
    }
    let degrees = deployment.degrees;
    let mut measured = MeasuredLatency {
        id: String::new(),
        model: String::new(),
        accelerator: deployment.accelerator.id.clone(),
        stack: deployment.stack.id.clone(),
        stack_version: String::new(),
        weights: deployment.weights,
        kv_cache: Some(deployment.kv_cache),
        tp: degrees.tp,
        pp: degrees.pp,
        ep: degrees.ep,
        attention_dp: degrees.attention_dp,
        input_tokens: load.input_tokens,
        output_tokens: load.output_tokens,
        length_spread: load.length_spread,
        concurrency: load.concurrency as u32,
        client: None,
        step_tokens: deployment.settings.asked_step_tokens,
        hold_steps: Some(deployment.settings.hold_steps).filter(|steps| *steps > 0.0),
        ttft_ms,
        tpot_ms,
        measured: String::new(),
        speculative: String::new(),
        doubt: String::new(),
    };
    resolver.model_id(row[0]).clone_into(&mut measured.model);
    Ok(measured)
}

/// The time in a cell of the column `TIMES[column]`, milliseconds.
fn milliseconds(column: usize, text: &str) -> Result<f64, String> {
    let (name, factor) = TIMES[column];
    let bare = text.parse::<f64>().ok().map(|value| value * factor);
    let value = bare.or_else(|| units::parse_plain(text, Unit::Seconds).map(|seconds| seconds * 1e3));
    value.filter(|ms| *ms > 0.0 && *ms <= LONGEST_MS).ok_or_else(|| {
        let unit = if factor > 1.0 { "seconds" } else { "milliseconds" };
        format!("{name} {text}: is not a measured time. Give {unit} above 0, or leave the cell empty.")
    })
}
