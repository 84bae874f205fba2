//! A plan in sentences: verdict, candidates, rejections.

mod amounts;
mod breaking;
mod cliff;
mod formats;
pub mod headline;
mod inputs;
mod launch;
mod limit;
mod measurement;
mod money;
mod nearest;
mod pools;
mod price;
mod proof;
mod ranking;
mod refusal;
mod rejection;
mod simulation;
mod solved;
mod spares;
mod starving;
mod swing;

pub use amounts::amount_notes;
pub use breaking::{after_loss, broken, looked_at, lost, standing_by, times_the_load, ways_out, why_broken};
pub use cliff::cliff;
pub use formats::{formats, kv_option, weights, whole_number_note};
pub(crate) use inputs::input_change;
use limit::first_limit;
pub use limit::{limit_label, limited};
pub use measurement::{measured_change, slip};
pub use money::{TAXES, hosted_case, paying_label, purpose};
pub use nearest::{dead_end, reasonable, way_out};
pub use pools::{pool_sizes, pools, pools_option, two_kinds};
pub use price::{paid_term, price_age, price_caution, price_note, rate};
pub use proof::{clock, late, proved, proved_how};
pub use ranking::tie;
pub use rejection::{brief_rejection, rejection};
pub use simulation::{bottleneck, simulated};
pub use solved::solved;
pub(crate) use solved::solved_value;
pub use spares::{spares, spares_beside};
pub use starving::{late_above, starving};
pub use swing::{swing_end, varied_label};

use crate::catalog::{Support, Term, Vendor};
use crate::engine::{Candidate, Outcome, Percentiles, Plan, Rejection, Sizing};
use crate::report::numbers;

/// An accelerator that is spoken of, with its fleet.
pub type Subject<'a> = (&'a Candidate, &'a Sizing);

/// The plan in a headline and a sentence under it, about the cheapest.
pub fn verdict(plan: &Plan) -> (String, String) {
    let first = plan.candidates.first();
    match (plan.best(), first.map(|first| (first, &first.outcome))) {
        (Some(best), _) => (headline(best), detail(plan, best)),
        (None, Some((first, Outcome::Late(sizing, why)))) => {
            (headline((first, sizing)), self::rejection(why, &first.name))
        }
        (None, Some((first, Outcome::Rejected(why @ Rejection::Overloaded { .. })))) => {
            (format!("{}: overloaded.", first.name), self::rejection(why, &first.name))
        }
        (None, _) => (
            match plan.candidates.iter().any(|c| matches!(c.rejection(), Some(Rejection::Price { .. }))) {
                true => "No accelerator that is offered can serve this.".to_owned(),
                false => "No accelerator in the catalog can serve this.".to_owned(),
            },
            match plan.candidates.first().map(|c| (&c.name, &c.outcome)) {
                Some((name, Outcome::Rejected(rejection))) => format!(
                    "{name} comes nearest. {} Relax that limit, shorten the context or choose a smaller model.",
                    self::rejection(rejection, name)
                ),
                _ => "The catalog is empty.".to_owned(),
            },
        ),
    }
}

/// "8 × H200 SXM: 3 + 1 spare copies on 2 GPUs each, in one server."
pub fn headline((candidate, sizing): Subject<'_>) -> String {
    format!(
        "{} × {}: {}, in {}.",
        numbers::count(f64::from(sizing.whole().accelerators)),
        candidate.name,
        copies(candidate, sizing),
        place(sizing),
    )
}

