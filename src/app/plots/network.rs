//! The scale-out network: switches and servers in layers, and what they take.

use eframe::egui::Ui;
use headroom::catalog::FabricKind;
use headroom::engine::{Network, Sizing};
use headroom::report::numbers;
use headroom::report::sentence;

use super::card::{Card, note_ui, plot_card_ui};
use super::diagram::Diagram;
use super::facts::{Fact, facts_height, facts_ui};
use super::layers::{draw_layers, layers};
use super::scene::{CardPlace, Scene};
use super::table::{Cell, Column, Table};
use crate::app::answer::Answer;
use crate::app::text::trimmed;
use crate::app::theme::{body, tokens};
use crate::app::tokens::{measure, space};

const TITLE: &str = "Network";

/// The card.
pub(super) const CARD: Card = Card { title: TITLE, table, draw };

fn table(answer: &mut Answer, scene: &Scene<'_>) -> Table {
    let columns =
        [Column::text("what"), Column::number("count", "count", numbers::count), Column::text("value")];
    let mut table = Table::new(TITLE, columns);
    let Some((candidate, sizing)) = answer.shown(scene.selected) else { return table };
    let chips = chips(scene, &candidate.accelerator);
    for layer in layers(sizing, chips) {
        table.push([Cell::text(layer.name), Cell::Number(layer.count), Cell::Text(layer.about)]);
    }
    for fact in facts(&sizing.estate.network) {
        table.push([Cell::Text(fact.label), Cell::Nothing, Cell::Text(fact.value)]);
    }
    table
}

/// Accelerators in each server.
fn chips(scene: &Scene<'_>, accelerator: &str) -> f64 {
    scene.catalog.server_for(accelerator).map_or(0.0, |server| server.accelerators.value())
}

fn draw(ui: &mut Ui, answer: &mut Answer, scene: &Scene<'_>, _: CardPlace) {
    let t = tokens(ui);
    let Some((candidate, sizing)) = answer.shown(scene.selected) else { return };
    let color = scene.palette.color(&candidate.accelerator, t);
    let chips = chips(scene, &candidate.accelerator);
    plot_card_ui(
        ui,
        TITLE,
        &format!("{}, between servers", candidate.name),
        |ui| note_ui(ui, "links simplified"),
        |ui| {
            let top = ui.cursor().top();
            let summary = summary(sizing);
            ui.label(body(&summary, t));
            let facts = facts(&sizing.estate.network);
            let taken = ui.cursor().top() - top + facts_height(ui.available_width(), facts.len());
            let mut diagram = Diagram::new(ui, measure::DIAGRAM_HEIGHT - space::S - taken);
            let layers = layers(sizing, chips);
            draw_layers(&mut diagram, &layers, color);
            let counts = layers.iter().filter(|layer| !layer.foreign);
            let counts: Vec<String> =
                counts.map(|layer| format!("{} {}", numbers::count(layer.count), layer.name)).collect();
            let written: Vec<String> = facts.iter().map(|f| format!("{} {}", f.value, f.label)).collect();
            diagram.finish(TITLE, &format!("{summary} {}. {}.", counts.join(", "), written.join(", ")));
            ui.add_space(space::S - ui.spacing().item_spacing.y);
            facts_ui(ui, &facts);
        },
    );
}

/// What there is of a back end, and why.
fn summary(sizing: &Sizing) -> String {
    let network = &sizing.estate.network;
    match network.back_end {
        None if sizing.whole().servers == 1 => {
            format!("No back end: everything is in {}.", sentence::servers(sizing))
        }
        None => "No back end: every replica stays inside its scale-up domain.".to_owned(),
        Some(kind) => format!(
            "{} between the accelerators of {}, {}.",
            kind.label(),
            sentence::servers(sizing),
            match oversubscription(network) {
                Some(ratio) => format!("oversubscribed {ratio}"),
                None => "non-blocking".to_owned(),
            }
        ),
    }
}

/// "2 : 1", where links up carry less than links down.
fn oversubscription(network: &Network) -> Option<String> {
    (network.oversubscription > 1.0)
        .then(|| format!("{} : 1", trimmed(&numbers::significant(network.oversubscription, 2))))
}

fn facts(network: &Network) -> [Fact; 8] {
    let over = match network.back_end {
        None => "–".to_owned(),
        Some(_) => oversubscription(network).unwrap_or_else(|| "1 : 1".to_owned()),
    };
    [
        Fact::new(
            network.back_end.map_or("none", FabricKind::label),
            "back end",
            "Between accelerators of different servers.",
        ),
        Fact::new(over, "oversubscription", "Bandwidth down from a leaf switch over bandwidth up."),
        Fact::new(
            format!("{}, {}", numbers::count(network.cables), numbers::count(network.transceivers)),
            "cables, transceivers",
            "Of back end and front end. Network cards come with the servers; the front end has two ports per server.",
        ),
        Fact::new(
            format!("{} ×", trimmed(&numbers::significant(network.scale_up_over_out, 2))),
            "scale-up over card",
            "Bandwidth of an accelerator inside its scale-up domain over its network card's: how many times slower tensor parallelism would be across servers.",
        ),
        Fact::new(
            numbers::about_seconds(network.kv_transfer_s),
            "to send a prompt's cache",
            "Over the cards of a replica at line rate: what a separate prefill pool would add to the time to first token.",
        ),
        Fact::new(
            if network.all_reduce_s > 0.0 {
                numbers::about_seconds(network.all_reduce_s)
            } else {
                "–".to_owned()
            },
            "to sum gradients",
            "Of every parameter in 16 bits over all servers, at line rate: if the fleet trained the model.",
        ),
        Fact::new(numbers::watts(network.power_w), "power", "Switches and transceivers, at any load."),
        Fact::new(numbers::usd(network.price_usd), "price", "Switches, transceivers and cables."),
    ]
}
