//! Mixtures that name or arrange their experts in a way of their own.

use super::HuggingFaceError;
use super::dense::{hunyuan_extra, late_windows};
use super::fields::{ConfigFields, missing};
use super::layers::{
    Architecture, Attention, gated, gated_biased, grouped, layer_count, unbounded, uniform, windows,
};
use super::moe::{mixture, mostly_moe, qwen_ffns, qwen_shared_mixture, routed, sparse_layers, with_shared};
use crate::catalog::{FeedForward, KeyValues, Mixer};

/// Qwen1.5-MoE and Qwen2-MoE: biases on query, key and value, one shared expert behind a gate.
pub(super) fn qwen2_moe(fields: &ConfigFields) -> Result<Architecture, HuggingFaceError> {
    let attention = Attention::read(fields)?;
    let biases = if fields.flag("qkv_bias", true)? { attention.qkv_biases() } else { 0 };
    let ffns = qwen_ffns(fields, &qwen_shared_mixture(fields)?)?;
    let norms = 2 * attention.hidden;
    let layers = late_windows(fields)?.into_iter().zip(ffns);
    let layers = layers.map(|(window, ffn)| (attention.mixer(window, biases), ffn, norms));
    Architecture::new(fields, grouped(layers))
}

/// OLMoE: norms of query and key over all heads.
pub(super) fn olmoe(fields: &ConfigFields) -> Result<Architecture, HuggingFaceError> {
    let attention = Attention::read(fields)?;
    let ffn = mixture(fields, "num_experts", "intermediate_size")?;
    uniform(fields, attention, attention.full_norms(), ffn, 2, unbounded(fields)?)
}

/// Phi-3.5-MoE: layer norms, biases on attention and on the output projection.
pub(super) fn phimoe(fields: &ConfigFields) -> Result<Architecture, HuggingFaceError> {
    let attention = Attention::read(fields)?;
    let biases = if fields.flag("attention_bias", false)? { attention.all_biases() } else { 0 };
    let ffn = mixture(fields, "num_local_experts", "intermediate_size")?;
    let windows = windows(fields, fields.optional("sliding_window")?, |_| true)?;
    let head_bias =
        if fields.flag("lm_head_bias", false)? { u64::from(fields.positive("vocab_size")?) } else { 0 };
    let architecture = uniform(fields, attention, biases, ffn, 4, windows)?;
    Ok(Architecture { extra_parameters: 2 * attention.hidden + head_bias, ..architecture })
}

/// Granite 3 mixtures, with or without a shared expert.
pub(super) fn granite_moe(fields: &ConfigFields) -> Result<Architecture, HuggingFaceError> {
    let attention = Attention::read(fields)?;
    let biases = if fields.flag("attention_bias", false)? { attention.all_biases() } else { 0 };
    let ffn = mixture(fields, "num_local_experts", "intermediate_size")?;
    let ffn = with_shared(ffn, fields.number_or("shared_intermediate_size", 0)?, 0);
    uniform(fields, attention, biases, ffn, 2, unbounded(fields)?)
}

/// Granite 4.1 with windows, dense and mixtures, after `modeling_granite_swa.py` and `modeling_granitemoe_swa.py` of
/// transformers 5.24: sinks, and full attention on every fourth layer from the first on.
pub(super) fn granite_windows(fields: &ConfigFields) -> Result<Architecture, HuggingFaceError> {
    let attention = Attention::read(fields)?;
    let biases = if fields.flag("attention_bias", false)? { attention.all_biases() } else { 0 };
    let window = Some(fields.number_or("sliding_window", 128)?);
    let windows = windows(fields, window, |layer| !layer.is_multiple_of(4))?;
    let is_mixture = fields.text("model_type") == Some("granitemoe_swa");
    let ffn = if is_mixture {
        let ffn = mixture(fields, "num_local_experts", "intermediate_size")?;
        with_shared(ffn, fields.number_or("shared_intermediate_size", 0)?, 0)
    } else {
        let biased = fields.flag("mlp_bias", false)?;
        gated_biased(fields.positive("intermediate_size")?, attention.hidden, biased)
    };
    let architecture = uniform(fields, attention, biases + u64::from(attention.heads), ffn, 2, windows)?;
    Ok(if is_mixture { architecture } else { architecture.tied() })
}

