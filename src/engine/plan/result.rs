//! The result: one candidate per accelerator, ranked. Screen, command line and documents show this and
//! nothing else.

use crate::catalog::{MemoryOptions, OfferClass, Term, Vendor};
use crate::engine::figures::{
    Availability, Balance, Bands, Launch, Layout, Memory, OperatingPoint, Pool, Together,
};
use crate::engine::fleet::order::Estate;
use crate::engine::fleet::sharing::Sharing;
use crate::engine::replica::serving::Limit;

/// The result of the engine for one scenario.
#[derive(Clone, Debug, PartialEq)]
pub struct Plan {
    /// Feasible ones first, cheapest first; then the rejected ones, first those that only the power cap
    /// keeps from it, which is looked at last, and of each the one first that misses by the smallest factor.
    pub candidates: Vec<Candidate>,
    /// Term by which they are ranked.
    pub term: Term,
    /// Name of the serving stack at its version.
    pub stack: String,
    /// What it calls its options of memory.
    pub memory_options: MemoryOptions,
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
    /// Who makes it.
    pub vendor: Vendor,
    /// 1 for the first; rejected ones follow the feasible ones.
    pub rank: usize,
    /// Whether it cannot be told apart from the first, which itself is of the tie.
    pub tie: bool,
    /// Its fleet, or why there is none.
    pub outcome: Outcome,
}

/// Sized, or why not.
#[derive(Clone, Debug, PartialEq)]
pub enum Outcome {
    /// A fleet that meets the SLO.
    Sized(Box<Sizing>),
    /// The fleet that one has, which misses the SLO, and what is late.
    Late(Box<Sizing>, Rejection),
    /// There is none, and why.
    Rejected(Rejection),
}

impl Candidate {
    /// The sizing, when it is feasible.
    pub fn sizing(&self) -> Option<&Sizing> {
        match &self.outcome {
            Outcome::Sized(sizing) => Some(sizing),
            Outcome::Late(..) | Outcome::Rejected(_) => None,
        }
    }

    /// Its fleet, whether or not it meets the SLO.
    pub fn fleet(&self) -> Option<&Sizing> {
        match &self.outcome {
            Outcome::Sized(sizing) | Outcome::Late(sizing, _) => Some(sizing),
            Outcome::Rejected(_) => None,
        }
    }

    /// Why it is not feasible.
    pub fn rejection(&self) -> Option<&Rejection> {
        match &self.outcome {
            Outcome::Sized(_) => None,
            Outcome::Late(_, rejection) | Outcome::Rejected(rejection) => Some(rejection),
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
    /// How the model is laid out; of pools, the one that decodes.
    pub layout: Layout,
    /// What its servers are told when they start.
    pub launch: Launch,
    /// How one replica runs at the peak.
    pub operating_point: OperatingPoint,
    /// Memory of the fullest accelerator.
    pub memory: Memory,
    /// How near the fleet is to too small and too large.
    pub balance: Balance,
    /// How the capacity of a replica depends on how many share the load.
    pub sharing: Sharing,
    /// Standard deviation of the logarithm of what the load costs: of the capacity and of the price.
    pub spread: f64,
    /// That of the price alone.
    pub price_spread: f64,
    /// How likely enough replicas run.
    pub availability: Availability,
    /// Everything around what serves: network, power, facility, cost.
    pub estate: Estate,
    /// How far the headline figures may turn out different.
    pub bands: Bands,
    /// What would break first under more load.
    pub limit: Limit,
    /// The pools in which prompts are read and answers written; `None`: every replica does both. With pools, layout, launch, memory
    /// and times of a replica are those of the decode pool, and everything else is of both.
    pub pools: Option<Pools>,
}

/// Two pools of replicas.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Pools {
    /// Reads prompts.
    pub prefill: Pool,
    /// Writes answers: what the sizing has as its layout.
    pub decode: Pool,
    /// Both of them, and the way from one to the other.
    pub together: Together,
}

/// What a whole fleet takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Counts {
    /// Accelerators, spares included.
    pub accelerators: u32,
    /// Accelerators, were all times the typical ones, as if they were certain.
    pub typical_accelerators: u32,
    /// Accelerators that are paid for.
    pub billed_accelerators: u32,
    /// Servers.
    pub servers: u32,
    /// Racks of servers.
    pub racks: u32,
}

