//! Background work: what takes longer than a frame, or waits for a person, so that no frame waits for it.
//!
//! One thread works, on the newest question first: before each of its steps a job lets newer ones go ahead. What
//! waits for a person, as a file dialog does, has a thread of its own. An error or a panic of a job becomes a message.
//! Jobs find data; text with numbers is made when it is drawn, since how numbers are written belongs to a thread.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// Wakes the screen: there is something new to show.
pub type Waker = Arc<dyn Fn() + Send + Sync>;

/// How long a job rests before each step while something is being dragged: frames come first.
const REST: Duration = Duration::from_millis(2);

/// Whether jobs run in the background, or inside the frame that starts them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Where {
    /// On threads.
    Beside,
    /// Before the question returns: the same steps in a fixed order, for tests.
    #[cfg_attr(not(test), expect(dead_code, reason = "for tests"))]
    Inside,
}

/// Whose turn it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Urgency {
    /// The place where the answer is shown is in sight.
    Asked,
    /// Nothing waits for it: it runs after everything that was asked for.
    Aside,
    /// It waits for a person, on a thread of its own.
    Waiting,
}

/// Starts jobs.
pub struct Runner {
    place: Where,
    shared: Arc<Common>,
    failures: Receiver<String>,
    /// How many jobs there have been.
    count: AtomicU64,
}

/// What the jobs, the thread and the runner share.
struct Common {
    queue: Mutex<Queue>,
    changed: Condvar,
    /// Whether something is being dragged.
    busy: AtomicBool,
    failures: Sender<String>,
    wake: Waker,
}

#[derive(Default)]
struct Queue {
    /// In their order, the first to do last.
    tasks: Vec<Task>,
    /// Whether the thread has been started.
    working: bool,
    closed: bool,
}

struct Task {
    turn: Turn,
    run: Box<dyn FnOnce() + Send>,
}

/// Whether it was asked for, and when: the greatest is done first.
type Turn = (bool, u64);

/// A job that was started; dropped, it is cancelled.
pub struct Job<T> {
    state: Arc<Condition>,
    results: Receiver<T>,
}

struct Condition {
    title: &'static str,
    done: AtomicUsize,
    of: AtomicUsize,
    cancelled: AtomicBool,
    over: AtomicBool,
}

impl Condition {
    fn new(title: &'static str) -> Self {
        let [done, of] = [0, 0].map(AtomicUsize::new);
        let [cancelled, over] = [false, false].map(AtomicBool::new);
        Self { title, done, of, cancelled, over }
    }
}

/// What a job reports to while it works.
pub struct Progress<T> {
    turn: Turn,
    state: Arc<Condition>,
    shared: Arc<Common>,
    results: Sender<T>,
}

impl Runner {
    /// Nothing to do yet.
    pub fn new(place: Where, wake: Waker) -> Self {
        let (sender, failures) = channel();
        let shared = Common {
            queue: Mutex::default(),
            changed: Condvar::new(),
            busy: AtomicBool::new(false),
            failures: sender,
            wake,
        };
        Self { place, shared: Arc::new(shared), failures, count: AtomicU64::new(0) }
    }

    /// Whether jobs run beside the frame.
    pub fn beside(&self) -> bool {
        self.place == Where::Beside
    }

    /// Lets frames come first while something is being dragged.
    pub fn give_way(&self, busy: bool) {
        self.shared.busy.store(busy && self.beside(), Ordering::Relaxed);
    }

    /// Whether frames come first now.
    pub fn gives_way(&self) -> bool {
        self.shared.busy.load(Ordering::Relaxed)
    }

