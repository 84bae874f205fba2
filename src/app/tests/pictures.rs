//! Every tab in both themes and two sizes; of eight of them a picture is kept.

use std::sync::OnceLock;

use egui_kittest::{SnapshotOptions, SnapshotResults};
use headroom::catalog::FabricKind;

use super::super::plots::Tab;
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

/// The wall of a scenario whose context was doubled since it was pinned; the desk is as it was afterwards.
fn wall(
    screen: &mut Screen<'_>,
    drawn: bool,
    theme: &str,
    options: &SnapshotOptions,
    results: &mut SnapshotResults,
) {
    command(screen, Key::P);
    screen.state_mut().sheet.scenario.workload.input_tokens *= 2.0;
    screen.run();
    screen.key_press(Key::F5);
    screen.run();
    screen.remove_cursor();
    screen.run();
    if drawn {
        results.add(screen.try_snapshot_options(format!("wall-{theme}-1920"), options));
    }
    screen.key_press(Key::Escape);
    screen.run();
    screen.state_mut().sheet.scenario.workload.input_tokens /= 2.0;
    screen.state_mut().pins.choose(None);
    screen.run();
}

#[test]
fn every_tab_is_drawn_as_it_was() {
    let mut results = SnapshotResults::new();
    // Software drivers differ in the last bit along the edges of thin lines.
    let options = SnapshotOptions::new().max_failed_pixels(60_usize);
    let drawn = can_draw();
    if !drawn {
        eprintln!("SKIPPED: no graphics adapter here; pictures are not compared, everything else is checked");
    }
    for (theme, theme_word) in [(Theme::Dark, "dark"), (Theme::Light, "light")] {
        for (size, size_word) in [(LAPTOP, "1280"), (DESKTOP, "1920")] {
            for tab in Tab::ALL {
                let mut screen = screen(size, theme, None, None);
                screen.get_by_role_and_label(Role::Tab, tab.label()).click();
                screen.run();
                assert_eq!(screen.state().view.tab, tab);
                screen.remove_cursor();
                if size == LAPTOP && tab != Tab::Overview {
                    // What the tab is about lies below the fold of a laptop.
                    screen.get_by_role_and_label(Role::Tab, tab.label()).scroll_to_me();
                }
                if tab == Tab::Facility {
                    if size == DESKTOP {
                        // One server would leave racks and network nearly empty.
                        screen.state_mut().sheet.scenario.workload.requests_per_s = 1500.0;
                        screen.state_mut().sheet.scenario.facility.network = Some(FabricKind::InfiniBand);
                        screen.state_mut().sheet.selected = Some("b200".to_owned());
                        screen.run();
                    }
                    // Its drawings stand in two rows: the laptop shows the first, the desktop both.
                    let last = if size == LAPTOP { "Racks. " } else { "Network. " };
                    labelled(&screen, Role::Figure, last).scroll_to_me();
                }
                screen.run();
                // The overview where it matters most, of the others one each.
                let kept = match (tab, theme, size == LAPTOP) {
                    (Tab::Overview, Theme::Dark, laptop) => !laptop,
                    (Tab::Overview | Tab::Latency | Tab::Money, Theme::Light, laptop) => laptop,
                    (Tab::Facility, Theme::Light, laptop) => !laptop,
                    (Tab::Memory | Tab::Facility | Tab::Accuracy, Theme::Dark, laptop) => laptop,
                    _ => false,
                };
                if tab == Tab::Overview && size == DESKTOP {
                    wall(&mut screen, drawn, theme_word, &options, &mut results);
                }
                if drawn && kept {
                    let name = format!("{}-{theme_word}-{size_word}", tab.label().to_lowercase());
                    results.add(screen.try_snapshot_options(name, &options));
                }
            }
        }
    }
}
