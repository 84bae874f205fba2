//! The plots, one a file, and what they share: card, axes, labels at the line, legend.

mod latency;
mod load;
mod memory;
mod power;
mod time;

use eframe::egui::{
    self, Align, Align2, Color32, Layout, Pos2, Rect, Role, Sense, Ui, WidgetInfo, pos2, vec2,
};
use egui_plot::{AxisHints, GridInput, GridMark, Plot, PlotPoint, PlotResponse, PlotTransform};
use headroom::catalog::Catalog;
use headroom::scenario::Scenario;

use super::answer::Answer;
use super::palette::Palette;
use super::theme::{body, caption, card, regular, strong, tokens};
use super::tokens::{Tokens, measure, radius, size, space};

/// What every plot reads.
pub struct Scene<'a> {
    pub scenario: &'a Scenario,
    pub catalog: &'a Catalog,
    pub palette: &'a Palette,
    /// Accelerator picked in the table.
    pub selected: Option<&'a str>,
}

/// The pages under the table.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Tab {
    #[default]
    Overview,
    Memory,
    Latency,
    Power,
    Cost,
}

impl Tab {
    pub const ALL: [Self; 5] = [Self::Overview, Self::Memory, Self::Latency, Self::Power, Self::Cost];

    /// The word on the tab.
    pub fn label(self) -> &'static str {
        match self {
            Self::Overview => "Overview",
            Self::Memory => "Memory",
            Self::Latency => "Latency",
            Self::Power => "Power",
            Self::Cost => "Cost",
        }
    }
}

/// From this width of a card on, its legend stands beside the title.
const WIDE_CARD: f32 = 540.0;

type Draw = fn(&mut Ui, &mut Answer, &Scene<'_>, bool);

/// The plots of a page, in one column or two.
pub fn page_ui(ui: &mut Ui, tab: Tab, answer: &mut Answer, scene: &Scene<'_>, one_column: bool) {
    let cards: &[Draw] = match tab {
        Tab::Overview => &[memory::card_ui, latency::card_ui, power::card_ui, time::card_ui],
        Tab::Memory => &[memory::card_ui],
        Tab::Latency => &[latency::card_ui],
        Tab::Power => &[power::card_ui],
        Tab::Cost => &[load::card_ui, time::card_ui],
    };
    let large = tab != Tab::Overview;
    let columns = if one_column { 1 } else { cards.len().min(2) };
    let width = (ui.available_width() - space::M * (columns - 1) as f32) / columns as f32;
    for row in cards.chunks(columns) {
        ui.horizontal_top(|ui| {
            ui.spacing_mut().item_spacing.x = space::M;
            for draw in row {
                ui.allocate_ui_with_layout(vec2(width, 0.0), Layout::top_down(Align::Min), |ui| {
                    ui.set_width(width);
                    ui.spacing_mut().item_spacing = vec2(space::S, space::XS);
                    draw(ui, answer, scene, large);
                });
            }
        });
        ui.add_space(space::M - space::XS);
    }
}

/// The row of tabs.
pub fn tabs_ui(ui: &mut Ui, tab: &mut Tab) {
    let t = tokens(ui);
    let line = ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = space::XL;
        for page in Tab::ALL {
            let chosen = *tab == page;
            let word = if chosen { strong(page.label(), t) } else { body(page.label(), t) };
            let response = ui.add(egui::Label::new(word).sense(Sense::click()));
            response.widget_info(|| WidgetInfo::selected(Role::Tab, true, chosen, page.label()));
            super::theme::focus_ring(ui, &response, response.rect.expand(space::XS), f32::from(radius::BAR));
            if chosen {
                let y = response.rect.bottom() + space::S - 1.0;
                ui.painter().hline(response.rect.x_range(), y, (measure::FOCUS_RING, t.accent));
            }
            if response.on_hover_cursor(egui::CursorIcon::PointingHand).clicked() {
                *tab = page;
            }
        }
    });
    let y = line.response.rect.bottom() + space::S;
    ui.painter().hline(ui.max_rect().x_range(), y, (measure::HAIRLINE, t.stroke));
    ui.add_space(space::L);
}

/// A card with a title, what its vertical axis shows, and a legend in the corner.
fn plot_card_ui(
    ui: &mut Ui,
    title: &str,
    note: &str,
    corner: impl FnOnce(&mut Ui),
    add: impl FnOnce(&mut Ui),
) {
    let t = tokens(ui);
    let margin = egui::Margin::symmetric(space::L as i8 - 2, space::M as i8 - 2);
    card(t).inner_margin(margin).show(ui, |ui| {
        ui.set_min_width(ui.available_width());
        let wide = ui.available_width() >= WIDE_CARD;
        let mut corner = Some(corner);
        ui.horizontal(|ui| {
            ui.label(strong(title, t));
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                if let Some(corner) = corner.take_if(|_| wide) {
                    corner(ui);
                }
                ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
                    ui.add(egui::Label::new(caption(note, t)).truncate());
                });
            });
        });
        add(ui);
        if let Some(corner) = corner {
            let row = vec2(ui.available_width(), measure::ROW_HEIGHT - space::XS);
            ui.allocate_ui_with_layout(row, Layout::right_to_left(Align::Center), |ui| {
                ui.spacing_mut().interact_size.y = row.y;
                corner(ui);
            });
        }
    });
}

