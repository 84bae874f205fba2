//! Numbers as the user writes them, and how the window looks.

use eframe::egui::ThemePreference;
use headroom::report::numbers;
use headroom::scenario::preset;
use headroom::units::Separators;

use super::super::commands::Command;
use super::super::settings::SettingChange;
use super::*;

fn set(screen: &mut Screen<'_>, change: SettingChange) {
    let ctx = screen.ctx.clone();
    screen.state_mut().run(Command::Set(change), &ctx);
    screen.run_ok();
}

/// Every text on the screen.
fn texts(screen: &Screen<'_>) -> Vec<String> {
    let nodes = screen.root().children_recursive();
    nodes.flat_map(|node| [node.accesskit_node().label(), node.accesskit_node().value()]).flatten().collect()
}

#[test]
fn numbers_are_written_and_read_as_the_user_does() {
    let mut screen =
        screen_with(DESKTOP, Theme::Light, Options { numbers: Separators::Point, ..options(None) });
    type_into(&mut screen, "Peak load", "12,5");
    assert_eq!(screen.state().open.sheet.scenario.workload.requests_per_s, 12.5);
    type_into(&mut screen, "Input", "1.600");
    assert_eq!(screen.state().open.sheet.scenario.workload.input_tokens, 1600.0);
    assert!(texts(&screen).iter().any(|w| w.contains("1.600")), "the field says what was typed");
    // A size becomes the name of a model, which other people's windows must read.
    type_into(&mut screen, "Model size", "65,5B");
    assert_eq!(screen.state().open.sheet.scenario.workload.model, "65.5B");
    set(&mut screen, SettingChange::Numbers(Some(Separators::Comma)));
    assert!(texts(&screen).iter().any(|w| w.contains("1,600")), "and in the other way");
    let text = preset::to_text(&screen.state().open.sheet.scenario);
    set(&mut screen, SettingChange::Numbers(None));
    assert_eq!(preset::to_text(&screen.state().open.sheet.scenario), text, "files are written in one way");
    let of = |screen: &Screen<'_>, separator| texts(screen).iter().any(|text| parted(text, separator));
    assert!(of(&screen, '.') && !of(&screen, ','), "{:?}", texts(&screen));
    set(&mut screen, SettingChange::Numbers(Some(Separators::Comma)));
    assert!(of(&screen, ',') && !of(&screen, '.'), "{:?}", texts(&screen));
}

/// Plans stay where they are; every text follows, the names of pins and of steps back too.
#[test]
fn another_way_of_writing_numbers_plans_nothing_anew() {
    let given = Options { numbers: Separators::Comma, ..options(None) };
    let mut screen = screen_with(DESKTOP, Theme::Light, given);
    let ctx = screen.ctx.clone();
    screen.state_mut().run(Command::Pin, &ctx);
    type_into(&mut screen, "Input", "1600");
    screen.state_mut().run(Command::Pin, &ctx);
    screen.run_ok();
    // Candidates that were planned anew would lie elsewhere, while the old ones are still there.
    let plans = |screen: &Screen<'_>| {
        let state = screen.state();
        let pinned = state.view.pins.list.iter().map(|pin| &pin.answer);
        let answers = pinned.chain(state.open.sheet.answer.as_ref());
        answers.map(|answer| answer.plan.candidates.as_ptr()).collect::<Vec<_>>()
    };
    let before = plans(&screen);
    assert_eq!(before.len(), 3);
    let texts = |screen: &Screen<'_>| {
        let state = screen.state();
        let sheet = &state.open.sheet;
        let pin = state.view.pins.list.last().expect("a pin").name();
        [pin, sheet.history.undoes(&sheet.scenario).expect("a step")]
    };
    assert!(texts(&screen).iter().all(|text| text.contains("1,600")), "{:?}", texts(&screen));
    set(&mut screen, SettingChange::Numbers(Some(Separators::Point)));
    assert!(texts(&screen).iter().all(|text| text.contains("1.600")), "{:?}", texts(&screen));
    assert_eq!(plans(&screen), before);
}

/// Whether thousands are parted by `separator` anywhere: three digits after it, and no zero before all.
fn parted(text: &str, separator: char) -> bool {
    let digit = |c: Option<&u8>| c.is_some_and(u8::is_ascii_digit);
    let bytes = text.as_bytes();
    text.match_indices(separator).any(|(at, _)| {
        let lead = text[..at].trim_end_matches(|c: char| c.is_ascii_digit()).len();
        let three = (1..=3).all(|k| digit(bytes.get(at + k))) && !digit(bytes.get(at + 4));
        three && (1..=3).contains(&(at - lead)) && !text[lead..at].starts_with('0')
    })
}

#[test]
fn the_window_stays_as_it_was_set() {
    let folder = tempfile::tempdir().expect("a folder");
    let given = || Options { config_dir: Some(folder.path().to_owned()), ..options(None) };
    let mut screen = screen_with(DESKTOP, Theme::Dark, given());
    set(&mut screen, SettingChange::Dark(Some(false)));
    set(&mut screen, SettingChange::Zoom(7.0));
    assert_eq!(screen.ctx.zoom_factor(), 3.0, "no more than threefold");
    set(&mut screen, SettingChange::Zoom(1.5));
    set(&mut screen, SettingChange::Numbers(Some(Separators::Space)));
    drop(screen);
    let screen = screen_with(DESKTOP, Theme::Dark, given());
    let settings = &screen.state().preferences.settings;
    assert_eq!((settings.zoom, settings.theme()), (1.5, ThemePreference::Light));
    assert_eq!(numbers::separators(), Separators::Space);
}
