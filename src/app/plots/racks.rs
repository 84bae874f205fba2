//! The racks of the fleet, drawn to scale: servers and switches by their height, power against the limit.

use eframe::egui::{Ui, vec2};
use headroom::catalog::Cooling;
use headroom::engine::{Rack, RackBound, Sizing};
use headroom::report::numbers;
use headroom::report::sentence;
use headroom::units::Unit;

use super::card::{Card, note_ui, plot_card_ui};
use super::diagram::Diagram;
use super::frame::height;
use super::rack_box::{RackBox, rack_ui};
use super::scene::{CardPlace, Scene};
use super::table::{Cell, Column, Table};
use crate::app::answer::Answer;
use crate::app::text::brief;
use crate::app::theme::{body, tokens};
use crate::app::tokens::{measure, space};

const TITLE: &str = "Racks";
/// Racks that are drawn at least, including the one that represents the rest.
const FEWEST: u32 = 4;

/// What one place of the drawing holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    Servers(u32),
    Switches(u32),
    /// So many racks of servers and of switches that are not drawn.
    More(u32, u32),
}

/// The card.
pub(super) const CARD: Card = Card { title: TITLE, table, draw };

fn table(answer: &mut Answer, scene: &Scene<'_>) -> Table {
    let watts = |name, key| Column::number(name, key, numbers::watts);
    let columns = [
        Column::text("rack"),
        Column::number("holds", "count", numbers::count),
        Column::number("height used", "rack_units", numbers::rack_units),
        Column::number("height", "height_units", numbers::rack_units),
        watts("rated power", "rated_w"),
        watts("limit", "limit_w"),
        watts("heat", "heat_w"),
    ];
    let mut table = Table::new(TITLE, columns);
    let Some((_, sizing)) = answer.shown(scene.selected) else { return table };
    let limit_w = scene.scenario.facility.rack_power_w;
    let (racks, network) = (sizing.whole().racks, sizing.estate.facility.network_racks as u32);
    // All but the last rack of a kind are alike.
    let at_an_end = |i: u32, count: u32| i == 0 || i + 1 == count;
    let servers = (0..racks).map(|i| (sizing.rack(i), "rack", i, Some(limit_w), at_an_end(i, racks)));
    let switches = (0..network).map(|i| (sizing.network_rack(i), "switches", i, None, at_an_end(i, network)));
    for (rack, kind, i, limit_w, read) in servers.chain(switches) {
        let numbers = [rack.count, rack.rack_units, rack.height_units, rack.rated_w].map(Cell::Number);
        let mut cells = vec![Cell::Text(format!("{kind} {}", i + 1))];
        cells.extend(numbers);
        cells.extend([Cell::maybe(limit_w), Cell::Number(rack.heat_w)]);
        if read { table.push(cells) } else { table.push_detail(cells) }
    }
    table
}

fn draw(ui: &mut Ui, answer: &mut Answer, scene: &Scene<'_>, standing: CardPlace) {
    let t = tokens(ui);
    let Some((candidate, sizing)) = answer.shown(scene.selected) else { return };
    let limit_w = scene.scenario.facility.rack_power_w;
    let color = scene.palette.color(&candidate.accelerator, t);
    plot_card_ui(
        ui,
        TITLE,
        &format!("{}, rated power (to provision) against its limit", candidate.name),
        |ui| note_ui(ui, "heights to scale"),
        |ui| {
            let top = ui.cursor().top();
            let summary = summary(sizing, limit_w);
            ui.label(body(&summary, t));
            let warning = warning(sizing, limit_w);
            if let Some(warning) = &warning {
                ui.label(body(warning, t).color(t.warning_text));
            }
            ui.add_space(space::XS);
            let rest = height(standing) - (ui.cursor().top() - top);
            let mut diagram = Diagram::new(ui, rest.max(measure::PLOT_HEIGHT));
            let room = (diagram.rect.width() / measure::RACK_SLOT) as u32;
            let places =
                places(sizing.whole().racks, sizing.estate.facility.network_racks as u32, room.max(FEWEST));
            let slot = (diagram.rect.width() / places.len() as f32).min(1.4 * measure::RACK_SLOT);
            let start = diagram.rect.center().x - slot * places.len() as f32 / 2.0;
            let tallest = tallest(sizing);
            for (i, place) in places.iter().enumerate() {
                let left = start + slot * i as f32;
                let mut area = diagram.rect;
                (area.min.x, area.max.x) = (left, left + slot);
                match *place {
                    Place::Servers(index) => {
                        let rack = sizing.rack(index);
                        let what = if sizing.layout.rack_scale { &candidate.name } else { "server" };
                        let name = format!("Rack {}", numbers::count(f64::from(index + 1)));
                        let column = RackBox { rack, name, what, color, limit_w: Some(limit_w), tallest };
                        rack_ui(&mut diagram, area.shrink2(vec2(2.0, 0.0)), &column);
                    }
                    Place::Switches(index) => {
                        let rack = sizing.network_rack(index);
                        let name = "Switches".to_owned();
                        let column =
                            RackBox { rack, name, what: "switch", color: t.low, limit_w: None, tallest };
                        rack_ui(&mut diagram, area.shrink2(vec2(2.0, 0.0)), &column);
                    }
                    Place::More(servers, switches) => more_ui(&mut diagram, area, (servers, switches)),
                }
            }
            let details = details(sizing, limit_w);
            diagram.finish(TITLE, &format!("{summary} {}{details}", warning.unwrap_or_default()));
        },
    );
}

