//! What a million tokens cost, by what the money is for: serving, waiting, standing by.

use eframe::egui::Ui;
use headroom::engine::uses;
use headroom::units;

use super::card::{note_ui, plot_card_ui};
use super::rows::{Row, rows_ui};
use super::scene::{Scene, Standing};
use crate::app::answer::Answer;
use crate::app::theme::{shade, tokens};

const TITLE: &str = "Where a token's cost goes";

/// The card: a waterfall, each part starting where the one before it ends.
pub fn card_ui(ui: &mut Ui, answer: &mut Answer, scene: &Scene<'_>, _standing: Standing) {
    let t = tokens(ui);
    let Some((candidate, sizing)) = answer.shown(scene.selected) else { return };
    let color = scene.palette.color(&candidate.accelerator, t);
    let was = scene.was(&candidate.accelerator);
    let was_uses = was.map(|(sizing, scenario)| uses(sizing, scenario));
    let (mut end, mut was_end) = (0.0, was_uses.as_ref().map(|_| 0.0));
    let mut rows: Vec<Row> = Vec::new();
    for (i, part) in uses(sizing, scene.scenario).iter().enumerate() {
        let from = end;
        end += part.usd_per_million_tokens;
        was_end = was_uses.as_ref().zip(was_end).map(|(uses, end)| end + uses[i].usd_per_million_tokens);
        rows.push(Row {
            name: part.label.to_owned(),
            note: format!("{} of it. {}", units::percent(part.share), part.help),
            span: Some([from, end]),
            color: if i == 0 { color } else { shade(color, t.panel, 0.45) },
            value: units::usd(part.usd_per_million_tokens),
            pinned: was_end,
        });
    }
    rows.push(Row {
        name: "A million tokens".to_owned(),
        note: "Input and output together, at the average load.".to_owned(),
        span: Some([0.0, end]),
        color: t.middle,
        value: units::usd(sizing.cost.chosen.usd_per_million_tokens),
        pinned: was_end,
    });
    let pinned = if was.is_some() { ", line: pinned" } else { "" };
    let note = format!("$ per million tokens, {}{pinned}", candidate.name);
    plot_card_ui(
        ui,
        TITLE,
        &note,
        |ui| note_ui(ui, scene.scenario.money.term.label()),
        |ui| rows_ui(ui, TITLE, &candidate.name, &rows, None),
    );
}
