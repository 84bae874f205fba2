//! The desk while a fleet is frozen: what it is pushed to, what it does there, what broke and in which order.

use eframe::egui::{self, Button, Color32, Frame, Grid, RichText, Stroke, Ui, vec2};
use headroom::engine::analysis::breaking::Pushed;
use headroom::engine::{Candidate, Sizing};
use headroom::report::{numbers, sentence};
use headroom::scenario::{Range, Scale, Scenario, Slo};
use headroom::units::Unit;

use super::figures::{card_row_ui, number_card_ui};
use super::freeze::{Broken, Freeze, Loss};
use super::slider::{Track, slider_ui};
use super::theme::{body, regular, section_head, shrunk, strong, tokens};
use super::tokens::{Tokens, measure, radius, size, space};
use super::verdict::{NEEDLE_WIDTH, STACK_BELOW, bare_needle_ui, headline_ui};

/// Loads that are a click away, over the one that was planned.
const TIMES: [f64; 5] = [1.0, 1.25, 1.5, 2.0, 3.0];
/// Ends of the slider, over the same.
const ENDS: (f64, f64) = (0.1, 5.0);

/// The card that says so, with what can be done; whether the fleet is to be thawed.
pub fn banner_ui(
    ui: &mut Ui,
    freeze: &mut Freeze,
    (candidate, sizing): (&Candidate, &Sizing),
    losses: &[Loss],
) -> bool {
    let t = tokens(ui);
    let mut thaw = false;
    red_card(t, t.bad).show(ui, |ui| {
        ui.set_width(ui.available_width());
        ui.horizontal_wrapped(|ui| {
            ui.label(strong("Break it", t).color(t.bad_text));
            let replicas = numbers::count(f64::from(sizing.layout.replicas));
            let text = format!(
                "{replicas} × {} stay as they are. Push the load, or take something away.",
                candidate.name
            );
            ui.label(body(text, t));
        });
        ui.add_space(space::XS);
        ui.horizontal_wrapped(|ui| {
            ui.spacing_mut().item_spacing.x = space::XS;
            for times in TIMES {
                let load = times * freeze.planned();
                let label = format!("{} ×", numbers::trimmed(&numbers::significant(times, 3)));
                if ui.add(Button::selectable(freeze.requests_per_s == load, label)).clicked() {
                    freeze.requests_per_s = load;
                }
            }
            ui.add_space(space::M);
            for loss in losses {
                let lost = sentence::lost(loss.what, sizing.availability.falls, loss.replicas);
                let may = loss.replicas <= freeze.may_lose(sizing);
                if ui.add_enabled(may, Button::new(format!("Lose {lost}"))).clicked() {
                    freeze.lost += loss.replicas;
                }
            }
            if freeze.lost > 0 && ui.button("Repair").clicked() {
                freeze.lost = 0;
            }
            ui.add_space(space::M);
            thaw = ui.button("Thaw (Esc)").on_hover_text("Back to the plan, as it was").clicked();
        });
        let range = Range {
            min: 0.0,
            max: f64::INFINITY,
            slider: (ENDS.0 * freeze.planned(), ENDS.1 * freeze.planned()),
            scale: Scale::Log,
            whole: false,
            unit: Unit::RequestsPerSecond,
        };
        let along = Track { cliffs: &[], pinned: Some(freeze.planned()) };
        if let (_, Some(load)) =
            slider_ui(ui, "Load of the frozen fleet", freeze.requests_per_s, &range, along)
        {
            freeze.requests_per_s = load;
        }
    });
    thaw
}

/// What the fleet, which was `planned` for a load, does at the one that it is pushed to: in a sentence, by the needle, in four figures.
pub fn broken_ui(ui: &mut Ui, (broken, planned): (&Broken, f64), name: &str, scenario: &Scenario) {
    let t = tokens(ui);
    let (pushed, slo, target) = (&broken.pushed, &scenario.slo, scenario.fleet.headroom);
    let (edge, color) = if pushed.holds() { (t.stroke, t.high) } else { (t.bad, t.bad_text) };
    let text = sentence::why_broken(pushed);
    let text = sentence::standing_by(pushed).map_or(text.clone(), |more| format!("{text} {more}"));
    let margin = pushed.holds_requests_per_s() / pushed.requests_per_s - 1.0;
    red_card(t, edge).show(ui, |ui| {
        let width = ui.available_width();
        ui.set_width(width);
        let beside = width >= STACK_BELOW;
        let needle = (0.3 * width).clamp(NEEDLE_WIDTH.0, NEEDLE_WIDTH.1);
        ui.horizontal_top(|ui| {
            ui.vertical(|ui| {
                ui.set_width(if beside { width - needle - space::XL } else { width });
                let sentence = sentence::broken(pushed, name);
                headline_ui(ui, &sentence, [size::VERDICT, size::VERDICT_NARROW], color);
                ui.add_space(2.0);
                ui.label(body(&text, t));
            });
            if beside {
                ui.add_space(space::L);
                bare_needle_ui(ui, margin, target, &sentence::times_the_load(pushed, planned));
            }
        });
    });
    ui.add_space(space::M);
    figures_ui(ui, &figures(pushed, slo));
}

