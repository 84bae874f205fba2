//! The ranked table: one row for each accelerator, those that cannot do it with the reason.

use eframe::egui::{self, Align, Align2, Color32, FontId, Rect, Role, Sense, Ui, WidgetInfo, pos2, vec2};
use headroom::catalog::Catalog;
use headroom::engine::analysis::nearest::reasonable;
use headroom::engine::{Candidate, Plan, Rejection, Sizing};
use headroom::report::numbers;
use headroom::report::sentence;
use headroom::scenario::Scenario;
use headroom::units::Unit;

use super::palette::Palette;
use super::theme::{card, focus_ring, regular, semibold, shade, shrunk, tokens};
use super::tokens::{Tokens, measure, radius, size, space};

/// Rows that are shown before the rest is asked for.
const FIRST: usize = 8;

/// The columns, from left to right.
#[derive(Clone, Copy, Debug, PartialEq)]
enum RankingColumn {
    Name,
    Layout,
    Count,
    Limit,
    Ttft,
    Tpot,
    Power,
    Month,
    Bar,
    Tokens,
}

/// Column, least width in points, and the width of the table below which it gives way (0: never).
const COLUMNS: [(RankingColumn, f32, f32); 10] = [
    (RankingColumn::Name, 118.0, 0.0),
    (RankingColumn::Layout, 178.0, 560.0),
    (RankingColumn::Count, 72.0, 0.0),
    (RankingColumn::Limit, 86.0, 760.0),
    (RankingColumn::Ttft, 68.0, 680.0),
    (RankingColumn::Tpot, 68.0, 0.0),
    (RankingColumn::Power, 68.0, 480.0),
    (RankingColumn::Month, 78.0, 0.0),
    (RankingColumn::Bar, 82.0, 840.0),
    (RankingColumn::Tokens, 78.0, 0.0),
];

impl RankingColumn {
    fn align(self) -> Align {
        match self {
            Self::Name | Self::Layout | Self::Limit | Self::Bar => Align::LEFT,
            _ => Align::RIGHT,
        }
    }

    fn head(self, percentile: &str) -> String {
        match self {
            Self::Name => "Accelerator".to_owned(),
            Self::Layout => "Layout, weights".to_owned(),
            Self::Count => "Count".to_owned(),
            Self::Limit => "First limit".to_owned(),
            Self::Ttft => format!("TTFT {percentile}"),
            Self::Tpot => format!("TPOT {percentile}"),
            Self::Power => "Drawn".to_owned(),
            Self::Month => numbers::money_heading("/month"),
            Self::Bar => String::new(),
            Self::Tokens => numbers::money_heading("/M tokens"),
        }
    }

    fn text(self, candidate: &Candidate, sizing: &Sizing) -> String {
        let op = &sizing.operating_point;
        match self {
            Self::Name => candidate.name.clone(),
            // Many degrees need every point of the column; those of pools are in the tooltip.
            Self::Layout => {
                let text = sentence::pool_sizes(sizing).unwrap_or_else(|| sentence::layout(sizing));
                let several = text.contains('·');
                let text = if several { text.replace(" · ", " ").replace("P ", "P") } else { text };
                format!("{text}, {}", sentence::weights(sizing))
            }
            Self::Count => {
                // Whole rental units or servers are paid for: "2/4" shows why the price is that of four.
                let whole = sizing.whole();
                let needed = numbers::count(f64::from(whole.accelerators));
                if whole.billed_accelerators > whole.accelerators {
                    format!("{needed}/{}", numbers::count(f64::from(whole.billed_accelerators)))
                } else {
                    needed
                }
            }
            Self::Limit => sentence::limit_label(sizing.limit).to_owned(),
            Self::Ttft => numbers::about_seconds(op.ttft_s.at_slo),
            Self::Tpot => numbers::about_seconds(op.tpot_s.at_slo),
            Self::Power => numbers::watts(sizing.estate.power.facility_w),
            Self::Month => sentence::month(sizing),
            Self::Bar => String::new(),
            Self::Tokens => numbers::usd(sizing.estate.cost.chosen.usd_per_million_tokens),
        }
    }
}

