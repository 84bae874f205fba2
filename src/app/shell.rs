//! What the window reports to the system, and what it waits for.

use eframe::egui::{Context, ViewportCommand};

use super::commands::Command;
use super::frame_times::FrameTimes;
use super::sheet::Sheet;

/// The window as the system sees it.
#[derive(Default)]
pub struct Shell {
    /// Title of the window, as the system has it.
    title: String,
    /// Whether the close button has been answered for.
    pub closing: bool,
    /// A command that waits a frame for what is being typed.
    pub waiting: Option<Command>,
    pub frame_times: FrameTimes,
}

impl Shell {
    /// Names the window after the scenario on the screen.
    pub fn name_window(&mut self, sheet: &Sheet, ctx: &Context) {
        let dot = if sheet.unsaved() { "● " } else { "" };
        let title = format!("{dot}{} – Headroom", sheet.scenario.name);
        if title != self.title {
            ctx.send_viewport_cmd(ViewportCommand::Title(title.clone()));
            self.title = title;
        }
    }
}