/// Hunyuan mixtures: sizes may be listed layer by layer; the shared expert is as wide as a dense layer would be.
pub(super) fn hunyuan_moe(fields: &ConfigFields) -> Result<Architecture, HuggingFaceError> {
    let attention = Attention::read(fields)?;
    let extra = hunyuan_extra(fields, attention)?;
    let intermediate = fields.positive("intermediate_size")?;
    let dense_layers = fields.number_or("moe_layer_num_skipped", 0)?;
    let needed = |name: &str, layer| {
        fields.at_layer(name, layer)?.ok_or_else(|| HuggingFaceError::Missing { field: name.to_owned() })
    };
    let ffn = |layer| {
        let experts = needed("num_experts", layer)?;
        if experts <= 1 || layer < dense_layers {
            return Ok(gated(intermediate));
        }
        let width = fields.at_layer("moe_intermediate_size", layer)?.unwrap_or(intermediate);
        let shared = if fields.flag("use_mixed_mlp_moe", true)? {
            fields.at_layer("num_shared_expert", layer)?.unwrap_or(1)
        } else {
            0
        };
        let ffn = routed(experts, needed("moe_topk", layer)?, width)?;
        Ok(with_shared(ffn, intermediate.saturating_mul(shared), 0))
    };
    let norms = 2 * attention.hidden;
    // Cross-layer attention: of each few layers the first has keys and values, the others use them
    // (`modeling_hunyuan.py` of Tencent-Hunyuan-Large).
    let sharing =
        if fields.flag("use_cla", false)? { fields.number_or("cla_share_factor", 1)?.max(1) } else { 1 };
    let own = attention.mixer(None, extra);
    let mut shared = own.clone();
    if let Mixer::Attention { key_values, .. } = &mut shared {
        *key_values = KeyValues::Shared;
    }
    let layers: Result<Vec<_>, HuggingFaceError> = (0..layer_count(fields)?)
        .map(|layer| {
            let mixer = if layer.is_multiple_of(sharing) { &own } else { &shared };
            Ok((mixer.clone(), ffn(layer)?, norms))
        })
        .collect();
    Architecture::new(fields, grouped(layers?))
}

/// ERNIE 4.5 mixtures: dense before and after the mixtures, a bias for each expert's score.
pub(super) fn ernie_moe(fields: &ConfigFields) -> Result<Architecture, HuggingFaceError> {
    if fields.value("moe_num_experts").is_some_and(serde_json::Value::is_array) {
        return ernie_vl_moe(fields);
    }
    let attention = Attention::read(fields)?;
    let biased = fields.flag("use_bias", false)?;
    let biases = if biased { attention.all_biases() } else { 0 };
    let experts = fields.positive("moe_num_experts")?;
    let width = fields.positive("moe_intermediate_size")?;
    let shared = fields.number("moe_num_shared_experts")?.saturating_mul(width);
    let moe = routed(experts, fields.either(&["moe_k", "num_experts_per_tok"])?, width)?;
    let moe = with_shared(moe, shared, u64::from(experts));
    let dense = gated_biased(fields.positive("intermediate_size")?, attention.hidden, biased);
    let first = fields.number_or("moe_layer_start_index", 1)?;
    // -1 is the last layer.
    let last = match fields.value("moe_layer_end_index").and_then(serde_json::Value::as_i64) {
        Some(-1) => u32::MAX,
        _ => fields.number_or("moe_layer_end_index", u32::MAX)?,
    };
    let interval = fields.number_or("moe_layer_interval", 1)?.max(1);
    let is_moe = |layer: u32| (first..=last).contains(&layer) && (layer + 1).is_multiple_of(interval);
    let norms = 2 * attention.hidden;
    let layers = (0..layer_count(fields)?).map(|layer| {
        let ffn = if is_moe(layer) { moe.clone() } else { dense.clone() };
        (attention.mixer(None, biases), ffn, norms)
    });
    Ok(Architecture::new(fields, grouped(layers))?.tied())
}

