//! What is on the table, as chips above it: makers, and what all of them have to have.

use eframe::egui::{Button, Ui};
use headroom::catalog::{Catalog, Vendor};
use headroom::scenario::{Filter, Scenario, shortlist};

use super::theme::{caption, tokens};
use super::tokens::space;

/// The chips; a click puts a maker's accelerators on the table or takes them off, or asks for more of them.
pub fn shortlist_ui(ui: &mut Ui, scenario: &mut Scenario, catalog: &Catalog) {
    let t = tokens(ui);
    let mut list = scenario.fleet.shortlist.clone();
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing.x = space::XS;
        ui.label(caption("On the table", t));
        let all = shortlist::accelerators(&list).next().is_none();
        if chip_ui(ui, "All", all, "Every accelerator of the catalog.") {
            list.retain(|entry| Filter::of(entry).is_some());
        }
        for vendor in Vendor::ALL {
            let ids: Vec<&str> = shortlist::made_by(vendor, catalog).collect();
            let on = !ids.is_empty() && ids.iter().all(|id| list.iter().any(|entry| entry == id));
            let hint = format!("What {} makes.", vendor.label());
            if !ids.is_empty() && chip_ui(ui, vendor.label(), on, &hint) {
                list.retain(|entry| !ids.contains(&entry.as_str()));
                if !on {
                    list.extend(ids.into_iter().map(str::to_owned));
                }
            }
        }
        ui.add_space(space::S);
        for filter in Filter::ALL {
            let on = list.iter().any(|entry| entry == filter.id());
            if chip_ui(ui, filter.label(), on, filter.help()) {
                list.retain(|entry| entry != filter.id());
                if !on {
                    list.push(filter.id().to_owned());
                }
            }
        }
        if let Some(text) = by_hand(&list, catalog) {
            ui.label(caption(text, t));
        }
    });
    scenario.fleet.shortlist = list;
}

/// "and H100 SXM, B200": those that were chosen one by one.
fn by_hand(list: &[String], catalog: &Catalog) -> Option<String> {
    let whole =
        |vendor: Vendor| shortlist::made_by(vendor, catalog).all(|id| list.iter().any(|entry| entry == id));
    let alone = shortlist::accelerators(list).filter_map(|id| catalog.accelerator(id));
    let names: Vec<&str> = alone.filter(|a| !whole(a.vendor)).map(|a| a.short_name.as_str()).collect();
    (!names.is_empty()).then(|| names.join(", "))
}

fn chip_ui(ui: &mut Ui, label: &str, on: bool, hint: &str) -> bool {
    ui.add(Button::selectable(on, label).small()).on_hover_text(hint).clicked()
}
