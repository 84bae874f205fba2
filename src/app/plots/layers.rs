//! The layers of a network: rows of boxes with their links, drawn as a pattern.

use eframe::egui::{Align2, Color32, Rect, pos2, vec2};
use headroom::engine::Sizing;
use headroom::report::numbers;

use super::diagram::{Diagram, around};
use crate::app::theme::shade;
use crate::app::tokens::space;

/// Boxes of one layer that are drawn at most.
const MOST: usize = 16;
/// Room for the names of the layers and for what is not drawn, points.
const NAMES: f32 = 100.0;
const REST: f32 = 96.0;
/// Heights of a switch and of a server, points.
const SWITCH_HEIGHT: f32 = 16.0;
const SERVER_HEIGHT: f32 = 40.0;
/// Greatest width of a box alone in its layer, points.
const WIDEST: f32 = 72.0;
/// Layers further apart than this would fall apart, points.
const FARTHEST: f32 = 80.0;
/// Smallest accelerator that is drawn in its server, points.
const SMALLEST_CHIP: f32 = 2.5;

/// One row of boxes.
pub(super) struct Layer {
    pub name: &'static str,
    /// What one of it is called.
    one: &'static str,
    pub count: f64,
    height: f32,
    /// Servers, and not switches.
    servers: bool,
    /// Accelerators in each.
    chips: usize,
    /// Owned by the operator of the data center, so not counted in the fleet.
    pub foreign: bool,
    pub about: String,
}

/// The layers from the top down.
pub(super) fn layers(sizing: &Sizing, chips: f64) -> Vec<Layer> {
    let network = &sizing.estate.network;
    let switches = |(single, many), one, count, about: &str| Layer {
        name: if count == 1.0 { single } else { many },
        one,
        count,
        height: SWITCH_HEIGHT,
        servers: false,
        chips: 0,
        foreign: false,
        about: about.to_owned(),
    };
    let mut layers = vec![
        switches(("core", "cores"), "Core switch", network.core_switches, "Joins the groups of spines."),
        switches(("spine", "spines"), "Spine switch", network.spine_switches, "Joins the leaves."),
        switches(("leaf", "leaves"), "Leaf switch", network.leaf_switches, "Joins the cards of the servers."),
    ];
    layers.retain(|layer| layer.count > 0.0);
    layers.push(Layer {
        name: match (sizing.layout.rack_scale, sizing.whole().servers) {
            (true, 1) => "rack",
            (true, _) => "racks",
            (false, 1) => "server",
            (false, _) => "servers",
        },
        one: if sizing.layout.rack_scale { "Rack" } else { "Server" },
        count: f64::from(sizing.whole().servers),
        height: SERVER_HEIGHT,
        servers: true,
        chips: chips as usize,
        foreign: false,
        about: format!("{} accelerators.", numbers::count(chips)),
    });
    layers.push(Layer {
        name: "front end",
        one: "Front-end switch",
        count: 2.0,
        height: SWITCH_HEIGHT,
        servers: false,
        chips: 0,
        foreign: true,
        about: "To storage and clients: each server has a port to two switches of the data center."
            .to_owned(),
    });
    layers
}

/// Draws them, one under the other; servers have the `color` of their accelerator.
pub(super) fn draw_layers(diagram: &mut Diagram, layers: &[Layer], color: Color32) {
    let t = diagram.t;
    let area = diagram.rect;
    let boxes_high: f32 = layers.iter().map(|layer| layer.height).sum();
    let gaps = (layers.len() - 1).max(1) as f32;
    let gap = ((area.height() - boxes_high - 2.0 * space::S) / gaps).min(FARTHEST);
    let mut top = area.center().y - (boxes_high + gap * gaps) / 2.0;
    let mut rows: Vec<Vec<Rect>> = Vec::new();
    for layer in layers {
        rows.push(boxes(area, top + layer.height / 2.0, (layer.count as usize).min(MOST), layer.height));
        top += layer.height + gap;
    }
    for pair in rows.windows(2) {
        // The more links there are, the fainter is each.
        let links = (pair[0].len() * pair[1].len()) as f32;
        let color = shade(t.middle, t.panel, (4.0 / links.sqrt()).clamp(0.3, 0.8));
        for above in &pair[0] {
            for below in &pair[1] {
                diagram.line(above.center_bottom(), below.center_top(), 0.6, color);
            }
        }
    }
    for (layer, row) in layers.iter().zip(&rows) {
        let y = row.first().map_or(area.center().y, |rect| rect.center().y);
        let left = pos2(area.left(), y);
        if layer.foreign {
            diagram.value(left, Align2::LEFT_CENTER, layer.name, t.high);
        } else {
            let count = numbers::count(layer.count);
            let number = diagram.value(left, Align2::LEFT_CENTER, count, t.high);
            let at = pos2(number.right() + space::XS, y);
            diagram.note(at, Align2::LEFT_CENTER, layer.name, t.middle);
        }
        for (i, rect) in row.iter().enumerate() {
            let edge = if layer.servers { color } else { t.middle };
            if layer.foreign {
                diagram.boxed(*rect, t.panel, t.panel);
                diagram.dashed(*rect, edge);
            } else {
                diagram.boxed(*rect, t.raised, edge);
            }
            chips_ui(diagram, rect.shrink(3.0), layer.chips, edge);
            diagram.spot(*rect, format!("{} {}", layer.one, i + 1), layer.about.clone());
        }
        if layer.count > MOST as f64 {
            let at = pos2(area.right() - REST + space::S, y);
            diagram.note(at, Align2::LEFT_CENTER, format!("… {}", in_all(layer.count)), t.middle);
        }
    }
}

/// The accelerators of a server, in as many rows as fill its box; none where they would be specks.
fn chips_ui(diagram: &mut Diagram, room: Rect, count: usize, color: Color32) {
    if count == 0 {
        return;
    }
    let fit = |rows: usize| (room.height() / rows as f32).min(room.width() / count.div_ceil(rows) as f32);
    let rows = (1..=count).max_by(|a, b| fit(*a).total_cmp(&fit(*b))).unwrap_or(1);
    let (columns, pitch) = (count.div_ceil(rows), fit(rows).min(SERVER_HEIGHT / 3.0));
    if pitch < SMALLEST_CHIP {
        return;
    }
    let start = room.center() - vec2(columns as f32 - 1.0, rows as f32 - 1.0) * pitch / 2.0;
    let fill = shade(color, diagram.t.panel, 0.8);
    for i in 0..count {
        let at = start + vec2((i % columns) as f32, (i / columns) as f32) * pitch;
        diagram.bar(around(at.x, at.y, 0.76 * pitch, 0.76 * pitch), fill);
    }
}

fn in_all(count: f64) -> String {
    format!("{} in total", numbers::count(count))
}

/// `count` boxes of one row, centred between the texts at both sides.
fn boxes(area: Rect, y: f32, count: usize, height: f32) -> Vec<Rect> {
    let room = area.width() - NAMES - REST;
    let slot = (room / count.max(1) as f32).min(WIDEST + space::S);
    let gap = (slot * 0.25).min(space::S);
    let start = area.left() + NAMES + (room - slot * count as f32) / 2.0;
    (0..count).map(|i| around(start + slot * (i as f32 + 0.5), y, slot - gap, height)).collect()
}
