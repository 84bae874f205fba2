//! A path that is typed: where the desktop has no dialog of files, nothing that was made may be lost.

use std::path::{Path, PathBuf};

use eframe::egui::{Button, Context, Id, Key, Modal, Role, TextEdit, WidgetInfo, vec2};
use headroom::scenario::preset;

use crate::app::dialogs::FileAsk;
use crate::app::file_names::with_ending;
use crate::app::theme::{body, caption, strong, tokens};
use crate::app::tokens::{size, space};

const WIDTH: f32 = 520.0;

/// The field, and what it is asked for.
pub struct PathForm {
    pub ask: FileAsk,
    text: String,
    /// Where a name without a folder goes.
    folder: PathBuf,
    /// Whether the field had the keyboard once.
    begun: bool,
}

impl PathForm {
    /// The suggested name in the user's folder of documents, else at home.
    pub fn new(ask: FileAsk) -> Self {
        let user = directories::UserDirs::new();
        let folder = user.as_ref().and_then(|user| {
            let documents = user.document_dir().filter(|folder| folder.is_dir());
            documents.or(Some(user.home_dir()).filter(|home| home.is_dir())).map(Path::to_owned)
        });
        Self::at(ask, folder.or_else(|| std::env::current_dir().ok()).unwrap_or_default())
    }

    /// The suggested name in `folder`.
    fn at(ask: FileAsk, folder: PathBuf) -> Self {
        let path = match &ask {
            FileAsk::SaveAs(name) | FileAsk::Export(name) => folder.join(name),
            FileAsk::Open | FileAsk::Measurement => folder.join(""),
        };
        Self { ask, text: path.to_string_lossy().into_owned(), folder, begun: false }
    }

    fn saves(&self) -> bool {
        matches!(self.ask, FileAsk::SaveAs(_) | FileAsk::Export(_))
    }

    /// The path that is typed; `None`: there is none yet.
    fn path(&self) -> Option<PathBuf> {
        let text = self.text.trim();
        let path = match text.strip_prefix("~/") {
            Some(rest) => directories::UserDirs::new()?.home_dir().join(rest),
            None => self.folder.join(text),
        };
        let path = (!text.is_empty() && !path.is_dir()).then_some(path)?;
        // What is written later is what is looked for now: a file that is there is not replaced unseen.
        Some(match &self.ask {
            FileAsk::SaveAs(_) => with_ending(path, preset::EXTENSION),
            FileAsk::Export(name) => {
                let ending = Path::new(name).extension().unwrap_or_default().to_string_lossy();
                with_ending(path, &format!(".{ending}"))
            }
            FileAsk::Open | FileAsk::Measurement => path,
        })
    }

    /// Asks; `None`: still open, else the path, or that there is none.
    pub(super) fn ui(&mut self, ctx: &Context) -> Option<Option<PathBuf>> {
        let mut done = None;
        let modal = Modal::new(Id::unique("path")).show(ctx, |ui| {
            let t = tokens(ui);
            ui.set_width(WIDTH.min(ctx.content_rect().width() - 2.0 * space::XL));
            let title = if self.saves() { "Save as" } else { "Open" };
            ui.label(strong(title, t).size(size::BODY + 3.0));
            ui.add_space(space::S);
            ui.label(body("This desktop has no file dialog. Type the path of the file:", t));
            let field = TextEdit::singleline(&mut self.text).desired_width(f32::INFINITY);
            let field = ui.add(field);
            field.widget_info(|| WidgetInfo {
                value: None,
                ..WidgetInfo::labeled(Role::TextInput, true, "Path of the file")
            });
            if !std::mem::replace(&mut self.begun, true) {
                field.request_focus();
            }
            let path = self.path();
            let note = match &path {
                Some(path) if self.saves() && path.exists() => {
                    "▲ This file is there already; it will be replaced."
                }
                Some(path) if !self.saves() && !path.is_file() => "No such file.",
                None => "Give the name of a file, not of a folder.",
                Some(_) => "",
            };
            ui.label(caption(note, t).color(t.warning_text));
            ui.add_space(space::S);
            let entered = field.lost_focus() && ui.input(|i| i.key_pressed(Key::Enter));
            ui.horizontal(|ui| {
                let button = Button::new(strong(title, t).color(t.panel)).fill(t.accent);
                let ready = path.is_some();
                let pressed = ui.add_enabled(ready, button.min_size(vec2(72.0, 28.0))).clicked();
                if ready && (pressed || entered) {
                    done = Some(path);
                }
                if ui.add(Button::new("Cancel").min_size(vec2(72.0, 28.0))).clicked() {
                    done = Some(None);
                }
            });
        });
        if modal.should_close() && done.is_none() {
            done = Some(None);
        }
        done
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_goes_into_the_folder_and_a_folder_is_no_file() {
        let folder = tempfile::tempdir().expect("a folder");
        let mut form = PathForm::at(FileAsk::SaveAs("a.headroom.ron".to_owned()), folder.path().to_owned());
        assert_eq!(form.path(), Some(folder.path().join("a.headroom.ron")));
        form.text = " b.ron ".to_owned();
        assert_eq!(form.path(), Some(folder.path().join("b.ron")));
        form.text = "c".to_owned();
        assert_eq!(form.path(), Some(folder.path().join("c.headroom.ron")));
        form.text = "/elsewhere/c.ron".to_owned();
        assert_eq!(form.path(), Some(PathBuf::from("/elsewhere/c.ron")));
        for none in ["", "  ", &folder.path().to_string_lossy()] {
            form.text = none.to_owned();
            assert_eq!(form.path(), None, "{none:?}");
        }
    }
}
