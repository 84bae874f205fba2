//! Models that mix linear with latent attention: Kimi Linear, Kimi K3, Ling and Ring from 2.5 on.

use super::HuggingFaceError;
use super::fields::{ConfigFields, impossible, missing};
use super::latent::{latent, with_extra};
use super::layers::{Architecture, gated, grouped, layer_count};
use super::moe::{TOP_K, behind_latent, routed, sparse_layers, with_shared};
use crate::catalog::{FeedForward, Mixer};

/// Sizes of Kimi Delta Attention (arXiv 2510.26692).
struct Delta {
    hidden: u64,
    heads: u32,
    head_dim: u32,
    kernel: u64,
    /// Whether the decay is projected through the width of one head.
    low_rank_decay: bool,
    /// Whether the output gate is.
    low_rank_gate: bool,
}

impl Delta {
    /// Query, key, value and output projections, a short convolution over the first three, a decay for each channel, a
    /// rate for each head, an output gate and its norm. The state is a matrix for each head, and the last inputs of the
    /// convolution.
    fn mixer(&self) -> Mixer {
        let (hidden, heads, head) = (self.hidden, u64::from(self.heads), u64::from(self.head_dim));
        let width = heads * head;
        let gate = |low_rank: bool| if low_rank { head * (hidden + width) } else { hidden * width };
        let decay = gate(self.low_rank_decay) + width + heads;
        let rate = hidden * heads;
        Mixer::State {
            parameters: 4 * hidden * width
                + 3 * width * self.kernel
                + decay
                + rate
                + gate(self.low_rank_gate)
                + head,
            state_elements: width * head + 3 * width * self.kernel,
            heads: self.heads,
            groups: self.heads,
            mamba2: false,
        }
    }
}

/// The delta attention that a `linear_attn_config` sizes.
pub(super) fn section_delta(section: &ConfigFields, hidden: u64) -> Result<Mixer, HuggingFaceError> {
    Ok(Delta {
        hidden,
        heads: section.positive("num_heads")?,
        head_dim: section.positive("head_dim")?,
        kernel: u64::from(section.number_or("short_conv_kernel_size", 4)?),
        low_rank_decay: true,
        low_rank_gate: !section.flag("use_full_rank_gate", false)?,
    }
    .mixer())
}

/// Delta attention with gates through the width of one head.
pub(super) fn plain_delta(hidden: u64, heads: u32, head_dim: u32, kernel: u32) -> Mixer {
    let kernel = u64::from(kernel);
    Delta { hidden, heads, head_dim, kernel, low_rank_decay: true, low_rank_gate: true }.mixer()
}

/// Kimi Linear and the text model of Kimi K3: three layers of delta attention, then one of latent attention; mixtures,
/// in K3 on a latent, behind one dense layer.
pub(super) fn kimi_linear(fields: &ConfigFields) -> Result<Architecture, HuggingFaceError> {
    let hidden = u64::from(fields.positive("hidden_size")?);
    let section = fields.section("linear_attn_config");
    let delta = match &section {
        Some(section) => section_delta(section, hidden)?,
        None => {
            let size = |name: &str| match fields.optional(name)? {
                Some(_) => fields.positive(name),
                None => Err(missing(&format!("linear_attn_config` or `{name}"))),
            };
            plain_delta(
                hidden,
                size("linear_num_heads")?,
                size("linear_head_dim")?,
                fields.number_or("linear_conv_kernel_dim", 4)?,
            )
        }
    };
    let mut full = latent(fields)?;
    if fields.flag("mla_use_output_gate", false)? {
        full = with_output_gate(full, hidden);
    }
    // Attention over the outputs of earlier layers, for each half of a layer: a norm and a query.
    let residuals = if fields.value("attn_res_block_size").is_some() { 2 * hidden } else { 0 };
    let is_full = match &section {
        Some(section) => full_layers(fields, section)?,
        None => listed_layers(fields, |layer| layer > 0 && layer.is_multiple_of(4))?,
    };
    let moe = kimi_mixture(fields, hidden)?;
    let dense = gated(fields.number_or("intermediate_size", 9216)?);
    let norms = 2 * hidden + 2 * residuals;
    let layers = is_full.into_iter().zip(sparse_layers(fields, Some(1))?).map(|(is_full, sparse)| {
        let mixer = if is_full { full.clone() } else { delta.clone() };
        (mixer, if sparse { moe.clone() } else { dense.clone() }, norms)
    });
    Ok(Architecture {
        extra_parameters: hidden + residuals,
        default_context: Some(fields.number_or("model_max_length", 1 << 20)?),
        ..Architecture::new(fields, grouped(layers))?
    })
}

/// Latent attention whose output each channel gates.
fn with_output_gate(mixer: Mixer, hidden: u64) -> Mixer {
    let Mixer::Latent { heads, v_head_dim, .. } = mixer else { return mixer };
    with_extra(mixer, hidden * u64::from(heads) * u64::from(v_head_dim))
}

