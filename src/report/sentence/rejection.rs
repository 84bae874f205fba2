//! Why an accelerator cannot serve the scenario.

use super::counted;
use super::limit::first_limit;
use crate::catalog::{OfferClass, Term};
use crate::engine::{Limit, Rejection};
use crate::report::numbers;

/// Why an accelerator cannot do it, and by how much it misses.
pub fn rejection(rejection: &Rejection, name: &str) -> String {
    match rejection {
        Rejection::Stack { stack, runs } if runs.is_empty() => {
            format!("{stack} does not run on {name}, nor does any other stack of the catalog.")
        }
        Rejection::Stack { stack, runs } => {
            format!("{stack} does not run on {name}; {} does.", runs.join(" or "))
        }
        Rejection::Context { needed_tokens, model_tokens } => format!(
            "Input and output are {} tokens; the model reads {} at most.",
            numbers::count(*needed_tokens),
            numbers::count(*model_tokens)
        ),
        Rejection::Memory { accelerators, needed_bytes, capacity_bytes } => format!(
            "Does not fit: on {}, weights, runtime and one sequence need {} on each, where software sees {}.",
            counted(*accelerators, "accelerator"),
            numbers::bytes(*needed_bytes),
            numbers::bytes(*capacity_bytes)
        ),
        Rejection::TimePerOutputToken { fastest_s, slo_s } => format!(
            "Too slow: at the confidence asked for, the fastest layout takes {} per output token; the limit is {}.",
            numbers::seconds(*fastest_s),
            numbers::seconds(*slo_s)
        ),
        Rejection::TimeToFirstToken { fastest_s, slo_s } => format!(
            "Too slow: at the confidence asked for, the fastest layout takes {} to the first token; the limit is {}.",
            numbers::seconds(*fastest_s),
            numbers::seconds(*slo_s)
        ),
        Rejection::BothLimits { tpot_s, ttft_s, .. } => format!(
            "No layout meets both limits: the nearest takes {} per output token and {} to the first.",
            numbers::seconds(*tpot_s),
            numbers::seconds(*ttft_s)
        ),
        Rejection::Price { term: Term::Buy, .. } => format!("{name} is not for sale; it can only be rented."),
        Rejection::Price { term, asked, replica, terms, elsewhere } => format!(
            "{}{}; give your own quote to plan with it.",
            no_offer(*term, asked, *replica),
            if_elsewhere(terms, elsewhere)
        ),
        Rejection::PowerCap { needed_w, cap_w, carried, asked } if *carried > 0.0 => format!(
            "Over the power cap: it draws {}, the cap is {}, which carries {} of {} requests/s and loses {}.",
            numbers::watts(*needed_w),
            numbers::watts(*cap_w),
            numbers::significant(*carried, 3),
            numbers::significant(*asked, 3),
            numbers::percent(1.0 - carried / asked)
        ),
        Rejection::PowerCap { needed_w, cap_w, .. } => format!(
            "Over the power cap: it draws {}; {} do not carry even one replica with its spares.",
            numbers::watts(*needed_w),
            numbers::watts(*cap_w)
        ),
        Rejection::Edge { accelerators, slow, .. } => format!(
            "Cannot meet this reasonably: at the edge of the limits, {} accelerators become {} with times that their bands \
             allow; loosen the latency limits.",
            numbers::count(*accelerators),
            numbers::count(*slow)
        ),
        Rejection::Unreasonable { times, .. } => format!(
            "Cannot meet this reasonably: it would cost {} times what the first does.",
            numbers::significant(*times, 2)
        ),
        Rejection::Late { attainment, replicas, .. } => format!(
            "The fleet is late: {}; {} of the requests are within both limits. {}",
            what_is_late(rejection),
            numbers::share(*attainment),
            match *replicas {
                (has, Some(needed)) => format!(
                    "{} replicas would keep them, it has {}.",
                    numbers::count(needed),
                    numbers::count(has)
                ),
                (_, None) => "No number of such replicas would keep them.".to_owned(),
            }
        ),
        Rejection::Overloaded { carried, asked, limit, replicas } => format!(
            "The fleet is overloaded: {} carry {} of {} requests/s, then {} is used up.",
            counted(*replicas as u32, "replica"),
            numbers::significant(*carried, 3),
            numbers::significant(*asked, 3),
            what_limits(*limit)
        ),
        Rejection::TooMany { accelerators } => {
            format!("It would take {} accelerators; lower the load.", numbers::significant(*accelerators, 2))
        }
    }
}

