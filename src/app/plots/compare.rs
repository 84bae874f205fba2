//! The page that compares: pins, what changed in the inputs, what that did to the answer.

use eframe::egui::{self, Align, Grid, Layout, Role, TextEdit, Ui, WidgetInfo, vec2};
use headroom::engine::{Headline, Sizing};
use headroom::report::{figure, numbers};
use headroom::scenario::{INPUTS, Input, Scenario, Value};

use super::card::Card;
use super::causes;
use super::scene::{CardPlace, Scene};
use super::table::{Cell, Column, Table};
use crate::app::answer::Answer;
use crate::app::history::written;
use crate::app::pins::Pins;
use crate::app::theme::{body, caption, card, regular, section_head, shrunk, strong, tokens};
use crate::app::tokens::{measure, size, space};

/// The inputs that differ.
pub(super) const CHANGED: Card = Card {
    title: "What changed",
    table: changed_table,
    draw: |ui, _, scene, _| titled_ui(ui, CHANGED.title, |ui| changed_ui(ui, scene)),
};

/// What became of the answer.
pub(super) const RESULT: Card = Card {
    title: "Result",
    table: result_table,
    draw: |ui, answer, scene, _| titled_ui(ui, RESULT.title, |ui| result_ui(ui, answer, scene)),
};

/// The pinned scenarios, each with its answer about what is shown `now`. Answers one that is to be put back on the screen.
pub fn pins_ui(
    ui: &mut Ui,
    pins: &mut Pins,
    now: Option<&Answer>,
    selected: Option<&str>,
) -> Option<Scenario> {
    let mut back = None;
    titled_ui(ui, "Pinned", |ui| {
        if pins.list.is_empty() {
            let hint = "Nothing is pinned. Pin this scenario (Ctrl+P), then change an input: every figure, slider and plot shows what changed.";
            ui.label(body(hint, tokens(ui)));
        } else {
            back = list_ui(ui, pins, now, selected);
        }
    });
    back
}

/// What changed since the pin, what became of the answer, and which input caused how much.
pub fn compare_ui(ui: &mut Ui, answer: &mut Answer, scene: &Scene<'_>) {
    let Some(pin) = scene.pinned else { return };
    ui.add_space(space::M);
    let changed = pin.scenario != *scene.scenario;
    let beside = ui.available_width() >= BESIDE_FROM;
    let half = if beside { (ui.available_width() - space::M) / 2.0 } else { ui.available_width() };
    let mut column = |ui: &mut Ui, right: bool| {
        // Grids can be read as they are.
        if !right {
            (CHANGED.draw)(ui, answer, scene, CardPlace::Page);
            ui.add_space(space::M);
            (RESULT.draw)(ui, answer, scene, CardPlace::Page);
        } else if changed {
            causes::CARD.ui(ui, answer, scene, CardPlace::Page);
        }
    };
    if !beside {
        column(ui, false);
        ui.add_space(space::M);
        return column(ui, true);
    }
    ui.horizontal_top(|ui| {
        ui.spacing_mut().item_spacing.x = space::M;
        for right in [false, true] {
            ui.allocate_ui_with_layout(vec2(half, 0.0), Layout::top_down(Align::Min), |ui| {
                ui.set_width(half);
                ui.spacing_mut().item_spacing = vec2(space::S, space::XS);
                column(ui, right);
            });
        }
    });
}

fn titled_ui(ui: &mut Ui, title: &str, add: impl FnOnce(&mut Ui)) {
    let t = tokens(ui);
    card(t).show(ui, |ui| {
        ui.set_min_width(ui.available_width());
        ui.label(section_head(title, t));
        add(ui);
    });
}

fn result_ui(ui: &mut Ui, answer: &Answer, scene: &Scene<'_>) {
    let Some(pin) = scene.pinned else { return };
    let was = pin.headline(Some(answer), scene.selected);
    sentences_ui(ui, &was, &answer.headline(scene.selected));
    if let Some((was, now)) = both(answer, scene) {
        ui.add_space(space::S);
        figures_ui(ui, was, now);
    }
}

/// The fleet that is shown: as it was when it was pinned, and as it is now.
fn both<'a>(answer: &'a Answer, scene: &Scene<'a>) -> Option<(&'a Sizing, &'a Sizing)> {
    Some((scene.pinned?.of(answer, scene.selected)?.1, answer.shown(scene.selected)?.1))
}

