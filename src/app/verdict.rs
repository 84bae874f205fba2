//! The answer first: one sentence, its reasons, and the needle between the two failures.

use eframe::egui::{self, Align2, Color32, Mesh, Rect, Role, Sense, Shape, Ui, WidgetInfo, pos2, vec2};
use headroom::catalog::Catalog;
use headroom::engine::Sizing;
use headroom::report::numbers;
use headroom::scenario::Scenario;

use super::answer::Answer;
use super::theme::{body, card, focus_ring, regular, semibold, tokens};
use super::tokens::{Tokens, measure, radius, size, space};

/// Least and greatest width of the needle beside the sentence, points.
pub const NEEDLE_WIDTH: (f32, f32) = (270.0, 400.0);
/// Height of the needle with its captions, and of the line beneath that says what demand above the plan does, points.
const NEEDLE_HEIGHT: f32 = 62.0;
const LATE_HEIGHT: f32 = 16.0;
/// Below this width of the card the needle is under the sentence.
pub const STACK_BELOW: f32 = 860.0;
/// From this width on the reasons fit two lines.
const TWO_LINES_FROM: f32 = 760.0;
/// Height of a line over the size of its face.
const LEADING: f32 = 1.24;
/// Where the margin that the scenario asks for puts the needle's middle, at least.
const LEAST_TARGET: f64 = 0.1;

/// What was asked of the verdict.
pub enum Asked {
    Nothing,
    /// To show the cheapest again.
    Cheapest,
    /// To set a scenario that can be served.
    Apply(Box<Scenario>),
}

/// The card at the top of the centre, about what is shown of the answer to the scenario; where nothing is, what comes nearest
/// and the ways out.
pub fn verdict_ui(
    ui: &mut Ui,
    answer: &mut Answer,
    selected: Option<&str>,
    (scenario, catalog): (&Scenario, &Catalog),
) -> Asked {
    let t = tokens(ui);
    let starving = answer.starving(scenario, catalog, selected);
    let sizing = answer.shown(selected).map(|(_, sizing)| sizing);
    let target = scenario.fleet.headroom;
    let mut asked = Asked::Nothing;
    card(t).show(ui, |ui| {
        let width = ui.available_width();
        ui.set_min_width(width);
        let beside = width >= STACK_BELOW && sizing.is_some();
        let needle = (0.3 * width).clamp(NEEDLE_WIDTH.0, NEEDLE_WIDTH.1);
        let sentence = if beside { width - needle - space::XL } else { width };
        ui.horizontal_top(|ui| {
            ui.vertical(|ui| {
                ui.set_width(sentence);
                // As many lines as the reasons usually need, so that nothing below moves during a drag.
                let lines = if sentence >= TWO_LINES_FROM { 3.0 } else { 4.0 };
                ui.set_min_height(LEADING * (size::VERDICT + lines * size::BODY) + 2.0);
                let color = if sizing.is_some() { t.high } else { t.bad_text };
                headline_ui(ui, &answer.headline(selected), [size::VERDICT, size::VERDICT_NARROW], color);
                ui.add_space(2.0);
                if let Some((text, ways)) = answer.dead_end(scenario, catalog) {
                    ui.label(body(text, t));
                    ui.add_space(space::XS);
                    ui.horizontal_wrapped(|ui| {
                        for (label, way) in ways {
                            if ui.button(label).on_hover_text("Click to set this.").clicked() {
                                asked = Asked::Apply(Box::new(way.clone()));
                            }
                        }
                    });
                    return;
                }
                ui.label(body(answer.detail(selected), t));
                if let Some(aside) = answer.aside(selected)
                    && aside_ui(ui, &aside)
                {
                    asked = Asked::Cheapest;
                }
            });
            if let (true, Some(sizing)) = (beside, sizing) {
                ui.add_space(space::L);
                needle_ui(ui, sizing, target, starving.as_ref());
            }
        });
        if let (false, Some(sizing)) = (beside, sizing) {
            ui.add_space(space::S);
            needle_ui(ui, sizing, target, starving.as_ref());
        }
    });
    asked
}

