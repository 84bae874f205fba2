//! `headroom solve`: how far an input can go within a limit.

use clap::Args;
use headroom::engine::Headline;
use headroom::engine::analysis::solve::{Ask, Unsolved, solve};
use headroom::import::Library;
use headroom::report::{self, Format, sentence};
use headroom::scenario::{ScenarioError, input_named};
use headroom::units;

use super::{Failure, answer, setup};

/// Arguments of `headroom solve`.
#[derive(Args)]
pub struct SolveArgs {
    /// A preset file, or the name of a built-in preset.
    preset: String,
    /// The unknown: path of a number among the inputs, such as workload.requests_per_s.
    input: String,
    #[command(flatten)]
    limit: LimitArgs,
    /// On this accelerator; default: the cheapest at each value.
    #[arg(long, value_name = "ACCELERATOR")]
    on: Option<String>,
    /// Changes another input, such as workload.input_tokens=3000; may be repeated.
    #[arg(long, value_name = "PATH=VALUE")]
    set: Vec<String>,
    #[arg(long, value_enum, default_value_t = Format::Table)]
    format: Format,
}

/// The limit: one of these.
#[derive(Args)]
#[group(required = true, multiple = false)]
struct LimitArgs {
    /// Limit on accelerators, spares included.
    #[arg(long, value_name = "N", allow_negative_numbers = true)]
    accelerators: Option<String>,
    /// Limit on US dollars per month, such as '$50k'.
    #[arg(long, value_name = "X", allow_negative_numbers = true)]
    usd_per_month: Option<String>,
    /// Limit on facility power, such as '400 kW'.
    #[arg(long, value_name = "X", allow_negative_numbers = true)]
    power_w: Option<String>,
    /// Limit on US dollars per million tokens, input and output.
    #[arg(long, value_name = "X", allow_negative_numbers = true)]
    usd_per_million_tokens: Option<String>,
}

impl LimitArgs {
    /// The limited figure, and its limit.
    fn read(&self) -> Result<(Headline, f64), Failure> {
        let given = Headline::ALL.into_iter().find_map(|want| {
            let (flag, text, example) = match want {
                Headline::Accelerators => ("--accelerators", &self.accelerators, "16"),
                Headline::Month => ("--usd-per-month", &self.usd_per_month, "$50k"),
                Headline::Power => ("--power-w", &self.power_w, "400 kW"),
                Headline::MillionTokens => {
                    ("--usd-per-million-tokens", &self.usd_per_million_tokens, "$0.50")
                }
            };
            text.as_deref().map(|text| (want, flag, text, example))
        });
        let (want, flag, text, example) =
            given.ok_or_else(|| Failure::BadInput("--accelerators: is missing. Give a limit.".to_owned()))?;
        let limit = units::parse_plain(text, want.unit()).filter(|limit| *limit > 0.0).ok_or_else(|| {
            let what = "is not a limit. Give a number above 0, such as";
            Failure::BadInput(format!("{flag} {text}: {what} {example}."))
        })?;
        Ok((want, limit))
    }
}

impl SolveArgs {
    /// Prints the value, or why there is none.
    pub fn run(self, mut catalog: Library) -> Result<(), Failure> {
        let (want, limit) = self.limit.read()?;
        let scenario = setup::scenario(&self.preset, &self.set, &mut catalog)?;
        let bad = |problem| {
            let origin = "INPUT".to_owned();
            Failure::bad_input(ScenarioError { origin, problems: vec![problem] })
        };
        let path = input_named(&self.input, "").map_err(bad)?.path;
        let on = self.on.as_ref().map(|name| setup::known_accelerator("--on", name, &catalog)).transpose()?;
        let ask = Ask { path, want, limit, accelerator: on.as_deref() };
        match solve(&scenario, &catalog, &ask, || true) {
            found @ Err(Unsolved::NotANumber) => {
                Err(Failure::BadInput(format!("INPUT: {}", sentence::solved(&ask, &found))))
            }
            found => {
                // A count or a power on a given accelerator depends on no price.
                let priced = on.is_none() || matches!(want, Headline::Month | Headline::MillionTokens);
                let there = found.as_ref().ok().filter(|_| priced);
                setup::warn_of_old_prices(there.map(|s| (&scenario, s.accelerator.as_str())), &catalog);
                answer(&report::solved(&ask, &found, &catalog, self.format))
            }
        }
    }
}
