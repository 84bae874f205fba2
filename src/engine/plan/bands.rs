//! How far the four figures of a candidate may turn out otherwise: its fleet at both ends of the capacity's 90% band.

use crate::engine::Sizing;
use crate::engine::fleet::replicas as fleet;
use crate::scenario::Scenario;

/// Least and most of each figure; both are the figure itself where the band does not move it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Bands {
    /// Fewest and most accelerators.
    pub accelerators: [f64; 2],
    /// Watts: in proportion to the accelerators, as if those that more are needed for ran as hot.
    pub facility_w: [f64; 2],
    /// The same of US dollars a month.
    pub usd_per_month: [f64; 2],
    /// The same of US dollars for a million tokens.
    pub usd_per_million_tokens: [f64; 2],
}

/// The bands of `sizing`, an answer to `scenario`: replicas for the capacity's upper and lower end, the same spares, what is
/// billed in the same units.
pub fn bands(sizing: &Sizing, scenario: &Scenario) -> Bands {
    let (layout, balance) = (&sizing.layout, &sizing.balance);
    let each = f64::from(layout.accelerators_per_replica());
    let spares = f64::from(layout.spare_replicas);
    let now = f64::from(layout.accelerators);
    let replicas_now = f64::from(layout.replicas);
    // The balance is of the whole fleet.
    let of = |capacity: f64| {
        let usable = capacity / replicas_now * (1.0 - scenario.fleet.headroom);
        (fleet::replicas(scenario.workload.requests_per_s, usable) + spares) * each
    };
    let least = of(balance.capacity_high_requests_per_s).min(now);
    let most = of(balance.capacity_low_requests_per_s).max(now);
    // What is billed comes in units: the unit is what divides today's bill.
    let billed_now = f64::from(layout.billed_accelerators);
    let unit = (billed_now - now + each).max(1.0).min(billed_now);
    let unit = if billed_now == now { each.min(billed_now) } else { unit };
    let billed = |accelerators: f64| (accelerators / unit).ceil() * unit;
    let money = [least, most].map(|n| if n == now { 1.0 } else { billed(n).max(n) / billed_now });
    let money = [money[0].min(1.0), money[1].max(1.0)];
    let chosen = &sizing.cost.chosen;
    Bands {
        accelerators: [least, most],
        facility_w: [least, most].map(|n| sizing.power.facility_w * n / now),
        usd_per_month: money.map(|share| chosen.usd_per_month * share),
        usd_per_million_tokens: money.map(|share| chosen.usd_per_million_tokens * share),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::Catalog;
    use crate::engine;
    use crate::scenario::preset;

    #[test]
    fn a_figure_lies_within_its_band() {
        let catalog = Catalog::built_in().unwrap();
        for (stem, _) in preset::BUILT_IN {
            let scenario = preset::open(stem, &catalog).unwrap();
            for candidate in engine::plan(&scenario, &catalog).unwrap().candidates {
                let Some(s) = candidate.sizing() else { continue };
                let b = bands(s, &scenario);
                let c = &s.cost.chosen;
                for (value, [least, most]) in [
                    (f64::from(s.layout.accelerators), b.accelerators),
                    (s.power.facility_w, b.facility_w),
                    (c.usd_per_month, b.usd_per_month),
                    (c.usd_per_million_tokens, b.usd_per_million_tokens),
                ] {
                    assert!(
                        least > 0.0 && least <= value && value <= most,
                        "{stem} {}: {b:?}",
                        candidate.name
                    );
                    assert!(most < 20.0 * value, "{stem} {}: {b:?}", candidate.name);
                }
            }
        }
    }
}
