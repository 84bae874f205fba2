//! The dialogs of files, one at a time, and what waits for their answers.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::commands::Command;
use super::jobs::{Job, Runner, Urgency};
use super::plots::Outgoing;

/// What a dialog asks for.
#[derive(Clone, Debug, PartialEq)]
pub enum FileAsk {
    /// A file to open.
    Open,
    /// Where to save; the suggested file name.
    SaveAs(String),
    /// The result file of a benchmark.
    Measurement,
    /// Where to save what leaves a plot; the suggested file name, whose ending is its kind.
    Export(String),
}

/// What a dialog answers.
#[derive(Clone, Debug, PartialEq)]
pub enum Chosen {
    Path(PathBuf),
    /// The user changed their mind.
    Cancelled,
    /// The desktop has no dialog of files.
    NoDialog,
}

/// Asks the user for a path, and may wait for it.
pub type Chooser = Arc<dyn Fn(&FileAsk) -> Chosen + Send + Sync>;

/// Nobody reads a dialog and cancels it within this time: where there is no answer by then, there was no dialog.
const TOO_FAST: Duration = Duration::from_millis(250);

/// The desktop's own dialogs. Without a portal and without zenity they answer as if they had been cancelled, at once.
pub fn native_chooser() -> Chooser {
    Arc::new(|ask| {
        let asked = Instant::now();
        match native(ask) {
            Some(path) => Chosen::Path(path),
            None if asked.elapsed() < TOO_FAST => Chosen::NoDialog,
            None => Chosen::Cancelled,
        }
    })
}

fn native(ask: &FileAsk) -> Option<PathBuf> {
    let dialog = rfd::FileDialog::new;
    let preset = || dialog().add_filter("Headroom preset", &["ron"]);
    match ask {
        FileAsk::Open => preset().set_title("Open a preset").pick_file(),
        FileAsk::SaveAs(name) => preset().set_title("Save the preset").set_file_name(name).save_file(),
        FileAsk::Export(name) => {
            let ending = Path::new(name).extension().and_then(|ending| ending.to_str()).unwrap_or("");
            dialog()
                .add_filter(ending.to_uppercase(), &[ending])
                .set_title("Save")
                .set_file_name(name)
                .save_file()
        }
        FileAsk::Measurement => dialog()
            .add_filter("Benchmark result", &["json", "jsonl"])
            .set_title("Open a benchmark result")
            .pick_file(),
    }
}

/// The dialog under way, and what waits for it.
pub struct Dialogs {
    /// What follows once the scenario has been saved.
    pub then: Option<Command>,
    /// What leaves a plot, until it is known where to.
    pub outgoing: Option<Outgoing>,
    chooser: Chooser,
    asked: Option<FileAsk>,
    dialog: Option<Job<Chosen>>,
}

impl Dialogs {
    /// Nothing under way.
    pub fn new(chooser: Chooser) -> Self {
        Self { then: None, outgoing: None, chooser, asked: None, dialog: None }
    }

    /// Whether a dialog is open.
    pub fn asking(&self) -> bool {
        self.dialog.is_some()
    }

    /// Opens a dialog, unless one is open.
    pub fn ask(&mut self, ask: FileAsk, jobs: &Runner) {
        if self.dialog.is_some() {
            return;
        }
        let (chooser, question) = (Arc::clone(&self.chooser), ask.clone());
        jobs.start(Urgency::Waiting, &mut self.dialog, "The file dialog", move |progress| {
            progress.found(chooser(&question));
            Ok(())
        });
        self.asked = Some(ask).filter(|_| self.dialog.is_some());
    }

    /// The answer of the dialog, once, with the question.
    pub fn answered(&mut self) -> Option<(FileAsk, Chosen)> {
        let dialog = self.dialog.as_ref().filter(|dialog| dialog.over())?;
        let chosen = dialog.found().last().unwrap_or(Chosen::Cancelled);
        self.dialog = None;
        self.asked.take().map(|ask| (ask, chosen))
    }
}