/// Where each column that fits begins and ends.
fn places(rect: Rect) -> Vec<(RankingColumn, egui::Rangef)> {
    let kept: Vec<_> = COLUMNS.iter().filter(|(_, _, below)| rect.width() >= *below).collect();
    let least: f32 = kept.iter().map(|(_, width, _)| width).sum();
    let stretch = (rect.width() / least).max(0.1);
    let mut x = rect.left();
    kept.iter()
        .map(|(column, width, _)| {
            let right = x + width * stretch;
            let place = egui::Rangef::new(x, right);
            x = right;
            (*column, place)
        })
        .collect()
}

/// What the ranking reads.
pub struct Ranking<'a> {
    pub plan: &'a Plan,
    pub scenario: &'a Scenario,
    pub catalog: &'a Catalog,
    pub palette: &'a Palette,
    pub shown: Option<&'a str>,
}

/// What was asked of a row.
pub enum RowAsked {
    /// To show its accelerator.
    Show(String),
    /// To take its accelerator off the table.
    Off(String),
    /// To leave nothing else on the table.
    Only(String),
}

/// The card; returns what was asked of a row.
pub fn ranking_ui(ui: &mut Ui, ranking: &Ranking<'_>, expanded: &mut bool) -> Option<RowAsked> {
    let t = tokens(ui);
    let mut clicked = None;
    card(t).inner_margin(egui::Margin::symmetric(space::S as i8, space::S as i8)).show(ui, |ui| {
        ui.spacing_mut().item_spacing.y = 0.0;
        let percentile = numbers::quantity(ranking.scenario.slo.percentile, Unit::Percentile);
        head_ui(ui, &percentile);
        // Those that lack a price alone have a list of their own.
        let unpriced = |c: &&Candidate| matches!(c.rejection(), Some(Rejection::Price { .. }));
        let all: Vec<&Candidate> = ranking.plan.candidates.iter().filter(|c| !unpriced(c)).collect();
        let rows = if *expanded { all.len() } else { FIRST.min(all.len()) };
        // The one that is shown has its row, wherever it ranks.
        let shown = all[rows..].iter().find(|c| ranking.shown == Some(c.accelerator.as_str())).copied();
        let most_expensive = all[..FIRST.min(all.len())]
            .iter()
            .copied()
            .chain(shown)
            .filter_map(|c| c.sizing().map(|s| s.bands.usd_per_million_tokens_high))
            .fold(0.0, f64::max);
        for candidate in all[..rows].iter().copied().chain(shown) {
            if let Some(asked) = row_ui(ui, ranking, candidate, most_expensive) {
                clicked = Some(asked);
            }
        }
        rest_ui(ui, &all, ranking.shown, expanded, t);
    });
    clicked
}

fn cell(ui: &Ui, rect: Rect, place: egui::Rangef, align: Align, text: &str, font: FontId, color: Color32) {
    const GAP: f32 = space::S;
    let place = egui::Rangef::new(place.min + GAP, place.max - GAP);
    let font = shrunk(ui.painter(), text, font, place.span());
    // The very line that was measured, which is laid out once.
    let galley = ui.painter().layout_no_wrap(text.to_owned(), font, Color32::PLACEHOLDER);
    let x = if align == Align::RIGHT { place.max - galley.size().x } else { place.min };
    ui.painter().galley(pos2(x, rect.center().y - galley.size().y / 2.0), galley, color);
}

fn head_ui(ui: &mut Ui, percentile: &str) {
    let t = tokens(ui);
    let (rect, _) = ui.allocate_exact_size(vec2(ui.available_width(), measure::ROW_HEIGHT), Sense::hover());
    for (column, place) in places(rect) {
        cell(ui, rect, place, column.align(), &column.head(percentile), regular(size::CAPTION), t.middle);
    }
}

