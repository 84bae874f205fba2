//! What each input contributed to a change, from the pin to now: one step per input.

use eframe::egui::Ui;
use headroom::engine::Headline;
use headroom::engine::analysis::causes::{Cause, Causes, Method};
use headroom::report::numbers;

use super::card::{Card, plot_card_ui};
use super::rows::{BarRow, Ink, rows_table, rows_ui};
use super::scene::{CardPlace, Scene};
use super::table::Table;
use crate::app::answer::Answer;
use crate::app::theme::{body, caption, card, section_head, tokens};

const TITLE: &str = "What each input changed";

/// "+$11.2k", "−3", "0".
fn signed(value: f64, write: fn(f64) -> String) -> String {
    let text = write(value.abs());
    if value == 0.0 || text == write(0.0) {
        "0".to_owned()
    } else {
        format!("{}{text}", if value < 0.0 { "−" } else { "+" })
    }
}

/// What an input did beside the money.
fn note(cause: &Cause) -> String {
    match cause.effect {
        Some(effect) => {
            let count = |v: f64| numbers::significant(v, 3);
            format!(
                "{} accelerators, {}, {} per M tokens",
                signed(effect[Headline::Accelerators], count),
                signed(effect[Headline::Power], numbers::watts),
                signed(effect[Headline::MillionTokens], numbers::usd)
            )
        }
        None if cause.feasibility < 0.0 => "leaves no fleet".to_owned(),
        None if cause.feasibility > 0.0 => "makes a fleet possible".to_owned(),
        None => "nothing".to_owned(),
    }
}

/// What each input did, where one of the two scenarios has no fleet: there is no money to split up.
fn cause_texts(causes: &Causes) -> impl Iterator<Item = String> {
    causes.each.iter().map(|cause| format!("{}: {}.", cause.label, note(cause)))
}

/// The card, by cost per month; the other figures are in the notes.
pub(super) const CARD: Card = Card { title: TITLE, table, draw };

fn table(answer: &mut Answer, scene: &Scene<'_>) -> Table {
    rows_table(TITLE, "usd_per_month", rows(answer, scene).unwrap_or_default())
}

/// From what was pinned to what is now, a step an input; `None` where the causes are not known or one of the two has no
/// fleet.
fn rows(answer: &Answer, scene: &Scene<'_>) -> Option<Vec<BarRow>> {
    let ((_, was), (_, now)) = (scene.pinned?.of(answer, scene.selected)?, answer.shown(scene.selected)?);
    let causes = scene.causes?;
    let [from, to] = [was, now].map(|sizing| sizing.estate.cost.chosen.usd_per_month);
    let total = |name: &str, usd: f64| BarRow {
        name: name.to_owned(),
        note: String::new(),
        span: Some([0.0, usd]),
        ink: Ink::Middle,
        value: numbers::usd(usd),
        pinned: None,
    };
    let mut rows = vec![total("Pinned", from)];
    let mut end = from;
    for cause in &causes.each {
        let start = end;
        let usd = cause.effect.map_or(0.0, |effect| effect[Headline::Month]);
        end += usd;
        rows.push(BarRow {
            name: cause.label.to_owned(),
            note: note(cause),
            span: Some([start, end]),
            ink: if usd > 0.0 { Ink::Bad } else { Ink::Good },
            value: signed(usd, numbers::usd),
            pinned: None,
        });
    }
    rows.push(total("Now", to));
    Some(rows)
}

fn draw(ui: &mut Ui, answer: &mut Answer, scene: &Scene<'_>, _: CardPlace) {
    let t = tokens(ui);
    if let (Some(rows), Some(causes)) = (rows(answer, scene), scene.causes) {
        let parts = |ui: &mut Ui| {
            rows_ui(ui, TITLE, "From pinned to now", &rows, t.middle, None);
            let (text, hint) = match causes.method {
                Method::Shapley => (
                    "Shared fairly among the inputs; adds up.",
                    "Shapley values: the mean over every order in which the inputs can change.",
                ),
                Method::InOrder => (
                    "One input after another, in the order of the list; adds up.",
                    "More than six inputs changed: too many orders for a mean over all of them.",
                ),
            };
            ui.label(caption(text, t)).on_hover_text(hint);
        };
        return plot_card_ui(ui, TITLE, &numbers::money_heading("/month"), |_| {}, parts);
    }
    card(t).show(ui, |ui| {
        ui.set_min_width(ui.available_width());
        ui.label(section_head(TITLE, t));
        match scene.causes {
            None => {
                ui.label(body("Calculating…", t));
            }
            Some(causes) => {
                for text in cause_texts(causes) {
                    ui.label(body(text, t));
                }
            }
        }
    });
}