/// "TPOT 41 ms, limit 30 ms", or what else is used up.
fn what_is_late(rejection: &Rejection) -> String {
    let Rejection::Late { ttft_s, tpot_s, limit, .. } = rejection else { return String::new() };
    let late =
        [("TTFT", ttft_s), ("TPOT", tpot_s)].into_iter().filter(|(_, (reached, limit))| reached > limit);
    let late: Vec<String> = late
        .map(|(name, (reached, limit))| {
            format!("{name} {}, limit {}", numbers::seconds(*reached), numbers::seconds(*limit))
        })
        .collect();
    if late.is_empty() { format!("at times {} is used up", what_limits(*limit)) } else { late.join("; ") }
}

/// What is used up, in words.
fn what_limits(limit: Limit) -> &'static str {
    first_limit(limit).unwrap_or("what it has")
}

/// "No public offer on demand under Neocloud list", or "… of 4 in one machine".
fn no_offer(term: Term, asked: &str, replica: u32) -> String {
    let term = term.label().to_lowercase();
    let whole = if replica > 1 { format!(" of {replica} in one machine") } else { String::new() };
    match OfferClass::ASKED.into_iter().find(|class| class.id() == asked) {
        Some(class) => format!("No public offer {term} under {}{whole}", class.label()),
        None => format!("No public offer {term} by {asked}{whole}"),
    }
}

/// ", but on demand, and under Hyperscaler list": other terms, and classes in which the term is offered; empty where there are
/// none.
fn if_elsewhere(terms: &[Term], classes: &[OfferClass]) -> String {
    let on: Vec<String> = terms.iter().map(|term| term.label().to_lowercase()).collect();
    let terms = match on.split_last() {
        Some((last, rest)) if !rest.is_empty() => format!("{} and {last}", rest.join(", ")),
        _ => on.concat(),
    };
    let classes: Vec<&str> = classes.iter().map(|class| class.label()).collect();
    let under = format!("under {}", classes.join(" and "));
    match (terms.is_empty(), classes.is_empty()) {
        (true, true) => String::new(),
        (true, false) => format!(", but {under}"),
        (false, true) => format!(", but {terms}"),
        (false, false) => format!(", but {terms}, and {under}"),
    }
}

/// The same in a few words, for a row of a table: what is reached, and what is asked.
pub fn brief_rejection(rejection: &Rejection) -> String {
    match rejection {
        Rejection::Stack { stack, .. } => format!("{stack} does not run on it"),
        Rejection::Context { needed_tokens, model_tokens } => {
            format!(
                "{} tokens, the model reads {}",
                numbers::count(*needed_tokens),
                numbers::count(*model_tokens)
            )
        }
        Rejection::Memory { accelerators, needed_bytes, capacity_bytes } => format!(
            "needs {} on each of {}, has {}",
            numbers::bytes(*needed_bytes),
            numbers::count(f64::from(*accelerators)),
            numbers::bytes(*capacity_bytes)
        ),
        Rejection::TimePerOutputToken { fastest_s, slo_s } => {
            format!(
                "TPOT {} at the confidence asked for, limit {}",
                numbers::seconds(*fastest_s),
                numbers::seconds(*slo_s)
            )
        }
        Rejection::TimeToFirstToken { fastest_s, slo_s } => {
            format!(
                "TTFT {} at the confidence asked for, limit {}",
                numbers::seconds(*fastest_s),
                numbers::seconds(*slo_s)
            )
        }
        Rejection::BothLimits { tpot_s, ttft_s, .. } => {
            format!("nearest to both: TPOT {}, TTFT {}", numbers::seconds(*tpot_s), numbers::seconds(*ttft_s))
        }
        Rejection::Edge { accelerators, slow, .. } => {
            format!("{} or {}, as times turn out", numbers::count(*accelerators), numbers::count(*slow))
        }
        Rejection::Unreasonable { times, .. } => {
            format!("{} times what the first costs", numbers::significant(*times, 2))
        }
        Rejection::Price { term: Term::Buy, .. } => "not for sale".to_owned(),
        Rejection::Price { term, asked, replica, .. } => no_offer(*term, asked, *replica),
        Rejection::PowerCap { needed_w, cap_w, .. } => {
            format!("draws {}, the cap is {}", numbers::watts(*needed_w), numbers::watts(*cap_w))
        }
        Rejection::Late { .. } => what_is_late(rejection),
        Rejection::Overloaded { carried, asked, .. } => format!(
            "overloaded: carries {} of {} requests/s",
            numbers::significant(*carried, 3),
            numbers::significant(*asked, 3)
        ),
        Rejection::TooMany { accelerators } => {
            format!("takes {} accelerators", numbers::significant(*accelerators, 2))
        }
    }
}
