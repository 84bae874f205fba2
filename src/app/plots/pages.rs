//! The cards of every page, and their places on it.

use eframe::egui::{self, Align, Layout, Ui, vec2};

use super::card::Card;
use super::scene::{CardPlace, Scene};
use super::{
    accuracy, against_load, cash, causes, changes, compare, day, holding, hosted, hour, latency, load,
    memory, network, owning, power, power_path, prices, racks, regret, time, token, tornado, utilization,
};
use crate::app::answer::Answer;
use crate::app::page::Tab;
use crate::app::tokens::space;

/// The cards of a page; an hour is shown once it was simulated (`proved`).
pub fn cards(tab: Tab, proved: bool) -> &'static [Card] {
    match tab {
        Tab::Overview => &[memory::CARD, latency::CARD, power::CARD, time::CARD],
        Tab::Memory => &[memory::CARD],
        Tab::Latency if proved => &[against_load::CARD, hour::CARD, latency::CARD],
        Tab::Latency => &[against_load::CARD, latency::CARD],
        Tab::Facility => &[power::CARD, racks::CARD, power_path::CARD, network::CARD],
        Tab::Money => &[
            time::CARD,
            load::CARD,
            token::CARD,
            regret::CARD,
            utilization::CARD,
            day::CARD,
            hosted::CARD,
            tornado::CARD,
            changes::CARD,
            cash::CARD,
            owning::CARD,
            prices::CARD,
        ],
        Tab::Compare => &[compare::CHANGED, compare::RESULT, causes::CARD],
        Tab::Accuracy => &[accuracy::CARD],
    }
}

/// The cards of a fleet that is frozen.
const BREAKING: &[Card] = &[against_load::CARD, holding::CARD];

/// The cards of a page, in one column or two.
pub fn page_ui(ui: &mut Ui, tab: Tab, answer: &mut Answer, scene: &Scene<'_>, one_column: bool) {
    let broken = scene.broken.is_some() && tab == Tab::Latency;
    let cards = if broken { BREAKING } else { cards(tab, scene.proof.is_some()) };
    let standing = if tab == Tab::Overview { CardPlace::Overview } else { CardPlace::Page };
    let columns = if one_column { 1 } else { cards.len().clamp(1, 2) };
    let width = (ui.available_width() - space::M * (columns - 1) as f32) / columns as f32;
    // What is out of sight waits during a drag; at rest all is drawn, for screen readers too.
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
            for card in row {
                ui.allocate_ui_with_layout(vec2(width, 0.0), Layout::top_down(Align::Min), |ui| {
                    ui.set_width(width);
                    ui.spacing_mut().item_spacing = vec2(space::S, space::XS);
                    card.ui(ui, answer, scene, standing);
                });
            }
        });
        ui.data_mut(|data| data.insert_temp(id, drawn.response.rect.height()));
        ui.add_space(space::M - space::XS);
    }
}

/// What could change the answer, beside the explanation.
pub fn changers_ui(ui: &mut Ui, answer: &mut Answer, scene: &Scene<'_>) {
    tornado::CARD.ui(ui, answer, scene, CardPlace::Overview);
}

/// The first plot of a page, for the wall, in a card that is `room` points high.
pub fn first_card_ui(ui: &mut Ui, tab: Tab, answer: &mut Answer, scene: &Scene<'_>, room: f32) {
    let card = match tab {
        Tab::Latency => against_load::CARD,
        Tab::Facility => power::CARD,
        Tab::Money => time::CARD,
        Tab::Accuracy => accuracy::CARD,
        Tab::Overview | Tab::Memory | Tab::Compare => memory::CARD,
    };
    card.ui(ui, answer, scene, CardPlace::Wall { room: room.max(0.0) as u16 });
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use headroom::catalog::{Catalog, Day};
    use headroom::engine::analysis::causes::causes;
    use headroom::engine::simulator::verify;
    use headroom::scenario::preset;

    use super::*;
    use crate::app::accuracy::Accuracy;
    use crate::app::freeze::Freeze;
    use crate::app::jobs::{Runner, Where};
    use crate::app::palette::Palette;
    use crate::app::pins::{Ghosts, Pins};

    /// A built-in preset, pinned before its prompts became longer.
    #[test]
    fn every_card_of_every_page_gives_its_table_without_being_drawn() {
        let catalog = Arc::new(Catalog::built_in().expect("the built-in catalog"));
        let today = Day::parse("2026-11-20").expect("a day");
        let (stem, _) = preset::BUILT_IN[0];
        let mut pinned = preset::open(stem, &catalog).expect("a preset");
        // Few requests, to be simulated soon.
        pinned.workload.requests_per_s = 0.2;
        let mut scenario = pinned.clone();
        scenario.workload.input_tokens *= 2.0;
        let causes = causes(&pinned, &scenario, |mix| headroom::engine::plan(mix, &catalog)).expect("causes");
        let mut pins = Pins::default();
        let mut then = Answer::of(&pinned, &catalog, today).expect("a plan");
        let ghosts = Ghosts::of(&mut then, &pinned, &catalog, None);
        pins.add(pinned, then, ghosts);
        let mut answer = Answer::of(&scenario, &catalog, today).expect("a plan");
        let (candidate, _) = answer.shown(None).expect("a fleet");
        let mut freeze = Freeze::new(&scenario, &candidate.accelerator, Tab::Overview);
        freeze.requests_per_s *= 50.0;
        let broken = (freeze.broken(&catalog, candidate).expect("one pool"), freeze.planned());
        let proof = verify(&scenario, &catalog, None, 1, |_| true).expect("a fleet");
        let scene = Scene {
            scenario: &scenario,
            catalog: &catalog,
            today,
            palette: &Palette::default(),
            pinned: pins.against(),
            selected: None,
            accuracy: &Accuracy::default(),
            causes: Some(&causes),
            proof: Some(&proof),
            broken: Some(broken),
            jobs: &Runner::new(Where::Inside, Arc::new(|| {})),
        };
        for card in Tab::ALL.into_iter().flat_map(|tab| cards(tab, true)).chain(BREAKING) {
            let table = (card.table)(&mut answer, &scene);
            assert!(
                table.title == card.title && !table.title.is_empty() && !table.is_empty(),
                "{}",
                card.title
            );
            let text = table.csv();
            // A row of another length is an error.
            let rows: Result<Vec<_>, _> = csv::Reader::from_reader(text.as_slice()).records().collect();
            let rows = rows.unwrap_or_else(|error| panic!("{}: {error}", card.title));
            let texts: Vec<Vec<String>> = table.read().collect();
            assert!(texts.len() > 1 && texts.len() <= rows.len() + 1, "{}", card.title);
            let cells = || texts.iter().flatten().map(String::as_str).chain(rows.iter().flatten());
            assert!(cells().all(|cell| cell != "NaN" && cell != "inf"), "{}", card.title);
        }
    }
}