fn kimi_mixture(fields: &ConfigFields, hidden: u64) -> Result<FeedForward, HuggingFaceError> {
    let experts = fields.either(&["num_experts", "num_local_experts", "n_routed_experts"])?;
    let width = fields.positive("moe_intermediate_size")?;
    let shared = fields.either_or(&["num_shared_experts", "n_shared_experts"], 1)?.saturating_mul(width);
    let moe = with_shared(routed(experts, fields.either(&TOP_K)?, width)?, shared, u64::from(experts));
    Ok(match fields.optional("routed_expert_hidden_size")? {
        Some(0) => return Err(impossible("routed_expert_hidden_size", 0, "give a number of at least 1")),
        Some(latent) => {
            let mut moe = behind_latent(moe, latent, hidden);
            if let (true, FeedForward::Moe { extra_parameters, .. }) =
                (fields.flag("latent_moe_use_norm", false)?, &mut moe)
            {
                *extra_parameters += u64::from(latent);
            }
            moe
        }
        None => moe,
    })
}

/// Which layers are latent attention, by the lists of layer numbers, counted from 1, in `linear_attn_config`.
fn full_layers(fields: &ConfigFields, section: &ConfigFields) -> Result<Vec<bool>, HuggingFaceError> {
    let (full, delta) = (section.layer_numbers("full_attn_layers")?, section.layer_numbers("kda_layers")?);
    if full.is_empty() && delta.is_empty() {
        return listed_layers(fields, |layer| layer > 0 && layer.is_multiple_of(4));
    }
    let layers = layer_count(fields)?;
    if let Some(beyond) = full.iter().chain(&delta).find(|layer| !(1..=layers).contains(layer)) {
        let remedy = format!("layers are counted from 1 to {layers}");
        return Err(impossible("linear_attn_config", beyond, &remedy));
    }
    let is_full = |layer: u32| if full.is_empty() { !delta.contains(&layer) } else { full.contains(&layer) };
    Ok((1..=layers).map(is_full).collect())
}

/// Which layers are full attention: `layer_types`, else what `otherwise` says of a layer counted from 0.
fn listed_layers(
    fields: &ConfigFields,
    otherwise: impl Fn(u32) -> bool,
) -> Result<Vec<bool>, HuggingFaceError> {
    let layers = layer_count(fields)?;
    let Some(kinds) = fields.per_layer("layer_types", layers)? else {
        return Ok((0..layers).map(otherwise).collect());
    };
    let is_full = |kind: &serde_json::Value| match kind.as_str() {
        Some("full_attention") => Ok(true),
        Some("linear_attention") => Ok(false),
        _ => Err(impossible("layer_types", kind, "the kinds are full_attention and linear_attention")),
    };
    kinds.iter().map(is_full).collect()
}

/// Ling and Ring from the version with hybrid attention on: of each group of layers, and of the layers behind the last
/// whole group, latent attention; the others lightning attention (2.5 and 2.6) or delta attention (3.0).
pub(super) fn bailing_hybrid(fields: &ConfigFields) -> Result<Architecture, HuggingFaceError> {
    let hidden = u64::from(fields.positive("hidden_size")?);
    let heads = fields.positive("num_attention_heads")?;
    let head_dim = fields.number_or("head_dim", 128)?.max(1);
    let (linear, full) = if is_delta(fields) {
        let low_rank = !fields.flag("no_kda_lora", true)?;
        let delta = Delta {
            hidden,
            heads,
            head_dim,
            kernel: u64::from(fields.number_or("short_conv_kernel_size", 4)?),
            low_rank_decay: low_rank,
            low_rank_gate: low_rank,
        };
        let full = latent(fields)?;
        let full = match fields.text("gated_attention_proj_granularity_type") {
            None | Some("head_wise") => with_extra(full, hidden * u64::from(heads)),
            Some(_) => with_output_gate(full, hidden),
        };
        (delta.mixer(), full)
    } else {
        let norms = if fields.flag("use_qk_norm", false)? { 2 * u64::from(head_dim) } else { 0 };
        (lightning(hidden, heads, head_dim, norms), latent(fields)?)
    };
    let group = fields.number_or("layer_group_size", 6)?.max(1);
    let whole = layer_count(fields)? / group * group;
    let is_full = listed_layers(fields, |layer| layer >= whole || (layer + 1).is_multiple_of(group))?;
    let moe = kimi_mixture(fields, hidden)?;
    let layers: Result<Vec<_>, HuggingFaceError> = is_full
        .into_iter()
        .zip(sparse_layers(fields, Some(2))?)
        .map(|(is_full, sparse)| {
            let mixer = if is_full { full.clone() } else { linear.clone() };
            let ffn = if sparse { moe.clone() } else { gated(fields.positive("intermediate_size")?) };
            Ok((mixer, ffn, 2 * hidden))
        })
        .collect();
    Ok(Architecture {
        default_context: Some(fields.number_or("model_max_length", 1 << 18)?),
        ..Architecture::new(fields, grouped(layers?))?
    })
}

/// Whether the linear layers are delta attention: files before 3.0 have neither its gate nor its convolution, but name
/// the groups of their norm.
fn is_delta(fields: &ConfigFields) -> bool {
    ["kda_lower_bound", "kda_safe_gate", "no_kda_lora", "short_conv_kernel_size"]
        .iter()
        .any(|name| fields.value(name).is_some())
        || fields.value("group_norm_size").is_none()
}

/// Lightning attention of Ling 2.5: query, key, value, gate and output projections, a norm over all heads. The state is a
/// matrix for each head.
fn lightning(hidden: u64, heads: u32, head_dim: u32, norms: u64) -> Mixer {
    let width = u64::from(heads) * u64::from(head_dim);
    Mixer::State {
        parameters: 5 * hidden * width + width + norms,
        state_elements: width * u64::from(head_dim),
        heads,
        groups: heads,
        mamba2: false,
    }
}
