//! How sure the order is: the fleet beside the typical one, and what cannot be told apart.

use super::Subject;
use crate::engine::Plan;
use crate::engine::plan::ranking::{TieBreaker, tie_breaker};
use crate::report::numbers;

/// "92% sure to hold; 9 at typical times." `None` where the count is the same.
pub(super) fn confidence((_, sizing): Subject<'_>) -> Option<String> {
    let whole = sizing.whole();
    let (count, typical) = (whole.accelerators, whole.typical_accelerators);
    let sure = numbers::share(sizing.balance.confidence);
    (typical < count)
        .then(|| format!("{sure} sure to hold; {} at typical times.", numbers::count(f64::from(typical))))
}

/// Names that are listed before the others are counted.
const NAMED: usize = 2;

/// "Tied with H200 SXM and H100 SXM within what is known: a quote for H200 SXM would tell." `None` where the first is told apart
/// from all others.
pub fn tie(plan: &Plan) -> Option<String> {
    let (first, best) = plan.best()?;
    let others = plan.candidates.iter().skip(1).filter(|candidate| candidate.tie);
    let others: Vec<_> =
        others.filter_map(|candidate| candidate.sizing().map(|sizing| (candidate, sizing))).collect();
    let (next, sizing) = others.iter().min_by(|a, b| {
        let usd = |subject: &Subject<'_>| subject.1.estate.cost.chosen.usd_per_hour;
        usd(a).total_cmp(&usd(b))
    })?;
    let names: Vec<&str> = others.iter().map(|(candidate, _)| candidate.name.as_str()).collect();
    let tells = match tie_breaker(best, sizing) {
        TieBreaker::Benchmark => {
            let widest = if best.spread >= sizing.spread { &first.name } else { &next.name };
            format!("a benchmark on {widest} would tell")
        }
        TieBreaker::Quote => {
            let widest = if best.price_spread >= sizing.price_spread { &first.name } else { &next.name };
            format!("a quote for {widest} would tell")
        }
    };
    let list = match names.len() {
        0..=NAMED => names.join(" and "),
        more => format!("{} and {} more", names[..NAMED].join(", "), more - NAMED),
    };
    Some(format!("Tied with {list} within what is known: {tells}."))
}
