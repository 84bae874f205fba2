//! The day as 24 bars that can be drawn: a drag sets the hour under the pointer, arrow keys do the same.

use eframe::egui::{EventFilter, Key, Rect, Role, Sense, Ui, WidgetInfo, pos2, vec2};
use headroom::report::numbers;
use headroom::scenario::Hours;

use super::theme::{focus_ring, shade, tokens};
use super::tokens::{measure, radius, space};

/// Height of the bars, points.
const HEIGHT: f32 = 34.0;
/// A step of the keyboard, as a share of the busiest hour.
const STEP: f64 = 0.05;

/// Shows `hours` (load over that of the busiest) and answers them as they were changed.
pub fn day_strip_ui(ui: &mut Ui, hours: &Hours) -> Option<Hours> {
    let t = tokens(ui);
    let size = vec2(ui.available_width(), HEIGHT + space::XS);
    let (rect, response) = ui.allocate_exact_size(size, Sense::click_and_drag());
    let bars =
        Rect::from_min_max(rect.min + vec2(measure::KNOB, space::XS), rect.max - vec2(measure::KNOB, 0.0));
    let slot = bars.width() / 24.0;
    let chosen = response.id.with("hour");
    let mut hour = ui.data(|d| d.get_temp::<usize>(chosen)).unwrap_or(12);
    let mut new = None;
    let mut change = |hour: usize, value: f64| {
        let mut changed = *hours;
        changed[hour] = (value.clamp(0.0, 1.0) * 100.0).round() / 100.0;
        // A day without load cannot be sized for.
        if changed.iter().any(|v| *v > 0.0) && changed != *hours {
            new = Some(changed);
        }
    };
    let under = |x: f32| (((x - bars.left()) / slot).max(0.0) as usize).min(23);
    if let Some(pointer) = response.interact_pointer_pos() {
        hour = under(pointer.x);
        change(hour, f64::from((bars.bottom() - pointer.y) / bars.height()));
        response.request_focus();
    }
    if response.has_focus() {
        let filter = EventFilter { horizontal_arrows: true, vertical_arrows: true, ..Default::default() };
        ui.memory_mut(|m| m.set_focus_lock_filter(response.id, filter));
        let steps = ui.input(|i| {
            let pressed = |key| f64::from(i.num_presses(key) as u32);
            [
                pressed(Key::ArrowRight) - pressed(Key::ArrowLeft),
                pressed(Key::ArrowUp) - pressed(Key::ArrowDown),
            ]
        });
        hour = (hour as f64 + steps[0]).clamp(0.0, 23.0) as usize;
        if steps[1] != 0.0 {
            change(hour, hours[hour] + STEP * steps[1]);
        }
    }
    ui.data_mut(|d| d.insert_temp(chosen, hour));

    let pointed =
        response.hover_pos().map(|pointer| under(pointer.x)).or(response.has_focus().then_some(hour));
    for (i, value) in hours.iter().enumerate() {
        let left = bars.left() + slot * i as f32;
        let top = bars.bottom() - bars.height() * (*value as f32).max(0.02);
        let bar = Rect::from_min_max(pos2(left + 0.5, top), pos2(left + slot - 0.5, bars.bottom()));
        let strength = if pointed == Some(i) { 1.0 } else { 0.5 };
        ui.painter().rect_filled(bar, 1.0, shade(t.accent, t.panel, strength));
    }
    focus_ring(ui, &response, bars, f32::from(radius::BAR));
    let shares: Vec<String> = hours.iter().map(|v| numbers::percent(*v)).collect();
    let text = format!("Load of each hour as a share of the busiest, from midnight: {}", shares.join(", "));
    response.widget_info(|| WidgetInfo::labeled(Role::Figure, true, &text));
    if let Some(hour) = pointed {
        response.on_hover_text_at_pointer(format!(
            "{hour}:00 to {}:00: {} of the busiest hour. Drag to draw your own day.",
            hour + 1,
            numbers::percent(hours[hour])
        ));
    }
    new
}
