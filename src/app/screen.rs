//! Where the parts of the screen stand, at every size of the window.

use eframe::egui::{
    self, CentralPanel, CollapsingHeader, Context, Frame, Margin, Panel, ScrollArea, Ui, ViewportCommand,
};

use headroom::engine::sentence;

use super::HeadroomApp;
use super::answer::Answer;
use super::commands::{self, Command};
use super::compare::compare_ui;
use super::figures::{figures_ui, picked_ui};
use super::header::{Asked, Header, header_ui};
use super::inputs::{Inputs, inputs_ui};
use super::plots::{Scene, Tab, changers_ui, page_ui, tabs_ui};
use super::settings::Change;
use super::table::{Table, table_ui};
use super::theme::{strong, tokens};
use super::tokens::{measure, space};
use super::unsaved::unsaved_ui;
use super::verdict::{failure_ui, verdict_ui};
use super::why::why_ui;

impl HeadroomApp {
    /// The whole window.
    pub(super) fn screen_ui(&mut self, ui: &mut Ui) {
        let ctx = ui.ctx().clone();
        let width = ui.max_rect().width();
        let asked = if self.stage.on() { Asked::default() } else { self.bar_ui(ui) };
        self.obey(asked, &ctx);
        self.messages.messages_ui(ui);
        if self.stage.on() {
            self.wall_ui(ui);
        } else {
            self.desk_ui(ui, width);
        }
        self.over_ui(&ctx);
    }

    /// Inputs, answer and reasons side by side.
    fn desk_ui(&mut self, ui: &mut Ui, width: f32) {
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

    /// What stands over everything else, and what follows from a frame.
    fn over_ui(&mut self, ctx: &Context) {
        self.take_pasted_measurement(ctx);
        self.take_pasted_line(ctx);
        self.send_outgoing(ctx);
        self.measurement_ui(ctx);
        if self.files.pending.is_some()
            && let Some(decision) = unsaved_ui(ctx, &self.sheet.scenario.name)
        {
            self.decide(decision, ctx);
        }
        self.finder_ui(ctx);
        self.shortcuts_ui(ctx);
        self.question_ui(ctx);
        if !self.stage.on() {
            self.tour_ui(ctx);
        }
        if let Some(scenario) = self.view.load_pin.take() {
            self.sheet.scenario = scenario;
            self.drafts.clear();
        }
        self.refresh();
        self.rest(ctx);
        self.name_window(ctx);
    }

    fn bar_ui(&mut self, ui: &mut Ui) -> Asked {
        let tabs = self.tabs();
        let header = Header {
            tabs: &tabs,
            at: self.others.at(),
            undoes: self.sheet.history.undoes(&self.sheet.scenario),
            redoes: self.sheet.history.redoes(&self.sheet.scenario),
            pinned: self.pins.against().map(|pin| pin.name.as_str()),
            settings: &self.settings,
            catalog: self.catalogs.current(),
        };
        header_ui(ui, &header)
    }

    /// Does what the header or the keyboard asked for.
    fn obey(&mut self, asked: Asked, ctx: &Context) {
        if let Some(command) = self.view.waiting.take() {
            self.run(command, ctx);
        }
        // While a question is open, only its buttons count.
        let asking = self.files.pending.is_some() || self.measurement.is_some();
        let typed = if asking { None } else { commands::pressed(ctx) };
        let dialog = |c: &Command| matches!(c, Command::Open | Command::AddMeasurement);
        let command = asked.command.or(typed).filter(|c| !(self.files.asking() && dialog(c)));
        match (command, ctx.memory(|m| m.focused())) {
            (Some(command), Some(focused)) if ctx.text_edit_focused() => {
                // The field takes over what was typed as it loses the keyboard, later in this frame.
                ctx.memory_mut(|m| m.surrender_focus(focused));
                ctx.request_repaint();
                self.view.waiting = Some(command);
            }
            (Some(command), _) => self.run(command, ctx),
            (None, _) => {}
        }
        if let Some(dark) = asked.dark {
            self.change_setting(Change::Dark(Some(dark)), ctx);
        }
        self.refresh();
    }

    /// The inputs of the scenario on the screen, to be changed.
    pub(super) fn inputs(&mut self) -> Inputs<'_> {
        Inputs {
            scenario: &mut self.sheet.scenario,
            baseline: &self.sheet.baseline,
            catalog: self.catalogs.current(),
            plan: self.sheet.answer.as_ref().ok().map(|answer| &answer.plan),
            drafts: &mut self.drafts,
            marks: &self.marks,
            pinned: self.pins.against().map(|pin| &pin.scenario),
        }
    }