/// The cheapest beside `subject`, and what would make the two cost the same: "Cheapest: 3 × B200, $8,250 per month. H100 SXM
/// would equal it at $1.13 per hour each, 60% less." `None` where it is the cheapest itself.
pub fn cheapest(plan: &Plan, (candidate, sizing): Subject<'_>) -> Option<String> {
    let (best, cheapest) = plan.best().filter(|(best, _)| best.accelerator != candidate.accelerator)?;
    let count = numbers::count(f64::from(cheapest.whole().accelerators));
    let less = sizing.estate.cost.chosen.usd_per_hour < cheapest.estate.cost.chosen.usd_per_hour;
    if less {
        return Some(format!(
            "First: {count} × {}, {} per month, by the offers of several sellers; this is one seller's alone.",
            best.name,
            month(cheapest)
        ));
    }
    let same = if candidate.tie { ", the same within what is known" } else { "" };
    let mut text = format!("Cheapest: {count} × {}, {} per month{same}.", best.name, month(cheapest));
    // What is bought does not cost in proportion to one price.
    if plan.term != Term::Buy {
        let share = cheapest.estate.cost.chosen.usd_per_month / sizing.estate.cost.chosen.usd_per_month;
        let each =
            share * sizing.estate.cost.chosen.usd_per_hour / f64::from(sizing.whole().billed_accelerators);
        text += &format!(
            " {} would equal it at {} per hour each, {} less.",
            candidate.name,
            numbers::usd(each),
            numbers::percent(1.0 - share)
        );
    }
    Some(text)
}

/// That `candidate` has no fleet, and why: "L4 cannot serve this. Too slow: …". `None` where it has one.
pub fn cannot(candidate: &Candidate) -> Option<String> {
    let rejection = candidate.rejection()?;
    let why = self::rejection(rejection, &candidate.name);
    match rejection {
        Rejection::Price { .. } => Some(format!("{} has no price. {why}", candidate.name)),
        _ => Some(format!("{} cannot serve this. {why}", candidate.name)),
    }
}

/// Cost per month; "≈ $31.2k" where the price behind it is assumed.
pub fn month(sizing: &Sizing) -> String {
    let mark = if sizing.estate.cost.support == Support::Assumed { "≈ " } else { "" };
    format!("{mark}{}", numbers::usd(sizing.estate.cost.chosen.usd_per_month))
}

/// "2 servers", or "1 rack" where a server is a whole rack.
pub fn servers(sizing: &Sizing) -> String {
    counted(sizing.whole().servers, if sizing.layout.rack_scale { "rack" } else { "server" })
}

/// The same inside a sentence: "one server".
fn place(sizing: &Sizing) -> String {
    match (sizing.whole().servers, sizing.layout.rack_scale) {
        (1, true) => "one rack".to_owned(),
        (1, false) => "one server".to_owned(),
        _ => servers(sizing),
    }
}

fn detail(plan: &Plan, subject: Subject<'_>) -> String {
    let (_, sizing) = subject;
    let load = format!(
        "Peak load is {} of SLO capacity; room for +{} before the limit, no headroom kept.",
        numbers::percent(sizing.operating_point.utilization),
        numbers::percent(sizing.balance.load_margin.max(0.0)),
    );
    let mut parts = vec![format!("{}.", capitalized(&limited(sizing))), load];
    parts.extend(ranking::confidence(subject));
    parts.extend(pools(sizing));
    parts.extend(spares(sizing));
    parts.extend(comparison(plan, subject));
    parts.extend(formats::quality(sizing));
    parts.extend(launch::told(plan, sizing));
    parts.extend(sizing.estate.cost.support.caution().map(str::to_owned));
    parts.join(" ")
}

/// About `subject` in sentences, where a needle shows how far the load may grow: what limits it, how the cheapest compares
/// with the next, and `caution` about its price.
pub fn reasons(plan: &Plan, subject: Subject<'_>, caution: Option<String>) -> String {
    let mut parts = vec![format!("{}.", capitalized(&limited(subject.1)))];
    parts.extend(ranking::confidence(subject));
    parts.extend(pools(subject.1));
    parts.extend(spares(subject.1));
    parts.extend(comparison(plan, subject));
    parts.extend(formats::quality(subject.1));
    parts.extend(launch::told(plan, subject.1));
    parts.extend(caution);
    parts.join(" ")
}