fn result_table(answer: &mut Answer, scene: &Scene<'_>) -> Table {
    let columns = ["figure", "pinned", "now"].map(Column::text);
    let mut table = Table::new(RESULT.title, columns);
    for row in both(answer, scene).into_iter().flat_map(|(was, now)| rows(was, now)) {
        let Compared { label, values: [a, b], written: [before, after], .. } = row;
        table.push([Cell::Text(label), Cell::Written(a, before), Cell::Written(b, after)]);
    }
    table
}

/// The inputs that differ from the pinned scenario.
fn changed(scene: &Scene<'_>) -> impl Iterator<Item = (&'static Input, Value, Value)> {
    let was = scene.pinned.map_or(scene.scenario, |pin| &pin.scenario);
    let values = |input: &'static Input| (input, (input.get)(was), (input.get)(scene.scenario));
    INPUTS.iter().map(values).filter(|(_, was, now)| was != now)
}

fn changed_table(_: &mut Answer, scene: &Scene<'_>) -> Table {
    let mut table = Table::new(CHANGED.title, ["input", "pinned", "now"].map(Column::text));
    for (input, was, now) in changed(scene) {
        let unit = input.range().map(|range| range.unit);
        let cell = |value: &Value| match value {
            Value::Number(v) => Cell::Written(*v, written(value, unit)),
            _ => Cell::Text(written(value, unit)),
        };
        table.push([Cell::text(input.label), cell(&was), cell(&now)]);
    }
    table
}

/// From this width on two cards are side by side.
const BESIDE_FROM: f32 = 1000.0;

/// Width of a column of figures at most, points.
const NUMBER: f32 = 104.0;
/// The share of the width that the names have at least, where they need it.
const NAMES: f32 = 0.34;

/// Widths of the `names` and of each of `columns` of figures in a grid.
fn widths<'n>(ui: &Ui, names: impl Iterator<Item = &'n str>, columns: usize) -> (f32, f32) {
    let (all, columns) = (ui.available_width() - 2.0, columns as f32);
    let number = (all * (1.0 - NAMES) / columns - space::M).clamp(1.0, NUMBER);
    let wide = |name: &str| {
        ui.painter().layout_no_wrap(name.to_owned(), regular(size::BODY), tokens(ui).middle).size().x
    };
    let widest = names.map(wide).fold(0.0, f32::max).ceil() + 1.0;
    (widest.min(all - columns * (number + space::M)), number)
}

/// The name of a row, in as many lines as it needs.
fn name_ui(ui: &mut Ui, text: impl Into<String>, width: f32) {
    let size = vec2(width, measure::ROW_HEIGHT - space::XS);
    ui.allocate_ui_with_layout(size, Layout::left_to_right(Align::Center), |ui| {
        ui.set_width(width);
        ui.add(egui::Label::new(body(text, tokens(ui))).wrap());
    });
}

/// A cell of figures, right-aligned.
fn number_ui(ui: &mut Ui, text: egui::RichText, width: f32) {
    let size = vec2(width, measure::ROW_HEIGHT - space::XS);
    ui.allocate_ui_with_layout(size, Layout::right_to_left(Align::Center), |ui| {
        ui.set_min_width(width);
        let font = shrunk(ui.painter(), text.text(), regular(size::BODY), width);
        ui.label(text.size(font.size));
    });
}

fn list_ui(ui: &mut Ui, pins: &mut Pins, now: Option<&Answer>, selected: Option<&str>) -> Option<Scenario> {
    let t = tokens(ui);
    let (mut choose, mut remove, mut back) = (None, None, None);
    let against = pins.chosen();
    for (i, pin) in pins.list.iter_mut().enumerate() {
        let chosen = against == Some(i);
        let name = pin.name();
        ui.horizontal_wrapped(|ui| {
            let response = ui.radio(chosen, strong(&name, t));
            if response.on_hover_text("Compare with this one").clicked() {
                choose = Some(i);
            }
            ui.label(body(pin.headline(now, selected), t));
            for (label, hint) in [("Restore", "Shows this scenario again"), ("Remove", "Removes this pin")] {
                let button = ui.button(label);
                button.widget_info(|| WidgetInfo::labeled(Role::Button, true, format!("{label}: {name}")));
                if button.on_hover_text(hint).clicked() {
                    match label {
                        "Remove" => remove = Some(i),
                        _ => back = Some(pin.scenario.clone()),
                    }
                }
            }
            let note = TextEdit::singleline(&mut pin.note)
                .hint_text("Title on the wall")
                .desired_width(220.0)
                .show(ui)
                .response
                .response;
            note.widget_info(|| WidgetInfo::labeled(Role::TextInput, true, format!("Note: {name}")));
        });
    }
    if choose.is_some() {
        pins.choose(choose);
    }
    if let Some(i) = remove {
        pins.remove(i);
    }
    back
}

