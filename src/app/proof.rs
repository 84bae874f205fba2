//! Whether the fleet on the screen holds: an hour of requests, simulated in the background when it is asked for.

use std::sync::Arc;

use headroom::catalog::Catalog;
use headroom::engine::simulator::{Proof, Unproved, verify};
use headroom::scenario::Scenario;

use super::jobs::{Job, Runner, Urgency};

/// Of the random numbers, the same each time: who asks again gets the same answer.
const SEED: u64 = 1;
/// Steps in which progress is told.
const STEPS: f64 = 1000.0;

/// The last fleet that was to be proved, and what came of it.
#[derive(Default)]
pub struct Prover {
    /// The scenario and the accelerator.
    asked: Option<(Scenario, String)>,
    coming: Option<Job<Proof>>,
    found: Option<Proof>,
}

/// How far the proof of a fleet is.
#[derive(Clone, Copy)]
pub enum Stage<'a> {
    /// It was not asked for, or for another scenario.
    Unasked,
    /// The share that is done, 0–1.
    Running(f64),
    Done(&'a Proof),
}

impl Prover {
    /// Starts to prove the fleet of `scenario` on `accelerator`, in place of what is being proved.
    pub fn ask(&mut self, scenario: &Scenario, accelerator: &str, catalog: &Arc<Catalog>, jobs: &Runner) {
        let question = (scenario.clone(), accelerator.to_owned());
        self.asked = Some(question.clone());
        self.found = None;
        let catalog = Arc::clone(catalog);
        jobs.start(Urgency::Asked, &mut self.coming, "Verify", move |progress| {
            let (scenario, accelerator) = question;
            let go_on = |share: f64| progress.step((share * STEPS) as usize, STEPS as usize);
            match verify(&scenario, &catalog, Some(&accelerator), SEED, go_on) {
                Ok(proof) => progress.found(proof),
                Err(Unproved::Stopped) => {}
                Err(Unproved::NoFleet(_)) => {
                    return Err(
                        "there is no fleet to simulate. Pick an accelerator that serves this.".to_owned()
                    );
                }
            }
            Ok(())
        });
    }

    /// Gives up what is being proved.
    pub fn give_up(&mut self) {
        *self = Self::default();
    }

    /// Takes what was found.
    pub fn follow(&mut self) {
        if let Some(proof) = self.coming.as_ref().and_then(|job| job.found().last()) {
            self.found = Some(proof);
        }
    }

    /// The proof of the fleet of `scenario` on `accelerator`, once there is one.
    pub fn proof(&self, scenario: &Scenario, accelerator: &str) -> Option<&Proof> {
        match self.stage(scenario, accelerator) {
            Stage::Done(proof) => Some(proof),
            Stage::Unasked | Stage::Running(_) => None,
        }
    }

    /// How far the proof of the fleet of `scenario` on `accelerator` is.
    pub fn stage(&self, scenario: &Scenario, accelerator: &str) -> Stage<'_> {
        let same = self.asked.as_ref().is_some_and(|(asked, of)| asked == scenario && of == accelerator);
        match (same, &self.found, &self.coming) {
            (true, Some(proof), _) => Stage::Done(proof),
            (true, None, Some(job)) if !job.over() => {
                let (done, of) = job.progress();
                Stage::Running(if of > 0 { done as f64 / of as f64 } else { 0.0 })
            }
            _ => Stage::Unasked,
        }
    }
}
