//! The data of a plot as CSV, and its picture: asked for in the menu of its card, handed over by what draws it.

use eframe::egui::{Id, Rect, Role, Ui, WidgetInfo};

use crate::app::theme::{body, tokens};

/// What was asked of the card of this title.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Wish {
    Data,
    Picture,
}

fn wished(title: &str) -> Id {
    Id::unique(("wish of a card", title))
}

fn current() -> Id {
    Id::unique("card that is drawn")
}

/// Notes which card is drawn, for what draws inside it.
pub(super) fn enter(ui: &Ui, title: &str) {
    ui.data_mut(|data| data.insert_temp(current(), title.to_owned()));
}

/// The menu in the corner of a card.
pub(super) fn menu_ui(ui: &mut Ui, title: &str) {
    let t = tokens(ui);
    let menu = ui.menu_button(body("…", t), |ui| {
        for (word, wish) in [("Copy data as CSV", Wish::Data), ("Copy picture", Wish::Picture)] {
            if ui.button(word).clicked() {
                ui.data_mut(|data| data.insert_temp(wished(title), wish));
                ui.ctx().request_repaint();
                ui.close();
            }
        }
    });
    menu.response
        .widget_info(|| WidgetInfo::labeled(Role::Button, true, format!("Data and picture: {title}")));
}

/// Hands the rows over when they were asked for: cells of the heading, then of each row.
pub(super) fn offer<R: IntoIterator<Item = Vec<String>>>(
    ui: &Ui,
    heading: &[&str],
    rows: impl FnOnce() -> R,
) {
    let Some(title) = ui.data(|data| data.get_temp::<String>(current())) else { return };
    if ui.data(|data| data.get_temp::<Wish>(wished(&title))) != Some(Wish::Data) {
        return;
    }
    ui.data_mut(|data| data.remove::<Wish>(wished(&title)));
    let mut writer = csv::Writer::from_writer(Vec::new());
    // Writing to memory does not fail.
    let _ = writer.write_record(heading);
    for row in rows() {
        let _ = writer.write_record(row);
    }
    let text = writer.into_inner().map(|bytes| String::from_utf8_lossy(&bytes).into_owned());
    ui.ctx().copy_text(text.unwrap_or_default());
}

/// Takes the picture of a card at `rect`, when it was asked for; and what was asked for and has no rows is forgotten.
pub(super) fn leave(ui: &Ui, title: &str, rect: Rect) {
    let Some(wish) = ui.data(|data| data.get_temp::<Wish>(wished(title))) else { return };
    ui.data_mut(|data| data.remove::<Wish>(wished(title)));
    if wish == Wish::Picture {
        let ctx = ui.ctx().clone();
        ui.ctx().request_screenshot(move |image| {
            let seen = rect.intersect(ctx.content_rect());
            if seen.is_positive() {
                ctx.copy_image(image.region(&seen, Some(ctx.pixels_per_point())));
                ctx.request_repaint();
            }
        });
    }
}
