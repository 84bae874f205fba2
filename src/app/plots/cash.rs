//! Cash by year: what each way of paying costs in each year of the horizon, and its present value.

use eframe::egui::{Align2, Ui, pos2};
use headroom::engine::analysis::outlook::Way;
use headroom::report::numbers;
use headroom::report::sentence;

use super::card::{Card, note_ui, plot_card_ui};
use super::diagram::Diagram;
use super::scene::{CardPlace, Scene};
use super::table::{Cell, Column, Table};
use crate::app::answer::Answer;
use crate::app::text::inside_sentence;
use crate::app::theme::{regular, semibold};
use crate::app::tokens::{measure, size, space};

const TITLE: &str = "Cash by year";

/// Cash of each year, what is paid at its start included. A part of a year counts as a year.
fn years(way: &Way) -> Vec<f64> {
    let last = way.spent_usd.len().saturating_sub(1);
    (0..last.div_ceil(12))
        .map(|year| {
            let before = if year == 0 { 0.0 } else { way.spent_usd[12 * year] };
            way.spent_usd[last.min(12 * (year + 1))] - before
        })
        .collect()
}

/// The card: years beside each other as far as they fit, the last column in today's money.
pub(super) const CARD: Card = Card { title: TITLE, table, draw };

fn table(answer: &mut Answer, scene: &Scene<'_>) -> Table {
    let outlook = answer.outlook(scene.scenario, scene.catalog, scene.selected);
    let count = outlook.ways.first().map_or(0, |way| years(way).len());
    let year = |i| Column::number(format!("year {i}"), format!("year_{i}_usd"), numbers::usd);
    let mut columns = vec![Column::text("way of paying")];
    columns.extend((1..=count).map(year));
    columns.push(Column::number("today's dollars", "present_usd", numbers::usd));
    let mut table = Table::new(TITLE, columns);
    for way in &outlook.ways {
        let mut cells = vec![Cell::text(sentence::paying_label(way.paying))];
        cells.extend(years(way).into_iter().chain([way.present_usd]).map(Cell::Number));
        table.push(cells);
    }
    table
}

fn draw(ui: &mut Ui, answer: &mut Answer, scene: &Scene<'_>, _standing: CardPlace) {
    let outlook = answer.outlook(scene.scenario, scene.catalog, scene.selected);
    let Some((candidate, _)) = answer.shown(scene.selected) else { return };
    let rate = numbers::percent(scene.scenario.money.discount_rate);
    plot_card_ui(
        ui,
        TITLE,
        &numbers::money_heading(&format!(", {}", candidate.name)),
        |ui| note_ui(ui, &format!("today's dollars at {rate} per year, less residual")),
        |ui| {
            let ways = &outlook.ways;
            let count = ways.first().map_or(0, |way| years(way).len());
            let mut drawing = Diagram::new(ui, measure::BAR_ROW * (ways.len() + 1) as f32);
            let t = drawing.t;
            let area = drawing.rect;
            let names = (area.width() * 0.27).max(110.0);
            const LEAST: f32 = 58.0;
            let columns = (((area.width() - names) / LEAST) as usize).saturating_sub(1).min(count);
            let each = (area.width() - names) / (columns + 1) as f32;
            let right = |column: usize| area.left() + names + each * (column + 1) as f32;
            let middle = |row: usize| area.top() + measure::BAR_ROW * (row as f32 + 0.5);
            let best = ways.iter().map(|way| way.present_usd).fold(f64::INFINITY, f64::min);
            let mut cell = |column: usize, row: usize, text: &str, font, color| {
                let at = pos2(right(column), middle(row));
                drawing.fitted(at, Align2::RIGHT_CENTER, text, font, color, each - space::XS);
            };
            for year in 0..columns {
                cell(year, 0, &format!("year {}", year + 1), regular(size::CAPTION), t.middle);
            }
            cell(columns, 0, "today's", regular(size::CAPTION), t.middle);
            let mut descriptions: Vec<String> = Vec::new();
            for (row, way) in ways.iter().enumerate() {
                let years = years(way);
                for (year, usd) in years.iter().take(columns).enumerate() {
                    cell(year, row + 1, &numbers::usd(*usd), regular(size::BODY), t.high);
                }
                let (face, color) = if way.present_usd == best {
                    (semibold(size::BODY), t.good_text)
                } else {
                    (regular(size::BODY), t.high)
                };
                cell(columns, row + 1, &numbers::usd(way.present_usd), face, color);
                let each: Vec<String> = years
                    .iter()
                    .enumerate()
                    .map(|(i, v)| format!("{} in year {}", numbers::usd(*v), i + 1))
                    .collect();
                descriptions.push(format!(
                    "{}, {} in today's dollars",
                    each.join(", "),
                    numbers::usd(way.present_usd)
                ));
            }
            for (row, way) in ways.iter().enumerate() {
                let face = if way.present_usd == best { semibold(size::BODY) } else { regular(size::BODY) };
                let at = pos2(area.left(), middle(row + 1));
                drawing.fitted(
                    at,
                    Align2::LEFT_CENTER,
                    sentence::paying_label(way.paying),
                    face,
                    t.high,
                    names,
                );
                let row_rect = eframe::egui::Rect::from_x_y_ranges(
                    area.x_range(),
                    middle(row + 1) - measure::BAR_ROW / 2.0..=middle(row + 1) + measure::BAR_ROW / 2.0,
                );
                drawing.spot(row_rect, sentence::paying_label(way.paying), descriptions[row].clone());
                let y = middle(row + 1) - measure::BAR_ROW / 2.0;
                drawing.line(pos2(area.left(), y), pos2(area.right(), y), measure::HAIRLINE, t.grid);
            }
            let parts: Vec<String> = ways
                .iter()
                .zip(&descriptions)
                .map(|(way, text)| format!("{}: {text}", sentence::paying_label(way.paying)))
                .collect();
            let text = format!("{}, {}. {}.", candidate.name, inside_sentence("Dollars"), parts.join("; "));
            drawing.finish(TITLE, &text);
        },
    );
}

#[cfg(test)]
mod tests {
    use super::*;
    use headroom::engine::analysis::outlook::Paying;

    #[test]
    fn years_add_up_to_what_is_spent() {
        let spent_usd: Vec<f64> = (0..=30).map(|m| 100.0 + 10.0 * f64::from(m)).collect();
        let way = Way { paying: Paying::Mix, spent_usd, present_usd: 0.0 };
        assert_eq!(years(&way), [220.0, 120.0, 60.0]);
    }
}
