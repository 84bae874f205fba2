//! What could change the answer: uncertain inputs and what they do.

use crate::engine::analysis::tornado::{End, Swing, Varied};
use crate::report::numbers;
use crate::scenario::input_at;

/// What is uncertain, as a label.
pub fn varied_label(what: Varied) -> &'static str {
    match what {
        Varied::Input(path) => input_at(path).map_or(path, |input| input.label),
        Varied::Price => "Price",
        Varied::Speed => "Speed of the hardware",
    }
}

/// The fleet at one end of `swing`: "18 requests/s: 6 × H200".
pub fn swing_end(swing: &Swing, end: &End) -> String {
    let value = match swing.what {
        Varied::Input(path) => input_at(path)
            .and_then(|input| input.range())
            .map_or_else(String::new, |range| numbers::quantity(end.value, range.unit)),
        Varied::Price => format!("{} {}", swing.name, numbers::usd(end.value)),
        Varied::Speed => {
            let way = if end.value < 1.0 { "slower" } else { "faster" };
            format!("{} {way}", numbers::percent((end.value - 1.0).abs()))
        }
    };
    match end.fleet {
        Some(fleet) => format!("{value}: {} × {}", numbers::count(f64::from(fleet.accelerators)), swing.name),
        None => format!("{value}: {} cannot serve it", swing.name),
    }
}
