//! Throughput of one accelerator against time per output token, with the operating point and the limit.

use eframe::egui::{Align2, Label, Ui, pos2};
use egui_plot::{AxisHints, LineStyle, PlotPoint, Points, VLine};
use headroom::engine::analysis::curves::LatencyPoint;
use headroom::report::numbers;
use headroom::units::Unit;

use super::card::{Card, axis_note_ui, plot_card_ui};
use super::frame::{axis, base_plot, describe, ghost, height, line, room_for_names, until};
use super::labels::{EndLabel, end_labels_ui, hover_lines, limit_label_ui};
use super::scene::{CardPlace, Scene};
use super::table::{Column, Table};
use crate::app::answer::Answer;
use crate::app::text::{brief, tick, trimmed};
use crate::app::theme::{body, tokens};
use crate::app::tokens::measure;

const TITLE: &str = "Throughput against latency";
/// The axis ends this far beyond the limit.
const BEYOND: f64 = 1.3;
const MS: f64 = 1e3;

/// One accelerator's line.
struct Curve {
    id: String,
    name: String,
    points: Vec<[f64; 2]>,
    /// The fleet's operating point on it.
    at: Option<[f64; 2]>,
}

/// The lines that the pinned scenario had, of the accelerators that are shown.
fn ghosts(curves: &[Curve], scene: &Scene<'_>, end: f64) -> Vec<(String, Vec<[f64; 2]>)> {
    let Some(ghosts) = scene.ghosts() else { return Vec::new() };
    let shown = |id: &str| curves.iter().any(|curve| curve.id == id);
    let kept = ghosts.latency.iter().filter(|(id, _)| shown(id));
    kept.map(|(id, points)| {
        let points: Vec<[f64; 2]> =
            points.iter().map(|p| [p.tpot_s * MS, p.output_tokens_per_s_per_accelerator]).collect();
        (id.clone(), until(&points, end))
    })
    .collect()
}

/// The card.
pub(super) const CARD: Card = Card { title: TITLE, table, draw };

fn table(answer: &mut Answer, scene: &Scene<'_>) -> Table {
    let columns = [
        Column::text("accelerator"),
        Column::number("time per output token", "tpot_s", numbers::about_seconds),
        Column::number("each", "output_tokens_per_s_per_accelerator", |v| {
            numbers::quantity(v, Unit::TokensPerSecond)
        }),
    ];
    let mut table = Table::new(TITLE, columns);
    for curve in curves(answer, scene, end(scene)) {
        table.push_line(&curve.name, curve.points.iter().map(|[ms, rate]| [ms / MS, *rate]));
    }
    table
}

/// Where the horizontal axis ends, milliseconds.
fn end(scene: &Scene<'_>) -> f64 {
    scene.scenario.slo.tpot_s * MS * BEYOND
}

