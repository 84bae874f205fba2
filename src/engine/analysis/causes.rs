//! Which input caused how much of the change between two scenarios.
//!
//! An input's part is its Shapley value (L. S. Shapley, A value for n-person games, 1953): what it adds when the inputs
//! change from before to after one by one, averaged over all orders. Parts add up to the whole change; an input that
//! never matters gets nothing; inputs that do the same get the same.
//!
//! A mix of the two scenarios may have no fleet. The walk then keeps the last figures, and the input that brings a
//! fleet back takes the whole step; averaged over all orders, inputs that need each other share it.

use std::collections::HashMap;

use crate::engine::plan::headline::Headlines;
use crate::engine::plan::result::Plan;
use crate::scenario::changes::differing;
use crate::scenario::{Input, Scenario};

/// Inputs that may differ for all orders to be taken: 2⁶ plans. With more, the order of the list represents all.
pub const MOST_EXACT: usize = 6;

/// A part smaller than this share of the largest figure on the way is what rounding left.
const DUST: f64 = 1e-12;

/// How the change was split up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
    /// The mean over all orders.
    Shapley,
    /// One order: that of the list of inputs.
    InOrder,
}

impl Method {
    /// The id in the JSON document.
    pub fn id(self) -> &'static str {
        match self {
            Self::Shapley => "shapley",
            Self::InOrder => "in_order",
        }
    }
}

/// What one input did.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Cause {
    /// Path of the input, such as `workload.requests_per_s`.
    pub path: &'static str,
    /// Name shown to users.
    pub label: &'static str,
    /// Its part of the change. `None`: one of the two scenarios has no fleet, there is no change to split up.
    pub effect: Option<Headlines>,
    /// Its part in there being a fleet: the share of the orders in which it brings one, less that in which it takes it.
    /// Of all inputs together: 1 where only the scenario after has a fleet, −1 where only the one before has, else 0.
    pub feasibility: f64,
}

/// What each input did, in the order of the list of inputs.
#[derive(Clone, Debug, PartialEq)]
pub struct Causes {
    /// How effects were shared among the inputs.
    pub method: Method,
    /// The effect of each input.
    pub each: Vec<Cause>,
}

/// Splits the change from `a` to `b` over the inputs that differ. `plan` is asked for up to 64 plans; whoever wants no
/// answer any more lets it fail.
///
/// # Errors
/// The first of `plan`.
pub fn causes<E>(
    a: &Scenario,
    b: &Scenario,
    plan: impl FnMut(&Scenario) -> Result<Plan, E>,
) -> Result<Causes, E> {
    let inputs: Vec<_> = differing(a, b).collect();
    let method = if inputs.len() <= MOST_EXACT { Method::Shapley } else { Method::InOrder };
    let parts = vec![([0.0; 4], 0.0); inputs.len()];
    let mut walk = Walk { a, b, plan, method, inputs, fleets: HashMap::new(), parts };
    let (before, after) = (walk.fleet(0)?, walk.fleet((1 << walk.inputs.len()) - 1)?);
    walk.on(0, before.unwrap_or_default(), 1.0)?;
    let change = before.is_some() && after.is_some();
    let met = |k: usize| walk.fleets.values().flatten().map(move |f| f.each()[k]);
    let dust: [f64; 4] = std::array::from_fn(|k| DUST * met(k).fold(0.0, f64::max));
    let clean = |part: f64, dust: f64| if part.abs() <= dust { 0.0 } else { part };
    let each = walk.inputs.iter().zip(&walk.parts).map(|(input, (effect, feasibility))| Cause {
        path: input.path,
        label: input.label,
        effect: change.then(|| Headlines::new(std::array::from_fn(|k| clean(effect[k], dust[k])))),
        feasibility: clean(*feasibility, DUST),
    });
    Ok(Causes { method, each: each.collect() })
}

/// The orders in which the inputs change, walked as a tree. Sets of inputs are bit masks.
struct Walk<'a, P> {
    a: &'a Scenario,
    b: &'a Scenario,
    plan: P,
    method: Method,
    inputs: Vec<&'static Input>,
    /// Best fleets of the mixes met so far, by the inputs that have changed; `None`: the mix has none.
    fleets: HashMap<u64, Option<Headlines>>,
    /// Effect and feasibility of each input.
    parts: Vec<([f64; 4], f64)>,
}

