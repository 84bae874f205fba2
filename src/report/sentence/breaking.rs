//! A frozen fleet at another load, in words: what it does, what broke first, what would hold.

use super::counted;
use super::limit::first_limit;
use crate::engine::Limit;
use crate::engine::analysis::breaking::{LOOKED_AT_S, Larger, Lost, Pushed, WaysOut};
use crate::engine::figures::Falls;
use crate::report::numbers;
use crate::scenario::Slo;
use crate::units::Unit;

fn load(requests_per_s: f64) -> String {
    numbers::plain(&numbers::quantity(requests_per_s, Unit::RequestsPerSecond))
}

/// "4 × B200 at 36 requests/s: overloaded."
pub fn broken(pushed: &Pushed, name: &str) -> String {
    let replicas = numbers::count(f64::from(pushed.serving));
    let what = state(pushed, "it holds");
    format!("{replicas} × {name} at {}: {what}.", load(pushed.requests_per_s))
}

/// "overloaded", "23% late", `holds`; where nothing is late yet, what is used up at times: "out of KV memory at times".
fn state(pushed: &Pushed, holds: &str) -> String {
    let first = pushed.lines.breaks.first().map(|first| first.limit);
    match first {
        _ if pushed.is_overloaded() => "overloaded".to_owned(),
        _ if pushed.holds() => holds.to_owned(),
        Some(Limit::KvMemory) if pushed.late < RARE => "out of KV memory at times".to_owned(),
        Some(Limit::Sequences) if pushed.late < RARE => "out of sequences at times".to_owned(),
        _ => format!("{} late", numbers::percent_up(pushed.late)),
    }
}

/// Share of late requests that is next to none.
const RARE: f64 = 0.005;

/// What breaks first and at which load, and what the queue does.
pub fn why_broken(pushed: &Pushed) -> String {
    let Some(first) = pushed.lines.breaks.first() else { return String::new() };
    let limit = first_limit(first.limit).unwrap_or("its size");
    let passed = if pushed.holds() { "It would break" } else { "It breaks" };
    let mut text = format!("{passed} at {}, first by {limit}.", load(first.requests_per_s));
    if pushed.is_overloaded() {
        text.push_str(&format!(
            " It carries {} at most: the queue grows by {} a second, for as long as this lasts.",
            load(pushed.most_requests_per_s),
            numbers::trimmed(&numbers::significant(pushed.queue_grows_per_s(), 2)),
        ));
    } else {
        text.push_str(&format!(" From {} on the queue only grows.", load(pushed.most_requests_per_s)));
    }
    text
}

/// "3 × the load that was planned: 99% late", under the needle.
pub fn times_the_load(pushed: &Pushed, planned: f64) -> String {
    let times = numbers::trimmed(&numbers::significant(pushed.requests_per_s / planned, 3));
    format!("{times} × the load that was planned: {} late", numbers::percent_up(pushed.late))
}

/// What there is beside what serves: "1 more stands by, 2 are down.", or nothing.
pub fn standing_by(pushed: &Pushed) -> Option<String> {
    let count = |n: u32| numbers::count(f64::from(n));
    let by = match pushed.standing_by {
        0 => None,
        1 => Some("1 more stands by".to_owned()),
        n => Some(format!("{} more stand by", count(n))),
    };
    let down = match pushed.lost {
        0 => None,
        1 => Some("1 is down".to_owned()),
        n => Some(format!("{} are down", count(n))),
    };
    let parts: Vec<String> = by.into_iter().chain(down).collect();
    (!parts.is_empty()).then(|| format!("{}.", parts.join(", ")))
}

fn sign(value: f64) -> &'static str {
    if value < 0.0 { "−" } else { "+" }
}

/// When times of an overload are those: "after 10 minutes, and growing".
pub fn looked_at() -> String {
    format!("after {}, and growing", numbers::about_seconds(LOOKED_AT_S))
}

/// What is lost at once, in a sentence: "a server of 4 replicas".
pub fn lost(what: Lost, falls: Falls, replicas: u32) -> String {
    let name = match what {
        Lost::Replica if replicas == 1 => return "a replica".to_owned(),
        Lost::Replica => return format!("{} replicas", numbers::count(f64::from(replicas))),
        Lost::Machine => falls.id(),
        Lost::Rack => "rack",
    };
    if replicas == 1 { format!("a {name}") } else { format!("a {name} of {replicas} replicas") }
}

/// What a frozen fleet does once something is lost: "7 left, and it holds", "nothing is left".
pub fn after_loss(left: Option<&Pushed>) -> String {
    let Some(left) = left else { return "nothing is left".to_owned() };
    let replicas = numbers::count(f64::from(left.serving));
    format!("{replicas} left, {}", state(left, "and it holds"))
}

