//! How often enough replicas are up, and what takes them down together.

use crate::engine::figures::figure::{Entry, figures};

/// What a repair takes at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Falls {
    /// A server that is bought.
    Server,
    /// A tray of a rack that is one system.
    Tray,
    /// What is rented whole.
    Machine,
}

impl Falls {
    /// The id in documents.
    pub fn id(self) -> &'static str {
        match self {
            Self::Server => "server",
            Self::Tray => "tray",
            Self::Machine => "machine",
        }
    }
}

figures! {
    /// How much of the time enough replicas are up, shares, by what takes them down.
    pub struct Availability in availability {
        asked: f64, "Availability asked for", Fraction, Neither
        /// Of one rented machine; none where machines are bought or nothing is promised.
        promised: Option<f64>, "Availability that the seller promises of one machine", Fraction, Better
        /// A machine is what is rented or repaired at once: a server, or a tray of a rack that is one system.
        machine_down: f64, "Share of time one machine is down", Fraction, Worse {
            machine_down(hours_down_a_year: Hours) = hours_down_a_year / (HOURS_PER_YEAR + hours_down_a_year);
            rented_machine_down(hours_down_a_year: Hours, promised_by_the_seller: Fraction)
                = max(hours_down_a_year / (HOURS_PER_YEAR + hours_down_a_year), 1.0 - promised_by_the_seller),
                note "never taken to be better than the seller promises";
        }
        restart_down: f64, "Share of time one replica restarts", Fraction, Worse {
            restart_down(accelerators_of_one_replica: One, restarts_a_year: One, time_of_a_restart: Hours)
                = accelerators_of_one_replica * restarts_a_year * time_of_a_restart
                    / (HOURS_PER_YEAR + accelerators_of_one_replica * restarts_a_year * time_of_a_restart);
        }
        /// By its switch, power or cooling.
        rack_down: f64, "Share of time one rack is down", Fraction, Worse {
            rack_down(faults_a_year: One, time_of_a_fault: Hours)
                = faults_a_year * time_of_a_fault / (HOURS_PER_YEAR + faults_a_year * time_of_a_fault);
        }
        feed_down: f64, "Share of time a power feed is down", Fraction, Worse {
            feed_down(faults_a_year: One, time_of_a_fault: Hours)
                = faults_a_year * time_of_a_fault / (HOURS_PER_YEAR + faults_a_year * time_of_a_fault),
                note "a single feed";
            feeds_down(faults_a_year: One, time_of_a_fault: Hours)
                = pow(faults_a_year * time_of_a_fault / (HOURS_PER_YEAR + faults_a_year * time_of_a_fault), 2.0),
                note "both of two feeds";
        }
        /// One replica at a time, in the quietest hour; nothing where that hour needs fewer than the peak.
        release_down: f64, "Share of time a release keeps one replica out", Fraction, Worse {
            release_down(
                replicas_needed: One, replicas_in_the_quietest_hour: One, releases_a_year: One, time_of_a_release: Hours,
            ) = if replicas_in_the_quietest_hour < replicas_needed { 0.0 } else {
                min(replicas_needed * releases_a_year * time_of_a_release / HOURS_PER_YEAR, 1.0)
            }, note "one at a time, in the quietest hour of the day, where as a rule fewer are needed";
        }
        replica_down: f64, "Share of time one replica is down", Fraction, Worse {
            replica_down(
                by_machines: Fraction, by_the_rack: Fraction, by_the_feed: Fraction, by_restarts: Fraction,
            ) = 1.0 - (1.0 - by_machines) * (1.0 - by_the_rack) * (1.0 - by_the_feed) * (1.0 - by_restarts);
        }
        accelerators_of_one_machine: f64, "Accelerators that fall with one machine", One, Neither
        replicas_of_one_machine: f64, "Replicas that fall with one machine", One, Worse {
            replicas_of_one_machine(accelerators_of_one_machine: One, accelerators_of_one_replica: One)
                = max(floor(accelerators_of_one_machine / accelerators_of_one_replica), 1.0);
        }
        replicas_of_one_rack: f64, "Replicas that fall with one rack", One, Worse {
            replicas_of_one_rack(
                servers_of_one_rack: One, servers_of_one_replica: One, replicas_of_one_server: One, replicas_needed: One,
            ) = min(
                max(floor(servers_of_one_rack / servers_of_one_replica), 1.0) * replicas_of_one_server,
                ceil(replicas_needed / replicas_of_one_server) * replicas_of_one_server
            ), note "spares for a rack stand in another one";
            replicas_of_a_rack_of_machines(
                accelerators_of_one_rack: One, accelerators_of_one_replica: One, replicas_of_one_machine: One,
                replicas_needed: One,
            ) = min(
                max(floor(accelerators_of_one_rack / accelerators_of_one_replica), 1.0),
                ceil(replicas_needed / replicas_of_one_machine) * replicas_of_one_machine
            ), note "spares for a rack stand in another one";
            replicas_of_a_whole_rack(accelerators_of_one_rack: One, accelerators_of_one_replica: One)
                = max(floor(accelerators_of_one_rack / accelerators_of_one_replica), 1.0),
                note "the rack is one system";
            replicas_of_a_shared_rack(replicas_of_one_machine: One) = replicas_of_one_machine,
                note "rented machines are spread over racks";
        }
        replicas_of_one_feed: f64, "Replicas that fall with a power feed", One, Worse {
            replicas_of_one_feed(
                rated_power_of_one_feed: Watts, rated_power_of_one_server: Watts, servers_of_one_replica: One,
                replicas_of_one_server: One, replicas_needed: One,
            ) = min(
                max(floor(rated_power_of_one_feed / rated_power_of_one_server / servers_of_one_replica), 1.0)
                    * replicas_of_one_server,
                ceil(replicas_needed / replicas_of_one_server) * replicas_of_one_server
            ), note "spares for a feed stand on another one";
        }
        /// All replicas that the peak needs are up, were there no spares.
        without_spares: f64, "Availability without spares", Fraction, Better {
            without_spares(
                replicas_needed: One, of_one_machine: One, machines_down: Fraction, of_one_rack: One, rack_down: Fraction,
                of_one_feed: One, feed_down: Fraction, restart_down: Fraction, release_down: Fraction,
            ) = up_share(
                replicas_needed, 0.0, (of_one_machine, machines_down), (of_one_rack, rack_down),
                (of_one_feed, feed_down), (restart_down, release_down)
            ), note "no replica is down: the convolution of what each cause takes together";
            pooled_without_spares(prefill: Fraction, decode: Fraction) = prefill * decode, note "both pools are up";
        }
        achieved: f64, "Availability with the spares", Fraction, Better {
            achieved(
                replicas_needed: One, spares: One, of_one_machine: One, machines_down: Fraction, of_one_rack: One,
                rack_down: Fraction, of_one_feed: One, feed_down: Fraction, restart_down: Fraction,
                release_down: Fraction,
            ) = max(up_share(
                replicas_needed, spares, (of_one_machine, machines_down), (of_one_rack, rack_down),
                (of_one_feed, feed_down), (restart_down, release_down)
            ), up_share(
                replicas_needed, 0.0, (of_one_machine, machines_down), (of_one_rack, rack_down),
                (of_one_feed, feed_down), (restart_down, release_down)
            )), note "at most as many replicas are down as there are spares: the convolution of what each cause takes together";
            pooled_achieved(prefill: Fraction, decode: Fraction) = prefill * decode, note "both pools are up";
        }
        with_one_more: f64, "Availability with one machine of spares more", Fraction, Better {
            with_one_more(
                replicas_needed: One, spares: One, of_one_machine: One, machines_down: Fraction, of_one_rack: One,
                rack_down: Fraction, of_one_feed: One, feed_down: Fraction, restart_down: Fraction,
                release_down: Fraction,
            ) = max(up_share(
                replicas_needed, spares + of_one_machine, (of_one_machine, machines_down), (of_one_rack, rack_down),
                (of_one_feed, feed_down), (restart_down, release_down)
            ), up_share(
                replicas_needed, spares, (of_one_machine, machines_down), (of_one_rack, rack_down),
                (of_one_feed, feed_down), (restart_down, release_down)
            )), note "never less than without it: what is down for two causes at once is counted twice";
            pooled_with_one_more(
                prefill: Fraction, prefill_with_one_more: Fraction, decode: Fraction, decode_with_one_more: Fraction,
            ) = max(prefill_with_one_more * decode, prefill * decode_with_one_more), note "in the pool where it helps more";
        }
        /// What another machine of spares would cost on the chosen term.
        usd_per_month_of_one_more: f64, "One machine of spares more, per month", Usd, Worse {
            usd_per_month_of_one_more(
                replicas_of_one_machine: One, accelerators_of_one_replica: One, cost_of_an_hour: Usd,
                accelerators_paid_for: One,
            ) = replicas_of_one_machine * accelerators_of_one_replica
                * (cost_of_an_hour / accelerators_paid_for) * HOURS_PER_MONTH,
                note "whole servers and rental units left aside";
        }
    }
    states {
        /// Whether the user gave the number of spares.
        spares_given: bool = |availability| availability.spares_given.into();
        /// What a repair takes at once.
        falls: Falls = |availability| Entry::Word(availability.falls.id());
    }
    steps {
        hours_down, "Hours per year in which one machine is down", Hours {
            hours_down(accelerators_of_one_machine: One, repairs_a_year: One, time_of_a_repair: Hours)
                = accelerators_of_one_machine * repairs_a_year * time_of_a_repair,
                note "a repair takes the whole machine";
            hours_down_on_spot(
                accelerators_of_one_machine: One, repairs_a_year: One, time_of_a_repair: Hours,
                interruptions_a_month: One, time_to_come_back: Hours,
            ) = accelerators_of_one_machine * repairs_a_year * time_of_a_repair
                + 12.0 * interruptions_a_month * time_to_come_back,
                note "a repair takes the whole machine, and so does an interruption";
        }
        machines_down, "Share of time what falls with a machine is down", Fraction {
            machines_down(machine_down: Fraction, machines_of_one_replica: One)
                = 1.0 - pow(1.0 - machine_down, machines_of_one_replica),
                note "a replica that spans machines falls when any of them does";
        }
        machines_of_one_replica, "Machines that one replica spans", One {
            machines_of_one_replica(accelerators_of_one_replica: One, accelerators_of_one_machine: One)
                = max(ceil(accelerators_of_one_replica / accelerators_of_one_machine), 1.0);
        }
        replicas_of_one_server, "Replicas of one server", One {
            replicas_of_one_server(accelerators_of_one_server: One, accelerators_of_one_replica: One)
                = max(floor(accelerators_of_one_server / accelerators_of_one_replica), 1.0);
        }
        servers_of_one_replica, "Servers of one replica", One {
            servers_of_one_replica(accelerators_of_one_replica: One, accelerators_of_one_server: One)
                = max(ceil(accelerators_of_one_replica / accelerators_of_one_server), 1.0);
        }
        replicas_in_the_quietest_hour, "Replicas that the quietest hour needs", One {
            replicas_in_the_quietest_hour(replicas_needed: One, load_over_the_peak: Fraction)
                = max(ceil(replicas_needed * load_over_the_peak - 1e-9), 1.0);
        }
    }
}