/// The quiet line; a click on it shows the cheapest again.
fn aside_ui(ui: &mut Ui, text: &str) -> bool {
    let label = ui.add(egui::Label::new(body(text, tokens(ui))).wrap().sense(Sense::CLICK));
    label.widget_info(|| WidgetInfo::labeled(Role::Link, true, text));
    focus_ring(ui, &label, label.rect.expand(2.0), f32::from(radius::BAR));
    let label = label.on_hover_text("Click to show the cheapest.");
    label.on_hover_cursor(egui::CursorIcon::PointingHand).clicked()
}

/// A sentence in the first of two sizes in which it keeps to one line, else in the smaller.
pub fn headline_ui(ui: &mut Ui, text: &str, sizes: [f32; 2], color: Color32) {
    let fits = |points: &f32| {
        let galley = ui.painter().layout_no_wrap(text.to_owned(), semibold(*points), color);
        galley.size().x <= ui.available_width()
    };
    let points = sizes.into_iter().find(fits).unwrap_or(sizes[1]);
    ui.label(egui::RichText::new(text).font(semibold(points)).color(color));
}

/// Position of the needle, 0 (starve) to 1 (over-provision): in the middle at the margin that was asked for.
fn needle(load_margin: f64, target: f64) -> f32 {
    let wanted = target / (1.0 - target).max(0.05);
    let wanted = wanted.max(LEAST_TARGET);
    let margin = load_margin.max(0.0);
    (margin / (margin + wanted)).clamp(0.02, 0.98) as f32
}

/// Starve at the left, over-provision at the right, and the fleet between them. `target` is the headroom to be kept, 0–1; `starving`
/// what demand above the plan does, in short and in a sentence.
pub fn needle_ui(ui: &mut Ui, sizing: &Sizing, target: f64, starving: Option<&[String; 2]>) {
    let balance = &sizing.balance;
    let t = tokens(ui);
    let size = vec2(ui.available_width().max(200.0), NEEDLE_HEIGHT + LATE_HEIGHT);
    let (rect, response) = ui.allocate_exact_size(size, Sense::hover());
    let margin = numbers::percent(balance.load_margin.max(0.0));
    let idle = numbers::usd(balance.idle_usd_per_year);
    let used = numbers::percent(1.0 / (1.0 + balance.load_margin.max(0.0)));
    let kept = numbers::percent(sizing.growth_keeping(target));
    let headroom = numbers::percent(target);
    let late = starving.map_or("", |[_, sentence]| sentence);
    let description = format!(
        "Peak load is {used} of SLO capacity: room for +{margin} before the limit, for +{kept} with the {headroom} \
         headroom kept. Capacity that is idle at peak costs {idle} per year. {late}"
    );
    response.widget_info(|| {
        WidgetInfo::labeled(Role::Meter, true, format!("Starve or over-provision: {description}"))
    });

    let x = bar_ui(ui, rect, needle(balance.load_margin, target));
    let painter = ui.painter();
    let write = |pos, anchor, text: &str, font, color| painter.text(pos, anchor, text, font, color);
    let bottom = rect.top() + NEEDLE_HEIGHT;
    if let Some([late, _]) = starving {
        write(rect.left_bottom(), Align2::LEFT_BOTTOM, late, regular(size::CAPTION), t.middle);
    }
    let left = write(
        pos2(rect.left(), bottom),
        Align2::LEFT_BOTTOM,
        &format!("limit at +{margin}"),
        regular(size::CAPTION),
        t.middle,
    );
    let right = format!("idle: {idle}/year");
    let right =
        write(pos2(rect.right(), bottom), Align2::RIGHT_BOTTOM, &right, regular(size::CAPTION), t.middle);
    let middle = painter.layout_no_wrap(format!("{used} used"), regular(size::CAPTION), t.high);
    // Wide enough apart to be read as three.
    let (low, high) = (left.right() + space::M, right.left() - space::M - middle.size().x);
    let at = (x - middle.size().x / 2.0).clamp(low.min(high), high.max(low));
    painter.galley(pos2(at, bottom - middle.size().y), middle, t.high);
    response.on_hover_text(description);
}

