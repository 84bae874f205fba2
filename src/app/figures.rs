//! Four figures: accelerators, power, cost per month, cost per million tokens. A click explains it.

use eframe::egui::text::{LayoutJob, TextFormat};
use eframe::egui::{
    self, Color32, FontId, Rect, RichText, Role, Sense, StrokeKind, Ui, UiBuilder, WidgetInfo, vec2,
};
use headroom::engine::{Headline, Sizing};
use headroom::report::numbers;
use headroom::report::sentence::{self, headline};
use headroom::scenario::Scenario;

use super::text::trimmed;
use super::theme::{body, focus_ring, regular, semibold, shrunk, tokens};
use super::tokens::{measure, radius, size, space};

/// Height of a card, points.
const HEIGHT: f32 = 76.0;
/// Below this width two cards are in a row instead of four.
const TWO_BELOW: f32 = 870.0;
/// Below this width of a card its figure is smaller.
const NARROW_BELOW: f32 = 236.0;

/// A line may be this much smaller before a part of it gives way.
const SMALLER: f32 = 0.92;
/// Height of a line over the size of its face.
const LEADING: f32 = 1.24;

/// One figure.
struct FigureCard {
    /// Key of the step that made it.
    key: &'static str,
    value: String,
    unit: &'static str,
    note: String,
    /// How far it may turn out different; empty where it may not.
    band: String,
    /// What it was when it was pinned, how it changed (empty: not at all), and whether that costs more.
    change: Option<(String, String, bool)>,
}

/// "3–5", where both ends do not read the same.
fn band([least, most]: [f64; 2], write: impl Fn(f64) -> String) -> String {
    let (least, most) = (write(least), write(most));
    if least == most {
        return String::new();
    }
    // The unit once: "10.8–23.1 kW", "$18.6k–31.1k".
    let least = match (least.split_once(' '), most.split_once(' ')) {
        (Some((number, unit)), Some((_, other))) if unit == other => number.to_owned(),
        _ => least,
    };
    format!("{least}–{}", numbers::unsigned(&most))
}

/// What it was, how it changed, and whether to more.
fn change(was: f64, now: f64, write: &dyn Fn(f64) -> String) -> (String, String, bool) {
    let sign = if now < was { "−" } else { "+" };
    let (before, by) = (write(was), write((now - was).abs()));
    let by = match (before == write(now), before.split_once(' '), by.split_once(' ')) {
        (true, ..) => String::new(),
        // The unit once: "was 5.71 kW, +2.1".
        (_, Some((_, unit)), Some((number, other))) if unit == other => format!("{sign}{}", trimmed(number)),
        _ => format!("{sign}{by}"),
    };
    (format!("was {before}"), by, now > was)
}

/// The same with the change as a share, for figures where a share is clearer.
fn change_share(was: f64, now: f64, write: &dyn Fn(f64) -> String) -> (String, String, bool) {
    let (was_text, by, more) = change(was, now, write);
    if by.is_empty() || was <= 0.0 {
        return (was_text, by, more);
    }
    let sign = if now < was { "−" } else { "+" };
    (was_text, format!("{sign}{}", numbers::percent((now / was - 1.0).abs())), more)
}

/// The headline figures of a candidate, against those that were pinned.
fn figures(sizing: &Sizing, scenario: &Scenario, pinned: Option<&Sizing>) -> [FigureCard; 4] {
    Headline::ALL.map(|headline| {
        let write = |value: f64| headline::value(headline, value);
        let now = headline.of(sizing);
        let against = match headline {
            Headline::MillionTokens => change_share,
            _ => change,
        };
        let written = write(now);
        let (value, unit) = match headline {
            Headline::Accelerators => (written, if now == 1.0 { "accelerator" } else { "accelerators" }),
            Headline::Power => {
                let (number, unit) = written.split_once(' ').unwrap_or((&written, "W"));
                let unit = match unit {
                    "MW" => "MW drawn",
                    "kW" => "kW drawn",
                    _ => "W drawn",
                };
                (number.to_owned(), unit)
            }
            Headline::Month => (written, "per month"),
            Headline::MillionTokens => (written, "per M tokens"),
        };
        FigureCard {
            key: headline.path(),
            band: band(headline.band(sizing), write),
            change: pinned.map(|pinned| against(headline.of(pinned), now, &write)),
            value,
            unit,
            note: note(headline, sizing, scenario),
        }
    })
}

