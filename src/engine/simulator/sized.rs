//! The fleet to simulate: the one that the plan sizes, or the one that the scenario fixes.

use super::machine::Machine;
use crate::catalog::{Catalog, FacilityAssumptions, NumberFormat, Term};
use crate::engine::figures::Silent;
use crate::engine::figures::arithmetic::HOURS_PER_MONTH;
use crate::engine::plan::planner::{PlanError, plan, plan_on, with_sizer};
use crate::engine::plan::result::{Plan, Pools, Rejection, Sizing};
use crate::engine::plan::search::{Hardware, Sizer};
use crate::engine::replica::degrees::Degrees;
use crate::engine::replica::deployment::Deployment;
use crate::engine::replica::formats;
use crate::engine::replica::memory::Room;
use crate::engine::replica::memory_settings::MemorySettings;
use crate::engine::replica::roofline::Replica;
use crate::scenario::Scenario;

/// A fleet to simulate.
#[derive(Clone, Debug)]
pub struct SizedFleet {
    /// Catalog id of the accelerator.
    pub accelerator: String,
    /// Its short name.
    pub name: String,
    /// Degrees of parallelism of one replica.
    pub degrees: Degrees,
    /// Number format of the weights.
    pub weights: NumberFormat,
    /// Number format of the KV cache.
    pub kv_cache: NumberFormat,
    /// Replicas that serve, spares aside.
    pub replicas: u32,
    /// Spare replicas.
    pub spare_replicas: u32,
    /// The largest load of the fleet at which the service levels hold by the plan, requests per second; `None`: the plan has none.
    pub holds_requests_per_s: Option<f64>,
    /// One replica, at typical times.
    pub machine: Machine,
    /// From the decision to start a replica to its first request, seconds: as measured of a small one, and longer by the weights that an
    /// accelerator reads.
    pub start_s: f64,
    /// Sequences in a replica at the peak, mean, by the plan; `None`: the plan has none.
    pub in_flight: Option<f64>,
    /// What the plan's fleet costs, and a replica on demand; `None`: not offered, or only in machines of several replicas.
    pub rent: Option<Rent>,
    /// Tokens of the model's context.
    pub longest_tokens: f64,
    /// The pool that reads prompts, where there is one: all of the above then only writes answers.
    pub readers: Option<ReadingPool>,
}

/// Prices of a fleet, US dollars a month.
#[derive(Clone, Copy, Debug)]
pub struct Rent {
    /// All of it, by the way of paying that was chosen.
    pub usd_per_month: f64,
    /// One replica on demand.
    pub on_demand_usd_per_replica_month: f64,
}

/// A pool that only reads prompts.
#[derive(Clone, Debug)]
pub struct ReadingPool {
    /// Degrees of parallelism of one replica.
    pub degrees: Degrees,
    /// Number format of the weights.
    pub weights: NumberFormat,
    /// Number format of the KV cache.
    pub kv_cache: NumberFormat,
    /// Replicas that serve, spares aside.
    pub replicas: u32,
    /// Spare replicas.
    pub spare_replicas: u32,
    /// One replica, at typical times.
    pub machine: Machine,
    /// Time in which the KV cache of one token is sent, seconds.
    pub transfer_s_per_token: f64,
}

/// Why there is no fleet to simulate.
#[derive(Clone, Debug)]
pub enum NoFleet {
    /// The scenario names what the catalog does not have.
    Plan(PlanError),
    /// No accelerator can serve the scenario; the plan says why of each.
    Nothing(Box<Plan>),
    /// The accelerator that was asked for, by its short name, cannot.
    Rejected(String, Rejection),
    /// There is no such accelerator in the catalog, or no replica on it that fits in its memory.
    NoReplica,
}

/// The fleet of `scenario` on `accelerator`, or on the plan's best one.
///
/// A fleet that the scenario fixes (`fleet.replicas`) is simulated whether or not it meets the service levels, in the layout that
/// the plan chooses, or where the plan has none in the first that fits.
///
/// # Errors
/// There is no fleet, and why.
pub fn sized(
    scenario: &Scenario,
    catalog: &Catalog,
    accelerator: Option<&str>,
) -> Result<SizedFleet, NoFleet> {
    let answer = match accelerator {
        Some(id) => plan_on(scenario, catalog, |known| known == id),
        None => plan(scenario, catalog),
    }
    .map_err(NoFleet::Plan)?;
    let first = answer.candidates.first().ok_or(NoFleet::NoReplica)?;
    let sizing = first.fleet();
    if sizing.is_none() {
        match (first.rejection(), accelerator, scenario.fleet.replicas) {
            (_, None, _) => return Err(NoFleet::Nothing(Box::new(answer))),
            (Some(why), Some(_), None) => return Err(NoFleet::Rejected(first.name.clone(), why.clone())),
            _ => {}
        }
    }
    let known = catalog.accelerator(&first.accelerator).ok_or(NoFleet::NoReplica)?;
    let found = with_sizer(scenario, catalog, |sizer| {
        let hardware = sizer.hardware(known)?;
        let (deployment, room) = match sizing {
            Some(sizing) => planned(sizer, &hardware, sizing),
            None => smallest(sizer, &hardware)?,
        };
        let limits = (deployment.max_sequences(), sizer.profile.context);
        let drafts = (deployment.speculation.draft_tokens, deployment.speculation.acceptance);
        let counts = sizing.map(|sizing| (sizing.layout.replicas, sizing.layout.spare_replicas));
        let (replicas, spares) = counts.unwrap_or((1, 0));
        let replica = Replica::new(&deployment);
        let pooled = sizing.is_some_and(|sizing| sizing.pools.is_some());
        let replica = if pooled { replica.writing() } else { replica };
        let machine = Machine::new(replica, &room, limits, drafts);
        let readers = sizing
            .and_then(|sizing| sizing.pools.as_ref())
            .map(|pools| reading(sizer, &hardware, pools, limits.1));
        Some(SizedFleet {
            accelerator: first.accelerator.clone(),
            name: first.name.clone(),
            degrees: deployment.degrees,
            weights: deployment.weights,
            kv_cache: deployment.kv_cache,
            replicas: scenario.fleet.replicas.unwrap_or(replicas),
            spare_replicas: scenario.fleet.spare_replicas.unwrap_or(spares),
            start_s: starts(&catalog.facility, room.weights_bytes),
            in_flight: sizing.map(|sizing| sizing.operating_point.concurrency),
            rent: sizing.and_then(rent),
            holds_requests_per_s: sizing.map(|sizing| sizing.balance.capacity_requests_per_s),
            machine: if readers.is_some() { machine.writing() } else { machine },
            longest_tokens: sizer.profile.context,
            readers,
        })
    });
    found.map_err(NoFleet::Plan)?.ok_or(NoFleet::NoReplica)
}

