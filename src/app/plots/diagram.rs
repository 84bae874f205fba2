//! A drawing of boxes, lines and text in a card: scales itself to its place and describes itself.

use eframe::egui::text::{LayoutJob, TextFormat, TextWrapping};
use eframe::egui::{
    Align2, Color32, FontId, Painter, Pos2, Rect, Response, Sense, Stroke, StrokeKind, Ui, pos2, vec2,
};

use super::frame::describe;
use super::labels::tooltip;
use crate::app::theme::{regular, semibold, shrunk, tokens};
use crate::app::tokens::{Tokens, measure, radius, size};

/// What can be pointed at.
struct Spot {
    rect: Rect,
    name: String,
    text: String,
}

/// A drawing under way.
pub(super) struct Diagram {
    pub rect: Rect,
    pub t: &'static Tokens,
    painter: Painter,
    response: Response,
    spots: Vec<Spot>,
    /// Where texts are, so that tests find those that overlap.
    texts: Vec<(Rect, String)>,
}

impl Diagram {
    /// Takes the width that there is, and `height`.
    pub fn new(ui: &mut Ui, height: f32) -> Self {
        let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), height), Sense::hover());
        let painter = ui.painter().clone();
        Self { rect, t: tokens(ui), painter, response, spots: Vec::new(), texts: Vec::new() }
    }

    /// A small note; returns its place.
    pub fn note(&mut self, at: Pos2, anchor: Align2, text: impl Into<String>, color: Color32) -> Rect {
        self.write(at, anchor, text.into(), false, color, f32::INFINITY)
    }

    /// A small note in lines no wider than `width`.
    pub fn lines(&mut self, at: Pos2, anchor: Align2, text: impl Into<String>, width: f32) -> Rect {
        self.write(at, anchor, text.into(), false, self.t.middle, width)
    }

    /// A name or a value.
    pub fn value(&mut self, at: Pos2, anchor: Align2, text: impl Into<String>, color: Color32) -> Rect {
        self.write(at, anchor, text.into(), true, color, f32::INFINITY)
    }

    /// Text in one line no wider than `width`: smaller where it needs to be; a long name is cut with an ellipsis.
    pub fn fitted(&mut self, at: Pos2, anchor: Align2, text: &str, font: FontId, color: Color32, width: f32) {
        // Names are at the left, values at the right.
        let least = if anchor == Align2::LEFT_CENTER { size::CAPTION } else { 8.5 };
        let mut font = shrunk(&self.painter, text, font, width);
        font.size = font.size.max(least);
        let mut job = LayoutJob::single_section(text.to_owned(), TextFormat::simple(font, color));
        job.wrap = TextWrapping::truncate_at_width(width);
        let galley = self.painter.layout_job(job);
        let rect = anchor.anchor_size(at, galley.size());
        self.painter.galley(rect.min, galley, color);
        self.texts.push((rect, text.to_owned()));
    }

    fn write(
        &mut self,
        at: Pos2,
        anchor: Align2,
        text: String,
        strong: bool,
        color: Color32,
        width: f32,
    ) -> Rect {
        let font = if strong { semibold(size::BODY) } else { regular(size::CAPTION) };
        let galley = self.painter.layout(text.clone(), font, color, width);
        let rect = anchor.anchor_size(at, galley.size());
        self.painter.galley(rect.min, galley, color);
        self.texts.push((rect, text));
        rect
    }

    /// A box with an edge.
    pub fn boxed(&mut self, rect: Rect, fill: Color32, edge: Color32) {
        // Small boxes would be all corner.
        let corner = f32::from(radius::BAR).min(rect.height() / 4.0);
        self.painter.rect(rect, corner, fill, (measure::HAIRLINE, edge), StrokeKind::Inside);
    }

    /// An edge of dashes: something that is not the fleet's own.
    pub fn dashed(&mut self, rect: Rect, edge: Color32) {
        let corners =
            [rect.left_top(), rect.right_top(), rect.right_bottom(), rect.left_bottom(), rect.left_top()];
        self.dashes(&corners, edge);
    }

    /// A dashed line.
    pub fn dashes(&mut self, points: &[Pos2], color: Color32) {
        const DASH: f32 = 4.0;
        let stroke = Stroke::new(measure::HAIRLINE, color);
        self.painter.extend(eframe::egui::Shape::dashed_line(points, stroke, DASH, DASH - 1.0));
    }

    /// A bar without an edge.
    pub fn bar(&mut self, rect: Rect, fill: Color32) {
        self.painter.rect_filled(rect, 1.0, fill);
    }

    pub fn line(&mut self, from: Pos2, to: Pos2, width: f32, color: Color32) {
        self.painter.line_segment([from, to], (width, color));
    }

    /// A line that ends in a head.
    pub fn arrow(&mut self, from: Pos2, to: Pos2, color: Color32) {
        const HEAD: f32 = 4.0;
        self.line(from, to, measure::HAIRLINE, color);
        let back = (from - to).normalized() * HEAD;
        let side = back.rot90() * 0.6;
        let head = vec![to, to + back + side, to + back - side];
        self.painter.add(eframe::egui::Shape::convex_polygon(head, color, Stroke::NONE));
    }

    /// A ring.
    pub fn ring(&mut self, center: Pos2, radius: f32, color: Color32) {
        self.painter.circle_stroke(center, radius, (measure::HAIRLINE, color));
    }

    /// Shows `text` under `name` while the pointer is over `rect`.
    pub fn spot(&mut self, rect: Rect, name: impl Into<String>, text: impl Into<String>) {
        self.spots.push(Spot { rect, name: name.into(), text: text.into() });
    }

    /// Answers the pointer, and puts the drawing into the accessibility tree.
    pub fn finish(self, title: &str, text: &str) {
        #[cfg(test)]
        self.check(title);
        let under = |pointer: Pos2| self.spots.iter().rev().find(|spot| spot.rect.contains(pointer));
        if let Some(spot) = self.response.hover_pos().and_then(under) {
            let edge = (measure::HAIRLINE, self.t.high);
            self.painter.rect_stroke(spot.rect, f32::from(radius::BAR), edge, StrokeKind::Outside);
            tooltip(&self.response, &spot.name, &spot.text);
        }
        describe(&self.response, title, text);
    }

    /// Texts neither leave the drawing nor overlap.
    #[cfg(test)]
    fn check(&self, title: &str) {
        let room = self.rect.expand(1.0);
        for (i, (rect, text)) in self.texts.iter().enumerate() {
            assert!(
                rect.is_finite() && room.contains_rect(*rect),
                "{title}: {text:?} leaves {room:?} at {rect:?}"
            );
            for (other, others) in &self.texts[..i] {
                assert!(
                    !rect.shrink(0.5).intersects(other.shrink(0.5)),
                    "{title}: {text:?} covers {others:?}"
                );
            }
        }
    }
}

/// A box around a point.
pub(super) fn around(x: f32, y: f32, width: f32, height: f32) -> Rect {
    Rect::from_center_size(pos2(x, y), vec2(width, height))
}
