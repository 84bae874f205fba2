//! The closed form against the simulator: percentiles of plans, and whether their fleets hold.

use super::factor;
use super::summary::{Summary, grouped};
use crate::catalog::SimulatedPlan;

/// Utilization up to which plans are compared: beyond it a percent of load is many of a latency.
pub const MOST_UTILIZED: f64 = 0.85;
/// How near a plan is to be.
pub const NEAR: f64 = 0.15;
/// Share of requests that the limits of the sweep are for.
const SHARE: f64 = 0.95;

/// A latency that is compared, at p95.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Latency {
    /// Time per output token.
    Tpot,
    /// Time to first token.
    Ttft,
    /// Time from the request to its last token.
    EndToEnd,
}

impl Latency {
    /// All of them, in the order in which they are shown.
    pub const ALL: [Self; 3] = [Self::Tpot, Self::Ttft, Self::EndToEnd];

    /// In short, as in tables.
    pub fn label(self) -> &'static str {
        match self {
            Self::Tpot => "TPOT",
            Self::Ttft => "TTFT",
            Self::EndToEnd => "end to end",
        }
    }

    /// In words, within a sentence.
    pub fn name(self) -> &'static str {
        match self {
            Self::Tpot => "time per output token",
            Self::Ttft => "time to first token",
            Self::EndToEnd => "time from request to last token",
        }
    }
}

/// What plans have in common when their errors are summed up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SimulatedGroup {
    /// By whether prompts and answers have pools of their own.
    Kind,
    /// By serving stack.
    Stack,
    /// By accelerator.
    Accelerator,
    /// By model.
    Model,
}

impl SimulatedGroup {
    /// All of them, in the order in which they are shown.
    pub const ALL: [Self; 4] = [Self::Kind, Self::Stack, Self::Accelerator, Self::Model];

    /// The key in documents.
    pub fn id(self) -> &'static str {
        match self {
            Self::Kind => "fleet",
            Self::Stack => "stack",
            Self::Accelerator => "accelerator",
            Self::Model => "model",
        }
    }

    fn member(self, row: &SimulatedPlan) -> &str {
        match self {
            Self::Kind if row.readers > 0 => "pools",
            Self::Kind if row.attention_dp > 1 => "copies of attention",
            Self::Kind => "alike",
            Self::Stack => &row.stack,
            Self::Accelerator => &row.accelerator,
            Self::Model => &row.model,
        }
    }
}

/// Plans beside their simulations.
#[derive(Clone, Debug, PartialEq)]
pub struct SimulatedJudgement<'a> {
    /// Those below [`MOST_UTILIZED`].
    pub rows: Vec<&'a SimulatedPlan>,
    /// How many are above it.
    pub fuller: usize,
}

impl<'a> SimulatedJudgement<'a> {
    /// Of all `rows`.
    pub fn of(rows: &'a [SimulatedPlan]) -> Self {
        let below: Vec<_> = rows.iter().filter(|row| row.utilization < MOST_UTILIZED).collect();
        Self { fuller: rows.len() - below.len(), rows: below }
    }

    /// Error of p95 over all, with the share that is within [`NEAR`]; `None` of none.
    pub fn summary(&self, latency: Latency) -> Option<Summary> {
        Summary::of(self.rows.iter().map(|row| pair(row, latency)))
    }

    /// The same of each member of `group`, by name.
    pub fn by(&self, latency: Latency, group: SimulatedGroup) -> Vec<(&str, Summary)> {
        grouped(self.rows.iter().map(|row| (group.member(row), pair(row, latency))))
    }

    /// Share of the fleets whose limits hold in simulation, 0–1.
    pub fn held(&self) -> f64 {
        share(self.rows.iter().map(|row| row.within >= SHARE))
    }

    /// Share of those with one replica less whose limits do not, 0–1, and how many there are.
    pub fn missed_with_one_less(&self) -> (f64, usize) {
        let less = self.rows.iter().filter_map(|row| row.within_one_less);
        (share(less.clone().map(|within| within < SHARE)), less.count())
    }

    /// Plans whose percentile is off by the largest factors, the worst first.
    pub fn worst(&self, most: usize) -> Vec<(Latency, &'a SimulatedPlan)> {
        let each = self.rows.iter().flat_map(|row| Latency::ALL.map(|latency| (latency, *row)));
        let mut all: Vec<_> = each.collect();
        let off = |(latency, row): &(Latency, &SimulatedPlan)| factor(pair(row, *latency).0);
        all.sort_by(|a, b| off(b).total_cmp(&off(a)));
        all.truncate(most);
        all
    }

    /// Fleets whose limits do not hold in simulation, the worst first.
    pub fn failures(&self) -> Vec<&'a SimulatedPlan> {
        let mut all: Vec<_> = self.rows.iter().copied().filter(|row| row.within < SHARE).collect();
        all.sort_by(|a, b| a.within.total_cmp(&b.within));
        all
    }
}

/// p95 of a latency by the plan and in simulation, seconds.
pub fn p95_s(row: &SimulatedPlan, latency: Latency) -> [f64; 2] {
    match latency {
        Latency::Tpot => [row.planned_tpot_s, row.simulated_tpot_s],
        Latency::Ttft => [row.planned_ttft_s, row.simulated_ttft_s],
        Latency::EndToEnd => [row.planned_e2e_s, row.simulated_e2e_s],
    }
}

/// Planned over simulated, and whether it is near.
fn pair(row: &SimulatedPlan, latency: Latency) -> (f64, bool) {
    let [planned, simulated] = p95_s(row, latency);
    let ratio = planned / simulated;
    (ratio, (ratio - 1.0).abs() <= NEAR)
}

fn share(each: impl Iterator<Item = bool>) -> f64 {
    let (mut yes, mut all) = (0.0, 0.0);
    for one in each {
        yes += f64::from(u8::from(one));
        all += 1.0;
    }
    if all > 0.0 { yes / all } else { 1.0 }
}
