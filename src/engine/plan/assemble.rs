//! Everything about the chosen fleet of one accelerator: its figures, and the steps that made them.

use crate::catalog::Term;
use crate::engine::explain::{Recorder, Step, Term as Input, Trust};
use crate::engine::fleet::availability;
use crate::engine::fleet::cost;
use crate::engine::fleet::facility as hall;
use crate::engine::fleet::mix;
use crate::engine::fleet::network as fabric;
use crate::engine::fleet::power::{Running, Site};
use crate::engine::fleet::replicas::{self as fleet, Fleet};
use crate::engine::fleet::transfers::Moving;
use crate::engine::plan::search::{Candidacy, Choice, Hardware, Question};
use crate::engine::replica::roofline::Replica;
use crate::engine::replica::serving::Server;
use crate::engine::{Balance, Cost, Layout, Limit, OperatingPoint, Rejection, Sizing};
use crate::units::Unit;

impl<'a> Question<'a> {
    /// The sizing that `choice` stands for.
    ///
    /// # Errors
    /// The chosen way of paying is not offered.
    pub(in crate::engine) fn assemble(
        &self,
        hardware: &Hardware<'a>,
        choice: &Choice,
        recorder: &mut impl Recorder,
    ) -> Result<Sizing, Rejection> {
        let Candidacy { replica, capacity, .. } = &choice.option;
        let scenario = self.scenario;
        let deployment = self.deployment(hardware, replica.degrees, (replica.weights, replica.kv_cache));
        let room = self.room(&deployment, recorder);
        let server = Server { replica, room: &room, demand: &self.demand };
        server.explain_capacity(capacity, recorder);
        let capacity_requests_per_s = capacity.state.requests_per_s;
        let each = f64::from(replica.degrees.accelerators());
        let fleet = fleet::fleet(scenario, hardware.facility, capacity_requests_per_s, each, recorder);
        let load = scenario.workload.requests_per_s;
        let per_replica = load / fleet.replicas;
        let at_peak = server.at_load(per_replica, capacity);
        let at_average = server.at_load(per_replica * scenario.workload.mean_to_peak(), capacity);
        let (ttft_s, tpot_s) = server.percentiles(&at_peak, recorder);
        let memory =
            room.memory(at_peak.concurrency, self.demand.context_tokens, self.demand.full_tokens, recorder);
        let output_tokens_per_s = load * scenario.workload.output_tokens;
        let bought = scenario.money.term == Term::Buy;
        let billed = self.billed(hardware, fleet.accelerators);
        let servers = fleet::servers(hardware.server, fleet.accelerators);
        let spans = each > hardware.accelerator.scale_up.domain.value();
        let asked = &scenario.facility;
        let wanted = fabric::Wanted {
            accelerator: hardware.accelerator,
            server: hardware.server,
            servers,
            spans,
            kind: asked.network,
            oversubscription: asked.oversubscription,
        };
        let mut network = fabric::design(self.catalog, &wanted, recorder).unwrap_or_default();
        let input_tokens = self.demand.input_tokens;
        Moving {
            accelerator: hardware.accelerator,
            accelerators: each,
            servers,
            per_server: hardware.server.accelerators.value(),
            prompt_kv_bytes: room.kv_bytes_per_token(input_tokens) * input_tokens,
            gradient_bytes: 2.0 * self.profile.parameters,
        }
        .times(&mut network, recorder);
        let pue = hall::pue(asked.pue, self.region.pue.value(), hardware.server, hardware.facility);
        let site = Site { pue, ..self.site };
        let power = Running {
            accelerator: hardware.accelerator,
            server: hardware.server,
            facility: hardware.facility,
            site: &site,
            network_w: network.power_w,
            loaded: fleet.replicas * each,
            spare: fleet.spare_replicas * each,
            unused: if bought { billed - fleet.accelerators } else { 0.0 },
            at_peak: &at_peak,
            at_average: &at_average,
            output_tokens_per_s,
        }
        .power(recorder);
        let layout = self.layout(hardware, replica, &fleet, billed, recorder);
        let hall = hall::Standing {
            server: hardware.server,
            facility: hardware.facility,
            asked,
            pue,
            region_pue: &self.region.pue,
            servers,
            racks: f64::from(layout.racks),
            switches: network.switches(),
            switch_rack_units: network.switch_rack_units,
            power: &power,
        }
        .hall(recorder);
        if let Some(cap_w) = asked.power_cap_w.filter(|cap| power.facility_w > *cap) {
            return Err(self.over_the_cap(&fleet, power.facility_w, cap_w));
        }
        let cost = cost::Bill {
            scenario,
            price: hardware.price,
            server: hardware.server,
            facility: hardware.facility,
            site: &site,
            rented_accelerators: fleet::billed(fleet.accelerators, f64::from(hardware.price.rental_unit)),
            servers: f64::from(layout.servers),
            power: &power,
            network: &network,
            mix: mix::Wanted {
                scenario,
                price: hardware.price,
                hours: &self.hours,
                fleet: &fleet,
                accelerators_per_replica: each,
            },
            listed: hardware.listed,
        }
        .cost(recorder)
        .ok_or(Rejection::Price { term: scenario.money.term })?;
        let operating_point = OperatingPoint {
            concurrency: at_peak.concurrency,
            requests_per_s: load,
            output_tokens_per_s,
            utilization: load / (capacity_requests_per_s * fleet.replicas),
            ttft_s,
            tpot_s,
            evidence: hardware.reliance.evidence,
        };
        self.explain_point(&operating_point, capacity_requests_per_s, &fleet, recorder);
        let availability = availability::availability(
            scenario,
            hardware.facility,
            &fleet,
            each,
            cost.chosen.usd_per_hour / billed,
            recorder,
        );
        let balance =
            self.balance(&operating_point, capacity_requests_per_s, &fleet, (&cost, hardware), recorder);
        let alone = fleet.replicas == 1.0;
        let granular = alone && operating_point.utilization < 0.5 * (1.0 - scenario.fleet.headroom);
        let limit = if granular { Limit::Granularity } else { capacity.limit };
        Ok(Sizing {
            layout,
            operating_point,
            memory,
            balance,
            availability,
            power,
            network,
            hall,
            cost,
            limit,
        })
    }

