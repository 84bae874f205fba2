//! The screen for the wall: one question, one sentence, four figures, the sliders in use, one plot.

use eframe::egui::{
    self, CentralPanel, Context, Frame, Key, Margin, Modifiers, RichText, ScrollArea, Ui, vec2,
};
use headroom::report::numbers;
use headroom::report::sentence;
use headroom::scenario::INPUTS;

use super::figures::wall_figures_ui;
use super::history::difference;
use super::input_list::PROMINENT;
use super::inputs::stage_ui;
use super::page::Tab;
use super::plots::first_card_ui;
use super::shown::Shown;
use super::theme::{body, caption, regular, tokens};
use super::tokens::{measure, size, space};
use super::verdict::{failure_ui, headline_ui, needle_ui};

/// Width of the wall in points: what is drawn for a desk is enlarged to it.
const WALL_WIDTH: f32 = 940.0;
/// Its least height: lower windows are enlarged less.
const WALL_HEIGHT: f32 = 584.0;
/// Share of the width for needle and sliders; the plot has the rest.
const LEFT: f32 = 0.46;

impl Shown<'_> {
    /// The whole window, while presenting.
    pub fn wall_ui(&mut self, ui: &mut Ui) {
        let ctx = ui.ctx().clone();
        fit_wall(&ctx);
        self.step_views(&ctx);
        let t = tokens(ui);
        let frame = Frame::new().fill(t.background).inner_margin(Margin::same(space::XL as i8));
        CentralPanel::default().frame(frame).show(ui, |ui| {
            let height = ui.available_height() - measure::ROW_HEIGHT - space::S;
            let bottom = ui.cursor().top() + height;
            ScrollArea::vertical().max_height(height).auto_shrink(false).show(ui, |ui| {
                ui.spacing_mut().item_spacing.y = 0.0;
                ui.label(RichText::new(self.question()).font(regular(size::BODY + 1.0)).color(t.middle));
                ui.add_space(space::S);
                self.answer_ui(ui, bottom);
            });
            self.footer_ui(ui);
        });
        spotlight(ui);
    }

    /// Begins or ends presenting.
    pub fn present(&mut self, ctx: &Context) {
        let since = self.view.pins.against().map_or(&self.sheet.baseline, |pin| &pin.scenario);
        if let Some(zoom) = self.view.stage.turn(ctx.zoom_factor(), since, &self.sheet.scenario) {
            ctx.set_zoom_factor(zoom);
        }
    }

    /// Arrow keys step through what is pinned, each compared with the one before; Escape ends.
    fn step_views(&mut self, ctx: &Context) {
        if ctx.memory(|m| m.focused()).is_none() {
            let key = |key| ctx.input_mut(|i| i.consume_key(Modifiers::NONE, key));
            if key(Key::Escape) {
                self.present(ctx);
            }
            let step = isize::from(key(Key::ArrowRight)) - isize::from(key(Key::ArrowLeft));
            let last = self.view.pins.list.len() as isize - 1;
            if step != 0 && last >= 0 {
                let at = self.view_shown().map_or(if step > 0 { 0 } else { last }, |at| at as isize + step);
                let at = at.clamp(0, last) as usize;
                self.sheet.scenario = self.view.pins.list[at].scenario.clone();
                self.drafts.clear();
                self.view.pins.choose(at.checked_sub(1));
                self.refresh();
            }
        }
    }

    /// The pinned view that is on the wall as it was pinned.
    fn view_shown(&self) -> Option<usize> {
        self.view.pins.list.iter().rposition(|pin| pin.scenario == self.sheet.scenario)
    }

    /// What the wall is about: the presenter's note, else what changed, else the title.
    fn question(&self) -> String {
        let noted = self.view_shown().map(|at| &self.view.pins.list[at].note).filter(|note| !note.is_empty());
        if let Some(note) = noted {
            return note.clone();
        }
        match self.pinned() {
            Some(pin) => format!("What if: {}", difference(&pin.scenario, &self.sheet.scenario)),
            None => self.sheet.scenario.name.clone(),
        }
    }

    /// One sentence and four figures over the whole width, then needle and sliders at the left and one plot at the right,
    /// down to `bottom`.
    fn answer_ui(&mut self, ui: &mut Ui, bottom: f32) {
        let t = tokens(ui);
        let answer = match &self.sheet.answer {
            Ok(answer) => answer,
            Err(error) => return failure_ui(ui, &error.to_string()),
        };
        let selected = self.sheet.selected.as_deref();
        let shown = answer.shown(selected);
        let was = self.pinned().and_then(|pin| pin.of(answer, selected));
        let became = was.zip(shown).map(|(was, now)| sentence::became(was, now));
        let served = shown.is_some();
        let color = if served { t.high } else { t.bad_text };
        let text = became.unwrap_or_else(|| answer.headline(selected));
        headline_ui(ui, &text, [size::VERDICT_WALL, size::VERDICT], color);
        if let Some(aside) = answer.aside(selected) {
            ui.add_space(space::XS);
            ui.label(body(aside, t));
        }
        ui.add_space(space::M);
        if !served {
            let nearest = answer.dead_end(&self.sheet.scenario, self.catalogs.current());
            ui.label(body(nearest.map_or_else(|| answer.detail(selected), |(text, _)| text), t));
            ui.add_space(space::L);
        }
        if let Some((_, sizing)) = shown {
            let pinned = self.view.pins.against().and_then(|pin| pin.of(answer, selected));
            wall_figures_ui(ui, sizing, &self.sheet.scenario, pinned.map(|(_, sizing)| sizing));
            ui.add_space(space::M);
        }
        let room = bottom - ui.cursor().top();
        let left = (ui.available_width() - space::XL) * LEFT;
        let right = ui.available_width() - space::XL - left;
        let top_down = egui::Layout::top_down(egui::Align::Min);
        ui.horizontal_top(|ui| {
            ui.spacing_mut().item_spacing.x = 0.0;
            ui.allocate_ui_with_layout(vec2(left, 0.0), top_down, |ui| {
                ui.set_width(left);
                self.left_ui(ui);
            });
            self.refresh();
            ui.add_space(space::XL);
            ui.allocate_ui_with_layout(vec2(right, 0.0), top_down, |ui| {
                ui.set_width(right);
                ui.spacing_mut().item_spacing = vec2(space::S, space::XS);
                self.plot_ui(ui, room);
            });
        });
    }

    fn left_ui(&mut self, ui: &mut Ui) {
        let selected = self.sheet.selected.as_deref();
        let scenario = &self.sheet.scenario;
        let starving = match &mut self.sheet.answer {
            Ok(answer) => answer.starving(scenario, self.catalogs.current(), selected),
            Err(_) => None,
        };
        let shown = self.sheet.answer.as_ref().ok().and_then(|answer| answer.shown(selected));
        if let Some((_, sizing)) = shown {
            needle_ui(ui, sizing, scenario.fleet.headroom, starving.as_ref());
            ui.add_space(space::M);
        }
        let sliders = self.view.stage.sliders().to_vec();
        stage_ui(ui, self.inputs(), &sliders);
    }

    fn plot_ui(&mut self, ui: &mut Ui, room: f32) {
        let tab = if self.view.tab == Tab::Compare { Tab::Overview } else { self.view.tab };
        if let Some((answer, scene)) = self.scene() {
            first_card_ui(ui, tab, answer, &scene, room);
        }
    }

    /// The place among the views, which sliders are shown, how sure the figures are.
    fn footer_ui(&mut self, ui: &mut Ui) {
        let t = tokens(ui);
        let rect = ui.max_rect();
        let line =
            egui::Rect::from_min_max(egui::pos2(rect.left(), rect.bottom() - measure::ROW_HEIGHT), rect.max);
        let mut child = ui.new_child(egui::UiBuilder::new().max_rect(line));
        child.horizontal(|ui| {
            let place = match self.view_shown() {
                Some(at) => format!("{} of {} · ", at + 1, self.view.pins.list.len()),
                None => String::new(),
            };
            ui.label(caption(format!("{place}{}", self.sheet.scenario.name), t));
            ui.menu_button(caption("Sliders", t), |ui| {
                for input in INPUTS.iter().filter(|i| PROMINENT.contains(&i.path) && i.range().is_some()) {
                    let mut on = self.view.stage.sliders().contains(&input.path);
                    if ui.checkbox(&mut on, input.label).changed() {
                        self.view.stage.choose(input.path, on);
                    }
                }
            });
            ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
                let selected = self.sheet.selected.as_deref();
                let sure = self.sheet.answer.as_ref().ok().and_then(|answer| answer.shown(selected)).map(
                    |(_, sizing)| {
                        // The band is a factor, not a share: both ends show it.
                        let balance = &sizing.balance;
                        let [low, high] =
                            [balance.capacity_low_requests_per_s, balance.capacity_high_requests_per_s]
                                .map(|v| numbers::significant(v, 2));
                        format!("capacity {low} to {high} requests/s at the limit, 90% band")
                    },
                );
                ui.label(caption(
                    format!("{}   ← → scenarios · hold L: spotlight · Esc", sure.unwrap_or_default()),
                    t,
                ));
            });
        });
    }
}

/// Enlarges so that the wall has its width, and its height where the window is low.
fn fit_wall(ctx: &Context) {
    let points = ctx.content_rect().size() * ctx.zoom_factor();
    let wanted = (points.x / WALL_WIDTH).min(points.y / WALL_HEIGHT).clamp(0.5, 6.0);
    if (wanted - ctx.zoom_factor()).abs() > 0.01 {
        ctx.set_zoom_factor(wanted);
    }
}

/// A ring of light around the pointer while L is held.
fn spotlight(ui: &Ui) {
    const RADIUS: f32 = 26.0;
    let ctx = ui.ctx();
    if ctx.text_edit_focused() || !ctx.input(|i| i.key_down(Key::L)) {
        return;
    }
    if let Some(pointer) = ctx.pointer_latest_pos() {
        let t = tokens(ui);
        let layer = egui::LayerId::new(egui::Order::Tooltip, egui::Id::unique("spotlight"));
        let painter = ctx.layer_painter(layer);
        painter.circle(pointer, RADIUS, t.warning.gamma_multiply(0.18), (3.0, t.warning));
    }
}