/// ERNIE 4.5 with images, after `modeling_ernie4_5_vl_moe.py` of transformers 5.24: beside each mixture a second one for the
/// tokens of images, which text does not visit. Sizes of both are listed, those for text first.
pub(super) fn ernie_vl_moe(fields: &ConfigFields) -> Result<Architecture, HuggingFaceError> {
    let attention = Attention::read(fields)?;
    let hidden = attention.hidden;
    let biased = fields.flag("use_bias", false)?;
    let biases = if biased { attention.all_biases() } else { 0 };
    let pair = |name: &str| -> Result<[u32; 2], HuggingFaceError> {
        let of_text = fields.at_layer(name, 0)?.filter(|number| *number > 0);
        let of_text = of_text.ok_or_else(|| missing(name))?;
        Ok([of_text, fields.at_layer(name, 1)?.unwrap_or(of_text)])
    };
    let experts = pair("moe_num_experts")?;
    let widths = pair("moe_intermediate_size")?;
    let shared = fields.number("moe_num_shared_experts")?.saturating_mul(widths[0]);
    let top_k = match fields.value("moe_k") {
        Some(_) => pair("moe_k")?[0],
        None => fields.either(&["moe_k", "num_experts_per_tok"])?,
    };
    let of_images = u64::from(experts[1]) * 3 * hidden * u64::from(widths[1]);
    // The router of the mixture for images, and a bias for each expert's score.
    let beside = u64::from(experts[1]) * hidden + u64::from(experts[0]) + u64::from(experts[1]);
    let moe = with_shared(routed(experts[0], top_k, widths[0])?, shared, beside);
    let dense = gated_biased(fields.positive("intermediate_size")?, hidden, biased);
    let sparse = match fields.value("moe_layer_start_index") {
        None => sparse_layers(fields, Some(1))?,
        Some(_) => {
            let first = fields.at_layer("moe_layer_start_index", 0)?.unwrap_or(1);
            (0..layer_count(fields)?).map(|layer| layer >= first).collect()
        }
    };
    let mixtures = sparse.iter().filter(|sparse| **sparse).count() as u64;
    let layers = sparse.into_iter().map(|sparse| {
        let ffn = if sparse { moe.clone() } else { dense.clone() };
        (attention.mixer(None, biases), ffn, 2 * hidden)
    });
    let architecture = Architecture::new(fields, grouped(layers))?.tied();
    Ok(Architecture {
        lookup_parameters: mixtures * of_images,
        note: "The experts for images are kept, but text does not visit them.".to_owned(),
        ..architecture
    })
}

/// Ling and Ring: the first layers dense, shared experts, and in the second generation norms of query and key.
pub(super) fn bailing_moe(fields: &ConfigFields) -> Result<Architecture, HuggingFaceError> {
    let attention = Attention::read(fields)?;
    let mut extra = if fields.flag("use_qk_norm", false)? { attention.head_norms() } else { 0 };
    if fields.flag("use_qkv_bias", false)? {
        extra += attention.qkv_biases();
    }
    if fields.flag("use_bias", false)? {
        extra += attention.hidden;
    }
    let experts = fields.positive("num_experts")?;
    let width = fields.positive("moe_intermediate_size")?;
    let shared_width = fields.number_or("moe_shared_expert_intermediate_size", width)?;
    let shared = fields.number("num_shared_experts")?.saturating_mul(shared_width);
    let score_bias =
        if fields.flag("moe_router_enable_expert_bias", false)? { u64::from(experts) } else { 0 };
    let moe = with_shared(mixture(fields, "num_experts", "moe_intermediate_size")?, shared, score_bias);
    let dense_layers = fields.number("first_k_dense_replace")?;
    let norms = 2 * attention.hidden;
    let layers: Result<Vec<_>, HuggingFaceError> = (0..layer_count(fields)?)
        .map(|layer| {
            let dense = layer < dense_layers;
            let ffn = if dense { gated(fields.positive("intermediate_size")?) } else { moe.clone() };
            Ok((attention.mixer(None, extra), ffn, norms))
        })
        .collect();
    Architecture::new(fields, grouped(layers?))
}

