//! `headroom compare`: how two presets differ.

use clap::Args;
use headroom::engine::analysis::compare;
use headroom::import::Library;
use headroom::report::{self, Format};

use super::{Failure, answer, setup};

/// Arguments of `headroom compare`.
#[derive(Args)]
pub struct CompareArgs {
    /// The preset before: a file, or the name of a built-in preset.
    #[arg(value_name = "A")]
    before: String,
    /// The preset after: a file, or the name of a built-in preset.
    #[arg(value_name = "B")]
    after: String,
    /// Changes an input of B alone, such as workload.input_tokens=3000; may be repeated. With A given twice: a what-if.
    #[arg(long, value_name = "PATH=VALUE")]
    set: Vec<String>,
    #[arg(long, value_enum, default_value_t = Format::Table)]
    format: Format,
}

impl CompareArgs {
    /// Prints the comparison.
    pub fn run(self, mut catalog: Library) -> Result<(), Failure> {
        let before = setup::scenario(&self.before, &[], &mut catalog)?;
        let after = setup::scenario(&self.after, &self.set, &mut catalog)?;
        let comparison = compare::compare(&before, &after, &catalog).map_err(Failure::bad_input)?;
        let sides = [(&before, &comparison.before.best), (&after, &comparison.after.best)];
        let prices = sides.into_iter().filter_map(|(scenario, best)| Some((scenario, best.as_ref()?)));
        setup::warn_of_old_prices(
            prices.map(|(scenario, best)| (scenario, best.accelerator.as_str())),
            &catalog,
        );
        answer(&report::comparison(&comparison, &catalog, self.format))
    }
}
