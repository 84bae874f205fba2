//! The proof of the fleet: the button that asks for it, and what it found beside what the plan says.

use eframe::egui::{self, Button, Frame, Grid, RichText, Role, Stroke, Ui, WidgetInfo, vec2};
use headroom::engine::simulator::{Proof, proof_s};
use headroom::engine::{Percentiles, Sizing};
use headroom::report::{numbers, sentence};
use headroom::scenario::Scenario;

use super::commands::Command;
use super::proof::Stage;
use super::theme::{body, caption, section_head, semibold, strong, tokens};
use super::tokens::{measure, radius, size, space};

/// The one filled button of the screen: asks, shows how far it is, and what came out; `short` where there is no room for words.
pub fn verify_button_ui(ui: &mut Ui, stage: Option<Stage<'_>>, keys: &str, short: bool) -> Option<Command> {
    let t = tokens(ui);
    let filled = |text: String| {
        let text = RichText::new(text).font(semibold(size::BODY)).color(t.on_accent);
        Button::new(text).fill(t.accent).min_size(vec2(0.0, measure::ROW_HEIGHT))
    };
    let stamped = |text: String, color: egui::Color32| {
        let text = RichText::new(text).font(semibold(size::BODY)).color(color);
        let outline = Stroke::new(measure::HAIRLINE, color);
        Button::new(text).fill(t.panel).stroke(outline).min_size(vec2(0.0, measure::ROW_HEIGHT))
    };
    let verify = if short { "▶" } else { "Verify" };
    let (button, hint) = match stage {
        None => (filled(verify.to_owned()), "Nothing serves this: there is no fleet to verify".to_owned()),
        Some(Stage::Unasked) => (
            filled(verify.to_owned()),
            format!("Simulate an hour at the peak with this fleet, request by request ({keys})"),
        ),
        Some(Stage::Running(share)) => {
            (filled(format!("{} ×", numbers::percent(share))), "Stop the simulation".to_owned())
        }
        Some(Stage::Done(proof)) if proof.holds() => (
            stamped(if short { "✓".to_owned() } else { "✓ Verified".to_owned() }, t.good_text),
            sentence::proved(proof),
        ),
        Some(Stage::Done(proof)) => {
            let share = numbers::share(proof.simulation.slo_attainment);
            (
                stamped(if short { share } else { format!("{share} in limits") }, t.bad_text),
                sentence::proved(proof),
            )
        }
    };
    let response = ui.add_enabled(stage.is_some(), button);
    if short {
        response.widget_info(|| WidgetInfo::labeled(Role::Button, stage.is_some(), "Verify"));
    }
    response.on_hover_text(hint).clicked().then_some(Command::Verify)
}

/// What a proof found: whether it holds, every percentile beside the plan's, what was late and when.
pub fn verified_ui(ui: &mut Ui, proof: &Proof, sizing: &Sizing, scenario: &Scenario) {
    let t = tokens(ui);
    let color = if proof.holds() { t.good_text } else { t.bad_text };
    let frame = Frame::new()
        .fill(t.raised)
        .stroke(Stroke::new(measure::HAIRLINE, color))
        .corner_radius(radius::CARD)
        .inner_margin(space::M);
    frame.show(ui, |ui| {
        ui.set_width(ui.available_width());
        ui.label(RichText::new(sentence::proved(proof)).font(semibold(size::BODY)).color(color));
        ui.label(caption(sentence::proved_how(proof, &scenario.slo), t));
    });
    ui.add_space(space::S);
    let point = &sizing.operating_point;
    let simulated = &proof.simulation;
    Grid::new("formula and simulation").num_columns(3).spacing(vec2(space::M, space::XS)).show(ui, |ui| {
        ui.label(caption("", t));
        ui.label(caption("formula", t));
        ui.label(caption("simulated", t));
        ui.end_row();
        for (name, formula, found) in
            [("TTFT", &point.ttft_s, &simulated.ttft_s), ("TPOT", &point.tpot_s, &simulated.tpot_s)]
        {
            let Percentiles { p50, p95, p99, .. } = formula;
            for (percentile, formula, found) in
                [("p50", p50, found.p50), ("p95", p95, found.p95), ("p99", p99, found.p99)]
            {
                ui.label(body(format!("{name} {percentile}"), t));
                ui.label(strong(numbers::about_seconds(*formula), t));
                ui.label(strong(numbers::about_seconds(found), t));
                ui.end_row();
            }
        }
    });
    ui.add_space(space::XS);
    ui.label(body(sentence::late(proof), t));
}

/// That nothing has been proved yet.
pub fn unverified_ui(ui: &mut Ui, scenario: &Scenario) {
    let t = tokens(ui);
    ui.label(section_head("Verified", t));
    let load = scenario.workload.requests_per_s;
    let seconds = proof_s(load);
    let text = format!(
        "Not since the last change. Verify simulates {} at the peak, some {} requests.",
        numbers::about_seconds(seconds),
        numbers::significant(load * seconds, 3)
    );
    ui.label(body(text, t));
}
