//! Predicted against measured times of every measured run, on logarithmic axes.

use eframe::egui::{Align, Align2, Color32, Id, Layout, Rect, RichText, Ui, pos2, vec2};
use egui_plot::{
    AxisHints, GridInput, GridMark, MarkerShape, PlotPoint, PlotResponse, PlotTransform, Points, Polygon,
};
use headroom::catalog::Calibration;
use headroom::engine::calibration::accuracy::Phase;
use headroom::report::numbers;

use super::card::{Card, WIDE_CARD, plot_card_ui};
use super::frame::{axis, base_plot, describe, height, line};
use super::labels::{limit_label_ui, tooltip};
use super::legend::switch_ui;
use super::scene::{CardPlace, Scene};
use super::table::{Cell, Column, Table};
use crate::app::accuracy::{Page, Point};
use crate::app::answer::Answer;
use crate::app::text::tick;
use crate::app::theme::{caption, regular, semibold, tokens};
use crate::app::tokens::{Tokens, measure, size, space};

const TITLE: &str = "Predicted against measured";
const ID: &str = "accuracy";
/// Half the width of the corridor along the diagonal, as a share of the measured time.
const CORRIDOR: f64 = 0.25;
/// Width of the column of figures beside the plot, points.
const FIGURES_WIDTH: f32 = 132.0;
/// How far from a value the pointer still finds it, points.
const REACH: f32 = 16.0;
/// Marks of the accelerators, so that they differ by more than colour.
const SHAPES: [MarkerShape; 4] =
    [MarkerShape::Circle, MarkerShape::Diamond, MarkerShape::Square, MarkerShape::Up];

/// What is looked at; kept while the window is open.
#[derive(Clone, Default, PartialEq)]
struct Look {
    ttft: bool,
    /// Accelerators that are hidden, by id.
    hidden: Vec<String>,
}

/// The card.
pub(super) const CARD: Card = Card { title: TITLE, table, draw };

fn table(_: &mut Answer, scene: &Scene<'_>) -> Table {
    let seconds = |name, key| Column::number(name, key, numbers::about_seconds);
    let columns = [
        Column::text("phase"),
        Column::text("accelerator").detail(),
        Column::text("run"),
        Column::text("setting"),
        seconds("measured", "measured_s"),
        seconds("predicted", "predicted_s"),
    ];
    let mut table = Table::new(TITLE, columns);
    for page in Phase::ALL.into_iter().filter_map(|phase| scene.accuracy.page(scene.catalog, phase)) {
        let worst = |p: &Point| page.worst.iter().any(|w| w.name == p.name && w.run == p.run);
        for (group, p) in page.groups.iter().flat_map(|group| group.points.iter().map(move |p| (group, p))) {
            let setting = p.run.setting();
            let names = [page.phase.name(), group.name.as_str(), p.name.as_str(), setting.as_str()];
            let mut cells = names.map(Cell::text).to_vec();
            cells.extend([p.measured_s, p.predicted_s].map(Cell::Number));
            // Hundreds of points cannot be read: those that are furthest off can.
            if worst(p) { table.push(cells) } else { table.push_detail(cells) }
        }
    }
    table
}

/// Height of the line that the note takes where it has no room beside the title, points.
const NOTE_LINE: f32 = 20.0;

fn draw(ui: &mut Ui, _: &mut Answer, scene: &Scene<'_>, standing: CardPlace) {
    let mut look: Look = ui.data(|data| data.get_temp(Id::unique(ID))).unwrap_or_default();
    let phase = if look.ttft { Phase::Ttft } else { Phase::Tpot };
    let Some(page) = scene.accuracy.page(scene.catalog, phase) else { return };
    let colors = colors(page, scene, tokens(ui));
    let before = look.clone();
    let note = format!("{}: measured (x), predicted (y)", phase.name().to_lowercase());
    let corner = |ui: &mut Ui| corner_ui(ui, page, &colors, &mut look);
    plot_card_ui(ui, TITLE, &note, corner, |ui| {
        if ui.available_width() < WIDE_CARD {
            let figures = ui.horizontal_wrapped(|ui| figures_ui(ui, page, &scene.catalog.bands));
            let above = figures.response.rect.height() + NOTE_LINE;
            let left = match standing {
                CardPlace::Wall { room } => CardPlace::Wall { room: room.saturating_sub(above as u16) },
                other => other,
            };
            return plot_ui(ui, page, &before, &colors, left);
        }
        ui.horizontal_top(|ui| {
            let plot = vec2(ui.available_width() - FIGURES_WIDTH - space::L, height(standing));
            ui.allocate_ui_with_layout(plot, Layout::top_down(Align::Min), |ui| {
                plot_ui(ui, page, &before, &colors, standing);
            });
            ui.add_space(space::L - space::S);
            ui.vertical(|ui| figures_ui(ui, page, &scene.catalog.bands));
        });
    });
    if look != before {
        ui.data_mut(|data| data.insert_temp(Id::unique(ID), look));
        ui.ctx().request_repaint();
    }
}

