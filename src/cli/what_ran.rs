//! What a benchmark ran on: by the flags of `headroom measure`, else by what the result file says of itself.

use clap::Args;
use headroom::import::{BenchmarkFile, BenchmarkResult, Claim, Library, Setting};

use super::question::{QUESTION, QuestionRow, Resolver, of_flag};

/// Flags that say what ran. What is left out is as the result file has it.
#[derive(Args)]
pub struct RanArgs {
    /// Catalog id of the model that was served, or its name on a model hub.
    #[arg(long, value_name = "ID")]
    model: Option<String>,
    #[arg(long, value_name = "ID")]
    accelerator: Option<String>,
    #[arg(long, value_name = "ID")]
    stack: Option<String>,
    /// Number format of the weights; default: that of the checkpoint.
    #[arg(long, value_name = "FORMAT")]
    weights: Option<String>,
    /// Number format of the KV cache; default: the stack's choice.
    #[arg(long, value_name = "FORMAT")]
    kv_cache: Option<String>,
    /// Tensor-parallel degree; default 1.
    #[arg(long, value_name = "N")]
    tp: Option<String>,
    /// Pipeline stages; default 1.
    #[arg(long, value_name = "N")]
    pp: Option<String>,
    /// Expert-parallel degree; divides tp · attention-dp; default 1.
    #[arg(long, value_name = "N")]
    ep: Option<String>,
    /// Copies of attention that share the experts; default 1.
    #[arg(long, value_name = "N")]
    attention_dp: Option<String>,
    /// Full width of the uniform distribution of lengths over the mean, as the benchmark drew them; default 0.
    #[arg(long, value_name = "S")]
    length_spread: Option<String>,
}

/// The runs of a file with what each ran on, and what there is to say of them.
#[derive(Default)]
pub struct Runs<'f> {
    /// Runs that are measurements.
    pub used: Vec<(&'f BenchmarkResult, Setting)>,
    /// What was taken from the file, and how names were read; each once.
    pub notes: Vec<String>,
    /// Where the file says another thing than the user, and what is to be known of a run; each once.
    pub warnings: Vec<String>,
    /// Runs that cannot be placed, each with the reason.
    pub left_out: Vec<String>,
}

/// Place of a column that a file may say something of.
const MODEL: usize = 0;
const ACCELERATOR: usize = 1;
const STACK: usize = 2;
const KV_CACHE: usize = 4;
const COLUMNS: usize = 9;

impl RanArgs {
    /// What the user says, by column.
    fn said(&self) -> [Option<&str>; COLUMNS] {
        [
            &self.model,
            &self.accelerator,
            &self.stack,
            &self.weights,
            &self.kv_cache,
            &self.tp,
            &self.pp,
            &self.ep,
            &self.attention_dp,
        ]
        .map(|flag| flag.as_deref())
    }

