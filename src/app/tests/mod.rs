//! The screen, driven through its accessibility tree as a screen reader would.

mod accuracy;
mod breaking;
mod facility;
mod files;
mod frames;
mod inputs;
mod legible;
mod measurement;
mod meeting;
mod money;
mod numbers;
mod pictures;
mod plots;
mod proof;
mod subject;
mod tabs;
mod through;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use eframe::egui::accesskit::Role;
use eframe::egui::{Key, Modifiers, Theme, vec2};
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT as _, Queryable as _};
use headroom::catalog::{Catalog, Day};

use super::dialogs::Chosen;
use super::jobs::Where;
use super::overlay::Overlay;
use super::window::{HeadroomApp, Options};

type Screen<'a> = Harness<'a, HeadroomApp>;

const DESKTOP: [f32; 2] = [1920.0, 1080.0];

/// A window that touches no directory but those given. `chosen` is what every file dialog answers.
fn screen<'a>(size: [f32; 2], theme: Theme, file: Option<PathBuf>, chosen: Option<PathBuf>) -> Screen<'a> {
    screen_with(size, theme, Options { file, ..options(chosen) })
}

/// What a window starts with, where every file dialog answers `chosen`.
fn options(chosen: Option<PathBuf>) -> Options {
    Options {
        catalog: Catalog::built_in().expect("the built-in catalog").into(),
        file: None,
        config_dir: None,
        own_folder: None,
        chooser: Arc::new(move |_| chosen.clone().map_or(Chosen::Cancelled, Chosen::Path)),
        today: Day::parse("2026-11-20").expect("a day"),
        numbers: headroom::units::Separators::Comma,
        jobs: Where::Inside,
    }
}

fn screen_with<'a>(size: [f32; 2], theme: Theme, options: Options) -> Screen<'a> {
    let mut screen = Harness::builder()
        .with_size(vec2(size[0], size[1]))
        .with_theme(theme)
        .with_max_steps(32)
        .build_eframe(move |cc| HeadroomApp::new(&cc.egui_ctx, options));
    screen.run();
    screen
}

fn desktop<'a>() -> Screen<'a> {
    screen(DESKTOP, Theme::Dark, None, None)
}

/// The sentence on the screen.
fn headline(screen: &Screen<'_>) -> String {
    let sheet = &screen.state().open.sheet;
    sheet.answer.as_ref().expect("a plan").headline(sheet.selected.as_deref())
}

/// Whether `text` is the label of anything on the screen.
fn says(screen: &Screen<'_>, text: &str) -> bool {
    screen.query_all_by_label_contains(text).next().is_some()
}

/// The one thing of `role` whose label contains `part`.
fn labelled<'s>(screen: &'s Screen<'_>, role: Role, part: &str) -> egui_kittest::Node<'s> {
    let found = screen.query_all_by_role(role);
    let has = |node: &egui_kittest::Node<'_>| node.accesskit_node().label().is_some_and(|l| l.contains(part));
    found.into_iter().find(has).unwrap_or_else(|| panic!("no {role:?} says {part:?}"))
}

/// Types `text` into the field of `label` and leaves it.
fn type_into(screen: &mut Screen<'_>, label: &str, text: &str) {
    screen.get_by_role_and_label(Role::TextInput, label).focus();
    screen.run();
    screen.get_by_role_and_label(Role::TextInput, label).type_text(text);
    screen.run();
    screen.key_press(Key::Enter);
    screen.run();
}

/// Waits for the thread of a file dialog.
fn wait_for_dialog(screen: &mut Screen<'_>) {
    for _ in 0..200 {
        screen.step();
        if !screen.state().dialogs.asking() {
            screen.run();
            return;
        }
        std::thread::sleep(std::time::Duration::from_millis(5));
    }
    panic!("the dialog never answered");
}

fn command(screen: &mut Screen<'_>, key: Key) {
    screen.key_press_modifiers(Modifiers::COMMAND, key);
    // What is tried at rest, an input a frame, may take longer than it is waited for.
    screen.run_ok();
}

fn write(folder: &Path, name: &str, text: &str) -> PathBuf {
    let path = folder.join(name);
    std::fs::write(&path, text).expect("written");
    path
}

/// Gives the input at `path` the value `text`, as files write it.
fn set(screen: &mut Screen<'_>, path: &str, text: &str) {
    let catalog = screen.state().catalogs.current().clone();
    screen.state_mut().open.sheet.scenario.set(path, text, &catalog).expect("a good value");
    screen.run_ok();
}

#[test]
fn nothing_is_repainted_while_nothing_changes() {
    let mut screen = desktop();
    assert_eq!(screen.run(), 1, "an idle window asks for no further frame");
}

