//! The scale-out network of a fleet: cards, switches, cables, and what they draw and cost.
//!
//! Between replicas only requests travel, over the front end. A back end among the accelerators is needed where a
//! replica reaches beyond its scale-up domain ("not necessarily required for inference workloads": NVIDIA Enterprise
//! Reference Architecture for HGX H100, H200 and B200), or where it is asked for.

use crate::catalog::{Accelerator, Catalog, Fabric, FabricKind, Server};
use crate::engine::Network;
use crate::engine::explain::{Recorder, Step, Term, Trust};
use crate::units::Unit;

/// Ports of one server on the front end, each to a switch of its own, and their speed: two of 200 Gb/s (the same
/// reference architecture).
const FRONT_END_PORTS: f64 = 2.0;
const FRONT_END_BYTES_PER_S: f64 = 25e9;

/// Cards slower than this (100 Gb/s) are shared by several accelerators.
const SLOWEST_CARD_BYTES_PER_S: f64 = 12.5e9;

const ARCHITECTURE: &str = "NVIDIA Enterprise Reference Architecture, HGX H100/H200/B200, networking";

/// What a fleet asks of its network.
pub struct Wanted<'a> {
    /// The accelerator.
    pub accelerator: &'a Accelerator,
    /// The server that holds the accelerators.
    pub server: &'a Server,
    /// Servers of the fleet.
    pub servers: f64,
    /// Whether a replica reaches beyond its scale-up domain.
    pub spans: bool,
    /// Technology of the back end; `None`: only where it is needed, and then InfiniBand.
    pub kind: Option<FabricKind>,
    /// Bandwidth down from a leaf switch over bandwidth up.
    pub oversubscription: f64,
}

/// Switches and links of a folded Clos network (fat tree), rails or not: rails decide which card goes to which leaf, not
/// how many there are.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Clos {
    /// Switches that servers are connected to.
    pub leaf_switches: f64,
    /// Switches that connect leaves.
    pub spine_switches: f64,
    /// Switches that connect spines.
    pub core_switches: f64,
    /// Links between switches.
    pub links: f64,
}

/// The smallest network of switches with `ports` ports for `endpoints`, `split` of which share a port (Al-Fares et al.
/// 2008; one leaf where it holds all, two tiers up to as many leaves as a spine has ports, three beyond).
pub fn clos(endpoints: f64, ports: f64, split: f64, oversubscription: f64) -> Clos {
    if endpoints <= 0.0 {
        return Clos::default();
    }
    if endpoints <= ports * split {
        return Clos { leaf_switches: 1.0, ..Clos::default() };
    }
    let down = (ports * oversubscription / (1.0 + oversubscription)).floor().min(ports - 1.0);
    let up = ports - down;
    let leaf_switches = (endpoints / (down * split)).ceil();
    let links = leaf_switches * up;
    if leaf_switches <= ports {
        // Every leaf has as many links to each spine: the count of spines divides its links.
        let least = (links / ports).ceil();
        let mut spine_switches = least;
        while spine_switches < up && up % spine_switches != 0.0 {
            spine_switches += 1.0;
        }
        return Clos { leaf_switches, spine_switches, core_switches: 0.0, links };
    }
    let half = (ports / 2.0).floor();
    let spine_switches = (links / half).ceil();
    let upper = spine_switches * half;
    Clos { leaf_switches, spine_switches, core_switches: (upper / ports).ceil(), links: links + upper }
}

/// Network cards of one server for the back end, and the speed of each.
pub fn cards(accelerator: &Accelerator, server: &Server) -> (f64, f64) {
    let each = accelerator.nic_bytes_per_s.value();
    let sharing = (SLOWEST_CARD_BYTES_PER_S / each).ceil().max(1.0);
    let cards = (server.accelerators.value() / sharing).ceil().max(1.0);
    (cards, each * server.accelerators.value() / cards)
}

/// Power and price of one port of the front end: a share of a switch, transceivers at both ends, a cable.
fn front_end_port(fabric: &Fabric) -> Option<(f64, f64)> {
    let switch = fabric.switch_for(FRONT_END_BYTES_PER_S)?;
    let speed = switch.port_bytes_per_s.value();
    let split = (speed / FRONT_END_BYTES_PER_S).floor().max(1.0);
    let host = fabric.transceiver_for(FRONT_END_BYTES_PER_S)?;
    let trunk = fabric.transceiver_for(speed)?;
    let share = 1.0 / (switch.ports.value() * split);
    let power_w = switch.power_w.value() * share + host.power_w.value() + trunk.power_w.value() / split;
    let price_usd = switch.price_usd.value() * share
        + host.price_usd.value()
        + trunk.price_usd.value() / split
        + fabric.cable_usd.value();
    Some((power_w, price_usd))
}

