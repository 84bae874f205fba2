//! Accelerators that nobody offers as the scenario asks: a list of their own, each with a field for the user's quote.

use eframe::egui::{self, Align, Align2, Layout, Rect, Role, Sense, Ui, UiBuilder, WidgetInfo, pos2, vec2};
use headroom::catalog::{Catalog, Term};
use headroom::engine::{Candidate, Rejection};
use headroom::report::{numbers, sentence};
use headroom::scenario::{Problem, Scenario};
use headroom::units::Unit;

use super::field::{Drafts, FieldText, field_ui, problem_ui};
use super::theme::{body, card, focus_ring, regular, tokens};
use super::tokens::{Tokens, measure, radius, size, space};

/// Input that holds the user's prices.
const QUOTES: &str = "money.quotes";
/// Width of a name and of a price, points.
const NAME: f32 = 118.0;
const PRICE: f32 = 150.0;

/// The candidates that only lack a price.
pub fn without_offer(candidates: &[Candidate]) -> impl Iterator<Item = &Candidate> {
    candidates.iter().filter(|c| matches!(c.rejection(), Some(Rejection::Price { .. })))
}

/// The list, folded until it is asked for; a price that is typed becomes the user's quote.
pub fn without_offer_ui(
    ui: &mut Ui,
    candidates: &[Candidate],
    (scenario, catalog): (&mut Scenario, &Catalog),
    drafts: &mut Drafts,
    open: &mut bool,
) {
    let t = tokens(ui);
    let count = without_offer(candidates).count();
    if count == 0 {
        return;
    }
    ui.add_space(space::S);
    card(t).inner_margin(egui::Margin::symmetric(space::S as i8, space::S as i8)).show(ui, |ui| {
        ui.spacing_mut().item_spacing.y = 0.0;
        head_ui(ui, count, scenario.money.term, open, t);
        if *open {
            for candidate in without_offer(candidates) {
                row_ui(ui, candidate, (scenario, catalog), drafts, t);
            }
        }
    });
}

/// "14 have no public offer: give your own quote", which opens and closes the list.
fn head_ui(ui: &mut Ui, count: usize, term: Term, open: &mut bool, t: &Tokens) {
    let have = if count == 1 { "has" } else { "have" };
    let what = if term == Term::Buy { "price" } else { "public offer" };
    let label = match *open {
        true => format!("{count} {have} no {what}"),
        false => format!("{count} {have} no {what}: give your own quote"),
    };
    let (rect, response) =
        ui.allocate_exact_size(vec2(ui.available_width(), measure::ROW_HEIGHT), Sense::click());
    response.widget_info(|| WidgetInfo::selected(Role::Button, true, *open, &label));
    let color = if response.hovered() || *open { t.high } else { t.middle };
    let at = pos2(rect.left() + space::S, rect.center().y);
    ui.painter().text(at, Align2::LEFT_CENTER, &label, regular(size::BODY), color);
    focus_ring(ui, &response, rect.shrink(1.0), f32::from(radius::BAR));
    if response.on_hover_cursor(egui::CursorIcon::PointingHand).clicked() {
        *open = !*open;
    }
}

/// Name, where there are offers, and the field.
fn row_ui(
    ui: &mut Ui,
    candidate: &Candidate,
    (scenario, catalog): (&mut Scenario, &Catalog),
    drafts: &mut Drafts,
    t: &Tokens,
) {
    let Some(rejection) = candidate.rejection() else { return };
    let (rect, response) =
        ui.allocate_exact_size(vec2(ui.available_width(), measure::ROW_HEIGHT), Sense::hover());
    ui.painter().hline(rect.x_range(), rect.top(), (measure::HAIRLINE, t.grid));
    let center = rect.center().y;
    let left = rect.left() + space::S;
    ui.painter().text(pos2(left, center), Align2::LEFT_CENTER, &candidate.name, regular(size::BODY), t.high);
    let why = sentence::brief_rejection(rejection);
    let room = rect.width() - NAME - PRICE - 3.0 * space::S;
    let mut job = egui::text::LayoutJob::simple_singleline(why, regular(size::BODY), t.middle);
    job.wrap = egui::text::TextWrapping::truncate_at_width(room.max(1.0));
    let galley = ui.painter().layout_job(job);
    ui.painter().galley(pos2(left + NAME, center - galley.size().y / 2.0), galley, t.middle);
    response.on_hover_text(sentence::rejection(rejection, &candidate.name));
    let place = Rect::from_min_max(pos2(rect.right() - PRICE - space::S, rect.top()), rect.max);
    let mut field = ui.new_child(
        UiBuilder::new()
            .max_rect(place)
            .layout(Layout::right_to_left(Align::Center))
            .id_salt(&candidate.accelerator),
    );
    let term = scenario.money.term;
    let unit = if term == Term::Buy { " a server" } else { " an hour each" };
    let label = field.label(body(unit.trim(), t));
    let path = format!("{QUOTES} {}", candidate.accelerator);
    let number = numbers::money_heading(" your quote");
    let shown = FieldText { number, unit: String::new(), edit: String::new(), quiet: true };
    let width = field.available_width();
    let (field, typed) = field_ui(&mut field, &path, &label, &shown, drafts, width);
    field.widget_info(|| {
        WidgetInfo::labeled(Role::TextInput, true, format!("Your quote for {}", candidate.name))
    });
    if let Some(text) = typed {
        let usd = numbers::parse(&text, Unit::Usd).unwrap_or(f64::NAN);
        let outcome = scenario.quote(&candidate.accelerator, term, usd, catalog);
        drafts.settle(&path, outcome.map_err(|problem| Problem { value: text, ..problem }));
    }
    problem_ui(ui, &path, drafts);
}
