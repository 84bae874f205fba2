//! What an hour of simulated requests proves of a fleet.

use crate::engine::simulator::{Late, Proof, Verdict};
use crate::report::numbers;
use crate::scenario::Slo;

/// Whether it holds, such as `Verified: 99.1% of 43,200 requests within both limits`.
pub fn proved(proof: &Proof) -> String {
    let s = &proof.simulation;
    let (share, requests) = (numbers::share(s.slo_attainment), numbers::count(s.requests as f64));
    match s.verdict {
        Verdict::Meets => format!("Verified: {share} of {requests} requests within both limits"),
        Verdict::Misses => format!("Missed: {share} of {requests} requests within both limits"),
        Verdict::Overloaded => {
            format!("Overloaded: the queue grows for as long as requests come ({requests})")
        }
    }
}

/// What was promised, and how it was tried.
pub fn proved_how(proof: &Proof, slo: &Slo) -> String {
    format!(
        "{} promised · {} at the peak, simulated request by request · seed {}",
        numbers::percent(slo.percentile / 100.0),
        numbers::about_seconds(proof.simulation.duration_s),
        proof.seed
    )
}

/// How many were late, by which limit, and when most of them came.
pub fn late(proof: &Proof) -> String {
    let Late { first_token, output_token, both, unserved } = proof.late;
    let all = proof.late.all();
    if all == 0 {
        return "No request was late.".to_owned();
    }
    let parts = [
        (output_token, "by time per output token"),
        (first_token, "by time to first token"),
        (both, "by both"),
        (unserved, "not served"),
    ];
    let count = |n: u64| numbers::count(n as f64);
    let parts = parts.iter().filter(|(n, _)| *n > 0).map(|(n, what)| format!("{} {what}", count(*n)));
    let parts: Vec<String> = parts.collect();
    let worst = &proof.moments[proof.worst()];
    let width = proof.simulation.duration_s / proof.moments.len() as f64;
    format!(
        "{} late: {}. {} of them came within {}, from {} on.",
        count(all),
        parts.join(", "),
        count(worst.late),
        numbers::about_seconds(width),
        clock(worst.from_s)
    )
}

/// A time within what was simulated, such as `10:30` for ten and a half minutes.
pub fn clock(seconds: f64) -> String {
    let seconds = seconds.round() as u64;
    let (hours, minutes, rest) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    if hours > 0 { format!("{hours}:{minutes:02}:{rest:02}") } else { format!("{minutes}:{rest:02}") }
}
