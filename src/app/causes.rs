//! What each input contributed to a change, calculated in the background: up to 64 plans.

use std::sync::Arc;

use headroom::catalog::Catalog;
use headroom::engine;
use headroom::engine::analysis::causes::{Causes, causes};
use headroom::scenario::Scenario;

use super::jobs::{Job, Runner, Urgency};

/// The last change that was asked about, and what is known of it.
#[derive(Default)]
pub struct Split {
    asked: Option<(Scenario, Scenario)>,
    found: Option<Causes>,
    coming: Option<Job<Causes>>,
}

impl Split {
    /// Asks for the causes of the change from `was` to `now`, while nothing is being dragged, and takes what was found.
    pub fn follow(
        &mut self,
        (was, now): (&Scenario, &Scenario),
        catalog: &Arc<Catalog>,
        jobs: &Runner,
        dragging: bool,
    ) {
        let same = self.asked.as_ref().is_some_and(|(a, b)| a == was && b == now);
        if !same && !dragging {
            self.asked = Some((was.clone(), now.clone()));
            self.found = None;
            let (was, now, catalog) = (was.clone(), now.clone(), Arc::clone(catalog));
            jobs.start(Urgency::Asked, &mut self.coming, "What each input changed", move |progress| {
                // Once nobody waits for it, the next plan is not made and nothing is answered.
                let plan = |mix: &Scenario| match progress.go_on() {
                    true => engine::plan(mix, &catalog).map_err(Some),
                    false => Err(None),
                };
                match causes(&was, &now, plan) {
                    Ok(causes) => progress.found(causes),
                    Err(Some(error)) => return Err(error.to_string()),
                    Err(None) => {}
                }
                Ok(())
            });
        }
        if let Some(found) = self.coming.as_ref().and_then(|job| job.found().last()) {
            self.found = Some(found);
        }
    }

    /// The causes of the change from `was` to `now`; `None` while they are not known.
    pub fn found(&self, (was, now): (&Scenario, &Scenario)) -> Option<&Causes> {
        self.found.as_ref().filter(|_| self.asked.as_ref().is_some_and(|(a, b)| a == was && b == now))
    }
}
