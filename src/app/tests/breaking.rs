//! A fleet that is frozen and pushed past its plan.

use eframe::egui::Key;
use eframe::egui::accesskit::Role;
use egui_kittest::kittest::Queryable as _;

use super::{Screen, desktop, headline, labelled, says, set};
use crate::app::page::Tab;

fn frozen<'a>() -> Screen<'a> {
    let mut screen = desktop();
    screen.key_press(Key::B);
    screen.run();
    assert!(screen.state().view.freeze.is_some() && says(&screen, "Break it"));
    screen
}

/// Black Friday: three times the load on the fleet of the plan, what breaks and what would hold; then back exactly as it was.
#[test]
fn a_frozen_fleet_is_pushed_until_it_breaks_and_thawed_as_it_was() {
    let mut screen = frozen();
    let (before, planned) = (screen.state().open.sheet.scenario.clone(), headline(&screen));
    assert!(says(&screen, ": it holds.") && says(&screen, "It would break at "));
    assert!(says(&screen, "This fleet holds it: nothing more is needed."));
    labelled(&screen, Role::Button, "3 ×").click();
    screen.run();
    let freeze = screen.state().view.freeze.as_ref().expect("frozen");
    assert_eq!(freeze.requests_per_s, 3.0 * before.workload.requests_per_s);
    assert!(says(&screen, "It breaks at ") && says(&screen, "broken"), "what breaks");
    assert!(says(&screen, "sized as the plan is") && says(&screen, "Refuse "), "what would hold");
    assert!(says(&screen, "Latency against load") && !says(&screen, &planned));
    screen.key_press(Key::Escape);
    screen.run();
    assert!(screen.state().view.freeze.is_none() && screen.state().view.tab == Tab::Overview);
    assert!(screen.state().open.sheet.scenario == before && says(&screen, &planned));
}

#[test]
fn what_is_lost_is_repaired() {
    let mut screen = frozen();
    let lose = |screen: &mut Screen<'_>| {
        labelled(screen, Role::Button, "Lose a replica").click();
        screen.run();
    };
    lose(&mut screen);
    let lost = |screen: &Screen<'_>| screen.state().view.freeze.as_ref().map_or(0, |freeze| freeze.lost);
    assert_eq!(lost(&screen), 1);
    for _ in 0..9 {
        lose(&mut screen);
    }
    assert!(says(&screen, "1 × "), "one replica is left at last");
    labelled(&screen, Role::Button, "Repair").click();
    screen.run();
    assert_eq!(lost(&screen), 0);
}

/// The frozen fleet is of one scenario: where an input changes, by whatever way, the screen follows the plan again.
#[test]
fn another_scenario_thaws_it() {
    let mut screen = frozen();
    set(&mut screen, "workload.input_tokens", "3000");
    screen.run();
    assert!(screen.state().view.freeze.is_none());
}

/// A letter that is typed is a letter.
#[test]
fn typing_a_letter_freezes_nothing() {
    let mut screen = desktop();
    screen.get_by_role_and_label(Role::TextInput, "Peak load").focus();
    screen.run();
    screen.key_press(Key::B);
    screen.run();
    assert!(screen.state().view.freeze.is_none());
}
