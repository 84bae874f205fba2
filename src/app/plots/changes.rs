//! Against an API, should things change: fleet and cheapest offer side by side after each change.

use eframe::egui::Ui;
use headroom::engine::analysis::hosted_changes::Change;
use headroom::units;

use super::card::{note_ui, plot_card_ui};
use super::rows::{Row, rows_ui};
use super::scene::{Scene, Standing};
use crate::app::answer::Answer;
use crate::app::theme::tokens;

const TITLE: &str = "Against an API, should things change";

fn row(change: &Change, name: &str, t: &crate::app::tokens::Tokens) -> Row {
    let fleet = match change.fleet {
        Some((count, usd)) => format!("{} × {name} {}", units::count(f64::from(count)), units::usd(usd)),
        None => format!("{name} cannot serve it"),
    };
    let api = match &change.api {
        Some((provider, usd)) => format!("{provider} {}", units::usd(*usd)),
        None => "nobody is known to host it".to_owned(),
    };
    let over = change.fleet_over_api();
    let note = format!("{fleet}; {api}. {}", change.note);
    Row {
        name: change.label.clone(),
        note: note.trim_end().to_owned(),
        span: Some([0.0, over.unwrap_or(0.0)]),
        color: if over.is_some_and(|v| v < 0.0) { t.good } else { t.warning },
        value: match over {
            Some(v) if v < 0.0 => format!("fleet {} less", units::percent(-v)),
            Some(v) => format!("fleet {} more", units::percent(v)),
            None => "–".to_owned(),
        },
        pinned: None,
    }
}

/// The card.
pub fn card_ui(ui: &mut Ui, answer: &mut Answer, scene: &Scene<'_>, _standing: Standing) {
    let t = tokens(ui);
    let changes = answer.changes(scene.scenario, scene.catalog, scene.selected);
    let Some((candidate, _)) = answer.shown(scene.selected) else { return };
    let rows: Vec<Row> = changes.iter().map(|change| row(change, &candidate.name, t)).collect();
    plot_card_ui(
        ui,
        TITLE,
        "cheapest offer, same model",
        |ui| note_ui(ui, scene.scenario.money.term.label()),
        |ui| rows_ui(ui, TITLE, &candidate.name, &rows, Some(0.0)),
    );
}
