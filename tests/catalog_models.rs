//! The models of the catalog against their published sizes.

use headroom::catalog::Catalog;

/// Bytes of KV cache a token in 16 bit, sliding windows counted as if they kept everything.
const KV_BYTES_PER_TOKEN: [(&str, u64); 41] = [
    ("llama-3.1-8b", 131072),
    ("llama-3.1-70b", 327680),
    ("llama-3.1-405b", 516096),
    ("llama-3.2-3b", 114688),
    ("llama-2-7b", 524288),
    ("llama-2-13b", 819200),
    ("llama-2-70b", 327680),
    ("mistral-7b", 131072),
    ("mistral-large-2", 360448),
    ("qwen2.5-7b", 57344),
    ("qwen2.5-72b", 327680),
    ("qwen3-8b", 147456),
    ("qwen3-32b", 262144),
    ("gemma-2-27b", 376832),
    ("gemma-3-27b", 507904),
    ("phi-4", 204800),
    ("falcon-180b", 163840),
    ("opt-13b", 819200),
    ("opt-175b", 4718592),
    ("gpt-3-175b", 4718592),
    ("palm-540b", 120832),
    ("command-r-plus", 262144),
    ("nemotron-4-340b", 589824),
    ("mixtral-8x7b", 131072),
    ("mixtral-8x22b", 229376),
    ("llama-4-scout", 196608),
    ("llama-4-maverick", 196608),
    ("qwen3-30b-a3b", 98304),
    ("qwen3-235b-a22b", 192512),
    ("deepseek-v3", 70272),
    ("deepseek-r1", 70272),
    ("kimi-k2", 70272),
    ("gpt-oss-120b", 73728),
    ("gpt-oss-20b", 49152),
    ("glm-4.5", 376832),
    ("qwen3-next-80b-a3b", 24576),
    ("minimax-m1", 40960),
    ("minimax-m2.5", 253952),
    ("nemotron-h-56b", 40960),
    ("nemotron-3-nano-30b-a3b", 6144),
    ("llama-3.3-nemotron-super-49b", 200704),
];

#[test]
fn layers_give_the_published_number_of_parameters() {
    for model in Catalog::built_in().unwrap().models {
        let published = model.published_parameters.unwrap() as f64;
        let error = (model.parameters() as f64 - published).abs() / published;
        assert!(error < 1e-6, "{}: {} against {published}", model.id, model.parameters());
    }
}

#[test]
fn layers_give_the_published_cache_of_a_token() {
    let catalog = Catalog::built_in().unwrap();
    for (id, bytes) in KV_BYTES_PER_TOKEN {
        let model = catalog.model(id).unwrap();
        assert_eq!(2 * model.cached_elements_per_token(), bytes, "{id}");
    }
    assert_eq!(catalog.models.len(), KV_BYTES_PER_TOKEN.len());
}

#[test]
fn layer_counts_are_those_of_the_configurations() {
    let catalog = Catalog::built_in().unwrap();
    for (id, layers) in [
        ("llama-3.1-405b", 126),
        ("gemma-3-27b", 62),
        ("deepseek-v3", 61),
        ("llama-4-maverick", 48),
        ("nemotron-h-56b", 118),
        ("llama-3.3-nemotron-super-49b", 80),
    ] {
        assert_eq!(catalog.model(id).unwrap().layer_count(), layers, "{id}");
    }
}
