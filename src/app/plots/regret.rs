//! If growth surprises you: what each way of paying costs above the best one if the load grows slower or faster.

use eframe::egui::Ui;
use headroom::engine::analysis::outlook::Regret;
use headroom::report::numbers;
use headroom::report::sentence;

use super::card::{Card, note_ui, plot_card_ui};
use super::rows::{BarRow, Ink, rows_ui};
use super::scene::{CardPlace, Scene};
use super::table::{Cell, Column, Table};
use crate::app::answer::Answer;
use crate::app::theme::tokens;

const TITLE: &str = "If growth surprises you";

/// The card.
pub(super) const CARD: Card = Card { title: TITLE, table, draw };

fn table(answer: &mut Answer, scene: &Scene<'_>) -> Table {
    let usd = |name, key| Column::number(name, key, numbers::usd);
    let columns = [
        Column::text("way of paying"),
        usd("slow growth", "low_usd"),
        usd("expected", "expected_usd"),
        usd("fast growth", "high_usd"),
        usd("worst", "worst_usd"),
    ];
    let mut table = Table::new(TITLE, columns);
    for regret in answer.regrets(scene.scenario, scene.catalog, scene.selected).iter() {
        let [low, expected, high] = regret.usd.map(Cell::Number);
        let worst = Cell::Number(regret.worst_usd());
        table.push([Cell::text(sentence::paying_label(regret.paying)), low, expected, high, worst]);
    }
    table
}

fn draw(ui: &mut Ui, answer: &mut Answer, scene: &Scene<'_>, _standing: CardPlace) {
    let t = tokens(ui);
    let regrets = answer.regrets(scene.scenario, scene.catalog, scene.selected);
    let Some((candidate, _)) = answer.shown(scene.selected) else { return };
    let color = scene.palette.color(&candidate.accelerator, t);
    let least = regrets.first().map(Regret::worst_usd);
    let rows: Vec<BarRow> = regrets
        .iter()
        .map(|regret| {
            let [low, expected, high] = regret.usd.map(numbers::usd);
            let worst = regret.worst_usd();
            BarRow {
                name: sentence::paying_label(regret.paying).to_owned(),
                note: format!("low {low}, expected {expected}, high {high}"),
                span: Some([0.0, worst]),
                ink: Ink::Own(if Some(worst) == least { 1.0 } else { 0.45 }),
                value: numbers::usd(worst),
                pinned: None,
            }
        })
        .collect();
    let w = &scene.scenario.workload;
    let corner = format!(
        "growth {} ± {} per month",
        numbers::percent(w.growth_per_month),
        numbers::percent(w.growth_spread)
    );
    plot_card_ui(
        ui,
        TITLE,
        "worst extra cost",
        |ui| note_ui(ui, &corner),
        |ui| rows_ui(ui, TITLE, &format!("{}, {corner}", candidate.name), &rows, color, None),
    );
}
