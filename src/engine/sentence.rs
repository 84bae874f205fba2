//! The result in words: verdict, candidates, rejections.

use crate::catalog::{Support, Term};
use crate::engine::{Candidate, Limit, Outcome, Percentiles, Plan, Rejection, Sizing};
use crate::units;

/// The plan in a headline and a sentence under it.
pub fn verdict(plan: &Plan) -> (String, String) {
    match plan.best() {
        Some((candidate, sizing)) => (headline(candidate, sizing), detail(plan, sizing)),
        None => (
            "No accelerator in the catalog can serve this.".to_owned(),
            match plan.candidates.first().map(|c| (&c.name, &c.outcome)) {
                Some((name, Outcome::Rejected(rejection))) => format!(
                    "{} Relax that limit, shorten the context or choose a smaller model.",
                    self::rejection(rejection, name)
                ),
                _ => "The catalog is empty.".to_owned(),
            },
        ),
    }
}

/// "8 × H200 SXM: 3 + 1 spare replicas of TP 2, in 1 server."
fn headline(candidate: &Candidate, sizing: &Sizing) -> String {
    let layout = &sizing.layout;
    format!(
        "{} × {}: {}, in {}.",
        units::count(f64::from(layout.accelerators)),
        candidate.name,
        replicas(sizing),
        servers(sizing),
    )
}

/// What would make `candidate` the cheapest: how far its own price must fall, all else as it is. `None` where it is the
/// cheapest, where none is, or where it is bought, whose cost is not in proportion to one price.
pub fn to_win(plan: &Plan, candidate: &Candidate) -> Option<String> {
    let (best, cheapest) = plan.best()?;
    let sizing = candidate.sizing().filter(|_| best.accelerator != candidate.accelerator)?;
    if plan.term == Term::Buy {
        return None;
    }
    let share = cheapest.cost.chosen.usd_per_month / sizing.cost.chosen.usd_per_month;
    let each = share * sizing.cost.chosen.usd_per_hour / f64::from(sizing.layout.billed_accelerators);
    Some(format!(
        "It would win over {} with its price {} lower, at {} an hour each.",
        best.name,
        units::percent(1.0 - share),
        units::usd(each)
    ))
}

/// Cost of a month; "≈ $31.2k" where the price behind it is assumed.
pub fn month(sizing: &Sizing) -> String {
    let mark = if sizing.cost.support == Support::Assumed { "≈ " } else { "" };
    format!("{mark}{}", units::usd(sizing.cost.chosen.usd_per_month))
}

/// "2 servers", or "1 rack" where a server is a whole rack.
pub fn servers(sizing: &Sizing) -> String {
    counted(sizing.layout.servers, if sizing.layout.rack_scale { "rack" } else { "server" })
}

fn detail(plan: &Plan, sizing: &Sizing) -> String {
    let load = format!(
        "The peak uses {} of what holds the SLO; the load may grow by {} before it is missed.",
        units::percent(sizing.operating_point.utilization),
        units::percent(sizing.balance.load_margin.max(0.0)),
    );
    let mut parts = vec![limited(sizing), load];
    parts.extend(standing(plan, sizing));
    parts.extend(sizing.cost.support.caution().map(str::to_owned));
    parts.join(" ")
}

/// Why the best is the best, in sentences, where a needle says how far the load may grow: what limits it, how it stands beside
/// the next, and `caution` about its price.
pub fn reasons(plan: &Plan, caution: Option<String>) -> String {
    let Some((_, sizing)) = plan.best() else { return verdict(plan).1 };
    let mut parts = vec![limited(sizing)];
    parts.extend(standing(plan, sizing));
    parts.extend(caution);
    parts.join(" ")
}