/// The note beside a figure.
fn note(headline: Headline, sizing: &Sizing, scenario: &Scenario) -> String {
    let cost = &sizing.estate.cost.chosen;
    match headline {
        Headline::Accelerators if sizing.layout.rack_scale => sentence::servers(sizing),
        Headline::Accelerators => {
            format!("{} in {}", sentence::servers(sizing), sentence::counted(sizing.whole().racks, "rack"))
        }
        Headline::Power => {
            format!("fullest rack rated {}", numbers::watts(sizing.estate.facility.rack_w))
        }
        Headline::Month => {
            let term = sentence::paid_term(&sizing.estate.cost, scenario.money.term);
            format!("{term}, {} per hour", numbers::usd(cost.usd_per_hour))
        }
        Headline::MillionTokens => {
            format!("{} per M output tokens", numbers::usd(cost.usd_per_million_output_tokens))
        }
    }
}

/// How far the figure may be off, and how it changed since it was pinned, else a note about it: as much of that as has room
/// in `width`, the first part first.
fn second_line(ui: &Ui, figure: &FigureCard, width: f32) -> LayoutJob {
    let t = tokens(ui);
    let band = figure.band.clone();
    let (was, by, color) = match &figure.change {
        Some((was, by, more)) => (was.clone(), by.clone(), if *more { t.bad_text } else { t.good_text }),
        None => (figure.note.clone(), String::new(), t.middle),
    };
    let join =
        |parts: [&str; 2]| parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(", ");
    // What comes before the change, and the change.
    let lead = |was: &str| match (join([&band, was]), by.is_empty()) {
        (lead, false) if !lead.is_empty() => format!("{lead}, "),
        (lead, _) => lead,
    };
    let versions = [(lead(&was), by.clone()), (lead(""), by.clone()), (join([&band, ""]), String::new())];
    let font = regular(size::BODY - 1.0);
    let fits = |(lead, by): &&(String, String)| {
        let text = format!("{lead}{by}");
        !text.is_empty() && shrunk(ui.painter(), &text, font.clone(), width).size >= SMALLER * font.size
    };
    let (lead, by) = versions.iter().find(fits).unwrap_or(&versions[1]);
    let font = shrunk(ui.painter(), &format!("{lead}{by}"), font, width);
    let mut job = LayoutJob::default();
    job.append(lead, 0.0, TextFormat { font_id: font.clone(), color: t.middle, ..Default::default() });
    job.append(by, 0.0, TextFormat { font_id: font, color, ..Default::default() });
    job
}

/// A figure for screen readers.
fn description(figure: &FigureCard) -> String {
    let mut text = format!("{} {}, {}", figure.value, figure.unit, figure.note);
    if !figure.band.is_empty() {
        text.push_str(&format!(", 90% band {}", figure.band));
    }
    if let Some((was, by, _)) = &figure.change {
        let parted = if by.is_empty() { "" } else { ", " };
        text.push_str(&format!(", {was}{parted}{by}"));
    }
    text
}

/// The size of type in which the widest of `texts` is no wider than `width`, at most `most`.
fn fitting(
    ui: &Ui,
    texts: impl Iterator<Item = String>,
    face: fn(f32) -> FontId,
    most: f32,
    width: f32,
) -> f32 {
    texts.map(|text| shrunk(ui.painter(), &text, face(most), width).size).fold(most, f32::min)
}

/// The figures for the wall, over the whole width: the number, what it is of and how it changed, its band. Each line is as
/// large as the widest of the four allows.
pub fn wall_figures_ui(ui: &mut Ui, sizing: &Sizing, scenario: &Scenario, pinned: Option<&Sizing>) {
    let t = tokens(ui);
    let figures = figures(sizing, scenario, pinned);
    let (width, count) = (ui.available_width(), figures.len() as f32);
    let each = (width - space::L * (count - 1.0)) / count;
    let unit = |figure: &FigureCard| figure.unit.to_owned();
    let by = |figure: &FigureCard| match &figure.change {
        Some((_, by, _)) if !by.is_empty() => format!(" {by}"),
        _ => String::new(),
    };
    let number = fitting(ui, figures.iter().map(|f| f.value.clone()), semibold, size::FIGURE_WALL, each);
    let what = |f: &FigureCard| format!("{}{}", unit(f), by(f));
    let small = fitting(ui, figures.iter().map(what), regular, size::BODY + 1.0, each);
    let tiny = fitting(ui, figures.iter().map(|f| f.band.clone()), regular, size::CAPTION, each);
    let tops = [0.0, LEADING * number, LEADING * (number + small)];
    let height = LEADING * (number + small + tiny);
    let (area, _) = ui.allocate_exact_size(vec2(width, height), Sense::hover());
    for (i, figure) in figures.iter().enumerate() {
        let corner = area.min + vec2((each + space::L) * i as f32, 0.0);
        let rect = Rect::from_min_size(corner, vec2(each, height));
        let response = ui.interact(rect, ui.scope_id().with(figure.key), Sense::hover());
        response.widget_info(|| WidgetInfo::labeled(Role::Status, true, description(figure)));
        let mut lines = [LayoutJob::default(), LayoutJob::default(), LayoutJob::default()];
        let mut add = |line: usize, text: &str, font, color| {
            lines[line].append(text, 0.0, TextFormat { font_id: font, color, ..Default::default() });
        };
        add(0, &figure.value, semibold(number), t.high);
        add(1, &unit(figure), regular(small), t.middle);
        let more = figure.change.as_ref().is_some_and(|(_, _, more)| *more);
        add(1, &by(figure), regular(small), if more { t.bad_text } else { t.good_text });
        add(2, &figure.band, regular(tiny), t.middle);
        for (job, top) in lines.into_iter().zip(tops) {
            ui.painter().galley(corner + vec2(0.0, top), ui.painter().layout_job(job), t.high);
        }
    }
}

