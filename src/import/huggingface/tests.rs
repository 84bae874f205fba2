use super::*;
use crate::catalog::{Catalog, NumberFormat};

/// For each catalog model, the fields of its `config.json` that matter.
const CONFIGS: [(&str, &str); 27] = [
    (
        "llama-3.1-8b",
        r#"{"model_type": "llama", "hidden_size": 4096, "intermediate_size": 14336, "num_attention_heads": 32,
        "num_hidden_layers": 32, "num_key_value_heads": 8, "max_position_embeddings": 131072, "vocab_size": 128256}"#,
    ),
    (
        "llama-3.1-70b",
        r#"{"model_type": "llama", "hidden_size": 8192, "intermediate_size": 28672, "num_attention_heads": 64,
        "num_hidden_layers": 80, "num_key_value_heads": 8, "max_position_embeddings": 131072, "vocab_size": 128256}"#,
    ),
    (
        "llama-3.1-405b",
        r#"{"model_type": "llama", "hidden_size": 16384, "intermediate_size": 53248, "num_attention_heads": 128,
        "num_hidden_layers": 126, "num_key_value_heads": 8, "max_position_embeddings": 131072, "vocab_size": 128256}"#,
    ),
    (
        "llama-3.2-3b",
        r#"{"model_type": "llama", "hidden_size": 3072, "intermediate_size": 8192, "num_attention_heads": 24,
        "num_hidden_layers": 28, "num_key_value_heads": 8, "max_position_embeddings": 131072, "vocab_size": 128256,
        "tie_word_embeddings": true}"#,
    ),
    (
        "mistral-7b",
        r#"{"model_type": "mistral", "hidden_size": 4096, "intermediate_size": 14336, "num_attention_heads": 32,
        "num_hidden_layers": 32, "num_key_value_heads": 8, "max_position_embeddings": 32768, "vocab_size": 32768,
        "sliding_window": null}"#,
    ),
    (
        "qwen2.5-72b",
        r#"{"model_type": "qwen2", "hidden_size": 8192, "intermediate_size": 29568, "num_attention_heads": 64,
        "num_hidden_layers": 80, "num_key_value_heads": 8, "max_position_embeddings": 131072, "vocab_size": 152064,
        "use_sliding_window": false, "sliding_window": 131072}"#,
    ),
    (
        "qwen3-8b",
        r#"{"model_type": "qwen3", "head_dim": 128, "hidden_size": 4096, "intermediate_size": 12288,
        "max_position_embeddings": 40960, "num_attention_heads": 32, "num_hidden_layers": 36,
        "num_key_value_heads": 8, "vocab_size": 151936, "attention_bias": false}"#,
    ),
    (
        "qwen3-32b",
        r#"{"model_type": "qwen3", "head_dim": 128, "hidden_size": 5120, "intermediate_size": 25600,
        "max_position_embeddings": 40960, "num_attention_heads": 64, "num_hidden_layers": 64,
        "num_key_value_heads": 8, "vocab_size": 151936}"#,
    ),
    (
        "gemma-2-27b",
        r#"{"model_type": "gemma2", "head_dim": 128, "hidden_size": 4608, "intermediate_size": 36864,
        "max_position_embeddings": 8192, "num_attention_heads": 32, "num_hidden_layers": 46,
        "num_key_value_heads": 16, "vocab_size": 256000, "sliding_window": 4096}"#,
    ),
    (
        "gemma-3-27b",
        r#"{"model_type": "gemma3", "text_config": {"head_dim": 128, "hidden_size": 5376, "intermediate_size": 21504,
        "num_attention_heads": 32, "num_hidden_layers": 62, "num_key_value_heads": 16, "sliding_window": 1024}}"#,
    ),
    (
        "phi-4",
        r#"{"model_type": "phi3", "hidden_size": 5120, "intermediate_size": 17920, "num_attention_heads": 40,
        "num_hidden_layers": 40, "num_key_value_heads": 10, "max_position_embeddings": 16384, "vocab_size": 100352}"#,
    ),
    (
        "command-r-plus",
        r#"{"model_type": "cohere", "hidden_size": 12288, "intermediate_size": 33792, "num_attention_heads": 96,
        "num_hidden_layers": 64, "num_key_value_heads": 8, "max_position_embeddings": 131072, "vocab_size": 256000,
        "use_qk_norm": true}"#,
    ),
    (
        "falcon-180b",
        r#"{"model_type": "falcon", "hidden_size": 14848, "num_attention_heads": 232, "num_kv_heads": 8,
        "num_hidden_layers": 80, "new_decoder_architecture": true, "vocab_size": 65024, "bias": false,
        "tie_word_embeddings": false}"#,
    ),
    (
        "opt-13b",
        r#"{"model_type": "opt", "hidden_size": 5120, "ffn_dim": 20480, "num_attention_heads": 40,
        "num_hidden_layers": 40, "max_position_embeddings": 2048, "vocab_size": 50272}"#,
    ),
    (
        "mixtral-8x7b",
        r#"{"model_type": "mixtral", "hidden_size": 4096, "intermediate_size": 14336, "num_attention_heads": 32,
        "num_experts_per_tok": 2, "num_hidden_layers": 32, "num_key_value_heads": 8, "num_local_experts": 8,
        "max_position_embeddings": 32768, "vocab_size": 32000, "sliding_window": null}"#,
    ),
    (
        "qwen3-235b-a22b",
        r#"{"model_type": "qwen3_moe", "head_dim": 128, "hidden_size": 4096, "intermediate_size": 12288,
        "max_position_embeddings": 40960, "moe_intermediate_size": 1536, "num_attention_heads": 64,
        "num_experts": 128, "num_experts_per_tok": 8, "num_hidden_layers": 94, "num_key_value_heads": 4,
        "vocab_size": 151936, "mlp_only_layers": [], "decoder_sparse_step": 1}"#,
    ),
    (
        "qwen3-30b-a3b",
        r#"{"model_type": "qwen3_moe", "head_dim": 128, "hidden_size": 2048, "intermediate_size": 6144,
        "max_position_embeddings": 40960, "moe_intermediate_size": 768, "num_attention_heads": 32,
        "num_experts": 128, "num_experts_per_tok": 8, "num_hidden_layers": 48, "num_key_value_heads": 4,
        "vocab_size": 151936}"#,
    ),
    (
        "llama-4-scout",
        r#"{"model_type": "llama4", "text_config": {"model_type": "llama4_text", "attention_chunk_size": 8192,
        "head_dim": 128, "hidden_size": 5120, "interleave_moe_layer_step": 1, "intermediate_size": 8192,
        "intermediate_size_mlp": 16384, "max_position_embeddings": 10485760, "num_attention_heads": 40,
        "num_experts_per_tok": 1, "num_hidden_layers": 48, "num_key_value_heads": 8, "num_local_experts": 16,
        "vocab_size": 202048}}"#,
    ),
    (
        "llama-4-maverick",
        r#"{"model_type": "llama4", "text_config": {"model_type": "llama4_text", "attention_chunk_size": 8192,
        "head_dim": 128, "hidden_size": 5120, "interleave_moe_layer_step": 2, "intermediate_size": 8192,
        "intermediate_size_mlp": 16384, "max_position_embeddings": 1048576, "num_attention_heads": 40,
        "num_experts_per_tok": 1, "num_hidden_layers": 48, "num_key_value_heads": 8, "num_local_experts": 128,
        "vocab_size": 202048}}"#,
    ),
    (
        "gpt-oss-120b",
        r#"{"model_type": "gpt_oss", "attention_bias": true, "head_dim": 64, "hidden_size": 2880,
        "intermediate_size": 2880, "max_position_embeddings": 131072, "num_attention_heads": 64,
        "num_experts_per_tok": 4, "num_hidden_layers": 36, "num_key_value_heads": 8, "num_local_experts": 128,
        "sliding_window": 128, "vocab_size": 201088, "quantization_config": {"quant_method": "mxfp4"}}"#,
    ),
    (
        "deepseek-v3",
        r#"{"n_group": 8, "topk_group": 4, "model_type": "deepseek_v3", "first_k_dense_replace": 3, "hidden_size": 7168, "intermediate_size": 18432,
        "kv_lora_rank": 512, "max_position_embeddings": 163840, "moe_intermediate_size": 2048, "moe_layer_freq": 1,
        "n_routed_experts": 256, "n_shared_experts": 1, "num_attention_heads": 128, "num_experts_per_tok": 8,
        "num_hidden_layers": 61, "num_key_value_heads": 128, "q_lora_rank": 1536, "qk_nope_head_dim": 128,
        "qk_rope_head_dim": 64, "topk_method": "noaux_tc", "v_head_dim": 128, "vocab_size": 129280,
        "quantization_config": {"quant_method": "fp8", "fmt": "e4m3"}}"#,
    ),
    (
        "kimi-k2",
        r#"{"model_type": "kimi_k2", "first_k_dense_replace": 1, "hidden_size": 7168, "intermediate_size": 18432,
        "kv_lora_rank": 512, "max_position_embeddings": 131072, "moe_intermediate_size": 2048, "moe_layer_freq": 1,
        "n_routed_experts": 384, "n_shared_experts": 1, "num_attention_heads": 64, "num_experts_per_tok": 8,
        "num_hidden_layers": 61, "num_key_value_heads": 64, "q_lora_rank": 1536, "qk_nope_head_dim": 128,
        "qk_rope_head_dim": 64, "topk_method": "noaux_tc", "v_head_dim": 128, "vocab_size": 163840,
        "quantization_config": {"quant_method": "fp8", "fmt": "e4m3"}}"#,
    ),
    (
        "glm-4.5",
        r#"{"model_type": "glm4_moe", "attention_bias": true, "use_qk_norm": true, "first_k_dense_replace": 3,
        "head_dim": 128, "hidden_size": 5120, "intermediate_size": 12288, "max_position_embeddings": 131072,
        "moe_intermediate_size": 1536, "n_routed_experts": 160, "n_shared_experts": 1, "num_attention_heads": 96,
        "num_experts_per_tok": 8, "num_hidden_layers": 92, "num_key_value_heads": 8, "vocab_size": 151552}"#,
    ),
    (
        "minimax-m2.5",
        r#"{"model_type": "minimax_m2", "num_hidden_layers": 62, "hidden_size": 3072, "num_attention_heads": 48,
        "num_key_value_heads": 8, "head_dim": 128, "intermediate_size": 1536, "vocab_size": 200064,
        "num_experts_per_tok": 8, "num_local_experts": 256, "max_position_embeddings": 196608, "use_qk_norm": true,
        "qk_norm_type": "per_layer", "use_routing_bias": true, "shared_intermediate_size": 0,
        "quantization_config": {"quant_method": "fp8"}}"#,
    ),
    (
        "qwen3-next-80b-a3b",
        r#"{"model_type": "qwen3_next", "hidden_size": 2048, "num_hidden_layers": 48, "num_attention_heads": 16,
        "num_key_value_heads": 2, "head_dim": 256, "full_attention_interval": 4, "linear_conv_kernel_dim": 4,
        "linear_key_head_dim": 128, "linear_value_head_dim": 128, "linear_num_key_heads": 16,
        "linear_num_value_heads": 32, "num_experts": 512, "num_experts_per_tok": 10, "moe_intermediate_size": 512,
        "shared_expert_intermediate_size": 512, "vocab_size": 151936, "max_position_embeddings": 262144}"#,
    ),
    (
        "nemotron-h-56b",
        r#"{"model_type": "nemotron_h", "hidden_size": 8192, "num_hidden_layers": 118, "attention_head_dim": 128,
        "num_attention_heads": 64, "num_key_value_heads": 8, "intermediate_size": 32768, "conv_kernel": 4,
        "mamba_head_dim": 64, "mamba_num_heads": 256, "n_groups": 8, "ssm_state_size": 256, "use_conv_bias": true,
        "vocab_size": 131072, "max_position_embeddings": 8192, "time_step_limit": [0.0, Infinity],
        "hybrid_override_pattern": "M-M-M-M*-M-M-M-M-M*-M-M-M-M-M*-M-M-M-M-M*-M-M-M-M-M*-M-M-M-M-M*-M-M-M-M-M*-M-M-M-M-M*-M-M-M-M-M*-M-M-M-M-M*-M-M-M-M-M-"}"#,
    ),
    (
        "nemotron-3-nano-30b-a3b",
        r#"{"model_type": "nemotron_h", "hidden_size": 2688, "num_hidden_layers": 52, "head_dim": 128,
        "num_attention_heads": 32, "num_key_value_heads": 2, "intermediate_size": 1856, "conv_kernel": 4,
        "mamba_head_dim": 64, "mamba_num_heads": 64, "n_groups": 8, "ssm_state_size": 128,
        "moe_intermediate_size": 1856, "moe_shared_expert_intermediate_size": 3712, "n_routed_experts": 128,
        "num_experts_per_tok": 6, "vocab_size": 131072, "max_position_embeddings": 262144,
        "hybrid_override_pattern": "MEMEM*EMEMEM*EMEMEM*EMEMEM*EMEMEM*EMEMEMEM*EMEMEMEME"}"#,
    ),
];

