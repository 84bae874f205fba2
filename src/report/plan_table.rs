//! A plan for users: the verdict, then a row for each accelerator.

use super::Grid;
use super::sentence::{self, headline};
use crate::catalog::{Catalog, Support};
use crate::engine::analysis::kv_option::kv_option;
use crate::engine::analysis::nearest::{nearest, reasonable};
use crate::engine::analysis::pools_option::pools_option;
use crate::engine::{Candidate, Headline, Plan};
use crate::report::numbers;
use crate::scenario::Scenario;
use crate::units;

/// The plan as aligned columns, or as Markdown.
pub fn document(plan: &Plan, scenario: &Scenario, catalog: &Catalog, markdown: bool) -> String {
    let (verdict, mut detail) = sentence::verdict(plan);
    let near = if plan.best().is_none() { nearest(scenario, catalog, plan) } else { Vec::new() };
    if let Some(dead_end) = sentence::dead_end(plan, &near, scenario, catalog) {
        detail = dead_end;
    }
    if let Some((candidate, sizing)) = plan.best()
        && let Some(option) = kv_option(scenario, catalog, candidate, sizing)
    {
        detail = format!("{detail} {}", sentence::kv_option(&option, (candidate, sizing)));
    }
    if let Some((candidate, sizing)) = plan.best()
        && let Some(option) = pools_option(scenario, catalog, candidate, sizing)
    {
        detail = format!("{detail} {}", sentence::pools_option(&option));
    }
    let mut grid = Grid::new(&[
        "Accelerator",
        "Layout",
        "Weights, KV",
        headline::heading(Headline::Accelerators),
        "First limit",
        &format!("TTFT {}", percentile(scenario)),
        &format!("TPOT {}", percentile(scenario)),
        headline::heading(Headline::Power),
        headline::heading(Headline::Month),
        headline::heading(Headline::MillionTokens),
    ]);
    for candidate in plan.candidates.iter().filter(|c| c.feasible()) {
        grid.row(row(candidate));
    }
    let mut rejected = Grid::new(&["Rejected", "Why"]);
    let mut without: Vec<_> = plan.candidates.iter().filter(|c| c.rejection().is_some()).collect();
    without.sort_by_key(|c| near.iter().position(|near| near.accelerator == c.accelerator));
    for candidate in without {
        let sensible = reasonable(scenario, catalog, plan, &candidate.accelerator);
        let sensible = sensible.map(|at| format!(" {}", sentence::reasonable(&at, scenario, catalog)));
        let why = sentence::candidate(plan, candidate) + &sensible.unwrap_or_default();
        rejected.row(vec![candidate.name.clone(), why]);
    }
    let assumed = |c: &Candidate| c.sizing().is_some_and(|s| s.estate.cost.support == Support::Assumed);
    let unsure = plan.candidates.iter().any(assumed);
    let mut note = if unsure { "≈ the price is assumed\n" } else { "" }.to_owned();
    if let Some(whole_numbers) = sentence::whole_number_note(plan, scenario) {
        note = format!("{note}{whole_numbers}\n");
    }
    let amounts = sentence::amount_notes(scenario, catalog).into_iter().map(|line| format!("{line}\n"));
    let note = format!("{note}{}{}\n", amounts.collect::<String>(), sentence::TAXES);
    let title = &scenario.name;
    if markdown {
        format!(
            "# {title}\n\n**{verdict}** {detail}\n\n{}\n{note}\n{}",
            grid.markdown(),
            if rejected.rows.is_empty() { String::new() } else { rejected.markdown() }
        )
    } else {
        format!("{title}\n{verdict}\n{detail}\n\n{}{note}\n{}", grid.aligned(), rejected.aligned())
    }
}

fn percentile(scenario: &Scenario) -> String {
    numbers::quantity(scenario.slo.percentile, units::Unit::Percentile)
}

fn row(candidate: &Candidate) -> Vec<String> {
    let Some(s) = candidate.sizing() else { return Vec::new() };
    vec![
        candidate.name.clone(),
        sentence::layout(s),
        sentence::formats(s),
        numbers::count(f64::from(s.whole().accelerators)),
        sentence::limit_label(s.limit).to_owned(),
        numbers::about_seconds(s.operating_point.ttft_s.at_slo),
        numbers::about_seconds(s.operating_point.tpot_s.at_slo),
        numbers::watts(s.estate.power.facility_w),
        sentence::month(s),
        numbers::usd(s.estate.cost.chosen.usd_per_million_tokens),
    ]
}
