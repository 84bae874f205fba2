//! The scenario as plain data. Ranges, labels and help are in [`super::inputs`].

use super::day::DayShape;
use super::quotes::OwnQuote;
use crate::catalog::{Day, FabricKind, NumberFormat, OfferClass, Term};

/// Id of the currency of all prices.
pub const DOLLAR: &str = "usd";

/// Everything that a user asks for.
#[derive(Clone, Debug, PartialEq)]
pub struct Scenario {
    /// Title shown in the window and on documents.
    pub name: String,
    /// What the preset is about, one or two sentences.
    pub story: String,
    /// The model and its load.
    pub workload: Workload,
    /// Service levels.
    pub slo: Slo,
    /// Stack, formats and layout.
    pub platform: Platform,
    /// Spares and headroom.
    pub fleet: Fleet,
    /// Location, power and network.
    pub facility: FacilityChoice,
    /// How it is paid for.
    pub money: Money,
}

/// The model and its load.
#[derive(Clone, Debug, PartialEq)]
pub struct Workload {
    /// Id of a catalog model, path of a Hugging Face `config.json`, or a parameter count such as `34B`.
    pub model: String,
    /// Mean prompt length, tokens.
    pub input_tokens: f64,
    /// Mean answer length, tokens.
    pub output_tokens: f64,
    /// Peak load, requests per second.
    pub requests_per_s: f64,
    /// Mean load over the year as a share of the peak, 0–1.
    pub average_to_peak: f64,
    /// Load through a day.
    pub day: DayShape,
    /// Growth of the load per month, as a share of it.
    pub growth_per_month: f64,
    /// How much lower or higher that growth may turn out, per month.
    pub growth_spread: f64,
    /// Share of prompt tokens found in the prefix cache, 0–1.
    pub prefix_cache_hit_rate: f64,
    /// Coefficient of variation of the times between arrivals; 1: Poisson.
    pub arrival_cv: f64,
    /// Coefficient of variation of prompt and answer lengths; 0: all equal.
    pub length_cv: f64,
}

/// What the service promises.
#[derive(Clone, Debug, PartialEq)]
pub struct Slo {
    /// Time to first token, seconds, at `percentile`.
    pub ttft_s: f64,
    /// Time per output token after the first, seconds, at `percentile`.
    pub tpot_s: f64,
    /// Percentile at which both limits hold, 50–99.9.
    pub percentile: f64,
    /// Share of time in which enough replicas are up, 0–1.
    pub availability: f64,
}

/// The serving software and its number formats.
#[derive(Clone, Debug, PartialEq)]
pub struct Platform {
    /// Id of a catalog stack.
    pub stack: String,
    /// Format of the weights; `None`: the cheapest without loss beyond the checkpoint's own or FP8.
    pub weights: Option<NumberFormat>,
    /// Format of the KV cache; `None`: the cheapest of what stack and accelerator offer.
    pub kv_cache: Option<NumberFormat>,
    /// Share of accelerator memory the stack may use, 0–1; `None`: the stack's default.
    pub memory_utilization: Option<f64>,
    /// Tensor-parallel degree; `None`: the cheapest.
    pub tp: Option<u32>,
    /// Pipeline stages; `None`: the cheapest.
    pub pp: Option<u32>,
    /// Expert-parallel degree; `None`: the cheapest.
    pub ep: Option<u32>,
    /// Copies of attention that share one set of experts; `None`: the cheapest.
    pub attention_dp: Option<u32>,
    /// Whether prompts are read and answers written in pools of replicas of their own.
    pub pools: Pools,
    /// Tokens drafted for each sequence ahead of a step, such as by multi-token prediction; 0: none.
    pub draft_tokens: f64,
    /// Probability that a drafted token is accepted, 0–1.
    pub draft_acceptance: f64,
}

/// Whether prompts are read in one pool of replicas and answers written in another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pools {
    /// Where that costs less.
    Auto,
    /// Every replica does both.
    Never,
    /// Wherever pools can serve.
    Always,
}

impl Pools {
    /// All of them, in the order in which they are shown.
    pub const ALL: [Self; 3] = [Self::Auto, Self::Never, Self::Always];

