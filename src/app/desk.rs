//! The screen for the desk: inputs, answer and reasons side by side, folded where the window is narrow.

use eframe::egui::{
    self, CentralPanel, CollapsingHeader, Frame, Key, Margin, Modifiers, Panel, ScrollArea, Ui,
};
use headroom::report::sentence;
use headroom::scenario::Filter;

use super::breaking::{banner_ui, broken_ui, order_ui};
use super::figures::figures_ui;
use super::freeze::Broken;
use super::inputs::inputs_ui;
use super::page::{Tab, tabs_ui};
use super::plots::{changers_ui, compare_ui, page_ui, pins_ui};
use super::ranking::{Ranking, RowAsked, ranking_ui};
use super::shortlist::shortlist_ui;
use super::shown::Shown;
use super::theme::{caption, strong, tokens};
use super::tokens::{measure, space};
use super::verdict::{Asked, failure_ui, verdict_ui};
use super::verified::{unverified_ui, verified_ui};
use super::why::why_ui;
use super::without_offer::without_offer_ui;

impl Shown<'_> {
    /// Inputs, answer and reasons side by side.
    pub fn desk_ui(&mut self, ui: &mut Ui, width: f32) {
        let fold_inputs = width < measure::FOLD_INPUTS_BELOW;
        let fold_why = width < measure::FOLD_WHY_BELOW;
        let side = Frame::new().fill(tokens(ui).panel).inner_margin(Margin::symmetric(0, 0));
        if !fold_inputs {
            Panel::left("inputs").frame(side).resizable(false).exact_size(measure::INPUTS_WIDTH).show(
                ui,
                |ui| {
                    padded_scroll_ui(ui, "inputs", |ui| self.inputs_ui(ui));
                },
            );
            self.refresh();
        }
        if !fold_why {
            Panel::right("why").frame(side).resizable(false).exact_size(measure::WHY_WIDTH).show(ui, |ui| {
                padded_scroll_ui(ui, "why", |ui| {
                    ui.add_space(space::S);
                    self.why_ui(ui);
                });
            });
        }
        let frame = Frame::new().fill(tokens(ui).background);
        CentralPanel::default().frame(frame).show(ui, |ui| {
            ScrollArea::vertical().id_salt("centre").auto_shrink(false).show(ui, |ui| {
                let margin = if width < measure::ONE_COLUMN_BELOW { space::M } else { space::L };
                Frame::new().inner_margin(margin).show(ui, |ui| {
                    ui.set_width(ui.available_width());
                    ui.spacing_mut().item_spacing.y = 0.0;
                    if fold_inputs {
                        self.folded_inputs_ui(ui);
                    }
                    self.centre_ui(ui, width < measure::ONE_COLUMN_BELOW);
                    if fold_why && self.sheet.answer.as_ref().is_ok_and(|a| a.plan.best().is_some()) {
                        self.folded_why_ui(ui);
                    }
                });
            });
        });
    }

    fn inputs_ui(&mut self, ui: &mut Ui) {
        if self.view.freeze.is_some() {
            ui.add_space(space::S);
            ui.label(caption("The fleet is frozen: its inputs wait until it is thawed.", tokens(ui)));
            ui.disable();
        }
        let inputs = self.inputs();
        inputs_ui(ui, inputs);
    }

    fn folded_inputs_ui(&mut self, ui: &mut Ui) {
        let t = tokens(ui);
        let open = self.view.inputs_open;
        let header =
            CollapsingHeader::new(strong("Inputs", t)).id_salt("folded inputs").open(None).default_open(open);
        let shown = header.show_unindented(ui, |ui| {
            super::theme::card(t).show(ui, |ui| {
                ui.set_width(ui.available_width());
                self.inputs_ui(ui);
            });
        });
        self.view.inputs_open = shown.openness > 0.5;
        ui.add_space(space::S);
        self.refresh();
    }

    /// The centre while a fleet is frozen.
    fn broken_ui(&mut self, ui: &mut Ui, broken: (&Broken, f64), one_column: bool) {
        let Some(freeze) = &mut self.view.freeze else { return };
        let Ok(answer) = &self.sheet.answer else { return };
        let Some((candidate, sizing)) = answer.shown(self.sheet.selected.as_deref()) else { return };
        let losses = freeze.losses(self.catalogs.current(), candidate, sizing);
        let thaw = banner_ui(ui, freeze, (candidate, sizing), &losses);
        ui.add_space(space::M);
        broken_ui(ui, broken, &candidate.name, &self.sheet.scenario);
        if let Some((answer, scene)) = self.scene() {
            page_ui(ui, Tab::Latency, answer, &scene, one_column);
        }
        let typing = ui.ctx().text_edit_focused();
        if thaw || (!typing && ui.input_mut(|i| i.consume_key(Modifiers::NONE, Key::Escape))) {
            self.thaw();
        }
    }

    fn centre_ui(&mut self, ui: &mut Ui, one_column: bool) {
        if let Some((broken, planned)) = self.broken() {
            return self.broken_ui(ui, (&broken, planned), one_column);
        }
        let answer = match &mut self.sheet.answer {
            Ok(answer) => answer,
            Err(error) => return failure_ui(ui, &error.to_string()),
        };
        let selected = self.sheet.selected.clone();
        let selected = selected.as_deref();
        let of = (&self.sheet.scenario, &**self.catalogs.current());
        match verdict_ui(ui, answer, selected, of) {
            Asked::Nothing => {}
            Asked::Cheapest => self.sheet.selected = None,
            Asked::Apply(scenario) => {
                self.sheet.scenario = *scenario;
                self.drafts.clear();
            }
        }
        ui.add_space(space::M);
        let shown_id = answer.shown(selected).map(|(c, _)| c.accelerator.clone());
        if let Some((_, sizing)) = answer.shown(selected) {
            let pinned = self.view.pins.against().and_then(|pin| pin.of(answer, selected));
            let pinned = pinned.map(|(_, sizing)| sizing);
            if let Some(key) = figures_ui(ui, sizing, &self.sheet.scenario, pinned, self.view.why) {
                self.view.why = key;
                self.view.why_open = true;
            }
            ui.add_space(space::M);
        }
        shortlist_ui(ui, &mut self.sheet.scenario, self.catalogs.current());
        ui.add_space(space::XS);
        let ranking = Ranking {
            plan: &answer.plan,
            scenario: &self.sheet.scenario,
            catalog: self.catalogs.current(),
            palette: &self.sheet.palette,
            shown: shown_id.as_deref(),
        };
        let others = |id: &str| {
            let all = answer.plan.candidates.iter().map(|c| c.accelerator.clone());
            all.filter(|other| other != id).collect::<Vec<_>>()
        };
        let on_table = match ranking_ui(ui, &ranking, &mut self.view.expanded) {
            Some(RowAsked::Show(id)) => {
                self.sheet.selected =
                    answer.plan.candidate(&id).filter(|c| c.feasible()).map(|c| c.accelerator.clone());
                None
            }
            Some(RowAsked::Off(id)) => Some(others(&id)),
            Some(RowAsked::Only(id)) => Some(vec![id]),
            None => None,
        };
        if let Some(ids) = on_table.filter(|ids| !ids.is_empty()) {
            let list = &mut self.sheet.scenario.fleet.shortlist;
            list.retain(|entry| Filter::of(entry).is_some());
            list.extend(ids);
        }
        let of = (&mut self.sheet.scenario, &**self.catalogs.current());
        without_offer_ui(ui, &answer.plan.candidates, of, self.drafts, &mut self.view.without_offer);
        for note in sentence::amount_notes(&self.sheet.scenario, self.catalogs.current()) {
            ui.add_space(space::XS);
            ui.label(caption(note, tokens(ui)));
        }
        if answer.plan.best().is_none() {
            return;
        }
        ui.add_space(space::L);
        tabs_ui(ui, &mut self.view.tab);
        if self.view.tab == Tab::Compare {
            return self.compare_page_ui(ui);
        }
        let tab = self.view.tab;
        if let Some((answer, scene)) = self.scene() {
            page_ui(ui, tab, answer, &scene, one_column);
        }
    }

    fn compare_page_ui(&mut self, ui: &mut Ui) {
        let dragging = ui.input(|i| i.pointer.any_down());
        if let Some(pin) = self.view.pins.against() {
            let change = (&pin.scenario, &self.sheet.scenario);
            let subject =
                self.sheet.answer.as_ref().ok().and_then(|a| a.picked(self.sheet.selected.as_deref()));
            self.work.split.follow(change, subject, self.catalogs.current(), &self.work.jobs, dragging);
        }
        let now = self.sheet.answer.as_ref().ok();
        let back = pins_ui(ui, &mut self.view.pins, now, self.sheet.selected.as_deref());
        if let Some((answer, scene)) = self.scene() {
            compare_ui(ui, answer, &scene);
        }
        if let Some(scenario) = back {
            self.sheet.scenario = scenario;
            self.drafts.clear();
        }
    }

    fn why_ui(&mut self, ui: &mut Ui) {
        let broken = self.broken();
        if let (Some((broken, planned)), Some(freeze), Ok(answer)) =
            (broken, &mut self.view.freeze, &self.sheet.answer)
            && let Some((candidate, sizing)) = answer.shown(self.sheet.selected.as_deref())
        {
            let losses = freeze.losses(self.catalogs.current(), candidate, sizing);
            return order_ui(ui, &broken, &losses, sizing, planned);
        }
        let Ok(answer) = &mut self.sheet.answer else { return };
        let shown = answer.shown(self.sheet.selected.as_deref());
        let about = shown.and_then(|(_, sizing)| sentence::spares_beside(self.view.why, sizing));
        let why = shown.map_or(self.view.why, |(_, sizing)| sizing.whole_path(self.view.why));
        let Some((id, name)) = shown.map(|(c, _)| (c.accelerator.clone(), c.name.clone())) else {
            return why_ui(ui, None, self.catalogs.current(), self.view.why, ("", None));
        };
        let proof = self.work.prover.proof(&self.sheet.scenario, &id);
        if let Some((proof, (_, sizing))) = proof.zip(answer.fleet_of(&id)) {
            verified_ui(ui, proof, sizing, &self.sheet.scenario);
            ui.add_space(space::M);
        }
        let ledger = answer.ledger(&self.sheet.scenario, self.catalogs.current(), &id);
        why_ui(ui, ledger, self.catalogs.current(), why, (&name, about.as_deref()));
        if proof.is_none() {
            ui.add_space(space::M);
            unverified_ui(ui, &self.sheet.scenario);
        }
        // Where background work is done inside of frames, what could change the answer is on the page of money alone.
        if self.work.jobs.beside() && self.view.tab != Tab::Money {
            ui.add_space(space::M);
            if let Some((answer, scene)) = self.scene() {
                changers_ui(ui, answer, &scene);
            }
        }
    }

    fn folded_why_ui(&mut self, ui: &mut Ui) {
        let t = tokens(ui);
        let open = std::mem::take(&mut self.view.why_open).then_some(true);
        let header = CollapsingHeader::new(strong("Why these figures", t)).id_salt("folded why").open(open);
        let shown = header.show_unindented(ui, |ui| {
            super::theme::card(t).show(ui, |ui| {
                ui.set_width(ui.available_width());
                self.why_ui(ui);
            });
        });
        if open.is_some() {
            shown.header_response.scroll_to_me(Some(egui::Align::Min));
        }
    }
}

/// A column that scrolls, with its margin inside so that the bar is at the edge.
fn padded_scroll_ui(ui: &mut Ui, id: &str, add: impl FnOnce(&mut Ui)) {
    ScrollArea::vertical().id_salt(id).auto_shrink(false).show(ui, |ui| {
        Frame::new().inner_margin(Margin::symmetric(space::L as i8, space::XS as i8)).show(ui, |ui| {
            ui.set_width(ui.available_width());
            add(ui);
        });
    });
}
