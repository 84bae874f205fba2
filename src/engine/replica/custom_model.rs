//! A dense model from its parameter count alone, shaped like the Llama 3 family.

use crate::catalog::{FeedForward, KeyValues, LayerGroup, Mixer, Model, NumberFormat};
use crate::scenario::custom_model_name;

/// Parameters, layers and hidden size of the Llama 3.1 and 3.2 models (Grattafiori et al. 2024, table 3).
const FAMILY: [(f64, f64, f64); 5] = [
    (1.24e9, 16.0, 2048.0),
    (3.21e9, 28.0, 3072.0),
    (8.03e9, 32.0, 4096.0),
    (70.55e9, 80.0, 8192.0),
    (405.85e9, 126.0, 16384.0),
];

const VOCAB: u32 = 128_256;
const HEAD_DIM: u32 = 128;
const KV_HEADS: u32 = 8;
const CONTEXT: u32 = 131_072;

/// A dense model of about `parameters` parameters: layers and width between those of its neighbours in the
/// family, grouped-query attention with 8 KV heads, and the feed-forward as wide as the count requires.
pub fn dense(parameters: f64, id: &str) -> Model {
    let (layers, hidden) = shape(parameters);
    let heads = hidden / HEAD_DIM;
    let h = f64::from(hidden);
    let kv_heads = KV_HEADS.min(heads);
    let attention =
        2.0 * h * f64::from(HEAD_DIM) * f64::from(heads) + 2.0 * h * f64::from(kv_heads * HEAD_DIM);
    let embeddings = 2.0 * f64::from(VOCAB) * h;
    let left = (parameters - embeddings) / f64::from(layers) - attention - 2.0 * h;
    let intermediate = (left / (3.0 * h)).round().max(128.0) as u32;
    Model {
        id: id.to_owned(),
        name: custom_model_name(parameters),
        hidden,
        vocab: VOCAB,
        tied: false,
        context: CONTEXT,
        layers: vec![LayerGroup {
            count: layers,
            mixer: Mixer::Attention {
                heads,
                kv_heads,
                head_dim: HEAD_DIM,
                q_lora_rank: None,
                v_head_dim: None,
                window: None,
                key_values: KeyValues::Projected,
                index_head_dim: 0,
                extra_parameters: 0,
            },
            ffn: FeedForward::Dense { intermediate, matrices: 3, extra_parameters: 0 },
            norm_parameters: 2 * u64::from(hidden),
        }],
        extra_parameters: u64::from(hidden),
        lookup_parameters: 0,
        reused_parameters: 0,
        checkpoint: NumberFormat::Bf16,
        quantized: Vec::new(),
        published_parameters: None,
        source: "definition".to_owned(),
        notes: String::new(),
    }
}

/// Layers and hidden size, interpolated in the logarithm of the parameters and continued beyond the ends.
fn shape(parameters: f64) -> (u32, u32) {
    let above = FAMILY.iter().position(|f| f.0 >= parameters).unwrap_or(FAMILY.len() - 1);
    let (low, high) = (FAMILY[above.max(1) - 1], FAMILY[above.max(1)]);
    let share = (parameters / low.0).ln() / (high.0 / low.0).ln();
    let between = |a: f64, b: f64| a * (b / a).powf(share);
    let layers = between(low.1, high.1).round().clamp(4.0, 400.0);
    // Whole groups of query heads for each KV head.
    let step = f64::from(HEAD_DIM * KV_HEADS);
    let hidden = (between(low.2, high.2) / step).round().max(1.0) * step;
    (layers as u32, hidden as u32)
}

#[cfg(test)]
mod tests {
    use super::dense;
    use crate::engine::replica::profile::Profile;

    #[test]
    fn the_count_comes_back() {
        for parameters in [1e9, 3.4e9, 8e9, 34e9, 70e9, 180e9, 405e9, 1e12] {
            let got = Profile::of(&dense(parameters, "x")).parameters;
            assert!((got / parameters - 1.0).abs() < 0.02, "{parameters:e} became {got:e}");
        }
    }
}
