//! Worked examples from papers that a correct formula reproduces.

use headroom::catalog::{Catalog, FeedForward, KeyValues, LayerGroup, Mixer, Model, NumberFormat};
use headroom::engine::Degrees;
use headroom::engine::Profile;
use headroom::engine::Room;
use headroom::engine::deployment;
use headroom::engine::figures::Silent;

fn profile(id: &str) -> Profile {
    Profile::of(Catalog::built_in().unwrap().model(id).unwrap())
}

fn near(got: f64, want: f64, relative: f64) {
    assert!((got / want - 1.0).abs() <= relative, "{got} for {want}");
}

/// Kwon et al. 2023, section 3: 2 · 5120 · 40 layers · 2 bytes; DeepSeek-V3 keeps 576 numbers a layer.
#[test]
fn kv_bytes_of_a_token() {
    for (id, bytes) in [("opt-13b", 819_200.0), ("llama-3.1-8b", 131_072.0), ("deepseek-v3", 70_272.0)] {
        assert_eq!(profile(id).kv_elements * NumberFormat::Bf16.bytes(), bytes, "{id}");
    }
    let two_k = profile("opt-13b").kv_elements_of(2048.0) * 2.0;
    assert_eq!(two_k / f64::from(1 << 30), 1.5625);
}

/// Kwon et al. 2023, figure 1 and section 6: 12 GiB of an A100 40 GB hold 15,728 slots of OPT-13B.
#[test]
fn slots_of_opt_13b() {
    let slots = 12.0 * f64::from(1 << 30) / (profile("opt-13b").kv_elements * 2.0);
    assert_eq!(slots.floor(), 15_728.0);
}

/// Kaplan et al. 2020, table 1: forward FLOPs a token are 2N + 2 · layers · context · d, 3.5403e11 for GPT-3
/// with N = 174.6e9. Here N leaves embeddings and norms out, and the causal mean of the context is half.
#[test]
fn forward_flops_of_gpt_3() {
    let p = profile("gpt-3-175b");
    near(p.flops_per_token(0.5 * 2048.0), 3.5403e11, 0.01);
}

/// Pope et al. 2022: reading 540B int8 weights on 64 TPU v4 takes 7.03 ms at the full 1,200 GB/s.
#[test]
fn weight_floor_of_palm() {
    near(profile("palm-540b").parameters / 64.0 / 1200e9, 7.03e-3, 0.002);
}

/// Pope et al. 2022, table 1: 30% of 64 × 32 GiB, 118 layers, batch 128: a multi-query cache that every chip
/// holds whole reaches 660 tokens, and one sharded over the batch 43,000. The paper's cache has heads of 128.
#[test]
fn longest_context_of_palm() {
    let bytes_per_token = 118.0 * 2.0 * 256.0 * 2.0;
    assert_eq!(profile("palm-540b").kv_elements * 2.0, bytes_per_token);
    let memory = 0.3 * 32.0 * f64::from(1 << 30);
    let whole = memory / (128.0 * bytes_per_token);
    near(whole, 660.0, 0.02);
    near(whole * 64.0, 43_000.0, 0.02);
}

/// A layout splits weights evenly over ranks, and the latent of MLA is on every rank (DeepSeek-V2, 2.1).
#[test]
fn a_latent_cache_is_not_split() {
    let catalog = Catalog::built_in().unwrap();
    let profile = profile("deepseek-v3");
    let accelerator = catalog.accelerator("h200-sxm").unwrap();
    let stack = catalog.stack("sglang").unwrap();
    let bytes = |tp, attention_dp| {
        let degrees = Degrees { tp, pp: 1, ep: 8, attention_dp };
        let deployment = deployment(
            &catalog,
            (catalog.model("deepseek-v3").unwrap(), &profile),
            accelerator,
            stack,
            degrees,
            (NumberFormat::Fp8, NumberFormat::Bf16),
        )
        .unwrap();
        let room = Room::new(&deployment, &mut Silent);
        room.sequence_bytes(4096.0)
    };
    assert_eq!(bytes(8, 1), 4096.0 * 70_272.0);
    assert_eq!(bytes(1, 8), bytes(8, 1));
}

/// Sliding windows keep what they look back on, no more (Beltagy et al. 2020; Mistral 7B, 2023).
#[test]
fn a_window_stops_the_cache_growing() {
    let group = LayerGroup {
        count: 10,
        mixer: Mixer::Attention {
            heads: 8,
            kv_heads: 2,
            head_dim: 64,
            q_lora_rank: None,
            v_head_dim: None,
            window: Some(1024),
            key_values: KeyValues::Projected,
            index_head_dim: 0,
            extra_parameters: 0,
        },
        ffn: FeedForward::None,
        norm_parameters: 0,
    };
    let mut model = Catalog::built_in().unwrap().model("llama-3.1-8b").unwrap().clone();
    model.layers = vec![group];
    let profile = Profile::of(&Model { ..model });
    assert_eq!(profile.kv_elements_of(512.0), 10.0 * 2.0 * 2.0 * 64.0 * 512.0);
    assert_eq!(profile.kv_elements_of(9000.0), profile.kv_elements_of(1024.0));
}
