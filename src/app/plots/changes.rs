//! Against an API, what if: fleet and cheapest offer side by side after each change.

use eframe::egui::Ui;
use headroom::engine::analysis::hosted_changes::Change;
use headroom::report::numbers;
use headroom::report::sentence;

use super::card::{Card, note_ui, plot_card_ui};
use super::rows::{BarRow, Ink, rows_table, rows_ui};
use super::scene::{CardPlace, Scene};
use super::table::Table;
use crate::app::answer::Answer;
use crate::app::theme::tokens;

const TITLE: &str = "Against an API: what if";

fn row(change: &Change, name: &str) -> BarRow {
    let fleet = match change.fleet {
        Some((count, usd)) => format!("{} × {name} {}", numbers::count(f64::from(count)), numbers::usd(usd)),
        None => format!("{name} cannot serve it"),
    };
    let api = match &change.api {
        Some((provider, usd)) => format!("{provider} {}", numbers::usd(*usd)),
        None => "no known host".to_owned(),
    };
    let over = change.fleet_over_api();
    let (label, about) = sentence::hosted_case(&change.case);
    let note = format!("{fleet}; {api}. {about}");
    BarRow {
        name: label,
        note: note.trim_end().to_owned(),
        span: Some([0.0, over.unwrap_or(0.0)]),
        ink: if over.is_some_and(|v| v < 0.0) { Ink::Good } else { Ink::Warning },
        value: match over {
            Some(v) => format!("{} × the API", numbers::significant(1.0 + v, 2)),
            None => "–".to_owned(),
        },
        pinned: None,
    }
}

/// The card.
pub(super) const CARD: Card = Card { title: TITLE, table, draw };

fn table(answer: &mut Answer, scene: &Scene<'_>) -> Table {
    rows_table(TITLE, "fleet_over_api", rows(answer, scene))
}

fn rows(answer: &mut Answer, scene: &Scene<'_>) -> Vec<BarRow> {
    let changes = answer.changes(scene.scenario, scene.catalog, scene.selected);
    let Some((candidate, _)) = answer.shown(scene.selected) else { return Vec::new() };
    changes.iter().map(|change| row(change, &candidate.name)).collect()
}

fn draw(ui: &mut Ui, answer: &mut Answer, scene: &Scene<'_>, _standing: CardPlace) {
    let t = tokens(ui);
    let rows = rows(answer, scene);
    let Some((candidate, _)) = answer.shown(scene.selected) else { return };
    let color = scene.palette.color(&candidate.accelerator, t);
    plot_card_ui(
        ui,
        TITLE,
        "cheapest offer, same model",
        |ui| note_ui(ui, scene.scenario.money.term.label()),
        |ui| rows_ui(ui, TITLE, &candidate.name, &rows, color, Some(0.0)),
    );
}
