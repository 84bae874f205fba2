//! The page of money: every card as text, at every size, and live with the inputs.

use headroom::catalog::Term;
use headroom::report::numbers;
use headroom::scenario::DayShape;

use super::super::page::Tab;
use super::super::without_offer::without_offer;
use super::*;

const CARDS: [&str; 12] = [
    "Build or rent",
    "Cost against load",
    "Where a token's cost goes",
    "Cost of owning",
    "The cheapest mix over a day",
    "Against an API",
    "What could change the answer",
    "If growth surprises you",
    "Cost against utilisation",
    "Against an API: what if",
    "Cash by year",
    "Prices",
];

fn open(screen: &mut Screen<'_>) {
    screen.get_by_role_and_label(Role::Tab, Tab::Money.label()).scroll_to_me();
    screen.run();
    screen.get_by_role_and_label(Role::Tab, Tab::Money.label()).click();
    screen.run();
}

/// The description of a card.
fn description(screen: &Screen<'_>, title: &str) -> String {
    labelled(screen, Role::Figure, &format!("{title}. ")).accesskit_node().label().expect("a label")
}

#[test]
fn every_card_says_what_it_shows_at_every_size() {
    // The drawings check in tests that texts neither leave them nor overlap.
    for size in [[640.0, 480.0], [1024.0, 640.0], [1280.0, 800.0], DESKTOP] {
        let mut screen = screen(size, Theme::Light, None, None);
        open(&mut screen);
        for card in CARDS {
            let text = description(&screen, card);
            assert!(text.len() > card.len() + 40, "{text}");
            let finite = text.split(|c: char| !c.is_alphabetic()).all(|part| part != "NaN" && part != "inf");
            assert!(finite, "{text}");
        }
        screen.check_accessibility();
    }
}

#[test]
fn the_cards_follow_the_inputs() {
    let mut screen = desktop();
    open(&mut screen);
    let before: Vec<String> = CARDS.iter().map(|card| description(&screen, card)).collect();
    set(&mut screen, "workload.requests_per_s", "120");
    // A price is the same for any load.
    for (card, before) in CARDS.iter().zip(before).filter(|(card, _)| **card != "Prices") {
        assert_ne!(description(&screen, card), before, "{card}");
    }
    let steady = description(&screen, "The cheapest mix over a day");
    set(&mut screen, "workload.day", "office_hours");
    set(&mut screen, "money.spot_share", "50%");
    let mixed = description(&screen, "The cheapest mix over a day");
    assert!(mixed != steady && !mixed.contains("up to 0 on spot"), "{mixed}");
    assert_eq!(screen.run(), 1, "what could change the answer has been tried, and nothing is repainted");
}

#[test]
fn what_is_only_rented_or_only_bought_says_so() {
    let mut screen = desktop();
    open(&mut screen);
    screen.state_mut().open.sheet.scenario.money.term = Term::OnDemand;
    "hyperscaler".clone_into(&mut screen.state_mut().open.sheet.scenario.money.offers);
    let plan = |screen: &Screen<'_>| screen.state().open.sheet.answer.as_ref().expect("a plan").plan.clone();
    screen.run();
    let rented = plan(&screen)
        .candidates
        .iter()
        .find(|c| c.sizing().is_some_and(|s| s.estate.cost.buy.is_none()))
        .cloned();
    let rented = rented.expect("TPUs are only rented");
    screen.state_mut().open.sheet.selected = Some(rented.accelerator);
    screen.run();
    assert!(says(&screen, &format!("{} is not for sale", rented.name)));
}

#[test]
fn an_old_price_is_said_to_be_old_until_a_quote_replaces_it() {
    let mut screen = desktop();
    open(&mut screen);
    // Read in June.
    set(&mut screen, "money.offers", "Neysa");
    let answer = screen.state().open.sheet.answer.as_ref().expect("a plan");
    let best = answer.plan.best().expect("a best").0.accelerator.clone();
    assert!(answer.detail(None).contains("months old: get a fresh quote."), "{}", answer.detail(None));
    assert!(description(&screen, "Prices").contains("months old: get a fresh quote"));
    set(&mut screen, "money.quotes", &format!("{best} reserved_1y 0.5"));
    let detail = screen.state().open.sheet.answer.as_ref().expect("a plan").detail(None);
    assert!(!detail.contains("days ago") && detail.contains("your own quote"), "{detail}");
    let prices = description(&screen, "Prices");
    assert!(prices.contains("your quote; the catalog has $"), "{prices}");
}

