//! Whether a run was a closed loop: a fixed number of requests in flight, a new one for each that ends.

use serde_json::Value;

use super::BenchmarkResult;
use super::error::BenchmarkError;
use super::fields::ResultFields;
use super::given::{Given, contradiction};

/// Most plausible requests in flight.
const MOST: f64 = 1e6;

/// Share of the limit that must have been in flight for the limit to have been what held the load.
const FULL: f64 = 0.9;

/// Rounds of requests below which the first one, which arrives at once, weighs notably more than among ten.
const FEWEST_ROUNDS: f64 = 5.0;

/// What a run says of its load.
#[derive(Clone, Copy)]
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
    given: &Given,
    mut result: BenchmarkResult,
) -> Result<BenchmarkResult, BenchmarkError> {
    let of_user = given.concurrency.map(Value::from);
    let limit = match (&of_user, load.limit) {
        (Some(given), own) => {
            if let Some((field, own)) = own.filter(|(_, own)| own.as_f64() != given.as_f64()) {
                let both =
                    contradiction(fields, field, &own.to_string(), "--concurrency", &given.to_string());
                result.cautions.push(both);
            }
            Some(("concurrency", given))
        }
        (None, own) => own,
    };
    let load = Load { limit, ..*load };
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
        let per_s =
            result.requests.zip(duration_s).map_or(0.0, |(requests, duration_s)| requests / duration_s);
        let in_flight = per_s * latency_s;
        if in_flight < FULL * limit {
            return Err(load.open(fields, rate));
        }
    }
    if let Some(requests) = result.requests.filter(|requests| *requests < limit) {
        let remedy = format!(
            "is more than the {requests} answered requests, so it was never reached. Send at least ten \
             times as many requests as are in flight."
        );
        return Err(fields.wrong(field, value, &remedy));
    }
    if let Some(requests) = result.requests.filter(|requests| *requests < FEWEST_ROUNDS * limit) {
        result.cautions.push(format!(
            "{requests} requests are few for {limit} in flight: the first, which arrive all at once, weigh more than in \
             the ten rounds that are compared with"
        ));
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
