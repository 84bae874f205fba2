//! What the engine answered about the scenario on the screen, kept until the scenario changes.

use std::rc::Rc;
use std::sync::Arc;

use headroom::catalog::{Catalog, Day};
use headroom::engine::analysis::against_load::{AgainstLoad, against_load};
use headroom::engine::analysis::curves::{self, LatencyPoint};
use headroom::engine::analysis::hosted_changes::{self, Change};
use headroom::engine::analysis::kv_option::{self, KvOption};
use headroom::engine::analysis::nearest::{Nearest, nearest};
use headroom::engine::analysis::outlook::{self, Outlook, Regret};
use headroom::engine::analysis::pools_option::{self, PoolsOption};
use headroom::engine::analysis::starving::{Starving, starving};
use headroom::engine::analysis::tornado::{Swing, UNCERTAIN};
use headroom::engine::analysis::two_kinds::{TwoKinds, two_kinds};
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
/// Ways out of a dead end that are offered.
const WAYS_OUT: usize = 3;
/// The curve of cost against load ends at this multiple of the peak.
const LOADS_END: f64 = 2.5;

/// A plan, and the curves that have been asked for so far. Text is made of it when it is drawn.
pub struct Answer {
    pub plan: Plan,
    /// What comes nearest, where nothing serves the scenario.
    nearest: Vec<Nearest>,
    /// Prices that are old, by the accelerator that they are of.
    old_prices: Vec<(String, OldPrice)>,
    latency: Lines<Vec<LatencyPoint>>,
    against_load: Option<(String, Rc<AgainstLoad>)>,
    loads: LoadCurves,
    ledger: Option<(String, Option<Ledger>)>,
    kv_option: Option<(String, Option<KvOption>)>,
    pools_option: Option<(String, Option<PoolsOption>)>,
    two_kinds: Option<(String, Option<TwoKinds>)>,
    starving: Option<(String, Option<Starving>)>,
    outlook: Option<(String, Rc<Outlook>)>,
    regrets: Option<(String, Rc<[Regret]>)>,
    swings: Swings,
    utilization: Lines<Vec<[f64; 2]>>,
    changes: Option<(String, Rc<[Change]>)>,
}

/// A line for each accelerator, by its id.
pub type Lines<T> = Vec<(String, T)>;

/// Cost per month against load, one line for each accelerator.
#[derive(Clone, Default)]
pub struct LoadCurves {
    pub loads: Vec<f64>,
    pub lines: Lines<Vec<Option<f64>>>,
}

impl LoadCurves {
    /// No line yet.
    pub fn new(scenario: &Scenario) -> Self {
        let end = scenario.workload.requests_per_s * LOADS_END;
        Self { loads: (1..=LOADS).map(|i| end * i as f64 / LOADS as f64).collect(), lines: Vec::new() }
    }
}

/// What was `kept` for the accelerator `id`.
fn of<T: Clone>(kept: Option<&(String, T)>, id: &str) -> Option<T> {
    kept.filter(|(of, _)| of == id).map(|(_, found)| found.clone())
}

/// What could change the answer, as far as it has been tried.
#[derive(Default)]
struct Swings {
    /// The accelerator that they are of, once they have been asked for.
    of: Option<String>,
    trying: Option<Job<Swing>>,
    found: Vec<Swing>,
}

impl Answer {
    /// Asks the engine; an error is a scenario that names what the catalog lacks.
    pub fn of(scenario: &Scenario, catalog: &Catalog, today: Day) -> Result<Self, engine::PlanError> {
        let mut plan = engine::plan(scenario, catalog)?;
        let nearest = match plan.best() {
            Some(_) => Vec::new(),
            None => nearest(scenario, catalog, &plan),
        };
        // The table is in the order of what is said over it.
        let place = |c: &Candidate| nearest.iter().position(|near| near.accelerator == c.accelerator);
        plan.candidates.sort_by_key(place);
        let old = |c: &Candidate| {
            let cost = &c.sizing()?.estate.cost;
            let date = cost.price_date(scenario.money.term, &c.accelerator, catalog);
            Some((c.accelerator.clone(), OldPrice::of(date, today)?))
        };
        Ok(Self {
            old_prices: plan.candidates.iter().filter(|c| c.feasible()).filter_map(old).collect(),
            plan,
            nearest,
            latency: Vec::new(),
            against_load: None,
            loads: LoadCurves::new(scenario),
            ledger: None,
            kv_option: None,
            pools_option: None,
            two_kinds: None,
            starving: None,
            outlook: None,
            regrets: None,
            swings: Swings::default(),
            utilization: Vec::new(),
            changes: None,
        })
    }