/// What would hold, of the accelerator called `name`, each way with what it means and what it costs.
pub fn ways_out(ways: &WaysOut, pushed: &Pushed, name: &str, slo: &Slo) -> Vec<[String; 3]> {
    let more = |larger: &Larger| format!("{} more {name}", numbers::count(f64::from(larger.accelerators)));
    let month = |larger: &Larger| {
        format!("{}{} a month", sign(larger.usd_per_month), numbers::usd(larger.usd_per_month.abs()))
    };
    let mut rows = Vec::new();
    if pushed.lost > 0 && !pushed.holds() {
        let lost = counted(pushed.lost, "replica");
        rows.push([format!("Repair {lost}"), "what is lost serves again".to_owned(), numbers::usd(0.0)]);
    }
    if let Some(limit) = &ways.at_the_limit {
        let late = numbers::percent(1.0 - slo.percentile / 100.0);
        rows.push([
            format!("{}, at the limit", more(limit)),
            format!("up to {late} late, nothing kept free"),
            month(limit),
        ]);
    }
    if let Some(planned) = &ways.as_planned {
        rows.push([
            format!("{}, sized as the plan is", more(planned)),
            "its headroom and its confidence kept".to_owned(),
            month(planned),
        ]);
        if let Some(usd) = ways.for_a_day_usd {
            rows.push([
                format!("Rent {} on demand for the day", more(planned)),
                "where there are any that day".to_owned(),
                format!("{} a day", numbers::usd(usd)),
            ]);
        }
    }
    if ways.refused > 0.0 {
        rows.push([
            format!("Refuse {}", numbers::percent_up(ways.refused)),
            format!("the other {} keep both limits", load(pushed.holds_requests_per_s())),
            numbers::usd(0.0),
        ]);
    }
    rows
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::analysis::against_load::{AgainstLoad, Break};
    use crate::scenario::Scenario;

    fn at(requests_per_s: f64, late: f64) -> Pushed {
        let breaks = vec![Break { limit: Limit::TimePerOutputToken, requests_per_s: 19.6 }];
        Pushed {
            requests_per_s,
            serving: 3,
            standing_by: 1,
            lost: 0,
            late,
            ttft_s: 0.4,
            tpot_s: 0.03,
            most_requests_per_s: 34.0,
            lines: AgainstLoad { points: Vec::new(), breaks },
        }
    }

    #[test]
    fn what_broke_is_said() {
        let (held, late, over) = (at(12.0, 0.001), at(24.0, 0.224), at(36.0, 1.0));
        assert_eq!(broken(&held, "B200"), "3 × B200 at 12 requests/s: it holds.");
        assert_eq!(broken(&late, "B200"), "3 × B200 at 24 requests/s: 23% late.");
        assert_eq!(broken(&over, "B200"), "3 × B200 at 36 requests/s: overloaded.");
        let full = Break { limit: Limit::KvMemory, requests_per_s: 19.6 };
        let full = Pushed { lines: AgainstLoad { breaks: vec![full], ..late.lines.clone() }, ..late.clone() };
        assert_eq!(broken(&full, "B200"), "3 × B200 at 24 requests/s: 23% late.");
        let full = Pushed { late: 0.001, ..full };
        assert_eq!(broken(&full, "B200"), "3 × B200 at 24 requests/s: out of KV memory at times.");
        assert_eq!(
            why_broken(&over),
            "It breaks at 19.6 requests/s, first by time per output token. It carries 34 requests/s at most: the queue grows by 2 \
             a second, for as long as this lasts."
        );
        assert!(why_broken(&held).starts_with("It would break at 19.6"));
        assert_eq!(standing_by(&over).as_deref(), Some("1 more stands by."));
        assert_eq!(
            standing_by(&Pushed { lost: 2, ..over.clone() }).as_deref(),
            Some("1 more stands by, 2 are down.")
        );
        assert_eq!(after_loss(Some(&late)), "3 left, 23% late");
        assert_eq!(times_the_load(&over, 12.0), "3 × the load that was planned: 100% late");
        assert_eq!([1, 2].map(|n| lost(Lost::Replica, Falls::Server, n)), ["a replica", "2 replicas"]);
        assert_eq!(lost(Lost::Machine, Falls::Server, 4), "a server of 4 replicas");
    }

    #[test]
    fn every_way_out_has_its_price() {
        let larger =
            |accelerators| Some(Larger { accelerators, usd_per_month: 2750.0 * f64::from(accelerators) });
        let ways = WaysOut {
            at_the_limit: larger(3),
            as_planned: larger(6),
            for_a_day_usd: Some(391.0),
            refused: 0.4551,
        };
        let slo = Slo { percentile: 95.0, ..Scenario::default().slo };
        let lost = ways_out(&ways, &Pushed { lost: 2, ..at(36.0, 1.0) }, "B200", &slo);
        assert_eq!((lost.len(), lost[0][0].as_str()), (5, "Repair 2 replicas"));
        let rows = ways_out(&ways, &at(36.0, 1.0), "B200", &slo);
        assert_eq!(rows.len(), 4);
        assert_eq!(rows[0][0], "3 more B200, at the limit");
        assert_eq!(rows[1][2], "+$16.5k a month");
        assert_eq!(
            rows[3],
            ["Refuse 46%", "the other 19.6 requests/s keep both limits", "$0"].map(str::to_owned)
        );
    }
}
