//! `headroom estimate`: one replica, one layout, one load; or a file of them.

use clap::Args;
use headroom::engine;
use headroom::import::Library;
use headroom::report::Format;
use headroom::report::estimate::{self as report, COLUMNS, EstimateCell};

use super::question::{QuestionRow, Resolver, Rows, of_flag};
use super::{Failure, answer, answers, setup};

/// Arguments of `headroom estimate`.
#[derive(Args)]
pub struct EstimateArgs {
    /// Catalog id or name on a model hub, folder of a config.json or its path, or a parameter count such as 34B.
    #[arg(long, value_name = "ID|config.json")]
    model: Option<String>,
    #[arg(long, value_name = "ID")]
    accelerator: Option<String>,
    #[arg(long, value_name = "ID")]
    stack: Option<String>,
    /// Tensor-parallel degree.
    #[arg(long, value_name = "N")]
    tp: Option<String>,
    /// Pipeline stages.
    #[arg(long, value_name = "N")]
    pp: Option<String>,
    /// Expert-parallel degree; divides tp · attention-dp.
    #[arg(long, value_name = "N")]
    ep: Option<String>,
    /// Copies of attention that share the experts.
    #[arg(long, value_name = "N")]
    attention_dp: Option<String>,
    /// Number format of the weights; default: the stack's choice.
    #[arg(long, value_name = "FORMAT")]
    weights: Option<String>,
    /// Number format of the KV cache; default: the stack's choice.
    #[arg(long, value_name = "FORMAT")]
    kv_cache: Option<String>,
    /// Mean prompt length, tokens, such as 1500 or 128k.
    #[arg(long, value_name = "N")]
    input_tokens: Option<String>,
    /// Mean answer length, tokens.
    #[arg(long, value_name = "N")]
    output_tokens: Option<String>,
    /// Full width of the uniform distribution of lengths over the mean.
    #[arg(long, value_name = "S")]
    length_spread: Option<String>,
    /// Requests in flight.
    #[arg(long, value_name = "N")]
    concurrency: Option<String>,
    /// Tokens drafted for each sequence ahead of a step (multi-token prediction); default 0.
    #[arg(long, value_name = "N")]
    draft_tokens: Option<String>,
    /// Probability that a drafted token is accepted; default 0.7.
    #[arg(long, value_name = "P")]
    draft_acceptance: Option<String>,
    /// Most tokens of one step that the server is told; default: the stack's own.
    #[arg(long, value_name = "N")]
    step_tokens: Option<String>,
    /// Most steps for which the server is told to hold prompts back so that more come together; default 0.
    #[arg(long, value_name = "N")]
    hold_steps: Option<String>,
    /// A CSV file with these columns, `-` for stdin; estimates every row, with --format csv.
    #[arg(long, value_name = "ROWS.csv", conflicts_with_all = ["model", "accelerator", "stack"])]
    from: Option<String>,
    #[arg(long, value_enum, default_value_t = Format::Table)]
    format: Format,
}

impl EstimateArgs {
    /// Prints one estimate, or one for every row.
    pub fn run(self, catalog: Library) -> Result<(), Failure> {
        let mut resolver = Resolver::new(catalog);
        match &self.from {
            Some(file) if self.format == Format::Csv => {
                answers::write(&mut Rows::open(file)?, &mut resolver, &mut std::io::stdout().lock())
            }
            Some(_) => {
                Err(Failure::BadInput("--from: the answer is a table of rows. Add --format csv.".to_owned()))
            }
            None => self.one(&mut resolver),
        }
    }

    fn one(&self, resolver: &mut Resolver) -> Result<(), Failure> {
        let text = |value: &'_ Option<String>| value.clone().unwrap_or_default();
        let cells = [
            text(&self.model),
            text(&self.accelerator),
            text(&self.stack),
            text(&self.weights),
            text(&self.kv_cache),
            text(&self.tp),
            text(&self.pp),
            text(&self.ep),
            text(&self.attention_dp),
            text(&self.input_tokens),
            text(&self.output_tokens),
            text(&self.length_spread),
            text(&self.concurrency),
            text(&self.draft_tokens),
            text(&self.draft_acceptance),
            text(&self.step_tokens),
            text(&self.hold_steps),
        ];
        let row: QuestionRow<'_> = std::array::from_fn(|i| cells[i].as_str());
        let cells = estimate(resolver, &row).map_err(|message| Failure::BadInput(of_flag(&message)))?;
        setup::note(&resolver.readings(&row));
        answer(&match self.format {
            Format::Json => report::json(&cells),
            Format::Table | Format::Markdown => report::table(&cells),
            Format::Csv => {
                let mut out = format!("{},error\n", COLUMNS.join(","));
                report::EstimateRows::default().write(&cells, &mut out);
                out.push_str(",\n");
                out
            }
        })
    }
}

/// The answer's cells, or a message that names the column, the value and the remedy.
fn estimate(resolver: &mut Resolver, row: &QuestionRow<'_>) -> Result<[EstimateCell; COLUMNS.len()], String> {
    let (deployment, load) = resolver.resolve(row)?;
    let math = engine::arithmetic(deployment.accelerator, deployment.efficiency, deployment.weights);
    Ok(report::cells(&engine::estimate(&deployment, &load), math.weight_only))
}
