//! A thin slider: pointer, keyboard and screen reader; the value is written elsewhere.

use eframe::egui::accesskit::{Action, ActionData};
use eframe::egui::{
    self, Color32, EventFilter, Key, Pos2, Rect, Response, Sense, Shape, Stroke, Ui, WidgetInfo, pos2, vec2,
};
use headroom::engine::analysis::cliffs::{Cliff, CliffKind};
use headroom::report::sentence;
use headroom::scenario::Range;

use super::theme::{focus_ring, tokens};
use super::tokens::{Tokens, measure, space};

/// Steps of the keyboard, as shares of the track.
const STEP: f64 = 0.01;
const FINE_STEP: f64 = 0.001;
const PAGE_STEP: f64 = 0.1;

/// The value at `share` of the track, rounded as finely as a step of `step` can resolve.
fn value_at(share: f64, range: &Range, step: f64) -> f64 {
    let at = |share: f64| range.between(share);
    let (low, high) = range.slider;
    if share <= 0.0 {
        return low;
    }
    if share >= 1.0 {
        return high;
    }
    let grain = nice_below((at(share + step) - at(share - step)).abs() / 2.0);
    let grain = if range.whole { grain.max(1.0) } else { grain };
    // Dividing by the inverse keeps decimals short: 0.3, not 0.30000000000000004.
    let value = if grain < 1.0 {
        (at(share) * (1.0 / grain).round()).round() / (1.0 / grain).round()
    } else {
        (at(share) / grain).round() * grain
    };
    value.clamp(low, high)
}

/// The largest of 1, 2, 5, 10, … (and their tenths) that is not above `x`.
fn nice_below(x: f64) -> f64 {
    let decade = 10f64.powf(x.log10().floor());
    [5.0, 2.0, 1.0].into_iter().map(|m| m * decade).find(|nice| *nice <= x * 1.000_001).unwrap_or(decade)
}

/// One step of the keyboard from `value`, which always moves.
fn stepped(value: f64, steps: f64, step: f64, range: &Range) -> f64 {
    let share = range.share(value) + steps * step;
    let next = value_at(share, range, step);
    let (low, high) = range.slider;
    let stuck = next == value || (next > value) != (steps > 0.0);
    if stuck && range.whole { (value + steps.signum()).clamp(low, high) } else { next }
}

/// Marks along the track beside the knob.
#[derive(Clone, Copy, Default)]
pub struct Track<'a> {
    /// Where the answer changes.
    pub cliffs: &'a [Cliff],
    /// The value of the pinned scenario, where it is another.
    pub pinned: Option<f64>,
}

