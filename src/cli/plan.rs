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
        // Each gets the answer that it gets beside the others, so that all are planned.
        let mut asked = scenario.clone();
        let listed = |id: &String| scenario.fleet.shortlist.contains(id);
        if !accelerators.iter().all(listed) {
            asked.fleet.shortlist.clear();
        }
        let asked = if accelerators.is_empty() { &scenario } else { &asked };
        let mut plan = engine::plan(asked, &catalog).map_err(Failure::bad_input)?;
        if !accelerators.is_empty() {
            plan.candidates.retain(|candidate| accelerators.contains(&candidate.accelerator));
            for (i, candidate) in plan.candidates.iter_mut().enumerate() {
                candidate.rank = i + 1;
            }
        }
        let best = plan.best().map(|(best, _)| (&scenario, best.accelerator.as_str()));
        setup::warn_of_old_prices(best, &catalog);
        answer(&report::plan(&plan, &scenario, &catalog, self.format))
    }
}
