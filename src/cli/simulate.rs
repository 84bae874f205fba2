//! `headroom simulate`: the sized fleet, request by request.

use std::collections::VecDeque;
use std::io::{Read, Write};
use std::path::Path;

use clap::{Args, ValueEnum};
use headroom::engine::Degrees;
use headroom::engine::simulator::{
    Arrival, Departure, Failures, Limits, Load, NoFleet, Readers, Router, Run, Scaling, Simulation,
    SizedFleet, Span, simulate, simulate_pools, sized,
};
use headroom::import::{Library, Trace};
use headroom::report::simulation::{self, REQUEST_COLUMNS, Simulated, request_row};
use headroom::report::{Format, sentence};
use headroom::scenario::Scenario;
use headroom::units::Unit;

use super::question::number;
use super::{Failure, answer, setup};

const SECONDS_PER_DAY: f64 = 86_400.0;

/// Requests that are simulated unless it is said otherwise.
const REQUESTS: f64 = 10_000.0;

/// Arguments of `headroom simulate`.
#[derive(Args)]
#[command(
    after_help = "The fleet is the one that `headroom plan` sizes, spares aside, or the one that fleet.replicas, platform.tp, \
                        platform.pp, platform.ep and platform.attention_dp fix. Steps take the times of the plan; prompts are read in \
                        chunks beside what decodes, as the stack does it; KV blocks run out and requests are preempted. \
                        Requests come at the preset's peak load, with its burstiness and variation of lengths.\n\n\
                        The verdict is `meets` where the preset's percentile of requests is within both limits, `misses` where \
                        not, `overloaded` where queues grow for as long as requests come."
)]
pub struct SimulateArgs {
    /// A preset file, or the name of a built-in preset.
    preset: String,
    /// Changes an input, such as fleet.replicas=4; may be repeated.
    #[arg(long, value_name = "PATH=VALUE")]
    set: Vec<String>,
    /// On this accelerator; default: the plan's best.
    #[arg(long, value_name = "ID")]
    accelerator: Option<String>,
    #[command(flatten)]
    span: SpanArgs,
    /// Of all random numbers: the same seed gives the same answer on every machine.
    #[arg(long, value_name = "N", default_value_t = 1)]
    seed: u64,
    /// Which replica a request goes to.
    #[arg(long, value_enum, default_value_t = RouterName::RoundRobin)]
    router: RouterName,
    /// Rejects a request that finds so many waiting in its replica; default: none is.
    #[arg(long, value_name = "N")]
    queue_limit: Option<u64>,
    /// KV blocks of one copy of attention; default: what the memory has room for.
    #[arg(long, value_name = "N")]
    kv_blocks: Option<u32>,
    /// Lets replicas, spares included, fail so many times as often as the catalog has it; 1 is as often.
    #[arg(long, value_name = "TIMES", num_args = 0..=1, default_missing_value = "1")]
    failures: Option<String>,
    /// Lets the fleet follow its load, so many replicas at least (default: 1), as the autoscaler of Kubernetes does by the requests in
    /// flight that a replica has at the plan's peak.
    #[arg(long, value_name = "LEAST", num_args = 0..=1, default_missing_value = "1")]
    autoscale: Option<String>,
    /// From the decision to start a replica to its first request; default: 76.1 s, longer by the weights of an accelerator over
    /// 16.1 GB.
    #[arg(long, value_name = "S", requires = "autoscale")]
    start_s: Option<String>,
    /// Writes a row for each request; `-` for stdout, in place of the answer.
    #[arg(long, value_name = "CSV")]
    requests_out: Option<String>,
    #[arg(long, value_enum, default_value_t = Format::Table)]
    format: Format,
}

/// How long requests come: one of these; default: until there are 10,000.
#[derive(Args)]
#[group(multiple = false)]
struct SpanArgs {
    /// Requests come for so many seconds.
    #[arg(long, value_name = "S", allow_negative_numbers = true)]
    duration_s: Option<String>,
    /// Requests come until there are so many.
    #[arg(long, value_name = "N", allow_negative_numbers = true)]
    requests: Option<String>,
    /// Requests come for a day, from midnight on, as the preset's workload.day has it.
    #[arg(long)]
    day: bool,
    /// Requests of a file, `-` for stdin: columns arrival_s,input_tokens,output_tokens, or the Azure LLM inference trace's
    /// TIMESTAMP,ContextTokens,GeneratedTokens.
    #[arg(long, value_name = "CSV")]
    trace: Option<String>,
}

/// Names of the routers.
#[derive(Clone, Copy, ValueEnum)]
enum RouterName {
    /// Each in turn.
    RoundRobin,
    /// The one with the fewest requests in flight.
    LeastLoaded,
}

