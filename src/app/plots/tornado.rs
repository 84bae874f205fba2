//! What could change the answer: uncertain inputs over their plausible ranges, those that change which is the cheapest first.

use eframe::egui::Ui;
use headroom::engine::analysis::tornado::{End, Swing};
use headroom::report::numbers;
use headroom::report::sentence;

use super::card::{Card, note_ui, plot_card_ui};
use super::rows::{BarRow, Ink, rows_table, spans_ui};
use super::scene::{CardPlace, Scene};
use super::table::Table;
use crate::app::answer::Answer;
use crate::app::theme::tokens;

const TITLE: &str = "What could change the answer";

/// Inputs that are shown.
const MOST: usize = 9;

fn row(swing: &Swing, now: f64) -> BarRow {
    let usd = |end: &End| end.fleet.map_or(now, |fleet| fleet.usd_per_month);
    let (low, high) = (usd(&swing.low), usd(&swing.high));
    let effect = match (swing.flips_winner, swing.flips_count) {
        (true, _) => ". Changes which is the cheapest.",
        (false, true) => ". Changes the count.",
        (false, false) => ".",
    };
    BarRow {
        name: sentence::varied_label(swing.what).to_owned(),
        note: format!(
            "{}; {}{effect}",
            sentence::swing_end(swing, &swing.low),
            sentence::swing_end(swing, &swing.high)
        ),
        span: Some([low, high]),
        ink: if swing.flips_winner { Ink::Warning } else { Ink::Own(0.7) },
        value: numbers::usd_range(low.min(high), low.max(high)),
        pinned: None,
    }
}

/// The card. Trying an input takes plans of its own, so it waits while something is being dragged.
pub(super) const CARD: Card = Card { title: TITLE, table, draw };

fn table(answer: &mut Answer, scene: &Scene<'_>) -> Table {
    let now = answer.shown(scene.selected).map(|(_, sizing)| sizing.estate.cost.chosen.usd_per_month);
    let begin = !scene.jobs.gives_way();
    let (swings, _) = answer.swings(scene.scenario, scene.catalog, scene.jobs, scene.selected, begin);
    let rows = now.map(|now| swings.iter().take(MOST).map(|swing| row(swing, now)).collect());
    rows_table(TITLE, "usd_per_month", rows.unwrap_or_default())
}

fn draw(ui: &mut Ui, answer: &mut Answer, scene: &Scene<'_>, standing: CardPlace) {
    let t = tokens(ui);
    let aside = standing == CardPlace::Overview;
    let Some((shown, sizing)) = answer.shown(scene.selected) else { return };
    let now = sizing.estate.cost.chosen.usd_per_month;
    let color = scene.palette.color(&shown.accelerator, t);
    let lead = format!("{} × {}", sizing.whole().accelerators, shown.name);
    let what = numbers::money_heading(&format!("/month of {}", shown.name));
    let resting = !ui.input(|i| i.pointer.any_down());
    let (swings, trying) = answer.swings(scene.scenario, scene.catalog, scene.jobs, scene.selected, resting);
    let rows: Vec<BarRow> = swings.iter().take(MOST).map(|swing| row(swing, now)).collect();
    let corner = match (trying, aside) {
        (Some((done, of)), _) => format!("tried {done} of {of}…"),
        (None, false) => "dashed: today's answer".to_owned(),
        (None, true) => numbers::money_heading("/month, dashed: today's answer"),
    };
    plot_card_ui(
        ui,
        TITLE,
        // Beside the explanation there is no room for it in the title's line.
        if aside { "" } else { &what },
        |ui| note_ui(ui, &corner),
        |ui| spans_ui(ui, TITLE, &lead, &rows, color, now),
    );
}