/// The phase to look at, and the accelerators; filled from the right.
fn corner_ui(ui: &mut Ui, page: &Page, colors: &[Color32], look: &mut Look) {
    ui.spacing_mut().item_spacing.x = space::S;
    for phase in Phase::ALL.into_iter().rev() {
        let ttft = phase == Phase::Ttft;
        if ui.selectable_label(look.ttft == ttft, phase.label()).on_hover_text(phase.name()).clicked() {
            look.ttft = ttft;
        }
    }
    ui.add_space(space::S);
    for (group, color) in page.groups.iter().zip(colors).rev() {
        let was = !look.hidden.contains(&group.id);
        let mut shown = was;
        switch_ui(ui, &group.name, *color, &mut shown);
        if was && !shown {
            look.hidden.push(group.id.clone());
        } else if shown && !was {
            look.hidden.retain(|id| *id != group.id);
        }
    }
}

/// The colours of the accelerators: their own where they have one, else one that no other here has.
fn colors(page: &Page, scene: &Scene<'_>, t: &Tokens) -> Vec<Color32> {
    let own: Vec<_> = page.groups.iter().map(|group| scene.palette.own_color(&group.id, t)).collect();
    let mut free = t.series.into_iter().filter(|color| !own.contains(&Some(*color)));
    own.iter().map(|color| color.or_else(|| free.next()).unwrap_or(t.low)).collect()
}

/// The headline numbers: of all accelerators, hidden or not.
fn figures_ui(ui: &mut Ui, page: &Page, bands: &Calibration) {
    let t = tokens(ui);
    let s = &page.summary;
    let whole = |fraction: f64| format!("{}%", numbers::count(100.0 * fraction));
    let figures = [
        (whole(s.median_error), "median error"),
        (whole(s.p90_error), "90th percentile"),
        (whole(s.inside_band), "inside the band"),
        (numbers::count(s.count as f64), "measured values"),
    ];
    for (value, label) in figures {
        ui.vertical(|ui| {
            ui.spacing_mut().item_spacing.y = 0.0;
            ui.label(RichText::new(value).font(semibold(size::VERDICT)).color(t.high));
            ui.label(caption(label, t));
        });
        ui.add_space(space::M);
    }
    let unseen = |left_out: &str| {
        bands.trials.iter().find(|trial| trial.left_out == left_out && trial.phase == page.phase)
    };
    let mut fitted = "The engine was fitted to these runs.".to_owned();
    if let (Some(model), Some(accelerator)) = (unseen("model"), unseen("accelerator")) {
        fitted += &format!(
            " On models left out of the fit: {}; on accelerators left out: {}.",
            whole(model.median_error),
            whole(accelerator.median_error)
        );
    }
    ui.add(eframe::egui::Label::new(caption(fitted, t)).wrap());
}

fn plot_ui(ui: &mut Ui, page: &Page, look: &Look, colors: &[Color32], standing: CardPlace) {
    let t = tokens(ui);
    let shown = || page.groups.iter().zip(colors).zip(SHAPES.iter().cycle());
    let shown = || shown().filter(|((group, _), _)| !look.hidden.contains(&group.id));
    let points = || shown().flat_map(|((group, _), _)| &group.points);
    // Both axes have the same ends, whatever is hidden.
    let all = page.groups.iter().flat_map(|group| &group.points).flat_map(place);
    let (low, high) = all.fold((f64::MAX, f64::MIN), |(low, high), v| (low.min(v), high.max(v)));
    let (low, high) = (low - 0.05, high + 0.05);
    let plot = base_plot(ID, height(standing), t)
        .x_grid_spacer(log_marks)
        .y_grid_spacer(log_marks)
        .custom_x_axes(vec![axis(AxisHints::new_x(), t, time_tick)])
        .custom_y_axes(vec![axis(AxisHints::new_y(), t, time_tick)])
        .show(ui, |plot| {
            plot.set_plot_bounds_x(low..=high);
            plot.set_plot_bounds_y(low..=high);
            let (above, below) = ((1.0 + CORRIDOR).log10(), (1.0 - CORRIDOR).log10());
            let corridor =
                vec![[low, low + below], [high, high + below], [high, high + above], [low, low + above]];
            plot.polygon(
                Polygon::new("corridor", corridor)
                    .fill_color(t.grid)
                    .stroke((0.0, t.grid))
                    .allow_hover(false),
            );
            plot.line(
                line("diagonal", vec![[low, low], [high, high]])
                    .color(t.middle)
                    .width(measure::HAIRLINE)
                    .allow_hover(false),
            );
            for ((group, color), shape) in shown() {
                let places: Vec<[f64; 2]> = group.points.iter().map(place).collect();
                plot.points(
                    Points::new(group.name.clone(), places)
                        .shape(*shape)
                        .color(color.gamma_multiply(0.75))
                        .radius(2.6)
                        .allow_hover(false),
                );
            }
        });
    let corner = plot.transform.position_from_point(&PlotPoint::new(high, high));
    limit_label_ui(ui, pos2(corner.x - 30.0, corner.y + 6.0), Align2::RIGHT_TOP, "exact, ±25%", t.middle);
    let worst =
        page.worst.iter().filter(|worst| points().any(|p| p.run == worst.run && p.name == worst.name));
    name_worst_ui(ui, &plot.transform, worst);
    hover_ui(ui, &plot, points());
    describe(&plot.response, TITLE, &summary(page));
}

