//! What a person does in a meeting, from end to end, on every page.

use headroom::scenario::preset;

use super::super::page::Tab;
use super::*;

/// Drags the slider of `label` to `share` of its way.
fn drag(screen: &mut Screen<'_>, label: &str, share: f32) {
    let rect = screen.get_by_role_and_label(Role::Slider, label).rect();
    let at = |share: f32| rect.left_top() + vec2(8.0 + (rect.width() - 16.0) * share, 9.0);
    screen.drag_at(at(share - 0.1));
    screen.step();
    screen.hover_at(at(share));
    screen.step();
    screen.drop_at(at(share));
    // Inputs that rest are a step of undo.
    for _ in 0..8 {
        screen.step();
    }
    screen.run_ok();
}

#[test]
fn opened_dragged_pinned_compared_undone_explained_saved_and_reopened() {
    let folder = tempfile::tempdir().expect("a folder");
    for tab in Tab::ALL {
        let path = write(folder.path(), &format!("{}.headroom.ron", tab.label()), preset::BUILT_IN[0].1);
        let mut screen = screen(DESKTOP, Theme::Light, Some(path.clone()), None);
        screen.get_by_role_and_label(Role::Tab, tab.label()).click();
        screen.run_ok();

        drag(&mut screen, "Peak load", 0.6);
        let pinned = screen.state().open.sheet.scenario.clone();
        assert!(screen.state().open.sheet.unsaved(), "{tab:?}: the drag changed the load");
        let before = headline(&screen);
        command(&mut screen, Key::P);
        drag(&mut screen, "Input", 0.6);
        assert_ne!(headline(&screen), before, "{tab:?}: more context, another fleet");
        assert!(says(&screen, ", was "), "{tab:?}: figures say how they changed");

        command(&mut screen, Key::D);
        assert!(says(&screen, "What each input changed"), "{tab:?}");
        command(&mut screen, Key::Z);
        assert_eq!(screen.state().open.sheet.scenario, pinned, "{tab:?}: one drag is one step");
        assert_eq!(headline(&screen), before);

        labelled(&screen, Role::Button, "per month, ").click();
        screen.run_ok();
        assert_eq!(screen.state().view.why, "cost.usd_per_month");
        assert!(says(&screen, "cost of an hour"), "{tab:?}: the formula is there");

        command(&mut screen, Key::S);
        assert!(!screen.state().open.sheet.unsaved(), "{tab:?}: saved");
        let again = super::screen(DESKTOP, Theme::Light, Some(path), None);
        assert_eq!(headline(&again), before, "{tab:?}: the file says the same");
    }
}

#[test]
fn nothing_below_the_verdict_moves_while_a_slider_is_dragged() {
    for size in [[1280.0, 800.0], DESKTOP] {
        let mut screen = screen(size, Theme::Dark, None, None);
        let top = |screen: &Screen<'_>| labelled(screen, Role::Button, "accelerators, ").rect().top();
        let before = top(&screen);
        for share in [0.3, 0.45, 0.6, 0.7] {
            drag(&mut screen, "Input", share);
            assert_eq!(top(&screen), before, "{size:?} at {share}: {}", headline(&screen));
        }
    }
}