fn draw(ui: &mut Ui, answer: &mut Answer, scene: &Scene<'_>, standing: CardPlace) {
    let t = tokens(ui);
    let limit = scene.scenario.slo.tpot_s * MS;
    let end = end(scene);
    let curves = curves(answer, scene, end);
    let ghosts = ghosts(&curves, scene, end);
    // Where there is room for a sentence.
    let at_rest = !ui.input(|input| input.pointer.any_down());
    let pools = (standing == CardPlace::Page)
        .then(|| answer.pools(scene.scenario, scene.catalog, scene.selected, at_rest))
        .flatten();
    let percentile = numbers::quantity(scene.scenario.slo.percentile, Unit::Percentile);
    let across = format!("ms per output token, {percentile}");
    plot_card_ui(
        ui,
        TITLE,
        if ghosts.is_empty() {
            "output tokens/s per accelerator"
        } else {
            "output tokens/s each, dashed: pinned"
        },
        |ui| axis_note_ui(ui, &across),
        |ui| {
            let room = room_for_names(ui);
            let highest = curves.iter().flat_map(|c| &c.points).map(|p| p[1]).fold(1.0, f64::max) * 1.08;
            let least = curves.iter().filter_map(|c| c.points.first()).map(|p| p[0]).fold(limit, f64::min);
            let start = (least - 0.08 * (end - least)).max(0.0);
            let plot = base_plot("latency", height(standing), t)
                .custom_x_axes(vec![axis(AxisHints::new_x(), t, move |v| {
                    if v > end { String::new() } else { tick(v) }
                })])
                .custom_y_axes(vec![axis(AxisHints::new_y(), t, thousands)])
                .show(ui, |plot| {
                    // Room at the right for the names.
                    plot.set_plot_bounds_x(start..=end + (end - start) * room);
                    plot.set_plot_bounds_y(0.0..=highest);
                    plot.vline(
                        VLine::new("", limit)
                            .color(t.bad)
                            .width(measure::HAIRLINE)
                            .style(LineStyle::dashed_dense())
                            .allow_hover(false),
                    );
                    for (id, points) in &ghosts {
                        plot.line(ghost(points.clone(), scene.palette.color(id, t), t));
                    }
                    for curve in &curves {
                        let color = scene.palette.color(&curve.id, t);
                        let width = if answer.is_subject(&curve.id, scene.selected) {
                            2.0 * measure::LINE
                        } else {
                            measure::LINE
                        };
                        plot.line(
                            line(curve.name.clone(), curve.points.clone())
                                .color(color)
                                .width(width)
                                .allow_hover(false),
                        );
                    }
                    for curve in &curves {
                        let Some(at) = curve.at else { continue };
                        let color = scene.palette.color(&curve.id, t);
                        plot.points(
                            Points::new(curve.name.clone(), vec![at])
                                .color(t.panel)
                                .radius(6.5)
                                .allow_hover(false),
                        );
                        plot.points(
                            Points::new(curve.name.clone(), vec![at])
                                .color(color)
                                .radius(4.5)
                                .allow_hover(false),
                        );
                    }
                });
            let lines = curves.iter().map(|curve| (curve.name.as_str(), curve.points.as_slice()));
            hover_lines(ui, &plot, lines, |x, y| {
                let (time, rate) =
                    (numbers::about_seconds(x / MS), numbers::quantity(y, Unit::TokensPerSecond));
                format!("{time} per output token at {percentile}\n{rate} per accelerator")
            });
            let top = plot.transform.position_from_point(&PlotPoint::new(limit, highest));
            let slo = format!("SLO {}", brief(scene.scenario.slo.tpot_s, Unit::Seconds));
            limit_label_ui(ui, pos2(top.x - 4.0, top.y + 2.0), Align2::RIGHT_TOP, &slo, t.bad_text);
            let labels = curves.iter().filter_map(|curve| {
                let at = *curve.points.last()?;
                Some(EndLabel { at, text: curve.name.clone(), color: scene.palette.color(&curve.id, t) })
            });
            end_labels_ui(ui, &plot.transform, labels.collect());
            describe(&plot.response, TITLE, &summary(&curves, &slo));
            if let Some(pools) = &pools {
                ui.add(Label::new(body(pools, t)).wrap());
            }
        },
    );
}

fn thousands(v: f64) -> String {
    trimmed(numbers::quantity(v, Unit::TokensPerSecond).trim_end_matches(" tokens/s"))
}

fn curves(answer: &mut Answer, scene: &Scene<'_>, end: f64) -> Vec<Curve> {
    let lines = answer.latency(scene.scenario, scene.catalog, scene.selected);
    lines
        .into_iter()
        .filter_map(|(id, points)| {
            let candidate = answer.plan.candidate(&id)?;
            let concurrency = candidate.sizing()?.operating_point.concurrency;
            let xy: Vec<[f64; 2]> =
                points.iter().map(|p| [p.tpot_s * MS, p.output_tokens_per_s_per_accelerator]).collect();
            let at = on_the_line(&points, concurrency).filter(|at| at[0] <= end);
            Some(Curve { name: candidate.name.clone(), points: until(&xy, end), at, id })
        })
        .collect()
}

/// The place on the line where `concurrency` sequences run.
fn on_the_line(points: &[LatencyPoint], concurrency: f64) -> Option<[f64; 2]> {
    let xy = |p: &LatencyPoint| [p.tpot_s * MS, p.output_tokens_per_s_per_accelerator];
    let first = points.first()?;
    if concurrency <= first.concurrency {
        return Some(xy(first));
    }
    let pair = points.windows(2).find(|w| w[1].concurrency >= concurrency)?;
    let share = (concurrency - pair[0].concurrency) / (pair[1].concurrency - pair[0].concurrency);
    let ([x0, y0], [x1, y1]) = (xy(&pair[0]), xy(&pair[1]));
    Some([x0 + share * (x1 - x0), y0 + share * (y1 - y0)])
}

fn summary(curves: &[Curve], limit: &str) -> String {
    let points: Vec<String> = curves
        .iter()
        .filter_map(|curve| {
            let at = curve.at?;
            Some(format!(
                "{}: {} tokens/s at {} ms",
                curve.name,
                numbers::significant(at[1], 3),
                numbers::significant(at[0], 3)
            ))
        })
        .collect();
    format!("{limit} per output token. Operating points: {}", points.join("; "))
}
