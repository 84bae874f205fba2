//! `headroom why`: how a figure of the plan was calculated.

use clap::{Args, ValueEnum};
use headroom::engine::SECTIONS;
use headroom::engine::{self, Candidate};
use headroom::import::Library;
use headroom::report;

use super::{Failure, answer, setup};

/// Arguments of `headroom why`.
#[derive(Args)]
pub struct WhyArgs {
    /// A preset file, or the name of a built-in preset.
    preset: String,
    /// The figure: its path in the plan's JSON document, such as cost.usd_per_month.
    path: String,
    /// Changes an input, such as workload.requests_per_s=12; may be repeated.
    #[arg(long, value_name = "PATH=VALUE")]
    set: Vec<String>,
    /// On this accelerator; default: the cheapest.
    #[arg(long, value_name = "ID")]
    accelerator: Option<String>,
    #[arg(long, value_enum, default_value_t = TreeFormat::Table)]
    format: TreeFormat,
}

/// How the explanation is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum TreeFormat {
    /// A tree in text.
    Table,
    /// One document: the step and everything it depends on.
    Json,
}

impl WhyArgs {
    /// Prints the step of the figure and all that is under it.
    pub fn run(self, mut catalog: Library) -> Result<(), Failure> {
        let scenario = setup::scenario(&self.preset, &self.set, &mut catalog)?;
        let catalog = catalog.into_catalog();
        let on = self.accelerator.as_ref();
        let on = on.map(|name| setup::known_accelerator("--accelerator", name, &catalog)).transpose()?;
        let plan = engine::plan(&scenario, &catalog).map_err(Failure::bad_input)?;
        let candidate = match &on {
            Some(id) => plan.candidate(id),
            None => plan.candidates.first(),
        };
        let candidate =
            candidate.ok_or_else(|| Failure::Other("the catalog has no accelerators".to_owned()))?;
        let Some(ledger) = engine::explain(&scenario, &catalog, &candidate.accelerator)
            .filter(|ledger| ledger.step(&self.path).is_some())
        else {
            return Err(self.unknown(candidate));
        };
        let about = candidate.sizing().and_then(|s| report::sentence::spares_beside(&self.path, s));
        let about = about.map_or_else(String::new, |about| format!("{about}\n\n"));
        answer(&match self.format {
            TreeFormat::Table => about + &report::why::text(&ledger, &catalog, &self.path),
            TreeFormat::Json => report::why::json(&ledger, &catalog, &self.path, &candidate.accelerator),
        })
    }

    /// A path that is not a figure of this candidate, or has no value in this plan.
    fn unknown(&self, candidate: &Candidate) -> Failure {
        if let Some(rejection) = candidate.rejection() {
            let why = report::sentence::rejection(rejection, &candidate.name);
            return Failure::BadInput(format!(
                "PATH {}: there is no plan for {}. {why}",
                self.path, candidate.accelerator
            ));
        }
        let known: Vec<String> = SECTIONS
            .iter()
            .flat_map(|section| section.figures.iter().map(|f| format!("{}.{}", section.path, f.field)))
            .collect();
        if known.contains(&self.path) {
            return Failure::BadInput(format!(
                "PATH {}: has no value in this plan of {}. Choose another figure.",
                self.path, candidate.accelerator
            ));
        }
        setup::unknown_path(&self.path, known.iter().map(String::as_str))
    }
}
