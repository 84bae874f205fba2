//! The scale-out network of a fleet: cards, switches, cables, and what they draw and cost.
//!
//! Between replicas only requests travel, over the front end. A back end among the accelerators is needed where a
//! replica reaches beyond its scale-up domain ("not necessarily required for inference workloads": NVIDIA Enterprise
//! Reference Architecture for HGX H100, H200 and B200), or where it is asked for.

use crate::catalog::{Accelerator, Catalog, Fabric, FabricKind, Server};
use crate::engine::figures::{Network, Number, Recorder, Silent, network, same};

/// Speed of a server's port on the front end, bytes per second: 200 Gb/s (the same reference architecture).
const FRONT_END_BYTES_PER_S: f64 = 25e9;

/// Cards slower than this (100 Gb/s) are shared by several accelerators.
const SLOWEST_CARD_BYTES_PER_S: f64 = 12.5e9;

/// The back ends that a fleet may have, for their price while it is searched.
#[derive(Clone, Copy, Debug)]
pub struct BackEnds<'a> {
    /// What there is.
    pub catalog: &'a Catalog,
    /// The accelerator.
    pub accelerator: &'a Accelerator,
    /// Technology that is asked for; `None`: only where it is needed, and then InfiniBand.
    pub kind: Option<FabricKind>,
    /// Bandwidth down from a leaf switch over bandwidth up.
    pub oversubscription: f64,
}

impl BackEnds<'_> {
    /// Price of the back end of `servers` whose replicas have `each` accelerators, US dollars; 0 where there is none.
    pub fn price_usd(&self, server: &Server, servers: f64, each: f64) -> f64 {
        self.price_of(wanted(self.accelerator, servers, each, self.kind), server, servers)
    }

    /// The same of `servers` of two pools of `all` accelerators, one of which sends KV caches to the other.
    pub fn price_between_pools_usd(&self, server: &Server, servers: f64, all: f64) -> f64 {
        self.price_of(wanted(self.accelerator, servers, all, self.kind), server, servers)
    }

    fn price_of(&self, kind: Option<FabricKind>, server: &Server, servers: f64) -> f64 {
        let fabric = kind.and_then(|kind| self.catalog.fabric(kind));
        let nothing = Number::exact(0.0);
        let order = BackEndOrder {
            accelerator: self.accelerator,
            server,
            servers: Number::exact(servers),
            oversubscription: Number::exact(self.oversubscription),
        };
        let back = fabric.and_then(|fabric| order.back_end(fabric, nothing, (nothing, nothing), &mut Silent));
        back.map_or(0.0, |back| back.price_usd.value)
    }
}

/// The technology of the back end of `servers` whose replicas have `each` accelerators: `asked`, or InfiniBand where a replica
/// reaches beyond its scale-up domain; `None`: there is no back end.
fn wanted(
    accelerator: &Accelerator,
    servers: f64,
    each: f64,
    asked: Option<FabricKind>,
) -> Option<FabricKind> {
    let spans = each > accelerator.scale_up.domain.value();
    (servers > 1.0).then_some(asked.or(spans.then_some(FabricKind::InfiniBand))).flatten()
}

/// What a back end is made for.
struct BackEndOrder<'a> {
    accelerator: &'a Accelerator,
    server: &'a Server,
    servers: Number<'a>,
    oversubscription: Number<'a>,
}

/// What a fleet asks of its network.
pub struct NetworkOrder<'a> {
    /// The accelerator.
    pub accelerator: &'a Accelerator,
    /// The server that holds the accelerators.
    pub server: &'a Server,
    /// Servers of the fleet.
    pub servers: Number<'a>,
    /// Accelerators of one replica.
    pub accelerators_per_replica: Number<'a>,
    /// Accelerators among which a back end is needed unless one scale-up domain holds them: those of a replica, or of two pools.
    pub reach: f64,
    /// Technology of the back end; `None`: only where it is needed, and then InfiniBand.
    pub kind: Option<FabricKind>,
    /// Bandwidth down from a leaf switch over bandwidth up.
    pub oversubscription: Number<'a>,
    /// KV cache of one prompt, whole model, bytes.
    pub prompt_kv_bytes: Number<'a>,
    /// One gradient of every parameter in 16 bits, bytes.
    pub gradient_bytes: Number<'a>,
}

/// The network with the origins that what follows needs.
pub struct Designed<'a> {
    pub network: Network,
    pub switches: Number<'a>,
    pub switch_rack_units: Number<'a>,
    pub power_w: Number<'a>,
    pub price_usd: Number<'a>,
}

