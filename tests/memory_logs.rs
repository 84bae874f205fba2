//! Room for the KV cache against what servers logged when they started.

use headroom::catalog::{Catalog, NumberFormat};
use headroom::engine::Degrees;
use headroom::engine::Profile;
use headroom::engine::Room;
use headroom::engine::figures::Silent;
use headroom::engine::{Deployment, Speculation, reliance};

/// One server's log.
struct Logged {
    model: &'static str,
    accelerator: &'static str,
    /// Id of the stack, with the version where the log says it.
    stack: &'static str,
    tp: u32,
    weights: NumberFormat,
    /// Fraction of memory that the server was given; `None`: the default.
    utilization: Option<f64>,
    /// Format of the KV cache, and the tokens of it.
    kv_cache: NumberFormat,
    tokens: f64,
    /// Tokens of a step and sequences at most, where they were not the defaults.
    limits: Option<(f64, f64)>,
    source: &'static str,
}

/// The vLLM server of the same issue 21348 logged 5.6 GiB less than the engine gives it: a cache connector was attached to
/// it, whose buffers nothing here accounts for.
const LOGGED: [Logged; 6] = [
    Logged {
        model: "qwen3-235b-a22b",
        accelerator: "h100-sxm",
        stack: "sglang",
        tp: 4,
        weights: NumberFormat::Fp8,
        utilization: Some(0.93),
        kv_cache: NumberFormat::Bf16,
        tokens: 367_404.0,
        limits: None,
        source: "vllm-project/vllm issue 21348, 2025-07",
    },
    Logged {
        model: "llama-3.1-70b",
        accelerator: "h100-sxm",
        stack: "vllm@0.8",
        tp: 1,
        weights: NumberFormat::Int8,
        utilization: Some(0.98),
        kv_cache: NumberFormat::Bf16,
        tokens: 1381.0 * 16.0,
        limits: None,
        source: "vllm-project/vllm pull request 12569, 2025-01",
    },
    Logged {
        model: "llama-3.1-8b",
        accelerator: "a100-40gb-sxm",
        stack: "vllm@0.20",
        tp: 1,
        weights: NumberFormat::Bf16,
        utilization: Some(0.9),
        kv_cache: NumberFormat::Bf16,
        tokens: 163_168.0,
        limits: None,
        source: "vLLM log of a benchmark on an A100 40GB of Google Cloud, 2026-05",
    },
    Logged {
        model: "llama-3.1-8b",
        accelerator: "h100-nvl",
        stack: "vllm@0.20",
        tp: 1,
        weights: NumberFormat::Bf16,
        utilization: Some(0.9),
        kv_cache: NumberFormat::Bf16,
        tokens: 545_456.0,
        limits: None,
        source: "vLLM log of a benchmark on an H100 NVL, 2026-05",
    },
    // The card is not named; its memory is that of 48 GB.
    Logged {
        model: "qwen2.5-7b",
        accelerator: "l40s",
        stack: "vllm@0.22",
        tp: 1,
        weights: NumberFormat::Bf16,
        utilization: Some(0.95),
        kv_cache: NumberFormat::Bf16,
        tokens: 492_912.0,
        limits: Some((2048.0, 128.0)),
        source: "vLLM 0.22.0 log on a card of 48 GB, 2026-09: 0.37 GiB of graphs, 26.32 GiB of KV cache",
    },
    // Its log also says "Using checkpoint KV quantization": 8 bits, by the checkpoint.
    Logged {
        model: "llama-3.1-8b",
        accelerator: "h100-sxm",
        stack: "tensorrt-llm",
        tp: 1,
        weights: NumberFormat::Fp8,
        utilization: Some(0.8),
        kv_cache: NumberFormat::Fp8,
        tokens: 860_320.0,
        limits: Some((23_552.0, 4096.0)),
        source: "NVIDIA/TensorRT-LLM issue 6294, version 0.20, 2025-07",
    },
];

#[test]
fn rooms_are_those_that_servers_log() {
    let catalog = Catalog::built_in().unwrap();
    for logged in &LOGGED {
        let model = catalog.model(logged.model).unwrap();
        let accelerator = catalog.accelerator(logged.accelerator).unwrap();
        let profile = Profile::of(model);
        let mut stack = catalog.stack_named(logged.stack).unwrap().into_owned();
        if let Some((step_tokens, max_sequences)) = logged.limits {
            stack.step_tokens = stack.step_tokens.with_value(step_tokens);
            stack.max_sequences = stack.max_sequences.with_value(max_sequences);
        }
        let deployment = Deployment {
            profile: &profile,
            accelerator,
            efficiency: catalog.efficiency(&accelerator.generation).unwrap(),
            stack: &stack,
            degrees: Degrees { tp: logged.tp, ..Degrees::ONE },
            weights: logged.weights,
            kv_cache: logged.kv_cache,
            speculation: Speculation::NONE,
            reliance: reliance(&catalog, model, accelerator, &stack.id),
        };
        let room = Room::new(&deployment, logged.utilization, &mut Silent);
        let each = room.sequence_bytes(64.0) / 64.0;
        let logged_bytes = logged.tokens * each;
        let off = (room.kv_budget_bytes - logged_bytes) / accelerator.memory_bytes.value();
        assert!(off.abs() < 0.0125, "{}: {:+.1}% of memory off {}", logged.model, off * 100.0, logged.source);
    }
}
