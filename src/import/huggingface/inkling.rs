//! Inkling and Inkling 2: attention with relative positions, short convolutions around both halves of a layer, mixtures.

use serde_json::Value;

use super::HuggingFaceError;
use super::fields::{ConfigFields, impossible, missing};
use super::layers::{Architecture, Attention, grouped, layer_count};
use super::moe::{TOP_K, routed, with_shared};
use crate::catalog::{FeedForward, Mixer};

/// The attention of one kind of layer, and what is beside it.
struct Kind {
    attention: Attention,
    window: Option<u32>,
    /// Tokens that a relative position looks back.
    extent: u64,
}

impl Kind {
    /// Full layers, or with a window those whose fields begin with `swa_`.
    fn read(fields: &ConfigFields, is_local: bool) -> Result<Self, HuggingFaceError> {
        let full = Attention::read(fields)?;
        let extent = u64::from(fields.number_or("rel_extent", 1024)?);
        if !is_local {
            return Ok(Self { attention: full, window: None, extent });
        }
        let window = fields.either(&["sliding_window_size", "sliding_window"])?;
        let attention = Attention {
            heads: fields.number_or("swa_num_attention_heads", full.heads)?,
            kv_heads: fields.number_or("swa_num_key_value_heads", full.kv_heads)?,
            head_dim: fields.number_or("swa_head_dim", full.head_dim)?,
            ..full
        };
        Ok(Self { attention: attention.checked()?, window: Some(window), extent: u64::from(window) })
    }

    /// The attention with `extra` parameters, beside the convolutions over keys, values and both halves' outputs.
    fn mixer(&self, extra: u64, kernel: u64) -> Mixer {
        let convolved = 2 * self.attention.key_width() + 2 * self.attention.hidden;
        let convolutions = Mixer::State {
            parameters: 0,
            state_elements: convolved * kernel.saturating_sub(1),
            heads: 0,
            groups: 0,
            mamba2: false,
        };
        Mixer::Several(vec![self.attention.mixer(self.window, extra), convolutions])
    }
}

/// Inkling, after `modeling_inkling.py` of transformers 5.24; the states of the convolutions as in
/// `vllm/models/inkling`.
pub(super) fn inkling(fields: &ConfigFields) -> Result<Architecture, HuggingFaceError> {
    let hidden = u64::from(fields.positive("hidden_size")?);
    let kernel = u64::from(fields.either_or(&["sconv_kernel_size", "conv_kernel_size"], 4)?);
    let relative = u64::from(fields.number_or("d_rel", 16)?);
    let mixer = |is_local| {
        let kind = Kind::read(fields, is_local)?;
        let Attention { heads, .. } = kind.attention;
        let convolutions = (2 * kind.attention.key_width() + 2 * hidden) * kernel;
        let positions = hidden * u64::from(heads) * relative + relative * kind.extent;
        Ok(kind.mixer(positions + convolutions + kind.attention.head_norms(), kernel))
    };
    let (full, local) = (mixer(false)?, mixer(true)?);
    // Where the file has a width of dense halves, the other width is that of the experts.
    let (dense, expert) =
        match (fields.value("dense_intermediate_size"), fields.value("moe_intermediate_size")) {
            (Some(_), _) => ("dense_intermediate_size", "intermediate_size"),
            (None, Some(_)) => ("intermediate_size", "moe_intermediate_size"),
            (None, None) => return Err(missing("dense_intermediate_size` or `moe_intermediate_size")),
        };
    let experts = fields.positive("n_routed_experts")?;
    let shared = fields.number_or("n_shared_experts", 2)?;
    let width = fields.positive(expert)?;
    // The router scores the shared experts, too; a bias for each routed one, and one scale.
    let scored = if fields.flag("shared_expert_sink", true)? { hidden * u64::from(shared) } else { 0 };
    let moe = with_shared(
        routed(experts, fields.either(&TOP_K)?, width)?,
        shared.saturating_mul(width),
        scored + u64::from(experts) + 1,
    );
    let layers: Result<Vec<_>, HuggingFaceError> = local_layers(fields)?
        .into_iter()
        .zip(sparse_layers(fields)?)
        .map(|(is_local, sparse)| {
            let ffn = if sparse {
                moe.clone()
            } else {
                FeedForward::Dense { intermediate: fields.positive(dense)?, matrices: 3, extra_parameters: 1 }
            };
            Ok((if is_local { local.clone() } else { full.clone() }, ffn, 2 * hidden))
        })
        .collect();
    finished(fields, 2 * hidden, Architecture::new(fields, grouped(layers?))?)
}

