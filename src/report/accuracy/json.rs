//! The errors as one JSON document. Numbers are finite; errors are fractions, times are seconds.

use serde_json::{Map, Value, json};

use super::{Report, WORST, layout};
use crate::engine::accuracy::{Group, Judged, Judgement, Phase, Summary};

/// The whole document.
pub fn document(report: &Report<'_>) -> String {
    let judgement = report.judgement;
    let phases: Map<String, Value> =
        Phase::ALL.iter().map(|p| (p.id().to_owned(), phase(judgement, *p))).collect();
    let document = json!({
        "app_version": env!("CARGO_PKG_VERSION"),
        "catalog_version": report.catalog.version,
        "rows": judgement.rows.len(),
        "left_out": judgement.left_out(),
        "phases": phases,
        "worst": judgement.worst(&Phase::ALL, WORST).into_iter().map(|v| value(judgement, v)).collect::<Vec<_>>(),
    });
    format!("{document:#}\n")
}

fn phase(judgement: &Judgement<'_>, phase: Phase) -> Value {
    let mut out = judgement.summary(phase).map_or_else(|| json!({ "count": 0 }), |s| summary(&s));
    let by: Map<String, Value> = Group::ALL
        .iter()
        .map(|group| {
            let members: Map<String, Value> = judgement
                .by(phase, *group)
                .into_iter()
                .map(|(member, errors)| (member.to_owned(), summary(&errors)))
                .collect();
            (group.id().to_owned(), members.into())
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
        "layout": layout(row),
        "measured_s": value.measured_s,
        "predicted_s": value.predicted_s.typical,
        "ratio": value.ratio(),
    })
}
