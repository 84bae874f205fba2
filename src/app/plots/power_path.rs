//! The way of the power, a single line from the utility to the chips, and the heat that leaves.

use eframe::egui::{Align2, Rect, Ui, pos2, vec2};
use headroom::engine::Sizing;
use headroom::report::numbers;
use headroom::scenario::{FacilityChoice, Feeds};

use super::card::{Card, note_ui, plot_card_ui};
use super::diagram::Diagram;
use super::facts::{facts_height, facts_ui};
use super::power_stages::{Stage, cap, facts, stages, summary};
use super::scene::{CardPlace, Scene};
use super::table::{Cell, Column, Table};
use crate::app::answer::Answer;
use crate::app::theme::{shade, tokens};
use crate::app::tokens::{measure, space};

const TITLE: &str = "Power path";
const BOX_HEIGHT: f32 = 28.0;
/// Width of a box as a share of the card, and its least and greatest, points.
const BOX_SHARE: f32 = 0.34;
const BOX_WIDTH: (f32, f32) = (156.0, 280.0);
/// Radius of the ring of the utility, points.
const UTILITY: f32 = 7.0;
/// Between the two feeds, points.
const FEEDS_APART: f32 = 44.0;
/// Length of the arrow to what leaves, points.
const ARROW: f32 = 18.0;

/// The card.
pub(super) const CARD: Card = Card { title: TITLE, table, draw };

fn table(answer: &mut Answer, scene: &Scene<'_>) -> Table {
    let columns = [
        Column::text("stage"),
        Column::number("power", "power_w", numbers::watts),
        Column::text("beside it"),
        Column::number("leaves", "leaves_w", numbers::watts),
    ];
    let mut table = Table::new(TITLE, columns);
    let Some((candidate, sizing)) = answer.shown(scene.selected) else { return table };
    for stage in stages(candidate, sizing, &scene.scenario.facility) {
        let (beside, leaves_w) = (stage.beside.0.replace('\n', "; "), Cell::maybe(stage.beside.1));
        table.push([Cell::text(stage.name), Cell::Number(stage.watts), Cell::Text(beside), leaves_w]);
    }
    for fact in facts(sizing) {
        table.push([Cell::Text(fact.label), Cell::Nothing, Cell::Text(fact.value), Cell::Nothing]);
    }
    table
}

fn draw(ui: &mut Ui, answer: &mut Answer, scene: &Scene<'_>, _: CardPlace) {
    let t = tokens(ui);
    let Some((candidate, sizing)) = answer.shown(scene.selected) else { return };
    let asked = &scene.scenario.facility;
    let stages = stages(candidate, sizing, asked);
    let color = scene.palette.color(&candidate.accelerator, t);
    plot_card_ui(
        ui,
        TITLE,
        &format!("{}, from the utility to the chips", candidate.name),
        |ui| note_ui(ui, "kW drawn at peak"),
        |ui| {
            let facts = facts(sizing);
            let rest = measure::DIAGRAM_HEIGHT - facts_height(ui.available_width(), facts.len());
            let mut diagram = Diagram::new(ui, rest - space::S);
            draw_path(&mut diagram, &stages, sizing, asked, shade(color, t.panel, 0.35));
            diagram.finish(TITLE, &summary(&stages, sizing, asked));
            ui.add_space(space::S - ui.spacing().item_spacing.y);
            facts_ui(ui, &facts);
        },
    );
}