    /// What each run of `file` ran on.
    ///
    /// # Errors
    /// There is none that can be placed: names the flag or the field, the value and the remedy.
    pub fn settings<'f>(&self, file: &'f BenchmarkFile, catalog: &Library) -> Result<Runs<'f>, String> {
        let mut resolver = Resolver::new(catalog.clone());
        let mut runs = Runs::default();
        let mut first_reason = None;
        for run in &file.results {
            let mut remarks = Remarks::default();
            match self.setting(run, &file.results, &mut resolver, &mut remarks) {
                Ok(setting) => {
                    add_new(&mut runs.notes, remarks.notes);
                    add_new(&mut runs.warnings, remarks.warnings);
                    add_new(&mut runs.warnings, run.cautions.clone());
                    runs.used.push((run, setting));
                }
                Err(reason) => {
                    runs.left_out.push(format!("concurrency {}: {reason}", run.concurrency));
                    first_reason.get_or_insert(reason);
                }
            }
        }
        match first_reason {
            Some(reason) if runs.used.is_empty() => Err(reason),
            _ => Ok(runs),
        }
    }

    /// What one run ran on.
    fn setting(
        &self,
        run: &BenchmarkResult,
        all: &[BenchmarkResult],
        resolver: &mut Resolver,
        remarks: &mut Remarks,
    ) -> Result<Setting, String> {
        let said = self.said();
        let claims = run.claims.columns();
        let mut cells: [String; COLUMNS] = Default::default();
        for (column, (name, claim)) in claims.iter().enumerate() {
            cells[column] = match (said[column], claim) {
                (Some(flag), _) => flag.to_owned(),
                (None, Some(claim)) => {
                    let (model, accelerator) = (&cells[MODEL], &cells[ACCELERATOR]);
                    claim.name(name, model, accelerator, resolver.catalog()).unwrap_or_default()
                }
                (None, None) if column <= STACK => {
                    return Err(format!("--{name}: is missing. The file does not say it; give --{name} ID."));
                }
                (None, None) => String::new(),
            };
            let Some(claim) = claim else { continue };
            match said[column] {
                None if !cells[column].is_empty() => {
                    remarks.notes.push(format!(
                        "{name} {}: from {} = {} in the file",
                        cells[column], claim.field, claim.text
                    ));
                }
                Some(flag)
                    if !claim.agrees(name, flag, &cells[MODEL], &cells[ACCELERATOR], resolver.catalog()) =>
                {
                    // In a file of several the flag chooses.
                    if all.iter().any(|other| other.claims.columns()[column].1 != Some(claim)) {
                        return Err(format!(
                            "{} = {} is not {} {flag}",
                            claim.field,
                            claim.text,
                            of_flag(name)
                        ));
                    }
                    remarks.warnings.push(format!(
                        "the file says {} = {}, where {} {flag} was given, which is used",
                        claim.field,
                        claim.text,
                        of_flag(name)
                    ));
                }
                _ => {}
            }
        }
        let spread = self.length_spread.as_deref().unwrap_or("");
        let row: QuestionRow<'_> = std::array::from_fn(|i| match i {
            0..COLUMNS => cells[i].as_str(),
            11 => spread,
            _ => "",
        });
        let place = |message: String| {
            let column = QUESTION
                .iter()
                .position(|name| message.strip_prefix(name).is_some_and(|rest| rest.starts_with([' ', ':'])));
            match column.and_then(|column| claims.get(column)?.1.filter(|_| said[column].is_none())) {
                Some(Claim { field, text }) => {
                    format!(
                        "the file says {field} = {text}, but {message} Say what ran with {}.",
                        of_flag(QUESTION[column.unwrap_or(0)])
                    )
                }
                None => of_flag(&message),
            }
        };
        let (deployment, load) = resolver.resolve(&row).map_err(place)?;
        let degrees = deployment.degrees;
        let of_user =
            said[STACK].and_then(|name| Some(name.split_once(['@', '='])?.1.trim_start_matches('=')));
        let of_file = run.claims.stack_version.as_ref().map(|claim| claim.text.as_str());
        let version = of_user.or(of_file).unwrap_or_default();
        let mut setting = Setting {
            model: String::new(),
            accelerator: deployment.accelerator.id.clone(),
            stack: deployment.stack.id.clone(),
            weights: deployment.weights,
            kv_cache: Some(deployment.kv_cache).filter(|_| !cells[KV_CACHE].is_empty()),
            tp: degrees.tp,
            pp: degrees.pp,
            ep: degrees.ep,
            attention_dp: degrees.attention_dp,
            stack_version: version.to_owned(),
            length_spread: self.length_spread.as_ref().map(|_| load.length_spread),
        };
        resolver.model_id(&cells[MODEL]).clone_into(&mut setting.model);
        let of_flags: QuestionRow<'_> = std::array::from_fn(|i| said.get(i).copied().flatten().unwrap_or(""));
        remarks.notes.extend(resolver.readings(&of_flags));
        Ok(setting)
    }
}

/// What there is to say of one run.
#[derive(Default)]
struct Remarks {
    notes: Vec<String>,
    warnings: Vec<String>,
}

fn add_new(into: &mut Vec<String>, from: Vec<String>) {
    for line in from {
        if !into.contains(&line) {
            into.push(line);
        }
    }
}
