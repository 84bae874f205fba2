//! Memory of a model as a server holds it, where that is not the size of its checkpoint.

use headroom::catalog::{Catalog, Model, NumberFormat};
use headroom::engine::figures::Silent;
use headroom::engine::{Degrees, Profile, Room, default_kv_cache, deployment};
use headroom::import::{UnknownFamily, model_from_config};
use serde_json::{Value, json};

/// What a server of `stack` has on `tp` H100, with the formats that it takes by default.
fn room(catalog: &Catalog, model: &Model, stack: &str, tp: u32) -> (NumberFormat, Room) {
    laid_out(catalog, model, stack, Degrees { tp, ..Degrees::ONE })
}

/// The same on any layout.
fn laid_out(catalog: &Catalog, model: &Model, stack: &str, degrees: Degrees) -> (NumberFormat, Room) {
    let accelerator = catalog.accelerator("h100-sxm").unwrap();
    let stack = catalog.stack_named(stack).unwrap();
    let profile = Profile::of(model);
    let kv_cache = default_kv_cache(&profile, model.checkpoint, &stack, accelerator);
    let deployment =
        deployment(catalog, (model, &profile), accelerator, &stack, degrees, (model.checkpoint, kv_cache))
            .unwrap();
    (kv_cache, Room::new(&deployment, &mut Silent))
}

/// A small Llama with a quantisation section.
fn llama(section: Value) -> Model {
    let config = json!({
        "model_type": "llama", "hidden_size": 4096, "intermediate_size": 14336, "num_hidden_layers": 4,
        "num_attention_heads": 32, "num_key_value_heads": 8, "head_dim": 128, "vocab_size": 32000,
        "tie_word_embeddings": false, "max_position_embeddings": 131072, "torch_dtype": "bfloat16",
        "quantization_config": section,
    });
    model_from_config(&config.to_string(), "small", UnknownFamily::Refuse).unwrap()
}

/// As Meta's FP8 checkpoints leave attention everywhere and the first and last feed-forwards (vllm-project/vllm issue 6746):
/// matrices of 5,120 × 4,096 × 2 and 14,336 × 4,096 × 3 a layer, two tables of 32,000 × 4,096.
#[test]
fn what_a_checkpoint_leaves_keeps_sixteen_bits() {
    let catalog = Catalog::built_in().unwrap();
    let attention = 2.0 * (4096.0 * 4096.0 + 1024.0 * 4096.0);
    let feed_forward = 3.0 * 14336.0 * 4096.0;
    let tables = 2.0 * 2.0 * 32000.0 * 4096.0;
    let mut left = vec!["lm_head".to_owned()];
    for layer in 0..4 {
        left.extend(["q", "k", "v", "o"].map(|name| format!("model.layers.{layer}.self_attn.{name}_proj")));
    }
    for layer in [0, 3] {
        left.extend(["gate", "up", "down"].map(|name| format!("model.layers.{layer}.mlp.{name}_proj")));
    }
    let fp8 = |list: &str, left: Value| llama(json!({"quant_method": "fbgemm_fp8", list: left}));
    let half = 2.0 * 4.0 * attention + (2.0 * 2.0 + 2.0) * feed_forward + tables;
    let whole = 4.0 * attention + 4.0 * feed_forward + tables;
    let shared = 4.0 * attention + 2.0 * 4.0 * feed_forward + tables;
    for (model, expected) in [
        (fp8("modules_to_not_convert", json!(left)), half),
        (fp8("ignore", json!(["lm_head"])), whole),
        (fp8("exclude_modules", json!(["*mlp*"])), shared),
        (fp8("ignore", json!(["re:.*mlp.*", "lm_head"])), shared),
    ] {
        let weights = room(&catalog, &model, "vllm", 1).1.weights_bytes;
        assert!((weights / expected - 1.0).abs() < 1e-4, "{weights} for {expected}: {}", model.notes);
    }
}

/// FP8 weights alone do not make the KV cache FP8 (vllm-project/vllm issues 21348, 25350).
#[test]
fn the_cache_has_sixteen_bits_unless_the_checkpoint_has_scales_for_less() {
    use NumberFormat::{Bf16, Fp8};
    let catalog = Catalog::built_in().unwrap();
    let float = json!({"num_bits": 8, "type": "float"});
    for (section, expected) in [
        (json!({"quant_method": "fp8", "weight_block_size": [128, 128]}), Bf16),
        (json!({"quant_method": "awq", "bits": 4, "group_size": 128}), Bf16),
        (json!({"quant_method": "modelopt", "quant_algo": "FP8"}), Bf16),
        (json!({"quant_method": "modelopt", "quant_algo": "FP8", "kv_cache_quant_algo": "FP8"}), Fp8),
        (
            json!({
                "quant_method": "compressed-tensors", "kv_cache_scheme": float,
                "config_groups": {"group_0": {"targets": ["Linear"], "weights": float}},
            }),
            Fp8,
        ),
    ] {
        let model = llama(section.clone());
        for stack in ["vllm", "sglang", "tensorrt-llm"] {
            let (kv_cache, room) = room(&catalog, &model, stack, 1);
            assert_eq!(kv_cache, expected, "{stack}: {section}");
            let bytes = room.kv_bytes_per_token(1000.0, &mut Silent).value;
            assert_eq!(bytes, 4.0 * 2.0 * 8.0 * 128.0 * expected.bytes(), "{stack}: {section}");
        }
    }
}

