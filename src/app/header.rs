//! The bar at the top: name, file, undo and redo, menu, theme.

use std::path::Path;

use eframe::egui::{
    self, Align, Button, Frame, Layout, Margin, Response, Role, Sense, Stroke, Ui, WidgetInfo, vec2,
};
use headroom::catalog::Catalog;
use headroom::report::numbers;
use headroom::scenario::preset;
use headroom::units::Separators;

use super::commands::{Command, keys};
use super::proof::Stage;
use super::settings::{SettingChange, Settings, ZOOM_STEP};
use super::tab_strip::{TabName, strip_ui};
use super::theme::{body, caption, focus_ring, strong, tokens};
use super::tokens::{measure, radius, size, space};
use super::verified::verify_button_ui;

/// What the header shows.
pub struct Header<'a> {
    pub tabs: &'a [TabName],
    /// Place of the tab on the screen.
    pub at: usize,
    /// What undo and redo would do; `None`: nothing.
    pub undoes: Option<String>,
    pub redoes: Option<String>,
    /// Whether the screen compares with a pin.
    pub pinned: bool,
    /// How far the proof of the fleet is; `None`: there is no fleet.
    pub proof: Option<Stage<'a>>,
    pub settings: &'a Settings,
    pub catalog: &'a Catalog,
}

/// What was asked of it.
#[derive(Default)]
pub struct Pressed {
    pub command: Option<Command>,
    pub dark: Option<bool>,
}

/// Below this width of the window, commands of the menus have no button.
const NARROW_BELOW: f32 = 520.0;

/// From this width right of the menus on, buttons have labels.
const LABELS_FROM: f32 = 560.0;

/// From this width on there are also those that have keys of their own.
const ALL_FROM: f32 = 800.0;

fn hint(command: &Command, keys: &str) -> String {
    let text = match command {
        Command::Pin => "Keep this scenario to compare with",
        Command::Compare => "What changed since the pin, and what each input contributed",
        Command::Present => "Large type for the wall",
        Command::Break => "Freeze this fleet, and push its load or take something away",
        Command::FindLimit => "Find the limit: what load can 16 hold, what context does $50k pay for?",
        _ => "Every command, by name",
    };
    format!("{text} ({keys})")
}

/// The whole bar.
pub fn header_ui(ui: &mut Ui, header: &Header<'_>) -> Pressed {
    let t = tokens(ui);
    let mut asked = Pressed::default();
    let frame = Frame::new().fill(t.panel).inner_margin(Margin::symmetric(space::L as i8, 0));
    egui::Panel::top("header").frame(frame).exact_size(measure::HEADER_HEIGHT).show(ui, |ui| {
        ui.horizontal_centered(|ui| {
            let narrow = ui.max_rect().width() < NARROW_BELOW;
            let name = if narrow { "▲" } else { "▲ Headroom" };
            ui.label(strong(name, t).size(size::BODY + 1.0));
            ui.add_space(space::S);
            asked.command = menu_ui(ui, header).or(asked.command.take());
            asked.command = view_menu_ui(ui, header.settings).or(asked.command.take());
            for (label, glyph, name, command) in
                [("Undo", "↺", &header.undoes, Command::Undo), ("Redo", "↻", &header.redoes, Command::Redo)]
            {
                // Undo is in the keys, themes in the menu.
                if !narrow && icon_button_ui(ui, glyph, label, name.as_deref(), &command).clicked() {
                    asked.command = Some(command);
                }
            }
            ui.add_space(space::S);
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                let room = ui.max_rect().width();
                let typed = keys(&Command::Verify, ui.ctx()).unwrap_or_default();
                if !narrow {
                    asked.command = verify_button_ui(ui, header.proof, &typed, room <= LABELS_FROM)
                        .or(asked.command.take());
                    asked.dark = theme_button_ui(ui);
                    ui.add_space(space::S);
                }
                if room > LABELS_FROM {
                    let compare = if header.pinned { "Compare ●" } else { "Compare" };
                    for (label, command) in [
                        ("Present", Command::Present),
                        (compare, Command::Compare),
                        ("Break it", Command::Break),
                        ("Limit", Command::FindLimit),
                        ("Pin", Command::Pin),
                        ("Search", Command::Find),
                    ] {
                        let spare = matches!(command, Command::Break | Command::FindLimit | Command::Find);
                        if spare && room < ALL_FROM {
                            continue;
                        }
                        let keys = keys(&command, ui.ctx());
                        let button = ui.button(body(label, t).color(t.high));
                        if button.on_hover_text(hint(&command, &keys.unwrap_or_default())).clicked() {
                            asked.command = Some(command);
                        }
                    }
                }
                ui.add_space(space::S);
                ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
                    asked.command = strip_ui(ui, header.tabs, header.at).or(asked.command.take());
                });
            });
        });
    });
    asked
}

/// `name`: what it would do; `None`: nothing, and it is grey.
fn icon_button_ui(ui: &mut Ui, glyph: &str, label: &str, name: Option<&str>, command: &Command) -> Response {
    let t = tokens(ui);
    let enabled = name.is_some();
    let color = if enabled { t.high } else { t.low };
    let button = Button::new(body(glyph, t).color(color)).min_size(vec2(30.0, measure::ROW_HEIGHT));
    let response = ui.add_enabled(enabled, button);
    response.widget_info(|| WidgetInfo::labeled(Role::Button, enabled, label));
    let keys = keys(command, ui.ctx()).unwrap_or_default();
    response.on_hover_text(match name {
        Some(name) => format!("{label}: {name} ({keys})"),
        None => format!("{label} ({keys})"),
    })
}

