//! What comes nearest to a scenario that an accelerator cannot serve, and what would have to give for it.

use crate::catalog::{Catalog, OfferClass, Term};
use crate::engine::fleet::replicas::MOST_ACCELERATORS;
use crate::engine::plan::planner::plan_on;
use crate::engine::plan::ranking::MOST_TIMES;
use crate::engine::plan::result::{Outcome, Plan, Rejection};
use crate::engine::replica::serving::Limit;
use crate::scenario::{Scenario, input_at};

/// Times that limits may have to give one after the other: behind a latency its edge, the other latency, the power, the count.
const STEPS: usize = 8;
/// Halvings of the prompt until it fits.
const HALVINGS: usize = 12;
/// By how much a limit is loosened at once where a fleet is at its edge.
const EDGE: f64 = 1.1;
/// How often a limit is loosened until a fleet is reasonable: tenfold.
const LOOSENINGS: usize = 24;
/// Digits of a value that is proposed.
const DIGITS: i32 = 2;

/// How near one accelerator comes.
#[derive(Clone, Debug, PartialEq)]
pub struct Nearest {
    /// Catalog id of the accelerator.
    pub accelerator: String,
    /// The scenario with what had to give, which the accelerator serves: found by planning it. `None`: neither a limit nor
    /// a format nor a shorter prompt is enough.
    pub relaxed: Option<Scenario>,
    /// By which factor the limit that gives most is relaxed, at least 1; infinite where nothing is enough.
    pub factor: f64,
    /// Whether more than limits had to change: the stack, the way of paying, a format.
    pub choices: bool,
}

/// Every rejected candidate of `plan`, which is that of `scenario`: first those for which limits alone have to give, the
/// least first.
pub fn nearest(scenario: &Scenario, catalog: &Catalog, plan: &Plan) -> Vec<Nearest> {
    let rejected = plan.candidates.iter().filter_map(|c| Some((&c.accelerator, c.rejection()?)));
    let mut all: Vec<Nearest> = rejected.map(|(id, why)| relax(scenario, catalog, id, why.clone())).collect();
    all.sort_by(|a, b| {
        let last = |n: &Nearest| (n.relaxed.is_none(), n.choices);
        last(a).cmp(&last(b)).then(a.factor.total_cmp(&b.factor))
    });
    all
}

/// Lets one limit after the other give way until the accelerator serves the scenario.
fn relax(scenario: &Scenario, catalog: &Catalog, accelerator: &str, why: Rejection) -> Nearest {
    let mut relaxed = scenario.clone();
    let (mut why, mut factor, mut choices) = (why, 1.0, false);
    for _ in 0..STEPS {
        let Some(step) = give(&relaxed, catalog, accelerator, &why) else { break };
        relaxed = step.scenario;
        factor = f64::max(factor, step.factor);
        choices |= step.choice;
        match outcome(&relaxed, catalog, accelerator) {
            Some(Ok(())) => {
                let accelerator = accelerator.to_owned();
                return Nearest { accelerator, relaxed: Some(relaxed), factor, choices };
            }
            Some(Err(next)) => why = next,
            None => break,
        }
    }
    Nearest { accelerator: accelerator.to_owned(), relaxed: None, factor: f64::INFINITY, choices }
}

/// Whether the accelerator serves the scenario, or why not.
fn outcome(scenario: &Scenario, catalog: &Catalog, accelerator: &str) -> Option<Result<(), Rejection>> {
    let plan = plan_on(scenario, catalog, |id| id == accelerator).ok()?;
    let candidate = plan.candidate(accelerator)?;
    Some(candidate.rejection().map_or(Ok(()), |why| Err(why.clone())))
}

/// One thing that gave way.
struct Step {
    scenario: Scenario,
    /// By which factor a limit was relaxed.
    factor: f64,
    /// Whether a choice was changed instead.
    choice: bool,
}

