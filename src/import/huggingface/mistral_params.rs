//! Mistral's own `params.json`, as a `config.json` of the family that it stands for.

use serde_json::{Map, Value, json};

use super::HuggingFaceError;

/// Names of fields: Mistral's, then those of a `config.json` (`transformers_utils/configs/mistral.py` of vLLM 0.33).
const NAMES: [(&str, &str); 19] = [
    ("dim", "hidden_size"),
    ("n_layers", "num_hidden_layers"),
    ("n_heads", "num_attention_heads"),
    ("n_kv_heads", "num_key_value_heads"),
    ("hidden_dim", "intermediate_size"),
    ("tied_embeddings", "tie_word_embeddings"),
    ("max_seq_len", "max_position_embeddings"),
    ("max_position_embeddings", "max_position_embeddings"),
    ("vision_encoder", "vision_config"),
    ("vocab_size", "vocab_size"),
    ("head_dim", "head_dim"),
    ("sliding_window", "sliding_window"),
    ("q_lora_rank", "q_lora_rank"),
    ("kv_lora_rank", "kv_lora_rank"),
    ("qk_nope_head_dim", "qk_nope_head_dim"),
    ("qk_rope_head_dim", "qk_rope_head_dim"),
    ("v_head_dim", "v_head_dim"),
    ("quantization_config", "quantization_config"),
    ("torch_dtype", "torch_dtype"),
];

/// The same of the section `moe`.
const MOE: [(&str, &str); 6] = [
    ("num_experts", "n_routed_experts"),
    ("num_experts_per_tok", "num_experts_per_tok"),
    ("expert_hidden_dim", "moe_intermediate_size"),
    ("num_shared_experts", "n_shared_experts"),
    ("first_k_dense_replace", "first_k_dense_replace"),
    ("route_every_n", "moe_layer_freq"),
];

/// The fields of a `params.json` under the names of a `config.json`; nothing where the file is none.
pub(super) fn renamed(root: &Map<String, Value>) -> Option<Map<String, Value>> {
    let has = |name: &str| root.get(name).is_some_and(|value| !value.is_null());
    let own = ["dim", "n_layers", "n_heads"].iter().filter(|name| has(name)).count();
    if own < 2 || has("model_type") {
        return None;
    }
    let take = |names: &[(&str, &str)], from: &Map<String, Value>| -> Vec<(String, Value)> {
        let found =
            names.iter().filter_map(|(own, name)| Some(((*name).to_owned(), from.get(*own)?.clone())));
        found.collect()
    };
    let mut config: Map<_, _> = take(&NAMES, root).into_iter().collect();
    let moe = root.get("moe").and_then(Value::as_object);
    let is_latent = ["q_lora_rank", "kv_lora_rank", "qk_nope_head_dim"].iter().any(|name| has(name));
    let family = match (is_latent, moe) {
        (true, moe) => {
            config.extend(take(&MOE, moe.unwrap_or(&Map::new())));
            // Its router has no bias for scores.
            config.insert("topk_method".to_owned(), json!("greedy"));
            "deepseek_v3"
        }
        (false, Some(moe)) => {
            config.extend(take(&[("num_experts", "num_local_experts")], moe));
            config.extend(take(&[("num_experts_per_tok", "num_experts_per_tok")], moe));
            "mixtral"
        }
        (false, None) => "mistral",
    };
    config.insert("model_type".to_owned(), json!(family));
    if root.get("quantization").is_some_and(|section| section["qformat_weight"] == "fp8_e4m3") {
        config.insert("quantization_config".to_owned(), json!({"quant_method": "fp8"}));
    }
    Some(config)
}

/// The error with the field under the name that a `params.json` has for it.
pub(super) fn error_of_params(error: HuggingFaceError) -> HuggingFaceError {
    let own = |field: String| {
        let top = NAMES.iter().find(|(_, name)| *name == field).map(|(own, _)| (*own).to_owned());
        let nested = || MOE.iter().find(|(_, name)| *name == field).map(|(own, _)| format!("moe.{own}"));
        top.or_else(nested).unwrap_or(field)
    };
    match error {
        HuggingFaceError::Missing { field } => HuggingFaceError::Missing { field: own(field) },
        HuggingFaceError::Impossible { field, value, remedy } => {
            HuggingFaceError::Impossible { field: own(field), value, remedy }
        }
        other => other,
    }
}