/// vLLM 0.8.3 keeps all 48 layers of Llama 4 Scout whole (vllm-project/vllm issue 16118); later ones keep a chunk of 8,192
/// tokens in three layers of four.
#[test]
fn windows_are_kept_whole_by_versions_that_do_not_know_them() {
    let catalog = Catalog::built_in().unwrap();
    let model = catalog.model("llama-4-scout").unwrap();
    let per_token = |stack: &str| {
        let (kv_cache, room) = room(&catalog, model, stack, 8);
        assert_eq!(kv_cache, NumberFormat::Bf16);
        room.kv_bytes_per_token(1_048_576.0, &mut Silent).value
    };
    assert_eq!(per_token("vllm@0.8"), 196_608.0);
    let chunks = 196_608.0 * (12.0 + 36.0 * 8192.0 / 1_048_576.0) / 48.0;
    assert!((per_token("vllm") / chunks - 1.0).abs() < 1e-9);
}

/// vLLM from 0.11 on: 58 shared experts of 3 × 7168 × 2048 in FP8, whole on each of the eight ranks of a copy of attention
/// where there are two copies and the experts are spread over both.
#[test]
fn shared_experts_over_cut_copies_of_attention_are_held_whole() {
    let catalog = Catalog::built_in().unwrap();
    let model = catalog.model("deepseek-r1").unwrap();
    let weights = |stack: &str, tp, attention_dp| {
        let degrees = Degrees { tp, pp: 1, ep: tp * attention_dp, attention_dp };
        laid_out(&catalog, model, stack, degrees).1.weights_bytes
    };
    let more = weights("vllm@0.11", 8, 2) - weights("vllm@0.10.2", 8, 2);
    let shared = 58.0 * 3.0 * 7168.0 * 2048.0;
    assert!((more / (shared * 7.0 / 8.0) - 1.0).abs() < 0.02, "{more} for {shared}");
    for (tp, attention_dp) in [(16, 1), (1, 16)] {
        assert_eq!(weights("vllm@0.11", tp, attention_dp), weights("vllm@0.10.2", tp, attention_dp));
    }
}

/// Zamba 2 uses two transformer blocks on thirteen layers: it keeps two, and computes with thirteen.
#[test]
fn weights_of_several_layers_are_kept_once_and_computed_with_each_time() {
    let catalog = Catalog::built_in().unwrap();
    let model = published("zamba2-7b");
    let bytes = room(&catalog, &model, "vllm", 1).1.weights_bytes;
    assert!((bytes / (2.0 * model.parameters() as f64) - 1.0).abs() < 0.001, "{bytes}");
    let block = 14.0 * 3584.0 * 3584.0 + 3.0 * 3584.0 * 14336.0;
    let reused = model.reused_parameters as f64;
    assert!((reused / (11.0 * block) - 1.0).abs() < 0.001, "{reused}");
    let profile = Profile::of(&model);
    let flops = profile.flops_per_token(1.0);
    assert!(
        flops > 2.0 * (profile.parameters + 0.9 * reused) && profile.active_parameters == profile.parameters
    );
}

/// gpt-oss-120b does not start on one H100 with the defaults of vLLM 0.10 (issues 23278, 27508).
#[test]
fn a_server_that_did_not_start_does_not_fit() {
    let catalog = Catalog::built_in().unwrap();
    let model = catalog.model("gpt-oss-120b").unwrap();
    assert!(!room(&catalog, model, "vllm@0.10", 1).1.fits(1200.0));
    assert!(room(&catalog, model, "vllm@0.10", 2).1.fits(131_072.0));
}

/// A configuration of the tests.
fn published(name: &str) -> Model {
    let path = format!("{}/tests/fixtures/configs/{name}.json", env!("CARGO_MANIFEST_DIR"));
    model_from_config(&std::fs::read_to_string(path).unwrap(), name, UnknownFamily::Refuse).unwrap()
}

/// A configuration of the tests with a quantisation section.
fn quantized(name: &str, section: &Value) -> Model {
    let path = format!("{}/tests/fixtures/configs/{name}.json", env!("CARGO_MANIFEST_DIR"));
    let mut config: Value = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    config["quantization_config"] = section.clone();
    model_from_config(&config.to_string(), name, UnknownFamily::Refuse).unwrap()
}