impl Sizing {
    /// What the whole fleet takes: its only kind of replicas, or both pools.
    pub fn whole(&self) -> Counts {
        let l = &self.layout;
        match &self.pools {
            Some(Pools { together: t, .. }) => Counts {
                accelerators: t.accelerators,
                typical_accelerators: t.typical_accelerators,
                billed_accelerators: t.billed_accelerators,
                servers: t.servers,
                racks: t.racks,
            },
            None => Counts {
                accelerators: l.accelerators,
                typical_accelerators: l.typical_accelerators,
                billed_accelerators: l.billed_accelerators,
                servers: l.servers,
                racks: l.racks,
            },
        }
    }

    /// Where the list has for the whole fleet what a fleet without pools has at `path`.
    pub fn whole_path(&self, path: &'static str) -> &'static str {
        match (path, &self.pools) {
            ("layout.accelerators", Some(_)) => "pools.accelerators",
            ("layout.typical_accelerators", Some(_)) => "pools.typical_accelerators",
            ("layout.billed_accelerators", Some(_)) => "pools.billed_accelerators",
            ("layout.servers", Some(_)) => "pools.servers",
            ("layout.racks", Some(_)) => "pools.racks",
            _ => path,
        }
    }
}

impl Sizing {
    /// By how much the peak may grow until only `headroom` (0–1) of the SLO capacity is free: before another replica is
    /// needed to keep it. `balance.load_margin` is the growth up to the limit itself.
    pub fn growth_keeping(&self, headroom: f64) -> f64 {
        let sized = self.balance.capacity_at_confidence_requests_per_s * (1.0 - headroom);
        (sized / self.operating_point.requests_per_s - 1.0).max(0.0)
    }

    /// Accelerators that carry load, and those of spares.
    pub fn loaded_and_spare(&self) -> (f64, f64) {
        let l = &self.layout;
        let of =
            |replicas: u32, spares: u32, each: u32| (f64::from(replicas * each), f64::from(spares * each));
        let own = of(l.replicas, l.spare_replicas, l.accelerators_per_replica());
        self.pools.map_or(own, |Pools { prefill, .. }| {
            let reads = of(prefill.replicas, prefill.spare_replicas, prefill.accelerators_per_replica());
            (reads.0 + own.0, reads.1 + own.1)
        })
    }

    /// Accelerators that the peak would take at the limits of the SLO, fractions counted.
    pub fn used(&self) -> f64 {
        let pool =
            |pool: &Pool| pool.utilization * f64::from(pool.replicas * pool.accelerators_per_replica());
        match &self.pools {
            Some(Pools { prefill, decode, .. }) => pool(prefill) + pool(decode),
            None => self.operating_point.utilization * self.loaded_and_spare().0,
        }
    }

