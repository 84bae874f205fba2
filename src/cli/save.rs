//! `headroom save`: writes a scenario as a preset of the current version.

use clap::Args;
use headroom::catalog::Catalog;
use headroom::scenario::preset;

use super::{Failure, answer, setup};

/// Arguments of `headroom save`.
#[derive(Args)]
pub struct Save {
    /// A preset file, or the name of a built-in preset.
    preset: String,
    /// Changes an input, such as workload.requests_per_s=12; may be repeated.
    #[arg(long, value_name = "PATH=VALUE")]
    set: Vec<String>,
    /// File to write; `-` for stdout.
    #[arg(long, short, value_name = "FILE")]
    output: String,
}

impl Save {
    /// Writes the preset.
    pub fn run(self, mut catalog: Catalog) -> Result<(), Failure> {
        let scenario = setup::scenario(&self.preset, &self.set, &mut catalog)?;
        if self.output == "-" {
            return answer(&preset::to_text(&scenario));
        }
        preset::save(&scenario, self.output.as_ref()).map_err(|error| Failure::Other(error.to_string()))
    }
}
