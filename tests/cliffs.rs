//! Where a little more load costs much more, the screen says why: replicas and their size in the headline, and beside it spares
//! for what falls together, whole machines, or the price of another machine.

use headroom::catalog::{Catalog, Term};
use headroom::engine::{self, Sizing};
use headroom::report::sentence;
use headroom::scenario::preset;

/// A step of the sweep, and the rise of the cost beyond the load's own at which a reason is asked for.
const STEP: f64 = 1.03;
const CLIFF: f64 = 1.2;

struct Place {
    load: f64,
    sizing: Sizing,
    detail: String,
}

fn accelerators(sizing: &Sizing) -> [f64; 3] {
    let (needed, spare) = sizing.loaded_and_spare();
    [needed, spare, f64::from(sizing.whole().billed_accelerators) - needed - spare]
}

/// The reason for a rise from `a` to `b`; what lacks one.
fn lacks(a: &Place, b: &Place, bought: bool) -> Option<String> {
    let (was, now) = (accelerators(&a.sizing), accelerators(&b.sizing));
    let all: f64 = was.iter().sum();
    let [_, spares, whole] = [0, 1, 2].map(|i| (now[i] - was[i]) / all);
    let rate = |place: &Place| {
        place.sizing.estate.cost.chosen.usd_per_hour / f64::from(place.sizing.whole().billed_accelerators)
    };
    if spares > 0.1 && !b.detail.contains("spare") && !b.detail.contains("stand") {
        return Some(format!("{:.0}% more spares", 100.0 * spares));
    }
    if whole > 0.1 && !b.detail.contains("whole") && !b.detail.contains("what is paid for") {
        return Some(format!("{:.0}% more of whole machines", 100.0 * whole));
    }
    // What is bought is not bought by the accelerator: another server is named in the headline.
    let dearer = if bought { 0.0 } else { rate(b) / rate(a) - 1.0 };
    (dearer > 0.1 && !b.detail.contains("machine")).then(|| format!("{:.0}% dearer each", 100.0 * dearer))
}

#[test]
fn no_cliff_is_without_a_reason() {
    let catalog = Catalog::built_in().unwrap();
    let (mut cliffs, mut without) = (0, Vec::new());
    for (stem, _) in preset::BUILT_IN {
        let base = preset::open(stem, &catalog).unwrap();
        let plan = engine::plan(&base, &catalog).unwrap();
        let first: Vec<String> = plan.candidates.iter().take(3).map(|c| c.accelerator.clone()).collect();
        for id in &first {
            let mut before: Option<Place> = None;
            let mut load = base.workload.requests_per_s / 4.0;
            while load < 4.0 * base.workload.requests_per_s {
                let mut scenario = base.clone();
                scenario.workload.requests_per_s = load;
                let plan = engine::plan_on(&scenario, &catalog, |known| known == id).unwrap();
                let place = plan.best().map(|(_, sizing)| Place {
                    load,
                    sizing: sizing.clone(),
                    detail: sentence::verdict(&plan).1,
                });
                if let (Some(a), Some(b)) = (&before, &place) {
                    let usd = |p: &Place| p.sizing.estate.cost.chosen.usd_per_month;
                    if usd(b) / usd(a) > CLIFF * b.load / a.load {
                        cliffs += 1;
                        let why = lacks(a, b, base.money.term == Term::Buy).map(|why| {
                            format!(
                                "{stem} {id} at {:.3}: {:?} to {:?}, {:.2} times: {why}; {}",
                                b.load,
                                accelerators(&a.sizing),
                                accelerators(&b.sizing),
                                usd(b) / usd(a),
                                b.detail
                            )
                        });
                        without.extend(why);
                    }
                }
                before = place;
                load *= STEP;
            }
        }
    }
    assert!(without.is_empty(), "{} of {cliffs}:\n{}", without.len(), without.join("\n"));
    assert!(cliffs > 20, "{cliffs}");
}
