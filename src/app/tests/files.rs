//! Files: presets, saving, damage, unsaved changes.

use headroom::engine::calibration::accuracy::Phase;
use headroom::scenario::preset;

use super::super::dialogs::Chooser;
use super::*;

#[test]
fn every_preset_opens_from_the_menu() {
    for (stem, _) in preset::BUILT_IN {
        let mut screen = desktop();
        let name = preset::open(stem, screen.state().catalogs.current()).expect("a preset").name;
        screen.get_by_role_and_label(Role::Button, "File").click();
        screen.run();
        labelled(&screen, Role::Button, "New from preset").click();
        screen.run();
        labelled(&screen, Role::Button, &name).click();
        screen.run();
        assert_eq!(screen.state().open.sheet.scenario.name, name);
        assert!(says(&screen, &headline(&screen)));
    }
}

#[test]
fn saved_and_reopened_the_plan_is_the_same() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("mine");
    let mut screen = screen(DESKTOP, Theme::Dark, None, Some(path));
    type_into(&mut screen, "Peak load", "33.3");
    assert!(says(&screen, "Unsaved changes"));
    command(&mut screen, Key::S);
    wait_for_dialog(&mut screen);
    let written = folder.path().join("mine.headroom.ron");
    assert!(written.exists());
    assert!(!says(&screen, "Unsaved changes"));
    let plan = screen.state().open.sheet.answer.as_ref().expect("a plan").plan.clone();

    let again = super::screen(DESKTOP, Theme::Dark, Some(written), None);
    assert_eq!(again.state().open.sheet.answer.as_ref().expect("a plan").plan, plan);
}

#[test]
fn what_is_still_being_typed_is_saved_too() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = write(folder.path(), "typed.headroom.ron", preset::BUILT_IN[0].1);
    let mut screen = screen(DESKTOP, Theme::Dark, Some(path.clone()), None);
    screen.get_by_role_and_label(Role::TextInput, "Output").focus();
    screen.run();
    screen.get_by_role_and_label(Role::TextInput, "Output").type_text("777");
    screen.run();
    command(&mut screen, Key::S);
    let kept = preset::open(&path.to_string_lossy(), screen.state().catalogs.current()).expect("saved");
    assert_eq!(kept.workload.output_tokens, 777.0);
}

#[test]
fn a_built_in_preset_named_on_the_command_line_is_no_file_to_save_to() {
    let screen = screen(DESKTOP, Theme::Dark, Some("rag-long-prompts".into()), None);
    assert!(screen.state().open.sheet.scenario.name.starts_with("RAG"));
    assert_eq!(screen.state().open.sheet.path, None);
    assert!(screen.state().preferences.settings.recent.is_empty());
}

#[test]
fn a_damaged_file_is_named_and_what_was_open_stays_open() {
    let folder = tempfile::tempdir().expect("a folder");
    let damaged = write(folder.path(), "damaged.headroom.ron", "(version: 1, workload: (input_tok");
    let newer = write(folder.path(), "newer.headroom.ron", "(version: 99)");
    let wrong = write(folder.path(), "wrong.headroom.ron", "(version: 1, slo: (ttft_s: -4))");
    for (path, text) in
        [(damaged, "damaged.headroom.ron"), (newer, "newer Headroom"), (wrong, "slo.ttft_s = -4")]
    {
        let mut screen = super::screen(DESKTOP, Theme::Dark, None, Some(path));
        let before = screen.state().open.sheet.scenario.clone();
        command(&mut screen, Key::O);
        wait_for_dialog(&mut screen);
        assert!(says(&screen, text), "{text}");
        assert_eq!(screen.state().open.sheet.scenario, before);
        screen.get_by_label("Dismiss").click();
        screen.run();
        assert!(!says(&screen, text), "{text} is dismissed");
    }
}

#[test]
fn a_folder_that_is_not_there_is_named_and_the_changes_stay_unsaved() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("nowhere/mine.headroom.ron");
    let mut screen = screen(DESKTOP, Theme::Dark, None, Some(path));
    type_into(&mut screen, "Output", "123");
    command(&mut screen, Key::S);
    wait_for_dialog(&mut screen);
    assert!(says(&screen, "cannot be written"));
    assert!(says(&screen, "Unsaved changes"));
}

#[test]
fn a_dialog_that_breaks_is_a_message_and_may_be_opened_again() {
    let chooser: Chooser = Arc::new(|_| panic!("no portal"));
    let mut screen = screen_with(DESKTOP, Theme::Dark, Options { chooser, ..options(None) });
    command(&mut screen, Key::O);
    assert!(says(&screen, "The file dialog: stopped by a bug in Headroom (no portal)"));
    assert!(!screen.state().dialogs.asking());
}

#[test]
fn unsaved_changes_are_asked_about() {
    let mut screen = desktop();
    type_into(&mut screen, "Output", "456");
    command(&mut screen, Key::W);
    assert!(says(&screen, "Save the changes?"));
    screen.get_by_label("Cancel").click();
    screen.run();
    assert_eq!(screen.state().open.sheet.scenario.workload.output_tokens, 456.0);
    command(&mut screen, Key::W);
    screen.get_by_label("Discard changes").click();
    screen.run();
    assert_eq!(screen.state().open.sheet.scenario.name, "Untitled");
}

#[test]
fn saving_first_goes_on_to_what_was_asked() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("kept.headroom.ron");
    let mut screen = screen(DESKTOP, Theme::Dark, None, Some(path.clone()));
    type_into(&mut screen, "Output", "456");
    command(&mut screen, Key::W);
    screen.get_by_role_and_label(Role::Button, "Save").click();
    screen.step();
    wait_for_dialog(&mut screen);
    assert_eq!(screen.state().open.sheet.scenario.name, "Untitled");
    let kept = preset::open(&path.to_string_lossy(), screen.state().catalogs.current()).expect("kept");
    assert_eq!(kept.workload.output_tokens, 456.0);
}

