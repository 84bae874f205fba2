//! Build or rent: money spent month by month as the load grows, each way of paying a line of its own dashes, crossings marked.

use eframe::egui::{Align2, Color32, Ui, pos2};
use egui_plot::{AxisHints, LineStyle, PlotPoint, Points};
use headroom::catalog::Term;
use headroom::engine::analysis::outlook::{Outlook, Paying, Way};
use headroom::report::numbers;
use headroom::report::sentence;
use headroom::units::Unit;

use super::card::{Card, axis_note_ui, plot_card_ui};
use super::frame::{axis, base_plot, describe, height, line, money_marks, room_for_names, until};
use super::labels::{EndLabel, end_labels_ui, hover_lines, limit_label_ui};
use super::scene::{CardPlace, Scene};
use super::table::{Column, Table};
use crate::app::answer::Answer;
use crate::app::text::usd_tick;
use crate::app::theme::{regular, shade, tokens};
use crate::app::tokens::{measure, size};

const TITLE: &str = "Build or rent";

fn dashes(paying: Paying) -> LineStyle {
    let Paying::Term(term) = paying else { return LineStyle::Solid };
    match term {
        Term::Buy => LineStyle::Solid,
        Term::OnDemand => LineStyle::Dotted { spacing: 4.0 },
        Term::Reserved1y => LineStyle::Dashed { length: 10.0 },
        Term::Reserved3y => LineStyle::Dashed { length: 5.0 },
        Term::Spot => LineStyle::Dotted { spacing: 8.0 },
    }
}

/// The card.
pub(super) const CARD: Card = Card { title: TITLE, table, draw };

fn table(answer: &mut Answer, scene: &Scene<'_>) -> Table {
    let columns = [
        Column::text("way of paying"),
        Column::number("after", "month", |v| numbers::quantity(v, Unit::Months)),
        Column::number("spent", "spent_usd", numbers::usd),
    ];
    let mut table = Table::new(TITLE, columns);
    let outlook = answer.outlook(scene.scenario, scene.catalog, scene.selected);
    for (paying, points) in lines(&outlook) {
        table.push_line(sentence::paying_label(paying), points);
    }
    table
}

/// US dollars spent by month, for each way of paying.
fn lines(outlook: &Outlook) -> Vec<(Paying, Vec<[f64; 2]>)> {
    let spent = |way: &Way| way.spent_usd.iter().enumerate().map(|(m, v)| [m as f64, *v]).collect();
    outlook.ways.iter().map(|way| (way.paying, spent(way))).collect()
}

