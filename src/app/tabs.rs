//! Tabs: the scenarios that are open beside each other, and how one goes from one to the other.

use std::path::PathBuf;

use eframe::egui::{self, Align, Button, Label, Layout, Role, Sense, Ui, UiBuilder, WidgetInfo, vec2};

use super::HeadroomApp;
use super::commands::Command;
use super::sheet::Sheet;
use super::theme::{body, focus_ring, regular, strong, tokens};
use super::tokens::{measure, radius, size, space};

impl HeadroomApp {
    /// What is half typed, and what is not kept yet, belongs to the tab that is left.
    pub(super) fn leave_tab(&mut self) {
        if self.sheet.unsaved() {
            let sheet = &mut self.sheet;
            sheet.recovery.keep(&sheet.scenario, sheet.path.as_deref());
        }
        self.drafts.clear();
        self.marks.forget();
    }

    /// Puts the tab at `place` on the screen.
    pub(super) fn go_to(&mut self, place: usize) {
        if place != self.others.at() {
            self.leave_tab();
            self.others.go(&mut self.sheet, place);
            self.refresh();
        }
    }

    /// A copy of the scenario on the screen, in a tab of its own.
    pub(super) fn duplicate(&mut self) {
        self.leave_tab();
        let mut scenario = self.sheet.scenario.clone();
        let title = scenario.name.trim_end_matches(", copy").to_owned();
        scenario.name = format!("{title}, copy");
        let mut copy = Sheet::new(scenario, None, self.vault.place(), &self.catalog, self.today);
        copy.saved = headroom::scenario::Scenario::default();
        copy.selected.clone_from(&self.sheet.selected);
        self.others.open(&mut self.sheet, copy);
    }

    /// Takes the tab on the screen away; the last one makes room for an empty scenario.
    pub(super) fn close_tab(&mut self) {
        self.drafts.clear();
        self.marks.forget();
        let closed = self.others.close(&mut self.sheet).unwrap_or_else(|| {
            let recovery = self.vault.place();
            let empty = Sheet::new(
                headroom::scenario::Scenario::default(),
                None,
                recovery,
                &self.catalog,
                self.today,
            );
            std::mem::replace(&mut self.sheet, empty)
        });
        // What was in it has been saved or given up.
        { closed }.recovery.close();
        self.refresh();
    }

    /// A tab with changes that are in no file and not given up: the one on the screen first.
    pub(super) fn next_unsaved(&self) -> Option<usize> {
        let asks = |sheet: &Sheet| sheet.unsaved() && !sheet.given_up;
        if asks(&self.sheet) {
            return Some(self.others.at());
        }
        self.others.iter().find(|(_, sheet)| asks(sheet)).map(|(place, _)| place)
    }

    /// The window stays open after all: nothing is given up.
    pub(super) fn keep_all(&mut self) {
        self.sheet.given_up = false;
        self.others.iter_mut().for_each(|sheet| sheet.given_up = false);
    }

    /// What the strip of tabs shows, in its order.
    pub(super) fn tabs(&self) -> Vec<TabName> {
        let name = |sheet: &Sheet| TabName {
            title: sheet.scenario.name.clone(),
            path: sheet.path.clone(),
            unsaved: sheet.unsaved(),
        };
        let mut tabs: Vec<TabName> = self.others.iter().map(|(_, sheet)| name(sheet)).collect();
        tabs.insert(self.others.at(), name(&self.sheet));
        tabs
    }
}

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

/// The strip in the room that is left in the header; answers what was asked for.
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
    if more.on_hover_text("An empty scenario in a tab of its own (Ctrl+N); Ctrl+T copies this one").clicked()
    {
        asked = Some(Command::New);
    }
    asked
}

/// One tab: its title, whether it differs from what is on disk, and a cross to close it.
fn tab_ui(ui: &mut Ui, tab: &TabName, place: usize, on: bool, width: f32, several: bool) -> Option<Command> {
    let t = tokens(ui);
    let mut asked = None;
    let (rect, response) = ui.allocate_exact_size(vec2(width, measure::ROW_HEIGHT), Sense::click());
    let told = if tab.unsaved { format!("{}, unsaved changes", tab.title) } else { tab.title.clone() };
    response.widget_info(|| WidgetInfo::selected(Role::Tab, true, on, &told));
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
