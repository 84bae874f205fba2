//! The list of shortcuts, under `?`.

use eframe::egui::{Context, Grid, Id, Modal};

use crate::app::commands::{LISTED, keys};
use crate::app::theme::{body, caption, section_head, strong, tokens};
use crate::app::tokens::space;

/// What keys and pointer do that is not a command.
const OTHERS: [(&str, &str); 10] = [
    ("Shift and drag on a slider", "ten times finer"),
    ("x2, /2, +10% in a field", "double, half, 10% more"),
    ("Arrow keys on a slider", "one step; with Shift a fine step"),
    ("Page up, Page down", "ten steps"),
    ("Home, End", "ends of the slider"),
    ("Double-click on an input", "restores the preset's value"),
    (
        "Marks under a slider",
        "amber: the count changes; teal: another accelerator wins; red: nothing can serve it",
    ),
    ("Ring on a slider", "the pinned value"),
    ("Ctrl and +, −, 0", "zoom in, zoom out, reset zoom"),
    ("A file dropped on the window", "opens a preset, a config.json, a catalog file or a measurement"),
];

/// The list; whether it closes.
pub(super) fn shortcuts_ui(ctx: &Context) -> bool {
    let modal = Modal::new(Id::unique("shortcuts")).show(ctx, |ui| {
        let t = tokens(ui);
        ui.label(section_head("Shortcuts", t));
        ui.add_space(space::S);
        Grid::new("shortcuts").num_columns(2).spacing([space::XL, space::XS]).show(ui, |ui| {
            for (command, name) in &LISTED {
                if let Some(keys) = keys(command, ui.ctx()) {
                    ui.label(strong(keys, t));
                    ui.label(body(*name, t));
                    ui.end_row();
                }
            }
            for (keys, name) in OTHERS {
                ui.label(strong(keys, t));
                ui.label(body(name, t));
                ui.end_row();
            }
        });
        ui.add_space(space::S);
        ui.label(caption("Escape closes this.", t));
    });
    modal.should_close()
}
