//! Text on the screen is whole: at every size of a window, no figure is cut off, and on the wall nothing is.

use std::sync::Arc;

use eframe::egui::epaint::text::{Galley, PlacedRow};
use eframe::egui::{Rect, Shape};
use headroom::scenario::preset;

use super::super::page::Tab;
use super::*;

/// Sizes and ratios of laptops, projectors, wide screens and one that stands upright.
const SIZES: [[f32; 2]; 9] = [
    [1024.0, 640.0],
    [1280.0, 720.0],
    [1280.0, 800.0],
    [1366.0, 768.0],
    [1440.0, 900.0],
    [1920.0, 1080.0],
    [1920.0, 1200.0],
    [2560.0, 1080.0],
    [1024.0, 1366.0],
];

/// A line of a text as it was drawn.
struct Drawn {
    galley: Arc<Galley>,
    /// Where the ink of one of its lines is.
    rect: Rect,
    /// What of the screen it was drawn into.
    clip: Rect,
}

impl Drawn {
    fn whole(&self) -> &str {
        self.galley.text()
    }

    /// What a reader misses: all from the start of the word in which it was cut.
    fn missing(&self) -> &str {
        if !self.galley.elided {
            return "";
        }
        // The last glyph is the ellipsis.
        let seen = self.galley.rows.iter().map(|row| row.glyphs.len()).sum::<usize>().saturating_sub(1);
        let whole = self.whole();
        let cut = whole.char_indices().nth(seen).map_or(whole.len(), |(at, _)| at);
        &whole[whole[..cut].rfind(' ').map_or(0, |space| space + 1)..]
    }

    /// Size of its smallest letters, points.
    fn smallest(&self) -> f32 {
        self.galley.job.sections.iter().map(|part| part.format.font_id.size).fold(f32::INFINITY, f32::min)
    }

    /// Whether all of its ink is inside what it was drawn into, but for the edge of a letter.
    fn inside(&self) -> bool {
        self.clip.expand(1.5).contains_rect(self.rect)
    }
}

/// Whether a word of `text` is a figure, and not a part of a name such as Llama-3.3-70B.
fn has_figure(text: &str) -> bool {
    text.split_whitespace().any(|word| word.starts_with(|c: char| c.is_ascii_digit() || "$≈+−".contains(c)))
}

/// Every line of text of the last frame that has ink.
fn drawn(screen: &Screen<'_>) -> Vec<Drawn> {
    fn collect(shape: &Shape, clip: Rect, into: &mut Vec<Drawn>) {
        match shape {
            Shape::Vec(shapes) => shapes.iter().for_each(|shape| collect(shape, clip, into)),
            Shape::Text(text) => {
                let ink = |row: &PlacedRow| {
                    row.row.visuals.mesh_bounds.translate(text.pos.to_vec2() + row.pos.to_vec2())
                };
                let lines = text.galley.rows.iter().map(ink).filter(Rect::is_positive);
                into.extend(lines.map(|rect| Drawn { galley: Arc::clone(&text.galley), rect, clip }));
            }
            _ => {}
        }
    }
    let mut into = Vec::new();
    for clipped in &screen.output().shapes {
        collect(&clipped.shape, clipped.clip_rect, &mut into);
    }
    into
}

