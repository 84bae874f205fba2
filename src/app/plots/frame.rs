//! What every plot is drawn in: bounds, axes with round marks, a description for the accessibility tree.

use eframe::egui::{self, Color32, Role, Sense, Ui, WidgetInfo, vec2};
use egui_plot::{AxisHints, GridInput, GridMark, Line, LineStyle, Plot};

use headroom::report::numbers;
use headroom::units::Unit;

use super::scene::CardPlace;
use crate::app::theme::{regular, shade};
use crate::app::tokens::{Tokens, measure, size};

/// The share of the horizontal axis that names at the ends of lines need beyond the data.
pub(super) fn room_for_names(ui: &Ui) -> f64 {
    const NAMES: f32 = 102.0;
    const AXIS: f32 = 44.0;
    f64::from(NAMES / (ui.available_width() - AXIS - NAMES).max(NAMES))
}

/// Round marks of an axis: about one every `every` points.
pub(super) fn marks(input: &GridInput, every: f64) -> Vec<GridMark> {
    let (low, high) = input.bounds;
    // The recommended step is the least that egui would draw, eight points apart.
    let step = input.base_step_size / 8.0 * every;
    if !step.is_finite() || step <= 0.0 {
        return Vec::new();
    }
    let decade = 10f64.powf(step.log10().floor());
    let step = [1.0, 2.0, 5.0, 10.0].into_iter().map(|m| m * decade).find(|s| *s >= step).unwrap_or(step);
    let (first, last) = ((low / step).ceil() as i64, (high / step).floor() as i64);
    (first..=last.min(first + 200)).map(|i| GridMark { value: i as f64 * step, step_size: step }).collect()
}

/// Marks that are round in the currency in force, of an axis of US dollars.
pub(super) fn money_marks(input: GridInput) -> Vec<GridMark> {
    let rate = numbers::written(1.0, Unit::Usd);
    let (low, high) = input.bounds;
    let shown = GridInput { bounds: (low * rate, high * rate), base_step_size: input.base_step_size * rate };
    let in_usd = |mark: GridMark| GridMark { value: mark.value / rate, step_size: mark.step_size / rate };
    marks(&shown, 40.0).into_iter().map(in_usd).collect()
}

/// A plot that shows and answers the pointer, and neither moves nor zooms.
pub(super) fn base_plot<'a>(id: &str, height: f32, t: &Tokens) -> Plot<'a> {
    Plot::new(id)
        .height(height)
        .sense(Sense::hover())
        .allow_zoom(false)
        .allow_scroll(false)
        .allow_drag(false)
        .allow_boxed_zoom(false)
        .allow_axis_zoom_drag(false)
        .allow_double_click_reset(false)
        .show_background(false)
        .show_crosshair(false)
        .set_margin_fraction(vec2(0.0, 0.0))
        .grid_color(t.grid)
        .grid_fade(0.0)
        .x_grid_spacer(|input| marks(&input, 64.0))
        .y_grid_spacer(|input| marks(&input, 40.0))
        .label_formatter(|_| None)
}

/// An axis in the small face, its marks written by `write`.
pub(super) fn axis<'a>(
    hints: AxisHints<'a>,
    t: &Tokens,
    write: impl Fn(f64) -> String + 'a,
) -> AxisHints<'a> {
    hints
        .tick_label_font(regular(size::CAPTION))
        .tick_label_color(t.middle)
        .label_spacing(egui::Rangef::new(10.0, 14.0))
        .formatter(move |mark, _| write(mark.value))
}

/// A line through `points` as they are: steps would be drawn slanted where egui_plot joins near points to a band.
pub(super) fn line<'a>(name: impl Into<String>, points: Vec<[f64; 2]>) -> Line<'a> {
    Line::new(name, points).allow_band(false)
}

/// A line as it was when it was pinned.
pub(super) fn ghost<'a>(points: Vec<[f64; 2]>, color: Color32, t: &Tokens) -> Line<'a> {
    line("", points)
        .color(shade(color, t.panel, 0.6))
        .width(measure::HAIRLINE)
        .style(LineStyle::dashed_dense())
        .allow_hover(false)
}

/// The part of a line left of `end`, cut exactly there.
pub(super) fn until(points: &[[f64; 2]], end: f64) -> Vec<[f64; 2]> {
    let inside = points.iter().take_while(|p| p[0] <= end).count();
    let mut kept = points[..inside].to_vec();
    if let (Some(a), Some(b)) = (inside.checked_sub(1).and_then(|i| points.get(i)), points.get(inside)) {
        let share = (end - a[0]) / (b[0] - a[0]);
        kept.push([end, a[1] + share * (b[1] - a[1])]);
    }
    kept
}

/// Describes a plot in the accessibility tree.
pub(super) fn describe(response: &egui::Response, title: &str, text: &str) {
    response.widget_info(|| WidgetInfo::labeled(Role::Figure, true, format!("{title}. {text}")));
}

/// Height of a plot.
pub(super) fn height(standing: CardPlace) -> f32 {
    match standing {
        CardPlace::Overview => measure::PLOT_HEIGHT,
        CardPlace::Page => measure::PLOT_HEIGHT_LARGE,
        CardPlace::Wall { room } => {
            (f32::from(room) - measure::CARD_AROUND_PLOT).max(measure::PLOT_HEIGHT_LEAST)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_cut_where_the_axis_ends() {
        let line = [[0.0, 0.0], [10.0, 10.0], [20.0, 40.0]];
        assert_eq!(until(&line, 15.0), vec![[0.0, 0.0], [10.0, 10.0], [15.0, 25.0]]);
        assert_eq!(until(&line, 50.0), line.to_vec());
        assert!(until(&line, -1.0).is_empty());
    }

    #[test]
    fn marks_are_round_and_inside() {
        let marks = marks(&GridInput { bounds: (3.0, 97.0), base_step_size: 3.0 }, 40.0);
        let values: Vec<f64> = marks.iter().map(|m| m.value).collect();
        assert_eq!(values, [20.0, 40.0, 60.0, 80.0]);
    }
}