/// A section of ModelOpt that names each module with its algorithm.
fn mixed(modules: impl IntoIterator<Item = (String, &'static str)>) -> Value {
    let layers: serde_json::Map<_, _> =
        modules.into_iter().map(|(name, algorithm)| (name, json!({"quant_algo": algorithm}))).collect();
    json!({"quant_method": "modelopt", "quant_algo": "MIXED_PRECISION", "quantized_layers": layers, "ignore": ["mtp*"]})
}

#[test]
fn checkpoints_of_several_formats_take_what_their_files_do() {
    let catalog = Catalog::built_in().unwrap();
    // nvidia/Qwen3.6-35B-A3B-NVFP4: experts and output projection in four bits, attention of both kinds in eight. Its files
    // have 21.8 GiB, of which 1.7 GB are the layer that predicts a further token and 0.9 GB the vision tower, both in 16 bits.
    let names = |layer: usize| {
        let under = format!("model.language_model.layers.{layer}");
        let attention: &[&str] = if layer % 4 == 3 {
            &["self_attn.q_proj", "self_attn.k_proj", "self_attn.v_proj", "self_attn.o_proj"]
        } else {
            &["linear_attn.in_proj_qkv", "linear_attn.in_proj_z", "linear_attn.out_proj"]
        };
        let experts = [
            "mlp.experts",
            "mlp.shared_expert.gate_proj",
            "mlp.shared_expert.up_proj",
            "mlp.shared_expert.down_proj",
        ];
        let eight = attention.iter().map(|name| (format!("{under}.{name}"), "FP8")).collect::<Vec<_>>();
        eight
            .into_iter()
            .chain(experts.map(|name| (format!("{under}.{name}"), "W4A16_NVFP4")))
            .collect::<Vec<_>>()
    };
    let head = ("lm_head".to_owned(), "W4A16_NVFP4");
    let qwen = quantized("qwen3.5-35b-a3b", &mixed((0..40).flat_map(names).chain([head])));
    // NVIDIA-Nemotron-3-Ultra-550B-A55B-NVFP4: routed experts in four bits, shared experts and Mamba in eight, the rest in 16;
    // 331 GB measured (docs.nvidia.com, Nemotron 3 Ultra, quantization).
    let nemotron = (0..108).flat_map(|layer| {
        [
            ("mixer.experts", "NVFP4"),
            ("mixer.shared_experts", "FP8"),
            ("mixer.in_proj", "FP8"),
            ("mixer.out_proj", "FP8"),
        ]
        .map(|(name, algorithm)| (format!("backbone.layers.{layer}.{name}"), algorithm))
    });
    let nemotron = quantized("nemotron-3-ultra-550b-a55b", &mixed(nemotron));
    for (model, published_gb, beside_gb) in [(qwen, 23.4, 2.6), (nemotron, 331.0, 0.0)] {
        assert_eq!(model.checkpoint, NumberFormat::Nvfp4, "{}", model.id);
        let gb = room(&catalog, &model, "vllm", 1).1.weights_bytes / 1e9 + beside_gb;
        assert!((gb / published_gb - 1.0).abs() < 0.02, "{}: {gb} GB for {published_gb}", model.id);
    }
}

#[test]
fn groups_of_modules_are_read_as_layers_named_one_by_one() {
    let named = mixed((0..40).flat_map(|layer| {
        [("self_attn.q_proj", "FP8"), ("self_attn.o_proj", "FP8"), ("mlp.experts", "NVFP4")]
            .map(|(name, algorithm)| (format!("model.layers.{layer}.{name}"), algorithm))
    }));
    // As compressed-tensors groups them.
    let groups = json!({
        "quant_method": "compressed-tensors", "ignore": ["lm_head"],
        "config_groups": {
            "group_0": {
                "targets": ["re:.*self_attn\\.(q|o)_proj$"],
                "weights": {"num_bits": 8, "type": "float", "strategy": "channel"},
            },
            "group_1": {
                "targets": ["re:.*mlp\\.experts\\..*"],
                "weights": {"num_bits": 4, "type": "float", "group_size": 16},
            },
        },
    });
    let [named, groups] =
        [named, groups].map(|section| quantized("qwen3.5-35b-a3b", &section).quantized.remove(0));
    assert_eq!((named.format, groups.format), (NumberFormat::Nvfp4, NumberFormat::Nvfp4));
    assert_eq!((named.kept, named.eight_bit), (groups.kept, groups.eight_bit));
    // Query and output projections of the ten layers of full attention.
    assert_eq!(named.eight_bit.unwrap().mixer, 10 * 2 * 2048 * 16 * 256);
}
