//! Both latencies of the fleet against its load, and the share of requests that are late: where it breaks, and on what.

use std::rc::Rc;

use eframe::egui::Ui;
use headroom::engine::Limit;
use headroom::engine::analysis::against_load::{AgainstLoad, LoadPoint};
use headroom::engine::simulator::{Beside, Simulation};
use headroom::report::{numbers, sentence};
use headroom::units::Unit;

use super::card::{Card, axis_note_ui, plot_card_ui};
use super::frame::{describe, height, room_for_names};
use super::labels::hover_lines;
use super::pane::{Across, Dot, Pane, PaneLine, pane_height};
use super::scene::{CardPlace, Scene};
use super::table::{Cell, Column, Table};
use crate::app::answer::Answer;
use crate::app::text::{brief, tick};
use crate::app::theme::{body, shade, tokens};
use crate::app::tokens::{measure, space};

const TITLE: &str = "Latency against load";
/// The axes end at this multiple of what is limited.
const BEYOND: f64 = 1.6;
const MS: f64 = 1e3;
/// Share of the axis that two names of loads have to be apart.
const APART: f64 = 0.25;
const NAMES: [&str; 3] = ["p50", "p95", "p99"];

/// The card.
pub(super) const CARD: Card = Card { title: TITLE, table, draw };

fn table(answer: &mut Answer, scene: &Scene<'_>) -> Table {
    let mut columns =
        vec![Column::number("load", "requests_per_s", |v| numbers::quantity(v, Unit::RequestsPerSecond))];
    for (what, key) in [("TTFT", "ttft_s"), ("TPOT", "tpot_s")] {
        for name in NAMES {
            columns.push(Column::number(
                format!("{what} {name}"),
                format!("{key}_{name}"),
                numbers::about_seconds,
            ));
        }
    }
    columns.push(Column::number("late", "late", numbers::percent));
    let mut table = Table::new(TITLE, columns);
    let found = found(answer, scene);
    for (place, point) in found.points.iter().enumerate() {
        let LoadPoint { requests_per_s, ttft_s, tpot_s, late } = *point;
        let cells = [requests_per_s].into_iter().chain(ttft_s).chain(tpot_s).chain([late]);
        let cells: Vec<Cell> = cells.map(Cell::Number).collect();
        if place % 4 == 3 { table.push(cells) } else { table.push_detail(cells) }
    }
    table
}

/// The lines of the fleet, or of what is left of it where it is frozen.
fn found(answer: &mut Answer, scene: &Scene<'_>) -> Rc<AgainstLoad> {
    match &scene.broken {
        Some((broken, _)) => Rc::new(broken.pushed.lines.clone()),
        None => answer.against_load(scene.scenario, scene.catalog, scene.selected),
    }
}

