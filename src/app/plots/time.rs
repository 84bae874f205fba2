//! Build or rent: money spent month by month, each way of paying a line of its own dashes.

use eframe::egui::{Align2, Color32, Ui, pos2};
use egui_plot::{AxisHints, Line, LineStyle, PlotPoint, Points};
use headroom::catalog::Term;
use headroom::units::{self, Unit};

use super::{
    EndLabel, Scene, axis, axis_note_ui, base_plot, describe, end_labels_ui, height, hover_lines,
    limit_label_ui, plot_card_ui, room_for_names,
};
use crate::app::answer::Answer;
use crate::app::text::usd_tick;
use crate::app::theme::tokens;
use crate::app::tokens::measure;

const TITLE: &str = "Build or rent";

fn dashes(term: Term) -> LineStyle {
    match term {
        Term::Buy => LineStyle::Solid,
        Term::OnDemand => LineStyle::Dotted { spacing: 4.0 },
        Term::Reserved1y => LineStyle::Dashed { length: 10.0 },
        Term::Reserved3y => LineStyle::Dashed { length: 5.0 },
        Term::Spot => LineStyle::Dotted { spacing: 8.0 },
    }
}

/// The card.
pub fn card_ui(ui: &mut Ui, answer: &mut Answer, scene: &Scene<'_>, large: bool) {
    let t = tokens(ui);
    let Some((candidate, sizing)) = answer.shown(scene.selected) else { return };
    let curves = Answer::time(scene.scenario, candidate);
    let color = scene.palette.color(&candidate.accelerator, t);
    let end = curves.months.last().copied().unwrap_or(1.0);
    let lines: Vec<(Term, Vec<[f64; 2]>)> = curves
        .lines
        .iter()
        .map(|(term, usd)| (*term, curves.months.iter().zip(usd).map(|(m, v)| [*m, *v]).collect()))
        .collect();
    let highest = lines.iter().flat_map(|(_, p)| p).map(|p| p[1]).fold(1.0, f64::max) * 1.06;
    let breakeven = sizing.cost.buy.as_ref().and_then(|buy| buy.breakeven_months).filter(|m| *m <= end);
    let crossing = breakeven.and_then(|months| {
        let bought = &lines.iter().find(|(term, _)| *term == Term::Buy)?.1;
        let pair = bought.windows(2).find(|w| w[1][0] >= months)?;
        let share = (months - pair[0][0]) / (pair[1][0] - pair[0][0]);
        Some([months, pair[0][1] + share * (pair[1][1] - pair[0][1])])
    });
    plot_card_ui(
        ui,
        TITLE,
        &format!("$ spent, {}", candidate.name),
        |ui| axis_note_ui(ui, "months"),
        |ui| {
            let room = room_for_names(ui);
            let plot = base_plot("time", height(large), t)
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
                    if v > end || v == 0.0 { String::new() } else { units::count(v) }
                })])
                .custom_y_axes(vec![axis(AxisHints::new_y(), t, usd_tick)])
                .show(ui, |plot| {
                    plot.set_plot_bounds_x(0.0..=end * (1.0 + room));
                    plot.set_plot_bounds_y(0.0..=highest);
                    for (term, points) in &lines {
                        // Dots are as thick as a line is wide, and would shout.
                        let dotted = matches!(dashes(*term), LineStyle::Dotted { .. });
                        let width = if dotted { 0.6 * measure::LINE } else { measure::LINE };
                        plot.line(
                            Line::new(term.label(), points.clone())
                                .color(color)
                                .width(width)
                                .style(dashes(*term))
                                .allow_hover(false),
                        );
                    }
                    if let Some(at) = crossing {
                        ring(plot, at, t.high, t.panel);
                    }
                });
            let named = lines.iter().map(|(term, points)| (term.label(), points.as_slice()));
            hover_lines(ui, &plot, named, |x, y| {
                format!("{} after {}", units::usd(y), units::quantity(x, Unit::Months))
            });
            if let Some(at) = crossing {
                let place = plot.transform.position_from_point(&PlotPoint::new(at[0], at[1]));
                let words = format!("buying wins after {}", units::quantity(at[0], Unit::Months));
                limit_label_ui(ui, pos2(place.x - 8.0, place.y - 6.0), Align2::RIGHT_BOTTOM, &words, t.high);
            }
            let labels = lines.iter().filter_map(|(term, points)| {
                Some(EndLabel { at: *points.last()?, text: term.label().to_lowercase(), color })
            });
            end_labels_ui(ui, &plot.transform, labels.collect());
            let summary: Vec<String> = lines
                .iter()
                .filter_map(|(term, points)| {
                    Some(format!(
                        "{}: {} after {}",
                        term.label(),
                        units::usd(points.last()?[1]),
                        units::quantity(end, Unit::Months)
                    ))
                })
                .collect();
            describe(&plot.response, TITLE, &format!("{}. {}", candidate.name, summary.join("; ")));
        },
    );
}

/// A hollow mark where two lines cross.
fn ring(plot: &mut egui_plot::PlotUi<'_>, at: [f64; 2], edge: Color32, fill: Color32) {
    plot.points(Points::new("", vec![at]).color(edge).radius(5.5).allow_hover(false));
    plot.points(Points::new("", vec![at]).color(fill).radius(3.5).allow_hover(false));
}
