//! Finding the limit: any input as the unknown, an outcome that must hold, and the answer to apply.

use eframe::egui::{Context, Id, Modal, Role, TextEdit, WidgetInfo};
use std::sync::Arc;

use headroom::catalog::Catalog;
use headroom::engine::Headline;
use headroom::engine::analysis::solve::{Ask, Solved, Unsolved, solve};
use headroom::report::numbers;
use headroom::report::sentence::{self, headline};
use headroom::scenario::{INPUTS, input_at};

use crate::app::choice::choice_ui;
use crate::app::jobs::{Job, Runner, Urgency};
use crate::app::sheet::Sheet;
use crate::app::shown::Shown;
use crate::app::text::plain;
use crate::app::theme::{body, section_head, strong, tokens};
use crate::app::tokens::space;

/// A question as it is being put together.
pub struct Question {
    path: &'static str,
    want: Headline,
    limit: String,
    /// `None`: the cheapest, whichever it is.
    accelerator: Option<String>,
    /// The question of the last search.
    asked: String,
    search: Option<Job<Found>>,
    /// `None`: not known yet.
    answer: Option<Found>,
}

/// What became of a question.
enum Found {
    /// The limit of the search, and its answer.
    Answer(f64, Result<Solved, Unsolved>),
    /// What was typed is not a limit.
    NotALimit,
    /// It could not be worked out.
    Failed,
}

const WIDTH: f32 = 460.0;

/// An answer that is to be applied.
pub struct Solution {
    /// Path of the input.
    pub path: &'static str,
    pub value: f64,
    /// The accelerator of the question; `None`: the cheapest at each value.
    pub accelerator: Option<String>,
}

/// What becomes of the question.
pub(super) enum Asked {
    Open,
    Close,
    Apply(Solution),
}

impl Question {
    /// The question about the load that as many accelerators hold as there are now, of the kind that is shown.
    pub fn new(sheet: &Sheet) -> Self {
        let shown = sheet.answer.as_ref().ok().and_then(|a| a.shown(sheet.selected.as_deref()));
        let (accelerator, count) = shown
            .map_or((None, 8.0), |(c, s)| (Some(c.accelerator.clone()), f64::from(s.whole().accelerators)));
        Self {
            path: "workload.requests_per_s",
            want: Headline::Accelerators,
            limit: numbers::count(count),
            accelerator,
            asked: String::new(),
            search: None,
            answer: None,
        }
    }

    /// The question and its answer.
    pub(super) fn ui(&mut self, ctx: &Context, shown: &Shown<'_>) -> Asked {
        let q = self;
        let catalog = shown.catalogs.current();
        let accelerators: Vec<(String, String)> = std::iter::once((String::new(), "the cheapest".to_owned()))
            .chain(catalog.accelerators.iter().map(|a| (a.id.clone(), a.short_name.clone())))
            .collect();
        let inputs: Vec<(String, String)> = INPUTS
            .iter()
            .filter(|input| input.range().is_some())
            .map(|input| (input.path.to_owned(), input.label.to_owned()))
            .collect();
        let wants: Vec<(String, String)> =
            Headline::ALL.map(headline::name).map(|label| (label.to_owned(), label.to_owned())).to_vec();
        q.seek(shown.sheet, catalog, &shown.work.jobs);
        let mut used = false;
        let modal = Modal::new(Id::unique("question")).show(ctx, |ui| {
            ui.set_width(WIDTH.min(ctx.content_rect().width() - 2.0 * space::XL));
            let t = tokens(ui);
            ui.label(section_head("Find the limit", t));
            ui.add_space(space::S);
            ui.horizontal(|ui| {
                ui.label(body("What", t));
                let label = input_at(q.path).map_or("", |input| input.label);
                let picked = choice_ui(ui, "Unknown", label, false, &inputs);
                if let Some(input) = picked.and_then(|path| input_at(&path)) {
                    q.path = input.path;
                }
            });
            ui.horizontal(|ui| {
                ui.label(body("can this hold", t));
                let id = q.accelerator.clone().unwrap_or_default();
                let name = accelerators.iter().find(|(known, _)| *known == id).map_or("", |(_, name)| name);
                if let Some(id) = choice_ui(ui, "Accelerator", name, false, &accelerators) {
                    q.accelerator = Some(id).filter(|id| !id.is_empty());
                }
            });
            ui.horizontal(|ui| {
                ui.label(body("with", t));
                let picked = choice_ui(ui, "Outcome", headline::name(q.want), false, &wants);
                if let Some(want) =
                    picked.and_then(|id| Headline::ALL.into_iter().find(|w| headline::name(*w) == id))
                {
                    q.want = want;
                    if let Some(now) = q.now(shown.sheet) {
                        q.limit = plain(&numbers::quantity(now, want.unit()));
                    }
                }
            });
            ui.horizontal(|ui| {
                ui.label(body("of at most", t));
                let edit = TextEdit::singleline(&mut q.limit).desired_width(140.0).show(ui).response.response;
                edit.widget_info(|| WidgetInfo::labeled(Role::TextInput, true, "Limit"));
            });
            ui.add_space(space::S);
            let Some(text) = q.text() else {
                ui.label(body("Calculating…", t));
                return;
            };
            let solved = q.value().is_some();
            let color = if solved { t.high } else { t.bad_text };
            let response = ui.label(strong(&text, t).color(color));
            response.widget_info(|| WidgetInfo::labeled(Role::Status, true, &text));
            ui.add_space(space::S);
            used = solved && ui.button("Apply").clicked();
        });
        match q.value() {
            Some(value) if used => {
                Asked::Apply(Solution { path: q.path, value, accelerator: q.accelerator.clone() })
            }
            _ if modal.should_close() => Asked::Close,
            _ => Asked::Open,
        }
    }

