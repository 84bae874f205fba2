//! Preset files: what is open, what is on disk, dialogs that never make a frame wait.

#![expect(clippy::disallowed_methods, reason = "until the runner of jobs takes this thread over")]

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, TryRecvError, channel};

use eframe::egui::Context;
use headroom::scenario::{Scenario, preset};

use super::commands::Command;
use super::plots::Outgoing;

/// What a dialog asks for.
#[derive(Clone, Debug, PartialEq)]
pub enum Ask {
    /// A file to open.
    Open,
    /// Where to save; the suggested file name.
    SaveAs(String),
    /// The result file of a benchmark.
    Measurement,
    /// Where to save what leaves a plot; the suggested file name, whose ending is its kind.
    Export(String),
}

/// Asks the user for a path; runs on a thread of its own. `None`: changed their mind.
pub type Chooser = Arc<dyn Fn(&Ask) -> Option<PathBuf> + Send + Sync>;

/// The desktop's own dialogs.
pub fn native_chooser() -> Chooser {
    Arc::new(|ask| {
        let dialog = rfd::FileDialog::new;
        let preset = || dialog().add_filter("Headroom preset", &["ron"]);
        match ask {
            Ask::Open => preset().set_title("Open a preset").pick_file(),
            Ask::SaveAs(name) => preset().set_title("Save the preset").set_file_name(name).save_file(),
            Ask::Export(name) => {
                let ending = Path::new(name).extension().and_then(|ending| ending.to_str()).unwrap_or("");
                dialog()
                    .add_filter(ending.to_uppercase(), &[ending])
                    .set_title("Save")
                    .set_file_name(name)
                    .save_file()
            }
            Ask::Measurement => dialog()
                .add_filter("Benchmark result", &["json", "jsonl"])
                .set_title("Open a benchmark's result")
                .pick_file(),
        }
    })
}

/// The dialog under way, and what waits for it.
pub struct Files {
    /// What waits until the user has decided about unsaved changes.
    pub pending: Option<Command>,
    /// What follows once the scenario has been saved.
    pub then: Option<Command>,
    /// What leaves a plot, until it is known where to.
    pub outgoing: Option<Outgoing>,
    chooser: Chooser,
    dialog: Option<(Ask, Receiver<Option<PathBuf>>)>,
}

impl Files {
    /// Nothing under way.
    pub fn new(chooser: Chooser) -> Self {
        Self { pending: None, then: None, outgoing: None, chooser, dialog: None }
    }

    /// Whether a dialog is open.
    pub fn asking(&self) -> bool {
        self.dialog.is_some()
    }

    /// Opens a dialog on a thread of its own, which wakes the screen when it has an answer.
    ///
    /// # Errors
    /// The system gives no thread.
    pub fn ask(&mut self, ask: Ask, ctx: &Context) -> std::io::Result<()> {
        if self.dialog.is_some() {
            return Ok(());
        }
        let (sender, receiver) = channel();
        let (chooser, question, ctx) = (Arc::clone(&self.chooser), ask.clone(), ctx.clone());
        std::thread::Builder::new().name("file dialog".to_owned()).spawn(move || {
            // Nobody listens any more when the window has closed meanwhile.
            let _ = sender.send(chooser(&question));
            ctx.request_repaint();
        })?;
        self.dialog = Some((ask, receiver));
        Ok(())
    }

    /// The answer of the dialog, once: the question and the chosen path.
    pub fn answered(&mut self) -> Option<(Ask, Option<PathBuf>)> {
        let (_, receiver) = self.dialog.as_ref()?;
        let path = match receiver.try_recv() {
            Ok(path) => path,
            Err(TryRecvError::Empty) => return None,
            Err(TryRecvError::Disconnected) => None,
        };
        self.dialog.take().map(|(ask, _)| (ask, path))
    }
}

/// A file name for the scenario: that of the file it came from, else made of its title.
pub fn suggested_name(scenario: &Scenario, path: Option<&Path>) -> String {
    match path.and_then(Path::file_name) {
        Some(name) => name.to_string_lossy().into_owned(),
        None => format!("{}{}", stem_of(&scenario.name), preset::EXTENSION),
    }
}

/// A title as the stem of a file name: `support-chat-llama-3-1-70b`.
pub fn stem_of(title: &str) -> String {
    let words = title.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    let words: Vec<String> = words.map(str::to_lowercase).collect();
    if words.is_empty() { "scenario".to_owned() } else { words.join("-") }
}

/// The path with `ending`, when the user gave none.
pub fn with_ending(path: PathBuf, ending: &str) -> PathBuf {
    if path.extension().is_some() {
        return path;
    }
    let mut name = path.into_os_string();
    name.push(ending);
    name.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_suggested_and_completed() {
        let scenario = Scenario { name: "Support chat, Llama 3.1 70B".to_owned(), ..Default::default() };
        assert_eq!(suggested_name(&scenario, None), "support-chat-llama-3-1-70b.headroom.ron");
        let path = Path::new("/presets/mine.ron");
        assert_eq!(suggested_name(&scenario, Some(path)), "mine.ron");
        assert_eq!(with_ending("a/b".into(), preset::EXTENSION), PathBuf::from("a/b.headroom.ron"));
        assert_eq!(with_ending("a/b.ron".into(), preset::EXTENSION), PathBuf::from("a/b.ron"));
    }
}
