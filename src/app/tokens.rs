//! Colours, sizes and spaces of the screen: the only place where they are written as literals.

#![allow(clippy::disallowed_methods, reason = "colours get their names here")]

use eframe::egui::Color32;

/// One theme's colours.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Tokens {
    pub background: Color32,
    pub panel: Color32,
    pub raised: Color32,
    pub stroke: Color32,
    pub grid: Color32,
    /// Figures, names and whatever is read first.
    pub high: Color32,
    /// Labels and sentences.
    pub middle: Color32,
    /// What may be missed; below AA on purpose, so never the only carrier of a fact.
    pub low: Color32,
    pub accent: Color32,
    /// Accent behind text and marks of quiet selection.
    pub accent_soft: Color32,
    /// Text on the accent.
    pub on_accent: Color32,
    pub good: Color32,
    pub warning: Color32,
    pub bad: Color32,
    /// The verdict colours as text, dark enough for AA on every ground of the theme.
    pub good_text: Color32,
    pub warning_text: Color32,
    pub bad_text: Color32,
    pub shadow: Color32,
    /// The leading six accelerators, one each.
    pub series: [Color32; 6],
}

/// `0xRRGGBB` as a colour.
const fn hex(rgb: u32) -> Color32 {
    Color32::from_rgb((rgb >> 16) as u8, (rgb >> 8) as u8, rgb as u8)
}

/// The dark theme.
pub const DARK: Tokens = Tokens {
    background: hex(0x0f_1318),
    panel: hex(0x15_1a21),
    raised: hex(0x1b_222b),
    stroke: hex(0x29_323d),
    grid: hex(0x22_2a34),
    high: hex(0xe9_eef3),
    middle: hex(0xa9_b4c0),
    low: hex(0x71_808f),
    accent: hex(0x45_c4a8),
    accent_soft: hex(0x1d_3a38),
    on_accent: hex(0x0b_1a17),
    good: hex(0x5c_cb8f),
    warning: hex(0xf0_b64a),
    bad: hex(0xef_6f68),
    good_text: hex(0x5c_cb8f),
    warning_text: hex(0xf0_b64a),
    bad_text: hex(0xef_6f68),
    shadow: Color32::from_black_alpha(110),
    series: [hex(0x5a_a9f7), hex(0xf3_9c4f), hex(0x45_c4a8), hex(0xb5_93f2), hex(0xee_7aa6), hex(0xdc_c24e)],
};

/// The light theme.
pub const LIGHT: Tokens = Tokens {
    background: hex(0xf4_f6f8),
    panel: hex(0xff_ffff),
    raised: hex(0xee_f1f4),
    stroke: hex(0xd9_dfe6),
    grid: hex(0xe7_ebef),
    high: hex(0x16_202b),
    middle: hex(0x49_5765),
    low: hex(0x7b_8896),
    accent: hex(0x0a_8f78),
    accent_soft: hex(0xd3_ebe6),
    on_accent: hex(0xff_ffff),
    good: hex(0x1d_8a50),
    warning: hex(0xb9_7a00),
    bad: hex(0xc8_382f),
    good_text: hex(0x17_7242),
    warning_text: hex(0x87_5900),
    bad_text: hex(0xbd_3028),
    shadow: Color32::from_black_alpha(36),
    series: [hex(0x26_72c9), hex(0xc9_6a12), hex(0x0a_8f78), hex(0x7a_54c7), hex(0xc0_437a), hex(0x93_7a00)],
};

/// Sizes of type, points.
pub mod size {
    /// Captions, section heads, axes.
    /// Marks beside text.
    pub const MARK: f32 = 7.0;
    pub const CAPTION: f32 = 11.0;
    pub const BODY: f32 = 13.0;
    pub const VERDICT: f32 = 21.0;
    /// Where the larger would break the line.
    pub const VERDICT_NARROW: f32 = 18.0;
    pub const FIGURE: f32 = 28.0;
    /// On the wall, where everything is enlarged besides.
    pub const VERDICT_WALL: f32 = 24.0;
    /// The largest; what there is room for decides.
    pub const FIGURE_WALL: f32 = 48.0;
    /// Figures in narrow cards.
    pub const FIGURE_NARROW: f32 = 24.0;
    /// Extra space between the capitals of a section head.
    pub const CAPITALS_SPACING: f32 = 0.8;
}

