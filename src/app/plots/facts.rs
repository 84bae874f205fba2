//! Figures in a card: each a value over what it is, in columns of one width.

use eframe::egui::{Label, Rect, Sense, Ui, UiBuilder, vec2};

use crate::app::theme::{caption, semibold, shrunk, strong, tokens};
use crate::app::tokens::{measure, size, space};

/// One figure.
pub(super) struct Fact {
    pub value: String,
    pub label: String,
    /// Explanation under the pointer.
    pub hover: &'static str,
}

impl Fact {
    pub fn new(value: impl Into<String>, label: impl Into<String>, hover: &'static str) -> Self {
        Self { value: value.into(), label: label.into(), hover }
    }
}

/// Columns in `width`: a power of two, so that rows are full.
fn columns(width: f32) -> usize {
    [8, 4, 2].into_iter().find(|n| width >= *n as f32 * measure::FACT_WIDTH).unwrap_or(1)
}

/// Height of `count` figures in `width`.
pub(super) fn facts_height(width: f32, count: usize) -> f32 {
    count.div_ceil(columns(width)) as f32 * measure::FACT_HEIGHT
}

/// The figures, row by row.
pub(super) fn facts_ui(ui: &mut Ui, facts: &[Fact]) {
    let t = tokens(ui);
    let width = ui.available_width();
    let columns = columns(width);
    let (area, _) = ui.allocate_exact_size(vec2(width, facts_height(width, facts.len())), Sense::hover());
    let cell = vec2(width / columns as f32, measure::FACT_HEIGHT);
    for (i, fact) in facts.iter().enumerate() {
        let at = area.min + vec2((i % columns) as f32 * cell.x, (i / columns) as f32 * cell.y);
        let place = Rect::from_min_size(at, cell - vec2(space::XS, space::XS));
        let mut child = ui.new_child(UiBuilder::new().max_rect(place));
        child.spacing_mut().item_spacing.y = 0.0;
        let font = shrunk(child.painter(), &fact.value, semibold(size::BODY), place.width());
        child.label(strong(&fact.value, t).font(font));
        child.add(Label::new(caption(&fact.label, t)).truncate()).on_hover_text(fact.hover);
    }
}
