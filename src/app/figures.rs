//! Four figures: accelerators, power, money a month, money per million tokens. A click asks why.

use eframe::egui::{self, Rect, RichText, Role, Sense, StrokeKind, Ui, UiBuilder, WidgetInfo, vec2};
use headroom::engine::bands::bands;
use headroom::engine::{Candidate, Sizing, sentence};
use headroom::scenario::Scenario;
use headroom::units;

use super::pins::Pin;
use super::slider::chip_ui;
use super::theme::{body, caption, focus_ring, semibold, strong, tokens};
use super::tokens::{measure, radius, size, space};

/// Height of a card, points.
const HEIGHT: f32 = 76.0;
/// Below this width two cards stand in a row instead of four.
const TWO_BELOW: f32 = 870.0;
/// Below this width of a card its figure is smaller.
const NARROW_BELOW: f32 = 236.0;

/// One figure.
struct Figure {
    /// Key of the step that made it.
    key: &'static str,
    value: String,
    unit: &'static str,
    note: String,
    /// How far it may turn out otherwise; empty where it may not.
    band: String,
    /// What was pinned and how it changed, and whether that costs more.
    change: Option<(String, String, bool)>,
}

/// "3–5", where both ends do not read the same.
fn band([least, most]: [f64; 2], write: impl Fn(f64) -> String) -> String {
    let (least, most) = (write(least), write(most));
    if least == most { String::new() } else { format!("{least}–{most}") }
}

/// What it was, how it changed, and whether to more.
fn change(was: f64, now: f64, write: impl Fn(f64) -> String) -> (String, String, bool) {
    let sign = if now < was { "−" } else { "+" };
    let by = match write(was) == write(now) {
        true => "no change".to_owned(),
        false => format!("{sign}{}", write((now - was).abs())),
    };
    (format!("{} pinned", write(was)), by, now > was)
}

/// The four figures of a candidate, against those that were pinned.
fn figures(sizing: &Sizing, scenario: &Scenario, pinned: Option<&Sizing>) -> [Figure; 4] {
    let term = scenario.money.term;
    let bands = bands(sizing, scenario);
    let count = |v: f64| units::count(v);
    let against = |read: fn(&Sizing) -> f64, write: &dyn Fn(f64) -> String| {
        pinned.map(|pinned| change(read(pinned), read(sizing), write))
    };
    let (layout, power, cost) = (&sizing.layout, &sizing.power, &sizing.cost.chosen);
    let watts = units::watts(power.facility_w);
    let (value, unit) = watts.split_once(' ').unwrap_or((&watts, "W"));
    let unit = match unit {
        "MW" => "MW facility",
        "kW" => "kW facility",
        _ => "W facility",
    };
    [
        Figure {
            key: "layout.accelerators",
            band: band(bands.accelerators, count),
            change: against(|s| f64::from(s.layout.accelerators), &count),
            value: units::count(f64::from(layout.accelerators)),
            unit: if layout.accelerators == 1 { "accelerator" } else { "accelerators" },
            note: if layout.rack_scale {
                sentence::servers(sizing)
            } else {
                format!("{} in {}", sentence::servers(sizing), sentence::counted(layout.racks, "rack"))
            },
        },
        Figure {
            key: "power.facility_w",
            band: band(bands.facility_w, units::watts),
            change: against(|s| s.power.facility_w, &units::watts),
            value: value.to_owned(),
            unit,
            note: format!("{} J per output token", units::significant(power.joules_per_output_token, 2)),
        },
        Figure {
            key: "cost.usd_per_month",
            band: band(bands.usd_per_month, units::usd),
            change: against(|s| s.cost.chosen.usd_per_month, &units::usd),
            value: units::usd(cost.usd_per_month),
            unit: "a month",
            note: format!("{}, {} an hour", term.label().to_lowercase(), units::usd(cost.usd_per_hour)),
        },
        Figure {
            key: "cost.usd_per_million_tokens",
            band: band(bands.usd_per_million_tokens, units::usd),
            change: against(|s| s.cost.chosen.usd_per_million_tokens, &units::usd),
            value: units::usd(cost.usd_per_million_tokens),
            unit: "per M tokens",
            note: format!("{} per M output tokens", units::usd(cost.usd_per_million_output_tokens)),
        },
    ]
}

