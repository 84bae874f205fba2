//! The engine against the measured runs, as the screen draws it.

use std::cell::OnceCell;

use headroom::catalog::{Catalog, MeasuredLatency, NumberFormat, measured_latency};
use headroom::engine::calibration::accuracy::{Judged, Judgement, Phase, Summary, judge};
use headroom::report::numbers;

/// Values whose names are in the plot because they are the furthest off.
const NAMED: usize = 3;

/// Worked out at the first look, once.
#[derive(Default)]
pub struct Accuracy {
    pages: OnceCell<Vec<Page>>,
}

/// One phase of all measured runs.
pub struct Page {
    pub phase: Phase,
    pub summary: Summary,
    /// One for each accelerator that was measured.
    pub groups: Vec<MeasuredAccelerator>,
    /// The values furthest off.
    pub worst: Vec<Point>,
}

/// The values of one accelerator.
pub struct MeasuredAccelerator {
    pub id: String,
    pub name: String,
    pub points: Vec<Point>,
}

/// One measured value and the engine's.
#[derive(Clone)]
pub struct Point {
    pub measured_s: f64,
    pub predicted_s: f64,
    /// Model and accelerator.
    pub name: String,
    pub run: Run,
}

/// How it ran.
#[derive(Clone, Debug, PartialEq)]
pub struct Run {
    stack: String,
    weights: NumberFormat,
    accelerators: u32,
    input_tokens: f64,
    output_tokens: f64,
    concurrency: u32,
}

impl Run {
    /// "vLLM, FP8, 4 accelerators, 1,000 tokens in and 500 out, 32 at once".
    pub fn setting(&self) -> String {
        format!(
            "{}, {}, {} accelerators, {} tokens in and {} out, {} at once",
            self.stack,
            self.weights.label(),
            self.accelerators,
            numbers::count(self.input_tokens),
            numbers::count(self.output_tokens),
            self.concurrency
        )
    }
}

impl Point {
    /// What was measured, what was predicted, and how far apart they are.
    pub fn description(&self) -> String {
        let (measured, predicted) = (numbers::seconds(self.measured_s), numbers::seconds(self.predicted_s));
        format!("{}\nmeasured {measured}, predicted {predicted}: {}", self.run.setting(), self.factor())
    }

    /// Predicted over measured, as text.
    pub fn factor(&self) -> String {
        let ratio = self.predicted_s / self.measured_s;
        match ratio {
            r if r >= 2.0 => format!("{} times too high", numbers::significant(r, 2)),
            r if r <= 0.5 => format!("{} times too low", numbers::significant(1.0 / r, 2)),
            r if r >= 1.0 => format!("{} too high", numbers::percent(r - 1.0)),
            r => format!("{} too low", numbers::percent(1.0 - r)),
        }
    }
}

impl Accuracy {
    /// The page of `phase`; `None` where nothing was measured.
    pub fn page(&self, catalog: &Catalog, phase: Phase) -> Option<&Page> {
        let pages = self.pages.get_or_init(|| {
            // A test rules out that the file is broken.
            let rows = measured_latency().unwrap_or_default();
            let judgement = judge(&rows, catalog);
            Phase::ALL.iter().filter_map(|phase| page(&judgement, catalog, *phase)).collect()
        });
        pages.iter().find(|page| page.phase == phase)
    }
}

fn page(judgement: &Judgement<'_>, catalog: &Catalog, phase: Phase) -> Option<Page> {
    let mut groups: Vec<MeasuredAccelerator> = Vec::new();
    for value in judgement.of(phase) {
        let id = &judgement.rows[value.row].accelerator;
        let point = point(value, judgement.rows[value.row], catalog);
        match groups.iter_mut().find(|group| group.id == *id) {
            Some(group) => group.points.push(point),
            None => groups.push(MeasuredAccelerator {
                id: id.clone(),
                name: short_name(id, catalog),
                points: vec![point],
            }),
        }
    }
    groups.sort_by(|a, b| a.id.cmp(&b.id));
    let worst = judgement.worst(&[phase], NAMED);
    let worst = worst.into_iter().map(|v| point(v, judgement.rows[v.row], catalog)).collect();
    Some(Page { phase, summary: judgement.summary(phase)?, groups, worst })
}

fn short_name(accelerator: &str, catalog: &Catalog) -> String {
    catalog.accelerator(accelerator).map_or(accelerator, |a| &a.short_name).to_owned()
}

fn point(value: &Judged, row: &MeasuredLatency, catalog: &Catalog) -> Point {
    let model = catalog.model(&row.model).map_or(row.model.as_str(), |m| &m.name);
    let stack = catalog.stack(&row.stack).map_or(row.stack.as_str(), |s| &s.name);
    Point {
        measured_s: value.measured_s,
        predicted_s: value.predicted_s.typical,
        name: format!("{model} on {}", short_name(&row.accelerator, catalog)),
        run: Run {
            stack: stack.to_owned(),
            weights: row.weights,
            accelerators: row.tp * row.pp * row.attention_dp,
            input_tokens: row.input_tokens,
            output_tokens: row.output_tokens,
            concurrency: row.concurrency,
        },
    }
}