/// A slider over `range` at `value`; returns the response and the new value, when there is one.
pub fn slider_ui(
    ui: &mut Ui,
    label: &str,
    value: f64,
    range: &Range,
    along: Track<'_>,
) -> (Response, Option<f64>) {
    let t = tokens(ui);
    let size = vec2(ui.available_width(), 2.0 * measure::KNOB + space::XS + measure::CLIFF);
    let (whole, response) = ui.allocate_exact_size(size, Sense::click_and_drag());
    let rect = whole.with_max_y(whole.bottom() - measure::CLIFF);
    let track = rect.shrink2(vec2(measure::KNOB, 0.0));
    let mut new = None;

    if let Some(pointer) = response.interact_pointer_pos() {
        let grain = 1.0 / f64::from(track.width());
        let at = f64::from(pointer.x - track.left()) * grain;
        new = Some(match fine_from(ui, &response, at, range.share(value)) {
            Some((began, stood)) => value_at(stood + FINE * (at - began), range, FINE * grain),
            None => value_at(at, range, grain),
        });
        response.request_focus();
    }
    if response.has_focus() {
        let filter = EventFilter { horizontal_arrows: true, vertical_arrows: true, ..Default::default() };
        ui.memory_mut(|m| m.set_focus_lock_filter(response.id, filter));
        new = keyboard(ui, value, range).or(new);
    }
    new = screen_reader(ui, &response, value, range).or(new);

    if ui.is_rect_visible(rect) {
        let knob = pos2(track.left() + track.width() * range.share(value) as f32, rect.center().y);
        let bar = |from: f32, to: f32| {
            Rect::from_x_y_ranges(
                from..=to,
                rect.center().y - measure::TRACK / 2.0..=rect.center().y + measure::TRACK / 2.0,
            )
        };
        let painter = ui.painter();
        painter.rect_filled(bar(rect.left(), rect.right()), measure::TRACK / 2.0, t.stroke);
        painter.rect_filled(bar(rect.left(), knob.x), measure::TRACK / 2.0, t.accent);
        if let Some(pinned) = along.pinned {
            let x = track.left() + track.width() * range.share(pinned) as f32;
            let at = pos2(x, rect.center().y);
            painter.circle(at, measure::KNOB - 2.5, t.panel, (measure::LINE, t.middle));
        }
        for cliff in along.cliffs {
            let x = track.left() + track.width() * range.share(cliff.value) as f32;
            painter.add(triangle(pos2(x, rect.center().y + measure::TRACK), color(cliff.kind, t)));
        }
        let lifted = response.hovered() || response.dragged();
        painter.circle(knob, measure::KNOB, if lifted { t.accent } else { t.high }, (2.0, t.panel));
        if lifted {
            painter.circle_filled(knob, measure::KNOB - 3.5, t.panel);
        }
        focus_ring(
            ui,
            &response,
            Rect::from_center_size(knob, egui::Vec2::splat(2.0 * measure::KNOB)),
            measure::KNOB,
        );
    }
    let new = new.filter(|v| *v != value);
    if let Some(text) = mark_text(&response, along, track, range) {
        response.clone().on_hover_text_at_pointer(text);
    }
    response.widget_info(|| WidgetInfo::slider(true, new.unwrap_or(value), label));
    declare(ui, &response, range, along);
    (response.on_hover_cursor(egui::CursorIcon::PointingHand), new)
}

/// With Shift held, the pointer moves the knob this much slower.
const FINE: f64 = 0.1;

/// Where the pointer and the knob were on the track, 0–1, when Shift was pressed during this drag; `None`: it is not held.
fn fine_from(ui: &Ui, response: &Response, pointer: f64, knob: f64) -> Option<(f64, f64)> {
    let id = response.id.with("fine");
    if !ui.input(|i| i.modifiers.shift) || response.drag_stopped() {
        ui.data_mut(|data| data.remove::<(f64, f64)>(id));
        return None;
    }
    Some(ui.data_mut(|data| *data.get_temp_mut_or_insert_with(id, || (pointer, knob))))
}

/// Arrows step, Shift steps finely, Page steps far, Home and End go to the ends.
fn keyboard(ui: &Ui, value: f64, range: &Range) -> Option<f64> {
    ui.input(|input| {
        let pressed = |key: Key| f64::from(input.num_presses(key) as u32);
        let arrows = pressed(Key::ArrowRight) + pressed(Key::ArrowUp)
            - pressed(Key::ArrowLeft)
            - pressed(Key::ArrowDown);
        let pages = pressed(Key::PageUp) - pressed(Key::PageDown);
        if input.key_pressed(Key::Home) {
            Some(range.slider.0)
        } else if input.key_pressed(Key::End) {
            Some(range.slider.1)
        } else if arrows != 0.0 {
            let step = if input.modifiers.shift { FINE_STEP } else { STEP };
            Some(stepped(value, arrows, step, range))
        } else if pages != 0.0 {
            Some(stepped(value, pages, PAGE_STEP, range))
        } else {
            None
        }
    })
}