/// What lets the accelerator past `why`; `None`: nothing does.
fn give(scenario: &Scenario, catalog: &Catalog, accelerator: &str, why: &Rejection) -> Option<Step> {
    let mut relaxed = scenario.clone();
    let limit = |scenario: Scenario, factor: f64| Some(Step { scenario, factor, choice: false });
    let choice = |scenario: Scenario| Some(Step { scenario, factor: 1.0, choice: true });
    match why {
        Rejection::TimePerOutputToken { fastest_s, slo_s } => {
            relaxed.slo.tpot_s = allowed("slo.tpot_s", *fastest_s)?;
            limit(relaxed, fastest_s / slo_s)
        }
        Rejection::TimeToFirstToken { fastest_s, slo_s } => {
            relaxed.slo.ttft_s = allowed("slo.ttft_s", *fastest_s)?;
            limit(relaxed, fastest_s / slo_s)
        }
        Rejection::BothLimits { tpot_s, ttft_s, .. } => {
            let (tpot, ttft) = (tpot_s / scenario.slo.tpot_s, ttft_s / scenario.slo.ttft_s);
            if tpot > 1.0 {
                relaxed.slo.tpot_s = allowed("slo.tpot_s", *tpot_s)?;
            }
            if ttft > 1.0 {
                relaxed.slo.ttft_s = allowed("slo.ttft_s", *ttft_s)?;
            }
            limit(relaxed, tpot.max(ttft))
        }
        Rejection::PowerCap { needed_w, cap_w, .. } => {
            relaxed.facility.power_cap_w = Some(allowed("facility.power_cap_w", *needed_w)?);
            limit(relaxed, needed_w / cap_w)
        }
        Rejection::Context { needed_tokens, model_tokens } => {
            relaxed.workload.input_tokens -= needed_tokens - model_tokens;
            let shortest = input_at("workload.input_tokens")?.range()?.min;
            (relaxed.workload.input_tokens >= shortest).then_some(())?;
            limit(relaxed, needed_tokens / model_tokens)
        }
        Rejection::Price { elsewhere, .. } => {
            let serves = |term: &Term| {
                let mut other = scenario.clone();
                other.money.term = *term;
                !matches!(outcome(&other, catalog, accelerator), Some(Err(Rejection::Price { .. })) | None)
            };
            let other = OfferClass::ASKED.into_iter().find(|class| elsewhere.contains(class));
            match Term::ALL.into_iter().find(serves) {
                Some(term) => relaxed.money.term = term,
                None => other?.id().clone_into(&mut relaxed.money.offers),
            }
            choice(relaxed)
        }
        Rejection::Stack { runs, .. } => {
            let stack = catalog.stacks.iter().find(|stack| runs.first() == Some(&stack.name))?;
            relaxed.platform.stack.clone_from(&stack.id);
            choice(relaxed)
        }
        Rejection::Memory { .. } => fit(scenario, catalog, accelerator),
        Rejection::Edge { limit: which, .. } => limit(loosened(scenario, *which)?, EDGE),
        // Only beside one that costs less.
        Rejection::Unreasonable { .. } => None,
        Rejection::Late { replicas: (replicas, Some(needed)), .. } => {
            relaxed.fleet.replicas = Some(*needed as u32);
            limit(relaxed, needed / replicas)
        }
        Rejection::Late { ttft_s, tpot_s, miss, replicas: (_, None), .. } => {
            relaxed.slo.ttft_s = allowed("slo.ttft_s", ttft_s.0.max(ttft_s.1))?;
            relaxed.slo.tpot_s = allowed("slo.tpot_s", tpot_s.0.max(tpot_s.1))?;
            limit(relaxed, *miss)
        }
        Rejection::Overloaded { carried, asked, replicas, .. } => {
            let needed = (replicas * asked / carried).floor() + 1.0;
            relaxed.fleet.replicas = Some(needed as u32);
            limit(relaxed, needed / replicas)
        }
        Rejection::TooMany { accelerators } => {
            let factor = accelerators / MOST_ACCELERATORS;
            let load = rounded(scenario.workload.requests_per_s / factor, f64::floor);
            (load >= input_at("workload.requests_per_s")?.range()?.min).then_some(())?;
            relaxed.workload.requests_per_s = load;
            limit(relaxed, factor)
        }
    }
}

/// With the latency that is in the way by [`EDGE`] longer.
fn loosened(scenario: &Scenario, limit: Limit) -> Option<Scenario> {
    let mut loosened = scenario.clone();
    if limit == Limit::TimePerOutputToken {
        loosened.slo.tpot_s = allowed("slo.tpot_s", EDGE * scenario.slo.tpot_s)?;
    } else {
        loosened.slo.ttft_s = allowed("slo.ttft_s", EDGE * scenario.slo.ttft_s)?;
    }
    Some(loosened)
}

