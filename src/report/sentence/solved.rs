//! The answer to how far an input can go.

use super::headline;
use crate::engine::Headline;
use crate::engine::analysis::solve::{Ask, Solved, Unsolved};
use crate::report::numbers;
use crate::scenario::{Input, Range, input_at};
use crate::units::Unit;

/// The load, which has its own sentence: how much a fleet holds.
const LOAD: &str = "workload.requests_per_s";

/// A value of the unknown, with all the digits that it was rounded to.
pub(crate) fn solved_value(range: &Range, value: f64) -> String {
    match range.unit {
        Unit::One if range.whole => numbers::count(value),
        // Availabilities differ in the decimals after 99.
        Unit::Fraction if !(0.99..1.0).contains(&value) => {
            format!("{}%", numbers::significant(value * 100.0, 3))
        }
        Unit::Months => format!("{} months", numbers::significant(value, 3)),
        unit => numbers::quantity(value, unit),
    }
}

/// The answer as a sentence, or why there is none.
pub fn solved(ask: &Ask<'_>, answer: &Result<Solved, Unsolved>) -> String {
    let input = input_at(ask.path);
    let Some((input, range)) = input.and_then(|input| Some((input, input.range()?))) else {
        return not_a_number(ask.path);
    };
    match answer {
        Ok(solved) => found(ask, input, &range, solved),
        Err(Unsolved::NotANumber) => not_a_number(ask.path),
        Err(Unsolved::NoEffect { low, high, outcome }) => format!(
            "{} has no effect between {} and {}; it stays {}. Choose another input.",
            input.label,
            solved_value(&range, *low),
            solved_value(&range, *high),
            headline::value(ask.want, *outcome)
        ),
        Err(Unsolved::Never { outcome, value }) => {
            let value = numbers::plain(&solved_value(&range, *value));
            let outcome = headline::value(ask.want, *outcome);
            let least = match ask.path {
                LOAD => format!("Even {value} needs {outcome}"),
                _ => format!("Even with {} at {value} it takes {outcome}", input.label),
            };
            let per = match ask.want {
                Headline::Month => " per month",
                Headline::MillionTokens => " per M tokens",
                Headline::Accelerators | Headline::Power => "",
            };
            format!("{least}{per}. Raise the limit or change another input.")
        }
        Err(Unsolved::Stopped) => "The search was stopped.".to_owned(),
        Err(Unsolved::Nothing) => format!(
            "No {} can be served at all. Relax the service levels or choose a smaller model.",
            input.label
        ),
    }
}

/// "16 H200 hold 30.7 requests/s (20% headroom kept).", "Input up to 9,800 tokens: 16 × H200."
fn found(ask: &Ask<'_>, input: &Input, range: &Range, solved: &Solved) -> String {
    let count = numbers::count(f64::from(solved.accelerators));
    let name = &solved.name;
    let value = numbers::plain(&solved_value(range, solved.value));
    let end = if solved.at_end { ", the end of its range" } else { "" };
    if ask.path == LOAD && solved.largest {
        let hold = if solved.accelerators == 1 { "holds" } else { "hold" };
        let headroom = match solved.headroom {
            0.0 => String::new(),
            share => format!(" ({} headroom kept)", numbers::percent(share)),
        };
        return format!("{count} {name} {hold} {value}{end}{headroom}.");
    }
    let way = if solved.largest { "up to" } else { "down to" };
    format!("{} {way} {value}{end}: {count} × {name}.", input.label)
}

fn not_a_number(path: &str) -> String {
    format!("{path}: is not a number. Choose an input that is one, such as workload.requests_per_s.")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_read_as_people_ask() {
        let solved = Solved {
            value: 30.7,
            largest: true,
            at_end: false,
            outcome: 16.0,
            accelerators: 16,
            accelerator: "h200-sxm".to_owned(),
            name: "H200".to_owned(),
            headroom: 0.2,
        };
        let ask = |path, want, limit| Ask { path, want, limit, accelerator: None };
        let load = ask(LOAD, Headline::Accelerators, 16.0);
        assert_eq!(
            super::solved(&load, &Ok(solved.clone())),
            "16 H200 hold 30.7 requests/s (20% headroom kept)."
        );
        let input = ask("workload.input_tokens", Headline::Month, 50e3);
        let tokens = Solved { value: 9800.0, ..solved };
        assert_eq!(super::solved(&input, &Ok(tokens)), "Input up to 9,800 tokens: 16 × H200.");
        let never = Err(Unsolved::Never { outcome: 1.0, value: 0.1 });
        let text = super::solved(&load, &never);
        assert!(text.starts_with("Even 0.1 requests/s needs 1. "), "{text}");
        assert!(
            super::solved(&input, &Err(Unsolved::NoEffect { low: 1.0, high: 9.0, outcome: 5e3 }))
                .contains("; it stays $5,000.")
        );
        assert!(
            super::solved(&ask("workload.model", Headline::Month, 1.0), &Err(Unsolved::NotANumber))
                .contains("is not a number")
        );
    }
}
