//! Plans many scenarios, simulates their fleets, and writes both to `assets/simulated_plans.csv`.
//!
//! `cargo run --release --example agree -- --write`; without the flag it only counts them.

use std::sync::atomic::{AtomicU32, AtomicUsize, Ordering};
use std::thread;

use headroom::catalog::{Catalog, SimulatedPlan};
use headroom::engine::simulator::sweep;
use headroom::scenario::preset;

/// Scenarios that are wanted, of those that can be served.
const WANTED: usize = 560;

fn main() -> Result<(), String> {
    let catalog = Catalog::built_in().map_err(|error| error.to_string())?;
    let like = preset::open("support-chat", &catalog).map_err(|error| error.to_string())?;
    let next = AtomicU32::new(1);
    let workers = thread::available_parallelism().map_or(1, usize::from);
    let answer = |id: u32| {
        let row = sweep::asked(id);
        let scenario = sweep::scenario(&row, &like);
        let planned = sweep::planned(&row, &scenario, &catalog)?;
        sweep::simulated(&planned, &scenario, &catalog)
    };
    // Numbers are given out in order, and each that was begun is finished: the rows do not depend on the threads.
    let found = AtomicUsize::new(0);
    let mut rows: Vec<SimulatedPlan> = thread::scope(|scope| {
        let work = || {
            let mut rows = Vec::new();
            while found.load(Ordering::Relaxed) < WANTED {
                if let Some(row) = answer(next.fetch_add(1, Ordering::Relaxed)) {
                    found.fetch_add(1, Ordering::Relaxed);
                    rows.push(row);
                }
            }
            rows
        };
        let threads: Vec<_> = (0..workers).map(|_| scope.spawn(work)).collect();
        threads.into_iter().flat_map(|thread| thread.join().unwrap_or_default()).collect()
    });
    rows.sort_by_key(|row| row.id);
    rows.truncate(WANTED);
    println!("{} scenarios of the first {}", rows.len(), rows.last().map_or(0, |row| row.id));
    if std::env::args().any(|argument| argument == "--write") {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/assets/simulated_plans.csv");
        let mut writer = csv::Writer::from_path(path).map_err(|error| error.to_string())?;
        for row in &rows {
            writer.serialize(rounded(row)).map_err(|error| error.to_string())?;
        }
        writer.flush().map_err(|error| error.to_string())?;
    }
    Ok(())
}

/// To as many digits as are worth keeping.
fn rounded(row: &SimulatedPlan) -> SimulatedPlan {
    let digits = |value: f64| format!("{value:.4e}").parse().unwrap_or(value);
    SimulatedPlan {
        utilization: digits(row.utilization),
        planned_ttft_s: digits(row.planned_ttft_s),
        simulated_ttft_s: digits(row.simulated_ttft_s),
        planned_tpot_s: digits(row.planned_tpot_s),
        simulated_tpot_s: digits(row.simulated_tpot_s),
        planned_e2e_s: digits(row.planned_e2e_s),
        simulated_e2e_s: digits(row.simulated_e2e_s),
        within: digits(row.within),
        within_one_less: row.within_one_less.map(digits),
        ..row.clone()
    }
}
