//! The question about unsaved changes.

use eframe::egui::{Button, Context, Id, Modal, vec2};

use crate::app::theme::{body, card, strong, tokens};
use crate::app::tokens::{size, space};

/// What was decided about them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OnUnsaved {
    Save,
    Discard,
    Cancel,
}

/// Asks; returns a decision once a button or Escape is pressed.
pub fn unsaved_ui(ctx: &Context, title: &str) -> Option<OnUnsaved> {
    let mut decision = None;
    let style = ctx.global_style();
    let frame = {
        let t = if style.visuals.dark_mode { &crate::app::tokens::DARK } else { &crate::app::tokens::LIGHT };
        card(t).inner_margin(space::XL).shadow(style.visuals.window_shadow)
    };
    let modal = Modal::new(Id::unique("unsaved")).frame(frame).show(ctx, |ui| {
        let t = tokens(ui);
        ui.set_width(380.0);
        ui.label(strong("Save the changes?", t).size(size::BODY + 3.0));
        ui.add_space(space::S);
        ui.label(body(format!("“{title}” has unsaved changes."), t));
        ui.add_space(space::L);
        ui.horizontal(|ui| {
            let buttons = [
                ("Save", OnUnsaved::Save),
                ("Discard changes", OnUnsaved::Discard),
                ("Cancel", OnUnsaved::Cancel),
            ];
            for (label, meaning) in buttons {
                let mut button = Button::new(label).min_size(vec2(72.0, 28.0));
                if meaning == OnUnsaved::Save {
                    button = Button::new(strong(label, t).color(t.panel))
                        .fill(t.accent)
                        .min_size(vec2(72.0, 28.0));
                }
                if ui.add(button).clicked() {
                    decision = Some(meaning);
                }
            }
        });
    });
    if modal.should_close() && decision.is_none() {
        decision = Some(OnUnsaved::Cancel);
    }
    decision
}
