//! egui's style, built from the tokens.

use eframe::egui::{
    self, Color32, Context, CornerRadius, FontFamily, FontId, Margin, RichText, Shadow, Stroke, Style,
    TextStyle, Theme, Ui, vec2,
};

use super::fonts::SEMIBOLD;
use super::tokens::{DARK, LIGHT, Tokens, measure, radius, size, space};

/// The tokens of the theme that `ui` is drawn in.
pub fn tokens(ui: &Ui) -> &'static Tokens {
    if ui.visuals().dark_mode { &DARK } else { &LIGHT }
}

/// Gives the context both themes; which one is shown is the context's own choice.
pub fn install(ctx: &Context) {
    ctx.set_style_of(Theme::Dark, style(&DARK, true));
    ctx.set_style_of(Theme::Light, style(&LIGHT, false));
}

/// The semibold face in `points`.
pub fn semibold(points: f32) -> FontId {
    FontId::new(points, FontFamily::Name(SEMIBOLD.into()))
}

/// The regular face in `points`.
pub fn regular(points: f32) -> FontId {
    FontId::new(points, FontFamily::Proportional)
}

/// `font`, or as much smaller as `text` needs to be no wider than `width` in one line: figures are never cut off.
pub fn shrunk(painter: &egui::Painter, text: &str, font: FontId, width: f32) -> FontId {
    let wide =
        |font: &FontId| painter.layout_no_wrap(text.to_owned(), font.clone(), Color32::PLACEHOLDER).size().x;
    let mut font = font;
    let now = wide(&font);
    if now > width {
        // By quarters of a point: letters of every size are drawn once and kept.
        font.size = (4.0 * font.size * (width / now).max(0.1)).floor() / 4.0;
        // Letters keep to whole pixels, so that a line is not quite in proportion to its size.
        while wide(&font) > width && font.size > 2.0 {
            font.size -= 0.25;
        }
    }
    font
}

/// A name or a value of the body size.
pub fn strong(text: impl Into<String>, t: &Tokens) -> RichText {
    RichText::new(text).font(semibold(size::BODY)).color(t.high)
}

/// A sentence or a label of the body size.
pub fn body(text: impl Into<String>, t: &Tokens) -> RichText {
    RichText::new(text).font(regular(size::BODY)).color(t.middle)
}

/// A small note.
pub fn caption(text: impl Into<String>, t: &Tokens) -> RichText {
    RichText::new(text).font(regular(size::CAPTION)).color(t.middle)
}

/// The head of a section: small spaced capitals.
pub fn section_head(text: &str, t: &Tokens) -> RichText {
    RichText::new(text.to_uppercase())
        .font(semibold(size::CAPTION))
        .extra_letter_spacing(size::CAPITALS_SPACING)
        .color(t.middle)
}

/// `color` at `strength` (0–1) over `ground`, opaque.
pub fn shade(color: Color32, ground: Color32, strength: f32) -> Color32 {
    ground.lerp_to_gamma(color, strength)
}

/// A raised card.
pub fn card(t: &Tokens) -> egui::Frame {
    egui::Frame::new()
        .fill(t.panel)
        .stroke(Stroke::new(measure::HAIRLINE, t.stroke))
        .corner_radius(CornerRadius::same(radius::CARD))
        .inner_margin(Margin::symmetric(space::L as i8, space::M as i8))
}

/// The ring around what has the keyboard.
pub fn focus_ring(ui: &Ui, response: &egui::Response, rect: egui::Rect, corner: f32) {
    if response.has_focus() {
        let stroke = Stroke::new(measure::FOCUS_RING, tokens(ui).accent);
        ui.painter().rect_stroke(rect, corner, stroke, egui::StrokeKind::Outside);
    }
}

fn style(t: &Tokens, dark: bool) -> Style {
    let text_styles = [
        (TextStyle::Small, regular(size::CAPTION)),
        (TextStyle::Body, regular(size::BODY)),
        (TextStyle::Button, regular(size::BODY)),
        (TextStyle::Heading, semibold(size::VERDICT)),
        (TextStyle::Monospace, regular(size::BODY)),
    ];
    let mut style = Style {
        text_styles: text_styles.into(),
        visuals: visuals(t, dark),
        // Nothing moves by itself: not for those who asked for less motion, and not for the others.
        animation_time: 0.0,
        scroll_animation: egui::style::ScrollAnimation::none(),
        ..Style::default()
    };
    style.spacing.item_spacing = vec2(space::S, space::XS);
    style.spacing.button_padding = vec2(space::M - 2.0, space::XS + 1.0);
    style.spacing.interact_size = vec2(28.0, measure::ROW_HEIGHT);
    style.spacing.menu_margin = Margin::same(space::XS as i8 + 2);
    style.spacing.scroll = egui::style::ScrollStyle::thin();
    style.spacing.tooltip_width = 340.0;
    style.interaction.selectable_labels = false;
    style.interaction.tooltip_delay = 0.4;
    style
}

fn visuals(t: &Tokens, dark: bool) -> egui::Visuals {
    let base = if dark { egui::Visuals::dark() } else { egui::Visuals::light() };
    let shadow = Shadow { offset: [0, 6], blur: 20, spread: 0, color: t.shadow };
    let mut v = egui::Visuals {
        panel_fill: t.background,
        window_fill: t.panel,
        window_stroke: Stroke::new(measure::HAIRLINE, t.stroke),
        window_corner_radius: CornerRadius::same(radius::CARD),
        menu_corner_radius: CornerRadius::same(radius::CARD),
        window_shadow: shadow,
        popup_shadow: shadow,
        faint_bg_color: t.raised,
        extreme_bg_color: t.background,
        text_edit_bg_color: Some(t.raised),
        code_bg_color: t.raised,
        warn_fg_color: t.warning_text,
        error_fg_color: t.bad_text,
        hyperlink_color: t.accent,
        weak_text_color: Some(t.middle),
        collapsing_header_frame: false,
        indent_has_left_vline: false,
        ..base
    };
    v.selection.bg_fill = t.accent_soft;
    v.selection.stroke = Stroke::new(measure::HAIRLINE, t.high);
    v.text_cursor.stroke = Stroke::new(1.5, t.accent);

    let set = |widget: &mut egui::style::WidgetVisuals, fill: Color32, edge: Stroke, text: Color32| {
        widget.bg_fill = fill;
        widget.weak_bg_fill = fill;
        widget.bg_stroke = edge;
        widget.fg_stroke = Stroke::new(1.2, text);
        widget.corner_radius = CornerRadius::same(radius::WIDGET);
        widget.expansion = 0.0;
    };
    let hairline = |color| Stroke::new(measure::HAIRLINE, color);
    set(&mut v.widgets.noninteractive, t.panel, hairline(t.stroke), t.middle);
    set(&mut v.widgets.inactive, t.raised, hairline(t.stroke), t.high);
    set(&mut v.widgets.hovered, t.raised, hairline(t.low), t.high);
    set(&mut v.widgets.active, t.raised, Stroke::new(measure::FOCUS_RING, t.accent), t.high);
    set(&mut v.widgets.open, t.raised, hairline(t.low), t.high);
    v
}
