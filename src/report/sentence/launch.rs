//! What a server has to be told of memory when it starts.

use crate::engine::Plan;
use crate::engine::Sizing;

/// "vLLM does not start here with its defaults: --gpu-memory-utilization 0.95. A request of the model's whole context does not
/// fit: --max-model-len 40960." `None` where there is nothing to tell.
///
/// By default a server takes requests as long as the model's context, and vLLM does not start where one of them has no room.
/// Values are written as the options take them.
pub(super) fn told(plan: &Plan, sizing: &Sizing) -> Option<String> {
    let (names, launch) = (&plan.memory_options, &sizing.launch);
    let fuller = launch.fuller.then(|| format!("{} {}", names.memory_fraction, launch.memory_fraction));
    let smaller = launch.smaller_steps.then(|| format!("{} {}", names.step_tokens, launch.step_tokens));
    let needed: Vec<String> = fuller.into_iter().chain(smaller).collect();
    let starts = (!needed.is_empty())
        .then(|| format!("{} does not start here with its defaults: {}.", plan.stack, needed.join(" ")));
    let shorter = (!sizing.memory.fits_longest).then(|| {
        format!(
            "A request of the model's whole context does not fit: {} {}.",
            names.longest_tokens, launch.longest_tokens
        )
    });
    let parts: Vec<String> = starts.into_iter().chain(shorter).collect();
    (!parts.is_empty()).then(|| parts.join(" "))
}
