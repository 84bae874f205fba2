//! Time of collectives among the accelerators of a replica.

use super::deployment::Deployment;
use super::formats::arithmetic;
use crate::catalog::{Accelerator, Efficiency};

/// What each doubling of the ranks adds to the time of the smallest all-reduce, of that among four, which is the reading of
/// `link_latency_s`: 2.8, 3.2 and 3.6 µs among 2, 4 and 8 H100, 4.9, 5.3 and 5.9 among B200 (source `op-ratios`).
const LATENCY_OF_A_DOUBLING: f64 = 0.12;

/// An all-reduce as a latency and a time for each byte that one accelerator contributes.
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
    let latency_s = latency_s * (1.0 + LATENCY_OF_A_DOUBLING * (n / 4.0).log2());
    Collective { latency_s, s_per_byte: 2.0 * (n - 1.0) / n / bytes_per_s }
}

/// Tokens on their way to experts on other accelerators and back, as a time for each token of one of them: those of prompts by kernels
/// for many, those of sequences that decode by kernels for few.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct TokenExchange {
    /// Time of an empty exchange, there and back, seconds.
    latency_s: f64,
    /// Seconds for each token of a prompt.
    prompt_token_s: f64,
    /// Seconds for each token of a sequence that decodes.
    decode_token_s: f64,
}

impl TokenExchange {
    /// The exchange of one layer of `deployment`.
    ///
    /// A token goes out in 8 bits where experts compute so, and its results come back in 16. Where expert parallelism is narrower
    /// than the replica, each expert is cut over several ranks, and a token goes to all of them. With kernels for prompts it crosses
    /// the network once to each server that holds experts of its, and the scale-up links once to each accelerator there; the slower
    /// of the two counts. With those for decode it is sent to each of its experts (DeepEP, README, 2025). A scale-up domain that holds
    /// all ranks, such as an NVL72, is one server.
    pub fn new(deployment: &Deployment<'_>) -> Self {
        let Deployment { profile, accelerator, efficiency, stack, degrees, weights, .. } = *deployment;
        let exchange = &stack.exchange;
        let ranks = f64::from(degrees.expert_ranks());
        let domain = accelerator.scale_up.domain.value().max(1.0);
        let servers = (ranks / domain).ceil();
        let eight_bits = weights.bytes() < 2.0 && !arithmetic(accelerator, efficiency, weights).weight_only;
        let out = if eight_bits { exchange.dispatch_bytes.value() } else { 2.0 };
        // Each rank of a tensor-parallel group sends its share.
        let token_bytes = profile.hidden * (out + 2.0) / f64::from(degrees.tp);
        let link = accelerator.scale_up.bytes_per_s.value() * exchange.link.value();
        let card = accelerator.nic_bytes_per_s.value();
        let (ep, top_k) = (f64::from(degrees.ep), profile.top_k);
        let slices = ranks / ep;
        let accelerators = slices * occupied(ep, top_k) * (1.0 - 1.0 / ranks.min(domain));
        let (prompt_token_s, decode_token_s, hop_s) = if servers <= 1.0 {
            let sent = slices * top_k * (1.0 - 1.0 / ranks);
            (accelerators / link, sent / link, efficiency.link_latency_s.value())
        } else {
            let remote = 1.0 - 1.0 / servers;
            let crossed =
                (slices * servers_visited(servers, top_k, profile.routed_groups)).min(servers) * remote;
            (
                (crossed / (card * exchange.network.value())).max(accelerators / link),
                slices * top_k * remote / (card * exchange.network_decode.value()),
                efficiency.network_latency_s.value(),
            )
        };
        // Whoever gets more tokens than the others is waited for.
        let fullest = token_bytes * busiest(deployment);
        Self {
            latency_s: 2.0 * hop_s,
            prompt_token_s: fullest * prompt_token_s,
            decode_token_s: fullest * decode_token_s,
        }
    }

    /// Time of one layer with so many tokens of prompts, and of sequences that decode, on one accelerator.
    #[inline]
    pub fn time_s(&self, prompts: f64, decoding: f64) -> f64 {
        self.latency_s + prompts * self.prompt_token_s + decoding * self.decode_token_s
    }
}

/// Load of the busiest accelerator over the mean where whole experts are handed out; 1 where each expert is cut over all ranks.
pub fn busiest(deployment: &Deployment<'_>) -> f64 {
    let Deployment { stack, degrees, .. } = deployment;
    if degrees.ep > 1 { stack.exchange.imbalance.value() } else { 1.0 }
}

/// Of `places`, those that at least one of `draws` independent even draws falls on, on average.
fn occupied(places: f64, draws: f64) -> f64 {
    places * -(draws * (-1.0 / places).ln_1p()).exp_m1()
}

/// Servers of `servers` that a token is sent to: any with one of its `top_k` experts, or only those of `(groups, visited)` groups
/// of experts (DeepSeek-V3 technical report, arXiv 2412.19437, section 2.1.2: at most four servers).
fn servers_visited(servers: f64, top_k: f64, (groups, visited): (f64, f64)) -> f64 {
    if groups <= 1.0 {
        return occupied(servers, top_k);
    }
    if servers > groups {
        // A group lies on several servers.
        return (visited * occupied(servers / groups, top_k / visited)).min(top_k);
    }
    // Groups are drawn without repeats; a server holds some of them.
    let each = groups / servers;
    let missed: f64 = (0..visited as u32).map(|drawn| 1.0 - each / (groups - f64::from(drawn))).product();
    servers * (1.0 - missed.max(0.0))
}

/// One hand-over between pipeline stages. Stages inside the scale-up domain use its links.
pub fn hand_over(accelerator: &Accelerator, efficiency: &Efficiency, ranks: u32) -> Collective {
    let (bytes_per_s, latency_s) = path(accelerator, efficiency, ranks);
    Collective { latency_s, s_per_byte: 1.0 / bytes_per_s }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// DeepSeek-V3 over four servers: of 8 groups, two on each, four are visited, so that a server is missed with
    /// C(6, 4) / C(8, 4) = 15 / 70. Over 18 servers each of the four groups lies on 2.25.
    #[test]
    fn node_limited_routing_visits_four_servers_at_most() {
        let close = |got: f64, want: f64| assert!((got - want).abs() < 1e-9, "{got} instead of {want}");
        close(servers_visited(4.0, 8.0, (8.0, 4.0)), 4.0 * (1.0 - 15.0 / 70.0));
        close(servers_visited(8.0, 8.0, (8.0, 4.0)), 4.0);
        close(servers_visited(4.0, 8.0, (0.0, 0.0)), 4.0 * (1.0 - 0.75_f64.powi(8)));
        assert!(servers_visited(18.0, 8.0, (8.0, 4.0)) < occupied(18.0, 8.0));
    }
}
