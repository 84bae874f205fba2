//! A plan as comma-separated values: a row for each accelerator, SI base units.

use super::Grid;
use super::sentence;
use crate::engine::Plan;
use crate::engine::figures::Entry;

/// Columns of the candidate itself.
const CANDIDATE: [&str; 4] = ["accelerator", "rank", "feasible", "reason"];

/// Every other column, and the path of the figure in it.
const FIGURES: [(&str, &str); 29] = [
    ("tp", "layout.tp"),
    ("pp", "layout.pp"),
    ("ep", "layout.ep"),
    ("attention_dp", "layout.attention_dp"),
    ("replicas", "layout.replicas"),
    ("spare_replicas", "layout.spare_replicas"),
    ("accelerators", "layout.accelerators"),
    ("servers", "layout.servers"),
    ("racks", "layout.racks"),
    ("weights", "layout.weights"),
    ("kv_cache", "layout.kv_cache"),
    ("concurrency", "operating_point.concurrency"),
    ("utilization", "operating_point.utilization"),
    ("ttft_at_slo_s", "operating_point.ttft_s.at_slo"),
    ("ttft_low_s", "operating_point.ttft_s.at_slo_low"),
    ("ttft_high_s", "operating_point.ttft_s.at_slo_high"),
    ("tpot_at_slo_s", "operating_point.tpot_s.at_slo"),
    ("tpot_low_s", "operating_point.tpot_s.at_slo_low"),
    ("tpot_high_s", "operating_point.tpot_s.at_slo_high"),
    ("output_tokens_per_s", "operating_point.output_tokens_per_s"),
    ("memory_bytes", "memory.memory_bytes"),
    ("facility_w", "power.facility_w"),
    ("energy_kwh_per_year", "power.energy_kwh_per_year"),
    ("co2_kg_per_year", "power.co2_kg_per_year"),
    ("usd_per_hour", "cost.usd_per_hour"),
    ("usd_per_month", "cost.usd_per_month"),
    ("usd_per_million_tokens", "cost.usd_per_million_tokens"),
    ("prefill_accelerators", "pools.prefill.accelerators"),
    ("decode_accelerators", "pools.decode.accelerators"),
];

/// What supports the price; the last column.
const SUPPORT: &str = "price_support";

/// The whole plan.
pub fn document(plan: &Plan) -> String {
    let figures = FIGURES.iter().map(|(column, _)| *column);
    let columns: Vec<&str> = CANDIDATE.into_iter().chain(figures).chain([SUPPORT]).collect();
    let mut grid = Grid::new(&columns);
    for candidate in &plan.candidates {
        let mut row = vec![
            candidate.accelerator.clone(),
            candidate.rank.to_string(),
            candidate.feasible().to_string(),
            sentence::reason(candidate),
        ];
        if let Some(sizing) = candidate.sizing() {
            row.extend(FIGURES.iter().map(|(_, path)| cell(sizing.entry(sizing.whole_path(path)))));
            row.push(sizing.estate.cost.support.id().to_owned());
        }
        row.resize(columns.len(), String::new());
        grid.row(row);
    }
    grid.csv()
}

/// An entry as a cell: empty where the plan has none.
fn cell(entry: Option<Entry>) -> String {
    match entry {
        Some(Entry::Number(value)) => value.to_string(),
        Some(Entry::Flag(flag)) => flag.to_string(),
        Some(Entry::Word(word)) => word.to_owned(),
        Some(Entry::Nothing) | None => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::Catalog;
    use crate::engine;
    use crate::scenario::Scenario;

    #[test]
    fn every_column_has_a_figure() {
        let catalog = Catalog::built_in().unwrap();
        let plan = engine::plan(&Scenario::default(), &catalog).unwrap();
        let (_, sizing) = plan.best().unwrap();
        for (column, path) in FIGURES {
            let pooled = sizing.pools.is_some() || !path.starts_with("pools.");
            assert!(
                pooled != cell(sizing.entry(sizing.whole_path(path))).is_empty(),
                "{column}: there is no {path}"
            );
        }
        let text = document(&plan);
        assert_eq!(text.lines().count(), plan.candidates.len() + 1);
    }
}