/// What a screen reader needs of the slider.
fn screen_reader(ui: &Ui, response: &Response, value: f64, range: &Range) -> Option<f64> {
    ui.input(|input| {
        let asked = |action| f64::from(input.accesskit_action_requests(response.id, action).count() as u32);
        let steps = asked(Action::Increment) - asked(Action::Decrement);
        let set =
            input.accesskit_action_requests(response.id, Action::SetValue).filter_map(
                |request| match request.data {
                    Some(ActionData::NumericValue(v)) => Some(v),
                    _ => None,
                },
            );
        let set = set.last().map(|v| v.clamp(range.min, range.max));
        if steps != 0.0 { Some(stepped(value, steps, STEP, range)) } else { set }
    })
}

/// A mark under the track that points at it.
fn triangle(tip: Pos2, color: Color32) -> Shape {
    let (half, height) = (0.62 * measure::CLIFF, measure::CLIFF);
    let base = tip + vec2(0.0, height);
    Shape::convex_polygon(vec![tip, base + vec2(half, 0.0), base - vec2(half, 0.0)], color, Stroke::NONE)
}

fn color(kind: CliffKind, t: &Tokens) -> Color32 {
    match kind {
        CliffKind::Count => t.warning,
        CliffKind::Winner => t.accent,
        CliffKind::Lost => t.bad,
    }
}

/// The text of the marks under the pointer.
fn mark_text(response: &Response, along: Track<'_>, track: Rect, range: &Range) -> Option<String> {
    const REACH: f32 = 6.0;
    let pointer = response.hover_pos()?;
    let near = |cliff: &&Cliff| {
        let x = track.left() + track.width() * range.share(cliff.value) as f32;
        (x - pointer.x).abs() <= REACH
    };
    let texts: Vec<String> =
        along.cliffs.iter().filter(near).map(|cliff| sentence::cliff(cliff, range)).collect();
    (!texts.is_empty()).then(|| texts.join("\n"))
}

fn declare(ui: &Ui, response: &Response, range: &Range, along: Track<'_>) {
    ui.ctx().accesskit_node_builder(response.id, |node| {
        if !along.cliffs.is_empty() {
            let texts: Vec<String> = along.cliffs.iter().map(|cliff| sentence::cliff(cliff, range)).collect();
            node.set_description(format!("Changes of the answer: {}.", texts.join("; ")));
        }
        node.set_min_numeric_value(range.slider.0);
        node.set_max_numeric_value(range.slider.1);
        for action in [Action::SetValue, Action::Increment, Action::Decrement] {
            node.add_action(action);
        }
    });
}

#[cfg(test)]
mod tests {
    use headroom::scenario::{INPUTS, input_at};

    use super::*;

    fn range(path: &str) -> Range {
        input_at(path).and_then(|input| input.range()).expect("a number")
    }

    #[test]
    fn every_slider_reaches_its_ends_and_comes_back_to_where_it_was() {
        for input in INPUTS {
            let Some(range) = input.range() else { continue };
            assert_eq!(value_at(0.0, &range, STEP), range.slider.0, "{}", input.path);
            assert_eq!(value_at(1.0, &range, STEP), range.slider.1, "{}", input.path);
            for i in 0..=20 {
                let share = f64::from(i) / 20.0;
                let value = value_at(share, &range, FINE_STEP);
                let grain = if range.whole { 0.2 } else { 0.01 };
                assert!((range.share(value) - share).abs() < grain, "{} at {share}: {value}", input.path);
            }
        }
    }

    #[test]
    fn a_step_of_the_keyboard_always_moves() {
        for input in INPUTS {
            let Some(range) = input.range() else { continue };
            let mut value = range.slider.0;
            for _ in 0..300 {
                let next = stepped(value, 1.0, STEP, &range);
                assert!(next > value || value >= range.slider.1, "{} sticks at {value}", input.path);
                value = next;
            }
            assert_eq!(value, range.slider.1, "{}", input.path);
        }
    }

    #[test]
    fn dragged_values_are_round() {
        let load = range("workload.requests_per_s");
        let value = value_at(0.52, &load, 1.0 / 300.0);
        assert_eq!(value, (value * 100.0).round() / 100.0, "{value}");
    }
}
