//! Whether a run was a closed loop: a fixed number of requests in flight, a new one for each that ends.

use serde_json::Value;

use super::BenchmarkResult;
use super::error::BenchmarkError;
use super::fields::ResultFields;

/// Most plausible requests in flight.
const MOST: f64 = 1e6;

/// Share of the limit that must have been in flight for the limit to have been what held the load.
const FULL: f64 = 0.9;

/// What a run says of its load.
pub struct Load<'a> {
    /// Limit of requests in flight, with its field.
    pub limit: Option<(&'a str, &'a Value)>,
    /// Requests per second that were sent, with its field, where they were sent by the clock.
    pub rate: Option<(&'a str, &'a Value)>,
    /// What to do for a run that can be used.
    pub remedy: &'static str,
}

impl Load<'_> {
    /// Why the run was not a closed loop, where nothing limited the requests in flight.
    pub fn refusal(&self, fields: &ResultFields<'_>) -> Option<BenchmarkError> {
        match (self.limit, self.rate) {
            (Some(_), _) => None,
            (None, Some(rate)) => Some(self.open(fields, rate)),
            (None, None) => Some(self.open(fields, ("concurrency", &Value::Null))),
        }
    }

    fn open(&self, fields: &ResultFields<'_>, (field, value): (&str, &Value)) -> BenchmarkError {
        BenchmarkError::OpenLoop {
            file: fields.file.to_owned(),
            field: fields.path(field),
            value: value.to_string(),
            remedy: self.remedy,
        }
    }
}

/// Checks that `result` ran as a closed loop, and that the loop went round.
///
/// Where requests were sent by the clock but held back by a limit, it was one if the limit was what held them:
/// by Little's law `requests ÷ duration × mean latency` are in flight.
///
/// # Errors
/// The run was not a closed loop, or the limit is not a number of requests, or was never reached.
pub fn check(
    fields: &ResultFields<'_>,
    load: &Load<'_>,
    duration_s: Option<f64>,
    mut result: BenchmarkResult,
) -> Result<BenchmarkResult, BenchmarkError> {
    if let Some(refusal) = load.refusal(fields) {
        return Err(refusal);
    }
    let (field, value) = load.limit.unwrap_or(("concurrency", &Value::Null));
    let limit = value.as_f64().filter(|n| (1.0..=MOST).contains(n) && n.fract() == 0.0);
    let limit = limit.ok_or_else(|| {
        fields.wrong(
            field,
            value,
            "is not a number of requests in flight. Give a whole number from 1 to 1000000.",
        )
    })?;
    if let Some(rate) = load.rate {
        let latency_s = result.ttft_ms.unwrap_or(0.0) / 1e3
            + result.tpot_ms.unwrap_or(0.0) / 1e3 * (result.output_tokens - 1.0);
        let in_flight = duration_s.map_or(0.0, |duration_s| result.requests / duration_s * latency_s);
        if in_flight < FULL * limit {
            return Err(load.open(fields, rate));
        }
    }
    if result.requests < limit {
        let remedy = format!(
            "is more than the {} answered requests, so it was never reached. Send at least ten \
             times as many requests as are in flight.",
            result.requests
        );
        return Err(fields.wrong(field, value, &remedy));
    }
    result.concurrency = limit as u32;
    if result.ttft_ms.is_none() && result.tpot_ms.is_none() {
        return Err(BenchmarkError::Missing {
            file: fields.file.to_owned(),
            field: "a time to first token or per output token".to_owned(),
            remedy: "Measure with streamed answers of more than one token.".to_owned(),
        });
    }
    Ok(result)
}
