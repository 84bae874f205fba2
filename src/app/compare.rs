//! The page that compares: pins, what changed in the inputs, what that did to the answer.

use eframe::egui::{self, Align, Grid, Layout, Role, TextEdit, Ui, WidgetInfo, vec2};
use headroom::engine::Sizing;
use headroom::engine::analysis::causes::Causes;
use headroom::scenario::{INPUTS, Scenario};
use headroom::units;

use super::answer::Answer;
use super::history::said;
use super::pins::Pins;
use super::plots::{cause_words, causes_card_ui};
use super::theme::{body, caption, card, section_head, strong, tokens};
use super::tokens::{measure, space};

/// The page. `causes`: which input caused how much, once it is known. Answers a pinned scenario that is to be put back on the
/// screen.
pub fn compare_ui(
    ui: &mut Ui,
    answer: &Answer,
    scenario: &Scenario,
    causes: Option<&Causes>,
    pins: &mut Pins,
) -> Option<Scenario> {
    let t = tokens(ui);
    let mut back = None;
    card(t).show(ui, |ui| {
        ui.set_min_width(ui.available_width());
        ui.label(section_head("Pinned", t));
        if pins.list.is_empty() {
            ui.label(body("Nothing is pinned. Pin this scenario (Ctrl+P), then change an input: every figure, slider and plot shows what has changed since.", t));
            return;
        }
        back = pins_ui(ui, pins);
    });
    let Some(pin) = pins.against() else { return back };
    ui.add_space(space::M);
    let now = answer.plan.best().map(|(_, sizing)| sizing);
    let changed = pin.scenario != *scenario;
    let beside = ui.available_width() >= BESIDE_FROM;
    let half = if beside { (ui.available_width() - space::M) / 2.0 } else { ui.available_width() };
    let left = |ui: &mut Ui| {
        card(t).show(ui, |ui| {
            ui.set_min_width(ui.available_width());
            ui.label(section_head("What changed", t));
            ui.add_space(space::XS);
            inputs_ui(ui, &pin.scenario, scenario);
        });
        ui.add_space(space::M);
        card(t).show(ui, |ui| {
            ui.set_min_width(ui.available_width());
            ui.label(section_head("What that did", t));
            sentences_ui(ui, &pin.answer.headline, &answer.headline);
            if let (Some(was), Some(now)) = (pin.best(), now) {
                ui.add_space(space::S);
                figures_ui(ui, was, now);
            }
        });
    };
    let right = |ui: &mut Ui| {
        if !changed {
            return;
        }
        match (causes, pin.best(), now) {
            (Some(causes), Some(was), Some(now)) => causes_card_ui(ui, causes, was, now),
            _ => {
                card(t).show(ui, |ui| {
                    ui.set_min_width(ui.available_width());
                    ui.label(section_head("Which input caused how much", t));
                    match causes {
                        None => {
                            ui.label(body("Working it out…", t));
                        }
                        Some(causes) => {
                            for words in cause_words(causes) {
                                ui.label(body(words, t));
                            }
                        }
                    }
                });
            }
        }
    };
    if !beside {
        left(ui);
        ui.add_space(space::M);
        right(ui);
        return back;
    }
    ui.horizontal_top(|ui| {
        ui.spacing_mut().item_spacing.x = space::M;
        for column in [&left as &dyn Fn(&mut Ui), &right] {
            ui.allocate_ui_with_layout(vec2(half, 0.0), Layout::top_down(Align::Min), |ui| {
                ui.set_width(half);
                ui.spacing_mut().item_spacing = vec2(space::S, space::XS);
                column(ui);
            });
        }
    });
    back
}

/// From this width on two cards stand beside each other.
const BESIDE_FROM: f32 = 1000.0;

/// Width of a column of figures, points.
const NUMBER: f32 = 104.0;

/// A cell of figures, which stand under each other by their ends.
fn number_ui(ui: &mut Ui, words: egui::RichText) {
    let size = vec2(NUMBER, measure::ROW_HEIGHT - space::XS);
    ui.allocate_ui_with_layout(size, Layout::right_to_left(Align::Center), |ui| {
        ui.set_min_width(NUMBER);
        ui.add(egui::Label::new(words).truncate());
    });
}

