//! State-space mixers, and the models that consist of them or mix them with attention.

use super::HuggingFaceError;
use super::fields::{ConfigFields, impossible, missing};
use super::layers::{Architecture, Attention, gated, gated_biased, grouped, layer_count, repeated};
use super::moe::{mixture, with_shared};
use crate::catalog::{FeedForward, Mixer};

/// A state-space model has no longest context; this one is assumed where the file gives none.
const CONTEXT: u32 = 1 << 18;

/// Sizes of a Mamba-1 mixer (arXiv 2312.00752).
pub(super) struct Mamba1 {
    pub hidden: u64,
    pub inner: u64,
    pub state: u64,
    pub kernel: u64,
    /// Rank of the projection to the time step.
    pub rank: u64,
    pub conv_bias: bool,
    pub proj_bias: bool,
    /// Norms inside the mixer, which Jamba has.
    pub norms: u64,
}

impl Mamba1 {
    /// Projection in for value and gate, convolution, projection to time step and the two state inputs, time step,
    /// decay, skip, projection out.
    pub fn mixer(&self) -> Mixer {
        let Self { hidden, inner, state, kernel, rank, .. } = *self;
        let when = |set: bool, parameters: u64| if set { parameters } else { 0 };
        let projections = 3 * hidden * inner + when(self.proj_bias, 2 * inner + hidden);
        let convolution = inner * kernel + when(self.conv_bias, inner);
        let time = inner * (rank + 2 * state) + rank * inner + inner;
        Mixer::State {
            parameters: projections + convolution + time + inner * state + inner + self.norms,
            state_elements: inner * (state + kernel),
            heads: 0,
            groups: 0,
            mamba2: false,
        }
    }
}

/// Sizes of a Mamba-2 mixer (arXiv 2405.21060).
pub(super) struct Mamba2 {
    pub hidden: u64,
    pub heads: u64,
    pub head_dim: u64,
    pub groups: u64,
    pub state: u64,
    pub kernel: u64,
    pub conv_bias: bool,
    /// Whether the projection in has a bias.
    pub proj_bias: bool,
    /// Whether the projection out has one.
    pub out_bias: bool,
    /// Whether the output is normed behind its gate.
    pub gated_norm: bool,
}

impl Mamba2 {
    /// Projection in, convolution over value and the two state inputs, three numbers a head, gated norm, projection
    /// out. The state is a matrix for each head, and the last inputs of the convolution.
    pub fn mixer(&self) -> Mixer {
        let Self { hidden, heads, head_dim, groups, state, kernel, .. } = *self;
        let when = |set: bool, parameters: u64| if set { parameters } else { 0 };
        let inner = heads * head_dim;
        let convolved = inner + 2 * groups * state;
        let projected = inner + convolved + heads;
        let biases = when(self.proj_bias, projected) + when(self.out_bias, hidden);
        let projections = hidden * projected + inner * hidden + biases;
        let convolution = convolved * kernel + when(self.conv_bias, convolved);
        Mixer::State {
            parameters: projections + convolution + 3 * heads + when(self.gated_norm, inner),
            state_elements: inner * state + convolved * kernel,
            heads: heads as u32,
            groups: groups as u32,
            mamba2: true,
        }
    }
}

/// A number that may also be `"auto"`.
pub(super) fn number_or_auto(fields: &ConfigFields, name: &str, auto: u32) -> Result<u64, HuggingFaceError> {
    match fields.text(name) {
        Some("auto") => Ok(u64::from(auto)),
        _ => Ok(u64::from(fields.number_or(name, auto)?)),
    }
}

/// Mamba and Falcon-Mamba: nothing but mixers, one norm each.
pub(super) fn mamba(fields: &ConfigFields) -> Result<Architecture, HuggingFaceError> {
    let width = fields.positive("hidden_size")?;
    let hidden = u64::from(width);
    let proj_bias = fields.flag("use_bias", false)?;
    let mixer = Mamba1 {
        hidden,
        inner: match fields.optional("intermediate_size")? {
            Some(inner) => u64::from(inner),
            None => hidden * u64::from(fields.number_or("expand", 2)?),
        },
        state: u64::from(fields.number_or("state_size", 16)?),
        kernel: u64::from(fields.number_or("conv_kernel", 4)?),
        rank: number_or_auto(fields, "time_step_rank", width.div_ceil(16))?,
        conv_bias: fields.flag("use_conv_bias", true)?,
        proj_bias,
        norms: 0,
    }
    .mixer();
    let layers = repeated(fields, (mixer, FeedForward::None, hidden))?;
    Ok(Architecture { default_context: Some(CONTEXT), ..Architecture::new(fields, layers)?.tied() })
}

/// Mamba-2, also Codestral Mamba.
pub(super) fn mamba2(fields: &ConfigFields) -> Result<Architecture, HuggingFaceError> {
    let hidden = u64::from(fields.positive("hidden_size")?);
    let number = |name: &str| fields.positive(name).map(u64::from);
    let mixer = Mamba2 {
        hidden,
        heads: number("num_heads")?,
        head_dim: number("head_dim")?,
        groups: number("n_groups")?,
        state: number("state_size")?,
        kernel: u64::from(fields.number_or("conv_kernel", 4)?),
        conv_bias: fields.flag("use_conv_bias", true)?,
        proj_bias: fields.flag("use_bias", false)?,
        out_bias: fields.flag("use_bias", false)?,
        gated_norm: true,
    }
    .mixer();
    let layers = repeated(fields, (mixer, FeedForward::None, hidden))?;
    Ok(Architecture { default_context: Some(CONTEXT), ..Architecture::new(fields, layers)? })
}

