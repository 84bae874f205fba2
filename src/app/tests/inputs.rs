//! Inputs: sliders, typed values, choices, undo.

use headroom::engine;

use super::*;

#[test]
fn a_key_on_the_load_slider_changes_the_verdict_in_the_next_frame() {
    let mut screen = desktop();
    let before = headline(&screen);
    screen.get_by_role_and_label(Role::Slider, "Peak load").focus();
    screen.run();
    screen.key_press(Key::End);
    screen.step();
    let after = headline(&screen);
    assert_ne!(before, after);
    assert!(says(&screen, &after), "the new verdict is on the screen");
    assert_eq!(screen.state().open.sheet.scenario.workload.requests_per_s, 1000.0);
    let plan =
        engine::plan(&screen.state().open.sheet.scenario, screen.state().catalogs.current()).expect("a plan");
    assert_eq!(
        screen.state().open.sheet.answer.as_ref().expect("a plan").plan,
        plan,
        "the screen shows the engine's plan"
    );
}

#[test]
fn arrows_step_and_shift_steps_finely() {
    let mut screen = desktop();
    let load = |screen: &Screen<'_>| screen.state().open.sheet.scenario.workload.requests_per_s;
    screen.get_by_role_and_label(Role::Slider, "Peak load").focus();
    screen.run();
    let start = load(&screen);
    screen.key_press(Key::ArrowRight);
    screen.run();
    let coarse = load(&screen) - start;
    screen.key_press_modifiers(Modifiers::SHIFT, Key::ArrowRight);
    screen.run();
    let fine = load(&screen) - start - coarse;
    assert!(coarse > 0.0 && fine > 0.0 && fine < coarse / 2.0, "{coarse} {fine}");
}

#[test]
fn a_screen_reader_moves_a_slider() {
    let mut screen = desktop();
    screen.get_by_role_and_label(Role::Slider, "Input").set_value_accesskit(9000.0);
    screen.run();
    assert_eq!(screen.state().open.sheet.scenario.workload.input_tokens, 9000.0);
    screen.get_by_role_and_label(Role::Slider, "Input").increment_accesskit();
    screen.run();
    assert!(screen.state().open.sheet.scenario.workload.input_tokens > 9000.0);
}

#[test]
fn typed_values_are_read_with_their_units() {
    let mut screen = desktop();
    type_into(&mut screen, "Input", "128k");
    assert_eq!(screen.state().open.sheet.scenario.workload.input_tokens, 128_000.0);
    type_into(&mut screen, "Time per output token", "25 ms");
    assert_eq!(screen.state().open.sheet.scenario.slo.tpot_s, 0.025);
}

#[test]
fn an_invalid_value_is_explained_and_the_old_one_kept() {
    let mut screen = desktop();
    let before = screen.state().open.sheet.scenario.clone();
    type_into(&mut screen, "Peak load", "banana");
    assert_eq!(screen.state().open.sheet.scenario, before);
    assert!(says(&screen, "“banana” is not a number"));
    type_into(&mut screen, "Peak load", "20");
    assert!(!says(&screen, "banana"), "a good value takes the message away");
    assert_eq!(screen.state().open.sheet.scenario.workload.requests_per_s, 20.0);
}

#[test]
fn the_model_slider_makes_a_dense_model_of_that_size() {
    let mut screen = desktop();
    screen.get_by_role_and_label(Role::Slider, "Model size").set_value_accesskit(34e9);
    screen.run();
    assert_eq!(screen.state().open.sheet.scenario.workload.model, "34.0B");
    assert!(screen.state().open.sheet.answer.is_ok());
}

#[test]
fn a_choice_opens_a_list_and_takes_a_word_of_it() {
    let mut screen = desktop();
    screen.get_by_role_and_label(Role::ComboBox, "Pricing").click();
    screen.run();
    screen.get_by_role_and_label(Role::Button, "On demand").click();
    screen.run();
    assert_eq!(screen.state().open.sheet.scenario.money.term, headroom::catalog::Term::OnDemand);
}