fn draw_path(
    diagram: &mut Diagram,
    stages: &[Stage; 5],
    sizing: &Sizing,
    asked: &FacilityChoice,
    chips: eframe::egui::Color32,
) {
    let t = diagram.t;
    let area = diagram.rect;
    let size = vec2((BOX_SHARE * area.width()).clamp(BOX_WIDTH.0, BOX_WIDTH.1), BOX_HEIGHT);
    let trunk = area.left() + size.x / 2.0;
    let utility = pos2(trunk, area.top() + UTILITY + 1.0);
    diagram.ring(utility, UTILITY, t.middle);
    diagram.note(utility, Align2::CENTER_CENTER, "~", t.high);
    cap_ui(diagram, pos2(area.left() + size.x + space::S + ARROW, utility.y), sizing, asked);
    let first = utility.y + UTILITY + space::M;
    let pitch = (area.bottom() - size.y - 1.0 - first) / 4.0;
    let boxes: Vec<Rect> = (0..stages.len())
        .map(|i| Rect::from_min_size(pos2(area.left(), first + pitch * i as f32), size))
        .collect();
    diagram.line(pos2(trunk, utility.y + UTILITY), pos2(trunk, first), measure::LINE, t.middle);
    for (i, pair) in boxes.windows(2).enumerate() {
        let (from, to) = (pair[0].bottom(), pair[1].top());
        // Feeds reach from the distribution of the data center to the supplies of the servers.
        if i == 1 || i == 2 {
            feeds_ui(diagram, trunk, (from, to), asked.feeds, i == 1);
        } else {
            diagram.line(pos2(trunk, from), pos2(trunk, to), measure::LINE, t.middle);
        }
    }
    for (stage, rect) in stages.iter().zip(&boxes) {
        // A box is full as far as its power is of the facility's.
        let share = (stage.watts / sizing.estate.power.facility_w).clamp(0.0, 1.0) as f32;
        diagram.boxed(*rect, t.raised, t.low);
        diagram.bar(Rect::from_min_size(rect.min, vec2(size.x * share, size.y)).shrink(1.0), chips);
        let inside = rect.shrink2(vec2(space::S, 0.0));
        diagram.note(inside.left_center(), Align2::LEFT_CENTER, stage.name, t.high);
        diagram.value(inside.right_center(), Align2::RIGHT_CENTER, numbers::watts(stage.watts), t.high);
        diagram.spot(*rect, format!("{}: {}", stage.name, numbers::watts(stage.watts)), &stage.about);
        beside_ui(diagram, *rect, stage);
    }
}

/// What leaves at a box, or a remark.
fn beside_ui(diagram: &mut Diagram, rect: Rect, stage: &Stage) {
    let t = diagram.t;
    let start = rect.right_center() + vec2(space::S + ARROW, 0.0);
    let room = diagram.rect.right() - start.x;
    match stage.beside.1 {
        Some(watts) => {
            diagram.arrow(rect.right_center(), start - vec2(space::XS, 0.0), t.middle);
            let value = diagram.value(start, Align2::LEFT_CENTER, numbers::watts(watts), t.high);
            let at = pos2(value.right() + space::S, start.y);
            diagram.lines(at, Align2::LEFT_CENTER, &stage.beside.0, room - value.width() - space::S);
        }
        None => {
            diagram.lines(start, Align2::LEFT_CENTER, &stage.beside.0, room);
        }
    }
}

/// One or two lines with breakers.
fn feeds_ui(diagram: &mut Diagram, trunk: f32, (from, to): (f32, f32), feeds: Feeds, named: bool) {
    const BREAKER: f32 = 7.0;
    let t = diagram.t;
    let middle = f32::midpoint(from, to);
    let lines: &[(f32, &str, bool)] = match feeds {
        Feeds::N => &[(0.0, "", true)],
        Feeds::NPlusOne => &[(-0.5, "N", true), (0.5, "+1", false)],
        Feeds::TwoN => &[(-0.5, "A", true), (0.5, "B", true)],
    };
    for (side, name, whole) in lines {
        let x = trunk + side * FEEDS_APART;
        if *whole {
            diagram.line(pos2(x, from), pos2(x, to), measure::LINE, t.accent);
        } else {
            diagram.dashes(&[pos2(x, from), pos2(x, to)], t.accent);
        }
        if named {
            let breaker = Rect::from_center_size(pos2(x, middle), vec2(BREAKER, BREAKER));
            diagram.boxed(breaker, t.panel, t.accent);
            let at = pos2(x + side.signum() * space::S, middle);
            let anchor = if *side < 0.0 { Align2::RIGHT_CENTER } else { Align2::LEFT_CENTER };
            diagram.note(at, anchor, *name, t.middle);
        }
    }
}

/// The cap, and how much of it is used.
fn cap_ui(diagram: &mut Diagram, at: eframe::egui::Pos2, sizing: &Sizing, asked: &FacilityChoice) {
    const GAUGE_HEIGHT: f32 = 5.0;
    const GAUGE: (f32, f32) = (24.0, 96.0);
    let t = diagram.t;
    let text = diagram.note(at, Align2::LEFT_CENTER, cap(sizing, asked), t.middle);
    let Some(cap_w) = asked.power_cap_w else { return };
    let left = text.right() + space::S;
    let width = (diagram.rect.right() - left).min(GAUGE.1);
    if width < GAUGE.0 {
        return;
    }
    let whole = Rect::from_min_size(pos2(left, at.y - GAUGE_HEIGHT / 2.0), vec2(width, GAUGE_HEIGHT));
    diagram.bar(whole, t.grid);
    let share = (sizing.estate.power.facility_w / cap_w).clamp(0.0, 1.0) as f32;
    diagram.bar(Rect::from_min_size(whole.min, vec2(width * share, GAUGE_HEIGHT)), t.accent);
}
