//! Bands of the headline figures of a candidate: its fleet at both ends of the capacity's 90% band.

use super::crew::Crew;
use super::search::Sizer;
use crate::engine::figures::{Bands, Number, Recorder, bands, layout};
use crate::engine::fleet::order::Furnished;

/// The bands of a fleet of `accelerators`: replicas for the capacity's upper and lower end, the same spares, paid for in the same
/// units.
pub(super) fn bands<'a>(
    sizer: &Sizer<'a>,
    crews: &[Crew<'_, 'a>],
    accelerators: Number<'a>,
    furnished: &Furnished<'a>,
    recorder: &mut impl Recorder,
) -> Bands {
    let r = recorder;
    let ends: Vec<[Number<'static>; 2]> =
        crews.iter().map(|crew| ends(sizer, crew, &mut r.of_part(crew.part))).collect();
    let [low, high] = match ends[..] {
        [prefill, decode] => [
            bands::pooled_accelerators_low(r, prefill[0], decode[0]),
            bands::pooled_accelerators_high(r, prefill[1], decode[1]),
        ],
        [whole, ..] => whole,
        [] => [Number::exact(0.0); 2],
    };
    let (unit, billed, now) = (furnished.held_together, furnished.additions, accelerators);
    let (month, tokens) = (furnished.usd_per_month, furnished.usd_per_million_tokens);
    let facility_w = furnished.facility_w;
    Bands {
        accelerators_low: low.value,
        accelerators_high: high.value,
        facility_w_low: bands::facility_w_low(r, facility_w, low, now).value,
        facility_w_high: bands::facility_w_high(r, facility_w, high, now).value,
        usd_per_month_low: bands::usd_per_month_low(r, month, low, unit, billed).value,
        usd_per_month_high: bands::usd_per_month_high(r, month, high, unit, billed).value,
        usd_per_million_tokens_low: bands::usd_per_million_tokens_low(r, tokens, low, unit, billed).value,
        usd_per_million_tokens_high: bands::usd_per_million_tokens_high(r, tokens, high, unit, billed).value,
    }
}

/// Accelerators of replicas that are alike at both ends.
fn ends<'a>(sizer: &Sizer<'a>, crew: &Crew<'_, 'a>, recorder: &mut impl Recorder) -> [Number<'static>; 2] {
    let (scenario, capacities, fleet) = (sizer.scenario, &crew.capacities, crew.fleet());
    let load = Number::made("operating_point", "requests_per_s", scenario.workload.requests_per_s);
    let headroom = Number::input("fleet.headroom", scenario.fleet.headroom);
    let (spares, now) = (fleet.spare_replicas, fleet.accelerators);
    let r = recorder;
    // A fleet whose capacity is at the upper end needs fewest.
    let (slow, fast) = (capacities.low, capacities.high);
    let fixed = scenario.fleet.replicas.map(|n| Number::input("fleet.replicas", f64::from(n)));
    let mut replicas = |field, capacity| match fixed {
        Some(fixed) => fixed,
        None => layout::replicas(&mut r.at("bands", field), load, capacity, headroom, Number::exact(1.0)),
    };
    let (fewest, most) = (replicas("replicas_low", fast), replicas("replicas_high", slow));
    [
        bands::accelerators_low(r, fewest, spares, crew.each, now),
        bands::accelerators_high(r, most, spares, crew.each, now),
    ]
}

#[cfg(test)]
mod tests {
    use crate::catalog::{Catalog, Term};
    use crate::engine;
    use crate::scenario::preset;

    /// A figure lies within its band, and the ends of the cost are paid for in the units that are sold: eight MI355X are
    /// rented together, so that no end pays for four.
    #[test]
    fn a_figure_lies_within_its_band_and_both_ends_are_sold() {
        let catalog = Catalog::built_in().unwrap();
        for (stem, _) in preset::BUILT_IN {
            let scenario = preset::open(stem, &catalog).unwrap();
            for candidate in engine::plan(&scenario, &catalog).unwrap().candidates {
                let Some(s) = candidate.sizing() else { continue };
                let (b, c) = (&s.bands, &s.estate.cost.chosen);
                for (value, least, most) in [
                    (f64::from(s.whole().accelerators), b.accelerators_low, b.accelerators_high),
                    (s.estate.power.facility_w, b.facility_w_low, b.facility_w_high),
                    (c.usd_per_month, b.usd_per_month_low, b.usd_per_month_high),
                    (c.usd_per_million_tokens, b.usd_per_million_tokens_low, b.usd_per_million_tokens_high),
                ] {
                    let who = format!("{stem} {}: {b:?}", candidate.name);
                    // To the last digit: an end that is the value itself is worked out by another way.
                    let within = least <= value * (1.0 + 1e-12) && value <= most * (1.0 + 1e-12);
                    assert!(least > 0.0 && within && most < 20.0 * value, "{who}");
                }
                let unit = match scenario.money.term {
                    Term::Buy => f64::from(s.whole().billed_accelerators / s.whole().servers),
                    term => f64::from(s.estate.cost.rate(term).unwrap().machine),
                };
                for month in [b.usd_per_month_low, b.usd_per_month_high] {
                    let units = month / c.usd_per_month * f64::from(s.whole().billed_accelerators) / unit;
                    let whole = (units - units.round()).abs() < 1e-9 && units.round() >= 1.0;
                    assert!(whole, "{stem} {}: {units} units of {unit}", candidate.name);
                }
            }
        }
    }
}