#[test]
fn nothing_on_the_wall_is_cut_off_or_covered_at_any_size() {
    let mut screen = screen(SIZES[0], Theme::Dark, None, None);
    screen.key_press(Key::F5);
    screen.run_ok();
    let mut faults = Vec::new();
    // As it opens; compared with a pin, with figures that have as many digits as there are.
    for pinned in [false, true] {
        if pinned {
            command(&mut screen, Key::P);
            set(&mut screen, "workload.input_tokens", "11700");
            set(&mut screen, "workload.requests_per_s", "731");
        }
        for size in SIZES {
            screen.set_size(vec2(size[0], size[1]));
            screen.run_ok();
            for tab in Tab::ALL {
                screen.state_mut().view.tab = tab;
                screen.run_ok();
                let texts = drawn(&screen);
                let place = format!("{tab:?} at {size:?}, pinned {pinned}");
                let window = screen.ctx.content_rect();
                for (i, text) in texts.iter().enumerate() {
                    let (words, rect) = (text.whole(), text.rect);
                    if text.galley.elided {
                        faults.push(format!("{place}: {words:?} is cut off"));
                    }
                    if !text.inside() || !window.contains_rect(rect) {
                        faults.push(format!("{place}: {words:?} leaves {:?} at {rect:?}", text.clip));
                    }
                    for other in &texts[..i] {
                        if rect.shrink(0.5).intersects(other.rect.shrink(0.5)) {
                            faults.push(format!("{place}: {words:?} covers {:?}", other.whole()));
                        }
                    }
                }
                let best = screen.state().open.sheet.answer.as_ref().expect("a plan").plan.best();
                let count = best.expect("a best").1.whole().accelerators;
                let count = headroom::report::numbers::count(f64::from(count));
                assert!(texts.iter().any(|text| text.whole() == count), "{place}: the figures are drawn");
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

/// Names and reasons may end in an ellipsis, with the whole under the pointer; a figure may not. What every page at one size lacks.
fn check_pages(screen: &mut Screen<'_>, size: &str, faults: &mut std::collections::BTreeSet<String>) {
    // The captions have eleven.
    const LEGIBLE: f32 = 8.0;
    for tab in Tab::ALL {
        screen.state_mut().view.tab = tab;
        screen.run_ok();
        for text in drawn(screen) {
            let words = text.whole();
            let has_digit = words.contains(|c: char| c.is_ascii_digit());
            let sides = text.clip.x_range().expand(1.5);
            if has_digit && !(sides.contains(text.rect.left()) && sides.contains(text.rect.right())) {
                faults.insert(format!("{tab:?} at {size}: {words:?} leaves its place"));
            }
            if has_digit && text.smallest() < LEGIBLE {
                faults.insert(format!("{tab:?} at {size}: {words:?} has {}", text.smallest()));
            }
            if has_figure(text.missing()) {
                faults.insert(format!("{tab:?} at {size}: {words:?} lacks {:?}", text.missing()));
            }
        }
    }
}

/// The tallest part of a page is the money; what is out of sight is not drawn.
const TALL: f32 = 6000.0;

#[test]
fn no_figure_of_the_desk_is_cut_off_at_any_width_or_size_of_text() {
    let mut faults = std::collections::BTreeSet::new();
    for (width, zoom) in
        [(1024.0, 1.0), (1024.0, 1.5), (1280.0, 1.0), (1280.0, 1.5), (1440.0, 1.0), (1920.0, 1.5)]
    {
        let mut screen = screen([width, TALL], Theme::Light, None, None);
        screen.ctx.set_zoom_factor(zoom);
        screen.run_ok();
        for pinned in [false, true] {
            if pinned {
                command(&mut screen, Key::P);
                set(&mut screen, "workload.input_tokens", "11700");
                set(&mut screen, "workload.requests_per_s", "731");
                set(&mut screen, "facility.network", "infiniband");
            }
            check_pages(&mut screen, &format!("{width} × {zoom}"), &mut faults);
        }
    }
    assert!(faults.is_empty(), "{}", faults.into_iter().collect::<Vec<_>>().join("\n"));
}

/// A fleet in pools has two layouts where others have one.
#[test]
fn no_figure_of_a_fleet_in_pools_is_cut_off() {
    let folder = tempfile::tempdir().expect("a folder");
    let (_, preset) =
        preset::BUILT_IN.iter().find(|(stem, _)| *stem == "deepseek-at-scale").expect("built in");
    let path = write(folder.path(), "pools.headroom.ron", preset);
    let mut faults = std::collections::BTreeSet::new();
    for (width, zoom) in [(1024.0, 1.0), (1280.0, 1.0), (1280.0, 1.5), (1440.0, 1.0)] {
        let mut screen = screen([width, TALL], Theme::Light, Some(path.clone()), None);
        screen.ctx.set_zoom_factor(zoom);
        screen.run_ok();
        set(&mut screen, "platform.pools", "always");
        let best = screen.state().open.sheet.answer.as_ref().expect("a plan").plan.best().expect("a best");
        let pools = best.1.pools.expect("pools");
        let count = format!("{} prefill + {} decode", pools.prefill.accelerators, pools.decode.accelerators);
        check_pages(&mut screen, &format!("{width} × {zoom}"), &mut faults);
        let texts = drawn(&screen);
        assert!(texts.iter().any(|text| text.whole().contains(&count)), "{count} at {width}");
    }
    assert!(faults.is_empty(), "{}", faults.into_iter().collect::<Vec<_>>().join("\n"));
}
