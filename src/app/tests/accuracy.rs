//! The page that compares the engine with measurements.

use super::super::page::Tab;
use super::*;

/// The description of the plot of the page.
fn description(screen: &Screen<'_>) -> String {
    labelled(screen, Role::Figure, "Predicted against measured").accesskit_node().label().expect("a label")
}

#[test]
fn both_phases_are_told_in_words_and_accelerators_can_be_hidden() {
    let mut screen = desktop();
    screen.get_by_role_and_label(Role::Tab, Tab::Accuracy.label()).click();
    screen.run();
    assert!(
        description(&screen).contains("Time per output token measured on B200, H100"),
        "{}",
        description(&screen)
    );
    assert!(description(&screen).contains("Furthest off: "));
    assert!(says(&screen, "median error") && says(&screen, "inside the band"));
    screen.get_by_label("TTFT").scroll_to_me();
    screen.run();
    screen.get_by_label("TTFT").click();
    screen.run();
    assert!(description(&screen).contains("Time to first token"), "{}", description(&screen));
    let entry = |screen: &Screen<'_>| {
        labelled(screen, Role::CheckBox, "B200").accesskit_node().toggled().expect("a switch")
    };
    let before = entry(&screen);
    labelled(&screen, Role::CheckBox, "B200").click();
    screen.run();
    assert_ne!(entry(&screen), before);
    screen.check_accessibility();
}