    /// The answer on the screen and what its plots read; `None`: there is no plan.
    pub(super) fn scene(&mut self) -> Option<(&mut Answer, Scene<'_>)> {
        let scene = Scene {
            scenario: &self.sheet.scenario,
            catalog: self.catalogs.current(),
            today: self.today,
            palette: &self.sheet.palette,
            pinned: self.pins.against(),
            selected: self.sheet.selected.as_deref(),
            accuracy: self.catalogs.accuracy(),
            jobs: &self.jobs,
        };
        Some((self.sheet.answer.as_mut().ok()?, scene))
    }

    fn inputs_ui(&mut self, ui: &mut Ui) {
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

    fn centre_ui(&mut self, ui: &mut Ui, one_column: bool) {
        let answer = match &mut self.sheet.answer {
            Ok(answer) => answer,
            Err(error) => return failure_ui(ui, &error.to_string()),
        };
        verdict_ui(ui, answer, self.sheet.scenario.fleet.headroom);
        ui.add_space(space::M);
        let selected = self.sheet.selected.clone();
        let shown_id = answer.shown(selected.as_deref()).map(|(c, _)| c.accelerator.clone());
        if let (Some((shown, sizing)), Some((best, _))) =
            (answer.shown(selected.as_deref()), answer.plan.best())
        {
            let color = self.sheet.palette.color(&shown.accelerator, tokens(ui));
            let to_win = sentence::to_win(&answer.plan, shown);
            let picked = best.accelerator != shown.accelerator;
            if picked && picked_ui(ui, shown, &best.name, to_win.as_deref(), color) {
                self.sheet.selected = None;
            }
            if let Some(key) =
                figures_ui(ui, sizing, &self.sheet.scenario, self.pins.against(), self.view.why)
            {
                self.view.why = key;
                self.view.why_open = true;
            }
            ui.add_space(space::M);
        }
        let table = Table {
            plan: &answer.plan,
            scenario: &self.sheet.scenario,
            palette: &self.sheet.palette,
            shown: shown_id.as_deref(),
        };
        if let Some(id) = table_ui(ui, &table, &mut self.view.expanded) {
            self.sheet.selected =
                answer.plan.candidate(&id).filter(|c| c.feasible()).map(|c| c.accelerator.clone());
        }
        if answer.plan.best().is_none() {
            return;
        }
        ui.add_space(space::L);
        tabs_ui(ui, &mut self.view.tab);
        if self.view.tab == Tab::Compare {
            let dragging = ui.input(|i| i.pointer.any_down());
            let causes = self.pins.against().and_then(|pin| {
                let change = (&pin.scenario, &self.sheet.scenario);
                self.split.of(change, self.catalogs.current(), &self.jobs, dragging)
            });
            compare_ui(ui, answer, &self.sheet.scenario, causes, &mut self.pins, &mut self.view.load_pin);
            return;
        }
        let tab = self.view.tab;
        if let Some((answer, scene)) = self.scene() {
            page_ui(ui, tab, answer, &scene, one_column);
        }
    }

    fn why_ui(&mut self, ui: &mut Ui) {
        let Ok(answer) = &mut self.sheet.answer else { return };
        let shown = answer.shown(self.sheet.selected.as_deref());
        let Some((id, name)) = shown.map(|(c, _)| (c.accelerator.clone(), c.name.clone())) else {
            return why_ui(ui, None, self.catalogs.current(), self.view.why, "");
        };
        let ledger = answer.ledger(&self.sheet.scenario, self.catalogs.current(), &id);
        why_ui(ui, ledger, self.catalogs.current(), self.view.why, &name);
        // Where background work is done inside of frames, what could change the answer is on the page of money alone.
        if self.jobs.beside() && self.view.tab != Tab::Money {
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

    /// Tells the system what the window is called.
    fn name_window(&mut self, ctx: &Context) {
        let dot = if self.sheet.unsaved() { "● " } else { "" };
        let title = format!("{dot}{} – Headroom", self.sheet.scenario.name);
        if title != self.view.title {
            ctx.send_viewport_cmd(ViewportCommand::Title(title.clone()));
            self.view.title = title;
        }
    }
}

/// A column that scrolls, with its margin inside so that the bar stands at the edge.
fn padded_scroll_ui(ui: &mut Ui, id: &str, add: impl FnOnce(&mut Ui)) {
    ScrollArea::vertical().id_salt(id).auto_shrink(false).show(ui, |ui| {
        Frame::new().inner_margin(Margin::symmetric(space::L as i8, space::XS as i8)).show(ui, |ui| {
            ui.set_width(ui.available_width());
            add(ui);
        });
    });
}
