//! A list with bars: a name, a bar along one axis and a value on one line, a note under them.

use eframe::egui::{Align2, Color32, Rect, Ui, pos2, vec2};

use super::diagram::Diagram;
use super::table::{Cell, Column, Table};
use crate::app::theme::{regular, semibold, shade};
use crate::app::tokens::{Tokens, measure, size, space};

/// Mean width of a letter of the body, points.
const LETTER: f32 = 6.8;
/// The same of a digit of a value.
const DIGIT: f32 = 7.8;

/// The colour of a bar.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Ink {
    /// So much of the accelerator's own, 0–1.
    Own(f32),
    Quiet,
    Middle,
    Good,
    Bad,
    Warning,
}

impl Ink {
    fn color(self, own: Color32, t: &Tokens) -> Color32 {
        match self {
            Self::Own(strength) if strength >= 1.0 => own,
            Self::Own(strength) => shade(own, t.panel, strength),
            Self::Quiet => t.low,
            Self::Middle => t.middle,
            Self::Good => t.good,
            Self::Bad => t.bad,
            Self::Warning => t.warning,
        }
    }
}

/// One row.
pub(super) struct BarRow {
    pub name: String,
    /// Under the name, and under the pointer; may be empty.
    pub note: String,
    /// What the bar spans, in the unit of the axis; nothing: a head without a bar.
    pub span: Option<[f64; 2]>,
    pub ink: Ink,
    pub value: String,
    /// Where its bar ended when it was pinned.
    pub pinned: Option<f64>,
}

impl BarRow {
    /// With the bar on a line of its own, where it has no room beside the text, and a note that is `note` high.
    fn height(&self, narrow: bool, note: f32) -> f32 {
        let bar = if narrow && self.span.is_some() { BAR_LINE } else { 0.0 };
        measure::BAR_ROW + bar + note
    }

    /// Height of the note in lines no wider than `width`.
    fn note_height(&self, ui: &Ui, width: f32) -> f32 {
        if self.note.is_empty() {
            return 0.0;
        }
        let text =
            ui.painter().layout(self.note.clone(), regular(size::CAPTION), Color32::PLACEHOLDER, width);
        text.rows.len() as f32 * measure::BAR_NOTE
    }

    fn description(&self) -> String {
        if self.note.is_empty() { self.value.clone() } else { format!("{}, {}", self.value, self.note) }
    }
}

/// The rows as a table; their bars are in `unit`, such as "usd".
pub(super) fn rows_table(title: &'static str, unit: &str, rows: Vec<BarRow>) -> Table {
    let end = |name: &str| {
        let key = if unit.is_empty() { name.to_owned() } else { format!("{name}_{unit}") };
        Column::number(name, key, |v| v.to_string()).detail()
    };
    let columns = [Column::text("name"), end("from"), end("to"), Column::text("value"), Column::text("note")];
    let mut table = Table::new(title, columns);
    for row in rows {
        let [from, to] = [0, 1].map(|i| Cell::maybe(row.span.map(|span| span[i])));
        table.push([Cell::Text(row.name), from, to, Cell::Text(row.value), Cell::Text(row.note)]);
    }
    table
}

/// Below this width the bars have lines of their own.
const NARROW_BELOW: f32 = 340.0;
/// Height of such a line.
const BAR_LINE: f32 = 14.0;

/// The rows as spans between the least and the most of all, and a line across them at `mark`: nothing grows from zero.
pub(super) fn spans_ui(ui: &mut Ui, title: &str, lead: &str, rows: &[BarRow], own: Color32, mark: f64) {
    draw_ui(ui, title, lead, (rows, own), Some(mark), (f64::INFINITY, f64::NEG_INFINITY));
}

/// The rows as bars from zero, and a line across them at `mark`. `title` and `lead` start the text for screen readers.
pub(super) fn rows_ui(
    ui: &mut Ui,
    title: &str,
    lead: &str,
    rows: &[BarRow],
    own: Color32,
    mark: Option<f64>,
) {
    draw_ui(ui, title, lead, (rows, own), mark, (0.0, 0.0));
}

