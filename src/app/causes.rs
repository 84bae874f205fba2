//! Which input caused how much of a change, worked out on a thread of its own: up to 64 plans.

#![expect(clippy::disallowed_methods, reason = "until the runner of jobs takes this thread over")]

use std::sync::mpsc::{Receiver, TryRecvError, channel};

use eframe::egui::Context;
use headroom::catalog::Catalog;
use headroom::engine::analysis::causes::{Causes, causes};
use headroom::scenario::Scenario;

/// The last change that was asked about, and what is known of it.
#[derive(Default)]
pub struct Split {
    asked: Option<(Scenario, Scenario)>,
    found: Option<Causes>,
    coming: Option<Receiver<Option<Causes>>>,
}

impl Split {
    /// The causes of the change from `was` to `now`; `None` while they are not known. They are asked for once nobody turns at
    /// anything; without `background` the caller waits.
    pub fn of(
        &mut self,
        (was, now): (&Scenario, &Scenario),
        catalog: &Catalog,
        ctx: &Context,
        background: bool,
    ) -> Option<&Causes> {
        let same = self.asked.as_ref().is_some_and(|(a, b)| a == was && b == now);
        if !same && !ctx.input(|i| i.pointer.any_down()) {
            self.asked = Some((was.clone(), now.clone()));
            self.found = None;
            let (was, now, catalog, ctx) = (was.clone(), now.clone(), catalog.clone(), ctx.clone());
            let (sender, receiver) = channel();
            let work = move || {
                // Nobody listens any more when the change is another by now.
                let _ = sender.send(causes(&was, &now, &catalog).ok());
                ctx.request_repaint();
            };
            if background {
                // Where the system gives no thread there are no causes.
                let _ = std::thread::Builder::new().name("causes".to_owned()).spawn(work);
            } else {
                work();
            }
            self.coming = Some(receiver);
        }
        if let Some(receiver) = &self.coming {
            match receiver.try_recv() {
                Ok(found) => {
                    self.found = found;
                    self.coming = None;
                }
                Err(TryRecvError::Disconnected) => self.coming = None,
                Err(TryRecvError::Empty) => {}
            }
        }
        self.found.as_ref().filter(|_| self.asked.as_ref().is_some_and(|(a, b)| a == was && b == now))
    }
}