/// Layers in a row, query heads for each key head where attention is left, feed-forward multiple.
const PRUNED: [(usize, Option<u32>, f64); 25] = [
    (1, Some(8), 2.625),
    (5, Some(8), 5.25),
    (2, None, 2.625),
    (3, Some(8), 5.25),
    (1, None, 3.28125),
    (30, Some(8), 5.25),
    (1, None, 1.3125),
    (2, None, 2.625),
    (1, None, 1.3125),
    (1, None, 5.25),
    (1, None, 1.3125),
    (1, None, 2.625),
    (3, None, 1.3125),
    (1, Some(8), 5.25),
    (1, None, 1.3125),
    (2, None, 1.0),
    (1, None, 1.3125),
    (3, None, 1.0),
    (2, None, 1.3125),
    (2, None, 0.5),
    (2, None, 1.0),
    (2, None, 0.5),
    (1, None, 1.0),
    (2, None, 0.5),
    (9, Some(8), 5.25),
];

/// What plans use of two models must be equal; groups may be in any order.
fn assert_same(read: &Model, known: &Model) {
    let id = &known.id;
    assert_eq!(read.parameters(), known.parameters(), "{id}: parameters");
    assert_eq!(read.cached_elements_per_token(), known.cached_elements_per_token(), "{id}: cache");
    assert_eq!(read.checkpoint, known.checkpoint, "{id}: checkpoint");
    assert_eq!((read.context, read.vocab, read.tied), (known.context, known.vocab, known.tied), "{id}");
    assert_eq!(read.layers.len(), known.layers.len(), "{id}: groups");
    for group in &known.layers {
        assert!(read.layers.contains(group), "{id}: {group:?} is not among {:?}", read.layers);
    }
}

