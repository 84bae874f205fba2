//! Time of collectives among the accelerators of a replica.

use crate::catalog::{Accelerator, Efficiency};

/// An all-reduce or all-to-all as a latency and a time for each byte that one accelerator contributes.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Collective {
    /// Time of an empty message, seconds.
    pub latency_s: f64,
    /// Seconds for each byte of one accelerator's message.
    pub s_per_byte: f64,
}

impl Collective {
    /// The same, taking `factor` times as long.
    pub fn scaled(self, factor: f64) -> Self {
        Self { latency_s: self.latency_s * factor, s_per_byte: self.s_per_byte * factor }
    }

    /// Time for `bytes` contributed by each accelerator.
    #[inline]
    pub fn time_s(&self, bytes: f64) -> f64 {
        self.latency_s + bytes * self.s_per_byte
    }
}

/// Bandwidth that one of `ranks` accelerators has for its peers, bytes per second, and the latency of a hop.
///
/// Inside the scale-up domain it is the scale-up link; a group that reaches beyond it is held back by the
/// network card.
fn path(accelerator: &Accelerator, efficiency: &Efficiency, ranks: u32) -> (f64, f64) {
    let inside = f64::from(ranks) <= accelerator.scale_up.domain.value();
    let (bytes_per_s, latency_s) = if inside {
        (accelerator.scale_up.bytes_per_s.value(), efficiency.link_latency_s.value())
    } else {
        (accelerator.nic_bytes_per_s.value(), efficiency.network_latency_s.value())
    };
    (bytes_per_s * efficiency.link.value(), latency_s)
}

/// All-reduce over `ranks`: a ring moves `2(n−1)/n` of the bytes (Patarasuk and Yuan 2009; NCCL).
pub fn all_reduce(accelerator: &Accelerator, efficiency: &Efficiency, ranks: u32) -> Collective {
    if ranks <= 1 {
        return Collective::default();
    }
    let (bytes_per_s, latency_s) = path(accelerator, efficiency, ranks);
    let n = f64::from(ranks);
    Collective { latency_s, s_per_byte: 2.0 * (n - 1.0) / n / bytes_per_s }
}

/// All-to-all over `ranks`: each keeps a share of `1/n` and sends the rest.
pub fn all_to_all(accelerator: &Accelerator, efficiency: &Efficiency, ranks: u32) -> Collective {
    if ranks <= 1 {
        return Collective::default();
    }
    let (bytes_per_s, latency_s) = path(accelerator, efficiency, ranks);
    let n = f64::from(ranks);
    Collective { latency_s, s_per_byte: (n - 1.0) / n / bytes_per_s }
}

/// One hand-over between pipeline stages. Stages inside the scale-up domain use its links.
pub fn hand_over(accelerator: &Accelerator, efficiency: &Efficiency, ranks: u32) -> Collective {
    let (bytes_per_s, latency_s) = path(accelerator, efficiency, ranks);
    Collective { latency_s, s_per_byte: 1.0 / bytes_per_s }
}
