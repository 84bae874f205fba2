//! How much of the time enough replicas are up.
//!
//! A repair takes a whole machine, with every replica that is in it; a replica that spans machines falls when any of them
//! does. Racks and power feeds take all that is in them. A restart takes one replica, and so does a release, which is done in
//! the quietest hour of the day.

use super::facility;
use super::housing::Home;
use crate::catalog::{FacilityAssumptions, Reliability, Term};
use crate::engine::figures::{Availability, Number, Recorder, availability as figures, same};
use crate::scenario::{Feeds, Scenario};

/// What takes the replicas of a scenario down, wherever they stand.
#[derive(Clone, Copy, Debug)]
pub struct Failing<'a> {
    /// What is asked.
    pub scenario: &'a Scenario,
    /// Repairs and restarts.
    pub facility: &'a FacilityAssumptions,
    /// Racks, feeds and releases.
    pub reliability: &'a Reliability,
    /// Load of the quietest hour of the day over the peak.
    pub quietest: f64,
}

/// What falls together: replicas of one group, and the share of time in which it is down.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Group {
    /// Replicas.
    pub replicas: Number<'static>,
    /// Share of time.
    pub down: Number<'static>,
}

/// Everything that takes replicas of a fleet down.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Domains {
    /// Share of time in which one machine is down.
    pub machine_down: Number<'static>,
    /// What falls with a machine.
    pub machine: Group,
    /// What falls with a rack.
    pub rack: Group,
    /// What falls with a power feed.
    pub feed: Group,
    /// Share of time in which one replica restarts.
    pub restart_down: Number<'static>,
    /// Share of time in which a release keeps one replica out.
    pub release_down: Number<'static>,
}

impl<'a> Failing<'a> {
    /// What takes `needed` replicas of `each` accelerators and their spares down in `home`.
    pub fn domains(
        &self,
        home: &Home<'a>,
        each: Number<'_>,
        needed: Number<'_>,
        recorder: &mut impl Recorder,
    ) -> Domains {
        let r = recorder;
        let together = home.repaired_together();
        let machine_down = self.machine_down(home, together, r);
        let spanned = figures::machines_of_one_replica(r, each, together);
        let machine = Group {
            replicas: figures::replicas_of_one_machine(r, together, each),
            down: figures::machines_down(r, machine_down, spanned),
        };
        let f = self.facility;
        let (restarts, time) = (&f.restarts_per_accelerator_year, &f.restart_h);
        let restart_down = figures::restart_down(r, each, restarts.into(), time.into());
        let quiet = figures::replicas_in_the_quietest_hour(r, needed, Number::derived(self.quietest));
        let (releases, time) = (&self.reliability.releases_per_year, &self.reliability.release_h);
        let release_down = figures::release_down(r, needed, quiet, releases.into(), time.into());
        let (rack, feed) = self.rack_and_feed(home, each, (needed, machine.replicas), r);
        Domains { machine_down, machine, rack, feed, restart_down, release_down }
    }

