//! A first argument that is neither a command nor a file: a misspelt command would otherwise open a window.

use std::path::Path;

use clap::CommandFactory as _;
use clap::error::ErrorKind;
use headroom::catalog::nearest;
use headroom::scenario::{preset, share};

use super::{Arguments, Failure};

/// What files that can be opened end in.
const ENDINGS: [&str; 3] = [".ron", ".json", ".csv"];

/// Refuses the FILE that the window is asked to open where it cannot be one.
pub fn refuse(file: &Path) -> Result<(), Failure> {
    let name = file.to_string_lossy();
    let lower = name.to_lowercase();
    let may_be_one = file.exists()
        || share::is_line(&name)
        || preset::BUILT_IN.iter().any(|(stem, _)| *stem == name)
        || ENDINGS.iter().any(|ending| lower.ends_with(ending));
    if may_be_one { Ok(()) } else { Err(unknown(&name)) }
}

/// What is wrong with arguments that cannot be read: the misspelt command among them rather than what follows it.
pub fn explain(error: &clap::Error) -> Option<Failure> {
    let mut words = std::env::args().skip(1);
    let first = words.next().filter(|first| first != "help").or_else(|| words.next())?;
    // Nor is there help on what is no command.
    let unread = matches!(
        error.kind(),
        ErrorKind::UnknownArgument | ErrorKind::InvalidSubcommand | ErrorKind::DisplayHelp
    );
    if !unread || first.starts_with('-') || Arguments::command().find_subcommand(&first).is_some() {
        return None;
    }
    refuse(Path::new(&first)).err()
}

fn unknown(name: &str) -> Failure {
    let command = Arguments::command();
    let commands: Vec<&str> = command.get_subcommands().map(clap::Command::get_name).collect();
    let presets = preset::BUILT_IN.iter().map(|(stem, _)| *stem);
    let remedy = match nearest(name, commands.iter().copied().chain(presets)) {
        Some(near) => format!("Did you mean `headroom {near}`?"),
        None => format!("Commands are {}; see `headroom --help`.", commands.join(", ")),
    };
    Failure::BadInput(format!("{name}: is not a command or file. {remedy}"))
}
