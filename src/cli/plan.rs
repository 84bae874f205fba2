//! `headroom plan`: sizes a preset on every accelerator.

use std::io::Write as _;

use clap::Args;
use headroom::catalog::{Catalog, Day};
use headroom::engine;
use headroom::report::{self, Format};

use super::{Failure, answer, setup};

/// Arguments of `headroom plan`.
#[derive(Args)]
pub struct Plan {
    /// A preset file, or the name of a built-in preset.
    preset: String,
    /// Changes an input, such as workload.requests_per_s=12; may be repeated.
    #[arg(long, value_name = "PATH=VALUE")]
    set: Vec<String>,
    /// Only this accelerator; may be repeated.
    #[arg(long, value_name = "ID")]
    accelerator: Vec<String>,
    #[arg(long, value_enum, default_value_t = Format::Table)]
    format: Format,
}

impl Plan {
    /// Prints the plan.
    pub fn run(self, mut catalog: Catalog) -> Result<(), Failure> {
        let scenario = setup::scenario(&self.preset, &self.set, &mut catalog)?;
        for id in &self.accelerator {
            setup::known_accelerator("--accelerator", id, &catalog)?;
        }
        if !self.accelerator.is_empty() {
            catalog.accelerators.retain(|a| self.accelerator.contains(&a.id));
        }
        let plan = engine::plan(&scenario, &catalog).map_err(Failure::bad_input)?;
        let best = plan.best().map(|(candidate, _)| candidate);
        let caution = best.and_then(|best| {
            let caution = engine::price_caution(&scenario, &catalog, &best.accelerator, Day::today())?;
            Some(format!("warning: {}, {}: {caution}", best.name, scenario.money.term.label().to_lowercase()))
        });
        if let Some(caution) = caution {
            // Nobody may be reading.
            let _ = writeln!(std::io::stderr(), "{caution}");
        }
        answer(&report::plan(&plan, &scenario, &catalog, self.format))
    }
}
