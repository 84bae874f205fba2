//! How long frames take while every slider is dragged, on every page: not a test of time but a report, to be run by hand:
//! `cargo test --release --bin headroom frames -- --ignored --nocapture`.

use std::time::{Duration, Instant};

use headroom::scenario::INPUTS;

use super::super::input_list::PROMINENT;
use super::super::page::Tab;
use super::*;

/// Positions of the pointer along one slider.
const STOPS: usize = 60;

/// Upper ends of the histogram's bins, milliseconds.
const BINS: [u64; 7] = [2, 4, 8, 12, 16, 33, 1000];

#[test]
#[ignore = "a report of times, which no test may depend on"]
fn frames_of_a_drag_over_every_slider() {
    let mut times: Vec<(Duration, &'static str, &'static str)> = Vec::new();
    for tab in Tab::ALL {
        let mut screen = screen_with(DESKTOP, Theme::Dark, Options { jobs: Where::Beside, ..options(None) });
        screen.state_mut().view.tab = tab;
        screen.run_ok();
        let inputs = INPUTS.iter().filter(|i| PROMINENT.contains(&i.path) && i.range().is_some());
        for label in std::iter::once("Model size").chain(inputs.map(|input| input.label)) {
            let Some(slider) = screen.query_by_role_and_label(Role::Slider, label) else { continue };
            let rect = slider.rect();
            let at = |i: usize| {
                // There and back, so that the next slider starts where this one was.
                let share = 1.0 - (2.0 * i as f32 / STOPS as f32 - 1.0).abs();
                rect.left_top() + vec2(8.0 + (rect.width() - 16.0) * share, 9.0)
            };
            screen.drag_at(at(STOPS / 4));
            for i in STOPS / 4..=STOPS {
                screen.hover_at(at(i));
                let start = Instant::now();
                screen.step();
                times.push((start.elapsed(), tab.label(), label));
            }
            screen.drop_at(at(STOPS));
            command(&mut screen, Key::Z);
        }
    }
    let frames = times.len();
    println!("{frames} frames at 1920 × 1080");
    let mut from = 0;
    for to in BINS {
        let within = |t: &Duration| (from..to * 1000).contains(&(t.as_micros() as u64));
        let count = times.iter().filter(|(t, ..)| within(t)).count();
        println!("under {to:>4} ms: {count:>5}  {:.1}%", 100.0 * count as f64 / frames as f64);
        from = to * 1000;
    }
    times.sort();
    for (time, tab, label) in times.iter().rev().take(8) {
        println!("{:.1} ms: {label}, {tab}", time.as_secs_f64() * 1e3);
    }
}
