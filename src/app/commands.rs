//! What can be asked of the window as a whole: menu, buttons and shortcuts name the same commands.

use std::path::PathBuf;

use eframe::egui::{Context, Key, KeyboardShortcut, Modifiers};

/// One command.
#[derive(Clone, Debug, PartialEq)]
pub enum Command {
    /// A scenario with every input at its default.
    New,
    /// A built-in preset, by its stem.
    NewFrom(&'static str),
    /// Asks which file to open.
    Open,
    /// Opens a file.
    OpenPath(PathBuf),
    Save,
    SaveAs,
    /// Asks for a benchmark's result file, to add it to the user's own measurements.
    AddMeasurement,
    Undo,
    Redo,
    Close,
}

impl Command {
    /// Whether the scenario on the screen gives way, so that unsaved changes would be lost.
    pub fn replaces(&self) -> bool {
        matches!(self, Self::New | Self::NewFrom(_) | Self::OpenPath(_) | Self::Close)
    }

    /// The keys for it.
    pub fn shortcut(&self) -> Option<KeyboardShortcut> {
        let command = |key| Some(KeyboardShortcut::new(Modifiers::COMMAND, key));
        let shifted = |key| Some(KeyboardShortcut::new(Modifiers::COMMAND | Modifiers::SHIFT, key));
        match self {
            Self::New => command(Key::N),
            Self::Open => command(Key::O),
            Self::Save => command(Key::S),
            Self::SaveAs => shifted(Key::S),
            Self::Undo => command(Key::Z),
            Self::Redo => command(Key::Y),
            Self::NewFrom(_) | Self::OpenPath(_) | Self::AddMeasurement | Self::Close => None,
        }
    }
}

/// The command whose keys were pressed. Longer combinations are asked first, lest Ctrl+S eat Ctrl+Shift+S.
pub fn pressed(ctx: &Context) -> Option<Command> {
    let redo_too = KeyboardShortcut::new(Modifiers::COMMAND | Modifiers::SHIFT, Key::Z);
    if ctx.input_mut(|i| i.consume_shortcut(&redo_too)) {
        return Some(Command::Redo);
    }
    let commands =
        [Command::SaveAs, Command::Save, Command::Open, Command::New, Command::Undo, Command::Redo];
    commands.into_iter().find(|command| {
        // What is being typed has an undo of its own.
        let typing = matches!(command, Command::Undo | Command::Redo) && ctx.text_edit_focused();
        !typing && command.shortcut().is_some_and(|keys| ctx.input_mut(|i| i.consume_shortcut(&keys)))
    })
}