    /// What `cap_w` carries of a fleet that takes `needed_w`: whole replicas, spares first, each of which draws alike.
    fn over_the_cap(&self, fleet: &Fleet, needed_w: f64, cap_w: f64) -> Rejection {
        let powered = ((fleet.replicas + fleet.spare_replicas) * cap_w / needed_w).floor();
        let usable = fleet.capacity_requests_per_s * (1.0 - self.scenario.fleet.headroom);
        let asked = self.scenario.workload.requests_per_s;
        let carried = ((powered - fleet.spare_replicas).max(0.0) * usable).min(asked);
        Rejection::PowerCap { needed_w, cap_w, carried, asked }
    }

    /// Counts, and how they came about.
    fn layout(
        &self,
        hardware: &Hardware<'a>,
        replica: &Replica,
        fleet: &Fleet,
        billed: f64,
        recorder: &mut impl Recorder,
    ) -> Layout {
        let server = hardware.server;
        let rack_power_w = self.scenario.facility.rack_power_w;
        let servers = fleet::servers(server, fleet.accelerators);
        let racks = hall::racks(server, servers, rack_power_w);
        let degrees = replica.degrees;
        for (key, label, degree) in [
            ("layout.tp", "Tensor-parallel degree", degrees.tp),
            ("layout.pp", "Pipeline stages", degrees.pp),
            ("layout.ep", "Expert-parallel degree", degrees.ep),
            ("layout.attention_dp", "Copies of attention", degrees.attention_dp),
        ] {
            recorder.note(|| {
                Step::derived(
                    key,
                    label,
                    (f64::from(degree), Unit::One),
                    "of all layouts and formats that hold the SLO: the one with the fewest accelerators to pay for; of equal ones, the one that carries most",
                    vec![
                        Input::made("accelerators paid for", billed, Unit::One, "layout.billed_accelerators"),
                        Input::made(
                            "capacity of one replica",
                            fleet.capacity_requests_per_s,
                            Unit::RequestsPerSecond,
                            "serving.capacity",
                        ),
                    ],
                )
            });
        }
        recorder.note(|| {
            Step::derived(
                "layout.billed_accelerators",
                "Accelerators paid for",
                (billed, Unit::One),
                if self.scenario.money.term == Term::Buy {
                    "accelerators, in whole servers"
                } else {
                    "accelerators, in whole rental units"
                },
                vec![
                    Input::made("accelerators", fleet.accelerators, Unit::One, "layout.accelerators"),
                    Input::plain("in a server", server.accelerators.value(), Unit::One),
                    Input::plain("in a rental unit", f64::from(hardware.price.rental_unit), Unit::One),
                ],
            )
        });
        recorder.note(|| {
            Step::derived(
                "layout.servers",
                "Servers",
                (servers, Unit::One),
                "⌈accelerators ÷ accelerators of one server⌉",
                vec![
                    Input::made("accelerators", fleet.accelerators, Unit::One, "layout.accelerators"),
                    Input::plain("of one server", server.accelerators.value(), Unit::One),
                ],
            )
            .resting_on(Trust::Derived, [server.accelerators.source()])
        });
        recorder.note(|| {
            Step::derived(
                "layout.racks",
                "Racks",
                (racks, Unit::One),
                "⌈servers ÷ servers of one rack, by height and by rated power⌉",
                vec![
                    Input::made("servers", servers, Unit::One, "layout.servers"),
                    Input::plain("rated power of a server", server.max_w.value(), Unit::Watts),
                    Input::plain("power of a rack", rack_power_w, Unit::Watts),
                    Input::plain("height of a server, units", server.rack_units.value(), Unit::One),
                ],
            )
            .resting_on(Trust::of(server.max_w.basis()), [server.max_w.source(), server.rack_units.source()])
        });
        Layout {
            tp: degrees.tp,
            pp: degrees.pp,
            ep: degrees.ep,
            attention_dp: degrees.attention_dp,
            weights: replica.weights,
            kv_cache: replica.kv_cache,
            replicas: fleet.replicas as u32,
            spare_replicas: fleet.spare_replicas as u32,
            accelerators: fleet.accelerators as u32,
            billed_accelerators: billed as u32,
            servers: servers as u32,
            rack_scale: hall::is_rack_scale(server),
            racks: racks as u32,
        }
    }

