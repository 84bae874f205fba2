//! What leaves a card: its data as CSV, its picture as PNG and SVG, copied or saved; and the table that a screen reader
//! reads. The menu of a card asks, its table and its drawing answer.

use std::sync::Arc;

use eframe::egui::{
    Align, ColorImage, Context, Id, Pos2, Rect, Role, Sense, Ui, UiBuilder, WidgetInfo,
    style::ScrollAnimation, vec2,
};

use super::table::Table;
use crate::app::file_names::stem_of;
use crate::app::theme::{body, tokens};

/// What was asked of a card.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Wish {
    CopyData,
    SaveData,
    CopyPicture,
    SavePicture,
    SaveSvg,
}

const WISHES: [(&str, Wish); 5] = [
    ("Copy data as CSV", Wish::CopyData),
    ("Copy picture", Wish::CopyPicture),
    ("Save data as CSV…", Wish::SaveData),
    ("Save picture as PNG…", Wish::SavePicture),
    ("Save picture as SVG…", Wish::SaveSvg),
];

/// A file that is to be saved once the user has chosen where.
#[derive(Clone, Debug)]
pub struct Outgoing {
    /// Suggested name, with its ending.
    pub name: String,
    pub bytes: Arc<[u8]>,
}

fn wished(title: &str) -> Id {
    Id::unique(("wish of a card", title))
}

fn outbox() -> Id {
    Id::unique("file of a card")
}

/// Set while a card is drawn for a file: there is nothing to click in a file.
pub(super) fn for_file() -> Id {
    Id::unique("card for a file")
}

/// Title of a card that is to be drawn once more, for a file.
fn redraw() -> Id {
    Id::unique("card to redraw")
}

/// Pictures are scrolled into sight first, this many frames at most.
const FRAMES_TO_SCROLL: u8 = 4;

/// The menu in the corner of a card.
pub(super) fn menu_ui(ui: &mut Ui, title: &str) {
    if ui.data(|data| data.get_temp::<bool>(for_file())).is_some() {
        return;
    }
    let t = tokens(ui);
    let menu = ui.menu_button(body("…", t), |ui| {
        for (label, wish) in WISHES {
            if ui.button(label).clicked() {
                ui.data_mut(|data| data.insert_temp(wished(title), wish));
                ui.ctx().request_repaint();
                ui.close();
            }
        }
    });
    menu.response
        .widget_info(|| WidgetInfo::labeled(Role::Button, true, format!("Data and picture: {title}")));
}

fn wish_of(ui: &Ui, title: &str) -> Option<Wish> {
    ui.data(|data| data.get_temp::<Wish>(wished(title)))
}

fn post(ctx: &Context, title: &str, ending: &str, bytes: Vec<u8>) {
    let file = Outgoing { name: format!("{}.{ending}", stem_of(title)), bytes: bytes.into() };
    ctx.data_mut(|data| data.insert_temp(outbox(), file));
    ctx.request_repaint();
}

/// The file that is to be saved, once.
pub fn take_outgoing(ctx: &Context) -> Option<Outgoing> {
    ctx.data_mut(|data| {
        let file = data.get_temp(outbox());
        data.remove::<Outgoing>(outbox());
        file
    })
}

/// Hands the data of a card over when they were asked for, and lets screen readers read them at `corner` of the card.
/// They cost nothing unless asked for.
pub(super) fn hand_over(ui: &mut Ui, title: &str, corner: Pos2, table: impl FnOnce() -> Table) {
    let wish = wish_of(ui, title).filter(|wish| matches!(wish, Wish::CopyData | Wish::SaveData));
    if wish.is_none() && ui.ctx().accesskit_node_builder(ui.unique_id(), |_| ()).is_none() {
        return;
    }
    let table = table();
    if let Some(wish) = wish {
        ui.data_mut(|data| data.remove::<Wish>(wished(title)));
        match wish {
            Wish::CopyData => ui.ctx().copy_text(String::from_utf8_lossy(&table.csv()).into_owned()),
            _ => post(ui.ctx(), title, "csv", table.csv()),
        }
    }
    if !table.is_empty() {
        read_out_ui(ui, &table, corner);
    }
}

