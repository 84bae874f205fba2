//! Configurations of families without a published file at hand: what their fields change in a model that is known.

use headroom::catalog::{FeedForward, Model};
use headroom::engine::Profile;
use headroom::import::{UnknownFamily, model_from_config};
use serde_json::Value;

const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/configs");

fn json(name: &str) -> Value {
    serde_json::from_str(&std::fs::read_to_string(format!("{FOLDER}/{name}.json")).unwrap()).unwrap()
}

fn read(json: &Value) -> Model {
    model_from_config(&json.to_string(), "x", UnknownFamily::Refuse).unwrap()
}

/// Nemotron-Labs-3-Puzzle is Nemotron 3 Super with narrower experts on some layers, of which a token visits fewer.
#[test]
fn blocks_with_experts_of_several_sizes_are_summed() {
    let mut file = json("nemotron-3-super-120b-a12b");
    let whole = read(&file);
    let pattern = file["hybrid_override_pattern"].as_str().unwrap().to_owned();
    let (width, top_k) = (file["moe_intermediate_size"].clone(), file["num_experts_per_tok"].clone());
    let block = |(layer, letter): (usize, char)| match letter {
        'M' => serde_json::json!({"block_type": "mamba"}),
        '*' => serde_json::json!({"block_type": "attention"}),
        'E' if layer < 44 => {
            serde_json::json!({"block_type": "moe", "moe_intermediate_size": 1024, "num_experts_per_tok": 8})
        }
        _ => {
            serde_json::json!({"block_type": "moe", "moe_intermediate_size": width, "num_experts_per_tok": top_k})
        }
    };
    file["block_configs"] = pattern.chars().enumerate().map(block).collect();
    file["model_type"] = "nemotron_h_puzzle".into();
    for stripped in ["hybrid_override_pattern", "moe_intermediate_size", "num_experts_per_tok"] {
        file.as_object_mut().unwrap().remove(stripped);
    }
    let puzzle = read(&file);
    let experts = |model: &Model| {
        model.layers.iter().find_map(|group| match group.ffn {
            FeedForward::Moe { experts, latent, matrices, intermediate, .. } => Some((
                f64::from(experts),
                f64::from(latent.unwrap_or(model.hidden)),
                f64::from(matrices),
                intermediate,
            )),
            _ => None,
        })
    };
    let (count, latent, matrices, full) = experts(&whole).unwrap();
    let narrowed = pattern.chars().take(44).filter(|letter| *letter == 'E').count() as f64;
    let less = narrowed * count * matrices * latent * f64::from(full - 1024);
    assert_eq!(whole.parameters() - puzzle.parameters(), less as u64);
    let (before, after) = (Profile::of(&whole), Profile::of(&puzzle));
    assert!((after.parameters / puzzle.parameters() as f64 - 1.0).abs() < 1e-9);
    assert_eq!(
        (after.layers, after.kv_elements, after.moe_layers),
        (before.layers, before.kv_elements, before.moe_layers)
    );
    let of_token =
        |layers: f64, visits: f64, width: u32| layers * visits * matrices * latent * f64::from(width);
    let visits = before.top_k;
    let fewer = of_token(narrowed, visits, full) - of_token(narrowed, 8.0, 1024);
    assert!(((before.active_parameters - after.active_parameters) / fewer - 1.0).abs() < 1e-6);
}

/// What a search leaves of a layer of Llama: nothing, one matrix, or a width of its own.
#[test]
fn layers_that_a_search_replaced_are_counted_as_what_they_became() {
    let mut file = json("llama-3.3-nemotron-super-49b");
    let whole = read(&file);
    let blocks = file["block_configs"].as_array().unwrap().clone();
    let layer = blocks.iter().position(|block| block["attention"]["no_op"] != true).unwrap();
    file["block_configs"][layer]["attention"] = serde_json::json!({"replace_with_linear": true});
    let linear = read(&file);
    let square = 8192 * 8192;
    assert_eq!(whole.parameters() - linear.parameters(), 2 * square + 2 * 8 * 128 * 8192 - square);
    assert_eq!(whole.cached_elements_per_token() - linear.cached_elements_per_token(), 2 * 8 * 128);
    let before = linear.parameters();
    file["block_configs"][layer]["ffn"] = serde_json::json!({"intermediate_size": 1024});
    let narrow = read(&file);
    file["block_configs"][layer]["ffn"] = serde_json::json!({"replace_with_linear": true});
    let one = read(&file);
    assert!(before > narrow.parameters());
    assert_eq!(one.parameters() + 3 * 1024 * 8192 - square, narrow.parameters());
}

/// PLaMo 3 with a window on seven layers of eight, by its pattern, by kinds, or layer by layer.
#[test]
fn windows_of_plamo_3_are_read_as_its_files_have_them() {
    let file = serde_json::json!({
        "model_type": "plamo3", "hidden_size": 4096, "num_hidden_layers": 16, "num_attention_heads": 32,
        "num_key_value_heads": 4, "head_dim": 128, "intermediate_size": 13312, "vocab_size": 32000,
        "max_position_embeddings": 4096, "window_size": 2048, "sliding_window_pattern": 8,
    });
    let full = |layer: u32| layer % 8 == 7;
    let mut kinds = file.clone();
    kinds.as_object_mut().unwrap().remove("sliding_window_pattern");
    kinds["layer_types"] =
        (0..16).map(|layer| if full(layer) { "full_attention" } else { "sliding_attention" }).collect();
    let mut listed = file.clone();
    listed.as_object_mut().unwrap().remove("window_size");
    listed["sliding_window"] =
        (0..16).map(|layer| if full(layer) { Value::Null } else { 2048.into() }).collect();
    let expected = read(&file);
    let attention = 4096 * 128 * (2 * 32 + 2 * 4) + 2 * 128;
    let layers = 16 * (attention + 3 * 4096 * 13312 + 4 * 4096);
    assert_eq!(expected.parameters(), 32000 * 4096 + layers + 4096);
    for other in [kinds, listed] {
        assert_eq!(read(&other), expected);
    }
    let profile = Profile::of(&expected);
    assert_eq!((profile.kv_elements, profile.windows.kv_elements()), (2.0 * 1024.0, 14.0 * 1024.0));
}