/// The needle alone, with a note beneath; `margin` is the growth of the load up to the limit, below 0 beyond it.
pub fn bare_needle_ui(ui: &mut Ui, margin: f64, target: f64, note: &str) {
    let t = tokens(ui);
    let size = vec2(ui.available_width().max(200.0), NEEDLE_HEIGHT);
    let (rect, response) = ui.allocate_exact_size(size, Sense::hover());
    response
        .widget_info(|| WidgetInfo::labeled(Role::Meter, true, format!("Starve or over-provision: {note}")));
    bar_ui(ui, rect, needle(margin, target));
    let color = if margin < 0.0 { t.bad_text } else { t.middle };
    ui.painter().text(rect.left_bottom(), Align2::LEFT_BOTTOM, note, regular(size::CAPTION), color);
}

/// The bar between the two failures at the top of `rect`, and the needle at a share of it; where that is, points.
fn bar_ui(ui: &Ui, rect: Rect, at: f32) -> f32 {
    let (t, painter) = (tokens(ui), ui.painter());
    let x = rect.left() + rect.width() * at;
    let bar = Rect::from_x_y_ranges(rect.x_range(), rect.top() + 27.0..=rect.top() + 34.0);
    let write =
        |pos, anchor, text: &str, color| painter.text(pos, anchor, text, semibold(size::CAPTION), color);
    write(rect.left_top(), Align2::LEFT_TOP, "Starve", t.bad_text);
    write(rect.right_top(), Align2::RIGHT_TOP, "Over-provision", t.warning_text);
    painter.add(gradient(bar, t));
    let halo = Rect::from_center_size(pos2(x, bar.center().y), vec2(44.0, 13.0)).intersect(rect);
    painter.rect_filled(halo, 6.5, t.high.gamma_multiply(0.16));
    painter.rect_filled(Rect::from_center_size(pos2(x, bar.center().y), vec2(3.0, 28.0)), 1.5, t.high);
    x
}

/// Red over amber to green and back to amber, ends rounded by two half discs.
fn gradient(bar: Rect, t: &Tokens) -> Shape {
    let stops: [(f32, Color32); 5] =
        [(0.0, t.bad), (0.3, t.warning), (0.45, t.good), (0.6, t.good), (0.8, t.warning)];
    let color_at = |share: f32| {
        let after = stops.iter().position(|(s, _)| *s > share).unwrap_or(stops.len() - 1).max(1);
        let ((a, from), (b, to)) = (stops[after - 1], stops[after]);
        from.lerp_to_gamma(to, ((share - a) / (b - a)).clamp(0.0, 1.0))
    };
    let r = bar.height() / 2.0;
    let inner = bar.shrink2(vec2(r, 0.0));
    let mut mesh = Mesh::default();
    const STEPS: u32 = 40;
    for i in 0..=STEPS {
        let share = i as f32 / STEPS as f32;
        let x = inner.left() + inner.width() * share;
        mesh.colored_vertex(pos2(x, bar.top()), color_at(share));
        mesh.colored_vertex(pos2(x, bar.bottom()), color_at(share));
        if i > 0 {
            let n = 2 * i;
            mesh.add_triangle(n - 2, n - 1, n);
            mesh.add_triangle(n - 1, n, n + 1);
        }
    }
    Shape::Vec(vec![
        Shape::circle_filled(pos2(inner.left(), bar.center().y), r, color_at(0.0)),
        Shape::circle_filled(pos2(inner.right(), bar.center().y), r, color_at(1.0)),
        Shape::mesh(mesh),
    ])
}

/// The card shown in place of a plan that could not be made.
pub fn failure_ui(ui: &mut Ui, message: &str) {
    let t = tokens(ui);
    card(t).show(ui, |ui| {
        ui.set_min_width(ui.available_width());
        ui.label(egui::RichText::new("No plan.").font(semibold(size::VERDICT)).color(t.bad_text));
        ui.label(body(message, t));
        ui.add_space(measure::HAIRLINE);
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_needle_is_in_the_middle_at_the_margin_that_was_asked_for() {
        assert!((needle(0.25, 0.2) - 0.5).abs() < 1e-6);
        assert!(needle(0.0, 0.2) < 0.05);
        assert!(needle(5.0, 0.2) > 0.9);
    }
}
