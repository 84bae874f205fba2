//! The page of money: every card in words, at every size, and live with the inputs.

use headroom::catalog::Term;

use super::super::plots::Tab;
use super::*;

const CARDS: [&str; 8] = [
    "Build or rent",
    "Cost against load",
    "Where a token's cost goes",
    "Owning, part by part",
    "The cheapest mix over a day",
    "Against an API",
    "What could change the answer",
    "Least regret",
];

fn open(screen: &mut Screen<'_>) {
    screen.get_by_role_and_label(Role::Tab, Tab::Money.label()).scroll_to_me();
    screen.run();
    screen.get_by_role_and_label(Role::Tab, Tab::Money.label()).click();
    screen.run();
}

/// What a card says of itself.
fn words(screen: &Screen<'_>, title: &str) -> String {
    labelled(screen, Role::Figure, &format!("{title}. ")).accesskit_node().label().expect("words")
}

fn set(screen: &mut Screen<'_>, path: &str, text: &str) {
    let catalog = screen.state().catalog.clone();
    screen.state_mut().scenario.set(path, text, &catalog).expect("a good value");
    screen.run();
}

#[test]
fn every_card_says_what_it_shows_at_every_size() {
    // The drawings check in tests that no words leave them or cover each other.
    for size in [[640.0, 480.0], [1024.0, 640.0], [1280.0, 800.0], DESKTOP] {
        let mut screen = screen(size, Theme::Light, None, None);
        open(&mut screen);
        for card in CARDS {
            let words = words(&screen, card);
            assert!(words.len() > card.len() + 40, "{words}");
            let finite = words.split(|c: char| !c.is_alphabetic()).all(|word| word != "NaN" && word != "inf");
            assert!(finite, "{words}");
        }
        screen.check_accessibility();
    }
}

#[test]
fn the_cards_follow_the_inputs() {
    let mut screen = desktop();
    open(&mut screen);
    let before: Vec<String> = CARDS.iter().map(|card| words(&screen, card)).collect();
    set(&mut screen, "workload.requests_per_s", "120");
    for (card, before) in CARDS.iter().zip(before) {
        assert_ne!(words(&screen, card), before, "{card}");
    }
    let steady = words(&screen, "The cheapest mix over a day");
    set(&mut screen, "workload.day", "office_hours");
    set(&mut screen, "money.spot_share", "50%");
    let mixed = words(&screen, "The cheapest mix over a day");
    assert!(mixed != steady && !mixed.contains("up to 0 on spot"), "{mixed}");
    assert_eq!(screen.run(), 1, "what could change the answer has been tried, and nothing is repainted");
}

#[test]
fn what_is_only_rented_or_only_bought_says_so() {
    let mut screen = desktop();
    open(&mut screen);
    screen.state_mut().scenario.money.term = Term::OnDemand;
    let plan = |screen: &Screen<'_>| screen.state().answer.as_ref().expect("a plan").plan.clone();
    screen.run();
    let rented =
        plan(&screen).candidates.iter().find(|c| c.sizing().is_some_and(|s| s.cost.buy.is_none())).cloned();
    let rented = rented.expect("TPUs are only rented");
    screen.state_mut().view.selected = Some(rented.accelerator);
    screen.run();
    assert!(says(&screen, &format!("{} is not for sale", rented.name)));
}
