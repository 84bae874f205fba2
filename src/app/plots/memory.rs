//! Memory of the fullest accelerator: what fills it, against what it has.

use eframe::egui::{Align2, Label, Ui, pos2};
use egui_plot::{AxisHints, Bar, BarChart, PlotPoint};
use headroom::engine::Memory;
use headroom::report::numbers;

use super::card::{Card, plot_card_ui};
use super::frame::{axis, base_plot, describe, height};
use super::labels::tooltip;
use super::legend::{Part, keep_switches, legend_ui, switches};
use super::scene::{CardPlace, Scene};
use super::table::{Cell, Column, Table};
use crate::app::answer::Answer;
use crate::app::palette::Palette;
use crate::app::text::tick;
use crate::app::theme::{body, regular, tokens};
use crate::app::tokens::{measure, size};

const TITLE: &str = "Memory per accelerator";
const ID: &str = "memory";
const GIB: f64 = 1_073_741_824.0;

const PARTS: [Part; 4] = [
    Part { path: "memory.weights_bytes", strength: 1.0 },
    Part { path: "memory.kv_cache_bytes", strength: 0.6 },
    Part { path: "memory.activation_bytes", strength: 0.35 },
    Part { path: "memory.reserve_bytes", strength: -0.55 },
];

fn parts(memory: &Memory) -> [f64; 4] {
    [memory.weights_bytes, memory.kv_cache_bytes, memory.activation_bytes, memory.reserve_bytes]
}

/// The card.
pub(super) const CARD: Card = Card { title: TITLE, table, draw };

/// Accelerators on a page of their own.
const MOST: usize = 14;

fn table(answer: &mut Answer, scene: &Scene<'_>) -> Table {
    let mut columns = vec![Column::text("accelerator")];
    columns.extend(PARTS.iter().map(|part| Column::figure(part.path)));
    columns.extend(["memory.memory_bytes", "memory.capacity_bytes"].map(Column::figure));
    let mut table = Table::new(TITLE, columns);
    for (candidate, sizing) in answer.leading(MOST, scene.selected) {
        let m = &sizing.memory;
        let [a, b, c, d] = parts(m).map(Cell::Number);
        let [used, capacity] = [m.memory_bytes, m.capacity_bytes].map(Cell::Number);
        table.push([Cell::text(&candidate.name), a, b, c, d, used, capacity]);
    }
    table
}

