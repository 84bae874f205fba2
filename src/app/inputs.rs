//! The left panel: one row for each entry of the list of inputs, in the order in which they are shown.

use eframe::egui::{self, Align, CollapsingHeader, Layout, Response, Sense, Ui};
use headroom::catalog::{Catalog, FabricKind};
use headroom::engine::{self, Sizing};
use headroom::report::numbers;
use headroom::scenario::{
    self, Choices, DayShape, INPUTS, Input, Kind, MODEL_SIZE, Range, Scenario, Value, custom_model,
    custom_parameters,
};
use headroom::units::Unit;

use super::choice::choice_ui;
use super::day_strip::day_strip_ui;
use super::field::{Drafts, FieldText, exact, field_ui, problem_ui};
use super::input_list::{GROUPS, MODEL_SIZE_PATH, PROMINENT};
use super::marks::Marks;
use super::slider::{Track, slider_ui};
use super::text::{inside_sentence, split};
use super::theme::{body, caption, section_head, tokens};
use super::tokens::space;

/// Numbers that are better typed: the nines of an availability crowd at the end of any slider.
const TYPED: [&str; 1] = ["slo.availability"];

/// Width of a field, points.
const FIELD_WIDTH: f32 = 150.0;

const MODEL: &str = "workload.model";
const DAY: &str = "workload.day";

/// In place of a limit that is not set.
const NONE: &str = "none";

/// What the panel reads and changes.
pub struct Inputs<'a> {
    pub scenario: &'a mut Scenario,
    /// What a double click goes back to.
    pub baseline: &'a Scenario,
    pub catalog: &'a Catalog,
    /// The fleet that is shown.
    pub fleet: Option<&'a Sizing>,
    pub drafts: &'a mut Drafts,
    pub marks: &'a Marks,
    /// The scenario that the screen compares with.
    pub pinned: Option<&'a Scenario>,
}

/// The whole panel.
pub fn inputs_ui(ui: &mut Ui, mut inputs: Inputs<'_>) {
    ui.spacing_mut().item_spacing.y = 2.0;
    for (head, sections) in GROUPS {
        ui.add_space(space::S);
        let t = tokens(ui);
        let percentile = numbers::quantity(inputs.scenario.slo.percentile, Unit::Percentile);
        let head = if sections.contains(&"slo") { format!("{head}, {percentile}") } else { head.to_owned() };
        ui.label(section_head(&head, t));
        ui.add_space(2.0);
        let in_group = |input: &&Input| sections.contains(&input.section());
        let (shown, more): (Vec<&Input>, Vec<&Input>) =
            INPUTS.iter().filter(in_group).partition(|input| PROMINENT.contains(&input.path));
        for input in shown {
            inputs.input_ui(ui, input);
        }
        if more.is_empty() {
            continue;
        }
        let names: Vec<String> = more.iter().map(|input| inside_sentence(input.label)).collect();
        let names = format!("More: {}", names.join(", "));
        CollapsingHeader::new(caption(shortened(&names), t)).id_salt(head.split(',').next()).show_unindented(
            ui,
            |ui| {
                for input in more {
                    inputs.input_ui(ui, input);
                }
            },
        );
    }
    ui.add_space(space::L);
}

/// The inputs of `paths` alone.
pub fn stage_ui(ui: &mut Ui, mut inputs: Inputs<'_>, paths: &[&str]) {
    ui.spacing_mut().item_spacing.y = 2.0;
    for input in INPUTS.iter().filter(|input| paths.contains(&input.path)) {
        inputs.input_ui(ui, input);
        ui.add_space(space::S);
    }
}

/// Cuts a list of names to what a line of the panel holds.
fn shortened(names: &str) -> String {
    const LONGEST: usize = 54;
    if names.chars().count() <= LONGEST {
        return names.to_owned();
    }
    let cut: String = names.chars().take(LONGEST).collect();
    format!("{}, …", cut.rsplit_once(',').map_or(cut.as_str(), |(whole, _)| whole))
}