/// One row; returns what was asked of it.
fn row_ui(
    ui: &mut Ui,
    ranking: &Ranking<'_>,
    candidate: &Candidate,
    most_expensive: f64,
) -> Option<RowAsked> {
    let t = tokens(ui);
    let (rect, response) =
        ui.allocate_exact_size(vec2(ui.available_width(), measure::ROW_HEIGHT), Sense::click());
    let chosen = ranking.shown == Some(candidate.accelerator.as_str());
    let text = sentence::candidate(ranking.plan, candidate);
    response.widget_info(|| {
        let caution = candidate.sizing().and_then(|s| s.estate.cost.support.caution()).unwrap_or_default();
        WidgetInfo::selected(Role::Row, true, chosen, format!("{}: {text} {caution}", candidate.name))
    });
    if ui.is_rect_visible(rect) {
        let painter = ui.painter();
        painter.hline(rect.x_range(), rect.top(), (measure::HAIRLINE, t.grid));
        if chosen {
            painter.rect_filled(rect, f32::from(radius::BAR), t.raised);
        } else if response.hovered() {
            painter.rect_filled(rect, f32::from(radius::BAR), t.raised.gamma_multiply(0.6));
        }
        match candidate.sizing() {
            Some(sizing) => sized_row_ui(ui, rect, ranking, candidate, sizing, chosen, most_expensive),
            None => rejected_row_ui(ui, rect, candidate, t),
        }
        focus_ring(ui, &response, rect.shrink(1.0), f32::from(radius::BAR));
    }
    // A row of figures is complete; a reason is brief.
    let response = match candidate.sizing() {
        Some(sizing) => response.on_hover_text(sentence::bands(sizing)),
        None => response.on_hover_ui(|ui| {
            let (scenario, catalog) = (ranking.scenario, ranking.catalog);
            ui.label(text);
            if let Some(at) = reasonable(scenario, catalog, ranking.plan, &candidate.accelerator) {
                ui.label(sentence::reasonable(&at, scenario, catalog));
            }
        }),
    };
    let id = || candidate.accelerator.clone();
    let mut asked = response.clicked().then(|| RowAsked::Show(id()));
    response.context_menu(|ui| {
        if ui.button("Take off the table").clicked() {
            asked = Some(RowAsked::Off(id()));
        }
        if ui.button("Leave only this").clicked() {
            asked = Some(RowAsked::Only(id()));
        }
    });
    asked
}

fn sized_row_ui(
    ui: &Ui,
    rect: Rect,
    ranking: &Ranking<'_>,
    candidate: &Candidate,
    sizing: &Sizing,
    chosen: bool,
    most_expensive: f64,
) {
    let t = tokens(ui);
    let color = ranking.palette.color(&candidate.accelerator, t);
    for (column, place) in places(rect) {
        match column {
            RankingColumn::Name => {
                let indented = chip(ui, rect, place, color);
                let font = if chosen { semibold(size::BODY) } else { regular(size::BODY) };
                cell(ui, rect, indented, Align::LEFT, &candidate.name, font, t.high);
            }
            RankingColumn::Bar => {
                let length = |usd: f64| {
                    let share = (usd / most_expensive.max(1e-12)).min(1.0) as f32;
                    ((place.span() - 2.0 * space::S) * share).max(2.0)
                };
                let width = length(sizing.estate.cost.chosen.usd_per_million_tokens);
                let bar =
                    Rect::from_min_size(pos2(place.min + space::S, rect.center().y - 4.0), vec2(width, 8.0));
                ui.painter().rect_filled(bar, f32::from(radius::BAR), shade(color, t.panel, 0.85));
                // How far it may be off, as a thin line over the bar.
                let bands = &sizing.bands;
                let ends = [bands.usd_per_million_tokens_low, bands.usd_per_million_tokens_high].map(length);
                if ends[1] - ends[0] > 1.0 {
                    let x = place.min + space::S;
                    let line = (measure::HAIRLINE, t.high);
                    ui.painter().hline(x + ends[0]..=x + ends[1], rect.center().y, line);
                }
            }
            _ => {
                let quiet = matches!(column, RankingColumn::Layout | RankingColumn::Limit);
                let ink = if quiet { t.middle } else { t.high };
                cell(
                    ui,
                    rect,
                    place,
                    column.align(),
                    &column.text(candidate, sizing),
                    regular(size::BODY),
                    ink,
                );
            }
        }
    }
}

