//! The page that compares: pins, what changed in the inputs, what that did to the answer.

use eframe::egui::{self, Grid, Role, TextEdit, Ui, WidgetInfo};
use headroom::engine::Sizing;
use headroom::engine::causes::{Causes, Method};
use headroom::scenario::{INPUTS, Scenario};
use headroom::units;

use super::answer::Answer;
use super::history::said;
use super::pins::Pins;
use super::theme::{body, caption, card, section_head, strong, tokens};
use super::tokens::space;

/// The page. `causes`: which input caused how much, once it is known; `load` takes a pinned scenario that is to be put back on the screen.
pub fn compare_ui(
    ui: &mut Ui,
    answer: &Answer,
    scenario: &Scenario,
    causes: Option<&Causes>,
    pins: &mut Pins,
    load: &mut Option<Scenario>,
) {
    let t = tokens(ui);
    card(t).show(ui, |ui| {
        ui.set_min_width(ui.available_width());
        ui.label(section_head("Pinned", t));
        if pins.list.is_empty() {
            ui.label(body("Nothing is pinned. Pin this scenario (Ctrl+P), then change an input: every figure, slider and plot shows what has changed since.", t));
            return;
        }
        pins_ui(ui, pins, load);
    });
    let Some(pin) = pins.against() else { return };
    ui.add_space(space::M);
    card(t).show(ui, |ui| {
        ui.set_min_width(ui.available_width());
        ui.label(section_head("What changed", t));
        inputs_ui(ui, &pin.scenario, scenario);
    });
    ui.add_space(space::M);
    card(t).show(ui, |ui| {
        ui.set_min_width(ui.available_width());
        ui.label(section_head("What that did", t));
        let now = answer.plan.best().map(|(_, sizing)| sizing);
        sentences_ui(ui, &pin.answer.headline, &answer.headline);
        if let (Some(was), Some(now)) = (pin.best(), now) {
            ui.add_space(space::S);
            figures_ui(ui, was, now);
        }
    });
    if pin.scenario == *scenario {
        return;
    }
    ui.add_space(space::M);
    card(t).show(ui, |ui| {
        ui.set_min_width(ui.available_width());
        ui.label(section_head("Which input caused how much", t));
        match causes {
            Some(causes) => causes_ui(ui, causes),
            None => {
                ui.label(body("Working it out…", t));
            }
        }
    });
}

/// "+$11.2k", "−3", "0".
fn signed(value: f64, write: fn(f64) -> String) -> String {
    let words = write(value.abs());
    if value == 0.0 || words == write(0.0) {
        "0".to_owned()
    } else {
        format!("{}{words}", if value < 0.0 { "−" } else { "+" })
    }
}

fn causes_ui(ui: &mut Ui, causes: &Causes) {
    let t = tokens(ui);
    Grid::new("causes").num_columns(5).spacing([space::XL, space::XS]).show(ui, |ui| {
        for word in ["", "accelerators", "facility", "a month", "a million tokens"] {
            ui.label(caption(word, t));
        }
        ui.end_row();
        for cause in &causes.each {
            ui.label(body(cause.label, t));
            match cause.effect {
                Some(effect) => {
                    let count = |v: f64| units::significant(v, 3);
                    for words in [
                        signed(effect.accelerators, count),
                        signed(effect.facility_w, units::watts),
                        signed(effect.usd_per_month, units::usd),
                        signed(effect.usd_per_million_tokens, units::usd),
                    ] {
                        ui.label(strong(words, t));
                    }
                }
                None if cause.feasibility < 0.0 => {
                    ui.label(body("takes the fleet away", t));
                }
                None => {
                    ui.label(body(
                        if cause.feasibility > 0.0 { "makes a fleet possible" } else { "nothing" },
                        t,
                    ));
                }
            }
            ui.end_row();
        }
    });
    ui.label(caption(
        match causes.method {
            Method::Shapley => "The mean over every order in which the inputs could have changed (Shapley values); the parts add up to the change.",
            Method::InOrder => "More than six inputs changed: one after the other in the order of the list; the parts add up to the change.",
        },
        t,
    ));
}

fn pins_ui(ui: &mut Ui, pins: &mut Pins, load: &mut Option<Scenario>) {
    let t = tokens(ui);
    let (mut choose, mut remove) = (None, None);
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
                        _ => *load = Some(pin.scenario.clone()),
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
}

fn inputs_ui(ui: &mut Ui, was: &Scenario, now: &Scenario) {
    let t = tokens(ui);
    let changed: Vec<_> = INPUTS.iter().filter(|input| (input.get)(was) != (input.get)(now)).collect();
    if changed.is_empty() {
        ui.label(body("No input differs from the pinned scenario.", t));
        return;
    }
    Grid::new("changed inputs").num_columns(3).spacing([space::XL, space::XS]).show(ui, |ui| {
        for word in ["", "pinned", "now"] {
            ui.label(caption(word, t));
        }
        ui.end_row();
        for input in changed {
            let unit = input.range().map(|range| range.unit);
            ui.label(body(input.label, t));
            ui.label(body(said(&(input.get)(was), unit), t));
            ui.label(strong(said(&(input.get)(now), unit), t));
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
        for word in ["", "pinned", "now", "change"] {
            ui.label(caption(word, t));
        }
        ui.end_row();
        for (label, read, write) in ROWS {
            let (a, b) = (read(was), read(now));
            ui.label(body(label, t));
            ui.label(body(write(a), t));
            ui.label(strong(write(b), t));
            let share = b / a - 1.0;
            let (words, color) = if write(a) == write(b) {
                ("no change".to_owned(), t.middle)
            } else if share > 0.0 {
                (format!("+{}", units::percent(share)), t.bad_text)
            } else {
                (format!("−{}", units::percent(-share)), t.good_text)
            };
            ui.label(egui::RichText::new(words).color(color));
            ui.end_row();
        }
    });
}
