//! Power at peak: accelerators, the rest of their servers, network, and what the facility adds.

use eframe::egui::text::LayoutJob;
use eframe::egui::{Align, Align2, Ui, pos2, vec2};
use egui_plot::{AxisHints, Bar, BarChart, GridMark, HLine, LineStyle, PlotPoint, PlotTransform};
use headroom::engine::Power;
use headroom::report::numbers;
use headroom::units::Unit;

use super::card::{Card, plot_card_ui};
use super::frame::{axis, base_plot, describe, height};
use super::labels::{limit_label_ui, tooltip};
use super::legend::{Part, keep_switches, legend_ui, switches};
use super::scene::{CardPlace, Scene};
use super::table::{Cell, Column, Table};
use crate::app::answer::Answer;
use crate::app::palette::Palette;
use crate::app::text::{brief, tick};
use crate::app::theme::{regular, tokens};
use crate::app::tokens::{measure, size};

const TITLE: &str = "Power and cooling";
const ID: &str = "power";
const KW: f64 = 1e3;
/// Height of two lines of names, points.
const NAMES_HEIGHT: f32 = 28.0;
/// Width of the longest name, and of what is beside the columns, points.
const NAME_WIDTH: f32 = 56.0;
const AXES: f32 = 70.0;

const PARTS: [Part; 4] = [
    Part { path: "power.accelerator_w", strength: 1.0 },
    Part { path: "power.server_rest_w", strength: 0.6 },
    Part { path: "power.network_and_storage_w", strength: 0.35 },
    Part { path: "power.facility_overhead_w", strength: -0.45 },
];

fn parts(power: &Power) -> [f64; 4] {
    [power.accelerator_w, power.server_rest_w, power.network_and_storage_w, power.facility_overhead_w]
}

/// The card.
pub(super) const CARD: Card = Card { title: TITLE, table, draw };

/// Accelerators on a page of their own, as far as their names have room.
const MOST: usize = 12;

fn table(answer: &mut Answer, scene: &Scene<'_>) -> Table {
    let mut columns = vec![Column::text("accelerator")];
    columns.extend(PARTS.iter().map(|part| Column::figure(part.path)));
    columns.push(Column::figure("power.facility_w"));
    let mut table = Table::new(TITLE, columns);
    for (candidate, sizing) in answer.leading(MOST, scene.selected) {
        let [a, b, c, d] = parts(&sizing.estate.power).map(Cell::Number);
        table.push([Cell::text(&candidate.name), a, b, c, d, Cell::Number(sizing.estate.power.facility_w)]);
    }
    table
}