/// How the best became what it is: "3 × B200 become 14 × GH200: 13 + 1 spare replicas of TP 1, limited by …". `None` where
/// nothing was or is served.
pub fn became(was: &Plan, now: &Plan) -> Option<String> {
    let ((before, old), (after, new)) = (was.best()?, now.best()?);
    let count = |sizing: &Sizing| units::count(f64::from(sizing.layout.accelerators));
    let same = before.accelerator == after.accelerator;
    let verb = if old.layout.accelerators == 1 { "becomes" } else { "become" };
    let start = match (same, old.layout == new.layout) {
        (true, true) => format!("Still {} × {}", count(new), after.name),
        (true, false) if old.layout.accelerators == new.layout.accelerators => {
            format!("Still {} × {}, laid out anew", count(new), after.name)
        }
        (true, false) => format!("{} × {} {verb} {}", count(old), before.name, count(new)),
        (false, _) => {
            format!("{} × {} {verb} {} × {}", count(old), before.name, count(new), after.name)
        }
    };
    Some(format!("{start}: {}, limited by {}.", replicas(new), new.limit.words()))
}

fn limited(sizing: &Sizing) -> String {
    format!("Limited by {}.", sizing.limit.words())
}

/// How the best stands beside the next, and what is paid for beyond what is used.
fn standing(plan: &Plan, sizing: &Sizing) -> Vec<String> {
    let mut parts = Vec::new();
    let next = plan.candidates.get(1).and_then(|c| c.sizing().map(|s| (c, s)));
    if let Some((other, next)) = next {
        let ours = sizing.cost.chosen.usd_per_month;
        let theirs = next.cost.chosen.usd_per_month;
        let cheaper = 1.0 - ours / theirs;
        if cheaper < 0.1 {
            parts.push(format!("{} costs nearly the same.", other.name));
        } else {
            parts.push(format!("{} cheaper than {}.", units::percent(cheaper), other.name));
        }
    }
    let overfull = sizing.layout.billed_accelerators > sizing.layout.accelerators;
    if overfull {
        parts.push(format!(
            "Paid in whole {}: {} accelerators.",
            if plan.term == Term::Buy { "servers" } else { "instances" },
            units::count(f64::from(sizing.layout.billed_accelerators))
        ));
    }
    parts
}

/// "3 + 1 × TP 2": replicas, spares and degrees, for a table.
pub fn layout(sizing: &Sizing) -> String {
    let layout = &sizing.layout;
    let spares = match layout.spare_replicas {
        0 => String::new(),
        spares => format!(" + {}", units::count(f64::from(spares))),
    };
    format!("{}{spares} × {}", units::count(f64::from(layout.replicas)), degrees(sizing))
}

/// "3 + 1 spare replicas of TP 2".
pub fn replicas(sizing: &Sizing) -> String {
    let layout = &sizing.layout;
    let what = if layout.replicas + layout.spare_replicas == 1 { "replica" } else { "replicas" };
    let count = match layout.spare_replicas {
        0 => units::count(f64::from(layout.replicas)),
        spares => format!(
            "{} + {} spare",
            units::count(f64::from(layout.replicas)),
            units::count(f64::from(spares))
        ),
    };
    format!("{count} {what} of {}", degrees(sizing))
}

/// "TP 4", "TP 2 · PP 2", "TP 1 · DP 8 · EP 8": the degrees that are not one.
pub fn degrees(sizing: &Sizing) -> String {
    let l = &sizing.layout;
    let mut parts = vec![format!("TP {}", l.tp)];
    for (name, degree) in [("PP", l.pp), ("DP", l.attention_dp), ("EP", l.ep)] {
        if degree > 1 {
            parts.push(format!("{name} {degree}"));
        }
    }
    parts.join(" · ")
}

/// One candidate in a sentence: its fleet, what limits it and what it costs; or why not.
pub fn candidate(candidate: &Candidate) -> String {
    match &candidate.outcome {
        Outcome::Rejected(rejection) => self::rejection(rejection, &candidate.name),
        Outcome::Sized(sizing) => {
            let layout = &sizing.layout;
            format!(
                "{} × {} = {}, in {}; limited by {}; {} a month, {} per million tokens.",
                units::count(f64::from(layout.accelerators)),
                candidate.name,
                replicas(sizing),
                servers(sizing),
                sizing.limit.words(),
                units::usd(sizing.cost.chosen.usd_per_month),
                units::usd(sizing.cost.chosen.usd_per_million_tokens),
            )
        }
    }
}

