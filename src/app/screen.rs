//! The window from the bar at the top to what is drawn over everything, and what follows from a frame.

use eframe::egui::{Context, Ui};
use headroom::scenario::{Value, input_at};

use super::commands::{self, Command};
use super::dialogs::FileAsk;
use super::field::focus_field;
use super::header::{Header, Pressed, header_ui};
use super::overlay::{Closing, OtherTab, Overlay};
use super::settings::SettingChange;
use super::window::HeadroomApp;

impl HeadroomApp {
    /// The whole window.
    pub(super) fn screen_ui(&mut self, ui: &mut Ui) {
        let ctx = ui.ctx().clone();
        let width = ui.max_rect().width();
        let asked = if self.view.stage.on() { Pressed::default() } else { self.bar_ui(ui) };
        self.obey(asked, &ctx);
        self.messages.messages_ui(ui);
        if self.view.stage.on() {
            self.shown().wall_ui(ui);
        } else {
            self.shown().desk_ui(ui, width);
        }
        self.over_ui(&ctx);
    }

    fn bar_ui(&mut self, ui: &mut Ui) -> Pressed {
        let sheet = &self.open.sheet;
        let tabs = self.open.tabs();
        let header = Header {
            tabs: &tabs,
            at: self.open.at(),
            undoes: sheet.history.undoes(&sheet.scenario),
            redoes: sheet.history.redoes(&sheet.scenario),
            pinned: self.view.pins.against().is_some(),
            proof: self.stage(),
            settings: &self.preferences.settings,
            catalog: self.catalogs.current(),
        };
        header_ui(ui, &header)
    }

    /// Does what the header or the keyboard asked for.
    fn obey(&mut self, asked: Pressed, ctx: &Context) {
        if let Some(command) = self.shell.waiting.take() {
            self.run(command, ctx);
        }
        // While a decision is asked for, only its buttons count.
        let typed = if self.overlays.asks() { None } else { commands::pressed(ctx) };
        let dialog = |c: &Command| matches!(c, Command::Open | Command::AddMeasurement);
        let command = asked.command.or(typed).filter(|c| !(self.dialogs.asking() && dialog(c)));
        match (command, ctx.memory(|m| m.focused())) {
            (Some(command), Some(focused)) if ctx.text_edit_focused() => {
                // The field takes over what was typed as it loses the keyboard, later in this frame.
                ctx.memory_mut(|m| m.surrender_focus(focused));
                ctx.request_repaint();
                self.shell.waiting = Some(command);
            }
            (Some(command), _) => self.run(command, ctx),
            (None, _) => {}
        }
        if let Some(dark) = asked.dark {
            self.change_setting(SettingChange::Dark(Some(dark)), ctx);
        }
        self.refresh();
    }

    /// What is drawn over everything else, and what follows from a frame.
    fn over_ui(&mut self, ctx: &Context) {
        self.take_pasted(ctx);
        self.send_outgoing(ctx);
        let beside: Vec<OtherTab> =
            self.open.others().map(|(place, sheet)| (sheet.scenario.name.clone(), place)).collect();
        let mut overlays = std::mem::take(&mut self.overlays);
        let outcomes = overlays.ui(ctx, &self.shown(), &beside);
        self.overlays = overlays;
        for outcome in outcomes {
            self.follow(outcome, ctx);
        }
        self.refresh();
        self.rest(ctx);
        self.shell.name_window(&self.open.sheet, ctx);
    }

    /// Does what was decided in an overlay.
    fn follow(&mut self, outcome: Closing, ctx: &Context) {
        match outcome {
            Closing::Run(command) => self.run(command, ctx),
            Closing::Edit(path) => {
                self.view.inputs_open = true;
                focus_field(ctx, path);
            }
            Closing::Apply(solution) => {
                let sheet = &mut self.open.sheet;
                if let Some(input) = input_at(solution.path) {
                    let value = Value::Number(solution.value);
                    let outcome = sheet.scenario.set_value(input, value, self.catalogs.current());
                    self.open.drafts.settle(solution.path, outcome);
                }
                sheet.selected = solution.accelerator;
            }
            Closing::Add(form) => match form.add(&mut self.catalogs) {
                Ok(notes) => {
                    self.catalog_changed();
                    self.messages.clear();
                    notes.into_iter().for_each(|note| self.messages.note(note));
                }
                Err(problems) => {
                    let form = Box::new(form.refused(problems));
                    self.overlays.open(Overlay::Measurement(form));
                }
            },
            Closing::Chosen(_, None) => self.take_no_path(),
            Closing::Chosen(ask, Some(path)) => {
                let preset = matches!(ask, FileAsk::SaveAs(_));
                self.take_path(ask, path, ctx);
                // Nothing else has shown where it went.
                if let Some(path) =
                    self.open.sheet.path.as_ref().filter(|_| preset && !self.open.sheet.unsaved())
                {
                    self.messages.note(format!("Saved: {}", path.display()));
                }
            }
            Closing::Decided(decision, command) => self.decide(decision, command, ctx),
            Closing::Toured => {
                let kept = self.preferences.toured();
                self.note_failure(kept);
            }
        }
    }

    /// Looks for marks; makes a step of undo and keeps what is not saved, while nothing is being dragged.
    fn rest(&mut self, ctx: &Context) {
        let dragging = ctx.egui_is_using_pointer() || ctx.input(|i| i.pointer.any_down());
        let catalog = self.catalogs.current();
        let sheet = &self.open.sheet;
        let subject = sheet.answer.as_ref().ok().and_then(|answer| answer.picked(sheet.selected.as_deref()));
        self.work.follow(&sheet.scenario, subject, catalog, dragging);
        if dragging {
            return;
        }
        let kept = self.preferences.keep_zoom(self.view.stage.on(), ctx);
        self.note_failure(kept);
        if let Some(seconds) = self.open.sheet.rest(ctx.input(|i| i.time)) {
            // Without it a step would wait for the next movement of the pointer.
            ctx.request_repaint_after_secs(seconds as f32);
        }
    }
}
