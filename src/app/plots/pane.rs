//! Plots one under the other over the same axis: a title with its unit, lines, a limit, and marks across all of them.

use eframe::egui::{Align2, Color32, Ui, pos2};
use egui_plot::{AxisHints, LineStyle, PlotPoint, PlotResponse, Points, VLine};

use super::frame::{axis, base_plot, height, line};
use super::labels::{EndLabel, end_labels_ui, limit_label_ui};
use super::scene::CardPlace;
use crate::app::theme::{caption, strong, tokens};
use crate::app::tokens::{measure, space};

/// A line of a pane.
pub(super) struct PaneLine {
    /// At its end; empty: no name.
    pub name: String,
    pub points: Vec<[f64; 2]>,
    pub color: Color32,
    pub width: f32,
    pub dashed: bool,
}

/// A point with the least and the greatest that it may be as well.
#[derive(Clone, Copy)]
pub(super) struct Dot {
    pub at: [f64; 2],
    pub reach: [f64; 2],
}

impl Dot {
    /// One that is known.
    pub fn sure(at: [f64; 2]) -> Self {
        Self { at, reach: [at[1]; 2] }
    }
}

/// A vertical mark: today's load, a limit, the moment under the pointer.
#[derive(Clone)]
pub(super) struct Across {
    pub at: f64,
    /// Over the topmost pane; empty: no text.
    pub label: String,
    pub color: Color32,
    pub dashed: bool,
}

/// One of several plots over the same axis.
pub(super) struct Pane<'a> {
    pub id: &'a str,
    pub title: &'a str,
    pub unit: &'a str,
    pub height: f32,
    /// Ends of the horizontal axis, and room beyond it for names.
    pub across: (f64, f64),
    pub room: f64,
    /// End of the vertical axis, which starts at 0.
    pub top: f64,
    /// A level that is not to be passed, and how it is called.
    pub limit: Option<(f64, String)>,
    pub lines: Vec<PaneLine>,
    /// Points of their own, such as what was simulated, each with how far it reaches down and up.
    pub dots: Vec<Dot>,
    pub marks: &'a [Across],
    /// Whether the horizontal axis has its numbers here: the last of the panes.
    pub last: bool,
}

