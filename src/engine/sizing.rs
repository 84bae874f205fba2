//! The search on one accelerator: every layout and format, the largest load each can hold, the cheapest
//! fleet.

use super::explain::{Recorder, Silent};
use super::fleet::{self, Fleet, MOST_ACCELERATORS};
use super::layout::{Degrees, visit_layouts};
use super::memory::Room;
use super::model::Profile;
use super::power::Site;
use super::quotes::OwnPrices;
use super::rejection::Failures;
use super::roofline::Replica;
use super::serving::{Capacity, Demand, Server, Unable};
use super::{Deployment, Rejection, Sizing, Speculation, formats};
use crate::catalog::{
    Accelerator, Catalog, Efficiency, Facility, Model, NumberFormat, Price, Region, Reliance,
    Server as Chassis, Stack, Term,
};
use crate::scenario::{Hours, Scenario};

/// The parts of a question that do not depend on the accelerator.
pub struct Question<'a> {
    pub scenario: &'a Scenario,
    pub catalog: &'a Catalog,
    /// Prices of the user's own.
    pub own_prices: &'a OwnPrices,
    /// Load of each hour of a day over the peak.
    pub hours: Hours,
    pub model: &'a Model,
    pub profile: Profile,
    pub stack: &'a Stack,
    pub region: &'a Region,
    pub site: Site,
    pub demand: Demand,
}

/// One accelerator with everything the catalog knows about it.
#[derive(Clone, Copy)]
pub struct Hardware<'a> {
    pub accelerator: &'a Accelerator,
    pub efficiency: &'a Efficiency,
    pub server: &'a Chassis,
    pub price: &'a Price,
    /// The catalog's, where `price` and `server` may have the user's own.
    pub listed: &'a Price,
    pub facility: &'a Facility,
    /// How far times of the question's model under its stack can be relied on here.
    pub reliance: Reliance,
}

/// A layout that can serve, with what it holds.
#[derive(Clone, Debug)]
pub struct Candidacy {
    pub replica: Replica,
    pub room: Room,
    pub capacity: Capacity,
}

/// A layout with its fleet.
pub struct Choice {
    pub option: Candidacy,
    pub fleet: Fleet,
}

impl<'a> Question<'a> {
    /// Accelerators that are paid for when `accelerators` are needed: whole servers when they are bought, whole
    /// rental units otherwise.
    pub fn billed(&self, hardware: &Hardware<'a>, accelerators: f64) -> f64 {
        let unit = match self.scenario.money.term {
            Term::Buy => hardware.server.accelerators.value(),
            _ => f64::from(hardware.price.rental_unit),
        };
        fleet::billed(accelerators, unit)
    }

    /// Why no layout needs to be tried at all.
    fn obstacle(&self, hardware: &Hardware<'_>) -> Option<Rejection> {
        let accelerator = hardware.accelerator;
        if !self.stack.runs_on(accelerator) {
            let others = self.catalog.stacks.iter().filter(|s| s.runs_on(accelerator));
            return Some(Rejection::Stack {
                stack: self.stack.name.clone(),
                runs: others.map(|s| s.name.clone()).collect(),
            });
        }
        if self.demand.full_tokens > self.profile.context {
            return Some(Rejection::Context {
                needed_tokens: self.demand.full_tokens,
                model_tokens: self.profile.context,
            });
        }
        let term = self.scenario.money.term;
        let offered = match term {
            Term::Buy => hardware.server.price_usd.is_some(),
            _ => hardware.price.rent(term).is_some(),
        };
        (!offered).then_some(Rejection::Price { term })
    }

    /// Calls `visit` with every layout that is `wanted` in every format, and what it can hold or why it cannot.
    pub fn visit_options(
        &self,
        hardware: &Hardware<'_>,
        mut wanted: impl FnMut(Degrees) -> bool,
        mut visit: impl FnMut(Degrees, Room, Result<Candidacy, Unable>),
    ) {
        let asked = &self.scenario.platform;
        let weights = formats::weights(asked.weights, self.model, hardware.accelerator, hardware.efficiency);
        let kv_cache = formats::kv_cache(asked.kv_cache, self.stack, hardware.accelerator);
        visit_layouts(&self.profile, hardware.accelerator, |degrees| {
            if !wanted(degrees) {
                return;
            }
            for weights in weights.into_iter().flatten() {
                let (room, result) = self.option(&self.deployment(hardware, degrees, (weights, kv_cache)));
                visit(degrees, room, result);
            }
        });
    }

