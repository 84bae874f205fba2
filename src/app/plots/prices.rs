//! What an accelerator costs per hour on every term, how old each price is and what supports it; then the offers behind the one
//! that is paid.

use eframe::egui::Ui;
use headroom::catalog::{Offer, PriceDate, Support, Term};
use headroom::engine::{Candidate, Seller, listed_usd, offers_behind};
use headroom::report::numbers;
use headroom::report::sentence::{self, Subject};
use headroom::scenario::OwnQuote;

use super::card::{Card, note_ui, plot_card_ui};
use super::rows::{BarRow, Ink, rows_table, rows_ui};
use super::scene::{CardPlace, Scene};
use super::table::Table;
use crate::app::answer::Answer;
use crate::app::theme::tokens;

const TITLE: &str = "Prices";

/// Whose price of `term` it is, what supports it, and its date.
fn note(scene: &Scene<'_>, (candidate, sizing): Subject<'_>, term: Term) -> String {
    if term == Term::Buy && !scene.scenario.money.quotes.iter().any(|quote| is_of(quote, candidate, term)) {
        return dated(
            scene,
            "servers, network, energy, space and the rest over the horizon",
            scene.catalog.server_price_date(&candidate.accelerator),
        );
    }
    let Some(rate) = sizing.estate.cost.rate(term) else { return "your quote".to_owned() };
    if rate.support == Support::Own && rate.seller == Seller::Own {
        let fleet = (sizing.whole().accelerators, sizing.largest_replica());
        return match listed_usd(scene.scenario, scene.catalog, &candidate.accelerator, term, fleet) {
            Some(usd) => format!("your quote; the catalog has {}", numbers::usd(usd)),
            None => "your quote".to_owned(),
        };
    }
    dated(scene, &sentence::rate(rate, term), rate.date())
}

fn is_of(quote: &OwnQuote, candidate: &Candidate, term: Term) -> bool {
    quote.accelerator == candidate.accelerator && quote.term == term
}

/// `support` with its date, and the remedy where that is long ago.
fn dated(scene: &Scene<'_>, support: &str, date: Option<PriceDate<'_>>) -> String {
    let Some(date) = date else { return support.to_owned() };
    let age = if date.old(scene.today) {
        format!(", ▲ {}", sentence::price_age(date.age_days(scene.today)))
    } else {
        String::new()
    };
    format!("{support}, {}{age}", date.text)
}

/// The card.
pub(super) const CARD: Card = Card { title: TITLE, table, draw };

fn table(answer: &mut Answer, scene: &Scene<'_>) -> Table {
    rows_table(TITLE, "usd_per_hour", rows(answer, scene))
}

fn rows(answer: &Answer, scene: &Scene<'_>) -> Vec<BarRow> {
    let mut rows = terms(answer, scene);
    rows.extend(offers(answer, scene));
    rows
}

/// The offers behind the price of the term that is paid, under a head.
fn offers(answer: &Answer, scene: &Scene<'_>) -> Vec<BarRow> {
    let Some((candidate, sizing)) = answer.shown(scene.selected) else { return Vec::new() };
    let Some(rate) = sizing.estate.cost.rate(scene.scenario.money.term) else { return Vec::new() };
    let offers = offers_behind(scene.scenario, scene.catalog, &candidate.accelerator, rate.term);
    let of = rate.term.label().to_lowercase();
    let head = BarRow {
        name: format!("Offers {of}"),
        note: String::new(),
        span: None,
        ink: Ink::Quiet,
        value: String::new(),
        pinned: None,
    };
    let row = |offer: &&Offer| BarRow {
        name: offer.provider.clone(),
        note: format!(
            "{}, {} together, {}, {}",
            offer.product,
            numbers::count(f64::from(offer.accelerators_per_unit)),
            offer.region,
            offer.as_of
        ),
        span: Some([0.0, offer.usd_per_accelerator_hour]),
        ink: Ink::Quiet,
        value: format!("{}/h", numbers::usd(offer.usd_per_accelerator_hour)),
        pinned: None,
    };
    let shown: Vec<BarRow> = offers.iter().map(row).collect();
    if shown.is_empty() { shown } else { std::iter::once(head).chain(shown).collect() }
}

fn terms(answer: &Answer, scene: &Scene<'_>) -> Vec<BarRow> {
    let Some((candidate, sizing)) = answer.shown(scene.selected) else { return Vec::new() };
    Term::ALL
        .into_iter()
        .filter_map(|term| {
            let count = match term {
                Term::Buy => sizing.whole().accelerators,
                _ => sizing.whole().billed_accelerators,
            };
            let usd = sizing.estate.cost.term(term)?.usd_per_hour / f64::from(count);
            let chosen = term == scene.scenario.money.term;
            Some(BarRow {
                name: if chosen { format!("{}, chosen", term.label()) } else { term.label().to_owned() },
                note: note(scene, (candidate, sizing), term),
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
        &numbers::money_heading(&format!(" per hour for one {}", candidate.name)),
        |ui| note_ui(ui, "your own quotes: left, under More"),
        |ui| rows_ui(ui, TITLE, &candidate.name, &rows, color, None),
    );
}
