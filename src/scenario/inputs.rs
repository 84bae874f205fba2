//! The one list of inputs: each declared once, with its path, label, unit, range, scale and help.
//!
//! Preset files, `--set`, validation, sliders, the comparison of scenarios and the documents all loop over it.

use super::accessors::{
    format_field, listed_field, number_field, optional_count, optional_field, text_field,
};
use super::day::DayShape;
use super::fields::{Feeds, Hosting, Pools, Scenario, Supply};
pub use super::value::{Range, Scale, Value};
use crate::catalog::{Day, FabricKind, NumberFormat, Term};
use crate::units::Unit;

/// Where the values of a choice come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Choices {
    /// Models of the catalog.
    Models,
    /// Stacks of the catalog, with versions.
    Stacks,
    /// Regions of the catalog.
    Regions,
    /// Pricing terms.
    Terms,
    /// Number formats.
    Formats,
    /// Whether prompts and answers have pools of their own.
    Pools,
    /// Voltages.
    Supplies,
    /// Redundancy of the racks' feeds.
    Feeds,
    /// Network technologies.
    Fabrics,
    /// Typical days; 24 numbers are accepted too.
    Days,
    /// Own data center or colocation.
    Hostings,
    /// Classes of sellers, and sellers.
    Offers,
    /// Currencies of the catalog.
    Currencies,
}

/// The kind of an input.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Kind {
    /// A number within a range.
    Number(Range),
    /// A number that may be left to the program.
    OptionalNumber(Range),
    /// One of a list.
    Choice(Choices),
    /// A choice that may be left to the program.
    OptionalChoice(Choices),
    /// Prices: accelerator, term and US dollars, separated by commas.
    Quotes,
    /// Accelerators of the catalog, by id; none: all.
    Accelerators,
    /// A day of the calendar that may be left to the program.
    OptionalDay,
}

/// One input of a scenario.
pub struct Input {
    /// `section.field`, as in presets and after `--set`.
    pub path: &'static str,
    /// Name shown to users.
    pub label: &'static str,
    /// One line for the tooltip, the documents and `--help`.
    pub help: &'static str,
    /// What values it has.
    pub kind: Kind,
    /// Its value in a scenario.
    pub get: fn(&Scenario) -> Value,
    /// Stores a value that has been validated; a value of another kind is ignored.
    pub(super) put: fn(&mut Scenario, Value),
}

impl Input {
    /// Gives `to` the value that `from` has; it was validated there.
    pub fn copy(&self, from: &Scenario, to: &mut Scenario) {
        (self.put)(to, (self.get)(from));
    }

    /// The part of the path before the dot.
    pub fn section(&self) -> &'static str {
        self.path.split('.').next().unwrap_or(self.path)
    }

    /// The part of the path after the dot.
    pub fn field(&self) -> &'static str {
        self.path.split('.').nth(1).unwrap_or(self.path)
    }

    /// The range, for numbers.
    pub fn range(&self) -> Option<Range> {
        match self.kind {
            Kind::Number(range) | Kind::OptionalNumber(range) => Some(range),
            Kind::Choice(_)
            | Kind::OptionalChoice(_)
            | Kind::Quotes
            | Kind::Accelerators
            | Kind::OptionalDay => None,
        }
    }

    /// Whether the value may be left to the program.
    pub fn optional(&self) -> bool {
        matches!(self.kind, Kind::OptionalNumber(_) | Kind::OptionalChoice(_) | Kind::OptionalDay)
    }
}

const fn number(min: f64, max: f64, slider: (f64, f64), scale: Scale, whole: bool, unit: Unit) -> Range {
    Range { min, max, slider, scale, whole, unit }
}

type Accessors = (fn(&Scenario) -> Value, fn(&mut Scenario, Value));

const fn input(
    path: &'static str,
    label: &'static str,
    help: &'static str,
    kind: Kind,
    (get, put): Accessors,
) -> Input {
    Input { path, label, help, kind, get, put }
}

use Scale::{Linear, Log};