    /// Accelerators of the largest replica.
    pub fn largest_replica(&self) -> u32 {
        let own = self.layout.accelerators_per_replica();
        self.pools.map_or(own, |pools| own.max(pools.prefill.accelerators_per_replica()))
    }
}

impl Rejection {
    /// The factor by which the limit that stands in the way is missed, above 1; infinite where no limit does.
    pub fn miss(&self) -> f64 {
        match *self {
            Self::Memory { needed_bytes, capacity_bytes, .. } => needed_bytes / capacity_bytes,
            Self::Context { needed_tokens, model_tokens } => needed_tokens / model_tokens,
            Self::TimePerOutputToken { fastest_s, slo_s } | Self::TimeToFirstToken { fastest_s, slo_s } => {
                fastest_s / slo_s
            }
            Self::BothLimits { miss, .. } => miss,
            Self::PowerCap { needed_w, cap_w, .. } => needed_w / cap_w,
            Self::TooMany { accelerators } => accelerators,
            Self::Unreasonable { times, .. } => times,
            Self::Late { miss, .. } => miss,
            Self::Overloaded { carried, asked, .. } => asked / carried,
            Self::Edge { accelerators, slow, .. } => slow / accelerators,
            Self::Stack { .. } | Self::Price { .. } => f64::INFINITY,
        }
    }
}

/// Why an accelerator cannot do it.
#[derive(Clone, Debug, PartialEq)]
pub enum Rejection {
    /// The stack does not run there; names of those that do.
    Stack {
        /// Name of the stack.
        stack: String,
        /// Names of those that run there.
        runs: Vec<String>,
    },
    /// Prompt and answer are longer than the model's context.
    Context {
        /// Prompt and answer.
        needed_tokens: f64,
        /// The model's.
        model_tokens: f64,
    },
    /// No layout holds the weights and one sequence. Bytes per accelerator of the best try.
    Memory {
        /// Accelerators of a replica of the best try.
        accelerators: u32,
        /// Of one accelerator.
        needed_bytes: f64,
        /// Of one accelerator.
        capacity_bytes: f64,
    },
    /// Even one sequence is slower than the SLO: the fastest layout's TPOT, seconds.
    TimePerOutputToken {
        /// Of the fastest layout.
        fastest_s: f64,
        /// What is asked.
        slo_s: f64,
    },
    /// Even an idle replica is slower than the SLO: the fastest layout's TTFT, seconds.
    TimeToFirstToken {
        /// Of the fastest layout.
        fastest_s: f64,
        /// What is asked.
        slo_s: f64,
    },
    /// The layouts that meet one limit miss the other. Latencies of the one layout that comes nearest to both.
    BothLimits {
        /// Its time per output token, seconds.
        tpot_s: f64,
        /// Its time to first token, seconds.
        ttft_s: f64,
        /// The factor by which it misses one of the limits.
        miss: f64,
    },
    /// It could, but times that are longer within their bands would take many times the fleet: it is at the edge of the limits.
    Edge {
        /// Accelerators.
        accelerators: f64,
        /// Accelerators at the longer times.
        slow: f64,
        /// The limit that it is at the edge of.
        limit: Limit,
    },
    /// It could, at many times what the first costs.
    Unreasonable {
        /// How many times.
        times: f64,
        /// What limits a replica of it.
        limit: Limit,
    },
    /// The chosen term is not offered.
    Price {
        /// The term that was chosen.
        term: Term,
        /// Whose prices were asked: a class or a seller.
        asked: String,
        /// Accelerators of the smallest replica, which no machine on offer holds; 0: there is no offer at all.
        replica: u32,
        /// Other terms on which those that are asked offer a machine that holds it.
        terms: Vec<Term>,
        /// Other classes in which sellers offer the term.
        elsewhere: Vec<OfferClass>,
    },
    /// The fleet takes more power than there is. What the power carries of the load asked for, requests per second.
    PowerCap {
        /// Power of the facility with the whole fleet.
        needed_w: f64,
        /// Power there is.
        cap_w: f64,
        /// What that power carries, requests per second.
        carried: f64,
        /// What is asked for, requests per second.
        asked: f64,
    },
    /// The fleet that one has carries the load and misses the SLO.
    Late {
        /// Time to first token at the percentile, and its limit, seconds.
        ttft_s: (f64, f64),
        /// Time per output token, and its limit, seconds.
        tpot_s: (f64, f64),
        /// Share of requests within both, 0–1.
        attainment: f64,
        /// By which factor it misses a limit.
        miss: f64,
        /// What limits it.
        limit: Limit,
        /// Replicas that one has, and those that would keep the SLO; `None`: however many would not.
        replicas: (f64, Option<f64>),
    },
    /// The fleet that one has does not carry the load at all: requests come faster than they are answered.
    Overloaded {
        /// What it carries, requests per second.
        carried: f64,
        /// What is asked for, requests per second.
        asked: f64,
        /// What is used up.
        limit: Limit,
        /// Replicas that one has.
        replicas: f64,
    },
    /// More accelerators than a plan can mean.
    TooMany {
        /// Accelerators it would take.
        accelerators: f64,
    },
}

#[cfg(test)]
mod tests {
    use crate::catalog::Catalog;
    use crate::engine::plan::planner::plan;
    use crate::scenario::preset;

    /// The same replicas serve up to the growth that keeps the headroom; a little more needs another.
    #[test]
    fn the_peak_may_grow_until_the_headroom_is_used_up() {
        let catalog = Catalog::built_in().unwrap();
        let scenario = preset::open("support-chat", &catalog).unwrap();
        assert!(scenario.fleet.headroom > 0.0);
        let now = plan(&scenario, &catalog).unwrap();
        let (best, sizing) = now.best().unwrap();
        let growth = sizing.growth_keeping(scenario.fleet.headroom);
        assert!(growth < sizing.balance.load_margin);
        let replicas = |times: f64| {
            let mut more = scenario.clone();
            more.workload.requests_per_s *= times;
            let plan = plan(&more, &catalog).unwrap();
            let there = plan.candidate(&best.accelerator).unwrap().sizing().unwrap();
            let (layout, pools) = (there.layout, there.pools.map(|pools| pools.prefill.replicas));
            assert_eq!((layout.tp, layout.pp), (sizing.layout.tp, sizing.layout.pp));
            layout.replicas + pools.unwrap_or(0)
        };
        let now = sizing.layout.replicas + sizing.pools.map_or(0, |pools| pools.prefill.replicas);
        assert_eq!(replicas((1.0 + growth) * 0.999), now);
        assert!(replicas((1.0 + growth) * 1.001) > now);
    }
}
