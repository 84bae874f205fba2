//! Figures of the scale-out network of a fleet.

use crate::catalog::FabricKind;
use crate::engine::figures::figure::{Entry, figures};

figures! {
    /// The scale-out network, counts of which are whole numbers.
    #[derive(Default)]
    pub struct Network in network {
        /// Bandwidth down from a leaf switch over bandwidth up.
        oversubscription: f64, "Oversubscription", One, Worse
        /// Cards of the back end.
        nics: f64, "Network cards of the back end", One, Neither {
            nics(servers: One, cards_of_one_server: One) = servers * cards_of_one_server,
                note "accelerators with less than 100 Gb/s share a card";
            no_nics() = 0.0, note "no back end: every replica stays within its scale-up domain";
        }
        leaf_switches: f64, "Leaf switches", One, Neither {
            leaf_switches(cards: One, ports_of_a_switch: One, cards_on_a_port: One, oversubscription: One)
                = clos(cards, ports_of_a_switch, cards_on_a_port, oversubscription).leaf_switches,
                note "folded Clos: cards over ports down", cite "Al-Fares, Loukissas and Vahdat 2008, fat trees";
            no_leaf_switches() = 0.0, note "no back end";
        }
        spine_switches: f64, "Spine switches", One, Neither {
            spine_switches(cards: One, ports_of_a_switch: One, cards_on_a_port: One, oversubscription: One)
                = clos(cards, ports_of_a_switch, cards_on_a_port, oversubscription).spine_switches,
                note "folded Clos: spines divide the links of a leaf evenly",
                cite "Al-Fares, Loukissas and Vahdat 2008, fat trees";
            no_spine_switches() = 0.0, note "no back end";
        }
        core_switches: f64, "Core switches", One, Neither {
            core_switches(cards: One, ports_of_a_switch: One, cards_on_a_port: One, oversubscription: One)
                = clos(cards, ports_of_a_switch, cards_on_a_port, oversubscription).core_switches,
                note "folded Clos: a third tier where there are more leaves than ports of a spine",
                cite "Al-Fares, Loukissas and Vahdat 2008, fat trees";
            no_core_switches() = 0.0, note "no back end";
        }
        /// Height of all these switches, rack units.
        switch_rack_units: f64, "Height of the switches", RackUnits, Worse {
            switch_rack_units(switches: One, height_of_a_switch: RackUnits) = switches * height_of_a_switch;
            no_switch_rack_units() = 0.0, note "no back end";
        }
        /// Ports of the servers to storage and clients.
        front_end_ports: f64, "Ports of the front end", One, Neither {
            front_end_ports(servers: One) = servers * 2.0,
                note "two of 200 Gb/s, each to a switch of its own",
                cite "NVIDIA Enterprise Reference Architecture, HGX H100/H200/B200, networking";
        }
        /// Of both.
        cables: f64, "Cables", One, Neither {
            cables(front_end_ports: One, cards: One, links_between_switches: One)
                = front_end_ports + cards + links_between_switches;
        }
        transceivers: f64, "Transceivers", One, Neither {
            transceivers(front_end_ports: One, cards: One, ends_at_switches: One)
                = front_end_ports + cards + ends_at_switches,
                note "those of the front end's switches are its operator's";
        }
        /// Switches and transceivers, watts; it does not follow the load.
        power_w: f64, "Network power", Watts, Worse {
            front_end_power_w(front_end_ports: One, power_of_a_port: Watts) = front_end_ports * power_of_a_port;
            power_w(
                front_end_ports: One, power_of_a_port: Watts, switches: One, power_of_a_switch: Watts, cards: One,
                transceiver_of_a_card: Watts, ends_at_switches: One, transceiver_of_a_switch: Watts,
            ) = front_end_ports * power_of_a_port
                + (switches * power_of_a_switch + cards * transceiver_of_a_card
                    + ends_at_switches * transceiver_of_a_switch);
        }
        /// Switches, transceivers and cables; cards come with the servers.
        price_usd: f64, "Price of the network", Usd, Worse {
            front_end_price_usd(front_end_ports: One, price_of_a_port: Usd) = front_end_ports * price_of_a_port;
            price_usd(
                front_end_ports: One, price_of_a_port: Usd, switches: One, price_of_a_switch: Usd, cards: One,
                transceiver_of_a_card: Usd, ends_at_switches: One, transceiver_of_a_switch: Usd,
                links_between_switches: One, price_of_a_cable: Usd,
            ) = front_end_ports * price_of_a_port
                + (switches * price_of_a_switch + cards * transceiver_of_a_card
                    + ends_at_switches * transceiver_of_a_switch
                    + (cards + links_between_switches) * price_of_a_cable);
        }
        /// The cache of one prompt over the cards of a replica, seconds: what a separate prefill pool adds.
        kv_transfer_s: f64, "KV cache of a prompt to another replica", Seconds, Worse {
            kv_transfer_s(
                kv_cache_of_the_input: Bytes, accelerators_of_one_replica: One, share_of_a_card: BytesPerSecond,
            ) = kv_cache_of_the_input / (accelerators_of_one_replica * share_of_a_card),
                note "at line rate: what a separate prefill pool would add to the time to first token",
                cite "Zhong et al. 2024 (DistServe), section 4";
        }
        /// A gradient of every parameter summed over the servers, seconds: if the fleet trained the model.
        all_reduce_s: f64, "All-reduce of gradients over the fleet", Seconds, Worse {
            all_reduce_s(
                servers: One, gradients: Bytes, accelerators_of_one_server: One, share_of_a_card: BytesPerSecond,
            ) = 2.0 * (servers - 1.0) / servers * gradients / (accelerators_of_one_server * share_of_a_card),
                note "at line rate, if the fleet trained the model", cite "Patarasuk and Yuan 2009";
        }
        /// Bandwidth of an accelerator inside its scale-up domain over that of its card.
        scale_up_over_out: f64, "Scale-up bandwidth over that of a card", One, Neither {
            scale_up_over_out(scale_up: BytesPerSecond, share_of_a_card: BytesPerSecond)
                = scale_up / share_of_a_card, note "how many times slower tensor parallelism is across servers";
        }
    }
    states {
        /// Technology among the accelerators of different servers; `None`: there is no such network.
        back_end: Option<FabricKind> = |network| Entry::Word(network.back_end.map_or("none", FabricKind::id));
    }
    steps {
        switches, "Switches of the back end", One {
            switches(leaves: One, spines: One, cores: One) = leaves + spines + cores;
        }
        links, "Links between switches", One {
            links(cards: One, ports_of_a_switch: One, cards_on_a_port: One, oversubscription: One)
                = clos(cards, ports_of_a_switch, cards_on_a_port, oversubscription).links,
                cite "Al-Fares, Loukissas and Vahdat 2008, fat trees";
        }
        ends_at_switches, "Transceivers in switches", One {
            ends_at_switches(cards: One, cards_on_a_port: One, links_between_switches: One)
                = ceil(cards / cards_on_a_port) + 2.0 * links_between_switches;
        }
        front_end_port_w, "Power of one front-end port", Watts {
            front_end_port_w(
                power_of_a_switch: Watts, ports_of_a_switch: One, cards_on_a_port: One, transceiver_of_a_server: Watts,
                transceiver_of_a_switch: Watts,
            ) = power_of_a_switch * (1.0 / (ports_of_a_switch * cards_on_a_port)) + transceiver_of_a_server
                + transceiver_of_a_switch / cards_on_a_port;
        }
        front_end_port_usd, "Price of one front-end port", Usd {
            front_end_port_usd(
                price_of_a_switch: Usd, ports_of_a_switch: One, cards_on_a_port: One, transceiver_of_a_server: Usd,
                transceiver_of_a_switch: Usd, price_of_a_cable: Usd,
            ) = price_of_a_switch * (1.0 / (ports_of_a_switch * cards_on_a_port)) + transceiver_of_a_server
                + transceiver_of_a_switch / cards_on_a_port + price_of_a_cable;
        }
        share_of_a_card, "Bandwidth of a card through the network", BytesPerSecond {
            share_of_a_card(card: BytesPerSecond, oversubscription: One) = card / max(oversubscription, 1.0),
                note "at line rate; real transfers reach 80 to 90% of it";
        }
    }
}

impl Network {
    /// All switches of the back end.
    pub fn switches(&self) -> f64 {
        self.leaf_switches + self.spine_switches + self.core_switches
    }
}
