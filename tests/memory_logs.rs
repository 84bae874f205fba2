//! Weights and room for the KV cache against what servers logged when they started: `server_logs.csv`.
//!
//! Not in it: the vLLM server of issue 21348, which had a cache connector attached, whose buffers nothing here accounts for;
//! servers with vision towers, adapters or drafting models.

use headroom::catalog::{Catalog, NumberFormat};
use headroom::engine::figures::Silent;
use headroom::engine::{Degrees, Deployment, MemorySettings, Profile, Room, deployment};
use headroom::import::{UnknownFamily, model_from_config};
use serde::Deserialize;

const GIB: f64 = 1024.0 * 1024.0 * 1024.0;

/// One server's log; what it does not say is empty.
#[derive(Deserialize)]
struct Logged {
    model: String,
    accelerator: String,
    /// Id of the stack, with the version where the log says it.
    stack: String,
    weights: NumberFormat,
    kv_cache: NumberFormat,
    tp: u32,
    ep: u32,
    /// Fraction of memory that the server was given; empty: the default.
    memory_fraction: Option<f64>,
    /// Tokens of a step and sequences at most, where they were not the defaults.
    step_tokens: Option<f64>,
    max_sequences: Option<f64>,
    /// Weights and KV cache of one accelerator.
    weights_gib: Option<f64>,
    kv_gib: Option<f64>,
    /// KV cache of the whole server.
    kv_tokens: Option<f64>,
    source: String,
}

/// Predicted over logged, of each figure that the log has.
fn errors(logged: &Logged, catalog: &Catalog) -> Vec<(&'static str, f64)> {
    let model = catalog.model(&logged.model).unwrap();
    let accelerator = catalog.accelerator(&logged.accelerator).unwrap();
    let profile = Profile::of(model);
    let mut stack = catalog.stack_named(&logged.stack).unwrap().into_owned();
    if let (Some(step_tokens), Some(max_sequences)) = (logged.step_tokens, logged.max_sequences) {
        stack.limits.clear();
        stack.step_tokens = stack.step_tokens.with_value(step_tokens);
        stack.max_sequences = stack.max_sequences.with_value(max_sequences);
    }
    let deployment = Deployment {
        settings: MemorySettings::asked(logged.memory_fraction),
        ..deployment(
            catalog,
            (model, &profile),
            accelerator,
            &stack,
            Degrees { tp: logged.tp, ep: logged.ep, ..Degrees::ONE },
            (logged.weights, logged.kv_cache),
        )
        .unwrap()
    };
    let room = Room::new(&deployment, &mut Silent);
    // As servers count: blocks of full layers, windows apart.
    let token_bytes = room.sequence_bytes(4096.0) / 4096.0;
    [
        ("weights", room.weights_bytes / GIB, logged.weights_gib),
        ("KV cache", room.kv_budget_bytes / GIB, logged.kv_gib),
        (
            "KV tokens",
            room.kv_budget_bytes / token_bytes,
            logged.kv_tokens.filter(|_| logged.kv_gib.is_none()),
        ),
    ]
    .into_iter()
    .filter_map(|(what, predicted, logged)| Some((what, predicted / logged? - 1.0)))
    .collect()
}

#[test]
fn weights_and_rooms_are_those_that_servers_log() {
    let catalog = Catalog::built_in().unwrap();
    let rows: Vec<Logged> = csv::Reader::from_reader(include_str!("server_logs.csv").as_bytes())
        .deserialize()
        .map(Result::unwrap)
        .collect();
    let mut all = Vec::new();
    for logged in &rows {
        for (what, error) in errors(logged, &catalog) {
            let Logged { model, accelerator, tp, source, .. } = logged;
            println!("{:+5.1}% {what} of {model} on {tp} x {accelerator}: {source}", 100.0 * error);
            all.push((error.abs(), format!("{what} of {model} on {tp} x {accelerator}: {source}")));
        }
    }
    all.sort_by(|a, b| a.0.total_cmp(&b.0));
    let (median, worst) = (all[all.len() / 2].0, all.last().unwrap());
    assert!(median <= 0.02, "median {median:.3} of {} figures", all.len());
    assert!(worst.0 <= 0.08, "{:.3}: {}", worst.0, worst.1);
}

/// `get_indexer_k_cache` of vLLM, SGLang and TensorRT-LLM: 132 bytes for a key of 128, beside 576 numbers of latent, which
/// take 656 bytes in FP8 (`fp8_ds_mla`).
#[test]
fn keys_of_a_sparse_indexer_have_eight_bits_in_every_cache() {
    let catalog = Catalog::built_in().unwrap();
    let config = include_str!("fixtures/configs/deepseek-v3.2.json");
    let model = model_from_config(config, "deepseek-v3.2", UnknownFamily::Refuse).unwrap();
    let profile = Profile::of(&model);
    let accelerator = catalog.accelerator("h200-sxm").unwrap();
    let stack = catalog.stack("vllm").unwrap();
    for (kv_cache, latent_bytes) in [(NumberFormat::Bf16, 1152.0), (NumberFormat::Fp8, 656.0)] {
        let deployment = deployment(
            &catalog,
            (&model, &profile),
            accelerator,
            stack,
            Degrees { tp: 8, ..Degrees::ONE },
            (NumberFormat::Fp8, kv_cache),
        )
        .unwrap();
        let room = Room::new(&deployment, &mut Silent);
        let expected = 61.0 * (latent_bytes + 132.0);
        let whole = room.kv_bytes_per_token(4096.0, &mut Silent).value;
        assert!((whole / expected - 1.0).abs() < 1e-4, "{whole} for {expected}");
        assert!((room.sequence_bytes(4096.0) / 4096.0 / whole - 1.0).abs() < 1e-9, "whole on every rank");
    }
}
