//! Qwen4-exp: gated DeltaNet and attention behind a pooling indexer, on several streams, with a table of n-grams.

use serde_json::Value;

use super::HuggingFaceError;
use super::fields::{ConfigFields, impossible, missing};
use super::hybrid::delta_net;
use super::layers::{Architecture, Attention, grouped, layer_count};
use super::moe::qwen_shared_mixture;
use crate::catalog::Mixer;

/// Most heads that look up n-grams, all layers together.
const MOST_HEADS: u64 = 1 << 12;

/// Qwen4-exp (Qwen3.8 Flash Next), after `modeling_qwen4_exp.py` of transformers 5.24; the cache of the indexer as in
/// `vllm/models/qwen4_exp/common/qsa_cache.py`.
pub(super) fn qwen4_exp(fields: &ConfigFields) -> Result<Architecture, HuggingFaceError> {
    let attention = Attention::read(fields)?;
    let hidden = attention.hidden;
    let gate = hidden * attention.query_width();
    let full = with_indexer(fields, attention.mixer(None, gate + attention.head_norms()), hidden)?;
    let linear = delta_net(fields, hidden)?;
    let moe = qwen_shared_mixture(fields)?;
    // Each half of a layer mixes the streams through a low rank, and gives back to each of them.
    let streams = u64::from(fields.number_or("hc_count", 4)?);
    let wide = streams * hidden;
    let mix = wide + 2 * wide * u64::from(fields.number_or("hc_lowrank", 320)?);
    let norms = 2 * (mix + wide * streams);
    let tables = Tables::read(fields, hidden, streams)?;
    let layers = (0..).zip(full_layers(fields)?).map(|(layer, is_full)| {
        let mixer = if is_full { full.clone() } else { linear.clone() };
        (tables.beside(layer, mixer), moe.clone(), norms)
    });
    Ok(Architecture {
        extra_parameters: mix,
        lookup_parameters: tables.parameters,
        note: "The sparse indexer is counted and its pooled keys are cached; attention is timed as if dense."
            .to_owned(),
        ..Architecture::new(fields, grouped(layers))?
    })
}

/// The attention with the indexer beside it where the file has one: queries of a few heads and a key, each with its norm. One
/// key is kept for each `indexer_compress_ratio` tokens.
fn with_indexer(fields: &ConfigFields, mut mixer: Mixer, hidden: u64) -> Result<Mixer, HuggingFaceError> {
    if fields.value("indexer_n_heads").is_none() && fields.value("indexer_head_dim").is_none() {
        return Ok(mixer);
    }
    let heads = u64::from(fields.positive("indexer_n_heads")?);
    let keys = u64::from(fields.positive("indexer_kv_heads")?);
    let width = fields.positive("indexer_head_dim")?;
    let pooled = width.div_ceil(fields.positive("indexer_compress_ratio")?);
    if let Mixer::Attention { index_head_dim, extra_parameters, .. } = &mut mixer {
        *index_head_dim = pooled;
        *extra_parameters += hidden * (heads + keys) * u64::from(width) + 2 * u64::from(width);
    }
    Ok(mixer)
}

/// Which layers are attention: `layer_types`, else every `full_attention_interval`-th.
fn full_layers(fields: &ConfigFields) -> Result<Vec<bool>, HuggingFaceError> {
    let layers = layer_count(fields)?;
    let interval = fields.number_or("full_attention_interval", 4)?.max(1);
    let Some(kinds) = fields.per_layer("layer_types", layers)? else {
        return Ok((0..layers).map(|layer| (layer + 1).is_multiple_of(interval)).collect());
    };
    let is_full = |kind: &Value| match kind.as_str() {
        Some("full_attention" | "indexed_attention") => Ok(true),
        Some("linear_attention") => Ok(false),
        _ => Err(impossible("layer_types", kind, "the kinds are linear_attention and full_attention")),
    };
    kinds.iter().map(is_full).collect()
}

/// Tables of hashed n-grams in front of a few layers.
struct Tables {
    /// Layers in front of which one is, counted from 1.
    layers: Vec<u32>,
    /// Parameters of all tables.
    parameters: u64,
    /// What lets the rows of a table into the streams, and the last inputs of its convolution.
    gate: Mixer,
}

impl Tables {
    fn read(fields: &ConfigFields, hidden: u64, streams: u64) -> Result<Self, HuggingFaceError> {
        let mut layers = fields.layer_numbers("ple_layer_ids")?;
        layers.sort_unstable();
        layers.dedup();
        if fields.value("ple_layer_ids").is_none() && fields.value("ple_embed_dim").is_some() {
            return Err(missing("ple_layer_ids"));
        }
        if layers.is_empty() {
            return Ok(Self { layers, parameters: 0, gate: Mixer::None });
        }
        let count = layer_count(fields)?;
        if let Some(beyond) = layers.iter().find(|layer| !(1..=count).contains(layer)) {
            return Err(impossible(
                "ple_layer_ids",
                beyond,
                &format!("layers are counted from 1 to {count}"),
            ));
        }
        let width = match fields.optional("ple_embed_dim")? {
            Some(width) => u64::from(width),
            None => hidden,
        };
        let longest = u64::from(fields.number_or("ngram_size", 3)?);
        let heads = longest.saturating_sub(1) * u64::from(fields.number_or("heads_per_ngram", 8)?);
        let all_heads = heads * layers.len() as u64;
        if heads == 0 || all_heads > MOST_HEADS || !width.is_multiple_of(heads) {
            let remedy = "times one less than ngram_size it must be at least 1, at most 4096, and divide ple_embed_dim";
            return Err(impossible("heads_per_ngram", fields.number_or("heads_per_ngram", 8)?, remedy));
        }
        // The first prime from the base on for the first head, the next for the next, over all layers.
        let base = fields.number_or("ngram_vocab_size_base", 20_000_000)?;
        let multiple = u64::from(fields.number_or("make_ngram_vocab_size_divisible_by", 128)?.max(1));
        let primes: Vec<u64> = (base.into()..).filter(|n| is_prime(*n)).take(all_heads as usize).collect();
        let rows: u64 = primes
            .chunks(heads as usize)
            .map(|table| table.iter().sum::<u64>().next_multiple_of(multiple))
            .sum();
        let wide = streams * hidden;
        let kernel = u64::from(fields.number_or("ple_conv_kernel_size", 4)?);
        Ok(Self {
            layers,
            parameters: rows * (width / heads),
            gate: Mixer::State {
                parameters: width * (wide + hidden) + 3 * wide + wide * kernel,
                state_elements: wide * kernel.saturating_sub(1) * longest,
                heads: 0,
                groups: 0,
                mamba2: false,
            },
        })
    }

    /// The mixer of a layer counted from 0, with the gate beside it where a table is in front of it.
    fn beside(&self, layer: u32, mixer: Mixer) -> Mixer {
        if self.layers.contains(&(layer + 1)) {
            Mixer::Several(vec![mixer, self.gate.clone()])
        } else {
            mixer
        }
    }
}

fn is_prime(number: u64) -> bool {
    number == 2
        || number > 2
            && !number.is_multiple_of(2)
            && (3..).step_by(2).take_while(|d| d * d <= number).all(|d| !number.is_multiple_of(d))
}
