//! What each input contributed to a change, calculated in the background: up to 64 plans.

use std::sync::Arc;

use headroom::catalog::Catalog;
use headroom::engine;
use headroom::engine::analysis::causes::{Causes, causes};
use headroom::scenario::Scenario;

use super::jobs::{Job, Runner, Urgency};

/// A change, from one scenario to another, of the fleet of an accelerator; `None`: of the cheapest of each.
type Question = (Scenario, Scenario, Option<String>);

/// The last change that was asked about, and what is known of it.
#[derive(Default)]
pub struct Split {
    asked: Option<Question>,
    found: Option<Causes>,
    coming: Option<Job<Causes>>,
}

impl Split {
    /// Asks for the causes of the change of `subject` from `was` to `now`, while nothing is being dragged, and takes what was found.
    pub fn follow(
        &mut self,
        (was, now): (&Scenario, &Scenario),
        subject: Option<&str>,
        catalog: &Arc<Catalog>,
        jobs: &Runner,
        dragging: bool,
    ) {
        if !self.same((was, now), subject) && !dragging {
            let subject = subject.map(str::to_owned);
            self.asked = Some((was.clone(), now.clone(), subject.clone()));
            self.found = None;
            let (was, now, catalog) = (was.clone(), now.clone(), Arc::clone(catalog));
            jobs.start(Urgency::Asked, &mut self.coming, "What each input changed", move |progress| {
                // Once nobody waits for it, the next plan is not made and nothing is answered.
                let plan = |mix: &Scenario| match progress.go_on() {
                    true => engine::plan_on(mix, &catalog, |id| subject.as_deref().is_none_or(|s| s == id))
                        .map_err(Some),
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

    /// The causes of the change of `subject` from `was` to `now`; `None` while they are not known.
    pub fn found(&self, change: (&Scenario, &Scenario), subject: Option<&str>) -> Option<&Causes> {
        self.found.as_ref().filter(|_| self.same(change, subject))
    }

    /// Whether this is what was asked about last.
    fn same(&self, (was, now): (&Scenario, &Scenario), subject: Option<&str>) -> bool {
        self.asked.as_ref().is_some_and(|(a, b, of)| a == was && b == now && of.as_deref() == subject)
    }
}
