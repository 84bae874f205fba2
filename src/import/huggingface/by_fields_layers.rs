//! Of a family that is not known: which layers attend to what, by the lists that files have for it.

use serde_json::Value;

use super::HuggingFaceError;
use super::assumed::Assumed;
use super::fields::ConfigFields;
use super::layers::layer_count;

/// What a layer does with the other tokens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// It attends to all of them.
    Full,
    /// It attends to those of a window.
    Window,
    /// It keeps a state instead of a cache.
    Linear,
    /// Nothing: the block is a feed-forward half alone.
    None,
}

/// Lists of kinds, and the kinds of 0 and 1 where they are numbers.
const LISTS: [(&str, Kind, Kind); 7] = [
    ("layer_types", Kind::Full, Kind::Window),
    ("layers_block_type", Kind::Full, Kind::Window),
    ("block_types", Kind::Full, Kind::Window),
    ("attn_type_list", Kind::Linear, Kind::Full),
    ("hybrid_layer_pattern", Kind::Full, Kind::Window),
    ("hybrid_override_pattern", Kind::Full, Kind::Window),
    ("attention_types", Kind::Full, Kind::Window),
];

/// What each layer is, where the file says so; nothing where it does not. Words that are not known are noted.
pub(super) fn kinds(
    fields: &ConfigFields,
    assumed: &mut Assumed,
) -> Result<Option<Vec<Kind>>, HuggingFaceError> {
    let layers = layer_count(fields)?;
    if let Some(letters) = fields.text("sliding_window_pattern").filter(|letters| !letters.is_empty()) {
        let letters = letters.chars().cycle().take(layers as usize);
        return Ok(Some(letters.map(|letter| kind(&letter.to_string(), Kind::Full, Kind::Window)).collect()));
    }
    for (name, zero, one) in LISTS {
        let words: Vec<String> = match fields.value(name) {
            Some(Value::Array(list)) => list.iter().map(word).collect(),
            Some(Value::String(letters)) => letters.chars().map(String::from).collect(),
            _ => continue,
        };
        // Entries for the layers that predict further tokens may follow.
        let words = if words.len() > layers as usize { &words[..layers as usize] } else { &words[..] };
        for word in words {
            if kind(word, zero, one) == Kind::Full && !is_attention(word) {
                assumed.note(format!("layers of the kind {word} in {name} attend to everything"));
            }
        }
        return Ok(Some(words.iter().map(|word| kind(word, zero, one)).collect()));
    }
    let full = fields.layer_numbers("full_attn_idxs")?;
    if !full.is_empty() {
        let of = |layer| if full.contains(&layer) { Kind::Full } else { Kind::Linear };
        return Ok(Some((0..layers).map(of).collect()));
    }
    if let Some(section) = fields.section("linear_attn_config") {
        let full = section.layer_numbers("full_attn_layers")?;
        if !full.is_empty() {
            let of = |layer| if full.contains(&layer) { Kind::Full } else { Kind::Linear };
            return Ok(Some((1..=layers).map(of).collect()));
        }
    }
    for (name, other) in [
        ("full_attention_interval", Kind::Linear),
        ("layer_group_size", Kind::Linear),
        ("sliding_window_pattern", Kind::Window),
    ] {
        if fields.value(name).is_some_and(Value::is_u64) {
            let every = fields.number_or(name, 1)?.max(1);
            let of = |layer: u32| if (layer + 1).is_multiple_of(every) { Kind::Full } else { other };
            return Ok(Some((0..layers).map(of).collect()));
        }
    }
    if let Some(period) = fields.optional("attn_layer_period")? {
        let (period, offset) = (period.max(1), fields.number_or("attn_layer_offset", 0)?);
        let of = |layer: u32| if layer % period == offset % period { Kind::Full } else { Kind::Linear };
        return Ok(Some((0..layers).map(of).collect()));
    }
    Ok(None)
}

/// Whether the word says that the layer attends to everything.
fn is_attention(word: &str) -> bool {
    word.chars().count() == 1
        || ["attention", "attn", "full", "global"].iter().any(|part| word.contains(part))
}

fn word(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_lowercase)
}

/// The kind that a word, a letter of a pattern or a number of a list stands for; a word that is not known is attention.
fn kind(word: &str, zero: Kind, one: Kind) -> Kind {
    let has = |parts: &[&str]| parts.iter().any(|part| word.contains(part));
    match word {
        "0" | "false" => zero,
        "1" | "true" => one,
        "m" | "M" => Kind::Linear,
        "e" | "E" | "-" => Kind::None,
        "l" | "L" | "s" | "S" => Kind::Window,
        "g" | "G" | "*" | "f" | "F" => Kind::Full,
        _ if has(&[
            "linear",
            "mamba",
            "ssm",
            "delta",
            "kda",
            "lightning",
            "recurrent",
            "rwkv",
            "conv",
            "gla",
        ]) =>
        {
            Kind::Linear
        }
        _ if has(&["sliding", "local", "chunk", "window", "swa"]) => Kind::Window,
        _ if matches!(word, "moe" | "mlp" | "ffn" | "dense") => Kind::None,
        _ => Kind::Full,
    }
}

/// The window of each layer: its number in a list, else the file's one window on the layers that have one.
pub(super) fn layer_windows(
    fields: &ConfigFields,
    kinds: &[Kind],
    assumed: &mut Assumed,
) -> Result<Vec<Option<u32>>, HuggingFaceError> {
    const NAMES: [&str; 6] = [
        "sliding_window",
        "sliding_window_size",
        "window_size",
        "attention_window",
        "attention_window_size",
        "attention_chunk_size",
    ];
    for name in NAMES {
        let Some(Value::Array(list)) = fields.value(name) else { continue };
        if list.len() < kinds.len() {
            continue;
        }
        let window = |value: &Value| value.as_u64().filter(|window| *window > 0);
        let windows =
            list.iter().map(window).map(|window| window.and_then(|window| u32::try_from(window).ok()));
        return Ok(windows.take(kinds.len()).collect());
    }
    let used = fields.value("use_sliding_window").and_then(Value::as_bool) != Some(false);
    let window = super::assumed::first(fields, &NAMES)?.filter(|window| used && *window > 0);
    let context = fields.optional("max_position_embeddings")?.unwrap_or(u32::MAX);
    let window = window.filter(|window| *window < context);
    let listed = kinds.contains(&Kind::Window);
    match window {
        None if listed => assumed.note("layers with a window of a size that is not given keep everything"),
        Some(window) if !listed => {
            assumed.note(format!(
                "which layers look back over the window of {window} is not said, so all keep everything"
            ));
        }
        _ => {}
    }
    Ok(kinds.iter().map(|kind| window.filter(|_| *kind == Kind::Window)).collect())
}
