//! The strip of tabs: the scenarios that are open beside each other.

use std::path::PathBuf;

use eframe::egui::{self, Align, Button, Label, Layout, Role, Sense, Ui, UiBuilder, WidgetInfo, vec2};

use super::commands::Command;
use super::theme::{body, focus_ring, regular, strong, tokens};
use super::tokens::{measure, radius, size, space};

/// One tab, as the strip shows it.
pub struct TabName {
    pub title: String,
    pub path: Option<PathBuf>,
    pub unsaved: bool,
}

/// Width of a tab, points: what fits, but no more and no less.
const WIDEST: f32 = 230.0;
const NARROWEST: f32 = 84.0;
/// Width of the button for one more.
const MORE: f32 = 26.0;

/// The strip in the room that is left in the header; returns what was asked for.
pub fn strip_ui(ui: &mut Ui, tabs: &[TabName], at: usize) -> Option<Command> {
    let mut asked = None;
    let gap = space::XS;
    let room = ui.available_width() - MORE - gap;
    let width = ((room + gap) / tabs.len().max(1) as f32 - gap).clamp(NARROWEST, WIDEST);
    let width = match tabs {
        // Alone, it is no wider than its title.
        [tab] => {
            let dot = if tab.unsaved { space::L } else { 0.0 };
            let font = regular(size::BODY);
            let galley = ui.painter().layout_no_wrap(tab.title.clone(), font, tokens(ui).middle);
            let title = galley.size().x;
            (title + dot + 2.0 * space::S + 1.0).min(room.max(NARROWEST))
        }
        _ => width,
    };
    ui.spacing_mut().item_spacing.x = gap;
    // More than fit are scrolled to, the one on the screen first.
    let strip = egui::ScrollArea::horizontal()
        .id_salt("tabs")
        .max_width(room.max(NARROWEST))
        .scroll_bar_visibility(egui::scroll_area::ScrollBarVisibility::AlwaysHidden);
    strip.show(ui, |ui| {
        ui.horizontal_centered(|ui| {
            for (place, tab) in tabs.iter().enumerate() {
                asked = tab_ui(ui, tab, place, place == at, width, tabs.len() > 1).or(asked.take());
            }
        });
    });
    let more = ui.add(Button::new(body("+", tokens(ui))).min_size(vec2(MORE, measure::ROW_HEIGHT)));
    more.widget_info(|| WidgetInfo::labeled(Role::Button, true, "New tab"));
    if more.on_hover_text("New scenario in a new tab (Ctrl+N); Ctrl+T duplicates this one").clicked() {
        asked = Some(Command::New);
    }
    asked
}

/// One tab: its title, whether it differs from what is on disk, and a cross to close it.
fn tab_ui(ui: &mut Ui, tab: &TabName, place: usize, on: bool, width: f32, several: bool) -> Option<Command> {
    let t = tokens(ui);
    let mut asked = None;
    let (rect, response) = ui.allocate_exact_size(vec2(width, measure::ROW_HEIGHT), Sense::click());
    let label = if tab.unsaved { format!("{}, unsaved changes", tab.title) } else { tab.title.clone() };
    response.widget_info(|| WidgetInfo::selected(Role::Tab, true, on, &label));
    if several && (on || response.hovered()) {
        let fill = if on { t.raised } else { t.grid };
        ui.painter().rect_filled(rect, f32::from(radius::WIDGET), fill);
    }
    if several && on {
        let line = rect.bottom() - 1.0;
        let across = rect.shrink2(vec2(f32::from(radius::WIDGET), 0.0)).x_range();
        ui.painter().hline(across, line, (measure::FOCUS_RING, t.accent));
    }
    focus_ring(ui, &response, rect, f32::from(radius::WIDGET));
    let inside = rect.shrink2(vec2(space::S, 0.0));
    let mut child = ui.new_child(UiBuilder::new().max_rect(inside));
    child.spacing_mut().item_spacing.x = space::XS;
    child.with_layout(Layout::right_to_left(Align::Center), |ui| {
        if several {
            let cross = ui.add(Button::new(body("×", t)).small().frame_when_inactive(false));
            cross.widget_info(|| WidgetInfo::labeled(Role::Button, true, format!("Close {}", tab.title)));
            if cross.on_hover_text("Close (Ctrl+W)").clicked() {
                asked = Some(Command::CloseTabAt(place));
            }
        }
        ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
            if tab.unsaved {
                let dot = ui.label(body("●", t).size(size::CAPTION).color(t.warning));
                dot.widget_info(|| WidgetInfo::labeled(Role::Label, true, "Unsaved changes"));
            }
            let title = if on && several { strong(&tab.title, t) } else { body(&tab.title, t) };
            ui.add(Label::new(title).truncate().selectable(false));
        });
    });
    if on && several && !response.rect.is_negative() && response.gained_focus() {
        response.scroll_to_me(None);
    }
    let place_words =
        tab.path.as_ref().map_or("Not saved to a file yet.".to_owned(), |p| p.display().to_string());
    let dot = if tab.unsaved { "\nUnsaved changes" } else { "" };
    if response.on_hover_text(format!("{}\n{place_words}{dot}", tab.title)).clicked() && !on {
        asked = Some(Command::GoTo(place));
    }
    asked
}
