//! What the engine answered about the scenario on the screen, kept until the scenario changes.

use std::rc::Rc;
use std::sync::Arc;

use headroom::catalog::{Catalog, Day};
use headroom::engine::analysis::curves::{self, LatencyPoint};
use headroom::engine::analysis::hosted_changes::{self, Change};
use headroom::engine::analysis::outlook::{self, Outlook, Regret};
use headroom::engine::analysis::tornado::{Swing, UNCERTAIN};
use headroom::engine::figures::Ledger;
use headroom::engine::{self, Candidate, OldPrice, Plan, Sizing};
use headroom::report::sentence;
use headroom::scenario::Scenario;

use super::jobs::{Job, Runner, Urgency};
use super::palette::Palette;

/// Points of the curve of cost against load.
const LOADS: usize = 60;
/// Points of the curve of cost against utilisation.
const UTILIZATIONS: usize = 40;
/// The curve of cost against load ends at this multiple of the peak.
const LOADS_END: f64 = 2.5;

/// A plan, and the curves that have been asked for so far. Text is made of it when it is drawn.
pub struct Answer {
    pub plan: Plan,
    /// The price that the best rests on, when it is old.
    old_price: Option<OldPrice>,
    latency: Option<Vec<(String, Vec<LatencyPoint>)>>,
    loads: Option<LoadCurves>,
    ledger: Option<(String, Option<Ledger>)>,
    outlook: Option<(String, Rc<Outlook>)>,
    regrets: Option<(String, Rc<[Regret]>)>,
    swings: Swings,
    utilization: Option<Vec<(String, Vec<[f64; 2]>)>>,
    changes: Option<(String, Rc<[Change]>)>,
}

/// Cost per month against load, one line for each accelerator.
#[derive(Clone)]
pub struct LoadCurves {
    pub loads: Vec<f64>,
    pub lines: Vec<(String, Vec<Option<f64>>)>,
}

/// What could change the answer, as far as it has been tried.
#[derive(Default)]
struct Swings {
    asked: bool,
    trying: Option<Job<Swing>>,
    found: Vec<Swing>,
}

impl Answer {
    /// Asks the engine; an error is a scenario that names what the catalog lacks.
    pub fn of(scenario: &Scenario, catalog: &Catalog, today: Day) -> Result<Self, engine::PlanError> {
        let plan = engine::plan(scenario, catalog)?;
        let best = plan.best().map(|(candidate, _)| candidate.accelerator.as_str());
        let old_price = best.and_then(|id| engine::old_price(scenario, catalog, id, today));
        Ok(Self {
            plan,
            old_price,
            latency: None,
            loads: None,
            ledger: None,
            outlook: None,
            regrets: None,
            swings: Swings::default(),
            utilization: None,
            changes: None,
        })
    }

    /// The verdict: the fleet, or that there is none.
    pub fn headline(&self) -> String {
        sentence::verdict(&self.plan).0
    }

    /// The reasons, and the caution about the price.
    pub fn detail(&self) -> String {
        let support = self.plan.best().map(|(_, sizing)| sizing.estate.cost.support);
        let note = support.and_then(|support| sentence::price_note(support, self.old_price.as_ref()));
        sentence::reasons(&self.plan, note)
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

    /// Cost per month against load of the leading accelerators.
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

    /// The horizon month by month, of the candidate that is shown.
    pub fn outlook(&mut self, scenario: &Scenario, catalog: &Catalog, selected: Option<&str>) -> Rc<Outlook> {
        let Some((candidate, _)) = self.shown(selected) else { return Rc::default() };
        if let Some((_, kept)) = self.outlook.as_ref().filter(|(id, _)| *id == candidate.accelerator) {
            return Rc::clone(kept);
        }
        let growth = scenario.workload.growth_per_month;
        let outlook = Rc::new(outlook::outlook(scenario, catalog, candidate, growth));
        self.outlook = Some((candidate.accelerator.clone(), Rc::clone(&outlook)));
        outlook
    }

    /// What each way of paying costs extra if growth turns out different, on the candidate that is shown.
    pub fn regrets(
        &mut self,
        scenario: &Scenario,
        catalog: &Catalog,
        selected: Option<&str>,
    ) -> Rc<[Regret]> {
        let Some((candidate, _)) = self.shown(selected) else { return Rc::from([]) };
        if let Some((_, kept)) = self.regrets.as_ref().filter(|(id, _)| *id == candidate.accelerator) {
            return Rc::clone(kept);
        }
        let regrets: Rc<[Regret]> = outlook::regrets(scenario, catalog, candidate).into();
        self.regrets = Some((candidate.accelerator.clone(), Rc::clone(&regrets)));
        regrets
    }

    /// Cost of a million tokens against the average load over the peak (0–1), of the leading accelerators.
    pub fn utilization(&mut self, scenario: &Scenario, catalog: &Catalog) -> &[(String, Vec<[f64; 2]>)] {
        if self.utilization.is_none() {
            let averages: Vec<f64> = (1..=UTILIZATIONS).map(|i| i as f64 / UTILIZATIONS as f64).collect();
            let lines = self
                .leading(Palette::COLOURS)
                .map(|(c, _)| {
                    let costs =
                        curves::cost_against_utilization(scenario, catalog, &c.accelerator, &averages);
                    let points = averages.iter().zip(costs).filter_map(|(x, y)| Some([*x, y?]));
                    (c.accelerator.clone(), points.collect())
                })
                .collect();
            self.utilization = Some(lines);
        }
        self.utilization.as_deref().unwrap_or_default()
    }

    /// The fleet of the candidate that is shown against an API, what if the workload changes.
    pub fn changes(
        &mut self,
        scenario: &Scenario,
        catalog: &Catalog,
        selected: Option<&str>,
    ) -> Rc<[Change]> {
        let Some((candidate, _)) = self.shown(selected) else { return Rc::from([]) };
        if let Some((_, kept)) = self.changes.as_ref().filter(|(id, _)| *id == candidate.accelerator) {
            return Rc::clone(kept);
        }
        let id = candidate.accelerator.clone();
        let changes: Rc<[Change]> = hosted_changes::changes(scenario, catalog, &id).into();
        self.changes = Some((id, Rc::clone(&changes)));
        changes
    }

    /// What could change the answer, as far as it has been tried, the strongest first; and how many of how many inputs
    /// have been tried, while that is not all. It begins once `begin` is asked for.
    pub fn swings(
        &mut self,
        scenario: &Scenario,
        catalog: &Arc<Catalog>,
        jobs: &Runner,
        begin: bool,
    ) -> (&[Swing], Option<(usize, usize)>) {
        let s = &mut self.swings;
        if begin && !s.asked {
            s.asked = true;
            let (scenario, catalog) = (scenario.clone(), Arc::clone(catalog));
            jobs.start(Urgency::Asked, &mut s.trying, "What could change the answer", move |progress| {
                for (done, uncertain) in UNCERTAIN.iter().enumerate() {
                    if !progress.step(done, UNCERTAIN.len()) {
                        break;
                    }
                    if let Some(swing) = uncertain.swing(&scenario, &catalog) {
                        progress.found(swing);
                    }
                }
                Ok(())
            });
        }
        let trying = s.trying.as_ref().filter(|job| !job.over()).map(Job::progress);
        if let Some(job) = &s.trying {
            s.found.extend(job.found());
            Swing::sort(&mut s.found);
        }
        (&s.found, if s.asked { trying } else { Some((0, UNCERTAIN.len())) })
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