    fn machine_down(&self, home: &Home<'a>, together: Number<'a>, r: &mut impl Recorder) -> Number<'static> {
        let f = self.facility;
        let (repairs, repair) = ((&f.repairs_per_accelerator_year).into(), (&f.repair_h).into());
        let hours = match self.scenario.money.term {
            Term::Spot => {
                let taken = (&f.spot_interruptions_per_month).into();
                let back = (&f.spot_recovery_h).into();
                figures::hours_down_on_spot(r, together, repairs, repair, taken, back)
            }
            _ => figures::hours_down(r, together, repairs, repair),
        };
        match home.promised {
            Some(promised) => figures::rented_machine_down(r, hours, promised.into()),
            None => figures::machine_down(r, hours),
        }
    }

    fn rack_and_feed(
        &self,
        home: &Home<'a>,
        each: Number<'_>,
        (needed, in_machine): (Number<'_>, Number<'_>),
        r: &mut impl Recorder,
    ) -> (Group, Group) {
        let (asked, rates) = (&self.scenario.facility, self.reliability);
        let server = home.server;
        let n: Number<'a> = (&server.accelerators).into();
        let in_server = figures::replicas_of_one_server(r, n, each);
        let spanned = figures::servers_of_one_replica(r, each, n);
        let whole = facility::is_rack_scale(server);
        let (faults, time) = match whole {
            true => (&rates.rack_scale_faults_per_year, &rates.rack_scale_fault_h),
            false => (&rates.rack_faults_per_year, &rates.rack_fault_h),
        };
        let in_rack = match (whole, home.bought) {
            (true, _) if home.machine >= n.value => figures::replicas_of_a_whole_rack(r, n, each),
            (true, _) => figures::replicas_of_a_rack_of_machines(r, n, each, in_machine, needed),
            (false, true) => {
                let servers = facility::servers_per_rack(server, asked.rack_power_w, r);
                figures::replicas_of_one_rack(r, servers, spanned, in_server, needed)
            }
            (false, false) => figures::replicas_of_a_shared_rack(r, in_machine),
        };
        let rack = Group { replicas: in_rack, down: figures::rack_down(r, faults.into(), time.into()) };
        let (faults, time) = ((&rates.feed_faults_per_year).into(), (&rates.feed_fault_h).into());
        let single = home.bought && asked.feeds == Feeds::N;
        let down =
            if single { figures::feed_down(r, faults, time) } else { figures::feeds_down(r, faults, time) };
        let (feed_w, server_w) = ((&rates.feed_w).into(), (&server.max_w).into());
        let replicas = figures::replicas_of_one_feed(r, feed_w, server_w, spanned, in_server, needed);
        (rack, Group { replicas, down })
    }
}

/// What the spares bring and cost. `given`: whether their number is the user's; `usd_per_hour`: of all the accelerators paid
/// for.
pub fn availability(
    scenario: &Scenario,
    (replicas, spares): (Number<'_>, Number<'_>),
    (home, domains): (&Home<'_>, &Domains),
    each: Number<'_>,
    (usd_per_hour, billed): (Number<'_>, Number<'_>),
    recorder: &mut impl Recorder,
) -> Availability {
    let r = recorder;
    let Domains { machine_down, machine, rack, feed, restart_down: restart, release_down: release } =
        *domains;
    let asked = Number::input("slo.availability", scenario.slo.availability);
    let promised = home.promised.map(|figure| same(r, "availability", "promised", figure.into()).value);
    let together = same(r, "availability", "accelerators_of_one_machine", home.repaired_together());
    let one = figures::replica_down(r, machine.down, rack.down, feed.down, restart);
    let (m, k, f) = (machine, rack, feed);
    Availability {
        asked: same(r, "availability", "asked", asked).value,
        promised,
        machine_down: machine_down.value,
        restart_down: restart.value,
        rack_down: rack.down.value,
        feed_down: feed.down.value,
        release_down: release.value,
        replica_down: one.value,
        accelerators_of_one_machine: together.value,
        replicas_of_one_machine: machine.replicas.value,
        replicas_of_one_rack: rack.replicas.value,
        replicas_of_one_feed: feed.replicas.value,
        without_spares: figures::without_spares(
            r, replicas, m.replicas, m.down, k.replicas, k.down, f.replicas, f.down, restart, release,
        )
        .value,
        achieved: figures::achieved(
            r, replicas, spares, m.replicas, m.down, k.replicas, k.down, f.replicas, f.down, restart, release,
        )
        .value,
        with_one_more: figures::with_one_more(
            r, replicas, spares, m.replicas, m.down, k.replicas, k.down, f.replicas, f.down, restart, release,
        )
        .value,
        usd_per_month_of_one_more: figures::usd_per_month_of_one_more(
            r,
            machine.replicas,
            each,
            usd_per_hour,
            billed,
        )
        .value,
        spares_given: scenario.fleet.spare_replicas.is_some(),
        falls: home.falls(),
    }
}
