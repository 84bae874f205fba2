//! What an accelerator costs per hour on every term, how old each price is and what supports it.

use eframe::egui::Ui;
use headroom::catalog::{Support, Term};
use headroom::report::numbers;
use headroom::report::sentence;

use super::card::{Card, note_ui, plot_card_ui};
use super::rows::{BarRow, Ink, rows_table, rows_ui};
use super::scene::{CardPlace, Scene};
use super::table::Table;
use crate::app::answer::Answer;
use crate::app::theme::tokens;

const TITLE: &str = "Prices";

fn support_text(support: Support) -> &'static str {
    match support {
        Support::Several => "several quotes",
        Support::OneQuote => "a single quote",
        Support::Assumed => "assumed",
        Support::Own => "your quote",
    }
}

/// What supports the price of `term`, and its date.
fn note(scene: &Scene<'_>, accelerator: &str, term: Term) -> String {
    let quotes = &scene.scenario.money.quotes;
    let listed = scene.catalog.price_for(accelerator).and_then(|price| price.rent(term));
    if quotes.iter().any(|quote| quote.accelerator == accelerator && quote.term == term) {
        return match listed {
            Some(price) => format!("your quote; the catalog has {}", numbers::usd(price.value())),
            None => "your quote".to_owned(),
        };
    }
    let support = match (term, scene.catalog.price_for(accelerator)) {
        (Term::Buy, _) => "servers, network, energy, space and the rest over the horizon",
        (_, Some(price)) => support_text(price.support(term)),
        (_, None) => "assumed",
    };
    match scene.catalog.price_date(accelerator, term) {
        None => support.to_owned(),
        Some(date) => {
            let age = if date.old(scene.today) {
                format!(", ▲ {}", sentence::price_age(date.age_days(scene.today)))
            } else {
                String::new()
            };
            format!("{support}, {}{age}", date.text)
        }
    }
}

/// The card.
pub(super) const CARD: Card = Card { title: TITLE, table, draw };

fn table(answer: &mut Answer, scene: &Scene<'_>) -> Table {
    rows_table(TITLE, "usd_per_hour", rows(answer, scene))
}

fn rows(answer: &Answer, scene: &Scene<'_>) -> Vec<BarRow> {
    let Some((candidate, sizing)) = answer.shown(scene.selected) else { return Vec::new() };
    Term::ALL
        .into_iter()
        .filter_map(|term| {
            let count = match term {
                Term::Buy => sizing.layout.accelerators,
                _ => sizing.layout.billed_accelerators,
            };
            let usd = sizing.estate.cost.term(term)?.usd_per_hour / f64::from(count);
            let chosen = term == scene.scenario.money.term;
            Some(BarRow {
                name: if chosen { format!("{}, chosen", term.label()) } else { term.label().to_owned() },
                note: note(scene, &candidate.accelerator, term),
                span: Some([0.0, usd]),
                ink: Ink::Own(if chosen { 1.0 } else { 0.45 }),
                value: format!("{}/h", numbers::usd(usd)),
                pinned: None,
            })
        })
        .collect()
}

fn draw(ui: &mut Ui, answer: &mut Answer, scene: &Scene<'_>, _standing: CardPlace) {
    let t = tokens(ui);
    let Some((candidate, _)) = answer.shown(scene.selected) else { return };
    let color = scene.palette.color(&candidate.accelerator, t);
    let rows = rows(answer, scene);
    plot_card_ui(
        ui,
        TITLE,
        &format!("$ per hour for one {}", candidate.name),
        |ui| note_ui(ui, "your own quotes: left, under More"),
        |ui| rows_ui(ui, TITLE, &candidate.name, &rows, color, None),
    );
}
