//! Parts of stacked bars: how strong their colour is, and the legend that shows and hides them.

use eframe::egui::{self, Color32, Rect, Role, Sense, Ui, WidgetInfo, pos2, vec2};

use headroom::report::figure;

use crate::app::theme::{focus_ring, regular, shade, tokens};
use crate::app::tokens::{Tokens, measure, radius, size, space};

/// One part of a stack, shown or hidden by its entry in the legend.
pub(super) struct Part {
    /// Path of the figure.
    pub path: &'static str,
    /// How much of the accelerator's colour it has, 0–1; negative: grey.
    pub strength: f32,
}

impl Part {
    /// Its name beside the other parts.
    pub fn name(&self) -> &'static str {
        figure::short(self.path)
    }

    pub fn color(&self, accelerator: Color32, t: &Tokens) -> Color32 {
        if self.strength < 0.0 {
            shade(t.low, t.panel, -self.strength)
        } else {
            shade(accelerator, t.panel, self.strength)
        }
    }
}

/// The legend of `parts`, each a switch; answers which are shown.
pub(super) fn legend_ui(ui: &mut Ui, parts: &[Part], shown: &mut [bool]) {
    let t = tokens(ui);
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing = vec2(space::M, 0.0);
        // The corner is filled from the right.
        for (part, shown) in parts.iter().zip(shown).rev() {
            switch_ui(ui, part.name(), part.color(t.high, t), shown);
        }
    });
}

/// One entry of a legend: a click shows or hides what it names.
pub(super) fn switch_ui(ui: &mut Ui, name: &str, mark_color: Color32, shown: &mut bool) {
    let t = tokens(ui);
    let color = if *shown { t.middle } else { t.low };
    let galley = ui.painter().layout_no_wrap(name.to_owned(), regular(size::CAPTION), color);
    let (rect, response) = ui.allocate_exact_size(galley.size() + vec2(14.0, 4.0), Sense::click());
    let mark = Rect::from_center_size(pos2(rect.left() + 4.5, rect.center().y), vec2(9.0, 9.0));
    if *shown {
        ui.painter().rect_filled(mark, 2.0, mark_color);
    } else {
        ui.painter().rect_stroke(mark, 2.0, (measure::HAIRLINE, t.low), egui::StrokeKind::Inside);
    }
    let color = if response.hovered() { t.high } else { color };
    ui.painter().galley_with_override_text_color(pos2(rect.left() + 14.0, rect.top() + 2.0), galley, color);
    focus_ring(ui, &response, rect.expand(2.0), f32::from(radius::BAR));
    response.widget_info(|| WidgetInfo::selected(Role::CheckBox, true, *shown, name));
    if response.on_hover_text("Show or hide").clicked() {
        *shown = !*shown;
    }
}

/// Which parts of the plot `id` are shown; kept while the window is open.
pub(super) fn switches(ui: &Ui, id: &str) -> [bool; 4] {
    ui.data(|data| data.get_temp(egui::Id::unique(id))).unwrap_or([true; 4])
}

pub(super) fn keep_switches(ui: &Ui, id: &str, shown: [bool; 4]) {
    ui.data_mut(|data| data.insert_temp(egui::Id::unique(id), shown));
}