    /// Everything about one accelerator; `None` where the catalog is incomplete, which its validation rules out.
    pub fn hardware(&self, accelerator: &'a Accelerator) -> Option<Hardware<'a>> {
        Some(Hardware {
            accelerator,
            efficiency: self.catalog.efficiency(&accelerator.generation)?,
            server: match self.own_prices.server(&accelerator.id) {
                Some(own) => own,
                None => self.catalog.server_for(&accelerator.id)?,
            },
            price: match self.own_prices.price(&accelerator.id) {
                Some(own) => own,
                None => self.catalog.price_for(&accelerator.id)?,
            },
            listed: self.catalog.price_for(&accelerator.id)?,
            facility: &self.catalog.facility,
            reliance: self.catalog.reliance(self.model, accelerator, &self.stack.id),
        })
    }

    /// One replica of this model on `hardware`.
    pub fn deployment<'b>(
        &'b self,
        hardware: &Hardware<'b>,
        degrees: Degrees,
        (weights, kv_cache): (NumberFormat, NumberFormat),
    ) -> Deployment<'b> {
        Deployment {
            profile: &self.profile,
            accelerator: hardware.accelerator,
            efficiency: hardware.efficiency,
            stack: self.stack,
            degrees,
            weights,
            kv_cache,
            speculation: self.speculation(),
            reliance: hardware.reliance,
        }
    }

    fn speculation(&self) -> Speculation {
        let asked = &self.scenario.platform;
        Speculation { draft_tokens: asked.draft_tokens, acceptance: asked.draft_acceptance }
    }

    /// What `deployment` can hold.
    pub fn room(&self, deployment: &Deployment<'_>, recorder: &mut impl Recorder) -> Room {
        Room::new(deployment, self.scenario.platform.memory_utilization, recorder)
    }

    /// One layout with its formats.
    fn option(&self, deployment: &Deployment<'_>) -> (Room, Result<Candidacy, Unable>) {
        let room = self.room(deployment, &mut Silent);
        if !room.fits(self.demand.full_tokens) {
            return (room, Err(Unable::Memory));
        }
        let replica = Replica::new(deployment);
        let server = Server { replica: &replica, room: &room, demand: &self.demand };
        let capacity = server.capacity();
        (room, capacity.map(|capacity| Candidacy { replica, room, capacity }))
    }

    /// The cheapest fleet of one accelerator, and everything about it.
    ///
    /// # Errors
    /// Why the accelerator cannot serve the scenario.
    pub fn size(&self, hardware: &Hardware<'a>, recorder: &mut impl Recorder) -> Result<Sizing, Rejection> {
        if let Some(rejection) = self.obstacle(hardware) {
            return Err(rejection);
        }
        let choice = self.search(hardware)?;
        if choice.fleet.accelerators > MOST_ACCELERATORS {
            return Err(Rejection::TooMany { accelerators: choice.fleet.accelerators });
        }
        self.assemble(hardware, &choice, recorder)
    }

    fn search(&self, hardware: &Hardware<'a>) -> Result<Choice, Rejection> {
        let mut best: Option<(f64, Choice)> = None;
        let mut failures = Failures::default();
        // The fewest accelerators that any fleet of a layout can be billed, to leave out what cannot win.
        let least_replicas = 1.0 + f64::from(self.scenario.fleet.spare_replicas.unwrap_or(0));
        let fewest = std::cell::Cell::new(f64::INFINITY);
        self.visit_options(
            hardware,
            |degrees| {
                let least = self.billed(hardware, f64::from(degrees.accelerators()) * least_replicas);
                least <= fewest.get()
            },
            |degrees, room, result| match result {
                Err(unable) => failures.note(degrees, &room, self.demand.full_tokens, unable),
                Ok(option) => {
                    let fleet = fleet::fleet(
                        self.scenario,
                        hardware.facility,
                        option.capacity.state.requests_per_s,
                        f64::from(degrees.accelerators()),
                        &mut Silent,
                    );
                    let billed = self.billed(hardware, fleet.accelerators);
                    let better = best.as_ref().is_none_or(|(least, other)| {
                        let key = (billed, fleet.accelerators, -option.fleet_capacity(&fleet));
                        let than =
                            (*least, other.fleet.accelerators, -other.option.fleet_capacity(&other.fleet));
                        key < than
                    });
                    if better {
                        fewest.set(billed);
                        best = Some((billed, Choice { option, fleet }));
                    }
                }
            },
        );
        match best {
            Some((_, choice)) => Ok(choice),
            None => Err(failures.rejection(&self.demand)),
        }
    }
}

impl Candidacy {
    fn fleet_capacity(&self, fleet: &Fleet) -> f64 {
        self.capacity.state.requests_per_s * fleet.replicas
    }
}
