//! Which server a fleet is put in, and how many of it: a replica fits the server that it is put in, or spans whole ones.

use super::network::BackEnds;
use super::replicas::FleetCounts;
use super::tariff::{Holding, Tariff};
use crate::catalog::{Server, Sourced, Term, VendorClass};
use crate::engine::figures::{Falls, Number, Recorder, layout, together};

/// The servers among which a fleet chooses.
#[derive(Clone, Copy, Debug)]
pub struct Housing<'a> {
    /// The server of the accelerator: what is rented is hosted in it, and it bounds the size of what is bought.
    pub default: &'a Server,
    /// Among which smaller ones are found.
    pub servers: &'a [Server],
    /// How the fleet is paid for.
    pub term: Term,
    /// Prices of renting.
    pub tariff: &'a Tariff,
    /// The network that replicas of several servers take, where they are bought.
    pub back_ends: BackEnds<'a>,
}

/// What is paid for of a fleet while its layout is searched: less is better.
#[derive(Clone, Copy, Debug, PartialEq, PartialOrd)]
pub struct Weight(f64);

impl Weight {
    /// US dollars: of servers and their network, or of an hour.
    pub fn usd(self) -> f64 {
        self.0
    }

    /// So many times as much.
    pub fn times(self, factor: f64) -> Self {
        Self(factor * self.0)
    }
}

/// The machines that a fleet is in.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Home<'a> {
    /// The server: bought, or the one that what is rented is hosted in.
    pub server: &'a Server,
    /// Accelerators of one machine at most: of the server, or of what is rented whole.
    pub machine: f64,
    /// Whether it is bought.
    pub bought: bool,
    /// Share of time in which the seller promises one machine to be up; nothing where it is bought or not promised.
    pub promised: Option<&'a Sourced>,
}

impl<'a> Home<'a> {
    /// What a repair takes at once.
    pub fn falls(&self) -> Falls {
        let tray =
            self.server.repaired_together().value() < self.server.accelerators.value().min(self.machine);
        match (tray, self.bought) {
            (true, _) => Falls::Tray,
            (false, true) => Falls::Server,
            (false, false) => Falls::Machine,
        }
    }

    /// Whether its machines reach each other over the network of accelerators: those that are bought, and whole servers or trays. A part
    /// of a server that is rented is taken to have the network of its host alone.
    pub fn is_joined(&self) -> bool {
        self.bought || self.machine >= self.joined(0.0)
    }

    /// Accelerators of one such machine at least, which also holds a replica of `each`.
    pub fn joined(&self, each: f64) -> f64 {
        each.max(self.server.repaired_together().value())
    }

    /// Accelerators that one repair takes: those of a rented machine, of a server, or of a tray of it.
    pub fn repaired_together(&self) -> Number<'a> {
        let together: Number<'a> = self.server.repaired_together().into();
        if self.machine < together.value { Number::derived(self.machine) } else { together }
    }
}

/// Replicas of one server; nothing where one replica needs several.
fn replicas_of(server: &Server, each: f64) -> f64 {
    (server.accelerators.value() / each).floor()
}

/// Servers of `n` accelerators for that many replicas of `each`.
pub fn servers(n: f64, replicas: f64, each: f64) -> f64 {
    let held = (n / each).floor();
    if held >= 1.0 { (replicas / held).ceil().max(1.0) } else { replicas * (each / n).ceil() }
}

impl<'a> Housing<'a> {
    /// Price of the servers that `replicas` of `each` accelerators take, and of the network among them; 0 where they are not for
    /// sale, and then none is bought.
    fn price_usd(&self, server: &Server, replicas: f64, each: f64) -> f64 {
        let one = server.price_usd.as_ref().map_or(0.0, |price| price.value());
        let servers = servers(server.accelerators.value(), replicas, each);
        one * servers + self.back_ends.price_usd(server, servers, each)
    }