fn draw_ui(
    ui: &mut Ui,
    title: &str,
    lead: &str,
    (rows, own): (&[BarRow], Color32),
    mark: Option<f64>,
    least_and_most: (f64, f64),
) {
    let narrow = ui.available_width() < NARROW_BELOW;
    let width = ui.available_width();
    let notes: Vec<f32> = rows.iter().map(|row| row.note_height(ui, width)).collect();
    let height: f32 = rows.iter().zip(&notes).map(|(row, note)| row.height(narrow, *note)).sum();
    let mut drawing = Diagram::new(ui, height.max(measure::BAR_ROW));
    let t = drawing.t;
    let area = drawing.rect;
    // Roughly as wide as the longest name needs, but never so wide that no bar is left.
    let longest = rows.iter().filter(|row| row.span.is_some()).map(|row| row.name.chars().count()).max();
    let names = (longest.unwrap_or(0) as f32 * LETTER).clamp(area.width() * 0.25, area.width() * 0.46);
    let widest = rows.iter().map(|row| row.value.chars().count()).max().unwrap_or(0) as f32 * DIGIT;
    let values = widest.clamp(area.width() * 0.16, area.width() * 0.4);
    let (left, right) = match narrow {
        true => (area.left() + 1.0, area.right() - 2.0),
        false => (area.left() + names + space::M, area.right() - values - space::M),
    };
    let ends = rows
        .iter()
        .filter_map(|row| row.span)
        .flatten()
        .chain(mark)
        .chain(rows.iter().filter_map(|row| row.pinned));
    let (low, high) = ends.fold(least_and_most, |(low, high), v| (low.min(v), high.max(v)));
    let width = (high - low).max(f64::MIN_POSITIVE);
    let place = |v: f64| left + (right - left) * ((v - low) / width) as f32;
    let mut top = area.top();
    for (row, note) in rows.iter().zip(notes) {
        let full =
            Rect::from_min_max(pos2(area.left(), top), pos2(area.right(), top + row.height(narrow, note)));
        let line = top + measure::BAR_ROW / 2.0;
        let head = row.span.is_none();
        let (face, color) = if head { (semibold(size::BODY), t.high) } else { (regular(size::BODY), t.high) };
        // A head has no bar: its text may take the room.
        let room = if head || narrow { area.width() - values - space::M } else { names };
        // The bar is beside the text, or under it.
        let bar_at = if narrow { top + measure::BAR_ROW + BAR_LINE / 2.0 - 4.0 } else { line };
        let under = top + row.height(narrow, note) - note - 3.0;
        drawing.fitted(pos2(area.left(), line), Align2::LEFT_CENTER, &row.name, face, color, room);
        if !row.note.is_empty() {
            let at = pos2(area.left(), under);
            drawing.lines(at, Align2::LEFT_TOP, &row.note, area.width());
        }
        if let Some([from, to]) = row.span {
            let (a, b) = (place(from.min(to)), place(from.max(to)));
            let bar = Rect::from_min_max(pos2(a, bar_at - 5.0), pos2(b.max(a + 1.5), bar_at + 5.0));
            drawing.bar(bar, row.ink.color(own, t));
            if let Some(x) = row.pinned.map(place) {
                drawing.line(pos2(x, bar_at - 8.0), pos2(x, bar_at + 8.0), measure::FOCUS_RING, t.high);
            }
            if let Some(mark) = mark {
                let x = place(mark);
                drawing.dashes(&[pos2(x, bar_at - 9.0), pos2(x, bar_at + 9.0)], t.middle);
            }
        }
        let at = pos2(area.right(), line);
        drawing.fitted(at, Align2::RIGHT_CENTER, &row.value, semibold(size::BODY), t.high, values);
        drawing.spot(full.shrink2(vec2(0.0, 1.0)), row.name.clone(), row.description());
        top += row.height(narrow, note);
    }
    let parts: Vec<String> = rows.iter().map(|row| format!("{}: {}", row.name, row.description())).collect();
    drawing.finish(title, &format!("{lead}. {}.", parts.join("; ")));
}
