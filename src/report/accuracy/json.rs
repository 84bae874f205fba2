//! The errors as one JSON document. Numbers are finite; errors are fractions, times are seconds.

use serde_json::{Map, Value, json};

use crate::catalog::Trial;

use super::{Report, Throughput, WORST, layout};
use crate::engine::calibration::accuracy::{
    Group, Judged, JudgedThroughput, Judgement, Phase, Summary, ThroughputGroup,
};

/// The whole document.
pub fn document(report: &Report<'_>) -> String {
    let judgement = report.judgement;
    let mut phases: Map<String, Value> =
        Phase::ALL.iter().map(|p| (p.id().to_owned(), phase(judgement, *p))).collect();
    if let Some(part) = &report.throughput {
        phases.insert("throughput".to_owned(), throughput(part));
    }
    let document = json!({
        "app_version": env!("CARGO_PKG_VERSION"),
        "catalog_version": report.catalog.version,
        "rows": judgement.rows.len(),
        "left_out": judgement.left_out(),
        "phases": phases,
        "trials": report.catalog.bands.trials.iter().map(trial).collect::<Vec<_>>(),
        "worst": judgement.worst(&Phase::ALL, WORST).into_iter().map(|v| value(judgement, v)).collect::<Vec<_>>(),
    });
    format!("{document:#}\n")
}

/// The errors of fits that had not seen what they are judged by.
fn trial(trial: &Trial) -> Value {
    json!({
        "left_out": trial.left_out,
        "phase": trial.phase.id(),
        "count": trial.count,
        "median_error": trial.median_error,
        "p90_error": trial.p90_error,
        "bias": trial.bias,
    })
}

fn phase(judgement: &Judgement<'_>, phase: Phase) -> Value {
    let by = Group::ALL.iter().map(|group| (group.id(), judgement.by(phase, *group)));
    summaries(judgement.summary(phase), by)
}

fn throughput(part: &Throughput<'_>) -> Value {
    let judgement = part.judgement;
    let by = ThroughputGroup::ALL.iter().map(|group| (group.id(), judgement.by(*group)));
    let mut out = summaries(judgement.summary(), by);
    let left_out: Map<String, Value> =
        part.left_out.iter().map(|left| (left.reason.clone(), left.rows.into())).collect();
    out["left_out"] = left_out.into();
    out["worst"] = judgement.worst(WORST).into_iter().map(published).collect::<Vec<_>>().into();
    out
}

/// The errors of all, and those of each member of each group under `by`.
fn summaries<'m>(
    all: Option<Summary>,
    by: impl Iterator<Item = (&'static str, Vec<(&'m str, Summary)>)>,
) -> Value {
    let mut out = all.map_or_else(|| json!({ "count": 0 }), |s| summary(&s));
    let by: Map<String, Value> = by
        .map(|(group, members)| {
            let members = members.into_iter().map(|(member, s)| (member.to_owned(), summary(&s)));
            (group.to_owned(), members.collect::<Map<_, _>>().into())
        })
        .collect();
    out["by"] = by.into();
    out
}

fn summary(summary: &Summary) -> Value {
    json!({
        "count": summary.count,
        "median_error": summary.median_error,
        "p90_error": summary.p90_error,
        "bias": summary.bias,
        "inside_band": summary.inside_band,
    })
}

fn value(judgement: &Judgement<'_>, value: &Judged) -> Value {
    let row = judgement.rows[value.row];
    json!({
        "id": row.id,
        "phase": value.phase.id(),
        "model": row.model,
        "accelerator": row.accelerator,
        "stack": row.stack,
        "layout": layout([row.tp, row.pp, row.ep, row.attention_dp]),
        "measured_s": value.measured_s,
        "predicted_s": value.predicted_s.typical,
        "ratio": value.ratio(),
    })
}

fn published(value: &JudgedThroughput<'_>) -> Value {
    let row = value.row;
    json!({
        "id": row.id,
        "source": row.source,
        "submitter": row.submitter,
        "model": row.model,
        "accelerator": row.accelerator,
        "stack": row.stack,
        "layout": layout([row.tp, row.pp, row.ep, 1]),
        "concurrency": value.concurrency,
        "measured_tokens_per_s": value.measured_tokens_per_s,
        "predicted_tokens_per_s": value.predicted_tokens_per_s.typical,
        "ratio": value.ratio(),
    })
}
