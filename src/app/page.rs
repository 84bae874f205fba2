//! The pages under the table, and the row of tabs that they are chosen by.

use eframe::egui::{self, Role, Sense, Ui, WidgetInfo};

use super::theme::{body, focus_ring, strong, tokens};
use super::tokens::{measure, radius, space};

/// One page.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Tab {
    #[default]
    Overview,
    Memory,
    Latency,
    Facility,
    Money,
    Compare,
    Accuracy,
}

impl Tab {
    pub const ALL: [Self; 7] = [
        Self::Overview,
        Self::Memory,
        Self::Latency,
        Self::Facility,
        Self::Money,
        Self::Compare,
        Self::Accuracy,
    ];

    /// Label of the tab.
    pub fn label(self) -> &'static str {
        match self {
            Self::Overview => "Overview",
            Self::Memory => "Memory",
            Self::Latency => "Latency",
            Self::Facility => "Facility",
            Self::Money => "Money",
            Self::Compare => "Compare",
            Self::Accuracy => "Accuracy",
        }
    }
}

/// The row of tabs.
pub fn tabs_ui(ui: &mut Ui, tab: &mut Tab) {
    let t = tokens(ui);
    let line = ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = space::XL;
        for page in Tab::ALL {
            let chosen = *tab == page;
            let label = if chosen { strong(page.label(), t) } else { body(page.label(), t) };
            let response = ui.add(egui::Label::new(label).sense(Sense::click()));
            response.widget_info(|| WidgetInfo::selected(Role::Tab, true, chosen, page.label()));
            focus_ring(ui, &response, response.rect.expand(space::XS), f32::from(radius::BAR));
            if chosen {
                let y = response.rect.bottom() + space::S - 1.0;
                ui.painter().hline(response.rect.x_range(), y, (measure::FOCUS_RING, t.accent));
            }
            if response.on_hover_cursor(egui::CursorIcon::PointingHand).clicked() {
                *tab = page;
            }
        }
    });
    let y = line.response.rect.bottom() + space::S;
    ui.painter().hline(ui.max_rect().x_range(), y, (measure::HAIRLINE, t.stroke));
    ui.add_space(space::L);
}
