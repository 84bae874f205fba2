//! Where the answer changes along every slider, looked for in the background.

use std::collections::BTreeMap;
use std::sync::Arc;

use headroom::catalog::Catalog;
use headroom::engine::analysis::cliffs::{Cliff, cliffs, model_size_cliffs};
use headroom::scenario::{INPUTS, Input, Scenario};

use super::input_list::{MODEL_SIZE_PATH, PROMINENT};
use super::jobs::{Job, Runner, Urgency};

/// The marks, as far as they are known.
#[derive(Default)]
pub struct Marks {
    known: BTreeMap<&'static str, Vec<Cliff>>,
    /// The scenario that was asked about last, and the accelerator; `None`: the cheapest at each place.
    asked: Option<(Scenario, Option<String>)>,
    search: Option<Job<(&'static str, Vec<Cliff>)>>,
}

/// Inputs with a slider: those in sight first.
fn inputs() -> impl Iterator<Item = &'static Input> {
    let prominent = |input: &&Input| PROMINENT.contains(&input.path);
    let all = INPUTS.iter().filter(prominent).chain(INPUTS.iter().filter(move |i| !prominent(i)));
    all.filter(|input| input.range().is_some())
}

impl Marks {
    /// The marks of an input; empty while they are not known.
    pub fn of(&self, path: &str) -> &[Cliff] {
        self.known.get(path).map_or(&[], Vec::as_slice)
    }

    /// Whether the search is under way.
    pub fn looking(&self) -> bool {
        self.search.as_ref().is_some_and(|search| !search.over())
    }

    /// Starts anew, for another catalog or another tab.
    pub fn forget(&mut self) {
        *self = Self::default();
    }

    /// Takes what was found, and looks along the sliders of `scenario` for `subject` when one of them is another: at once while nothing is
    /// being dragged, otherwise when the last search has ended, so that marks keep coming during a long drag.
    pub fn follow(
        &mut self,
        scenario: &Scenario,
        subject: Option<&str>,
        catalog: &Arc<Catalog>,
        jobs: &Runner,
        dragging: bool,
    ) {
        if let Some(search) = &self.search {
            self.known.extend(search.found());
        }
        let same =
            self.asked.as_ref().is_some_and(|(asked, of)| asked == scenario && of.as_deref() == subject);
        if same || (dragging && self.looking()) {
            return;
        }
        let subject = subject.map(str::to_owned);
        self.asked = Some((scenario.clone(), subject.clone()));
        let (scenario, catalog) = (scenario.clone(), Arc::clone(catalog));
        jobs.start(Urgency::Aside, &mut self.search, "Where the answer changes", move |progress| {
            let of = inputs().count() + 1;
            if let Some(found) =
                model_size_cliffs(&scenario, &catalog, subject.as_deref(), || progress.go_on())
            {
                progress.found((MODEL_SIZE_PATH, found));
            }
            for (done, input) in inputs().enumerate() {
                if !progress.step(done + 1, of) {
                    break;
                }
                if let Some(found) =
                    cliffs(&scenario, &catalog, input, subject.as_deref(), || progress.go_on())
                {
                    progress.found((input.path, found));
                }
            }
            Ok(())
        });
    }
}
