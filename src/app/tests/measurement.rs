//! Adding the user's own measurement.

use super::*;

const RESULT: &str = include_str!("../../../tests/samples/vllm.json");

/// Opens the form through the menu.
fn open_form(screen: &mut Screen<'_>) {
    screen.get_by_role_and_label(Role::Button, "File").click();
    screen.run();
    labelled(screen, Role::Button, "Add measurement…").click();
    screen.step();
    wait_for_dialog(screen);
}

fn window<'a>(folder: &Path, chosen: PathBuf) -> Screen<'a> {
    let own_folder = Some(folder.join("data/catalog"));
    screen_with(DESKTOP, Theme::Dark, Options { own_folder, ..options(Some(chosen)) })
}

#[test]
fn a_result_file_becomes_a_measurement_and_the_figures_move() {
    let folder = tempfile::tempdir().expect("a folder");
    let result = write(folder.path(), "vllm.json", RESULT);
    let mut screen = window(folder.path(), result.clone());
    let before = screen.state().open.sheet.answer.as_ref().expect("a plan").plan.clone();
    let shown = before.best().expect("a candidate").0.accelerator.clone();

    open_form(&mut screen);
    assert!(says(&screen, "Add your measurement") && says(&screen, "meta-llama/Llama-3.1-70B-Instruct"));
    screen.check_accessibility();
    // Prefilled from what is on the screen.
    let form = |screen: &Screen<'_>| match screen.state().overlays.shown() {
        Some(Overlay::Measurement(form)) => form.setting.clone(),
        _ => panic!("no form"),
    };
    assert_eq!(form(&screen).accelerator, shown);
    assert_eq!(form(&screen).model, screen.state().open.sheet.scenario.workload.model);
    screen.get_by_label("Add").click();
    screen.run();
    assert!(screen.state().overlays.shown().is_none(), "the form closes");
    assert!(says(&screen, "time per output token") && says(&screen, "Saved in"));
    let after = screen.state().open.sheet.answer.as_ref().expect("a plan").plan.clone();
    let tpot = |plan: &headroom::engine::Plan| {
        let (_, sizing) = plan
            .candidates
            .iter()
            .find(|c| c.accelerator == shown)
            .and_then(|c| c.sizing().map(|s| (c, s)))
            .expect("sized");
        sizing.operating_point.tpot_s.p50
    };
    assert_ne!(tpot(&before), tpot(&after), "the candidate moved");
    let elsewhere = |plan: &headroom::engine::Plan| plan.candidate("mi300x").cloned().map(|c| c.outcome);
    assert_eq!(elsewhere(&before), elsewhere(&after));

    // The next window knows it from the start.
    let again = window(folder.path(), result.clone());
    assert_eq!(again.state().open.sheet.answer.as_ref().expect("a plan").plan, after);
    // Twice is refused, and the form stays open with the reason.
    open_form(&mut screen);
    screen.get_by_label("Add").click();
    screen.run();
    assert!(says(&screen, "is this measurement already"));
    screen.key_press(Key::Escape);
    screen.run();
    assert!(screen.state().overlays.shown().is_none());
}

#[test]
fn a_pasted_result_opens_the_form_and_a_broken_one_is_refused() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut screen = window(folder.path(), folder.path().join("none.json"));
    let paste = |screen: &mut Screen<'_>, text: &str| {
        screen.event(eframe::egui::Event::Paste(text.to_owned()));
        screen.run();
    };
    paste(&mut screen, "a note, not a result");
    assert!(screen.state().overlays.shown().is_none() && !says(&screen, "pasted text"));
    paste(&mut screen, r#"{"nothing": "known"}"#);
    assert!(screen.state().overlays.shown().is_none() && says(&screen, "pasted text"));
    paste(&mut screen, RESULT);
    assert!(screen.state().overlays.measures() && says(&screen, "meta-llama/Llama-3.1-70B-Instruct"));
}

#[test]
fn the_keyboard_fills_in_the_form() {
    let folder = tempfile::tempdir().expect("a folder");
    let result = write(folder.path(), "vllm.json", RESULT);
    let mut screen = window(folder.path(), result);
    open_form(&mut screen);
    let mut reached: Vec<String> = Vec::new();
    for _ in 0..14 {
        screen.key_press(Key::Tab);
        screen.run();
        let focused = screen.root().children_recursive().find(|node| node.is_focused());
        let labels = focused.map(|node| {
            let node = node.accesskit_node();
            node.label().or_else(|| node.labelled_by().find_map(|name| name.value().or(name.label())))
        });
        reached.extend(labels.flatten());
    }
    for wanted in ["Model", "Accelerator", "Stack", "KV cache format", "Tensor parallel", "Add", "Cancel"] {
        assert!(reached.iter().any(|label| label == wanted), "{wanted} is not among {reached:?}");
    }
}

#[test]
fn an_open_loop_and_a_slip_are_refused_with_the_reason() {
    let folder = tempfile::tempdir().expect("a folder");
    let open = write(
        folder.path(),
        "open.json",
        &RESULT.replace("\"max_concurrency\": 32", "\"max_concurrency\": null"),
    );
    let mut screen = window(folder.path(), open);
    open_form(&mut screen);
    assert!(screen.state().overlays.shown().is_none());
    assert!(says(&screen, "open.json") && says(&screen, "closed loop"));

    let slip = write(folder.path(), "slip.json", &RESULT.replace("28.4", "28400"));
    let mut screen = window(folder.path(), slip);
    open_form(&mut screen);
    screen.get_by_label("Add").click();
    screen.run();
    assert!(says(&screen, "times more than the engine expects"));
    assert!(!folder.path().join("data").exists(), "nothing is written");
}

#[test]
fn a_broken_folder_is_named_and_the_window_opens_without_it() {
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::create_dir_all(folder.path().join("data/catalog")).expect("a folder");
    write(folder.path(), "data/catalog/measured_latency.csv", "id,model\n1,2\n");
    let screen = window(folder.path(), "x".into());
    assert!(says(&screen, "measured_latency.csv, line 2"));
    assert!(says(&screen, &headline(&screen)));
}
