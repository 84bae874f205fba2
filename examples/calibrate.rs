//! Fits the engine's few physical parameters to the measured latencies, and writes them into the catalog's files.
//!
//! `cargo run --release --example calibrate` prints what a fit gives, `-- --write` writes it to `assets/`, and
//! `-- --leave-out model` (or `accelerator`) shows how well the fit does on what it has not seen.
//!
//! Every parameter starts at and is held near its first reading (kernels measured alone, documents), in the
//! logarithm, so that what the measurements do not show stays as in the documents. The loss grows like the
//! square for small errors and like the logarithm for large ones (Cauchy), since some rows are mislabelled.

#[path = "calibrate/bands.rs"]
mod bands;
#[path = "calibrate/least_squares.rs"]
mod least_squares;
#[path = "calibrate/parameters.rs"]
mod parameters;
#[path = "calibrate/rows.rs"]
mod rows;

use std::process::ExitCode;

use headroom::catalog::{Catalog, Phase};
use parameters::PARAMETERS;
use rows::{Published, Row, Rows, Setting, Step, THROUGHPUT_SCALE};

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match run(&arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("{message}");
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: &[String]) -> Result<(), String> {
    let catalog = Catalog::built_in().map_err(|error| error.to_string())?;
    let rows = Rows::read(&catalog)?;
    match arguments {
        [] => {
            let fitted = fit(&catalog, &rows.all, &rows.published, &rows.steps);
            print_parameters(&catalog, &fitted);
            print_errors("fitted", &fitted, &rows.all);
            print_published(&fitted, &rows.published);
            Ok(())
        }
        [flag] if flag == "--write" => {
            let fitted = fit(&catalog, &rows.all, &rows.published, &rows.steps);
            print_errors("fitted", &fitted, &rows.all);
            print_published(&fitted, &rows.published);
            parameters::write(&fitted)?;
            bands::write(&bands::Unseen {
                fitted: ratios(&fitted, &rows.all),
                models: left_out(&catalog, &rows, Key::Model),
                accelerators: left_out(&catalog, &rows, Key::Accelerator),
                stacks: left_out(&catalog, &rows, Key::Stack),
                catalog: &catalog,
            })
        }
        [flag, what] if flag == "--leave-out" => leave_out(&catalog, &rows, what),
        _ => Err("usage: calibrate [--write | --leave-out model|accelerator|stack]".to_owned()),
    }
}

/// The catalog with its parameters moved to where `rows` are met best.
fn fit(catalog: &Catalog, rows: &[Row], published: &[Published], steps: &[Step]) -> Catalog {
    let mut catalog = catalog.clone();
    // From the first readings, not from the last fit, which may have seen what is now left out.
    let start: Vec<f64> = PARAMETERS.iter().map(|parameter| parameter.first.ln()).collect();
    let logarithms = least_squares::minimise(start, |logarithms, moved, residuals| {
        for (parameter, logarithm) in PARAMETERS.iter().zip(logarithms) {
            parameter.set(&mut catalog, logarithm.exp());
        }
        residuals.clear();
        // A row that the parameter is not of stays as it was.
        let kept = |setting: &Setting, count: usize, residuals: &mut Vec<f64>| match moved {
            Some((j, before)) if !PARAMETERS[j].touches(setting) => {
                let at = residuals.len();
                residuals.extend_from_slice(&before[at..at + count]);
                true
            }
            _ => false,
        };
        for row in rows {
            if !kept(&row.setting, row.values(), residuals) {
                row.residuals(&catalog, residuals);
            }
        }
        for row in published {
            if !kept(&row.setting, 1, residuals) {
                residuals.push(row.ratio(&catalog).ln() / THROUGHPUT_SCALE);
            }
        }
        for step in steps {
            if !kept(&step.setting, 1, residuals) {
                residuals.push(step.residual(&catalog));
            }
        }
        let measured = residuals.len();
        for (parameter, logarithm) in PARAMETERS.iter().zip(logarithms) {
            residuals.push((logarithm - parameter.first.ln()) / parameter.spread);
        }
        measured
    });
    for (parameter, logarithm) in PARAMETERS.iter().zip(&logarithms) {
        parameter.set(&mut catalog, logarithm.exp());
    }
    catalog
}

/// Estimated over measured, of one value of a run.
struct Ratio {
    accelerator: String,
    stack: String,
    model: String,
    phase: Phase,
    ratio: f64,
    /// The same where nobody says what the server was told.
    untold: f64,
}

type Ratios = Vec<Ratio>;

fn ratios(catalog: &Catalog, rows: &[Row]) -> Ratios {
    let of = |row: &Row| {
        let m = row.measured.clone();
        let untold = row.untold().ratios(catalog);
        row.ratios(catalog).into_iter().zip(untold).map(move |((phase, ratio), (_, untold))| Ratio {
            accelerator: m.accelerator.clone(),
            stack: m.stack.clone(),
            model: m.model.clone(),
            phase,
            ratio,
            untold,
        })
    };
    rows.iter().flat_map(of).collect()
}

/// What is left out together.
#[derive(Clone, Copy)]
enum Key {
    Model,
    Accelerator,
    Stack,
}

impl Key {
    fn of(self, row: &Row) -> &str {
        let m = &row.measured;
        match self {
            Self::Model => &m.model,
            Self::Accelerator => &m.accelerator,
            Self::Stack => &m.stack,
        }
    }

