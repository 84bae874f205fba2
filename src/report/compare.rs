//! A comparison for users, and as rows: both verdicts, the figures side by side, what each input did.

use super::sentence::headline::{self, signed};
use super::{Grid, sentence};
use crate::catalog::{Catalog, Support};
use crate::engine::analysis::causes::{Cause, MOST_EXACT, Method};
use crate::engine::analysis::compare::{BestFleet, Comparison, Side};
use crate::engine::{Headline, Headlines};
use crate::report::numbers;
use crate::scenario::InputChange;

/// The comparison as aligned columns, or as Markdown.
pub fn document(comparison: &Comparison, catalog: &Catalog, markdown: bool) -> String {
    let (before, after) = (&comparison.before, &comparison.after);
    let text = |grid: &Grid| if markdown { grid.markdown() } else { grid.aligned() };
    let mut out = if markdown {
        let [was, now] = [before, after].map(|side| {
            let (headline, detail) = sentence::verdict(&side.plan);
            format!("**{headline}** {detail}")
        });
        format!("# {} → {}\n\n- Before: {was}\n- After: {now}\n", before.name, after.name)
    } else {
        format!("{} → {}\nBefore: {}\nAfter:  {}\n", before.name, after.name, verdict(before), verdict(after))
    };
    out += &format!("\n{}", text(&figures(comparison)));
    let assumed = [before, after]
        .iter()
        .any(|side| side.best.as_ref().is_some_and(|best| best.support == Support::Assumed));
    if assumed {
        out += if markdown { "\n≈ the price is assumed\n" } else { "≈ the price is assumed\n" };
    }
    out += &match comparison.inputs.is_empty() {
        true => "\nNo input differs.\n".to_owned(),
        false => format!("\n{}\n{}\n", text(&causes(comparison, catalog)), note(comparison)),
    };
    out
}

/// The fleet, or that there is none and why.
fn verdict(side: &Side) -> String {
    let (headline, detail) = sentence::verdict(&side.plan);
    match side.best {
        Some(_) => headline,
        None => format!("{headline} {detail}"),
    }
}

/// The best fleets side by side.
fn figures(comparison: &Comparison) -> Grid {
    let ends = [&comparison.before.best, &comparison.after.best];
    let change = comparison.change();
    let whole = whole(comparison);
    let mut grid = Grid::new(&["Best fleet", "Before", "After", "Change"]);
    let mut row = |label: &str, write: &dyn Fn(&BestFleet) -> String, change: String| {
        let [before, after] = ends.map(|best| best.as_ref().map_or("none".to_owned(), write));
        grid.row(vec![label.to_owned(), before, after, change]);
    };
    row("Accelerator", &|best| best.name.clone(), String::new());
    let changes = change.map_or_else(Default::default, |change| written(change, whole));
    for (figure, change) in Headline::ALL.into_iter().zip(changes) {
        let value = |best: &BestFleet| headline::value(figure, best.headlines[figure]);
        let priced = |best: &BestFleet| priced(best, best.headlines[figure]);
        match figure {
            Headline::Accelerators | Headline::Power => row(headline::heading(figure), &value, change),
            Headline::Month | Headline::MillionTokens => row(headline::heading(figure), &priced, change),
        }
        if figure == Headline::Month {
            let hour = match ends {
                [Some(before), Some(after)] => signed(after.usd_per_hour - before.usd_per_hour, numbers::usd),
                _ => String::new(),
            };
            row("Per hour", &|best| self::priced(best, best.usd_per_hour), hour);
        }
    }
    grid
}

/// The figures before.
fn whole(comparison: &Comparison) -> Headlines {
    comparison.before.best.as_ref().map(|best| best.headlines).unwrap_or_default()
}

