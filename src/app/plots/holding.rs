//! What would hold the load that a frozen fleet is pushed to, and what each way costs.

use eframe::egui::{Align, Label, Layout, Ui};
use headroom::report::{numbers, sentence};
use headroom::units::Unit;

use super::card::{Card, plot_card_ui};
use super::scene::{CardPlace, Scene};
use super::table::{Cell, Column, Table};
use crate::app::answer::Answer;
use crate::app::theme::{body, caption, strong, tokens};
use crate::app::tokens::space;

const TITLE: &str = "What would hold";

/// The card.
pub(super) const CARD: Card = Card { title: TITLE, table, draw };

fn rows(answer: &Answer, scene: &Scene<'_>) -> Vec<[String; 3]> {
    let name = answer.shown(scene.selected).map_or("", |(candidate, _)| candidate.name.as_str());
    scene.broken.as_ref().map_or_else(Vec::new, |(broken, _)| {
        sentence::ways_out(&broken.ways, &broken.pushed, name, &scene.scenario.slo)
    })
}

fn table(answer: &mut Answer, scene: &Scene<'_>) -> Table {
    let mut table = Table::new(TITLE, [Column::text("way"), Column::text("meaning"), Column::text("cost")]);
    for row in rows(answer, scene) {
        table.push(row.map(Cell::Text));
    }
    table
}

fn draw(ui: &mut Ui, answer: &mut Answer, scene: &Scene<'_>, _: CardPlace) {
    let t = tokens(ui);
    let load = scene.broken.as_ref().map_or(0.0, |(broken, _)| broken.pushed.requests_per_s);
    plot_card_ui(
        ui,
        TITLE,
        &numbers::plain(&numbers::quantity(load, Unit::RequestsPerSecond)),
        |_| {},
        |ui| {
            let rows = rows(answer, scene);
            if rows.is_empty() {
                ui.label(body("This fleet holds it: nothing more is needed.", t));
            }
            for [way, meaning, cost] in rows {
                ui.add_space(space::S);
                ui.horizontal(|ui| {
                    ui.label(strong(way, t));
                    ui.with_layout(Layout::right_to_left(Align::Center), |ui| ui.label(strong(cost, t)));
                });
                ui.add(Label::new(caption(meaning, t)).wrap());
                ui.separator();
            }
        },
    );
}