#[test]
fn the_configurations_of_catalog_models_give_those_models() {
    let catalog = Catalog::built_in().unwrap();
    for (id, json) in CONFIGS {
        let read = model_from_config(json, id, UnknownFamily::Refuse)
            .unwrap_or_else(|error| panic!("{id}: {error}"));
        assert_same(&read, catalog.model(id).unwrap());
    }
}

#[test]
fn a_pruned_model_keeps_what_its_blocks_say() {
    let block = |(_, sharing, multiple): &(usize, Option<u32>, f64)| {
        serde_json::json!({
            "attention": {"n_heads_in_group": sharing, "no_op": sharing.is_none()},
            "ffn": {"ffn_mult": multiple, "no_op": false},
        })
    };
    let blocks: Vec<Value> = PRUNED.iter().flat_map(|run| std::iter::repeat_n(block(run), run.0)).collect();
    let json = serde_json::json!({
        "model_type": "nemotron-nas", "hidden_size": 8192, "num_attention_heads": 64, "num_hidden_layers": 80,
        "num_key_value_heads": null, "intermediate_size": null, "vocab_size": 128256,
        "max_position_embeddings": 131072, "block_configs": blocks,
    });
    let id = "llama-3.3-nemotron-super-49b";
    let read = model_from_config(&json.to_string(), id, UnknownFamily::Refuse).unwrap();
    assert_same(&read, Catalog::built_in().unwrap().model(id).unwrap());
}

