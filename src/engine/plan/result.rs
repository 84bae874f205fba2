//! The result: one candidate per accelerator, ranked. Screen, command line and documents show this and
//! nothing else.

use crate::catalog::{Cooling, Evidence, FabricKind, NumberFormat, Support, Term};
use crate::scenario::Hours;

/// Everything the engine says about one scenario.
#[derive(Clone, Debug, PartialEq)]
pub struct Plan {
    /// Feasible ones first, cheapest first; then the rejected ones in catalog order.
    pub candidates: Vec<Candidate>,
    /// Term by which they are ranked.
    pub term: Term,
}

impl Plan {
    /// The cheapest feasible candidate with its sizing.
    pub fn best(&self) -> Option<(&Candidate, &Sizing)> {
        self.candidates.first().and_then(|c| c.sizing().map(|s| (c, s)))
    }

    /// The candidate of accelerator `id`.
    pub fn candidate(&self, id: &str) -> Option<&Candidate> {
        self.candidates.iter().find(|c| c.accelerator == id)
    }
}

/// One accelerator's answer.
#[derive(Clone, Debug, PartialEq)]
pub struct Candidate {
    /// Catalog id.
    pub accelerator: String,
    /// Short name for tables and plots.
    pub name: String,
    /// 1 for the cheapest; rejected ones follow the feasible ones.
    pub rank: usize,
    /// Its fleet, or why there is none.
    pub outcome: Outcome,
}

/// Sized, or why not.
#[derive(Clone, Debug, PartialEq)]
pub enum Outcome {
    /// A fleet that meets the SLO.
    Sized(Box<Sizing>),
    /// There is none, and why.
    Rejected(Rejection),
}

impl Candidate {
    /// The sizing, when it is feasible.
    pub fn sizing(&self) -> Option<&Sizing> {
        match &self.outcome {
            Outcome::Sized(sizing) => Some(sizing),
            Outcome::Rejected(_) => None,
        }
    }

    /// Why it is not feasible.
    pub fn rejection(&self) -> Option<&Rejection> {
        match &self.outcome {
            Outcome::Sized(_) => None,
            Outcome::Rejected(rejection) => Some(rejection),
        }
    }

    /// Whether it meets the scenario.
    pub fn feasible(&self) -> bool {
        self.sizing().is_some()
    }
}

/// A fleet of one accelerator that meets the scenario.
#[derive(Clone, Debug, PartialEq)]
pub struct Sizing {
    /// How the model is laid out.
    pub layout: Layout,
    /// How one replica runs at the peak.
    pub operating_point: OperatingPoint,
    /// Memory of the fullest accelerator.
    pub memory: Memory,
    /// How near the fleet is to too small and too large.
    pub balance: Balance,
    /// How likely enough replicas run.
    pub availability: Availability,
    /// Power and what follows from it.
    pub power: Power,
    /// Links and switches.
    pub network: Network,
    /// Racks, cooling and circuits.
    pub hall: Hall,
    /// What it costs.
    pub cost: Cost,
    /// What would break first under more load.
    pub limit: Limit,
}

/// How the model is spread over accelerators, and how many replicas there are.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Layout {
    /// Tensor-parallel degree.
    pub tp: u32,
    /// Pipeline stages.
    pub pp: u32,
    /// Expert-parallel degree; divides `tp * attention_dp`.
    pub ep: u32,
    /// Copies of attention that share one set of experts.
    pub attention_dp: u32,
    /// Number format of the weights.
    pub weights: NumberFormat,
    /// Number format of the KV cache.
    pub kv_cache: NumberFormat,
    /// Replicas that the peak load and the headroom need.
    pub replicas: u32,
    /// Replicas beyond those.
    pub spare_replicas: u32,
    /// `tp * pp * attention_dp * (replicas + spare_replicas)`.
    pub accelerators: u32,
    /// Accelerators that are paid for: whole rental units or whole servers.
    pub billed_accelerators: u32,
    /// Servers of the fleet.
    pub servers: u32,
    /// Whether a server is a whole rack (NVL72).
    pub rack_scale: bool,
    /// Racks of the fleet.
    pub racks: u32,
}

impl Layout {
    /// Accelerators of one replica.
    pub fn accelerators_per_replica(&self) -> u32 {
        self.tp * self.pp * self.attention_dp
    }
}

/// Percentiles of a latency, seconds.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Percentiles {
    /// Median.
    pub p50: f64,
    /// 95th percentile.
    pub p95: f64,
    /// 99th percentile.
    pub p99: f64,
    /// At the percentile of the SLO.
    pub at_slo: f64,
    /// The band around that which should hold nine measured values in ten.
    pub at_slo_low: f64,
    /// Upper end of its band.
    pub at_slo_high: f64,
}

