//! A list with bars: a name, a note under it, a bar along one axis, a value.

use eframe::egui::{Align2, Color32, Rect, Ui, pos2};

use super::diagram::Diagram;
use crate::app::theme::{regular, semibold};
use crate::app::tokens::{measure, size, space};

/// One row.
pub(super) struct Row {
    pub name: String,
    /// Under the name, and under the pointer.
    pub note: String,
    /// What the bar spans, in the unit of the axis; nothing: a head without a bar.
    pub span: Option<[f64; 2]>,
    pub color: Color32,
    pub value: String,
}

/// The rows, and a line across them at `mark`. `title` and `lead` start what a screen reader says.
pub(super) fn rows_ui(ui: &mut Ui, title: &str, lead: &str, rows: &[Row], mark: Option<f64>) {
    let mut drawing = Diagram::new(ui, measure::BAR_ROW * rows.len().max(1) as f32);
    let t = drawing.t;
    let area = drawing.rect;
    let names = area.width() * 0.4;
    let values = (area.width() * 0.26).min(140.0);
    let (left, right) = (area.left() + names + space::M, area.right() - values - space::M);
    let ends = rows.iter().filter_map(|row| row.span).flatten().chain(mark);
    let (low, high) = ends.fold((0.0_f64, 0.0_f64), |(low, high), v| (low.min(v), high.max(v)));
    let width = (high - low).max(f64::MIN_POSITIVE);
    let place = |v: f64| left + (right - left) * ((v - low) / width) as f32;
    for (i, row) in rows.iter().enumerate() {
        let top = area.top() + measure::BAR_ROW * i as f32;
        let middle = top + measure::BAR_ROW / 2.0;
        let full = Rect::from_min_max(pos2(area.left(), top), pos2(area.right(), top + measure::BAR_ROW));
        let head = row.span.is_none();
        let (face, color) =
            if head { (semibold(size::BODY), t.high) } else { (regular(size::BODY), t.middle) };
        let alone = row.note.is_empty();
        let name_at = pos2(area.left(), if alone { middle } else { middle - 1.0 });
        let anchor = if alone { Align2::LEFT_CENTER } else { Align2::LEFT_BOTTOM };
        drawing.fitted(name_at, anchor, &row.name, face, color, names);
        if !alone {
            let at = pos2(area.left(), middle + 1.0);
            drawing.fitted(at, Align2::LEFT_TOP, &row.note, regular(size::CAPTION), t.middle, names);
        }
        if let Some([from, to]) = row.span {
            let (a, b) = (place(from.min(to)), place(from.max(to)));
            let bar = Rect::from_min_max(pos2(a, middle - 6.0), pos2(b.max(a + 1.5), middle + 6.0));
            drawing.bar(bar, row.color);
        }
        let at = pos2(area.right(), middle);
        drawing.fitted(at, Align2::RIGHT_CENTER, &row.value, semibold(size::BODY), t.high, values);
        drawing.spot(full.shrink2(eframe::egui::vec2(0.0, 1.0)), row.name.clone(), spoken(row));
    }
    if let Some(mark) = mark {
        let x = place(mark);
        drawing.dashes(&[pos2(x, area.top()), pos2(x, area.bottom())], t.middle);
    }
    let said: Vec<String> = rows.iter().map(|row| format!("{}: {}", row.name, spoken(row))).collect();
    drawing.finish(title, &format!("{lead}. {}.", said.join("; ")));
}

fn spoken(row: &Row) -> String {
    if row.note.is_empty() { row.value.clone() } else { format!("{}, {}", row.value, row.note) }
}
