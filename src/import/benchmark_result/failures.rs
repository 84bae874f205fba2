//! Requests that failed. The times of those that were answered are then of another load than the one that was sent, so
//! that nothing can be learnt from the run.

use serde_json::Value;

use super::error::BenchmarkError;
use super::fields::ResultFields;

/// Refuses a run of which requests failed. `failed`: where versions keep their number; `answered`: how many did not.
///
/// # Errors
/// Names the field, the number and the share that failed.
pub(super) fn refuse(root: &ResultFields<'_>, failed: &[&str], answered: f64) -> Result<(), BenchmarkError> {
    match root.first(failed) {
        Some((field, value)) => refuse_count(root, field, value, value.as_f64().unwrap_or(0.0), answered),
        None => Ok(()),
    }
}

/// The same where the number follows from the `field` that holds `value`.
pub(super) fn refuse_count(
    root: &ResultFields<'_>,
    field: &str,
    value: &Value,
    failed: f64,
    answered: f64,
) -> Result<(), BenchmarkError> {
    if failed <= 0.0 {
        return Ok(());
    }
    let percent = 100.0 * failed / (failed + answered);
    let share = if percent < 1.0 { "less than 1%".to_owned() } else { format!("{percent:.0}%") };
    let remedy = format!(
        "{share} of the requests failed, so that the times are not those of this load. \
         Measure again with fewer requests in flight, or fix what makes them fail."
    );
    Err(root.wrong(field, value, &remedy))
}

/// Notes that fewer requests were answered than were to be `sent`, none of which failed.
pub(super) fn cut_short(sent: Option<&Value>, answered: f64, cautions: &mut Vec<String>) {
    if let Some(sent) = sent.and_then(Value::as_f64).filter(|sent| *sent > answered) {
        cautions.push(format!("{answered} of {sent} requests were answered: the run was cut short"));
    }
}
