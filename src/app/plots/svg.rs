//! A card as SVG: drawn once more off screen, whole whatever the window shows of it, and its shapes written down.

use std::fmt::Write as _;

use eframe::egui::epaint::{self, ClippedShape, PathStroke, TextShape, color::ColorMode};
use eframe::egui::{Color32, Context, FontFamily, Pos2, RawInput, Rect, Shape, Stroke, StrokeKind, Ui, vec2};

use super::export::for_file;
use crate::app::{fonts, theme};

/// Width of a card in a file, points: its names and its legend have room.
const WIDTH: f32 = 880.0;
/// More than any card is high.
const HEIGHT: f32 = 4000.0;
/// Faces used where Inter is not installed; every text is fitted to the width it had.
const FACES: &str = "Inter, 'Helvetica Neue', Helvetica, Arial, sans-serif";

/// What `draw` draws, in the theme of `ctx` and with the parts shown that are shown there.
pub(super) fn svg(ctx: &Context, title: &str, mut draw: impl FnMut(&mut Ui)) -> String {
    let off = Context::default();
    fonts::install(&off);
    theme::install(&off);
    off.set_theme(ctx.theme());
    off.data_mut(|data| {
        *data = ctx.data(Clone::clone);
        data.insert_temp(for_file(), true);
    });
    let input = RawInput {
        screen_rect: Some(Rect::from_min_size(Pos2::ZERO, vec2(WIDTH, HEIGHT))),
        ..RawInput::default()
    };
    let mut rect = Rect::NOTHING;
    let mut pass = || {
        off.run_ui(input.clone(), |ui| {
            let card = ui.scope(|ui| {
                ui.set_width(WIDTH);
                draw(ui);
            });
            rect = card.response.rect;
        })
    };
    // The first pass finds out how high everything is.
    pass().textures_delta.clear();
    let mut output = pass();
    output.textures_delta.clear();
    written(title, rect, &output.shapes)
}