    fn explain_point(
        &self,
        point: &OperatingPoint,
        capacity_requests_per_s: f64,
        fleet: &Fleet,
        recorder: &mut impl Recorder,
    ) {
        let load = || {
            Input::made(
                "load at peak",
                point.requests_per_s,
                Unit::RequestsPerSecond,
                "operating_point.requests_per_s",
            )
        };
        recorder.note(|| {
            Step::derived(
                "operating_point.requests_per_s",
                "Load at peak",
                (point.requests_per_s, Unit::RequestsPerSecond),
                "as asked",
                Vec::new(),
            )
            .resting_on(Trust::Given, [""; 0])
        });
        recorder.note(|| {
            Step::derived(
                "operating_point.output_tokens_per_s",
                "Output of the fleet at peak",
                (point.output_tokens_per_s, Unit::TokensPerSecond),
                "load at peak × output of a request",
                vec![
                    load(),
                    Input::plain("output of a request", self.scenario.workload.output_tokens, Unit::Tokens),
                ],
            )
        });
        recorder.note(|| {
            Step::derived(
                "operating_point.concurrency",
                "Sequences in flight in one replica at peak",
                (point.concurrency, Unit::One),
                "the number at which the replica answers its share of the load: load = sequences ÷ (output × decode step + sequences × time a prompt adds)",
                vec![
                    load(),
                    Input::made("replicas", fleet.replicas, Unit::One, "layout.replicas"),
                    Input::plain(
                        "output of a request",
                        self.scenario.workload.output_tokens,
                        Unit::Tokens,
                    ),
                ],
            )
            .resting_on(Trust::Derived, ["Little 1961"])
        });
        recorder.note(|| {
            Step::derived(
                "operating_point.utilization",
                "Share of what holds the SLO that the peak uses",
                (point.utilization, Unit::Fraction),
                "load at peak ÷ (replicas × capacity of one replica), spares aside",
                vec![
                    load(),
                    Input::made("replicas", fleet.replicas, Unit::One, "layout.replicas"),
                    Input::made(
                        "capacity of one replica",
                        capacity_requests_per_s,
                        Unit::RequestsPerSecond,
                        "serving.capacity",
                    ),
                ],
            )
        });
    }

