//! The search on one accelerator: every layout and format, the largest load each can hold, the cheapest
//! fleet; then everything about the chosen one.

use super::explain::{Recorder, Silent, Step, Term as Input, Trust};
use super::fleet::{self, Fleet, MOST_ACCELERATORS};
use super::layout::{Degrees, visit_layouts};
use super::memory::Room;
use super::model::Profile;
use super::power::{Running, Site};
use super::roofline::Replica;
use super::serving::{Capacity, Demand, Server, State, Unable};
use super::{Balance, Layout, OperatingPoint, Rejection, Sizing, cost, formats};
use crate::catalog::{
    Accelerator, Catalog, Efficiency, Facility, Model, NumberFormat, Price, Region, Server as Chassis, Stack,
    Term,
};
use crate::scenario::Scenario;
use crate::units::Unit;

/// The parts of a question that do not depend on the accelerator.
pub struct Question<'a> {
    pub scenario: &'a Scenario,
    pub catalog: &'a Catalog,
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
    pub facility: &'a Facility,
}

/// A layout that can serve, with what it holds.
#[derive(Clone, Debug)]
pub struct Candidacy {
    pub replica: Replica,
    pub room: Room,
    pub capacity: Capacity,
}

/// A layout with its fleet.
struct Choice {
    option: Candidacy,
    fleet: Fleet,
}

impl<'a> Question<'a> {
    /// Accelerators that are paid for when `accelerators` are needed: whole servers when they are bought, whole
    /// rental units otherwise.
    fn billed(&self, hardware: &Hardware<'a>, accelerators: f64) -> f64 {
        let unit = match self.scenario.money.term {
            Term::Buy => hardware.server.accelerators.value(),
            _ => f64::from(hardware.price.rental_unit),
        };
        fleet::billed(accelerators, unit)
    }

    /// Why no layout needs to be tried at all.
    fn obstacle(&self, hardware: &Hardware<'_>) -> Option<Rejection> {
        let accelerator = hardware.accelerator;
        if !runs(self.stack, accelerator) {
            let runs = self.catalog.stacks.iter().filter(|s| runs(s, accelerator));
            return Some(Rejection::Stack {
                stack: self.stack.name.clone(),
                runs: runs.map(|s| s.name.clone()).collect(),
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
                let (room, result) = self.option(hardware, degrees, weights, kv_cache);
                visit(degrees, room, result);
            }
        });
    }

