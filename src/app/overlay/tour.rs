//! The first minutes: what stands where, in at most five steps that can be skipped.

use eframe::egui::{Align2, Context, Frame, Key, Margin, Modifiers, Role, WidgetInfo, Window, vec2};

use crate::app::theme::{body, caption, strong, tokens};
use crate::app::tokens::space;

/// The steps.
const STEPS: [(&str, &str); 5] = [
    (
        "Change anything at the left",
        "Drag a slider or type into its value: 128k, 70B, 250 ms. Everything else follows in the same frame. Marks under a slider show where the answer changes.",
    ),
    (
        "Read the answer at the top",
        "One sentence, the needle between starving and over-provisioning, four figures with how far they may be off.",
    ),
    (
        "Ask why",
        "Click any figure: how it was made, from formula to sources, stands at the right. Click an accelerator to see its own.",
    ),
    (
        "Look closer under the table",
        "Memory, latency, racks and power, money, what changed since you pinned, and how far off measured runs the engine is.",
    ),
    (
        "In the meeting",
        "Pin keeps a scenario to compare with, Search (Ctrl+K) finds everything by its name, F5 puts the answer on the wall, ? lists the keys.",
    ),
];

/// The step that is due; the one that follows, and nothing once the tour has been seen or skipped.
pub(super) fn tour_ui(ctx: &Context, step: usize) -> Option<usize> {
    let (title, words) = STEPS.get(step)?;
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
            let response = ui.label(body(*words, t));
            response.widget_info(|| WidgetInfo::labeled(Role::Status, true, format!("{title}. {words}")));
            ui.add_space(space::S);
            ui.horizontal(|ui| {
                let last = step + 1 == STEPS.len();
                if ui.button(if last { "Begin" } else { "Next" }).clicked() {
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
