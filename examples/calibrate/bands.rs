//! The widths of the bands, from the errors of the fit and of fits that had not seen what they are judged by: errors of answers to who
//! does not say what the server was told, as few do.

use headroom::catalog::{
    BandWidth, Calibration, Catalog, MeasuredKind, ModelWidth, Phase, Trial, measured_latency,
    measured_throughput,
};

use super::{Ratio, Ratios, quantile};

/// Share of the errors that a band holds: a little more than the nine in ten that it promises, since the rows it
/// comes from are few.
const HELD: f64 = 0.94;

/// Rows of one stack and phase below which those of all stacks are taken in.
const FEWEST: usize = 60;

/// Rows of one model on one accelerator under one stack below which it has no width of its own, and at which its own and that of
/// the stack count alike.
const FEWEST_OF_A_MODEL: f64 = 10.0;

const HEAD: &str = "// What was measured, and how wide the bands are: written by `cargo run --release --example calibrate -- --write`.
// A width is the factor, below and above an estimate, that holds nine in ten of the measurements: of the rows that were
// fitted to, of models that the fit had not seen, of accelerators that it had not seen.
";

/// Estimated over measured, by what the fit had seen.
pub struct Unseen<'a> {
    pub fitted: Ratios,
    pub models: Ratios,
    pub accelerators: Ratios,
    pub stacks: Ratios,
    pub catalog: &'a Catalog,
}

/// Writes `assets/bands.ron`.
///
/// # Errors
/// The file cannot be written.
pub fn write(unseen: &Unseen<'_>) -> Result<(), String> {
    let mut widths = Vec::new();
    for stack in &unseen.catalog.stacks {
        for phase in Phase::ALL {
            let measured = width(&unseen.fitted, &stack.id, phase);
            let other_model = width(&unseen.models, &stack.id, phase).max(measured);
            let other_accelerator = width(&unseen.accelerators, &stack.id, phase).max(other_model);
            widths.push(BandWidth {
                stack: stack.id.clone(),
                phase,
                measured,
                other_model,
                other_accelerator,
            });
        }
    }
    let mut trials = Vec::new();
    for (left_out, ratios) in [
        ("nothing", &unseen.fitted),
        ("model", &unseen.models),
        ("accelerator", &unseen.accelerators),
        ("stack", &unseen.stacks),
    ] {
        trials.extend(Phase::ALL.into_iter().map(|phase| trial(left_out, phase, ratios)));
    }
    let mut published: Vec<String> = measured_throughput()
        .map_err(|error| error.to_string())?
        .into_iter()
        .map(|row| row.accelerator)
        .collect();
    published.sort();
    published.dedup();
    let mut measured = measured_kinds(unseen.catalog)?;
    for kind in &mut measured {
        kind.widths = widths_of(kind, &unseen.fitted);
    }
    let bands = Calibration { measured, published, widths, trials };
    let pretty = ron::ser::PrettyConfig::new().depth_limit(2);
    let options = ron::Options::default();
    let text = options.to_string_pretty(&bands, pretty).map_err(|error| error.to_string())?;
    std::fs::write("assets/bands.ron", format!("{HEAD}{text}\n")).map_err(|error| error.to_string())
}

fn trial(left_out: &str, phase: Phase, ratios: &Ratios) -> Trial {
    let of_phase: Vec<f64> = ratios.iter().filter(|r| r.phase == phase).map(|r| r.ratio).collect();
    let errors: Vec<f64> = of_phase.iter().map(|ratio| (ratio - 1.0).abs()).collect();
    let rounded = |value: f64| (value * 1e3).round() / 1e3;
    Trial {
        left_out: left_out.to_owned(),
        phase,
        count: of_phase.len(),
        median_error: rounded(quantile(errors.clone(), 0.5)),
        p90_error: rounded(quantile(errors, 0.9)),
        bias: rounded(quantile(of_phase, 0.5) - 1.0),
    }
}

fn width(ratios: &Ratios, stack: &str, phase: Phase) -> f64 {
    let of = |stack: Option<&str>| -> Vec<f64> {
        ratios
            .iter()
            .filter(|r| r.phase == phase && stack.is_none_or(|stack| r.stack == stack))
            .map(|r| r.untold.ln().abs())
            .collect()
    };
    let mut errors = of(Some(stack));
    if errors.len() < FEWEST {
        errors = of(None);
    }
    rounded(held(errors).exp())
}

/// The logarithm of the factor that holds as many of `errors`, logarithms, as a band should.
fn held(mut errors: Vec<f64>) -> f64 {
    errors.sort_by(f64::total_cmp);
    errors[((errors.len() - 1) as f64 * HELD).round() as usize]
}

fn rounded(factor: f64) -> f64 {
    (factor * 100.0).ceil() / 100.0
}

/// How wide the bands of the models are that ran on one accelerator under one stack: between their own errors and those of the
/// stack, nearer to their own the more of them there are.
fn widths_of(kind: &MeasuredKind, fitted: &Ratios) -> Vec<ModelWidth> {
    let mut widths = Vec::new();
    for model in &kind.models {
        for phase in Phase::ALL {
            let of_it = |r: &&Ratio| {
                (&r.accelerator, &r.stack, &r.model, r.phase)
                    == (&kind.accelerator, &kind.stack, model, phase)
            };
            let errors: Vec<f64> = fitted.iter().filter(of_it).map(|r| r.untold.ln().abs()).collect();
            let count = errors.len() as f64;
            if count >= FEWEST_OF_A_MODEL {
                let (own, all) = (held(errors), width(fitted, &kind.stack, phase).ln());
                let weight = count / (count + FEWEST_OF_A_MODEL);
                let factor = rounded((weight * own + (1.0 - weight) * all).exp());
                widths.push(ModelWidth { model: model.clone(), phase, factor });
            }
        }
    }
    widths
}

/// The models of each accelerator and stack, with those of the same architecture.
fn measured_kinds(catalog: &Catalog) -> Result<Vec<MeasuredKind>, String> {
    let mut kinds: Vec<MeasuredKind> = Vec::new();
    let rows = measured_latency().map_err(|error| error.to_string())?;
    for row in rows.into_iter().filter(|row| row.doubt.is_empty()) {
        let model = catalog.model(&row.model).ok_or("a row names an unknown model")?;
        let same: Vec<String> =
            catalog.models.iter().filter(|other| model.is_shaped_like(other)).map(|m| m.id.clone()).collect();
        let found = kinds.iter_mut().find(|k| k.accelerator == row.accelerator && k.stack == row.stack);
        match found {
            Some(kind) => kind.models.extend(same),
            None => {
                let (accelerator, stack) = (row.accelerator, row.stack);
                kinds.push(MeasuredKind { accelerator, stack, models: same, widths: Vec::new() });
            }
        }
    }
    for kind in &mut kinds {
        kind.models.sort();
        kind.models.dedup();
    }
    kinds.sort_by(|a, b| (&a.accelerator, &a.stack).cmp(&(&b.accelerator, &b.stack)));
    Ok(kinds)
}
