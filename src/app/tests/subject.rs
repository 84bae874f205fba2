//! One subject: whatever accelerator is picked, sentence, needle, figures, explanation, wall and pins speak of it alone.

use egui_kittest::Node;

use super::super::page::Tab;
use super::*;

/// Whether `text` names `name` and not merely a longer name that has it inside, as GB200 has B200.
fn names(text: &str, name: &str) -> bool {
    let edge = |c: Option<char>| c.is_none_or(|c| !c.is_alphanumeric());
    text.match_indices(name)
        .any(|(at, _)| edge(text[..at].chars().next_back()) && edge(text[at + name.len()..].chars().next()))
}

/// Labels of all that speaks of one accelerator: all but the rows of tables and the plots that show several.
fn spoken(screen: &Screen<'_>) -> Vec<String> {
    fn collect(node: Node<'_>, into: &mut Vec<String>) {
        let several = ["Memory per accelerator", "Throughput against", "Power and cooling", "Cost against"];
        let role = node.accesskit_node().role();
        // Text that is read alone is a value.
        let label = node.accesskit_node().label().or(node.accesskit_node().value()).unwrap_or_default();
        if matches!(role, Role::Table | Role::Row)
            || (role == Role::Figure && several.iter().any(|title| label.starts_with(title)))
        {
            return;
        }
        into.push(label);
        node.children().for_each(|child| collect(child, into));
    }
    let mut labels = Vec::new();
    collect(screen.root(), &mut labels);
    labels
}

#[test]
fn the_screen_speaks_of_the_accelerator_that_is_picked_alone() {
    let mut screen = desktop();
    // Hyperscalers have more of them, and at these limits the tenth serves a longer context too.
    for (path, value) in [
        ("money.offers", "hyperscaler"),
        ("money.term", "on_demand"),
        ("slo.ttft_s", "5"),
        ("slo.tpot_s", "0.1"),
    ] {
        set(&mut screen, path, value);
    }
    let plan = |screen: &Screen<'_>| screen.state().open.sheet.answer.as_ref().expect("a plan").plan.clone();
    let picked = plan(&screen).candidates.iter().filter(|c| c.feasible()).nth(9).expect("a tenth").clone();
    screen.state_mut().open.sheet.selected = Some(picked.accelerator.clone());
    screen.run_ok();
    let others = || {
        let catalog = Catalog::built_in().expect("the built-in catalog");
        catalog.accelerators.into_iter().map(|a| a.short_name).filter(|name| *name != picked.name)
    };
    let check = |screen: &Screen<'_>, place: &str| {
        let spoken = spoken(screen);
        let quiet: Vec<&String> = spoken.iter().filter(|text| text.starts_with("Cheapest: ")).collect();
        assert_eq!(quiet.len(), 1, "{place}: one quiet line {quiet:?}");
        let headline = headline(screen);
        assert!(names(&headline, &picked.name), "{place}: {headline}");
        for other in others() {
            let about = spoken.iter().find(|text| !text.starts_with("Cheapest: ") && names(text, &other));
            assert_eq!(about, None, "{place}: this is about {other}");
        }
        let about = |text: &&String| names(text, &picked.name);
        assert!(spoken.iter().filter(about).count() > 1, "{place}: {spoken:?}");
    };
    for pinned in [false, true] {
        if pinned {
            command(&mut screen, Key::P);
            screen.state_mut().open.sheet.scenario.workload.input_tokens *= 2.0;
            screen.run_ok();
        }
        for tab in Tab::ALL.into_iter().filter(|tab| *tab != Tab::Accuracy) {
            screen.state_mut().view.tab = tab;
            screen.run_ok();
            check(&screen, &format!("{tab:?}, pinned {pinned}"));
            screen.key_press(Key::F5);
            screen.run_ok();
            check(&screen, &format!("{tab:?} on the wall, pinned {pinned}"));
            screen.key_press(Key::Escape);
            screen.run_ok();
        }
    }
    let was = |screen: &Screen<'_>| {
        labelled(screen, Role::Button, "accelerators,").accesskit_node().label().expect("a label")
    };
    let then = plan_of_pin(&screen, &picked.accelerator);
    assert!(was(&screen).contains(&format!("was {then}")), "{}: its own count of then", was(&screen));
    // Beyond the first eight, it has its row in the table nevertheless.
    labelled(&screen, Role::Row, &format!("{}: ", picked.name));
}

fn plan_of_pin(screen: &Screen<'_>, id: &str) -> u32 {
    let pin = screen.state().view.pins.against().expect("a pin");
    pin.answer.fleet_of(id).expect("feasible").1.whole().accelerators
}

#[test]
fn a_picked_accelerator_that_cannot_serve_says_so_and_comes_back() {
    let mut screen = desktop();
    let plan = screen.state().open.sheet.answer.as_ref().expect("a plan").plan.clone();
    let slow = plan.candidates.iter().rfind(|c| c.feasible()).expect("a last one").clone();
    screen.state_mut().open.sheet.selected = Some(slow.accelerator.clone());
    screen.run_ok();
    let own = headline(&screen);
    let limit = screen.state().open.sheet.scenario.slo.tpot_s;
    screen.state_mut().open.sheet.scenario.slo.tpot_s = 0.012;
    screen.run_ok();
    let answer = screen.state().open.sheet.answer.as_ref().expect("a plan");
    assert!(answer.fleet_of(&slow.accelerator).is_none() && answer.plan.best().is_some());
    let best = answer.plan.best().expect("a best").0.name.clone();
    assert!(names(&headline(&screen), &best), "the cheapest takes its place");
    assert!(says(&screen, &format!("{} cannot serve this. ", slow.name)));
    screen.state_mut().open.sheet.scenario.slo.tpot_s = limit;
    screen.run_ok();
    assert_eq!(headline(&screen), own);
}