    /// How far the fleet is from its two failures.
    fn balance(
        &self,
        point: &OperatingPoint,
        capacity_each: f64,
        fleet: &Fleet,
        (cost, hardware): (&Cost, &Hardware<'_>),
        recorder: &mut impl Recorder,
    ) -> Balance {
        let factor = hardware.reliance.tpot_factor;
        let capacity_requests_per_s = capacity_each * fleet.replicas;
        let load_margin = capacity_requests_per_s / point.requests_per_s - 1.0;
        let used = point.utilization * fleet.replicas / (fleet.replicas + fleet.spare_replicas);
        let idle_usd_per_year = cost.chosen.usd_per_hour * fleet::HOURS_PER_YEAR * (1.0 - used);
        recorder.note(|| {
            Step::derived(
                "balance.capacity_requests_per_s",
                "Largest load of the replicas within the SLO, spares aside",
                (capacity_requests_per_s, Unit::RequestsPerSecond),
                "replicas × capacity of one replica",
                vec![
                    Input::made("replicas", fleet.replicas, Unit::One, "layout.replicas"),
                    Input::made(
                        "capacity of one replica",
                        capacity_each,
                        Unit::RequestsPerSecond,
                        "serving.capacity",
                    ),
                ],
            )
        });
        for (key, label, value) in [
            (
                "balance.capacity_low_requests_per_s",
                "Lower end of its band",
                capacity_requests_per_s / factor,
            ),
            (
                "balance.capacity_high_requests_per_s",
                "Upper end of its band",
                capacity_requests_per_s * factor,
            ),
        ] {
            recorder.note(|| {
                Step::derived(
                    key,
                    label,
                    (value, Unit::RequestsPerSecond),
                    "the load divided or multiplied by the factor of the time per output token",
                    vec![
                        Input::made(
                            "capacity of the replicas",
                            capacity_requests_per_s,
                            Unit::RequestsPerSecond,
                            "balance.capacity_requests_per_s",
                        ),
                        Input::plain("factor", factor, Unit::One),
                    ],
                )
                .resting_on(Trust::Derived, [hardware.reliance.evidence.words(), "measured-latency"])
            });
        }
        recorder.note(|| {
            Step::derived(
                "balance.load_margin",
                "Growth of the peak before the SLO is missed",
                (load_margin, Unit::Fraction),
                "capacity of the replicas ÷ load at peak − 1",
                vec![
                    Input::made(
                        "capacity of the replicas",
                        capacity_requests_per_s,
                        Unit::RequestsPerSecond,
                        "balance.capacity_requests_per_s",
                    ),
                    Input::made(
                        "load at peak",
                        point.requests_per_s,
                        Unit::RequestsPerSecond,
                        "operating_point.requests_per_s",
                    ),
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
        Balance {
            capacity_requests_per_s,
            capacity_low_requests_per_s: capacity_requests_per_s / factor,
            capacity_high_requests_per_s: capacity_requests_per_s * factor,
            load_margin,
            idle_usd_per_year,
        }
    }
}
