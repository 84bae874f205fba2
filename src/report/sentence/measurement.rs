//! What the user's own measurement changes, and why one is refused.

use crate::catalog::OWN_MEASUREMENTS;
use crate::engine::Band;
use crate::engine::calibration::own_measurements::{Slip, SlipReason, TimeChange};
use crate::report::numbers;

/// Widest band, as a factor, that is given in per cent.
const PER_CENT_UP_TO: f64 = 1.5;

/// By how much an estimate moved: "H100 SXM under vLLM: time per output token 8% longer; band narrowed to ±12%". Where the
/// stack's version is not the usual one: "…; counts under this version alone, `vllm@0.11`".
pub fn measured_change(change: &TimeChange) -> String {
    let (before, after) = (width(&change.before_s), width(&change.after_s));
    let band = if (after / before).ln().abs() < 5e-3 {
        format!("band still {}", spread(after))
    } else if after < before {
        format!("band narrowed to {}", spread(after))
    } else {
        format!("band widened to {}", spread(after))
    };
    let moved = change.after_s.typical / change.before_s.typical - 1.0;
    let moved = match (100.0 * moved).round() {
        0.0 => "unchanged".to_owned(),
        percent if percent > 0.0 => format!("{percent}% longer"),
        percent => format!("{}% shorter", -percent),
    };
    let name = change.phase.name();
    let name = format!("{}{}", name[..1].to_lowercase(), &name[1..]);
    let only = match &change.only_under {
        Some(stack) => format!("; counts under this version alone, `{stack}`"),
        None => String::new(),
    };
    format!("{} under {}: {name} {moved}; {band}{only}", change.accelerator, change.stack)
}

/// Why a row is refused, with the file, the row, the field and the remedy.
pub fn slip(slip: &Slip) -> String {
    let why = match &slip.reason {
        SlipReason::Degrees { tp, problem } => format!("tp is {tp}; {problem}"),
        SlipReason::Time { phase, measured_ms, ratio } => {
            let (times, way) = if *ratio > 1.0 { (*ratio, "more") } else { (1.0 / ratio, "less") };
            format!(
                "{}_ms is {measured_ms}; {times:.0} times {way} than the engine expects, check the accelerator, the \
                 layout, the formats and the unit",
                phase.id()
            )
        }
    };
    format!("{OWN_MEASUREMENTS}: `{}`: {why}.", slip.id)
}

/// The factor of a band.
fn width(band: &Band) -> f64 {
    band.high / band.typical
}

/// A factor: "±12%", or "a factor of 1.9" where per cent would mislead.
fn spread(factor: f64) -> String {
    if factor <= PER_CENT_UP_TO {
        format!("±{}", numbers::percent(factor - 1.0))
    } else {
        format!("a factor of {}", numbers::significant(factor, 2))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::Phase;

    #[test]
    fn changes_and_slips_say_by_how_much() {
        let band =
            |typical: f64, factor: f64| Band { typical, low: typical / factor, high: typical * factor };
        let change = TimeChange {
            accelerator: "H100 SXM".to_owned(),
            stack: "vLLM".to_owned(),
            only_under: None,
            model: "Llama".to_owned(),
            phase: Phase::Tpot,
            measured_s: 0.03,
            before_s: band(0.02, 1.9),
            after_s: band(0.022, 1.2),
        };
        let text = measured_change(&change);
        assert_eq!(text, "H100 SXM under vLLM: time per output token 10% longer; band narrowed to ±20%");
        let reason = SlipReason::Time { phase: Phase::Tpot, measured_ms: 30_000.0, ratio: 1000.0 };
        let text = slip(&Slip { id: "own-1".to_owned(), reason });
        assert!(text.contains("`own-1`: tpot_ms is 30000; 1000 times more than"), "{text}");
    }
}