fn draw(ui: &mut Ui, answer: &mut Answer, scene: &Scene<'_>, standing: CardPlace) {
    let t = tokens(ui);
    let room = ((ui.available_width() - AXES) / NAME_WIDTH) as usize;
    let most =
        if standing == CardPlace::Page { room.clamp(Palette::COLOURS, MOST) } else { Palette::COLOURS };
    let columns: Vec<(&str, &str, Power)> = answer
        .leading(most, scene.selected)
        .map(|(c, s)| (c.accelerator.as_str(), c.name.as_str(), s.estate.power))
        .collect();
    let legend = |ui: &mut Ui| {
        let mut shown = switches(ui, ID);
        legend_ui(ui, &PARTS, &mut shown);
        keep_switches(ui, ID, shown);
    };
    let note = if scene.ghosts().is_some() { "kW, – pinned" } else { "kW drawn" };
    plot_card_ui(ui, TITLE, note, legend, |ui| {
        let shown = switches(ui, ID);
        let count = columns.len();
        let tallest = columns.iter().map(|(_, _, p)| p.facility_w).fold(1.0, f64::max) / KW;
        let rack = scene.scenario.facility.rack_power_w / KW;
        let mut charts = Vec::new();
        let mut stood = vec![0.0; count];
        for (k, part) in PARTS.iter().enumerate() {
            if !shown[k] {
                continue;
            }
            let bars = columns.iter().enumerate().map(|(i, (id, _, power))| {
                let value = parts(power)[k].max(0.0) / KW;
                let color = part.color(scene.palette.color(id, t), t);
                let bar = Bar::new(i as f64, value).base_offset(stood[i]).fill(color).stroke((0.0, color));
                stood[i] += value;
                bar.width(0.5)
            });
            let bars = bars.collect();
            charts.push(BarChart::new(part.name(), bars).allow_hover(false));
        }
        let top = tallest * 1.12;
        let plot = base_plot(ID, height(standing), t)
            .show_grid([false, true])
            .x_grid_spacer(move |_| {
                (0..count).map(|i| GridMark { value: i as f64, step_size: 1.0 }).collect()
            })
            .custom_x_axes(vec![axis(AxisHints::new_x(), t, |_| String::new()).min_thickness(NAMES_HEIGHT)])
            .custom_y_axes(vec![axis(AxisHints::new_y(), t, tick)])
            .show(ui, |plot| {
                plot.set_plot_bounds_x(-0.6..=(count.max(1) as f64 - 0.4));
                plot.set_plot_bounds_y(0.0..=top);
                for chart in charts {
                    plot.bar_chart(chart);
                }
                if rack < top {
                    let style = LineStyle::dashed_dense();
                    plot.hline(
                        HLine::new("", rack)
                            .color(t.warning)
                            .width(measure::HAIRLINE)
                            .style(style)
                            .allow_hover(false),
                    );
                }
            });
        for (i, (id, _, _)) in columns.iter().enumerate() {
            // What the pinned scenario takes, as a line across the column.
            let pinned = scene.was(id).map(|(sizing, _)| sizing);
            let Some(kw) = pinned.map(|sizing| sizing.estate.power.facility_w / KW).filter(|kw| *kw <= top)
            else {
                continue;
            };
            let at = |x: f64| plot.transform.position_from_point(&PlotPoint::new(x, kw));
            let ends = [at(i as f64 - 0.36), at(i as f64 + 0.36)];
            ui.painter().line_segment(ends, (measure::FOCUS_RING, t.high));
        }
        names_ui(ui, &plot.transform, columns.iter().map(|(_, name, _)| *name));
        if rack < top {
            let frame = *plot.transform.frame();
            let y = plot.transform.position_from_point(&PlotPoint::new(0.0, rack)).y;
            let text = format!("one air-cooled rack, {}", brief(rack * KW, Unit::Watts));
            limit_label_ui(
                ui,
                pos2(frame.right() - 4.0, y - 2.0),
                Align2::RIGHT_BOTTOM,
                &text,
                t.warning_text,
            );
        }
        if let Some(pointer) = plot.response.hover_pos() {
            let column = plot.transform.value_from_position(pointer).x.round();
            if let Some((_, name, power)) = columns.get(column as usize).filter(|_| column >= 0.0) {
                tooltip(&plot.response, name, &breakdown(power));
            }
        }
        let totals: Vec<String> =
            columns.iter().map(|(_, name, p)| format!("{name}: {}", numbers::watts(p.facility_w))).collect();
        describe(&plot.response, TITLE, &totals.join("; "));
    });
}

/// The names under the columns, in two lines where one is too narrow.
fn names_ui<'n>(ui: &Ui, transform: &PlotTransform, names: impl Iterator<Item = &'n str>) {
    let t = tokens(ui);
    let place = |x: f64| transform.position_from_point(&PlotPoint::new(x, 0.0));
    let width = place(1.0).x - place(0.0).x;
    for (i, name) in names.enumerate() {
        let mut job = LayoutJob::simple(name.to_owned(), regular(size::CAPTION), t.middle, width);
        job.halign = Align::Center;
        let galley = ui.painter().layout_job(job);
        ui.painter().galley(place(i as f64) + vec2(0.0, 3.0), galley, t.middle);
    }
}

/// What takes the power, a part a line.
fn breakdown(power: &Power) -> String {
    let parts =
        PARTS.iter().zip(parts(power)).map(|(part, w)| format!("{} {}", part.name(), numbers::watts(w)));
    let mut lines: Vec<String> = parts.collect();
    lines.push(format!("{} in total, all of it heat", numbers::watts(power.facility_w)));
    lines.join("\n")
}
