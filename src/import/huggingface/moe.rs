//! Models whose feed-forward half is a mixture of experts.

use serde_json::Value;

use super::HuggingFaceError;
use super::dense::qwen3_extra;
use super::fields::{ConfigFields, impossible, missing};
use super::layers::{Architecture, Attention, gated, grouped, layer_count, windows};
use crate::catalog::{FeedForward, Mixer};

/// The names that the number of experts a token visits goes by.
pub(super) const TOP_K: [&str; 6] = [
    "num_experts_per_tok",
    "num_experts_per_token",
    "experts_per_token",
    "moe_topk",
    "top_k_experts",
    "moe_k",
];

/// A mixture without biases; `experts` goes by the name that the file uses.
pub(super) fn mixture(
    fields: &ConfigFields,
    experts: &str,
    width: &str,
) -> Result<FeedForward, HuggingFaceError> {
    let experts = fields.positive(experts)?;
    let mut ffn = routed(experts, fields.either(&TOP_K)?, fields.positive(width)?)?;
    // Node-limited routing; one group is none.
    let (groups, visited) = (fields.number_or("n_group", 1)?, fields.number_or("topk_group", 1)?);
    if let (true, FeedForward::Moe { routed_groups, .. }) = (visited < groups, &mut ffn) {
        *routed_groups = Some((groups, visited.max(1)));
    }
    Ok(ffn)
}

/// Gated experts without biases, of which each token visits `top_k`.
pub(super) fn routed(experts: u32, top_k: u32, intermediate: u32) -> Result<FeedForward, HuggingFaceError> {
    if top_k == 0 || top_k > experts {
        let remedy = format!("give 1 to {experts}, the number of experts");
        return Err(impossible("num_experts_per_tok", top_k, &remedy));
    }
    Ok(FeedForward::Moe {
        experts,
        top_k,
        intermediate,
        latent: None,
        matrices: 3,
        shared_intermediate: 0,
        extra_parameters: 0,
        extra_parameters_per_expert: 0,
        routed_groups: None,
    })
}

/// The mixture with shared experts and with parameters that every token reads.
pub(super) fn with_shared(mut ffn: FeedForward, shared: u32, extra: u64) -> FeedForward {
    if let FeedForward::Moe { shared_intermediate, extra_parameters, .. } = &mut ffn {
        *shared_intermediate = shared;
        *extra_parameters = extra;
    }
    ffn
}

/// The mixture with experts that work on a latent of this width, and the two projections to it and back.
pub(super) fn behind_latent(mut ffn: FeedForward, width: u32, hidden: u64) -> FeedForward {
    if let FeedForward::Moe { latent, extra_parameters, .. } = &mut ffn {
        *latent = Some(width);
        *extra_parameters += 2 * hidden * u64::from(width);
    }
    ffn
}

/// Which layers are mixtures: `mlp_layer_types`, else a list in `moe_layer_freq`, else every so manieth layer after
/// `first_k_dense_replace`, which is `dense` where the file does not say and must be there without a default.
pub(super) fn sparse_layers(
    fields: &ConfigFields,
    dense: Option<u32>,
) -> Result<Vec<bool>, HuggingFaceError> {
    let layers = layer_count(fields)?;
    if let Some(kinds) = fields.per_layer("mlp_layer_types", layers)? {
        let is_sparse = |kind: &Value| match kind.as_str() {
            Some("dense") => Ok(false),
            Some("sparse" | "moe" | "hash_moe") => Ok(true),
            _ => Err(impossible("mlp_layer_types", kind, "the kinds are dense, sparse, moe and hash_moe")),
        };
        return kinds.iter().map(is_sparse).collect();
    }
    if fields.value("moe_layer_freq").is_some_and(Value::is_array) {
        let kinds = fields.per_layer("moe_layer_freq", layers)?.unwrap_or_default();
        let is_sparse = |kind: &Value| match kind.as_u64().or_else(|| kind.as_bool().map(u64::from)) {
            Some(set) => Ok(set > 0),
            None => Err(impossible("moe_layer_freq", kind, "give 0 or 1 for each layer")),
        };
        return kinds.iter().map(is_sparse).collect();
    }
    let step = fields.number_or("moe_layer_freq", 1)?.max(1);
    let first = match dense {
        Some(dense) => fields.number_or("first_k_dense_replace", dense)?,
        None => fields.number("first_k_dense_replace")?,
    };
    Ok((0..layers).map(|layer| layer >= first && layer.is_multiple_of(step)).collect())
}