    /// Those that are for sale: of the default server's class, or a workstation, and smaller than the default.
    fn for_sale(&self) -> impl Iterator<Item = &'a Server> {
        let default = self.default;
        let smaller = self.servers.iter().filter(move |server| {
            server.accelerator == default.accelerator
                && (server.vendor_class == default.vendor_class
                    || server.vendor_class == VendorClass::Workstation)
                && server.accelerators.value() < default.accelerators.value()
                && server.price_usd.is_some()
        });
        std::iter::once(default).chain(smaller)
    }

    /// The server that a fleet of `replicas` of `each` accelerators is cheapest bought in, by the price of the servers and
    /// their network. A replica is not split over servers smaller than the default one, and a workstation holds a whole fleet or none.
    pub fn bought(&self, replicas: f64, each: f64) -> &'a Server {
        let default = self.default;
        let holds = |server: &&Server| {
            let alone = server.vendor_class != VendorClass::Workstation;
            std::ptr::eq(*server, default) || replicas_of(server, each) >= if alone { 1.0 } else { replicas }
        };
        let usd = |server: &Server| self.price_usd(server, replicas, each);
        self.for_sale().filter(holds).min_by(|a, b| usd(a).total_cmp(&usd(b))).unwrap_or(default)
    }

    /// Where a fleet of so many replicas, spares included, is cheapest, whatever falls together there.
    pub fn home(&self, replicas: f64, each: f64) -> Home<'a> {
        if self.term == Term::Buy {
            return self.owned(self.bought(replicas, each));
        }
        let paid = self.tariff.paid(self.term, replicas * each, Holding::of(each));
        self.rented(paid.map_or(self.default.accelerators.value(), |paid| f64::from(paid.rate.machine)))
    }

    fn owned(&self, server: &'a Server) -> Home<'a> {
        Home { server, machine: server.accelerators.value(), bought: true, promised: None }
    }

    fn rented(&self, machine: f64) -> Home<'a> {
        Home { server: self.default, machine, bought: false, promised: self.tariff.promised() }
    }

    /// Calls `visit` with everything that replicas of `each` accelerators may stand in.
    pub fn visit_homes(&self, each: f64, mut visit: impl FnMut(Home<'a>)) {
        if self.term == Term::Buy {
            let holds =
                |server: &&Server| std::ptr::eq(*server, self.default) || replicas_of(server, each) >= 1.0;
            self.for_sale().filter(holds).for_each(|server| visit(self.owned(server)));
            return;
        }
        for machine in self.tariff.machines(self.term, each) {
            visit(self.rented(f64::from(machine)));
        }
    }

    /// What a fleet weighs in the search: the price of its servers and their network, or an hour's rent, at least. `None`: nobody
    /// rents a machine that holds such a replica.
    pub fn weight(&self, replicas: f64, each: f64) -> Option<Weight> {
        match self.term {
            Term::Buy => Some(Weight(self.price_usd(self.bought(replicas, each), replicas, each))),
            term => Some(Weight(self.tariff.paid(term, replicas * each, Holding::of(each))?.usd())),
        }
    }

    /// The same in the machines of `home`, or smaller ones. `None`: they are not offered, or do not hold such a fleet.
    pub fn weight_in(&self, home: &Home<'a>, replicas: f64, each: f64) -> Option<Weight> {
        if self.term != Term::Buy {
            let holding = Holding { each, most: home.machine };
            return Some(Weight(self.tariff.paid(self.term, replicas * each, holding)?.usd()));
        }
        let alone =
            home.server.vendor_class == VendorClass::Workstation && !std::ptr::eq(home.server, self.default);
        let held = !alone || replicas <= replicas_of(home.server, each);
        held.then(|| Weight(self.price_usd(home.server, replicas, each)))
    }

    /// What counts of replicas of `each` accelerators in `home`, as accelerators: those of whole servers that are bought, or their
    /// own.
    pub fn counted_in(&self, home: &Home<'a>, replicas: f64, each: f64) -> f64 {
        match self.term {
            Term::Buy => {
                let n = home.server.accelerators.value();
                servers(n, replicas, each) * n
            }
            _ => replicas * each,
        }
    }

    /// What two pools weigh in the machines of `home`, each as it counts there, where the larger replica has `each` accelerators.
    /// `None`: nobody rents them out.
    pub fn weight_of_pools(&self, home: &Home<'a>, counted: [f64; 2], each: f64) -> Option<Weight> {
        let all = counted[0] + counted[1];
        if self.term != Term::Buy {
            let holding = Holding { each: home.joined(each), most: home.machine };
            return Some(Weight(self.tariff.paid(self.term, all, holding)?.usd()));
        }
        let servers = all / home.server.accelerators.value();
        let one = home.server.price_usd.as_ref().map_or(0.0, |price| price.value());
        Some(Weight(one * servers + self.back_ends.price_between_pools_usd(home.server, servers, all)))
    }

    /// The most accelerators that a fleet of at most this weight can have.
    pub fn most_accelerators(&self, weight: Weight) -> f64 {
        let price = |server: &Server| server.price_usd.as_ref().map_or(0.0, |price| price.value());
        let each = |server: &Server| price(server) / server.accelerators.value();
        let least = match self.term {
            Term::Buy => self.for_sale().map(each).fold(f64::INFINITY, f64::min),
            term => self.tariff.least_usd(term),
        };
        // A hair more, for what rounding does to prices.
        1.000_001 * weight.0 / least
    }
}

/// A fleet in its servers.
#[derive(Clone, Copy, Debug)]
pub struct Housed<'a> {
    /// The server.
    pub server: &'a Server,
    /// How many.
    pub servers: Number<'a>,
    /// Accelerators of replicas that the smallest addition holds: a server, or those that a replica spans.
    pub held: f64,
    /// How many such additions.
    pub additions: f64,
}

impl<'a> Housed<'a> {
    /// `fleet` of replicas of `each` accelerators in `server`.
    pub fn of(
        server: &'a Server,
        fleet: &FleetCounts<'a>,
        each: Number<'a>,
        recorder: &mut impl Recorder,
    ) -> Self {
        let n: Number<'a> = (&server.accelerators).into();
        let (replicas, spares) = (fleet.replicas, fleet.spare_replicas);
        if replicas_of(server, each.value) >= 1.0 {
            let in_one = layout::replicas_of_one_server(recorder, n, each);
            let servers = layout::servers(recorder, replicas, spares, in_one);
            return Self { server, servers, held: in_one.value * each.value, additions: servers.value };
        }
        let spanned = layout::servers_of_one_replica(recorder, each, n);
        let servers = layout::spanned_servers(recorder, replicas, spares, spanned);
        Self { server, servers, held: each.value, additions: replicas.value + spares.value }
    }

    /// Together with another pool in servers of the same kind.
    pub fn and(self, other: Self, recorder: &mut impl Recorder) -> Self {
        let servers = together::servers(recorder, self.servers, other.servers);
        Self { servers, held: self.server.accelerators.value(), additions: servers.value, ..self }
    }

    /// Accelerators in all servers.
    pub fn accelerators(&self, recorder: &mut impl Recorder) -> Number<'static> {
        layout::bought_accelerators(recorder, self.servers, (&self.server.accelerators).into())
    }
}
