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
    /// Least TPOT with its TTFT, and least TTFT with its TPOT, seconds.
    tpot: Option<(f64, f64)>,
    ttft: Option<(f64, f64)>,
}

impl Failures {
    /// Takes note of one layout that cannot serve.
    pub fn note(&mut self, degrees: Degrees, room: &Room, full_tokens: f64, unable: Unable) {
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
            // Something else serves it, and better.
            Unable::Outdone => {}
        }
    }

    /// The message for the user.
    pub fn rejection(&self, demand: &Demand) -> Rejection {
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
