//! Cost per month against peak load: every step is one more replica.

use eframe::egui::{Align2, Ui, pos2};
use egui_plot::{AxisHints, LineStyle, PlotPoint, VLine};
use headroom::report::numbers;
use headroom::units::Unit;

use super::card::{Card, axis_note_ui, plot_card_ui};
use super::frame::{axis, base_plot, describe, ghost, height, line, money_marks, room_for_names, until};
use super::labels::{EndLabel, end_labels_ui, hover_lines, limit_label_ui};
use super::scene::{CardPlace, Scene};
use super::table::{Column, Table};
use crate::app::answer::{Answer, LoadCurves};
use crate::app::text::{brief, tick, usd_tick};
use crate::app::theme::tokens;
use crate::app::tokens::measure;

const TITLE: &str = "Cost against load";

/// The lines as they are drawn. A line may have gaps where nothing serves the load: each piece is drawn by itself.
fn pieces(curves: &LoadCurves) -> Vec<(String, Vec<[f64; 2]>)> {
    let mut pieces: Vec<(String, Vec<[f64; 2]>)> = Vec::new();
    for (id, costs) in &curves.lines {
        let mut open = false;
        for (load, cost) in curves.loads.iter().zip(costs) {
            match cost {
                Some(cost) if open => {
                    if let Some((_, points)) = pieces.last_mut() {
                        // One more replica is a step, not a slope.
                        if let Some(last) = points.last().map(|p| p[1]).filter(|last| last != cost) {
                            points.push([*load, last]);
                        }
                        points.push([*load, *cost]);
                    }
                }
                Some(cost) => {
                    pieces.push((id.clone(), vec![[*load, *cost]]));
                    open = true;
                }
                None => open = false,
            }
        }
    }
    pieces
}

/// The card.
pub(super) const CARD: Card = Card { title: TITLE, table, draw };

fn table(answer: &mut Answer, scene: &Scene<'_>) -> Table {
    let columns = [
        Column::text("accelerator"),
        Column::number("peak load", "requests_per_s", |v| numbers::quantity(v, Unit::RequestsPerSecond)),
        Column::number(numbers::money_heading("/month"), "usd_per_month", numbers::usd),
    ];
    let mut table = Table::new(TITLE, columns);
    for (id, points) in pieces(&answer.loads(scene.scenario, scene.catalog, scene.selected)) {
        let name = answer.plan.candidate(&id).map_or(id.as_str(), |candidate| &candidate.name);
        table.push_line(name, points);
    }
    table
}

fn draw(ui: &mut Ui, answer: &mut Answer, scene: &Scene<'_>, standing: CardPlace) {
    let t = tokens(ui);
    let curves = answer.loads(scene.scenario, scene.catalog, scene.selected);
    let end = curves.loads.last().copied().unwrap_or(1.0);
    let pieces = pieces(&curves);
    let name = |id: &str| answer.plan.candidate(id).map_or_else(|| id.to_owned(), |c| c.name.clone());
    let highest = pieces.iter().flat_map(|(_, p)| p).map(|p| p[1]).fold(1.0, f64::max) * 1.05;
    let shown = |id: &String| pieces.iter().any(|(known, _)| known == id);
    let mut ghosts = scene.ghosts().map(|ghosts| self::pieces(&ghosts.loads)).unwrap_or_default();
    ghosts.retain(|(id, _)| shown(id));
    let peak = scene.scenario.workload.requests_per_s;
    plot_card_ui(
        ui,
        TITLE,
        &numbers::money_heading(if scene.ghosts().is_some() { "/month, dashed: pinned" } else { "/month" }),
        |ui| axis_note_ui(ui, "peak requests/s"),
        |ui| {
            let room = room_for_names(ui);
            let plot = base_plot("load", height(standing), t)
                .custom_x_axes(vec![axis(AxisHints::new_x(), t, move |v| {
                    if v > end || v == 0.0 { String::new() } else { tick(v) }
                })])
                .y_grid_spacer(money_marks)
                .custom_y_axes(vec![axis(AxisHints::new_y(), t, usd_tick)])
                .show(ui, |plot| {
                    plot.set_plot_bounds_x(0.0..=end * (1.0 + room));
                    plot.set_plot_bounds_y(0.0..=highest);
                    let style = LineStyle::dashed_dense();
                    plot.vline(
                        VLine::new("", peak)
                            .color(t.middle)
                            .width(measure::HAIRLINE)
                            .style(style)
                            .allow_hover(false),
                    );
                    for (id, points) in &ghosts {
                        let points = until(points, end);
                        plot.line(ghost(points, scene.palette.color(id, t), t));
                    }
                    for (id, points) in &pieces {
                        let width = if answer.is_subject(id, scene.selected) {
                            2.0 * measure::LINE
                        } else {
                            measure::LINE
                        };
                        plot.line(
                            line(name(id), points.clone())
                                .color(scene.palette.color(id, t))
                                .width(width)
                                .allow_hover(false),
                        );
                    }
                });
            let named: Vec<(String, &[[f64; 2]])> =
                pieces.iter().map(|(id, points)| (name(id), points.as_slice())).collect();
            hover_lines(ui, &plot, named.iter().map(|(name, points)| (name.as_str(), *points)), |x, y| {
                format!("{} a month at {}", numbers::usd(y), numbers::quantity(x, Unit::RequestsPerSecond))
            });
            let top = plot.transform.position_from_point(&PlotPoint::new(peak, highest));
            let text = format!("peak {}", brief(peak, Unit::RequestsPerSecond));
            limit_label_ui(ui, pos2(top.x + 4.0, top.y + 2.0), Align2::LEFT_TOP, &text, t.middle);
            let mut labels: Vec<EndLabel> = Vec::new();
            for (id, points) in &pieces {
                if let Some(at) = points.last().filter(|p| p[0] >= end * 0.999) {
                    labels.push(EndLabel { at: *at, text: name(id), color: scene.palette.color(id, t) });
                }
            }
            end_labels_ui(ui, &plot.transform, labels);
            let summary: Vec<String> = pieces
                .iter()
                .filter_map(|(id, points)| {
                    let last = points.last()?;
                    Some(format!(
                        "{}: {} a month at {} requests/s",
                        name(id),
                        numbers::usd(last[1]),
                        numbers::significant(last[0], 3)
                    ))
                })
                .collect();
            describe(&plot.response, TITLE, &summary.join("; "));
        },
    );
}