/// A half-filled disc: the other theme.
fn theme_button_ui(ui: &mut Ui) -> Option<bool> {
    let t = tokens(ui);
    let dark = ui.visuals().dark_mode;
    let (rect, response) = ui.allocate_exact_size(vec2(30.0, measure::ROW_HEIGHT), Sense::click());
    let label = if dark { "Light theme" } else { "Dark theme" };
    response.widget_info(|| WidgetInfo::labeled(Role::Button, true, label));
    let visuals = ui.style().interact(&response);
    let painter = ui.painter();
    painter.rect(
        rect,
        f32::from(radius::WIDGET),
        visuals.weak_bg_fill,
        visuals.bg_stroke,
        egui::StrokeKind::Inside,
    );
    let (center, r) = (rect.center(), 5.5);
    painter.circle_stroke(center, r, Stroke::new(1.4, t.high));
    let half: Vec<egui::Pos2> = (0..=12)
        .map(|i| {
            center
                + r * egui::Vec2::angled(std::f32::consts::FRAC_PI_2 + std::f32::consts::PI * i as f32 / 12.0)
        })
        .collect();
    painter.add(egui::Shape::convex_polygon(half, t.high, Stroke::NONE));
    focus_ring(ui, &response, rect, f32::from(radius::WIDGET));
    response.on_hover_text(label).clicked().then_some(!dark)
}

/// The File menu.
fn menu_ui(ui: &mut Ui, header: &Header<'_>) -> Option<Command> {
    let mut chosen = None;
    ui.menu_button("File", |ui| {
        ui.set_min_width(200.0);
        let mut item = |ui: &mut Ui, label: &str, command: Command| {
            let keys = keys(&command, ui.ctx()).unwrap_or_default();
            if ui.add(Button::new(label).shortcut_text(keys)).clicked() {
                chosen = Some(command);
                ui.close();
            }
        };
        item(ui, "New", Command::New);
        ui.menu_button("New from preset", |ui| {
            ui.set_min_width(260.0);
            for (stem, text) in preset::BUILT_IN {
                let parsed = preset::parse(text, stem, header.catalog);
                let name = parsed.as_ref().map_or(*stem, |scenario| scenario.name.as_str());
                item(ui, name, Command::NewFrom(stem));
            }
        });
        ui.separator();
        item(ui, "Open…", Command::Open);
        ui.menu_button("Recent files", |ui| {
            ui.set_min_width(260.0);
            if header.settings.recent.is_empty() {
                ui.label("Files you open or save appear here.");
            }
            for path in &header.settings.recent {
                item(ui, &short_path(path), Command::OpenPath(path.clone()));
            }
        });
        ui.separator();
        item(ui, "Save", Command::Save);
        item(ui, "Save as…", Command::SaveAs);
        ui.separator();
        item(ui, "Copy share line", Command::Share);
        item(ui, "Add measurement…", Command::AddMeasurement);
        ui.separator();
        item(ui, "Duplicate tab", Command::Duplicate);
        item(ui, "Close tab", Command::CloseTab);
        item(ui, "Close window", Command::Close);
    });
    chosen
}

/// The View menu: size, theme, how numbers are written.
fn view_menu_ui(ui: &mut Ui, settings: &Settings) -> Option<Command> {
    let mut chosen = None;
    ui.menu_button("View", |ui| {
        ui.set_min_width(200.0);
        let t = tokens(ui);
        let zoom = ui.ctx().zoom_factor();
        ui.label(caption(format!("Zoom {}", numbers::percent(f64::from(zoom))), t));
        let mut item = |ui: &mut Ui, on: Option<bool>, label: &str, keys: &str, change: SettingChange| {
            let clicked = match on {
                Some(on) => {
                    let tick = if on { "✓" } else { "" };
                    let button = Button::selectable(on, label).right_text(body(tick, t).color(t.accent));
                    let response = ui.add(button);
                    response.widget_info(|| WidgetInfo::selected(Role::MenuItemRadio, true, on, label));
                    response.clicked()
                }
                None => ui.add(Button::new(label).shortcut_text(keys)).clicked(),
            };
            if clicked {
                chosen = Some(Command::Set(change));
                // Enlarging takes several steps.
                if !matches!(change, SettingChange::Zoom(_)) {
                    ui.close();
                }
            }
        };
        item(ui, None, "Zoom in", "Ctrl++", SettingChange::Zoom(zoom + ZOOM_STEP));
        item(ui, None, "Zoom out", "Ctrl+−", SettingChange::Zoom(zoom - ZOOM_STEP));
        item(ui, None, "Reset zoom", "Ctrl+0", SettingChange::Zoom(1.0));
        ui.separator();
        ui.label(caption("Theme", t));
        for (label, dark) in [("Follow system", None), ("Dark", Some(true)), ("Light", Some(false))] {
            item(ui, Some(settings.dark == dark), label, "", SettingChange::Dark(dark));
        }
        ui.separator();
        ui.label(caption("Numbers", t));
        item(ui, Some(settings.numbers.is_none()), "Follow system", "", SettingChange::Numbers(None));
        for separators in Separators::ALL {
            let on = settings.numbers == Some(separators);
            item(ui, Some(on), &separators.example(), "", SettingChange::Numbers(Some(separators)));
        }
    });
    chosen
}

/// The file and its folder: enough to distinguish recent files.
fn short_path(path: &Path) -> String {
    let name = |p: &Path| p.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
    match path.parent().map(name) {
        Some(folder) if !folder.is_empty() => format!("{} in {folder}", name(path)),
        _ => name(path),
    }
}
