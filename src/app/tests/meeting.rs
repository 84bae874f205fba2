//! What happens in a meeting: pin, change, compare, go back, find, look at where the answer changes.

use headroom::report::numbers;
use headroom::report::sentence;
use headroom::scenario::input_at;

use super::super::page::Tab;
use super::super::pins::Pin;
use super::*;

#[test]
fn a_pinned_scenario_is_compared_with_until_it_is_taken_off() {
    let mut screen = desktop();
    command(&mut screen, Key::P);
    let before = screen.state().open.sheet.scenario.clone();
    set(&mut screen, "workload.input_tokens", "6000");
    let card = labelled(&screen, Role::Button, "accelerators").accesskit_node().label().expect("a label");
    assert!(card.contains(", was "), "{card}");
    command(&mut screen, Key::D);
    assert_eq!(screen.state().view.tab, Tab::Compare);
    for text in ["WHAT CHANGED", "RESULT", "1,500 tokens", "6,000 tokens", "Pinned: ", "Shared fairly"] {
        assert!(says(&screen, text), "{text}");
    }
    labelled(&screen, Role::Button, "Restore: ").click();
    screen.run();
    assert_eq!(screen.state().open.sheet.scenario, before, "the pin is on the screen again");
    assert!(says(&screen, "No input differs from the pin."));
    labelled(&screen, Role::Button, "Remove: ").click();
    screen.run();
    assert!(screen.state().view.pins.against().is_none() && says(&screen, "Nothing is pinned."));
}

#[test]
fn a_pin_keeps_a_name_of_its_own_whatever_is_taken_off() {
    let mut screen = desktop();
    command(&mut screen, Key::P);
    command(&mut screen, Key::P);
    command(&mut screen, Key::D);
    screen.get_by_label("Remove: 1. Support chat, Llama 3.1 70B").click();
    screen.run();
    command(&mut screen, Key::P);
    let names: Vec<String> = screen.state().view.pins.list.iter().map(Pin::name).collect();
    assert!(names.len() == 2 && names[0] != names[1], "{names:?}");
}

#[test]
fn undo_says_what_it_takes_back() {
    let mut screen = desktop();
    set(&mut screen, "slo.tpot_s", "25 ms");
    let name =
        |screen: &Screen<'_>| screen.state().open.sheet.history.undoes(&screen.state().open.sheet.scenario);
    assert_eq!(name(&screen).as_deref(), Some("Time per output token 40 ms → 25 ms"));
    command(&mut screen, Key::Z);
    assert_eq!(screen.state().open.sheet.scenario.slo.tpot_s, 0.04);
    assert_eq!(name(&screen), None);
    command(&mut screen, Key::Y);
    assert_eq!(screen.state().open.sheet.scenario.slo.tpot_s, 0.025);
}

#[test]
fn whatever_can_be_done_is_found_by_its_name() {
    let mut screen = desktop();
    let find = |screen: &mut Screen<'_>, text: &str| {
        command(screen, Key::K);
        screen.get_by_role_and_label(Role::TextInput, "Search").type_text(text);
        screen.run();
        screen.key_press(Key::Enter);
        screen.run();
        assert!(screen.state().overlays.shown().is_none());
    };
    find(&mut screen, "facil");
    assert_eq!(screen.state().view.tab, Tab::Facility);
    find(&mut screen, "h200 sxm");
    assert_eq!(screen.state().open.sheet.selected.as_deref(), Some("h200-sxm"));
    find(&mut screen, "long context");
    assert!(
        screen.state().open.sheet.scenario.name.starts_with("Long"),
        "{}",
        screen.state().open.sheet.scenario.name
    );
    find(&mut screen, "output");
    let focused = screen.root().children_recursive().find(|node| node.is_focused());
    assert!(focused.is_some_and(|node| node.accesskit_node().role() == Role::TextInput), "a field");
    command(&mut screen, Key::K);
    assert!(matches!(screen.state().overlays.shown(), Some(Overlay::Finder(_))));
    screen.key_press(Key::Escape);
    screen.run();
    assert!(screen.state().overlays.shown().is_none());
}