    /// The id used in files and on the command line.
    pub fn id(self) -> &'static str {
        match self {
            Self::Auto => "auto",
            Self::Never => "never",
            Self::Always => "always",
        }
    }

    /// The name shown to users.
    pub fn label(self) -> &'static str {
        match self {
            Self::Auto => "Where they cost less",
            Self::Never => "Never",
            Self::Always => "Always",
        }
    }
}

/// Replicas beyond what the load needs.
#[derive(Clone, Debug, PartialEq)]
pub struct Fleet {
    /// Replicas of a fleet that one has; `None`: as many as the load needs.
    pub replicas: Option<u32>,
    /// Spare replicas; `None`: as many as the availability requires.
    pub spare_replicas: Option<u32>,
    /// Share of capacity kept free at peak, 0–1.
    pub headroom: f64,
    /// Probability that the fleet holds the SLO with the headroom kept, 0–1, by how far the engine's times may be off.
    pub confidence: f64,
    /// Ids of the accelerators that are on the table; empty: all.
    pub shortlist: Vec<String>,
}

/// Location, power and network of the data center. `None`: the region's figure.
#[derive(Clone, Debug, PartialEq)]
pub struct FacilityChoice {
    /// Id of a catalog region.
    pub region: String,
    /// Facility power over IT power.
    pub pue: Option<f64>,
    /// Price of electricity, US dollars per kWh; `None`: that of the region.
    pub electricity_usd_per_kwh: Option<f64>,
    /// Carbon of electricity, grams of CO₂ equivalent per kWh; `None`: that of the region.
    pub carbon_g_per_kwh: Option<f64>,
    /// Litres on site per kWh of IT energy.
    pub water_l_per_kwh: Option<f64>,
    /// Power that one air-cooled rack can supply and cool, watts.
    pub rack_power_w: f64,
    /// Facility power that the fleet may draw at peak, watts; `None`: no cap.
    pub power_cap_w: Option<f64>,
    /// Voltage of the racks.
    pub supply: Supply,
    /// Redundancy of the racks' circuits.
    pub feeds: Feeds,
    /// Technology of the back-end network; `None`: none unless a replica needs one.
    pub network: Option<FabricKind>,
    /// Bandwidth down from a leaf switch over bandwidth up, at least 1.
    pub oversubscription: f64,
}

/// Three-phase supply of the racks, by the volts between phases.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Supply {
    /// Three phases of 208 V.
    V208,
    /// Three phases of 415 V.
    V415,
}

impl Supply {
    /// All of them, in the order in which they are shown.
    pub const ALL: [Self; 2] = [Self::V208, Self::V415];

    /// The id used in files and on the command line.
    pub fn id(self) -> &'static str {
        match self {
            Self::V208 => "208v",
            Self::V415 => "415v",
        }
    }

    /// The name shown to users.
    pub fn label(self) -> &'static str {
        match self {
            Self::V208 => "208 V, three-phase",
            Self::V415 => "415 V, three-phase",
        }
    }
}

/// Redundancy of the circuits of a rack.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Feeds {
    /// As many as needed.
    N,
    /// One more than needed.
    NPlusOne,
    /// Twice what is needed.
    TwoN,
}

impl Feeds {
    /// All of them, in the order in which they are shown.
    pub const ALL: [Self; 3] = [Self::N, Self::NPlusOne, Self::TwoN];

    /// The id used in files and on the command line.
    pub fn id(self) -> &'static str {
        match self {
            Self::N => "n",
            Self::NPlusOne => "n+1",
            Self::TwoN => "2n",
        }
    }

    /// The name shown to users.
    pub fn label(self) -> &'static str {
        match self {
            Self::N => "N",
            Self::NPlusOne => "N+1",
            Self::TwoN => "2N",
        }
    }
}

