//! One rack: its outline, what it holds from the bottom up, its power against the limit, and text under it.

use eframe::egui::{Align2, Color32, Rect, pos2, vec2};
use headroom::engine::Rack;
use headroom::report::numbers;
use headroom::units::Unit;

use super::diagram::{Diagram, around};
use crate::app::text::brief;
use crate::app::theme::shade;
use crate::app::tokens::{size, space};

/// Width of a rack over the height of one unit: 600 mm over 44.45 mm.
const WIDTH_UNITS: f32 = 13.5;
/// Lines of text under a rack.
const LINES: f32 = 4.0;
/// Width of the bar that shows the power, points.
const GAUGE: f32 = 4.0;

/// What is drawn.
pub(super) struct RackBox<'a> {
    pub rack: Rack,
    pub name: String,
    /// What it holds.
    pub what: &'a str,
    pub color: Color32,
    /// Power that the rack can feed and cool, watts; `None`: not shown.
    pub limit_w: Option<f64>,
    /// Height of the tallest rack of the drawing, units.
    pub tallest: f64,
}

/// Draws one rack in `area`.
pub(super) fn rack_ui(diagram: &mut Diagram, area: Rect, shown: &RackBox<'_>) {
    let line = size::CAPTION + 3.0;
    let floor = area.bottom() - LINES * line - space::XS;
    let rack = &shown.rack;
    let bays = rack.bays as f32;
    let by_height = (floor - area.top()) / shown.tallest as f32;
    let by_width = (area.width() - 2.0 * (GAUGE + space::S)) / (bays * WIDTH_UNITS);
    let unit = by_height.min(by_width);
    let bay = vec2(WIDTH_UNITS * unit, (rack.height_units / rack.bays) as f32 * unit);
    let left = area.center().x - bays * bay.x / 2.0;
    for i in 0..rack.bays as usize {
        let outline = Rect::from_min_size(pos2(left + bay.x * i as f32, floor - bay.y), bay);
        bay_ui(diagram, outline, unit, shown);
    }
    let outline = Rect::from_min_max(pos2(left, floor - bay.y), pos2(left + bays * bay.x, floor));
    gauge_ui(diagram, outline, shown);
    caption_ui(diagram, pos2(area.center().x, floor + space::XS + line / 2.0), line, shown);
}

/// One bay with its boxes.
fn bay_ui(diagram: &mut Diagram, outline: Rect, unit: f32, shown: &RackBox<'_>) {
    let t = diagram.t;
    let rack = &shown.rack;
    diagram.boxed(outline.expand(2.0), t.background, t.low);
    diagram.spot(outline.expand(2.0), shown.name.clone(), about(shown));
    let each = (rack.rack_units_each / rack.bays) as f32 * unit;
    let gap = if each > 4.0 { 1.0 } else { 0.25 };
    for i in 0..rack.count as usize {
        let bottom = outline.bottom() - each * i as f32;
        let area =
            Rect::from_min_max(pos2(outline.left(), bottom - each + gap), pos2(outline.right(), bottom));
        diagram.boxed(area.shrink2(vec2(1.0, 0.0)), shade(shown.color, t.panel, 0.55), shown.color);
        if unit >= 2.0 && rack.rack_units_each >= rack.height_units {
            trays_ui(diagram, area, unit, shown.color);
        }
        let name = format!("{} {} of {}", shown.what, i + 1, numbers::count(rack.count));
        diagram.spot(area, capital(&name), about(shown));
    }
}

/// A system that fills a rack shows its units.
fn trays_ui(diagram: &mut Diagram, area: Rect, unit: f32, color: Color32) {
    let count = (area.height() / unit) as usize;
    for i in 1..count {
        let y = area.bottom() - unit * i as f32;
        let color = shade(color, diagram.t.panel, 0.8);
        diagram.line(pos2(area.left() + 4.0, y), pos2(area.right() - 4.0, y), 0.5, color);
    }
}

/// Beside the rack: its rated power as a part of the limit, which is as high as the rack.
fn gauge_ui(diagram: &mut Diagram, outline: Rect, shown: &RackBox<'_>) {
    let Some(limit_w) = shown.limit_w.filter(|w| *w > 0.0) else { return };
    let t = diagram.t;
    let x = outline.right() + space::S + GAUGE / 2.0;
    let whole = around(x, outline.center().y, GAUGE, outline.height());
    let share = (shown.rack.rated_w / limit_w).clamp(0.0, 1.0) as f32;
    let color = if shown.rack.rated_w > limit_w { t.warning } else { t.accent };
    diagram.bar(whole, t.grid);
    let mut used = whole;
    used.min.y = whole.bottom() - share * whole.height();
    diagram.bar(used, color);
    let text = format!("{} of {}", numbers::watts(shown.rack.rated_w), brief(limit_w, Unit::Watts));
    diagram.spot(whole.expand(2.0), "Rated power against the limit", text);
}

fn caption_ui(diagram: &mut Diagram, at: eframe::egui::Pos2, line: f32, shown: &RackBox<'_>) {
    let t = diagram.t;
    let rack = &shown.rack;
    let mut lines = vec![(shown.name.clone(), t.high)];
    if let Some(limit_w) = shown.limit_w {
        let color = if rack.rated_w > limit_w { t.warning_text } else { t.middle };
        let limit = brief(limit_w, Unit::Watts);
        lines.push((format!("{} of {limit}", numbers::watts(rack.rated_w)), color));
    }
    let used = format!("{} of {}", numbers::count(rack.rack_units), numbers::rack_units(rack.height_units));
    lines.push((used, t.middle));
    if shown.limit_w.is_some() {
        lines.push((format!("{} heat", numbers::watts(rack.heat_w)), t.middle));
    }
    for (i, (text, color)) in lines.into_iter().enumerate() {
        diagram.note(at + vec2(0.0, line * i as f32), Align2::CENTER_CENTER, text, color);
    }
}

/// The description of a rack and each box in it.
fn about(shown: &RackBox<'_>) -> String {
    let rack = &shown.rack;
    let each = numbers::rack_units(rack.rack_units_each);
    let mut lines = vec![format!(
        "{} × {each}: {} of {}",
        numbers::count(rack.count),
        numbers::count(rack.rack_units),
        numbers::rack_units(rack.height_units)
    )];
    if let Some(limit_w) = shown.limit_w {
        lines.push(format!(
            "rated power {} of {}",
            numbers::watts(rack.rated_w),
            brief(limit_w, Unit::Watts)
        ));
        lines.push(format!("{} at peak, all of it heat", numbers::watts(rack.heat_w)));
    }
    lines.join("\n")
}

/// The first letter large.
fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}
