//! Figures of a fleet whose prompts are read in one pool of replicas and whose answers are written in another.

use crate::catalog::NumberFormat;
use crate::engine::figures::figure::{Entry, figures};

figures! {
    /// One of the two pools. Its replicas are alike.
    pub struct Pool in pool at "layout" {
        tp: u32, "Tensor-parallel degree", One, Neither
        pp: u32, "Pipeline stages", One, Neither
        ep: u32, "Expert-parallel degree", One, Neither
        attention_dp: u32, "Copies of attention", One, Neither
        replicas: u32, "Replicas that the peak needs", One, Worse
        spare_replicas: u32, "Spare replicas", One, Worse
        /// Spares included.
        accelerators: u32, "Accelerators", One, Worse
        /// What it would take were its times the typical ones, as if they were certain.
        typical_accelerators: u32, "Accelerators at typical times", One, Worse
        /// Whole rental units or whole servers, were it paid for by itself.
        billed_accelerators: u32, "Accelerators paid for", One, Worse
        servers: u32, "Servers", One, Worse
        racks: u32, "Racks", One, Worse
        /// Of one replica, at typical times, requests per second.
        capacity_requests_per_s: f64, "Largest load of one replica within the SLO", RequestsPerSecond, Better {
            capacity_requests_per_s(at_typical_times: RequestsPerSecond) = at_typical_times;
        }
        /// Load over the largest load at which the SLO holds, 0–1.
        utilization: f64, "Peak load over SLO capacity, spares aside", Fraction, Neither {
            utilization(load_over_capacity: Fraction) = load_over_capacity;
        }
        /// Requests in one replica at the peak, mean.
        concurrency: f64, "Requests in one replica at peak", One, Neither {
            concurrency(mean: One) = mean;
        }
    }
    states {
        weights: NumberFormat = |pool| Entry::Word(pool.weights.id());
        kv_cache: NumberFormat = |pool| Entry::Word(pool.kv_cache.id());
        /// Whether a server is a whole rack (NVL72).
        rack_scale: bool = |pool| pool.rack_scale.into();
        /// Whether its servers are told of a larger share of memory than the stack's default.
        fuller: bool = |pool| pool.fuller.into();
        /// Whether its steps are smaller than the stack's default.
        smaller_steps: bool = |pool| pool.smaller_steps.into();
    }
}

figures! {
    /// Both pools together, the way between them, and what they save.
    pub struct Together in together at "pools" {
        /// Spares included.
        accelerators: u32, "Accelerators", One, Worse {
            accelerators(prefill: One, decode: One) = prefill + decode, note "of both pools";
        }
        /// What both would take were their times the typical ones, as if they were certain.
        typical_accelerators: u32, "Accelerators at typical times", One, Worse {
            typical_accelerators(prefill: One, decode: One) = prefill + decode, note "of both pools";
        }
        /// Whole rental units, which both pools share, or whole servers, which they do not.
        billed_accelerators: u32, "Accelerators paid for", One, Worse
        servers: u32, "Servers", One, Worse {
            servers(prefill: One, decode: One) = prefill + decode, note "each pool in servers of its own";
        }
        racks: u32, "Racks", One, Worse {
            racks(prefill: One, decode: One) = prefill + decode,
                note "each pool in racks of its own: what takes one down leaves the other";
        }
        /// The cache of one prompt, whole, once it is read.
        kv_transfer_s: f64, "KV cache of a prompt to the decode pool", Seconds, Worse {
            kv_transfer_s(kv_cache_of_the_input: Bytes, cards: One, card: BytesPerSecond, oversubscription: One)
                = kv_cache_of_the_input / (cards * card / max(oversubscription, 1.0)),
                note "at line rate, over the cards of the accelerators that hold it: those of one copy of attention, in the replica that has fewer",
                cite "Zhong et al. 2024 (DistServe), arXiv 2401.09670",
                cite "Patel et al. 2024 (Splitwise), arXiv 2311.18677";
            kv_transfer_inside_s(kv_cache_of_the_input: Bytes, links: One, scale_up: BytesPerSecond)
                = kv_cache_of_the_input / (links * scale_up),
                note "at line rate: both pools are in one scale-up domain",
                cite "Zhong et al. 2024 (DistServe), arXiv 2401.09670";
        }
        /// What is paid less for both pools than for the cheapest fleet whose replicas do both, as a share of it; negative: they cost
        /// more. `None`: no such fleet can serve.
        saving: Option<f64>, "Saved by pools", Fraction, Better {
            saving(an_hour_of_pools: Usd, an_hour_of_one_kind: Usd) = 1.0 - an_hour_of_pools / an_hour_of_one_kind,
                note "against the cheapest fleet on the same accelerator whose replicas read and write";
        }
    }
    steps {
        ttft_s, "Time to first token at peak", Seconds {
            ttft_s(
                reading: Seconds, kv_transfer: Seconds, percentile: Fraction, steps_planned_ahead: One,
                steps_between_looks: One, decode_step: Seconds,
            ) = reading + kv_transfer + (1.0 + steps_planned_ahead + percentile * steps_between_looks) * decode_step,
                note "the decode replica makes the first token, in the step after those that are under way or planned",
                cite "Qin et al. 2024 (Mooncake), arXiv 2407.00079";
        }
    }
}

impl Pool {
    /// Accelerators of one replica.
    pub fn accelerators_per_replica(&self) -> u32 {
        self.tp * self.pp * self.attention_dp
    }
}