fn rejected_row_ui(ui: &Ui, rect: Rect, candidate: &Candidate, t: &Tokens) {
    let columns = places(rect);
    let Some((_, name)) = columns.first() else { return };
    let indented = chip(ui, rect, *name, t.stroke);
    cell(ui, rect, indented, Align::LEFT, &candidate.name, regular(size::BODY), t.middle);
    if let Some(rejection) = candidate.rejection() {
        let rest = egui::Rangef::new(name.max, rect.right());
        cell(
            ui,
            rect,
            rest,
            Align::LEFT,
            &sentence::brief_rejection(rejection),
            regular(size::BODY),
            t.middle,
        );
    }
}

/// A chip of colour; returns what is left of the cell for the name.
fn chip(ui: &Ui, rect: Rect, place: egui::Rangef, color: Color32) -> egui::Rangef {
    let center = pos2(place.min + space::S + measure::CHIP / 2.0, rect.center().y);
    ui.painter().rect_filled(Rect::from_center_size(center, egui::Vec2::splat(measure::CHIP)), 2.0, color);
    egui::Rangef::new(place.min + measure::CHIP + space::S, place.max)
}

/// "9 more: 5 cost more, 4 cannot meet the limits", which opens and closes the rest.
fn rest_ui(ui: &mut Ui, all: &[&Candidate], shown: Option<&str>, expanded: &mut bool, t: &Tokens) {
    let rest: Vec<_> = all.iter().skip(FIRST).filter(|c| shown != Some(c.accelerator.as_str())).collect();
    if rest.is_empty() {
        return;
    }
    let costlier = rest.iter().filter(|c| c.feasible()).count();
    let cannot = rest.len() - costlier;
    let mut parts = Vec::new();
    if costlier > 0 {
        parts.push(format!("{costlier} cost more"));
    }
    if cannot > 0 {
        parts.push(format!("{cannot} cannot meet the limits"));
    }
    let label = if *expanded {
        "Show fewer".to_owned()
    } else {
        format!("{} more: {}", rest.len(), parts.join(", "))
    };
    let (rect, response) =
        ui.allocate_exact_size(vec2(ui.available_width(), measure::ROW_HEIGHT), Sense::click());
    response.widget_info(|| WidgetInfo::selected(Role::Button, true, *expanded, &label));
    let painter = ui.painter();
    painter.hline(rect.x_range(), rect.top(), (measure::HAIRLINE, t.grid));
    let color = if response.hovered() { t.high } else { t.middle };
    let at = pos2(rect.left() + space::S, rect.center().y);
    painter.text(at, Align2::LEFT_CENTER, &label, regular(size::BODY), color);
    focus_ring(ui, &response, rect.shrink(1.0), f32::from(radius::BAR));
    if response.on_hover_cursor(egui::CursorIcon::PointingHand).clicked() {
        *expanded = !*expanded;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_fill_the_table_at_every_width_and_the_figures_stay() {
        for width in [420.0, 600.0, 760.0, 1200.0] {
            let rect = Rect::from_min_size(pos2(10.0, 0.0), vec2(width, 26.0));
            let places = places(rect);
            assert!((places.last().expect("columns").1.max - rect.right()).abs() < 0.5);
            for needed in
                [RankingColumn::Name, RankingColumn::Count, RankingColumn::Month, RankingColumn::Tokens]
            {
                assert!(places.iter().any(|(column, _)| *column == needed), "{needed:?} at {width}");
            }
        }
    }
}