    /// The verdict about what is shown: the fleet, or that there is none.
    pub fn headline(&self, selected: Option<&str>) -> String {
        self.shown(selected).map_or_else(|| sentence::verdict(&self.plan).0, sentence::headline)
    }

    /// The reasons, and the caution about the price.
    pub fn detail(&self, selected: Option<&str>) -> String {
        let Some((candidate, sizing)) = self.shown(selected) else { return sentence::verdict(&self.plan).1 };
        let old = self.old_prices.iter().find(|(id, _)| *id == candidate.accelerator).map(|(_, old)| old);
        let note = sentence::price_note(sizing.estate.cost.support, old);
        sentence::reasons(&self.plan, (candidate, sizing), note)
    }

    /// What comes nearest, and the ways out, each with what it is called and the scenario that it leads to; `None`: something
    /// serves `scenario`, of which this is the answer.
    pub fn dead_end(
        &self,
        scenario: &Scenario,
        catalog: &Catalog,
    ) -> Option<(String, Vec<(String, &Scenario)>)> {
        let text = sentence::dead_end(&self.plan, &self.nearest, scenario, catalog)?;
        let ways = self.nearest.iter().filter_map(|near| {
            let name = &self.plan.candidate(&near.accelerator)?.name;
            let way = sentence::way_out(near, scenario, catalog)?;
            Some((format!("{name}: {way}"), near.relaxed.as_ref()?))
        });
        Some((text, ways.take(WAYS_OUT).collect()))
    }

    /// The quiet line: the cheapest where another is shown, or why the one that was picked is not shown.
    pub fn aside(&self, selected: Option<&str>) -> Option<String> {
        let picked = selected.and_then(|id| self.plan.candidate(id));
        picked.and_then(sentence::cannot).or_else(|| sentence::cheapest(&self.plan, self.shown(selected)?))
    }