    /// One layout with its formats.
    fn option(
        &self,
        hardware: &Hardware<'_>,
        degrees: Degrees,
        weights: NumberFormat,
        kv_cache: NumberFormat,
    ) -> (Room, Result<Candidacy, Unable>) {
        let room = Room::new(
            &self.profile,
            hardware.accelerator,
            self.stack,
            degrees,
            weights,
            kv_cache,
            self.scenario.platform.memory_utilization,
        );
        if !room.fits(self.demand.full_tokens) {
            return (room, Err(Unable::Memory));
        }
        let replica = Replica::new(
            &self.profile,
            hardware.accelerator,
            hardware.efficiency,
            self.stack,
            degrees,
            weights,
            kv_cache,
        );
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

    /// Everything about the chosen fleet.
    fn assemble(
        &self,
        hardware: &Hardware<'a>,
        choice: &Choice,
        recorder: &mut impl Recorder,
    ) -> Result<Sizing, Rejection> {
        let Candidacy { replica, room, capacity } = &choice.option;
        let scenario = self.scenario;
        let server = Server { replica, room, demand: &self.demand };
        let capacity_requests_per_s = capacity.state.requests_per_s;
        self.explain_capacity(&server, capacity, recorder);
        let fleet = fleet::fleet(
            scenario,
            hardware.facility,
            capacity_requests_per_s,
            f64::from(replica.degrees.accelerators()),
            recorder,
        );
        let load = scenario.workload.requests_per_s;
        let per_replica = load / fleet.replicas;
        let at_peak = server.at_load(per_replica, capacity);
        let at_average = server.at_load(per_replica * scenario.workload.average_to_peak, capacity);
        let (ttft_s, tpot_s) = server.percentiles(&at_peak);
        self.explain_operation(&server, &at_peak, ttft_s.at_slo, tpot_s.at_slo, recorder);
        let memory =
            room.memory(at_peak.concurrency, self.demand.context_tokens, self.demand.full_tokens, recorder);
        let output_tokens_per_s = load * scenario.workload.output_tokens;
        let billed = self.billed(hardware, fleet.accelerators);
        let servers = fleet::servers(hardware.server, fleet.accelerators);
        let bought = scenario.money.term == Term::Buy;
        let power = Running {
            accelerator: hardware.accelerator,
            server: hardware.server,
            facility: hardware.facility,
            site: &self.site,
            loaded: fleet.replicas * f64::from(replica.degrees.accelerators()),
            spare: fleet.spare_replicas * f64::from(replica.degrees.accelerators()),
            unused: if bought { billed - fleet.accelerators } else { 0.0 },
            at_peak: &at_peak,
            at_average: &at_average,
            output_tokens_per_s,
        }
        .power(recorder);
        let cost = cost::Bill {
            scenario,
            price: hardware.price,
            server: hardware.server,
            facility: hardware.facility,
            site: &self.site,
            rented_accelerators: fleet::billed(fleet.accelerators, f64::from(hardware.price.rental_unit)),
            servers,
            power: &power,
        }
        .cost(recorder)
        .ok_or(Rejection::Price { term: scenario.money.term })?;

        let fleet_capacity = capacity_requests_per_s * fleet.replicas;
        let utilization = load / fleet_capacity;
        recorder.note(|| Step {
            key: "operating_point.utilization",
            label: "Share of what holds the SLO that the peak uses",
            value: utilization,
            unit: Unit::Fraction,
            formula: "load at peak ÷ (replicas × capacity of one replica), spares aside",
            terms: vec![
                Input { label: "load at peak", value: load, unit: Unit::RequestsPerSecond, from: None },
                Input {
                    label: "replicas",
                    value: fleet.replicas,
                    unit: Unit::One,
                    from: Some("fleet.replicas"),
                },
                Input {
                    label: "capacity of one replica",
                    value: capacity_requests_per_s,
                    unit: Unit::RequestsPerSecond,
                    from: Some("serving.capacity"),
                },
            ],
            sources: Vec::new(),
            trust: Trust::Derived,
        });
        let racks = fleet::racks(hardware.server, servers, scenario.facility.rack_power_w);
        let load_margin = fleet_capacity / load - 1.0;
        let used = utilization * fleet.replicas / (fleet.replicas + fleet.spare_replicas);
        let idle_usd_per_year = cost.chosen.usd_per_hour * fleet::HOURS_PER_YEAR * (1.0 - used);
        recorder.note(|| {
            Step::derived(
                "fleet.servers",
                "Servers",
                (servers, Unit::One),
                "⌈accelerators ÷ accelerators of one server⌉",
                vec![
                    Input::made("accelerators", fleet.accelerators, Unit::One, "fleet.accelerators"),
                    Input::plain("of one server", hardware.server.accelerators.value(), Unit::One),
                ],
            )
        });
        recorder.note(|| {
            Step::derived(
                "fleet.racks",
                "Racks",
                (racks, Unit::One),
                "⌈servers ÷ servers of one rack, by height and by rated power⌉",
                vec![
                    Input::made("servers", servers, Unit::One, "fleet.servers"),
                    Input::plain("rated power of a server", hardware.server.max_w.value(), Unit::Watts),
                    Input::plain("power of a rack", scenario.facility.rack_power_w, Unit::Watts),
                    Input::plain("height of a server, units", hardware.server.rack_units.value(), Unit::One),
                ],
            )
        });
        recorder.note(|| {
            Step::derived(
                "balance.load_margin",
                "Growth of the peak before the SLO is missed",
                (load_margin, Unit::Fraction),
                "capacity of the replicas ÷ load at peak − 1",
                vec![
                    Input::plain("capacity of the replicas", fleet_capacity, Unit::RequestsPerSecond),
                    Input::plain("load at peak", load, Unit::RequestsPerSecond),
                ],
            )
        });
        recorder.note(|| {
            Step::derived(
                "balance.idle_usd_per_year",
                "Paid in a year for capacity that is idle at peak",
                (idle_usd_per_year, Unit::Usd),
                "cost of an hour × 8,760 h × (1 − share of the fleet, spares included, that the peak uses)",
                vec![
                    Input::made("cost of an hour", cost.chosen.usd_per_hour, Unit::Usd, "cost.usd_per_hour"),
                    Input::plain("share used", used, Unit::Fraction),
                ],
            )
        });
        Ok(Sizing {
            layout: Layout {
                tp: replica.degrees.tp,
                pp: replica.degrees.pp,
                ep: replica.degrees.ep,
                attention_dp: replica.degrees.attention_dp,
                weights: replica.weights,
                kv_cache: replica.kv_cache,
                replicas: fleet.replicas as u32,
                spare_replicas: fleet.spare_replicas as u32,
                accelerators: fleet.accelerators as u32,
                billed_accelerators: billed as u32,
                servers: servers as u32,
                rack_scale: fleet::is_rack_scale(hardware.server),
                racks: racks as u32,
            },
            operating_point: OperatingPoint {
                concurrency: at_peak.concurrency,
                requests_per_s: load,
                output_tokens_per_s,
                utilization,
                ttft_s,
                tpot_s,
            },
            memory,
            balance: Balance { capacity_requests_per_s: fleet_capacity, load_margin, idle_usd_per_year },
            power,
            cost,
            limit: if fleet.replicas == 1.0 && utilization < 0.5 * (1.0 - scenario.fleet.headroom) {
                super::Limit::Granularity
            } else {
                capacity.limit
            },
        })
    }

    fn explain_operation(
        &self,
        server: &Server<'_>,
        state: &State,
        ttft_s: f64,
        tpot_s: f64,
        recorder: &mut impl Recorder,
    ) {
        let calibrated = if server.replica.calibrated { Trust::Calibrated } else { Trust::Assumed };
        let percentile = self.scenario.slo.percentile;
        recorder.note(|| Step {
            key: "operating_point.ttft_s",
            label: "Time to first token at peak",
            value: ttft_s,
            unit: Unit::Seconds,
            formula: "request overhead + rest of the step under way + own prompt + wait for the prompts before it, at the percentile",
            terms: vec![
                Input { label: "percentile", value: percentile, unit: Unit::Percentile, from: None },
                Input {
                    label: "request overhead",
                    value: server.replica.request_overhead_s,
                    unit: Unit::Seconds,
                    from: None,
                },
                Input { label: "step under way", value: state.step.total_s(), unit: Unit::Seconds, from: None },
                Input { label: "own prompt", value: state.prefill.latency_s, unit: Unit::Seconds, from: None },
                Input {
                    label: "utilisation of the queue of prompts",
                    value: state.prefill_utilization(),
                    unit: Unit::Fraction,
                    from: None,
                },
            ],
            sources: vec!["Asmussen 2003, ch. XIII; Allen and Cunneen 1990".to_owned()],
            trust: calibrated,
        });
        recorder.note(|| Step {
            key: "operating_point.tpot_s",
            label: "Time per output token at peak",
            value: tpot_s,
            unit: Unit::Seconds,
            formula: "decode step at the percentile of sequences in flight + share of its steps that other prompts take",
            terms: vec![
                Input { label: "percentile", value: percentile, unit: Unit::Percentile, from: None },
                Input { label: "sequences in flight", value: state.concurrency, unit: Unit::One, from: None },
                Input { label: "mean decode step", value: state.step.total_s(), unit: Unit::Seconds, from: None },
                Input {
                    label: "time a prompt adds",
                    value: state.prefill.added_s,
                    unit: Unit::Seconds,
                    from: None,
                },
            ],
            sources: vec!["Little 1961".to_owned()],
            trust: calibrated,
        });
    }

    fn explain_capacity(&self, server: &Server<'_>, capacity: &Capacity, recorder: &mut impl Recorder) {
        let State { concurrency, requests_per_s, step, prefill } = capacity.state;
        let calibrated = if server.replica.calibrated { Trust::Calibrated } else { Trust::Assumed };
        recorder.note(|| Step {
            key: "serving.decode_step",
            label: "One decode step at that load",
            value: step.total_s(),
            unit: Unit::Seconds,
            formula: "Σ over operations of max(arithmetic, memory traffic) + collectives + fixed costs",
            terms: vec![
                Input { label: "sequences", value: concurrency, unit: Unit::One, from: None },
                Input { label: "bound by memory", value: step.memory_s, unit: Unit::Seconds, from: None },
                Input {
                    label: "bound by arithmetic",
                    value: step.compute_s,
                    unit: Unit::Seconds,
                    from: None,
                },
                Input { label: "collectives", value: step.communication_s, unit: Unit::Seconds, from: None },
                Input { label: "fixed costs", value: step.overhead_s, unit: Unit::Seconds, from: None },
            ],
            sources: vec!["Williams et al. 2009 (roofline)".to_owned(), "op-ratios".to_owned()],
            trust: calibrated,
        });
        recorder.note(|| Step {
            key: "serving.prefill",
            label: "Reading one prompt",
            value: prefill.latency_s,
            unit: Unit::Seconds,
            formula: "chunks of the prompt, each a step shared with the decoding sequences",
            terms: vec![
                Input {
                    label: "tokens not in the prefix cache",
                    value: self.demand.input_tokens - self.demand.cached_tokens,
                    unit: Unit::Tokens,
                    from: None,
                },
                Input {
                    label: "tokens of one step at most",
                    value: server.replica.step_tokens,
                    unit: Unit::Tokens,
                    from: None,
                },
            ],
            sources: vec!["Agrawal et al. 2024 (Sarathi-Serve), arXiv 2403.02310".to_owned()],
            trust: calibrated,
        });
        recorder.note(|| Step {
            key: "serving.capacity",
            label: "Largest load of one replica within the SLO",
            value: requests_per_s,
            unit: Unit::RequestsPerSecond,
            formula: "sequences ÷ (output × decode step + sequences × time a prompt adds), at the concurrency where the first limit is met",
            terms: vec![
                Input { label: "sequences in flight", value: concurrency, unit: Unit::One, from: None },
                Input {
                    label: "decode step",
                    value: step.total_s(),
                    unit: Unit::Seconds,
                    from: Some("serving.decode_step"),
                },
                Input {
                    label: "time a prompt adds",
                    value: prefill.added_s,
                    unit: Unit::Seconds,
                    from: Some("serving.prefill"),
                },
                Input {
                    label: "TTFT limit",
                    value: self.demand.ttft_slo_s,
                    unit: Unit::Seconds,
                    from: None,
                },
                Input {
                    label: "TPOT limit",
                    value: self.demand.tpot_slo_s,
                    unit: Unit::Seconds,
                    from: None,
                },
            ],
            sources: vec!["Little 1961; Asmussen 2003, ch. XIII; Allen and Cunneen 1990".to_owned()],
            trust: calibrated,
        });
    }
}

impl Candidacy {
    fn fleet_capacity(&self, fleet: &Fleet) -> f64 {
        self.capacity.state.requests_per_s * fleet.replicas
    }
}

/// Whether `stack` runs on `accelerator`.
pub fn runs(stack: &Stack, accelerator: &Accelerator) -> bool {
    stack.vendors.contains(&accelerator.vendor) && !stack.except.contains(&accelerator.id)
}

/// The nearest misses of a search, for the reason of a rejection.
#[derive(Default)]
struct Failures {
    /// Accelerators, bytes needed and bytes there, of the layout that came closest to fitting.
    memory: Option<(u32, f64, f64)>,
    /// Least TPOT with its TTFT, and least TTFT with its TPOT, seconds.
    tpot: Option<(f64, f64)>,
    ttft: Option<(f64, f64)>,
}

impl Failures {
    fn note(&mut self, degrees: Degrees, room: &Room, full_tokens: f64, unable: Unable) {
        match unable {
            Unable::Memory => {
                let needed = room.least_bytes(full_tokens);
                if self.memory.is_none_or(|(_, least, _)| needed < least) {
                    self.memory = Some((degrees.accelerators(), needed, room.capacity_bytes));
                }
            }
            Unable::Slow { tpot_s, ttft_s } => {
                if self.tpot.is_none_or(|(least, _)| tpot_s < least) {
                    self.tpot = Some((tpot_s, ttft_s));
                }
                if self.ttft.is_none_or(|(least, _)| ttft_s < least) {
                    self.ttft = Some((ttft_s, tpot_s));
                }
            }
        }
    }

    fn rejection(&self, demand: &Demand) -> Rejection {
        match (self.tpot, self.ttft) {
            (Some((fastest_s, _)), _) if fastest_s > demand.tpot_slo_s => {
                Rejection::TimePerOutputToken { fastest_s, slo_s: demand.tpot_slo_s }
            }
            (_, Some((fastest_s, _))) if fastest_s > demand.ttft_slo_s => {
                Rejection::TimeToFirstToken { fastest_s, slo_s: demand.ttft_slo_s }
            }
            (Some((tpot_s, _)), Some((ttft_s, _))) => Rejection::BothLimits { tpot_s, ttft_s },
            _ => {
                let (accelerators, needed_bytes, capacity_bytes) = self.memory.unwrap_or((0, 0.0, 0.0));
                Rejection::Memory { accelerators, needed_bytes, capacity_bytes }
            }
        }
    }
}
