//! The proof of the fleet: asked for, shown beside the plan, and gone once an input changes.

use super::*;

/// The whole flow on an edge server, whose hours are short to simulate.
#[test]
fn a_fleet_is_proved_until_an_input_changes() {
    let folder = tempfile::tempdir().expect("a folder");
    let (stem, text) =
        headroom::scenario::preset::BUILT_IN.iter().find(|(stem, _)| *stem == "edge-8b").expect("the preset");
    let file = write(folder.path(), &format!("{stem}.headroom.ron"), text);
    let mut screen = screen([1920.0, 1080.0], Theme::Dark, Some(file), None);
    let says = |screen: &Screen<'_>, text: &str| screen.query_by_label_contains(text).is_some();
    assert!(says(&screen, "Not since the last change"));
    screen.get_by_role_and_label(Role::Button, "Verify").click();
    screen.run();
    assert!(says(&screen, "Verified: ") && says(&screen, "within both limits"));
    assert!(!says(&screen, "Not since the last change"));
    screen.get_by_role_and_label(Role::Tab, "Latency").click();
    screen.run();
    for title in ["Latency against load", "The hour, simulated", "Time to first token. Breaks: "] {
        assert!(screen.query_all_by_label_contains(title).next().is_some(), "{title}");
    }
    type_into(&mut screen, "Output", "333");
    assert!(says(&screen, "Not since the last change"));
    screen.get_by_role_and_label(Role::Button, "Verify");
}