/// The table in the accessibility tree.
fn read_out_ui(ui: &mut Ui, table: &Table, corner: Pos2) {
    let corner = Rect::from_min_size(corner, vec2(1.0, 1.0));
    let part = |ui: &mut Ui, salt: usize, role: Role| {
        ui.new_child(UiBuilder::new().id_salt(("table", salt)).max_rect(corner).accessibility_role(role))
    };
    let mut whole = part(ui, 0, Role::Table);
    whole.ctx().accesskit_node_builder(whole.unique_id(), |node| node.set_label(table.title));
    for (i, cells) in table.read().enumerate() {
        let row = part(&mut whole, i, Role::Row);
        let role = if i == 0 { Role::ColumnHeader } else { Role::Cell };
        for (j, cell) in cells.iter().enumerate() {
            let id = row.unique_id().with(j);
            row.interact(corner, id, Sense::hover()).widget_info(|| WidgetInfo::labeled(role, true, cell));
        }
    }
}

/// Takes the picture of a card at `rect`, when it was asked for.
pub(super) fn leave(ui: &Ui, title: &str, rect: Rect) {
    let Some(wish) = wish_of(ui, title) else { return };
    let forget = || ui.data_mut(|data| data.remove::<Wish>(wished(title)));
    match wish {
        Wish::CopyPicture | Wish::SavePicture => {
            let tries = Id::unique(("frames of scrolling", title));
            let tried = ui.data(|data| data.get_temp::<u8>(tries)).unwrap_or(0);
            let seen = ui.clip_rect().intersect(ui.ctx().content_rect()).contains_rect(rect);
            if !seen && tried < FRAMES_TO_SCROLL {
                ui.scroll_to_rect_animation(rect, Some(Align::Min), ScrollAnimation::none());
                ui.data_mut(|data| data.insert_temp(tries, tried + 1));
                return ui.ctx().request_repaint();
            }
            ui.data_mut(|data| data.remove::<u8>(tries));
            forget();
            take_picture(ui.ctx(), title.to_owned(), rect, wish == Wish::SavePicture);
        }
        Wish::SaveSvg => {
            forget();
            ui.data_mut(|data| data.insert_temp(redraw(), title.to_owned()));
        }
        // The table answers.
        Wish::CopyData | Wish::SaveData => {}
    }
}

/// Title of the card that was just drawn, when it is to be drawn once more for a file.
pub(super) fn take_redraw(ui: &Ui) -> Option<String> {
    ui.data_mut(|data| data.remove_temp(redraw()))
}

/// Puts the card as SVG into the way out.
pub(super) fn post_svg(ctx: &Context, title: &str, svg: String) {
    post(ctx, title, "svg", svg.into_bytes());
}

fn take_picture(ctx: &Context, title: String, rect: Rect, save: bool) {
    let inner = ctx.clone();
    ctx.request_screenshot(move |image| {
        let seen = rect.intersect(inner.content_rect());
        if !seen.is_positive() {
            return;
        }
        let image = image.region(&seen, Some(inner.pixels_per_point()));
        if save {
            post(&inner, &title, "png", png_of(&image));
        } else {
            inner.copy_image(image);
            inner.request_repaint();
        }
    });
}

/// The picture as a PNG file.
fn png_of(image: &ColorImage) -> Vec<u8> {
    let mut bytes = Vec::new();
    let [width, height] = image.size.map(|v| u32::try_from(v).unwrap_or(0));
    let mut encoder = png::Encoder::new(&mut bytes, width, height);
    encoder.set_color(png::ColorType::Rgba);
    encoder.set_depth(png::BitDepth::Eight);
    let pixels: Vec<u8> = image.pixels.iter().flat_map(|p| p.to_srgba_unmultiplied()).collect();
    // Writing to memory fails for pictures without pixels alone.
    let written = encoder.write_header().and_then(|mut writer| writer.write_image_data(&pixels));
    written.map(|()| bytes).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use eframe::egui::Color32;

    use super::*;

    #[test]
    #[expect(clippy::disallowed_methods, reason = "any two colours")]
    fn a_picture_is_written_as_it_was() {
        let image = ColorImage::new([2, 1], vec![Color32::from_rgb(1, 2, 3), Color32::from_rgb(250, 0, 9)]);
        let bytes = png_of(&image);
        let mut reader = png::Decoder::new(std::io::Cursor::new(bytes)).read_info().expect("a PNG");
        let mut pixels = vec![0; reader.output_buffer_size().expect("a size")];
        reader.next_frame(&mut pixels).expect("a picture");
        assert_eq!(pixels, [1, 2, 3, 255, 250, 0, 9, 255]);
    }
}