fn draw(ui: &mut Ui, answer: &mut Answer, scene: &Scene<'_>, standing: CardPlace) {
    let t = tokens(ui);
    let most = if standing == CardPlace::Page { MOST } else { Palette::COLOURS };
    // Where there is room for a sentence.
    let option = (standing == CardPlace::Page)
        .then(|| answer.kv_option(scene.scenario, scene.catalog, scene.selected))
        .flatten();
    let rows: Vec<(&str, &str, Memory)> = answer
        .leading(most, scene.selected)
        .map(|(c, s)| (c.accelerator.as_str(), c.name.as_str(), s.memory))
        .collect();
    let legend = |ui: &mut Ui| {
        let mut shown = switches(ui, ID);
        legend_ui(ui, &PARTS, &mut shown);
        keep_switches(ui, ID, shown);
    };
    let note = if scene.ghosts().is_some() { "GiB, line: pinned" } else { "GiB in use at peak" };
    plot_card_ui(ui, TITLE, note, legend, |ui| {
        let shown = switches(ui, ID);
        let count = rows.len();
        let widest = rows.iter().map(|(_, _, m)| m.capacity_bytes).fold(1.0, f64::max) / GIB;
        let place = |i: usize| (count - 1 - i) as f64;
        let width = 0.62;

        let room = rows.iter().enumerate().map(|(i, (_, _, m))| {
            Bar::new(place(i), m.capacity_bytes / GIB).fill(t.grid).stroke((0.0, t.grid)).width(width)
        });
        let room = BarChart::new("capacity", room.collect()).horizontal().allow_hover(false);
        let mut charts = Vec::new();
        let mut stood = vec![0.0; count];
        for (k, part) in PARTS.iter().enumerate() {
            if !shown[k] {
                continue;
            }
            let bars = rows.iter().enumerate().map(|(i, (id, _, memory))| {
                let value = parts(memory)[k] / GIB;
                let color = part.color(scene.palette.color(id, t), t);
                let bar = Bar::new(place(i), value).base_offset(stood[i]).fill(color).stroke((0.0, color));
                stood[i] += value;
                bar.width(width)
            });
            let bars = bars.collect();
            charts.push(BarChart::new(part.name(), bars).horizontal().allow_hover(false));
        }

        let names: Vec<String> = rows.iter().map(|(_, name, _)| (*name).to_owned()).collect();
        let plot = base_plot(ID, height(standing), t)
            .y_grid_spacer(move |_| {
                (0..count).map(|i| egui_plot::GridMark { value: i as f64, step_size: 1.0 }).collect()
            })
            .show_grid([true, false])
            .custom_y_axes(vec![
                axis(AxisHints::new_y(), t, move |v| {
                    let i = (count as f64 - 1.0 - v).round() as usize;
                    names.get(i).cloned().unwrap_or_default()
                })
                .min_thickness(76.0),
            ])
            .custom_x_axes(vec![axis(AxisHints::new_x(), t, tick)])
            .show(ui, |plot| {
                plot.set_plot_bounds_x(0.0..=widest * 1.14);
                plot.set_plot_bounds_y(-0.6..=(count.max(1) as f64 - 0.4));
                plot.bar_chart(room);
                for chart in charts {
                    plot.bar_chart(chart);
                }
            });
        for (i, (id, _, _)) in rows.iter().enumerate() {
            // What the pinned scenario takes, as a line across the bar.
            let pinned = scene.was(id).map(|(sizing, _)| sizing);
            let Some(memory) = pinned.map(|sizing| sizing.memory) else { continue };
            let at =
                |y: f64| plot.transform.position_from_point(&PlotPoint::new(memory.memory_bytes / GIB, y));
            let (top, bottom) = (at(place(i) + 0.42), at(place(i) - 0.42));
            ui.painter().line_segment([top, bottom], (measure::FOCUS_RING, t.high));
        }
        for (i, (id, _, memory)) in rows.iter().enumerate() {
            let at =
                plot.transform.position_from_point(&PlotPoint::new(memory.capacity_bytes / GIB, place(i)));
            let text = sold(scene, id);
            ui.painter().text(
                pos2(at.x + 5.0, at.y),
                Align2::LEFT_CENTER,
                text,
                regular(size::CAPTION),
                t.middle,
            );
        }
        if let Some(pointer) = plot.response.hover_pos() {
            let row = (count as f64 - 1.0 - plot.transform.value_from_position(pointer).y).round();
            if let Some((id, name, memory)) = rows.get(row as usize).filter(|_| row >= 0.0) {
                tooltip(&plot.response, name, &format!("{}\nsold as {}", breakdown(memory), sold(scene, id)));
            }
        }
        describe(&plot.response, TITLE, &summary(&rows, scene));
        if let Some(option) = &option {
            ui.add(Label::new(body(option, t)).wrap());
        }
    });
}

/// The size of an accelerator's memory as its maker prints it: the name of the product, not a measure of the bar.
fn sold(scene: &Scene<'_>, id: &str) -> String {
    scene.catalog.accelerator(id).map_or_else(String::new, |a| format!("{} GB", numbers::count(a.sold_gb())))
}

/// What fills the memory, a part a line.
fn breakdown(memory: &Memory) -> String {
    let parts = PARTS
        .iter()
        .zip(parts(memory))
        .map(|(part, bytes)| format!("{} {}", part.name(), numbers::bytes(bytes)));
    let mut lines: Vec<String> = parts.collect();
    let free = numbers::bytes(memory.capacity_bytes - memory.memory_bytes);
    lines.push(format!("free {free} of {}", numbers::bytes(memory.capacity_bytes)));
    lines.join("\n")
}

fn summary(rows: &[(&str, &str, Memory)], scene: &Scene<'_>) -> String {
    let parts: Vec<String> = rows
        .iter()
        .map(|(id, name, m)| {
            format!(
                "{name}, sold as {}: {} of {} in use, weights {}, KV cache {}",
                sold(scene, id),
                numbers::bytes(m.memory_bytes),
                numbers::bytes(m.capacity_bytes),
                numbers::bytes(m.weights_bytes),
                numbers::bytes(m.kv_cache_bytes)
            )
        })
        .collect();
    parts.join("; ")
}