/// Inkling 2, after `modeling_inkling2.py` of transformers 5.24: output gates and sinks, in full layers convolutions that
/// depend on the token, and attention over the outputs of earlier blocks of layers.
pub(super) fn inkling2(fields: &ConfigFields) -> Result<Architecture, HuggingFaceError> {
    let hidden = u64::from(fields.positive("hidden_size")?);
    let kernel = u64::from(fields.either_or(&["sconv_kernel_size", "conv_kernel_size"], 4)?);
    let relative = u64::from(fields.number_or("d_rel", 16)?);
    let mixer = |is_local| {
        let kind = Kind::read(fields, is_local)?;
        let heads = u64::from(kind.attention.heads);
        let gates = hidden * kind.attention.query_width() + hidden * heads;
        let positions = hidden * heads * relative + relative * kind.extent + heads * relative;
        let of_token = if is_local { 0 } else { 2 * hidden * u64::from(kind.attention.kv_heads) * kernel };
        let convolutions = (2 * kind.attention.key_width() + 2 * hidden) * kernel + of_token;
        Ok(kind.mixer(gates + positions + convolutions + kind.attention.query_width(), kernel))
    };
    let (full, local) = (mixer(false)?, mixer(true)?);
    let experts = fields.positive("n_routed_experts")?;
    let width = fields.either(&["moe_intermediate_size", "intermediate_size"])?;
    let moe = with_shared(routed(experts, fields.either(&TOP_K)?, width)?, 0, u64::from(experts));
    let layers = (0..).zip(local_layers(fields)?).map(|(layer, is_local)| {
        // A norm for each input of the attention and one for the mixture, and as many queries for earlier outputs, of
        // which the first layer has none for its attention.
        let inputs = if is_local { 1 } else { 3 };
        let queries = if layer == 0 { 1 } else { inputs + 1 };
        let mixer = if is_local { local.clone() } else { full.clone() };
        (mixer, moe.clone(), (inputs + 1 + queries) * hidden)
    });
    finished(fields, 3 * hidden, Architecture::new(fields, grouped(layers))?)
}

/// The model around the layers: `extra` parameters beside them, and the context under the name that the files have for it.
/// The output projection is counted with the rows that servers pad it to.
fn finished(
    fields: &ConfigFields,
    extra: u64,
    architecture: Architecture,
) -> Result<Architecture, HuggingFaceError> {
    Ok(Architecture {
        extra_parameters: extra,
        default_context: Some(fields.number_or("model_max_length", 1 << 20)?),
        ..architecture
    })
}

/// Which layers look back over a window: `layer_types`, else `local_layer_ids`, else all but every sixth.
fn local_layers(fields: &ConfigFields) -> Result<Vec<bool>, HuggingFaceError> {
    let layers = layer_count(fields)?;
    if let Some(kinds) = fields.per_layer("layer_types", layers)? {
        let is_local = |kind: &Value| match kind.as_str() {
            Some("hybrid_sliding" | "sliding_attention") => Ok(true),
            Some("hybrid" | "full_attention") => Ok(false),
            _ => Err(impossible("layer_types", kind, "the kinds are hybrid_sliding and hybrid")),
        };
        return kinds.iter().map(is_local).collect();
    }
    if fields.value("local_layer_ids").is_none() {
        return Ok((0..layers).map(|layer| !(layer + 1).is_multiple_of(6)).collect());
    }
    let listed = fields.layer_numbers("local_layer_ids")?;
    Ok((0..layers).map(|layer| listed.contains(&layer)).collect())
}

/// Which layers are mixtures: `mlp_layer_types`, else all from `dense_mlp_idx` on.
fn sparse_layers(fields: &ConfigFields) -> Result<Vec<bool>, HuggingFaceError> {
    let layers = layer_count(fields)?;
    let first = fields.number_or("dense_mlp_idx", 0)?;
    let Some(kinds) = fields.per_layer("mlp_layer_types", layers)? else {
        return Ok((0..layers).map(|layer| layer >= first).collect());
    };
    let is_sparse = |kind: &Value| match kind.as_str() {
        Some("sparse") => Ok(true),
        Some("dense") => Ok(false),
        _ => Err(impossible("mlp_layer_types", kind, "the kinds are dense and sparse")),
    };
    kinds.iter().map(is_sparse).collect()
}
