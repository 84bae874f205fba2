//! Owning, part by part: what is paid at once and what every year costs.

use eframe::egui::{Color32, Ui};
use headroom::units;

use super::rows::{Row, rows_ui};
use super::{Scene, note_ui, plot_card_ui};
use crate::app::answer::Answer;
use crate::app::theme::{body, shade, tokens};

const TITLE: &str = "Owning, part by part";

/// A head with its total, and the parts that add up to it; parts that cost nothing are left out.
fn group(rows: &mut Vec<Row>, head: &str, note: &str, total: f64, color: Color32, parts: &[(&str, f64)]) {
    rows.push(Row {
        name: head.to_owned(),
        note: note.to_owned(),
        span: None,
        color,
        value: units::usd(total),
    });
    for (name, usd) in parts.iter().filter(|(_, usd)| *usd > 0.0) {
        rows.push(Row {
            name: (*name).to_owned(),
            note: String::new(),
            span: Some([0.0, *usd]),
            color,
            value: format!("{}, {}", units::percent(usd / total), units::usd(*usd)),
        });
    }
}

/// The card.
pub fn card_ui(ui: &mut Ui, answer: &mut Answer, scene: &Scene<'_>, _large: bool) {
    let t = tokens(ui);
    let Some((candidate, sizing)) = answer.shown(scene.selected) else { return };
    let color = scene.palette.color(&candidate.accelerator, t);
    let Some(buy) = &sizing.cost.buy else {
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
    };
    let mut rows = Vec::new();
    let at_once = [
        ("Servers", buy.servers_usd),
        ("Network", buy.network_usd),
        ("Storage", buy.storage_usd),
        ("Racking, cabling, burn-in", buy.deployment_usd),
        ("Own hall", buy.hall_usd),
    ];
    group(&mut rows, "At once", "Taxes are left out.", buy.capex_usd, color, &at_once);
    let space = match scene.scenario.money.hosting {
        headroom::scenario::Hosting::Colocation => "Colocation",
        headroom::scenario::Hosting::OwnHall => "Upkeep of the hall",
    };
    let yearly = [
        ("Energy", buy.energy_usd_per_year),
        (space, buy.space_usd_per_year),
        ("Support and repairs", buy.maintenance_usd_per_year),
        ("Staff", buy.staff_usd_per_year),
        ("Software licences", buy.software_usd_per_year),
    ];
    let soft = shade(color, t.panel, 0.45);
    group(&mut rows, "Every year", "At the average load.", buy.opex_usd_per_year, soft, &yearly);
    rows.push(Row {
        name: format!("{} years, today's dollars", units::significant(scene.scenario.money.years, 2)),
        note: format!("Discounted, less {} of worth at the end.", units::usd(buy.residual_usd)),
        span: None,
        color,
        value: units::usd(buy.present_cost_usd),
    });
    let note = format!("$, {}", candidate.name);
    plot_card_ui(
        ui,
        TITLE,
        &note,
        |ui| note_ui(ui, "build"),
        |ui| {
            rows_ui(ui, TITLE, &candidate.name, &rows, None);
        },
    );
}