/// dots.llm1: norms of query and key, then as DeepSeek arranges its experts.
pub(super) fn dots1(fields: &ConfigFields) -> Result<Architecture, HuggingFaceError> {
    let attention = Attention::read(fields)?;
    let biases = if fields.flag("attention_bias", false)? { attention.all_biases() } else { 0 };
    mostly_moe(fields, &attention.mixer(None, attention.head_norms() + biases), true)
}

/// Step 3, after `step3_text.py` of vLLM 0.33: one head of keys and values for all queries, which come through a latent of
/// their own.
pub(super) fn step3(fields: &ConfigFields) -> Result<Architecture, HuggingFaceError> {
    let head_dim = fields.number_or("head_dim", 256)?;
    let heads = fields.positive("num_attention_heads")?;
    let hidden = u64::from(fields.positive("hidden_size")?);
    let attention = Attention { hidden, heads, kv_heads: 1, head_dim }.checked()?;
    let rank = match fields.number_or("share_q_dim", 2048)? {
        0 => head_dim,
        rank => rank,
    };
    let mut mixer = attention.mixer(None, u64::from(rank));
    if let Mixer::Attention { q_lora_rank, .. } = &mut mixer {
        *q_lora_rank = Some(rank);
    }
    let experts = fields.positive("moe_num_experts")?;
    let width = fields.positive("moe_intermediate_size")?;
    let moe = with_shared(
        routed(experts, fields.positive("moe_top_k")?, width)?,
        fields.positive("share_expert_dim")?,
        0,
    );
    let dense = gated(fields.positive("intermediate_size")?);
    let listed = fields.layer_numbers("moe_layers_enum")?;
    let is_moe = |layer: u32| match listed.is_empty() {
        true => (4..60).contains(&layer),
        false => listed.contains(&layer),
    };
    let layers = (0..layer_count(fields)?).map(|layer| {
        let ffn = if is_moe(layer) { moe.clone() } else { dense.clone() };
        (mixer.clone(), ffn, 2 * hidden)
    });
    let context = fields.either_or(&["max_position_embedding", "max_seq_len"], 1 << 16)?;
    Ok(Architecture { default_context: Some(context), ..Architecture::new(fields, grouped(layers))? })
}

/// Step-3.5 and 3.7 Flash: layers with a window have heads of their own number, each head a gate.
pub(super) fn step(fields: &ConfigFields) -> Result<Architecture, HuggingFaceError> {
    let full = Attention::read(fields)?;
    let other = fields.value("attention_other_setting");
    let heads = match other.and_then(|other| other["num_attention_heads"].as_u64()) {
        Some(heads) => u32::try_from(heads).ok().filter(|heads| *heads <= 1 << 13).unwrap_or(0),
        None => fields.number_or("num_sliding_attention_heads", full.heads)?,
    };
    let local = Attention { heads, ..full }.checked()?;
    let experts = fields.either(&["moe_num_experts", "n_routed_experts", "num_experts"])?;
    let top_k = fields.either(&["moe_top_k", "num_experts_per_tok"])?;
    let shared = fields.either(&["share_expert_dim", "share_expert_dims"])?;
    let moe = with_shared(
        routed(experts, top_k, fields.positive("moe_intermediate_size")?)?,
        shared,
        u64::from(experts),
    );
    let listed = fields.layer_numbers("moe_layers_enum")?;
    let first = fields.number_or("first_k_dense_replace", 3)?;
    let is_moe = |layer| if listed.is_empty() { layer >= first } else { listed.contains(&layer) };
    let norms = 2 * full.hidden;
    let layers: Result<Vec<_>, HuggingFaceError> = (0..)
        .zip(windows(fields, fields.optional("sliding_window")?, |_| false)?)
        .map(|(layer, window)| {
            let attention = if window.is_some() { local } else { full };
            let gates = full.hidden * u64::from(attention.heads);
            let ffn: FeedForward =
                if is_moe(layer) { moe.clone() } else { gated(fields.positive("intermediate_size")?) };
            Ok((attention.mixer(window, attention.head_norms() + gates), ffn, norms))
        })
        .collect();
    Architecture::new(fields, grouped(layers?))
}
