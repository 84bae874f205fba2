//! Against an API: the same requests sent to hosted models, and from which volume on the fleet costs less.

use eframe::egui::Ui;
use headroom::engine::analysis::hosted::{Offer, Wins, offers, requests_per_month};
use headroom::report::numbers;
use headroom::units::Unit;

use super::card::{Card, note_ui, plot_card_ui};
use super::rows::{BarRow, Ink, rows_table, rows_ui};
use super::scene::{CardPlace, Scene};
use super::table::Table;
use crate::app::answer::Answer;
use crate::app::theme::tokens;

const TITLE: &str = "Against an API";

/// Offers that are shown.
const MOST: usize = 7;

/// Offers of the scenario's model; where it has no known host, others from the cheapest to the most expensive.
fn shown<'o, 'a>(offers: &'o [Offer<'a>]) -> Vec<&'o Offer<'a>> {
    let same: Vec<&Offer<'_>> = offers.iter().filter(|offer| offer.same).take(MOST).collect();
    if !same.is_empty() || offers.len() <= MOST {
        return if same.is_empty() { offers.iter().collect() } else { same };
    }
    (0..MOST).map(|i| &offers[i * (offers.len() - 1) / (MOST - 1)]).collect()
}

fn many(requests: f64) -> String {
    numbers::quantity(requests, Unit::Requests)
}

/// The card.
pub(super) const CARD: Card = Card { title: TITLE, table, draw };

fn table(answer: &mut Answer, scene: &Scene<'_>) -> Table {
    rows_table(TITLE, "usd_per_month", rows(answer, scene, &offers(scene.scenario, scene.catalog)))
}

/// The fleet, then the offers that are shown of all `offers`.
fn rows(answer: &Answer, scene: &Scene<'_>, offers: &[Offer<'_>]) -> Vec<BarRow> {
    let Some((candidate, sizing)) = answer.shown(scene.selected) else { return Vec::new() };
    let usd = sizing.estate.cost.chosen.usd_per_month;
    let mut rows = vec![BarRow {
        name: format!("This fleet, {}", candidate.name),
        note: format!("{} a month", many(requests_per_month(scene.scenario))),
        span: Some([0.0, usd]),
        ink: Ink::Own(1.0),
        value: numbers::usd(usd),
        pinned: None,
    }];
    for offer in shown(offers) {
        let verdict = match offer.wins(sizing, scene.scenario) {
            Wins::Already(from) => format!("The fleet wins above {} a month.", many(from)),
            Wins::From(from) => {
                format!("The fleet would win above {} a month.", many(from))
            }
            Wins::Never => "The fleet never wins, at any load.".to_owned(),
        };
        rows.push(BarRow {
            name: format!("{} · {}", offer.hosted.provider, offer.hosted.model),
            note: format!("{verdict} Price of {}.", offer.hosted.date),
            span: Some([0.0, offer.usd_per_month]),
            ink: Ink::Quiet,
            value: numbers::usd(offer.usd_per_month),
            pinned: None,
        });
    }
    rows
}

fn draw(ui: &mut Ui, answer: &mut Answer, scene: &Scene<'_>, _standing: CardPlace) {
    let t = tokens(ui);
    let Some((candidate, sizing)) = answer.shown(scene.selected) else { return };
    let offers = offers(scene.scenario, scene.catalog);
    let shown = shown(&offers);
    let usd = sizing.estate.cost.chosen.usd_per_month;
    let color = scene.palette.color(&candidate.accelerator, t);
    let rows = rows(answer, scene, &offers);
    let same = shown.iter().any(|offer| offer.same);
    let corner = if same { "the same model, hosted" } else { "no known host of this model: others" };
    plot_card_ui(
        ui,
        TITLE,
        &numbers::money_heading("/month"),
        |ui| note_ui(ui, corner),
        |ui| rows_ui(ui, TITLE, corner, &rows, color, Some(usd)),
    );
}
