//! The plots, one a file, and what they share: card, axes, labels at the line, legend.

mod accuracy;
mod cash;
mod causes;
mod changes;
mod data;
mod day;
mod diagram;
mod facts;
mod frame;
mod hosted;
mod labels;
mod latency;
mod layers;
mod legend;
mod load;
mod memory;
mod network;
mod owning;
mod power;
mod power_path;
mod power_stages;
mod prices;
mod rack_box;
mod racks;
mod regret;
mod rows;
mod svg;
mod time;
mod token;
mod tornado;
mod utilization;

use eframe::egui::{self, Align, Layout, Role, Sense, Ui, WidgetInfo, vec2};
use std::sync::Arc;

use headroom::catalog::{Catalog, Day};
use headroom::engine::Sizing;
use headroom::scenario::Scenario;

use super::accuracy::Accuracy;
use super::answer::Answer;
use super::jobs::Runner;
use super::palette::Palette;
use super::pins::{Ghosts, Pin};
use super::theme::{body, caption, card, focus_ring, strong, tokens};
use super::tokens::{measure, radius, size, space};
pub use causes::{cause_words, causes_card_ui};
pub use data::{Outgoing, take_outgoing};
use frame::{axis, base_plot, describe, ghost, height, line, room_for_names, until};
use labels::{EndLabel, end_labels_ui, hover_lines, limit_label_ui, tooltip};
use legend::{Part, keep_switches, legend_ui, switch_ui, switches};

/// What every plot reads.
pub struct Scene<'a> {
    pub scenario: &'a Scenario,
    pub catalog: &'a Arc<Catalog>,
    /// For the age of prices.
    pub today: Day,
    pub palette: &'a Palette,
    /// What the screen compares with.
    pub pinned: Option<&'a Pin>,
    /// Accelerator picked in the table.
    pub selected: Option<&'a str>,
    /// The engine against measurements, worked out when it is first looked at.
    pub accuracy: &'a Accuracy,
    /// For what takes longer than a frame.
    pub jobs: &'a Runner,
}

impl Scene<'_> {
    /// The curves that were pinned, where they are others.
    fn ghosts(&self) -> Option<&Ghosts> {
        self.pinned.filter(|pin| pin.scenario != *self.scenario).map(|pin| &pin.ghosts)
    }

    /// What was pinned of the accelerator `id`, where it is another.
    fn was(&self, id: &str) -> Option<(&Sizing, &Scenario)> {
        let pin = self.pinned.filter(|pin| pin.scenario != *self.scenario)?;
        Some((pin.answer.plan.candidate(id)?.sizing()?, &pin.scenario))
    }
}

/// The pages under the table.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Tab {
    #[default]
    Overview,
    Memory,
    Latency,
    Facility,
    Money,
    Compare,
    Accuracy,
}

impl Tab {
    pub const ALL: [Self; 7] = [
        Self::Overview,
        Self::Memory,
        Self::Latency,
        Self::Facility,
        Self::Money,
        Self::Compare,
        Self::Accuracy,
    ];

    /// The word on the tab.
    pub fn label(self) -> &'static str {
        match self {
            Self::Overview => "Overview",
            Self::Memory => "Memory",
            Self::Latency => "Latency",
            Self::Facility => "Facility",
            Self::Money => "Money",
            Self::Compare => "Compare",
            Self::Accuracy => "Accuracy",
        }
    }
}

/// From this width of a card on, its legend stands beside the title.
const WIDE_CARD: f32 = 540.0;

/// Where a card stands, which decides how high its plot is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// Among the four of the overview, or beside the explanation.
    Overview,
    /// On a page of its kind.
    Page,
    /// Alone, for the back of the room.
    Wall,
}