pub(super) fn mixtral(fields: &ConfigFields) -> Result<Architecture, HuggingFaceError> {
    let attention = Attention::read(fields)?;
    let ffn = mixture(fields, "num_local_experts", "intermediate_size")?;
    let windows = windows(fields, fields.optional("sliding_window")?, |_| true)?;
    let norms = 2 * attention.hidden;
    let layers = windows.into_iter().map(|window| (attention.mixer(window, 0), ffn.clone(), norms));
    Architecture::new(fields, grouped(layers))
}

/// Which layers of a Qwen model are mixtures.
pub(super) fn qwen_ffns(
    fields: &ConfigFields,
    moe: &FeedForward,
) -> Result<Vec<FeedForward>, HuggingFaceError> {
    let dense_layers = fields.layer_numbers("mlp_only_layers")?;
    let step = fields.number_or("decoder_sparse_step", 1)?.max(1);
    let is_moe = |layer: &u32| !dense_layers.contains(layer) && (layer + 1).is_multiple_of(step);
    (0..layer_count(fields)?)
        .map(
            |layer| {
                if is_moe(&layer) {
                    Ok(moe.clone())
                } else {
                    Ok(gated(fields.positive("intermediate_size")?))
                }
            },
        )
        .collect()
}

pub(super) fn qwen3_moe(fields: &ConfigFields) -> Result<Architecture, HuggingFaceError> {
    let attention = Attention::read(fields)?;
    let mixer = attention.mixer(None, qwen3_extra(fields, attention)?);
    let ffns = qwen_ffns(fields, &mixture(fields, "num_experts", "moe_intermediate_size")?)?;
    let norms = 2 * attention.hidden;
    Architecture::new(fields, grouped(ffns.into_iter().map(|ffn| (mixer.clone(), ffn, norms))))
}

/// The mixture of Qwen3-Next and Qwen3.5: one shared expert behind a gate.
pub(super) fn qwen_shared_mixture(fields: &ConfigFields) -> Result<FeedForward, HuggingFaceError> {
    let shared = fields.positive("shared_expert_intermediate_size")?;
    let gate = u64::from(fields.positive("hidden_size")?);
    Ok(with_shared(mixture(fields, "num_experts", "moe_intermediate_size")?, shared, gate))
}

/// Llama 4: three of four layers attend within chunks; some layers are mixtures with one shared expert.
pub(super) fn llama4(fields: &ConfigFields) -> Result<Architecture, HuggingFaceError> {
    let attention = Attention::read(fields)?;
    let moe = mixture(fields, "num_local_experts", "intermediate_size")?;
    let moe = with_shared(moe, fields.positive("intermediate_size")?, 0);
    let step = fields.number_or("interleave_moe_layer_step", 1)?.max(1);
    let listed = fields.layer_numbers("moe_layers")?;
    let is_moe = |layer: u32| {
        if listed.is_empty() { (layer + 1).is_multiple_of(step) } else { listed.contains(&layer) }
    };
    let every = fields.number_or("no_rope_layer_interval", 4)?.max(1);
    let chunk = Some(fields.number_or("attention_chunk_size", 8192)?);
    let windows = windows(fields, chunk, |layer| !(layer + 1).is_multiple_of(every))?;
    let norms = 2 * attention.hidden;
    let layers: Result<Vec<_>, HuggingFaceError> = (0..)
        .zip(windows)
        .map(|(layer, window)| {
            let ffn =
                if is_moe(layer) { moe.clone() } else { gated(fields.positive("intermediate_size_mlp")?) };
            Ok((attention.mixer(window, 0), ffn, norms))
        })
        .collect();
    Architecture::new(fields, grouped(layers?))
}

/// gpt-oss: a window on every other layer, attention sinks, biases everywhere.
pub(super) fn gpt_oss(fields: &ConfigFields) -> Result<Architecture, HuggingFaceError> {
    let attention = Attention::read(fields)?;
    let experts = fields.either(&["num_local_experts", "num_experts"])?;
    let name = if fields.value("num_local_experts").is_some() { "num_local_experts" } else { "num_experts" };
    let FeedForward::Moe { top_k, intermediate, matrices, .. } = mixture(fields, name, "intermediate_size")?
    else {
        return Err(impossible(name, experts, "gpt-oss is a mixture of experts"));
    };
    let ffn = FeedForward::Moe {
        experts,
        top_k,
        intermediate,
        latent: None,
        matrices,
        shared_intermediate: 0,
        extra_parameters: u64::from(experts),
        extra_parameters_per_expert: 2 * u64::from(intermediate) + attention.hidden,
        routed_groups: None,
    };
    let biases =
        if fields.flag("attention_bias", true)? { attention.qkv_biases() + attention.hidden } else { 0 };
    let extra = biases + u64::from(attention.heads);
    let window = Some(fields.number_or("sliding_window", 128)?);
    let windows = windows(fields, window, |layer| layer % 2 == 0)?;
    let norms = 2 * attention.hidden;
    let layers = windows.into_iter().map(|window| (attention.mixer(window, extra), ffn.clone(), norms));
    Architecture::new(fields, grouped(layers))
}