/// The fleet at the peak load, spares aside.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct OperatingPoint {
    /// Sequences in flight in one replica, mean.
    pub concurrency: f64,
    /// Of the whole fleet.
    pub requests_per_s: f64,
    /// Of the whole fleet.
    pub output_tokens_per_s: f64,
    /// Load over the largest load at which the SLO holds, 0–1.
    pub utilization: f64,
    /// Time to first token, seconds.
    pub ttft_s: Percentiles,
    /// Time per output token, seconds.
    pub tpot_s: Percentiles,
    /// What stands behind the two.
    pub evidence: Evidence,
}

/// Memory of the fullest accelerator, bytes, and what the replica can hold.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Memory {
    /// Whether weights, runtime and one sequence fit.
    pub fits: bool,
    /// Weights, bytes.
    pub weights_bytes: f64,
    /// KV cache in use at the operating point.
    pub kv_cache_bytes: f64,
    /// Activations of the largest step, bytes.
    pub activation_bytes: f64,
    /// Runtime, graphs, collectives.
    pub reserve_bytes: f64,
    /// Sum of the four.
    pub memory_bytes: f64,
    /// What the accelerator has.
    pub capacity_bytes: f64,
    /// One token at this context, whole model.
    pub kv_bytes_per_token: f64,
    /// Whole replica.
    pub kv_capacity_tokens: f64,
    /// Sequences of full length that fit in one replica.
    pub max_concurrency: f64,
}

/// How far the fleet is from its two failures.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Balance {
    /// Largest load at which the SLO holds without the spares, requests/s.
    pub capacity_requests_per_s: f64,
    /// The band around that: as wide as that of the time per output token.
    pub capacity_low_requests_per_s: f64,
    /// The upper end of its band.
    pub capacity_high_requests_per_s: f64,
    /// Starving: growth of the peak, as a share of it, after which the SLO is missed.
    pub load_margin: f64,
    /// Over-provisioning: the share of the yearly cost, US dollars, that pays for capacity idle at peak, spares included.
    pub idle_usd_per_year: f64,
}

/// How much of the time enough replicas are up, shares.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Availability {
    /// One replica down.
    pub replica_down: f64,
    /// All replicas that the peak needs are up, were there no spares.
    pub without_spares: f64,
    /// With the spares of the plan.
    pub achieved: f64,
    /// With one spare more.
    pub with_one_more: f64,
    /// What another spare replica would cost on the chosen term.
    pub usd_per_month_of_one_more: f64,
}

/// Power at peak and what a year of the average load takes.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Power {
    /// One accelerator at the peak load, watts, spares averaged in.
    pub accelerator_w_each: f64,
    /// All accelerators at the peak load, watts.
    pub accelerator_w: f64,
    /// All servers with their accelerators, watts.
    pub server_w: f64,
    /// Scale-out network, watts.
    pub network_w: f64,
    /// Shared storage, watts.
    pub storage_w: f64,
    /// Servers, network and storage, watts.
    pub it_w: f64,
    /// `it_w` times PUE, watts.
    pub facility_w: f64,
    /// What the hall's cooling must remove: all IT power, watts.
    pub heat_w: f64,
    /// A year at the average load, cooling and losses included, kWh.
    pub energy_kwh_per_year: f64,
    /// Of that energy, by the grid's mix where the hall stands.
    pub co2_kg_per_year: f64,
    /// Of making the hardware, over its life.
    pub embodied_co2_kg_per_year: f64,
    /// On site and at the power plants, litres.
    pub water_l_per_year: f64,
    /// Facility energy of one output token at peak, joules.
    pub joules_per_output_token: f64,
}

