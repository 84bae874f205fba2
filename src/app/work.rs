//! What is worked out in the background for the screen as a whole.

use std::sync::Arc;

use headroom::catalog::Catalog;
use headroom::scenario::Scenario;

use super::causes::Split;
use super::jobs::Runner;
use super::marks::Marks;
use super::proof::Prover;

/// The runner, and what it keeps up to date.
pub struct Background {
    pub jobs: Runner,
    /// Where the answer changes along the sliders.
    pub marks: Marks,
    /// What each input contributed to the change since the pin.
    pub split: Split,
    /// Whether the fleet holds.
    pub prover: Prover,
}

impl Background {
    /// Nothing to do yet.
    pub fn new(jobs: Runner) -> Self {
        Self { jobs, marks: Marks::default(), split: Split::default(), prover: Prover::default() }
    }

    /// Goes on to `scenario` and `subject`, the accelerator that was picked, and lets frames come first while something is being dragged.
    pub fn follow(
        &mut self,
        scenario: &Scenario,
        subject: Option<&str>,
        catalog: &Arc<Catalog>,
        dragging: bool,
    ) {
        self.jobs.give_way(dragging);
        self.prover.follow();
        // So many plans would hold up a frame.
        if self.jobs.beside() {
            self.marks.follow(scenario, subject, catalog, &self.jobs, dragging);
        }
    }
}
