//! What can be asked of the window as a whole: menu, buttons and shortcuts name the same commands.

use std::path::PathBuf;

use eframe::egui::{Context, Key, KeyboardShortcut, Modifiers};

use super::page::Tab;
use super::settings::SettingChange;

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
    /// Asks for a benchmark result, to add it to the user's own measurements.
    AddMeasurement,
    /// Pins the scenario on the screen, to compare with.
    Pin,
    /// Stops comparing.
    Unpin,
    Compare,
    /// Shows a page under the table.
    Tab(Tab),
    /// Picks an accelerator, by its id.
    Select(String),
    /// Opens the list of everything that can be done.
    Find,
    /// Opens or closes the list of shortcuts.
    Shortcuts,
    Present,
    /// Copies the share line of the scenario.
    Share,
    /// Opens a share line.
    OpenLine(String),
    /// Simulates an hour at the peak, or stops that.
    Verify,
    /// Freezes the fleet to push it past its plan, or thaws it.
    Break,
    /// Finds the limit of an input.
    FindLimit,
    /// Starts the tour again.
    Tour,
    /// Changes how the window looks, or writes numbers.
    Set(SettingChange),
    /// A copy of the scenario in a tab of its own.
    Duplicate,
    /// Shows the tab at this place.
    GoTo(usize),
    NextTab,
    PreviousTab,
    CloseTab,
    CloseTabAt(usize),
    Undo,
    Redo,
    /// Closes the window.
    Close,
}

impl Command {
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
            Self::Pin => command(Key::P),
            Self::Compare => command(Key::D),
            Self::Duplicate => command(Key::T),
            Self::CloseTab => command(Key::W),
            Self::NextTab => command(Key::PageDown),
            Self::PreviousTab => command(Key::PageUp),
            Self::Find => command(Key::K),
            Self::FindLimit => command(Key::B),
            Self::Verify => command(Key::R),
            Self::Share => shifted(Key::C),
            Self::Shortcuts => Some(KeyboardShortcut::new(Modifiers::NONE, Key::Questionmark)),
            Self::Break => Some(KeyboardShortcut::new(Modifiers::NONE, Key::B)),
            Self::Present => Some(KeyboardShortcut::new(Modifiers::NONE, Key::F5)),
            Self::NewFrom(_)
            | Self::OpenPath(_)
            | Self::AddMeasurement
            | Self::Unpin
            | Self::OpenLine(_)
            | Self::GoTo(_)
            | Self::CloseTabAt(_)
            | Self::Tour
            | Self::Set(_)
            | Self::Tab(_)
            | Self::Select(_)
            | Self::Close => None,
        }
    }
}

/// The keys of a command as they are written on them.
pub fn keys(command: &Command, ctx: &Context) -> Option<String> {
    let shortcut = command.shortcut()?;
    let typed = shortcut.modifiers.is_none() && shortcut.logical_key == Key::Questionmark;
    Some(if typed { "?".to_owned() } else { ctx.format_shortcut(&shortcut) })
}

/// The command whose keys were pressed. Longer combinations are asked first, lest Ctrl+S eat Ctrl+Shift+S.
pub fn pressed(ctx: &Context) -> Option<Command> {
    let redo_too = KeyboardShortcut::new(Modifiers::COMMAND | Modifiers::SHIFT, Key::Z);
    if ctx.input_mut(|i| i.consume_shortcut(&redo_too)) {
        return Some(Command::Redo);
    }
    // A question mark needs Shift on many keyboards, and may be typed.
    let asked = |i: &eframe::egui::InputState| {
        i.events.iter().any(|event| matches!(event, eframe::egui::Event::Text(text) if text == "?"))
    };
    if !ctx.text_edit_focused() && ctx.input(asked) {
        return Some(Command::Shortcuts);
    }
    let listed = LISTED.iter().map(|(command, _)| command.clone());
    // A letter may be typed too.
    let typed = |command: &Command| *command == Command::Break && ctx.text_edit_focused();
    let mut commands: Vec<Command> = listed.filter(|c| *c != Command::Shortcuts && !typed(c)).collect();
    commands.sort_by_key(|command| command.shortcut().is_none_or(|keys| !keys.modifiers.shift));
    commands.into_iter().find(|command| {
        // What is being typed has an undo of its own.
        let typing = matches!(command, Command::Undo | Command::Redo) && ctx.text_edit_focused();
        !typing && command.shortcut().is_some_and(|keys| ctx.input_mut(|i| i.consume_shortcut(&keys)))
    })
}

/// Every command without arguments, with its name: the list of Search, and that of shortcuts.
pub const LISTED: [(Command, &str); 28] = [
    (Command::Pin, "Pin this scenario"),
    (Command::Unpin, "Unpin"),
    (Command::Compare, "Compare with the pin"),
    (Command::Present, "Present"),
    (Command::Undo, "Undo"),
    (Command::Redo, "Redo"),
    (Command::New, "New"),
    (Command::Duplicate, "Duplicate tab"),
    (Command::NextTab, "Next tab"),
    (Command::PreviousTab, "Previous tab"),
    (Command::CloseTab, "Close tab"),
    (Command::Open, "Open…"),
    (Command::Save, "Save"),
    (Command::SaveAs, "Save as…"),
    (Command::Share, "Copy share line"),
    (Command::AddMeasurement, "Add measurement…"),
    (Command::Find, "Search"),
    (Command::Shortcuts, "Shortcuts"),
    (Command::Verify, "Verify: simulate an hour at the peak"),
    (Command::Break, "Break it: freeze this fleet and push its load"),
    (Command::FindLimit, "Find the limit: what can a fleet hold?"),
    (Command::Tour, "Take the tour"),
    (Command::Set(SettingChange::Dark(Some(true))), "Dark theme"),
    (Command::Set(SettingChange::Dark(Some(false))), "Light theme"),
    (Command::Set(SettingChange::Dark(None)), "Theme: follow system"),
    (Command::Set(SettingChange::Zoom(1.0)), "Reset zoom"),
    (Command::Close, "Close window"),
    (Command::Tab(Tab::Overview), "Show the overview"),
];
