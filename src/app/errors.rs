//! The bar of messages under the header: what went wrong, where, and what to do; each can be dismissed.

use eframe::egui::{self, Align, Frame, Layout, Margin, Role, Ui, WidgetInfo};

use super::theme::{body, tokens};
use super::tokens::{measure, space};

/// Messages that have not been dismissed, oldest first.
#[derive(Default)]
pub struct Messages {
    shown: Vec<Message>,
}

#[derive(PartialEq)]
struct Message {
    text: String,
    /// Whether it is an error; else a note of what was done.
    wrong: bool,
}

impl Messages {
    /// Most messages on the screen at once; older ones give way.
    const MOST: usize = 3;

    /// Shows `text` until it is dismissed.
    pub fn push(&mut self, text: impl Into<String>) {
        self.add(Message { text: text.into(), wrong: true });
    }

    /// Shows what was done, until it is dismissed.
    pub fn note(&mut self, text: impl Into<String>) {
        self.add(Message { text: text.into(), wrong: false });
    }

    fn add(&mut self, message: Message) {
        self.shown.retain(|old| *old != message);
        self.shown.push(message);
        let surplus = self.shown.len().saturating_sub(Self::MOST);
        self.shown.drain(..surplus);
    }

    /// Dismisses all, as a file opens without trouble.
    pub fn clear(&mut self) {
        self.shown.clear();
    }

    /// Draws the bar, when there are messages.
    pub fn messages_ui(&mut self, ui: &mut Ui) {
        if self.shown.is_empty() {
            return;
        }
        let t = tokens(ui);
        let frame =
            Frame::new().fill(t.raised).inner_margin(Margin::symmetric(space::L as i8, space::S as i8));
        egui::Panel::top("messages").frame(frame).show(ui, |ui| {
            let mut dismissed = None;
            for (i, Message { text, wrong }) in self.shown.iter().enumerate() {
                ui.horizontal_top(|ui| {
                    let (mark, color) = if *wrong { ("▲", t.bad_text) } else { ("●", t.good_text) };
                    ui.label(body(mark, t).color(color));
                    let width = ui.available_width() - 90.0;
                    ui.allocate_ui_with_layout(
                        egui::vec2(width, measure::ROW_HEIGHT),
                        Layout::top_down(Align::Min),
                        |ui| {
                            let response = ui.label(body(text, t).color(t.high));
                            let role = if *wrong { Role::Alert } else { Role::Status };
                            response.widget_info(|| WidgetInfo::labeled(role, true, text));
                        },
                    );
                    ui.with_layout(Layout::right_to_left(Align::Min), |ui| {
                        if ui.button("Dismiss").clicked() {
                            dismissed = Some(i);
                        }
                    });
                });
            }
            if let Some(i) = dismissed {
                self.shown.remove(i);
            }
        });
    }
}