#[test]
fn a_question_mark_lists_every_shortcut() {
    let mut screen = desktop();
    screen.event(eframe::egui::Event::Text("?".to_owned()));
    screen.run();
    for (command, name) in super::super::commands::LISTED {
        assert!(says(&screen, name) || command.shortcut().is_none(), "{name}");
    }
    screen.key_press(Key::Escape);
    screen.run();
    assert!(!says(&screen, "Pin this scenario"));
}

#[test]
fn cliffs_are_found_beside_the_screen() {
    let mut screen = screen_with(DESKTOP, Theme::Dark, Options { jobs: Where::Beside, ..options(None) });
    for _ in 0..600 {
        screen.step();
        if !screen.state().work.marks.of("workload.requests_per_s").is_empty() {
            break;
        }
        std::thread::sleep(std::time::Duration::from_millis(50));
    }
    let marks = screen.state().work.marks.of("workload.requests_per_s").to_vec();
    let input = input_at("workload.requests_per_s").expect("an input");
    screen.step();
    let slider = screen.get_by_role_and_label(Role::Slider, input.label);
    let told = slider.accesskit_node().description().unwrap_or_default();
    let range = input.range().expect("a number");
    let text = sentence::cliff(marks.first().expect("a mark"), &range);
    assert!(told.contains(&text), "{told}");
    // Another scenario gives the search up, and the window closes without waiting for it.
    screen.state_mut().open.sheet.scenario.workload.input_tokens = 900.0;
    screen.step();
    assert!(screen.state().work.marks.looking());
}

#[test]
fn the_wall_has_one_question_and_steps_through_what_is_pinned() {
    let mut screen = desktop();
    command(&mut screen, Key::P);
    set(&mut screen, "workload.input_tokens", "3000");
    command(&mut screen, Key::P);
    screen.key_press(Key::F5);
    screen.run();
    assert!(screen.state().view.stage.on() && screen.ctx.zoom_factor() > 1.8, "{}", screen.ctx.zoom_factor());
    let first = screen.state().view.pins.list[0].scenario.clone();
    screen.key_press(Key::ArrowLeft);
    screen.run();
    assert_eq!(screen.state().open.sheet.scenario, first);
    assert!(says(&screen, "1 of 2"));
    let answer = screen.state().open.sheet.answer.as_ref().expect("a plan");
    let balance = answer.plan.best().expect("a best").1.balance;
    let [low, high] = [balance.capacity_low_requests_per_s, balance.capacity_high_requests_per_s]
        .map(|v| numbers::significant(v, 2));
    let band = format!("capacity {low} to {high} requests/s");
    assert!(says(&screen, &band) && !says(&screen, "±"), "{band}");
    screen.key_press(Key::ArrowRight);
    screen.run();
    assert!(says(&screen, "What if: Input 1,500 tokens → 3,000 tokens") && says(&screen, "2 of 2"));
    let card = labelled(&screen, Role::Status, "kW drawn").accesskit_node().label().expect("a label");
    assert!(card.contains(", was "), "{card}");
    screen.check_accessibility();
    screen.key_press(Key::Escape);
    screen.run();
    assert!(!screen.state().view.stage.on() && (screen.ctx.zoom_factor() - 1.0).abs() < 1e-6);
}

#[test]
fn the_tour_is_short_is_skipped_and_does_not_come_back() {
    let folder = tempfile::tempdir().expect("a folder");
    let given = || Options { config_dir: Some(folder.path().to_owned()), ..options(None) };
    let mut screen = screen_with(DESKTOP, Theme::Light, given());
    let mut steps = 0;
    while screen.state().overlays.tour().is_some() {
        screen.check_accessibility();
        let button = if says(&screen, "Start") { "Start" } else { "Next" };
        screen.get_by_role_and_label(Role::Button, button).click();
        screen.run();
        steps += 1;
    }
    assert_eq!(steps, 5);
    let mut screen = screen_with(DESKTOP, Theme::Light, given());
    assert!(screen.state().overlays.tour().is_none(), "it was seen");
    let ctx = screen.ctx.clone();
    screen.state_mut().run(super::super::commands::Command::Tour, &ctx);
    screen.run();
    screen.get_by_label("Skip the tour").click();
    screen.run();
    assert!(screen.state().overlays.tour().is_none());
}