fn draw(ui: &mut Ui, answer: &mut Answer, scene: &Scene<'_>, standing: CardPlace) {
    let t = tokens(ui);
    let found = found(answer, scene);
    let Some((candidate, sizing)) = answer.shown(scene.selected) else { return };
    let Some(first) = found.breaks.first() else {
        let text = "Prompts and answers run in pools of their own; lines against load are drawn of fleets of one kind.";
        return plot_card_ui(
            ui,
            TITLE,
            "",
            |_| {},
            |ui| {
                ui.add_space(space::S);
                ui.label(body(text, t));
            },
        );
    };
    let slo = &scene.scenario.slo;
    let pushed = scene.broken.as_ref().map(|(broken, _)| &broken.pushed);
    let planned = scene.scenario.workload.requests_per_s;
    let now = pushed.map_or(planned, |pushed| pushed.requests_per_s);
    let replicas = pushed.map_or(sizing.layout.replicas, |pushed| pushed.serving);
    let fleet = format!("{} × {}", numbers::count(f64::from(replicas)), candidate.name);
    let note = format!(
        "{fleet}, breaks at {} by {}",
        brief(first.requests_per_s, Unit::RequestsPerSecond),
        sentence::limit_label(first.limit)
    );
    plot_card_ui(
        ui,
        TITLE,
        &note,
        |ui| axis_note_ui(ui, "requests/s"),
        |ui| {
            let to = found.points.last().map_or(now, |point| point.requests_per_s).max(now);
            let color = scene.palette.color(&candidate.accelerator, t);
            let room = room_for_names(ui);
            // On the wall the one that limits.
            let alone = matches!(standing, CardPlace::Wall { .. }).then_some(match first.limit {
                Limit::TimeToFirstToken | Limit::Prefill => 0,
                _ => 1,
            });
            let each = match alone {
                Some(_) => height(standing) - TITLE_ROW,
                None => pane_height(standing, 3),
            };
            let mark = |at: f64, label: &str, color, dashed| {
                let label = match label {
                    "" => String::new(),
                    label => format!("{label} {}", numbers::trimmed(&numbers::significant(at, 3))),
                };
                Across { at, label, color, dashed }
            };
            let mut marks =
                vec![mark(now, "now", t.high, false), mark(first.requests_per_s, "", t.bad, true)];
            if pushed.is_some() {
                // Names that would meet are left out: what is now is said first.
                let apart = (now - planned).abs() > APART * to;
                marks.push(mark(planned, if apart { "plan" } else { "" }, t.middle, true));
            }
            let silent: Vec<Across> =
                marks.iter().map(|mark| Across { label: String::new(), ..mark.clone() }).collect();
            let lines = |read: &dyn Fn(&LoadPoint, usize) -> f64| -> Vec<PaneLine> {
                let line = |(place, name): (usize, &&str)| PaneLine {
                    name: (*name).to_owned(),
                    points: found.points.iter().map(|p| [p.requests_per_s, read(p, place)]).collect(),
                    color: if place == 1 { color } else { shade(color, t.panel, 0.7) },
                    width: if place == 1 { 2.0 * measure::LINE } else { measure::LINE },
                    dashed: place == 2,
                };
                NAMES.iter().enumerate().map(line).collect()
            };
            // Of a frozen fleet where it is on its lines, else what was simulated.
            let dots = |read: fn(&Simulation) -> f64,
                        beside: fn(&Beside) -> [f64; 3],
                        line: fn(&LoadPoint) -> f64| {
                if pushed.is_some() {
                    return on_the_line(&found, now, line).map(Dot::sure).into_iter().collect();
                }
                let Some(proof) = scene.proof else { return Vec::new() };
                let others = proof.beside.iter().map(|point| {
                    let [least, middle, most] = beside(point);
                    Dot { at: [point.requests_per_s, middle], reach: [least, most] }
                });
                let own = Dot::sure([now, read(&proof.simulation)]);
                others.chain([own]).collect::<Vec<Dot>>()
            };
            let ttft = Pane {
                id: "ttft against load",
                title: "Time to first token",
                unit: "s",
                height: each,
                across: (0.0, to),
                room,
                top: slo.ttft_s * BEYOND,
                limit: Some((slo.ttft_s, format!("limit {}", brief(slo.ttft_s, Unit::Seconds)))),
                lines: lines(&|point, place| point.ttft_s[place]),
                dots: dots(|s| s.ttft_s.p95, |beside| beside.ttft_p95_s, |point| point.ttft_s[1]),
                marks: &marks,
                last: false,
            };
            let tpot = Pane {
                id: "tpot against load",
                title: "Time per output token",
                unit: "ms",
                top: slo.tpot_s * MS * BEYOND,
                limit: Some((slo.tpot_s * MS, format!("limit {}", brief(slo.tpot_s, Unit::Seconds)))),
                lines: lines(&|point, place| point.tpot_s[place] * MS),
                dots: dots(
                    |s| s.tpot_s.p95 * MS,
                    |beside| beside.tpot_p95_s.map(|s| s * MS),
                    |point| point.tpot_s[1] * MS,
                ),
                marks: &silent,
                ..copy(&ttft)
            };
            let allowed = 100.0 - slo.percentile;
            let late = PaneLine {
                name: "late".to_owned(),
                points: found.points.iter().map(|p| [p.requests_per_s, p.late * 100.0]).collect(),
                color: t.bad,
                width: 2.0 * measure::LINE,
                dashed: false,
            };
            let late = Pane {
                id: "late against load",
                title: "Late, by either limit",
                unit: "%",
                top: (allowed * 4.0).clamp(1.0, 100.0),
                limit: Some((allowed, format!("allowed {}", brief(allowed / 100.0, Unit::Fraction)))),
                lines: vec![late],
                dots: dots(
                    |s| (1.0 - s.slo_attainment) * 100.0,
                    |beside| beside.late.map(|late| late * 100.0),
                    |point| point.late * 100.0,
                ),
                marks: &silent,
                last: true,
                ..copy(&ttft)
            };
            for (place, mut pane) in [ttft, tpot, late].into_iter().enumerate() {
                if alone.is_some_and(|only| only != place) {
                    continue;
                }
                if alone.is_some() {
                    (pane.last, pane.marks) = (true, &marks);
                }
                let shown: Vec<(String, Vec<[f64; 2]>)> =
                    pane.lines.iter().map(|line| (line.name.clone(), line.points.clone())).collect();
                let title = pane.title;
                let plot = pane.ui(ui, tick, tick);
                let lines = shown.iter().map(|(name, points)| (name.as_str(), points.as_slice()));
                hover_lines(ui, &plot, lines, |x, y| {
                    let value = match place {
                        0 => numbers::about_seconds(y),
                        1 => numbers::about_seconds(y / MS),
                        _ => numbers::percent(y / 100.0),
                    };
                    format!("{value} at {}", numbers::quantity(x, Unit::RequestsPerSecond))
                });
                describe(&plot.response, title, &summary(&found));
            }
        },
    );
}

/// The place of a load on a line; `None`: the line ends before.
fn on_the_line(found: &AgainstLoad, load: f64, read: fn(&LoadPoint) -> f64) -> Option<[f64; 2]> {
    let pair = found.points.windows(2).find(|pair| pair[1].requests_per_s >= load)?;
    let share = (load - pair[0].requests_per_s) / (pair[1].requests_per_s - pair[0].requests_per_s);
    let (from, to) = (read(&pair[0]), read(&pair[1]));
    Some([load, from + share.clamp(0.0, 1.0) * (to - from)])
}

/// A pane with the same axis, and nothing in it.
fn copy<'a>(pane: &Pane<'a>) -> Pane<'a> {
    Pane { limit: None, lines: Vec::new(), dots: Vec::new(), ..*pane }
}

/// Height of the title of a pane on the wall.
const TITLE_ROW: f32 = 32.0;

fn summary(found: &AgainstLoad) -> String {
    let breaks = found.breaks.iter().map(|b| {
        let load = brief(b.requests_per_s, Unit::RequestsPerSecond);
        format!("{} at {load}", sentence::limit_label(b.limit))
    });
    format!("Breaks: {}", breaks.collect::<Vec<_>>().join("; "))
}
