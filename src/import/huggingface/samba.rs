//! Mamba-1 beside attention over windows: Phi-4-mini-flash and PLaMo 2; and PLaMo 3, which has dropped the former.

use serde_json::Value;

use super::HuggingFaceError;
use super::dense::patterned_windows;
use super::fields::{ConfigFields, impossible};
use super::layers::{Architecture, Attention, gated, gated_biased, grouped, layer_count, uniform, windows};
use super::mamba::{Mamba1, number_or_auto};
use crate::catalog::{KeyValues, Mixer};

/// Phi-4-mini-flash (arXiv 2507.06607), after `modeling_phi4flash.py` beside its weights: a decoder of Mamba-1 and
/// differential attention over a window, whose last attention sees everything. The layers behind it use that one's keys and
/// values and the last state layer's output, and keep nothing.
pub(super) fn phi4_flash(fields: &ConfigFields) -> Result<Architecture, HuggingFaceError> {
    let attention = Attention::read(fields)?;
    let hidden = attention.hidden;
    let layers = layer_count(fields)?;
    let inner = hidden * u64::from(fields.number_or("mamba_expand", 2)?);
    let mamba = Mamba1 {
        hidden,
        inner,
        state: u64::from(fields.number_or("mamba_d_state", 16)?),
        kernel: u64::from(fields.number_or("mamba_d_conv", 4)?),
        rank: number_or_auto(fields, "mamba_dt_rank", fields.positive("hidden_size")?.div_ceil(16))?,
        conv_bias: fields.flag("mamba_conv_bias", true)?,
        proj_bias: fields.flag("mamba_proj_bias", false)?,
        norms: 0,
    }
    .mixer();
    // A gate on the output of an earlier state layer.
    let gate = Mixer::State {
        parameters: 2 * hidden * inner,
        state_elements: 0,
        heads: 0,
        groups: 0,
        mamba2: false,
    };
    // Four vectors weigh the two halves of differential attention, and their difference is normed.
    let differential = 6 * u64::from(attention.head_dim);
    let window = fields.number_or("sliding_window", 512)?;
    let of_its_own = |window| attention.mixer(window, attention.all_biases() + differential);
    let mut shared = attention.mixer(None, attention.query_width() + hidden + differential);
    if let Mixer::Attention { key_values, .. } = &mut shared {
        *key_values = KeyValues::Shared;
    }
    let half = layers / 2;
    let every = fields.number_or("mb_per_layer", 2)?.max(1);
    let mixer = |layer: u32| match (layer.is_multiple_of(every), layer > half + 1) {
        (true, false) => mamba.clone(),
        (true, true) => gate.clone(),
        (false, true) => shared.clone(),
        (false, false) => of_its_own((layer < half).then_some(window)),
    };
    let ffn = gated_biased(fields.positive("intermediate_size")?, hidden, fields.flag("mlp_bias", false)?);
    // Layer norms have a bias.
    let layers = (0..layers).map(|layer| (mixer(layer), ffn.clone(), 4 * hidden));
    let head_bias =
        if fields.flag("lm_head_bias", false)? { u64::from(fields.positive("vocab_size")?) } else { 0 };
    let architecture = Architecture::new(fields, grouped(layers))?.tied();
    Ok(Architecture {
        extra_parameters: 2 * hidden + head_bias,
        note: format!(
            "The attention layers behind layer {} use its keys and values and keep none of their own.",
            half + 1
        ),
        ..architecture
    })
}

