//! What a million tokens cost, by what the money is for: serving, waiting, standing by.

use eframe::egui::Ui;
use headroom::engine::uses;
use headroom::report::numbers;
use headroom::report::sentence;

use super::card::{Card, note_ui, plot_card_ui};
use super::rows::{BarRow, Ink, rows_table, rows_ui};
use super::scene::{CardPlace, Scene};
use super::table::Table;
use crate::app::answer::Answer;
use crate::app::theme::tokens;

const TITLE: &str = "Where a token's cost goes";

/// The card.
pub(super) const CARD: Card = Card { title: TITLE, table, draw };

fn table(answer: &mut Answer, scene: &Scene<'_>) -> Table {
    rows_table(TITLE, "usd", rows(answer, scene))
}

/// A waterfall: each part starts where the one before it ends.
fn rows(answer: &Answer, scene: &Scene<'_>) -> Vec<BarRow> {
    let Some((candidate, sizing)) = answer.shown(scene.selected) else { return Vec::new() };
    let was_uses = scene.was(&candidate.accelerator).map(|(sizing, scenario)| uses(sizing, scenario));
    let (mut end, mut was_end) = (0.0, was_uses.as_ref().map(|_| 0.0));
    let mut rows: Vec<BarRow> = Vec::new();
    for (i, part) in uses(sizing, scene.scenario).iter().enumerate() {
        let from = end;
        end += part.usd_per_million_tokens;
        was_end = was_uses.as_ref().zip(was_end).map(|(uses, end)| end + uses[i].usd_per_million_tokens);
        let (label, help) = sentence::purpose(part.purpose);
        rows.push(BarRow {
            name: label.to_owned(),
            note: format!("{} of it. {help}", numbers::percent(part.share)),
            span: Some([from, end]),
            ink: Ink::Own(if i == 0 { 1.0 } else { 0.45 }),
            value: numbers::usd(part.usd_per_million_tokens),
            pinned: was_end,
        });
    }
    rows.push(BarRow {
        name: "A million tokens".to_owned(),
        note: "Input and output together, at the average load.".to_owned(),
        span: Some([0.0, end]),
        ink: Ink::Middle,
        value: numbers::usd(sizing.estate.cost.chosen.usd_per_million_tokens),
        pinned: was_end,
    });
    rows
}

fn draw(ui: &mut Ui, answer: &mut Answer, scene: &Scene<'_>, _standing: CardPlace) {
    let t = tokens(ui);
    let Some((candidate, _)) = answer.shown(scene.selected) else { return };
    let color = scene.palette.color(&candidate.accelerator, t);
    let was = scene.was(&candidate.accelerator);
    let rows = rows(answer, scene);
    let pinned = if was.is_some() { ", line: pinned" } else { "" };
    let note = numbers::money_heading(&format!(" per million tokens, {}{pinned}", candidate.name));
    plot_card_ui(
        ui,
        TITLE,
        &note,
        |ui| note_ui(ui, scene.scenario.money.term.label()),
        |ui| rows_ui(ui, TITLE, &candidate.name, &rows, color, None),
    );
}