impl Pane<'_> {
    /// Draws it; how numbers across and up are written.
    pub fn ui(
        self,
        ui: &mut Ui,
        write_across: impl Fn(f64) -> String,
        write_up: impl Fn(f64) -> String,
    ) -> PlotResponse<()> {
        let t = tokens(ui);
        ui.horizontal(|ui| {
            ui.spacing_mut().item_spacing.x = space::XS;
            ui.label(strong(self.title, t));
            ui.label(caption(self.unit, t));
        });
        let (from, to) = self.across;
        let end = to + (to - from) * self.room;
        let (last, top) = (self.last, self.top);
        let lines = &self.lines;
        let plot = base_plot(self.id, self.height, t)
            .custom_x_axes(vec![axis(AxisHints::new_x(), t, move |v| {
                if last && v <= to { write_across(v) } else { String::new() }
            })])
            .custom_y_axes(vec![axis(AxisHints::new_y(), t, write_up).min_thickness(AXIS)])
            .show(ui, |plot| {
                plot.set_plot_bounds_x(from..=end);
                plot.set_plot_bounds_y(0.0..=top);
                if let Some((limit, _)) = &self.limit {
                    let level = line("", vec![[from, *limit], [to, *limit]]);
                    plot.line(
                        level
                            .color(t.bad)
                            .width(measure::HAIRLINE)
                            .style(LineStyle::dashed_dense())
                            .allow_hover(false),
                    );
                }
                for mark in self.marks {
                    let style = if mark.dashed { LineStyle::dashed_dense() } else { LineStyle::Solid };
                    plot.vline(
                        VLine::new("", mark.at)
                            .color(mark.color)
                            .width(measure::HAIRLINE)
                            .style(style)
                            .allow_hover(false),
                    );
                }
                for drawn in lines {
                    let style = if drawn.dashed { LineStyle::dashed_dense() } else { LineStyle::Solid };
                    let shown: Vec<[f64; 2]> = below(&drawn.points, top);
                    plot.line(
                        line(drawn.name.clone(), shown)
                            .color(drawn.color)
                            .width(drawn.width)
                            .style(style)
                            .allow_hover(false),
                    );
                }
                if !self.dots.is_empty() {
                    for Dot { at: [x, _], reach: [low, high] } in &self.dots {
                        let whisker = line("", vec![[*x, *low], [*x, *high]]);
                        plot.line(whisker.color(t.high).width(measure::LINE).allow_hover(false));
                    }
                    let places: Vec<[f64; 2]> = self.dots.iter().map(|dot| dot.at).collect();
                    for (color, radius) in [(t.panel, 5.0), (t.high, 3.5)] {
                        plot.points(
                            Points::new("", places.clone()).color(color).radius(radius).allow_hover(false),
                        );
                    }
                }
            });
        let frame = *plot.transform.frame();
        for mark in self.marks.iter().filter(|mark| !mark.label.is_empty()) {
            let x = plot.transform.position_from_point(&PlotPoint::new(mark.at, 0.0)).x;
            let anchor = if x > frame.center().x { Align2::RIGHT_TOP } else { Align2::LEFT_TOP };
            let aside = if x > frame.center().x { -4.0 } else { 4.0 };
            limit_label_ui(ui, pos2(x + aside, frame.top() + 2.0), anchor, &mark.label, mark.color);
        }
        // Of lines that leave at the top the highest has its name first.
        let mut names: Vec<EndLabel> = lines
            .iter()
            .rev()
            .filter(|drawn| !drawn.name.is_empty())
            .filter_map(|drawn| {
                let at = *below(&drawn.points, top).last()?;
                // A line that ends inside has its name there.
                let inside = drawn.points.last().is_some_and(|end| end[1] <= top);
                Some(EndLabel {
                    at: [if inside { at[0] } else { to }, at[1]],
                    text: drawn.name.clone(),
                    color: drawn.color,
                })
            })
            .collect();
        if let Some((limit, name)) = self.limit.filter(|(limit, _)| *limit <= top) {
            names.push(EndLabel { at: [to, limit], text: name, color: t.bad });
        }
        end_labels_ui(ui, &plot.transform, names);
        plot
    }
}

/// Height of each of `panes` in one card: cards beside each other end at the same line, however many they have.
pub(super) fn pane_height(standing: CardPlace, panes: usize) -> f32 {
    height(standing) * TALLER / panes as f32 - HEAD
}

/// Height of the title of a pane, with the space around it.
const HEAD: f32 = 35.0;
/// Several panes want more height than one plot.
const TALLER: f32 = 1.9;

/// Width of the vertical axis, the same in all panes, so that they stand exactly under each other.
const AXIS: f32 = 40.0;

/// A rising line up to `top`, cut exactly there.
fn below(points: &[[f64; 2]], top: f64) -> Vec<[f64; 2]> {
    let inside = points.iter().take_while(|p| p[1] <= top).count();
    let mut kept = points[..inside].to_vec();
    if let (Some(a), Some(b)) = (inside.checked_sub(1).and_then(|i| points.get(i)), points.get(inside)) {
        let share = (top - a[1]) / (b[1] - a[1]);
        kept.push([a[0] + share * (b[0] - a[0]), top]);
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_cut_at_the_top() {
        let line = [[0.0, 1.0], [1.0, 2.0], [2.0, 4.0]];
        assert_eq!(below(&line, 3.0), vec![[0.0, 1.0], [1.0, 2.0], [1.5, 3.0]]);
        assert_eq!(below(&line, 9.0), line.to_vec());
        assert!(below(&line, 0.5).is_empty());
    }
}
