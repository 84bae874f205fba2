//! What the cards of a fleet would take to move what may have to move between servers: the cache of a prompt, gradients, and
//! what tensor parallelism would lose beyond the scale-up domain.

use crate::catalog::Accelerator;
use crate::engine::Network;
use crate::engine::explain::{Recorder, Step, Term, Trust};
use crate::units::Unit;

/// What there is to move, and over what.
pub struct Moving<'a> {
    /// The accelerator.
    pub accelerator: &'a Accelerator,
    /// Of one replica.
    pub accelerators: f64,
    /// Servers of the fleet.
    pub servers: f64,
    /// Accelerators of one server.
    pub per_server: f64,
    /// KV cache of one prompt, whole model, bytes.
    pub prompt_kv_bytes: f64,
    /// One gradient of every parameter in 16 bits, bytes.
    pub gradient_bytes: f64,
}

impl Moving<'_> {
    /// Writes the times into `network`. At line rate and through its oversubscription: real transfers reach 80–90% of it.
    pub fn times(&self, network: &mut Network, recorder: &mut impl Recorder) {
        let a = self.accelerator;
        let card = a.nic_bytes_per_s.value() / network.oversubscription.max(1.0);
        // Prefill and decode in pools of their own: every accelerator of the replica sends its share (DistServe, Zhong et al.
        // 2024, section 4).
        network.kv_transfer_s = self.prompt_kv_bytes / (self.accelerators * card);
        // A ring among servers moves 2(n−1)/n of the bytes over the cards of one (Patarasuk and Yuan 2009), once they are
        // summed inside each server.
        network.all_reduce_s =
            2.0 * (self.servers - 1.0) / self.servers * self.gradient_bytes / (self.per_server * card);
        network.scale_up_over_out = a.scale_up.bytes_per_s.value() / card;
        let speed = || Term::plain("speed of a card's share, Gb/s", card * 8e-9, Unit::One);
        let sources = || [a.nic_bytes_per_s.source(), a.scale_up.bytes_per_s.source()];
        recorder.note(|| {
            Step::derived(
                "network.kv_transfer_s",
                "Cache of a prompt to another replica",
                (network.kv_transfer_s, Unit::Seconds),
                "KV cache of the input ÷ (accelerators of a replica × share of a card), at line rate: what a pool of its own for prefill would add to the time to first token",
                vec![
                    Term::plain("KV cache of the input", self.prompt_kv_bytes, Unit::Bytes),
                    Term::plain("accelerators of a replica", self.accelerators, Unit::One),
                    speed(),
                ],
            )
            .resting_on(Trust::Derived, sources())
        });
        recorder.note(|| {
            Step::derived(
                "network.all_reduce_s",
                "All-reduce of gradients over the fleet",
                (network.all_reduce_s, Unit::Seconds),
                "2(n − 1) ÷ n × 2 bytes a parameter ÷ (accelerators of a server × share of a card), n servers, at line rate: were the fleet to train the model",
                vec![
                    Term::made("servers", self.servers, Unit::One, "layout.servers"),
                    Term::plain("gradients", self.gradient_bytes, Unit::Bytes),
                    Term::plain("accelerators of a server", self.per_server, Unit::One),
                    speed(),
                ],
            )
            .resting_on(Trust::Derived, sources())
        });
        recorder.note(|| {
            Step::derived(
                "network.scale_up_over_out",
                "Scale-up bandwidth over that of a card",
                (network.scale_up_over_out, Unit::One),
                "bandwidth of one accelerator inside the scale-up domain ÷ share of a card: how many times slower tensor parallelism is across servers",
                vec![
                    Term::plain("scale-up, GB/s", a.scale_up.bytes_per_s.value() * 1e-9, Unit::One),
                    speed(),
                ],
            )
            .resting_on(Trust::Derived, sources())
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::Catalog;
    use crate::engine::explain::Silent;

    /// Eight H100 with 400 Gb/s each move the 327,680 bytes a token of Llama 3.1 70B's cache of 4,000 tokens in 3.3 ms, and
    /// two servers sum 141 GB of gradients in 0.353 s; NVLink is nine times as fast as a card.
    #[test]
    fn eight_cards_of_400_gigabits() {
        let catalog = Catalog::built_in().unwrap();
        let mut network = Network { oversubscription: 1.0, ..Network::default() };
        let mut moving = Moving {
            accelerator: catalog.accelerator("h100-sxm").unwrap(),
            accelerators: 8.0,
            servers: 2.0,
            per_server: 8.0,
            prompt_kv_bytes: 327_680.0 * 4000.0,
            gradient_bytes: 141.2e9,
        };
        moving.times(&mut network, &mut Silent);
        assert!((network.kv_transfer_s - 3.2768e-3).abs() < 1e-6, "{network:?}");
        assert!((network.all_reduce_s - 0.353).abs() < 1e-3, "{network:?}");
        assert!((network.scale_up_over_out - 9.0).abs() < 1e-6, "{network:?}");
        network.oversubscription = 2.0;
        moving.servers = 1.0;
        moving.times(&mut network, &mut Silent);
        assert!(
            (network.kv_transfer_s - 6.5536e-3).abs() < 1e-6 && network.all_reduce_s == 0.0,
            "{network:?}"
        );
    }
}
