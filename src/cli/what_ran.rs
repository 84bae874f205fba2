//! What a benchmark ran on: by the flags of `headroom measure`, else by what the result file says of itself.

use clap::Args;
use headroom::catalog::{NumberFormat, Vendor, stack_id};
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
const STACK: usize = 2;
const WEIGHTS: usize = 3;
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
                (None, Some(claim)) => resolver.read_claim(column, claim, &cells),
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
                Some(flag) if !resolver.agree(column, flag, claim, &cells) => {
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
            kv_cache: Some(deployment.kv_cache).filter(|_| !cells[4].is_empty()),
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

impl Resolver {
    /// What the file says of a column, in names of the catalog where it is known; `cells` are the columns before it. Of a
    /// format that is not known nothing is taken: files name more than formats there.
    fn read_claim(&self, column: usize, claim: &Claim, cells: &[String; COLUMNS]) -> String {
        let catalog = self.catalog();
        match column {
            MODEL => {
                let meant = catalog.model_meant(path_end(&claim.text));
                meant.map_or_else(|| claim.text.clone(), |_| path_end(&claim.text).to_owned())
            }
            WEIGHTS | 4 => {
                self.format(column, &claim.text, cells).map_or(String::new(), |f| f.id().to_owned())
            }
            _ => claim.text.clone(),
        }
    }

    /// The format that a file means: `fp4` is the one of the checkpoint, else that of the accelerator's maker.
    fn format(&self, column: usize, text: &str, cells: &[String; COLUMNS]) -> Option<NumberFormat> {
        if let Ok(format) = text.parse() {
            return Some(format);
        }
        if column != WEIGHTS || !text.to_lowercase().contains("fp4") {
            return None;
        }
        let catalog = self.catalog();
        let model = catalog.model_meant(&cells[MODEL]).and_then(|meant| catalog.model(&meant.id));
        let own = model.map(|model| model.checkpoint).filter(|own| is_fp4(*own));
        let accelerator = catalog.accelerator_meant(&cells[1]).and_then(|id| catalog.accelerator(id));
        own.or_else(|| match accelerator?.vendor {
            Vendor::Nvidia => Some(NumberFormat::Nvfp4),
            _ => Some(NumberFormat::Mxfp4),
        })
    }

    /// Whether the file says what the user says, or what cannot be compared: servers give models names of their own.
    fn agree(&self, column: usize, flag: &str, claim: &Claim, cells: &[String; COLUMNS]) -> bool {
        let catalog = self.catalog();
        match column {
            MODEL => match catalog.model_meant(path_end(&claim.text)) {
                Some(own) => catalog.model_meant(flag).is_none_or(|meant| meant.id == own.id),
                None => true,
            },
            1 => catalog
                .accelerator_meant(&claim.text)
                .is_none_or(|own| catalog.accelerator_meant(flag) == Some(own)),
            STACK => {
                let id = |name: &str| {
                    let meant = catalog.stack_meant(name)?;
                    Some(stack_id(&meant).to_owned())
                };
                id(&claim.text).is_none_or(|own| id(flag) == Some(own))
            }
            WEIGHTS | 4 => {
                let given = flag.parse::<NumberFormat>().ok();
                let own = self.format(column, &claim.text, cells);
                let bare = claim.text.to_lowercase() == "fp4" && given.is_some_and(is_fp4);
                bare || own.is_none() || given.is_none() || own == given
            }
            _ => claim.text.parse::<f64>().ok().is_none_or(|own| flag.parse() == Ok(own)),
        }
    }
}

fn is_fp4(format: NumberFormat) -> bool {
    matches!(format, NumberFormat::Nvfp4 | NumberFormat::Mxfp4)
}

/// The last part of a path: models are served from folders that are not here.
fn path_end(name: &str) -> &str {
    name.trim_end_matches('/').rsplit('/').next().unwrap_or(name)
}