/// The network that `wanted` takes. `None` where the catalog lacks a technology, which its validation rules out.
pub fn design(catalog: &Catalog, wanted: &Wanted<'_>, recorder: &mut impl Recorder) -> Option<Network> {
    let (cards, card_bytes_per_s) = cards(wanted.accelerator, wanted.server);
    let back_end = (wanted.servers > 1.0)
        .then_some(wanted.kind.or(wanted.spans.then_some(FabricKind::InfiniBand)))
        .flatten();
    let front_end_ports = FRONT_END_PORTS * wanted.servers;
    let (port_w, port_usd) = front_end_port(catalog.fabric(FabricKind::Ethernet)?)?;
    let mut network = Network {
        back_end,
        oversubscription: wanted.oversubscription,
        front_end_ports,
        cables: front_end_ports,
        transceivers: front_end_ports,
        power_w: front_end_ports * port_w,
        price_usd: front_end_ports * port_usd,
        ..Network::default()
    };
    if let Some(kind) = back_end {
        let fabric = catalog.fabric(kind)?;
        let switch = fabric.switch_for(card_bytes_per_s)?;
        let speed = switch.port_bytes_per_s.value();
        let split = (speed / card_bytes_per_s).floor().clamp(1.0, 4.0);
        let nics = cards * wanted.servers;
        let clos = clos(nics, switch.ports.value(), split, wanted.oversubscription);
        let switches = clos.leaf_switches + clos.spine_switches + clos.core_switches;
        let (host, trunk) = (fabric.transceiver_for(card_bytes_per_s)?, fabric.transceiver_for(speed)?);
        // A card's link ends at a port, or at its share of one; a link between switches ends at two.
        let trunks = (nics / split).ceil() + 2.0 * clos.links;
        network.nics = nics;
        network.leaf_switches = clos.leaf_switches;
        network.spine_switches = clos.spine_switches;
        network.core_switches = clos.core_switches;
        network.switch_rack_units = switches * switch.rack_units.value();
        network.cables += nics + clos.links;
        network.transceivers += nics + trunks;
        network.power_w +=
            switches * switch.power_w.value() + nics * host.power_w.value() + trunks * trunk.power_w.value();
        network.price_usd += switches * switch.price_usd.value()
            + nics * host.price_usd.value()
            + trunks * trunk.price_usd.value()
            + (nics + clos.links) * fabric.cable_usd.value();
        explain_back_end(&network, wanted, (cards, card_bytes_per_s, switch.ports.value()), recorder);
    }
    explain(&network, wanted, (port_w, port_usd), recorder);
    Some(network)
}

fn explain_back_end(
    network: &Network,
    wanted: &Wanted<'_>,
    (cards, card_bytes_per_s, ports): (f64, f64, f64),
    recorder: &mut impl Recorder,
) {
    let nics = || Term::made("cards", network.nics, Unit::One, "network.nics");
    recorder.note(|| {
        Step::derived(
            "network.nics",
            "Network cards of the back end",
            (network.nics, Unit::One),
            "servers × cards of one server; accelerators with less than 100 Gb/s share a card",
            vec![
                Term::made("servers", wanted.servers, Unit::One, "layout.servers"),
                Term::plain("cards of one server", cards, Unit::One),
                Term::plain("speed of a card, Gb/s", card_bytes_per_s * 8e-9, Unit::One),
            ],
        )
        .resting_on(Trust::Derived, [wanted.accelerator.nic_bytes_per_s.source()])
    });
    for (key, label, value) in [
        ("network.leaf_switches", "Leaf switches", network.leaf_switches),
        ("network.spine_switches", "Spine switches", network.spine_switches),
        ("network.core_switches", "Core switches", network.core_switches),
    ] {
        recorder.note(|| {
            Step::derived(
                key,
                label,
                (value, Unit::One),
                "folded Clos: leaves = ⌈cards ÷ ports down⌉; spines divide the links of a leaf evenly; a third tier where there are more leaves than ports of a spine",
                vec![
                    nics(),
                    Term::plain("ports of a switch", ports, Unit::One),
                    Term::plain("bandwidth down over up", network.oversubscription, Unit::One),
                ],
            )
            .resting_on(Trust::Derived, ["Al-Fares, Loukissas and Vahdat 2008, fat trees"])
        });
    }
}

