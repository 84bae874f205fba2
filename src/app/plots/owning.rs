//! Cost of owning: what is paid up front and per year.

use eframe::egui::Ui;
use headroom::engine::Buy;
use headroom::report::{numbers, sentence};
use headroom::scenario::Hosting;

use super::card::{Card, note_ui, plot_card_ui};
use super::rows::{BarRow, Ink, rows_table, rows_ui};
use super::scene::{CardPlace, Scene};
use super::table::Table;
use crate::app::answer::Answer;
use crate::app::theme::{body, tokens};

const TITLE: &str = "Cost of owning";

/// What is paid at once, a part a line.
fn at_once(buy: &Buy) -> [(&'static str, f64); 7] {
    [
        ("Servers", buy.servers_usd),
        ("Network", buy.network_usd),
        ("Management network", buy.management_usd),
        ("Storage", buy.storage_usd),
        ("Spare parts", buy.spare_parts_usd),
        ("Racking, cabling, burn-in", buy.deployment_usd),
        ("Own data center", buy.hall_usd),
    ]
}

/// What every year costs, a part a line.
fn yearly(buy: &Buy, hosting: Hosting) -> [(&'static str, f64); 6] {
    let space = match hosting {
        Hosting::Colocation => "Colocation",
        Hosting::OwnDataCenter => "Upkeep of the data center",
    };
    [
        ("Energy", buy.energy_usd_per_year),
        (space, buy.space_usd_per_year),
        ("Support", buy.maintenance_usd_per_year),
        ("Remote hands", buy.remote_hands_usd_per_year),
        ("Staff", buy.staff_usd_per_year),
        ("Software licences", buy.software_usd_per_year),
    ]
}

/// The parts that cost anything, under a head with their total; each against what it was when pinned.
fn parts_under<const N: usize>(
    head: BarRow,
    total: f64,
    parts: [(&'static str, f64); N],
    was: Option<[(&'static str, f64); N]>,
) -> Vec<BarRow> {
    let ink = head.ink;
    let mut rows = vec![head];
    for (i, (name, usd)) in parts.into_iter().enumerate().filter(|(_, (_, usd))| *usd > 0.0) {
        rows.push(BarRow {
            name: name.to_owned(),
            note: String::new(),
            span: Some([0.0, usd]),
            ink,
            value: format!("{}, {}", numbers::percent(usd / total), numbers::usd(usd)),
            pinned: was.as_ref().map(|was| was[i].1),
        });
    }
    rows
}

/// The card.
pub(super) const CARD: Card = Card { title: TITLE, table, draw };

fn table(answer: &mut Answer, scene: &Scene<'_>) -> Table {
    rows_table(TITLE, "usd", rows(answer, scene))
}

/// What is paid up front and per year, by part; nothing where it cannot be bought.
fn rows(answer: &Answer, scene: &Scene<'_>) -> Vec<BarRow> {
    let Some((candidate, sizing)) = answer.shown(scene.selected) else { return Vec::new() };
    let Some(buy) = &sizing.estate.cost.buy else { return Vec::new() };
    let was = was(scene, &candidate.accelerator);
    let head = |name: &str, note: &str, usd: f64, ink: Ink| BarRow {
        name: name.to_owned(),
        note: note.to_owned(),
        span: None,
        ink,
        value: numbers::usd(usd),
        pinned: None,
    };
    let capex = head("Up front", sentence::TAXES, buy.capex_usd, Ink::Own(1.0));
    let mut rows = parts_under(capex, buy.capex_usd, at_once(buy), was.map(|(buy, _)| at_once(buy)));
    let opex = head("Per year", "At the average load.", buy.opex_usd_per_year, Ink::Own(0.45));
    let now = yearly(buy, scene.scenario.money.hosting);
    let then = was.map(|(buy, hosting)| yearly(buy, hosting));
    rows.extend(parts_under(opex, buy.opex_usd_per_year, now, then));
    rows.push(BarRow {
        name: format!("{} years, today's dollars", numbers::significant(scene.scenario.money.years, 2)),
        note: format!("Discounted, less {} of residual value.", numbers::usd(buy.residual_usd)),
        span: None,
        ink: Ink::Own(1.0),
        value: numbers::usd(buy.present_cost_usd),
        pinned: None,
    });
    rows
}

/// What was pinned of the accelerator `id`, where that could be bought.
fn was<'a>(scene: &Scene<'a>, id: &str) -> Option<(&'a Buy, Hosting)> {
    scene
        .was(id)
        .and_then(|(sizing, scenario)| Some((sizing.estate.cost.buy.as_ref()?, scenario.money.hosting)))
}

fn draw(ui: &mut Ui, answer: &mut Answer, scene: &Scene<'_>, _standing: CardPlace) {
    let t = tokens(ui);
    let Some((candidate, sizing)) = answer.shown(scene.selected) else { return };
    let color = scene.palette.color(&candidate.accelerator, t);
    if sizing.estate.cost.buy.is_none() {
        plot_card_ui(
            ui,
            TITLE,
            &candidate.name,
            |_| {},
            |ui| {
                ui.label(body(format!("{} is not for sale: it can only be rented.", candidate.name), t));
            },
        );
        return;
    }
    let was = was(scene, &candidate.accelerator);
    let rows = rows(answer, scene);
    let pinned = if was.is_some() { ", line: pinned" } else { "" };
    let note = numbers::money_heading(&format!(", {}{pinned}", candidate.name));
    plot_card_ui(
        ui,
        TITLE,
        &note,
        |ui| note_ui(ui, "build"),
        |ui| {
            rows_ui(ui, TITLE, &candidate.name, &rows, color, None);
        },
    );
}