    fn of_step(self, row: &Step) -> &str {
        let m = &row.measured;
        match self {
            Self::Model => &m.model,
            Self::Accelerator => &m.accelerator,
            Self::Stack => &m.stack,
        }
    }

    fn of_published(self, row: &Published) -> &str {
        let m = &row.measured;
        match self {
            Self::Model => &m.model,
            Self::Accelerator => &m.accelerator,
            Self::Stack => &m.stack,
        }
    }
}

/// The ratios of rows by a fit to all that is measured but what has the same key.
fn left_out(catalog: &Catalog, rows: &Rows, key: Key) -> Ratios {
    let mut names: Vec<&str> = rows.all.iter().map(|row| key.of(row)).collect();
    names.sort_unstable();
    names.dedup();
    let mut pooled = Vec::new();
    for name in names {
        let (out, kept): (Vec<Row>, Vec<Row>) = rows.all.iter().cloned().partition(|row| key.of(row) == name);
        let published: Vec<Published> =
            rows.published.iter().filter(|row| key.of_published(row) != name).cloned().collect();
        let steps: Vec<Step> = rows.steps.iter().filter(|step| key.of_step(step) != name).cloned().collect();
        let of_out = ratios(&fit(catalog, &kept, &published, &steps), &out);
        println!("{}", summary(&format!("without {name}"), &plain(&of_out)));
        pooled.extend(of_out);
    }
    println!("{}", summary("all left out", &plain(&pooled)));
    pooled
}

fn plain(ratios: &Ratios) -> Vec<(Phase, f64)> {
    ratios.iter().map(|r| (r.phase, r.ratio)).collect()
}

fn leave_out(catalog: &Catalog, rows: &Rows, what: &str) -> Result<(), String> {
    let key = match what {
        "model" => Key::Model,
        "accelerator" => Key::Accelerator,
        "stack" => Key::Stack,
        _ => return Err(format!("--leave-out {what}: choose model, accelerator or stack")),
    };
    left_out(catalog, rows, key);
    Ok(())
}

fn print_parameters(before: &Catalog, fitted: &Catalog) {
    let (mut before, mut fitted) = (before.clone(), fitted.clone());
    for parameter in PARAMETERS {
        let (old, new) = (parameter.value(&mut before), parameter.value(&mut fitted));
        println!(
            "{:14} {:20} first {:9.3e}  now {:9.3e}  fitted {:9.3e}  ({:+.0}% of the first)",
            parameter.owner.id(),
            parameter.field,
            parameter.first,
            old,
            new,
            (new / parameter.first - 1.0) * 100.0
        );
    }
}

fn print_errors(title: &str, catalog: &Catalog, rows: &[Row]) {
    let mut groups: Vec<(String, Vec<(Phase, f64)>)> = Vec::new();
    let mut all = Vec::new();
    for row in rows {
        let ratios = row.ratios(catalog);
        all.extend(ratios.iter().copied());
        let m = &row.measured;
        let name = format!("{} {} {} {}", m.model, m.accelerator, m.stack, m.weights.id());
        match groups.iter_mut().find(|(known, _)| *known == name) {
            Some((_, known)) => known.extend(ratios),
            None => groups.push((name, ratios)),
        }
    }
    groups.sort_by(|a, b| a.0.cmp(&b.0));
    for (name, ratios) in groups {
        println!("{}", summary(&name, &ratios));
    }
    println!("{}", summary(title, &all));
}

fn print_published(catalog: &Catalog, published: &[Published]) {
    let mut groups: Vec<(String, Vec<f64>)> = Vec::new();
    for row in published {
        let m = &row.measured;
        for name in [
            format!("{} {}", m.accelerator, m.model),
            m.accelerator.clone(),
            m.source.clone(),
            "~ all".to_owned(),
        ] {
            match groups.iter_mut().find(|(known, _)| *known == name) {
                Some((_, ratios)) => ratios.push(row.ratio(catalog)),
                None => groups.push((name, vec![row.ratio(catalog)])),
            }
        }
    }
    groups.sort_by(|a, b| a.0.cmp(&b.0));
    for (name, ratios) in groups {
        let error = quantile(ratios.iter().map(|r| (r - 1.0).abs()).collect(), 0.5);
        println!(
            "{name:52}  throughput {:4} error {:5.1}% bias {:.2}",
            ratios.len(),
            error * 100.0,
            quantile(ratios, 0.5)
        );
    }
}

/// Median error and bias of each phase.
fn summary(name: &str, ratios: &[(Phase, f64)]) -> String {
    let mut line = format!("{name:52}");
    for phase in Phase::ALL {
        let of_phase: Vec<f64> = ratios.iter().filter(|(p, _)| *p == phase).map(|(_, r)| *r).collect();
        if of_phase.is_empty() {
            continue;
        }
        let error = quantile(of_phase.iter().map(|r| (r - 1.0).abs()).collect(), 0.5);
        let worse = quantile(of_phase.iter().map(|r| (r - 1.0).abs()).collect(), 0.9);
        let bias = quantile(of_phase.clone(), 0.5);
        line += &format!(
            "  {} {:4} error {:5.1}% p90 {:5.1}% bias {:.2}",
            phase.label(),
            of_phase.len(),
            error * 100.0,
            worse * 100.0,
            bias
        );
    }
    line
}

fn quantile(mut values: Vec<f64>, share: f64) -> f64 {
    values.sort_by(f64::total_cmp);
    values[((values.len() - 1) as f64 * share).round() as usize]
}