/// Spaces, points.
pub mod space {
    pub const XS: f32 = 4.0;
    pub const S: f32 = 8.0;
    pub const M: f32 = 12.0;
    pub const L: f32 = 16.0;
    pub const XL: f32 = 24.0;
}

/// Corner radii, points.
pub mod radius {
    pub const WIDGET: u8 = 6;
    pub const CARD: u8 = 8;
    pub const BAR: u8 = 3;
}

/// Measures of the layout, points.
pub mod measure {
    pub const HEADER_HEIGHT: f32 = 44.0;
    pub const INPUTS_WIDTH: f32 = 336.0;
    pub const WHY_WIDTH: f32 = 320.0;
    pub const ROW_HEIGHT: f32 = 26.0;
    pub const PLOT_HEIGHT: f32 = 170.0;
    pub const PLOT_HEIGHT_LARGE: f32 = 330.0;
    /// Below it lines are closer than they can be told apart.
    pub const PLOT_HEIGHT_LEAST: f32 = 120.0;
    /// What a card has above and below its plot: margins, title, legend.
    pub const CARD_AROUND_PLOT: f32 = 84.0;
    /// Height of the diagrams of the facility with the text and figures around them.
    pub const DIAGRAM_HEIGHT: f32 = 410.0;
    /// One figure of a row of figures.
    pub const FACT_WIDTH: f32 = 98.0;
    pub const FACT_HEIGHT: f32 = 36.0;
    /// A row of a list with bars: a name, a note under it, a bar, a value.
    pub const BAR_ROW: f32 = 24.0;
    /// A note under such a row.
    pub const BAR_NOTE: f32 = 15.0;
    /// Least width of a rack with the text under it.
    pub const RACK_SLOT: f32 = 100.0;
    pub const HAIRLINE: f32 = 1.0;
    pub const FOCUS_RING: f32 = 2.0;
    pub const TRACK: f32 = 4.0;
    pub const KNOB: f32 = 7.0;
    /// Height of the mark of a cliff.
    pub const CLIFF: f32 = 5.0;
    pub const CHIP: f32 = 9.0;
    pub const LINE: f32 = 1.8;
    /// Below this width the explanation moves under the plots.
    pub const FOLD_WHY_BELOW: f32 = 1500.0;
    /// Below this width plots are in one column.
    pub const ONE_COLUMN_BELOW: f32 = 1100.0;
    /// Below this width the inputs fold.
    pub const FOLD_INPUTS_BELOW: f32 = 900.0;
    pub const WINDOW: [f32; 2] = [1600.0, 1000.0];
    pub const SMALLEST_WINDOW: [f32; 2] = [640.0, 480.0];
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Relative luminance (WCAG 2.2).
    fn luminance(color: Color32) -> f32 {
        let [r, g, b, _] = eframe::egui::Rgba::from(color).to_array();
        0.2126 * r + 0.7152 * g + 0.0722 * b
    }

    fn contrast(a: Color32, b: Color32) -> f32 {
        let (a, b) = (luminance(a), luminance(b));
        (a.max(b) + 0.05) / (a.min(b) + 0.05)
    }

    #[test]
    fn text_that_may_not_be_missed_meets_aa_on_every_ground() {
        for (name, t) in [("dark", DARK), ("light", LIGHT)] {
            for ground in [t.background, t.panel, t.raised] {
                for text in [t.high, t.middle, t.good_text, t.warning_text, t.bad_text] {
                    let got = contrast(text, ground);
                    assert!(got >= 4.5, "{name}: {text:?} on {ground:?} has {got:.2}");
                }
            }
        }
    }

    #[test]
    fn lines_and_controls_stand_out_from_their_cards() {
        for (name, t) in [("dark", DARK), ("light", LIGHT)] {
            for mark in t.series.into_iter().chain([t.accent, t.good, t.warning, t.bad]) {
                let got = contrast(mark, t.panel);
                assert!(got >= 3.0, "{name}: {mark:?} has {got:.2}");
            }
        }
    }
}
