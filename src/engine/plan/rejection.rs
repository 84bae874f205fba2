//! Why an accelerator cannot serve a scenario: the nearest misses of the search.

use crate::engine::plan::result::Rejection;
use crate::engine::replica::degrees::Degrees;
use crate::engine::replica::memory::Room;
use crate::engine::replica::serving::{Demand, Unable};

/// The nearest misses of a search, for the reason of a rejection.
#[derive(Default)]
pub struct Failures {
    /// Accelerators, bytes needed and bytes there, of the layout that came closest to fitting.
    memory: Option<(u32, f64, f64)>,
    /// Least TPOT and least TTFT, seconds.
    tpot: Option<f64>,
    ttft: Option<f64>,
    /// TPOT and TTFT of the layout that comes nearest to both limits, and the factor by which it misses one.
    both: Option<(f64, f64, f64)>,
}

impl Failures {
    /// Takes note of one layout that cannot serve.
    pub fn note(&mut self, degrees: Degrees, room: &Room, demand: &Demand, unable: Unable) {
        match unable {
            Unable::Memory => {
                let needed = room.least_bytes(demand.full_tokens);
                if self.memory.is_none_or(|(_, least, _)| needed < least) {
                    self.memory = Some((degrees.accelerators(), needed, room.capacity_bytes));
                }
            }
            Unable::Slow { tpot_s, ttft_s } => {
                self.tpot = Some(self.tpot.map_or(tpot_s, |least| least.min(tpot_s)));
                self.ttft = Some(self.ttft.map_or(ttft_s, |least| least.min(ttft_s)));
                let miss = (tpot_s / demand.tpot_slo_s).max(ttft_s / demand.ttft_slo_s);
                if self.both.is_none_or(|(least, ..)| miss < least) {
                    self.both = Some((miss, tpot_s, ttft_s));
                }
            }
            // Something else serves it, and better.
            Unable::Outdone => {}
        }
    }

    /// The message for the user.
    pub fn rejection(&self, demand: &Demand) -> Rejection {
        match (self.tpot, self.ttft) {
            (Some(fastest_s), _) if fastest_s > demand.tpot_slo_s => {
                Rejection::TimePerOutputToken { fastest_s, slo_s: demand.tpot_slo_s }
            }
            (_, Some(fastest_s)) if fastest_s > demand.ttft_slo_s => {
                Rejection::TimeToFirstToken { fastest_s, slo_s: demand.ttft_slo_s }
            }
            _ => match self.both {
                Some((miss, tpot_s, ttft_s)) => Rejection::BothLimits { tpot_s, ttft_s, miss },
                None => {
                    let (accelerators, needed_bytes, capacity_bytes) = self.memory.unwrap_or((0, 0.0, 0.0));
                    Rejection::Memory { accelerators, needed_bytes, capacity_bytes }
                }
            },
        }
    }
}
