//! The frame of a card: title, menu, what its axes show.

use eframe::egui::{self, Align, Layout, Ui, vec2};

use super::export;
use super::scene::{CardPlace, Scene};
use super::svg::svg;
use super::table::Table;
use crate::app::answer::Answer;
use crate::app::theme::{caption, card, regular, strong, tokens};
use crate::app::tokens::{measure, size, space};

/// One card: what it is called, what is in it, and how it is drawn.
pub struct Card {
    pub title: &'static str,
    /// Its data, for which nothing is drawn; without rows where there is nothing to show.
    pub table: fn(&mut Answer, &Scene<'_>) -> Table,
    pub draw: fn(&mut Ui, &mut Answer, &Scene<'_>, CardPlace),
}

impl Card {
    /// Draws it, answers what its menu was asked for, and lets screen readers read its data.
    pub fn ui(&self, ui: &mut Ui, answer: &mut Answer, scene: &Scene<'_>, standing: CardPlace) {
        let corner = ui.cursor().min;
        (self.draw)(ui, answer, scene, standing);
        export::hand_over(ui, self.title, corner, || (self.table)(answer, scene));
        if export::take_redraw(ui).is_some() {
            let picture = svg(ui.ctx(), self.title, |ui| (self.draw)(ui, answer, scene, standing));
            export::post_svg(ui.ctx(), self.title, picture);
        }
    }
}

/// From this width of a card on, its legend is beside the title.
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
    let shown = card(t).inner_margin(margin).show(ui, |ui| {
        ui.set_min_width(ui.available_width());
        let wide = ui.available_width() >= WIDE_CARD;
        let mut corner = Some(corner);
        let mut note = Some(note).filter(|note| !note.is_empty());
        ui.horizontal(|ui| {
            ui.label(strong(title, t));
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                ui.spacing_mut().interact_size.y = size::BODY;
                ui.spacing_mut().button_padding = vec2(space::XS, 0.0);
                export::menu_ui(ui, title);
                if let Some(corner) = corner.take_if(|_| wide) {
                    corner(ui);
                }
                let width = |note: &str| {
                    let galley =
                        ui.painter().layout_no_wrap(note.to_owned(), regular(size::CAPTION), t.middle);
                    galley.size().x
                };
                if let Some(note) = note.take_if(|note| width(note) <= ui.available_width()) {
                    ui.with_layout(Layout::left_to_right(Align::Center), |ui| ui.label(caption(note, t)));
                }
            });
        });
        // A note that has no room beside the title has a line of its own.
        if let Some(note) = note {
            ui.add(egui::Label::new(caption(note, t)).wrap());
        }
        add(ui);
        if let Some(corner) = corner {
            let row = vec2(ui.available_width(), measure::ROW_HEIGHT - space::XS);
            ui.allocate_ui_with_layout(row, Layout::right_to_left(Align::Center), |ui| {
                ui.spacing_mut().interact_size.y = row.y;
                corner(ui);
            });
        }
    });
    export::leave(ui, title, shown.response.rect);
}

/// In the corner of a card: what the horizontal axis shows.
pub(super) fn axis_note_ui(ui: &mut Ui, text: &str) {
    note_ui(ui, &format!("{text} →"));
}

/// In the corner of a card: a small note.
pub(super) fn note_ui(ui: &mut Ui, text: &str) {
    let t = tokens(ui);
    ui.label(caption(text, t));
}
