//! A value that can be typed: looks like text, the unit quieter than the number.

use std::collections::BTreeMap;

use eframe::egui::text::{LayoutJob, TextFormat};
use eframe::egui::{
    Align, Color32, Context, FontId, Id, Key, Response, Role, TextEdit, Ui, WidgetInfo, text::CCursor,
    text::CCursorRange, vec2,
};
use headroom::report::numbers;
use headroom::scenario::Problem;
use headroom::units::Unit;

use super::text::split;
use super::theme::{body, regular, semibold, tokens};
use super::tokens::{measure, size};

/// What is being typed, and what was wrong with it, by path of the input.
#[derive(Default)]
pub struct Drafts {
    typing: Option<(String, String)>,
    problems: BTreeMap<String, Problem>,
}

impl Drafts {
    /// Forgets everything, for another scenario.
    pub fn clear(&mut self) {
        *self = Self::default();
    }

    /// Notes what became of a typed value.
    pub fn settle(&mut self, path: &str, outcome: Result<(), Problem>) {
        match outcome {
            Ok(()) => self.problems.remove(path),
            Err(problem) => self.problems.insert(path.to_owned(), problem),
        };
    }

    /// What is wrong with the last value typed into `path`.
    pub fn problem(&self, path: &str) -> Option<&Problem> {
        self.problems.get(path)
    }
}

/// The value as text that reads back as the same number.
pub fn exact(value: f64, unit: Unit) -> String {
    let (number, symbol) = split(&numbers::quantity(value, unit));
    let candidates = [
        format!("{number}{symbol}"),
        match unit {
            Unit::Fraction => format!("{}%", digits((value * 1e10).round() / 1e8)),
            _ => String::new(),
        },
    ];
    let same =
        |text: &String| numbers::parse(text, unit).is_some_and(|v| (v - value).abs() <= value.abs() * 1e-9);
    candidates.into_iter().find(same).unwrap_or_else(|| match unit {
        Unit::Seconds | Unit::Watts => format!("{} {}", digits(value), unit.symbol()),
        Unit::Fraction => format!("{}%", digits(value * 100.0)),
        _ => digits(numbers::written(value, unit)),
    })
}

/// Every digit, without thousands parted.
fn digits(value: f64) -> String {
    value.to_string().replace('.', &numbers::separators().decimal().to_string())
}

/// The content of a field that is not being edited.
pub struct FieldText {
    pub number: String,
    pub unit: String,
    /// The text that typing starts from.
    pub edit: String,
    /// Whether the program chose the value.
    pub quiet: bool,
}

/// A field for `path`; answers its response and the typed text once it is complete.
pub fn field_ui(
    ui: &mut Ui,
    path: &str,
    label: &Response,
    shown: &FieldText,
    drafts: &mut Drafts,
    width: f32,
) -> (Response, Option<String>) {
    let t = tokens(ui);
    let typing = drafts.typing.as_ref().is_some_and(|(p, _)| p == path);
    let mut buffer = match &drafts.typing {
        Some((p, text)) if p == path => text.clone(),
        _ => format!("{}{}", shown.number, shown.unit),
    };
    let (number_length, quiet) = (shown.number.len(), shown.quiet);
    let mut layouter = |ui: &Ui, text: &dyn eframe::egui::TextBuffer, _wrap: f32| {
        let text = text.as_str();
        let mut job = LayoutJob { halign: Align::RIGHT, ..Default::default() };
        let mut append = |text: &str, font: FontId, color: Color32| {
            job.append(text, 0.0, TextFormat { font_id: font, color, ..Default::default() });
        };
        let cut = if typing { text.len() } else { number_length.min(text.len()) };
        let cut = (0..=cut).rev().find(|i| text.is_char_boundary(*i)).unwrap_or(0);
        append(&text[..cut], semibold(size::BODY), if quiet && !typing { t.middle } else { t.high });
        append(&text[cut..], regular(size::BODY), t.middle);
        ui.fonts_mut(|fonts| fonts.layout_job(job))
    };
    let mut output = TextEdit::singleline(&mut buffer)
        .id_salt(path)
        .frame(eframe::egui::Frame::NONE)
        .align(eframe::egui::Align2::RIGHT_CENTER)
        .desired_width(width)
        .margin(vec2(0.0, 2.0))
        .layouter(&mut layouter)
        .show(ui);
    let response = output.response.response.clone().labelled_by(label.id);
    if ui.data(|data| data.get_temp::<String>(wanted())).as_deref() == Some(path) {
        ui.data_mut(|data| data.remove::<String>(wanted()));
        response.request_focus();
        response.scroll_to_me(None);
    }
    if response.has_focus() || response.hovered() {
        let color = if response.has_focus() { t.accent } else { t.stroke };
        let line = response.rect.translate(vec2(0.0, 1.0));
        ui.painter().hline(line.x_range(), line.bottom(), (measure::HAIRLINE, color));
    }

    if response.gained_focus() {
        buffer = shown.edit.clone();
        let all = CCursorRange::two(CCursor::new(0), CCursor::new(buffer.chars().count()));
        output.state.cursor.set_char_range(Some(all));
        output.state.store(ui.ctx(), response.id);
        drafts.typing = Some((path.to_owned(), buffer));
        return (response, None);
    }
    if response.lost_focus() {
        let typed = drafts.typing.take().filter(|(p, _)| p == path).map(|_| buffer);
        if ui.input(|i| i.key_pressed(Key::Escape)) {
            return (response, None);
        }
        return (response, typed.filter(|text| *text != shown.edit));
    }
    if response.has_focus() {
        drafts.typing = Some((path.to_owned(), buffer));
    }
    (response, None)
}

/// Puts the keyboard into the field of `path`, the next time that it is drawn.
pub fn focus_field(ctx: &Context, path: &'static str) {
    ctx.data_mut(|data| data.insert_temp(wanted(), path.to_owned()));
}

fn wanted() -> Id {
    Id::unique("wanted field")
}

/// The problem under a field, when there is one.
pub fn problem_ui(ui: &mut Ui, path: &str, drafts: &Drafts) {
    if let Some(problem) = drafts.problem(path) {
        let t = tokens(ui);
        let value =
            if problem.value.is_empty() { String::new() } else { format!("“{}” ", problem.value) };
        let text = format!("▲ {value}{}. {}", problem.what, problem.remedy);
        let response = ui.label(body(&text, t).size(size::CAPTION).color(t.bad_text));
        response.widget_info(|| WidgetInfo::labeled(Role::Alert, true, &text));
    }
}

#[cfg(test)]
mod tests {
    use headroom::scenario::INPUTS;

    use super::*;

    #[test]
    fn what_is_offered_for_editing_reads_back_as_the_same_number() {
        for input in INPUTS {
            let Some(range) = input.range() else { continue };
            for share in [0.0, 0.123_456_789, 0.5, 1.0] {
                let value = range.slider.0 + share * (range.slider.1 - range.slider.0);
                let value = if range.whole { value.round() } else { value };
                let text = exact(value, range.unit);
                let read = numbers::parse(&text, range.unit).expect("a number");
                assert!((read - value).abs() <= 1e-9 * value.abs(), "{}: {value} as {text:?}", input.path);
            }
        }
    }
}
