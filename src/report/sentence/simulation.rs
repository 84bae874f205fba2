//! What a simulation found, in a sentence or two.

use crate::engine::simulator::{Bottleneck, Simulation, Verdict};
use crate::report::numbers;

/// What requests wait for, inside a sentence.
pub fn bottleneck(bottleneck: Bottleneck) -> &'static str {
    match bottleneck {
        Bottleneck::KvMemory => "room in the KV cache",
        Bottleneck::Sequences => "one of the sequences that the stack runs at once",
        Bottleneck::StepTokens => "room for their prompts in a step",
    }
}

/// The verdict on `fleet`, such as `4 × B200`; a share `share` (0–1) of the requests must be within both limits.
pub fn simulated(simulation: &Simulation, fleet: &str, share: f64) -> String {
    let within = format!(
        "{} of {} requests are within both limits, {} wanted.",
        numbers::share(simulation.slo_attainment),
        numbers::count(simulation.requests as f64),
        numbers::percent(share)
    );
    match simulation.verdict {
        Verdict::Meets => format!("{fleet} meets the service levels: {within}"),
        Verdict::Misses => format!("{fleet} misses the service levels: {within}"),
        Verdict::Overloaded => {
            let what = simulation.bottleneck.map_or("a replica", bottleneck);
            format!(
                "{fleet} is overloaded: requests come faster than they are served and wait for {what}. Queues grow for as long as \
                 they come, so that every time below depends on how long that is. Add replicas or lower the load."
            )
        }
    }
}