fn pins_ui(ui: &mut Ui, pins: &mut Pins) -> Option<Scenario> {
    let t = tokens(ui);
    let (mut choose, mut remove, mut back) = (None, None, None);
    let against = pins.chosen();
    for (i, pin) in pins.list.iter_mut().enumerate() {
        let chosen = against == Some(i);
        ui.horizontal(|ui| {
            let response = ui.radio(chosen, strong(&pin.name, t));
            if response.on_hover_text("Compare with this one").clicked() {
                choose = Some(i);
            }
            ui.label(body(&pin.answer.headline, t));
            for (word, hint) in
                [("Go back to it", "Puts this scenario on the screen"), ("Remove", "Takes the pin off")]
            {
                let button = ui.button(word);
                button
                    .widget_info(|| WidgetInfo::labeled(Role::Button, true, format!("{word}: {}", pin.name)));
                if button.on_hover_text(hint).clicked() {
                    match word {
                        "Remove" => remove = Some(i),
                        _ => back = Some(pin.scenario.clone()),
                    }
                }
            }
            let note = TextEdit::singleline(&mut pin.note)
                .hint_text("What it shows, for the wall")
                .desired_width(220.0)
                .show(ui)
                .response
                .response;
            note.widget_info(|| WidgetInfo::labeled(Role::TextInput, true, format!("Note: {}", pin.name)));
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

fn inputs_ui(ui: &mut Ui, was: &Scenario, now: &Scenario) {
    let t = tokens(ui);
    let changed: Vec<_> = INPUTS.iter().filter(|input| (input.get)(was) != (input.get)(now)).collect();
    if changed.is_empty() {
        ui.label(body("No input differs from the pinned scenario.", t));
        return;
    }
    Grid::new("changed inputs").num_columns(3).spacing([space::XL, space::XS]).show(ui, |ui| {
        ui.label("");
        for word in ["pinned", "now"] {
            number_ui(ui, caption(word, t));
        }
        ui.end_row();
        for input in changed {
            let unit = input.range().map(|range| range.unit);
            ui.label(body(input.label, t));
            number_ui(ui, body(said(&(input.get)(was), unit), t));
            number_ui(ui, strong(said(&(input.get)(now), unit), t));
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

/// What a row compares, and how it is written.
type Row = (&'static str, fn(&Sizing) -> f64, fn(f64) -> String);

const ROWS: [Row; 7] = [
    ("Accelerators", |s| f64::from(s.layout.accelerators), units::count),
    ("Facility power", |s| s.power.facility_w, units::watts),
    ("A month", |s| s.cost.chosen.usd_per_month, units::usd),
    ("A million tokens", |s| s.cost.chosen.usd_per_million_tokens, units::usd),
    ("Time to first token", |s| s.operating_point.ttft_s.at_slo, units::about_seconds),
    ("Time per output token", |s| s.operating_point.tpot_s.at_slo, units::about_seconds),
    ("Carbon of a year", |s| s.power.co2_kg_per_year, units::kilograms),
];

fn figures_ui(ui: &mut Ui, was: &Sizing, now: &Sizing) {
    let t = tokens(ui);
    Grid::new("changed figures").num_columns(4).spacing([space::XL, space::XS]).show(ui, |ui| {
        ui.label("");
        for word in ["pinned", "now", "change"] {
            number_ui(ui, caption(word, t));
        }
        ui.end_row();
        for (label, read, write) in ROWS {
            let (a, b) = (read(was), read(now));
            ui.label(body(label, t));
            number_ui(ui, body(write(a), t));
            number_ui(ui, strong(write(b), t));
            let share = b / a - 1.0;
            let (words, color) = if write(a) == write(b) {
                ("no change".to_owned(), t.middle)
            } else if share > 0.0 {
                (format!("+{}", units::percent(share)), t.bad_text)
            } else {
                (format!("−{}", units::percent(-share)), t.good_text)
            };
            number_ui(ui, egui::RichText::new(words).color(color));
            ui.end_row();
        }
    });
}