#[test]
fn a_day_is_drawn_with_the_pointer_or_the_keys() {
    let mut screen = desktop();
    let strip = |screen: &Screen<'_>| labelled(screen, Role::Figure, "Load of each hour").rect();
    let rect = strip(&screen);
    let at = rect.left_top() + vec2(rect.width() * 0.02 + 6.0, rect.height() * 0.5);
    screen.drag_at(at);
    screen.run();
    screen.drop_at(at);
    screen.run();
    let hours = |screen: &Screen<'_>| match screen.state().open.sheet.scenario.workload.day {
        DayShape::Own(hours) => hours,
        other => panic!("{other:?}"),
    };
    let drawn = hours(&screen)[0];
    assert!((0.3..0.7).contains(&drawn), "half the height at midnight: {drawn}");
    screen.key_press(Key::ArrowRight);
    screen.key_press(Key::ArrowUp);
    screen.run();
    assert!(hours(&screen)[1] > 0.04, "the next hour: {:?}", hours(&screen));
    assert!(says(&screen, "24 values, midnight to midnight"));
}

/// With another currency no amount on the screen is in dollars, what is typed is in it, and the rate is said.
#[test]
fn amounts_are_shown_and_typed_in_the_currency() {
    let mut screen = desktop();
    open(&mut screen);
    let dollars = |screen: &Screen<'_>| screen.query_all_by_label_contains("$").count();
    assert!(dollars(&screen) > 0);
    let month = |screen: &Screen<'_>| {
        let (_, sizing) =
            screen.state().open.sheet.answer.as_ref().expect("a plan").shown(None).expect("one");
        sizing.estate.cost.chosen.usd_per_month
    };
    let before = month(&screen);
    set(&mut screen, "money.currency", "euro");
    set(&mut screen, "money.exchange_rate", "0.8");
    let left: Vec<String> = screen
        .query_all_by_label_contains("$")
        .filter_map(|node| node.accesskit_node().label())
        .filter(|label| !label.contains("US dollar"))
        .collect();
    assert!(left.is_empty(), "{left:?}");
    assert!(says(&screen, "Amounts in EUR: 0.8000 for one US dollar, your rate"));
    assert_eq!(month(&screen), before, "prices are the same");
    assert!(says(&screen, &numbers::usd(before)) && numbers::usd(before).starts_with('€'));
    screen.get_by_label_contains("More: PUE").scroll_to_me();
    screen.run();
    screen.get_by_label_contains("More: PUE").click();
    screen.run();
    type_into(&mut screen, "Electricity", "€0.08");
    let facility = &screen.state().open.sheet.scenario.facility;
    assert!((facility.electricity_usd_per_kwh.expect("a price") - 0.1).abs() < 1e-12, "{facility:?}");
}

/// What nobody offers has a list of its own, and a price that is typed there puts it among the others.
#[test]
fn a_quote_is_typed_where_there_is_no_offer() {
    let mut screen = desktop();
    let unpriced = |screen: &Screen<'_>| -> Vec<(String, String)> {
        let answer = screen.state().open.sheet.answer.as_ref().expect("a plan");
        let all = without_offer(&answer.plan.candidates);
        all.map(|c| (c.accelerator.clone(), c.name.clone())).collect()
    };
    let list = unpriced(&screen);
    labelled(&screen, Role::Button, "have no public offer").click();
    screen.run();
    let (id, name) = list.iter().find(|(id, _)| id == "gh200").expect("its 144 GB are offered by nobody");
    type_into(&mut screen, &format!("Your quote for {name}"), "2.50");
    assert_eq!(unpriced(&screen).len(), list.len() - 1);
    let quotes = &screen.state().open.sheet.scenario.money.quotes;
    assert!(quotes.iter().any(|quote| quote.accelerator == *id && quote.usd == 2.5), "{quotes:?}");
    let other = &list.iter().find(|(other, _)| other != id).expect("another").1;
    type_into(&mut screen, &format!("Your quote for {other}"), "nothing");
    assert!(says(&screen, "is not a price of an hour"));
}
