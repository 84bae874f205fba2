//! The first minutes: what is where, in at most five steps that can be skipped.

use eframe::egui::{Align2, Context, Frame, Key, Margin, Modifiers, Role, WidgetInfo, Window, vec2};

use crate::app::theme::{body, caption, strong, tokens};
use crate::app::tokens::space;

/// The steps.
const STEPS: [(&str, &str); 5] = [
    (
        "Change anything on the left",
        "Drag a slider or type a value: 128k, 70B, 250 ms. Everything else updates at once. Marks under a slider show where the answer changes.",
    ),
    (
        "Read the answer at the top",
        "One sentence, the needle between starving and over-provisioning, and four figures with their 90% bands.",
    ),
    (
        "Ask why",
        "Click any figure: its formula, inputs and sources appear on the right. Click an accelerator to see its figures.",
    ),
    (
        "Look closer under the table",
        "Memory, latency, racks and power, money, what changed since the pin, and how far the engine is from measured runs.",
    ),
    (
        "In the meeting",
        "Pin keeps a scenario to compare with, Search (Ctrl+K) finds every command and input by name, F5 shows the answer on the wall, ? lists the shortcuts.",
    ),
];

/// The step that is due; the one that follows, and nothing once the tour has been seen or skipped.
pub(super) fn tour_ui(ctx: &Context, step: usize) -> Option<usize> {
    let (title, text) = STEPS.get(step)?;
    let mut next = Some(step);
    let frame = Frame::window(&ctx.global_style()).inner_margin(Margin::same(space::L as i8));
    Window::new("Tour")
        .title_bar(false)
        .resizable(false)
        .collapsible(false)
        .frame(frame)
        .anchor(Align2::CENTER_BOTTOM, vec2(0.0, -space::XL))
        .show(ctx, |ui| {
            ui.set_width(420.0_f32.min(ctx.content_rect().width() - 2.0 * space::XL));
            let t = tokens(ui);
            ui.label(strong(*title, t));
            let response = ui.label(body(*text, t));
            response.widget_info(|| WidgetInfo::labeled(Role::Status, true, format!("{title}. {text}")));
            ui.add_space(space::S);
            ui.horizontal(|ui| {
                let last = step + 1 == STEPS.len();
                if ui.button(if last { "Start" } else { "Next" }).clicked() {
                    next = Some(step + 1);
                }
                if !last && ui.button("Skip the tour").clicked() {
                    next = None;
                }
                ui.label(caption(format!("{} of {}", step + 1, STEPS.len()), t));
            });
        });
    if ctx.input_mut(|i| i.consume_key(Modifiers::NONE, Key::Escape)) {
        next = None;
    }
    next.filter(|step| *step < STEPS.len())
}