/// Every input, in the order in which they are shown.
pub static INPUTS: &[Input] = &[
    input(
        "workload.model",
        "Model",
        "A catalog model, the path of a Hugging Face config.json, or a parameter count such as 34B for a dense model of that size.",
        Kind::Choice(Choices::Models),
        text_field!(workload.model),
    ),
    input(
        "workload.input_tokens",
        "Input",
        "Mean length of a prompt: instructions, retrieved text, history and question.",
        Kind::Number(number(1.0, 1e7, (64.0, 131_072.0), Log, true, Unit::Tokens)),
        number_field!(workload.input_tokens),
    ),
    input(
        "workload.output_tokens",
        "Output",
        "Mean length of an answer, reasoning included.",
        Kind::Number(number(1.0, 1e6, (16.0, 16_384.0), Log, true, Unit::Tokens)),
        number_field!(workload.output_tokens),
    ),
    input(
        "workload.requests_per_s",
        "Peak load",
        "Requests per second in the busiest hour. Also typed as 2000 users (every 60 s each, or every 45 s), 1M/day or 20k tokens/s.",
        Kind::Number(number(1e-4, 1e6, (0.1, 1000.0), Log, false, Unit::RequestsPerSecond)),
        number_field!(workload.requests_per_s),
    ),
    input(
        "workload.average_to_peak",
        "Average ÷ peak",
        "Mean load over the year as a share of the peak. Energy and cost per token follow it; the fleet is sized for the peak.",
        Kind::Number(number(0.01, 1.0, (0.05, 1.0), Linear, false, Unit::Fraction)),
        number_field!(workload.average_to_peak),
    ),
    input(
        "workload.day",
        "Day",
        "Load through the day, scaled to the average; or 24 values of your own, which then set the average.",
        Kind::Choice(Choices::Days),
        (
            |s: &Scenario| Value::Text(s.workload.day.text()),
            |s: &mut Scenario, v: Value| {
                if let Value::Text(v) = v
                    && let Some(day) = DayShape::parse(&v)
                {
                    s.workload.day = day;
                }
            },
        ),
    ),
    input(
        "workload.growth_per_month",
        "Growth per month",
        "Growth of the load over the horizon. The fleet is sized for today's load; the money page follows the growth.",
        Kind::Number(number(-0.2, 0.5, (-0.05, 0.2), Linear, false, Unit::Fraction)),
        number_field!(workload.growth_per_month),
    ),
    input(
        "workload.growth_spread",
        "Growth uncertainty",
        "How much lower or higher the growth per month may turn out, and what each way of paying would then cost extra.",
        Kind::Number(number(0.0, 0.3, (0.0, 0.1), Linear, false, Unit::Fraction)),
        number_field!(workload.growth_spread),
    ),
    input(
        "workload.prefix_cache_hit_rate",
        "Shared prefix",
        "Share of prompt tokens whose KV cache is kept from an earlier request.",
        Kind::Number(number(0.0, 0.99, (0.0, 0.95), Linear, false, Unit::Fraction)),
        number_field!(workload.prefix_cache_hit_rate),
    ),
    input(
        "workload.arrival_cv",
        "Burstiness",
        "Coefficient of variation of the times between arrivals: 0 evenly spaced, 1 Poisson, above 1 bursty.",
        Kind::Number(number(0.0, 20.0, (0.0, 5.0), Linear, false, Unit::One)),
        number_field!(workload.arrival_cv),
    ),
    input(
        "workload.length_cv",
        "Length variation",
        "Coefficient of variation of prompt and answer lengths: 0 all equal, 1 as varied as an exponential distribution.",
        Kind::Number(number(0.0, 5.0, (0.0, 2.0), Linear, false, Unit::One)),
        number_field!(workload.length_cv),
    ),
    input(
        "slo.ttft_s",
        "Time to first token",
        "Longest wait for the first token, at the chosen percentile.",
        Kind::Number(number(1e-3, 86_400.0, (0.05, 60.0), Log, false, Unit::Seconds)),
        number_field!(slo.ttft_s),
    ),
    input(
        "slo.tpot_s",
        "Time per output token",
        "Longest mean gap between the tokens of one answer, at the chosen percentile.",
        Kind::Number(number(1e-4, 600.0, (0.004, 0.5), Log, false, Unit::Seconds)),
        number_field!(slo.tpot_s),
    ),
    input(
        "slo.percentile",
        "Percentile",
        "Share of requests, in percent, that must meet both limits.",
        Kind::Number(number(50.0, 99.9, (50.0, 99.9), Linear, false, Unit::Percentile)),
        number_field!(slo.percentile),
    ),
    input(
        "slo.availability",
        "Availability",
        "Share of time in which enough replicas are up to carry the peak; decides the number of spares.",
        Kind::Number(number(0.0, 0.999_999_9, (0.9, 0.999_99), Linear, false, Unit::Fraction)),
        number_field!(slo.availability),
    ),
    input(
        "platform.stack",
        "Stack",
        "Serving software: decides which accelerators are supported, how memory is used and how long a step takes.",
        Kind::Choice(Choices::Stacks),
        text_field!(platform.stack),
    ),
    input(
        "platform.weights",
        "Weights",
        "Number format of the weights; auto picks the cheaper of the checkpoint's format and FP8.",
        Kind::OptionalChoice(Choices::Formats),
        format_field!(platform.weights),
    ),
    input(
        "platform.kv_cache",
        "KV cache",
        "Number format of the KV cache; auto picks the cheaper of BF16 and FP8.",
        Kind::OptionalChoice(Choices::Formats),
        format_field!(platform.kv_cache),
    ),
    input(
        "platform.memory_utilization",
        "Memory share",
        "Share of memory that the stack may use (vLLM's gpu_memory_utilization); auto is the stack's default.",
        Kind::OptionalNumber(number(0.05, 1.0, (0.5, 1.0), Linear, false, Unit::Fraction)),
        optional_field!(platform.memory_utilization),
    ),
    input(
        "platform.tp",
        "Tensor parallel",
        "Accelerators over which every matrix is split; auto is the cheapest layout.",
        Kind::OptionalNumber(number(1.0, 1024.0, (1.0, 16.0), Log, true, Unit::One)),
        optional_count!(platform.tp),
    ),
    input(
        "platform.pp",
        "Pipeline stages",
        "Stages into which the layers are split; auto is the cheapest layout.",
        Kind::OptionalNumber(number(1.0, 1024.0, (1.0, 8.0), Log, true, Unit::One)),
        optional_count!(platform.pp),
    ),
    input(
        "platform.ep",
        "Expert parallel",
        "Ranks over which whole experts are spread, a divisor of tensor parallel × copies of attention; auto is the cheapest layout.",
        Kind::OptionalNumber(number(1.0, 1024.0, (1.0, 64.0), Log, true, Unit::One)),
        optional_count!(platform.ep),
    ),
    input(
        "platform.attention_dp",
        "Copies of attention",
        "Data-parallel copies of attention that share one set of experts; auto is the cheapest layout.",
        Kind::OptionalNumber(number(1.0, 1024.0, (1.0, 64.0), Log, true, Unit::One)),
        optional_count!(platform.attention_dp),
    ),
    input(
        "platform.pools",
        "Prefill and decode pools",
        "Whether prompts are read in one pool of replicas and answers written in another, with the KV cache sent between them: auto where that costs less, always wherever pools can serve.",
        Kind::Choice(Choices::Pools),
        listed_field!(Pools, platform.pools),
    ),
    input(
        "platform.draft_tokens",
        "Draft tokens",
        "Tokens drafted for each sequence ahead of a step, such as by multi-token prediction; 0: no speculative decoding.",
        Kind::Number(number(0.0, 16.0, (0.0, 8.0), Linear, true, Unit::One)),
        number_field!(platform.draft_tokens),
    ),
    input(
        "platform.draft_acceptance",
        "Acceptance",
        "Probability that a drafted token is accepted; used only with draft tokens.",
        Kind::Number(number(0.0, 0.99, (0.0, 0.95), Linear, false, Unit::Fraction)),
        number_field!(platform.draft_acceptance),
    ),
    input(
        "fleet.replicas",
        "Replicas",
        "Replicas of a fleet that one has, spares aside; auto sizes the fleet for the peak.",
        Kind::OptionalNumber(number(1.0, 100_000.0, (1.0, 1000.0), Log, true, Unit::One)),
        optional_count!(fleet.replicas),
    ),
    input(
        "fleet.spare_replicas",
        "Spare replicas",
        "Replicas beyond those the peak needs; auto adds as many as the availability requires.",
        Kind::OptionalNumber(number(0.0, 10_000.0, (0.0, 8.0), Linear, true, Unit::One)),
        optional_count!(fleet.spare_replicas),
    ),
    input(
        "fleet.headroom",
        "Headroom",
        "Share of the fleet's capacity kept free at peak.",
        Kind::Number(number(0.0, 0.95, (0.0, 0.8), Linear, false, Unit::Fraction)),
        number_field!(fleet.headroom),
    ),
    input(
        "fleet.confidence",
        "Confidence",
        "Probability that the fleet holds the service levels with the headroom kept, by how far the engine's times may be off; 50% is the typical fleet.",
        Kind::Number(number(0.5, 0.99, (0.5, 0.99), Linear, false, Unit::Fraction)),
        number_field!(fleet.confidence),
    ),
    input(
        "fleet.shortlist",
        "Shortlist",
        "What is on the table: accelerators or makers such as amd, separated by commas, empty for all; with offered, measured or in_region only what has a price, was measured with the model, or is offered in the region's part of the world.",
        Kind::Accelerators,
        (
            |s: &Scenario| Value::Text(s.fleet.shortlist.join(", ")),
            |s: &mut Scenario, v: Value| {
                if let Value::Text(text) = v {
                    let ids = text.split(',').map(str::trim).filter(|id| !id.is_empty());
                    s.fleet.shortlist = ids.map(str::to_owned).collect();
                }
            },
        ),
    ),
    input(
        "facility.region",
        "Region",
        "Location of the data center: decides electricity price, carbon, water and PUE.",
        Kind::Choice(Choices::Regions),
        text_field!(facility.region),
    ),
    input(
        "facility.pue",
        "PUE",
        "Facility power over IT power; auto is the region's.",
        Kind::OptionalNumber(number(1.0, 5.0, (1.0, 2.0), Linear, false, Unit::One)),
        optional_field!(facility.pue),
    ),
    input(
        "facility.electricity_usd_per_kwh",
        "Electricity",
        "Price per kilowatt-hour; auto is the region's industrial price.",
        Kind::OptionalNumber(number(0.0, 10.0, (0.0, 0.5), Linear, false, Unit::UsdPerKwh)),
        optional_field!(facility.electricity_usd_per_kwh),
    ),
    input(
        "facility.carbon_g_per_kwh",
        "Carbon",
        "Carbon intensity of the grid, location-based; auto is the region's.",
        Kind::OptionalNumber(number(0.0, 2000.0, (0.0, 900.0), Linear, false, Unit::GramsPerKwh)),
        optional_field!(facility.carbon_g_per_kwh),
    ),
    input(
        "facility.water_l_per_kwh",
        "Water",
        "Water used on site per kWh of IT energy; auto is the region's.",
        Kind::OptionalNumber(number(0.0, 20.0, (0.0, 3.0), Linear, false, Unit::LitresPerKwh)),
        optional_field!(facility.water_l_per_kwh),
    ),
    input(
        "facility.rack_power_w",
        "Rack power",
        "Power that one air-cooled rack can supply and cool; rack-scale systems have their own limit.",
        Kind::Number(number(1000.0, 1e6, (5e3, 150e3), Log, false, Unit::Watts)),
        number_field!(facility.rack_power_w),
    ),
    input(
        "facility.power_cap_w",
        "Power cap",
        "Facility power that the fleet may draw at peak; auto is no cap.",
        Kind::OptionalNumber(number(100.0, 1e10, (10e3, 10e6), Log, false, Unit::Watts)),
        optional_field!(facility.power_cap_w),
    ),
    input(
        "facility.supply",
        "Supply",
        "Voltage of the racks' circuits: decides their current and number.",
        Kind::Choice(Choices::Supplies),
        listed_field!(Supply, facility.supply),
    ),
    input(
        "facility.feeds",
        "Feeds",
        "Circuits beyond those a rack needs: N none, N+1 one more, 2N a second feed that carries everything.",
        Kind::Choice(Choices::Feeds),
        listed_field!(Feeds, facility.feeds),
    ),
    input(
        "facility.network",
        "Back end",
        "Network between accelerators of different servers; auto is none, or InfiniBand where a replica spans servers.",
        Kind::OptionalChoice(Choices::Fabrics),
        (
            |s: &Scenario| s.facility.network.map_or(Value::Auto, |f| Value::Text(f.id().to_owned())),
            |s: &mut Scenario, v: Value| match v {
                Value::Text(v) => s.facility.network = FabricKind::of(&v),
                Value::Auto => s.facility.network = None,
                Value::Number(_) | Value::Quotes(_) => {}
            },
        ),
    ),
    input(
        "facility.oversubscription",
        "Oversubscription",
        "Bandwidth from a leaf switch down to the accelerators over bandwidth up to the spine: 1 is non-blocking.",
        Kind::Number(number(1.0, 16.0, (1.0, 8.0), Linear, false, Unit::One)),
        number_field!(facility.oversubscription),
    ),
    input(
        "money.offers",
        "Prices of",
        "Whose prices the plan is made with: those of a class of sellers, at its typical one, or of one seller. Candidates are compared within it.",
        Kind::Choice(Choices::Offers),
        text_field!(money.offers),
    ),
    input(
        "money.price_date",
        "Prices as of",
        "Day that prices have to hold on, such as 2026-12-01; auto is the day of the catalog's newest offer. Prices stay those of the catalog; their bands widen by what prices did since.",
        Kind::OptionalDay,
        (
            |s: &Scenario| s.money.price_date.map_or(Value::Auto, |day| Value::Text(day.to_string())),
            |s: &mut Scenario, v: Value| match v {
                Value::Text(text) => s.money.price_date = Day::parse(&text),
                Value::Auto => s.money.price_date = None,
                Value::Number(_) | Value::Quotes(_) => {}
            },
        ),
    ),
    input(
        "money.currency",
        "Currency",
        "Currency that amounts are shown and typed in. Prices are those of sellers, in US dollars; files keep dollars.",
        Kind::Choice(Choices::Currencies),
        text_field!(money.currency),
    ),
    input(
        "money.exchange_rate",
        "Exchange rate",
        "What one US dollar is in the currency; auto is the catalog's rate.",
        Kind::OptionalNumber(number(1e-4, 1e5, (0.5, 200.0), Log, false, Unit::One)),
        optional_field!(money.exchange_rate),
    ),
    input(
        "money.term",
        "Pricing",
        "How the accelerators are paid for; candidates are ranked by this term.",
        Kind::Choice(Choices::Terms),
        listed_field!(Term, money.term),
    ),
    input(
        "money.years",
        "Horizon",
        "Years over which buying is spread and compared with renting.",
        Kind::Number(number(0.25, 20.0, (1.0, 8.0), Linear, false, Unit::Years)),
        number_field!(money.years),
    ),
    input(
        "money.discount_rate",
        "Discount rate",
        "Cost of capital per year.",
        Kind::Number(number(0.0, 0.99, (0.0, 0.3), Linear, false, Unit::Fraction)),
        number_field!(money.discount_rate),
    ),
    input(
        "money.spot_share",
        "Interruptible",
        "Share of the load that may be interrupted, such as batch jobs: the cheapest mix puts it on spot.",
        Kind::Number(number(0.0, 1.0, (0.0, 1.0), Linear, false, Unit::Fraction)),
        number_field!(money.spot_share),
    ),
    input(
        "money.hosting",
        "Hosting",
        "Where bought servers are hosted: in rented space, or in a data center built for them.",
        Kind::Choice(Choices::Hostings),
        listed_field!(Hosting, money.hosting),
    ),
    input(
        "money.staff_usd_per_year",
        "Staff per year",
        "Cost of the people who run bought servers; auto is one engineer per 500 accelerators, half a one for a single server of eight.",
        Kind::OptionalNumber(number(0.0, 1e9, (0.0, 5e6), Linear, false, Unit::Usd)),
        optional_field!(money.staff_usd_per_year),
    ),
    input(
        "money.software_usd_per_accelerator_year",
        "Software licence",
        "Licences per year for each bought accelerator: 0 for open-source stacks, $4,500 is the list price of NVIDIA AI Enterprise.",
        Kind::Number(number(0.0, 1e5, (0.0, 10e3), Linear, false, Unit::Usd)),
        number_field!(money.software_usd_per_accelerator_year),
    ),
    input(
        "money.quotes",
        "Own quotes",
        "Prices offered to you, in place of the catalog's: accelerator, term and US dollars (per accelerator-hour, or per largest server for buy, with which smaller ones move), separated by commas, such as h100-sxm reserved_1y 2.10.",
        Kind::Quotes,
        (
            |s: &Scenario| Value::Quotes(s.money.quotes.clone()),
            |s: &mut Scenario, v: Value| {
                if let Value::Quotes(quotes) = v {
                    s.money.quotes = quotes;
                }
            },
        ),
    ),
];

/// The input at `path`.
pub fn input_at(path: &str) -> Option<&'static Input> {
    INPUTS.iter().find(|input| input.path == path)
}