/// How far the latencies and the price of a candidate can be relied on.
pub fn bands(sizing: &Sizing) -> String {
    let op = &sizing.operating_point;
    let band = |p: &Percentiles| {
        format!(
            "{}, nine times in ten {} to {}",
            units::about_seconds(p.at_slo),
            units::about_seconds(p.at_slo_low),
            units::about_seconds(p.at_slo_high)
        )
    };
    let caution = sizing.cost.support.caution().map_or_else(String::new, |caution| format!("\n{caution}"));
    format!(
        "TTFT {}\nTPOT {}\nBehind these bands: {}.{caution}",
        band(&op.ttft_s),
        band(&op.tpot_s),
        op.evidence.words()
    )
}

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
            units::count(*needed_tokens),
            units::count(*model_tokens)
        ),
        Rejection::Memory { accelerators, needed_bytes, capacity_bytes } => format!(
            "Does not fit: on {}, weights, runtime and one sequence need {} on each; it has {}.",
            counted(*accelerators, "accelerator"),
            units::bytes(*needed_bytes),
            units::bytes(*capacity_bytes)
        ),
        Rejection::TimePerOutputToken { fastest_s, slo_s } => format!(
            "Too slow: the fastest layout takes {} per output token; the limit is {}.",
            units::seconds(*fastest_s),
            units::seconds(*slo_s)
        ),
        Rejection::TimeToFirstToken { fastest_s, slo_s } => format!(
            "Too slow: the fastest layout takes {} to the first token; the limit is {}.",
            units::seconds(*fastest_s),
            units::seconds(*slo_s)
        ),
        Rejection::BothLimits { tpot_s, ttft_s } => format!(
            "No layout meets both limits: the fastest decode takes {} per token, but then {} to the first.",
            units::seconds(*tpot_s),
            units::seconds(*ttft_s)
        ),
        Rejection::Price { term: Term::Buy } => format!("{name} is not for sale; it can only be rented."),
        Rejection::Price { term } => {
            format!("{name} is not offered {}.", term.label().to_lowercase())
        }
        Rejection::PowerCap { needed_w, cap_w, carried, asked } if *carried > 0.0 => format!(
            "Over the power cap: it takes {}, the cap is {}, which carries {} of {} requests/s and loses {}.",
            units::watts(*needed_w),
            units::watts(*cap_w),
            units::significant(*carried, 3),
            units::significant(*asked, 3),
            units::percent(1.0 - carried / asked)
        ),
        Rejection::PowerCap { needed_w, cap_w, .. } => format!(
            "Over the power cap: it takes {}; {} do not carry even one replica with its spares.",
            units::watts(*needed_w),
            units::watts(*cap_w)
        ),
        Rejection::TooMany { accelerators } => {
            format!("It would take {} accelerators; lower the load.", units::significant(*accelerators, 2))
        }
    }
}

/// "1 server", "3 servers".
pub fn counted(count: u32, noun: &str) -> String {
    let plural = if count == 1 { "" } else { "s" };
    format!("{} {noun}{plural}", units::count(f64::from(count)))
}

/// What limits a candidate, or why it cannot do it.
pub fn reason(candidate: &Candidate) -> String {
    match &candidate.outcome {
        Outcome::Sized(sizing) => format!("limited by {}", sizing.limit.words()),
        Outcome::Rejected(rejection) => self::rejection(rejection, &candidate.name),
    }
}

impl Limit {
    /// Short words for the table.
    pub fn label(self) -> &'static str {
        match self {
            Self::TimePerOutputToken => "TPOT",
            Self::TimeToFirstToken => "TTFT",
            Self::KvMemory => "KV memory",
            Self::Sequences => "Sequences",
            Self::Prefill => "Prefill",
            Self::Granularity => "Granularity",
        }
    }

    /// Words for a sentence: "limited by …".
    pub fn words(self) -> &'static str {
        match self {
            Self::TimePerOutputToken => "time per output token",
            Self::TimeToFirstToken => "time to first token",
            Self::KvMemory => "KV memory",
            Self::Sequences => "the stack's limit of sequences",
            Self::Prefill => "the speed of prefill",
            Self::Granularity => "the size of the smallest replica",
        }
    }
}
