//! The answer to a question for a limit: for users its sentence and figures, for machines one row of fields.

use serde_json::{Map, Value, json};

use super::json::JsonNumber;
use super::sentence::headline;
use super::{Grid, sentence};
use crate::catalog::Catalog;
use crate::engine::Headline;
use crate::engine::analysis::solve::{Ask, Solved, Unsolved};
use crate::report::numbers;
use crate::scenario::input_at;

/// The answer as aligned columns, or as Markdown.
pub fn document(ask: &Ask<'_>, answer: &Result<Solved, Unsolved>, markdown: bool) -> String {
    let sentence = sentence::solved(ask, answer);
    if markdown {
        format!("**{sentence}**\n\n{}", figures(ask, answer).markdown())
    } else {
        format!("{sentence}\n\n{}", figures(ask, answer).aligned())
    }
}

/// The value, what there is at it, and the limit.
fn figures(ask: &Ask<'_>, answer: &Result<Solved, Unsolved>) -> Grid {
    let mut grid = Grid::new(&["Figure", "Value"]);
    let mut row = |label: &str, value: &str| grid.row(vec![label.to_owned(), value.to_owned()]);
    let input = input_at(ask.path);
    let label = input.map_or(ask.path, |input| input.label);
    match answer {
        Ok(solved) => {
            let end = if solved.largest { "largest" } else { "smallest" };
            let value = input
                .and_then(|input| input.range())
                .map_or_else(String::new, |range| sentence::solved_value(&range, solved.value));
            row(&format!("{label}, {end}"), &value);
            row("Accelerator", &solved.name);
            row(headline::heading(Headline::Accelerators), &numbers::count(f64::from(solved.accelerators)));
            if ask.want != Headline::Accelerators {
                row(headline::heading(ask.want), &headline::value(ask.want, solved.outcome));
            }
        }
        Err(_) => row(label, "–"),
    }
    row(&format!("Limit of {}", headline::name(ask.want)), &headline::value(ask.want, ask.limit));
    grid
}

/// The answer as one JSON document. Numbers are finite, in SI base units; `want` names the unit of `limit` and `outcome`.
pub fn json(ask: &Ask<'_>, answer: &Result<Solved, Unsolved>, catalog: &Catalog) -> String {
    let versions = [
        ("app_version", env!("CARGO_PKG_VERSION").into()),
        ("catalog_version", catalog.version.as_str().into()),
    ];
    let all = versions.into_iter().chain(fields(ask, answer));
    let document: Map<String, Value> = all.map(|(name, value)| (name.to_owned(), value)).collect();
    format!("{:#}\n", Value::Object(document))
}

/// The same fields as one row under their names.
pub fn row(ask: &Ask<'_>, answer: &Result<Solved, Unsolved>) -> String {
    let fields = fields(ask, answer);
    let mut grid = Grid::new(&fields.each_ref().map(|(name, _)| *name));
    let cell = |value: &Value| match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    grid.row(fields.iter().map(|(_, value)| cell(value)).collect());
    grid.csv()
}

/// Question and answer by name; null where there is no answer.
fn fields(ask: &Ask<'_>, answer: &Result<Solved, Unsolved>) -> [(&'static str, Value); 11] {
    let solved = answer.as_ref().ok();
    [
        ("input", ask.path.into()),
        ("value", json!(solved.map(|s| JsonNumber(s.value)))),
        ("largest", json!(solved.map(|s| s.largest))),
        ("at_end", json!(solved.map(|s| s.at_end))),
        ("accelerators", json!(solved.map(|s| s.accelerators))),
        ("accelerator", json!(solved.map(|s| &s.accelerator))),
        ("on", json!(ask.accelerator)),
        ("want", ask.want.id().into()),
        ("limit", json!(JsonNumber(ask.limit))),
        ("outcome", json!(solved.map(|s| JsonNumber(s.outcome)))),
        ("sentence", sentence::solved(ask, answer).into()),
    ]
}