/// Network cards of one server for the back end, and the speed of each.
fn cards(accelerator: &Accelerator, server: &Server) -> (f64, f64) {
    let each = accelerator.nic_bytes_per_s.value();
    let sharing = (SLOWEST_CARD_BYTES_PER_S / each).ceil().max(1.0);
    let cards = (server.accelerators.value() / sharing).ceil().max(1.0);
    (cards, each * server.accelerators.value() / cards)
}

/// Power and price of one port of the front end: a share of a switch, transceivers at both ends, a cable.
fn front_end_port<'a>(fabric: &'a Fabric, recorder: &mut impl Recorder) -> Option<(Number<'a>, Number<'a>)> {
    let switch = fabric.switch_for(FRONT_END_BYTES_PER_S)?;
    let speed = switch.port_bytes_per_s.value();
    let split = Number::exact((speed / FRONT_END_BYTES_PER_S).floor().max(1.0));
    let (host, trunk) = (fabric.transceiver_for(FRONT_END_BYTES_PER_S)?, fabric.transceiver_for(speed)?);
    let ports = (&switch.ports).into();
    let (host_w, trunk_w) = ((&host.power_w).into(), (&trunk.power_w).into());
    let power_w =
        network::front_end_port_w(recorder, (&switch.power_w).into(), ports, split, host_w, trunk_w);
    let price_usd = network::front_end_port_usd(
        recorder,
        (&switch.price_usd).into(),
        ports,
        split,
        (&host.price_usd).into(),
        (&trunk.price_usd).into(),
        (&fabric.cable_usd).into(),
    );
    Some((power_w, price_usd))
}

/// A back end, counted.
struct BackEnd<'a> {
    nics: Number<'a>,
    leaf_switches: Number<'a>,
    spine_switches: Number<'a>,
    core_switches: Number<'a>,
    switches: Number<'a>,
    switch_rack_units: Number<'a>,
    links: Number<'a>,
    ends_at_switches: Number<'a>,
    power_w: Number<'a>,
    price_usd: Number<'a>,
}

