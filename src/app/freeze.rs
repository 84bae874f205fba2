//! The fleet on the screen, frozen: pushed past the load it was sized for, or with a part of it taken away, until it is thawed.

use std::rc::Rc;

use headroom::catalog::Catalog;
use headroom::engine::analysis::breaking::{Lost, Pushed, WaysOut, pushed, ways_out};
use headroom::engine::{Candidate, Sizing};
use headroom::scenario::Scenario;

use super::page::Tab;

/// What a frozen fleet does.
pub struct Broken {
    /// At the load that it is pushed to, with what is lost.
    pub pushed: Pushed,
    /// What would hold that.
    pub ways: WaysOut,
}

/// What can be taken away: replicas that fall with it, and what is left then of the load that was planned.
pub struct Loss {
    pub what: Lost,
    pub replicas: u32,
    pub left: Option<Pushed>,
}

/// A frozen fleet.
pub struct Freeze {
    /// What it was sized for, and its accelerator.
    scenario: Scenario,
    accelerator: String,
    /// Page to go back to.
    pub back: Tab,
    /// The load that it is pushed to, requests per second.
    pub requests_per_s: f64,
    /// Replicas that are down.
    pub lost: u32,
    broken: Option<(f64, u32, Rc<Broken>)>,
    losses: Option<Rc<[Loss]>>,
}

impl Freeze {
    /// The fleet of `accelerator` that was sized for `scenario`, at the load that it was sized for.
    pub fn new(scenario: &Scenario, accelerator: &str, back: Tab) -> Self {
        Self {
            scenario: scenario.clone(),
            accelerator: accelerator.to_owned(),
            back,
            requests_per_s: scenario.workload.requests_per_s,
            lost: 0,
            broken: None,
            losses: None,
        }
    }

    /// The load that it was sized for, requests per second.
    pub fn planned(&self) -> f64 {
        self.scenario.workload.requests_per_s
    }

    /// Whether it is of what the screen shows; another scenario has another fleet.
    pub fn is_of(&self, scenario: &Scenario, accelerator: Option<&str>) -> bool {
        self.scenario == *scenario && accelerator == Some(self.accelerator.as_str())
    }

    /// How many replicas may still be lost, so that one is left.
    pub fn may_lose(&self, sizing: &Sizing) -> u32 {
        (sizing.layout.replicas + sizing.layout.spare_replicas).saturating_sub(self.lost + 1)
    }

    /// What the fleet of `candidate` does now; `None`: there is none.
    pub fn broken(&mut self, catalog: &Catalog, candidate: &Candidate) -> Option<Rc<Broken>> {
        let of = (self.requests_per_s, self.lost);
        if let Some((load, lost, known)) = &self.broken
            && (*load, *lost) == of
        {
            return Some(Rc::clone(known));
        }
        let pushed = pushed(&self.scenario, catalog, candidate, self.requests_per_s, self.lost)?;
        let ways = ways_out(&self.scenario, catalog, candidate, &pushed);
        let broken = Rc::new(Broken { pushed, ways });
        self.broken = Some((of.0, of.1, Rc::clone(&broken)));
        Some(broken)
    }

    /// What losing each part of it does at the load that was planned.
    pub fn losses(&mut self, catalog: &Catalog, candidate: &Candidate, sizing: &Sizing) -> Rc<[Loss]> {
        let load = self.planned();
        let find = || {
            // A server of one replica is that replica; one more than stand by is missed first.
            let mut parts = Lost::ALL.map(|what| (what.replicas(sizing), what)).to_vec();
            parts.push((sizing.layout.spare_replicas + 1, Lost::Replica));
            parts.sort_by_key(|(replicas, _)| *replicas);
            parts.dedup_by_key(|(replicas, _)| *replicas);
            let left = |lost| pushed(&self.scenario, catalog, candidate, load, lost);
            parts.into_iter().map(|(replicas, what)| Loss { what, replicas, left: left(replicas) }).collect()
        };
        Rc::clone(self.losses.get_or_insert_with(find))
    }
}