/// What each input did: the largest effect on the cost first where the order does not matter.
fn causes(comparison: &Comparison, catalog: &Catalog) -> Grid {
    let mut rows: Vec<(&InputChange, &Cause)> =
        comparison.inputs.iter().zip(&comparison.causes.each).collect();
    if comparison.causes.method == Method::Shapley {
        let weight = |cause: &Cause| match cause.effect {
            Some(effect) => effect[Headline::Month].abs(),
            None => cause.feasibility.abs(),
        };
        rows.sort_by(|(_, a), (_, b)| weight(b).total_cmp(&weight(a)));
    }
    let ends = ["Input", "Before", "After"];
    let Some(change) = comparison.change() else {
        let mut grid = Grid::new(&[&ends[..], &["Part"]].concat());
        for (input, cause) in rows {
            let part = signed(cause.feasibility, numbers::percent);
            let [before, after] = sentence::input_change(input, catalog);
            grid.row(vec![input.label.to_owned(), before, after, part]);
        }
        return grid;
    };
    let mut grid = Grid::new(&[&ends[..], &Headline::ALL.map(headline::heading)].concat());
    let whole = whole(comparison);
    let mut row = |cells: [&str; 3], effect: Headlines| {
        grid.row(cells.map(str::to_owned).into_iter().chain(written(effect, whole)).collect());
    };
    for (input, cause) in rows {
        let [before, after] = sentence::input_change(input, catalog);
        row([input.label, &before, &after], cause.effect.unwrap_or_default());
    }
    row(["Total", "", ""], change);
    grid
}

/// How the change was attributed.
fn note(comparison: &Comparison) -> String {
    let (before, after) = (&comparison.before.best, &comparison.after.best);
    let exact = comparison.causes.method == Method::Shapley;
    let how = if exact {
        "Each part is the mean over all orders in which the inputs can change (Shapley value).".to_owned()
    } else {
        format!("More than {MOST_EXACT} inputs differ: they were changed one after another, in this order.")
    };
    let caution = match (before, after) {
        (None, None) => return "Neither has a fleet: there is no change to attribute.".to_owned(),
        (Some(_), None) => " The part of an input is its share in losing the fleet.",
        (None, Some(_)) => " The part of an input is its share in gaining a fleet.",
        _ if comparison.causes.each.iter().any(|cause| cause.feasibility != 0.0) => {
            " Some steps in between have no fleet; the figures of the step before are kept there."
        }
        _ => "",
    };
    let differ = matches!((before, after), (Some(a), Some(b)) if a.accelerator != b.accelerator);
    let counts = if differ { " Counts are of the cheapest accelerator of each step." } else { "" };
    format!("{how}{caution}{counts}")
}

/// Changes with their sign; `whole`: what they are changes of. Less than a millionth of it counts as none.
fn written(change: Headlines, whole: Headlines) -> [String; 4] {
    const WORTH_A_WORD: f64 = 1e-6;
    Headline::ALL.map(|figure| {
        let by = change[figure];
        headline::change(figure, if by.abs() < WORTH_A_WORD * whole[figure] { 0.0 } else { by })
    })
}

fn priced(best: &BestFleet, usd: f64) -> String {
    let mark = if best.support == Support::Assumed { "≈ " } else { "" };
    format!("{mark}{}", numbers::usd(usd))
}

/// One row for each figure of the best fleet and one for each input, SI base units; the last columns are what the
/// input did.
pub fn rows(comparison: &Comparison) -> String {
    let effects = Headline::ALL.map(|figure| format!("change_{}", figure.id()));
    let mut headings = vec!["kind", "path", "label", "before", "after"];
    headings.extend(effects.iter().map(String::as_str));
    headings.push("change_feasibility");
    let mut grid = Grid::new(&headings);
    let mut row = |path: &str, label: &str, write: &dyn Fn(&BestFleet) -> String| {
        let ends = [&comparison.before.best, &comparison.after.best];
        let [before, after] = ends.map(|best| best.as_ref().map_or_else(String::new, write));
        let mut row = vec!["plan".to_owned(), path.to_owned(), label.to_owned(), before, after];
        row.resize(headings.len(), String::new());
        grid.row(row);
    };
    row("accelerator", "Accelerator", &|best| best.accelerator.clone());
    for figure in Headline::ALL {
        row(figure.id(), headline::heading(figure), &|best| best.headlines[figure].to_string());
        if figure == Headline::Month {
            row("usd_per_hour", "Per hour", &|best| best.usd_per_hour.to_string());
        }
    }
    for (input, cause) in comparison.inputs.iter().zip(&comparison.causes.each) {
        let mut row = ["input", input.path, input.label].map(str::to_owned).to_vec();
        row.extend([input.before.text(), input.after.text()]);
        row.extend(cause.effect.map_or_else(Default::default, |e| e.each().map(|v| v.to_string())));
        row.push(cause.feasibility.to_string());
        grid.row(row);
    }
    grid.csv()
}