fn explain(
    network: &Network,
    wanted: &Wanted<'_>,
    (port_w, port_usd): (f64, f64),
    recorder: &mut impl Recorder,
) {
    if network.back_end.is_none() {
        for (key, label) in [
            ("network.nics", "Network cards of the back end"),
            ("network.leaf_switches", "Leaf switches"),
            ("network.spine_switches", "Spine switches"),
            ("network.core_switches", "Core switches"),
        ] {
            recorder.note(|| {
                Step::derived(
                    key,
                    label,
                    (0.0, Unit::One),
                    "none: every replica stays within its scale-up domain, and no back end is asked for",
                    vec![Term::made("servers", wanted.servers, Unit::One, "layout.servers")],
                )
                .resting_on(Trust::Derived, [ARCHITECTURE])
            });
        }
    }
    recorder.note(|| {
        Step::derived(
            "network.oversubscription",
            "Bandwidth down from a leaf over bandwidth up",
            (network.oversubscription, Unit::One),
            "as asked",
            Vec::new(),
        )
        .resting_on(Trust::Given, [""; 0])
    });
    let ports =
        || Term::made("front-end ports", network.front_end_ports, Unit::One, "network.front_end_ports");
    recorder.note(|| {
        Step::derived(
            "network.front_end_ports",
            "Ports of the front end",
            (network.front_end_ports, Unit::One),
            "servers × 2 ports of 200 Gb/s, each to a switch of its own",
            vec![Term::made("servers", wanted.servers, Unit::One, "layout.servers")],
        )
        .resting_on(Trust::Derived, [ARCHITECTURE])
    });
    let nics = || Term::made("cards", network.nics, Unit::One, "network.nics");
    for (key, label, value, formula) in [
        ("network.cables", "Cables", network.cables, "front-end ports + cards + links between switches"),
        (
            "network.transceivers",
            "Transceivers",
            network.transceivers,
            "one at each port and card, two for each link between switches; those of the front end's switches are its operator's",
        ),
    ] {
        recorder.note(|| Step::derived(key, label, (value, Unit::One), formula, vec![ports(), nics()]));
    }
    for (key, label, value, unit, each) in [
        ("network.power_w", "Network at peak", network.power_w, Unit::Watts, port_w),
        ("network.price_usd", "Price of the network", network.price_usd, Unit::Usd, port_usd),
    ] {
        recorder.note(|| {
            Step::derived(
                key,
                label,
                (value, unit),
                "switches and transceivers of the back end, and its cables, + front-end ports × a share of a switch and two transceivers",
                vec![
                    Term::made("leaf switches", network.leaf_switches, Unit::One, "network.leaf_switches"),
                    Term::made("spine switches", network.spine_switches, Unit::One, "network.spine_switches"),
                    Term::made("core switches", network.core_switches, Unit::One, "network.core_switches"),
                    Term::made("transceivers", network.transceivers, Unit::One, "network.transceivers"),
                    ports(),
                    Term::plain("of one front-end port", each, unit),
                ],
            )
            .resting_on(Trust::Assumed, ["luxoptx", "achoenix-optics"])
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Compute fabric of the DGX SuperPOD with DGX H100 (reference architecture, table of component counts): scalable
    /// units of 32 nodes, the first of which gives one up for the fabric's manager; 64-port switches, no oversubscription.
    #[test]
    fn a_superpod_has_the_switches_and_cables_of_its_table() {
        for (nodes, leaves, spines, node_cables, switch_cables) in [
            (31.0, 8.0, 4.0, 252.0, 256.0),
            (63.0, 16.0, 8.0, 508.0, 512.0),
            (127.0, 32.0, 16.0, 1020.0, 1024.0),
        ] {
            // Four more cables go to the fabric's manager.
            let got = clos(nodes * 8.0 + 4.0, 64.0, 1.0, 1.0);
            assert_eq!((got.leaf_switches, got.spine_switches, got.core_switches), (leaves, spines, 0.0));
            assert_eq!((nodes * 8.0 + 4.0, got.links), (node_cables, switch_cables));
        }
    }

    /// A three-tier fat tree of k-port switches holds k³/4 hosts on 5k²/4 switches (Al-Fares et al. 2008, section 3).
    #[test]
    fn a_full_fat_tree_has_the_switches_of_the_paper() {
        for k in [8.0f64, 16.0, 48.0] {
            let got = clos(k * k * k / 4.0, k, 1.0, 1.0);
            assert_eq!(got.leaf_switches, k * k / 2.0);
            assert_eq!(got.spine_switches, k * k / 2.0);
            assert_eq!(got.core_switches, k * k / 4.0);
        }
    }

    #[test]
    fn every_card_has_a_port_and_fewer_links_go_up_than_asked_for_never() {
        for endpoints in 1..3000 {
            for (split, over) in [(1.0, 1.0), (2.0, 1.0), (2.0, 3.0), (1.0, 7.0)] {
                let n = f64::from(endpoints);
                let got = clos(n, 64.0, split, over);
                let down =
                    if got.spine_switches == 0.0 { 64.0 } else { (64.0 * over / (1.0 + over)).floor() };
                assert!(got.leaf_switches * down * split >= n);
                if got.core_switches == 0.0 && got.spine_switches > 0.0 {
                    assert!(got.spine_switches * 64.0 >= got.links, "{endpoints}: {got:?}");
                    assert!(got.links >= n / split / over - 1e-9, "{endpoints}: {got:?}");
                }
            }
        }
    }
}
