//! A picture of every page is kept, in both themes and on the wall.

use std::sync::OnceLock;

use egui_kittest::{SnapshotOptions, SnapshotResults};
use headroom::catalog::FabricKind;

use super::super::page::Tab;
use super::*;

const LAPTOP: [f32; 2] = [1280.0, 800.0];

/// Whether anything here can draw: without a Vulkan driver, software or not, there is nothing to compare.
fn can_draw() -> bool {
    static CAN_DRAW: OnceLock<bool> = OnceLock::new();
    *CAN_DRAW.get_or_init(|| {
        let hook = std::panic::take_hook();
        std::panic::set_hook(Box::new(|_| {}));
        let found = std::panic::catch_unwind(|| drop(egui_kittest::wgpu::WgpuTestRenderer::new())).is_ok();
        std::panic::set_hook(hook);
        found
    })
}

/// Shows `tab` of a scenario whose context was doubled since it was pinned, its fleet large enough for every card.
fn show(screen: &mut Screen<'_>, tab: Tab) {
    screen.state_mut().open.sheet.scenario.workload.requests_per_s = 60.0;
    screen.state_mut().open.sheet.scenario.facility.network = Some(FabricKind::InfiniBand);
    screen.run();
    if tab != Tab::Overview {
        command(screen, Key::P);
        screen.state_mut().open.sheet.scenario.workload.input_tokens *= 2.0;
    }
    screen.run();
    screen.get_by_role_and_label(Role::Tab, tab.label()).click();
    screen.run();
    assert_eq!(screen.state().view.tab, tab);
    screen.remove_cursor();
}

/// Pictures that are compared with those that were kept.
struct Album {
    results: SnapshotResults,
    drawn: bool,
}

impl Album {
    fn open() -> Self {
        let drawn = can_draw();
        if !drawn {
            eprintln!(
                "SKIPPED: no graphics adapter here; pictures are not compared, everything else is checked"
            );
        }
        Self { results: SnapshotResults::new(), drawn }
    }

    fn keep(&mut self, screen: &mut Screen<'_>, name: String) {
        // Software drivers differ in the last bit along the edges of thin lines.
        let options = SnapshotOptions::new().max_failed_pixels(60_usize);
        if self.drawn {
            self.results.add(screen.try_snapshot_options(name, &options));
        }
    }
}

/// A fleet that is frozen and pushed to three times its load, and one that is verified.
#[test]
fn a_frozen_fleet_and_a_proof_are_drawn_as_they_were() {
    let mut album = Album::open();
    for (size, theme, name) in
        [(DESKTOP, Theme::Dark, "break-dark-1920"), (LAPTOP, Theme::Light, "break-light-1280")]
    {
        let mut screen = screen(size, theme, None, None);
        screen.key_press(Key::B);
        screen.run();
        labelled(&screen, Role::Button, "3 ×").click();
        screen.run();
        screen.remove_cursor();
        screen.run();
        album.keep(&mut screen, name.to_owned());
    }
    let folder = tempfile::tempdir().expect("a folder");
    let known = &headroom::scenario::preset::BUILT_IN;
    let (_, text) = known.iter().find(|(stem, _)| *stem == "edge-8b").expect("the preset");
    let file = write(folder.path(), "edge-8b.headroom.ron", text);
    let mut screen = screen(DESKTOP, Theme::Dark, Some(file), None);
    screen.get_by_role_and_label(Role::Button, "Verify").click();
    screen.run();
    screen.get_by_role_and_label(Role::Tab, "Latency").click();
    screen.run();
    screen.remove_cursor();
    screen.run();
    album.keep(&mut screen, "verified-dark-1920".to_owned());
}

/// Every page is kept on a laptop in the light theme, on a desktop in the dark one, and on the wall.
#[test]
fn every_page_is_drawn_as_it_was() {
    let mut album = Album::open();
    for tab in Tab::ALL {
        let word = tab.label().to_lowercase();
        for (size, theme, name) in [
            (LAPTOP, Theme::Light, format!("{word}-light-1280")),
            (DESKTOP, Theme::Dark, format!("{word}-dark-1920")),
        ] {
            let mut screen = screen(size, theme, None, None);
            show(&mut screen, tab);
            if size == LAPTOP && tab != Tab::Overview {
                // What the page is about lies below the fold of a laptop.
                screen.get_by_role_and_label(Role::Tab, tab.label()).scroll_to_me();
            }
            screen.run();
            album.keep(&mut screen, name);
            if size == DESKTOP {
                screen.key_press(Key::F5);
                screen.run();
                screen.remove_cursor();
                screen.run();
                album.keep(&mut screen, format!("{word}-wall-1920"));
            }
        }
    }
}
