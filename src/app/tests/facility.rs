//! The page of the facility: racks, power path and network as text, at every size.

use super::super::page::Tab;
use super::*;

/// Sets inputs as a preset would.
fn set(screen: &mut Screen<'_>, inputs: &[(&str, &str)]) {
    let catalog = screen.state().catalogs.current().clone();
    for (path, text) in inputs {
        screen.state_mut().open.sheet.scenario.set(path, text, &catalog).expect("a good value");
    }
    screen.run();
}

fn open(screen: &mut Screen<'_>) {
    screen.get_by_role_and_label(Role::Tab, Tab::Facility.label()).click();
    screen.run();
}

/// The description of a drawing.
fn description(screen: &Screen<'_>, title: &str) -> String {
    labelled(screen, Role::Figure, &format!("{title}. ")).accesskit_node().label().expect("a label")
}

#[test]
fn the_drawings_follow_the_inputs() {
    let mut screen = desktop();
    open(&mut screen);
    screen.state_mut().open.sheet.selected = Some("b200".to_owned());
    // Pools send caches to each other, over a back end.
    set(&mut screen, &[("platform.pools", "never")]);
    set(&mut screen, &[("facility.feeds", "n"), ("workload.requests_per_s", "300")]);
    let path = description(&screen, "Power path");
    assert!(path.contains("N: no spare circuit") && path.contains("no power cap"), "{path}");
    set(&mut screen, &[("facility.feeds", "2n"), ("facility.power_cap_w", "1 MW")]);
    let path = description(&screen, "Power path");
    assert!(path.contains("feeds A and B") && path.contains("of the cap of 1 MW"), "{path}");

    let racks = description(&screen, "Racks");
    assert!(!racks.contains("▲"), "{racks}");
    set(&mut screen, &[("facility.rack_power_w", "5 kW")]);
    let narrow = description(&screen, "Racks");
    assert!(
        narrow != racks && narrow.contains("▲ One rack is rated ") && narrow.contains("Raise the rack power")
    );

    let network = description(&screen, "Network");
    assert!(network.contains("No back end"), "{network}");
    set(&mut screen, &[("facility.network", "infiniband"), ("facility.oversubscription", "2")]);
    let network = description(&screen, "Network");
    assert!(network.contains("InfiniBand between") && network.contains("oversubscribed 2"), "{network}");
    screen.check_accessibility();
}

#[test]
fn no_words_of_the_drawings_leave_them_or_cover_each_other() {
    // The drawings themselves check it, in tests.
    for size in [[640.0, 480.0], [1024.0, 640.0], [1280.0, 800.0], DESKTOP] {
        let mut screen = screen(size, Theme::Light, None, None);
        open(&mut screen);
        for inputs in [
            [("facility.network", "auto"), ("facility.feeds", "n"), ("workload.requests_per_s", "200")],
            [
                ("facility.network", "ethernet"),
                ("facility.feeds", "n+1"),
                ("workload.requests_per_s", "20000"),
            ],
        ] {
            set(&mut screen, &inputs);
            for id in ["b200", "gb300", "trainium3", "l4"] {
                screen.state_mut().open.sheet.selected = Some(id.to_owned());
                screen.step();
            }
            set(&mut screen, &[("facility.power_cap_w", "10000 MW"), ("facility.rack_power_w", "9 kW")]);
        }
    }
}

#[test]
fn inputs_that_are_left_to_the_program_say_what_that_means() {
    let mut screen = desktop();
    screen.get_by_label_contains("More: PUE").scroll_to_me();
    screen.run();
    screen.get_by_label_contains("More: PUE").click();
    screen.run();
    let value = |screen: &Screen<'_>, role: Role, label: &str| {
        screen.get_by_role_and_label(role, label).accesskit_node().value().expect("a value")
    };
    assert_eq!(value(&screen, Role::TextInput, "Power cap"), "none");
    assert_eq!(value(&screen, Role::ComboBox, "Back end"), "none, auto");
    set(&mut screen, &[("facility.power_cap_w", "50 kW")]);
    assert_eq!(value(&screen, Role::TextInput, "Power cap"), "50 kW");
    screen.get_by_label("Power cap: use none").scroll_to_me();
    screen.run();
    screen.get_by_label("Power cap: use none").click();
    screen.run();
    assert_eq!(screen.state().open.sheet.scenario.facility.power_cap_w, None);
}
