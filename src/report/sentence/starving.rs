//! What demand above the plan does, in words.

use crate::engine::analysis::starving::{ABOVE, Starving};
use crate::report::numbers;

/// "late at +10, +25, +50%: 0%, 3%, 41%", for the line under the needle.
pub fn late_above(found: &Starving) -> String {
    let above = ABOVE.map(|times| numbers::unsigned_percent(times - 1.0)).join(", +");
    format!("late at +{above}%: {}", shares(found))
}

/// What it means, and when a replica more pays.
pub fn starving(found: &Starving) -> String {
    let above = ABOVE.map(|times| numbers::unsigned_percent(times - 1.0));
    let [ten, quarter, half] = above;
    let late = format!(
        "With demand {ten}, {quarter} or {half}% above the plan {} of a day's requests are late.",
        shares(found)
    );
    let pays = match found.break_even_usd {
        Some(usd) => format!(
            "At +{quarter}% a replica more pays where a late request costs more than {}.",
            numbers::usd(usd)
        ),
        None => format!("At +{quarter}% a replica more saves no late request."),
    };
    format!("{late} {pays}")
}

fn shares(found: &Starving) -> String {
    found.late.map(numbers::percent_up).join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn late_requests_and_what_they_may_cost_are_said() {
        let found = Starving { late: [0.0, 0.0304, 0.411], break_even_usd: Some(0.0312) };
        assert_eq!(late_above(&found), "late at +10, +25, +50%: 0%, 4%, 42%");
        assert_eq!(
            starving(&found),
            "With demand 10, 25 or 50% above the plan 0%, 4%, 42% of a day's requests are late. At +25% a replica more pays where \
             a late request costs more than $0.0312."
        );
        let none = Starving { late: [0.0; 3], break_even_usd: None };
        assert!(starving(&none).ends_with("At +25% a replica more saves no late request."));
    }
}
