//! What would break first under more load.

use crate::engine::{Limit, Sizing};

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

/// What limits the fleet, inside a sentence: "limited by KV memory", "one server is already more than enough".
pub fn limited(sizing: &Sizing) -> String {
    let layout = &sizing.layout;
    let by = match sizing.limit {
        Limit::TimePerOutputToken => "time per output token",
        Limit::TimeToFirstToken => "time to first token",
        Limit::KvMemory => "KV memory",
        Limit::Sequences => "the stack's limit of sequences",
        Limit::Prefill => "the speed of prefill",
        Limit::Granularity if layout.replicas == 1 => {
            let smallest = match (layout.servers, layout.rack_scale) {
                (1, true) => "rack",
                (1, false) => "server",
                _ => "copy",
            };
            return format!("one {smallest} is already more than enough");
        }
        Limit::Granularity => "the size of one copy",
    };
    format!("limited by {by}")
}
