//! A plan as comma-separated values: a row for each accelerator, SI base units.

use super::Grid;
use crate::engine::{Plan, sentence};

/// The whole plan.
pub fn document(plan: &Plan) -> String {
    let mut grid = Grid::new(&[
        "accelerator",
        "rank",
        "feasible",
        "reason",
        "tp",
        "pp",
        "ep",
        "attention_dp",
        "replicas",
        "spare_replicas",
        "accelerators",
        "servers",
        "racks",
        "weights",
        "kv_cache",
        "concurrency",
        "utilization",
        "ttft_at_slo_s",
        "ttft_low_s",
        "ttft_high_s",
        "tpot_at_slo_s",
        "tpot_low_s",
        "tpot_high_s",
        "output_tokens_per_s",
        "memory_bytes",
        "facility_w",
        "energy_kwh_per_year",
        "co2_kg_per_year",
        "usd_per_hour",
        "usd_per_month",
        "usd_per_million_tokens",
        "price_support",
    ]);
    for candidate in &plan.candidates {
        let mut row = vec![
            candidate.accelerator.clone(),
            candidate.rank.to_string(),
            candidate.feasible().to_string(),
            match (candidate.sizing(), candidate.rejection()) {
                (Some(sizing), _) => sentence::limit_reason(sizing.limit),
                (None, Some(rejection)) => sentence::rejection(rejection, &candidate.name),
                (None, None) => String::new(),
            },
        ];
        if let Some(s) = candidate.sizing() {
            let (l, o) = (&s.layout, &s.operating_point);
            row.extend(
                [
                    l.tp,
                    l.pp,
                    l.ep,
                    l.attention_dp,
                    l.replicas,
                    l.spare_replicas,
                    l.accelerators,
                    l.servers,
                    l.racks,
                ]
                .map(|n| n.to_string()),
            );
            row.extend([l.weights.id().to_owned(), l.kv_cache.id().to_owned()]);
            row.extend(
                [
                    o.concurrency,
                    o.utilization,
                    o.ttft_s.at_slo,
                    o.ttft_s.at_slo_low,
                    o.ttft_s.at_slo_high,
                    o.tpot_s.at_slo,
                    o.tpot_s.at_slo_low,
                    o.tpot_s.at_slo_high,
                    o.output_tokens_per_s,
                    s.memory.memory_bytes,
                    s.power.facility_w,
                    s.power.energy_kwh_per_year,
                    s.power.co2_kg_per_year,
                    s.cost.chosen.usd_per_hour,
                    s.cost.chosen.usd_per_month,
                    s.cost.chosen.usd_per_million_tokens,
                ]
                .map(|v| v.to_string()),
            );
            row.push(s.cost.support.id().to_owned());
        }
        row.resize(grid.headings.len(), String::new());
        grid.row(row);
    }
    grid.csv()
}
