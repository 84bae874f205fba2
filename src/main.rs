//! `headroom`: opens the window.

mod app;

use std::path::PathBuf;
use std::process::ExitCode;

use headroom::catalog::Catalog;

fn main() -> ExitCode {
    let file = std::env::args_os().nth(1).map(PathBuf::from);
    let catalog = match Catalog::built_in() {
        Ok(catalog) => catalog,
        Err(error) => {
            eprintln!("{error}");
            return ExitCode::FAILURE;
        }
    };
    match app::run(file, catalog) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("headroom: the window cannot be opened: {error}");
            ExitCode::FAILURE
        }
    }
}