/// The scale-out network, counts of which are whole numbers.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Network {
    /// Technology among the accelerators of different servers; `None`: there is no such network.
    pub back_end: Option<FabricKind>,
    /// Bandwidth down from a leaf switch over bandwidth up.
    pub oversubscription: f64,
    /// Cards of the back end.
    pub nics: f64,
    /// Switches that servers are connected to.
    pub leaf_switches: f64,
    /// Switches that connect leaves.
    pub spine_switches: f64,
    /// Switches that connect spines.
    pub core_switches: f64,
    /// Height of all these switches, rack units.
    pub switch_rack_units: f64,
    /// Ports of the servers to storage and clients.
    pub front_end_ports: f64,
    /// Of both.
    pub cables: f64,
    /// Transceivers at both ends of links.
    pub transceivers: f64,
    /// Switches and transceivers, watts; it does not follow the load.
    pub power_w: f64,
    /// Switches, transceivers and cables; cards come with the servers.
    pub price_usd: f64,
    /// The cache of one prompt over the cards of a replica, seconds: what a pool of its own for prefill would add.
    pub kv_transfer_s: f64,
    /// A gradient of every parameter summed over the servers, seconds: were the fleet to train the model.
    pub all_reduce_s: f64,
    /// Bandwidth of an accelerator inside its scale-up domain over that of its card.
    pub scale_up_over_out: f64,
}

/// What keeps more servers out of a rack.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bound {
    /// Rack units.
    Height,
    /// Power of a rack.
    Power,
    /// It is a rack of its own.
    Own,
}

/// Racks, circuits and cooling at peak.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Hall {
    /// Servers of a full rack.
    pub servers_per_rack: f64,
    /// What fills a rack first.
    pub bound: Bound,
    /// Racks of switches, beside those of servers.
    pub network_racks: f64,
    /// Rated power of the fullest rack, watts.
    pub rack_w: f64,
    /// Whether that is within what a rack of the hall can feed and cool.
    pub within_rack_power: bool,
    /// Height used in the fullest rack, units of 44.45 mm.
    pub rack_units: f64,
    /// How heat leaves the servers.
    pub cooling: Cooling,
    /// Facility power over IT power.
    pub pue: f64,
    /// The two add up to the IT power, watts.
    pub air_heat_w: f64,
    /// Heat that leaves by liquid, watts.
    pub liquid_heat_w: f64,
    /// All heat, BTU an hour.
    pub heat_btu_per_h: f64,
    /// Tons of refrigeration.
    pub cooling_tons: f64,
    /// Through the servers, m³/s, at a rise of 11.1 K.
    pub air_m3_per_s: f64,
    /// Through the cold plates, L/s, at a rise of 10 K.
    pub coolant_l_per_s: f64,
    /// Current of the fullest rack in each phase, amperes.
    pub rack_a: f64,
    /// Size of the breaker, amperes.
    pub breaker_a: f64,
    /// With those of the redundant feeds.
    pub circuits_per_rack: f64,
    /// Circuits of all racks.
    pub circuits: f64,
}

/// What one way of paying costs.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct TermCost {
    /// US dollars an hour.
    pub usd_per_hour: f64,
    /// 730 hours.
    pub usd_per_month: f64,
    /// Input and output together, at the average load.
    pub usd_per_million_tokens: f64,
    /// US dollars for a million output tokens.
    pub usd_per_million_output_tokens: f64,
}

/// The cheapest mix of ways to rent over a day. Accelerators are whole rental units; means are over the 24 hours.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Mix {
    /// `None`: nothing is worth reserving.
    pub reserved_term: Option<Term>,
    /// Accelerators reserved.
    pub reserved: f64,
    /// Accelerators on demand at the peak.
    pub on_demand_at_peak: f64,
    /// Accelerators on demand, mean over the day.
    pub on_demand_mean: f64,
    /// Accelerators on the spot market, mean over the day.
    pub spot_mean: f64,
    /// US dollars an hour.
    pub usd_per_hour: f64,
    /// US dollars a month.
    pub usd_per_month: f64,
    /// Accelerators needed in each hour that may not be interrupted, and those that may.
    pub steady: Hours,
    /// The same of those that may be interrupted.
    pub spot: Hours,
}

/// Building instead of renting.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Buy {
    /// What is paid at once: the sum of its parts.
    pub capex_usd: f64,
    /// Servers, US dollars.
    pub servers_usd: f64,
    /// Network, US dollars.
    pub network_usd: f64,
    /// Storage, US dollars.
    pub storage_usd: f64,
    /// Racking, cabling and burn-in.
    pub deployment_usd: f64,
    /// Building, power and cooling of an own hall.
    pub hall_usd: f64,
    /// What is paid every year: the sum of its parts.
    pub opex_usd_per_year: f64,
    /// Energy, US dollars a year.
    pub energy_usd_per_year: f64,
    /// Colocation, or the upkeep of an own hall.
    pub space_usd_per_year: f64,
    /// Maintenance, US dollars a year.
    pub maintenance_usd_per_year: f64,
    /// Staff, US dollars a year.
    pub staff_usd_per_year: f64,
    /// Software, US dollars a year.
    pub software_usd_per_year: f64,
    /// Worth at the end of the horizon, servers and hall.
    pub residual_usd: f64,
    /// Everything over the horizon, replacements included and the residual value taken off, in today's dollars.
    pub present_cost_usd: f64,
    /// Months after which buying has cost less than renting on the chosen term
    /// (on demand when the chosen term is to buy); `None`: never within the horizon.
    pub breakeven_months: Option<f64>,
}