/// The nearest limits at which `accelerator`, which `plan` of `scenario` rejects as unreasonable, costs no more than ten times
/// what the first does. `None`: no latency that is in the way.
pub fn reasonable(
    scenario: &Scenario,
    catalog: &Catalog,
    plan: &Plan,
    accelerator: &str,
) -> Option<Scenario> {
    let most =
        MOST_TIMES * plan.best().map_or(f64::INFINITY, |(_, best)| best.estate.cost.chosen.usd_per_hour);
    let mut limit = match plan.candidate(accelerator)?.rejection()? {
        Rejection::Edge { limit, .. } | Rejection::Unreasonable { limit, .. } => *limit,
        _ => return None,
    };
    let mut relaxed = scenario.clone();
    for _ in 0..LOOSENINGS {
        if !matches!(limit, Limit::TimePerOutputToken | Limit::TimeToFirstToken) {
            return None;
        }
        relaxed = loosened(&relaxed, limit)?;
        let alone = plan_on(&relaxed, catalog, |id| id == accelerator).ok()?;
        limit = match &alone.candidate(accelerator)?.outcome {
            Outcome::Sized(sizing) if sizing.estate.cost.chosen.usd_per_hour <= most => return Some(relaxed),
            Outcome::Sized(sizing) => sizing.limit,
            Outcome::Rejected(Rejection::Edge { limit, .. }) => *limit,
            Outcome::Late(..) | Outcome::Rejected(_) => return None,
        };
    }
    None
}

/// What makes the model fit: formats left to the program, which takes the smallest that serve, else a shorter prompt.
fn fit(scenario: &Scenario, catalog: &Catalog, accelerator: &str) -> Option<Step> {
    let fits = |scenario: &Scenario| {
        !matches!(outcome(scenario, catalog, accelerator), Some(Err(Rejection::Memory { .. })) | None)
    };
    let mut auto = scenario.clone();
    (auto.platform.weights, auto.platform.kv_cache) = (None, None);
    if auto.platform != scenario.platform && fits(&auto) {
        return Some(Step { scenario: auto, factor: 1.0, choice: true });
    }
    let with = |tokens: f64| {
        let mut shorter = scenario.clone();
        shorter.workload.input_tokens = tokens;
        shorter
    };
    let (mut low, mut high) =
        (input_at("workload.input_tokens")?.range()?.min, scenario.workload.input_tokens);
    fits(&with(low)).then_some(())?;
    for _ in 0..HALVINGS {
        let middle = ((low + high) / 2.0).round();
        if fits(&with(middle)) { low = middle } else { high = middle }
    }
    let tokens = rounded(low, f64::floor).max(1.0);
    Some(Step { scenario: with(tokens), factor: scenario.workload.input_tokens / tokens, choice: false })
}

/// `value` rounded up, where the input of `path` may be as large.
fn allowed(path: &str, value: f64) -> Option<f64> {
    let value = rounded(value, f64::ceil);
    (value <= input_at(path)?.range()?.max).then_some(value)
}