    /// What went wrong since it was asked last, a message each.
    pub fn failures(&self) -> impl Iterator<Item = String> + '_ {
        self.failures.try_iter()
    }

    /// Starts `work` in place of the job in `slot`, which is cancelled.
    pub fn start<T: Send + 'static>(
        &self,
        kind: Urgency,
        slot: &mut Option<Job<T>>,
        title: &'static str,
        work: impl FnOnce(&Progress<T>) -> Result<(), String> + Send + 'static,
    ) {
        // Cancelled before the new one is queued: what is given up lets nothing go ahead of it.
        *slot = None;
        let (sender, results) = channel();
        let state = Arc::new(Condition::new(title));
        *slot = Some(Job { state: Arc::clone(&state), results });
        let number = self.count.fetch_add(1, Ordering::Relaxed) + 1;
        let turn = (kind != Urgency::Aside, number);
        let progress = Progress { turn, state, shared: Arc::clone(&self.shared), results: sender };
        let run = move || progress.run(work);
        let started = match (self.place, kind) {
            (Where::Inside, _) => {
                run();
                Ok(())
            }
            (Where::Beside, Urgency::Waiting) => thread(title, run),
            (Where::Beside, _) => self.queue(Task { turn, run: Box::new(run) }),
        };
        if let Err(error) = started {
            *slot = None;
            let failure = format!(
                "{title}: the system cannot start a thread: {error}. Close some programs and try again."
            );
            // The receiver is the runner's own.
            let _ = self.shared.failures.send(failure);
            (self.shared.wake)();
        }
    }

    fn queue(&self, task: Task) -> std::io::Result<()> {
        let mut queue = self.shared.queue();
        if !queue.working {
            let shared = Arc::clone(&self.shared);
            thread("background work", move || shared.work())?;
            queue.working = true;
        }
        let place = queue.tasks.partition_point(|other| other.turn < task.turn);
        queue.tasks.insert(place, task);
        self.shared.changed.notify_one();
        Ok(())
    }
}

impl Drop for Runner {
    fn drop(&mut self) {
        self.shared.queue().closed = true;
        self.shared.changed.notify_all();
    }
}

fn thread(name: &str, work: impl FnOnce() + Send + 'static) -> std::io::Result<()> {
    #[expect(clippy::disallowed_methods, reason = "this is the runner of jobs")]
    std::thread::Builder::new().name(name.to_owned()).spawn(work).map(drop)
}

impl Common {
    fn queue(&self) -> MutexGuard<'_, Queue> {
        // No job runs while it is locked, so that a panic leaves nothing half done.
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Works until the runner is gone.
    fn work(&self) {
        loop {
            let mut queue = self.queue();
            let task = loop {
                if queue.closed {
                    return;
                }
                match queue.tasks.pop() {
                    Some(task) => break task,
                    None => queue = self.changed.wait(queue).unwrap_or_else(PoisonError::into_inner),
                }
            };
            drop(queue);
            (task.run)();
        }
    }

    /// A job that comes before the one of `turn`.
    fn before(&self, turn: Turn) -> Option<Task> {
        self.queue().tasks.pop_if(|task| task.turn > turn)
    }
}

impl<T> Progress<T> {
    fn run(&self, work: impl FnOnce(&Self) -> Result<(), String>) {
        if self.cancelled() {
            return;
        }
        // Nothing of a job is left after it but what it has sent.
        let failure = match catch_unwind(AssertUnwindSafe(|| work(self))) {
            Ok(Ok(())) => None,
            Ok(Err(error)) => Some(error),
            Err(panic) => Some(format!(
                "stopped by a bug in Headroom ({}). Everything else still works; change an input to try again.",
                cause(panic.as_ref())
            )),
        };
        if self.cancelled() {
            return;
        }
        if let Some(failure) = failure {
            // There is no receiver once the window has closed.
            let _ = self.shared.failures.send(format!("{}: {failure}", self.state.title));
        }
        self.state.over.store(true, Ordering::Release);
        (self.shared.wake)();
    }

    fn cancelled(&self) -> bool {
        self.state.cancelled.load(Ordering::Relaxed)
    }

    /// Whether to go on, asked before each step. Newer questions go ahead here, and frames while something is
    /// being dragged.
    pub fn go_on(&self) -> bool {
        if self.cancelled() {
            return false;
        }
        if self.shared.busy.load(Ordering::Relaxed) {
            std::thread::sleep(REST);
        }
        while let Some(task) = self.shared.before(self.turn) {
            (task.run)();
        }
        !self.cancelled()
    }

    /// Notes that `done` of `of` steps are done; whether to go on.
    pub fn step(&self, done: usize, of: usize) -> bool {
        self.state.done.store(done, Ordering::Relaxed);
        self.state.of.store(of, Ordering::Relaxed);
        self.go_on()
    }

    /// Hands over something that was found.
    pub fn found(&self, result: T) {
        // A job that was cancelled has no receiver.
        let _ = self.results.send(result);
        if !self.cancelled() {
            (self.shared.wake)();
        }
    }
}