#[test]
fn recent_files_are_remembered_in_the_given_directory() {
    let folder = tempfile::tempdir().expect("a folder");
    let config = folder.path().join("config");
    let preset = write(folder.path(), "a.headroom.ron", preset::BUILT_IN[1].1);
    let given = || Options {
        catalog: Catalog::built_in().expect("the built-in catalog").into(),
        file: None,
        config_dir: Some(config.clone()),
        own_folder: None,
        chooser: Arc::new(|_| Chosen::Cancelled),
        today: options(None).today,
        numbers: options(None).numbers,
        jobs: Where::Inside,
    };
    let ctx = eframe::egui::Context::default();
    let mut app = HeadroomApp::new(&ctx, given());
    app.open_file(preset.clone());
    let again = HeadroomApp::new(&ctx, given());
    assert_eq!(again.preferences.settings.recent, [preset]);
}

#[test]
fn a_dropped_file_does_what_its_kind_is_for() {
    let folder = tempfile::tempdir().expect("a folder");
    let own_folder = folder.path().join("own");
    let mut screen =
        screen_with(DESKTOP, Theme::Dark, Options { own_folder: Some(own_folder.clone()), ..options(None) });
    let drop = |screen: &mut Screen<'_>, path: &Path| {
        let ctx = screen.ctx.clone();
        screen.state_mut().dropped(path, &ctx);
        screen.run();
    };
    let config = r#"{"architectures": ["LlamaForCausalLM"], "model_type": "llama", "hidden_size": 2048,
        "intermediate_size": 8192, "num_hidden_layers": 16, "num_attention_heads": 32, "num_key_value_heads": 8,
        "vocab_size": 128256, "max_position_embeddings": 131072, "torch_dtype": "bfloat16"}"#;
    let config = write(folder.path(), "config.json", config);
    drop(&mut screen, &config);
    assert_eq!(screen.state().open.sheet.scenario.workload.model, config.to_string_lossy());
    assert!(screen.state().open.sheet.answer.is_ok() && says(&screen, "Model set to "));
    let prices = write(folder.path(), "hosted.ron", "[]");
    drop(&mut screen, &prices);
    assert!(own_folder.join("hosted.ron").exists() && screen.state().catalogs.current().hosted.is_empty());
    assert!(screen.state().open.sheet.answer.is_ok(), "the model that was opened is still known");
    let accuracy = |screen: &Screen<'_>| {
        let catalogs = &screen.state().catalogs;
        let page = catalogs.accuracy().page(catalogs.current(), Phase::Tpot).expect("measured runs");
        page.groups.iter().map(|group| group.name.clone()).collect::<Vec<_>>()
    };
    assert!(accuracy(&screen).contains(&"B200".to_owned()));
    let accelerators = include_str!("../../../assets/accelerators.ron");
    let accelerators = accelerators.replace("short_name: \"B200\"", "short_name: \"Our B200\"");
    drop(&mut screen, &write(folder.path(), "accelerators.ron", &accelerators));
    assert!(accuracy(&screen).contains(&"Our B200".to_owned()), "{:?}", accuracy(&screen));
    let bad = write(folder.path(), "regions.ron", "[oops");
    drop(&mut screen, &bad);
    assert!(says(&screen, "regions.ron, line 1"), "what is wrong is said");
    let preset = write(folder.path(), "a.headroom.ron", preset::BUILT_IN[2].1);
    drop(&mut screen, &preset);
    assert_eq!(screen.state().open.sheet.path.as_deref(), Some(preset.as_path()));
}

/// A desktop without a portal and without zenity: the path is typed, the file is named, and what waited goes on.
#[test]
fn without_a_file_dialog_the_path_is_typed() {
    let folder = tempfile::tempdir().expect("a folder");
    let chooser: Chooser = Arc::new(|_| Chosen::NoDialog);
    let mut screen = screen_with(DESKTOP, Theme::Dark, Options { chooser, ..options(None) });
    type_into(&mut screen, "Input", "1600");
    let scenario = screen.state().open.sheet.scenario.clone();
    let ask = |screen: &mut Screen<'_>| {
        screen.key_press_modifiers(Modifiers::COMMAND, Key::S);
        screen.step();
        wait_for_dialog(screen);
        assert!(says(screen, "This desktop has no file dialog."));
        screen.check_accessibility();
    };
    ask(&mut screen);
    screen.key_press(Key::Escape);
    screen.run();
    assert!(screen.state().open.sheet.unsaved(), "it was cancelled");
    ask(&mut screen);
    let path = folder.path().join("typed");
    let field = screen.get_by_role_and_label(Role::TextInput, "Path of the file");
    field.focus();
    screen.run();
    screen.key_press_modifiers(Modifiers::COMMAND, Key::A);
    screen.run();
    screen.get_by_role_and_label(Role::TextInput, "Path of the file").type_text(&path.to_string_lossy());
    screen.run();
    screen.key_press(Key::Enter);
    screen.run();
    let path = path.with_extension("headroom.ron");
    assert!(says(&screen, &format!("Saved: {}", path.display())));
    assert!(!screen.state().open.sheet.unsaved() && screen.state().open.sheet.path.as_ref() == Some(&path));
    let read = screen.state_mut().catalogs.library_mut().open_preset(&path.to_string_lossy());
    assert_eq!(read.expect("a preset"), scenario);
}
