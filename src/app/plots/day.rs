//! The day: accelerators needed in each hour, and which of them to reserve, to rent on demand, to leave to spot.

use eframe::egui::{Align2, Rect, Ui, pos2};
use headroom::engine::Mix;
use headroom::report::numbers;

use super::card::{Card, note_ui, plot_card_ui};
use super::diagram::Diagram;
use super::frame::height;
use super::scene::{CardPlace, Scene};
use super::table::{Cell, Column, Table};
use crate::app::answer::Answer;
use crate::app::theme::{body, regular, shade, tokens};
use crate::app::tokens::{measure, size, space};

const TITLE: &str = "The cheapest mix over a day";

/// Reserved, on demand and spot in one hour.
fn parts(mix: &Mix, hour: usize) -> [f64; 3] {
    let reserved = mix.reserved;
    [reserved, (mix.steady[hour] - reserved).max(0.0), mix.spot[hour]]
}

/// How much of the accelerator's colour the parts have.
const STRENGTHS: [f32; 3] = [1.0, 0.6, 0.3];

fn summary(mix: &Mix) -> String {
    let reserved = match mix.reserved_term {
        Some(term) => format!("{} {}", numbers::count(mix.reserved), term.label().to_lowercase()),
        None => "none reserved".to_owned(),
    };
    let spot = mix.spot.iter().fold(0.0, |a: f64, b| a.max(*b));
    format!(
        "{reserved}, up to {} on demand, up to {} on spot",
        numbers::count(mix.on_demand_at_peak),
        numbers::count(spot)
    )
}

/// The card.
pub(super) const CARD: Card = Card { title: TITLE, table, draw };

fn table(answer: &mut Answer, scene: &Scene<'_>) -> Table {
    let count = |name: &str| Column::number(name, name.replace(' ', "_"), numbers::count);
    let hour = Column::number("from", "hour", |v| format!("{v}:00"));
    let mut table = Table::new(TITLE, [hour, count("reserved"), count("on demand"), count("spot")]);
    let mix = answer.shown(scene.selected).and_then(|(_, sizing)| sizing.estate.cost.mix);
    for (mix, hour) in mix.iter().flat_map(|mix| (0..24).map(move |hour| (mix, hour))) {
        let [reserved, on_demand, spot] = parts(mix, hour).map(Cell::Number);
        table.push([Cell::Number(hour as f64), reserved, on_demand, spot]);
    }
    table
}

fn draw(ui: &mut Ui, answer: &mut Answer, scene: &Scene<'_>, standing: CardPlace) {
    let t = tokens(ui);
    let Some((candidate, sizing)) = answer.shown(scene.selected) else { return };
    let color = scene.palette.color(&candidate.accelerator, t);
    let note = format!("accelerators, {}", candidate.name);
    let Some(mix) = sizing.estate.cost.mix else {
        plot_card_ui(
            ui,
            TITLE,
            &note,
            |_| {},
            |ui| {
                let text = format!("{} is not for rent by the hour: it can only be bought.", candidate.name);
                ui.label(body(text, t));
            },
        );
        return;
    };
    let cost = format!("{} a month", numbers::usd(mix.usd_per_month));
    plot_card_ui(
        ui,
        TITLE,
        &note,
        |ui| note_ui(ui, &cost),
        |ui| {
            let mut drawing = Diagram::new(ui, height(standing));
            let area = drawing.rect;
            let line = 18.0;
            let text = summary(&mix);
            drawing.lines(area.left_top(), Align2::LEFT_TOP, text.clone(), area.width());
            let most = (0..24).map(|hour| parts(&mix, hour).iter().sum::<f64>()).fold(1.0, f64::max);
            let mark = ui.painter().layout_no_wrap(numbers::count(most), regular(size::CAPTION), t.middle);
            let beside = mark.size().x + 2.0 * space::XS;
            let plot = Rect::from_min_max(
                pos2(area.left() + beside, area.top() + 2.0 * line + space::S),
                pos2(area.right(), area.bottom() - line),
            );
            let y = |v: f64| plot.bottom() - plot.height() * (v / most) as f32;
            for v in [0.0, most] {
                drawing.line(pos2(plot.left(), y(v)), pos2(plot.right(), y(v)), measure::HAIRLINE, t.grid);
                let at = pos2(plot.left() - space::XS, y(v));
                drawing.note(at, Align2::RIGHT_CENTER, numbers::count(v), t.middle);
            }
            let slot = plot.width() / 24.0;
            for hour in 0..24 {
                let left = plot.left() + slot * hour as f32;
                let mut from = 0.0;
                for (part, strength) in parts(&mix, hour).into_iter().zip(STRENGTHS) {
                    let bar = Rect::from_min_max(
                        pos2(left + 1.0, y(from + part)),
                        pos2(left + slot - 1.0, y(from)),
                    );
                    if part > 0.0 {
                        drawing.bar(bar, shade(color, t.panel, strength));
                    }
                    from += part;
                }
                let [reserved, on_demand, spot] = parts(&mix, hour).map(numbers::count);
                drawing.spot(
                    Rect::from_min_max(pos2(left, plot.top()), pos2(left + slot, plot.bottom())),
                    format!("{hour}:00 to {}:00", hour + 1),
                    format!("{reserved} reserved, {on_demand} on demand, {spot} on spot"),
                );
                if hour % 6 == 0 {
                    let at = pos2(left, plot.bottom() + 2.0);
                    drawing.note(at, Align2::LEFT_TOP, format!("{hour}:00"), t.middle);
                }
            }
            drawing.finish(TITLE, &format!("{}. {text}, {cost}.", candidate.name));
        },
    );
}
