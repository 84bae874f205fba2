//! Several scenarios open beside each other.

use headroom::scenario::preset;

use super::super::commands::Command;
use super::*;

fn run(screen: &mut Screen<'_>, command: Command) {
    let ctx = screen.ctx.clone();
    screen.state_mut().run(command, &ctx);
    screen.run();
}

fn tabs(screen: &Screen<'_>) -> Vec<String> {
    screen.state().open.tabs().into_iter().map(|tab| tab.title).collect()
}

#[test]
fn scenarios_stand_beside_each_other_each_with_its_own_changes() {
    let folder = tempfile::tempdir().expect("a folder");
    let paths: Vec<PathBuf> = preset::BUILT_IN[1..4]
        .iter()
        .map(|(stem, text)| write(folder.path(), &format!("{stem}.headroom.ron"), text))
        .collect();
    let mut screen = desktop();
    for path in &paths {
        run(&mut screen, Command::OpenPath(path.clone()));
    }
    assert_eq!(tabs(&screen).len(), 3, "the untouched example made room");
    type_into(&mut screen, "Output", "333");
    let plan = screen.state().open.sheet.answer.as_ref().expect("a plan").plan.clone();
    screen.get_by_role_and_label(Role::Tab, &tabs(&screen)[0]).click();
    screen.run();
    assert_eq!(screen.state().open.sheet.path.as_ref(), Some(&paths[0]));
    assert_ne!(screen.state().open.sheet.scenario.workload.output_tokens, 333.0);
    assert!(screen.state().open.sheet.history.undoes(&screen.state().open.sheet.scenario).is_none());
    run(&mut screen, Command::OpenPath(paths[2].clone()));
    assert_eq!((tabs(&screen).len(), screen.state().open.at()), (3, 2), "it is open already");
    assert_eq!(screen.state().open.sheet.answer.as_ref().expect("a plan").plan, plan);
    command(&mut screen, Key::Z);
    assert!(!screen.state().open.sheet.unsaved(), "undo belongs to the tab");
    command(&mut screen, Key::PageDown);
    assert_eq!(screen.state().open.at(), 0, "after the last comes the first");
    command(&mut screen, Key::T);
    assert!(tabs(&screen)[1].ends_with(", copy") && screen.state().open.sheet.unsaved());
    command(&mut screen, Key::PageUp);
    labelled(&screen, Role::Button, &format!("Close {}", tabs(&screen)[2])).click();
    screen.run();
    assert_eq!(tabs(&screen).len(), 3);
    screen.check_accessibility();
}

#[test]
fn the_window_asks_about_every_tab_that_is_not_saved() {
    let mut screen = desktop();
    type_into(&mut screen, "Output", "111");
    command(&mut screen, Key::N);
    type_into(&mut screen, "Output", "222");
    command(&mut screen, Key::N);
    run(&mut screen, Command::Close);
    for (place, wanted) in [(0, 111.0), (1, 222.0)] {
        assert!(says(&screen, "Save the changes?") && screen.state().open.at() == place);
        assert_eq!(screen.state().open.sheet.scenario.workload.output_tokens, wanted);
        if place == 1 {
            screen.get_by_label("Cancel").click();
        } else {
            screen.get_by_label("Discard changes").click();
        }
        screen.run();
    }
    assert!(!screen.state().shell.closing);
    run(&mut screen, Command::Close);
    for _ in 0..2 {
        screen.get_by_label("Discard changes").click();
        screen.run();
    }
    assert!(screen.state().shell.closing, "both are given up");
}

#[test]
fn after_a_crash_every_tab_comes_back() {
    let folder = tempfile::tempdir().expect("a folder");
    let given = || Options { config_dir: Some(folder.path().to_owned()), ..options(None) };
    let mut screen = screen_with(DESKTOP, Theme::Dark, given());
    screen.get_by_label("Skip the tour").click();
    screen.run();
    for output in ["111", "222", "333"] {
        type_into(&mut screen, "Output", output);
        command(&mut screen, Key::N);
    }
    assert_eq!(tabs(&screen).len(), 4);
    let other = screen_with(DESKTOP, Theme::Dark, given());
    assert_eq!(tabs(&other).len(), 1, "what another window has open is its own");
    drop(other);
    drop(screen);
    let screen = screen_with(DESKTOP, Theme::Dark, given());
    assert!(says(&screen, "Recovered unsaved work"));
    let mut back: Vec<f64> =
        screen.state().open.others().map(|(_, sheet)| sheet.scenario.workload.output_tokens).collect();
    back.push(screen.state().open.sheet.scenario.workload.output_tokens);
    assert_eq!(back, [111.0, 222.0, 333.0]);
}

#[test]
fn after_a_crash_a_scenario_still_knows_its_file() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = write(folder.path(), "mine.headroom.ron", preset::BUILT_IN[1].1);
    let config_dir = Some(folder.path().join("config"));
    let given = |file: Option<PathBuf>| Options { config_dir: config_dir.clone(), file, ..options(None) };
    let mut screen = screen_with(DESKTOP, Theme::Dark, given(Some(path.clone())));
    type_into(&mut screen, "Output", "444");
    command(&mut screen, Key::N);
    drop(screen);
    let mut screen = screen_with(DESKTOP, Theme::Dark, given(None));
    assert_eq!(screen.state().open.sheet.path.as_ref(), Some(&path));
    assert!(screen.state().open.sheet.unsaved());
    command(&mut screen, Key::S);
    let saved = preset::open(&path.to_string_lossy(), screen.state().catalogs.current()).expect("saved");
    assert_eq!(saved.workload.output_tokens, 444.0, "saving goes to the file it came from");
}
