//! `headroom save`: writes a scenario as a preset of the current version.

use clap::Args;
use headroom::import::Library;
use headroom::scenario::{preset, share};

use super::{Failure, answer, setup};

/// Arguments of `headroom save`.
#[derive(Args)]
pub struct SaveArgs {
    /// A preset file, or the name of a built-in preset.
    preset: String,
    /// Changes an input, such as workload.requests_per_s=12; may be repeated.
    #[arg(long, value_name = "PATH=VALUE")]
    set: Vec<String>,
    /// File to write; `-` for stdout.
    #[arg(long, short, value_name = "FILE", required_unless_present = "share")]
    output: Option<String>,
    /// Prints a line that reopens the scenario wherever a preset is accepted, or pasted into the window.
    #[arg(long, conflicts_with = "output")]
    share: bool,
}

impl SaveArgs {
    /// Writes the preset.
    pub fn run(self, mut catalog: Library) -> Result<(), Failure> {
        let scenario = setup::scenario(&self.preset, &self.set, &mut catalog)?;
        match self.output.as_deref() {
            None => answer(&format!("{}\n", share::line(&scenario, &catalog))),
            Some("-") => answer(&preset::to_text(&scenario)),
            Some(path) => {
                preset::save(&scenario, path.as_ref()).map_err(|error| Failure::Other(error.to_string()))
            }
        }
    }
}