/// How what is shown became what it is: "3 × B200 become 14 × GH200: 13 + 1 spare copies on 1 GPU each, first limit …".
pub fn became((before, old): Subject<'_>, (after, new): Subject<'_>) -> String {
    let count = |sizing: &Sizing| numbers::count(f64::from(sizing.whole().accelerators));
    let same = before.accelerator == after.accelerator;
    let verb = if old.whole().accelerators == 1 { "becomes" } else { "become" };
    // Of pools, the other one may be another.
    let alike = old.layout == new.layout && layout(old) == layout(new) && old.whole() == new.whole();
    let start = match (same, alike) {
        (true, true) => format!("Still {} × {}", count(new), after.name),
        (true, false) if old.whole().accelerators == new.whole().accelerators => {
            format!("Still {} × {}, in another layout", count(new), after.name)
        }
        (true, false) => format!("{} × {} {verb} {}", count(old), before.name, count(new)),
        (false, _) => {
            format!("{} × {} {verb} {} × {}", count(old), before.name, count(new), after.name)
        }
    };
    let limit = first_limit(new.limit).map_or_else(|| limited(new), |what| format!("first limit: {what}"));
    format!("{start}: {}, {limit}.", copies(after, new))
}

/// How the cheapest compares with the next, and what is paid for beyond what is used.
fn comparison(plan: &Plan, (candidate, sizing): Subject<'_>) -> Vec<String> {
    let mut parts = Vec::new();
    let cheapest = plan.best().is_some_and(|(best, _)| best.accelerator == candidate.accelerator);
    let next = plan.candidates.get(1).filter(|_| cheapest).and_then(|c| c.sizing().map(|s| (c, s)));
    match (next, ranking::tie(plan)) {
        (Some(_), Some(tie)) => parts.push(tie),
        (Some((other, next)), None) => {
            let ours = sizing.estate.cost.chosen.usd_per_month;
            let theirs = next.estate.cost.chosen.usd_per_month;
            parts.push(format!("{} cheaper than {}.", numbers::percent(1.0 - ours / theirs), other.name));
        }
        (None, _) => {}
    }
    let overfull = sizing.whole().billed_accelerators > sizing.whole().accelerators;
    if overfull {
        parts.push(format!(
            "Paid in whole {}: {} accelerators.",
            if plan.term == Term::Buy { "servers" } else { "instances" },
            numbers::count(f64::from(sizing.whole().billed_accelerators))
        ));
    }
    parts
}

/// "3 + 1 × TP 2": replicas, spares and degrees, for a table.
pub fn layout(sizing: &Sizing) -> String {
    if let Some(pools) = &sizing.pools {
        return pools::layout(pools);
    }
    let layout = &sizing.layout;
    let spares = match layout.spare_replicas {
        0 => String::new(),
        spares => format!(" + {}", numbers::count(f64::from(spares))),
    };
    format!("{}{spares} × {}", numbers::count(f64::from(layout.replicas)), degrees(sizing))
}

/// "3 + 1 spare copies on 2 GPUs each", "1 copy on 4 GPUs", "8 prefill + 24 decode".
fn copies(candidate: &Candidate, sizing: &Sizing) -> String {
    if let Some(pools) = &sizing.pools {
        return pools::both(pools);
    }
    let layout = &sizing.layout;
    let alone = layout.replicas + layout.spare_replicas == 1;
    let spare = match layout.spare_replicas {
        0 => String::new(),
        spares => format!(" + {} spare", numbers::count(f64::from(spares))),
    };
    format!(
        "{}{spare} {} on {}{}",
        numbers::count(f64::from(layout.replicas)),
        if alone { "copy" } else { "copies" },
        counted(layout.accelerators_per_replica(), device(candidate)),
        if alone { "" } else { " each" },
    )
}

