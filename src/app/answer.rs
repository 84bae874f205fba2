//! What the engine said about the scenario on the screen, kept until the scenario changes.

use headroom::catalog::{Catalog, Term};
use headroom::engine::curves::{self, LatencyPoint};
use headroom::engine::explain::Ledger;
use headroom::engine::{self, Candidate, Plan, Sizing, sentence};
use headroom::scenario::Scenario;

use super::palette::Palette;

/// Points of the curve of cost against load.
const LOADS: usize = 60;
/// The curve of cost against load ends at this multiple of the peak.
const LOADS_END: f64 = 2.5;
/// Months between two points of the curve of cumulative cost.
const MONTHS_STEP: f64 = 3.0;

/// A plan with its sentences, and the curves that have been asked for so far.
pub struct Answer {
    pub plan: Plan,
    pub headline: String,
    pub detail: String,
    latency: Option<Vec<(String, Vec<LatencyPoint>)>>,
    loads: Option<LoadCurves>,
    ledger: Option<(String, Option<Ledger>)>,
}

/// Cost of a month against load, one line for each accelerator.
pub struct LoadCurves {
    pub loads: Vec<f64>,
    pub lines: Vec<(String, Vec<Option<f64>>)>,
}

/// Money spent after each month, one line for each way of paying.
pub struct TimeCurves {
    pub months: Vec<f64>,
    pub lines: Vec<(Term, Vec<f64>)>,
}

impl Answer {
    /// Asks the engine; an error is a scenario that names what the catalog lacks.
    pub fn of(scenario: &Scenario, catalog: &Catalog) -> Result<Self, engine::PlanError> {
        let plan = engine::plan(scenario, catalog)?;
        let (headline, detail) = sentence::verdict(&plan);
        Ok(Self { plan, headline, detail, latency: None, loads: None, ledger: None })
    }

    /// The candidate that the detail plots are about: the selected one, else the best.
    pub fn shown<'a>(&'a self, selected: Option<&str>) -> Option<(&'a Candidate, &'a Sizing)> {
        let chosen = selected.and_then(|id| self.plan.candidate(id));
        chosen.and_then(|c| c.sizing().map(|s| (c, s))).or_else(|| self.plan.best())
    }

    /// Feasible candidates in rank order, at most `most`.
    pub fn leading(&self, most: usize) -> impl Iterator<Item = (&Candidate, &Sizing)> {
        self.plan.candidates.iter().filter_map(|c| c.sizing().map(|s| (c, s))).take(most)
    }

    /// Throughput against latency of the leading accelerators.
    pub fn latency(&mut self, scenario: &Scenario, catalog: &Catalog) -> &[(String, Vec<LatencyPoint>)] {
        if self.latency.is_none() {
            let lines = self
                .leading(Palette::COLOURS)
                .map(|(c, _)| (c.accelerator.clone(), curves::latency_curve(scenario, catalog, c)))
                .collect();
            self.latency = Some(lines);
        }
        self.latency.as_deref().unwrap_or_default()
    }

    /// Cost of a month against load of the leading accelerators.
    pub fn loads(&mut self, scenario: &Scenario, catalog: &Catalog) -> &LoadCurves {
        if self.loads.is_none() {
            let end = scenario.workload.requests_per_s * LOADS_END;
            let loads: Vec<f64> = (1..=LOADS).map(|i| end * i as f64 / LOADS as f64).collect();
            let lines = self
                .leading(Palette::COLOURS)
                .map(|(c, _)| {
                    let id = c.accelerator.clone();
                    let line = curves::cost_against_load(scenario, catalog, &id, &loads);
                    (id, line)
                })
                .collect();
            self.loads = Some(LoadCurves { loads, lines });
        }
        self.loads.get_or_insert_with(|| LoadCurves { loads: Vec::new(), lines: Vec::new() })
    }

    /// Money spent month by month on `candidate`, over the scenario's horizon.
    pub fn time(scenario: &Scenario, candidate: &Candidate) -> TimeCurves {
        let horizon = scenario.money.years * 12.0;
        let steps = (horizon / MONTHS_STEP).ceil().max(1.0);
        let months: Vec<f64> = (0..=steps as usize).map(|i| i as f64 * horizon / steps).collect();
        let lines = curves::cumulative_cost(candidate, &months);
        TimeCurves { months, lines }
    }

    /// Every step behind the figures of `accelerator`.
    pub fn ledger(&mut self, scenario: &Scenario, catalog: &Catalog, accelerator: &str) -> Option<&Ledger> {
        if self.ledger.as_ref().is_none_or(|(id, _)| id != accelerator) {
            let ledger = engine::explain(scenario, catalog, accelerator);
            self.ledger = Some((accelerator.to_owned(), ledger));
        }
        self.ledger.as_ref().and_then(|(_, ledger)| ledger.as_ref())
    }
}