/// The share of the horizontal axis that names at the ends of lines need beyond the data.
fn room_for_names(ui: &Ui) -> f64 {
    const NAMES: f32 = 102.0;
    const AXIS: f32 = 44.0;
    f64::from(NAMES / (ui.available_width() - AXIS - NAMES).max(NAMES))
}

/// In the corner of a card: what the horizontal axis shows.
fn axis_note_ui(ui: &mut Ui, words: &str) {
    let t = tokens(ui);
    ui.label(caption(format!("{words} →"), t));
}

/// Round marks of an axis: about one every `every` points.
fn marks(input: &GridInput, every: f64) -> Vec<GridMark> {
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

/// A plot that shows and answers the pointer, and neither moves nor zooms.
fn base_plot<'a>(id: &str, height: f32, t: &Tokens) -> Plot<'a> {
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
        .x_grid_spacer(|input| marks(&input, 90.0))
        .y_grid_spacer(|input| marks(&input, 40.0))
        .label_formatter(|_| None)
}

/// An axis in the small face, its marks written by `write`.
fn axis<'a>(hints: AxisHints<'a>, t: &Tokens, write: impl Fn(f64) -> String + 'a) -> AxisHints<'a> {
    hints
        .tick_label_font(regular(size::CAPTION))
        .tick_label_color(t.middle)
        .label_spacing(egui::Rangef::new(10.0, 14.0))
        .formatter(move |mark, _| write(mark.value))
}

/// The line under the pointer: a mark on its nearest point, and what `write` says of it under the line's name.
fn hover_lines<'l>(
    ui: &Ui,
    plot: &PlotResponse<()>,
    lines: impl Iterator<Item = (&'l str, &'l [[f64; 2]])>,
    write: impl Fn(f64, f64) -> String,
) {
    const REACH: f32 = 24.0;
    let Some(pointer) = plot.response.hover_pos() else { return };
    let mut nearest: Option<(f32, &str, [f64; 2])> = None;
    for (name, points) in lines {
        for pair in points.windows(2) {
            let on_screen = |p: [f64; 2]| plot.transform.position_from_point(&PlotPoint::new(p[0], p[1]));
            let (a, b) = (on_screen(pair[0]), on_screen(pair[1]));
            let along = b - a;
            let share = ((pointer - a).dot(along) / along.length_sq().max(1e-6)).clamp(0.0, 1.0);
            let distance = (a + share * along - pointer).length();
            if nearest.is_none_or(|(least, ..)| distance < least) {
                let between = |k: usize| pair[0][k] + f64::from(share) * (pair[1][k] - pair[0][k]);
                nearest = Some((distance, name, [between(0), between(1)]));
            }
        }
    }
    let Some((_, name, at)) = nearest.filter(|(distance, ..)| *distance < REACH) else { return };
    let t = tokens(ui);
    let place = plot.transform.position_from_point(&PlotPoint::new(at[0], at[1]));
    ui.painter().circle(place, 4.0, t.panel, (measure::LINE, t.high));
    tooltip(&plot.response, name, &write(at[0], at[1]));
}

/// A name and what there is to say about it, beside the pointer.
fn tooltip(response: &egui::Response, name: &str, words: &str) {
    response.clone().on_hover_ui_at_pointer(|ui| {
        let t = tokens(ui);
        ui.label(strong(name, t));
        ui.label(body(words, t));
    });
}

/// The part of a line left of `end`, cut exactly there.
fn until(points: &[[f64; 2]], end: f64) -> Vec<[f64; 2]> {
    let inside = points.iter().take_while(|p| p[0] <= end).count();
    let mut kept = points[..inside].to_vec();
    if let (Some(a), Some(b)) = (inside.checked_sub(1).and_then(|i| points.get(i)), points.get(inside)) {
        let share = (end - a[0]) / (b[0] - a[0]);
        kept.push([end, a[1] + share * (b[1] - a[1])]);
    }
    kept
}

/// A name at the end of a line.
struct EndLabel {
    at: [f64; 2],
    text: String,
    color: Color32,
}