/// A figure: value, what it is, what is allowed, and whether that is missed.
struct Figure {
    value: String,
    what: &'static str,
    note: String,
    missed: bool,
}

fn figures(pushed: &Pushed, slo: &Slo) -> [Figure; 4] {
    let percentile = numbers::quantity(slo.percentile, Unit::Percentile);
    let allowed = 1.0 - slo.percentile / 100.0;
    let (over, most) = (pushed.is_overloaded(), pushed.most_requests_per_s);
    let limit = |limit: f64| format!("{percentile}, limit {}", numbers::about_seconds(limit));
    let first = if over { format!("{percentile}, {}", sentence::looked_at()) } else { limit(slo.ttft_s) };
    [
        Figure {
            value: numbers::percent_up(pushed.late),
            what: "late",
            note: format!("allowed: {}", numbers::percent(allowed)),
            missed: pushed.late > allowed,
        },
        Figure {
            value: numbers::about_seconds(pushed.ttft_s),
            what: "first token",
            note: first,
            missed: pushed.ttft_s > slo.ttft_s,
        },
        Figure {
            value: numbers::about_seconds(pushed.tpot_s),
            what: "per token",
            note: limit(slo.tpot_s),
            missed: pushed.tpot_s > slo.tpot_s,
        },
        Figure {
            value: format!("+{}", numbers::significant(pushed.queue_grows_per_s(), 2)),
            what: "queued a second",
            note: format!(
                "carries {} at most",
                numbers::plain(&numbers::quantity(most, Unit::RequestsPerSecond))
            ),
            missed: over,
        },
    ]
}

fn figures_ui(ui: &mut Ui, figures: &[Figure]) {
    let t = tokens(ui);
    let (places, points) = card_row_ui(ui, figures.len());
    for (figure, rect) in figures.iter().zip(places) {
        let (edge, color) = if figure.missed { (t.bad, t.bad_text) } else { (t.stroke, t.high) };
        let mut card = number_card_ui(ui, (rect, points), edge, (&figure.value, color), figure.what);
        let width = card.max_rect().width();
        let note = shrunk(card.painter(), &figure.note, regular(size::BODY - 1.0), width);
        card.label(RichText::new(&figure.note).font(note).color(t.middle));
    }
    ui.add_space(space::M);
}

/// What broke, in order, and what losing a part of it does at the load that was planned.
pub fn order_ui(ui: &mut Ui, broken: &Broken, losses: &[Loss], sizing: &Sizing, planned: f64) {
    let t = tokens(ui);
    let load = |v: f64| numbers::plain(&numbers::quantity(v, Unit::RequestsPerSecond));
    ui.label(section_head("What breaks, in order", t));
    ui.add_space(space::XS);
    Grid::new("what breaks").num_columns(3).spacing(vec2(space::M, space::XS)).show(ui, |ui| {
        for known in &broken.pushed.lines.breaks {
            let passed = broken.pushed.requests_per_s > known.requests_per_s;
            let color = if passed { t.bad_text } else { t.high };
            ui.label(strong(load(known.requests_per_s), t).color(color));
            ui.label(body(sentence::limit_label(known.limit), t));
            ui.label(body(if passed { "broken" } else { "holds" }, t).color(if passed {
                t.bad_text
            } else {
                t.middle
            }));
            ui.end_row();
        }
    });
    ui.add_space(space::L);
    ui.label(section_head(&format!("Lose something instead, at {}", load(planned)), t));
    ui.add_space(space::XS);
    Grid::new("what is lost").num_columns(2).spacing(vec2(space::M, space::XS)).show(ui, |ui| {
        for loss in losses {
            ui.label(body(sentence::lost(loss.what, sizing.availability.falls, loss.replicas), t));
            ui.label(strong(sentence::after_loss(loss.left.as_ref()), t));
            ui.end_row();
        }
    });
}

fn red_card(t: &Tokens, edge: Color32) -> Frame {
    Frame::new()
        .fill(t.panel)
        .stroke(Stroke::new(measure::HAIRLINE, edge))
        .corner_radius(radius::CARD)
        .inner_margin(egui::Margin::symmetric(space::L as i8, space::M as i8))
}
