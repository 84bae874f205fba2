//! What a row of own measurements may say: ids that are known, values that can be.

use super::Numbered;
use crate::catalog::error::CatalogError;
use crate::catalog::{Catalog, MeasuredLatency, nearest};

/// Longest time that is believed, milliseconds: a day.
const LONGEST_MS: f64 = 86.4e6;
/// Most accelerators of one degree of parallelism.
const MOST_DEGREE: u32 = 4096;

/// Everything that is wrong with `rows`, the file's name in each.
pub(in crate::catalog) fn check(
    catalog: &Catalog,
    file: &str,
    rows: &[Numbered],
    errors: &mut Vec<CatalogError>,
) {
    for (i, (line, row)) in rows.iter().enumerate() {
        let mut faults = Faults { file, line: *line, errors };
        if row.id.is_empty() {
            faults.push("id", "empty", "give every row its own name");
        } else if rows[..i].iter().any(|(_, other)| other.id == row.id) {
            faults.push("id", &row.id, "the name of an earlier row; give every row its own");
        }
        faults.row(catalog, row);
    }
}

struct Faults<'a> {
    file: &'a str,
    line: u64,
    errors: &'a mut Vec<CatalogError>,
}

impl Faults<'_> {
    fn push(&mut self, field: &str, value: impl ToString, remedy: &str) {
        self.errors.push(CatalogError::Row {
            file: self.file.into(),
            line: self.line,
            field: field.into(),
            value: value.to_string().into(),
            remedy: remedy.into(),
        });
    }

    fn known<'a>(&mut self, field: &str, id: &str, known: impl Iterator<Item = &'a str> + Clone) {
        if known.clone().any(|other| other == id) {
            return;
        }
        let remedy = match nearest(id, known) {
            Some(near) => format!("not in the catalog, did you mean `{near}`?"),
            None => format!("not in the catalog; give an id of `headroom catalog {field}s`"),
        };
        self.push(field, format!("`{id}`"), &remedy);
    }

    fn within(&mut self, field: &str, value: f64, (least, most): (f64, f64)) {
        if !(least..=most).contains(&value) {
            self.push(field, value, &format!("give a number from {least} to {most}"));
        }
    }

    fn row(&mut self, catalog: &Catalog, row: &MeasuredLatency) {
        self.known("model", &row.model, catalog.models.iter().map(|model| model.id.as_str()));
        self.known("accelerator", &row.accelerator, catalog.accelerators.iter().map(|a| a.id.as_str()));
        self.known("stack", &row.stack, catalog.stacks.iter().map(|stack| stack.id.as_str()));
        if let (Some(stack), Some(accelerator)) =
            (catalog.stack(&row.stack), catalog.accelerator(&row.accelerator))
            && !stack.runs_on(accelerator)
        {
            self.push("stack", &row.stack, &format!("it does not run on {}", accelerator.id));
        }
        let degrees = [("tp", row.tp), ("pp", row.pp), ("ep", row.ep), ("attention_dp", row.attention_dp)];
        for (field, degree) in degrees {
            self.within(field, f64::from(degree), (1.0, f64::from(MOST_DEGREE)));
        }
        let ranks = u64::from(row.tp) * u64::from(row.attention_dp);
        if row.ep > 0 && ranks > 0 && !ranks.is_multiple_of(u64::from(row.ep)) {
            self.push("ep", row.ep, &format!("choose a divisor of tp · attention_dp = {ranks}"));
        }
        self.within("input_tokens", row.input_tokens, (1.0, 1e7));
        self.within("output_tokens", row.output_tokens, (1.0, 1e6));
        self.within("length_spread", row.length_spread, (0.0, 2.0));
        self.within("concurrency", f64::from(row.concurrency), (1.0, 1e6));
        self.within("step_tokens", row.step_tokens.unwrap_or(1.0), (1.0, 1e7));
        self.within("hold_steps", row.hold_steps.unwrap_or(0.0), (0.0, 1e4));
        for (field, time) in [("ttft_ms", row.ttft_ms), ("tpot_ms", row.tpot_ms)] {
            if let Some(ms) = time.filter(|ms| !(*ms > 0.0 && *ms <= LONGEST_MS)) {
                self.push(field, ms, "give milliseconds above 0, or leave the cell empty");
            }
        }
        if row.ttft_ms.is_none() && row.tpot_ms.is_none() {
            self.push("tpot_ms", "empty", "give ttft_ms, tpot_ms or both");
        }
        if !row.measured.is_empty() && crate::catalog::Day::parse(&row.measured).is_none() {
            self.push("measured", format!("`{}`", row.measured), "give a date such as 2026-11-20");
        }
    }
}
