//! `headroom check`: validates files, all errors at once.

use std::path::Path;

use clap::Args;
use headroom::catalog::{Catalog, config_of};
use headroom::import::Library;
use headroom::scenario::preset;

use super::{Failure, setup};

/// Arguments of `headroom check`.
#[derive(Args)]
pub struct CheckArgs {
    /// Presets (*.headroom.ron), catalog files (accelerators.ron, measured_latency.csv, …) and Hugging Face config.json
    /// files or the folders that hold them.
    #[arg(required = true)]
    files: Vec<String>,
}

impl CheckArgs {
    /// Reports every problem of every file.
    pub fn run(self, mut catalog: Library) -> Result<(), Failure> {
        let mut problems = Vec::new();
        for file in &self.files {
            match check(file, &mut catalog) {
                Ok(what) => {
                    // The answer is the exit status; the line is for users.
                    eprintln!("{file}: {what}");
                }
                Err(problem) => problems.push(problem),
            }
        }
        if problems.is_empty() { Ok(()) } else { Err(Failure::BadInput(problems.join("\n"))) }
    }
}

/// What the file is, or what is wrong with it.
fn check(file: &str, catalog: &mut Library) -> Result<&'static str, String> {
    if Path::new(file).is_dir() {
        return catalog
            .read_model(&config_of(file))
            .map(|_| "a valid model")
            .map_err(|error| error.to_string());
    }
    let name = Path::new(file).file_name().and_then(|n| n.to_str()).unwrap_or(file);
    if name.ends_with(".json") {
        return catalog.read_model(file).map(|_| "a valid model").map_err(|error| error.to_string());
    }
    if !name.ends_with(preset::EXTENSION) && Catalog::is_catalog_file(name) {
        // Catalog files refer to each other, so that the folder is read as a whole.
        let folder = match Path::new(file).parent() {
            Some(parent) if !parent.as_os_str().is_empty() => parent,
            _ => Path::new("."),
        };
        *catalog = setup::with_folder(catalog, folder)?;
        return Ok("a valid catalog file");
    }
    catalog.open_preset(file).map(|_| "a valid preset").map_err(|error| error.to_string())
}