/// Time until a replica serves whose accelerators read so many bytes of weights each, seconds.
fn starts(facility: &FacilityAssumptions, weights_bytes: f64) -> f64 {
    facility.start_s.value() * (weights_bytes / facility.start_weights_bytes.value()).max(1.0)
}

/// What the fleet of `sizing` costs, and what one of its replicas does on demand; where machines hold several, that is not known of one.
fn rent(sizing: &Sizing) -> Option<Rent> {
    let each = f64::from(sizing.layout.accelerators_per_replica());
    let rate = sizing.estate.cost.rate(Term::OnDemand).filter(|rate| f64::from(rate.machine) <= each)?;
    Some(Rent {
        usd_per_month: sizing.estate.cost.chosen.usd_per_month,
        on_demand_usd_per_replica_month: each * rate.usd_per_accelerator_hour.value() * HOURS_PER_MONTH,
    })
}

/// The replica that the plan chose.
fn planned<'b>(sizer: &'b Sizer<'_>, hardware: &Hardware<'b>, sizing: &Sizing) -> (Deployment<'b>, Room) {
    let (layout, launch) = (&sizing.layout, &sizing.launch);
    let degrees = Degrees { tp: layout.tp, pp: layout.pp, ep: layout.ep, attention_dp: layout.attention_dp };
    let told = (launch.fuller, launch.smaller_steps);
    let settings = MemorySettings { fuller: told.0, smaller_steps: told.1, ..sizer.settings() };
    let deployment = sizer.deployment(hardware, degrees, (layout.weights, layout.kv_cache), settings);
    let room = Room::new(&deployment, &mut Silent);
    (deployment, room)
}

/// The pool that reads prompts, of a model with a context of `longest_tokens`.
fn reading<'b>(
    sizer: &'b Sizer<'_>,
    hardware: &Hardware<'b>,
    pools: &Pools,
    longest_tokens: f64,
) -> ReadingPool {
    let pool = &pools.prefill;
    let degrees = Degrees { tp: pool.tp, pp: pool.pp, ep: pool.ep, attention_dp: pool.attention_dp };
    let settings =
        MemorySettings { fuller: pool.fuller, smaller_steps: pool.smaller_steps, ..sizer.settings() };
    let deployment = sizer.deployment(hardware, degrees, (pool.weights, pool.kv_cache), settings);
    let room = Room::new(&deployment, &mut Silent);
    let limits = (deployment.max_sequences(), longest_tokens);
    ReadingPool {
        degrees,
        weights: pool.weights,
        kv_cache: pool.kv_cache,
        replicas: pool.replicas,
        spare_replicas: pool.spare_replicas,
        machine: Machine::new(Replica::new(&deployment).reading(), &room, limits, (0.0, 0.0)),
        transfer_s_per_token: pools.together.kv_transfer_s / sizer.demand.input_tokens,
    }
}

/// The replica of fewest accelerators that starts and holds a request.
fn smallest<'b>(sizer: &'b Sizer<'_>, hardware: &Hardware<'b>) -> Option<(Deployment<'b>, Room)> {
    let asked = &sizer.scenario.platform;
    let choices = formats::weights(asked.weights, sizer.model, hardware.accelerator, hardware.efficiency);
    let mut found = None;
    sizer.degrees_asked().visit(&sizer.profile, hardware.accelerator, |degrees| {
        for weights in choices.into_iter().flatten() {
            if found.is_some() || !degrees.starts(&sizer.profile, weights, sizer.stack) {
                continue;
            }
            let own = formats::default_kv_cache(&sizer.profile, weights, sizer.stack, hardware.accelerator);
            let kv_cache = asked.kv_cache.unwrap_or(own);
            let deployment = sizer.deployment(hardware, degrees, (weights, kv_cache), sizer.settings());
            let room = Room::new(&deployment, &mut Silent);
            if room.fits(sizer.demand.full_tokens) {
                found = Some((deployment, room));
            }
        }
    });
    found
}