impl SimulateArgs {
    /// Prints what the fleet made of the requests.
    pub fn run(self, mut catalog: Library) -> Result<(), Failure> {
        let scenario = setup::scenario(&self.preset, &self.set, &mut catalog)?;
        let named = self.accelerator.as_ref();
        let on = named.map(|name| setup::known_accelerator("--accelerator", name, &catalog)).transpose()?;
        let mut fleet = sized(&scenario, &catalog, on.as_deref()).map_err(|none| no_fleet(&none))?;
        if let Some(blocks) = self.kv_blocks {
            fleet.machine = fleet.machine.with_blocks(blocks);
        }
        let failures = self.failures(&scenario, fleet.degrees, &catalog)?;
        let scaling = self.scaling(&fleet)?;
        let slo = &scenario.slo;
        let run = Run {
            seed: self.seed,
            router: match self.router {
                RouterName::RoundRobin => Router::RoundRobin,
                RouterName::LeastLoaded => Router::LeastLoaded,
            },
            prefix_cache_hit_rate: scenario.workload.prefix_cache_hit_rate,
            queue_limit: self.queue_limit,
            failures,
            scaling,
            limits: Limits { ttft_s: slo.ttft_s, tpot_s: slo.tpot_s },
            share: slo.percentile / 100.0,
        };
        let with_spares = |replicas: u32, spares: u32| replicas + if failures.is_some() { spares } else { 0 };
        let replicas = with_spares(fleet.replicas, fleet.spare_replicas);
        let readers = match &fleet.readers {
            Some(pool) => Some(Readers {
                machine: &pool.machine,
                replicas: with_spares(pool.replicas, pool.spare_replicas),
                failures: self.failures(&scenario, pool.degrees, &catalog)?,
                transfer_s_per_token: pool.transfer_s_per_token,
            }),
            None => None,
        };
        let replicas_that_read = readers.as_ref().map_or(0, |readers| readers.replicas);
        let mut rows = self.requests_out.as_deref().map(Rows::open).transpose()?;
        let out = |departure: &Departure| {
            if let Some(rows) = &mut rows {
                rows.take(*departure);
            }
        };
        let simulation = self.simulate(&scenario, &fleet, (readers.as_ref(), replicas), &run, out)?;
        let to_stdout = self.requests_out.as_deref() == Some("-");
        if let Some(rows) = rows {
            rows.close()?;
        }
        if to_stdout {
            return Ok(());
        }
        let simulated = Simulated {
            fleet: &fleet,
            replicas,
            replicas_that_read,
            simulation: &simulation,
            slo,
            seed: self.seed,
        };
        answer(&simulation::document(&simulated, self.format))
    }

    fn failures(
        &self,
        scenario: &Scenario,
        degrees: Degrees,
        catalog: &Library,
    ) -> Result<Option<Failures>, Failure> {
        let Some(times) = &self.failures else { return Ok(None) };
        let times = number("--failures", times, Unit::One, 1.0, (0.0, 1e6)).map_err(Failure::BadInput)?;
        let each = f64::from(degrees.accelerators());
        Ok(Some(Failures::of(&catalog.facility, each, scenario.money.term, times)))
    }

    fn scaling(&self, fleet: &SizedFleet) -> Result<Option<Scaling>, Failure> {
        let Some(least) = &self.autoscale else { return Ok(None) };
        if fleet.readers.is_some() {
            return Err(Failure::BadInput(
                "--autoscale: fleets of two pools do not follow their load here. Give --set platform.pools=never.".to_owned(),
            ));
        }
        let most = f64::from(fleet.replicas);
        let least = number("--autoscale", least, Unit::One, 1.0, (1.0, most)).map_err(Failure::BadInput)?;
        let start = self.start_s.as_deref().unwrap_or("");
        let start_s = number("--start-s", start, Unit::Seconds, fleet.start_s, (0.0, 1e6))
            .map_err(Failure::BadInput)?;
        let in_flight = fleet.in_flight.ok_or_else(|| {
            Failure::BadInput(
                "--autoscale: the plan has no such fleet, and so no requests in flight to follow. Give a fleet that carries its load."
                    .to_owned(),
            )
        })?;
        Ok(Some(Scaling { least: least as u32, in_flight, start_s }))
    }

