//! What would break first under more load, which is not what holds now: the values of now stand beside it.

use crate::engine::{Limit, Sizing};
use crate::report::numbers;

/// A short name, for a table.
pub fn limit_label(limit: Limit) -> &'static str {
    match limit {
        Limit::TimePerOutputToken => "TPOT",
        Limit::TimeToFirstToken => "TTFT",
        Limit::KvMemory => "KV memory",
        Limit::Sequences => "Sequences",
        Limit::Prefill => "Prefill",
        Limit::Granularity => "Minimum size",
    }
}

/// What limits the fleet, inside a sentence: "first limit under more load: time per output token, 25 ms now", "one server is
/// already more than enough".
pub fn limited(sizing: &Sizing) -> String {
    let (layout, point) = (&sizing.layout, &sizing.operating_point);
    let now = |s: f64| format!(", {} now", numbers::about_seconds(s));
    let (what, now) = match sizing.limit {
        Limit::TimePerOutputToken => ("time per output token", now(point.tpot_s.at_slo)),
        Limit::TimeToFirstToken => ("time to first token", now(point.ttft_s.at_slo)),
        Limit::KvMemory => ("KV memory", String::new()),
        Limit::Sequences => ("the stack's limit of sequences", String::new()),
        Limit::Prefill => ("the speed of prefill", String::new()),
        Limit::Granularity if layout.replicas == 1 => {
            let smallest = match (layout.servers, layout.rack_scale) {
                (1, true) => "rack",
                (1, false) => "server",
                _ => "copy",
            };
            return format!("one {smallest} is already more than enough");
        }
        Limit::Granularity => return "one copy is already more than enough".to_owned(),
    };
    format!("first limit under more load: {what}{now}")
}