impl Inputs<'_> {
    fn input_ui(&mut self, ui: &mut Ui, input: &Input) {
        match input.kind {
            Kind::Number(range) | Kind::OptionalNumber(range) => self.number_ui(ui, input, &range),
            Kind::Choice(list) | Kind::OptionalChoice(list) => self.choice_row_ui(ui, input, list),
            Kind::Quotes => self.list_ui(ui, input, "none"),
            Kind::OptionalDay => self.list_ui(ui, input, "auto"),
            Kind::Accelerators => self.list_ui(ui, input, "all"),
        }
        problem_ui(ui, input.path, self.drafts);
        match input.path {
            MODEL => self.model_size_ui(ui),
            DAY => self.day_ui(ui, input),
            _ => {}
        }
    }

    /// The name of an input; a double click takes it back to the preset's value.
    fn label_ui(&mut self, ui: &mut Ui, input: &Input) -> Response {
        let t = tokens(ui);
        let label = ui.add(egui::Label::new(body(input.label, t)).sense(Sense::CLICK));
        let label =
            label.on_hover_text(format!("{} Double-click to restore the preset's value.", input.help));
        if label.double_clicked() {
            self.reset(input);
        }
        label
    }

    fn reset(&mut self, input: &Input) {
        let outcome = self.scenario.set_value(input, (input.get)(self.baseline), self.catalog);
        self.drafts.settle(input.path, outcome);
    }

    fn number_ui(&mut self, ui: &mut Ui, input: &Input, range: &Range) {
        let value = (input.get)(self.scenario);
        let resolved = match value {
            Value::Number(v) => Some(v),
            _ => self.left_to_the_program(input.path),
        };
        let auto = value == Value::Auto;
        let (number, mut unit) =
            resolved.map_or((String::new(), String::new()), |v| split(&numbers::quantity(v, range.unit)));
        if auto {
            unit = match number.is_empty() {
                true => unset(input.path).to_owned(),
                false => format!("{unit}, auto"),
            };
        }
        let edit = match resolved {
            Some(v) if !auto => exact(v, range.unit),
            Some(v) => split(&exact(v, range.unit)).0,
            None => "auto".to_owned(),
        };
        let shown = FieldText { number, unit, edit, quiet: auto };
        ui.horizontal(|ui| {
            let label = self.label_ui(ui, input);
            if input.optional() && !auto && auto_button_ui(ui, input.label, unset(input.path)) {
                let outcome = self.scenario.set_value(input, Value::Auto, self.catalog);
                self.drafts.settle(input.path, outcome);
            }
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                let width = FIELD_WIDTH.min(ui.available_width());
                let (_, typed) = field_ui(ui, input.path, &label, &shown, self.drafts, width);
                if let Some(text) = typed {
                    // "What if it doubles?" may be typed as a change. A share is added to as a number.
                    let now = resolved.filter(|_| range.unit != Unit::Fraction);
                    let outcome = match now.and_then(|now| numbers::relative(&text, now)) {
                        Some(v) => {
                            let v = if range.whole { v.round() } else { v };
                            self.scenario.set_value(input, Value::Number(v), self.catalog)
                        }
                        // An amount in the currency in force.
                        None if range.unit.is_money()
                            && let Some(usd) = numbers::parse(&text, range.unit) =>
                        {
                            self.scenario.set_value(input, Value::Number(usd), self.catalog)
                        }
                        None => {
                            let typed = numbers::separators();
                            self.scenario.set_typed(input.path, &text, typed, self.catalog)
                        }
                    };
                    self.drafts.settle(input.path, outcome);
                }
            });
        });
        if TYPED.contains(&input.path) {
            return;
        }
        // No limit is beyond the largest.
        let end = if unset(input.path) == NONE { range.slider.1 } else { range.slider.0 };
        let pinned = self.pinned.map(|pinned| (input.get)(pinned)).filter(|pinned| *pinned != value);
        let pinned = match pinned {
            Some(Value::Number(v)) => Some(v),
            _ => None,
        };
        let along = Track { cliffs: self.marks.of(input.path), pinned };
        let (response, moved) = slider_ui(ui, input.label, resolved.unwrap_or(end), range, along);
        if response.double_clicked() {
            self.reset(input);
        } else if let Some(v) = moved {
            let outcome = self.scenario.set_value(input, Value::Number(v), self.catalog);
            self.drafts.settle(input.path, outcome);
        }
    }

    fn choice_row_ui(&mut self, ui: &mut Ui, input: &Input, list: Choices) {
        let mut options = scenario::choices(list, self.catalog);
        let value = (input.get)(self.scenario);
        let quiet = value == Value::Auto;
        let current = match &value {
            Value::Text(id) => match options.iter().find(|(known, _)| known == id) {
                Some((_, name)) => name.clone(),
                None if custom_parameters(id).is_some() => format!("Dense, {id}"),
                None if list == Choices::Days => "Custom".to_owned(),
                None => id.clone(),
            },
            _ => self
                .chosen_by_the_program(input.path)
                .map_or("auto".to_owned(), |value| format!("{value}, auto")),
        };
        if input.optional() {
            options.insert(0, ("auto".to_owned(), "auto".to_owned()));
        }
        ui.horizontal(|ui| {
            self.label_ui(ui, input);
            if let Some(id) = choice_ui(ui, input.label, &current, quiet, &options) {
                let outcome = self.scenario.set(input.path, &id, self.catalog);
                self.drafts.settle(input.path, outcome);
            }
        });
    }

    /// A line of its own for what is longer than a number.
    fn list_ui(&mut self, ui: &mut Ui, input: &Input, empty: &str) {
        let text = (input.get)(self.scenario).text();
        let none = text.is_empty();
        let number = if none { empty.to_owned() } else { text.clone() };
        let shown = FieldText { number, unit: String::new(), edit: text, quiet: none };
        let label = self.label_ui(ui, input);
        let width = ui.available_width();
        if let Some(text) = field_ui(ui, input.path, &label, &shown, self.drafts, width).1 {
            let outcome = self.scenario.set(input.path, &text, self.catalog);
            self.drafts.settle(input.path, outcome);
        }
    }

    /// The day as bars to draw; its 24 numbers as text, once they are the user's own.
    fn day_ui(&mut self, ui: &mut Ui, input: &Input) {
        let w = &self.scenario.workload;
        let hours = w.day.hours(w.average_to_peak);
        if let Some(hours) = day_strip_ui(ui, &hours) {
            let value = Value::Text(DayShape::Own(hours).text());
            let outcome = self.scenario.set_value(input, value, self.catalog);
            self.drafts.settle(DAY, outcome);
        }
        if matches!(self.scenario.workload.day, DayShape::Own(_)) {
            let text = self.scenario.workload.day.text();
            let shown = FieldText { number: text.clone(), unit: String::new(), edit: text, quiet: true };
            let label = ui.label(caption("24 values, midnight to midnight", tokens(ui)));
            let width = ui.available_width();
            if let Some(text) = field_ui(ui, DAY, &label, &shown, self.drafts, width).1 {
                let outcome = self.scenario.set(DAY, &text, self.catalog);
                self.drafts.settle(DAY, outcome);
            }
        }
    }

    /// The size of the model: the catalog model's own, until it is dragged and a dense model of that size takes over.
    fn model_size_ui(&mut self, ui: &mut Ui) {
        const LABEL: &str = "Model size";
        let Some(parameters) = engine::model_parameters(self.scenario, self.catalog) else { return };
        let text = numbers::quantity(parameters, Unit::Parameters);
        let shown =
            FieldText { number: text.clone(), unit: " parameters".to_owned(), edit: text, quiet: false };
        let mut chosen = None;
        ui.horizontal(|ui| {
            let t = tokens(ui);
            let label = ui.label(body(LABEL, t)).on_hover_text(
                "Parameters of the model. Drag to try a dense model of another size; choose a model above to undo.",
            );
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                let width = FIELD_WIDTH.min(ui.available_width());
                chosen = field_ui(ui, MODEL_SIZE_PATH, &label, &shown, self.drafts, width).1;
            });
        });
        let pinned = self.pinned.and_then(|pinned| engine::model_parameters(pinned, self.catalog));
        let pinned = pinned.filter(|pinned| *pinned != parameters);
        let along = Track { cliffs: self.marks.of(MODEL_SIZE_PATH), pinned };
        let (response, moved) = slider_ui(ui, LABEL, parameters, &MODEL_SIZE, along);
        if response.double_clicked() {
            chosen = Some(self.baseline.workload.model.clone());
        } else if let Some(v) = moved {
            chosen = Some(custom_model(v));
        }
        if let Some(text) = chosen {
            // A model's name is kept in files: there, numbers are written in one way.
            let text = numbers::parse(&text, Unit::Parameters).map_or(text, custom_model);
            let outcome = self.scenario.set(MODEL, &text, self.catalog);
            self.drafts.settle(MODEL_SIZE_PATH, outcome);
        }
        problem_ui(ui, MODEL_SIZE_PATH, self.drafts);
    }

    /// The number used for one that is automatic.
    fn left_to_the_program(&self, path: &str) -> Option<f64> {
        let region = self.catalog.region(&self.scenario.facility.region);
        match path {
            "platform.memory_utilization" => self
                .catalog
                .stack_named(&self.scenario.platform.stack)
                .map(|stack| stack.memory_fraction.value()),
            "platform.tp" => self.fleet.map(|fleet| f64::from(fleet.layout.tp)),
            "platform.pp" => self.fleet.map(|fleet| f64::from(fleet.layout.pp)),
            "platform.ep" => self.fleet.map(|fleet| f64::from(fleet.layout.ep)),
            "platform.attention_dp" => self.fleet.map(|fleet| f64::from(fleet.layout.attention_dp)),
            // A number that is given is of replicas that are alike, or of each pool.
            "fleet.replicas" | "fleet.spare_replicas"
                if self.fleet.is_some_and(|fleet| fleet.pools.is_some()) =>
            {
                None
            }
            "fleet.replicas" => self.fleet.map(|fleet| f64::from(fleet.layout.replicas)),
            "fleet.spare_replicas" => self.fleet.map(|fleet| f64::from(fleet.layout.spare_replicas)),
            // Liquid needs less: what the accelerator that is shown is cooled by decides.
            "facility.pue" => {
                let pue = self.fleet.map(|fleet| fleet.estate.facility.pue);
                pue.or(region.map(|r| r.pue.value()))
            }
            "facility.electricity_usd_per_kwh" => region.map(|r| r.electricity_usd_per_kwh.value()),
            "facility.carbon_g_per_kwh" => region.map(|r| r.carbon_g_per_kwh.value()),
            "facility.water_l_per_kwh" => region.map(|r| r.water_l_per_kwh.value()),
            _ => None,
        }
    }

    /// The label of the choice used for one that is automatic.
    fn chosen_by_the_program(&self, path: &str) -> Option<&'static str> {
        let sizing = self.fleet?;
        match path {
            "platform.weights" => Some(sizing.layout.weights.label()),
            "platform.kv_cache" => Some(sizing.layout.kv_cache.label()),
            "facility.network" => Some(sizing.estate.network.back_end.map_or("none", FabricKind::label)),
            _ => None,
        }
    }
}

/// The text for a number that is neither set nor calculated: an unset limit is "none".
fn unset(path: &str) -> &'static str {
    if path == "facility.power_cap_w" { NONE } else { "auto" }
}

/// A small button that makes an input automatic again.
fn auto_button_ui(ui: &mut Ui, label: &str, value: &str) -> bool {
    let t = tokens(ui);
    let text = caption(format!("set, use {value}"), t);
    let button = ui.add(egui::Button::new(text).small().frame_when_inactive(false));
    button
        .widget_info(|| egui::WidgetInfo::labeled(egui::Role::Button, true, format!("{label}: use {value}")));
    button.on_hover_text("Set automatically.").clicked()
}