/// Position of a value: decimal logarithms of seconds.
fn place(point: &Point) -> [f64; 2] {
    [point.measured_s.log10(), point.predicted_s.log10()]
}

/// Marks at 1, 2 and 5 of every decade.
fn log_marks(input: GridInput) -> Vec<GridMark> {
    let (low, high) = input.bounds;
    let decades = low.floor() as i32..=high.ceil() as i32;
    let marks = decades.flat_map(|decade| [1.0_f64, 2.0, 5.0].map(|m| m.log10() + f64::from(decade)));
    marks.filter(|v| (low..=high).contains(v)).map(|value| GridMark { value, step_size: 0.3 }).collect()
}

/// A time written in milliseconds or seconds: minutes would not be round.
fn time_tick(log: f64) -> String {
    let time_s = 10f64.powf(log);
    if time_s < 0.999 { format!("{} ms", tick(time_s * 1e3)) } else { format!("{} s", tick(time_s)) }
}

/// Names the values furthest off beside their marks, pushed apart where they would cover each other.
fn name_worst_ui<'p>(ui: &Ui, transform: &PlotTransform, worst: impl Iterator<Item = &'p Point>) {
    const LINE: f32 = 15.0;
    const ASIDE: f32 = 8.0;
    /// Names would cover a narrower plot: the pointer shows them there.
    const NAMES_FROM: f32 = 420.0;
    let t = tokens(ui);
    let frame = *transform.frame();
    if frame.width() < NAMES_FROM {
        return;
    }
    let mut taken: Vec<Rect> = Vec::new();
    for point in worst {
        let [x, y] = place(point);
        let at = transform.position_from_point(&PlotPoint::new(x, y));
        ui.painter().circle_stroke(at, 4.5, (measure::HAIRLINE, t.high));
        let text = format!("{}: {}", point.name, point.factor());
        let size = ui.painter().layout_no_wrap(text.clone(), regular(size::CAPTION), t.high).size();
        // Away from the diagonal, where there is nothing to cover; but inside the frame.
        let room = size.x + 2.0 * ASIDE;
        let left = if y > x { at.x - room > frame.left() } else { at.x + room > frame.right() };
        let (anchor, step) = if left { (Align2::RIGHT_CENTER, -ASIDE) } else { (Align2::LEFT_CENTER, ASIDE) };
        let mut start = pos2(at.x + step, at.y);
        let place = anchor.anchor_size(start, size);
        start.x -= (place.right() + 4.0 - frame.right()).max(0.0);
        start.x += (frame.left() + 4.0 - place.left()).max(0.0);
        while taken.iter().any(|rect| rect.intersects(anchor.anchor_size(start, size))) {
            start.y += LINE;
        }
        taken.push(anchor.anchor_size(start, size));
        limit_label_ui(ui, start, anchor, &text, t.high);
    }
}

/// The value under the pointer, marked and named.
fn hover_ui<'p>(ui: &Ui, plot: &PlotResponse<()>, points: impl Iterator<Item = &'p Point>) {
    let Some(pointer) = plot.response.hover_pos() else { return };
    let on_screen = |point: &Point| {
        let [x, y] = place(point);
        plot.transform.position_from_point(&PlotPoint::new(x, y))
    };
    let near = points.map(|point| (on_screen(point).distance(pointer), point));
    let Some((_, point)) = near.filter(|(d, _)| *d < REACH).min_by(|a, b| a.0.total_cmp(&b.0)) else {
        return;
    };
    let t = tokens(ui);
    ui.painter().circle(on_screen(point), 4.0, t.panel, (measure::LINE, t.high));
    tooltip(&plot.response, &point.name, &point.description());
}

fn summary(page: &Page) -> String {
    let s = &page.summary;
    let worst: Vec<String> = page.worst.iter().map(|p| format!("{}, {}", p.name, p.description())).collect();
    let names: Vec<&str> = page.groups.iter().map(|group| group.name.as_str()).collect();
    format!(
        "{} measured on {}: {} values, median error {}, 90th percentile {}, {} inside the band. Furthest off: {}",
        page.phase.name(),
        names.join(", "),
        s.count,
        numbers::percent(s.median_error),
        numbers::percent(s.p90_error),
        numbers::percent(s.inside_band),
        worst.join("; ").replace('\n', ", ")
    )
}