/// Pricing, horizon and cost of ownership.
#[derive(Clone, Debug, PartialEq)]
pub struct Money {
    /// Whose prices: the id of a class of sellers, or a seller's name.
    pub offers: String,
    /// Day that prices have to hold on; `None`: that of the catalog's newest offer.
    pub price_date: Option<Day>,
    /// Id of a catalog currency, in which amounts are shown.
    pub currency: String,
    /// What one US dollar is in it; `None`: the catalog's rate.
    pub exchange_rate: Option<f64>,
    /// Pricing term.
    pub term: Term,
    /// Horizon of the comparison of buying and renting, years.
    pub years: f64,
    /// Cost of capital, per year, 0–1.
    pub discount_rate: f64,
    /// Share of the load that may be interrupted, 0–1.
    pub spot_share: f64,
    /// Where bought servers are hosted.
    pub hosting: Hosting,
    /// People who run bought servers, US dollars per year; `None`: by the count of accelerators.
    pub staff_usd_per_year: Option<f64>,
    /// Licences of the serving software, US dollars per year for each bought accelerator.
    pub software_usd_per_accelerator_year: f64,
    /// Prices offered to the user, in place of the catalog's.
    pub quotes: Vec<OwnQuote>,
}

/// Where bought servers are hosted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hosting {
    /// Space and power rented in another operator's data center.
    Colocation,
    /// A data center built for the servers.
    OwnDataCenter,
}

impl Hosting {
    /// All of them, in the order in which they are shown.
    pub const ALL: [Self; 2] = [Self::Colocation, Self::OwnDataCenter];

    /// The id used in files and on the command line.
    pub fn id(self) -> &'static str {
        match self {
            Self::Colocation => "colocation",
            Self::OwnDataCenter => "own_hall",
        }
    }

    /// The name shown to users.
    pub fn label(self) -> &'static str {
        match self {
            Self::Colocation => "Colocation",
            Self::OwnDataCenter => "Own data center",
        }
    }
}

impl Workload {
    /// Mean load over the year as a share of the peak: that of the user's own 24 values where they are given.
    pub fn mean_to_peak(&self) -> f64 {
        match self.day {
            DayShape::Own(_) => self.day.hours(1.0).iter().sum::<f64>() / 24.0,
            _ => self.average_to_peak,
        }
    }
}

impl Default for Scenario {
    /// The example of the first start: support chat on Llama 3.1 70B.
    fn default() -> Self {
        Self {
            name: "Untitled".to_owned(),
            story: String::new(),
            workload: Workload {
                model: "llama-3.1-70b".to_owned(),
                input_tokens: 1500.0,
                output_tokens: 300.0,
                requests_per_s: 10.0,
                average_to_peak: 0.5,
                day: DayShape::OfficeHours,
                growth_per_month: 0.0,
                growth_spread: 0.03,
                prefix_cache_hit_rate: 0.0,
                arrival_cv: 1.0,
                length_cv: 0.5,
            },
            slo: Slo { ttft_s: 1.0, tpot_s: 0.05, percentile: 95.0, availability: 0.999 },
            platform: Platform {
                stack: "vllm".to_owned(),
                weights: None,
                kv_cache: None,
                memory_utilization: None,
                tp: None,
                pp: None,
                ep: None,
                attention_dp: None,
                pools: Pools::Auto,
                draft_tokens: 0.0,
                draft_acceptance: 0.7,
            },
            fleet: Fleet {
                replicas: None,
                spare_replicas: None,
                headroom: 0.2,
                confidence: 0.9,
                shortlist: Vec::new(),
            },
            facility: FacilityChoice {
                region: "us-virginia".to_owned(),
                pue: None,
                electricity_usd_per_kwh: None,
                carbon_g_per_kwh: None,
                water_l_per_kwh: None,
                rack_power_w: 40_000.0,
                power_cap_w: None,
                supply: Supply::V415,
                feeds: Feeds::TwoN,
                network: None,
                oversubscription: 1.0,
            },
            money: Money {
                offers: OfferClass::Neocloud.id().to_owned(),
                price_date: None,
                currency: DOLLAR.to_owned(),
                exchange_rate: None,
                term: Term::Reserved1y,
                years: 4.0,
                discount_rate: 0.1,
                spot_share: 0.0,
                hosting: Hosting::Colocation,
                staff_usd_per_year: None,
                software_usd_per_accelerator_year: 0.0,
                quotes: Vec::new(),
            },
        }
    }
}
