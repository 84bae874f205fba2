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

/// The first limit that more load meets, in a few words: "time per output token"; `None`: the fleet is the smallest there is.
pub fn first_limit(limit: Limit) -> Option<&'static str> {
    match limit {
        Limit::TimePerOutputToken => Some("time per output token"),
        Limit::TimeToFirstToken => Some("time to first token"),
        Limit::KvMemory => Some("KV memory"),
        Limit::Sequences => Some("the stack's limit of sequences"),
        Limit::Prefill => Some("the speed of prefill"),
        Limit::Granularity => None,
    }
}

/// What limits the fleet, inside a sentence: "first limit under more load: time per output token, 25 ms now", "one server is
/// already more than enough".
pub fn limited(sizing: &Sizing) -> String {
    let (layout, point) = (&sizing.layout, &sizing.operating_point);
    let Some(what) = first_limit(sizing.limit) else {
        let smallest = match (layout.servers, layout.rack_scale) {
            _ if layout.replicas > 1 || sizing.pools.is_some() => "copy",
            (1, true) => "rack",
            (1, false) => "server",
            _ => "copy",
        };
        return format!("one {smallest} is already more than enough");
    };
    let now = match sizing.limit {
        Limit::TimePerOutputToken => format!(", {} now", numbers::about_seconds(point.tpot_s.at_slo)),
        Limit::TimeToFirstToken => format!(", {} now", numbers::about_seconds(point.ttft_s.at_slo)),
        _ => String::new(),
    };
    format!("first limit under more load: {what}{now}")
}
