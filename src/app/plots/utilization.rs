//! Cost of a million tokens against how busy the fleet is on average, and what an API charges.

use eframe::egui::{Align2, Ui, pos2};
use egui_plot::{AxisHints, HLine, LineStyle, PlotPoint, VLine};
use headroom::engine::analysis::hosted::offers;
use headroom::report::numbers;

use super::card::{Card, axis_note_ui, plot_card_ui};
use super::frame::{axis, base_plot, describe, ghost, height, line, money_marks, room_for_names};
use super::labels::{EndLabel, end_labels_ui, hover_lines, limit_label_ui};
use super::scene::{CardPlace, Scene};
use super::table::{Column, Table};
use crate::app::answer::Answer;
use crate::app::text::{tick, usd_tick};
use crate::app::theme::tokens;
use crate::app::tokens::measure;

const TITLE: &str = "Cost against utilisation";

/// How far above the most expensive line at full load the plot reaches: what is seldom used costs without bound.
const REACH: f64 = 4.0;

/// The card.
pub(super) const CARD: Card = Card { title: TITLE, table, draw };

fn table(answer: &mut Answer, scene: &Scene<'_>) -> Table {
    let columns = [
        Column::text("accelerator"),
        Column::number("average load of the peak", "average_to_peak", numbers::percent),
        Column::number(numbers::money_heading(" per million tokens"), "usd_per_million_tokens", numbers::usd),
    ];
    let mut table = Table::new(TITLE, columns);
    for (id, points) in answer.utilization(scene.scenario, scene.catalog, scene.selected) {
        let name = answer.plan.candidate(&id).map_or(id.as_str(), |candidate| &candidate.name);
        table.push_line(name, points);
    }
    table
}

fn draw(ui: &mut Ui, answer: &mut Answer, scene: &Scene<'_>, standing: CardPlace) {
    let t = tokens(ui);
    let curves = answer.utilization(scene.scenario, scene.catalog, scene.selected);
    let mean = scene.scenario.workload.mean_to_peak();
    let name = |id: &str| answer.plan.candidate(id).map_or_else(|| id.to_owned(), |c| c.name.clone());
    let lines: Vec<(String, String, Vec<[f64; 2]>)> = curves
        .into_iter()
        .map(|(id, points)| (id.clone(), name(&id), points.iter().map(|p| [p[0] * 100.0, p[1]]).collect()))
        .collect();
    let most_expensive =
        lines.iter().filter_map(|(_, _, points)| Some(points.last()?[1])).fold(0.0, f64::max);
    let offers = offers(scene.scenario, scene.catalog);
    let api = offers.first().filter(|offer| offer.same);
    let api_usd = api.map(|offer| offer.usd_per_million_tokens);
    let highest = (REACH * most_expensive).max(api_usd.unwrap_or(0.0) * 1.2).max(f64::MIN_POSITIVE);
    plot_card_ui(
        ui,
        TITLE,
        &numbers::money_heading(if scene.ghosts().is_some() {
            " per million tokens, dashed: pinned"
        } else {
            " per million tokens"
        }),
        |ui| axis_note_ui(ui, "average load, % of the peak"),
        |ui| {
            let room = room_for_names(ui);
            let plot = base_plot("utilization", height(standing), t)
                .custom_x_axes(vec![axis(AxisHints::new_x(), t, |v| {
                    if v > 100.0 || v == 0.0 { String::new() } else { tick(v) }
                })])
                .y_grid_spacer(money_marks)
                .custom_y_axes(vec![axis(AxisHints::new_y(), t, usd_tick)])
                .show(ui, |plot| {
                    plot.set_plot_bounds_x(0.0..=100.0 * (1.0 + room));
                    plot.set_plot_bounds_y(0.0..=highest);
                    let style = LineStyle::dashed_dense();
                    plot.vline(
                        VLine::new("", mean * 100.0)
                            .color(t.middle)
                            .width(measure::HAIRLINE)
                            .style(style)
                            .allow_hover(false),
                    );
                    if let Some(usd) = api_usd {
                        plot.hline(
                            HLine::new("", usd)
                                .color(t.middle)
                                .width(measure::HAIRLINE)
                                .style(style)
                                .allow_hover(false),
                        );
                    }
                    let ghosts = scene.ghosts().map_or(&[][..], |ghosts| &ghosts.utilization);
                    for (id, points) in ghosts.iter().filter(|(id, _)| lines.iter().any(|(l, ..)| l == id)) {
                        let points = points.iter().map(|p| [p[0] * 100.0, p[1]]).collect();
                        plot.line(ghost(points, scene.palette.color(id, t), t));
                    }
                    for (id, name, points) in &lines {
                        let chosen = answer.is_subject(id, scene.selected);
                        let width = if chosen { 2.0 * measure::LINE } else { measure::LINE };
                        plot.line(
                            line(name.clone(), points.clone())
                                .color(scene.palette.color(id, t))
                                .width(width)
                                .allow_hover(false),
                        );
                    }
                });
            hover_lines(ui, &plot, lines.iter().map(|(_, name, p)| (name.as_str(), p.as_slice())), |x, y| {
                format!(
                    "{} per million tokens at {} of the peak",
                    numbers::usd(y),
                    numbers::percent(x / 100.0)
                )
            });
            let at = |x: f64, y: f64| plot.transform.position_from_point(&PlotPoint::new(x, y));
            let top = at(mean * 100.0, highest);
            let text = format!("average {}", numbers::percent(mean));
            limit_label_ui(ui, pos2(top.x + 4.0, top.y + 2.0), Align2::LEFT_TOP, &text, t.middle);
            if let (Some(offer), Some(usd)) = (api, api_usd) {
                let place = at(0.0, usd);
                let text = format!("{} charges {}", offer.hosted.provider, numbers::usd(usd));
                limit_label_ui(ui, pos2(place.x + 4.0, place.y - 2.0), Align2::LEFT_BOTTOM, &text, t.middle);
            }
            let labels = lines.iter().filter_map(|(id, name, points)| {
                let color = scene.palette.color(id, t);
                Some(EndLabel { at: *points.last()?, text: name.clone(), color })
            });
            end_labels_ui(ui, &plot.transform, labels.collect());
            let parts: Vec<String> = lines
                .iter()
                .filter_map(|(_, name, points)| {
                    Some(format!("{name}: {} when always busy", numbers::usd(points.last()?[1])))
                })
                .collect();
            let api = match (api, api_usd) {
                (Some(offer), Some(usd)) => {
                    format!("; {} charges {}", offer.hosted.provider, numbers::usd(usd))
                }
                _ => String::new(),
            };
            describe(
                &plot.response,
                TITLE,
                &format!("On average {}. {}{api}", numbers::percent(mean), parts.join("; ")),
            );
        },
    );
}