fn changed_ui(ui: &mut Ui, scene: &Scene<'_>) {
    let t = tokens(ui);
    ui.add_space(space::XS);
    let changed: Vec<_> = changed(scene).collect();
    if changed.is_empty() {
        ui.label(body("No input differs from the pin.", t));
        return;
    }
    let (names, number) = widths(ui, changed.iter().map(|(input, ..)| input.label), 2);
    Grid::new("changed inputs").num_columns(3).spacing([space::M, space::XS]).show(ui, |ui| {
        ui.label("");
        for heading in ["pinned", "now"] {
            number_ui(ui, caption(heading, t), number);
        }
        ui.end_row();
        for (input, was, now) in changed {
            let unit = input.range().map(|range| range.unit);
            name_ui(ui, input.label, names);
            number_ui(ui, body(written(&was, unit), t), number);
            number_ui(ui, strong(written(&now, unit), t), number);
            ui.end_row();
        }
    });
}

fn sentences_ui(ui: &mut Ui, was: &str, now: &str) {
    let t = tokens(ui);
    if was == now {
        ui.label(body(format!("Still {now}"), t));
    } else {
        ui.label(body(format!("Pinned: {was}"), t));
        ui.label(strong(format!("Now: {now}"), t));
    }
}

/// Paths of what the rows compare.
const ROWS: [&str; 7] = [
    Headline::Accelerators.path(),
    Headline::Power.path(),
    Headline::Month.path(),
    Headline::MillionTokens.path(),
    "operating_point.ttft_s.at_slo",
    "operating_point.tpot_s.at_slo",
    "power.co2_kg_per_year",
];

/// Label, and value before and after, of each row.
fn rows(was: &Sizing, now: &Sizing) -> impl Iterator<Item = Compared> {
    ROWS.into_iter().filter_map(move |path| {
        let (label, unit) = (figure::label(path)?, figure::unit(path)?);
        let values = [was, now].map(|sizing| sizing.number(sizing.whole_path(path)));
        let [Some(before), Some(after)] = values else { return None };
        let values = [before, after];
        let worse = figure::is_worse(path, values);
        Some(Compared { label, values, worse, written: values.map(|value| figure::value(value, unit)) })
    })
}

/// A figure that is compared: before, and now.
struct Compared {
    label: String,
    values: [f64; 2],
    /// Whether it got worse; `None`: neither worse nor better.
    worse: Option<bool>,
    written: [String; 2],
}

fn figures_ui(ui: &mut Ui, was: &Sizing, now: &Sizing) {
    let t = tokens(ui);
    let rows: Vec<Compared> = rows(was, now).collect();
    let (names, number) = widths(ui, rows.iter().map(|row| row.label.as_str()), 3);
    Grid::new("changed figures").num_columns(4).spacing([space::M, space::XS]).show(ui, |ui| {
        ui.label("");
        for heading in ["pinned", "now", "change"] {
            number_ui(ui, caption(heading, t), number);
        }
        ui.end_row();
        for Compared { label, values: [a, b], worse, written: [before, after] } in rows {
            name_ui(ui, label, names);
            number_ui(ui, body(&before, t), number);
            number_ui(ui, strong(&after, t), number);
            let share = b / a - 1.0;
            let text = match share {
                _ if before == after => "no change".to_owned(),
                more if more > 0.0 => format!("+{}", numbers::percent(more)),
                less => format!("−{}", numbers::percent(-less)),
            };
            let color = match worse {
                Some(true) if before != after => t.bad_text,
                Some(false) if before != after => t.good_text,
                _ => t.middle,
            };
            number_ui(ui, egui::RichText::new(text).color(color), number);
            ui.end_row();
        }
    });
}