#[test]
fn lightning_layers_are_read_from_the_list_of_kinds() {
    let kinds: Vec<u32> = (0..80).map(|layer| u32::from(layer % 8 == 7)).collect();
    let json = serde_json::json!({
        "model_type": "minimax_m1", "hidden_size": 6144, "num_attention_heads": 64, "num_key_value_heads": 8,
        "head_dim": 128, "num_hidden_layers": 80, "attn_type_list": kinds, "intermediate_size": 9216,
        "num_local_experts": 32, "num_experts_per_tok": 2, "vocab_size": 200064,
        "max_position_embeddings": 1000000,
    });
    let read = model_from_config(&json.to_string(), "minimax-m1", UnknownFamily::Refuse).unwrap();
    assert_same(&read, Catalog::built_in().unwrap().model("minimax-m1").unwrap());
}

#[test]
fn listed_layer_types_overrule_the_usual_pattern() {
    let json = r#"{"model_type": "gpt_oss", "head_dim": 64, "hidden_size": 2880, "intermediate_size": 2880,
        "max_position_embeddings": 131072, "num_attention_heads": 64, "num_experts_per_tok": 4,
        "num_hidden_layers": 3, "num_key_value_heads": 8, "num_local_experts": 32, "sliding_window": 128,
        "vocab_size": 201088, "layer_types": ["sliding_attention", "sliding_attention", "full_attention"]}"#;
    let counts: Vec<u32> = model_from_config(json, "x", UnknownFamily::Refuse)
        .unwrap()
        .layers
        .iter()
        .map(|group| group.count)
        .collect();
    assert_eq!(counts, [2, 1]);
}