/// The height of the tallest outline, units.
fn tallest(sizing: &Sizing) -> f64 {
    let of = |rack: Rack| rack.height_units / rack.bays;
    of(sizing.rack(0)).max(of(sizing.network_rack(0)))
}

/// Which racks are drawn in `room` places: the first ones, the last one, which may be less full, and those of switches.
fn places(racks: u32, network_racks: u32, room: u32) -> Vec<Place> {
    if racks + network_racks <= room {
        return (0..racks).map(Place::Servers).chain((0..network_racks).map(Place::Switches)).collect();
    }
    let switches =
        network_racks.min((room / 4).max(1)).max(room.saturating_sub(racks + 1).min(network_racks));
    let servers = racks.min(room - 1 - switches);
    let mut places: Vec<Place> = (0..servers.saturating_sub(1)).map(Place::Servers).collect();
    places.push(Place::More(racks - servers, network_racks - switches));
    places.push(Place::Servers(racks - 1));
    places.extend((0..switches).map(Place::Switches));
    places
}

/// How many racks are not drawn.
fn more_ui(diagram: &mut Diagram, area: eframe::egui::Rect, (servers, switches): (u32, u32)) {
    use eframe::egui::{Align2, pos2};
    let at = |line: f32| pos2(area.center().x, area.center().y - 30.0 + line);
    let t = diagram.t;
    let mut line = 0.0;
    for (count, text) in [(servers, "more like these"), (switches, "more for switches")] {
        if count > 0 {
            let number = format!("+ {}", numbers::count(f64::from(count)));
            diagram.value(at(line), Align2::CENTER_CENTER, number, t.high);
            diagram.note(at(line + 15.0), Align2::CENTER_CENTER, text, t.middle);
            line += 40.0;
        }
    }
}

/// How many there are, what keeps more servers out of a rack, and why some of them stand by.
fn summary(sizing: &Sizing, limit_w: f64) -> String {
    let (whole, facility) = (sizing.whole(), &sizing.estate.facility);
    let most = numbers::count(facility.servers_per_rack);
    let stand = if sizing.layout.rack_scale {
        let each = if whole.racks == 1 { "a" } else { "each a" };
        format!("{}, {each} system of its own.", sentence::counted(whole.racks, "rack"))
    } else {
        let height = numbers::rack_units(sizing.rack(0).rack_units_each);
        let racks = sentence::counted(whole.racks, "rack");
        format!("{} of {height} in {racks}.", sentence::counted(whole.servers, "server"))
    };
    let bound = match facility.bound {
        RackBound::Own => String::new(),
        RackBound::Height => format!(" A rack holds {most}, limited by its height."),
        RackBound::Power if facility.within_rack_power => {
            format!(" A rack holds {most}, limited by its power, {}.", brief(limit_w, Unit::Watts))
        }
        RackBound::Power => " One server per rack: its power leaves no room for another.".to_owned(),
    };
    let network = match facility.network_racks as u32 {
        0 => String::new(),
        racks => format!(" Switches take {} more.", sentence::counted(racks, "rack")),
    };
    let spares = sentence::spares(sizing).map_or_else(String::new, |spares| format!(" {spares}"));
    format!("{stand}{bound}{network}{spares}")
}

/// What to do about racks that take more than one can feed and cool.
fn warning(sizing: &Sizing, limit_w: f64) -> Option<String> {
    let facility = &sizing.estate.facility;
    if facility.within_rack_power {
        return None;
    }
    let (needed, limit) = (numbers::watts(facility.rack_w), brief(limit_w, Unit::Watts));
    let place = match (facility.bound, facility.cooling) {
        (RackBound::Own, Cooling::Liquid) => format!("It needs its own liquid-cooled position of {needed}."),
        _ => format!("Raise the rack power to {needed}, or choose a smaller server."),
    };
    Some(format!("▲ One rack is rated {needed}; a rack here can supply and cool {limit}. {place} "))
}

/// What the drawing shows beside the text over it.
fn details(sizing: &Sizing, limit_w: f64) -> String {
    let rack = sizing.rack(0);
    format!(
        "Fullest rack: rated {} of {}, {} of {}, {} of heat.",
        numbers::watts(rack.rated_w),
        brief(limit_w, Unit::Watts),
        numbers::count(rack.rack_units),
        numbers::rack_units(rack.height_units),
        numbers::watts(rack.heat_w),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_rack_is_drawn_or_counted() {
        for racks in 1..60 {
            for network_racks in 0..12 {
                for room in FEWEST..14 {
                    let places = places(racks, network_racks, room);
                    let sum = places.iter().fold((0, 0), |(a, b), place| match place {
                        Place::Servers(_) => (a + 1, b),
                        Place::Switches(_) => (a, b + 1),
                        Place::More(servers, switches) => (a + servers, b + switches),
                    });
                    assert_eq!(sum, (racks, network_racks));
                    assert!(places.len() as u32 <= room, "{racks} {network_racks} {room}: {places:?}");
                    assert!(
                        places.contains(&Place::Servers(racks - 1)) && places.contains(&Place::Servers(0))
                    );
                }
            }
        }
    }
}
