//! What comes nearest where nothing serves a scenario, and what would have to give.

use super::inputs::input_change;
use crate::catalog::Catalog;
use crate::engine::Plan;
use crate::engine::analysis::nearest::Nearest;
use crate::report::numbers;
use crate::scenario::Scenario;
use crate::scenario::changes::changes;

/// Accelerators that are named.
const NAMED: usize = 3;

/// What has to give for an accelerator: "Time per output token 24 ms", "Pricing Spot". `None`: nothing is enough.
pub fn way_out(near: &Nearest, scenario: &Scenario, catalog: &Catalog) -> Option<String> {
    Some(given(near.relaxed.as_ref()?, scenario, catalog))
}

/// At which limits a candidate that cannot meet those of `scenario` reasonably would: "It would with Time per output token 28 ms."
pub fn reasonable(relaxed: &Scenario, scenario: &Scenario, catalog: &Catalog) -> String {
    format!("It would with {}.", given(relaxed, scenario, catalog))
}

/// The inputs of `relaxed` that differ, with their values.
fn given(relaxed: &Scenario, scenario: &Scenario, catalog: &Catalog) -> String {
    let changes = changes(scenario, relaxed);
    let parts = changes.iter().map(|change| {
        let [_, after] = input_change(change, catalog);
        format!("{} {}", change.label, numbers::plain(&after))
    });
    parts.collect::<Vec<_>>().join(", ")
}

/// The nearest with its reason and its way out, then the ways out of the next: "B200 comes nearest. Too slow: … It serves this
/// with Time per output token 24 ms. Next: GB200 with …". `nearest` is in its order, and so is `plan`.
pub fn dead_end(plan: &Plan, nearest: &[Nearest], scenario: &Scenario, catalog: &Catalog) -> Option<String> {
    let of = |near: &Nearest| plan.candidate(&near.accelerator);
    let first = nearest.first()?;
    let candidate = of(first)?;
    let (name, why) = (&candidate.name, super::rejection(candidate.rejection()?, &candidate.name));
    let Some(way) = way_out(first, scenario, catalog) else {
        return Some(format!("{name}: {why} Lower the load, shorten the context or choose a smaller model."));
    };
    let mut text = format!("{name} comes nearest. {why} It serves this with {way}.");
    let next = nearest[1..].iter().take(NAMED - 1);
    let next = next
        .filter_map(|near| Some(format!("{} with {}", of(near)?.name, way_out(near, scenario, catalog)?)));
    let next: Vec<String> = next.collect();
    if !next.is_empty() {
        text += &format!(" Next: {}.", next.join("; "));
    }
    Some(text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine;
    use crate::engine::analysis::nearest::nearest;
    use crate::scenario::preset;

    #[test]
    fn the_nearest_is_named_with_its_reason_and_what_would_have_to_give() {
        let catalog = Catalog::built_in().unwrap();
        let mut scenario = preset::open("support-chat", &catalog).unwrap();
        scenario.set("slo.tpot_s", "2 ms", &catalog).unwrap();
        let plan = engine::plan(&scenario, &catalog).unwrap();
        let near = nearest(&scenario, &catalog, &plan);
        let text = dead_end(&plan, &near, &scenario, &catalog).unwrap();
        let first = &near[0];
        let name = &plan.candidate(&first.accelerator).unwrap().name;
        let tpot = numbers::plain(&numbers::seconds(first.relaxed.as_ref().unwrap().slo.tpot_s));
        assert!(text.starts_with(&format!("{name} comes nearest. Too slow: ")), "{text}");
        assert!(text.contains(&format!(" It serves this with Time per output token {tpot}.")), "{text}");
        assert!(text.contains(" Next: "), "{text}");
    }
}