impl<'a> NetworkOrder<'a> {
    /// The network of the fleet. `None` where the catalog lacks a technology, which its validation rules out.
    pub fn design(&self, catalog: &'a Catalog, recorder: &mut impl Recorder) -> Option<Designed<'a>> {
        let kind = wanted(self.accelerator, self.servers.value, self.reach, self.kind);
        let oversubscription = same(recorder, "network", "oversubscription", self.oversubscription);
        let ports = network::front_end_ports(recorder, self.servers);
        let port = front_end_port(catalog.fabric(FabricKind::Ethernet)?, recorder)?;
        let back = match kind {
            Some(kind) => BackEndOrder {
                accelerator: self.accelerator,
                server: self.server,
                servers: self.servers,
                oversubscription: self.oversubscription,
            }
            .back_end(catalog.fabric(kind)?, ports, port, recorder)?,
            None => no_back_end(ports, port, recorder),
        };
        let BackEnd { nics, links, ends_at_switches, power_w, price_usd, .. } = back;
        let [kv_transfer_s, all_reduce_s, scale_up_over_out] = self.transfers(oversubscription, recorder);
        let network = Network {
            oversubscription: oversubscription.value,
            nics: nics.value,
            leaf_switches: back.leaf_switches.value,
            spine_switches: back.spine_switches.value,
            core_switches: back.core_switches.value,
            switch_rack_units: back.switch_rack_units.value,
            front_end_ports: ports.value,
            cables: network::cables(recorder, ports, nics, links).value,
            transceivers: network::transceivers(recorder, ports, nics, ends_at_switches).value,
            power_w: power_w.value,
            price_usd: price_usd.value,
            kv_transfer_s,
            all_reduce_s,
            scale_up_over_out,
            back_end: kind,
        };
        let (switches, switch_rack_units) = (back.switches, back.switch_rack_units);
        Some(Designed { network, switches, switch_rack_units, power_w, price_usd })
    }

    /// Seconds that the cards would take to move what may have to move between servers: the cache of a prompt, gradients; and
    /// what tensor parallelism would lose beyond the scale-up domain.
    fn transfers(&self, oversubscription: Number<'a>, recorder: &mut impl Recorder) -> [f64; 3] {
        let a = self.accelerator;
        let card = network::share_of_a_card(recorder, (&a.nic_bytes_per_s).into(), oversubscription);
        // Every accelerator of the replica sends its share.
        let each = self.accelerators_per_replica;
        let kv_transfer_s = network::kv_transfer_s(recorder, self.prompt_kv_bytes, each, card);
        // A ring among servers, once gradients are summed inside each of them.
        let per_server = (&self.server.accelerators).into();
        let gradients = self.gradient_bytes;
        let all_reduce_s = network::all_reduce_s(recorder, self.servers, gradients, per_server, card);
        let scale_up = (&a.scale_up.bytes_per_s).into();
        let scale_up_over_out = network::scale_up_over_out(recorder, scale_up, card);
        [kv_transfer_s.value, all_reduce_s.value, scale_up_over_out.value]
    }
}

impl<'a> BackEndOrder<'a> {
    /// The back end of technology `fabric`.
    fn back_end(
        &self,
        fabric: &'a Fabric,
        front_ports: Number<'a>,
        (port_w, port_usd): (Number<'a>, Number<'a>),
        r: &mut impl Recorder,
    ) -> Option<BackEnd<'a>> {
        let (cards, card_bytes_per_s) = cards(self.accelerator, self.server);
        let switch = fabric.switch_for(card_bytes_per_s)?;
        let speed = switch.port_bytes_per_s.value();
        let split = Number::exact((speed / card_bytes_per_s).floor().clamp(1.0, 4.0));
        let (host, trunk) = (fabric.transceiver_for(card_bytes_per_s)?, fabric.transceiver_for(speed)?);
        let (ports, over): (Number<'a>, _) = ((&switch.ports).into(), self.oversubscription);
        let nics = network::nics(r, self.servers, Number::derived(cards));
        let leaf_switches = network::leaf_switches(r, nics, ports, split, over);
        let spine_switches = network::spine_switches(r, nics, ports, split, over);
        let core_switches = network::core_switches(r, nics, ports, split, over);
        let switches = network::switches(r, leaf_switches, spine_switches, core_switches);
        let switch_rack_units = network::switch_rack_units(r, switches, (&switch.rack_units).into());
        let links = network::links(r, nics, ports, split, over);
        // A card's link ends at a port, or at its share of one; a link between switches ends at two.
        let ends_at_switches = network::ends_at_switches(r, nics, split, links);
        let power_w = network::power_w(
            r,
            front_ports,
            port_w,
            switches,
            (&switch.power_w).into(),
            nics,
            (&host.power_w).into(),
            ends_at_switches,
            (&trunk.power_w).into(),
        );
        let price_usd = network::price_usd(
            r,
            front_ports,
            port_usd,
            switches,
            (&switch.price_usd).into(),
            nics,
            (&host.price_usd).into(),
            ends_at_switches,
            (&trunk.price_usd).into(),
            links,
            (&fabric.cable_usd).into(),
        );
        Some(BackEnd {
            nics,
            leaf_switches,
            spine_switches,
            core_switches,
            switches,
            switch_rack_units,
            links,
            ends_at_switches,
            power_w,
            price_usd,
        })
    }
}

/// Servers that only reach storage and clients.
fn no_back_end<'a>(
    ports: Number<'a>,
    (port_w, port_usd): (Number<'a>, Number<'a>),
    r: &mut impl Recorder,
) -> BackEnd<'a> {
    let nothing = Number::exact(0.0);
    BackEnd {
        nics: network::no_nics(r),
        leaf_switches: network::no_leaf_switches(r),
        spine_switches: network::no_spine_switches(r),
        core_switches: network::no_core_switches(r),
        switches: nothing,
        switch_rack_units: network::no_switch_rack_units(r),
        links: nothing,
        ends_at_switches: nothing,
        power_w: network::front_end_power_w(r, ports, port_w),
        price_usd: network::front_end_price_usd(r, ports, port_usd),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Eight H100 with 400 Gb/s each move the 327,680 bytes a token of Llama 3.1 70B's cache of 4,000 tokens in 3.3 ms, and
    /// two servers sum 141 GB of gradients in 0.353 s; NVLink is nine times as fast as a card.
    #[test]
    fn eight_cards_of_400_gigabits() {
        let catalog = Catalog::built_in().unwrap();
        let mut wanted = NetworkOrder {
            accelerator: catalog.accelerator("h100-sxm").unwrap(),
            server: catalog.server_for("h100-sxm").unwrap(),
            servers: Number::exact(2.0),
            accelerators_per_replica: Number::exact(8.0),
            reach: 8.0,
            kind: None,
            oversubscription: Number::exact(1.0),
            prompt_kv_bytes: Number::exact(327_680.0 * 4000.0),
            gradient_bytes: Number::exact(141.2e9),
        };
        let got = wanted.design(&catalog, &mut Silent).unwrap().network;
        assert!((got.kv_transfer_s - 3.2768e-3).abs() < 1e-6, "{got:?}");
        assert!((got.all_reduce_s - 0.353).abs() < 1e-3, "{got:?}");
        assert!((got.scale_up_over_out - 9.0).abs() < 1e-6, "{got:?}");
        wanted.oversubscription = Number::exact(2.0);
        wanted.servers = Number::exact(1.0);
        let got = wanted.design(&catalog, &mut Silent).unwrap().network;
        assert!((got.kv_transfer_s - 6.5536e-3).abs() < 1e-6 && got.all_reduce_s == 0.0, "{got:?}");
    }
}