/// PLaMo 2, after `plamo2.py` of vLLM 0.13 and mlx-lm 0.29: Mamba of its own kind and attention take turns.
pub(super) fn plamo2(fields: &ConfigFields) -> Result<Architecture, HuggingFaceError> {
    let hidden = u64::from(fields.positive("hidden_size")?);
    let heads = fields.positive("num_attention_heads")?;
    let head_dim = fields.positive("hidden_size_per_head")?;
    let kv_heads = fields.positive("num_key_value_heads")?;
    let attention = Attention { hidden, heads, kv_heads, head_dim }.checked()?;
    let window = fields.number_or("attention_window_size", 2048)?;
    let context = fields.number_or("max_position_embeddings", window)?;
    let window = Some(window).filter(|window| *window < context);
    let everything = fields.layer_numbers("full_attention_idx")?;
    let mamba = plamo_mamba(fields, hidden, u64::from(head_dim))?;
    let layers = layer_count(fields)?;
    let step = fields.number_or("mamba_step", 2)?;
    let has_mamba = fields.flag("mamba_enabled", true)?;
    if step < 2 && has_mamba {
        return Err(impossible("mamba_step", step, "give a number of at least 2, or mamba_enabled false"));
    }
    let is_attention = |layer: u32| match layers <= step / 2 {
        _ if !has_mamba => true,
        true => layer + 1 == layers,
        false => layer % step == step / 2,
    };
    let norms = attention.query_width() + attention.key_width();
    let ffn = gated(fields.positive("intermediate_size")?);
    let layers = (0..layers).map(|layer| {
        let mixer = if is_attention(layer) {
            attention.mixer(window.filter(|_| !everything.contains(&layer)), norms)
        } else {
            mamba.clone()
        };
        (mixer, ffn.clone(), 4 * hidden)
    });
    Ok(Architecture::new(fields, grouped(layers))?.tied())
}

/// One projection in for value and gate, a convolution of the value, one projection to the two inputs of the state and to the
/// time step's latent, each normed, one from there to a time step for each head.
fn plamo_mamba(fields: &ConfigFields, hidden: u64, head_dim: u64) -> Result<Mixer, HuggingFaceError> {
    let heads = fields.positive("mamba_num_heads")?;
    let (state, kernel) = (u64::from(fields.positive("mamba_d_state")?), fields.positive("mamba_d_conv")?);
    let (inner, kernel) = (u64::from(heads) * head_dim, u64::from(kernel));
    let rank = (hidden / 16).max(64);
    let latent = rank + 2 * state;
    let projections = 3 * hidden * inner + inner * latent + rank * u64::from(heads);
    Ok(Mixer::State {
        parameters: projections + inner * kernel + 3 * u64::from(heads) + latent,
        state_elements: inner * (state + kernel),
        heads,
        groups: 1,
        mamba2: false,
    })
}

/// PLaMo 3, after `plamo3.py` of vLLM 0.33 and the configuration class beside SGLang's: norms of query and key, four norms a layer, windows on all but every eighth.
pub(super) fn plamo3(fields: &ConfigFields) -> Result<Architecture, HuggingFaceError> {
    let attention = Attention::read(fields)?;
    let layers = layer_count(fields)?;
    let windows = match fields.value("sliding_window") {
        // The window of each layer, null where it sees everything.
        Some(Value::Array(_)) => {
            let listed = fields.per_layer("sliding_window", layers)?.unwrap_or_default();
            let of_layer = |value: &Value| match (value.is_null(), value.as_u64().map(u32::try_from)) {
                (true, _) => Ok(None),
                (false, Some(Ok(window))) => Ok(Some(window)),
                _ => Err(impossible("sliding_window", value, "give a number of tokens, or null")),
            };
            listed.iter().map(of_layer).collect::<Result<Vec<_>, _>>()?
        }
        _ => {
            let window = fields.either_or(&["sliding_window", "window_size"], 128)?;
            match fields.optional("sliding_window_pattern")? {
                Some(_) => patterned_windows(fields, Some(window))?,
                None => windows(fields, Some(window), |layer| !(layer + 1).is_multiple_of(8))?,
            }
        }
    };
    let ffn = gated(fields.positive("intermediate_size")?);
    Ok(uniform(fields, attention, attention.head_norms(), ffn, 4, windows)?.tied())
}
