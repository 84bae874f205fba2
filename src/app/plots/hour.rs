//! The hour that was simulated: what came, waited and ran, and how late it was, to look at any moment.

use eframe::egui::Ui;
use headroom::engine::simulator::{Moment, Proof};
use headroom::report::{numbers, sentence};
use headroom::units::Unit;

use super::card::{Card, axis_note_ui, plot_card_ui};
use super::frame::{describe, room_for_names};
use super::labels::tooltip;
use super::pane::{Across, Pane, PaneLine, pane_height};
use super::scene::{CardPlace, Scene};
use super::table::{Cell, Column, Table};
use crate::app::answer::Answer;
use crate::app::text::tick;
use crate::app::theme::tokens;
use crate::app::tokens::measure;

const TITLE: &str = "The hour, simulated";
const MINUTE: f64 = 60.0;
const MS: f64 = 1e3;

/// The card.
pub(super) const CARD: Card = Card { title: TITLE, table, draw };

/// What a pane shows.
struct Row {
    title: &'static str,
    unit: &'static str,
    read: fn(&Moment) -> f64,
    write: fn(f64) -> String,
}

const ROWS: [Row; 6] = [
    Row { title: "Arrivals", unit: "requests/s", read: |m| m.arrivals_per_s, write: tick },
    Row { title: "Waiting for the first token", unit: "requests", read: |m| m.waiting, write: tick },
    Row { title: "Running", unit: "sequences", read: |m| m.running, write: tick },
    Row {
        title: "KV cache in use",
        unit: "%",
        read: |m| m.kv_fraction * 100.0,
        write: |v| numbers::percent(v / 100.0),
    },
    Row { title: "Time to first token", unit: "s", read: |m| m.ttft_s, write: numbers::about_seconds },
    Row {
        title: "Time per output token",
        unit: "ms",
        read: |m| m.tpot_s * MS,
        write: |v| numbers::about_seconds(v / MS),
    },
];

fn table(_: &mut Answer, scene: &Scene<'_>) -> Table {
    let columns = [
        Column::number("from", "from_s", sentence::clock),
        Column::number("arrivals", "arrivals_per_s", |v| numbers::quantity(v, Unit::RequestsPerSecond)),
        Column::number("waiting", "waiting", tick),
        Column::number("running", "running", tick),
        Column::number("KV", "kv_fraction", numbers::percent),
        Column::number("TTFT", "ttft_s", numbers::about_seconds),
        Column::number("TPOT", "tpot_s", numbers::about_seconds),
        Column::number("late", "late", numbers::count),
    ];
    let mut table = Table::new(TITLE, columns);
    let moments = scene.proof.map_or(&[][..], |proof| &proof.moments);
    for (place, m) in moments.iter().enumerate() {
        let cells = [
            m.from_s,
            m.arrivals_per_s,
            m.waiting,
            m.running,
            m.kv_fraction,
            m.ttft_s,
            m.tpot_s,
            m.late as f64,
        ];
        let cells = cells.map(Cell::Number);
        if place % 10 == 0 { table.push(cells) } else { table.push_detail(cells) }
    }
    table
}

fn draw(ui: &mut Ui, _: &mut Answer, scene: &Scene<'_>, standing: CardPlace) {
    let Some(proof) = scene.proof else { return };
    let percentile = numbers::quantity(scene.scenario.slo.percentile, Unit::Percentile);
    let note = format!(
        "the worst from {} · {percentile} of each moment",
        sentence::clock(proof.moments[proof.worst()].from_s)
    );
    plot_card_ui(
        ui,
        TITLE,
        &note,
        |ui| axis_note_ui(ui, "minutes"),
        |ui| panes_ui(ui, proof, scene, standing),
    );
}

fn panes_ui(ui: &mut Ui, proof: &Proof, scene: &Scene<'_>, standing: CardPlace) {
    let t = tokens(ui);
    let minutes = |m: &Moment| m.from_s / MINUTE;
    let to = proof.simulation.duration_s / MINUTE;
    let color = scene.palette.color(&proof.accelerator, t);
    let room = room_for_names(ui);
    let each = pane_height(standing, ROWS.len());
    // Where the pointer was in the last frame: all panes show the same moment.
    let id = ui.scope_id().with("moment");
    let pointed = ui.data(|data| data.get_temp::<usize>(id));
    let shown = pointed.filter(|place| *place < proof.moments.len()).unwrap_or_else(|| proof.worst());
    let mut under = None;
    for (place, row) in ROWS.iter().enumerate() {
        let moment = &proof.moments[shown];
        let label = match place {
            0 => format!("{}: {}", sentence::clock(moment.from_s), (row.write)((row.read)(moment))),
            _ => (row.write)((row.read)(moment)),
        };
        let marks = [Across { at: minutes(moment), label, color: t.high, dashed: false }];
        let limit = match place {
            4 => Some(scene.scenario.slo.ttft_s),
            5 => Some(scene.scenario.slo.tpot_s * MS),
            _ => None,
        };
        let most = proof.moments.iter().map(row.read).fold(limit.unwrap_or(0.0), f64::max);
        let pane = Pane {
            id: row.title,
            title: row.title,
            unit: row.unit,
            height: each,
            across: (0.0, to),
            room,
            top: if most > 0.0 { most * 1.15 } else { 1.0 },
            limit: limit.map(|limit| (limit, "limit".to_owned())),
            lines: vec![PaneLine {
                name: String::new(),
                points: proof.moments.iter().map(|m| [minutes(m), (row.read)(m)]).collect(),
                color,
                width: measure::LINE,
                dashed: false,
            }],
            dots: Vec::new(),
            marks: &marks,
            last: place + 1 == ROWS.len(),
        };
        let plot = pane.ui(ui, tick, tick);
        if let Some(pointer) = plot.response.hover_pos() {
            let x = plot.transform.value_from_position(pointer).x / to.max(1e-9);
            let count = proof.moments.len();
            under = Some(((x * count as f64).max(0.0) as usize).min(count.saturating_sub(1)));
            let late = proof.moments[shown].late;
            let text = format!("{} late of those that came", numbers::count(late as f64));
            tooltip(&plot.response, &sentence::clock(moment.from_s), &text);
        }
        describe(&plot.response, row.title, &sentence::late(proof));
    }
    ui.data_mut(|data| match under {
        Some(place) => {
            data.insert_temp(id, place);
        }
        None => data.remove::<usize>(id),
    });
}