/// The row of cards; returns the key of the figure that was clicked.
pub fn figures_ui(
    ui: &mut Ui,
    sizing: &Sizing,
    scenario: &Scenario,
    pinned: Option<&Sizing>,
    why: &str,
) -> Option<&'static str> {
    let t = tokens(ui);
    let mut clicked = None;
    let figures = figures(sizing, scenario, pinned);
    let (places, points) = card_row_ui(ui, figures.len());
    for (figure, rect) in figures.into_iter().zip(places) {
        let response = ui.interact(rect, ui.scope_id().with(figure.key), Sense::click());
        let text = description(&figure);
        response.widget_info(|| WidgetInfo::selected(Role::Button, true, figure.key == why, &text));
        let edge = if response.hovered() {
            t.low
        } else if figure.key == why {
            t.accent
        } else {
            t.stroke
        };
        let mut card = number_card_ui(ui, (rect, points), edge, (&figure.value, t.high), figure.unit);
        focus_ring(ui, &response, rect, f32::from(radius::CARD));
        let width = card.max_rect().width();
        let line = second_line(&card, &figure, width);
        card.label(line);
        if response.on_hover_text(format!("{text}. Click to see why.")).clicked() {
            clicked = Some(figure.key);
        }
    }
    clicked
}

/// Room for so many cards, in one row or in two: where each is, and the size of type of its number, points.
pub fn card_row_ui(ui: &mut Ui, count: usize) -> (Vec<Rect>, f32) {
    let width = ui.available_width();
    let columns = if width < TWO_BELOW { 2 } else { 4 };
    let each = (width - space::M * (columns - 1) as f32) / columns as f32;
    let points = if each < NARROW_BELOW { size::FIGURE_NARROW } else { size::FIGURE };
    let rows = count.div_ceil(columns) as f32;
    let room = vec2(width, HEIGHT * rows + space::M * (rows - 1.0));
    let (area, _) = ui.allocate_exact_size(room, Sense::hover());
    let place = |i: usize| {
        let (column, row) = ((i % columns) as f32, (i / columns) as f32);
        let offset = vec2((each + space::M) * column, (HEIGHT + space::M) * row);
        Rect::from_min_size(area.min + offset, vec2(each, HEIGHT))
    };
    ((0..count).map(place).collect(), points)
}

/// A card with a number and what it is of; what is added to it comes beneath.
pub fn number_card_ui(
    ui: &mut Ui,
    (rect, points): (Rect, f32),
    edge: Color32,
    (value, color): (&str, Color32),
    unit: &str,
) -> Ui {
    let t = tokens(ui);
    let corner = f32::from(radius::CARD);
    ui.painter().rect(rect, corner, t.panel, (measure::HAIRLINE, edge), StrokeKind::Inside);
    let inside = rect.shrink2(vec2(space::L, space::M));
    let mut card = ui.new_child(UiBuilder::new().max_rect(inside));
    card.spacing_mut().item_spacing = vec2(space::XS + 2.0, 0.0);
    card.horizontal(|ui| {
        ui.with_layout(egui::Layout::left_to_right(egui::Align::Max), |ui| {
            let number = shrunk(ui.painter(), value, semibold(points), inside.width());
            ui.label(RichText::new(value).font(number).color(color));
            ui.add(egui::Label::new(body(unit, t).line_height(Some(points - 1.0))).truncate());
        });
    });
    card
}
