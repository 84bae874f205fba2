//! What the user says of a run: it goes before what the file says, and stands where the file says nothing.

use super::error::BenchmarkError;
use super::fields::ResultFields;

/// Difference of two lengths, as a share, from which on they are not the same length rounded.
const SAME: f64 = 0.01;

/// Numbers of a run that the user gives.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Given {
    /// Mean prompt length, tokens.
    pub input_tokens: Option<f64>,
    /// Mean answer length, tokens.
    pub output_tokens: Option<f64>,
    /// Requests in flight.
    pub concurrency: Option<u32>,
}

/// A number that a file has, or lacks.
pub struct Found<'p> {
    /// Its field.
    pub path: &'p str,
    /// `None`: the file does not say it.
    pub value: Option<f64>,
}

impl Given {
    /// Mean lengths of prompt and answer, tokens; where the file says another number than the user, `cautions` names both.
    ///
    /// # Errors
    /// Names the fields of those that neither says, and with `no_concurrency` that of the requests in flight.
    pub fn lengths(
        &self,
        root: &ResultFields<'_>,
        [input, output]: [Found<'_>; 2],
        no_concurrency: bool,
        cautions: &mut Vec<String>,
    ) -> Result<[f64; 2], BenchmarkError> {
        let sides =
            [(self.input_tokens, &input, "--input-tokens"), (self.output_tokens, &output, "--output-tokens")];
        let lacking = sides.iter().filter(|(given, found, _)| given.or(found.value).is_none());
        let mut lacking: Vec<(String, &str)> =
            lacking.map(|(_, found, flag)| (root.path(found.path), *flag)).collect();
        if no_concurrency && self.concurrency.is_none() {
            lacking.push(("concurrency".to_owned(), "--concurrency"));
        }
        if !lacking.is_empty() {
            let fields: Vec<&str> = lacking.iter().map(|(field, _)| field.as_str()).collect();
            let flags: Vec<String> = lacking.iter().map(|(_, flag)| format!("{flag} N")).collect();
            return Err(BenchmarkError::Lacking {
                file: root.file.to_owned(),
                fields: fields.join(", "),
                flags: flags.join(" "),
            });
        }
        Ok(sides.map(|(given, found, flag)| match (given, found.value) {
            (Some(given), Some(own)) => {
                if (given / own - 1.0).abs() > SAME {
                    cautions.push(format!(
                        "{}: {} gives {own:.0} tokens on average, where {flag} {given} was given, which is used",
                        root.file,
                        root.path(found.path)
                    ));
                }
                given
            }
            // One of them is there.
            (given, own) => given.or(own).unwrap_or(f64::NAN),
        }))
    }
}

/// That the file says another thing than the user.
pub fn contradiction(root: &ResultFields<'_>, path: &str, own: &str, flag: &str, given: &str) -> String {
    format!("{}: {} = {own}, where {flag} {given} was given, which is used", root.file, root.path(path))
}
