//! Figures of the layout: degrees of one replica and counts of the fleet.

use crate::catalog::NumberFormat;
use crate::engine::figures::figure::{Entry, figures};

figures! {
    /// How the model is spread over accelerators, and how many replicas there are: of the whole fleet, or of the pool that
    /// decodes, where another reads the prompts.
    pub struct Layout in layout {
        /// Tensor-parallel degree.
        tp: u32, "Tensor-parallel degree", One, Neither {
            tp(cheapest: One) = cheapest, note "of all layouts and formats that hold the SLO, the one with the least to pay for (accelerators when rented, servers when bought), and of equal ones the one that carries most";
        }
        /// Pipeline stages.
        pp: u32, "Pipeline stages", One, Neither {
            pp(cheapest: One) = cheapest, note "chosen together with the tensor-parallel degree";
        }
        /// Expert-parallel degree; divides `tp * attention_dp`.
        ep: u32, "Expert-parallel degree", One, Neither {
            ep(cheapest: One) = cheapest, note "chosen together with the tensor-parallel degree";
        }
        /// Copies of attention that share one set of experts.
        attention_dp: u32, "Copies of attention", One, Neither {
            attention_dp(cheapest: One) = cheapest, note "chosen together with the tensor-parallel degree";
        }
        /// Replicas that the peak load and the headroom need.
        replicas: u32, "Replicas that the peak needs", One, Worse {
            // A load that is met to within a part in a billion is met.
            replicas(
                load_at_peak: RequestsPerSecond, capacity_of_one_replica: RequestsPerSecond, headroom: Fraction,
                fewest_to_share_bursts: One,
            ) = max(
                ceil(load_at_peak / (capacity_of_one_replica * (1.0 - headroom)) - 1e-9), fewest_to_share_bursts
            ), note "replicas get requests in turn: of fewer, each meets larger bursts and carries less";
        }
        /// Replicas beyond those.
        spare_replicas: u32, "Spare replicas", One, Worse {
            spare_replicas(
                replicas_needed: One, availability: Fraction, of_one_machine: One, machines_down: Fraction,
                of_one_rack: One, rack_down: Fraction, of_one_feed: One, feed_down: Fraction, restart_down: Fraction,
                release_down: Fraction,
            ) = fewest_spares(
                replicas_needed, availability, (of_one_machine, machines_down), (of_one_rack, rack_down),
                (of_one_feed, feed_down), (restart_down, release_down)
            ), note "the fewest with which enough replicas are up that often: machines, racks and feeds take all that is in them";
            spare_replicas_of_a_pool(
                replicas_needed: One, availability: Fraction, of_one_machine: One, machines_down: Fraction,
                of_one_rack: One, rack_down: Fraction, of_one_feed: One, feed_down: Fraction, restart_down: Fraction,
                release_down: Fraction,
            ) = fewest_spares(
                replicas_needed, sqrt(availability), (of_one_machine, machines_down), (of_one_rack, rack_down),
                (of_one_feed, feed_down), (restart_down, release_down)
            ), note "the fewest with which both pools are up that often together, each as often as the other";
        }
        /// `tp * pp * attention_dp * (replicas + spare_replicas)`.
        accelerators: u32, "Accelerators", One, Worse {
            accelerators(replicas: One, spares: One, accelerators_of_one_replica: One)
                = (replicas + spares) * accelerators_of_one_replica;
        }
        /// What a fleet would take whose times are the typical ones, as if they were certain.
        typical_accelerators: u32, "Accelerators at typical times", One, Worse {
            typical_accelerators(replicas_at_typical_times: One, spares: One, accelerators_of_one_replica: One)
                = (replicas_at_typical_times + spares) * accelerators_of_one_replica;
        }
        /// Accelerators that are paid for: whole rental units or whole servers.
        billed_accelerators: u32, "Accelerators paid for", One, Worse {
            billed_accelerators(accelerators: One, sold_together: One)
                = ceil(accelerators / sold_together) * sold_together;
            bought_accelerators(servers: One, accelerators_of_one_server: One) = servers * accelerators_of_one_server,
                note "whole servers are bought";
        }
        servers: u32, "Servers", One, Worse {
            servers(replicas: One, spares: One, replicas_of_one_server: One)
                = max(ceil((replicas + spares) / replicas_of_one_server), 1.0);
            spanned_servers(replicas: One, spares: One, servers_of_one_replica: One)
                = (replicas + spares) * servers_of_one_replica, note "a replica spans whole servers";
        }
        racks: u32, "Racks", One, Worse {
            racks(servers: One, servers_of_one_rack: One) = ceil(servers / servers_of_one_rack);
        }
    }
    states {
        weights: NumberFormat = |layout| Entry::Word(layout.weights.id());
        kv_cache: NumberFormat = |layout| Entry::Word(layout.kv_cache.id());
        /// Whether a server is a whole rack (NVL72).
        rack_scale: bool = |layout| layout.rack_scale.into();
    }
    steps {
        accelerators_of_one_replica, "Accelerators of one replica", One {
            accelerators_of_one_replica(tp: One, pp: One, copies_of_attention: One) = tp * pp * copies_of_attention;
        }
        replicas_of_one_server, "Replicas that fit one server", One {
            replicas_of_one_server(accelerators_of_one_server: One, accelerators_of_one_replica: One)
                = floor(accelerators_of_one_server / accelerators_of_one_replica),
                note "bought servers are those, of one class of vendor, that are cheapest for the fleet";
        }
        servers_of_one_replica, "Servers that one replica spans", One {
            servers_of_one_replica(accelerators_of_one_replica: One, accelerators_of_one_server: One)
                = ceil(accelerators_of_one_replica / accelerators_of_one_server);
        }
    }
}

impl Layout {
    /// Accelerators of one replica.
    pub fn accelerators_per_replica(&self) -> u32 {
        self.tp * self.pp * self.attention_dp
    }
}