fn draw(ui: &mut Ui, answer: &mut Answer, scene: &Scene<'_>, standing: CardPlace) {
    let t = tokens(ui);
    let outlook = answer.outlook(scene.scenario, scene.catalog, scene.selected);
    let Some((candidate, _)) = answer.shown(scene.selected) else { return };
    let color = scene.palette.color(&candidate.accelerator, t);
    let end = outlook.accelerators.len() as f64;
    let lines = lines(&outlook);
    let ghosts = scene.ghosts().map_or(&[][..], |ghosts| &ghosts.outlooks);
    let was = ghosts.iter().find(|(id, _)| *id == candidate.accelerator).map(|(_, outlook)| outlook);
    // The mix is not a term, so it has the colour of text.
    let ink = |paying: Paying| if paying == Paying::Mix { t.high } else { color };
    let highest = lines.iter().flat_map(|(_, p)| p).map(|p| p[1]).fold(1.0, f64::max) * 1.06;
    let rented =
        if scene.scenario.money.term == Term::Buy { Term::OnDemand } else { scene.scenario.money.term };
    let bought = Paying::Term(Term::Buy);
    let crossing = outlook
        .crossings
        .iter()
        .find(|c| c.after == bought && c.before == Paying::Term(rented))
        .map(|c| [c.month, c.usd]);
    plot_card_ui(
        ui,
        TITLE,
        &numbers::money_heading(&format!(
            " spent, {}{}",
            candidate.name,
            if was.is_some() { ", thin: pinned" } else { "" }
        )),
        |ui| axis_note_ui(ui, "months"),
        |ui| {
            let room = room_for_names(ui);
            let plot = base_plot("time", height(standing), t)
                .x_grid_spacer(|input| {
                    let step = if input.bounds.1 > 66.0 {
                        24.0
                    } else if input.bounds.1 > 26.0 {
                        12.0
                    } else {
                        6.0
                    };
                    let last = (input.bounds.1 / step) as u32;
                    (0..=last)
                        .map(|i| egui_plot::GridMark { value: f64::from(i) * step, step_size: step })
                        .collect()
                })
                .custom_x_axes(vec![axis(AxisHints::new_x(), t, move |v| {
                    if v > end || v == 0.0 { String::new() } else { numbers::count(v) }
                })])
                .y_grid_spacer(money_marks)
                .custom_y_axes(vec![axis(AxisHints::new_y(), t, usd_tick)])
                .show(ui, |plot| {
                    plot.set_plot_bounds_x(0.0..=end * (1.0 + room));
                    plot.set_plot_bounds_y(0.0..=highest);
                    for (paying, points) in was.iter().flat_map(|outlook| self::lines(outlook)) {
                        plot.line(
                            line("", until(&points, end))
                                .color(shade(ink(paying), t.panel, 0.5))
                                .width(measure::HAIRLINE)
                                .allow_hover(false),
                        );
                    }
                    for (paying, points) in &lines {
                        // Dots are as thick as a line is wide, and would shout.
                        let dotted = matches!(dashes(*paying), LineStyle::Dotted { .. });
                        let width = if dotted { 0.6 * measure::LINE } else { measure::LINE };
                        plot.line(
                            line(sentence::paying_label(*paying), points.clone())
                                .color(ink(*paying))
                                .width(width)
                                .style(dashes(*paying))
                                .allow_hover(false),
                        );
                    }
                    for crossing in &outlook.crossings {
                        ring(plot, [crossing.month, crossing.usd], 0.6, t.middle, t.panel);
                    }
                    if let Some(at) = crossing {
                        ring(plot, at, 1.0, t.high, t.panel);
                    }
                });
            let named =
                lines.iter().map(|(paying, points)| (sentence::paying_label(*paying), points.as_slice()));
            hover_lines(ui, &plot, named, |x, y| {
                format!("{} after {}", numbers::usd(y), numbers::quantity(x, Unit::Months))
            });
            if let Some(at) = crossing {
                let place = plot.transform.position_from_point(&PlotPoint::new(at[0], at[1]));
                let month = numbers::count(at[0].ceil());
                let text = format!("cheaper than {} from month {month}", rented.label().to_lowercase());
                // It stays off the axis.
                let width =
                    ui.painter().layout_no_wrap(text.clone(), regular(size::CAPTION), t.high).size().x;
                let right = (place.x - 8.0).max(plot.transform.frame().left() + width + 4.0);
                limit_label_ui(ui, pos2(right, place.y - 6.0), Align2::RIGHT_BOTTOM, &text, t.high);
            }
            let labels = lines.iter().filter_map(|(paying, points)| {
                let text = sentence::paying_label(*paying).to_lowercase();
                Some(EndLabel { at: *points.last()?, text, color: ink(*paying) })
            });
            end_labels_ui(ui, &plot.transform, labels.collect());
            let summary: Vec<String> = lines
                .iter()
                .filter_map(|(paying, points)| {
                    Some(format!(
                        "{}: {} after {}",
                        sentence::paying_label(*paying),
                        numbers::usd(points.last()?[1]),
                        numbers::quantity(end, Unit::Months)
                    ))
                })
                .collect();
            describe(&plot.response, TITLE, &format!("{}. {}", candidate.name, summary.join("; ")));
        },
    );
}

/// A hollow mark where two lines cross.
fn ring(plot: &mut egui_plot::PlotUi<'_>, at: [f64; 2], scale: f32, edge: Color32, fill: Color32) {
    plot.points(Points::new("", vec![at]).color(edge).radius(5.5 * scale).allow_hover(false));
    plot.points(Points::new("", vec![at]).color(fill).radius(3.5 * scale).allow_hover(false));
}