#[test]
fn blocks_may_be_listed_by_kind_instead_of_letter() {
    let letters = "MEMEM*EMEMEM*EMEMEM*EMEMEM*EMEMEM*EMEMEMEM*EMEMEMEME";
    let kind = |letter| match letter {
        'M' => "mamba",
        'E' => "moe",
        _ => "attention",
    };
    let kinds: Vec<&str> = letters.chars().map(kind).collect();
    let id = "nemotron-3-nano-30b-a3b";
    let (_, json) = CONFIGS.iter().find(|(known, _)| *known == id).unwrap();
    let mut json: Value = serde_json::from_str(json).unwrap();
    json.as_object_mut().unwrap().remove("hybrid_override_pattern");
    json["layers_block_type"] = kinds.into();
    let read = model_from_config(&json.to_string(), id, UnknownFamily::Refuse).unwrap();
    assert_same(&read, Catalog::built_in().unwrap().model(id).unwrap());
}

/// Files of newer families that leave out what their configuration class has a default for, with their layers and the
/// numbers that a token adds to their caches.
const TRIMMED: [(&str, u32, u64); 7] = [
    (
        r#"{"model_type": "deepseek_v4", "hidden_size": 4096, "num_hidden_layers": 43, "num_attention_heads": 64,
        "num_key_value_heads": 1, "head_dim": 512, "qk_rope_head_dim": 64, "q_lora_rank": 1024, "o_lora_rank": 1024,
        "o_groups": 8, "index_n_heads": 64, "index_head_dim": 128, "sliding_window": 128, "n_routed_experts": 256,
        "num_experts_per_tok": 6, "moe_intermediate_size": 2048, "vocab_size": 129280}"#,
        43,
        43 * 512 + 20 * (512 + 128) / 4 + 23 * 512 / 128,
    ),
    (
        r#"{"model_type": "falcon_h1", "hidden_size": 1024, "num_hidden_layers": 24, "num_attention_heads": 8,
        "num_key_value_heads": 2, "head_dim": 64, "intermediate_size": 2048, "mamba_d_ssm": 1536, "mamba_n_heads": 24,
        "mamba_d_head": 64, "mamba_d_state": 128, "vocab_size": 32784}"#,
        24,
        24 * 2 * 2 * 64,
    ),
    (
        r#"{"model_type": "kimi_linear", "hidden_size": 2304, "num_hidden_layers": 27, "num_attention_heads": 32,
        "kv_lora_rank": 512, "qk_nope_head_dim": 128, "qk_rope_head_dim": 64, "v_head_dim": 128, "linear_attn_config":
        {"full_attn_layers": [4, 8, 12, 16, 20, 24, 27], "num_heads": 32, "head_dim": 128}, "num_experts": 256,
        "num_experts_per_token": 8, "moe_intermediate_size": 1024, "vocab_size": 163840}"#,
        27,
        7 * 576,
    ),
    (
        r#"{"model_type": "longcat_flash", "hidden_size": 6144, "num_layers": 28, "num_attention_heads": 64,
        "kv_lora_rank": 512, "q_lora_rank": 1536, "qk_nope_head_dim": 128, "qk_rope_head_dim": 64, "v_head_dim": 128,
        "ffn_hidden_size": 12288, "expert_ffn_hidden_size": 2048, "n_routed_experts": 512, "zero_expert_num": 256,
        "moe_topk": 12, "vocab_size": 131072}"#,
        28,
        28 * 2 * 576,
    ),
    (
        r#"{"model_type": "mimo_v2_flash", "hidden_size": 4096, "intermediate_size": 16384, "num_hidden_layers": 48,
        "num_attention_heads": 64, "num_key_value_heads": 4, "head_dim": 192, "v_head_dim": 128, "sliding_window": 128,
        "swa_num_key_value_heads": 8, "n_routed_experts": 256, "num_experts_per_tok": 8,
        "moe_intermediate_size": 2048, "vocab_size": 152576}"#,
        48,
        (9 * 4 + 39 * 8) * (192 + 128),
    ),
    (
        r#"{"model_type": "minimax_m3", "hidden_size": 6144, "num_hidden_layers": 60, "num_attention_heads": 64,
        "num_key_value_heads": 4, "head_dim": 128, "dense_intermediate_size": 12288, "first_k_dense_replace": 3,
        "moe_intermediate_size": 3072, "num_local_experts": 128, "num_experts_per_tok": 4, "vocab_size": 200064}"#,
        60,
        60 * 2 * 4 * 128,
    ),
    (
        r#"{"model_type": "nemotron_h", "hidden_size": 1024, "layers_block_type": ["mamba", "moe", "mamba", "attention",
        "moe", "mamba"], "num_attention_heads": 8, "num_key_value_heads": 2, "head_dim": 128, "mamba_num_heads": 32,
        "mamba_head_dim": 64, "n_groups": 8, "ssm_state_size": 128, "moe_intermediate_size": 640,
        "moe_latent_size": 256, "moe_shared_expert_intermediate_size": 1280, "n_routed_experts": 16,
        "num_experts_per_tok": 4, "vocab_size": 32000, "max_position_embeddings": 262144}"#,
        6,
        2 * 2 * 128,
    ),
];