#[test]
fn every_control_has_a_name_at_every_size() {
    for size in [[640.0, 480.0], [860.0, 700.0], [1024.0, 640.0], [1280.0, 800.0], DESKTOP] {
        let screen = screen(size, Theme::Light, None, None);
        screen.check_accessibility();
        assert!(says(&screen, &headline(&screen)), "the verdict at {size:?}");
    }
}

#[test]
fn a_click_in_the_table_moves_the_whole_screen() {
    let mut screen = desktop();
    let answer = screen.state().open.sheet.answer.as_ref().expect("a plan");
    let second = answer.plan.candidates[1].clone();
    let cheapest = headline(&screen);
    labelled(&screen, Role::Row, &format!("{}: ", second.name)).click();
    screen.run();
    assert_eq!(screen.state().open.sheet.selected.as_deref(), Some(second.accelerator.as_str()));
    assert!(headline(&screen).contains(&second.name) && says(&screen, &headline(&screen)));
    assert!(says(&screen, &format!("Build or rent. {}.", second.name)), "the plot is about it");
    labelled(&screen, Role::Link, "Cheapest: ").click();
    screen.run();
    assert!(screen.state().open.sheet.selected.is_none() && says(&screen, &cheapest), "the way back");
}

#[test]
fn a_click_on_a_figure_explains_it() {
    let mut screen = desktop();
    labelled(&screen, Role::Button, "kW drawn").click();
    screen.run();
    assert_eq!(screen.state().view.why, "power.facility_w");
    let heads = screen.query_all_by_role(Role::DisclosureTriangle).count();
    assert!(heads > 0, "the explanation has steps to open");
}

#[test]
fn the_rest_of_the_table_opens_and_closes() {
    let mut screen = desktop();
    // Rows of the plots' tables have no text of their own.
    let named = |node: &egui_kittest::Node<'_>| node.accesskit_node().label().is_some();
    let rows = |screen: &Screen<'_>| screen.query_all_by_role(Role::Row).filter(named).count();
    let before = rows(&screen);
    screen.get_by_label_contains(" more: ").click();
    screen.run();
    let plan = &screen.state().open.sheet.answer.as_ref().expect("a plan").plan;
    assert!(rows(&screen) > before && plan.candidates.len() > before);
    screen.get_by_label("Show fewer").scroll_to_me();
    screen.run();
    screen.get_by_label("Show fewer").click();
    screen.run();
    assert_eq!(rows(&screen), before);
}

#[test]
fn plots_say_in_words_what_they_show() {
    let screen = desktop();
    let figures: Vec<String> =
        screen.query_all_by_role(Role::Figure).filter_map(|node| node.accesskit_node().label()).collect();
    for title in
        ["Memory per accelerator", "Throughput against latency", "Power and cooling", "Build or rent"]
    {
        assert!(
            figures.iter().any(|text| text.starts_with(title) && text.len() > 60),
            "{title}: {figures:?}"
        );
    }
}

#[test]
fn the_keyboard_reaches_everything() {
    let mut screen = desktop();
    let mut reached: Vec<String> = Vec::new();
    for _ in 0..80 {
        screen.key_press(Key::Tab);
        screen.run();
        let focused = screen.root().children_recursive().find(|node| node.is_focused());
        let Some(label) = focused.and_then(|node| node.accesskit_node().label()) else { continue };
        if reached.first() == Some(&label) {
            break;
        }
        reached.push(label);
    }
    let row = screen.state().open.sheet.answer.as_ref().expect("a plan").plan.candidates[2].name.clone();
    let wanted = ["File", "Light theme", "Peak load", "Pricing", "kW drawn", &row, "Latency", "weights"];
    for wanted in wanted {
        assert!(reached.iter().any(|label| label.contains(wanted)), "{wanted} is not among {reached:?}");
    }
}

/// Two figures for one thing are told apart: growth to the limit and with the headroom kept, power drawn and rated, the limit
/// that more load would meet and the value of now.
#[test]
fn figures_that_differ_say_what_each_is_of() {
    let screen = desktop();
    let label = |role, part: &str| labelled(&screen, role, part).accesskit_node().label().expect("a label");
    let needle = label(Role::Meter, "SLO capacity");
    assert!(needle.contains(" before the limit, for +") && needle.contains("20% headroom kept"), "{needle}");
    let power = label(Role::Button, "kW drawn");
    assert!(power.contains("fullest rack rated "), "{power}");
    let answer = screen.state().open.sheet.answer.as_ref().expect("a plan");
    let now = answer.plan.best().expect("a best").1.operating_point.tpot_s.at_slo;
    let now = headroom::report::numbers::about_seconds(now);
    assert!(says(&screen, &format!("First limit under more load: time per output token, {now} now.")));
}
