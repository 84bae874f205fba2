//! The user's own measurement: the form for what a benchmark's result file does not contain, and what becomes
//! of the figures.

use eframe::egui::{self, Button, Context, DragValue, Grid, Id, Modal, Response, Role, Ui, WidgetInfo, vec2};
use headroom::catalog::{MeasuredLatency, NumberFormat, stack_id};
use headroom::engine::calibration::own_measurements::{changes, distinct};
use headroom::import::{BenchmarkFile, Library, Setting};
use headroom::report::numbers;
use headroom::report::sentence;

use crate::app::catalogs::Catalogs;
use crate::app::choice::choice_ui;
use crate::app::sheet::Sheet;
use crate::app::theme::{body, caption, card, strong, tokens};
use crate::app::tokens::{DARK, LIGHT, measure, size, space};

/// Width of the form and of its right column, points.
const WIDTH: f32 = 420.0;
const FIELD_WIDTH: f32 = 260.0;

/// Most ranks of one degree of parallelism.
const MOST_DEGREE: u32 = 4096;

/// A result file, and what the user adds to it.
pub struct Form {
    file: BenchmarkFile,
    pub setting: Setting,
    /// The catalog that the user's folder has to agree with: it is read at every start.
    home: Library,
    problems: Vec<String>,
}

/// What was decided.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Decision {
    Add,
    Cancel,
}

/// What is on the screen: the scenario's model and stack, the accelerator and the layout shown.
pub fn setting(sheet: &Sheet) -> Setting {
    let shown = sheet.answer.as_ref().ok().and_then(|a| a.shown(sheet.selected.as_deref()));
    let platform = &sheet.scenario.platform;
    let layout = shown.map(|(_, sizing)| &sizing.layout);
    let degree = |of: fn(&headroom::engine::Layout) -> u32| layout.map_or(1, of);
    Setting {
        model: sheet.scenario.workload.model.clone(),
        accelerator: shown.map(|(c, _)| c.accelerator.clone()).unwrap_or_default(),
        stack: stack_id(&platform.stack).to_owned(),
        weights: layout.map(|l| l.weights).or(platform.weights).unwrap_or(NumberFormat::Bf16),
        kv_cache: layout.map(|l| l.kv_cache).or(platform.kv_cache),
        tp: degree(|l| l.tp),
        pp: degree(|l| l.pp),
        ep: degree(|l| l.ep),
        attention_dp: degree(|l| l.attention_dp),
        stack_version: String::new(),
        length_spread: None,
    }
}

impl Form {
    /// The form for a result file. `home` is the catalog that the user's folder has to agree with.
    pub fn new(file: BenchmarkFile, setting: Setting, home: Library) -> Self {
        // The form is of one deployment: what all runs of the file say of it.
        let claims = file.results.first().map(|run| &run.claims);
        let claims = claims.filter(|claims| file.results.iter().all(|run| run.claims == **claims));
        let setting = match claims {
            Some(claims) => setting.as_claimed(claims, &home),
            None => setting,
        };
        Self { file, setting, home, problems: Vec::new() }
    }

    /// The problem that prevents adding it.
    pub fn refused(mut self, problems: Vec<String>) -> Self {
        self.problems = problems;
        self
    }

    /// Keeps the measurement in the user's folder; messages about it.
    ///
    /// # Errors
    /// What is wrong with the measurement, or with the folder.
    pub fn add(&self, catalogs: &mut Catalogs) -> Result<Vec<String>, Vec<String>> {
        let runs = self.file.results.iter();
        let rows: Vec<MeasuredLatency> = runs.map(|run| self.setting.measurement(run)).collect();
        let (before, path) = catalogs.add_measurements(&rows, &self.home)?;
        let changes = changes(&rows, &before, catalogs.current());
        let moved: Vec<String> = distinct(&changes).map(sentence::measured_change).collect();
        let left_out = self.file.left_out.iter().map(|why| format!("Left out: {why}"));
        let cautions = self.file.results.iter().flat_map(|run| &run.cautions).cloned();
        Ok(left_out
            .chain(cautions)
            .chain([format!("{}. Saved in {}.", moved.join(". "), path.display())])
            .collect())
    }