impl<T> Job<T> {
    /// What has been found since it was asked last, in its order.
    pub fn found(&self) -> impl Iterator<Item = T> + '_ {
        self.results.try_iter()
    }

    /// Whether it has ended, well or not; asked before [`Self::found`], nothing is missed.
    pub fn over(&self) -> bool {
        self.state.over.load(Ordering::Acquire)
    }

    /// Steps that are done, and all of them; none before the first.
    pub fn progress(&self) -> (usize, usize) {
        (self.state.done.load(Ordering::Relaxed), self.state.of.load(Ordering::Relaxed))
    }
}

impl<T> Drop for Job<T> {
    fn drop(&mut self) {
        self.state.cancelled.store(true, Ordering::Relaxed);
    }
}

/// The message of a panic.
fn cause(panic: &(dyn Any + Send)) -> &str {
    let text = panic.downcast_ref::<&str>().copied();
    text.or_else(|| panic.downcast_ref::<String>().map(String::as_str)).unwrap_or("unknown")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn runner(place: Where) -> Runner {
        Runner::new(place, Arc::new(|| {}))
    }

    fn wait_for<T>(job: Option<&Job<T>>) {
        let job = job.expect("a job");
        while !job.over() {
            std::thread::sleep(Duration::from_millis(1));
        }
    }

    #[test]
    fn the_newest_question_is_answered_first() {
        let runner = runner(Where::Beside);
        let (sender, order) = channel();
        let (started, starts) = channel();
        let (gate, opened) = channel();
        let [mut a, mut b, mut c, mut d] = [None, None, None, None];
        let report = sender.clone();
        runner.start::<()>(Urgency::Asked, &mut a, "a", move |progress| {
            started.send(()).expect("a receiver");
            opened.recv().expect("opened");
            assert!(progress.step(1, 2));
            report.send("a").expect("a receiver");
            Ok(())
        });
        starts.recv().expect("started");
        for (kind, slot, name) in
            [(Urgency::Asked, &mut b, "b"), (Urgency::Asked, &mut c, "c"), (Urgency::Aside, &mut d, "d")]
        {
            let report = sender.clone();
            runner.start::<()>(kind, slot, name, move |_| report.send(name).map_err(|e| e.to_string()));
        }
        gate.send(()).expect("it waits");
        let order: Vec<&str> = (0..4).map(|_| order.recv().expect("four answers")).collect();
        assert_eq!(order, ["c", "b", "a", "d"]);
        wait_for(a.as_ref());
        assert_eq!(a.as_ref().expect("a job").progress(), (1, 2));
    }

    #[test]
    fn another_question_cancels_the_one_before() {
        let runner = runner(Where::Beside);
        let mut slot = None;
        let (started, starts) = channel();
        let (ended, ends) = channel();
        runner.start(Urgency::Asked, &mut slot, "old", move |progress| {
            started.send(()).expect("a receiver");
            while progress.go_on() {
                std::thread::sleep(Duration::from_millis(1));
            }
            progress.found("old");
            ended.send(()).expect("a receiver");
            Err("given up".to_owned())
        });
        starts.recv().expect("started");
        runner.start(Urgency::Asked, &mut slot, "new", |progress| {
            progress.found("new");
            Ok(())
        });
        ends.recv().expect("ended");
        wait_for(slot.as_ref());
        assert_eq!(slot.as_ref().expect("a job").found().collect::<Vec<_>>(), ["new"]);
        assert_eq!(runner.failures().count(), 0, "what was given up does not fail");
    }

    #[test]
    fn errors_and_panics_are_messages_and_the_next_job_runs() {
        for place in [Where::Beside, Where::Inside] {
            let runner = runner(place);
            let ([mut bad, mut worse], mut good) = ([None, None], None);
            runner.start::<()>(Urgency::Asked, &mut bad, "Bad", |_| Err("no such file".to_owned()));
            wait_for(bad.as_ref());
            runner.start::<()>(Urgency::Asked, &mut worse, "Worse", |_| panic!("index 3 of {}", 2));
            wait_for(worse.as_ref());
            let failures: Vec<String> = runner.failures().collect();
            assert_eq!(failures[0], "Bad: no such file");
            assert!(failures[1].starts_with("Worse: stopped") && failures[1].contains("index 3 of 2"));
            runner.start(Urgency::Asked, &mut good, "Good", |progress| {
                progress.found(7);
                Ok(())
            });
            wait_for(good.as_ref());
            assert_eq!(good.expect("a job").found().next(), Some(7));
        }
    }
}