/// `value` to two digits, rounded by `round`.
fn rounded(value: f64, round: fn(f64) -> f64) -> f64 {
    if value <= 0.0 || !value.is_finite() {
        return value;
    }
    let digits = DIGITS - 1 - value.log10().floor() as i32;
    // Powers of ten are exact upwards only: 0.024 is 24 / 1000, not 24 × 0.001.
    match digits >= 0 {
        true => round(value * 10f64.powi(digits)) / 10f64.powi(digits),
        false => round(value / 10f64.powi(-digits)) * 10f64.powi(-digits),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// At what is proposed the accelerator costs no more than ten times the first; a hair tighter it does.
    #[test]
    fn what_is_unreasonable_has_the_limits_at_which_it_is_not() {
        let catalog = Catalog::built_in().unwrap();
        let mut found = 0;
        for (stem, _) in preset::BUILT_IN {
            for tpot in [1.0, 0.5, 0.35] {
                let mut asked = preset::open(stem, &catalog).unwrap();
                asked.slo.tpot_s *= tpot;
                let plan = plan(&asked, &catalog).unwrap();
                let Some((_, best)) = plan.best() else { continue };
                let most = 10.0 * best.estate.cost.chosen.usd_per_hour;
                for candidate in &plan.candidates {
                    let id = candidate.accelerator.as_str();
                    let Some(relaxed) = reasonable(&asked, &catalog, &plan, id) else { continue };
                    let alone = plan_on(&relaxed, &catalog, |known| known == id).unwrap();
                    let sizing = alone.candidate(id).unwrap().sizing().expect("it serves");
                    assert!(sizing.estate.cost.chosen.usd_per_hour <= most, "{stem} {id}");
                    let (now, then) = (&asked.slo, &relaxed.slo);
                    assert!(
                        then.tpot_s >= now.tpot_s && then.ttft_s >= now.ttft_s && then != now,
                        "{stem} {id}"
                    );
                    found += 1;
                }
            }
        }
        assert!(found > 3, "{found}");
    }
    use crate::engine::plan::planner::plan;
    use crate::scenario::preset;

    /// What is proposed serves; for a single latency, nothing tighter by a tenth does.
    #[test]
    fn what_is_proposed_serves_and_is_the_least() {
        let catalog = Catalog::built_in().unwrap();
        let base = preset::open("support-chat", &catalog).unwrap();
        for (path, value) in [
            ("slo.tpot_s", "2 ms"),
            ("slo.ttft_s", "5 ms"),
            ("facility.power_cap_w", "500 W"),
            ("workload.input_tokens", "200000"),
        ] {
            let mut asked = base.clone();
            asked.set(path, value, &catalog).unwrap();
            let dead = plan(&asked, &catalog).unwrap();
            assert!(dead.best().is_none(), "{path}");
            let all = nearest(&asked, &catalog, &dead);
            assert_eq!(all.len(), catalog.accelerators.len());
            let first = &all[0];
            let relaxed = first.relaxed.as_ref().expect("something serves");
            let serves = |scenario: &Scenario, id: &str| outcome(scenario, &catalog, id) == Some(Ok(()));
            assert!(serves(relaxed, &first.accelerator), "{path}");
            assert!(!first.choices && first.factor > 1.0, "{path} {}", first.factor);
            for pair in all.windows(2).filter(|pair| pair[1].relaxed.is_some()) {
                let key = |n: &Nearest| (n.choices, n.factor);
                assert!(key(&pair[0]) <= key(&pair[1]), "{path}: sorted by how near");
            }
            let mut tighter = relaxed.clone();
            match path {
                "slo.tpot_s" => tighter.slo.tpot_s *= 0.9,
                "slo.ttft_s" => tighter.slo.ttft_s *= 0.9,
                "facility.power_cap_w" => {
                    tighter.facility.power_cap_w = relaxed.facility.power_cap_w.map(|w| w * 0.9);
                }
                _ => tighter.workload.input_tokens *= 1.1,
            }
            assert!(!serves(&tighter, &first.accelerator), "{path}: the least that has to give");
        }
    }

    #[test]
    fn where_there_would_be_too_many_a_lower_load_is_proposed() {
        let catalog = Catalog::built_in().unwrap();
        let mut asked = preset::open("support-chat", &catalog).unwrap();
        asked.set("workload.requests_per_s", "1000000", &catalog).unwrap();
        asked.set("money.offers", "hyperscaler", &catalog).unwrap();
        asked.set("money.term", "on_demand", &catalog).unwrap();
        let plan = plan(&asked, &catalog).unwrap();
        let many = |near: &&Nearest| {
            let why = plan.candidate(&near.accelerator).and_then(|c| c.rejection());
            matches!(why, Some(Rejection::TooMany { .. }))
        };
        let all = nearest(&asked, &catalog, &plan);
        let near: Vec<&Nearest> = all.iter().filter(many).collect();
        assert!(!near.is_empty());
        for near in near {
            let relaxed = near.relaxed.as_ref().expect("a lower load");
            assert!(relaxed.workload.requests_per_s > 0.9 * 1e6 / near.factor, "{}", near.accelerator);
            assert_eq!(outcome(relaxed, &catalog, &near.accelerator), Some(Ok(())), "{}", near.accelerator);
        }
    }

    #[test]
    fn what_is_proposed_has_two_digits() {
        assert_eq!(rounded(0.02341, f64::ceil), 0.024);
        assert_eq!(rounded(128_450.0, f64::floor), 120_000.0);
        assert_eq!(rounded(20_100.0, f64::ceil), 21_000.0);
    }
}
