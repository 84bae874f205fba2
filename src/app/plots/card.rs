//! The frame of a card: title, menu, what its axes show.

use eframe::egui::{self, Align, Layout, Ui, vec2};

use super::data;
use crate::app::theme::{caption, card, strong, tokens};
use crate::app::tokens::{measure, size, space};

/// From this width of a card on, its legend stands beside the title.
pub(super) const WIDE_CARD: f32 = 540.0;

/// A card with a title, what its vertical axis shows, and a legend in the corner.
pub(super) fn plot_card_ui(
    ui: &mut Ui,
    title: &str,
    note: &str,
    corner: impl FnOnce(&mut Ui),
    add: impl FnOnce(&mut Ui),
) {
    let t = tokens(ui);
    let margin = egui::Margin::symmetric(space::L as i8 - 2, space::M as i8 - 2);
    data::enter(ui, title);
    let shown = card(t).inner_margin(margin).show(ui, |ui| {
        ui.set_min_width(ui.available_width());
        let wide = ui.available_width() >= WIDE_CARD;
        let mut corner = Some(corner);
        ui.horizontal(|ui| {
            ui.label(strong(title, t));
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                ui.spacing_mut().interact_size.y = size::BODY;
                ui.spacing_mut().button_padding = vec2(space::XS, 0.0);
                data::menu_ui(ui, title);
                if let Some(corner) = corner.take_if(|_| wide) {
                    corner(ui);
                }
                ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
                    ui.add(egui::Label::new(caption(note, t)).truncate());
                });
            });
        });
        add(ui);
        if let Some(corner) = corner {
            let row = vec2(ui.available_width(), measure::ROW_HEIGHT - space::XS);
            ui.allocate_ui_with_layout(row, Layout::right_to_left(Align::Center), |ui| {
                ui.spacing_mut().interact_size.y = row.y;
                corner(ui);
            });
        }
    });
    data::leave(ui, title, shown.response.rect);
}

/// In the corner of a card: what the horizontal axis shows.
pub(super) fn axis_note_ui(ui: &mut Ui, words: &str) {
    note_ui(ui, &format!("{words} →"));
}

/// In the corner of a card: a small note.
pub(super) fn note_ui(ui: &mut Ui, words: &str) {
    let t = tokens(ui);
    ui.label(caption(words, t));
}