#[test]
fn undo_goes_back_and_redo_forth() {
    let mut screen = desktop();
    let start = screen.state().open.sheet.scenario.clone();
    type_into(&mut screen, "Output", "700");
    for _ in 0..8 {
        screen.step();
    }
    type_into(&mut screen, "Peak load", "30");
    for _ in 0..8 {
        screen.step();
    }
    command(&mut screen, Key::Z);
    assert_eq!(screen.state().open.sheet.scenario.workload.output_tokens, 700.0);
    assert_eq!(screen.state().open.sheet.scenario.workload.requests_per_s, start.workload.requests_per_s);
    screen.get_by_role_and_label(Role::Button, "Undo").click();
    screen.run();
    assert_eq!(screen.state().open.sheet.scenario, start);
    command(&mut screen, Key::Y);
    assert_eq!(screen.state().open.sheet.scenario.workload.output_tokens, 700.0);
}

#[test]
fn what_no_accelerator_can_serve_is_said_and_nothing_breaks() {
    let mut screen = desktop();
    type_into(&mut screen, "Time to first token", "1 ms");
    assert!(says(&screen, "No accelerator that is offered can serve this."));
    let nearest = screen.state().open.sheet.answer.as_ref().expect("a plan").plan.candidates[0].name.clone();
    assert!(
        says(&screen, &format!("{nearest} comes nearest. Too slow: "))
            && says(&screen, "; the limit is 1.00 ms.")
    );
    labelled(&screen, Role::Button, &format!("{nearest}: Time to first token ")).click();
    screen.run();
    let sheet = &screen.state().open.sheet;
    assert_eq!(sheet.answer.as_ref().expect("a plan").plan.best().expect("it serves").0.name, nearest);
    assert!(sheet.scenario.slo.ttft_s > 0.001 && sheet.scenario.slo.ttft_s < 1.0);
    type_into(&mut screen, "Time to first token", "1 s");
    assert!(!says(&screen, "No accelerator that is offered can serve this."));
}

#[test]
fn a_field_takes_a_change_as_it_is_said() {
    let mut screen = desktop();
    let before = screen.state().open.sheet.scenario.workload.clone();
    type_into(&mut screen, "Input", "x2");
    assert_eq!(screen.state().open.sheet.scenario.workload.input_tokens, 2.0 * before.input_tokens);
    type_into(&mut screen, "Peak load", "+50%");
    assert_eq!(screen.state().open.sheet.scenario.workload.requests_per_s, 1.5 * before.requests_per_s);
    let twice = screen.state().open.sheet.scenario.clone();
    type_into(&mut screen, "Input", "x1000000");
    assert_eq!(screen.state().open.sheet.scenario, twice, "beyond the limit nothing changes");
    let told: Vec<String> =
        screen.query_all_by_role(Role::Alert).filter_map(|node| node.accesskit_node().label()).collect();
    assert!(told.iter().any(|message| message.contains("3000000000")), "it says why: {told:?}");
}

#[test]
fn a_drag_with_shift_is_ten_times_finer() {
    let moved = |modifiers: Modifiers| {
        let mut screen = desktop();
        let value = |screen: &Screen<'_>| screen.state().open.sheet.scenario.workload.requests_per_s.ln();
        let rect = screen.get_by_role_and_label(Role::Slider, "Peak load").rect();
        let at = |share: f32| rect.left_top() + vec2(8.0 + (rect.width() - 16.0) * share, 9.0);
        screen.drag_at(at(0.5));
        screen.step();
        let before = value(&screen);
        screen.event(eframe::egui::Event::ModifiersChanged(modifiers));
        for share in [0.5, 0.6, 0.7] {
            screen.hover_at(at(share));
            screen.step();
        }
        value(&screen) - before
    };
    let (coarse, fine) = (moved(Modifiers::NONE), moved(Modifiers::SHIFT));
    assert!(fine > 0.0 && (coarse / fine - 10.0).abs() < 2.0, "{coarse} and {fine}");
}
