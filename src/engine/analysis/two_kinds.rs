//! Prefill on one kind of accelerator and decode on another (Patel et al. 2024, Splitwise, arXiv 2311.18677, who read prompts on H100 and
//! write answers on A100): an option to be named.

use crate::catalog::{Catalog, Term};
use crate::engine::plan::planner::with_sizer;
use crate::engine::plan::pools::OnePool;
use crate::engine::plan::result::{Candidate, Sizing};
use crate::engine::replica::pools::Role;
use crate::scenario::{Pools, Scenario};

/// Two pools on two kinds of accelerators.
#[derive(Clone, Debug, PartialEq)]
pub struct TwoKinds {
    /// Short names of what reads prompts, and of what writes answers.
    pub names: [String; 2],
    /// Accelerators of each, spares included.
    pub accelerators: [u32; 2],
    /// What they save as a share of what is paid an hour as planned; negative: they cost more.
    pub saving: f64,
}

/// The cheapest two pools of which one is on the accelerator of `candidate` and the other on another of its vendor, each with its own
/// spares. `None` where none can serve, where pools are not wanted, and where the fleet is bought: what joins two kinds of servers is not
/// priced.
///
/// Each pool is what the search for pools finds best by itself; the network between them is taken to be that of either.
pub fn two_kinds(
    scenario: &Scenario,
    catalog: &Catalog,
    candidate: &Candidate,
    sizing: &Sizing,
) -> Option<TwoKinds> {
    if scenario.money.term == Term::Buy || scenario.platform.pools == Pools::Never {
        return None;
    }
    let subject = catalog.accelerator(&candidate.accelerator)?;
    let found = with_sizer(scenario, catalog, |sizer| {
        let of = |id: &str, role: Role| -> Vec<OnePool> {
            let hardware = catalog.accelerator(id).and_then(|known| sizer.hardware(known));
            hardware.map_or_else(Vec::new, |hardware| sizer.pools_of_one_role(&hardware, role))
        };
        let own = Role::POOLS.map(|role| of(&subject.id, role));
        let mut best: Option<(f64, TwoKinds)> = None;
        let mut consider = |names: [&str; 2], reads: &[OnePool], writes: &[OnePool]| {
            for (reader, writer) in reads.iter().flat_map(|reader| writes.iter().map(move |w| (reader, w))) {
                let usd = reader.usd + writer.usd;
                // A cache is read in the format in which it was written.
                let better = best.as_ref().is_none_or(|(least, _)| usd < *least);
                if reader.kv_cache == writer.kv_cache && better {
                    let names = names.map(str::to_owned);
                    let accelerators = [reader, writer].map(|pool| pool.accelerators as u32);
                    let saving = 1.0 - usd / sizing.estate.cost.chosen.usd_per_hour;
                    best = Some((usd, TwoKinds { names, accelerators, saving }));
                }
            }
        };
        let others = catalog.accelerators.iter();
        for other in others.filter(|other| other.vendor == subject.vendor && other.id != subject.id) {
            let [reads, writes] = Role::POOLS.map(|role| of(&other.id, role));
            consider([&other.short_name, &subject.short_name], &reads, &own[1]);
            consider([&subject.short_name, &other.short_name], &own[0], &writes);
        }
        best.map(|(_, found)| found)
    });
    found.ok().flatten()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::plan::planner::plan;
    use crate::scenario::preset;

    /// One of the two is the subject, and what is said to be saved is below all of it.
    #[test]
    fn one_of_two_kinds_is_the_subject() {
        let catalog = Catalog::built_in().unwrap();
        let mut seen = 0;
        for stem in ["rag-long-prompts", "support-chat", "deepseek-at-scale"] {
            let mut scenario = preset::open(stem, &catalog).unwrap();
            scenario.money.term = Term::Reserved1y;
            let plan = plan(&scenario, &catalog).unwrap();
            let (candidate, sizing) = plan.best().unwrap();
            if let Some(found) = two_kinds(&scenario, &catalog, candidate, sizing) {
                assert!(
                    found.names.contains(&candidate.name) && found.names[0] != found.names[1],
                    "{found:?}"
                );
                assert!(found.saving < 1.0 && found.accelerators.iter().all(|n| *n > 0), "{found:?}");
                seen += 1;
            }
            scenario.money.term = Term::Buy;
            assert_eq!(two_kinds(&scenario, &catalog, candidate, sizing), None);
        }
        assert!(seen > 0);
    }
}
