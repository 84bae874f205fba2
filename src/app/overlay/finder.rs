//! Search by name: commands, presets, pages, inputs, accelerators.

use eframe::egui::{self, Align2, Context, Id, Key, Modal, Role, ScrollArea, TextEdit, WidgetInfo};
use headroom::scenario::{INPUTS, preset};

use crate::app::commands::{Command, LISTED, keys};
use crate::app::page::Tab;
use crate::app::sheet::Sheet;
use crate::app::theme::{body, caption, strong, tokens};
use crate::app::tokens::{measure, space};

/// What has been typed, and which of the found is chosen.
#[derive(Default)]
pub struct Finder {
    text: String,
    chosen: usize,
}

/// What one line does.
enum Deed {
    Run(Command),
    /// Puts the keyboard into the field of an input.
    Edit(&'static str),
}

/// A tab beside the one on the screen: its title, and where it is.
pub type OtherTab = (String, usize);

/// What was chosen.
pub(super) enum Reached {
    Nothing,
    Close,
    Run(Command),
    /// The path of an input.
    Edit(&'static str),
}

struct Line {
    name: String,
    /// What kind of thing it is, or its keys.
    note: String,
    deed: Deed,
}

/// Whether every word of `text` starts a word of `name`.
fn matches(name: &str, text: &str) -> bool {
    let name = name.to_lowercase();
    text.to_lowercase().split_whitespace().all(|word| {
        name.split(|c: char| !c.is_alphanumeric()).any(|part| part.starts_with(word)) || name.contains(word)
    })
}

const LINES: usize = 12;
const WIDTH: f32 = 520.0;

impl Finder {
    fn lines(&self, ctx: &Context, sheet: &Sheet, beside: &[OtherTab]) -> Vec<Line> {
        let mut lines: Vec<Line> = LISTED
            .iter()
            .map(|(command, name)| Line {
                name: (*name).to_owned(),
                note: keys(command, ctx).unwrap_or_default(),
                deed: Deed::Run(command.clone()),
            })
            .collect();
        lines.extend(Tab::ALL.iter().map(|tab| Line {
            name: tab.label().to_owned(),
            note: "page".to_owned(),
            deed: Deed::Run(Command::Tab(*tab)),
        }));
        lines.extend(INPUTS.iter().map(|input| Line {
            name: input.label.to_owned(),
            note: "input".to_owned(),
            deed: Deed::Edit(input.path),
        }));
        if let Ok(answer) = &sheet.answer {
            lines.extend(answer.plan.candidates.iter().filter(|c| c.feasible()).map(|c| Line {
                name: c.name.clone(),
                note: "accelerator".to_owned(),
                deed: Deed::Run(Command::Select(c.accelerator.clone())),
            }));
        }
        lines.extend(beside.iter().map(|(title, place)| Line {
            name: title.clone(),
            note: "open".to_owned(),
            deed: Deed::Run(Command::GoTo(*place)),
        }));
        lines.extend(preset::BUILT_IN.iter().map(|(stem, _)| Line {
            name: stem.replace('-', " "),
            note: "preset".to_owned(),
            deed: Deed::Run(Command::NewFrom(stem)),
        }));
        lines.retain(|line| matches(&line.name, &self.text));
        lines
    }

    /// The list.
    pub(super) fn ui(&mut self, ctx: &Context, sheet: &Sheet, beside: &[OtherTab]) -> Reached {
        let finder = self;
        let lines = finder.lines(ctx, sheet, beside);
        let [up, down, enter] = [Key::ArrowUp, Key::ArrowDown, Key::Enter]
            .map(|key| ctx.input_mut(|i| i.consume_key(egui::Modifiers::NONE, key)));
        let last = lines.len().saturating_sub(1);
        finder.chosen = match (up, down) {
            (true, _) => finder.chosen.saturating_sub(1),
            (_, true) => finder.chosen + 1,
            _ => finder.chosen,
        }
        .min(last);
        let mut done = enter.then_some(finder.chosen);
        let area = Modal::default_area(Id::unique("finder")).anchor(Align2::CENTER_TOP, [0.0, 80.0]);
        let modal = Modal::new(Id::unique("finder")).area(area).show(ctx, |ui| {
            ui.set_width(WIDTH.min(ui.ctx().content_rect().width() - 2.0 * space::XL));
            let t = tokens(ui);
            let edit = TextEdit::singleline(&mut finder.text)
                .hint_text("Command, preset, page, input or accelerator")
                .desired_width(f32::INFINITY)
                .margin(egui::vec2(space::S, space::S))
                .show(ui)
                .response
                .response;
            edit.widget_info(|| WidgetInfo::labeled(Role::TextInput, true, "Search"));
            edit.request_focus();
            if edit.changed() {
                finder.chosen = 0;
            }
            ui.add_space(space::S);
            let height = LINES as f32 * measure::ROW_HEIGHT;
            ScrollArea::vertical().max_height(height).auto_shrink(false).show(ui, |ui| {
                if lines.is_empty() {
                    ui.label(body("Nothing found. Try another word, or press Escape.", t));
                }
                for (i, line) in lines.iter().enumerate() {
                    let chosen = i == finder.chosen;
                    let name = if chosen { strong(&line.name, t) } else { body(&line.name, t) };
                    let button = egui::Button::selectable(chosen, name)
                        .right_text(caption(&line.note, t))
                        .min_size(egui::vec2(ui.available_width(), measure::ROW_HEIGHT));
                    let response = ui.add(button);
                    response.widget_info(|| WidgetInfo::selected(Role::ListItem, true, chosen, &line.name));
                    if chosen && (up || down) {
                        response.scroll_to_me(None);
                    }
                    if response.clicked() {
                        done = Some(i);
                    }
                }
            });
        });
        match done.and_then(|i| lines.into_iter().nth(i)) {
            Some(Line { deed: Deed::Run(command), .. }) => Reached::Run(command),
            Some(Line { deed: Deed::Edit(path), .. }) => Reached::Edit(path),
            None if modal.should_close() || enter => Reached::Close,
            None => Reached::Nothing,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::matches;

    #[test]
    fn words_are_found_by_their_beginnings() {
        assert!(matches("Time per output token", "out tok") && matches("Save as…", ""));
        assert!(matches("Time per output token", "TIME"));
        assert!(!matches("Save as…", "open"));
    }
}