#[test]
fn what_a_file_leaves_out_takes_the_default_of_its_family() {
    for (json, layers, cached) in TRIMMED {
        let model = model_from_config(json, "x", UnknownFamily::Refuse)
            .unwrap_or_else(|error| panic!("{json}: {error}"));
        assert_eq!((model.layer_count(), model.cached_elements_per_token()), (layers, cached), "{json}");
    }
}

/// The configuration of a small model with some of its text replaced.
fn changed(from: &str, to: &str) -> Result<Model, HuggingFaceError> {
    let json = CONFIGS[0].1;
    assert!(json.contains(from));
    model_from_config(&json.replace(from, to), "x", UnknownFamily::Refuse)
}

#[test]
fn a_strange_family_is_refused_with_the_known_ones() {
    let error = changed("\"llama\"", "\"perceptron\"").unwrap_err().to_string();
    assert!(error.starts_with("model_type `perceptron` is not supported"), "{error}");
    assert!(error.contains("qwen3_moe"), "{error}");
}

#[test]
fn a_missing_or_impossible_field_is_named() {
    let error = |from, to| changed(from, to).unwrap_err().to_string();
    assert!(error("\"hidden_size\": 4096,", "").starts_with("`hidden_size` is missing"));
    assert!(error(", \"vocab_size\": 128256", "").starts_with("`vocab_size` is missing"));
    assert!(error("\"num_key_value_heads\": 8", "\"num_key_value_heads\": 7").contains("must divide"));
    assert!(error("\"num_hidden_layers\": 32", "\"num_hidden_layers\": 0").contains("at least 1"));
    assert!(error("\"hidden_size\": 4096", "\"hidden_size\": -1").starts_with("`hidden_size` is -1"));
    assert!(error("4096", "4097").contains("not a multiple"));
}

#[test]
fn what_is_not_a_configuration_is_refused() {
    let error = |text| model_from_config(text, "x", UnknownFamily::Refuse).unwrap_err();
    assert!(matches!(error("{\"a\": "), HuggingFaceError::Json { line: 1, .. }));
    assert!(matches!(error("[1, 2]"), HuggingFaceError::Json { .. }));
    assert!(matches!(error("{}"), HuggingFaceError::NoModelType { .. }));
}

#[test]
fn the_checkpoint_is_in_the_format_that_the_quantisation_names() {
    let format = |quantization: &str| {
        let with = format!("\"vocab_size\": 128256, \"quantization_config\": {quantization}");
        changed("\"vocab_size\": 128256", &with).map(|model| model.checkpoint)
    };
    assert_eq!(format(r#"{"quant_method": "awq", "bits": 4}"#), Ok(NumberFormat::Int4));
    assert_eq!(format(r#"{"quant_method": "modelopt", "quant_algo": "NVFP4"}"#), Ok(NumberFormat::Nvfp4));
    let groups = r#"{"quant_method": "compressed-tensors", "config_groups": {"group_0":
        {"weights": {"num_bits": 8, "type": "float"}}}}"#;
    assert_eq!(format(groups), Ok(NumberFormat::Fp8));
    assert!(format(r#"{"quant_method": "aqlm"}"#).unwrap_err().to_string().contains("aqlm"));
}

#[test]
fn infinities_inside_strings_stay() {
    let text = r#"{"a": Infinity, "b": [-Infinity, NaN], "c": "Infinity \" NaN"}"#;
    assert_eq!(without_infinities(text), r#"{"a": null, "b": [null, null], "c": "Infinity \" NaN"}"#);
}