/// The first layers dense, the others a mixture with shared experts and a bias for each expert's score.
pub(super) fn mostly_moe(
    fields: &ConfigFields,
    mixer: &Mixer,
    score_bias: bool,
) -> Result<Architecture, HuggingFaceError> {
    mostly_moe_of(fields, &vec![mixer.clone(); layer_count(fields)? as usize], score_bias)
}

/// As [`mostly_moe`], with a mixer for each layer.
pub(super) fn mostly_moe_of(
    fields: &ConfigFields,
    mixers: &[Mixer],
    score_bias: bool,
) -> Result<Architecture, HuggingFaceError> {
    let norms = 2 * u64::from(fields.positive("hidden_size")?);
    let experts = fields.number("n_routed_experts")?;
    let sparse =
        if experts == 0 { vec![false; mixers.len()] } else { sparse_layers(fields, default_dense(fields))? };
    let width = fields.number_or("moe_intermediate_size", 0)?;
    let shared = match (fields.text("model_type"), fields.optional("n_shared_experts")?) {
        (_, Some(shared)) => shared,
        (Some("glm_moe_dsa" | "mistral4" | "solar_open"), None) => 1,
        (_, None) => return Err(missing("n_shared_experts")),
    };
    let shared = shared.saturating_mul(width);
    let layers: Result<Vec<_>, HuggingFaceError> = mixers
        .iter()
        .zip(sparse)
        .map(|(mixer, sparse)| {
            let ffn = if sparse {
                let moe = mixture(fields, "n_routed_experts", "moe_intermediate_size")?;
                with_shared(moe, shared, if score_bias { u64::from(experts) } else { 0 })
            } else {
                gated(fields.positive("intermediate_size")?)
            };
            Ok((mixer.clone(), ffn, norms))
        })
        .collect();
    Architecture::new(fields, grouped(layers?))
}

/// The dense layers before the mixtures, where the family's configuration class has a number for them.
fn default_dense(fields: &ConfigFields) -> Option<u32> {
    match fields.text("model_type")? {
        "glm_moe_dsa" => Some(3),
        "mistral4" | "solar_open" => Some(0),
        _ => None,
    }
}

pub(super) fn glm4_moe(fields: &ConfigFields) -> Result<Architecture, HuggingFaceError> {
    let attention = Attention::read(fields)?;
    let biases = if fields.flag("attention_bias", false)? { attention.qkv_biases() } else { 0 };
    let norms = if fields.flag("use_qk_norm", false)? { attention.head_norms() } else { 0 };
    mostly_moe(fields, &attention.mixer(None, biases + norms), true)
}

pub(super) fn minimax_m2(fields: &ConfigFields) -> Result<Architecture, HuggingFaceError> {
    let attention = Attention::read(fields)?;
    let norms = match (fields.flag("use_qk_norm", true)?, fields.text("qk_norm_type")) {
        (false, _) => 0,
        (true, Some("per_head")) => attention.head_norms(),
        (true, _) => attention.full_norms(),
    };
    let moe = mixture(fields, "num_local_experts", "intermediate_size")?;
    let bias = if fields.flag("use_routing_bias", true)? { fields.number("num_local_experts")? } else { 0 };
    let ffn = with_shared(moe, fields.number_or("shared_intermediate_size", 0)?, u64::from(bias));
    let layer = (attention.mixer(None, norms), ffn, 2 * attention.hidden);
    let layers = std::iter::repeat_n(layer, layer_count(fields)? as usize);
    Architecture::new(fields, grouped(layers))
}

/// The mixture of MiniMax-Text-01 and M1.
pub(super) fn minimax_mixture(fields: &ConfigFields) -> Result<FeedForward, HuggingFaceError> {
    let shared = fields.number_or("shared_intermediate_size", 0)?;
    Ok(with_shared(mixture(fields, "num_local_experts", "intermediate_size")?, shared, 0))
}
