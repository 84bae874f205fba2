//! A choice from a list: looks like text with a small mark, opens a list.

use eframe::egui::{self, Align, Button, Layout, Response, Role, ScrollArea, Ui, WidgetInfo};

use super::theme::{body, strong, tokens};
use super::tokens::{measure, size, space};

/// Height of the open list, points.
const LIST_HEIGHT: f32 = 380.0;

/// Shows `current` and answers the id that was picked.
pub fn choice_ui(
    ui: &mut Ui,
    label: &str,
    current: &str,
    quiet: bool,
    options: &[(String, String)],
) -> Option<String> {
    let t = tokens(ui);
    let mut picked = None;
    ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
        let value = if quiet { body(current, t) } else { strong(current, t) };
        let mark = body("▼", t).size(size::MARK);
        ui.spacing_mut().button_padding.x = space::XS;
        let button = Button::new((value, mark))
            .frame_when_inactive(false)
            .truncate()
            .min_size(egui::vec2(0.0, measure::ROW_HEIGHT - 2.0));
        let response = ui.add(button);
        response.widget_info(|| WidgetInfo {
            current_text_value: Some(current.to_owned()),
            ..WidgetInfo::labeled(Role::ComboBox, true, label)
        });
        picked = list_ui(&response, current, options);
    });
    picked
}

fn list_ui(button: &Response, current: &str, options: &[(String, String)]) -> Option<String> {
    let mut picked = None;
    egui::Popup::menu(button).align(egui::RectAlign::BOTTOM_END).show(|ui| {
        ScrollArea::vertical().max_height(LIST_HEIGHT).show(ui, |ui| {
            ui.set_min_width(200.0);
            for (id, name) in options {
                let here = name == current;
                let item = ui.selectable_label(here, name);
                if here && button.clicked() {
                    item.scroll_to_me(Some(Align::Center));
                }
                if item.clicked() {
                    picked = Some(id.clone());
                }
            }
        });
    });
    picked
}
