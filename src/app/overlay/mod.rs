//! What is drawn over everything else: one thing at a time, and the tour beside it.

mod finder;
mod measurement;
mod path;
mod question;
mod shortcuts;
mod tour;
mod unsaved;

use std::path::PathBuf;

use eframe::egui::Context;

use super::commands::Command;
use super::dialogs::FileAsk;
use super::shown::Shown;

pub use finder::{Finder, OtherTab};
pub use measurement::{Form, setting};
pub use path::PathForm;
pub use question::{Question, Solution};
pub use unsaved::OnUnsaved;

/// What is drawn over the screen.
pub enum Overlay {
    /// The list of everything that can be done.
    Finder(Finder),
    Shortcuts,
    /// The search for a limit.
    Question(Question),
    /// A measurement that is being added.
    Measurement(Box<Form>),
    /// A path that is typed where the desktop has no dialog of files.
    Path(PathForm),
    /// What is asked about unsaved changes before the command is done.
    Unsaved(Command),
}

/// What was decided in it.
pub enum Closing {
    Run(Command),
    /// Puts the keyboard into the field of an input, by its path.
    Edit(&'static str),
    Apply(Solution),
    Add(Box<Form>),
    Decided(OnUnsaved, Command),
    /// A path for what was asked; `None`: none.
    Chosen(FileAsk, Option<PathBuf>),
    /// The tour has been seen or skipped.
    Toured,
}

/// The overlay that is open, if any.
#[derive(Default)]
pub struct Overlays {
    open: Option<Overlay>,
    /// Step of the tour. It may stay open beside the others, which it suggests to try.
    tour: Option<usize>,
}

impl Overlays {
    /// Opens `overlay` in place of another.
    pub fn open(&mut self, overlay: Overlay) {
        self.open = Some(overlay);
    }

    /// The overlay that is open.
    #[cfg(test)]
    pub fn shown(&self) -> Option<&Overlay> {
        self.open.as_ref()
    }

    /// Step of the tour, while it is under way.
    #[cfg(test)]
    pub fn tour(&self) -> Option<usize> {
        self.tour
    }

    /// Opens the list of shortcuts, or closes it.
    pub fn turn_shortcuts(&mut self) {
        let open = matches!(self.open, Some(Overlay::Shortcuts));
        self.open = (!open).then_some(Overlay::Shortcuts);
    }

    /// Starts the tour.
    pub fn begin_tour(&mut self) {
        self.tour = Some(0);
    }

    /// Whether it asks for a decision: only its buttons count then.
    pub fn asks(&self) -> bool {
        matches!(self.open, Some(Overlay::Unsaved(_) | Overlay::Measurement(_) | Overlay::Path(_)))
    }

    /// Whether a measurement is being added.
    pub fn measures(&self) -> bool {
        matches!(self.open, Some(Overlay::Measurement(_)))
    }

    /// Draws what is open; what was decided. `beside` are the names and places of the other tabs.
    pub fn ui(&mut self, ctx: &Context, shown: &Shown<'_>, beside: &[OtherTab]) -> Vec<Closing> {
        let mut outcomes = Vec::new();
        if let Some(overlay) = self.open.take() {
            let (left, outcome) = overlay.ui(ctx, shown, beside);
            self.open = left;
            outcomes.extend(outcome);
        }
        if let Some(step) = self.tour.filter(|_| !shown.view.stage.on()) {
            self.tour = tour::tour_ui(ctx, step);
            outcomes.extend(self.tour.is_none().then_some(Closing::Toured));
        }
        outcomes
    }
}

impl Overlay {
    /// What is left open, and what was decided.
    fn ui(self, ctx: &Context, shown: &Shown<'_>, beside: &[OtherTab]) -> (Option<Self>, Option<Closing>) {
        match self {
            Self::Finder(mut finder) => match finder.ui(ctx, shown.sheet, beside) {
                finder::Reached::Nothing => (Some(Self::Finder(finder)), None),
                finder::Reached::Close => (None, None),
                finder::Reached::Run(command) => (None, Some(Closing::Run(command))),
                finder::Reached::Edit(path) => (None, Some(Closing::Edit(path))),
            },
            Self::Shortcuts => ((!shortcuts::shortcuts_ui(ctx)).then_some(Self::Shortcuts), None),
            Self::Question(mut question) => match question.ui(ctx, shown) {
                question::Asked::Open => (Some(Self::Question(question)), None),
                question::Asked::Close => (None, None),
                question::Asked::Apply(solution) => (None, Some(Closing::Apply(solution))),
            },
            Self::Measurement(mut form) => match form.ui(ctx) {
                None => (Some(Self::Measurement(form)), None),
                Some(measurement::Decision::Cancel) => (None, None),
                Some(measurement::Decision::Add) => (None, Some(Closing::Add(form))),
            },
            Self::Path(mut form) => match form.ui(ctx) {
                None => (Some(Self::Path(form)), None),
                Some(path) => (None, Some(Closing::Chosen(form.ask, path))),
            },
            Self::Unsaved(command) => match unsaved::unsaved_ui(ctx, &shown.sheet.scenario.name) {
                None => (Some(Self::Unsaved(command)), None),
                Some(decision) => (None, Some(Closing::Decided(decision, command))),
            },
        }
    }
}