type Draw = fn(&mut Ui, &mut Answer, &Scene<'_>, Standing);

/// The plots of a page, in one column or two.
pub fn page_ui(ui: &mut Ui, tab: Tab, answer: &mut Answer, scene: &Scene<'_>, one_column: bool) {
    let cards: &[Draw] = match tab {
        Tab::Overview => &[memory::card_ui, latency::card_ui, power::card_ui, time::card_ui],
        Tab::Memory => &[memory::card_ui],
        Tab::Latency => &[latency::card_ui],
        Tab::Facility => &[power::card_ui, racks::card_ui, power_path::card_ui, network::card_ui],
        Tab::Money => &[
            time::card_ui,
            load::card_ui,
            token::card_ui,
            regret::card_ui,
            utilization::card_ui,
            day::card_ui,
            hosted::card_ui,
            tornado::card_ui,
            changes::card_ui,
            cash::card_ui,
            owning::card_ui,
            prices::card_ui,
        ],
        // Drawn by the screen: it changes the pins.
        Tab::Compare => &[],
        Tab::Accuracy => &[accuracy::card_ui],
    };
    let standing = if tab == Tab::Overview { Standing::Overview } else { Standing::Page };
    let columns = if one_column { 1 } else { cards.len().clamp(1, 2) };
    let width = (ui.available_width() - space::M * (columns - 1) as f32) / columns as f32;
    // What is out of sight waits while somebody drags; at rest all is drawn, for screen readers too.
    let dragging = ui.input(|i| i.pointer.any_down());
    for (place, row) in cards.chunks(columns).enumerate() {
        let id = ui.scope_id().with((tab.label(), place));
        let known = ui.data(|data| data.get_temp::<f32>(id)).filter(|_| dragging);
        if let Some(height) = known {
            let rect = egui::Rect::from_min_size(ui.cursor().min, vec2(ui.available_width(), height));
            if !ui.is_rect_visible(rect) {
                ui.add_space(height + space::M - space::XS);
                continue;
            }
        }
        let drawn = ui.horizontal_top(|ui| {
            ui.spacing_mut().item_spacing.x = space::M;
            for draw in row {
                ui.allocate_ui_with_layout(vec2(width, 0.0), Layout::top_down(Align::Min), |ui| {
                    ui.set_width(width);
                    ui.spacing_mut().item_spacing = vec2(space::S, space::XS);
                    drawn_ui(ui, *draw, answer, scene, standing);
                });
            }
        });
        ui.data_mut(|data| data.insert_temp(id, drawn.response.rect.height()));
        ui.add_space(space::M - space::XS);
    }
}

/// What could change the answer, beside the explanation.
pub fn changers_ui(ui: &mut Ui, answer: &mut Answer, scene: &Scene<'_>) {
    drawn_ui(ui, tornado::card_ui, answer, scene, Standing::Overview);
}

/// The first plot of a page, for the wall.
pub fn first_card_ui(ui: &mut Ui, tab: Tab, answer: &mut Answer, scene: &Scene<'_>) {
    let draw: Draw = match tab {
        Tab::Latency => latency::card_ui,
        Tab::Facility => power::card_ui,
        Tab::Money => time::card_ui,
        Tab::Accuracy => accuracy::card_ui,
        Tab::Overview | Tab::Memory | Tab::Compare => memory::card_ui,
    };
    drawn_ui(ui, draw, answer, scene, Standing::Wall);
}

/// A card; and the same once more for a file, when that was asked for.
fn drawn_ui(ui: &mut Ui, draw: Draw, answer: &mut Answer, scene: &Scene<'_>, standing: Standing) {
    draw(ui, answer, scene, standing);
    if let Some(title) = data::take_redraw(ui) {
        let picture = svg::svg(ui.ctx(), &title, |ui| draw(ui, answer, scene, standing));
        data::post_svg(ui.ctx(), &title, picture);
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
            focus_ring(ui, &response, response.rect.expand(space::XS), f32::from(radius::BAR));
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
    data::enter(ui, title);
    let shown = card(t).inner_margin(margin).show(ui, |ui| {
        ui.set_min_width(ui.available_width());
        let wide = ui.available_width() >= WIDE_CARD;
        let mut corner = Some(corner);
        ui.horizontal(|ui| {
            ui.label(strong(title, t));
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                ui.spacing_mut().interact_size.y = size::BODY;
                ui.spacing_mut().button_padding = vec2(space::XS, 0.0);
                data::menu_ui(ui, title);
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
    data::leave(ui, title, shown.response.rect);
}

/// In the corner of a card: what the horizontal axis shows.
fn axis_note_ui(ui: &mut Ui, words: &str) {
    note_ui(ui, &format!("{words} →"));
}

/// In the corner of a card: a small note.
fn note_ui(ui: &mut Ui, words: &str) {
    let t = tokens(ui);
    ui.label(caption(words, t));
}
