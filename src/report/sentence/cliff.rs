//! A place along a slider where the answer changes.

use crate::engine::analysis::cliffs::Cliff;
use crate::report::numbers;
use crate::scenario::Range;

/// "at 9,800 tokens, H200 overtakes B200"; `range` is that of the input.
pub fn cliff(cliff: &Cliff, range: &Range) -> String {
    let at = numbers::quantity(rounded(range, cliff.value), range.unit);
    let count = |accelerators: u32| numbers::count(f64::from(accelerators));
    match (&cliff.before, &cliff.after) {
        (Some(a), Some(b)) if a.accelerator == b.accelerator && a.accelerators != b.accelerators => {
            format!("at {at}, {} × {} in place of {}", count(b.accelerators), b.name, count(a.accelerators))
        }
        (Some(a), Some(b)) if a.accelerator == b.accelerator => {
            let stages = if b.pp > 1 { format!(", PP {}", b.pp) } else { String::new() };
            format!("at {at}, {} × {} in another layout: TP {}{stages}", count(b.accelerators), b.name, b.tp)
        }
        (Some(a), Some(b)) if cliff.tie => {
            format!("at {at}, {} overtakes {}, the two the same within what is known", b.name, a.name)
        }
        (Some(a), Some(b)) => format!("at {at}, {} overtakes {}", b.name, a.name),
        (Some(a), None) => {
            let from = if cliff.above { "from" } else { "below" };
            match cliff.alone {
                true => format!("{from} {at}, {} does not meet the service levels", a.name),
                false => format!("{from} {at}, nothing meets the service levels"),
            }
        }
        (None, Some(b)) => format!("at {at}, {} × {} can serve it", count(b.accelerators), b.name),
        (None, None) => String::new(),
    }
}

/// To what the search can tell apart.
fn rounded(range: &Range, value: f64) -> f64 {
    if value == 0.0 {
        return 0.0;
    }
    let step = 10f64.powf(value.abs().log10().floor() - 2.0);
    let step = if range.whole { step.max(1.0) } else { step };
    (value / step).round() * step
}