    fn simulate(
        &self,
        scenario: &Scenario,
        fleet: &SizedFleet,
        (readers, replicas): (Option<&Readers<'_>>, u32),
        run: &Run,
        out: impl FnMut(&Departure),
    ) -> Result<Simulation, Failure> {
        let longest = fleet.longest_tokens;
        let simulate = |arrivals: &mut dyn Iterator<Item = Result<Arrival, Failure>>, out| match readers {
            Some(readers) => simulate_pools(readers, (&fleet.machine, replicas), arrivals, run, out),
            None => simulate(&fleet.machine, replicas, arrivals, run, out),
        };
        if let Some(file) = &self.span.trace {
            let bad = |error: &dyn std::fmt::Display| Failure::BadInput(format!("--trace {file}: {error}"));
            let source: Box<dyn Read> = if file == "-" {
                Box::new(std::io::stdin().lock())
            } else {
                let unreadable = |error| bad(&headroom::import::TraceError::Unreadable(error));
                Box::new(std::fs::File::open(file).map_err(unreadable)?)
            };
            let trace = Trace::new(source).map_err(|error| bad(&error))?;
            let mut arrivals = trace.map(|row| {
                let row = row.map_err(|error| bad(&error))?;
                let (input_tokens, output_tokens) = (row.input_tokens, row.output_tokens);
                Ok(Arrival { arrival_s: row.arrival_s, input_tokens, output_tokens })
            });
            return simulate(&mut arrivals, out);
        }
        if self.span.day {
            let load = Load::new(&scenario.workload, longest, Span::Seconds(SECONDS_PER_DAY), self.seed);
            return simulate(&mut load.through_the_day(&scenario.workload).map(Ok), out);
        }
        let span = match (&self.span.duration_s, &self.span.requests) {
            (Some(seconds), _) => {
                number("--duration-s", seconds, Unit::Seconds, 0.0, (1e-3, 1e9)).map(Span::Seconds)
            }
            (None, requests) => {
                let text = requests.as_deref().unwrap_or("");
                number("--requests", text, Unit::Requests, REQUESTS, (1.0, 1e10))
                    .map(|requests| Span::Requests(requests as u64))
            }
        };
        let load = Load::new(&scenario.workload, longest, span.map_err(Failure::BadInput)?, self.seed);
        simulate(&mut load.map(Ok), out)
    }
}

/// Why there is no fleet to simulate.
fn no_fleet(none: &NoFleet) -> Failure {
    let remedy = "To simulate a fleet that you have, give --accelerator and --set fleet.replicas=N.";
    match none {
        NoFleet::Plan(error) => Failure::bad_input(error),
        NoFleet::Nothing(plan) => {
            let (headline, detail) = sentence::verdict(plan);
            Failure::BadInput(format!("{headline} {detail} {remedy}"))
        }
        NoFleet::Rejected(name, why) => {
            Failure::BadInput(format!("--accelerator: {} {remedy}", sentence::rejection(why, name)))
        }
        NoFleet::NoReplica => Failure::BadInput(
            "--accelerator: no replica fits in its memory. Give more accelerators to a replica, such as --set platform.tp=8."
                .to_owned(),
        ),
    }
}

/// Rows of requests, in the order in which they came; those that left early wait for the ones before them.
struct Rows {
    file: String,
    to: To,
    /// The request of the first row that has not been written.
    next: u64,
    waiting: VecDeque<Option<Departure>>,
    failed: Option<std::io::Error>,
}

/// Where rows go: a file is put in place when it is whole.
enum To {
    Stdout,
    File(std::io::BufWriter<tempfile::NamedTempFile>),
}

impl Rows {
    fn open(file: &str) -> Result<Self, Failure> {
        let to = if file == "-" {
            To::Stdout
        } else {
            let folder = Path::new(file).parent().filter(|folder| !folder.as_os_str().is_empty());
            let part = tempfile::NamedTempFile::new_in(folder.unwrap_or(Path::new(".")))
                .map_err(|error| unwritten(file, &error))?;
            To::File(std::io::BufWriter::new(part))
        };
        let mut rows = Self { file: file.to_owned(), to, next: 0, waiting: VecDeque::new(), failed: None };
        rows.write(&format!("{REQUEST_COLUMNS}\n"));
        Ok(rows)
    }

    fn write(&mut self, text: &str) {
        let written = match &mut self.to {
            To::Stdout => std::io::stdout().lock().write_all(text.as_bytes()),
            To::File(file) => file.write_all(text.as_bytes()),
        };
        if let (Err(error), None) = (written, &self.failed) {
            self.failed = Some(error);
        }
    }

    fn take(&mut self, departure: Departure) {
        let place = (departure.index - self.next) as usize;
        if self.waiting.len() <= place {
            self.waiting.resize(place + 1, None);
        }
        self.waiting[place] = Some(departure);
        while let Some(Some(first)) = self.waiting.front() {
            let row = request_row(first);
            self.waiting.pop_front();
            self.next += 1;
            self.write(&row);
        }
    }

    fn close(self) -> Result<(), Failure> {
        match (self.failed, self.to) {
            // A closed pipe is not a failure.
            (Some(error), To::Stdout) if error.kind() == std::io::ErrorKind::BrokenPipe => Ok(()),
            (Some(error), _) => Err(unwritten(&self.file, &error)),
            (None, To::Stdout) => Ok(()),
            (None, To::File(file)) => {
                let part = file.into_inner().map_err(|error| unwritten(&self.file, error.error()))?;
                part.persist(&self.file).map(|_| ()).map_err(|error| unwritten(&self.file, &error.error))
            }
        }
    }
}

fn unwritten(file: &str, error: &std::io::Error) -> Failure {
    Failure::Other(format!(
        "--requests-out {file}: cannot be written: {error}. Choose a folder that exists and that you may write to."
    ))
}
