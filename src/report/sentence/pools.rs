//! Prefill and decode in pools: what each is, and what the two save or would cost.

use super::parallel;
use crate::engine::analysis::pools_option::PoolsOption;
use crate::engine::analysis::two_kinds::TwoKinds;
use crate::engine::{Pool, Pools, Sizing};
use crate::report::numbers;

/// "80 prefill + 240 decode": the accelerators of each pool.
pub(super) fn both(pools: &Pools) -> String {
    let count = |pool: &Pool| numbers::count(f64::from(pool.accelerators));
    format!("{} prefill + {} decode", count(&pools.prefill), count(&pools.decode))
}

/// The same of a fleet, where there is little room; `None`: it has no pools.
pub fn pool_sizes(sizing: &Sizing) -> Option<String> {
    sizing.pools.as_ref().map(both)
}

/// "4 + 1 × TP 4 · DP 4": replicas, spares and degrees of a pool.
fn pool(pool: &Pool) -> String {
    let spares = match pool.spare_replicas {
        0 => String::new(),
        spares => format!(" + {}", numbers::count(f64::from(spares))),
    };
    format!("{}{spares} × {}", numbers::count(f64::from(pool.replicas)), degrees(pool))
}

fn degrees(pool: &Pool) -> String {
    parallel(pool.tp, [("PP", pool.pp), ("DP", pool.attention_dp), ("EP", pool.ep)])
}

/// Both pools for a table.
pub(super) fn layout(pools: &Pools) -> String {
    format!("{} | {}", pool(&pools.prefill), pool(&pools.decode))
}

/// The degrees of both.
pub(super) fn both_degrees(pools: &Pools) -> String {
    format!("prefill {}, decode {}", pool(&pools.prefill), pool(&pools.decode))
}

/// "Pools save 41%: 80 prefill + 240 decode." `None`: there are none.
pub fn pools(sizing: &Sizing) -> Option<String> {
    let pools = sizing.pools.as_ref()?;
    let what = match pools.together.saving {
        None => "Only pools can serve this".to_owned(),
        Some(saving) if saving >= 0.0 => format!("Pools save {}", numbers::percent(saving)),
        Some(saving) => format!("Pools cost {} more", numbers::percent(-saving)),
    };
    Some(format!("{what}: {}.", both(pools)))
}

/// "Pools would cost 9% more: 16 prefill + 24 decode." What pools would be where there are none.
pub fn pools_option(option: &PoolsOption) -> String {
    let share = numbers::percent(option.saving.abs());
    let what = match option.saving {
        saving if saving.abs() < 0.005 => "Pools would cost the same".to_owned(),
        saving if saving > 0.0 => format!("Pools would save {share}"),
        _ => format!("Pools would cost {share} more"),
    };
    format!("{what}: {}.", both(&option.pools))
}

/// Savings below which two kinds of accelerators are not worth a word, 0–1.
const WORTH_A_WORD: f64 = 0.01;

/// "Prefill on 12 H100 SXM and decode on 16 B200 would save 9%." `None`: they would not.
pub fn two_kinds(found: &TwoKinds) -> Option<String> {
    let [reads, writes] = [0, 1].map(|i| {
        let count = numbers::count(f64::from(found.accelerators[i]));
        format!("{count} {}", found.names[i])
    });
    (found.saving >= WORTH_A_WORD).then(|| {
        format!("Prefill on {reads} and decode on {writes} would save {}.", numbers::percent(found.saving))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_kinds_are_named_where_they_save() {
        let mut found =
            TwoKinds { names: ["H100 SXM", "B200"].map(str::to_owned), accelerators: [12, 16], saving: 0.09 };
        let said = two_kinds(&found).unwrap();
        assert_eq!(said, "Prefill on 12 H100 SXM and decode on 16 B200 would save 9%.");
        found.saving = -0.1;
        assert_eq!(two_kinds(&found), None);
    }
}
