//! Why: the steps behind a figure, each with its value, formula, inputs, sources and how far to trust it.

use eframe::egui::{self, Frame, Margin, Rect, RichText, Role, Sense, Stroke, Ui, WidgetInfo, vec2};
use headroom::catalog::Catalog;
use headroom::engine::figures::{Ledger, Path, Step, Trust};
use headroom::report::{figure, why};

use super::theme::{body, caption, focus_ring, regular, section_head, semibold, tokens};
use super::tokens::{measure, radius, size, space};

/// Steps open by themselves down to this depth.
const OPEN_DEPTH: usize = 4;
/// A chain of steps longer than this is a mistake of the engine, not an explanation.
const DEEPEST: usize = 12;

/// The tree under the step `key`, with what else is to be said `about` it.
pub fn why_ui(
    ui: &mut Ui,
    ledger: Option<&Ledger>,
    catalog: &Catalog,
    key: &str,
    (name, about): (&str, Option<&str>),
) {
    let t = tokens(ui);
    let Some((ledger, step)) = ledger.and_then(|l| l.step(key).map(|s| (l, s))) else {
        ui.label(section_head("Why", t));
        ui.add_space(space::S);
        ui.label(body("There is nothing to explain: no accelerator meets the scenario.", t));
        return;
    };
    // "Why $8,250 per month", and not "Why $8,250: Cost per month".
    let label = why::label(step);
    let head = match label.strip_prefix("Cost ") {
        Some(rest) => format!("Why {} {rest}", why::value(step)),
        None => format!("Why {}: {label}", why::value(step)),
    };
    ui.label(section_head(&head, t));
    ui.horizontal(|ui| {
        ui.label(body(name, t));
        ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
            let hint = "Copies every step with its formula, inputs and sources as text";
            if ui.small_button("Copy").on_hover_text(hint).clicked() {
                ui.ctx().copy_text(why::text(ledger, catalog, key));
            }
        });
    });
    if let Some(about) = about {
        ui.label(body(about, t));
    }
    ui.add_space(space::S);
    let mut seen = Vec::new();
    step_ui(ui, ledger, catalog, step, 0, &mut seen);
}

fn step_ui(ui: &mut Ui, ledger: &Ledger, catalog: &Catalog, step: &Step, depth: usize, seen: &mut Vec<Path>) {
    let t = tokens(ui);
    let again = seen.contains(&step.path);
    seen.push(step.path);
    // A step may be under several others: its place in the walk distinguishes them.
    let id = egui::Id::unique(("why", step.path.to_string(), seen.len()));
    let children: Vec<&Step> = step.terms.iter().filter_map(|term| ledger.made(term)).collect();
    let can_open = !children.is_empty() && !again && depth < DEEPEST;
    let mut open = ui.data(|d| d.get_temp(id)).unwrap_or(depth < OPEN_DEPTH);

    let frame = Frame::new().inner_margin(Margin { left: space::M as i8, right: 0, top: 3, bottom: 3 });
    let shown = frame.show(ui, |ui| {
        ui.set_min_width(ui.available_width());
        ui.spacing_mut().item_spacing.y = 1.0;
        ui.spacing_mut().interact_size.y = size::BODY + 4.0;
        let head = head_ui(ui, id, step, (can_open, open, again));
        if can_open && head.clicked() {
            open = !open;
            ui.data_mut(|d| d.insert_temp(id, open));
        }
        if again {
            return;
        }
        ui.label(body(why::formula(step), t));
        let given: Vec<String> = step
            .terms
            .iter()
            .filter(|term| ledger.made(term).is_none() || !open || !can_open)
            .map(|term| {
                let written = figure::value(term.value, why::term_unit(step, term));
                format!("{} {written}", why::term_label(term))
            })
            .collect();
        if !given.is_empty() {
            ui.label(caption(given.join(" · "), t));
        }
        sources_ui(ui, catalog, step);
    });
    let rect = shown.response.rect;
    let color = if depth == 0 || step.trust == Trust::Calibrated { t.accent } else { t.stroke };
    ui.painter().vline(rect.left() + 1.0, rect.y_range(), Stroke::new(2.0, color));
    if can_open && open {
        ui.indent(id, |ui| {
            for child in children {
                step_ui(ui, ledger, catalog, child, depth + 1, seen);
            }
        });
    }
}

/// Value, name and trust of a step, in one line that opens and closes what is under it.
fn head_ui(
    ui: &mut Ui,
    id: egui::Id,
    step: &Step,
    (can_open, open, again): (bool, bool, bool),
) -> egui::Response {
    let t = tokens(ui);
    let sense = if can_open { Sense::click() } else { Sense::hover() };
    let line = ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing.x = space::XS + 2.0;
        let mark = if !can_open {
            ""
        } else if open {
            "▼ "
        } else {
            "► "
        };
        let value = RichText::new(why::value(step)).font(semibold(size::BODY)).color(t.high);
        if !mark.is_empty() {
            ui.label(RichText::new(mark.trim()).font(regular(size::MARK)).color(t.middle));
        }
        ui.label(value);
        ui.label(body(why::label(step), t).color(t.high));
        if again {
            ui.label(body("as above", t));
        } else {
            tag_ui(ui, step.trust);
        }
    });
    let response = ui.interact(line.response.rect, id.with("head"), sense);
    let text = format!("{} {}, {}", why::label(step), why::value(step), why::trust(step.trust));
    if can_open {
        response.widget_info(|| WidgetInfo::selected(Role::DisclosureTriangle, true, open, &text));
        focus_ring(ui, &response, response.rect.expand(1.0), f32::from(radius::BAR));
    }
    response
}

/// How far a step can be relied on: a label in a thin frame.
fn tag_ui(ui: &mut Ui, trust: Trust) {
    let t = tokens(ui);
    let galley =
        ui.painter().layout_no_wrap(why::trust(trust).to_owned(), regular(size::CAPTION - 1.0), t.middle);
    let (rect, response) = ui.allocate_exact_size(galley.size() + vec2(10.0, 2.0), Sense::hover());
    let edge = match trust {
        Trust::Assumed => t.warning,
        Trust::Measured | Trust::Calibrated => t.accent,
        Trust::Derived | Trust::Given => t.stroke,
    };
    ui.painter().rect_stroke(rect, rect.height() / 2.0, (measure::HAIRLINE, edge), egui::StrokeKind::Inside);
    let at = Rect::from_center_size(rect.center(), galley.size()).min;
    ui.painter().galley(at, galley, t.middle);
    response.widget_info(|| WidgetInfo::labeled(Role::Label, true, why::trust(trust)));
    response.on_hover_text(match trust {
        Trust::Measured => "Read from hardware or a bill.",
        Trust::Calibrated => "A formula with parameters fitted to measurements.",
        Trust::Derived => "Arithmetic on published figures.",
        Trust::Assumed => "Based on a figure without a source.",
        Trust::Given => "Chosen by you.",
    });
}

/// The documents behind a step: their number, and on hover their titles.
fn sources_ui(ui: &mut Ui, catalog: &Catalog, step: &Step) {
    if step.sources.is_empty() {
        return;
    }
    let t = tokens(ui);
    let titles = why::sources(step, catalog);
    let first = titles.first().cloned().unwrap_or_default();
    let more = titles.len() - 1;
    let text = if more == 0 { first } else { format!("{first} and {more} more") };
    ui.add(egui::Label::new(caption(format!("source: {text}"), t)).truncate())
        .on_hover_text(titles.join("\n"));
}
