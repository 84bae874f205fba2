//! The typeface of the screen: Inter with tabular digits, in two weights.

use std::sync::Arc;

use eframe::egui::{Context, FontData, FontDefinitions, FontFamily};

/// Name of the family that holds the semibold face.
pub const SEMIBOLD: &str = "semibold";

const REGULAR_FACE: &str = "inter-regular";
const SEMIBOLD_FACE: &str = "inter-semibold";

static REGULAR_BYTES: &[u8] = include_bytes!("../../assets/fonts/Inter-Regular.otf");
static SEMIBOLD_BYTES: &[u8] = include_bytes!("../../assets/fonts/Inter-SemiBold.otf");

/// Puts both faces before egui's own, which stay for the characters that Inter lacks.
pub fn install(ctx: &Context) {
    let mut fonts = FontDefinitions::default();
    for (name, bytes) in [(REGULAR_FACE, REGULAR_BYTES), (SEMIBOLD_FACE, SEMIBOLD_BYTES)] {
        fonts.font_data.insert(name.to_owned(), Arc::new(FontData::from_static(bytes)));
    }
    let fallback = fonts.families.get(&FontFamily::Proportional).cloned().unwrap_or_default();
    let behind = |face: &str| {
        let mut faces = vec![face.to_owned()];
        faces.extend(fallback.iter().cloned());
        faces
    };
    fonts.families.insert(FontFamily::Proportional, behind(REGULAR_FACE));
    // Digits are tabular: nothing needs a face of its own for columns of figures.
    fonts.families.insert(FontFamily::Monospace, behind(REGULAR_FACE));
    fonts.families.insert(FontFamily::Name(SEMIBOLD.into()), behind(SEMIBOLD_FACE));
    ctx.set_fonts(fonts);
}