/// Says whose figures are shown when it is not the best's; answers whether to go back to the best.
pub fn picked_ui(ui: &mut Ui, picked: &Candidate, best: &str, color: egui::Color32) -> bool {
    let t = tokens(ui);
    let back = ui.horizontal(|ui| {
        chip_ui(ui, color);
        ui.label(strong(format!("Showing {}", picked.name), t));
        ui.button(format!("Back to {best}")).clicked()
    });
    ui.add_space(space::S);
    back.inner
}

/// The row of cards; answers the key of the figure that was clicked.
pub fn figures_ui(
    ui: &mut Ui,
    sizing: &Sizing,
    scenario: &Scenario,
    pinned: Option<&Pin>,
    why: &str,
) -> Option<&'static str> {
    let t = tokens(ui);
    let mut clicked = None;
    let width = ui.available_width();
    let columns = if width < TWO_BELOW { 2 } else { 4 };
    let card_width = (width - space::M * (columns - 1) as f32) / columns as f32;
    let points = if card_width < NARROW_BELOW { size::FIGURE_NARROW } else { size::FIGURE };
    let figures = figures(sizing, scenario, pinned.and_then(Pin::best));
    let rows = figures.len().div_ceil(columns);
    let (area, _) = ui.allocate_exact_size(
        vec2(width, HEIGHT * rows as f32 + space::M * (rows - 1) as f32),
        Sense::hover(),
    );
    for (i, figure) in figures.into_iter().enumerate() {
        let (column, row) = (i % columns, i / columns);
        let offset = vec2((card_width + space::M) * column as f32, (HEIGHT + space::M) * row as f32);
        let rect = Rect::from_min_size(area.min + offset, vec2(card_width, HEIGHT));
        let response = ui.interact(rect, ui.scope_id().with(figure.key), Sense::click());
        let mut words = format!("{} {}, {}", figure.value, figure.unit, figure.note);
        if !figure.band.is_empty() {
            words.push_str(&format!(", nine times in ten {}", figure.band));
        }
        if let Some((was, by, _)) = &figure.change {
            words.push_str(&format!(", {was}, {by}"));
        }
        response.widget_info(|| WidgetInfo::selected(Role::Button, true, figure.key == why, &words));
        let edge = if response.hovered() {
            t.low
        } else if figure.key == why {
            t.accent
        } else {
            t.stroke
        };
        ui.painter().rect(
            rect,
            f32::from(radius::CARD),
            t.panel,
            (measure::HAIRLINE, edge),
            StrokeKind::Inside,
        );
        focus_ring(ui, &response, rect, f32::from(radius::CARD));
        let inside = rect.shrink2(vec2(space::L, space::M));
        let mut child = ui.new_child(UiBuilder::new().max_rect(inside));
        {
            let ui = &mut child;
            ui.spacing_mut().item_spacing = vec2(space::XS + 2.0, 0.0);
            ui.horizontal(|ui| {
                ui.with_layout(egui::Layout::left_to_right(egui::Align::Max), |ui| {
                    ui.label(RichText::new(&figure.value).font(semibold(points)).color(t.high));
                    let unit = match figure.band.as_str() {
                        "" => figure.unit.to_owned(),
                        band => format!("{}, {band}", figure.unit),
                    };
                    ui.add(egui::Label::new(body(unit, t).line_height(Some(points - 1.0))).truncate());
                });
            });
            match &figure.change {
                Some((was, by, more)) => {
                    ui.horizontal(|ui| {
                        ui.label(caption(was, t).size(size::BODY - 1.0));
                        let color = if by == "no change" {
                            t.middle
                        } else if *more {
                            t.bad_text
                        } else {
                            t.good_text
                        };
                        let by = caption(by, t).size(size::BODY - 1.0).color(color);
                        ui.add(egui::Label::new(by).truncate());
                    });
                }
                None => {
                    let note = caption(&figure.note, t).size(size::BODY - 1.0);
                    ui.add(egui::Label::new(note).truncate());
                }
            }
        }
        if response.on_hover_text(format!("{words}. Click to see why.")).clicked() {
            clicked = Some(figure.key);
        }
    }
    clicked
}