impl<E, P: FnMut(&Scenario) -> Result<Plan, E>> Walk<'_, P> {
    /// The best fleet of `a` with the `changed` inputs of `b`.
    fn fleet(&mut self, changed: u64) -> Result<Option<Headlines>, E> {
        if let Some(known) = self.fleets.get(&changed) {
            return Ok(*known);
        }
        let mut mix = self.a.clone();
        for (i, input) in self.inputs.iter().enumerate() {
            if changed & (1 << i) != 0 {
                input.copy(self.b, &mut mix);
            }
        }
        let fleet = (self.plan)(&mix)?.best().map(|(_, sizing)| Headlines::of(sizing));
        self.fleets.insert(changed, fleet);
        Ok(fleet)
    }

    /// Walks on from where the `changed` inputs have changed. `last`: the last figures of a fleet on the way there;
    /// `share`: the share of the orders that come this way.
    fn on(&mut self, changed: u64, last: Headlines, share: f64) -> Result<(), E> {
        let had = self.fleet(changed)?.is_some();
        let left = (0..self.inputs.len()).filter(|i| changed & (1 << i) == 0);
        let ways = match self.method {
            Method::Shapley => left.clone().count(),
            Method::InOrder => 1,
        };
        let share = share / ways as f64;
        for i in left.take(ways) {
            let changed = changed | 1 << i;
            let fleet = self.fleet(changed)?;
            let now = fleet.unwrap_or(last);
            let (effect, feasibility) = &mut self.parts[i];
            for (part, step) in effect.iter_mut().zip((now - last).each()) {
                *part += share * step;
            }
            *feasibility += share * (f64::from(u8::from(fleet.is_some())) - f64::from(u8::from(had)));
            self.on(changed, now, share)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::Catalog;
    use crate::engine::plan::headline::Headline;
    use crate::engine::plan::planner::plan;
    use crate::scenario::preset;

    fn best(scenario: &Scenario, catalog: &Catalog) -> Option<Headlines> {
        plan(scenario, catalog).unwrap().best().map(|(_, sizing)| Headlines::of(sizing))
    }

    fn near(a: f64, b: f64, scale: f64) -> bool {
        (a - b).abs() <= 1e-9 * scale
    }

    /// By the definition: over all sets of the other two, their weights being 1/3, 1/6, 1/6, 1/3.
    #[test]
    fn three_inputs_get_their_shapley_values() {
        let catalog = Catalog::built_in().unwrap();
        let a = preset::open("support-chat", &catalog).unwrap();
        let changes = [("workload.requests_per_s", "70"), ("facility.pue", "1.6"), ("money.years", "3")];
        let mix = |set: [bool; 3]| {
            let mut scenario = a.clone();
            for ((path, value), _) in changes.iter().zip(set).filter(|(_, on)| *on) {
                scenario.set(path, value, &catalog).unwrap();
            }
            scenario
        };
        let causes = causes(&a, &mix([true; 3]), |mix| plan(mix, &catalog)).unwrap();
        for (i, cause) in causes.each.iter().enumerate() {
            assert_eq!(cause.path, changes[i].0);
            let mut expected = [0.0; 4];
            for (j, k, weight) in
                [(false, false, 3.0), (true, false, 6.0), (false, true, 6.0), (true, true, 3.0)]
            {
                let set = |own| {
                    let mut set = [own; 3];
                    (set[(i + 1) % 3], set[(i + 2) % 3]) = (j, k);
                    set
                };
                let [with, without] = [true, false].map(|own| best(&mix(set(own)), &catalog).unwrap());
                let step = (with - without).each();
                expected.iter_mut().zip(step).for_each(|(sum, step)| *sum += step / weight);
            }
            let effect = cause.effect.unwrap().each();
            assert!(effect.iter().zip(expected).all(|(a, b)| near(*a, b, 1e4)), "{cause:?} {expected:?}");
        }
        // Years matter to what is bought, and this is rented.
        assert_eq!(causes.each[2].effect, Some(Headlines::default()));
    }

    /// The load needs the cap raised, and the raised cap does nothing without the load: they share the change.
    #[test]
    fn a_mix_without_a_fleet_is_passed_over() {
        let catalog = Catalog::built_in().unwrap();
        let mut a = preset::open("support-chat", &catalog).unwrap();
        a.facility.power_cap_w = Some(1.2 * best(&a, &catalog).unwrap()[Headline::Power]);
        let mut b = a.clone();
        b.workload.requests_per_s *= 20.0;
        assert_eq!(best(&b, &catalog), None);
        let blocked = causes(&a, &b, |mix| plan(mix, &catalog)).unwrap();
        assert_eq!((blocked.each[0].effect, blocked.each[0].feasibility), (None, -1.0));
        b.facility.power_cap_w = None;
        let change = best(&b, &catalog).unwrap() - best(&a, &catalog).unwrap();
        let shared = causes(&a, &b, |mix| plan(mix, &catalog)).unwrap();
        for (cause, feasibility) in shared.each.iter().zip([-0.5, 0.5]) {
            let effect = cause.effect.unwrap().each();
            assert!(
                effect.iter().zip(change.each()).all(|(part, whole)| near(*part, whole / 2.0, 1e7)),
                "{cause:?}"
            );
            assert_eq!(cause.feasibility, feasibility);
        }
    }
}