/// Writes names at the ends of lines, pushed apart where they would cover each other.
fn end_labels_ui(ui: &Ui, transform: &PlotTransform, mut labels: Vec<EndLabel>) {
    const LINE: f32 = 13.0;
    let t = tokens(ui);
    let frame = *transform.frame();
    labels.retain(|label| label.at.iter().all(|v| v.is_finite()));
    labels.sort_by(|a, b| b.at[1].total_cmp(&a.at[1]));
    let mut places: Vec<Pos2> = labels
        .iter()
        .map(|label| transform.position_from_point(&PlotPoint::new(label.at[0], label.at[1])))
        .collect();
    for i in 1..places.len() {
        places[i].y = places[i].y.max(places[i - 1].y + LINE);
    }
    let surplus = places.last().map_or(0.0, |p| (p.y + LINE / 2.0 - frame.bottom()).max(0.0));
    let count = places.len();
    for (i, place) in places.iter_mut().enumerate() {
        // Those at the bottom move up together when they would leave the frame.
        let lowest = frame.bottom() - LINE / 2.0 - LINE * (count - 1 - i) as f32;
        if surplus > 0.0 {
            place.y = place.y.min(lowest);
        }
        place.y = place.y.max(frame.top() + LINE / 2.0);
    }
    for (label, place) in labels.iter().zip(places) {
        let mark = Rect::from_center_size(pos2(place.x + 9.0, place.y), vec2(8.0, 3.0));
        ui.painter().rect_filled(mark, 1.5, label.color);
        ui.painter().text(
            pos2(place.x + 16.0, place.y),
            Align2::LEFT_CENTER,
            &label.text,
            regular(size::CAPTION),
            t.middle,
        );
    }
}

/// Words at a dashed limit, inside the frame.
fn limit_label_ui(ui: &Ui, at: Pos2, anchor: Align2, words: &str, color: Color32) {
    let t = tokens(ui);
    let galley = ui.painter().layout_no_wrap(words.to_owned(), regular(size::CAPTION), color);
    let rect = anchor.anchor_size(at, galley.size());
    ui.painter().rect_filled(
        rect.expand2(vec2(3.0, 0.0)),
        f32::from(radius::BAR),
        t.panel.gamma_multiply(0.85),
    );
    ui.painter().galley(rect.min, galley, color);
}

/// One part of a stack, shown or hidden by its entry in the legend.
struct Part {
    name: &'static str,
    /// How much of the accelerator's colour it has, 0–1; negative: grey.
    strength: f32,
}

impl Part {
    fn color(&self, accelerator: Color32, t: &Tokens) -> Color32 {
        if self.strength < 0.0 {
            super::theme::shade(t.low, t.panel, -self.strength)
        } else {
            super::theme::shade(accelerator, t.panel, self.strength)
        }
    }
}

/// The legend of `parts`, each a switch; answers which are shown.
fn legend_ui(ui: &mut Ui, parts: &[Part], shown: &mut [bool]) {
    let t = tokens(ui);
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing = vec2(space::M, 0.0);
        // The corner is filled from the right.
        for (part, shown) in parts.iter().zip(shown).rev() {
            let color = if *shown { t.middle } else { t.low };
            let galley = ui.painter().layout_no_wrap(part.name.to_owned(), regular(size::CAPTION), color);
            let (rect, response) = ui.allocate_exact_size(galley.size() + vec2(14.0, 4.0), Sense::click());
            let mark = Rect::from_center_size(pos2(rect.left() + 4.5, rect.center().y), vec2(9.0, 9.0));
            let neutral = part.color(t.high, t);
            if *shown {
                ui.painter().rect_filled(mark, 2.0, neutral);
            } else {
                ui.painter().rect_stroke(mark, 2.0, (measure::HAIRLINE, t.low), egui::StrokeKind::Inside);
            }
            let color = if response.hovered() { t.high } else { color };
            ui.painter().galley_with_override_text_color(
                pos2(rect.left() + 14.0, rect.top() + 2.0),
                galley,
                color,
            );
            super::theme::focus_ring(ui, &response, rect.expand(2.0), f32::from(radius::BAR));
            response.widget_info(|| WidgetInfo::selected(Role::CheckBox, true, *shown, part.name));
            if response.on_hover_text("Show or hide").clicked() {
                *shown = !*shown;
            }
        }
    });
}

/// Which parts of the plot `id` are shown; kept while the window is open.
fn switches(ui: &Ui, id: &str) -> [bool; 4] {
    ui.data(|data| data.get_temp(egui::Id::unique(id))).unwrap_or([true; 4])
}

fn keep_switches(ui: &Ui, id: &str, shown: [bool; 4]) {
    ui.data_mut(|data| data.insert_temp(egui::Id::unique(id), shown));
}

/// Puts a plot into the accessibility tree, in words.
fn describe(response: &egui::Response, title: &str, words: &str) {
    response.widget_info(|| WidgetInfo::labeled(Role::Figure, true, format!("{title}. {words}")));
}

/// Height of a plot.
fn height(large: bool) -> f32 {
    if large { measure::PLOT_HEIGHT_LARGE } else { measure::PLOT_HEIGHT }
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
