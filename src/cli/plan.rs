//! `headroom plan`: sizes a preset on every accelerator.

use clap::Args;
use headroom::engine;
use headroom::import::Library;
use headroom::report::{self, Format};

use super::{Failure, answer, setup};

/// Arguments of `headroom plan`.
#[derive(Args)]
pub struct PlanArgs {
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

impl PlanArgs {
    /// Prints the plan.
    pub fn run(self, mut catalog: Library) -> Result<(), Failure> {
        let scenario = setup::scenario(&self.preset, &self.set, &mut catalog)?;
        let catalog = catalog.into_catalog();
        let accelerators: Vec<String> = self
            .accelerator
            .iter()
            .map(|name| setup::known_accelerator("--accelerator", name, &catalog))
            .collect::<Result<_, _>>()?;
        let wanted = |id: &str| accelerators.iter().any(|known| known == id);
        let plan = match accelerators.is_empty() {
            true => engine::plan(&scenario, &catalog),
            false => engine::plan_on(&scenario, &catalog, wanted),
        }
        .map_err(Failure::bad_input)?;
        let best = plan.best().map(|(best, _)| (&scenario, best.accelerator.as_str()));
        setup::warn_of_old_prices(best, &catalog);
        answer(&report::plan(&plan, &scenario, &catalog, self.format))
    }
}