/// The document: `shapes` inside `rect`.
fn written(title: &str, rect: Rect, shapes: &[ClippedShape]) -> String {
    let (width, height) = (rect.width(), rect.height());
    let mut page = Writer { out: String::new(), clips: Vec::new() };
    for ClippedShape { clip_rect, shape, .. } in shapes {
        let bounds = shape.visual_bounding_rect();
        if matches!(shape, Shape::Noop) || !bounds.intersects(*clip_rect) {
            continue;
        }
        let clipped = !clip_rect.expand(0.5).contains_rect(bounds);
        if clipped {
            let place = page.clip(*clip_rect);
            let _ = write!(page.out, r#"<g clip-path="url(#c{place})">"#);
        }
        page.shape(shape);
        page.out.push_str(if clipped { "</g>\n" } else { "\n" });
    }
    let mut clips = String::new();
    for (i, r) in page.clips.iter().enumerate() {
        let _ = write!(
            clips,
            r#"<clipPath id="c{i}"><rect x="{:.2}" y="{:.2}" width="{:.2}" height="{:.2}"/></clipPath>"#,
            r.left(),
            r.top(),
            r.width(),
            r.height()
        );
    }
    format!(
        concat!(
            r#"<svg xmlns="http://www.w3.org/2000/svg" viewBox="{x:.2} {y:.2} {w:.2} {h:.2}" "#,
            r#"width="{w:.0}" height="{h:.0}" font-family="{faces}" style="font-variant-numeric: tabular-nums">"#,
            "\n<title>{title}</title>\n<defs>{clips}</defs>\n{shapes}</svg>\n"
        ),
        x = rect.left(),
        y = rect.top(),
        w = width,
        h = height,
        faces = FACES,
        title = escaped(title),
        clips = clips,
        shapes = page.out,
    )
}

/// What has been written so far.
struct Writer {
    out: String,
    clips: Vec<Rect>,
}

impl Writer {
    /// Number of the rectangle that cuts off.
    fn clip(&mut self, rect: Rect) -> usize {
        self.clips.iter().position(|known| *known == rect).unwrap_or_else(|| {
            self.clips.push(rect);
            self.clips.len() - 1
        })
    }

    fn shape(&mut self, shape: &Shape) {
        match shape {
            Shape::Noop | Shape::Callback(_) | Shape::Band(_) => {}
            Shape::Vec(shapes) => shapes.iter().for_each(|shape| self.shape(shape)),
            Shape::Circle(c) => {
                let _ = write!(
                    self.out,
                    r#"<circle cx="{:.2}" cy="{:.2}" r="{:.2}"{}{}/>"#,
                    c.center.x,
                    c.center.y,
                    c.radius,
                    fill(c.fill),
                    stroke(c.stroke)
                );
            }
            Shape::Ellipse(e) => {
                let _ = write!(
                    self.out,
                    r#"<ellipse cx="{:.2}" cy="{:.2}" rx="{:.2}" ry="{:.2}"{}{}/>"#,
                    e.center.x,
                    e.center.y,
                    e.radius.x,
                    e.radius.y,
                    fill(e.fill),
                    stroke(e.stroke)
                );
            }
            Shape::LineSegment { points, stroke: s } => {
                let [a, b] = points;
                let _ = write!(
                    self.out,
                    r#"<line x1="{:.2}" y1="{:.2}" x2="{:.2}" y2="{:.2}"{}/>"#,
                    a.x,
                    a.y,
                    b.x,
                    b.y,
                    stroke(*s)
                );
            }
            Shape::Path(path) => {
                let color = if path.closed { path.fill } else { Color32::TRANSPARENT };
                self.path(&path.points, path.closed, color, solid(&path.stroke));
            }
            Shape::QuadraticBezier(b) => {
                self.path(&b.flatten(None), b.closed, b.fill, solid(&b.stroke));
            }
            Shape::CubicBezier(b) => {
                self.path(&b.flatten(None), b.closed, b.fill, solid(&b.stroke));
            }
            Shape::Rect(rect) => self.rect(rect),
            Shape::Text(text) => self.text(text),
            Shape::Mesh(mesh) => self.mesh(mesh),
        }
    }

    fn path(&mut self, points: &[Pos2], closed: bool, color: Color32, s: Stroke) {
        let mut to = String::new();
        for (i, p) in points.iter().enumerate() {
            let _ = write!(to, "{}{:.2} {:.2}", if i == 0 { 'M' } else { 'L' }, p.x, p.y);
        }
        let end = if closed { "Z" } else { "" };
        let _ =
            write!(self.out, r#"<path d="{to}{end}"{}{} stroke-linejoin="round"/>"#, fill(color), stroke(s));
    }

    fn rect(&mut self, shape: &epaint::RectShape) {
        let half = shape.stroke.width / 2.0;
        let r = match shape.stroke_kind {
            StrokeKind::Inside => shape.rect.shrink(half),
            StrokeKind::Middle => shape.rect,
            StrokeKind::Outside => shape.rect.expand(half),
        };
        let _ = write!(
            self.out,
            r#"<rect x="{:.2}" y="{:.2}" width="{:.2}" height="{:.2}" rx="{}"{}{}/>"#,
            r.left(),
            r.top(),
            r.width().max(0.0),
            r.height().max(0.0),
            shape.corner_radius.nw,
            fill(shape.fill),
            stroke(shape.stroke)
        );
    }

    /// A gradient: each triangle in its mean colour.
    #[expect(clippy::disallowed_methods, reason = "a mean of colours that have names")]
    fn mesh(&mut self, mesh: &epaint::Mesh) {
        for corners in mesh.indices.chunks_exact(3) {
            let corners = [corners[0], corners[1], corners[2]].map(|i| mesh.vertices[i as usize]);
            let mean = |read: fn(Color32) -> u8| {
                (corners.iter().map(|v| u32::from(read(v.color))).sum::<u32>() / 3) as u8
            };
            let color = Color32::from_rgba_premultiplied(
                mean(|c| c.r()),
                mean(|c| c.g()),
                mean(|c| c.b()),
                mean(|c| c.a()),
            );
            self.path(&corners.map(|v| v.pos), true, color, Stroke::NONE);
        }
    }

    /// Each run of one format in a row is a text of its own, as wide as it was drawn.
    fn text(&mut self, text: &TextShape) {
        let turned = text.angle != 0.0;
        if turned {
            let (degrees, at) = (text.angle.to_degrees(), text.pos);
            let _ = write!(self.out, r#"<g transform="rotate({degrees:.2} {:.2} {:.2})">"#, at.x, at.y);
        }
        let job = &text.galley.job;
        let mut byte = 0;
        for row in &text.galley.rows {
            let mut runs: Vec<(usize, f32, Pos2, f32, String)> = Vec::new();
            for glyph in &row.row.glyphs {
                let here = job.text.get(byte..).and_then(|rest| rest.chars().next());
                let section =
                    job.sections.iter().position(|s| s.byte_range.contains(&byte.into())).unwrap_or(0);
                // The ellipsis of a cut text is not a character of the text.
                if here == Some(glyph.chr) {
                    byte += glyph.chr.len_utf8();
                }
                let at = text.pos + row.pos.to_vec2() + glyph.pos.to_vec2();
                match runs.last_mut() {
                    Some((known, _, _, end, run)) if *known == section => {
                        *end = at.x + glyph.advance_width;
                        run.push(glyph.chr);
                    }
                    _ => {
                        let end = at.x + glyph.advance_width;
                        runs.push((section, at.x, at, end, glyph.chr.to_string()));
                    }
                }
            }
            if row.ends_with_newline {
                byte += 1;
            }
            for (section, start, at, end, run) in runs {
                let Some(format) = job.sections.get(section).map(|s| &s.format) else { continue };
                let color = match text.override_text_color {
                    Some(color) => color,
                    None if format.color == Color32::PLACEHOLDER => text.fallback_color,
                    None => format.color,
                };
                if run.trim().is_empty() {
                    continue;
                }
                let bold = format.font_id.family == FontFamily::Name(fonts::SEMIBOLD.into());
                let _ = write!(
                    self.out,
                    r#"<text x="{start:.2}" y="{:.2}" font-size="{}" font-weight="{}" textLength="{:.2}" lengthAdjust="spacingAndGlyphs" xml:space="preserve"{}>{}</text>"#,
                    at.y,
                    format.font_id.size,
                    if bold { 600 } else { 400 },
                    end - start,
                    fill(color.gamma_multiply(text.opacity_factor)),
                    escaped(&run)
                );
            }
        }
        if turned {
            self.out.push_str("</g>");
        }
    }
}

fn solid(stroke: &PathStroke) -> Stroke {
    match &stroke.color {
        ColorMode::Solid(color) => Stroke::new(stroke.width, *color),
        ColorMode::UV(_) => Stroke::NONE,
    }
}

/// ` name="#rrggbb"`, and its opacity where it is not whole.
fn paint(name: &str, color: Color32) -> String {
    let [r, g, b, a] = color.to_srgba_unmultiplied();
    match a {
        0 => format!(r#" {name}="none""#),
        255 => format!(r##" {name}="#{r:02x}{g:02x}{b:02x}""##),
        _ => format!(r##" {name}="#{r:02x}{g:02x}{b:02x}" {name}-opacity="{:.3}""##, f32::from(a) / 255.0),
    }
}

fn fill(color: Color32) -> String {
    paint("fill", color)
}

fn stroke(stroke: Stroke) -> String {
    if stroke.width <= 0.0 || stroke.color.a() == 0 {
        return String::new();
    }
    format!(r#"{} stroke-width="{:.2}""#, paint("stroke", stroke.color), stroke.width)
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}