/// Jamba: one layer of attention in eight, Mamba-1 elsewhere; every other feed-forward is a mixture.
pub(super) fn jamba(fields: &ConfigFields) -> Result<Architecture, HuggingFaceError> {
    let attention = Attention::read(fields)?;
    let hidden = attention.hidden;
    let state = u64::from(fields.number_or("mamba_d_state", 16)?);
    let rank = number_or_auto(fields, "mamba_dt_rank", fields.positive("hidden_size")?.div_ceil(16))?;
    let mamba = Mamba1 {
        hidden,
        inner: hidden * u64::from(fields.number_or("mamba_expand", 2)?),
        state,
        kernel: u64::from(fields.number_or("mamba_d_conv", 4)?),
        rank,
        conv_bias: fields.flag("mamba_conv_bias", true)?,
        proj_bias: fields.flag("mamba_proj_bias", false)?,
        norms: rank + 2 * state,
    }
    .mixer();
    let every = |period: &str, by: u32, offset: &str, first: u32| -> Result<_, HuggingFaceError> {
        let period = fields.number_or(period, by)?.max(1);
        let offset = fields.number_or(offset, first)?;
        Ok(move |layer: u32| layer % period == offset % period)
    };
    let is_attention = every("attn_layer_period", 8, "attn_layer_offset", 4)?;
    let is_moe = every("expert_layer_period", 2, "expert_layer_offset", 1)?;
    let dense = gated(fields.positive("intermediate_size")?);
    let moe = match fields.positive("num_experts")? {
        1 => dense.clone(),
        _ => mixture(fields, "num_experts", "intermediate_size")?,
    };
    let layers = (0..layer_count(fields)?).map(|layer| {
        let mixer = if is_attention(layer) { attention.mixer(None, 0) } else { mamba.clone() };
        let ffn = if is_moe(layer) { moe.clone() } else { dense.clone() };
        (mixer, ffn, 2 * hidden)
    });
    Architecture::new(fields, grouped(layers))
}

/// Granite 4: Mamba-2 with a few layers of attention; each layer has a shared expert and, in most, routed ones.
pub(super) fn granite_hybrid(fields: &ConfigFields) -> Result<Architecture, HuggingFaceError> {
    let attention = Attention::read(fields)?;
    let hidden = attention.hidden;
    let biases = if fields.flag("attention_bias", false)? { attention.all_biases() } else { 0 };
    let layers = layer_count(fields)?;
    let name = if fields.value("layer_types").is_some() { "layer_types" } else { "layers_block_type" };
    let kinds = fields.per_layer(name, layers)?;
    let kinds = kinds.ok_or(HuggingFaceError::Missing { field: "layer_types".to_owned() })?;
    let shared = fields.positive("shared_intermediate_size")?;
    let ffn = match fields.number("num_local_experts")? {
        0 => gated(shared),
        _ => with_shared(mixture(fields, "num_local_experts", "intermediate_size")?, shared, 0),
    };
    let mixer = |kind: &serde_json::Value| match kind.as_str() {
        Some("attention" | "full_attention") => Ok(attention.mixer(None, biases)),
        Some("mamba" | "mamba2") => Ok(granite_mamba(fields, hidden)?.mixer()),
        _ => Err(impossible(name, kind, "the kinds are mamba and attention")),
    };
    let layers: Result<Vec<_>, HuggingFaceError> =
        kinds.iter().map(|kind| Ok((mixer(kind)?, ffn.clone(), 2 * hidden))).collect();
    Architecture::new(fields, grouped(layers?))
}

/// Bamba, after `modeling_bamba.py` of transformers 5.24: Mamba-2, with attention on the layers of a list.
pub(super) fn bamba(fields: &ConfigFields) -> Result<Architecture, HuggingFaceError> {
    let attention = Attention::read(fields)?;
    let hidden = attention.hidden;
    let biases = if fields.flag("attention_bias", false)? { attention.all_biases() } else { 0 };
    let full = attention.mixer(None, biases);
    let mamba = granite_mamba(fields, hidden)?.mixer();
    if fields.value("attn_layer_indices").is_none() {
        return Err(missing("attn_layer_indices"));
    }
    let listed = fields.layer_numbers("attn_layer_indices")?;
    let ffn = gated_biased(fields.positive("intermediate_size")?, hidden, fields.flag("mlp_bias", false)?);
    let layers = (0..layer_count(fields)?).map(|layer| {
        let mixer = if listed.contains(&layer) { full.clone() } else { mamba.clone() };
        (mixer, ffn.clone(), 2 * hidden)
    });
    Ok(Architecture { default_context: Some(CONTEXT), ..Architecture::new(fields, grouped(layers))? })
}

fn granite_mamba(fields: &ConfigFields, hidden: u64) -> Result<Mamba2, HuggingFaceError> {
    let heads = fields.positive("mamba_n_heads")?;
    let inner = hidden * u64::from(fields.number_or("mamba_expand", 2)?);
    let auto = u32::try_from(inner / u64::from(heads)).unwrap_or(u32::MAX);
    Ok(Mamba2 {
        hidden,
        heads: u64::from(heads),
        head_dim: number_or_auto(fields, "mamba_d_head", auto)?,
        groups: u64::from(fields.number_or("mamba_n_groups", 1)?),
        state: u64::from(fields.positive("mamba_d_state")?),
        kernel: u64::from(fields.number_or("mamba_d_conv", 4)?),
        conv_bias: fields.flag("mamba_conv_bias", true)?,
        proj_bias: fields.flag("mamba_proj_bias", false)?,
        out_bias: fields.flag("mamba_proj_bias", false)?,
        gated_norm: true,
    })
}