    /// Shows the form; returns a decision once a button or Escape is pressed.
    pub(super) fn ui(&mut self, ctx: &Context) -> Option<Decision> {
        let style = ctx.global_style();
        let t = if style.visuals.dark_mode { &DARK } else { &LIGHT };
        let frame = card(t).inner_margin(space::XL).shadow(style.visuals.window_shadow);
        let mut decision = None;
        let modal = Modal::new(Id::unique("measurement")).frame(frame).show(ctx, |ui| {
            ui.set_width(WIDTH);
            ui.label(strong("Add your measurement", t).size(size::BODY + 3.0));
            ui.add_space(space::S);
            ui.label(body(self.found(), t));
            ui.add_space(space::M);
            ui.label(body("The file does not describe the deployment. It was:", t));
            ui.add_space(space::XS);
            self.fields_ui(ui);
            for problem in &self.problems {
                ui.add_space(space::XS);
                let text = format!("▲ {problem}");
                let label = ui.label(body(&text, t).size(size::CAPTION).color(t.bad_text));
                label.widget_info(|| WidgetInfo::labeled(Role::Alert, true, &text));
            }
            ui.add_space(space::L);
            ui.horizontal(|ui| {
                let button = Button::new(strong("Add", t).color(t.panel)).fill(t.accent);
                if ui.add(button.min_size(vec2(72.0, 28.0))).clicked() {
                    decision = Some(Decision::Add);
                }
                if ui.add(Button::new("Cancel").min_size(vec2(72.0, 28.0))).clicked() {
                    decision = Some(Decision::Cancel);
                }
            });
        });
        // A list that is open over the form closes first.
        let closes = modal.should_close() && !egui::Popup::is_any_open(ctx);
        decision.or(closes.then_some(Decision::Cancel))
    }

    /// What is in the file.
    fn found(&self) -> String {
        let runs = self.file.results.iter().map(|run| {
            let time = |ms: Option<f64>| {
                ms.map_or_else(|| "not measured".to_owned(), |ms| numbers::seconds(ms / 1e3))
            };
            format!(
                "concurrency {}, {} + {} tokens: TTFT {}, TPOT {}",
                run.concurrency,
                numbers::count(run.input_tokens),
                numbers::count(run.output_tokens),
                time(run.ttft_ms),
                time(run.tpot_ms)
            )
        });
        let model = self.file.results.first().map(|run| run.model.as_str()).filter(|model| !model.is_empty());
        let of = model.map_or_else(String::new, |model| format!(" of {model}"));
        format!("{}{of}\n{}", self.file.tool.name(), runs.collect::<Vec<_>>().join("\n"))
    }

    fn fields_ui(&mut self, ui: &mut Ui) {
        let Self { setting, home, .. } = self;
        let named = |id: &str, name: &str| (id.to_owned(), name.to_owned());
        let models: Vec<_> = home.models.iter().map(|m| named(&m.id, &m.name)).collect();
        let accelerators: Vec<_> = home.accelerators.iter().map(|a| named(&a.id, &a.name)).collect();
        let stacks: Vec<_> = home.stacks.iter().map(|s| named(&s.id, &s.name)).collect();
        let formats: Vec<_> = NumberFormat::ALL.iter().map(|f| named(f.id(), f.label())).collect();
        let mut caches = formats.clone();
        caches.insert(0, named("auto", "what the stack chooses"));

        Grid::new("what ran").num_columns(2).spacing(vec2(space::M, space::XS)).show(ui, |ui| {
            pick_ui(ui, "Model", &mut setting.model, &models);
            pick_ui(ui, "Accelerator", &mut setting.accelerator, &accelerators);
            pick_ui(ui, "Stack", &mut setting.stack, &stacks);
            let mut weights = setting.weights.id().to_owned();
            pick_ui(ui, "Weights format", &mut weights, &formats);
            setting.weights = weights.parse().unwrap_or(setting.weights);
            let mut cache = setting.kv_cache.map_or("auto", NumberFormat::id).to_owned();
            pick_ui(ui, "KV cache format", &mut cache, &caches);
            setting.kv_cache = cache.parse().ok();
            degree_ui(ui, "Tensor parallel", &mut setting.tp);
            degree_ui(ui, "Pipeline stages", &mut setting.pp);
            degree_ui(ui, "Expert parallel", &mut setting.ep);
            degree_ui(ui, "Attention data parallel", &mut setting.attention_dp);
        });
        ui.label(caption(
            "Formats and layout are those of the candidate shown; change what differed.",
            tokens(ui),
        ));
    }
}

/// One row: a choice among `options`.
fn pick_ui(ui: &mut Ui, label: &str, id: &mut String, options: &[(String, String)]) {
    name_ui(ui, label);
    let current = options.iter().find(|(known, _)| known == id);
    let current = current.map_or("choose", |(_, name)| name.as_str());
    ui.horizontal(|ui| {
        ui.set_width(FIELD_WIDTH);
        if let Some(picked) = choice_ui(ui, label, current, false, options) {
            *id = picked;
        }
    });
    ui.end_row();
}

/// One row: a degree of parallelism.
fn degree_ui(ui: &mut Ui, label: &str, degree: &mut u32) {
    let name = name_ui(ui, label);
    ui.horizontal(|ui| {
        ui.set_width(FIELD_WIDTH);
        ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
            let value = DragValue::new(degree).range(1..=MOST_DEGREE).speed(0.05);
            ui.add_sized(vec2(60.0, measure::ROW_HEIGHT - 2.0), value).labelled_by(name.id);
        });
    });
    ui.end_row();
}

fn name_ui(ui: &mut Ui, label: &str) -> Response {
    let t = tokens(ui);
    ui.label(body(label, t))
}