/// Every way of paying, side by side.
#[derive(Clone, Debug, PartialEq)]
pub struct Cost {
    /// The chosen term's.
    pub chosen: TermCost,
    /// In the order of [`Term::ALL`]; `None`: not offered.
    pub terms: [Option<TermCost>; 5],
    /// `None`: not for sale.
    pub buy: Option<Buy>,
    /// `None`: rented neither reserved nor on demand.
    pub mix: Option<Mix>,
    /// What stands behind the price of the chosen term.
    pub support: Support,
}

impl Cost {
    /// What `term` costs; `None`: not offered.
    pub fn term(&self, term: Term) -> Option<&TermCost> {
        Term::ALL.iter().position(|t| *t == term).and_then(|i| self.terms[i].as_ref())
    }
}

/// What bounds the load of a replica.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Limit {
    /// The limit on the time per output token.
    TimePerOutputToken,
    /// The limit on the time to first token.
    TimeToFirstToken,
    /// Memory for the KV cache.
    KvMemory,
    /// The stack's own limit of sequences.
    Sequences,
    /// The arithmetic: prompts arrive as fast as they can be read.
    Prefill,
    /// One replica carries the load with room to spare: its size is the smallest there is.
    Granularity,
}

impl Limit {
    /// Short words for the table.
    pub fn label(self) -> &'static str {
        match self {
            Self::TimePerOutputToken => "TPOT",
            Self::TimeToFirstToken => "TTFT",
            Self::KvMemory => "KV memory",
            Self::Sequences => "Sequences",
            Self::Prefill => "Prefill",
            Self::Granularity => "Granularity",
        }
    }

    /// Words for a sentence: "limited by …".
    pub fn words(self) -> &'static str {
        match self {
            Self::TimePerOutputToken => "time per output token",
            Self::TimeToFirstToken => "time to first token",
            Self::KvMemory => "KV memory",
            Self::Sequences => "the stack's limit of sequences",
            Self::Prefill => "the speed of prefill",
            Self::Granularity => "the size of the smallest replica",
        }
    }
}

/// Why an accelerator cannot do it.
#[derive(Clone, Debug, PartialEq)]
pub enum Rejection {
    /// The stack does not run there; names of those that do.
    Stack {
        /// The stack that was asked for.
        stack: String,
        /// Stacks that do run there.
        runs: Vec<String>,
    },
    /// Prompt and answer are longer than the model's context.
    Context {
        /// What requests come to, tokens.
        needed_tokens: f64,
        /// What the model holds, tokens.
        model_tokens: f64,
    },
    /// No layout holds the weights and one sequence. Bytes per accelerator of the best try.
    Memory {
        /// Accelerators of that layout.
        accelerators: u32,
        /// What one accelerator would have to hold.
        needed_bytes: f64,
        /// What it has.
        capacity_bytes: f64,
    },
    /// Even one sequence is slower than the SLO: the fastest layout's TPOT, seconds.
    TimePerOutputToken {
        /// The shortest that any layout reaches, seconds.
        fastest_s: f64,
        /// The limit, seconds.
        slo_s: f64,
    },
    /// Even an idle replica is slower than the SLO: the fastest layout's TTFT, seconds.
    TimeToFirstToken {
        /// The shortest that any layout reaches, seconds.
        fastest_s: f64,
        /// The limit, seconds.
        slo_s: f64,
    },
    /// The layouts that meet one limit miss the other.
    BothLimits {
        /// The shortest time per output token, seconds.
        tpot_s: f64,
        /// The shortest time to first token, seconds.
        ttft_s: f64,
    },
    /// The chosen term is not offered.
    Price {
        /// The term without a price.
        term: Term,
    },
    /// The fleet takes more power than there is. What the power carries of the load asked for, requests per second.
    PowerCap {
        /// What the fleet would draw, watts.
        needed_w: f64,
        /// What there is, watts.
        cap_w: f64,
        /// Requests a second that it carries.
        carried: f64,
        /// Requests a second that are asked for.
        asked: f64,
    },
    /// More accelerators than a plan can mean.
    TooMany {
        /// Accelerators that it would take.
        accelerators: f64,
    },
}
