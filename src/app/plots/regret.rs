//! Least regret: what each way of paying costs above the best one, should the load grow slower or faster.

use eframe::egui::Ui;
use headroom::engine::analysis::outlook::Regret;
use headroom::units;

use super::card::{note_ui, plot_card_ui};
use super::rows::{Row, rows_ui};
use super::scene::{Scene, Standing};
use crate::app::answer::Answer;
use crate::app::theme::{shade, tokens};

const TITLE: &str = "Least regret";

/// The card.
pub fn card_ui(ui: &mut Ui, answer: &mut Answer, scene: &Scene<'_>, _standing: Standing) {
    let t = tokens(ui);
    let regrets = answer.regrets(scene.scenario, scene.catalog, scene.selected);
    let Some((candidate, _)) = answer.shown(scene.selected) else { return };
    let color = scene.palette.color(&candidate.accelerator, t);
    let least = regrets.first().map(Regret::worst_usd);
    let rows: Vec<Row> = regrets
        .iter()
        .map(|regret| {
            let [low, expected, high] = regret.usd.map(units::usd);
            let worst = regret.worst_usd();
            Row {
                name: regret.paying.label().to_owned(),
                note: format!("low {low}, expected {expected}, high {high}"),
                span: Some([0.0, worst]),
                color: if Some(worst) == least { color } else { shade(color, t.panel, 0.45) },
                value: units::usd(worst),
                pinned: None,
            }
        })
        .collect();
    let w = &scene.scenario.workload;
    let corner = format!(
        "growth {} ± {} a month",
        units::percent(w.growth_per_month),
        units::percent(w.growth_spread)
    );
    plot_card_ui(
        ui,
        TITLE,
        "$ above the best way, the worst of three growths",
        |ui| note_ui(ui, &corner),
        |ui| rows_ui(ui, TITLE, &format!("{}, {corner}", candidate.name), &rows, None),
    );
}
