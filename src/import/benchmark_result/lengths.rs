//! How lengths were drawn, and whether prompts begin alike: what the mean lengths do not say.

use serde_json::Value;

use super::fields::ResultFields;

/// Full width over the mean of lengths that are spread evenly from 0: there are no wider ones.
const WIDEST: f64 = 2.0;

/// How widely lengths are spread, as even lengths of the same standard deviation would be: a uniform distribution of
/// width `w` has one of `w ÷ √12`. What is wider than even lengths can be is as wide as they can be, and a caution.
pub fn spread_of(std: f64, mean: f64, what: &str, cautions: &mut Vec<String>) -> Option<f64> {
    let spread = std * 12f64.sqrt() / mean;
    if !(spread.is_finite() && spread >= 0.0) {
        return None;
    }
    if spread > WIDEST {
        cautions.push(format!(
            "{what} spread more widely than even ones can (standard deviation {std:.0} on {mean:.0} tokens): taken as \
             spread from 0 to twice the mean"
        ));
    }
    Some(spread.min(WIDEST))
}

/// How widely lengths are spread that are drawn evenly from a share of the largest up to it.
pub fn spread_from_share(share: f64) -> f64 {
    2.0 * (1.0 - share) / (1.0 + share)
}

/// Standard deviation of a list of lengths.
pub fn deviation(list: &Value) -> Option<f64> {
    let lengths: Vec<f64> = list.as_array()?.iter().filter_map(Value::as_f64).collect();
    let n = lengths.len() as f64;
    let mean = lengths.iter().sum::<f64>() / n;
    (n > 0.0).then(|| (lengths.iter().map(|length| (length - mean).powi(2)).sum::<f64>() / n).sqrt())
}

/// Words for conversations whose turns repeat what was said before.
const CONVERSATIONS: [&str; 4] = ["multi_turn", "multi-turn", "multiturn", "generated-shared-prefix"];

/// Why prompts begin alike, by the settings below `path`: a prefix of more than nothing, or turns of one conversation.
pub fn shared_prefix(root: &ResultFields<'_>, path: &str) -> Option<String> {
    let found = search(root.get(path)?, path)?;
    Some(format!("{} = {}", root.path(&found.0), found.1))
}

fn search(value: &Value, at: &str) -> Option<(String, String)> {
    match value {
        Value::Object(fields) => {
            fields.iter().find_map(|(name, value)| search(value, &format!("{at}.{name}")))
        }
        Value::Array(items) => {
            items.iter().enumerate().find_map(|(i, value)| search(value, &format!("{at}[{i}]")))
        }
        Value::Number(number) => {
            let repeats = at.contains("prefix_prompt") && !at.ends_with("pool_size")
                || at.contains("shared_system_prompt")
                || at.contains("prefix_tokens");
            (repeats && number.as_f64().is_some_and(|n| n > 0.0)
                || at.ends_with("turn.mean") && number.as_f64().is_some_and(|n| n > 1.0))
            .then(|| (at.to_owned(), number.to_string()))
        }
        Value::String(text) => {
            let prefix = text.split_once("prefix_tokens").is_some_and(|(_, rest)| {
                rest.chars().find(char::is_ascii_digit).is_some_and(|first| first != '0')
            });
            (prefix || CONVERSATIONS.contains(&text.as_str())).then(|| (at.to_owned(), text.clone()))
        }
        _ => None,
    }
}

/// The caution for prompts that begin alike for the reason `why`, whose time to first token is left out.
pub fn shared_caution(why: &str) -> String {
    format!(
        "prompts begin alike ({why}), so that servers keep a part of them: their time to first token is not that of a \
         whole prompt and is left out"
    )
}
