//! Text in plots: names at the ends of lines, limits, what is under the pointer.

use eframe::egui::{self, Align2, Color32, Pos2, Rect, Ui, pos2, vec2};
use egui_plot::{PlotPoint, PlotResponse, PlotTransform};

use crate::app::theme::{body, regular, strong, tokens};
use crate::app::tokens::{measure, radius, size};

/// The line under the pointer: a mark on its nearest point, and what `write` makes of it under the line's name.
pub(super) fn hover_lines<'l>(
    ui: &mut Ui,
    plot: &PlotResponse<()>,
    lines: impl Iterator<Item = (&'l str, &'l [[f64; 2]])>,
    write: impl Fn(f64, f64) -> String,
) {
    const REACH: f32 = 24.0;
    let lines: Vec<(&str, &[[f64; 2]])> = lines.collect();
    let Some(pointer) = plot.response.hover_pos() else { return };
    let mut nearest: Option<(f32, &str, [f64; 2])> = None;
    for (name, points) in lines {
        for pair in points.windows(2) {
            let on_screen = |p: [f64; 2]| plot.transform.position_from_point(&PlotPoint::new(p[0], p[1]));
            let (a, b) = (on_screen(pair[0]), on_screen(pair[1]));
            let along = b - a;
            let share = ((pointer - a).dot(along) / along.length_sq().max(1e-6)).clamp(0.0, 1.0);
            let distance = (a + share * along - pointer).length();
            if nearest.is_none_or(|(least, ..)| distance < least) {
                let between = |k: usize| pair[0][k] + f64::from(share) * (pair[1][k] - pair[0][k]);
                nearest = Some((distance, name, [between(0), between(1)]));
            }
        }
    }
    let Some((_, name, at)) = nearest.filter(|(distance, ..)| *distance < REACH) else { return };
    let t = tokens(ui);
    let place = plot.transform.position_from_point(&PlotPoint::new(at[0], at[1]));
    ui.painter().circle(place, 4.0, t.panel, (measure::LINE, t.high));
    tooltip(&plot.response, name, &write(at[0], at[1]));
}

/// A name and a text, beside the pointer.
pub(super) fn tooltip(response: &egui::Response, name: &str, text: &str) {
    response.clone().on_hover_ui_at_pointer(|ui| {
        let t = tokens(ui);
        ui.label(strong(name, t));
        ui.label(body(text, t));
    });
}

/// A name at the end of a line.
pub(super) struct EndLabel {
    pub at: [f64; 2],
    pub text: String,
    pub color: Color32,
}

/// Writes names at the ends of lines, pushed apart where they would cover each other.
pub(super) fn end_labels_ui(ui: &Ui, transform: &PlotTransform, mut labels: Vec<EndLabel>) {
    const LINE: f32 = 13.0;
    let t = tokens(ui);
    let frame = *transform.frame();
    labels.retain(|label| label.at.iter().all(|v| v.is_finite()));
    labels.sort_by(|a, b| b.at[1].total_cmp(&a.at[1]));
    let mut places: Vec<Pos2> = labels
        .iter()
        .map(|label| transform.position_from_point(&PlotPoint::new(label.at[0], label.at[1])))
        .collect();
    if let Some(first) = places.first_mut() {
        first.y = first.y.max(frame.top() + LINE / 2.0);
    }
    for i in 1..places.len() {
        places[i].y = places[i].y.max(places[i - 1].y + LINE);
    }
    let surplus = places.last().map_or(0.0, |p| (p.y + LINE / 2.0 - frame.bottom()).max(0.0));
    let count = places.len();
    for (i, place) in places.iter_mut().enumerate() {
        // Those at the bottom move up together when they would leave the frame.
        let lowest = frame.bottom() - LINE / 2.0 - LINE * (count - 1 - i) as f32;
        if surplus > 0.0 {
            place.y = place.y.min(lowest);
        }
        place.y = place.y.max(frame.top() + LINE / 2.0);
    }
    for (label, place) in labels.iter().zip(places) {
        let mark = Rect::from_center_size(pos2(place.x + 9.0, place.y), vec2(8.0, 3.0));
        ui.painter().rect_filled(mark, 1.5, label.color);
        ui.painter().text(
            pos2(place.x + 16.0, place.y),
            Align2::LEFT_CENTER,
            &label.text,
            regular(size::CAPTION),
            t.middle,
        );
    }
}

/// Label of a dashed limit, inside the frame.
pub(super) fn limit_label_ui(ui: &Ui, at: Pos2, anchor: Align2, text: &str, color: Color32) {
    let t = tokens(ui);
    let galley = ui.painter().layout_no_wrap(text.to_owned(), regular(size::CAPTION), color);
    let rect = anchor.anchor_size(at, galley.size());
    ui.painter().rect_filled(
        rect.expand2(vec2(3.0, 0.0)),
        f32::from(radius::BAR),
        t.panel.gamma_multiply(0.85),
    );
    ui.painter().galley(rect.min, galley, color);
}