/// The common noun for one accelerator of its kind.
fn device(candidate: &Candidate) -> &'static str {
    match candidate.vendor {
        Vendor::Nvidia | Vendor::Amd => "GPU",
        // TPU, Trainium and Gaudi are none.
        Vendor::Google | Vendor::Aws | Vendor::Intel => "chip",
    }
}

/// "TP 4", "TP 2 · PP 2", "TP 1 · DP 8 · EP 8": the degrees that are not one; of pools, those of both with their copies.
pub fn degrees(sizing: &Sizing) -> String {
    let l = &sizing.layout;
    match &sizing.pools {
        Some(pools) => pools::both_degrees(pools),
        None => parallel(l.tp, [("PP", l.pp), ("DP", l.attention_dp), ("EP", l.ep)]),
    }
}

fn parallel(tp: u32, others: [(&str, u32); 3]) -> String {
    let others = others.into_iter().filter(|(_, degree)| *degree > 1);
    let parts: Vec<String> =
        std::iter::once(("TP", tp)).chain(others).map(|(name, degree)| format!("{name} {degree}")).collect();
    parts.join(" · ")
}

/// One candidate of `plan` in a sentence: its fleet, what limits it and what it costs, and what its servers have to be told;
/// or why not.
pub fn candidate(plan: &Plan, candidate: &Candidate) -> String {
    match &candidate.outcome {
        Outcome::Rejected(rejection) => self::rejection(rejection, &candidate.name),
        Outcome::Late(sizing, rejection) => format!(
            "{} × {} ({}): {}",
            numbers::count(f64::from(sizing.whole().accelerators)),
            candidate.name,
            degrees(sizing),
            self::rejection(rejection, &candidate.name)
        ),
        Outcome::Sized(sizing) => {
            let layout = &sizing.layout;
            let told = launch::told(plan, sizing).map(|told| format!(" {told}")).unwrap_or_default();
            format!(
                "{} × {} = {} ({}), in {}; {} weights, {} KV cache; {}; {} a month, {} per million tokens.{told}",
                numbers::count(f64::from(sizing.whole().accelerators)),
                candidate.name,
                copies(candidate, sizing),
                degrees(sizing),
                place(sizing),
                formats::weights(sizing),
                layout.kv_cache.label(),
                limited(sizing),
                numbers::usd(sizing.estate.cost.chosen.usd_per_month),
                numbers::usd(sizing.estate.cost.chosen.usd_per_million_tokens),
            )
        }
    }
}

/// How far the latencies and the price of a candidate can be relied on; of pools, first how each is laid out.
pub fn bands(sizing: &Sizing) -> String {
    let op = &sizing.operating_point;
    let band = |p: &Percentiles| {
        format!(
            "{}, 90% band {} to {}",
            numbers::about_seconds(p.at_slo),
            numbers::about_seconds(p.at_slo_low),
            numbers::about_seconds(p.at_slo_high)
        )
    };
    let caution =
        sizing.estate.cost.support.caution().map_or_else(String::new, |caution| format!("\n{caution}"));
    let pools = sizing.pools.as_ref().map_or_else(String::new, |pools| {
        let both = pools::both_degrees(pools);
        format!("{}\n", capitalized(&both))
    });
    format!(
        "{pools}TTFT {}\nTPOT {}\nEvidence: {}.{caution}",
        band(&op.ttft_s),
        band(&op.tpot_s),
        op.evidence.text()
    )
}

/// "1 server", "3 servers".
pub fn counted(count: u32, noun: &str) -> String {
    let plural = if count == 1 { "" } else { "s" };
    format!("{} {noun}{plural}", numbers::count(f64::from(count)))
}

/// What limits a candidate, or why it cannot do it.
pub fn reason(candidate: &Candidate) -> String {
    match &candidate.outcome {
        Outcome::Sized(sizing) => limited(sizing),
        Outcome::Late(_, rejection) | Outcome::Rejected(rejection) => {
            self::rejection(rejection, &candidate.name)
        }
    }
}

/// The text with a capital letter first.
fn capitalized(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}
