//! What is paid for, how, and against what.

use crate::engine::analysis::hosted_changes::{AGENT_CALLS, Case};
use crate::engine::analysis::outlook::Paying;
use crate::engine::analysis::uses::Purpose;
use crate::report::numbers;

/// What no price and no cost of owning includes.
pub const TAXES: &str = "Taxes are left to you: on sales, imports, property and profit.";

/// A way of paying, as a label.
pub fn paying_label(paying: Paying) -> &'static str {
    match paying {
        Paying::Term(term) => term.label(),
        Paying::Mix => "Cheapest mix",
    }
}

/// What capacity is paid for: a label, and one sentence.
pub fn purpose(purpose: Purpose) -> (&'static str, &'static str) {
    match purpose {
        Purpose::Serving => ("Serving", "Capacity that the average load uses."),
        Purpose::OffPeak => ("Off peak", "Capacity that the peak uses and the average load does not."),
        Purpose::Headroom => (
            "Headroom and whole replicas",
            "Capacity kept free at peak: the headroom, and what whole replicas add beyond it.",
        ),
        Purpose::Spares => ("Spares", "Replicas that stand by for failures."),
        Purpose::WholeUnits => {
            ("Whole servers and rental units", "Accelerators that are paid for but not used by a replica.")
        }
    }
}

/// A change that fleet and API are compared after: a label, and what was changed and assumed.
pub fn hosted_case(case: &Case) -> (String, &'static str) {
    match case {
        Case::Today => ("Today".to_owned(), ""),
        Case::LongerContext => {
            ("Context twice as long".to_owned(), "Twice the input, the same share cached.")
        }
        Case::Agents => (
            format!("Agents, {} calls each", numbers::count(AGENT_CALLS)),
            "Each call carries all calls before it, cached.",
        ),
        Case::Upgrade(model) => (format!("Upgraded to {model}"), "The next larger model that is hosted."),
    }
}