    /// The value that was found.
    fn value(&self) -> Option<f64> {
        match &self.answer {
            Some(Found::Answer(_, Ok(solved))) => Some(solved.value),
            _ => None,
        }
    }

    /// The answer, or why there is none; `None`: not known yet.
    fn text(&self) -> Option<String> {
        Some(match self.answer.as_ref()? {
            Found::Answer(limit, found) => {
                let (path, want, accelerator) = (self.path, self.want, self.accelerator.as_deref());
                sentence::solved(&Ask { path, want, limit: *limit, accelerator }, found)
            }
            Found::NotALimit => {
                let sum = numbers::money_heading("50k");
                format!("“{}” is not a limit. Give a number such as 16, {sum} or 400 kW.", self.limit)
            }
            Found::Failed => "No answer: see the message at the top.".to_owned(),
        })
    }

    /// What the outcome is now.
    fn now(&self, sheet: &Sheet) -> Option<f64> {
        let answer = sheet.answer.as_ref().ok()?;
        answer.shown(self.accelerator.as_deref()).map(|(_, sizing)| self.want.of(sizing))
    }

    /// Takes the result, and starts a search when the question or the scenario has changed.
    fn seek(&mut self, sheet: &Sheet, catalog: &Arc<Catalog>, jobs: &Runner) {
        let key = format!(
            "{} {:?} {} {:?} {:?}",
            self.path, self.want, self.limit, self.accelerator, sheet.scenario
        );
        if self.asked != key {
            self.asked = key;
            (self.search, self.answer) = (None, None);
            let limit = numbers::parse(&self.limit, self.want.unit()).filter(|v| v.is_finite() && *v > 0.0);
            match limit {
                None => self.answer = Some(Found::NotALimit),
                Some(limit) => {
                    let (path, want, accelerator) = (self.path, self.want, self.accelerator.clone());
                    let (scenario, catalog) = (sheet.scenario.clone(), Arc::clone(catalog));
                    jobs.start(Urgency::Asked, &mut self.search, "The limit", move |progress| {
                        let ask = Ask { path, want, limit, accelerator: accelerator.as_deref() };
                        let answer = solve(&scenario, &catalog, &ask, || progress.go_on());
                        progress.found(Found::Answer(limit, answer));
                        Ok(())
                    });
                }
            }
        }
        let Some(search) = &self.search else { return };
        let over = search.over();
        if let Some(found) = search.found().last() {
            self.answer = Some(found);
        } else if over && self.answer.is_none() {
            self.answer = Some(Found::Failed);
        }
    }
}
