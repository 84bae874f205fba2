//! Cliffs of every slider, worked out on a thread of its own so that no frame waits.

#![expect(clippy::disallowed_methods, reason = "until the runner of jobs takes this thread over")]

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::Duration;

use eframe::egui::Context;
use headroom::catalog::Catalog;
use headroom::engine::analysis::cliffs::{Cliff, cliffs, model_size_cliffs};
use headroom::scenario::{INPUTS, Input, Scenario};
use headroom::units::Separators;

use super::inputs::{MODEL_SIZE_PATH, PROMINENT};

/// The marks, as far as they are known, and the thread that looks for them.
#[derive(Default)]
pub struct Marks {
    known: BTreeMap<&'static str, Vec<Cliff>>,
    /// The scenario that was asked about last.
    asked: Option<Scenario>,
    /// The catalog as the thread has it.
    catalog: Option<Arc<Catalog>>,
    worker: Option<Worker>,
}

struct Worker {
    jobs: Sender<Job>,
    found: Receiver<Found>,
    /// Number of the job that counts; others are given up.
    newest: Arc<AtomicU64>,
    /// Whether somebody is turning at something: the frames come first then.
    busy: Arc<AtomicBool>,
    running: bool,
}

struct Job {
    number: u64,
    scenario: Scenario,
    catalog: Arc<Catalog>,
    /// How numbers are written in the words.
    numbers: Separators,
}

enum Found {
    Marks { number: u64, path: &'static str, cliffs: Vec<Cliff> },
    Done { number: u64 },
}

/// How long the thread rests before each plan while somebody drags.
const REST: Duration = Duration::from_millis(2);

/// Inputs with a slider: those in sight first.
fn inputs() -> impl Iterator<Item = &'static Input> {
    let prominent = |input: &&Input| PROMINENT.contains(&input.path);
    INPUTS.iter().filter(prominent).chain(INPUTS.iter().filter(move |i| !prominent(i)))
}

impl Worker {
    /// `None` where the system gives no thread: there are no marks then.
    fn start(ctx: Context) -> Option<Self> {
        let (jobs, received) = channel::<Job>();
        let (sender, found) = channel();
        let newest = Arc::new(AtomicU64::new(0));
        let counts = Arc::clone(&newest);
        let busy = Arc::new(AtomicBool::new(false));
        let gives_way = Arc::clone(&busy);
        let work = move || {
            for Job { number, scenario, catalog, numbers } in received {
                numbers.put_in_force();
                let go_on = || {
                    if gives_way.load(Ordering::Relaxed) {
                        std::thread::sleep(REST);
                    }
                    counts.load(Ordering::Relaxed) == number
                };
                if let Some(cliffs) = model_size_cliffs(&scenario, &catalog, go_on) {
                    let _ = sender.send(Found::Marks { number, path: MODEL_SIZE_PATH, cliffs });
                    ctx.request_repaint();
                }
                for input in inputs().filter(|input| input.range().is_some()) {
                    let Some(cliffs) = cliffs(&scenario, &catalog, input, go_on) else { break };
                    // Nobody listens any more once the window has closed.
                    let _ = sender.send(Found::Marks { number, path: input.path, cliffs });
                    ctx.request_repaint();
                }
                let _ = sender.send(Found::Done { number });
                ctx.request_repaint();
            }
        };
        std::thread::Builder::new().name("cliffs".to_owned()).spawn(work).ok()?;
        Some(Self { jobs, found, newest, busy, running: false })
    }
}

impl Marks {
    /// The marks of an input; empty while they are not known.
    pub fn of(&self, path: &str) -> &[Cliff] {
        self.known.get(path).map_or(&[], Vec::as_slice)
    }

    /// Whether the thread is still at it.
    #[cfg(test)]
    pub fn looking(&self) -> bool {
        self.worker.as_ref().is_some_and(|worker| worker.running)
    }

    /// Starts anew, for another catalog or another tab.
    pub fn forget(&mut self) {
        self.known.clear();
        self.asked = None;
        self.catalog = None;
    }

    /// Takes what was found, and asks about `scenario` when it is another: at once while nobody turns at anything, otherwise
    /// when the last question has been answered, so that marks keep coming during a long drag.
    pub fn follow(&mut self, scenario: &Scenario, catalog: &Catalog, ctx: &Context, busy: bool) {
        if self.worker.is_none() {
            self.worker = Worker::start(ctx.clone());
        }
        let Some(worker) = &mut self.worker else { return };
        worker.busy.store(busy, Ordering::Relaxed);
        for found in worker.found.try_iter() {
            let newest = worker.newest.load(Ordering::Relaxed);
            match found {
                Found::Marks { number, path, cliffs } if number == newest => {
                    self.known.insert(path, cliffs);
                }
                Found::Done { number } if number == newest => worker.running = false,
                _ => {}
            }
        }
        if self.asked.as_ref() == Some(scenario) || (busy && worker.running) {
            return;
        }
        let catalog = Arc::clone(self.catalog.get_or_insert_with(|| Arc::new(catalog.clone())));
        let number = worker.newest.fetch_add(1, Ordering::Relaxed) + 1;
        worker.running = worker
            .jobs
            .send(Job { number, scenario: scenario.clone(), catalog, numbers: Separators::in_force() })
            .is_ok();
        self.asked = Some(scenario.clone());
    }
}