    /// The subject of the whole screen: the accelerator that was picked, else the cheapest, as where the picked one cannot
    /// serve the scenario.
    pub fn shown<'a>(&'a self, selected: Option<&str>) -> Option<(&'a Candidate, &'a Sizing)> {
        selected.and_then(|id| self.fleet_of(id)).or_else(|| self.plan.best())
    }

    /// Id of the subject, where it was picked and does not follow the cheapest.
    pub fn picked(&self, selected: Option<&str>) -> Option<&str> {
        selected.and(self.shown(selected)).map(|(candidate, _)| candidate.accelerator.as_str())
    }

    /// The candidate of the accelerator `id`, where it can serve the scenario.
    pub fn fleet_of<'a>(&'a self, id: &str) -> Option<(&'a Candidate, &'a Sizing)> {
        let candidate = self.plan.candidate(id)?;
        candidate.sizing().map(|sizing| (candidate, sizing))
    }

    /// Feasible candidates in rank order, at most `most`; the subject is among them, in place of the last if need be.
    pub fn leading(
        &self,
        most: usize,
        selected: Option<&str>,
    ) -> impl Iterator<Item = (&Candidate, &Sizing)> {
        let mut leading: Vec<_> =
            self.plan.candidates.iter().filter_map(|c| c.sizing().map(|s| (c, s))).take(most).collect();
        let last = leading.last().map_or(0, |(c, _)| c.rank);
        if let Some(shown) = self.shown(selected).filter(|(c, _)| c.rank > last) {
            leading.pop();
            leading.push(shown);
        }
        leading.into_iter()
    }

    /// Ids of those that have a colour, the subject last: its line is drawn over a twin's.
    fn coloured(&self, selected: Option<&str>) -> Vec<String> {
        let leading = self.leading(Palette::COLOURS, selected);
        let mut ids: Vec<String> = leading.map(|(c, _)| c.accelerator.clone()).collect();
        ids.sort_by_key(|id| self.is_subject(id, selected));
        ids
    }

    /// Whether the accelerator `id` is the subject.
    pub fn is_subject(&self, id: &str, selected: Option<&str>) -> bool {
        self.shown(selected).is_some_and(|(candidate, _)| candidate.accelerator == id)
    }

    /// Throughput against latency of the leading accelerators.
    pub fn latency(
        &mut self,
        scenario: &Scenario,
        catalog: &Catalog,
        selected: Option<&str>,
    ) -> Lines<Vec<LatencyPoint>> {
        let wanted = self.coloured(selected);
        let plan = &self.plan;
        let curve = |id: &str| {
            plan.candidate(id).map_or_else(Vec::new, |c| curves::latency_curve(scenario, catalog, c))
        };
        lines(&mut self.latency, wanted, curve)
    }

    /// Cost per month against load of the leading accelerators.
    pub fn loads(&mut self, scenario: &Scenario, catalog: &Catalog, selected: Option<&str>) -> LoadCurves {
        let wanted = self.coloured(selected);
        let LoadCurves { loads, lines: known } = &mut self.loads;
        let curve = |id: &str| curves::cost_against_load(scenario, catalog, id, loads);
        LoadCurves { lines: lines(known, wanted, curve), loads: loads.clone() }
    }

    /// The horizon month by month, of the candidate that is shown.
    pub fn outlook(&mut self, scenario: &Scenario, catalog: &Catalog, selected: Option<&str>) -> Rc<Outlook> {
        let Some((candidate, _)) = self.shown(selected) else { return Rc::default() };
        let (id, growth) = (&candidate.accelerator, scenario.workload.growth_per_month);
        let known = of(self.outlook.as_ref(), id);
        let found = known.unwrap_or_else(|| Rc::new(outlook::outlook(scenario, catalog, candidate, growth)));
        self.outlook = Some((id.clone(), Rc::clone(&found)));
        found
    }

    /// The fleet that is shown, against its load.
    pub fn against_load(
        &mut self,
        scenario: &Scenario,
        catalog: &Catalog,
        selected: Option<&str>,
    ) -> Rc<AgainstLoad> {
        let Some((candidate, _)) = self.shown(selected) else { return Rc::default() };
        let id = &candidate.accelerator;
        let known = of(self.against_load.as_ref(), id);
        let found = known.unwrap_or_else(|| Rc::new(against_load(scenario, catalog, candidate)));
        self.against_load = Some((id.clone(), Rc::clone(&found)));
        found
    }

    /// What an 8-bit KV cache would save on the candidate that is shown, in a sentence.
    pub fn kv_option(
        &mut self,
        scenario: &Scenario,
        catalog: &Catalog,
        selected: Option<&str>,
    ) -> Option<String> {
        let (candidate, sizing) = self.shown(selected)?;
        let known = of(self.kv_option.as_ref(), &candidate.accelerator);
        let option = known.unwrap_or_else(|| kv_option::kv_option(scenario, catalog, candidate, sizing));
        let text = option.map(|option| sentence::kv_option(&option, (candidate, sizing)));
        self.kv_option = Some((candidate.accelerator.clone(), option));
        text
    }

    /// What pools of prefill and decode save on the candidate that is shown, or would save or cost, there and with another kind of
    /// accelerator, in sentences.
    pub fn pools(
        &mut self,
        scenario: &Scenario,
        catalog: &Catalog,
        selected: Option<&str>,
        at_rest: bool,
    ) -> Option<String> {
        let (candidate, sizing) = self.shown(selected)?;
        let id = candidate.accelerator.clone();
        // Many searches, which a drag does not wait for.
        let known = of(self.two_kinds.as_ref(), &id);
        let kinds = known.or_else(|| at_rest.then(|| two_kinds(scenario, catalog, candidate, sizing)));
        let own = match sentence::pools(sizing) {
            Some(text) => Some(text),
            None => {
                let known = of(self.pools_option.as_ref(), &id);
                let option =
                    known.unwrap_or_else(|| pools_option::pools_option(scenario, catalog, candidate, sizing));
                self.pools_option = Some((id.clone(), option));
                option.map(|option| sentence::pools_option(&option))
            }
        };
        let both = kinds.as_ref().and_then(Option::as_ref).and_then(sentence::two_kinds);
        self.two_kinds = kinds.map(|kinds| (id, kinds));
        let said: Vec<String> = own.into_iter().chain(both).collect();
        (!said.is_empty()).then(|| said.join(" "))
    }

    /// What demand above the plan does to the fleet that is shown: for the line under the needle, and in a sentence.
    pub fn starving(
        &mut self,
        scenario: &Scenario,
        catalog: &Catalog,
        selected: Option<&str>,
    ) -> Option<[String; 2]> {
        let (candidate, _) = self.shown(selected)?;
        let known = of(self.starving.as_ref(), &candidate.accelerator);
        let found = known.unwrap_or_else(|| starving(scenario, catalog, candidate));
        self.starving = Some((candidate.accelerator.clone(), found));
        found.map(|found| [sentence::late_above(&found), sentence::starving(&found)])
    }

    /// What each way of paying costs extra if growth turns out different, on the candidate that is shown.
    pub fn regrets(
        &mut self,
        scenario: &Scenario,
        catalog: &Catalog,
        selected: Option<&str>,
    ) -> Rc<[Regret]> {
        let Some((candidate, _)) = self.shown(selected) else { return Rc::from([]) };
        let id = &candidate.accelerator;
        let known = of(self.regrets.as_ref(), id);
        let found = known.unwrap_or_else(|| outlook::regrets(scenario, catalog, candidate).into());
        self.regrets = Some((id.clone(), Rc::clone(&found)));
        found
    }

    /// Cost of a million tokens against the average load over the peak (0–1), of the leading accelerators.
    pub fn utilization(
        &mut self,
        scenario: &Scenario,
        catalog: &Catalog,
        selected: Option<&str>,
    ) -> Lines<Vec<[f64; 2]>> {
        let wanted = self.coloured(selected);
        let averages: Vec<f64> = (1..=UTILIZATIONS).map(|i| i as f64 / UTILIZATIONS as f64).collect();
        lines(&mut self.utilization, wanted, |id| {
            let costs = curves::cost_against_utilization(scenario, catalog, id, &averages);
            averages.iter().zip(costs).filter_map(|(x, y)| Some([*x, y?])).collect()
        })
    }

    /// The fleet of the candidate that is shown against an API, what if the workload changes.
    pub fn changes(
        &mut self,
        scenario: &Scenario,
        catalog: &Catalog,
        selected: Option<&str>,
    ) -> Rc<[Change]> {
        let Some((candidate, _)) = self.shown(selected) else { return Rc::from([]) };
        let id = &candidate.accelerator;
        let known = of(self.changes.as_ref(), id);
        let found = known.unwrap_or_else(|| hosted_changes::changes(scenario, catalog, id).into());
        self.changes = Some((id.clone(), Rc::clone(&found)));
        found
    }

    /// What could change the fleet that is shown, as far as it has been tried, the strongest first; and how many of how many inputs
    /// have been tried, while that is not all. It begins once `begin` is asked for.
    pub fn swings(
        &mut self,
        scenario: &Scenario,
        catalog: &Arc<Catalog>,
        jobs: &Runner,
        selected: Option<&str>,
        begin: bool,
    ) -> (&[Swing], Option<(usize, usize)>) {
        let subject = self.shown(selected).map(|(candidate, _)| candidate.accelerator.clone());
        let s = &mut self.swings;
        if s.of.is_some() && s.of != subject {
            *s = Swings::default();
        }
        if let Some(subject) = subject.filter(|_| begin && s.of.is_none()) {
            s.of = Some(subject.clone());
            let (scenario, catalog) = (scenario.clone(), Arc::clone(catalog));
            jobs.start(Urgency::Asked, &mut s.trying, "What could change the answer", move |progress| {
                for (done, uncertain) in UNCERTAIN.iter().enumerate() {
                    if !progress.step(done, UNCERTAIN.len()) {
                        break;
                    }
                    if let Some(swing) = uncertain.swing(&scenario, &catalog, Some(&subject)) {
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
        (&s.found, if s.of.is_some() { trying } else { Some((0, UNCERTAIN.len())) })
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

/// The lines of `wanted`, each drawn once by `curve` and kept among those that are `known`.
fn lines<T: Clone>(known: &mut Lines<T>, wanted: Vec<String>, curve: impl Fn(&str) -> T) -> Lines<T> {
    wanted
        .into_iter()
        .map(|id| {
            if let Some((_, line)) = known.iter().find(|(kept, _)| *kept == id) {
                return (id, line.clone());
            }
            let line = curve(&id);
            known.push((id.clone(), line.clone()));
            (id, line)
        })
        .collect()
}
