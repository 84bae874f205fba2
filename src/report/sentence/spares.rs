//! Why replicas stand by.

use super::counted;
use crate::catalog::OfferClass;
use crate::engine::figures::Falls;
use crate::engine::{Seller, Sizing};
use crate::report::numbers;

/// The figures that the reason for spares is shown beside.
const OF_SPARES: [&str; 5] = [
    "layout.spare_replicas",
    "availability.achieved",
    "availability.without_spares",
    "availability.with_one_more",
    "availability.replicas_of_one_machine",
];

/// Why spares stand by, and how many more come with what is paid for: "1 server of 4 replicas stands by: a repair takes a whole
/// server." `None`: there are none, and enough is up without.
pub fn spares(sizing: &Sizing) -> Option<String> {
    let (layout, availability) = (&sizing.layout, &sizing.availability);
    let reading = sizing.pools.map_or(0, |pools| pools.prefill.spare_replicas);
    let spares = layout.spare_replicas + reading;
    if availability.spares_given {
        let short = availability.achieved < availability.asked;
        return short.then(|| {
            format!(
                "{}, as given: enough replicas are up {} of the time, {} is asked for.",
                if spares == 0 { "No spares".to_owned() } else { counted(spares, "spare replica") },
                numbers::percent(availability.achieved),
                numbers::percent(availability.asked),
            )
        });
    }
    if spares == 0 {
        return None;
    }
    if let Some(pools) = &sizing.pools {
        return Some(format!(
            "{} for prefill and {} for decode: each pool by what falls together in it.",
            counted(reading, "spare replica"),
            counted(pools.decode.spare_replicas, "spare"),
        ));
    }
    let each = layout.accelerators_per_replica();
    let more = match (layout.billed_accelerators - layout.accelerators) / each {
        0 => String::new(),
        room => format!(" {} fit in what is paid for.", counted(room, "more replica")),
    };
    let more = if more.starts_with(" 1 ") { more.replace(" fit ", " fits ") } else { more };
    Some(format!("{}: {}.{more}", standing(sizing), cause(sizing)))
}

/// The same beside the figure at `path`, where that is of spares.
pub fn spares_beside(path: &str, sizing: &Sizing) -> Option<String> {
    OF_SPARES.contains(&path).then(|| spares(sizing)).flatten()
}

/// "1 spare replica", "2 servers of 4 replicas each stand by".
fn standing(sizing: &Sizing) -> String {
    let (spares, availability) = (sizing.layout.spare_replicas, &sizing.availability);
    let together = availability.replicas_of_one_machine as u32;
    if together <= 1 || !spares.is_multiple_of(together) {
        return counted(spares, "spare replica");
    }
    let machines = spares / together;
    let (each, verb) = if machines == 1 { ("", "stands") } else { (" each", "stand") };
    format!("{} of {together} replicas{each} {verb} by", counted(machines, noun(availability.falls)))
}

/// What falls at once.
fn noun(falls: Falls) -> &'static str {
    match falls {
        Falls::Server => "server",
        Falls::Tray => "tray",
        Falls::Machine => "machine",
    }
}

/// Which of the causes decides the number.
fn cause(sizing: &Sizing) -> String {
    let (layout, a) = (&sizing.layout, &sizing.availability);
    let spares = f64::from(layout.spare_replicas);
    let all = f64::from(layout.replicas) + spares;
    let asked = format!("{} is asked for", numbers::percent(a.asked));
    // That all of them down are too often down, and the spares are enough for one.
    let decides = |together: f64, down: f64| {
        together > a.replicas_of_one_machine
            && spares >= together
            && (all / together).ceil() * down > 1.0 - a.asked
    };
    if decides(a.replicas_of_one_feed, a.feed_down) {
        return format!("a power feed takes all {} on it, {asked}", numbers::count(a.replicas_of_one_feed));
    }
    if decides(a.replicas_of_one_rack, a.rack_down) {
        let replicas = numbers::count(a.replicas_of_one_rack);
        return format!("a fault of the rack's switch, power or cooling takes all {replicas} in it, {asked}");
    }
    let machines = (all / a.replicas_of_one_machine).ceil() * a.machine_down;
    if a.release_down > machines {
        return "a release takes one replica at a time, and no hour of the day needs fewer".to_owned();
    }
    let (noun, whole) = (noun(a.falls), a.replicas_of_one_machine > 1.0);
    let spans = f64::from(layout.accelerators_per_replica()) > a.accelerators_of_one_machine;
    let spans = if spans { ", of which a replica spans several" } else { "" };
    match a.promised.filter(|promised| a.machine_down <= 1.0 - promised + 1e-12) {
        Some(promised) => {
            // Of a promise that would do, restarts and releases leave too little.
            let beside = if promised >= a.asked { ", restarts and releases aside" } else { "" };
            let promised = numbers::percent(promised);
            let share = match (of_marketplace(sizing), whole) {
                (true, _) => {
                    format!("a marketplace promises nothing, and has its machines up {promised} of the time")
                }
                (false, true) => {
                    format!("a fault takes a whole {noun}, of which the seller promises {promised}")
                }
                (false, false) => format!("the seller promises {promised} of a {noun}{spans}"),
            };
            format!("{share}{beside}, {asked}")
        }
        None if whole => format!("a repair takes a whole {noun}"),
        None => {
            let comma = if spans.is_empty() { "" } else { "," };
            format!(
                "a {noun}{spans}{comma} is down {} of the time, {asked}",
                numbers::percent(a.machine_down)
            )
        }
    }
}

/// Whether the prices are those of the marketplaces.
fn of_marketplace(sizing: &Sizing) -> bool {
    let rates = sizing.estate.cost.rates.iter().flatten();
    rates.into_iter().any(|rate| rate.seller == Seller::Class(OfferClass::Marketplace))
}

#[cfg(test)]
mod tests {
    use crate::catalog::Catalog;
    use crate::engine;
    use crate::scenario::preset;

    /// The reason for spares of the best fleet of support-chat on one accelerator, with inputs changed.
    fn reason(accelerator: &str, changes: &[(&str, &str)]) -> Option<String> {
        let catalog = Catalog::built_in().unwrap();
        let mut scenario = preset::open("support-chat", &catalog).unwrap();
        for (path, value) in changes {
            scenario.set(path, value, &catalog).unwrap();
        }
        let plan = engine::plan(&scenario, &catalog).unwrap();
        super::spares(plan.candidate(accelerator).unwrap().sizing().unwrap())
    }

    #[test]
    fn a_spare_says_why_it_stands_by() {
        let lone = ("workload.requests_per_s", "1");
        assert_eq!(
            reason("b200", &[lone]).unwrap(),
            "1 spare replica: the seller promises 99.5% of a machine, 99.9% is asked for."
        );
        assert_eq!(reason("b200", &[lone, ("slo.availability", "0.99")]), None);
        let bought = reason("b200", &[("money.term", "buy")]).unwrap();
        assert!(
            bought.starts_with("1 server of 4 replicas stands by: a repair takes a whole server."),
            "{bought}"
        );
        let given = reason("b200", &[("fleet.spare_replicas", "0")]).unwrap();
        assert!(given.starts_with("No spares, as given: enough replicas are up 9"), "{given}");
    }
}