#[test]
fn a_limit_is_found_and_applied() {
    let mut screen = desktop();
    let before = screen.state().open.sheet.scenario.workload.requests_per_s;
    command(&mut screen, Key::B);
    assert!(says(&screen, " headroom kept)."), "as many as there are hold more");
    let answer = screen.state().open.sheet.answer.as_ref().expect("a plan");
    let there = answer.plan.best().expect("a best").1.whole().accelerators;
    screen.get_by_role_and_label(Role::TextInput, "Limit").focus();
    screen.run();
    screen.get_by_role_and_label(Role::TextInput, "Limit").type_text("0");
    screen.run();
    screen.get_by_label("Apply").click();
    screen.run();
    let best = screen.state().open.sheet.selected.clone().expect("the one that was asked of");
    let answer = screen.state().open.sheet.answer.as_ref().expect("a plan");
    let count = answer.plan.candidate(&best).and_then(|c| c.sizing()).expect("feasible").whole().accelerators;
    assert!(
        screen.state().open.sheet.scenario.workload.requests_per_s > 5.0 * before && count <= 10 * there,
        "{count}"
    );
    command(&mut screen, Key::B);
    screen.get_by_role_and_label(Role::TextInput, "Limit").focus();
    screen.run();
    screen.get_by_role_and_label(Role::TextInput, "Limit").type_text("x");
    screen.run();
    assert!(says(&screen, "is not a limit. Give a number"));
    screen.key_press(Key::Escape);
    screen.run();
    assert!(screen.state().overlays.shown().is_none());
}

#[test]
fn a_share_line_reopens_the_exact_scenario() {
    let mut screen = desktop();
    set(&mut screen, "workload.input_tokens", "5432");
    let scenario = screen.state().open.sheet.scenario.clone();
    let line = headroom::scenario::share::line(&scenario, screen.state().catalogs.current());
    let mut other = desktop();
    other.event(eframe::egui::Event::Paste(format!("  {line}\n")));
    other.run();
    assert_eq!(other.state().open.sheet.scenario, scenario);
    assert!(other.state().open.sheet.unsaved(), "it is not on disk yet");
    other.event(eframe::egui::Event::Paste(line[..line.len() - 9].to_owned()));
    other.run();
    assert_eq!(other.state().open.sheet.scenario, scenario, "a damaged line changes nothing");
    assert!(says(&other, "share line is damaged"));
}

/// A line from a stranger: the file is there, and is read only when the user opens it.
#[test]
fn a_share_line_reads_no_file_of_its_own() {
    let folder = tempfile::tempdir().expect("a folder");
    let config = include_str!("../../../tests/fixtures/configs/llama-3.1-8b.json");
    let config = write(folder.path(), "config.json", config);
    let mut screen = desktop();
    let before = screen.state().open.sheet.scenario.clone();
    let mut scenario = before.clone();
    scenario.workload.model = config.to_string_lossy().into_owned();
    let line = headroom::scenario::share::line(&scenario, screen.state().catalogs.current());
    screen.event(eframe::egui::Event::Paste(line.clone()));
    screen.run();
    assert_eq!(screen.state().open.sheet.scenario, before);
    assert!(says(&screen, "names the model file") && says(&screen, &scenario.workload.model));
    let ctx = screen.ctx.clone();
    screen.state_mut().dropped(&config, &ctx);
    screen.event(eframe::egui::Event::Paste(line));
    screen.run();
    assert_eq!(screen.state().open.sheet.scenario, scenario);
}
