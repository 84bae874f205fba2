//! The cards of every page, and how they stand on it.

use eframe::egui::{self, Align, Layout, Ui, vec2};

use super::scene::{Scene, Standing};
use super::{
    accuracy, cash, changes, data, day, hosted, latency, load, memory, network, owning, power, power_path,
    prices, racks, regret, svg, time, token, tornado, utilization,
};
use crate::app::answer::Answer;
use crate::app::page::Tab;
use crate::app::tokens::space;

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
